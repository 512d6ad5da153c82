"""What earlier runs and people left in xlauto's own sheets: typed figures that a formula replaced, and 核实说明."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from xlauto.books.book import Book
from xlauto.sheets import AGREED, CHANGES, FINDINGS, WAS_BLANK, ListSheet, entries_of, numbered

_SHOWN = re.compile(r'=HYPERLINK\("(?:[^"]|"")*","((?:[^"]|"")*)"\)')


class Home(NamedTuple):
    """A sheet by its tab's name and by its content: the form and what tells it from others of that form."""

    sheet: str
    content: str


def home_of(sheet: str, form: str, title: str) -> Home:
    return Home(sheet, f"{form}（{title}）" if title else form)


class Record(NamedTuple):
    """A line of 更改记录: what stood in a computed cell before its formula was put back."""

    row: int
    home: Home
    field: str
    old: str
    """As text; empty for a blank."""
    note: str

    @property
    def settled(self) -> bool:
        """Whether it no longer counts as stated."""
        return self.note.startswith(AGREED)

    @property
    def edited(self) -> bool:
        """Whether a person has changed the figure since."""
        return f"原为{self.old}，" not in self.note


def records(book: Book) -> list[Record]:
    """The lines of 更改记录 that say where they belong; others are people's own."""
    wanted = [CHANGES.column(heading) - 1 for heading in ("工作表", "表", "项目", "原填", "说明")]
    found = []
    for row, texts in entries_of(book, CHANGES).items():
        sheet, content, field, old, note = (texts[col] for col in wanted)
        if sheet and field:
            found.append(Record(row, Home(sheet, content), field, old.replace(WAS_BLANK, ""), note))
    return found


def records_of(home: Home, homes: Sequence[Home], known: Sequence[Record]) -> Mapping[str, Record]:
    """A sheet's records by field, the last of each: by content, since tabs are renamed; else by the tab's name."""
    contents = Counter(each.content for each in homes)

    def belongs(record: Record) -> bool:
        unique = contents[record.home.content] == 1
        return record.home.content == home.content if unique else record.home.sheet == home.sheet

    return {record.field: record for record in known if belongs(record)}


def justifications(book: Book) -> dict[str, str]:
    """核实说明 by the key of their finding, from the sheet 校验结果; findings with the same key are numbered."""
    rows = _findings(book)
    keys = numbered(f"{code}|{sheet}|{field}" for code, sheet, field, _ in rows)
    return {key: note for key, (_, _, _, note) in zip(keys, rows, strict=True) if note}


def _findings(book: Book) -> list[tuple[str, str, str, str]]:
    """Code, sheet, field and note of each line."""
    return [
        (code, sheet_of(place), field, note.strip())
        for code, place, field, note in _columns(book, FINDINGS, ("代码", "位置", "项目", "核实说明"))
        if code
    ]


def sheet_of(place: str) -> str:
    """The sheet of `表!B3`; of a link that a program has saved without its text, too."""
    link = _SHOWN.fullmatch(place)
    shown = link[1].replace('""', '"') if link else place
    return shown.rpartition("!")[0] or shown


def _columns(book: Book, own: ListSheet, headings: Sequence[str]) -> list[list[str]]:
    columns = [own.column(heading) - 1 for heading in headings]
    return [[texts[col] for col in columns] for texts in entries_of(book, own).values()]
