"""Each rule on the smallest workbook that shows it: what it finds, and what it must leave alone."""

# ruff: noqa: E501  (tables: one case a line)

from __future__ import annotations

from functools import cache

import lines
import pytest
import samples

from xlauto.checking.kinds import RULES, kind
from xlauto.model import Finding, Level
from xlauto.scheme import available, load_scheme

Found = tuple[str, str, str, str]
"""Code, field, stated, expected."""


@cache
def findings(text: str) -> list[Finding]:
    return list(lines.assessed(text).findings)


def found(text: str, *codes: str) -> list[Found]:
    """The findings with these codes, consequences included."""
    every = samples.every(findings(text))
    return sorted((f.code, f.where.field, f.stated, f.expected) for f in every if f.code in codes)


def base(**rows: object) -> str:
    return "基础数据表:\n" + "".join(f"  {name}: {value}\n" for name, value in rows.items())


def dept(**rows: object) -> str:
    return "整体支出自评表:\n" + "".join(f"  {name}: {value}\n" for name, value in rows.items())


def line(kind_: str, title: str, target: str, actual: str, points: object = 10, stated: object = 10, why: str = "") -> str:
    """A department's form with one indicator."""
    group = next((g for g in ("产出", "效益", "满意度") if kind_.startswith(g)), "产出")
    cells = [f"{group}指标", kind_, title, target, actual, points, stated, why]
    return dept(指标="") + "    - [" + ", ".join(f'"{cell}"' for cell in cells) + "]\n"


def project(name: str, **rows: object) -> str:
    fields = {"项目名称": name} | rows
    return "".join(f"  {'- ' if i == 0 else '  '}{key}: {value}\n" for i, (key, value) in enumerate(fields.items()))


CASES: dict[str, tuple[str, tuple[str, ...], list[Found]]] = {
    # 基础数据表
    "控制率截断": (base(编制数=68, 在职人数=62, 控制率="91.17%"), ("基础01",), [("基础01", "控制率", "91.17%", "91.18%")]),
    "控制率取整": (base(编制数=68, 在职人数=62, 控制率="91%"), ("基础01",), [("基础01", "控制率", "91%", "91.18%")]),
    "控制率相符": (base(编制数=29, 在职人数=27, 控制率="93.10%"), ("基础01", "公式01"), []),
    "控制率留空": (base(编制数=29, 在职人数=27), ("基础01",), []),
    "三公不等": (base(三公经费="[10, 0, 0]", 公车运维="[5, 0, 0]", 公务接待="[4, 0, 0]"), ("基础02",), [("基础02", "三公经费.上年决算", "10.00", "9.00")]),
    "三公相等": (base(三公经费="[9, 0, 0]", 公车运维="[5, 0, 0]", 公务接待="[4, 0, 0]"), ("基础02",), []),
    "三公尾差": (base(三公经费="[9.01, 0, 0]", 公车运维="[5, 0, 0]", 公务接待="[4, 0, 0]"), ("基础02",), [("基础02", "三公经费.上年决算", "9.01", "9.00")]),
    "上级空下级有数": (base(公务用车='["", 0, 0]', 公车运维="[5, 0, 0]"), ("基础06",), [("基础06", "公务用车.上年决算", "空", "5.00")]),
    "上级填横线下级有数": (base(公务用车='["——", 0, 0]', 公车运维="[5, 0, 0]"), ("基础06",), [("基础06", "公务用车.上年决算", "——", "5.00")]),
    "上级填横线下级空": (base(公务用车='["——", 0, 0]'), ("基础06",), []),
    "执行率填无": (dept(年度资金总额="{全年预算数: 17, 全年执行数: 16.98, 执行率: 无}"), ("自评01",), [("自评01", "年度资金总额.执行率", "无", "99.88%")]),
    "两处都错": (
        base(三公经费="[100, 0, 0]", 公务用车="[7, 0, 0]", 公车运维="[5, 0, 0]"), ("基础02", "基础03"),
        [("基础02", "三公经费.上年决算", "100.00", "5.00"), ("基础03", "公务用车.上年决算", "7.00", "5.00")],
    ),
    "上级有数下级空": (base(项目支出="[5, 0, 0]"), ("基础06",), [("基础06", "项目支出.上年决算", "5.00", "")]),
    "上下级都空": (base(编制数=1), ("基础02", "基础03", "基础04", "基础06"), []),
    "三公合计填进公务用车": (
        base(三公经费="[9, 0, 0]", 公务用车="[9, 0, 0]", 公车运维="[5, 0, 0]", 公务接待="[4, 0, 0]"),
        ("基础02", "基础03", "基础10"), [("基础10", "公务用车.上年决算", "9.00", "5.00")],
    ),
    "公用经费小于其中": (base(公用经费="[10, 10, 10]", 办公经费="[5, 5, 5]", 会议培训="[5, 6, 5]"), ("基础05",), [("基础05", "公用经费.本年预算", "10.00", "不小于11.00")]),
    "公用经费恰等于其中": (base(公用经费="[10, 11, 10]", 办公经费="[5, 5, 5]", 会议培训="[5, 6, 5]"), ("基础05",), []),
    "零除以零": (base(批复规模=0, 实际规模=0, 规模控制率=0), ("基础07", "公式01"), []),
    "规模控制率不符": (base(批复规模=200, 实际规模=300, 规模控制率="100%"), ("基础07",), [("基础07", "规模控制率", "100%", "150.00%")]),
    "超编": (base(编制数=7, 在职人数=14), ("基础09",), [("基础09", "控制率", "200.00%", "不大于100.00%")]),
    "满编": (base(编制数=7, 在职人数=7), ("基础09",), []),
    "决算超预算": (base(公用经费="[10, 20, 30]"), ("基础09",), [("基础09", "公用经费.本年决算", "30.00", "不大于20.00")]),
    "有决算无预算": (base(政府采购='[10, "", 30]'), ("基础09",), [("基础09", "政府采购.本年决算", "30.00", "不大于0.00")]),
    "决算等于预算": (base(公用经费="[10, 30, 30]"), ("基础09",), []),
    "两列照抄": (base(公车运维="[1, 3, 3]", 公务接待="[1, 4, 4]", 公用经费="[1, 5, 5]"), ("基础11",), [("基础11", "公车运维.本年预算", "", "")]),
    "两列不全同": (base(公车运维="[1, 3, 3]", 公务接待="[1, 4, 4]", 公用经费="[1, 5, 5.01]"), ("基础11",), []),
    "同数太少": (base(公车运维="[1, 3, 3]", 公务接待="[1, 4, 4]"), ("基础11",), []),
    "负数": (base(公务接待="[-1, 0, 0]"), ("值25",), [("值25", "公务接待.上年决算", "-1", "不小于0")]),
    "调整数可以为负": (base(基本支出调整="[-1, 0, 0]"), ("值25",), []),
    "疑似元": (base(公用经费="[60.94, 18.15, 609400]"), ("值20",), [("值20", "公用经费.本年决算", "609400", "60.94")]),
    "差百倍不是元": (base(公用经费="[60.94, 18.15, 6094]"), ("值20",), []),
    # 自评表
    "执行率取整": (dept(年度资金总额="{全年预算数: 17, 全年执行数: 16.98, 执行率: 99%}"), ("自评01",), [("自评01", "年度资金总额.执行率", "99%", "99.88%")]),
    "执行率得分": (dept(年度资金总额="{全年预算数: 10, 全年执行数: 10, 得分: 9}"), ("自评02", "自评08"), [("自评02", "年度资金总额.得分", "9", "10"), ("自评08", "年度资金总额.得分", "", "")]),
    "没有预算不计执行率": (dept(年度资金总额="{全年预算数: 0, 全年执行数: 0, 得分: 0}"), ("自评01", "自评02", "自评09"), []),
    "来源之和不等": (dept(年度资金总额="{全年预算数: 9, 全年执行数: 9}", 一般公共预算=5, 其他资金=3, 基本支出=9), ("自评04",), [("自评04", "一般公共预算", "8.00", "9.00")]),
    "分值合计": (
        line("数量指标", "次数", "≥1次", "1次", 49), ("自评05",),
        [("自评05", "产出指标.分值", "49", "50"), ("自评05", "效益指标.分值", "0", "30"), ("自评05", "满意度指标.分值", "0", "10")],
    ),
    "定性指标没有得分": (line("社会效益指标", "示范", "起到示范", "已起到", 10, ""), ("自评22",), [("自评22", "示范.得分", "空", "")]),
    "定量指标由系统计分": (line("数量指标", "次数", "≥10次", "12次", 10, ""), ("自评22",), []),
    "得分超分值": (line("数量指标", "次数", "≥1次", "1次", 50, 51), ("自评06",), [("自评06", "次数.得分", "51", "不大于50")]),
    "得分小于零": (line("社会效益指标", "示范", "起到示范", "已起到", 10, -1), ("自评06",), [("自评06", "示范.得分", "-1", "不小于0")]),
    "有得分没有分值": (line("社会效益指标", "示范", "起到示范", "已起到", "", 5), ("自评06",), [("自评06", "示范.分值", "空", "")]),
    "分值小于零": (line("社会效益指标", "示范", "起到示范", "已起到", -5, ""), ("自评06",), [("自评06", "示范.分值", "-5", "不小于0")]),
    "得分等于分值": (line("社会效益指标", "示范", "起到示范", "已起到", 10, 10), ("自评06",), []),
    "扣分无原因": (line("社会效益指标", "示范", "起到示范", "已起到", 10, 9), ("自评08",), [("自评08", "示范.偏差原因", "", "")]),
    "扣分有原因": (line("社会效益指标", "示范", "起到示范", "已起到", 10, 9, "起步晚"), ("自评08",), []),
    "执行偏低": (dept(年度资金总额="{全年预算数: 100, 全年执行数: 89.99}"), ("自评09",), [("自评09", "年度资金总额.执行率", "", "")]),
    "执行恰为九成": (dept(年度资金总额="{全年预算数: 100, 全年执行数: 90}"), ("自评09",), []),
    "超额三成": (line("数量指标", "次数", "≥100次", "130次"), ("自评10",), [("自评10", "次数.实际完成值", "", "")]),
    "超额不到三成": (line("数量指标", "次数", "≥100次", "129次"), ("自评10",), []),
    "超额已说明": (line("数量指标", "次数", "≥100次", "200次", 10, 10, "政策变化"), ("自评10",), []),
    "成本低不算超额": (line("成本指标", "费用", "100万元", "200万元"), ("自评10",), []),
    "数量答文字": (line("数量指标", "次数", "≥100次", "已完成"), ("自评11",), [("自评11", "次数.实际完成值", "已完成", "")]),
    "日期答百分数": (line("时效指标", "时间", "2023年12月前", "100%"), ("自评11",), [("自评11", "时间.实际完成值", "100%", "")]),
    "日期答文字": (line("时效指标", "时间", "2023年12月前", "已完成"), ("自评11",), []),
    "定性答文字": (line("社会效益指标", "示范", "起到示范", "已起到"), ("自评11",), []),
    "空指标占分": (line("经济效益指标", "无", "无", "无", 7, 5), ("自评12",), [("自评12", "经济效益指标.得分", "5", "0")]),
    "空指标不占分": (line("经济效益指标", "无", "无", "无", 0, 0), ("自评12", "自评19"), []),
    "成本超资金": (line("成本指标", "费用", "≤120万元", "101万元") + "  年度资金总额: {全年预算数: 100, 全年执行数: 100}\n", ("自评13",), [("自评13", "费用.实际完成值", "101.00", "100.00"), ("自评13", "费用.年度指标值", "120.00", "100.00")]),
    "成本同资金": (line("成本指标", "费用", "≤100万元", "99.99万元") + "  年度资金总额: {全年预算数: 100, 全年执行数: 99.99}\n", ("自评13",), []),
    "完成年度不对": (line("时效指标", "时间", "2024年", "2024年"), ("自评14",), [("自评14", "时间.实际完成值", "2024年", "2023年")]),
    "要求在以后年度": (line("时效指标", "时间", "2026年12月前", "完成地基"), ("自评14",), [("自评14", "时间.年度指标值", "", "")]),
    "要求和完成都在本年": (line("时效指标", "时间", "2023年12月前", "2023年11月"), ("自评14",), []),
    "分项不等于总数": (line("成本指标", "总投资", "总投资为190万元。其中：工程费用100万元，其他费用80万元", "100万元"), ("自评16",), [("自评16", "总投资.年度指标值", "190.00", "180.00")]),
    "分项等于总数": (line("成本指标", "总投资", "总投资为180万元。其中：工程费用100万元，其他费用80万元", "100万元"), ("自评16",), []),
    "得分低于规则": (line("数量指标", "次数", "≥10次", "10次", 10, 8, "从严"), ("自评17",), [("自评17", "次数.得分", "8", "10")]),
    "得分高于规则": (line("数量指标", "次数", "≥10次", "5次", 10, 10), ("自评17",), [("自评17", "次数.得分", "10", "5")]),
    "得分合乎规则": (line("数量指标", "次数", "≥10次", "5次", 10, 5, "只办了一半"), ("自评17",), []),
    "得分留空而扣分": (
        line("数量指标", "次数", "≥10次", "5次", 10, ""), ("自评08", "自评17"), [("自评08", "次数.偏差原因", "", "")],
    ),
    "得分留空而满分": (line("数量指标", "次数", "≥10次", "10次", 10, ""), ("自评08", "自评17"), []),
    "时限写错列": (line("时效指标", "2023年12月31日前", "安全高效", "已完成"), ("自评18",), [("自评18", "2023年12月31日前.年度指标值", "安全高效", "")]),
    "时限用及时率": (line("时效指标", "2023年12月31日前完成率", "≥98%", "100%"), ("自评18",), []),
    "缺完成值": (line("数量指标", "次数", "≥10次", ""), ("自评19",), [("自评19", "次数.实际完成值", "空", "")]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "codes", "expected"), CASES.values(), ids=CASES)
def test_rule(text: str, codes: tuple[str, ...], expected: list[Found]) -> None:
    assert found(text, *codes) == expected


def test_a_second_fault_is_told_beside_the_first() -> None:
    """公务用车 is wrong, 三公经费 is not even the sum of what is stated."""
    faults = [f for f in findings(CASES["两处都错"][0]) if f.code in ("基础02", "基础03")]
    assert [(f.code, f.consequences) for f in faults] == [("基础02", ()), ("基础03", ())]


def test_what_only_follows_goes_beneath_its_cause() -> None:
    every = findings(base(三公经费="[10, 0, 0]", 公务用车="[7, 0, 0]", 公车运维="[5, 0, 0]", 公务接待="[3, 0, 0]"))
    (one,) = [f for f in every if f.code in ("基础02", "基础03")]
    assert (one.code, [c.where.field for c in one.consequences]) == ("基础03", ["三公经费.上年决算"])


def test_a_part_that_was_left_out_is_named() -> None:
    (one,) = [f for f in findings(CASES["三公不等"][0]) if f.code == "基础02"]
    assert (one.level, one.difference) == (Level.ERROR, "1.00")
    text = base(三公经费="[5, 0, 0]", 公车运维="[5, 0, 0]", 公务接待="[4, 0, 0]")
    (one,) = [f for f in findings(text) if f.code == "基础02"]
    assert "差额正好等于“公务接待”，可能漏加" in one.fact


@pytest.mark.parametrize(
    ("name", "code", "level"),
    [
        ("控制率取整", "基础01", Level.HINT), ("控制率截断", "基础01", Level.ERROR), ("三公尾差", "基础02", Level.HINT),
        ("三公不等", "基础02", Level.ERROR), ("得分低于规则", "自评17", Level.HINT), ("得分高于规则", "自评17", Level.WARNING),
        ("要求在以后年度", "自评14", Level.HINT), ("完成年度不对", "自评14", Level.ERROR), ("成本超资金", "自评13", Level.ERROR),
    ],
)  # fmt: skip
def test_level(name: str, code: str, level: Level) -> None:
    assert {f.level for f in findings(CASES[name][0]) if f.code == code} == {level}


def test_cost_below_the_funds_is_only_to_be_explained() -> None:
    text = line("成本指标", "费用", "≤90万元", "80万元") + "  年度资金总额: {全年预算数: 100, 全年执行数: 100}\n"
    assert {f.level for f in findings(text) if f.code == "自评13"} == {Level.WARNING}


# --- one message per root cause -------------------------------------------------------------------------------------


def test_truncated_rate_carries_its_score_and_total() -> None:
    text = """
    项目支出自评表:
      - 项目名称: 甲
        当年财政拨款: [17, 17, 16.98]
        年度资金总额: {执行率: 99%, 得分: 9.9}
        指标:
          - [产出指标, 数量指标, 次数, ≥1次, 1次, 50, 50]
        总分: {得分: 59.9}
    """
    (cause,) = [f for f in findings(text) if f.code in ("自评01", "自评02", "自评07")]
    assert samples.key(cause)[2:] == ("年度资金总额.执行率", "99%", "99.88%")
    assert [(c.code, c.stated, c.expected) for c in cause.consequences] == [
        ("自评02", "9.9", "9.99"), ("自评07", "59.9", "59.99"),
    ]  # fmt: skip


def test_wrong_leaf_score_is_the_cause_not_the_total() -> None:
    text = """
    项目支出自评表:
      - 项目名称: 甲
        当年财政拨款: [10, 10, 10]
        年度资金总额: {得分: 9}
        总分: {得分: 9}
    """
    tops = [f for f in findings(text) if f.code in ("自评02", "自评07")]
    assert [(f.code, f.where.field) for f in tops] == [("自评02", "年度资金总额.得分")]
    assert {c.code for c in tops[0].consequences} == {"自评07", "自评08"}


def test_total_that_is_wrong_by_itself_is_its_own_cause() -> None:
    text = """
    项目支出自评表:
      - 项目名称: 甲
        当年财政拨款: [10, 10, 10]
        总分: {得分: 8}
    """
    assert [(f.code, f.stated, f.expected) for f in findings(text) if f.code == "自评07"] == [("自评07", "8", "10")]


def test_missing_reason_falls_away_with_the_empty_indicator() -> None:
    (cause,) = [f for f in findings(CASES["空指标占分"][0]) if f.code in ("自评08", "自评12")]
    assert (cause.code, [c.code for c in cause.consequences]) == ("自评12", ["自评08"])


def test_score_below_the_rule_comes_under_the_missing_reason() -> None:
    text = line("数量指标", "次数", "≥10次", "10次", 10, 8)
    (cause,) = [f for f in findings(text) if f.code in ("自评08", "自评17")]
    assert (cause.code, [c.code for c in cause.consequences]) == ("自评08", ["自评17"])


def test_an_error_never_hides_beneath_a_lighter_finding() -> None:
    for unit in samples.UNITS:
        for finding in samples.assessed(samples.as_published(unit)).findings:
            if finding.level is not Level.ERROR:
                assert all(c.level is not Level.ERROR for c in finding.consequences), finding.message()


# --- between forms --------------------------------------------------------------------------------------------------

FORMS = """
基础数据表:
  业务工作经费: [0, {planned}, {spent}]
  基本支出调整: [0, 0, {adjusted}]
整体支出自评表:
  年度资金总额: {{年初预算数: 130, 全年预算数: {budget}, 全年执行数: 150}}
  基本支出: 110
  项目支出: 40
项目支出自评表:
  - 项目名称: 甲
    当年财政拨款: [10, 15, 15]
  - 项目名称: 乙
    当年财政拨款: [20, 25, {second}]
"""
RIGHT = {"planned": 30, "spent": 40, "adjusted": 10, "budget": 150, "second": 25}
BETWEEN = ("表间01", "表间02", "表间03", "表间04", "表间05", "表间06")


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({}, []),
        ({"spent": 41}, [("表间01", "项目支出", "40.00", "41.00")]),
        ({"adjusted": 9}, [("表间02", "基本支出调整.本年决算", "9.00", "10.00")]),
        ({"adjusted": '""'}, [("表间02", "基本支出调整.本年决算", "空", "10.00")]),
        ({"planned": 35}, [("表间03", "项目支出.本年预算", "35.00", "30.00或40.00")]),
        ({"planned": 40}, []),
        ({"second": 24}, [("表间04", "项目支出", "40.00", "39.00")]),
        ({"budget": 151}, [("表间05", "年度资金总额.全年预算数", "151.00", "150.00")]),
    ],
)
def test_between_forms(wrong: dict[str, object], expected: list[Found]) -> None:
    assert found(FORMS.format(**RIGHT | wrong), *BETWEEN) == expected


def test_wrong_budget_says_what_follows_from_it() -> None:
    (cause,) = [f for f in findings(FORMS.format(**RIGHT | {"budget": 160})) if f.code == "表间05"]
    assert [(c.where.field, c.stated, c.expected) for c in cause.consequences] == [
        ("年度资金总额.执行率", "93.75%", "100.00%"), ("年度资金总额.得分", "9.38", "10"), ("总分.得分", "9.38", "10"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("second", "goal", "level"),
    [
        ("市委大院二期", "完成市政协机关办公楼维修改造。", Level.ERROR),
        ("市委大院二期", "按期完成全部维修改造任务。", Level.WARNING),
        ("市政协机关办公楼二期", "完成市政协机关办公楼二期维修。", Level.WARNING),
        ("市委大院二期", "完成任务。", None),
    ],
    ids=["写的是另一个项目", "照抄", "本项目也说得通", "太短不论"],
)
def test_same_goals(second: str, goal: str, level: Level | None) -> None:
    text = "项目支出自评表:\n" + project("市政协机关办公楼", 预期目标=goal) + project(second, 预期目标=goal)
    assert [f.level for f in findings(text) if f.code == "自评15"] == ([level] if level else [])


def test_two_sheets_for_one_project() -> None:
    text = "项目支出自评表:\n" + project("业务经费") + project("业务经费 ")
    (one,) = [f for f in findings(text) if f.code == "表间07"]
    assert one.where.sheet.startswith("项目02")


def test_department_left_blank() -> None:
    assert found("项目支出自评表:\n" + project("甲", 主管部门='""'), "自评20") == [("自评20", "主管部门", "空", "")]
    assert found("项目支出自评表:\n" + project("甲", 主管部门="某局"), "自评20") == []


def test_printed_year_of_another_year() -> None:
    text = "texts: {楼堂馆所控制情况（2023年完工项目）: 楼堂馆所控制情况（2022年完工项目）}\n"
    assert found(text, "基础08", "版式07") == [("基础08", "批复规模", "2022年", "2023年")]


def test_other_label_edited() -> None:
    text = "texts: {编制数: 核定编制}\n"
    assert [code for code, *_ in found(text, "基础08", "版式05", "版式07")] == ["版式07"]


# --- the registry ---------------------------------------------------------------------------------------------------


BY_ADOPTED_SCHEMES = {"整表未填"}


def test_every_rule_kind_is_used_by_a_scheme() -> None:
    used = {check.definition.kind for folder in available() for check in load_scheme(folder.id).checks} - {"", "公式"}
    assert used | BY_ADOPTED_SCHEMES == set(RULES)


def test_a_name_is_registered_once() -> None:
    with pytest.raises(ValueError, match="规则“负数”登记了两次"):
        kind("负数")(RULES["负数"])


def test_an_empty_indicator_table_is_told_once() -> None:
    faults = [f.fact for f in findings("整体支出自评表: {预期目标: 目标}") if f.where.form == "整体支出自评表" and f.code == "自评05"]
    assert faults == ["指标还没有填写"]
