"""Cached values of formulas that nobody stated: computed by formualizer, written as value-only changes.

Without formualizer, and where it does not know a function, the stored values stay as they were."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from math import isclose

from xlauto.books.applying import Changes, Opened, free_children, with_changes
from xlauto.books.cells import KEYS
from xlauto.books.opened import OpenedBook
from xlauto.books.patch import Change
from xlauto.books.structure import CONTENT_TYPES
from xlauto.model import BLANK_CELL, Cell, CellError, Kind, Place

_LEFT_ALONE = re.compile(r"\[\d+\]|\b(?:RAND|RANDBETWEEN|RANDARRAY|NOW|TODAY)\s*\(|\bDDE\s*\(", re.IGNORECASE)
"""External books, and functions whose value is another one at each calculation."""

_EXCEL_ERRORS = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#N/A"))
_TOLERANCE, _NEGLIGIBLE = 1e-12, 1e-15
_ROUNDS = 3
_ALL = 10_000_000
_PLAIN_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_WORKBOOK_TYPE = re.compile(rb"application/vnd\.ms-excel\.(?:sheet|template|addin)\.macroEnabled\.main\+xml")


def recalculated(book: Opened, given: frozenset[Place]) -> Opened:
    """The book with right cached values. The values of the cells `given` were stated by the caller and hold.

    What cannot be computed is frozen at its stored value, so that the cells which depend on it come out right.
    """
    formulas = dict(_formulas(book))
    frozen = {place for place in formulas if place in given}
    frozen |= {place for place, cell in formulas.items() if _LEFT_ALONE.search(cell.formula or "") and cell.text}
    for _ in range(_ROUNDS):
        if not formulas.keys() - frozen:
            return book
        outcome = _computed(with_changes(book, _constants(book, frozen)))
        if outcome is None:
            return book
        result, unknown = outcome
        if unknown <= frozen:
            return with_changes(book, _differences(book, result, _with_array_results(book, formulas.keys() - frozen)))
        frozen |= unknown & formulas.keys()
    return book


def _formulas(book: OpenedBook) -> Iterator[tuple[Place, Cell]]:
    for sheet in book.sheets:
        for key, cell in book.cells(sheet.name).items():
            if cell.formula is not None:
                yield Place(sheet.name, *key), cell


def _with_array_results(book: OpenedBook, places: set[Place]) -> set[Place]:
    """These formulas, and the cells that only show a result of one of them."""
    areas = [area._replace(sheet=sheet) for sheet in {place.sheet for place in places} for area in book.arrays(sheet)]
    return places.union(*(area.places() for area in areas if area.place in places))


def _constants(book: OpenedBook, places: set[Place]) -> Changes:
    """Changes that put the stored value in the formula's place."""
    changes: Changes = {}
    for sheet, row, col in sorted(places):
        cell = book.cells(sheet)[row, col]
        value = CellError("#NAME?") if cell.kind is Kind.BLANK else cell.value
        changes.setdefault(sheet, {})[row, col] = Change(value)
    for sheet, in_sheet in changes.items():
        free_children(book.layout(sheet), book.cells(sheet), in_sheet)
    return changes


def _computed(book: Opened) -> tuple[Opened, set[Place]] | None:
    """The book as formualizer calculates it, and the formulas that it does not understand."""
    try:
        import formualizer
    except ImportError:
        return None
    try:
        outcome = formualizer.recalculate_xlsx_bytes(_as_plain_workbook(book), error_location_limit=_ALL)
    except (OSError, ValueError, RuntimeError):
        # A circular reference, or a formula that it cannot even parse: then no value of it can be relied on.
        return None
    names = outcome["summary"].get("error_summary", {}).get("#NAME?", {})
    told = zip(names.get("locations", ()), names.get("messages", ()), strict=True)
    return book.sibling(outcome["bytes"]), {_place(location) for location, message in told if message}


def _as_plain_workbook(book: OpenedBook) -> bytes:
    """The same file declared as a workbook without macros, which is all that formualizer accepts."""
    types = book.package.xml(CONTENT_TYPES)
    plain = _WORKBOOK_TYPE.sub(_PLAIN_TYPE, types)
    return book.package.data if plain == types else book.package.rebuilt({CONTENT_TYPES: plain})


def _place(location: str) -> Place:
    sheet, _, ref = location.rpartition("!")
    if sheet.startswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    return Place(sheet, *KEYS[ref.replace("$", "")])


def _differences(book: OpenedBook, result: OpenedBook, places: set[Place]) -> Changes:
    """Value-only changes where the stored value is not the computed one."""
    changes: Changes = {}
    for sheet, row, col in sorted(places):
        old, new = book.cells(sheet).get((row, col), BLANK_CELL), result.cells(sheet).get((row, col))
        if new is None or new.kind is Kind.BLANK or (new.kind is Kind.ERROR and new.text not in _EXCEL_ERRORS):
            continue
        if not _same(old, new):
            style = book.layout(sheet).style((row, col))
            changes.setdefault(sheet, {})[row, col] = Change(new.value, old.formula, old.formula is not None, style)
    return changes


def _same(old: Cell, new: Cell) -> bool:
    first, second = old.value, new.value
    if isinstance(first, Decimal) and isinstance(second, Decimal):
        return isclose(first, second, rel_tol=_TOLERANCE, abs_tol=_NEGLIGIBLE)
    return old.kind is new.kind and first == second
