"""From a stranger's workbook to a scheme that works: given out, filled in, checked, scored, consolidated, renewed."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import openpyxl
import oracle
import pytest
import samples
import validator
import xlsxwriter
from adopting import strangers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xlauto import roles
from xlauto.adopting import REPORT, Adoption, adopt
from xlauto.assess import assess
from xlauto.books.book import SetCell
from xlauto.books.closed import ClosedBook, open_book
from xlauto.catalogue import entries
from xlauto.checking.kinds import RULES
from xlauto.consolidate import consolidate
from xlauto.figures import blank
from xlauto.formula import parse
from xlauto.given import BASE
from xlauto.making import made
from xlauto.model import BLANK_CELL, CannotGoOn, Place, Value
from xlauto.recalc import recalculate
from xlauto.scheme import Scheme, load_scheme
from xlauto.scheme.layout import lay_out
from xlauto.scheme.lint import lint
from xlauto.scheme.load import _load
from xlauto.scheme.renew import renew

HAND = strangers.by_hand()


def adopted(data: bytes, folder: Path, scheme_id: str = "own", year: int = 2025) -> Adoption:
    file = folder / "表样.xlsx"
    folder.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return adopt(file, scheme_id, year, folder / "schemes", jurisdiction="某县", rules_id="hunan-2023")


def filled(book: ClosedBook, cells: dict[str, Value]) -> ClosedBook:
    """The workbook after a unit has typed these; a place is `表!B2`."""
    edits = []
    for where, value in cells.items():
        sheet, _, ref = where.rpartition("!")
        edits.append(SetCell(place=_place(sheet, ref), value=value))
    return open_book(book.edited(edits), book.label)


def _place(sheet: str, ref: str) -> Place:
    row, col = openpyxl.utils.cell.coordinate_to_tuple(ref)
    return Place(sheet, row, col)


@pytest.fixture(scope="module")
def hand(tmp_path_factory: pytest.TempPathFactory) -> Adoption:
    return adopted(HAND, tmp_path_factory.mktemp("hand"))


@pytest.fixture
def roots(hand: Adoption) -> list[Path]:
    return [hand.folder.parent]


# --- what is written ----------------------------------------------------------------------------------------------


def test_the_scheme_has_no_fault_but_what_is_left_open(hand: Adoption, roots: list[Path]) -> None:
    assert [finding.code for finding in lint("own", roots, RULES)] == ["套表10"]
    assert {check.code for check in hand.scheme.checks} <= entries().keys()


def test_the_bureaus_file_is_kept_and_only_added_to(hand: Adoption) -> None:
    assert (hand.folder / BASE).read_bytes() == HAND
    old, new = open_book(hand.folder / BASE), open_book(hand.folder / "template.xlsx")
    touched = {"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[content_types].xml", "xl/styles.xml"}
    sheets = {f"xl/worksheets/sheet{number}.xml" for number in (1, 2, 3)}
    for name in old.package.names:
        if name.lower() not in touched | sheets:
            assert new.package.part(name) == old.package.part(name), name
    names = [info.name for info in new.sheets]
    assert names == ["附件1", "附件2", "台账", "封面", "校验结果", "评分说明", "更改记录"]
    computed = {(f.sheet, one.box.top, one.box.left) for f, one in hand.found.every() if one.role == "公式"}
    for info in old.sheets:
        before, after = old.cells(info.name), new.cells(info.name)
        assert {k: c for k, c in before.items() if (info.name, *k) not in computed} == {
            k: c for k, c in after.items() if k in before and (info.name, *k) not in computed
        }
        assert old.merges(info.name) == new.merges(info.name)


def test_what_the_system_writes_is_not_printed(hand: Adoption) -> None:
    names = open_book(hand.folder / "template.xlsx").names
    areas = {name.scope: name.area.ref for name in names if name.name == "_xlnm.Print_Area" and name.area}
    assert areas == {"附件1": "A1:F15", "附件2": "A1:I14", "台账": "A1:B3"}


def test_the_yaml_names_the_cells_of_the_sheet(hand: Adoption) -> None:
    for form in hand.found.forms:
        names = lay_out(hand.scheme.forms[form.name]).names
        for one in form.taken:
            assert (names[one.name].top, names[one.name].left) == (one.box.top, one.box.left)


def test_the_report_names_every_cell_and_every_decision(hand: Adoption) -> None:
    text = (hand.folder / REPORT).read_text(encoding="utf-8")
    for _, one in hand.found.every():
        role = f"{one.role}（必填）" if one.required else one.role
        assert f"| {one.box.ref} | {one.name} | {role} |" in text
    for matter in hand.found.matters:
        assert matter.text in text


def test_building_again_gives_the_same_bytes(hand: Adoption) -> None:
    assert made(hand.scheme) == (hand.folder / "template.xlsx").read_bytes()


# --- a unit's workbook --------------------------------------------------------------------------------------------


FIGURES: dict[str, Value] = {
    "附件1!C6": Decimal(100), "附件1!C7": Decimal(20), "附件1!D6": Decimal(90), "附件1!D7": Decimal(30),
    "附件1!E6": Decimal(110), "附件1!E7": Decimal(25), "附件1!F6": Decimal(108), "附件1!F7": Decimal(24),
    "附件1!C9": Decimal(10), "附件1!D9": Decimal(9), "附件1!E9": Decimal(40), "附件1!F9": Decimal(38),
    "附件1!C13": "是",
    "附件2!C4": Decimal(170), "附件2!D4": Decimal(175), "附件2!E4": Decimal(170), "附件2!B5": "履行职责",
    "台账!B1": "办公楼维修", "台账!B2": Decimal(38), "台账!B3": Decimal(45992),
}  # fmt: skip
ROWS = [("办文", "≥10件", "12件", 20), ("办会", "≥5次", "4次", 20), ("质量", "≥95%", "96%", 20),
        ("服务", "≥90%", "90%", 10), ("持续", "≥90%", "92%", 10), ("满意", "≥90%", "95%", 10)]  # fmt: skip
for _row, (_title, _target, _actual, _points) in enumerate(ROWS, 7):
    FIGURES |= {f"附件2!C{_row}": _title, f"附件2!D{_row}": _target, f"附件2!E{_row}": _actual,
                f"附件2!F{_row}": Decimal(_points)}  # fmt: skip


@pytest.fixture(scope="module")
def unit(hand: Adoption) -> ClosedBook:
    blank_book = open_book(made(hand.scheme, blank(hand.scheme, "某县某局", "001001", 1)), "某局.xlsx")
    return filled(blank_book, FIGURES)


def test_a_blank_workbook_names_the_unit_everywhere(hand: Adoption) -> None:
    book = open_book(made(hand.scheme, blank(hand.scheme, "某县某局", "001001", 1)))
    assert book.cells("附件1")[3, 1].text == "填报单位：某县某局"
    assert book.cells("附件2")[2, 3].text == "某县某局"
    assert book.cells("附件2")[2, 8].text == "001001"


def test_a_filled_workbook_is_checked_and_scored(unit: ClosedBook, roots: list[Path]) -> None:
    found = assess(unit, roots)
    assert found.name == "某县某局"
    scores = {score.item: score.computed for score in found.scores}
    assert scores["执行率"] == Decimal("9.71")
    assert scores["办会"] == Decimal(16)
    assert {finding.code for finding in found.findings} <= {"自评08", "自评10"}


def test_recalculating_twice_changes_nothing_the_second_time(unit: ClosedBook, roots: list[Path]) -> None:
    once = open_book(unit.edited(recalculate(unit, roots).edits))
    assert once.edited(recalculate(once, roots).edits) == once.package.data
    assert once.cells("附件2")[4, 11].value == Decimal("9.71")
    assert once.cells("附件2")[13, 7].value == once.cells("附件2")[13, 11].value


@pytest.mark.parametrize(
    ("cell", "value", "code", "expected"),
    [
        ("附件1!F8", Decimal(140), "公式16", "132.00"),
        ("附件1!E11", Decimal(1), "公式16", "175.00"),
        ("附件2!H4", Decimal(9), "自评02", "9.71"),
        ("附件2!F12", Decimal(9), "自评05", "10"),
        ("附件1!C6", Decimal(-5), "值25", "不小于0"),
        ("附件1!C13", "也许", "值28", ""),
    ],
)
def test_a_fault_is_found_at_its_cell(
    unit: ClosedBook, roots: list[Path], cell: str, value: Value, code: str, expected: str
) -> None:
    found = assess(filled(unit, {cell: value}), roots)
    assert (code, expected) in {(finding.code, finding.expected) for finding in found.findings}


def test_libreoffice_computes_the_same(unit: ClosedBook, roots: list[Path], tmp_path: Path) -> None:
    path = tmp_path / "某局.xlsx"
    path.write_bytes(unit.edited(recalculate(unit, roots).edits))
    book, judged = open_book(path), oracle.recalculated(path)
    for info in book.sheets:
        for key, cell in book.cells(info.name).items():
            if cell.formula is not None:
                due, value = judged[info.name].get(key, ""), cell.value
                same = abs(float(value) - float(due)) < 1e-9 if isinstance(value, Decimal) else (value or "") == due
                assert same, (info.name, key, cell, due)


def test_the_open_xml_sdk_accepts_template_and_workbook(hand: Adoption, unit: ClosedBook, tmp_path: Path) -> None:
    several = tmp_path / "几个项目.xlsx"
    several.write_bytes(made(hand.scheme, blank(hand.scheme, "某局", "001", ["甲", "乙", "丙"])))
    path = tmp_path / "某局.xlsx"
    path.write_bytes(unit.package.data)
    assert not any(validator.validate_many([hand.folder / "template.xlsx", path, several]).values())


def test_each_project_gets_a_copy_of_the_sheet(hand: Adoption, roots: list[Path]) -> None:
    book = open_book(made(hand.scheme, blank(hand.scheme, "某局", "001", ["甲", "乙", "丙"])))
    assert [info.name for info in book.sheets if info.name.startswith("台账")] == ["台账", "台账02 乙", "台账03 丙"]
    found = assess(book, roots)
    assert found.submission is not None
    assert [sheet.title for sheet in found.submission.sheets["台账"]] == ["甲", "乙", "丙"]


def test_adopted_workbooks_are_consolidated(unit: ClosedBook, roots: list[Path], tmp_path: Path) -> None:
    inbox = tmp_path / "收件夹"
    inbox.mkdir()
    (inbox / "某局.xlsx").write_bytes(unit.package.data)
    result = consolidate([inbox], tmp_path / "汇总.xlsx", extra=roots)
    assert result.errors == sum(1 for finding in assess(unit, roots).findings if str(finding.level) == "错误")
    book = open_book(tmp_path / "汇总.xlsx")
    texts = {cell.text for info in book.sheets for cell in book.cells(info.name).values()}
    assert {"某县某局", "办公楼维修"} <= texts


# --- the next year ------------------------------------------------------------------------------------------------


def test_next_years_scheme_moves_the_years_in_the_bureaus_file(hand: Adoption, roots: list[Path]) -> None:
    new = renew("own", "own-next", 2026, roots[0], extra=roots).scheme
    book = open_book(made(new))
    assert book.cells("附件1")[2, 1].text == "2026年度部门预算执行情况表"
    assert book.cells("附件1")[4, 3].text == "2025年"
    assert assess(book, roots).submission is not None


def test_a_copy_of_an_adopted_scheme_brings_the_file_along(hand: Adoption, roots: list[Path], tmp_path: Path) -> None:
    copied = renew("own", "own-copy", 2026, tmp_path, copy=True, extra=roots)
    assert {file.name for file in copied.files} >= {BASE, "scheme.yaml", REPORT}
    assert (copied.folder / BASE).read_bytes() == HAND
    assert open_book(made(copied.scheme)).cells("附件1")[4, 3].text == "2025年"


def test_the_scheme_says_what_the_file_prints(hand: Adoption, roots: list[Path], tmp_path: Path) -> None:
    """A label changed in the YAML is changed in the template; the bureau's file stays."""
    folder = tmp_path / "own"
    folder.mkdir()
    for file in hand.folder.rglob("*"):
        if file.is_file() and file.suffix != ".md":
            target = folder / file.relative_to(hand.folder)
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(file.read_bytes())
    form = folder / "forms" / "部门预算执行情况表.yaml"
    form.write_text(form.read_text(encoding="utf-8").replace("B7: 公用经费", "B7: 日常公用经费"), encoding="utf-8")
    _load.cache_clear()
    book = open_book(made(load_scheme("own", [tmp_path])))
    assert book.cells("附件1")[7, 2].text == "日常公用经费"
    assert (folder / BASE).read_bytes() == HAND


# --- our own forms made foreign -----------------------------------------------------------------------------------


OWN = ["hunan-2023", "hengyang-2023", "beita-2023", "hengshan-2023", "mof-2020", "changsha-county-2022"]


@pytest.mark.parametrize("scheme_id", OWN)
def test_every_field_of_a_known_form_is_found_again(scheme_id: str, tmp_path: Path) -> None:
    scheme = load_scheme(scheme_id)
    result = adopted(strangers.made_foreign(scheme_id), tmp_path, year=scheme.year)
    assert [finding.code for finding in lint("own", [tmp_path / "schemes"], RULES)] == ["套表10"]
    for form in (form for form in scheme.forms.values() if form.name != roles.EVIDENCE):
        (own,) = [own for own in result.found.forms if own.sheet.startswith(form.sheet)]
        taken = {(one.box.top, one.box.left): one for one in own.taken}
        boxes = lay_out(form).names
        missing = [name for name in form.fields if (boxes[name].top, boxes[name].left) not in taken]
        assert [name for name in missing if name not in ("年度", "金额单位")] == []
        for name, field in form.fields.items():
            one = taken.get((boxes[name].top, boxes[name].left))
            if one is not None:
                assert bool(field.formula) == bool(one.formula), name
                assert field.type == one.type or not field.numeric, name
        assert [len(table.groups) for table in own.tables] == [
            len(table.definition.groups) for table in form.tables.values()
        ]


def test_a_score_above_its_points_is_found_in_an_adopted_score_table(tmp_path: Path) -> None:
    result = adopted(strangers.typed(("评分表", strangers.ITEMS)), tmp_path)
    book = open_book(made(result.scheme, blank(result.scheme, "某局", "001", 1)))
    found = assess(filled(book, {"评分表!E3": Decimal(5), "评分表!E4": Decimal(11)}), [tmp_path / "schemes"]).findings
    assert [(finding.code, finding.where.sheet, finding.where.cell) for finding in found] == [
        ("评分02", "评分表", "E4")
    ]


# --- score tables -------------------------------------------------------------------------------------------------


def rewritten(result: Adoption, file: str, old: str, new: str) -> Scheme:
    """The scheme after an official has changed a file."""
    path = result.folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    _load.cache_clear()
    return load_scheme("own", [result.folder.parent])


def test_the_items_of_a_score_table_are_proposed_with_their_standards(tmp_path: Path) -> None:
    result = adopted(strangers.typed(("评分表", strangers.STANDARDS)), tmp_path)
    items = result.scheme.definition.scoring.items["评分表"]
    assert {key: (item.title, item.under, item.points, item.text, item.together) for key, item in items.items()} == {
        "人员控制率": ("", ["投入（15分）", "预算配置（15分）"], 5, "不超过100%的，计5分；每超1%扣0.5分。", ""),
        "三公经费变动率": ("“三公经费”变动率", ["投入（15分）", "预算配置（15分）"], 10, "不增加的，计10分。", ""),
        "经济效益": ("", ["效果（85分）", "效益（85分）"], 42.5, "", "经济效益"),
        "社会效益": ("", ["效果（85分）", "效益（85分）"], 42.5, "", "经济效益"),
    }  # fmt: skip
    assert all(item.rule is not None and type(item.rule).__name__ == "ManualRule" for item in items.values())
    assert [finding.code for finding in lint("own", [tmp_path / "schemes"], RULES)] == ["套表10"]


def test_an_official_has_only_to_write_the_rule(tmp_path: Path) -> None:
    result = adopted(strangers.typed(("评分表", strangers.STANDARDS)), tmp_path)
    manual = "      text: 不超过100%的，计5分；每超1%扣0.5分。\n      rule:\n        kind: 人工\n"
    rule = manual.replace("人工\n", "超标扣分\n        value: 控制率\n        bound: 100%\n        per: 0.5\n")
    evidence = "      evidence:\n        控制率: {ask: 在职人数÷编制数, kind: 百分比}\n"
    scheme = rewritten(result, "scoring.yaml", manual, evidence + rule)
    assert [finding.code for finding in lint("own", [tmp_path / "schemes"], RULES)] == ["套表09", "套表10"]
    book = open_book(made(scheme, blank(scheme, "某局", "001", 1)))
    typed: dict[str, Value] = {"评分表!F4": Decimal(10), "评分表!F5": Decimal(40), "评分表!F6": Decimal(42)}
    typed |= {"评分依据!C4": "102%", "评分表!G5": "差3分"}
    found = assess(filled(book, typed), [tmp_path / "schemes"])
    assert {score.item: score.computed for score in found.scores}["人员控制率"] == Decimal(4)
    assert found.total is not None and found.total.computed == Decimal(96)
    assert not found.returned


def test_points_lost_are_explained_where_the_form_has_no_room_for_it(tmp_path: Path) -> None:
    result = adopted(strangers.typed(("评分表", strangers.ITEMS)), tmp_path)
    book = open_book(made(result.scheme, blank(result.scheme, "某局", "001", 1)))
    found = assess(filled(book, {"评分表!E3": Decimal(5), "评分表!E4": Decimal(9)}), [tmp_path / "schemes"]).findings
    assert [(finding.code, str(finding.level), finding.where.cell) for finding in found] == [("评分03", "警告", "E4")]


def test_shared_points_may_be_split_in_any_way(tmp_path: Path) -> None:
    result = adopted(strangers.typed(("评分表", strangers.STANDARDS)), tmp_path)
    book = open_book(made(result.scheme, blank(result.scheme, "某局", "001", 1)))
    typed: dict[str, Value] = {"评分表!F3": Decimal(5), "评分表!F4": Decimal(10), "评分表!F5": Decimal(43)}
    wrong = assess(filled(book, {**typed, "评分表!F6": Decimal(43)}), [tmp_path / "schemes"])
    assert [finding.code for finding in wrong.findings if finding.code == "评分02"] == ["评分02"]


# --- nothing filled in --------------------------------------------------------------------------------------------

EMPTY = {
    "评分表": [("评分表", strangers.STANDARDS)],
    "收支表": [("附件1", strangers.BUDGET)],
    "自评表": [("附件2", strangers.SCORES)],
    "台账": [("台账", strangers.LEDGER)],
    "全部": [("附件1", strangers.BUDGET), ("附件2", strangers.SCORES), ("台账", strangers.LEDGER)],
}


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_workbook_is_returned(name: str, tmp_path: Path) -> None:
    result = adopted(strangers.typed(*EMPTY[name]), tmp_path)
    inbox = tmp_path / "收件夹"
    inbox.mkdir()
    (inbox / "某局.xlsx").write_bytes(made(result.scheme, blank(result.scheme, "某局", "001", 1)))
    done = consolidate([inbox], tmp_path / "汇总.xlsx", extra=[tmp_path / "schemes"])
    assert [str(receipt.status) for receipt in done.receipts] == ["退回"]


def test_each_form_that_was_left_empty_is_told(unit: ClosedBook, hand: Adoption, roots: list[Path]) -> None:
    emptied = filled(unit, {cell: None for cell in FIGURES if cell.startswith("附件1!")})
    told = [finding for finding in assess(emptied, roots).returned if finding.where.sheet == "附件1"]
    assert [(finding.code, finding.fact) for finding in told] == [("值12", "整张表没有填写")]


def test_a_form_with_one_figure_is_not_empty(unit: ClosedBook, roots: list[Path]) -> None:
    cells: dict[str, Value] = {cell: None for cell in FIGURES if cell.startswith("附件1!")}
    assert not assess(filled(unit, {**cells, "附件1!C6": Decimal(0)}), roots).returned


def test_a_unit_without_projects_deletes_the_sheet(unit: ClosedBook, roots: list[Path]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(unit.package.data))
    del book["台账"]
    stream = io.BytesIO()
    book.save(stream)
    assert not assess(open_book(stream.getvalue(), "某局.xlsx"), roots).returned


def test_a_sheet_that_the_bureau_hides_is_no_surprise(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(strangers.typed(("附件1", strangers.BUDGET))))
    book.create_sheet("参数").sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    result = adopted(stream.getvalue(), tmp_path)
    given = open_book(made(result.scheme, blank(result.scheme, "某局", "001", 1)))
    assert "身份08" not in {finding.code for finding in assess(given, [tmp_path / "schemes"]).findings}


def _without_inputs(data: bytes, scheme: Scheme) -> tuple[bytes, dict[Place, Value]]:
    """A workbook as it was given out, and what the unit had typed."""
    from xlauto.reading import read

    book = open_book(data)
    typed: dict[Place, Value] = {}
    for sheet in read(book, scheme).every():
        for entries_ in sheet.entries.values():
            for entry in entries_:
                if not entry.field.formula and entry.field.constant is None and not entry.field.spec.prefix:
                    typed[entry.place] = entry.cell.value
        for table, line in sheet.lines():
            own = (item for key, item in line.items.items() if table.table.type_of(key) != "层级")
            typed |= {item.place: item.cell.value for item in own}
    emptied = book.edited([SetCell(place=place) for place in typed])
    return emptied, typed


def test_the_same_faults_are_found_in_a_form_adopted(tmp_path: Path) -> None:
    """A real unit's workbook, emptied and made foreign, adopted and filled in again: its faults are found as before."""
    scheme = load_scheme("hengyang-2023")
    data = samples.as_published(samples.HENGYANG)
    emptied, typed = _without_inputs(data, scheme)
    plain = strangers.made_foreign("hengyang-2023", emptied)
    result = adopted(plain, tmp_path, year=2023)
    template = open_book((result.folder / "template.xlsx").read_bytes())
    overwritten = {
        Place(info.name, *key): cell.value
        for info in open_book(data).sheets
        for key, cell in open_book(data).cells(info.name).items()
        if cell.formula is None and template_formula(template, info.name, key)
    }
    edits = [SetCell(place=place, value=value) for place, value in (typed | overwritten).items()]
    book = open_book(template.edited(edits))
    codes = {"自评01", "自评02", "自评05", "自评06", "自评10", "自评11", "自评12"}
    before = {(f.code, f.where.sheet, f.where.cell) for f in assess(open_book(data)).findings if f.code in codes}
    after = {(f.code, f.where.sheet, f.where.cell) for f in assess(book, [tmp_path / "schemes"]).findings}
    assert before
    assert before <= after


def template_formula(book: ClosedBook, sheet: str, key: tuple[int, int]) -> bool:
    known = {info.name for info in book.sheets}
    return sheet in known and book.cells(sheet).get(key, BLANK_CELL).formula is not None


# --- files that cannot be adopted ---------------------------------------------------------------------------------


REFUSED = [
    ("空文件", b"", "文件01"),
    ("不是工作簿", b"PK\x03\x04 nothing", ""),
    ("没有表样", strangers.typed(("说明", {"A1": "只有文字"})), "程序24"),
    ("本程序的模板", made(load_scheme("hunan-2023")), "程序24"),
]


@pytest.mark.parametrize(("data", "code"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_file_that_cannot_be_adopted_leaves_nothing_behind(data: bytes, code: str, tmp_path: Path) -> None:
    with pytest.raises(CannotGoOn) as refused:
        adopted(data, tmp_path)
    assert refused.value.code.startswith(code)
    assert not (tmp_path / "schemes" / "own").exists()


def test_a_file_with_another_suffix_is_refused(tmp_path: Path) -> None:
    (tmp_path / "表样.xlsm").write_bytes(HAND)
    with pytest.raises(CannotGoOn, match=r"只采用不含宏的 \.xlsx"):
        adopt(tmp_path / "表样.xlsm", "own", 2025, tmp_path / "schemes", rules_id="hunan-2023")


def test_a_sheet_with_pictures_cannot_be_copied_for_more_projects(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet, framed = book.add_worksheet("项目"), book.add_format({"border": 1})
        for row, label in enumerate(("项目名称", "金额（万元）")):
            sheet.write(row, 0, label, framed)
            sheet.write_blank(row, 1, None, framed)
        sheet.insert_textbox("D4", "注意")
    result = adopted(stream.getvalue(), tmp_path)
    made(result.scheme, blank(result.scheme, "某局", "001", 1))
    with pytest.raises(CannotGoOn, match="有图形、批注或表格，不能由程序复制"):
        made(result.scheme, blank(result.scheme, "某局", "001", 2))


# --- anything -----------------------------------------------------------------------------------------------------

WORDS = [
    "预算数", "单位名称", "单位代码", "项目名称", "2025年", "其中：水费", "一级指标", "三级指标", "年度指标值",
    "实际完成值", "分值", "得分", "合计", "……", "填表人：", "其他资金：", "产出指标（50分）", "{年}", 'a"b', "=", "  ",
    "A1", "\u3000甲\n乙",
]  # fmt: skip
CONTENT = st.one_of(
    st.none(), st.sampled_from(WORDS), st.integers(-5, 2030), st.text(max_size=6),
    st.sampled_from(["=A1", "=SUM(A1:C3)", "=IF(A1=0,1,B2/C3)", "=表一!A1", "=FOO(A1)", "=#REF!"]),
)  # fmt: skip
GRID = st.dictionaries(st.tuples(st.integers(1, 8), st.integers(1, 6)), CONTENT, min_size=4, max_size=40)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(GRID)
def test_whatever_is_in_a_sheet_it_is_adopted_or_refused(
    tmp_path_factory: pytest.TempPathFactory, grid: dict[tuple[int, int], object]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    cells = {f"{openpyxl.utils.get_column_letter(col)}{row}": value for (row, col), value in grid.items()}
    try:
        result = adopted(strangers.typed(("表一", cells), border=len(grid) % 2 == 0), folder)
    except CannotGoOn as refused:
        assert refused.code == "程序24"
        return
    assert {finding.code for finding in lint("own", [folder / "schemes"], RULES)} <= {"套表04", "套表10"}
    book = open_book(made(result.scheme, blank(result.scheme, "某局", "001", 1)))
    assert assess(book, [folder / "schemes"]).submission is not None
    for form in result.scheme.forms.values():
        assert all(parse(field.formula) for field in form.fields.values() if field.formula)
