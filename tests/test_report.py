"""The line that ends what the command line prints of one workbook."""

from __future__ import annotations

import lines

from xlauto.report import headline

PROJECT = """
  - 项目名称: {name}
    主管部门: 某部
    实施单位: 某司
    当年财政拨款: [100, 90, 85.5]
    预期目标: 完成培训
    实际完成情况: 完成全部培训
    指标:
      - [产出指标, 数量指标, 培训人次, ≥100人次, 120人次, 50, 50]
      - [效益指标, 社会效益指标, 业务水平, 提高, 达成年度指标, 30, {score}, 个别地区效果一般]
      - [满意度指标, 服务对象满意度指标, 学员满意度, ≥90%, 95%, 10, 10]
"""


def told(*scores: str) -> str:
    projects = "".join(PROJECT.format(name=f"项目{at}", score=score) for at, score in enumerate(scores))
    text = '封面: {单位名称: 某司, 单位代码: "003"}\n项目支出自评表:' + projects
    return headline(lines.assessed(text, "mof-2020"))


def test_without_a_total_of_the_unit_those_of_its_projects_are_told() -> None:
    assert told("28", '""').startswith(
        "某司  项目01 项目0：自评97.5，系统计分97.5；项目02 项目1：还有1项没有得分：业务水平  错误"
    )


def test_of_many_projects_the_first_are_told() -> None:
    words = told(*["28"] * 7)
    assert words.count("自评97.5，系统计分97.5") == 5
    assert "等7张表  错误" in words


def test_a_unit_without_projects_has_no_total() -> None:
    assert headline(lines.assessed('封面: {单位名称: 某司, 单位代码: "003"}\n', "mof-2020")) == (
        "某司  没有总分  错误0 警告0 提示0"
    )
