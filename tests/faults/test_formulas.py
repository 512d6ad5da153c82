"""X01 to X15: formulas overwritten, changed, broken, circular, without a result, or with an old one.

X05 is not told on a sheet where a cell could not be read: its results will change anyway.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from faults.runner import Case, check, prove
from faults.workbook import (
    BASE,
    DEPT,
    both,
    clean,
    excel_saves,
    formatted,
    formula,
    openpyxl_does,
    part,
    put,
    raw,
    sheet_part,
    typed,
)

B6, B7, B9 = f"{BASE}!B6", f"{BASE}!B7", f"{BASE}!B9"
SHORT_SUM = "SUM(公务用车.上年决算,因公出国.上年决算)"
BLANK = 't="str"><f>IF(1=2,1,"")</f><v></v>'

CASES = [
    Case("X01 same number", typed(B6=10), f"警告 公式01 {B6}", "数值相同", 0),
    Case("X01 other number", typed(B6=12), f"错误 基础02 {B6}", "应为10.00 实为12.00 偏大2.00"),
    Case("X01 score", typed(D_I4=9), f"错误 自评02 {DEPT}!I4", "应为9.79 实为9"),
    Case("X02 sum shortened", formula(B6, SHORT_SUM, 4), f"错误 公式02 {B6}", f"={SHORT_SUM} 公务接待.上年决算)"),
    Case("X02 by address", formula(B6, "B7+B10+B11", 10), f"错误 公式02 {B6}", "=B7+B10+B11"),
    Case("X02 rate", formula(f"{DEPT}!H4", "1", 1), f"错误 公式02 {DEPT}!H4", "“=1”"),
    Case(
        "X02 only written otherwise",
        formula(B6, "sum( 公务用车.上年决算 , 因公出国.上年决算,公务接待.上年决算)", 10),
        "",
        "",
        0,
    ),
    Case("X03 in an input", raw(B9, 't="e"><f>1/0</f><v>#DIV/0!</v>'), f"错误 公式03 {B9}", "#DIV/0!"),
    Case("X03 pasted", raw(B9, 't="e"><v>#N/A</v>'), f"错误 公式03 {B9}", "#N/A"),
    Case(
        "X03 lost reference in an input", raw(B9, 't="e"><f>表!#REF!+1</f><v>#REF!</v>'), f"错误 公式03 {B9}", "#REF!"
    ),
    Case(
        "X03 lost reference in a total",
        raw(B7, 't="e"><f>SUM(#REF!,公车运维.上年决算)</f><v>#REF!</v>'),
        f"错误 公式02 {B7}",
        "#REF!",
    ),
    Case(
        "X03 a total only suffers",
        both(raw(B9, 't="e"><v>#N/A</v>'), raw(B7, 't="e"><f>SUM(公车购置.上年决算,公车运维.上年决算)</f><v>#N/A</v>')),
        f"错误 公式03 {B9}",
        "#N/A",
    ),
    Case(
        "X03 result", raw(f"{DEPT}!F13", 't="e"><v>#VALUE!</v>'), f"错误 公式03 {DEPT}!F13", "除险加固水库.实际完成值"
    ),
    Case("X03 points", raw(f"{DEPT}!G13", 't="e"><v>#NAME?</v>'), f"错误 公式03 {DEPT}!G13", "#NAME?"),
    Case("X04 own formulas", openpyxl_does(lambda book: None), "警告 公式04", "重算", 0),
    Case(
        "X04 foreign formula",
        openpyxl_does(lambda book: book[BASE].__setitem__("B9", "=2+2")),
        f"警告 公式04\n错误 公式04 {B9}",
        "“=2+2”",
    ),
    Case(
        "X05 stale",
        part(sheet_part(BASE), r'(<c r="B6"[^>]*><f>[^<]*</f><v>)10<', r"\g<1>11<"),
        f"警告 公式05 {B6}",
        "11.00 10.00",
        0,
    ),
    Case("X05 stale and what uses it", raw(B9, "><v>5</v>"), f"警告 公式05 {B7}", "4.00 5.00", 0),
    Case("X06 through a total", raw(B9, "><f>B7</f><v>0</v>"), f"错误 公式06 {B9}", f"{B9}、{B7}"),
    Case(
        "X06 two inputs",
        both(raw(f"{BASE}!B8", "><f>B10+1</f><v>0</v>"), raw(f"{BASE}!B10", "><f>B8</f><v>0</v>")),
        f"错误 公式06 {BASE}!B8",
        f"{BASE}!B8、{BASE}!B10",
    ),
    Case("X06 itself", raw(B9, "><f>SUM(B8:B9)</f><v>0</v>"), f"错误 公式06 {B9}", B9),
    Case("X07 own calculation", formula(B9, "40000/10000", 4), f"提示 公式07 {B9}", "“=40000/10000” 4", 0),
    Case("X07 in a table", formula(f"{DEPT}!G13", "10+5", 15), f"提示 公式07 {DEPT}!G13", "15", 0),
    Case("X08 blank by formula", raw(f"{BASE}!B8", BLANK), f"提示 公式08 {BASE}!B8", "按未填处理", 0),
    Case("X08 in a required cell", raw(f"{BASE}!B4", BLANK), f"错误 值12 {BASE}!B4", "编制数未填"),
    Case("X09 new function", raw(B9, "><f>_xlfn.XLOOKUP(1,A1:A2,B1:B2)</f><v>4</v>"), f"错误 公式09 {B9}", "XLOOKUP"),
    Case("X09 unknown function", raw(B9, 't="e"><f>WPSFN(1)</f><v>#NAME?</v>'), f"错误 公式09 {B9}", "WPSFN"),
    Case("X10 rounding", typed(B6=10.01), f"提示 基础02 {B6}", "尾差", 0),
    Case("X11 total 0 with parts", typed(B6=0), f"错误 基础02 {B6}", "应为10.00 实为0.00 偏小10.00"),
    Case("X11 parts 0 with total", typed(D_B6=0, D_B7=0), f"错误 自评04 {DEPT}!B6", "应为520.00 实为0.00 偏小520.00"),
    Case("X12 weights", typed(D_G13=20, D_H13=20), f"错误 自评05 {DEPT}!G13", "应为50 实为55"),
    Case("X12 score above weight", typed(D_H13=16), f"错误 自评06 {DEPT}!H13", "不大于15 实为16"),
    Case("X12 score of 执行率 missing", typed(D_I4=None), "", "", 0),
    Case(
        "X13 half up",
        put({f"{DEPT}!F4": 547.96, f"{DEPT}!I4": 9.79, f"{BASE}!F24": 44.96, f"{DEPT}!F16": "547.96万元"}),
        "",
        "",
        0,
    ),
    Case(
        "X14 shown and stored",
        both(formatted(f"{BASE}!B13", "0.00", "100.004"), excel_saves),
        f"警告 值18 {BASE}!B13",
        "100.004 100.00",
        0,
    ),
    Case(
        "X15 two sheets",
        put({f"{BASE}!D13": 121, f"{BASE}!D14": 40}),
        f"错误 表间01 {DEPT}!F7\n错误 表间03 {BASE}!D12",
        "221.00 220.00",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_formula(case: Case, tmp_path: Path) -> None:
    prove(case, tmp_path)


def test_x02_the_wrong_figure_is_a_consequence(tmp_path: Path) -> None:
    path = tmp_path / "改.xlsx"
    path.write_bytes(formula(B6, SHORT_SUM, 4)(clean()))
    [finding] = check(path).document["findings"]
    assert [(c["code"], c["stated"], c["expected"]) for c in finding["consequences"]] == [("基础02", "4.00", "10.00")]
