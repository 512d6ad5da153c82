"""Whatever stands in a small workbook, adopting it gives a scheme that builds and lints, or says why not."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from adopting import strangers
from adopting.test_adopting import adopted
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from xlauto.adopting.found import INPUT
from xlauto.assess import assess
from xlauto.books.closed import open_book
from xlauto.checking.kinds import RULES
from xlauto.figures import blank
from xlauto.making import made
from xlauto.model import CannotGoOn
from xlauto.scheme import SchemeError
from xlauto.scheme.lint import lint

NUMBERS = [
    "1e300", "1E+300", "1e21", "1e-7", "1e400", "-1e400", "inf", "-inf", "nan", "-5", "0", "-0", "5.00", "1e1", "10000",
    "10001", "0.00001", "123456789012345678901234567890", "2.5", "0x10", "１０", "１e3", "1_0", "", "abc",
]  # fmt: skip
"""What may stand in a file where a number is meant; Excel itself writes few of these."""
FORMULAS = [
    "=1e300*1e300", "=1e999", "=SUM(A1:XFD1048576)", "=A1:XFD1048576", "=-1^0.5", "=1/0", "=SUM(" + "A1," * 254 + "A1)",
    "=" + "(" * 90 + "1" + ")" * 90, "=" + "+".join(["E3"] * 400), "=IF(1=1,1e21,inf)", "=INDIRECT(\"A1\")", "={1,2}",
    "=E3%%%", "=#NUM!", "=[1]Sheet1!A1", "=E3:E4 E4:E5",
]  # fmt: skip
TEXTS = [
    "（1e300分）", "产出（" + "9" * 400 + "分）", "投入（0分）", "分值", "得分", "总分", "{年}", "{列}", "'", '"', "%",
    "#", "- a", "&x", "null", "是: 否", "\u202e倒", "名" * 300, "1e300", "=", "1.5", "2025-01-01", "~", "!x",
    "*x", "\t",
]  # fmt: skip


def with_raw(data: bytes, raw: dict[int, str]) -> bytes:
    """The workbook with numbers as no program writes them in the place of marked ones."""
    old, stream = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if "worksheets/sheet" in name:
                part = re.sub(rb"<v>(91\d{5})</v>", lambda v: f"<v>{raw.get(int(v[1]), 0)}</v>".encode(), part)
            new.writestr(name, part)
    return stream.getvalue()


def numbered(number: int) -> int:
    """A figure that `with_raw` replaces."""
    return 9_100_000 + number


HOSTILE = st.one_of(
    st.sampled_from(NUMBERS).map(lambda raw: ("raw", raw)),
    st.sampled_from(FORMULAS).map(lambda text: ("cell", text)),
    st.sampled_from(TEXTS).map(lambda text: ("cell", text)),
    st.none().map(lambda none: ("cell", none)),
    st.text(max_size=8).map(lambda text: ("cell", text)),
    st.floats(allow_nan=False, allow_infinity=False).map(lambda number: ("cell", number)),
)
FORMS = {"评分表": strangers.ITEMS, "自评表": strangers.SCORES, "收支表": strangers.BUDGET, "台账": strangers.LEDGER}


def spoilt(form: str, spoils: dict[str, tuple[str, object]]) -> bytes:
    cells: dict[str, object] = dict(FORMS[form])
    raw: dict[int, str] = {}
    for number, (address, (kind, what)) in enumerate(spoils.items()):
        cells[address] = what if kind == "cell" else numbered(number)
        if kind == "raw":
            raw[numbered(number)] = str(what)
    return with_raw(strangers.typed((form, cells)), raw)


Spoils = dict[str, tuple[str, object]]
CASES = st.sampled_from(sorted(FORMS)).flatmap(
    lambda form: st.tuples(
        st.just(form), st.dictionaries(st.sampled_from(sorted(FORMS[form])), HOSTILE, min_size=1, max_size=6)
    )
)


# A case is small as it is, and a round takes long: none is made smaller.
@settings(
    max_examples=60,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(CASES)
@example(("评分表", {"D3": ("raw", "1e300")}))
@example(("评分表", {"D3": ("raw", "1e21"), "D4": ("raw", "1e-7")}))
@example(("自评表", {"F4": ("raw", "inf"), "A7:A9": ("cell", "产出（" + "9" * 400 + "分）")}))
def test_hostile_values_are_adopted_or_refused(
    tmp_path_factory: pytest.TempPathFactory, case: tuple[str, Spoils]
) -> None:
    data = spoilt(*case)
    folder = tmp_path_factory.mktemp("hostile")
    try:
        result = adopted(data, folder)
    except (CannotGoOn, SchemeError) as refused:
        assert str(refused).strip()
        assert not (folder / "schemes" / "own").exists()
        return
    faults = lint("own", [folder / "schemes"], RULES)
    assert {finding.code for finding in faults} <= {"套表04", "套表07", "套表10"}
    book = open_book(made(result.scheme, blank(result.scheme, "某局", "001", 1)))
    found = assess(book, [folder / "schemes"])
    assert found.submission is not None
    inputs = [one for _, one in result.found.every() if one.role == INPUT and not one.name.startswith("单位")]
    assert found.returned or not any(one.box.blank for one in inputs)


@pytest.mark.parametrize("raw", ["1e300", "1e21", "1e-7", "1e400", "-5", "10001"])
def test_points_that_cannot_be_are_told_with_their_cell(raw: str, tmp_path: Path) -> None:
    result = adopted(spoilt("评分表", {"D3": ("raw", raw)}), tmp_path)
    told = [matter for matter in result.found.matters if matter.cell == "D3"]
    assert len(told) == 1
    assert "不像分值" in told[0].text


LISTS = [
    ("整张表", "=参数!$A$1:$XFD$1048576", False),
    ("整列的格", "=参数!$A$1:$A$1048576", True),
    ("整列", "=参数!$A:$A", True),
    ("名称", "=等次", True),
    ("整行", "=参数!$1:$1048576", False),
]


@pytest.mark.parametrize(("source", "known"), [case[1:] for case in LISTS], ids=[case[0] for case in LISTS])
def test_a_list_of_one_row_or_column_is_known_however_long(source: str, known: bool, tmp_path: Path) -> None:
    cells = {"A1": "评价等次", "B1": None, "A2": "自评等次", "B2": None, "A3": "经费", "B3": None}
    book = openpyxl.load_workbook(io.BytesIO(strangers.typed(("表一", cells))))
    words = book.create_sheet("参数")
    for row, word in enumerate(("优", "良", "优", "差"), 1):
        words.cell(row, 1, word)
    book.defined_names["等次"] = openpyxl.workbook.defined_name.DefinedName("等次", attr_text="参数!$A$1:$A$4")
    rule = openpyxl.worksheet.datavalidation.DataValidation(type="list", formula1=source)
    rule.add("B1:B1048576")
    book["表一"].add_data_validation(rule)
    stream = io.BytesIO()
    book.save(stream)
    result = adopted(stream.getvalue(), tmp_path)
    found = {one.name: one.box.choices for _, one in result.found.every()}
    assert found["评价等次"] == (("优", "良", "差") if known else ())


@pytest.mark.parametrize("rows", [60, 300])
def test_a_long_chain_of_sums_is_adopted_as_far_as_it_can_be(rows: int, tmp_path: Path) -> None:
    cells: dict[str, object] = {}
    for row in range(1, rows + 3):
        cells |= {f"A{row}": f"项目{row}支出", f"B{row}": f"=SUM(B{row + 1}:B{rows + 1})" if row <= rows else None}
    result = adopted(strangers.typed(("表一", cells)), tmp_path)
    told = {matter.cell for matter in result.found.matters}
    formulas = [one for _, one in result.found.every() if one.formula]
    assert len(formulas) + len(told - {""}) >= rows
    assert any("接连算" in matter.text or "太多" in matter.text for matter in result.found.matters)
