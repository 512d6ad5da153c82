"""Formulas over a submission: what a field should be, from what its inputs are or from what they should be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from enum import Enum

from xlauto import roles
from xlauto.formula import Call, CellRef, Column, RangeRef, Ref, Reference, RowRef, names
from xlauto.formula.evaluate import Compiled, Result
from xlauto.model import Cell, CellError, Kind, Parsed, State, Value
from xlauto.submission import Entry, Line, SheetRead, Submission, value_of
from xlauto.values import parse

Points = Mapping[tuple[str, int], Decimal]
"""Computed points of table lines whose 得分 is left to the system, by (sheet, row)."""


def nothing_below(sheet: SheetRead, entry: Entry) -> bool:
    """Whether a typed total has no figure in any of the fields that it adds up."""
    expr = entry.field.expr
    if expr is None or not entry.overwritten or not (isinstance(expr, Call) and expr.name == "SUM"):
        return False
    used = names(expr)
    inputs = [found for ref in used if isinstance(ref, Ref) for found in sheet.entries.get(ref.name, ())]
    return not any(isinstance(ref, Column) for ref in used) and all(e.stated.state is State.BLANK for e in inputs)


def holding(entry: Entry, value: Value) -> Cell:
    """The cell of a computed field as it will be with this result."""
    number = isinstance(value, Decimal)
    text = format(value, "f") if isinstance(value, Decimal) else str(value or "")
    kind = Kind.NUMBER if number else Kind.TEXT
    return entry.cell._replace(kind=kind, text=text, formula=entry.field.cell_formula)


def fresh(entry: Entry, view: View) -> Entry:
    """A formula with the result that it gives in place of the saved one, which may be old or not there at all."""
    result = view.computed(entry)
    if isinstance(result, CellError) or result in (None, "", entry.parsed.number):
        return entry
    if not isinstance(result, Decimal) and entry.cell.kind is not Kind.BLANK:
        return entry
    cell = holding(entry, result)
    parsed = parse(cell, entry.field.spec)._replace(notes=())
    return replace(entry, cell=cell, parsed=parsed, stated=parsed if entry.stated is entry.parsed else entry.stated)


def calculated(submission: Submission, points: Points) -> Submission:
    """The submission as it reads where the saving program kept the results of the scheme's formulas.

    A result that is there stays, right or not.
    """

    def filled(sheet: SheetRead) -> SheetRead:
        view = View(submission, sheet, Basis.CELL, points)
        entries = {
            name: tuple(fresh(e, view) if e.live and e.cell.kind is Kind.BLANK else e for e in found)
            for name, found in sheet.entries.items()
        }
        return replace(sheet, entries=entries)

    return replace(submission, sheets={form: [*map(filled, reads)] for form, reads in submission.sheets.items()})


class Basis(Enum):
    """What a computed field counts as when another formula uses it."""

    STATED = "as the unit stated it"
    DUE = "as it should be, worked out from the inputs"
    CELL = "as the cell has it: what its formula gives, or what was typed over it"


class View:
    """The context of formulas on one sheet (`formula.Context`)."""

    def __init__(
        self, submission: Submission, sheet: SheetRead, basis: Basis, points: Points, line: Line | None = None
    ) -> None:
        self.submission, self.sheet, self.basis, self.points, self.line = submission, sheet, basis, points, line
        self._memo: dict[tuple[str, str, int], Result] = {}
        self._open: set[tuple[str, str, int]] = set()
        self._homes: dict[str, SheetRead] = {}

    def with_figure(self, entry: Entry, number: Decimal) -> View:
        """The same view with another figure in one input cell."""
        return self.with_values({(entry.place.sheet, entry.field.name, 0): number})

    def with_values(self, values: Mapping[tuple[str, str, int], Result]) -> View:
        """The same view with other values in cells, given by sheet, field and the cell's index within the field."""
        other = View(self.submission, self.sheet, self.basis, self.points, self.line)
        other._memo.update(values)
        return other

    def at(self, sheet: SheetRead, line: Line | None = None) -> View:
        """The same view from another sheet or line."""
        other = View(self.submission, sheet, self.basis, self.points, line)
        other._memo, other._open, other._homes = self._memo, self._open, self._homes
        return other

    def value(self, ref: Ref | CellRef) -> Result:
        if isinstance(ref, CellRef):
            return CellError("#REF!")
        values = self.values(ref)
        return values[0] if len(values) == 1 else CellError("#VALUE!") if values else CellError("#NAME?")

    def values(self, ref: Ref) -> Sequence[Result]:
        sheets = self.sheets(ref)
        if not sheets and not self._may_be_none(ref.form):
            return [CellError("#REF!")]
        found: list[Result] = []
        for sheet in sheets:
            entries = sheet.entries.get(ref.name, ())
            found += [self._entry(sheet, entry, index) for index, entry in enumerate(entries)] or [CellError("#REF!")]
        return found

    def column(self, ref: Column | RangeRef) -> Sequence[Result]:
        if isinstance(ref, RangeRef):
            return [CellError("#REF!")]
        sheets = self.submission.sheets.get(ref.form, []) if ref.form else [self.sheet]
        if not self._may_be_none(ref.form) and not any(ref.table in sheet.tables for sheet in sheets):
            return [CellError("#REF!")]
        return [
            self._item(sheet, line, ref.column)
            for sheet in sheets
            if ref.table in sheet.tables
            for line in sheet.tables[ref.table].lines
        ]

    def row(self, ref: RowRef) -> Result:
        return self._item(self.sheet, self.line, ref.column) if self.line else CellError("#REF!")

    def call(self, name: str, args: Sequence[Result | Reference]) -> Result:
        return CellError("#NAME?")

    def computed(self, entry: Entry, compiled: Compiled | None = None) -> Result:
        """What the field's formula gives on its sheet in this view, whatever stands in the cell."""
        compiled = compiled or entry.field.compute
        assert compiled is not None
        if entry.place.sheet == self.sheet.sheet:
            return compiled(self)
        if not self._homes:
            self._homes.update((sheet.sheet, sheet) for sheet in self.submission.every())
        return compiled(self.at(self._homes[entry.place.sheet]))

    def _may_be_none(self, form: str) -> bool:
        """Of a form that repeats there may be no sheet; of any other, what is not there has been deleted."""
        return form in self.submission.scheme.forms and self.submission.scheme.forms[form].repeats

    def sheets(self, ref: Ref) -> Sequence[SheetRead]:
        """The sheets that a name speaks of: of another repeating form only that of the same project."""
        if ref.form:
            found = self.submission.sheets.get(ref.form, [])
            if self.sheet.form.repeats and self._may_be_none(ref.form) and ref.form != self.sheet.form.name:
                return [sheet for sheet in found if sheet.title and sheet.title == self.sheet.title]
            return found
        if ref.name in self.sheet.form.fields:
            return [self.sheet]
        for form in self.submission.scheme.single_forms:
            if ref.name in form.fields:
                return self.submission.sheets.get(form.name, [])
        return []

    def _entry(self, sheet: SheetRead, entry: Entry, index: int) -> Result:
        key = (sheet.sheet, entry.field.name, index)
        if key in self._memo:
            return self._memo[key]
        over = entry.overwritten if self.basis is Basis.STATED else self.basis is Basis.CELL and not entry.live
        if entry.field.compute is None or over:
            return self._taken(entry.cell, entry.stated)
        if key in self._open:
            return CellError("#REF!")
        self._open.add(key)
        self._memo[key] = result = self._due(sheet, entry)
        self._open.discard(key)
        return result

    def _due(self, sheet: SheetRead, entry: Entry) -> Result:
        """What was typed where nothing can be worked out, since everything below it is blank, counts as typed."""
        if self.basis is not Basis.DUE or entry.stated.number is None:
            return self.computed(entry)
        if nothing_below(sheet, entry):
            return entry.stated.number
        result = self.computed(entry)
        left_to_the_unit = (entry.field.typed or entry.field.item) and result == ""
        return entry.stated.number if left_to_the_unit else result

    def _item(self, sheet: SheetRead, line: Line, column: str) -> Result:
        item = line.items.get(column)
        if item is None:
            return None
        if column == roles.SCORE and item.left_open:
            return self.points.get((sheet.sheet, line.row))
        return self._taken(item.cell, item.parsed)

    def _taken(self, cell: Cell, parsed: Parsed) -> Result:
        """An input: in the cell's view what Excel takes it for, else what it means; what is unreadable is no 0."""
        if self.basis is Basis.CELL:
            return cell.value
        return CellError("#VALUE!") if parsed.state is State.ERROR else value_of(parsed)
