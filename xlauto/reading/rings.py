"""Circular references: the ring of formulas that leads from a cell back to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from xlauto.books.book import Book
from xlauto.formula import CellRef, Expr, FormulaError, RangeRef, Ref, operands, parse_found
from xlauto.graphs import knots
from xlauto.model import Area, Place


class Rings:
    """Follows formulas through a workbook; looks at nothing before it is asked."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._told: set[Place] = set()
        self._used: dict[Place, list[Place]] = {}
        self._knot: dict[Place, frozenset[Place]] = {}
        """Of every cell looked at, the cells that it is in a ring with; nothing if it is in none."""

    def through(self, start: Place) -> list[Place]:
        """The cells of a ring that this cell is part of, beginning with it; empty if there is none."""
        if start not in self._knot:
            for part in knots([start], self._unknown):
                ring = len(part) > 1 or part[0] in self._precedents(part[0])
                self._knot |= dict.fromkeys(part, frozenset(part) if ring else frozenset())
        came_from: dict[Place, Place] = {}
        ahead = [start] if self._knot[start] else []
        while ahead:
            place = ahead.pop()
            for precedent in self._precedents(place):
                if precedent == start:
                    return _path(came_from, start, place)
                if precedent in self._knot[start] and precedent not in came_from:
                    came_from[precedent] = place
                    ahead.append(precedent)
        return []

    def _unknown(self, place: Place) -> Iterator[Place]:
        """The precedents that have not been looked at: those that have been lead to no new ring."""
        return (precedent for precedent in self._precedents(place) if precedent not in self._knot)

    def is_news(self, ring: list[Place]) -> bool:
        """Whether no ring through these cells has been reported yet."""
        known = not self._told.isdisjoint(ring)
        self._told.update(ring)
        return not known

    @cached_property
    def _names(self) -> Mapping[tuple[str, str], Area]:
        return {(name.scope, name.name.casefold()): name.area for name in self.book.names if name.area}

    @cached_property
    def _formulas(self) -> Mapping[str, Mapping[tuple[int, int], str]]:
        return {
            sheet.name: {key: cell.formula for key, cell in self.book.cells(sheet.name).items() if cell.formula}
            for sheet in self.book.sheets
        }

    def _precedents(self, place: Place) -> list[Place]:
        """The cells with formulas that a cell's formula uses."""
        if place not in self._used:
            self._used[place] = list(dict.fromkeys(self._named_in(place)))
        return self._used[place]

    def _named_in(self, place: Place) -> Iterator[Place]:
        formula = self._formulas.get(place.sheet, {}).get((place.row, place.col))
        if formula is None:
            return
        try:
            expr = parse_found(formula)
        except FormulaError:
            return
        for area in self._areas(expr, place.sheet):
            yield from self._within(area)

    def _within(self, area: Area) -> Iterator[Place]:
        """The cells with formulas in an area."""
        formulas = self._formulas.get(area.sheet, {})
        if (area.bottom - area.top + 1) * (area.right - area.left + 1) <= len(formulas):
            yield from (place for place in area.places() if (place.row, place.col) in formulas)
            return
        for row, col in formulas:
            if area.top <= row <= area.bottom and area.left <= col <= area.right:
                yield Place(area.sheet, row, col)

    def _areas(self, expr: Expr, sheet: str) -> Iterator[Area]:
        match expr:
            case CellRef(row, col, other):
                yield Area(other or sheet, row, col, row, col)
            case RangeRef(top, left, bottom, right, other):
                yield Area(other or sheet, top, left, bottom, right)
            case Ref(name, form):
                found = self._names.get((form or sheet, name.casefold())) or self._names.get(("", name.casefold()))
                if found:
                    yield found
            case _:
                for part in operands(expr):
                    yield from self._areas(part, sheet)


def _path(came_from: Mapping[Place, Place], start: Place, end: Place) -> list[Place]:
    ring = []
    while end != start:
        ring.append(end)
        end = came_from[end]
    return [start, *reversed(ring)]
