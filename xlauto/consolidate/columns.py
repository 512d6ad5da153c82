"""Fields of one or several schemes -> the columns of a summed table, with totals and sources."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from xlauto import formula
from xlauto.consolidate.results import Figure
from xlauto.consolidate.tables import Column, Formula
from xlauto.formula import Ref, Result
from xlauto.model import CellError, column_letters
from xlauto.scheme import Scheme
from xlauto.scheme.forms import Field, Form, ordered

_WIDTHS = {"金额": 12.0, "百分比": 10.0, "数量": 9.0, "面积": 12.0}


class Key(NamedTuple):
    """What makes two schemes' fields one column: a defined name means the same in every scheme of a year."""

    name: str
    type: str
    year: int


def printed_order(form: Form) -> Iterator[Field]:
    """The fields as the printed form has them; a scheme's own rows come last among its parent's otherwise."""
    for _, block in form.blocks:
        if block.grid is not None:
            names = [cell.field for cell in block.grid.values() if not isinstance(cell, str)]
        elif block.matrix is not None:
            rows = ordered(block.matrix.rows, block.matrix.order)
            names = [f"{row}.{column}" for row, _ in rows for column in block.matrix.columns]
        else:
            names = []
        yield from (form.fields[name] for name in names if name in form.fields)


def key_of(field: Field, scheme: Scheme) -> Key:
    return Key(field.name, field.type, scheme.year)


def united(schemes: Sequence[Scheme], fields_of: Callable[[Scheme], Iterable[Field]]) -> dict[Key, Field]:
    """All fields in the order of the first scheme; those of others stand after the field that they follow there."""
    order: list[Key] = []
    fields: dict[Key, Field] = {}
    for scheme in schemes:
        at = 0
        for field in fields_of(scheme):
            key = key_of(field, scheme)
            if key in fields:
                at = order.index(key) + 1
            else:
                order.insert(at, key)
                fields[key] = field
                at += 1
    return {key: fields[key] for key in order}


def figure_columns(
    fields: Mapping[Key, Field], figures: Sequence[Mapping[Key, Figure]], first_column: int, total_row: int
) -> list[Column]:
    """A column per field: amounts are added up, a rate is worked out anew from the totals that it is made of."""
    letters = {key: column_letters(first_column + n) for n, key in enumerate(fields)}
    sums = {key: total_of(key, figures) for key in fields}
    several = len({key.year for key in fields}) > 1
    return [
        Column(
            heading=headings(field)[1] + (f"（{key.year}年套表）" if several else ""),
            group=headings(field)[0],
            width=_WIDTHS.get(field.type, 11.0),
            type=field.type,
            total=_rate_of_totals(field, key, letters, sums, total_row) if field.type == "百分比" else "合计",
            source=shared_source(key, figures),
        )
        for key, field in fields.items()
    ]


def total_of(key: Key, figures: Iterable[Mapping[Key, Figure]]) -> Decimal:
    return sum((row[key].value or Decimal(0) for row in figures if key in row), Decimal(0))


def headings(field: Field) -> tuple[str, str]:
    """`三公经费·2022年决算数` -> 三公经费 above 2022年决算数; a plain label stands alone."""
    group, _, heading = re.sub(r"[·.]", "·", field.label).partition("·")
    return (group, heading) if heading else ("", group)


def shared_source(key: Key, figures: Iterable[Mapping[Key, Figure]]) -> str:
    """The one cell that all units' figures come from; empty if they differ."""
    places = {f"{row[key].sheet}!{row[key].cells}" for row in figures if key in row}
    return places.pop() if len(places) == 1 else ""


def _rate_of_totals(
    field: Field, key: Key, letters: Mapping[Key, str], sums: Mapping[Key, Decimal], total_row: int
) -> str | Formula:
    """The field's own formula over the total row; nothing where it needs what the table does not have."""
    if field.expr is None or field.compute is None:
        return ""
    cells = {other.name: letter for other, letter in letters.items() if other.year == key.year}
    totals = {other.name: number for other, number in sums.items() if other.year == key.year}
    if any(not isinstance(name, Ref) or name.name not in cells for name in formula.names(field.expr)):
        return ""
    text = formula.to_excel(field.expr, lambda name: f"{cells[name.name]}{total_row}" if isinstance(name, Ref) else "")
    value = field.compute(_Totals(totals))
    return Formula(text, value if isinstance(value, Decimal) else "")


class _Totals:
    """The total row as the context of a formula."""

    def __init__(self, totals: Mapping[str, Decimal]) -> None:
        self._totals = totals

    def value(self, ref: formula.Ref | formula.CellRef) -> Result:
        return self._totals.get(ref.name) if isinstance(ref, Ref) else CellError("#REF!")

    def values(self, ref: formula.Ref) -> Sequence[Result]:
        return [self.value(ref)]

    def column(self, ref: formula.Column | formula.RangeRef) -> Sequence[Result]:
        return [CellError("#REF!")]

    def row(self, ref: formula.RowRef) -> Result:
        return CellError("#REF!")

    def call(self, name: str, args: Sequence[Result | formula.Reference]) -> Result:
        return CellError("#NAME?")
