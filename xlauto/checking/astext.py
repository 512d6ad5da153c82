"""Numbers stored as text: they are read as numbers, but Excel's SUM leaves them out; both sums are told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from xlauto.compute import Basis, View
from xlauto.formula import Column, Ref, names
from xlauto.model import Finding
from xlauto.scoring import Score, points_of
from xlauto.submission import Entry, SheetRead, Submission
from xlauto.values import show

STORED_AS_TEXT = "值14"


def with_both_sums(submission: Submission, findings: Sequence[Finding], scores: Sequence[Score]) -> list[Finding]:
    """The findings, those on numbers stored as text with the total that they belong to."""
    return [
        replace(finding, fact=finding.fact + _sums(submission, finding, scores))
        if finding.code == STORED_AS_TEXT
        else finding
        for finding in findings
    ]


def _sums(submission: Submission, finding: Finding, scores: Sequence[Score]) -> str:
    for sheet in submission.every():
        if sheet.sheet == finding.where.sheet:
            views = [View(submission, sheet, basis, points_of(scores)) for basis in (Basis.DUE, Basis.CELL)]
            for total in _totals(sheet, finding.where.cell):
                due, as_excel = (view.computed(total) for view in views)
                if isinstance(due, Decimal) and isinstance(as_excel, Decimal) and due != as_excel:
                    kind = total.field.type
                    label = total.field.label
                    return f"：{label}计入它是{show(due, kind)}，Excel算出的是{show(as_excel, kind)}"
    return ""


def _totals(sheet: SheetRead, cell: str) -> Iterator[Entry]:
    """The computed fields of the sheet that use the field, or the table column, which the cell belongs to."""
    used: set[Ref | Column] = {
        Ref(name) for name, entries in sheet.entries.items() for entry in entries if entry.place.ref == cell
    }
    used |= {
        Column(table.table.name, key)
        for table, line in sheet.lines()
        for key, item in line.items.items()
        if item.place.ref == cell
    }
    for entries in sheet.entries.values():
        yield from (e for e in entries if e.field.expr is not None and used.intersection(names(e.field.expr)))
