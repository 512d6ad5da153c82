"""A workbook as a closed file: opened under guard, read sheet by sheet on demand, edited by a lossless patch.

What only writing needs is imported when something is written: checking alone starts faster."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from xlauto.books import scan, slow
from xlauto.books.book import Edit, Name, SheetInfo
from xlauto.books.cells import Context, assemble
from xlauto.books.files import read_file, refuse_unwritable, replace_file
from xlauto.books.package import LIMITS, Damaged, Limits, Package
from xlauto.books.structure import SheetPart, Structure
from xlauto.books.xmltree import parse
from xlauto.model import Area, CannotGoOn, Cell, Note, column_number

if TYPE_CHECKING:
    from xlauto.books.layout import Layout

_MERGE = re.compile(rb"""<(?:\w+:)?mergeCell\s+ref\s*=\s*["']([A-Z]+)([0-9]+)(?::([A-Z]+)([0-9]+))?["']""")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
_ROW_NUMBER = re.compile(rb"""\br\s*=\s*["']([0-9]+)["']""")
_HIDDEN = re.compile(rb"""\bhidden\s*=\s*["'](?:1|true)["']""")


def open_book(source: Path | bytes, label: str = "") -> ClosedBook:
    """Open a workbook file, or its bytes. Raises CannotGoOn if it is none or cannot be trusted."""
    if isinstance(source, bytes):
        return ClosedBook(source, None, label or "工作簿")
    path = Path(source)
    name = label or path.name
    return ClosedBook(read_file(path, name), path, name)


class ClosedBook:
    """Implements `Book`. Sheets are parsed on first access. `limits` hold for all that may come from a stranger."""

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
        with self._faults():
            self.structure = Structure(self.package)
        self._parts = {sheet.info.name: sheet for sheet in self.structure.sheets}

    @property
    def sheets(self) -> Sequence[SheetInfo]:
        return [sheet.info for sheet in self.structure.sheets]

    @cached_property
    def names(self) -> Sequence[Name]:
        with self._faults():
            return self.structure.names()

    @cached_property
    def remarks(self) -> Sequence[Note]:
        """Protection, macros, links, embedded objects, hidden sheets: accepted, but to be known."""
        with self._faults():
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
            with self._faults():
                self._cells[sheet] = self._read(self._part(sheet))
        return self._cells[sheet]

    def merges(self, sheet: str) -> Sequence[Area]:
        if sheet not in self._merges:
            with self._faults():
                found = _MERGE.findall(self.package.xml(self._part(sheet).part))
            self._merges[sheet] = [_area(sheet, *(text.decode() for text in groups)) for groups in found]
        return self._merges[sheet]

    def hidden_rows(self, sheet: str) -> frozenset[int]:
        """The rows that are out of sight, by hand or by a filter."""
        with self._faults():
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
            with self._faults():
                self._layouts[sheet] = layout_of(self.package.xml(part), part)
        return self._layouts[sheet]

    def arrays(self, sheet: str) -> Sequence[Area]:
        """Where array formulas and data tables lie; their cells can only be changed together."""
        xml = self.package.xml(self.part_name(sheet))
        return self.layout(sheet).arrays if b"array" in xml or b"dataTable" in xml else []

    def part_name(self, sheet: str) -> str:
        return self._part(sheet).part

    def sibling(self, data: bytes) -> ClosedBook:
        """Another state of the same workbook."""
        return ClosedBook(data, self.path, self.label)

    def calculated(self) -> ClosedBook:
        """The workbook with every cached value worked out anew."""
        from xlauto.books.recalculate import recalculated

        with self._faults():
            return recalculated(self, frozenset())

    def edited(self, edits: Sequence[Edit]) -> bytes:
        """The file's bytes after the edits, without writing anything."""
        from xlauto.books.editing import edited

        with self._faults():
            return edited(self, edits).package.data

    def commit(self, edits: Sequence[Edit], output: Path | None = None) -> None:
        """Write the edits, all or none, and keep the previous file as `.bak`; or write elsewhere and leave this file.

        Without a change the file stays untouched. Afterwards the book shows what was written (unless elsewhere).
        """
        from xlauto.books.editing import edited

        target = output or self.path
        if target is None:
            raise ValueError("a workbook that came as bytes is committed to an output path")
        in_place = self.path is not None and target.exists() and target.samefile(self.path)
        refuse_unwritable(target, self.label)
        with self._faults():
            result = edited(self, edits)
        if in_place and result is self:
            return

        def verify(written: bytes) -> None:
            self._verify(written, edits)

        replace_file(target, result.package.data, self.label, verify, self.sha256 if in_place else "")
        if in_place:
            self.__dict__ = result.__dict__

    def _verify(self, written: bytes, edits: Sequence[Edit]) -> None:
        """Open what was written: checksums, well-formed parts, every sheet readable, the edits in place."""
        from xlauto.books.editing import missing

        try:
            book = self.sibling(written)
            for name in book.package.names:
                is_new = name not in self.package or self.package.part(name) != book.package.part(name)
                if is_new and name.endswith((".xml", ".rels")):
                    parse(book.package.xml(name), name)
            for sheet in book.sheets:
                book.cells(sheet.name)
            wrong = [f"{place.sheet}!{place.ref}" for place in missing(book, edits)]
        except (Damaged, CannotGoOn) as error:
            wrong = [str(error)]
        if wrong:
            raise CannotGoOn("程序02", self.label, f"写入后核对不符（{wrong[0]}），原文件未动", "请报告此错误")

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
    def _faults(self) -> Iterator[None]:
        """Damage found in a part is told with the file's name."""
        try:
            yield
        except Damaged as error:
            raise CannotGoOn("文件02", self.label, f"文件损坏（{error}）", "请重新保存后报送") from error


def _area(sheet: str, left: str, top: str, right: str, bottom: str) -> Area:
    return Area(sheet, int(top), column_number(left), int(bottom or top), column_number(right or left))
