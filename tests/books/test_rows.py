"""Row heights: only the attributes of the rows meant change, and a row that is as wanted is no change."""

from __future__ import annotations

import re

import pytest
from books.rawbook import book

from xlauto.books.book import SetRowHeight
from xlauto.books.closed import open_book

ROWS = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2" ht=\'9\' spans="1:1"><c r="A2"><v>2</v></c></row><row r="3"/>'


def tags(xml: bytes) -> list[str]:
    return re.findall(r"<row [^>]*>", xml.decode())


def made() -> bytes:
    return book(ROWS)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (1, '<row r="1" ht="31.5" customHeight="1">'),
        (2, '<row r="2" spans="1:1" ht="31.5" customHeight="1">'),
        (3, '<row r="3" ht="31.5" customHeight="1"/>'),
    ],
)
def test_one_row_grows(row: int, expected: str) -> None:
    opened = open_book(made())
    name = opened.sheets[0].name
    before = tags(opened.package.part(opened.part_name(name)))
    data = opened.edited([SetRowHeight(sheet=name, row=row, points=31.5)])
    after = tags(open_book(data).package.part(opened.part_name(name)))
    assert after[row - 1] == expected
    assert [tag for i, tag in enumerate(after) if i != row - 1] == [tag for i, tag in enumerate(before) if i != row - 1]


def test_same_height_and_missing_row_are_no_change() -> None:
    opened = open_book(made())
    name = opened.sheets[0].name
    edits = [SetRowHeight(sheet=name, row=1, points=31.5), SetRowHeight(sheet=name, row=99, points=10)]
    data = opened.edited(edits)
    assert open_book(data).edited(edits) == data
    assert opened.edited(edits[1:]) == opened.package.data
