"""Score tables from the workbook to the score: states, what is missing, explanations, and the workbook afterwards."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import oracle
import pytest
import validator

from xlauto import yamlfile
from xlauto.assess import Assessment, assess
from xlauto.books.closed import open_book
from xlauto.figures import Figures, read_sample
from xlauto.making import made
from xlauto.model import Finding
from xlauto.recalc import recalculate
from xlauto.scheme import load_scheme
from xlauto.scores import PointState, Score

FOLDER = Path(__file__).with_name("schemes")
SCHEME = load_scheme("made-up-2024", [FOLDER])
SAMPLE = FOLDER / "made-up-2024" / "samples" / "某局.yaml"
GOLDEN = Path(__file__).with_name("golden") / "items.txt"


def figures(changes: Mapping[str, Mapping[str, Any]], folder: Path) -> Figures:
    """The sample with other figures, by form and field; an empty text leaves a cell blank."""
    data: dict[str, Any] = yamlfile.load(SAMPLE, as_text=True)
    for form, fields in changes.items():
        for name, text in fields.items():
            row, _, column = name.partition(".")
            if column and isinstance(data[form].get(row), dict):
                data[form][row][column] = text
            else:
                data[form][name] = text
    path = folder / "单位.yaml"
    path.write_text(repr(data).replace("'", '"'), encoding="utf-8")
    return read_sample(path, SCHEME)


@pytest.fixture
def assessed(tmp_path: Path) -> Any:
    def by(**changes: Mapping[str, Any]) -> Assessment:
        return assess(open_book(made(SCHEME, figures(changes, tmp_path))), [FOLDER])

    return by


@cache
def as_filled_in() -> bytes:
    return made(SCHEME, read_sample(SAMPLE, SCHEME))


@cache
def recalculated() -> bytes:
    book = open_book(as_filled_in())
    return book.edited(recalculate(book, [FOLDER]).edits)


def of(assessment: Assessment, key: str, title: str = "") -> Score:
    return next(score for score in assessment.scores if score.key == key and score.title == title)


def total(assessment: Assessment, form: str = "评分表") -> Score:
    return next(score for score in assessment.scores if score.item == "总分" and score.form == form)


# --- states ---------------------------------------------------------------------------------------------------------


def test_missing_evidence_is_told_by_name_and_cell(assessed: Any) -> None:
    score = of(assessed(), "满意度")
    assert (score.state, score.computed) == (PointState.LACKS, None)
    assert [one.cell for one in score.missing] == ["评分依据!C23"]
    assert score.explanation == "缺少依据：被调查人的满意率（评分依据!C23）"


def test_what_is_known_of_an_item_is_told_beside_what_is_missing(assessed: Any) -> None:
    score = of(assessed(评分依据={"人员控制率.批复人数": ""}), "人员控制率")
    assert score.state is PointState.LACKS
    assert "批复的聘用人数" in score.explanation and "控制率 = 62 ÷ 56 = 110.71%" in score.explanation


def test_a_blank_figure_of_another_form_is_no_zero(assessed: Any) -> None:
    score = of(assessed(基础表={"在职人数": ""}), "人员控制率")
    assert [one.cell for one in score.missing] == ["基础表!B3"]
    assert of(assessed(基础表={"结余": ["", "", "0"]}), "结余").computed == 5


def test_a_total_is_there_as_soon_as_one_of_its_parts_is(assessed: Any) -> None:
    half = of(assessed(基础表={"接待": ["", "3.5", "3"]}), "三公变动率")
    assert half.explanation.startswith("(13 - 10) ÷ 10 = 30.00%")
    none = of(assessed(基础表={"接待": ["", "3.5", "3"], "用车": ["", "9.5", "9"]}), "三公变动率")
    assert none.state is PointState.LACKS
    assert none.missing[0].label == "公务用车·上年预算等2项之一"


@pytest.mark.parametrize(
    ("changes", "key", "said"),
    [
        ({"基础表": {"采购": ["", "0", "5"]}}, "采购执行率", "“政府采购·本年预算”（基础表!C9）为0，不能作分母"),
        ({"基础表": {"编制数": "0"}}, "人员控制率", "“控制率”算不出来：“编制数”（基础表!A3）为0，不能作分母"),
        ({"评分依据": {"支付率.支付率": "100.5%"}}, "支付率", "没有规定"),
        ({"评分依据": {"目标明确性.量化指标": "3"}}, "目标明确性", "没有规定"),
    ],
)  # fmt: skip
def test_undefined_is_told_and_is_no_zero(assessed: Any, changes: Any, key: str, said: str) -> None:
    score = of(assessed(**changes), key)
    assert (score.state, score.computed) == (PointState.UNDEFINED, None)
    assert said in score.explanation


@pytest.mark.parametrize(
    ("changes", "key", "said"),
    [
        ({"资金使用.虚列套取": "3"}, "资金使用", "不能采用：“虚列套取”填的是3，应为0或4至5（评分依据!C18）；已知制度："),  # noqa: E501
        ({"资金使用.虚列套取": "0", "资金使用.制度": "2.5"}, "资金使用", "“制度健全性得分”填的是2.5，应为0至2（评分依据!C20）"),  # noqa: E501
        ({"支付率.支付率": "约95%"}, "支付率", "不能采用：“专项资金支付率”不能读取（评分依据!C9）"),
        ({"完成率.计划数": "-12"}, "完成率", "不能采用：“计划工作数”填的是-12，应不小于0（评分依据!C21）"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_told_on_its_cell_and_not_as_missing(
    assessed: Any, changes: dict[str, str], key: str, said: str
) -> None:
    assessment = assessed(评分依据=changes)
    score = of(assessment, key)
    assert (score.state, score.computed) == (PointState.LACKS, None)
    assert said in score.explanation
    cell = f"{key}.得分"
    assert not [f.message() for f in assessment.findings if f.code == "评分04" and f.where.field == cell]
    assert sum(f.where.cell == score.missing[0].cell.split("!")[1] for f in assessment.findings) == 1


def test_one_case_takes_all_points_even_if_other_evidence_is_missing(assessed: Any) -> None:
    score = of(assessed(评分依据={"资金合规性.截留挪用": "1", "资金合规性.假票": ""}), "资金合规性")
    assert (score.state, score.computed) == (PointState.COMPUTED, 0)
    assert score.explanation == "有截留挪用1例，一票否决，本项得0分"


def test_a_denominator_of_zero_in_a_project(assessed: Any) -> None:
    assert of(assessed(), "到位率", "乙").state is PointState.UNDEFINED
    assert of(assessed(), "到位率", "甲").computed == 37


# --- totals ---------------------------------------------------------------------------------------------------------

COMPLETE = {
    "评分依据": {"满意度.满意率": "92%", "支付率.支付率": "100%", "目标明确性.量化指标": "4", "资金使用.虚列套取": "0"}
}


def test_the_total_adds_up_what_counts(assessed: Any) -> None:
    found = total(assessed(**COMPLETE))
    assert found.computed == Decimal("75.42")
    assert found.explanation.endswith("= 75.42分（其中2项由人工判断，按自评19分计）")


def test_points_without_evidence_count_as_stated_and_are_named(assessed: Any) -> None:
    found = total(assessed(评分依据=COMPLETE["评分依据"] | {"满意度.满意率": ""}, 评分表={"满意度": {"得分": "8"}}))
    assert found.computed == Decimal("75.42")
    assert "1项（满意度）缺少依据，按自评8分计" in found.explanation


def test_a_total_with_an_item_left_open_is_not_worked_out(assessed: Any) -> None:
    found = total(assessed())
    assert found.computed is None and "还有4项没有得分" in found.explanation


def test_points_that_cannot_be_do_not_count(assessed: Any) -> None:
    score = of(assessed(), "效益", "乙")
    assert score.effective is None and "不在0和分值30分之间" in score.explanation


def test_grade_waits_for_every_score(assessed: Any) -> None:
    def grade(assessment: Assessment) -> str:
        assert assessment.submission is not None
        return assessment.submission.text("评分表", "评价等次")

    assert grade(assessed()) == ""
    assert grade(assessed(**COMPLETE)) == "良"
    full = COMPLETE["评分依据"] | {"完成率.完成数": "12", "到位时效.情形": "及时", "资金合规性.手续不全": "0"}
    better = assessed(评分依据=full, 基础表={"在职人数": "56", "用车": ["10", "8", "8"], "采购": ["", "100", "100"]})
    assert (grade(better), better.grade) == ("优", "优")


# --- findings -------------------------------------------------------------------------------------------------------


def told(assessment: Assessment) -> list[tuple[str, str]]:
    return [(finding.code, finding.where.field) for finding in assessment.findings]


def test_findings_of_the_sample(assessed: Any) -> None:
    assert told(assessed()) == [
        ("评分02", "效益.得分"), ("评分06", "资金使用.虚列套取"), ("评分05", "支付率.得分"),
        ("评分05", "目标明确性.得分"), ("评分01", "完成率.得分"), ("评分05", "到位率.得分"), ("评分04", "满意度.得分"),
        ("评分04", "进度.上半年"),
    ]  # fmt: skip


def test_points_that_a_person_gives_are_no_deduction(assessed: Any) -> None:
    found = next(f for f in assessed(评分依据={"资金使用.制度": "3"}).findings if f.where.field == "资金使用.制度")
    assert (found.code, found.stated) == ("评分06", "3")
    assert found.fact.startswith("所评的分应在0至2之间")
    assert "扣分" not in found.fact + found.hint and "填0" not in found.hint


def test_missing_evidence_is_one_finding_with_the_items_beneath(assessed: Any) -> None:
    finding = next(f for f in assessed().findings if f.where.field == "进度.上半年")
    assert finding.where.cell == "D11"
    assert finding.fact.startswith("“评分依据”没有填齐，2项30分没有依据可以核对")
    assert finding.fact.endswith(
        "，要填：进度D11、D12；安全D13、D14、D15；其中1项20分所用的数在各张表里都没有，只能填在“评分依据”（进度）"
    )
    assert [below.where.field for below in finding.consequences] == ["进度.得分", "安全.得分"]


def test_a_wrong_rate_takes_the_score_that_follows_from_it_beneath_itself(assessed: Any) -> None:
    """The score typed for a 控制率 of 98% is right for it and follows, on another sheet, from the one fault."""
    found = assessed(基础表={"控制率": "98%"}, 评分表={"人员控制率": {"得分": "6"}})
    roots = [finding for finding in found.findings if finding.where.field in ("控制率", "人员控制率.得分")]
    assert [root.code for root in roots] == ["基础01"]
    assert [below.where.field for below in roots[0].consequences] == ["人员控制率.得分", "总分.得分"]


def test_a_lower_score_with_a_reason_is_only_a_hint(assessed: Any) -> None:
    def level(reason: str) -> str:
        typed = {"到位时效": {"得分": "1", "扣分原因": reason}}
        finding = next(f for f in assessed(评分表=typed).findings if f.where.field == "到位时效.得分")
        return str(finding.level)

    assert (level(""), level("另有延误")) == ("警告", "提示")


def test_points_shared_by_several_items(assessed: Any) -> None:
    def facts(*scores: str) -> list[Finding]:
        typed = dict(zip(("经济效益", "社会效益"), ({"得分": score} for score in scores), strict=True))
        return [f for f in assessed(评分表=typed).findings if f.code == "评分02" and "效益" in f.where.field
                and f.where.sheet == "评分表"]  # fmt: skip

    assert facts("12", "8") == []
    assert [found.expected for found in facts("12", "9")] == ["不大于20"]
    assert [found.expected for found in facts("-1", "9")] == ["不小于0"]


# --- the workbook ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [as_filled_in, recalculated], ids=["填报", "重算"])
def test_libreoffice_gives_what_the_cells_cache(data: Any, tmp_path: Path) -> None:
    path = tmp_path / "某局.xlsx"
    path.write_bytes(data())
    judged = oracle.recalculated(path)
    book = open_book(path)
    wrong = [
        (sheet.name, place, cell.value, judged[sheet.name].get(place))
        for sheet in book.sheets
        for place, cell in book.cells(sheet.name).items()
        if cell.formula is not None and not same(cell.value, judged[sheet.name].get(place))
    ]
    assert wrong == []
    assert validator.validate_many([path])[path] == []


def same(value: object, other: object) -> bool:
    if isinstance(value, Decimal) and isinstance(other, float | int):
        return float(value) == pytest.approx(float(other), abs=1e-9)
    return (value or "") == (other or "")


def test_a_second_recalculation_changes_no_byte() -> None:
    book = open_book(recalculated())
    assert book.edited(recalculate(book, [FOLDER]).edits) == recalculated()


def test_the_list_of_scores_shows_a_number_where_the_unit_left_its_score_open() -> None:
    cells = open_book(recalculated()).cells("评分说明")
    rows = {cells[row, 2].text: [cells[row, col].value if (row, col) in cells else None for col in (3, 4, 5, 6)]
            for row in range(2, 18) if (row, 2) in cells}  # fmt: skip
    assert rows["预算执行率"] == [8, Decimal("6.55"), Decimal("6.55"), "自评留空"]
    assert rows["完成率"] == [12, 12, 11, 1]
    assert not any(rows["满意度"][1:])
    assert [rows[key][0] for key in ("经济效益", "社会效益")] == [20, None]


def test_a_cleared_score_gets_its_rule_back_and_a_typed_one_stays(tmp_path: Path) -> None:
    from xlauto.books.book import SetCell
    from xlauto.model import Place

    book = open_book(recalculated())
    place, typed = Place("评分表", 6, 6), Place("评分表", 13, 6)
    assert book.cells("评分表")[place[1:]].formula is not None
    assert book.cells("评分表")[typed[1:]].formula is None
    cleared = open_book(book.edited([SetCell(place=place, value=None)]))
    again = open_book(cleared.edited(recalculate(cleared, [FOLDER]).edits))
    assert again.cells("评分表")[place[1:]].formula == book.cells("评分表")[place[1:]].formula
    assert again.cells("评分表")[typed[1:]].value == 12


# --- explanations ---------------------------------------------------------------------------------------------------


def golden() -> str:
    scores = assess(open_book(as_filled_in()), [FOLDER]).scores
    return "".join(f"{score.sheet}｜{score.item}｜{score.state}｜{score.explanation}\n" for score in scores)


def test_golden_explanations() -> None:
    assert golden() == GOLDEN.read_text(encoding="utf-8"), "python tests/test_itemscores.py"


def test_explanations_use_no_word_of_the_program() -> None:
    for line in golden().splitlines():
        assert not re.search(r"[A-Za-z_]{2,}", line), line


if __name__ == "__main__":
    GOLDEN.write_text(golden(), encoding="utf-8")
