"""What becomes of the lines of 更改记录: formulas put back are added, figures that agree by now are settled."""

from __future__ import annotations

from collections.abc import Sequence

from xlauto.books.book import Book
from xlauto.filling import Restored
from xlauto.model import Value
from xlauto.reading.earlier import Home, Record, home_of, records, records_of
from xlauto.sheets import AGREED, CHANGES, HEADING_ROW, WAS_BLANK, entries_of
from xlauto.submission import SheetRead, Submission

RESTORED = "已恢复公式"


def changed_rows(book: Book, submission: Submission, restored: Sequence[Restored]) -> dict[int, Sequence[Value]]:
    """The lines that are new or different, by row. `submission` is as it reads once the formulas are back."""
    present, known = entries_of(book, CHANGES), records(book)
    homes = {sheet.sheet: _home(sheet) for sheet in submission.every()}
    own = {name: records_of(home, list(homes.values()), known) for name, home in homes.items()}
    rows: dict[int, Sequence[Value]] = {}
    for sheet in submission.every():
        for record in own[sheet.sheet].values():
            if _agrees(sheet, record):
                rows[record.row] = _settled(present[record.row])
    last = max(present, default=HEADING_ROW)
    for item in restored:
        before = own[item.sheet.sheet].get(item.entry.field.name)
        last += before is None
        rows[before.row if before else last] = _restored(item, homes[item.sheet.sheet])
    return rows


def _home(sheet: SheetRead) -> Home:
    return home_of(sheet.sheet, sheet.form.name, sheet.title)


def _agrees(sheet: SheetRead, record: Record) -> bool:
    """Whether the figure that was typed is what the formula gives by now."""
    entry = sheet.entry(record.field)
    if record.settled or entry is None or not entry.live or entry.stated.number is None:
        return False
    return entry.stated.number == entry.parsed.number


def _settled(texts: Sequence[str]) -> Sequence[Value]:
    """A line that no longer counts; what a person wrote behind it stays."""
    at = CHANGES.column("说明") - 1
    note = texts[at]
    words = AGREED if note.startswith(RESTORED) or not note else f"{AGREED}；{note}"
    return [*(text or None for text in texts[:at]), words, *(text or None for text in texts[at + 1 :])]


def _restored(item: Restored, home: Home) -> Sequence[Value]:
    place, name = item.entry.place, item.entry.field.name
    was = item.old or WAS_BLANK
    note = f"{RESTORED}：原为{was}，公式结果{item.new_text or '空'}；核对无误后可删去本行"
    if item.same:
        note = f"{AGREED}：公式已恢复，原数与公式相同"
    return (place.sheet, place.ref, name, was, item.new_text or None, note, home.content)
