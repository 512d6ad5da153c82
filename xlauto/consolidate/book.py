"""The summary book: tables -> sheets with XlsxWriter, formulas with their values, set up for print."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from pathlib import Path
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
from xlauto.look import heights, styles
from xlauto.look.styles import Styles

SIZE = 10
_EM = SIZE / 0.75
TOTAL_COLOUR = "#FFF2CC"
BOXED: dict[str, Any] = {"font_size": SIZE, "border": 1, "border_color": "#A6A6A6"}
"""What all cells of tables have in common."""
_CREATED = datetime(2000, 1, 1)
"""A fixed date: the same input gives the same bytes."""
_SCALE, _PAGE_PIXELS = 68, 1440.0
"""The smallest print that a summed table gets, in percent, and the pixels that an A4 page across then has. Wider tables
go over several pages."""
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
_TITLE = "预算绩效自评汇总"
"""The title among the book's properties, by which a summary is known again."""
_PROPERTIES, _MOST_PROPERTIES = "docProps/core.xml", 100_000


def book_bytes(write: Callable[[Any, Styles], None]) -> bytes:
    """A workbook that `write` fills."""
    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

    class Sheet(Worksheet):  # type: ignore[misc]
        """Leaves formulas as they are: a file name within HYPERLINK may look like a newer function, and the search
        for those takes longer than all other writing."""

        def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
            return formula.removeprefix("=")

    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream)
    workbook.worksheet_class = Sheet
    workbook.set_properties({"title": _TITLE, "created": _CREATED})
    workbook.set_calc_mode("auto")
    write(workbook, Styles(workbook))
    workbook.close()
    return stream.getvalue()


def is_summary(file: Path | bytes) -> bool:
    """Whether the file, or what it contains, is a summary that was made here, whoever saved it since."""
    try:
        with zipfile.ZipFile(io.BytesIO(file) if isinstance(file, bytes) else file) as package:
            if package.getinfo(_PROPERTIES).file_size > _MOST_PROPERTIES:
                return False
            properties = package.read(_PROPERTIES)
    except (OSError, KeyError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error):
        return False
    return f">{_TITLE}<".encode() in properties


def clean(text: str) -> str:
    """A text of a submission as a cell takes it: nothing unprintable, not too long."""
    if text.isprintable():
        return text[:_LONGEST]
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))[:_LONGEST]


def set_page(sheet: Any) -> None:
    """A4 across, one page wide, page numbers below."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&C第 &P 页，共 &N 页")
    sheet.center_horizontally()
    sheet.hide_gridlines(2)


def write_table(workbook: Any, looks: Styles, table: Table, tab_colour: str = styles.LIST_TAB) -> None:
    sheet = workbook.add_worksheet(table.name)
    sheet.set_tab_color(tab_colour)
    _write_head(sheet, looks, table)
    writer = _Writer(sheet, looks)
    formats = [_formats(looks, table, column) for column in table.columns]
    printed = table.columns[: table.printed or None]
    wrapped = [(col, heights.column_pixels(c.width)) for col, c in enumerate(printed) if c.type not in _NUMBERS]
    for number, row in enumerate(table.rows, FIRST_ROW - 1):
        sheet.set_row(number, _height(row, wrapped))
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
    heading = looks.get(**BOXED, bold=True, align="center", bg_color=styles.HEADING_COLOUR, text_wrap=True)
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


def _height(row: Sequence[Content], wrapped: Sequence[tuple[int, float]]) -> float:
    """What the longest text of a row needs in its column: neither Excel nor LibreOffice measures rows on opening."""
    lines = 1
    for col, pixels in wrapped:
        content = row[col]
        text = content.shown if isinstance(content, Link) else content
        if isinstance(text, str) and (len(text) * _EM > pixels - _EM or "\n" in text):
            lines = max(lines, _lines(text, pixels))
    return min(heights.MOST, lines * SIZE * 1.3 + 8)


@lru_cache(maxsize=10_000)
def _lines(text: str, pixels: float) -> int:
    return heights.lines_of(text, pixels, SIZE)


def _formats(looks: Styles, table: Table, column: Column) -> Callable[[Content], Any]:
    """How the cells of a column look, by what is in them."""
    base = dict(BOXED)
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
    marks = _MARKS.get(table.marks.get(column.heading, ""), {})
    marked = {text: looks.get(**{**base, **look}) for text, look in marks.items()}

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
            self._sheet.write_formula(row, col, "=" + content.text, look, cached(content))
        else:
            # As a Decimal: XlsxWriter shows sixteen digits, which turns the float 969.32 into 969.3200000000001.
            self._sheet.write_number(row, col, content, look)


def _write_totals(sheet: Any, looks: Styles, table: Table) -> None:
    """The row 合计, and below it where each column's figures come from."""
    row = table.total_row - 1
    base = {**BOXED, "bold": True, "bg_color": TOTAL_COLOUR}
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
    printed = table.printed or len(table.columns)
    end = table.total_row + 1 if table.totalled and table.rows else last
    set_page(sheet)
    sheet.print_area(0, 0, end - 1, printed - 1)
    sheet.repeat_rows(GROUP_ROW - 1, HEADING_ROW - 1)
    breaks = _page_breaks(table, widths[:printed])
    if breaks:
        sheet.set_print_scale(_SCALE)
        sheet.set_v_pagebreaks(breaks)
        sheet.repeat_columns(0, table.frozen - 1)


def _page_breaks(table: Table, widths: Sequence[float]) -> list[int]:
    """Where a table too wide for one page is cut: before a group, the frozen columns repeated on each page.

    LibreOffice sets the room of repeated columns aside twice; so does this.
    """
    pixels = [heights.column_pixels(width) for width in widths]
    if not table.totalled or sum(pixels) <= _PAGE_PIXELS:
        return []
    room = _PAGE_PIXELS - 2 * sum(pixels[: table.frozen])
    breaks: list[int] = []
    used = 0.0
    for _, group in groupby(range(table.frozen, len(widths)), key=lambda col: table.columns[col].group or col):
        members = list(group)
        needed = sum(pixels[col] for col in members)
        if used and used + needed > room:
            breaks.append(members[0])
            used = 0.0
        used += needed
    return breaks


def _width(table: Table, col: int) -> float:
    """Amounts must fit: a column that is too narrow shows ####."""
    column = table.columns[col]
    if column.type not in ("金额", "面积"):
        return column.width
    numbers = [row[col] for row in table.rows]
    numbers.append(column_sum(table, col))
    longest = max(len(f"{number:,.2f}") for number in numbers if isinstance(number, Decimal | int))
    return max(column.width, longest * 1.1 + 2.5)


def cached(formula: Formula) -> float | str:
    """A formula's value as XlsxWriter takes it."""
    return float(formula.value) if isinstance(formula.value, Decimal) else formula.value
