"""V01 to V31: what is typed into the cells. An unreadable figure is told once; no sum above it is.

Not concerning one file: V21 (peers), and writing the other way round (V26, V27: tests of recalc and consolidate).
V22, V28: these forms have no date and no choice field; the types are proven in test_values.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from faults.runner import Case, command, prove
from faults.workbook import BASE, DEPT, both, clean, excel_saves, formatted, part, put, raw, typed

from xlauto.assess import assess
from xlauto.books.closed import open_book
from xlauto.reading import read, scheme_of

B9 = f"{BASE}!B9"
RATE = f"{DEPT}!H4"
DATE = "yyyy\\-m\\-d"

CASES = [
    Case("V01 full width", typed(B9="４．０"), f"提示 值01 {B9}", "“４．０”按4读取 公车运维.上年决算", 0),
    Case("V01 spaces", typed(B4=" 20 "), f"提示 值01 {BASE}!B4", "按20读取", 0),
    Case(
        "V02 thousands",
        typed(B13="￥100", B19="1,060"),
        f"提示 值02 {BASE}!B13\n提示 值02 {BASE}!B19",
        "按100读取 按1060读取",
        0,
    ),
    Case("V02 misplaced comma", typed(B13="1,00"), f"错误 值02 {BASE}!B13", "逗号"),
    Case("V03 bare number as rate", formatted(RATE, "0.00", "0.9786"), f"错误 值03 {RATE}", "0.9786% 97.86%"),
    Case("V03 rate as text", put({RATE: "97.86％"}), f"提示 值01 {RATE}\n警告 公式01 {RATE}", "", 0),
    Case("V04 unit", typed(B9="4万元"), f"提示 值04 {B9}", "按4万元读取", 0),
    Case("V04 yuan", typed(B9="40000元"), f"提示 值04 {B9}", "按4万元读取", 0),
    Case("V05 spaces in a target", typed(D_E13="≥ 8 座"), "", "", 0),
    Case("V06 no number", typed(D_E16="≤万元"), f"错误 值06 {DEPT}!E16", "总支出.年度指标值 缺数字"),
    Case("V07 compared result", typed(D_F14="≥95%"), f"错误 值07 {DEPT}!F14", "应为实际数"),
    Case("V07 compared amount", typed(B9="≤4"), f"错误 值33 {B9}", "比较"),
    Case("V08 percent in words", typed(D_E14="≥95百分比"), f"提示 值08 {DEPT}!E14", "按95%读取", 0),
    Case("V09 target may be a range", typed(D_E13="8-10座"), "", "", 0),
    Case("V09 range as result", typed(D_F13="8～10座"), f"错误 值09 {DEPT}!F13", "区间"),
    Case("V09 range as amount", typed(B9="3～5"), f"错误 值34 {B9}", "区间"),
    Case("V10 several", typed(B9="1、3"), f"错误 值10 {B9}", "多个数"),
    Case("V10 several in a result", typed(D_F13="12/15"), f"错误 值10 {DEPT}!F13", "多个数"),
    Case("V11 none is not zero and not blank", typed(B8="无", D8="——", F8="/"), "", "", 0),
    Case("V11 none where a number must be", typed(B4="无"), f"错误 值11 {BASE}!B4", "须填数字"),
    Case("V12 required", typed(B4=None), f"错误 值12 {BASE}!B4", "编制数未填"),
    Case("V12 optional", typed(B8=None), "", "", 0),
    Case("V13 invisible", typed(B8=" \u200b\n"), f"提示 值13 {BASE}!B8", "按未填处理", 0),
    Case("V13 invisible in a required cell", typed(B4=" "), f"错误 值12 {BASE}!B4\n提示 值13 {BASE}!B4", "编制数未填"),
    Case("V14 text in a sum", typed(B9="4"), f"警告 值14 {B9}", "4.00 0.00 SUM", 0),
    Case("V14 text in a table", typed(D_G13="15"), f"警告 值14 {DEPT}!G13", "100 85", 0),
    Case(
        "V15 negative in brackets",
        typed(D24="△5", B24="（5）"),
        f"提示 值15 {BASE}!B24\n提示 值15 {BASE}!D24",
        "按-5读取",
        0,
    ),
    Case("V16 Chinese digits", typed(B4="二十", B9="肆"), f"错误 值16 {BASE}!B4\n错误 值16 {B9}", "“二十” “肆”"),
    Case(
        "V17 machine numbers",
        typed(B9="1e5", B8="nan", B10="1_000", B11="²", B4="inf", D4="٣"),
        "\n".join(f"错误 值17 {BASE}!{ref}" for ref in ("B4", "D4", "B8", "B9", "B10", "B11")),
        "不是普通写法",
    ),
    Case("V18 too many decimals", both(typed(B13=100.123), excel_saves), f"警告 值18 {BASE}!B13", "3位小数 按原值", 0),
    Case("V19 float noise", raw(B9, "><v>4.0000000000000009</v>"), "", "", 0),
    Case("V19 more noise", raw(f"{BASE}!B8", "><v>1.4E-9</v>"), f"提示 值19 {BASE}!B8", "按0读取", 0),
    Case("V20 yuan in a column of 万元", typed(B13=1000000), f"错误 值20 {BASE}!B13", "应为100 实为1000000 同一行另有"),
    Case("V23 date in an amount", formatted(B9, DATE, "45293"), f"错误 值23 {B9}", "2024-01-02"),
    Case("V23 date as result", formatted(f"{DEPT}!F13", DATE, "45293"), f"警告 自评11 {DEPT}!F13", "2024-01-02", 0),
    Case(
        "V24 dates from 1904",
        part("xl/workbook.xml", "<workbookPr", '<workbookPr date1904="1"'),
        "提示 值24",
        "1904",
        0,
    ),
    Case("V25 rate above 100%", typed(D4=30), f"警告 基础09 {BASE}!F4", "150.00%", 0),
    Case("V25 negative", typed(B9=-4), f"错误 值25 {B9}", "不小于0 实为-4"),
    Case(
        "V25 spent more than budgeted",
        put({f"{DEPT}!F4": 570, f"{BASE}!F24": 67, f"{DEPT}!F16": "570万元", f"{DEPT}!E16": "长期"}),
        f"警告 自评21 {DEPT}!F4",
        "不大于560.00 570.00",
        0,
    ),
    Case(
        "V26 control character",
        raw(f"{BASE}!B27", 't="inlineStr"><is><t>严格_x0007_执行</t></is>'),
        f"提示 值26 {BASE}!B27",
        "控制字符",
        0,
    ),
    Case("V27 text like a formula", typed(B27='=HYPERLINK("http://x","点")'), f"提示 值27 {BASE}!B27", "按文字处理", 0),
    Case("V29 truth value", typed(B9=True), f"错误 值29 {B9}", "TRUE"),
    Case("V29 truth value as result", typed(D_F13=True), f"错误 值29 {DEPT}!F13", "TRUE"),
    Case("V29 truth value as score", typed(D_H13=False), f"错误 值29 {DEPT}!H13", "FALSE"),
    Case("V30 remark behind the number", typed(B9="4\n（含税）"), f"错误 值30 {B9}", "说明文字"),
    Case("V31 target 0", typed(D_E13="≥0座"), "", "", 0),
    Case("V31 nothing was planned", typed(B4=0, D4=0), "", "", 0),
    Case("a word for an amount", typed(B9="待定"), f"错误 值32 {B9}", "“待定” 万元"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_figure(case: Case, tmp_path: Path) -> None:
    prove(case, tmp_path)


@pytest.mark.parametrize("text", ["1e5", "3～5", "肆", "4\n（含税）", "待定"])
def test_an_unreadable_figure_leaves_typed_totals_alone(text: str, tmp_path: Path) -> None:
    """The totals above are typed: with the figure unread nobody knows whether they are right."""
    prove(
        Case(
            "typed totals", typed(B9=text, B7=5, B6=12, B12=180), f"错误 {code_of(text)} {B9}\n警告 公式01 {BASE}!B12"
        ),
        tmp_path,
    )


def code_of(text: str) -> str:
    return {"1e5": "值17", "3～5": "值34", "肆": "值16", "待定": "值32"}.get(text, "值30")


def test_v14_the_text_counts_and_the_cell_keeps_what_excel_computes(tmp_path: Path) -> None:
    path = tmp_path / "文本.xlsx"
    path.write_bytes(typed(B9="4")(clean()))
    assessment = assess(open_book(path))
    assert assessment.submission is not None
    sheet = assessment.submission.single(BASE)
    entry = sheet.entry("公车运维.上年决算") if sheet else None
    assert entry is not None and entry.parsed.number == Decimal(4)
    assert command("recalc", str(path))[0] == 0
    cells = open_book(path).cells(BASE)
    assert cells[7, 2].text == "0" and cells[9, 2].text == "4"


def test_v24_a_date_is_shifted() -> None:
    book = open_book(
        both(
            formatted(f"{DEPT}!F15", DATE, "43769"), part("xl/workbook.xml", "<workbookPr", '<workbookPr date1904="1"')
        )(clean())
    )
    sheet = read(book, scheme_of(book)).single(DEPT)
    assert sheet is not None
    assert sheet.tables["指标"].lines[2].text("实际完成值") == "2023-11-01"


def test_v27_stays_a_text_through_recalc(tmp_path: Path) -> None:
    path = tmp_path / "公式.xlsx"
    path.write_bytes(typed(B27='=HYPERLINK("http://x","点")')(clean()))
    assert command("recalc", str(path))[0] == 0
    cells = [cell for name in (BASE, "校验结果", "评分说明") for cell in open_book(path).cells(name).values()]
    assert not any("http" in (cell.formula or "") for cell in cells)
