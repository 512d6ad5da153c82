"""What earlier runs and people left in xlauto's own sheets: typed figures that a formula replaced, and 核实说明."""

from __future__ import annotations

from xlauto.books.book import Book
from xlauto.model import BLANK_CELL
from xlauto.sheets import CHANGES, FINDINGS, WAS_BLANK, ListSheet


def stated_before(book: Book) -> dict[tuple[str, str], str]:
    """What units had typed where a formula was put back: (sheet, field) -> text, from the sheet 更改记录."""
    return {
        (sheet, field): old.replace(WAS_BLANK, "")
        for sheet, field, old in _rows(book, CHANGES, ("工作表", "项目", "原填"))
        if sheet and field
    }


def justifications(book: Book) -> dict[str, str]:
    """核实说明 by the key of their finding, from the sheet 校验结果."""
    notes: dict[str, str] = {}
    for code, place, field, note in _rows(book, FINDINGS, ("代码", "位置", "项目", "核实说明")):
        if code and note.strip():
            sheet = place.rpartition("!")[0] or place
            notes[f"{code}|{sheet}|{field}"] = note.strip()
    return notes


def _rows(book: Book, own: ListSheet, headings: tuple[str, ...]) -> list[list[str]]:
    """The texts of these columns, row by row; nothing if the sheet is not there."""
    if own.name not in {info.name for info in book.sheets}:
        return []
    cells = book.cells(own.name)
    columns = [own.column(heading) for heading in headings]
    return [
        [cells.get((row, col), BLANK_CELL).text for col in columns]
        for row in sorted({row for row, _ in cells if row > 1})
    ]
