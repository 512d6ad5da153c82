"""The summary book: tables -> sheets with XlsxWriter, formulas with their values, set up for print."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from xlauto.consolidate.tables import (
    FIRST_ROW,
    GROUP_ROW,
    HEADING_ROW,
    NOTE_ROW,
    TITLE_ROW,
    Column,
    Content,
    Formula,
    Link,
    Table,
)
from xlauto.model import column_letters
from xlauto.template import styles
from xlauto.template.styles import Styles

SIZE = 10
TOTAL_COLOUR = "#FFF2CC"
LINE = "#A6A6A6"
_CREATED = datetime(2000, 1, 1)
"""A fixed date: the same input gives the same bytes."""
_PAGE_WIDTH = 150.0
"""Characters that an A4 page across takes at a size that can be read; wider tables go over several pages."""
_NUMBERS = {"金额": "#,##0.00", "面积": "#,##0.00", "百分比": "0.00%", "数量": "#,##0", "分值": "0.00", "序号": "0"}
_CENTRED = ("序号", "居中")
_MARKS: dict[str, dict[str, dict[str, Any]]] = {
    "级别": {
        "错误": {"font_color": styles.ERROR_FONT, "bg_color": styles.ERROR_COLOUR},
        "警告": {"font_color": styles.WARNING_FONT, "bg_color": styles.WARNING_COLOUR},
    },
    "状态": {
        "采用": {"font_color": "#375623", "bg_color": "#E2EFDA"},
        "退回": {"font_color": styles.ERROR_FONT, "bg_color": styles.ERROR_COLOUR},
        "重复": {"font_color": styles.WARNING_FONT, "bg_color": styles.WARNING_COLOUR},
        "忽略": {"font_color": styles.FAINT},
    },
}
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\ufeff\ufffe\uffff\ud800-\udfff]")
_LONGEST = 32_767


def book_bytes(write: Callable[[Any, Styles], None]) -> bytes:
    """A workbook that `write` fills."""
    import xlsxwriter

    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"in_memory": True})
    workbook.set_properties({"title": "预算绩效自评汇总", "created": _CREATED})
    workbook.set_calc_mode("auto")
    write(workbook, Styles(workbook))
    workbook.close()
    return stream.getvalue()


def clean(text: str) -> str:
    """A text of a submission as a cell takes it: nothing unprintable, not too long."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))[:_LONGEST]


def set_page(sheet: Any, pages_across: int = 1) -> None:
    """A4 across, as wide as said, page numbers below."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(pages_across, 0)
    sheet.set_footer("&L&A&C第 &P 页，共 &N 页")
    sheet.center_horizontally()
    sheet.hide_gridlines(2)


def write_table(workbook: Any, looks: Styles, table: Table, tab_colour: str = styles.LIST_TAB) -> None:
    sheet = workbook.add_worksheet(table.name)
    sheet.set_tab_color(tab_colour)
    _write_head(sheet, looks, table)
    writer = _Writer(sheet, looks)
    formats = [_formats(looks, table, column) for column in table.columns]
    for number, row in enumerate(table.rows, FIRST_ROW - 1):
        for col, (content, pick) in enumerate(zip(row, formats, strict=True)):
            writer.write(number, col, content, pick(content))
    if table.totalled and table.rows:
        _write_totals(sheet, looks, table)
    _set_up(sheet, table)


def _write_head(sheet: Any, looks: Styles, table: Table) -> None:
    title = looks.get(font_name=styles.TITLE_FONT, font_size=16, align="left")
    sheet.set_row(TITLE_ROW - 1, 30)
    sheet.write_string(TITLE_ROW - 1, 0, table.title, title)
    sheet.set_row(NOTE_ROW - 1, 18)
    sheet.write_string(NOTE_ROW - 1, 0, table.note, looks.get(font_size=9, font_color=styles.FAINT))
    heading = looks.get(
        font_size=SIZE, bold=True, align="center", border=1, border_color=LINE, bg_color=styles.HEADING_COLOUR, text_wrap=True
    )
    grouped = any(column.group for column in table.columns)
    sheet.set_row(GROUP_ROW - 1, 24 if grouped else 4)
    sheet.set_row(HEADING_ROW - 1, 34)
    col = 0
    for group, columns in groupby(table.columns, key=lambda column: column.group):
        members = list(columns)
        if group and len(members) > 1:
            sheet.merge_range(GROUP_ROW - 1, col, GROUP_ROW - 1, col + len(members) - 1, clean(group), heading)
        for column in members:
            if group and len(members) == 1:
                sheet.write_string(GROUP_ROW - 1, col, clean(group), heading)
            if grouped and not group:
                sheet.merge_range(GROUP_ROW - 1, col, HEADING_ROW - 1, col, clean(column.heading), heading)
            else:
                sheet.write_string(HEADING_ROW - 1, col, clean(column.heading), heading)
            col += 1


def _formats(looks: Styles, table: Table, column: Column) -> Callable[[Content], Any]:
    """How the cells of a column look, by what is in them."""
    base: dict[str, Any] = {"font_size": SIZE, "border": 1, "border_color": LINE}
    if column.type in _NUMBERS:
        base["num_format"] = _NUMBERS[column.type]
    elif column.type not in ("数值", "靠右"):
        base["text_wrap"] = True
    if column.type in _CENTRED:
        base["align"] = "center"
    elif column.type == "靠右":
        base |= {"align": "right", "text_wrap": True}
    plain = looks.get(**base)
    link = looks.get(**base, font_color=styles.LINK, underline=1)
    marked = {text: looks.get(**{**base, **look}) for text, look in _MARKS.get(table.marks.get(column.heading, ""), {}).items()}

    def pick(content: Content) -> Any:
        if isinstance(content, Link):
            return link if content.formula else plain
        return marked.get(content, plain) if isinstance(content, str) else plain

    return pick


class _Writer:
    """One cell at a time, texts always as texts."""

    def __init__(self, sheet: Any, looks: Styles) -> None:
        self._sheet, self._looks = sheet, looks

    def write(self, row: int, col: int, content: Content, look: Any) -> None:
        if content is None or content == "":
            self._sheet.write_blank(row, col, None, look)
        elif isinstance(content, str):
            self._sheet.write_string(row, col, clean(content), look)
        elif isinstance(content, Link):
            shown = clean(content.shown)
            if content.formula and shown == content.shown:
                self._sheet.write_formula(row, col, "=" + content.formula, look, shown)
            else:
                self._sheet.write_string(row, col, shown, look)
        elif isinstance(content, Formula):
            value = content.value
            self._sheet.write_formula(row, col, "=" + content.text, look, float(value) if isinstance(value, Decimal) else value)
        else:
            self._sheet.write_number(row, col, float(content), look)


def _write_totals(sheet: Any, looks: Styles, table: Table) -> None:
    """The row 合计, and below it where each column's figures come from."""
    row = table.total_row - 1
    base: dict[str, Any] = {"font_size": SIZE, "bold": True, "border": 1, "border_color": LINE, "bg_color": TOTAL_COLOUR}
    source = looks.get(font_size=8, font_color=styles.FAINT, text_wrap=True, align="center")
    writer = _Writer(sheet, looks)
    sheet.set_row(row, 22)
    for col, column in enumerate(table.columns):
        look = looks.get(**base, **({"num_format": _NUMBERS[column.type]} if column.type in _NUMBERS else {}))
        if col == 2:
            writer.write(row, col, "合计", looks.get(**base, align="center"))
            sheet.write_string(row + 1, col, "取自各单位工作簿的", source)
        elif column.total == "合计":
            writer.write(row, col, Formula(f"SUM({table.span(col + 1, sheet=False)})", column_sum(table, col)), look)
        else:
            writer.write(row, col, column.total or None, look)
        if column.total:
            sheet.write_string(row + 1, col, clean(column.source or "见“数据来源”"), source)


def column_sum(table: Table, col: int) -> Decimal:
    """What SUM gives for a column (from 0)."""
    numbers = [row[col] for row in table.rows]
    return sum((Decimal(number) for number in numbers if isinstance(number, Decimal | int)), Decimal(0))


def _set_up(sheet: Any, table: Table) -> None:
    widths = [_width(table, col) for col in range(len(table.columns))]
    for col, width in enumerate(widths):
        sheet.set_column(col, col, width)
    last = max(table.last_row, FIRST_ROW)
    sheet.autofilter(HEADING_ROW - 1, 0, last - 1, len(table.columns) - 1)
    sheet.freeze_panes(HEADING_ROW, table.frozen)
    across = max(1, round(sum(widths) / _PAGE_WIDTH)) if table.totalled else 1
    set_page(sheet, across)
    sheet.repeat_rows(GROUP_ROW - 1, HEADING_ROW - 1)
    if across > 1:
        sheet.repeat_columns(0, table.frozen - 1)
    end = table.total_row + 1 if table.totalled and table.rows else last
    sheet.print_area(0, 0, end - 1, len(table.columns) - 1)


def _width(table: Table, col: int) -> float:
    """Amounts must fit: a column that is too narrow shows ####."""
    column = table.columns[col]
    if column.type not in ("金额", "面积"):
        return column.width
    numbers = [row[col] for row in table.rows]
    numbers.append(column_sum(table, col))
    longest = max(len(f"{number:,.2f}") for number in numbers if isinstance(number, Decimal | int))
    return max(column.width, longest * 1.1 + 2.5)


def cell_of(row: int, column: int, sheet: str = "") -> str:
    """`'自评资金汇总'!E9` for a formula; row and column from 1."""
    place = f"{column_letters(column)}{row}"
    return f"'{sheet}'!{place}" if sheet else place
