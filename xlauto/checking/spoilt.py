"""Texts in score tables that are read as a figure or a choice, and that the formulas of the form cannot use.

The system counts `2个`, the printed form does not: its points, total and grade are then others than the system's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from xlauto import catalogue
from xlauto.checking.uses import Key, Uses, key_of
from xlauto.compute import Basis, View
from xlauto.formula import Ref, names
from xlauto.formula.evaluate import Result
from xlauto.model import Finding, Kind
from xlauto.scores import Score
from xlauto.scoring import points_of
from xlauto.submission import Entry, SheetRead, Submission
from xlauto.values import show

READ_ALL_THE_SAME = ("值01", "值02", "值04", "值08", "值14", "值15")
"""What reading says of such a figure where no formula minds."""
MOST = 200
"""So many cells are looked at one by one; a unit that has more sees the rest when these are mended."""


class Misread(NamedTuple):
    """A cell with a text, and the figure or the choice that it is read as. `at` tells cells of one field apart."""

    sheet: SheetRead
    entry: Entry
    at: int
    value: Decimal | str

    @property
    def key(self) -> tuple[str, str, int]:
        return self.sheet.sheet, self.entry.field.name, self.at


def told_as_errors(submission: Submission, scores: Sequence[Score]) -> Submission:
    """The submission, with such cells as 错误 (值36) in the place of what reading said of them."""
    cells = [*_misread(submission)] if submission.scheme.items else []
    found = {(f.where.sheet, f.where.cell): f for f in _spoiling(submission, scores, cells[:MOST])}
    if not found:
        return submission
    findings = []
    for finding in submission.findings:
        cell = (finding.where.sheet, finding.where.cell)
        if finding.code not in READ_ALL_THE_SAME or cell not in found:
            findings.append(finding)
    return replace(submission, findings=[*findings, *found.values()])


def _misread(submission: Submission) -> Iterator[Misread]:
    for sheet in submission.every():
        for found in sheet.entries.values():
            for at, entry in enumerate(found):
                value = _other_than_its_cell(entry)
                if value is not None:
                    yield Misread(sheet, entry, at, value)


def _other_than_its_cell(entry: Entry) -> Decimal | str | None:
    """What a typed text is read as, if that is not the very text. A cell with a label inside is text by design."""
    if entry.live or entry.cell.kind is not Kind.TEXT or entry.field.spec.prefix:
        return None
    if entry.parsed.number is not None:
        return entry.parsed.number
    choice = entry.parsed.text if entry.field.spec.choices else ""
    return choice if choice and choice != entry.cell.text else None


def _spoiling(submission: Submission, scores: Sequence[Score], cells: Sequence[Misread]) -> Iterator[Finding]:
    if not cells:
        return
    sheets = {sheet.sheet: sheet for sheet in submission.every()}
    as_cells = View(submission, next(iter(sheets.values())), Basis.CELL, points_of(scores))
    meant: dict[tuple[str, str, int], Result] = {cell.key: cell.value for cell in cells}
    as_meant = as_cells.with_values(meant)
    using = _using(submission, {cell.key[:2] for cell in cells})
    for cell in cells:
        but_this = as_cells.with_values({key: value for key, value in meant.items() if key != cell.key})
        spoilt = [
            (entry, words)
            for entry in using.get(cell.key[:2], ())
            if (words := _spoilt(entry, but_this.computed(entry), as_meant.computed(entry))) is not None
        ]
        if spoilt:
            yield _told(submission, cell, spoilt)


def _using(submission: Submission, wanted: set[Key]) -> Mapping[Key, Sequence[Entry]]:
    """The formulas that stand on the form and name the cells, also through others: those of items come first, then
    those of the same sheet, then those that name the cell itself."""
    uses, found = Uses(submission), dict[Key, list[Entry]]()
    formulas = [
        (sheet, entry)
        for sheet in submission.every()
        for entries in sheet.entries.values()
        for entry in entries
        if entry.field.expr is not None and (entry.live or entry.field.item)
    ]
    for sheet, entry in formulas:
        for key in uses.below(sheet, entry) & wanted - {key_of(sheet, entry)}:
            found.setdefault(key, []).append(entry)
    return {
        key: sorted(entries, key=lambda e: (not e.field.item, e.place.sheet != key[0], key[1] not in _named(e)))
        for key, entries in found.items()
    }


def _named(entry: Entry) -> set[str]:
    return {ref.name for ref in names(entry.field.expr) if isinstance(ref, Ref)} if entry.field.expr else set()


def _spoilt(entry: Entry, as_is: Result, as_meant: Result) -> str | None:
    """What becomes of a formula, in words; None if it gives the same. An item that waits for more waits for this."""
    if isinstance(as_is, Decimal):
        if as_is == as_meant:
            return None
        due = f"，应为{show(as_meant, entry.field.type)}" if isinstance(as_meant, Decimal) else ""
        return f"算出的是{show(as_is, entry.field.type)}{due}"
    return "得不出来" if isinstance(as_meant, Decimal) or entry.field.item or as_is != as_meant else None


def _told(submission: Submission, cell: Misread, spoilt: Sequence[tuple[Entry, str]]) -> Finding:
    (first, words), entry = spoilt[0], cell.entry
    more = f"，共影响{len(spoilt)}格" if len(spoilt) > 1 else ""
    named = f"{first.place.sheet}!{first.place.ref}“{first.field.label}”{words}{more}"
    where = submission.where(cell.sheet, entry.place, entry.field.name)
    if isinstance(cell.value, str):
        why, how = f"与选项“{cell.value}”不完全相同", f"请从下拉列表中选“{cell.value}”"
    else:
        why, figure = "是文字", _figure(cell.value, entry.field.type)
        how = f"请把单元格格式改为常规，再填{figure}" if entry.cell.format == "@" else f"请改填{figure}"
    raw = entry.cell.text.strip("\r\n")[:40]
    return catalogue.finding("值36", where, raw=raw, why=why, spoilt=named, how=how)


def _figure(number: Decimal, type_: str) -> str:
    """As it is to be typed."""
    return f"{show(number.scaleb(2))}%" if type_ == "百分比" else show(number)
