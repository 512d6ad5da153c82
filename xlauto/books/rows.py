"""Heights of rows: only the attributes of the `<row>` tags meant change. What the rows hold is not here."""

from __future__ import annotations

import re
from collections.abc import Sequence

from xlauto.books.applying import Opened
from xlauto.books.book import SetRowHeight
from xlauto.books.draft import Draft
from xlauto.books.layout import Layout, RowSpan

_HEIGHT = re.compile(rb"""\s(?:ht|customHeight)\s*=\s*(?:"[^"]*"|'[^']*')""")
_END = re.compile(rb"\s*/?>$")


def with_heights(book: Opened, edits: Sequence[SetRowHeight]) -> Opened:
    """The workbook with these rows as high as said; `book` itself if they are. A row that holds nothing has none."""
    draft = Draft(book.package, book.structure)
    for sheet in dict.fromkeys(edit.sheet for edit in edits):
        layout = book.layout(sheet)
        wanted = {edit.row: edit.points for edit in edits if edit.sheet == sheet}
        wrong = [row for number, row in layout.rows.items() if number in wanted and not _is(row, wanted[number])]
        if wrong:
            draft.put(book.part_name(sheet), _with_heights(layout, wrong, wanted))
    return book.sibling(draft.data()) if draft.is_changed else book


def _is(row: RowSpan, points: float) -> bool:
    return row.attributes.get("ht") == _points(points) and row.attributes.get("customHeight") == "1"


def _with_heights(layout: Layout, rows: Sequence[RowSpan], wanted: dict[int, float]) -> bytes:
    pieces, at = [], 0
    for row in sorted(rows, key=lambda row: row.start):
        tag = _HEIGHT.sub(b"", layout.xml[row.start : row.inner])
        end = _END.search(tag)
        assert end
        height = f' ht="{_points(wanted[row.number])}" customHeight="1"'.encode()
        pieces += [layout.xml[at : row.start], tag[: end.start()], height, end[0]]
        at = row.inner
    return b"".join([*pieces, layout.xml[at:]])


def _points(points: float) -> str:
    return f"{points:g}"
