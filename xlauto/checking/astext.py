"""Numbers stored as text: they are read as numbers, but Excel's SUM leaves them out; both sums are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from xlauto.compute import Basis, View
from xlauto.formula import Column, Ref, names
from xlauto.model import Finding
from xlauto.scores import Score
from xlauto.scoring import points_of
from xlauto.submission import SheetRead, Submission
from xlauto.values import show

STORED_AS_TEXT = "值14"


def with_both_sums(submission: Submission, findings: Sequence[Finding], scores: Sequence[Score]) -> list[Finding]:
    """The findings, those on numbers stored as text with the total that they belong to."""
    concerned = {finding.where.sheet for finding in findings if finding.code == STORED_AS_TEXT}
    sums = {sheet.sheet: _sums(submission, sheet, scores) for sheet in submission.every() if sheet.sheet in concerned}
    return [
        replace(finding, fact=finding.fact + sums.get(finding.where.sheet, {}).get(finding.where.cell, ""))
        if finding.code == STORED_AS_TEXT
        else finding
        for finding in findings
    ]


def _sums(submission: Submission, sheet: SheetRead, scores: Sequence[Score]) -> dict[str, str]:
    """By cell, the first total of the sheet that uses it and that Excel works out differently, in words."""
    differing = _differing(submission, sheet, scores)
    words: dict[str, str] = {}
    for cell, used in _cells(sheet):
        found = next((said for using, said in differing if used in using), None)
        if found is not None:
            words.setdefault(cell, found)
    return words


def _differing(
    submission: Submission, sheet: SheetRead, scores: Sequence[Score]
) -> list[tuple[frozenset[object], str]]:
    """The computed fields for which Excel's result is not the one due: what their formulas use, and the words."""
    due_view, cell_view = (View(submission, sheet, basis, points_of(scores)) for basis in (Basis.DUE, Basis.CELL))
    found = []
    for entry in (entry for entries in sheet.entries.values() for entry in entries):
        if entry.field.expr is None:
            continue
        due, as_excel = due_view.computed(entry), cell_view.computed(entry)
        if isinstance(due, Decimal) and isinstance(as_excel, Decimal) and due != as_excel:
            kind = entry.field.type
            said = f"：{entry.field.label}计入它是{show(due, kind)}，Excel算出的是{show(as_excel, kind)}"
            found.append((frozenset[object](names(entry.field.expr)), said))
    return found


def _cells(sheet: SheetRead) -> list[tuple[str, Ref | Column]]:
    """Each cell with what a formula of the sheet calls it."""
    fields: list[tuple[str, Ref | Column]] = [
        (entry.place.ref, Ref(name)) for name, entries in sheet.entries.items() for entry in entries
    ]
    items = [
        (item.place.ref, Column(table.table.name, key))
        for table, line in sheet.lines()
        for key, item in line.items.items()
    ]
    return fields + items
