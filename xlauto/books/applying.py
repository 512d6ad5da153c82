"""Changed cells put into a workbook: the bytes of its sheets, and what else they take with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from xlauto.books.cells import Key
from xlauto.books.draft import Draft
from xlauto.books.layout import Layout
from xlauto.books.opened import OpenedBook
from xlauto.books.patch import Change, patched
from xlauto.model import BLANK_CELL, Cell

Opened = TypeVar("Opened", bound=OpenedBook)
Changes = dict[str, dict[Key, Change]]


def with_changes(book: Opened, changes: Changes) -> Opened:
    """The workbook with these cells changed; `book` itself if there are none."""
    if not changes:
        return book
    draft = Draft(book.package, book.structure)
    for sheet, in_sheet in changes.items():
        draft.put(book.part_name(sheet), patched(book.layout(sheet), in_sheet))
    if any(_alters_formula(book.cells(sheet), in_sheet) for sheet, in_sheet in changes.items()):
        draft.drop_calculation_chain()
    return book.sibling(draft.data())


def free_children(layout: Layout, cells: Mapping[Key, Cell], changes: dict[Key, Change]) -> None:
    """Give a formula of their own to the cells that share the formula of a cell which loses it."""
    lost = set()
    for key, change in changes.items():
        span = layout.cell(key)
        if span and span.formula and not change.keep_formula and span.formula.attributes.get("t") == "shared":
            lost.add((span.formula.attributes.get("si"), "ref" in span.formula.attributes))
    groups = {group for group, is_master in lost if is_master}
    if not groups:
        return
    for number, row in layout.rows.items():
        for col, span in row.cells.items():
            key = number, col
            attributes = span.formula.attributes if span.formula else {}
            if attributes.get("t") != "shared" or attributes.get("si") not in groups:
                continue
            if key not in changes or changes[key].keep_formula:
                planned = changes.get(key)
                value = planned.value if planned else cells[key].value
                changes[key] = Change(value, cells[key].formula, False, span.attributes.get("s", ""))


def _alters_formula(cells: Mapping[Key, Cell], changes: Mapping[Key, Change]) -> bool:
    return any(cells.get(key, BLANK_CELL).formula != change.formula for key, change in changes.items())
