"""Submission -> edits that put formulas back and let names grow with their tables (运算)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from xlauto.books.book import Edit, SetCell, SetName
from xlauto.compute import Basis, View, fresh, holding
from xlauto.formula import Column, Ref, names
from xlauto.formula.evaluate import Result
from xlauto.look.styles import number_format
from xlauto.model import Area, CellError, Parsed, Place, State, Value
from xlauto.scores import Score
from xlauto.scoring import points_of
from xlauto.submission import Entry, SheetRead, Submission, TableRead
from xlauto.values import show

MENDED_BY_NAMES = ("版式01", "版式06")
"""Rows added below a name, rows sorted away from theirs: told before names are put right, settled after."""
UNCALCULATED = "公式04"
"""The remark on a file whose formulas nobody has worked out yet: a recalculation does."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A formula put back: what stood there (as text, empty for a blank), and what the formula gives."""

    sheet: SheetRead
    entry: Entry
    old: str
    new: Value

    @property
    def new_text(self) -> str:
        return show(self.new, self.entry.field.type) if isinstance(self.new, Decimal) else str(self.new or "")

    @property
    def same(self) -> bool:
        """Whether the figure that stood there was what the formula gives."""
        return isinstance(self.new, Decimal) and self.entry.parsed.number == self.new


def restorations(submission: Submission, scores: Sequence[Score]) -> list[Restored]:
    """The computed fields that lost their formula.

    A typed score stays; so does a figure or —— where the parts are all blank.
    """
    return [
        Restored(sheet, entry, _stated_text(entry), _plain(view.computed(entry)))
        for sheet in submission.every()
        for view in (View(submission, sheet, Basis.DUE, points_of(scores)),)
        for entries in sheet.entries.values()
        for entry in entries
        if entry.field.expr is not None and not entry.live and _may_restore(sheet, entry, view)
    ]


def _may_restore(sheet: SheetRead, entry: Entry, view: View) -> bool:
    state = entry.parsed.state
    if state in (State.NONE, State.TEXT) and entry.field.numeric:
        return _has_figures(sheet, entry, view) and isinstance(view.computed(entry), Decimal)
    if entry.field.score and entry.cell.formula is None:
        return state in (State.BLANK, State.ERROR)
    if state is State.NUMBER and entry.cell.formula is None:
        return any(value is not None for value in _input_values(sheet, entry, view))
    return True


def _input_values(sheet: SheetRead, entry: Entry, view: View) -> Iterator[Result]:
    assert entry.field.expr is not None
    for named in names(entry.field.expr):
        if isinstance(named, Ref):
            below = [found for found in sheet.entries.get(named.name, ()) if not found.field.formula]
            yield from (view.values(named) if not below else [e.parsed.number for e in below])
        elif isinstance(named, Column):
            yield from view.column(named)


def _has_figures(sheet: SheetRead, entry: Entry, view: View) -> bool:
    """Whether there is any figure below a computed field, down to what is typed."""
    assert entry.field.expr is not None
    used = names(entry.field.expr)
    near = [ref for ref in used if isinstance(ref, Ref) and not ref.form and ref.name in sheet.entries]
    own = [found for ref in near for found in sheet.entries[ref.name]]
    beyond = [value for ref in used if isinstance(ref, Ref) and ref not in near for value in view.values(ref)]
    beyond += [value for column in used if isinstance(column, Column) for value in view.column(column)]
    typed = [found.parsed.number for found in own if not found.live]
    below = (found for found in own if found.field.expr is not None)
    return any(isinstance(value, Decimal) for value in (*beyond, *typed)) or any(
        _has_figures(sheet, found, view) for found in below
    )


def _stated_text(entry: Entry) -> str:
    """What the unit stated, in a form that reads back as the same figure with the same decimals."""
    parsed: Parsed = entry.stated
    if parsed.number is None:
        return "" if parsed.state is State.BLANK else parsed.raw
    return show(parsed.number, entry.field.type, parsed.decimals)


def _plain(result: Result) -> Value:
    return None if isinstance(result, CellError) else result


def after(submission: Submission, scores: Sequence[Score], restored: Sequence[Restored]) -> Submission:
    """The submission as it reads once the formulas are back and worked out: what was typed counts as stated."""
    back = {(item.entry.place, item.entry.field.name): item for item in restored}
    sheets = {form: [_sheet_after(submission, scores, sheet, back) for sheet in reads]
              for form, reads in submission.sheets.items()}  # fmt: skip
    gone = {(place.ref, place.sheet) for place, _ in back}
    findings = [
        finding
        for finding in submission.findings
        if (finding.where.cell, finding.where.sheet) not in gone
        and (finding.code != UNCALCULATED or finding.where.cell)
        and finding.code not in MENDED_BY_NAMES
    ]
    return replace(submission, sheets=sheets, findings=findings, refreshed=True)


def _sheet_after(
    submission: Submission, scores: Sequence[Score], sheet: SheetRead, back: Mapping[tuple[Place, str], Restored]
) -> SheetRead:
    view = View(submission, sheet, Basis.CELL, points_of(scores))

    def entry_after(entry: Entry) -> Entry:
        item = back.get((entry.place, entry.field.name))
        if item is not None:
            return _live(entry, item)
        return fresh(entry, view) if entry.live else entry

    entries = {name: tuple(map(entry_after, found)) for name, found in sheet.entries.items()}
    return replace(sheet, entries=entries)


def _live(entry: Entry, restored: Restored) -> Entry:
    number = restored.new if isinstance(restored.new, Decimal) else None
    state = State.NUMBER if number is not None else State.BLANK
    parsed = Parsed(state, restored.new_text, number, restored.new_text)
    return replace(entry, cell=holding(entry, restored.new), parsed=parsed, live=True)


def formula_edits(submission: Submission, scores: Sequence[Score]) -> Iterator[Edit]:
    """Every formula of the scheme with its right value; what is there already is no change."""
    for sheet in submission.every():
        view = View(submission, sheet, Basis.CELL, points_of(scores))
        for entries in sheet.entries.values():
            for entry in entries:
                if entry.live:
                    style = _full_rate(submission, entry) if entry.overwritten else None
                    value = view.computed(entry)
                    yield SetCell(place=entry.place, value=value, formula=entry.field.cell_formula, style_of=style)


def _full_rate(submission: Submission, entry: Entry) -> Place | None:
    """A cell whose style shows a computed rate with its two decimals, for one put back where `99%` was typed."""
    wanted = number_format("百分比")
    if entry.field.type != "百分比" or entry.cell.format == wanted:
        return None
    rates = [
        other
        for sheet in submission.every()
        for found in sheet.entries.values()
        for other in found
        if other.live and other.field.type == "百分比" and other.cell.format == wanted
    ]
    rates.sort(key=lambda other: other.field.name != entry.field.name)
    return rates[0].place if rates else None


def name_edits(submission: Submission) -> Iterator[Edit]:
    """Names of tables and repeating rows that have grown below their last row."""
    for sheet in submission.every():
        scope = sheet.sheet if sheet.form.repeats else ""
        for table in sheet.tables.values():
            yield from _table_names(sheet.sheet, scope, table)
        for name, area in sheet.moved.items():
            yield SetName(scope=scope, name=name, area=area)
        for name, entries in sheet.entries.items():
            if len(entries) > 1:
                first, last = entries[0].place, entries[-1].place
                yield SetName(scope=scope, name=name, area=Area(first.sheet, first.row, first.col, last.row, last.col))


def _table_names(sheet: str, scope: str, table: TableRead) -> Iterator[Edit]:
    if table.last <= table.named_last:
        return
    name = table.table.name
    columns = table.columns
    whole = Area(sheet, table.heading, min(columns.values()), table.last, max(columns.values()))
    yield SetName(scope=scope, name=name, area=whole)
    for key, col in columns.items():
        yield SetName(scope=scope, name=f"{name}.{key}", area=Area(sheet, table.heading, col, table.last, col))
