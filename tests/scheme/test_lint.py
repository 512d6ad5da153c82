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

FAULTS = [
    ("不能读取", (CHECKS, "控制率:\n", "控制率: [\n"), "套表01", "", "不是正确的YAML"),
    ("单元格重叠", (BASE, "D2:E2: {field: 在职人数", "C2:E2: {field: 在职人数"), "套表01", "", "“编制数”、“在职人数”在C4重叠"),
    ("不是地址", (BASE, "D2:E2: {field: 在职人数", "2D:E2: {field: 在职人数"), "套表01", "", "“2D:E2”不是单元格地址"),
    ("不是列", (BASE, 'at: "B:C"', "at: B2"), "套表01", "", "“B2”不是列"),
    ("括号不配对", (BASE, "编制数, 4)", "编制数, 4"), "套表02", "控制率", "左括号没有配对的右括号"),
    ("全角括号", (BASE, "SUM(公车购置.{列}, 公车运维.{列})", "SUM（公车购置.{列}）"), "套表02", "公务用车.上年决算", "“（”是全角或非公式符号，请改用半角“(”"),
    ("审核公式断了", (CHECKS, "that: 控制率 <= 1", "that: 控制率 <="), "套表02", "在职超编", "公式在这里断了"),
    ("公式绕圈", (BASE, "其中：公车购置, indent: 2", '其中：公车购置, indent: 2, is: "SUM(三公经费.{列})"'), "套表02", "三公经费.上年决算", "公式绕成了圈"),
    ("没有这个名称", (BASE, "在职人数 / 编制数", "在岗人数 / 编制数"), "套表03", "控制率", "“在岗人数”没有定义"),
    ("审核里没有", (CHECKS, "that: 控制率 <= 1", "that: 控制比 <= 1"), "套表03", "在职超编", "“控制比”没有定义"),
    ("参数字段", (CHECKS, "fields: [控制率]", "fields: [控制比]"), "套表03", "控制率", "没有名称“控制比”"),
    ("参数行", (CHECKS, "公用经费, 政府采购]", "公用经费, 采购]"), "套表03", "决算超预算", "没有“采购”这一行"),
    ("合计行", (CHECKS, "rows: [三公经费], blank", "rows: [三公], blank"), "套表03", "三公经费合计", "没有“三公”这一行"),
    ("参数表", (CHECKS, "kind: 空指标\n  params: {table: 指标}", "kind: 空指标\n  params: {table: 甲}"), "套表03", "空指标", "没有“甲”这张表"),
    ("计分的表", (SCORING, "  整体支出自评表: {rate", "  整体自评表: {rate"), "套表03", "", "计分规则里的表“整体自评表”不存在"),
    ("计分的行", (SCORING, "{rate: 年度资金总额", "{rate: 资金总额"), "套表03", "", "“资金总额.得分”不存在"),
    ("计分的列", (DEPT, "        偏差原因: {at: I, heading: 偏差原因分析及改进措施}\n", ""), "套表03", "", "“指标”没有“偏差原因”这一列"),
    ("计分的列改名", (DEPT, "        年度指标值: {at: E, type: 指标值}", "        指标值: {at: E, type: 指标值}"), "套表03", "", "“指标”没有“年度指标值”这一列"),
    ("分值合计", (DEPT, "产出指标: {points: 50", "产出指标: {points: 49"), "套表04", "指标", "分值合计99分，应为100分"),
    ("代码没有登记", (CHECKS, "code: 自评12", "code: 自评99"), "套表05", "空指标", "代码“自评99”没有登记"),
    ("under没有登记", (CHECKS, "under: [自评02, 自评12]", "under: [自评98]"), "套表05", "偏差原因", "代码“自评98”没有登记"),
    ("没有这种规则", (CHECKS, "kind: 空指标", "kind: 空的指标"), "套表05", "空指标", "没有“空的指标”这种规则"),
    ("档次有空", (SCORING, "low: 0.6, high: 0.8", "low: 0.6, high: 0.7"), "套表06", "", "与“达成年度指标”之间有空档"),
    ("档次重叠", (SCORING, "low: 0.6, high: 0.8", "low: 0.6, high: 0.9"), "套表06", "", "与“达成年度指标”之间重叠"),
    ("等次不到0", (SCORING, "  - {name: 差, at_least: 0}\n", ""), "套表06", "", "评价等次没有覆盖到0分"),
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
def test_real_schemes_have_no_fault(scheme_id: str) -> None:
    assert lint(scheme_id, (), RULES) == []
