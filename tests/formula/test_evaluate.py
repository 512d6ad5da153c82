"""Values of formulas, case by case; tests/formula/test_oracle.py compares the same rules with LibreOffice."""

from decimal import Decimal

import pytest
from formula.contexts import Figures

from xlauto.formula import Column, Ref, compile, parse, round_half_up, same_number
from xlauto.model import CellError

D = Decimal
FIGURES = Figures(
    values={
        "在职人数": D(14), "编制数": D(7), "零": D(0), "空": None, "文": "无", "数字文本": "12", "真": True,
        "错": CellError("#REF!"), "执行": D("19.32"), "预算": D("21.14"), "非数": D("NaN"),
        "A1": D(1), "A2": None, "A3": "x", "A4": D(4),
    },
    columns={
        "指标[得分]": [D(8), None, "无", True, D("9.5")],
        "指标[类别]": ["产出", "产出指标", None, "效益", "产出"],
        "坏[列]": [D(1), CellError("#N/A"), D(2)],
        "项目支出": [D("1.1"), D("2.2"), None],
        "独[列]": [D(3)],
        "空[列]": [],
    },
    row={"分值": D(10), "得分": None},
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("在职人数/编制数", D(2)),
        ("ROUND(10*MIN(执行/预算,1),2)", D("9.14")),
        ("-2^2", D(4)),
        ("0-2^2", D(-4)),
        ("2^-1", D("0.5")),
        ("2^3^2", D(64)),
        ("50%*4", D(2)),
        ("空+1", D(1)),
        ('空&"x"', "x"),
        ("真+1", D(2)),
        ("文+1", CellError("#VALUE!")),
        ("数字文本*1", CellError("#VALUE!")),
        ("1/零", CellError("#DIV/0!")),
        ("1/空", CellError("#DIV/0!")),
        ("0^0", CellError("#NUM!")),
        ("(-8)^0.5", CellError("#NUM!")),
        ("10^308*10", CellError("#NUM!")),
        ("非数+1", CellError("#NUM!")),
        ("错+1", CellError("#REF!")),
        ("文+错", CellError("#VALUE!")),
        ("错&文", CellError("#REF!")),
        ("错=1", CellError("#REF!")),
        ("IFERROR(错,5)", D(5)),
        ("IFERROR(编制数,5)", D(7)),
        ("1/3*3=1", True),
        ("1/3*3-1", D(0)),
        ("0.1+0.2=0.3", True),
        ("1=1.00000000000001", False),
        ("1=1.000000000000001", True),
        ("1<1.000000000000001", False),
        ("空=0", True),
        ('空=""', True),
        ("空=FALSE", True),
        ("空=空", True),
        ('零=""', False),
        ('"ABC"="abc"', True),
        ('文<>"无"', False),
        ('9<"1"', True),
        ('"z"<TRUE', True),
        ("1=TRUE", False),
        ('1.50&"元"', "1.5元"),
        ('1/3&""', "0.333333333333333"),
        ('10^21&""', "1E+21"),
        ('100000&""', "100000"),
        ("真&1", "TRUE1"),
        ("SUM(指标[得分])", D("17.5")),
        ("SUM(指标[得分],真,TRUE,空)", D("18.5")),
        ("SUM(文,1)", D(1)),
        ('SUM("无",1)', CellError("#VALUE!")),
        ("SUM(坏[列])", CellError("#N/A")),
        ("SUM(项目支出)", D("3.3")),
        ("SUM(A1:A4)", D(5)),
        ("SUM(空[列])", D(0)),
        ("MAX(指标[得分])", D("9.5")),
        ("MIN(指标[得分],5)", D(5)),
        ("MIN(空,文)", D(0)),
        ("COUNT(指标[得分])", D(2)),
        ('COUNT(坏[列],TRUE,"a")', D(3)),
        ("COUNTA(指标[得分])", D(4)),
        ('COUNTA(坏[列],"")', D(4)),
        ("COUNTA(空)", D(0)),
        ('SUMIF(指标[类别],"产出",指标[得分])', D("17.5")),
        ('SUMIF(指标[类别],"产出*",指标[得分])', D("17.5")),
        ('SUMIF(指标[类别],"<>产出",指标[得分])', D(0)),
        ('SUMIF(指标[得分],">=9")', D("9.5")),
        ("SUMIF(指标[得分],8)", D(8)),
        ('SUMIF(坏[列],"<2")', D(1)),
        ("IF(零,1,2)", D(2)),
        ('IF(真,"是")', "是"),
        ("IF(零,1)", False),
        ("IF(文,1,2)", CellError("#VALUE!")),
        ("IF(零,1/0,3)", D(3)),
        ("AND(真,1)", True),
        ("AND(真,空)", True),
        ("AND(空,文)", CellError("#VALUE!")),
        ("OR(零,错)", CellError("#REF!")),
        ("OR(零,1=1)", True),
        ("NOT(零)", True),
        ("NOT(文)", CellError("#VALUE!")),
        ("ISBLANK(空)", True),
        ("ISBLANK(文)", False),
        ("ISNUMBER(编制数)", True),
        ("ISNUMBER(真)", False),
        ("ISNUMBER(错)", False),
        ("N(真)", D(1)),
        ("N(文)", D(0)),
        ("N(错)", CellError("#REF!")),
        ("ABS(-3)", D(3)),
        ("INT(-0.5)", D(-1)),
        ("INT(8^(1/3))", D(2)),
        ("[@分值]*2", D(20)),
        ('[@得分]=""', True),
        ("独[列]+1", D(4)),
        ("指标[得分]+1", CellError("#VALUE!")),
    ],
)
def test_value(text, expected):
    result = compile(parse(text))(FIGURES)
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(
    ("number", "digits", "expected"),
    [
        ("22.275", 2, "22.28"),
        ("0.125", 2, "0.13"),
        ("-2.5", 0, "-3"),
        ("2.5", 0, "3"),
        ("1.005", 2, "1.01"),
        ("2.4999999999999999", 0, "3"),
        ("2.49999999999999", 0, "2"),
        ("1255", -1, "1260"),
        ("44", -2, "0"),
        ("50", -2, "100"),
        ("-0.004", 2, "0"),
        ("1E300", 2, "1E300"),
        ("5", -300, "0"),
        ("123456789012345678", 0, "123456789012346000"),
    ],
)
def test_rounding_is_half_away_from_zero_at_fifteen_digits(number, digits, expected):
    result = round_half_up(D(number), digits)
    assert result == D(expected)
    assert not (result.is_zero() and result.is_signed())


def test_noise_of_a_division_does_not_break_a_tie():
    assert compile(parse("ROUND(1/3*3*2.5,0)"))(FIGURES) == 3
    assert compile(parse("ROUNDUP(1/3*3,0)"))(FIGURES) == 1
    assert compile(parse("ROUNDDOWN(1/3*3,0)"))(FIGURES) == 1


def test_a_rounded_hundred_is_written_without_exponent():
    assert str(compile(parse("ROUND(1255,-1)"))(FIGURES)) == "1260"


def test_numbers_are_the_same_at_fifteen_digits():
    assert same_number(D("0.1") * 3, D("0.30000000000000004"))
    assert not same_number(D("0.3"), D("0.30000000000001"))


def test_a_registered_function_gets_references_as_such_and_other_arguments_evaluated():
    received = []

    class Recording(Figures):
        def call(self, name, args):
            received.extend([name, *args])
            return D(3)

    expr = parse("FILLED(预算列, 指标[得分], 1+1)*2", frozenset({"FILLED"}))
    assert compile(expr)(Recording()) == 6
    assert received == ["FILLED", Ref("预算列"), Column("指标", "得分"), D(2)]
