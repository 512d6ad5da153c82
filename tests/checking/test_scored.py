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
from xlauto.compute import Basis, View
from xlauto.consolidate.extract import unit_of
from xlauto.figures import read_sample
from xlauto.making import made
from xlauto.model import Finding
from xlauto.report import assessment_json
from xlauto.scheme import load_scheme
from xlauto.scores import PointState, Score
from xlauto.scoring import points_of

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


def test_a_veto_holds_beside_a_cell_that_cannot_be_read() -> None:
    text = tables.CHANGSHA_FORMS + tables.as_yaml(
        "评分依据", {"资金使用合规性.截留挪用": "一例", "资金使用合规性.虚报冒领": "1"}
    )
    score = of(lines.assessed(text, "changsha-county-2022"), "资金使用合规性", "指标表")
    assert (score.computed, score.state) == (0, PointState.COMPUTED)


def test_a_score_above_its_points_is_told_once() -> None:
    found = junshan({"供养人员控制率.得分": "9"}).findings
    assert [f.code for f in found if f.where.field == "供养人员控制率.得分"] == ["评分02"]


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


def test_what_waits_is_listed_with_its_cells() -> None:
    """Of 附件4-1 exactly the items that wait, not the one whose figures the unit has filled in."""
    found = next(
        f for f in samples.assessed(samples.as_published(samples.JUNSHAN)).findings
        if f.code == "评分04" and f.where.sheet == "评分依据"
    )  # fmt: skip
    assert str(found.level) == "警告"
    assert found.fact == (
        "“评分依据”没有填齐，12项46分没有依据可以核对，要填：“三公经费”变动率C4、C5；重点支出安排率C6；支付进度C9；"
        "管理制度健全性C10、C11、C12；资金使用合规性C13等28格；其中5项19分所用的数在各张表里都没有，只能填在“评分依据”"
        "（“三公经费”变动率、重点支出安排率、支付进度、政府采购执行率、公务卡刷卡率）"
    )


def test_only_items_that_wait_are_listed() -> None:
    found = finding(junshan(**{"公务卡刷卡率__刷卡率": "", "管理制度健全性__有制度": ""}), "评分04")
    assert found.fact == (
        "“评分依据”没有填齐，2项6分没有依据可以核对，要填：管理制度健全性C10；公务卡刷卡率C25；"
        "其中1项3分所用的数在各张表里都没有，只能填在“评分依据”（公务卡刷卡率）"
    )


def test_figures_that_stand_in_a_report_of_the_project_are_not_nowhere() -> None:
    found = samples.assessed(samples.as_published(samples.JUNSHAN)).findings
    fact = next(f.fact for f in found if f.code == "评分04" and f.where.field == "目标内容.设有目标")
    assert "其中4项20分" in fact and "到位率" not in fact
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
        "分母“政府采购·本年预算 - 年初结转 × 20”为0（100 - 5 × 20 = 0；基础表!C9、基础表!D3），不能计算，系统不能计分"
    )
    assert [f.fact for f in assessment.findings if f.where.field == "采购执行率.得分"] == [
        "采购执行率不能由系统计分（分母“政府采购·本年预算 - 年初结转 × 20”为0"
        "（100 - 5 × 20 = 0；基础表!C9、基础表!D3），不能计算）"
    ]


@pytest.mark.parametrize(
    ("forms", "key", "said"),
    [
        ("部门自评报告表:\n  人员编制: 0\n  实有人数: 16\n", "供养人员控制率",
         "“人员编制”（部门自评报告表!B4）为0，不能作分母"),
        ("部门自评报告表:\n  资产机构: [[局机关, 0, 0, 0, 0]]\n", "固定资产利用率",
         "“局机关及二级机构汇总·固定资产合计”（部门自评报告表!B33）为0，不能作分母"),
    ],
)  # fmt: skip
def test_the_figure_that_makes_a_denominator_0_is_named_with_its_cell(forms: str, key: str, said: str) -> None:
    found = junshan(forms=forms)
    (told_once,) = (f for f in found.findings if f.code == "评分05" and f.where.field == f"{key}.得分")
    assert said in told_once.fact and said in of(found, key).explanation
    assert told_once.hint == "核对这些数；确为0的由人工评分，并在“核实说明”写明"


def test_a_silent_standard_is_no_denominator_of_0() -> None:
    silent = finding(junshan(**{"政府采购执行率__实际采购": "11"}), "评分05")
    assert silent.hint == "由人工评分，并在“核实说明”写明理由"


# --- totals that wait -----------------------------------------------------------------------------------------------


def cell_of(found: Assessment, form: str, name: str) -> str:
    """What stands in a cell once its formula has been worked out."""
    (sheet,) = found.submission.sheets[form]
    entry = sheet.entry(name)
    assert entry is not None
    view = View(found.submission, sheet, Basis.CELL, points_of(found.scores))
    return str(view.computed(entry))


def test_total_and_grade_are_blank_until_every_item_has_a_score() -> None:
    full, lacking = junshan(), junshan({"满意度.得分": ""}, **{"满意度__满意度": ""})
    assert [cell_of(full, "部门自评报告表", name) for name in ("综合得分", "评价等次")] == ["100.00", "优"]
    assert [cell_of(lacking, "部门自评报告表", name) for name in ("综合得分", "评价等次")] == ["", ""]
    assert [f for f in samples.every(lacking.findings) if f.code == "表间14"] == []


def test_a_complete_total_is_held_against_the_report() -> None:
    forms = tables.JUNSHAN_FORMS + "  综合得分: 95\n"
    assert told(junshan(forms=forms), "表间14") == [("表间14", "综合得分", "95", "100")]
    assert told(junshan({"其他工作实绩.得分": ""}, forms=forms), "表间14") == []


def project(stated: str, report: str = "", **evidence: str) -> Assessment:
    """君山区's 附件3-2 and 附件4-2 of one project."""
    asked = tables.answers("junshan-2021", "项目指标体系", **evidence)
    rows = "".join(f"    {name}: {text}\n" for name, text in asked.items() if text)
    head = f"项目评价报告:\n  - 项目名称: 甲\n    综合得分: {stated}\n{report}"
    return lines.assessed(f"{head}项目指标体系:\n  - 项目名称: 甲\n{rows}", "junshan-2021")


def test_nothing_is_due_of_a_total_that_is_not_complete() -> None:
    assert told(project("71.55"), "表间14") == [("表间14", "综合得分", "71.55", "100")]
    assert told(project("71.55", 产出数量__完成率=""), "表间14") == []


def test_blank_money_is_no_0() -> None:
    money = "    实际到位: {县: 95}\n"
    assert told(project("100", 到位率__实际到位="95"), "表间13") == []
    assert told(project("100", money, 到位率__实际到位="96"), "表间13") == [
        ("表间13", "到位率.实际到位", "96.00", "95.00")
    ]
    assert told(project("100", "    实际到位: {县: 0}\n", 到位率__实际到位="95"), "表间13") == [
        ("表间13", "到位率.实际到位", "95.00", "0.00")
    ]


# --- one fault, told once -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "due"),
    [
        ("400, 475, 20, 5", [("报告03", "B33", [("报告02", "B32")])]),
        ("500, 475, 20, 5", []),
    ],
)
def test_a_sum_that_is_wrong_in_its_row_is_not_told_again_of_the_row_above(row: str, due: list[object]) -> None:
    found = junshan(forms=f"部门自评报告表:\n  资产机构: [[局机关, {row}]]\n").findings
    sums = [f for f in found if f.code.startswith("报告0")]
    assert [(f.code, f.where.cell, [(c.code, c.where.cell) for c in f.consequences]) for f in sums] == due


def test_a_total_row_that_alone_disagrees_names_the_rows_to_mend() -> None:
    forms = (
        "部门自评报告表:\n  收入机构: [[局机关, 200, 10, 190, 0, 0, 0]]\n"
        "  支出机构: [[局机关, 90, 60, 40, 20, 30, 0, 105], [房管所, 100, 90, 60, 30, 10, 0, 0]]\n"
    )
    (found,) = (f for f in junshan(forms=forms).findings if f.code == "报告04")
    assert (found.stated, found.expected) == ("105.00", "10.00")
    assert found.hint == "核对收入、支出和结余；该行由公式合计，请核对第13、21、22行"


def test_a_figure_that_is_its_own_calculation_is_told_once() -> None:
    forms = (
        '部门自评报告表:\n  收入机构: [[局机关, 10, 10, "", "", "", ""]]\n'
        "  支出机构: [[局机关, 0, 0, 0, 0, 0, 10, 10]]\n"
    )
    assert of(junshan(forms=forms), "资金结余").explanation.startswith("局机关及二级机构汇总·累计结余10，")


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
