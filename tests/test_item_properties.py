"""Every item of every scheme on any evidence at all: points within the item's, or none; one formula, one value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlauto import formula
from xlauto.formula import CellRef, Ref
from xlauto.indicators import Figures
from xlauto.model import CellError, column_letters
from xlauto.scheme import available, load_scheme
from xlauto.scheme.bounds import Bounds
from xlauto.scheme.items import Item
from xlauto.scheme.needs import Fields

MADE_UP = Path(__file__).with_name("schemes")
ITEMS: dict[str, tuple[Item, Fields]] = {
    f"{scheme.id} {form} {item.key}": (item, Fields(scheme.forms, scheme.forms[form]))
    for scheme in (load_scheme(folder.id, [MADE_UP]) for folder in available([MADE_UP]))
    for form, items in scheme.items.items()
    for item in items.values()
    if item.formula
}
each_item = pytest.mark.parametrize("name", ITEMS)

NUMBERS = st.integers(-5, 200).map(Decimal) | st.decimals(-5, 200, places=3) | st.decimals(-1, 2, places=4)
OTHERS = st.sampled_from((None, "", "——", "无", "是", "否", "三例", CellError("#DIV/0!"), CellError("#REF!")))


def names_of(item: Item) -> list[str]:
    return [named.name for named in formula.names(formula.parse(item.formula)) if isinstance(named, Ref)]


def fitting(bounds: Bounds) -> st.SearchStrategy[Decimal]:
    """What a cell with these bounds takes."""
    least, most = bounds.least, bounds.most
    inside = st.decimals(Decimal(-5) if least is None else least, Decimal(200) if most is None else most, places=3)
    return inside | st.just(Decimal(0)) if bounds.zero or least is None or least <= 0 else inside


def beyond(bounds: Bounds) -> st.SearchStrategy[Decimal]:
    """What it does not take."""
    off = st.integers(1, 200).map(lambda number: Decimal(number) / 8)
    below = [off.map(lambda each: (bounds.least or Decimal(0)) - each)] if bounds.least is not None else []
    above = [off.map(lambda each: (bounds.most or Decimal(0)) + each)] if bounds.most is not None else []
    return st.one_of(*below, *above).filter(lambda number: not bounds.fits(number))


def evidence_for(item: Item, fields: Fields, *, hostile: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Any figures for the names of the item's formula; what is not hostile are those that its cells take."""

    def one(name: str) -> st.SearchStrategy[Any]:
        field = fields.find(Ref(name))
        choices = field.spec.choices if field is not None else ()
        fits = st.sampled_from(choices) if choices else fitting(field.bounds if field is not None else Bounds())
        return fits | NUMBERS | OTHERS if hostile else fits

    return st.fixed_dictionaries({name: one(name) for name in names_of(item)})


def value(item: Item, figures: Mapping[str, Any]) -> Any:
    return formula.compile(formula.parse(item.formula))(Figures(figures))


class Cells:
    """The formula's cell as Excel has it: figures by address (`formula.Context`)."""

    def __init__(self, figures: Sequence[Any]) -> None:
        self.figures = {f"{column_letters(number)}1": figure for number, figure in enumerate(figures, 1)}

    def value(self, ref: Ref | CellRef) -> Any:
        assert isinstance(ref, CellRef)
        return self.figures[formula.to_text(ref).replace("$", "")]


@each_item
@given(data=st.data())
@settings(max_examples=40)
def test_points_are_none_or_from_nothing_to_full(name: str, data: st.DataObject) -> None:
    item, fields = ITEMS[name]
    given_ = data.draw(evidence_for(item, fields, hostile=True))
    result = value(item, given_)
    assert item.points is not None
    assert result in (None, "") or (isinstance(result, Decimal) and 0 <= result <= item.points)


@each_item
@given(data=st.data())
@settings(max_examples=40)
def test_what_a_cell_does_not_take_gives_no_points(name: str, data: st.DataObject) -> None:
    item, fields = ITEMS[name]
    figures = data.draw(evidence_for(item, fields, hostile=False))
    asked = {evidence.name: fields.find(Ref(evidence.name)) for evidence in item.evidence}
    bounded = [name for name, field in asked.items() if field is not None and field.bounds.least is not None]
    if not bounded:
        return
    wrong = data.draw(st.sampled_from(bounded))
    field = fields.find(Ref(wrong))
    assert field is not None
    due = value(item, figures)
    result = value(item, figures | {wrong: data.draw(beyond(field.bounds))})
    assert result in ("", Decimal(0)) or (not matters(item, figures, wrong, field.bounds) and result == due)


def matters(item: Item, figures: Mapping[str, Any], name: str, bounds: Bounds) -> bool:
    """Whether the points depend on a figure: those of a part that a veto takes do not."""
    tried = [bounds.least or Decimal(0), bounds.most or Decimal(200), Decimal(200), Decimal(1), Decimal(0)]
    return len({value(item, figures | {name: number}) for number in tried if bounds.fits(number)}) > 1


@each_item
@given(data=st.data())
@settings(max_examples=40)
def test_the_cell_has_the_value(name: str, data: st.DataObject) -> None:
    item, fields = ITEMS[name]
    figures = data.draw(evidence_for(item, fields, hostile=True))
    names = list(figures)

    def address(named: formula.Named) -> str:
        assert isinstance(named, Ref)
        return f"{column_letters(names.index(named.name) + 1)}1"

    in_cells = formula.parse_found(formula.to_excel(formula.parse(item.formula), address))
    cells: Any = Cells([figures[each] for each in names])
    assert formula.compile(in_cells)(cells) == value(item, figures)
