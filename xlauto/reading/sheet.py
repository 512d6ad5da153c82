"""One sheet of one form while it is being read: its cells, its names, and the way to report on it.

What is read into it is decided in the modules fields, table and layout.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from xlauto import catalogue
from xlauto.books.book import Book, Name
from xlauto.model import BLANK_CELL, Area, Cell, Kind, Parsed, Place
from xlauto.reading.earlier import Record
from xlauto.reading.rings import Rings
from xlauto.scheme.forms import Form
from xlauto.submission import SheetRead, Submission
from xlauto.values import Spec, parse

TALL, WIDE = 1_000, 100
"""Names and merges of more rows or columns than any form has are only followed as far as something is filled in."""

Named = Mapping[str, Name]


class SheetReader:
    """`names` are all names in the scope of the form: the workbook's, or those of this sheet of a repeating form."""

    def __init__(self, book: Book, submission: Submission, form: Form, sheet: str, names: Named, rings: Rings) -> None:
        self.book, self.submission, self.form, self.names = book, submission, form, names
        self.rings = rings
        self.earlier: Mapping[str, Record] = {}
        """What the unit had typed where a formula was put back, by field."""
        self.read_into = SheetRead(form, sheet)
        self.cells: Mapping[tuple[int, int], Cell] = book.cells(sheet)
        self.date1904 = bool(getattr(book, "date1904", False))
        self.missing: dict[str, str] = {}
        """Names that are gone, with the words that messages have for them."""
        self.subtotals: set[int] = set()
        """Rows with a sum of the unit's own, which are left out."""
        self.added: set[int] = set()
        """First rows of those that were added below a named range and are read with it."""

    @property
    def sheet(self) -> str:
        return self.read_into.sheet

    @cached_property
    def title(self) -> str:
        """What tells this sheet from others of its form, as typed: the project's name."""
        area = self.area(self.form.definition.per) if self.form.definition.per else None
        if area is None:
            return ""
        cell = self.cell(area.top, area.left)
        return parse(cell, self.form.fields[self.form.definition.per].spec, self.date1904).text

    def cell(self, row: int, col: int) -> Cell:
        return self.cells.get((row, col), BLANK_CELL)

    def text(self, row: int, col: int) -> str:
        """A cell's text; empty where there is none or a number."""
        cell = self.cell(row, col)
        return cell.text if cell.kind is Kind.TEXT else ""

    def area(self, name: str) -> Area | None:
        """Where a name lies on this sheet; None if it is gone, or has been moved to another."""
        found = self.names.get(name)
        if found is None or found.area is None or found.area.sheet != self.sheet:
            return None
        area = found.area
        return area if area.bottom - area.top < TALL else area._replace(bottom=max(area.top, self._last_filled_row))

    @cached_property
    def _last_filled_row(self) -> int:
        return max((row for (row, _), cell in self.cells.items() if cell.text), default=1)

    @cached_property
    def merges(self) -> list[Area]:
        return list(self.book.merges(self.sheet))

    @cached_property
    def swallowed(self) -> Mapping[tuple[int, int], Area]:
        """The cells that a merge covers, its top left cell excepted: their values are lost."""
        covered: dict[tuple[int, int], Area] = {}
        for merge in self.merges:
            if merge.bottom - merge.top >= TALL:
                merge = merge._replace(bottom=max(merge.top, self._last_filled_row))
            right = min(merge.right, merge.left + WIDE)
            for row in range(merge.top, merge.bottom + 1):
                covered |= {(row, col): merge for col in range(merge.left, right + 1)}
            del covered[merge.top, merge.left]
        return covered

    @cached_property
    def lost_names(self) -> bool:
        """Whether rows, columns or sheets that formulas refer to have been deleted."""
        return any("#REF!" in name.refers_to and not name.name.startswith("_") for name in self.book.names) or any(
            name not in self.names for name in self.form.fields
        )

    def find(self, code: str, place: Place | None, name: str, *, refused: bool = False, **params: Any) -> None:
        where = self.submission.where(self.read_into, place, name)
        self.submission.findings.append(catalogue.finding(code, where, refused=refused, **params))

    def leave_out(self, place: Place, name: str, table: str, label: str) -> None:
        """A row of 合计 or 小计 among rows that are added up anyway: told once."""
        if place.row not in self.subtotals:
            self.subtotals.add(place.row)
            self.find("版式10", place, name, table=table, label=label.strip())

    def parsed(self, cell: Cell, place: Place, name: str, spec: Spec) -> Parsed:
        """The cell's meaning; its notes become findings."""
        parsed = parse(cell, spec, self.date1904)
        if cell.kind is Kind.TEXT and cell.formula is None and parsed.text.startswith(("=", "@")):
            self.find("值27", place, name, raw=parsed.text[:40])
        if parsed.notes:
            where = self.submission.where(self.read_into, place, name)
            self.submission.findings += [catalogue.from_note(note, where, parsed.state) for note in parsed.notes]
        return parsed
