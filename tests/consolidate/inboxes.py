"""Inboxes for tests: the three real units, changed copies of them, and what else lies in a report folder."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from samples import BEITA, SELF_RATED, as_published

from xlauto.books.book import SetCell
from xlauto.books.closed import open_book
from xlauto.model import Cell, Value

HEADING_ROW = 4

Rows = list[dict[str, Value]]


@cache
def _changed(unit: str, changes: tuple[tuple[str, Value], ...]) -> bytes:
    book = open_book(as_published(unit), unit)
    places = {name.name: name.area.place for name in book.names if name.area and not name.scope}
    return book.edited([SetCell(place=places[field], value=value) for field, value in changes])


def changed(unit: str = BEITA, **fields: Value) -> bytes:
    """A unit's workbook with some of its named cells overwritten; `__` in a name stands for the dot."""
    return _changed(unit, tuple((name.replace("__", "."), value) for name, value in fields.items()))


def put(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def units(folder: Path) -> Path:
    """An inbox with the three real units."""
    return put(folder, {f"{unit}.xlsx": as_published(unit) for unit in SELF_RATED})


def cells(path: Path, sheet: str) -> dict[tuple[int, int], Cell]:
    return dict(open_book(path).cells(sheet))


def rows(path: Path, sheet: str) -> Rows:
    """A sheet's rows by heading, its group before it (`三公经费·2022年决算数`), down to the last unit or file."""
    found = cells(path, sheet)
    width = max(col for _, col in found)
    headings: dict[int, str] = {}
    group = ""
    for col in range(1, width + 1):
        above, below = (found[row, col].text if (row, col) in found else "" for row in (HEADING_ROW - 1, HEADING_ROW))
        group = above or (group if below else "")
        headings[col] = below if not group else f"{group}·{below}" if below else group
    listed: Rows = []
    row = HEADING_ROW + 1
    while any((row, col) in found and found[row, col].text for col in (1, 2)):
        listed.append({headings[col]: found[row, col].value if (row, col) in found else None for col in headings})
        row += 1
    return listed
