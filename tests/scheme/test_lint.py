"""A scheme's own faults: each of the lint's codes, with the place and the words that its author needs."""

# ruff: noqa: E501  (tables: one case a line)

from __future__ import annotations

from pathlib import Path

import pytest
from scheme import trees

from xlauto.checking.kinds import RULES
from xlauto.model import Finding, Level
from xlauto.scheme import available
from xlauto.scheme.lint import lint

BASE, CHECKS, SCORING = "hunan-2023/forms/base.yaml", "hunan-2023/checks.yaml", "hunan-2023/scoring.yaml"
DEPT = "hunan-2023/forms/dept.yaml"
PARENT_CHECKS, PARENT_SCORING = "mof-2020/checks.yaml", "mof-2020/scoring.yaml"

FAULTS = [
    ("不能读取", (CHECKS, "控制率:\n", "控制率: [\n"), "套表01", "", "不是正确的YAML"),
    ("单元格重叠", (BASE, "D2:E2: {field: 在职人数", "C2:E2: {field: 在职人数"), "套表01", "", "“编制数”、“在职人数”在C4重叠"),
    ("不是地址", (BASE, "D2:E2: {field: 在职人数", "2D:E2: {field: 在职人数"), "套表01", "", "“2D:E2”不是单元格地址"),
    ("不是列", (BASE, 'at: "B:C"', "at: B2"), "套表01", "", "“B2”不是列"),
    ("括号不配对", (BASE, "编制数, 4)", "编制数, 4"), "套表02", "控制率", "左括号没有配对的右括号"),
    ("全角括号", (BASE, "SUM(公车购置.{列}, 公车运维.{列})", "SUM（公车购置.{列}）"), "套表02", "公务用车.上年决算", "“（”是全角或非公式符号，请改用半角“(”"),
    ("审核公式断了", (CHECKS, "that: 控制率 <= 1", "that: 控制率 <="), "套表02", "在职超编", "公式在这里断了"),
    ("公式绕圈", (BASE, "其中：公车购置, indent: 2", '其中：公车购置, indent: 2, is: "SUM(三公经费.{列})"'), "套表02", "三公经费.上年决算", "公式绕成了圈"),
    ("没有选项", ("mof-2020/forms/cover.yaml", "C1: {field: 单位名称", "C1: {type: 选项, field: 单位名称"), "套表06", "单位名称", "cover.yaml 第15行 blocks → 单位 → grid → C1：“单位名称”的 type 是选项，而没有 choices；请写出各个选项，如 choices: [是, 否]"),
    ("没有这个名称", (BASE, "在职人数 / 编制数", "在岗人数 / 编制数"), "套表03", "控制率", "“在岗人数”没有定义"),
    ("审核里没有", (CHECKS, "that: 控制率 <= 1", "that: 控制比 <= 1"), "套表03", "在职超编", "“控制比”没有定义"),
    ("参数字段", (CHECKS, "fields: [控制率]", "fields: [控制比]"), "套表03", "控制率", "没有名称“控制比”"),
    ("参数行", (CHECKS, "公用经费, 政府采购]", "公用经费, 采购]"), "套表03", "决算超预算", "没有“采购”这一行"),
    ("合计行", (CHECKS, "rows: [三公经费], blank", "rows: [三公], blank"), "套表03", "三公经费合计", "没有“三公”这一行"),
    ("参数表", (PARENT_CHECKS, "kind: 空指标\n  params: {table: 指标}", "kind: 空指标\n  params: {table: 甲}"), "套表03", "空指标", "没有“甲”这张表"),
    ("计分的表", (SCORING, "  整体支出自评表: {rate", "  整体自评表: {rate"), "套表03", "", "计分规则里的表“整体自评表”不存在"),
    ("计分的行", (SCORING, "{rate: 年度资金总额", "{rate: 资金总额"), "套表03", "", "“资金总额.得分”不存在"),
    ("计分的列", (DEPT, "        偏差原因: {at: I, heading: 偏差原因分析及改进措施}\n", ""), "套表03", "", "“指标”没有“偏差原因”这一列"),
    ("计分的列改名", (DEPT, "        年度指标值: {at: E, type: 指标值}", "        指标值: {at: E, type: 指标值}"), "套表03", "", "“指标”没有“年度指标值”这一列"),
    ("分值合计", (DEPT, "产出指标: {points: 50", "产出指标: {points: 49"), "套表04", "指标", "分值合计99分，应为100分"),
    ("代码没有登记", (PARENT_CHECKS, "code: 自评12", "code: 自评99"), "套表05", "空指标", "代码“自评99”没有登记"),
    ("under没有登记", (PARENT_CHECKS, "under: [自评02, 自评12]", "under: [自评98]"), "套表05", "偏差原因", "代码“自评98”没有登记"),
    ("没有这种规则", (PARENT_CHECKS, "kind: 空指标", "kind: 空的指标"), "套表05", "空指标", "没有“空的指标”这种规则"),
    ("档次有空", (PARENT_SCORING, "low: 0.6, high: 0.8", "low: 0.6, high: 0.7"), "套表06", "", "与“达成年度指标”之间有空档"),
    ("档次重叠", (PARENT_SCORING, "low: 0.6, high: 0.8", "low: 0.6, high: 0.9"), "套表06", "", "与“达成年度指标”之间重叠"),
    ("等次不到0", (PARENT_SCORING, "  - {name: 差, at_least: 0}\n", ""), "套表06", "", "评价等次没有覆盖到0分"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "code", "field", "words"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_fault_is_found_with_its_place(tmp_path: Path, edit: trees.Edit, code: str, field: str, words: str) -> None:
    tree = trees.copied(tmp_path, edit)
    found = lint("hunan-2023", [tree.root], RULES)
    assert any(told(f, code, field, words) for f in found), [f.message() for f in found]
    assert {f.code for f in found} == {code}
    assert {f.level for f in found} == {Level.ERROR}


def told(finding: Finding, code: str, field: str, words: str) -> bool:
    return (finding.code, finding.where.field) == (code, field) and words in finding.fact


def test_formula_error_points_at_its_place(tmp_path: Path) -> None:
    tree = trees.copied(tmp_path, (CHECKS, "that: 控制率 <= 1", "that: 控制率 <= 1）"))
    (found,) = lint("hunan-2023", [tree.root])
    assert found.where.form == "基础数据表"
    formula, caret = found.fact.splitlines()[1:]
    assert formula.strip() == "控制率 <= 1）"
    # A full-width blank stands under each Chinese character, so the columns agree on the screen.
    assert len(caret) - len(caret.lstrip()) == len(formula) - 1


@pytest.mark.parametrize("scheme_id", [folder.id for folder in available()])
def test_real_schemes_have_no_fault_but_those_printed(scheme_id: str) -> None:
    """What a printed form has wrong is a 警告: it stays as it is printed."""
    assert [fault.message() for fault in lint(scheme_id, (), RULES) if fault.level is Level.ERROR] == []


PRINTED = {
    "changsha-county-2022": [
        "“过程”下的二级指标印作“投入”，与一级指标同名，疑似印错",
        "“绩效指标明确性·量化”的评分标准对等于3的没有规定；遇到时不计分，由人工判断",
        "“三公经费”变动率的评分要点写着怎样得分，评分标准却没有，疑似两栏印反了",
        "“预算执行率”分值6分，评分标准只有4分，有2分没有评分标准",
        "“预算调整率”印刷的评分标准对等于5%的没有规定；本套表按“在5%（含）至10%（含）之间”理解",
        "“资产管理制度健全性”分值4分，评分标准只有2分，有2分没有评分标准",
        "“资产管理安全性”分值3分，评分标准只有2分，有1分没有评分标准",
        "按印刷的评分标准最多只能得95分，不是100分：预算执行率2分、资产管理制度健全性2分、资产管理安全性1分没有评分标准",
        "有11分所用的数在各张表里都没有，只能由单位填在“评分依据”：绩效指标明确性5分、预算执行率6分",
    ],
    "junshan-2021": [
        "“政府采购执行率”的评分标准对高于100%的没有规定；遇到时不计分，由人工判断",
        "“推进全面小康建设指标任务完成情况”等6项的评分标准说的是2015年，套表是2021年的",
        "有22分所用的数在各张表里都没有，只能由单位填在“评分依据”：“三公经费”变动率5分、重点支出安排率5分、预算调整率3分、支付进度3分、政府采购执行率3分、公务卡刷卡率3分",
        "有20分所用的数在各张表里都没有，只能由单位填在“评分依据”：产出数量5分、产出质量4分、产出成本3分、服务对象满意度8分",
    ],
}


@pytest.mark.parametrize("scheme_id", [folder.id for folder in available()])
def test_what_the_real_forms_have_printed_wrong(scheme_id: str) -> None:
    assert [fault.fact for fault in lint(scheme_id, (), RULES)] == PRINTED.get(scheme_id, [])
