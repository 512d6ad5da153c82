"""What the checks say of score tables: shared points, deductions, evidence, and figures that are nearly right."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import lines
import pytest
import samples
import test_score_schemes as tables

from xlauto.assess import Assessment, assess
from xlauto.books.closed import open_book
from xlauto.consolidate.extract import unit_of
from xlauto.figures import read_sample
from xlauto.making import made
from xlauto.model import Finding
from xlauto.report import assessment_json
from xlauto.scheme import load_scheme
from xlauto.scores import PointState, Score

EFFECTS = ("经济效益", "社会效益", "生态效益")


def junshan(scores: Mapping[str, str] | None = None, forms: str = "", **evidence: str) -> Assessment:
    """君山区's 附件4-1 with every question answered for full points, but for what is given."""
    answers = tables.answers("junshan-2021", "评分表", **evidence)
    points = {**tables.by_hand("junshan-2021", "评分表"), **(scores or {})}
    filled = {name: text for name, text in points.items() if text}
    text = (forms or tables.JUNSHAN_FORMS) + tables.as_yaml("评分依据", answers) + tables.as_yaml("评分表", filled)
    return lines.assessed(text, "junshan-2021")


def effects(*points: str, **reasons: str) -> Assessment:
    stated = {f"{key}.得分": given for key, given in zip(EFFECTS, points, strict=True)}
    return junshan({**stated, **{f"{key}.扣分原因": words for key, words in reasons.items()}})


def told(assessment: Assessment, code: str = "评分") -> list[tuple[str, str, str, str]]:
    """Code, field, stated and expected of the findings about the score table."""
    found = [f for f in samples.every(assessment.findings) if f.code.startswith(code)]
    return [(f.code, f.where.field, f.stated, f.expected) for f in found]


def of(assessment: Assessment, key: str, form: str = "评分表") -> Score:
    return next(s for s in assessment.scores if s.form == form and key in (s.key, s.item))


def finding(assessment: Assessment, code: str) -> Finding:
    return next(f for f in samples.every(assessment.findings) if f.code == code)


# --- points that several items share --------------------------------------------------------------------------------


def test_points_in_one_cell_may_be_shared_out_as_the_unit_likes() -> None:
    found = effects("7", "5", "3")
    assert told(found) == []
    assert (of(found, "总分").points, of(found, "总分").computed) == (100, 100)
    assert [(of(found, key).points, of(found, key).effective) for key in EFFECTS] == [(15, 7), (15, 5), (15, 3)]
    assert of(found, "经济效益").explanation == "由人工评分；自评7分（经济效益、社会效益、生态效益3项共有分值15分）"


def test_shared_points_count_once_wherever_points_are_added_up() -> None:
    found = effects("7", "5", "3")
    assert sum(line.points or 0 for line in unit_of(found).indicators if line.form == "评分表") == 100
    shown = {s["item"]: (s["points"], s["shares_points_with"]) for s in assessment_json(found)["scores"]}
    assert shown["社会效益"] == ("15", list(EFFECTS))
    assert shown["财政供养人员控制率"] == ("5", [])


def test_more_than_the_shared_points_is_refused_once() -> None:
    found = effects("7", "5", "4")
    assert told(found) == [("评分02", "经济效益.得分", "16", "不大于15")]
    assert [of(found, key).effective for key in EFFECTS] == [None, None, None]
    total = of(found, "总分")
    assert total.computed is None
    assert total.explanation == (
        "还有1项没有得分：经济效益、社会效益、生态效益（自评合计16分，超过共有的分值15分，不能计入）"
    )


@pytest.mark.parametrize(
    ("points", "reasons", "due"),
    [
        (("5", "5", "3"), {}, [("评分03", "经济效益.扣分原因", "空", "")]),
        (("5", "5", "3"), {"生态效益": "绿化没有完成"}, []),
        (("-1", "9", "7"), {},
         [("评分02", "经济效益.得分", "-1", "不小于0"), ("评分02", "社会效益.得分", "16", "不大于15")]),
        (("15", "", ""), {}, [("评分07", "社会效益.得分", "空", ""), ("评分07", "生态效益.得分", "空", "")]),
    ],
)  # fmt: skip
def test_shared_points_that_are_lost_need_one_reason(
    points: tuple[str, ...], reasons: dict[str, str], due: list[tuple[str, ...]]
) -> None:
    assert told(effects(*points, **reasons)) == due


# --- scores that are nearly right -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "evidence", "due", "level"),
    [
        ("5", {"三公经费变动率__本年预算数": "1802.72", "三公经费变动率__上年预算数": "1800"}, "4.92", "警告"),
        ("4.92", {"三公经费变动率__本年预算数": "1802.72", "三公经费变动率__上年预算数": "1800"}, "", ""),
        ("4.925", {"三公经费变动率__本年预算数": "1802.72", "三公经费变动率__上年预算数": "1800"}, "", ""),
    ],
)
def test_a_full_mark_is_no_rounded_score(stated: str, evidence: dict[str, str], due: str, level: str) -> None:
    """5 is 4.92 rounded to no decimals, and still not what the steps of the standard give."""
    found = [f for f in junshan({"三公经费变动率.得分": stated}, **evidence).findings if "变动率.得分" in f.where.field]
    assert [(f.stated, f.expected, str(f.level)) for f in found if f.code in ("评分01", "表间10")] == (
        [(stated, due, level if found[0].code == "评分01" else "错误")] if due else []
    )


def test_a_share_of_the_points_may_be_stated_with_fewer_decimals() -> None:
    def level(stated: str) -> list[str]:
        answers = tables.answers("junshan-2021", "项目指标体系", 到位率__实际到位="149", 到位率__计划到位="167")
        rows = {**answers, "到位率.得分": stated}
        text = "项目指标体系:\n  - 项目名称: 甲\n" + "".join(f"    {name}: {value}\n" for name, value in rows.items())
        assessment = lines.assessed(text, "junshan-2021")
        assert of(assessment, "到位率", "项目指标体系").computed == Decimal("2.68")
        return [str(f.level) for f in assessment.findings if f.where.field == "到位率.得分"]

    assert (level("2.68"), level("2.7"), level("3"), level("2.6")) == ([], ["提示"], ["提示"], ["警告"])


# --- deductions without a column for the reason ---------------------------------------------------------------------


def changsha(**scores: str) -> Assessment:
    answers = tables.answers("changsha-county-2022", "指标表")
    points = {f"{key}.分值": str(points) for key, points in tables.SET_BY_THE_UNIT.items()}
    stated = {f"{key}.得分": str(points) for key, points in tables.SET_BY_THE_UNIT.items()} | {"满意度.得分": "8"}
    stated |= {f"{key}.得分": points for key, points in scores.items()}
    text = tables.CHANGSHA_FORMS + tables.as_yaml("评分依据", answers) + tables.as_yaml("指标表", points | stated)
    return lines.assessed(text, "changsha-county-2022")


def test_where_the_form_has_no_column_the_justification_is_the_reason() -> None:
    assert told(changsha()) == []
    found = changsha(满意度="6")
    assert told(found) == [("评分11", "满意度.得分", "6", "")]
    reason = finding(found, "评分11")
    assert (str(reason.level), reason.where.cell, reason.hint) == ("警告", "G25", "在“核实说明”写明扣分原因")
    assert "社会公众或服务对象满意度得分6，分值8" in reason.fact


def test_what_is_no_score_at_all_needs_no_reason() -> None:
    (found,) = (f for f in changsha(满意度="-1").findings if f.where.cell == "G25")
    assert (found.code, [below.code for below in found.consequences]) == ("评分02", ["评分11"])


# --- evidence that is missing ---------------------------------------------------------------------------------------


def test_the_points_that_rest_on_no_figure_of_any_form_are_listed() -> None:
    """22 of the 100 points of 附件4-1: exactly these, also the one whose figures the unit has filled in."""
    fact = next(
        f.fact for f in samples.assessed(samples.as_published(samples.JUNSHAN)).findings
        if f.code == "评分04" and f.where.sheet == "评分依据"
    )  # fmt: skip
    assert fact == (
        "“评分依据”没有填齐，12项46分没有依据可以核对；表上有6项22分所用的数在各张表里都没有，只能填在“评分依据”"
        "（“三公经费”变动率5分、重点支出安排率5分、预算调整率3分、支付进度3分、政府采购执行率3分、公务卡刷卡率3分；"
        "已填预算调整率）"
    )


def test_figures_that_stand_in_a_report_of_the_project_are_not_nowhere() -> None:
    found = samples.assessed(samples.as_published(samples.JUNSHAN)).findings
    fact = next(f.fact for f in found if f.code == "评分04" and f.where.field == "目标内容.设有目标")
    assert "表上有4项20分" in fact and "到位率" not in fact
    asked = {e.key: e.definition.where for e in load_scheme("junshan-2021").items["项目指标体系"]["到位率"].evidence}
    assert asked == {"实际到位": "项目评价报告", "计划到位": "项目评价报告"}


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        ("", ["部门自评报告表!D32", "部门自评报告表!B32"]),
        ('  资产机构: [[局机关, "", 90, 10, ""]]\n', ["部门自评报告表!B33"]),
        ('  资产机构: [[局机关, 100, "", 10, ""], [房管所, 20, "", 20, ""]]\n',
         ["部门自评报告表!D33", "部门自评报告表!D34"]),
    ],
)  # fmt: skip
def test_of_a_total_that_lacks_figures_the_rows_below_it_are_named(rows: str, cells: list[str]) -> None:
    forms = "部门自评报告表:\n  人员编制: 16\n  实有人数: 16\n" + rows
    score = of(junshan(forms=forms), "固定资产利用率")
    assert score.state is PointState.LACKS
    assert [one.cell for one in score.missing] == cells


def test_a_choice_that_is_none_is_told_as_no_choice() -> None:
    found = junshan(**{"管理制度健全性__有制度": "无"})
    assert [f.code for f in found.findings if f.where.cell == "C10" and f.where.sheet == "评分依据"] == ["值28"]
    assert told(found) == []


# --- a denominator that is 0 ----------------------------------------------------------------------------------------


def test_a_denominator_of_several_figures_is_told_with_them(tmp_path: Path) -> None:
    folder = Path(lines.__file__).with_name("schemes")
    scheme_file = folder / "made-up-2024"
    copy = tmp_path / "schemes" / "made-up-2024"
    for file in scheme_file.rglob("*.yaml"):
        target = copy / file.relative_to(scheme_file)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = file.read_text(encoding="utf-8")
        text = text.replace("采购.决算 / 采购.预算,", "采购.决算 / (采购.预算 - 年初结转 * 20),")
        target.write_text(text, encoding="utf-8")
    scheme = load_scheme("made-up-2024", [tmp_path / "schemes"])
    sample = read_sample(copy / "samples" / "某局.yaml", scheme)
    assessment = assess(open_book(made(scheme, sample)), [tmp_path / "schemes"])
    score = of(assessment, "采购执行率")
    assert (score.state, score.computed) == (PointState.UNDEFINED, None)
    assert score.explanation == (
        "分母“政府采购·本年预算 - 年初结转 × 20”为0（100 - 5 × 20 = 0），不能计算，系统不能计分"
    )
    assert [f.fact for f in assessment.findings if f.where.field == "采购执行率.得分"] == [
        "采购执行率不能由系统计分（分母“政府采购·本年预算 - 年初结转 × 20”为0（100 - 5 × 20 = 0），不能计算）"
    ]


# --- what is left to the system -------------------------------------------------------------------------------------


def test_a_score_left_to_the_system_is_shown_as_a_number_and_as_left_open() -> None:
    found = junshan({"资金使用合规性.得分": "3"})
    left, typed = of(found, "供养人员控制率"), of(found, "资金使用合规性")
    assert (left.stated, left.adopted, left.left_open, left.difference) == (None, 5, True, None)
    assert (typed.stated, typed.adopted, typed.left_open, typed.difference) == (3, 3, False, 0)
    shown = {s["item"]: (s["stated"], s["computed"], s["adopted"]) for s in assessment_json(found)["scores"]}
    assert shown["财政供养人员控制率"][0] is None
    assert {Decimal(shown["财政供养人员控制率"][at]) for at in (1, 2)} == {5}
    assert [Decimal(text) for text in shown["资金使用合规性"]] == [3, 3, 3]
