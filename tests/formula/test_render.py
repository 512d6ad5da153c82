"""The written forms of a formula: for the cell, for the scheme, for the reader."""

from decimal import Decimal

import pytest
from formula.contexts import Figures

from xlauto.formula import (
    Binary,
    Column,
    FormulaError,
    Number,
    Percent,
    Ref,
    RowRef,
    Unary,
    explain,
    names,
    parse,
    same_formula,
    to_excel,
    to_text,
)
from xlauto.model import CellError

D = Decimal
A, B = Ref("甲"), Ref("乙")
ADDRESSES = {Ref("在职人数"): "$C$5", Ref("编制数"): "B5", Column("指标", "得分"): "$G$9:$G$20", RowRef("分值"): "F9"}


@pytest.mark.parametrize(
    ("text", "excel"),
    [
        ("ROUND( 在职人数 / 编制数 , 4 )", "ROUND($C$5/B5,4)"),
        ("SUM(指标[得分])", "SUM($G$9:$G$20)"),
        ("[@分值] * 50%", "F9*50%"),
        ('if(在职人数>编制数,"超""编""",TRUE)', 'IF($C$5>B5,"超""编""",TRUE)'),
        ("((在职人数))-(编制数-1)", "$C$5-(B5-1)"),
        ("'项目 1'!$a$1+表!b2:c3", "'项目 1'!A1+表!B2:C3"),
    ],
)
def test_to_excel(text, excel):
    assert to_excel(parse(text), ADDRESSES.__getitem__) == excel


def test_a_registered_function_is_refused_in_a_cell():
    with pytest.raises(FormulaError, match="COUNT_EQUAL只能用于校验和计分"):
        to_excel(parse("1+COUNT_EQUAL(1)", frozenset({"COUNT_EQUAL"})), ADDRESSES.__getitem__)


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (Unary("-", Binary("^", A, B)), "-(甲^乙)"),
        (Binary("^", Unary("-", A), B), "-甲^乙"),
        (Binary("^", A, Binary("^", A, B)), "甲^(甲^乙)"),
        (Binary("-", A, Binary("-", A, B)), "甲-(甲-乙)"),
        (Percent(Unary("-", A)), "(-甲)%"),
        (Percent(Binary("/", A, B)), "(甲/乙)%"),
        (Binary("^", Number(D("-2")), A), "-2^甲"),
        (Ref("x", "A1"), "'A1'!x"),
        (Ref("x", "it's"), "'it''s'!x"),
    ],
)
def test_brackets_stand_where_the_tree_needs_them(tree, text):
    assert to_text(tree) == text


def test_names_come_once_in_order_of_appearance():
    expr = parse("IF(乙>0,SUM(指标[得分])/乙,甲)+[@分值]+A1")
    assert names(expr) == (B, Column("指标", "得分"), A, RowRef("分值"))


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("=SUM(A1:B2)", "sum( $a$1:$B$2 )", True),
        ("(A1+B1)*2", "((A1)+B1)*(2)", True),
        ("A1+B1*2", "(A1+B1)*2", False),
        ("A1+(B1*2)", "A1+B1*2", True),
        ("SUM(A1:A9)", "SUM(A1:A8)", False),
        ("'基础数据表'!D5", "基础数据表!$D$5", True),
        ("+A1", "A1", True),
        ("三公.决算+X.y", "三公.决算+x.Y", True),
        ('A1&"a"', 'A1&"A"', False),
        ("VLOOKUP(A1,B1:C2,2)", "vlookup($A$1,B1:C2,2)", True),
        ("SUM(A:A)", "sum( $A:$A )", True),
        ("SUM(A:A)", "SUM(B:B)", False),
        ("0.50*A1", ".5*A1", True),
    ],
)
def test_same_formula(first, second, same):
    assert same_formula(first, second) is same


FIGURES = Figures(
    values={"在职": D(14), "编制": D(7), "执行": D("1435.09"), "预算": D("1435.09"), "零": D(0), "负": D(-3)},
    columns={"指标[得分]": [D(8), D("9.5")]},
)


def show(name):
    return "8 + 9.5" if isinstance(name, Column) else str(FIGURES.value(name))


@pytest.mark.parametrize(
    ("text", "result", "expected"),
    [
        ("ROUND(在职/编制,4)", "200.00%", "14 ÷ 7 = 200.00%"),
        ("10*MIN(执行/预算,1)", "10", "10 × 取小(1435.09 ÷ 1435.09, 1) = 10"),
        ("ROUND(编制/3,2)", "2.33", "7 ÷ 3 = 2.33（保留2位小数）"),
        ("ROUND(编制/在职/3,4)", "16.67%", "7 ÷ 14 ÷ 3 = 16.67%（保留2位小数）"),
        ("ROUND(编制/3,0)", "2", "7 ÷ 3 = 2（取整数）"),
        ("ROUNDDOWN(编制/3,1)", "2.3", "7 ÷ 3 = 2.3（舍去1位小数以后的部分）"),
        ("IF(零=0,在职+1,编制)", None, "14 + 1"),
        ("IF(零,在职,编制*2)", None, "7 × 2"),
        ("IFERROR(在职/零,编制)", None, "7"),
        ("IFERROR(在职/编制,0)", None, "14 ÷ 7"),
        ("2*SUM(指标[得分])", "35", "2 × (8 + 9.5) = 35"),
        ("SUM(在职,编制)", None, "14 + 7"),
        ("MAX(0,5-0.5*(在职/编制-100%)*100)", None, "取大(0, 5 - 0.5 × (14 ÷ 7 - 100%) × 100)"),
        ("编制-负", None, "7 - (-3)"),
        ("ABS(负)", None, "|-3|"),
        ("INT(在职/3)", None, "取整(14 ÷ 3)"),
        ("AND(在职>=编制,OR(零<>1,编制<3))", None, "14 ≥ 7 且 (0 ≠ 1 或 7 < 3)"),
        ('在职&"人"', None, "14 & “人”"),
        ("(在职+编制)*2%", None, "(14 + 7) × 2%"),
    ],
)
def test_explain(text, result, expected):
    assert explain(parse(text), FIGURES, show, result) == expected


def test_without_a_context_a_condition_is_shown_whole():
    assert explain(parse("IF(零=0,在职,编制)"), None, show) == "若0 = 0，则14，否则7"


def test_a_condition_that_fails_is_shown_whole():
    broken = Figures(values={"零": CellError("#REF!")})
    assert explain(parse("IF(零=0,在职,编制)"), broken, lambda name: name.name) == "若零 = 0，则在职，否则编制"
