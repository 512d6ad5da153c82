"""The score tables of 长沙县 and 君山区: the real units' figures scored again, and whole tables with all evidence."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import lines
import pytest
import samples

from xlauto.assess import Assessment
from xlauto.scheme import load_scheme
from xlauto.scores import PointState, Score


@cache
def published(unit: str) -> dict[tuple[str, str], Score]:
    """The scores of a real unit by form and item."""
    assessment = samples.assessed(samples.as_published(unit))
    return {(score.form, score.key or score.item): score for score in assessment.scores}


@pytest.mark.parametrize(
    ("unit", "form", "item", "points", "stated", "computed", "figures"),
    [
        (samples.CHANGSHA, "指标表", "三公经费变动率", 3, None, 0, "(1802 - 722) ÷ 722 = 149.58%"),
        (samples.CHANGSHA, "指标表", "预算调整率", 3, None, 0, "3821.31 ÷ 16640.91 = 22.96%"),
        (samples.CHANGSHA, "指标表", "三公经费控制率", 2, None, 2, "613.76 ÷ 1802 = 34.06%"),
        (samples.JUNSHAN, "评分表", "供养人员控制率", 5, 5, 5, "16 ÷ 16 = 100.00%"),
        (samples.JUNSHAN, "评分表", "固定资产利用率", 3, 3, 3, "1282.42 ÷ 1282.42 = 100.00%"),
        (samples.JUNSHAN, "评分表", "预算调整率", 3, 3, 0, "544.89 ÷ 1043.95 = 52.20%"),
        (samples.JUNSHAN, "项目指标体系", "到位率", 3, 3, 3, "150 ÷ 150 = 100.00%"),
        (samples.JUNSHAN, "项目指标体系", "到位时效", 2, 1, 1, "不及时但未影响项目进度"),
    ],
)
def test_scores_of_the_real_units(
    unit: str, form: str, item: str, points: int, stated: int | None, computed: int, figures: str
) -> None:
    score = published(unit)[form, item]
    assert score.state is PointState.COMPUTED
    assert (score.points, score.stated, score.computed) == (points, stated, computed)
    assert figures in score.explanation.replace("（", "(").replace("）", ")")


@pytest.mark.parametrize(
    ("item", "known"),
    [("人员控制率", "47 ÷ 51 = 92.16%"), ("预算执行率", "77.04%"), ("采购执行率和规范性", "439.27 ÷ 240 = 183.03%")],
)
def test_what_is_known_is_told_though_evidence_is_missing(item: str, known: str) -> None:
    score = published(samples.CHANGSHA)["指标表", item]
    assert (score.state, score.computed) == (PointState.LACKS, None)
    assert known in score.explanation


@pytest.mark.parametrize(
    ("form", "points", "stated", "computed"), [("评分表", 100, 99, 96), ("项目指标体系", 100, 99, 99)]
)
def test_totals_of_the_real_unit(form: str, points: int, stated: int, computed: int) -> None:
    total = published(samples.JUNSHAN)[form, "总分"]
    assert (total.points, total.stated, total.computed) == (points, stated, computed)


# --- whole tables, with every question answered ------------------------------------------------------------------

CHANGSHA_FORMS = """
基础数据表:
  编制数: 51
  在职人数: 47
  三公经费: [719.55, 1802, 613.76]
  公车运维: [717.8, 1800, 612.54]
  公务接待: [1.75, 2, 1.22]
  政府采购: [8368.85, 240, 240]
"""
JUNSHAN_FORMS = """
部门自评报告表:
  人员编制: 16
  实有人数: 16
  收入: [1588.84, 0, 1588.84, "", "", ""]
  支出: [1588.84, 143.35, 127.99, 15.36, 1445.49, 0, 0]
  三公经费: [6.95, 3.5, 3.45, "", ""]
  固定资产: [1282.42, 1282.42, "", ""]
"""
FIGURES = {
    "人员控制率.聘用人数": "5", "人员控制率.聘用批复数": "5", "绩效指标明确性.量化指标": "4",
    "三公经费变动率.上年预算数": "1802", "三公经费变动率.本年预算数": "1802", "预算执行率.批复数": "100",
    "预算执行率.完成数": "95", "预算执行率.一季度末": "20%", "预算执行率.二季度末": "50%",
    "预算执行率.三季度末": "80%", "预算调整率.调整数": "0", "预算调整率.年初预算数": "100",
    "重点支出安排率.安排率": "90%", "政府采购执行率.实际采购": "10", "政府采购执行率.采购预算": "10",
    "公务卡刷卡率.刷卡率": "50%", "满意度.满意度": "95%", "到位率.实际到位": "150", "到位率.计划到位": "150",
    "产出数量.完成率": "100%", "产出质量.完成质量": "100%", "产出成本.实际成本": "150", "产出成本.目标成本": "150",
    "服务对象满意度.满意率": "90%",
}  # fmt: skip


def answers(scheme_id: str, form: str, **others: str) -> dict[str, str]:
    """Evidence for every item of a table that earns all points, but for what is given; `__` stands for the dot."""
    given = FIGURES | {name.replace("__", "."): text for name, text in others.items()}
    found = {}
    for item in load_scheme(scheme_id).items[form].values():
        for evidence in item.evidence:
            kind = evidence.definition.kind
            full = {"是否": "是", "选择": next(iter(evidence.definition.choices), "")}.get(kind, "0")
            found[evidence.name] = given.get(evidence.name, full)
    return found


def by_hand(scheme_id: str, form: str) -> dict[str, str]:
    """The points of the items that only a person scores."""
    items = load_scheme(scheme_id).items[form].values()
    return {item.score_name: str(item.points) for item in items if item.by_hand and item.points is not None}


def as_yaml(form: str, values: dict[str, str]) -> str:
    return f"{form}:\n" + "".join(f"  {name}: {text}\n" for name, text in values.items())


def total(assessment: Assessment, form: str) -> Score:
    return next(score for score in assessment.scores if score.form == form and score.item == "总分")


@pytest.mark.parametrize(
    ("others", "computed"),
    [
        ({}, "99"),
        ({"预算调整率__调整数": "52.2"}, "96"),
        ({"支付进度__未按进度": "0"}, "100"),
        ({"资金使用合规性__截留挪用": "5"}, "96"),
    ],
)
def test_score_table_of_junshan(others: dict[str, str], computed: str) -> None:
    """附件4-1 as the unit scored it (99 of 100: two projects behind schedule), and with a fault or one fewer."""
    evidence = answers("junshan-2021", "评分表", **({"支付进度__未按进度": "2"} | others))
    text = JUNSHAN_FORMS + as_yaml("评分依据", evidence) + as_yaml("评分表", by_hand("junshan-2021", "评分表"))
    found = total(lines.assessed(text, "junshan-2021"), "评分表")
    assert (found.points, found.computed) == (100, Decimal(computed)), found.explanation


@pytest.mark.parametrize(
    ("others", "computed"),
    [
        ({}, "99"),
        ({"到位时效__情形": "到位及时"}, "100"),
        ({"资金使用__虚列套取": "7", "资金使用__超预算": "5"}, "92"),
        ({"产出数量__完成率": "80%", "社会效益__酌情扣分": "2"}, "96"),
    ],
)
def test_project_table_of_junshan(others: dict[str, str], computed: str) -> None:
    """附件4-2 as the unit scored it (99 of 100: the money came late and nothing was delayed), and with faults."""
    evidence = answers("junshan-2021", "项目指标体系", **({"到位时效__情形": "不及时但未影响项目进度"} | others))
    text = "项目指标体系:\n  - 项目名称: 甲\n" + "".join(f"    {name}: {text}\n" for name, text in evidence.items())
    found = total(lines.assessed(text, "junshan-2021"), "项目指标体系")
    assert (found.points, found.computed) == (100, Decimal(computed)), found.explanation


SET_BY_THE_UNIT = {
    "实际完成率": 7,
    "完成及时性": 6,
    "质量达标率": 6,
    "重点工作办结率": 6,
    "经济效益": 5,
    "社会效益": 6,
    "生态效益": 6,
}


@pytest.mark.parametrize(("others", "computed"), [({}, "95"), ({"资金使用合规性__虚报冒领": "1"}, "89")])
def test_no_unit_of_changsha_can_earn_more_than_95(others: dict[str, str], computed: str) -> None:
    """附件1-1 with full marks throughout: five of its points have no printed standard. A veto takes six more."""
    evidence = answers("changsha-county-2022", "指标表", **others)
    points = {f"{key}.分值": str(points) for key, points in SET_BY_THE_UNIT.items()}
    scores = {f"{key}.得分": str(points) for key, points in SET_BY_THE_UNIT.items()} | {"满意度.得分": "8"}
    text = CHANGSHA_FORMS + as_yaml("评分依据", evidence) + as_yaml("指标表", points | scores)
    assessment = lines.assessed(text, "changsha-county-2022")
    found = total(assessment, "指标表")
    assert (found.points, found.computed) == (100, Decimal(computed)), found.explanation
    assert not [f.message() for f in assessment.findings if f.code.startswith("评分")]
