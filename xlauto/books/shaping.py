"""What a new template needs beside cells and names: copies of a sheet, and hidden names that hold a text.

For workbooks that the bureau itself gives out; a unit's own workbook never needs these."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from xlauto.books.closed import ClosedBook
from xlauto.books.draft import Draft
from xlauto.books.package import Damaged
from xlauto.books.structure import relations
from xlauto.model import CannotGoOn

_ALONE = frozenset({"printerSettings"})
"""What a sheet may relate to and still be copied: a copy does well without."""
_VIEW = re.compile(rb"""\s(?:tabSelected|r:id)\s*=\s*(?:"[^"]*"|'[^']*')""")
_TAGS = re.compile(rb"<(?:\w+:)?(?:sheetView|pageSetup)\b[^>]*>")


def shaped(book: ClosedBook, copies: Sequence[tuple[str, str]], marks: Mapping[str, str]) -> ClosedBook:
    """The workbook with sheets copied (from, to) to its end and with `marks` as hidden names that hold a text.

    Raises CannotGoOn (程序25) if a sheet has drawings, comments or tables, which a copy would have to share.
    """
    try:
        draft = Draft(book.package, book.structure)
        for source, name in copies:
            part = book.part_name(source)
            kinds = {found.kind for found in relations(book.package, part).values()} - _ALONE
            if kinds:
                fact = f"工作表“{source}”有图形、批注或表格，不能由程序复制（{'、'.join(sorted(kinds))}）"
                raise CannotGoOn("程序25", book.label, fact, "请在Excel中用“移动或复制”增加项目表")
            xml = _TAGS.sub(lambda found: _VIEW.sub(b"", found[0]), book.package.xml(part))
            draft.put_sheet(name, xml)
        for name, text in marks.items():
            draft.set_constant(name, text)
        return book.sibling(draft.data()) if draft.is_changed else book
    except Damaged as error:
        raise CannotGoOn("文件02", book.label, f"文件损坏（{error}）", "请重新保存后再用") from error
