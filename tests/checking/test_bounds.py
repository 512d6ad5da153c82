"""Figures out of the bounds of their cells: one 错误 on every form, in the scheme's words or the catalogue's, no points."""

# ruff: noqa: E501  (tables: one case a line)

from __future__ import annotations

from decimal import Decimal

import lines
import pytest
import samples
import test_score_schemes as tables

from xlauto.assess import Assessment
from xlauto.checking.bounds import worded
from xlauto.model import Cell, Finding, Kind, Level, Place
from xlauto.scheme.bounds import Bounds, bounds_of
from xlauto.scheme.forms import Field
from xlauto.scheme.strict import SchemeError
from xlauto.scores import PointState
from xlauto.submission import Entry
from xlauto.values import Spec, parse


def junshan(forms: str = "", **evidence: str) -> Assessment:
    """君山区's 附件4-1 with every question answered for full points, but for what is given."""
    text = tables.JUNSHAN_FORMS + tables.as_yaml("评分依据", tables.answers("junshan-2021", "评分表", **evidence))
    return lines.assessed(
        text + tables.as_yaml("评分表", tables.by_hand("junshan-2021", "评分表")) + forms, "junshan-2021"
    )


def told(assessment: Assessment, field: str) -> list[Finding]:
    """All that is told of one cell."""
    return [found for found in samples.every(assessment.findings) if found.where.field == field]


EVIDENCE = [
    ("资金使用合规性.截留挪用", "-3", ("-3", "不小于0", "-3"), "资金使用合规性"),
    ("支付进度.未按进度", "-1", ("-1", "不小于0", "-1"), "支付进度"),
    ("预算调整率.调整数", "-20", ("-20", "不小于0", "-20"), "预算调整率"),
    ("重点支出安排率.安排率", "9500%", ("9500%", "不大于100%", "9400%"), "重点支出安排率"),
    ("公务卡刷卡率.刷卡率", "-5%", ("-5%", "不小于0", "-5%"), "公务卡刷卡率"),
]


@pytest.mark.parametrize(("name", "typed", "words", "item"), EVIDENCE)
def test_evidence_out_of_bounds_is_one_fault_and_gives_no_points(
    name: str, typed: str, words: tuple[str, str, str], item: str
) -> None:
    assessment = junshan(**{name: typed})
    found = told(assessment, name)
    assert [(f.code, f.level, f.where.sheet) for f in found] == [("值25", Level.ERROR, "评分依据")]
    assert (found[0].stated, found[0].expected, found[0].difference) == words
    assert ("应如95%" in found[0].hint) == (typed == "9500%")
    score = next(score for score in assessment.scores if score.key == item)
    assert (score.state, score.computed) == (PointState.LACKS, None)
    assert "不小于0" in score.explanation or "0至100%" in score.explanation


@pytest.mark.parametrize("rate", ["150%", "1000%"])
def test_a_rate_that_can_be_is_let_pass(rate: str) -> None:
    found = junshan(f'项目指标体系:\n  - 项目名称: 甲\n    产出数量.完成率: "{rate}"\n')
    assert told(found, "产出数量.完成率") == []
    assert next(score for score in found.scores if score.key == "产出数量").computed == 5


@pytest.mark.parametrize(("rate", "scored"), [("100%", True), ("100.01%", False), ("6", False), ("8", False)])
def test_a_share_of_a_whole_is_no_more_than_the_whole(rate: str, scored: bool) -> None:
    """6 typed for 6% is 600%, which no 刷卡率 can be."""
    found = junshan(**{"公务卡刷卡率.刷卡率": rate})
    assert [f.code for f in told(found, "公务卡刷卡率.刷卡率") if f.level is Level.ERROR] == [] if scored else ["值25"]
    assert (next(s for s in found.scores if s.key == "公务卡刷卡率").computed is not None) is scored


def test_one_case_is_not_made_up_for_by_another() -> None:
    """3 例 with -2 例 beside it are no single case."""
    assessment = junshan(**{"资金使用合规性.违反法规": "3", "资金使用合规性.手续不全": "-2"})
    assert next(score for score in assessment.scores if score.key == "资金使用合规性").computed is None


def test_a_veto_stands_whatever_else_is_typed() -> None:
    answers = tables.answers(
        "changsha-county-2022", "指标表", **{"资金使用合规性.截留挪用": "1", "资金使用合规性.虚报冒领": "-1"}
    )
    assessment = lines.assessed(tables.as_yaml("评分依据", answers), "changsha-county-2022")
    assert next(score for score in assessment.scores if score.key == "资金使用合规性").computed == 0
    assert [found.code for found in told(assessment, "资金使用合规性.虚报冒领")] == ["值25"]


def test_a_deduction_has_the_words_of_its_own_rule() -> None:
    answers = tables.answers("changsha-county-2022", "指标表", **{"管理制度健全性.制度不健全": "-1"})
    assessment = lines.assessed(tables.as_yaml("评分依据", answers), "changsha-county-2022")
    assert [found.code for found in told(assessment, "管理制度健全性.制度不健全")] == ["评分06"]


def test_repeating_forms_are_looked_at_as_well() -> None:
    forms = '项目指标体系:\n  - 项目名称: 甲\n    产出数量.完成率: "9500%"\n'
    found = told(junshan(forms), "产出数量.完成率")
    assert [f.code for f in found if f.level is Level.ERROR] == ["值25"]


def test_what_may_be_negative_is_declared() -> None:
    forms = "部门自评报告表:\n  支出机构: [[局机关, 12, 12, 5, 7, '', -3, -2]]\n"
    codes = [found.code for found in samples.every(lines.assessed(forms, "junshan-2021").findings)]
    assert "值25" not in codes
    spent = "部门自评报告表:\n  支出机构: [[局机关, -12, -12, -5, -7, '', -3, -2]]\n"
    found = [f.where.field for f in samples.every(lines.assessed(spent, "junshan-2021").findings) if f.code == "值25"]
    assert "支出机构.支出合计" in found and "支出机构.累计结余" not in found


@pytest.mark.parametrize(
    ("typed", "expected", "difference"), [("-1", "0或4至7", "-1"), ("3", "0或4至7", "-1"), ("8", "0或4至7", "1")]
)
def test_a_deduction_in_words(typed: str, expected: str, difference: str) -> None:
    field = Field("表", "甲", "甲", "分值", Spec("分值"), bounds=bounds_of("分值", 4, 7, zero=True))
    cell = Cell(Kind.NUMBER, typed)
    entry = Entry(field, Place("表", 1, 1), cell, parse(cell, field.spec), parse(cell, field.spec))
    assert worded(entry, Decimal(typed)) == (typed, expected, difference)


@pytest.mark.parametrize(
    ("bounds", "fits", "not_", "words"),
    [
        (bounds_of("金额"), "0", "-0.01", "不小于0"), (bounds_of("百分比"), "10", "10.01", "0至1000%"),
        (bounds_of("百分比", most=1.5), "1.5", "1.51", "0至150%"), (bounds_of("数量", 1, 5), "1", "0", "1至5"),
        (bounds_of("分值", 4, 7, zero=True), "0", "3", "0或4至7"), (bounds_of("分值", 2, 2, zero=True), "2", "1", "0或2"),
        (bounds_of("数量", whole=True), "2", "1.5", "0或正整数"), (bounds_of("数量", 1, 5, whole=True), "5", "2.5", "1至5的整数"),
        (bounds_of("金额", negative=True, most=3), "-9", "4", "不大于3"),
    ],
)  # fmt: skip
def test_bounds_in_figures_and_words(bounds: Bounds, fits: str, not_: str, words: str) -> None:
    type_ = "百分比" if "%" in words else "金额"
    assert bounds.fits(Decimal(fits)) and not bounds.fits(Decimal(not_))
    assert bounds.words(type_) == words


@pytest.mark.parametrize(
    ("type_", "least", "most", "said"),
    [("文本", 1, None, "没有大小"), ("数量", 5, 1, "大于 most"), ("金额", None, -1, "大于 most")],
)
def test_bounds_that_no_figure_can_fit_are_refused(
    type_: str, least: float | None, most: float | None, said: str
) -> None:
    with pytest.raises(SchemeError, match=said):
        bounds_of(type_, least, most)
