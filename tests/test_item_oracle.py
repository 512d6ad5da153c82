"""Every item of every scheme against LibreOffice: the formula of its cell on figures around all of its thresholds."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

import oracle
import pytest
import xlsxwriter

from xlauto import formula
from xlauto.formula import Number, Percent, Ref
from xlauto.indicators import Figures
from xlauto.model import CellError, column_letters
from xlauto.scheme import available, load_scheme
from xlauto.scheme.bounds import Bounds
from xlauto.scheme.items import Item
from xlauto.scheme.needs import Fields

MADE_UP = Path(__file__).with_name("schemes")
SCHEMES = [folder.id for folder in available([MADE_UP])]

Figure = Decimal | str | None
GRIDS_PER_WORKBOOK = 6


class Grid(NamedTuple):
    """The names that an item's formula uses, and rows of figures for them."""

    item: Item
    names: list[str]
    rows: list[list[Figure]]


@cache
def grids() -> dict[str, Grid]:
    found: dict[str, Grid] = {}
    for scheme_id in SCHEMES:
        scheme = load_scheme(scheme_id, [MADE_UP])
        for form, items in scheme.items.items():
            fields = Fields(scheme.forms, scheme.forms[form])
            for item in items.values():
                if item.formula:
                    found[f"{scheme_id} {form} {item.key}"] = grid(item, fields)
    return found


def grid(item: Item, fields: Fields) -> Grid:
    expr = formula.parse(item.formula)
    refs = [named for named in formula.names(expr) if isinstance(named, Ref)]
    names = [ref.name for ref in refs]
    texts = {evidence.name: ["是", "否", *evidence.definition.choices] for evidence in item.evidence
             if evidence.definition.kind in ("是否", "选择")}  # fmt: skip
    bounds = {ref.name: field.bounds for ref in refs if (field := fields.find(ref)) is not None}
    around = sorted({*near(expr), *(beyond for each in bounds.values() for beyond in outside(each))})
    rows = [row for base in bases(names, texts, bounds) for row in varied(names, base, texts, around)]
    return Grid(item, names, rows)


def outside(bounds: Bounds) -> Iterator[Decimal]:
    """What a cell with these bounds does not take."""
    if bounds.least is not None:
        yield from (bounds.least - off for off in (Decimal("0.01"), Decimal(1), Decimal(3)))
    if bounds.most is not None:
        yield from (bounds.most + off for off in (Decimal("0.01"), Decimal(85)))


def bases(names: list[str], texts: dict[str, list[str]], bounds: dict[str, Bounds]) -> Iterator[list[Figure]]:
    """Figures from which one at a time is varied: no case of anything, and as much of everything as there can be."""
    for number in (Decimal(0), Decimal(100)):
        most = {name: number if each.most is None else min(number, each.most) for name, each in bounds.items()}
        yield [texts[name][0] if name in texts else most.get(name, number) for name in names]


def varied(
    names: list[str], base: list[Figure], texts: dict[str, list[str]], around: list[Decimal]
) -> Iterator[list[Figure]]:
    yield base
    for at, name in enumerate(names):
        figures: list[Figure] = [None, "——", *texts.get(name, around)]
        yield from ([*base[:at], figure, *base[at + 1 :]] for figure in figures)


def near(expr: formula.Expr) -> Iterator[Decimal]:
    """Every number of the formula, itself, a little beside it, and as a hundredfold."""
    numbers = {Decimal(0), Decimal(1)}
    ahead = [expr]
    while ahead:
        node = ahead.pop()
        if isinstance(node, Percent) and isinstance(node.operand, Number):
            numbers.add(node.operand.value / 100)
            continue
        if isinstance(node, Number):
            numbers.add(node.value)
        ahead += formula.operands(node)
    for number in numbers:
        for off in ("0", "0.0001", "-0.0001", "0.015"):
            yield number + Decimal(off)
            yield (number + Decimal(off)) * 100


@pytest.fixture(scope="module")
def by_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> dict[str, oracle.Cells]:
    """What LibreOffice makes of each grid; a few grids to a workbook, so that each answer comes soon."""
    folder, cells, found = tmp_path_factory.mktemp("items"), {}, list(grids().items())
    for first in range(0, len(found), GRIDS_PER_WORKBOOK):
        some = dict(found[first : first + GRIDS_PER_WORKBOOK])
        path = folder / f"{first}.xlsx"
        write(path, list(some.values()))
        sheets = oracle.recalculated(path)
        cells.update({name: sheets[str(number)] for number, name in enumerate(some)})
    return cells


def write(path: Path, some: list[Grid]) -> None:
    """One sheet per item, one row per point of its grid: the figures, then the formula."""
    with xlsxwriter.Workbook(path) as book:
        for number, found in enumerate(some):
            sheet = book.add_worksheet(str(number))
            for row, figures in enumerate(found.rows):
                for col, figure in enumerate(figures):
                    if figure is not None:
                        sheet.write(row, col, float(figure) if isinstance(figure, Decimal) else figure)
                sheet.write_formula(row, len(found.names), "=" + in_cells(found, row + 1), None, -1)


def in_cells(found: Grid, row: int) -> str:
    def address(named: formula.Named) -> str:
        assert isinstance(named, Ref)
        return f"{column_letters(found.names.index(named.name) + 1)}{row}"

    return formula.to_excel(formula.parse(found.item.formula), address)


@pytest.mark.parametrize("name", grids())
def test_item_agrees_with_libreoffice(name: str, by_libreoffice: dict[str, oracle.Cells]) -> None:
    found = grids()[name]
    compiled = formula.compile(formula.parse(found.item.formula))
    column = len(found.names) + 1
    wrong, given = [], set()
    for row, figures in enumerate(found.rows, 1):
        ours = compiled(Figures(dict(zip(found.names, figures, strict=True))))
        theirs = by_libreoffice[name].get((row, column))
        given.add(ours)
        if not same(ours, theirs):
            wrong.append((figures, ours, theirs))
    assert wrong == []
    assert "" in given and found.item.most in given, "the grid reaches silence and full points"


def same(ours: object, theirs: object) -> bool:
    if isinstance(ours, CellError) or isinstance(theirs, CellError):
        return False
    if isinstance(ours, Decimal) and isinstance(theirs, float | int):
        return float(ours) == pytest.approx(float(theirs), abs=1e-9)
    return (ours or None) == (theirs or None)
