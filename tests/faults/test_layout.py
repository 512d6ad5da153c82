"""L01 to L14: what accountants do to a form. Names follow cells, so most of it is read as if nothing had happened.

L02 inside a table is not seen as such (the table is one row shorter): its points no longer add up, which is.
L13 is read past with a 提示 that nothing was read there.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from faults.runner import Case, check, command, prove
from faults.workbook import (
    BASE,
    DEPT,
    FIRST,
    both,
    clean,
    delete_column,
    delete_row,
    excel_saves,
    insert_column,
    insert_rows,
    openpyxl_does,
    part,
    put,
    sheet_part,
    typed,
)
from openpyxl.comments import Comment

from xlauto.books.closed import open_book
from xlauto.reading import read, scheme_of


def indicator(
    row: int, kind: str, title: str = "返工率", points: int = 0
) -> dict[str, str | int | float | bool | None]:
    values = {"C": kind, "D": title, "E": "≤5%", "F": "3%", "G": points, "H": points}
    return {f"{DEPT}!{col}{row}": value for col, value in values.items()}


SWAPPED = typed(A19="政府采购金额", B19=10, D19=12, F19=11, A23="公用经费", B23=60, D23=66, F23=62)
DRAGGED = part("xl/workbook.xml", r"(公用经费.上年决算\">'基础数据表'!)\$B\$19", r"\1$B$35")

CASES = [
    Case("L01 inside a table", both(insert_rows(DEPT, 15), put(indicator(15, "质量指标"))), "", "", 0),
    Case(
        "L01 at the end of a table",
        both(insert_rows(DEPT, 20), put(indicator(20, "服务对象满意度指标"))),
        f"提示 版式01 {DEPT}!B20",
        "1行",
        0,
    ),
    Case("L01 among repeated rows", both(insert_rows(BASE, 17), typed(A17="防汛专项", B17=0, D17=0, F17=0)), "", "", 0),
    Case("L01 between heading and field", insert_rows(BASE, 4), "", "", 0),
    Case("L01 above the form", insert_rows(BASE, 1, 3), "", "", 0),
    Case("L02 row", delete_row(BASE, 19), f"错误 版式02 {BASE}", "“公用经费” #REF!"),
    Case("L02 row with a total above", delete_row(BASE, 9), f"错误 版式02 {BASE}", "“公车运行维护”"),
    Case("L02 row of a table", both(delete_row(DEPT, 14), excel_saves), f"错误 自评05 {DEPT}!G13", "应为50 实为35"),
    Case("L02 heading of a table", delete_row(DEPT, 12), f"错误 版式02 {DEPT}", "标题行"),
    Case("L02 total", delete_row(DEPT, 20), f"错误 版式02 {DEPT}", "“总分”"),
    Case("L02 project's funds", delete_row(FIRST, 5), f"错误 版式02 {FIRST}", "“年度资金总额”"),
    Case("L02 column", delete_column(BASE, 2), f"错误 版式02 {BASE}", "编制数 等19项"),
    Case("L02 column of a table", delete_column(DEPT, 6), f"错误 版式02 {DEPT}", "实际完成值 基本支出"),
    Case("L03 in the matrix", insert_column(BASE, 4), f"提示 版式03 {BASE}", "按名称读取", 0),
    Case("L03 three at once", both(*[insert_column(BASE, 2)] * 3), f"提示 版式03 {BASE}", "按名称读取", 0),
    Case("L03 in the table", insert_column(DEPT, 3), f"提示 版式03 {DEPT}", "", 0),
    Case("L03 between form and system columns", insert_column(DEPT, 10), "", "", 0),
    Case(
        "L04 two inputs merged",
        part(sheet_part(BASE), '<mergeCell ref="B9:C9"/><mergeCell ref="D9:E9"/>', '<mergeCell ref="B9:E9"/>'),
        f"错误 版式04 {BASE}!D9",
        "D9",
    ),
    Case(
        "L04 label over input",
        part(sheet_part(BASE), '<mergeCell ref="B9:C9"/>', '<mergeCell ref="A9:C9"/>'),
        f"错误 版式04 {BASE}!B9",
        "B9",
    ),
    Case(
        "L04 in a table",
        part(sheet_part(DEPT), "<mergeCells[^>]*>", r'\g<0><mergeCell ref="F13:G13"/>'),
        f"错误 版式04 {DEPT}!G13",
        "G13",
    ),
    Case("L05 dragged", both(typed(B19=None, B35=60), DRAGGED), f"警告 版式05 {BASE}!B35", "应为“公用经费”", 0),
    Case("L06 two rows traded", SWAPPED, f"提示 版式06 {BASE}", "按标签读取", 0),
    Case("L07 row label", typed(A19="公用支出"), f"警告 版式07 {BASE}!A19", "“公用经费”改为“公用支出”", 0),
    Case("L07 table heading", typed(D_G12="权重"), f"警告 版式07 {DEPT}!G12", "“分值”改为“权重”", 0),
    Case("L07 signature line filled in", typed(A29="填表人：张三", B29="填报日期：2024.3.1"), "", "", 0),
    Case(
        "L08 hidden row",
        part(sheet_part(BASE), '<row r="19"', '<row hidden="1" r="19"'),
        f"警告 版式08 {BASE}",
        "第19行 照计",
        0,
    ),
    Case("L08 hidden blank row", part(sheet_part(BASE), '<row r="15"', '<row hidden="1" r="15"'), "", "", 0),
    Case(
        "L08 filtered row of a table",
        part(sheet_part(DEPT), '<row r="14"', '<row hidden="true" r="14"'),
        f"警告 版式08 {DEPT}",
        "第14行",
        0,
    ),
    Case("L09 below the form", put(indicator(22, "另一指标")), f"错误 版式09 {DEPT}!F22", "F22、G22、H22"),
    Case("L09 right of the table", typed(D_J14=5), f"错误 版式09 {DEPT}!J14", "J14"),
    Case("L09 in a row without a field", typed(B15=5), f"错误 版式09 {BASE}!B15", "B15"),
    Case(
        "L09 in an inserted row",
        both(insert_rows(BASE, 21), typed(A21="咨询费", B21=3)),
        f"错误 版式09 {BASE}!B21",
        "B21",
    ),
    Case(
        "L10 subtotal among repeated rows",
        both(insert_rows(BASE, 17), typed(A17="小计", B17=20, D17=25, F17=24), excel_saves),
        f"错误 版式10 {BASE}!A17",
        "“小计” 重复计算",
    ),
    Case(
        "L10 total in a table",
        both(insert_rows(DEPT, 18), put(indicator(18, "", "合 计", 15)), excel_saves),
        f"错误 版式10 {DEPT}!D18",
        "“合 计”",
    ),
    Case("L11 blank row", insert_rows(DEPT, 15), "", "", 0),
    Case(
        "L12 same indicator twice",
        typed(D_C18="社会效益指标", D_D18="受益人口"),
        f"错误 版式12 {DEPT}!D18",
        "第17、18行",
    ),
    Case("L13 scratch", typed(P3=7, M40=5), f"提示 版式13 {BASE}", "P3、M40", 0),
    Case("L13 scratch below", typed(B45=5), f"提示 版式13 {BASE}", "B45", 0),
    Case(
        "L14 comment",
        openpyxl_does(lambda book: setattr(book[BASE]["B19"], "comment", Comment("应为65.5", "张三"))),
        "警告 公式04\n提示 版式14",
        f"{BASE}!B19的批注",
        0,
    ),
    Case(
        "L14 comment without a figure",
        openpyxl_does(lambda book: setattr(book[BASE]["B19"], "comment", Comment("已核对", "张三"))),
        "警告 公式04",
        "",
        0,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_layout(case: Case, tmp_path: Path) -> None:
    prove(case, tmp_path)


def test_l01_every_row_is_read_in_full() -> None:
    book = open_book(both(insert_rows(DEPT, 15), put(indicator(15, "质量指标")))(clean()))
    sheet = read(book, scheme_of(book)).single(DEPT)
    assert sheet is not None
    lines = sheet.tables["指标"].lines
    assert [(line.row, line.text("三级指标")) for line in lines][1:3] == [(14, "工程验收合格率"), (15, "返工率")]
    assert lines[2].kind == "质量指标"


def test_l06_sorted_rows_are_keyed_by_label_and_recalc_puts_the_names_right(tmp_path: Path) -> None:
    path = tmp_path / "排序.xlsx"
    path.write_bytes(SWAPPED(clean()))
    book = open_book(path)
    sheet = read(book, scheme_of(book)).single(BASE)
    assert sheet is not None
    entry = sheet.entry("公用经费.上年决算")
    assert entry is not None and entry.place.ref == "B23" and entry.parsed.number == 60
    assert command("recalc", str(path))[0] == 0
    areas = {name.name: name.area for name in open_book(path).names}
    area = areas["公用经费.上年决算"]
    assert area is not None and area.ref == "B23"
    assert check(path).document["findings"] == []


def test_l11_row_numbers_stay_true() -> None:
    book = open_book(insert_rows(DEPT, 15)(clean()))
    sheet = read(book, scheme_of(book)).single(DEPT)
    assert sheet is not None
    assert [line.row for line in sheet.tables["指标"].lines] == [13, 14, 16, 17, 18, 19, 20]
