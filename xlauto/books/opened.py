"""A workbook's file opened under guard and read sheet by sheet on demand. Nothing here changes anything."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from xlauto.books import scan, slow
from xlauto.books.book import Name, SheetInfo
from xlauto.books.cells import Context, assemble
from xlauto.books.package import LIMITS, Damaged, Limits, Package
from xlauto.books.structure import SheetPart, Structure
from xlauto.model import Area, CannotGoOn, Cell, Note, column_number

if TYPE_CHECKING:
    from xlauto.books.layout import Layout

_MERGE = re.compile(rb"""<(?:\w+:)?mergeCell\s+ref\s*=\s*["']([A-Z]+)([0-9]+)(?::([A-Z]+)([0-9]+))?["']""")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
_ROW_NUMBER = re.compile(rb"""\br\s*=\s*["']([0-9]+)["']""")
_HIDDEN = re.compile(rb"""\bhidden\s*=\s*["'](?:1|true)["']""")


class OpenedBook:
    """What a file holds. Sheets are parsed on first access. `limits` hold for all that may come from a stranger."""

    limits: Limits = LIMITS

    def __init__(self, data: bytes, path: Path | None, label: str) -> None:
        self.path, self.label = path, label
        self._load(data)

    def _load(self, data: bytes) -> None:
        self.sha256 = hashlib.sha256(data).hexdigest()
        self._cells: dict[str, dict[tuple[int, int], Cell]] = {}
        self._merges: dict[str, list[Area]] = {}
        self._layouts: dict[str, Layout] = {}
        self.package = Package(data, self.label, self.limits)
        with self.faults():
            self.structure = Structure(self.package)
        self._parts = {sheet.info.name: sheet for sheet in self.structure.sheets}

    @property
    def sheets(self) -> Sequence[SheetInfo]:
        return [sheet.info for sheet in self.structure.sheets]

    @cached_property
    def names(self) -> Sequence[Name]:
        with self.faults():
            return self.structure.names()

    @cached_property
    def remarks(self) -> Sequence[Note]:
        """Protection, macros, links, embedded objects, hidden sheets: accepted, but to be known."""
        with self.faults():
            return self.structure.remarks()

    @property
    def date1904(self) -> bool:
        """Whether dates count from 1904 instead of 1900."""
        return self.structure.date1904

    @property
    def code(self) -> bool:
        """Whether the file carries a macro project. It is never run."""
        return self.structure.part_of("vbaProject") is not None

    def cells(self, sheet: str) -> Mapping[tuple[int, int], Cell]:
        if sheet not in self._cells:
            with self.faults():
                self._cells[sheet] = self._read(self._part(sheet))
        return self._cells[sheet]

    def merges(self, sheet: str) -> Sequence[Area]:
        if sheet not in self._merges:
            with self.faults():
                found = _MERGE.findall(self.package.xml(self._part(sheet).part))
            self._merges[sheet] = [_area(sheet, *(text.decode() for text in groups)) for groups in found]
        return self._merges[sheet]

    def hidden_rows(self, sheet: str) -> frozenset[int]:
        """The rows that are out of sight, by hand or by a filter."""
        with self.faults():
            xml = self.package.xml(self._part(sheet).part)
        if b"hidden" not in xml:
            return frozenset()
        rows = (found[0] for found in _ROW.finditer(xml))
        return frozenset(int(number[1]) for row in rows if _HIDDEN.search(row) and (number := _ROW_NUMBER.search(row)))

    def layout(self, sheet: str) -> Layout:
        """Where the sheet's cells stand in its XML."""
        if sheet not in self._layouts:
            from xlauto.books.layout import layout_of

            part = self.part_name(sheet)
            with self.faults():
                self._layouts[sheet] = layout_of(self.package.xml(part), part)
        return self._layouts[sheet]

    def arrays(self, sheet: str) -> Sequence[Area]:
        """Where array formulas and data tables lie; their cells can only be changed together."""
        xml = self.package.xml(self.part_name(sheet))
        return self.layout(sheet).arrays if b"array" in xml or b"dataTable" in xml else []

    def part_name(self, sheet: str) -> str:
        return self._part(sheet).part

    def sibling(self, data: bytes) -> Self:
        """Another state of the same workbook."""
        return type(self)(data, self.path, self.label)

    @cached_property
    def _context(self) -> Context:
        return self.structure.context()

    def _part(self, sheet: str) -> SheetPart:
        try:
            return self._parts[sheet]
        except KeyError:
            raise KeyError(f"{self.label}：没有工作表“{sheet}”") from None

    def _read(self, sheet: SheetPart) -> dict[tuple[int, int], Cell]:
        if not sheet.is_grid:
            return {}
        xml = self.package.xml(sheet.part)
        hits = scan.sheet_hits(xml)
        if hits is None:
            return assemble(slow.sheet_hits(xml, sheet.part), self._context)
        return assemble(hits, self._context, escaped=b"&" in xml)

    @contextmanager
    def faults(self) -> Iterator[None]:
        """Damage found in a part is told with the file's name."""
        try:
            yield
        except Damaged as error:
            raise CannotGoOn("文件02", self.label, f"文件损坏（{error}）", "请重新保存后报送") from error


def _area(sheet: str, left: str, top: str, right: str, bottom: str) -> Area:
    return Area(sheet, int(top), column_number(left), int(bottom or top), column_number(right or left))
