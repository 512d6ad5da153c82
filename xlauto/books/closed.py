"""A workbook as a closed file: what it holds, and its edits as a lossless patch that is written whole or not at all.

What only writing needs is imported when something is written: checking alone starts faster."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xlauto.books.book import Edit
from xlauto.books.files import read_file, refuse_unwritable, replace_file
from xlauto.books.opened import OpenedBook
from xlauto.books.package import Damaged
from xlauto.books.xmltree import parse
from xlauto.model import CannotGoOn


def open_book(source: Path | bytes, label: str = "") -> ClosedBook:
    """Open a workbook file, or its bytes. Raises CannotGoOn if it is none or cannot be trusted."""
    if isinstance(source, bytes):
        return ClosedBook(source, None, label or "工作簿")
    path = Path(source)
    name = label or path.name
    return ClosedBook(read_file(path, name), path, name)


class ClosedBook(OpenedBook):
    """Implements `Book`."""

    def calculated(self) -> ClosedBook:
        """The workbook with every cached value worked out anew."""
        from xlauto.books.recalculate import recalculated

        with self.faults():
            return recalculated(self, frozenset())

    def edited(self, edits: Sequence[Edit]) -> bytes:
        """The file's bytes after the edits, without writing anything."""
        from xlauto.books.editing import edited

        with self.faults():
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
        with self.faults():
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
