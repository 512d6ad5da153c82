"""Our values against LibreOffice's: every function, the operators, and the roundings.

Left out, because LibreOffice differs from Excel there: texts that look like numbers in arithmetic, `0^0` and `0^-1`,
the order of unequal texts, and truth values in cells, which LibreOffice counts, compares and joins as numbers.
"""

from decimal import Decimal
from itertools import product

import oracle
import pytest
from formula.contexts import Figures

from xlauto.formula import compile, parse
from xlauto.model import CellError

CELLS = {
    "A1": 14, "A2": 7, "A3": 0, "A4": -2.5, "A5": 0.125, "A6": 22.275, "A7": 19.32, "A8": 21.14, "A9": 1435.09,
    "B1": None, "B2": "无", "B3": "产出指标", "B4": "产出", "B5": "效益", "B6": None, "B7": "x", "B8": "产出", "B9": "",
    "D1": True, "D2": False,
}  # fmt: skip
ERROR_CELL = "C1"

OPERANDS = ("A1", "A4", "A3", "B1", "D1", "B2", ERROR_CELL, "3%")
VALUES = (
    "22.275", "0.125", "-2.5", "2.5", "1.005", "2.675", "1.115", "-1.115", "0.285", "1.255", "8.345", "10.075",
    "91.1765", "9.9789", "1234.5650", "99999.995", "0.005", "-0.005", "0.0049999", "1/3", "2/3", "1/3*3*2.5",
    "10*19.32/21.14", "1255", "-1250", "0.1+0.2", "4.35*100", "1.1-1-0.1", "1E10+0.5", "481.27/482.29*10", "62/68", "0",
)  # fmt: skip

SINGLE = """
-2^2 | 2^-1 | 2^3^2 | -A1^2 | A1%+1 | (A1+A2)% | --A1 | +D1 | 4^0.5 | (-8)^(1/2) | 50%^2 | 2^10%
1/3*3=1 | 0.1+0.2=0.3 | 1/3*3-1 | 1.1-1-0.1=0 | 22.275*100=2227.5 | 1=1.00000000000001 | A1=14 | B1=0 | B1="" | B1=FALSE
B2="无" | B7="X" | B7<>"X" | B9="" | 1<"1" | B2>5 | B1<1 | B1<>B3 | A3=""
A1&B2&"人" | A5&"" | 1/3&"" | B1&"空" | 100000&"" | 0.00001&"" | -A6&"" | 1435.09&"/"&A9 | 2/3*100&""
SUM(A1:A9) | SUM(A1,A2,A3) | SUM(B1:B9) | SUM(TRUE,1) | SUM(A1:C1) | SUM(B2,A1) | SUM(1,2,3%) | SUM("无",1)
SUM(0.1,0.2,0.3)=0.6 | SUM(A1:A2)*B1 | SUM(B1)
MIN(A1:A9) | MAX(A1:A9) | MIN(B1:B9) | MAX(A1:A2,20) | MIN(10*A7/A8,10) | MIN(A1,B1) | MAX(-3,B1) | MAX(C1,1)
MIN(TRUE,5)
COUNT(A1:B9) | COUNT(TRUE,1) | COUNT(B1,B2) | COUNT(A1:C1) | COUNTA(A1:B9) | COUNTA(B1) | COUNTA(B1:C1)
COUNTA(1,"")
SUMIF(B1:B9,"产出",A1:A9) | SUMIF(B1:B9,"产出*",A1:A9) | SUMIF(B1:B9,"?出",A1:A9) | SUMIF(B1:B9,"<>产出",A1:A9)
SUMIF(A1:A9,">10") | SUMIF(A1:A9,"<=0") | SUMIF(A1:A9,14) | SUMIF(A1:A9,"<>14") | SUMIF(A1:A9,"=7") | SUMIF(A1:A9,A2)
SUMIF(B1:B9,B4,A1:A9) | SUMIF(B1:B9,"X",A1:A9) | SUMIF(B1:B9,"没有",A1:A9) | SUMIF(A1:A9,">"&A2) | SUMIF(A1:A9,">50%")
IF(A1>A2,"超","不超") | IF(A3,1,2) | IF(B1,1,2) | IF(D1,1) | IF(D2,1) | IF(B2,1,2) | IF(C1,1,2) | IF(A3=0,0,A1/A3)
IF(A1,B1)+1 | IF(A2=0,"",ROUND(A1/A2,4))
AND(D1,A1) | AND(D1,A3) | AND(A1:A2) | AND(A1:B5) | AND(B1,D1) | AND(A1>0,C1) | AND(B2,TRUE) | OR(A3,D2) | OR(A3,D1)
OR(A1:A3) | OR(B1,D2) | OR(C1,TRUE) | NOT(A3) | NOT(D1) | NOT(B1) | NOT(B2) | NOT(C1)
IFERROR(C1,5) | IFERROR(A1,5) | IFERROR(A1/A3,"无") | IFERROR(B2+1,0) | IFERROR(1/0,1/0)
ISBLANK(B1) | ISBLANK(B9) | ISBLANK(A3) | ISBLANK(C1) | ISNUMBER(A1) | ISNUMBER(B1) | ISNUMBER(B2)
ISNUMBER(C1) | ISNUMBER(A1&"") | N(A1) | N(D1) | N(B2) | N(B1) | N(C1) | N("5")
ABS(A4) | ABS(B1) | ABS(B2) | ABS(-0.5%) | INT(A4) | INT(A6) | INT(-0.001) | INT(8^(1/3)) | INT(B1)
INT(0.1*30) | INT(1/3*3)
ROUND(B1,2) | ROUND(B2,2) | ROUND(C1,2) | ROUND(A1,B1) | ROUND(A6,1.9) | ROUND(D1,0) | ROUND(1E300,2) | ROUND(5,-20)
A1:A1+1 | 1E307*100 | 1/1E-306 | 5*(A1-A2)/A2% | MAX(0,5-0.5*(A1/A2-100%)*100)
"""


def formulas():
    singles = [text.strip() for line in SINGLE.strip().splitlines() for text in line.split("|")]
    operators = [f"{a}{op}{b}" for op, a, b in product("+-*/", OPERANDS, OPERANDS)]
    operands = [operand for operand in OPERANDS if operand != "D1"]
    comparisons = [f"{a}{op}{b}" for op, a, b in product(("=", "<", ">="), operands, operands)]
    roundings = [
        f"{how}({value},{digits})"
        for how, value, digits in product(("ROUND", "ROUNDUP", "ROUNDDOWN"), VALUES, (2, 1, 0, 3, -1, -2))
    ]
    return [*singles, *operators, *comparisons, *roundings, *(f"INT({value})" for value in VALUES)]


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """LibreOffice's value of every formula."""
    import xlsxwriter

    path = tmp_path_factory.mktemp("oracle") / "formulas.xlsx"
    texts = formulas()
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("表")
        for cell, value in CELLS.items():
            if value == "":
                sheet.write_formula(cell, '=""', None, "")
            else:
                sheet.write(cell, value)
        sheet.write_formula(ERROR_CELL, "=1/0", None, "#DIV/0!")
        for row, text in enumerate(texts):
            sheet.write_formula(row, 7, f"={text}", None, 0)
    values = oracle.recalculated(path)["表"]
    return {text: values.get((row, 8)) for row, text in enumerate(texts, 1)}


def ours(text):
    context = Figures(
        values={cell: Decimal(str(value)) if type(value) in (int, float) else value for cell, value in CELLS.items()}
        | {ERROR_CELL: CellError("#DIV/0!")}
    )
    return compile(parse(text))(context)


def same(mine, theirs):
    if mine is None:
        return theirs in (None, 0, "")
    if isinstance(mine, CellError) or isinstance(theirs, CellError):
        return type(mine) is type(theirs) and mine == theirs
    if isinstance(mine, bool) or isinstance(theirs, bool):
        return mine == theirs
    if isinstance(mine, Decimal) and isinstance(theirs, int | float):
        return abs(float(mine) - theirs) <= 1e-13 * max(1.0, abs(theirs))
    return mine == (theirs or "")


def test_every_value_is_libreoffices(judged):
    differences = {text: (str(mine), theirs) for text, theirs in judged.items() if not same(mine := ours(text), theirs)}
    assert len(judged) > 1000
    assert differences == {}


def test_the_comparison_can_fail(judged):
    assert not same(Decimal("22.27"), judged["ROUND(22.275,2)"])
    assert not same(CellError("#VALUE!"), judged["1/1E-306"])
