"""Summaries where schemes have score tables, lists of projects, pairs of project forms, or no form for the unit."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import lines
from consolidate import inboxes
from samples import CHANGSHA, JUNSHAN, UNITS, as_published

from xlauto.books.closed import open_book
from xlauto.consolidate import consolidate
from xlauto.consolidate.results import Consolidation

MINISTRY = """
封面: {单位名称: 某司, 单位代码: "003"}
项目支出自评表:
  - 项目名称: 甲项目
    主管部门: 某部
    实施单位: 某司
    当年财政拨款: [100, 90, 85.5]
    预期目标: 完成培训
    实际完成情况: 完成全部培训
    指标:
      - [产出指标, 数量指标, 培训人次, ≥100人次, 120人次, 20, 20]
      - [产出指标, 质量指标, 合格率, ≥95%, 90.25%, 10, 9.5, 部分学员未考]
      - [产出指标, 时效指标, 完成时间, 2020年12月前, 2020年11月, 10, 10]
      - [产出指标, 成本指标, 培训成本, ≤90万元, 85.5万元, 10, 10]
      - [效益指标, 社会效益指标, 业务水平, 提高, 达成年度指标, 30, 28, 个别地区效果一般]
      - [满意度指标, 服务对象满意度指标, 学员满意度, ≥90%, 95%, 10, 10]
"""


@cache
def summary(*units: str) -> tuple[Consolidation, dict[str, inboxes.Rows]]:
    """The outcome, and the rows of the summary's sheets."""
    with TemporaryDirectory() as folder:
        files = {f"{unit}.xlsx": as_published(unit) for unit in units}
        files |= {} if units else {"某司.xlsx": lines.workbook(MINISTRY, "mof-2020")}
        inbox, output = inboxes.put(Path(folder) / "报送", files), Path(folder) / "汇总.xlsx"
        outcome = consolidate([inbox], output)
        sheets = [info.name for info in open_book(output).sheets]
        shown = {"得分汇总", "项目汇总", "指标明细"}
        return outcome, {name: inboxes.rows(output, name) if name in shown else [] for name in sheets}


def test_units_of_all_schemes_in_one_summary() -> None:
    outcome, sheets = summary(*UNITS)
    assert (outcome.accepted, outcome.returned, outcome.defects) == (len(UNITS), 0, 0)
    names = {row["单位名称"] for row in sheets["得分汇总"]}
    assert names == set(UNITS)
    assert {"基础数据汇总", "自评资金汇总", "部门自评报告汇总", "项目汇总"} <= set(sheets)
    assert "评分依据汇总" not in sheets


def test_scores_of_score_tables_stand_for_their_units() -> None:
    rows = {row["单位名称"]: row for row in summary(CHANGSHA, JUNSHAN)[1]["得分汇总"]}
    assert [rows[JUNSHAN][key] for key in ("自评得分", "系统计分", "自评等次", "项目数")] == [99, 96, "优", 2]
    assert (rows[CHANGSHA]["系统计分"], rows[CHANGSHA]["项目数"]) == (None, 16)


def test_no_table_of_funds_without_a_form_of_funds() -> None:
    assert "自评资金汇总" not in summary(CHANGSHA, JUNSHAN)[1]


def test_a_units_own_list_of_projects_is_taken_over() -> None:
    rows = [row for row in summary(CHANGSHA, JUNSHAN)[1]["项目汇总"] if row["单位名称"] == CHANGSHA]
    assert len(rows) == 16
    scores = {row["项目名称"]: row["自评得分"] for row in rows}
    assert (scores["垃圾分类专项工作经费"], scores["长沙县人武部安沙训练场改扩建工程"]) == (Decimal("96.5"), 90)


def test_two_forms_of_one_project_are_one_project() -> None:
    rows = [row for row in summary(CHANGSHA, JUNSHAN)[1]["项目汇总"] if row["单位名称"] == JUNSHAN]
    shown = [(row["项目名称"], row["计划安排资金·合计"], row["自评得分"], row["系统计分"]) for row in rows]
    assert shown == [("政务中心租赁费", 150, 99, 99), ("公车平台运维费", Decimal("477.6"), None, None)]


def test_items_are_listed_with_the_indicators() -> None:
    listed = summary(CHANGSHA, JUNSHAN)[1]["指标明细"]
    rows = {row["三级指标"]: row for row in listed if row["单位名称"] == JUNSHAN}
    shown = [rows["预算调整率"][key] for key in ("一级指标", "分值", "自评得分", "系统计分")]
    assert shown == ["过程（40分）", 3, 3, 0]


def test_a_scheme_with_projects_only() -> None:
    outcome, sheets = summary()
    assert (outcome.accepted, outcome.defects) == (1, 0)
    (unit,), (project,) = sheets["得分汇总"], sheets["项目汇总"]
    assert (unit["系统计分"], unit["项目数"], unit["说明"]) == (None, 1, "本套表没有单位的总分")
    assert (project["自评得分"], project["系统计分"], project["年度资金总额·执行率"]) == (97, 97, Decimal("0.95"))
