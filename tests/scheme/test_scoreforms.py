"""Forms made from items, forms drawn by hand for items, what formulas need, and grades."""

# ruff: noqa: E501  (tables: one case a line)

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from xlauto import formula
from xlauto.indicators import Figures
from xlauto.scheme import Scheme, SchemeError, load_scheme
from xlauto.scheme.grades import with_grades
from xlauto.scheme.layout import lay_out
from xlauto.scheme.needs import Fields

FOLDER = Path(__file__).parent.parent / "schemes"
SCHEME = load_scheme("made-up-2024", [FOLDER])


def changed(folder: Path, file: str, *edits: tuple[str, str]) -> Scheme:
    shutil.copytree(FOLDER / "made-up-2024", folder / "made-up-2024")
    path = folder / "made-up-2024" / file
    text = path.read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return load_scheme("made-up-2024", [folder])


# --- forms ----------------------------------------------------------------------------------------------------------


def test_neighbours_share_the_cells_of_their_levels_and_points() -> None:
    boxes = {laid.text or laid.field: laid.box.ref.replace("$", "") for laid in lay_out(SCHEME.forms["评分表"]).laid}
    assert boxes["投入（35分）"] == "A3:A8"
    assert (boxes["配置（12分）"], boxes["执行（23分）"]) == ("B3:B4", "B5:B8")
    assert boxes["履职效益.分值"] == "E14:E15"
    assert boxes["由部门结合实际设置。"] == "D14:D15"
    assert (boxes["总分"], boxes["总分.得分"]) == ("A17:D17", "F17")


def test_points_are_printed_and_levels_add_them_up() -> None:
    fields = SCHEME.forms["项目评分表"].fields
    assert (fields["管理.分值"].constant, fields["绩效.分值"].constant, fields["到位率.分值"].constant) == (60, 40, 40)
    assert fields["总分.一级分值"].formula == "SUM(管理.分值, 绩效.分值)"


def test_evidence_of_single_forms_has_a_sheet_and_that_of_projects_stands_with_them() -> None:
    assert list(SCHEME.forms)[-1] == "评分依据"
    assert "资金合规性.截留挪用" in SCHEME.forms["评分依据"].fields
    assert "安全.事故" in SCHEME.forms["项目评分表"].fields
    field = SCHEME.forms["评分依据"].fields["目标明确性.有目标"]
    assert (field.type, field.spec.choices, field.spec.none_allowed) == ("选项", ("是", "否"), False)


def test_a_form_drawn_by_hand_takes_the_same_rules(tmp_path: Path) -> None:
    drawn = """\
  评分:
    grid:
      A1: 到位率
      B1: {field: 到位率.分值, type: 分值, value: 40}
      C1: {field: 到位率.得分, type: 分值}
      A2: 进度
      B2: {field: 进度.分值, type: 分值, value: 20}
      C2: {field: 进度.得分, type: 分值}
      A3: 安全
      B3: {field: 安全.分值, type: 分值, value: 10}
      C3: {field: 安全.得分, type: 分值}
      A4: 效益
      B4: {field: 效益.分值, type: 分值, value: 30}
      C4: {field: 效益.得分, type: 分值}
"""
    text = (FOLDER / "made-up-2024" / "forms" / "project.yaml").read_text(encoding="utf-8")
    scheme = changed(tmp_path, "forms/project.yaml", (text[text.index("  评分:") :], drawn))
    by_hand, made = (each.forms["项目评分表"].fields["到位率.得分"] for each in (scheme, SCHEME))
    assert by_hand.formula == made.formula != ""


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("scoring.yaml", "  项目评分表:\n    到位率:", "  项目打分表:\n    到位率:", "项目打分表"),
        ("forms/score.yaml", "{at: F, shows: 得分, heading: 自评得分}", "{at: F, shows: 空}", "没有“人员控制率.得分”"),
        ("forms/score.yaml", "一级指标: {at: A,", "一级指标: {at: A1,", "“A1”不是列"),
        ("forms/project.yaml", "{A: 10, B: 8, C: 14, D: 40, E: 8, F: 9}", "{A: 10, B: 8, C: 14, D: 40}", "列数不够"),
        ("scoring.yaml", "grade: 评价等次", "grade: 等级", "没有“等级”"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused_in_words(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    with pytest.raises(SchemeError, match=said):
        changed(tmp_path, file, (old, new))


# --- needs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tests"),
    [
        ("编制数 + 在职人数", ["AND(ISNUMBER(编制数), 编制数>=0)", "AND(ISNUMBER(在职人数), 在职人数>=0)"]),
        ("编制数 / N(在职人数)", ["AND(ISNUMBER(编制数), 编制数>=0)"]),
        ("控制率", ["AND(ISNUMBER(在职人数), 在职人数>=0)", "AND(ISNUMBER(编制数), 编制数>=0)", "ISNUMBER(控制率)"]),
        ("三公.决算", ["AND(OR(COUNT(用车.决算, 接待.决算) > 0, N(三公.决算) <> 0), MIN(用车.决算, 接待.决算)>=0, N(三公.决算)>=0)"]),
        ("SUM(用车.决算, 三公.预算)", ["AND(COUNT(用车.决算, 用车.预算, 接待.预算) > 0, MIN(用车.决算, 用车.预算, 接待.预算)>=0)"]),
        ("满意度.满意率", ["AND(ISNUMBER(满意度.满意率), 满意度.满意率>=0, 满意度.满意率<=10)"]),
        ("资金使用.虚列套取", ["AND(ISNUMBER(资金使用.虚列套取), OR(资金使用.虚列套取=0,AND(资金使用.虚列套取>=4, 资金使用.虚列套取<=5)))"]),
        ("IF(年初结转 > 0, 编制数, 1)", ["AND(ISNUMBER(年初结转), 年初结转>=0)", "IF(IFERROR(年初结转>0, FALSE), AND(ISNUMBER(编制数), 编制数>=0), TRUE)"]),
        ("IF(年初结转 > 0, 1, 编制数 + 年初结转)", ["AND(ISNUMBER(年初结转), 年初结转>=0)", "IF(IFERROR(年初结转>0, TRUE), TRUE, AND(ISNUMBER(编制数), 编制数>=0))"]),
        ("IF(COUNT(用车.决算) > 0, 1, 2)", []),
        ('目标明确性.有目标 = "是"', ['OR(目标明确性.有目标 = "是", 目标明确性.有目标 = "否")']),
        ('单位名称 = "甲"', ['单位名称 <> ""']),
        ("年度", ["ISNUMBER(年度)"]),
        ("没有的名称", ["ISNUMBER(没有的名称)"]),
    ],
)  # fmt: skip
def test_what_a_formula_needs(text: str, tests: list[str]) -> None:
    fields = Fields(SCHEME.forms, SCHEME.forms["评分表"])
    assert [need.test for need in fields.needs(formula.parse(text))] == tests


# --- grades ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("total", ["100", "90", "89.99", "75", "74.99", "0", "-1"])
def test_the_formula_gives_the_grade_of_the_scheme(total: str) -> None:
    assert grade_of(Decimal(total)) == (SCHEME.grade(Decimal(total)) or "差")


def test_a_blank_total_has_no_grade() -> None:
    assert grade_of("") == grade_of(None) == ""


def grade_of(total: Any) -> Any:
    text = with_grades("等次(总分)", SCHEME.scoring.grades)
    return formula.compile(formula.parse(text))(Figures({"总分": total}))


def test_a_formula_that_does_not_parse_is_left_to_lint() -> None:
    assert with_grades("等次(总分", SCHEME.scoring.grades) == "等次(总分"
