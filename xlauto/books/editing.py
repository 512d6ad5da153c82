"""From edits to the bytes of the edited workbook: what changes, what may not be written, what else must follow.

Nothing here touches the disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from math import isfinite

from xlauto.books.applying import Changes, Opened, free_children, with_changes
from xlauto.books.book import AddSheet, Edit, SetCell, SetName, SetRowHeight
from xlauto.books.cells import Key
from xlauto.books.draft import Draft
from xlauto.books.opened import OpenedBook
from xlauto.books.patch import MAX_TEXT, Change, same_value
from xlauto.books.recalculate import recalculated
from xlauto.books.rows import with_heights
from xlauto.model import BLANK_CELL, Area, CannotGoOn, Cell, CellError, Place


def edited(book: Opened, edits: Sequence[Edit]) -> Opened:
    """The workbook after the edits, cached values included; `book` itself if they change nothing."""
    shaped = _with_structure(book, edits)
    cells = [fitting(edit) for edit in edits if isinstance(edit, SetCell)]
    changed = with_changes(shaped, plan(shaped, cells))
    filled = with_heights(changed, [edit for edit in edits if isinstance(edit, SetRowHeight)])
    if filled is book:
        return book
    given = frozenset(edit.place for edit in cells if edit.formula is not None and edit.value is not None)
    return recalculated(filled, given)


def plan(book: OpenedBook, edits: Sequence[SetCell]) -> Changes:
    """The changes that the edits come to, without empty ones; raises where a cell must not be written."""
    by_sheet: dict[str, dict[Key, SetCell]] = {}
    for edit in edits:
        by_sheet.setdefault(edit.place.sheet, {})[edit.place.row, edit.place.col] = edit
    planned = {sheet: _plan_sheet(book, sheet, in_sheet) for sheet, in_sheet in by_sheet.items()}
    return {sheet: changes for sheet, changes in planned.items() if changes}


def missing(book: OpenedBook, edits: Sequence[Edit]) -> list[Place]:
    """The places where `book` does not hold what the edits ask for: empty when all was written."""
    last = {edit.place: fitting(edit) for edit in edits if isinstance(edit, SetCell)}
    return [
        place for place, edit in last.items() if not _holds(book.cells(place.sheet).get(place[1:], BLANK_CELL), edit)
    ]


def fitting(edit: SetCell) -> SetCell:
    """The edit with a value that a cell takes: a text not too long, and #NUM!, as Excel has it, for a number that is
    too great."""
    value = edit.value
    if isinstance(value, str) and len(value) > MAX_TEXT:
        return replace(edit, value=value[: MAX_TEXT - 1] + "…")
    if isinstance(value, Decimal) and not isfinite(float(value)):
        return replace(edit, value=CellError("#NUM!"))
    return edit


def _holds(cell: Cell, edit: SetCell) -> bool:
    if edit.formula != cell.formula:
        return False
    return (edit.formula is not None and edit.value is None) or same_value(cell, edit.value)


def _with_structure(book: Opened, edits: Sequence[Edit]) -> Opened:
    """New sheets first, since names may refer to them."""
    titles = {sheet.name.casefold() for sheet in book.sheets}
    draft = Draft(book.package, book.structure)
    for edit in edits:
        if isinstance(edit, AddSheet) and edit.name.casefold() not in titles:
            titles.add(edit.name.casefold())
            draft.add_sheet(edit)
    grown = book.sibling(draft.data()) if draft.is_changed else book
    draft = Draft(grown.package, grown.structure)
    if names := [edit for edit in edits if isinstance(edit, SetName)]:
        draft.set_names(names)
    return grown.sibling(draft.data()) if draft.is_changed else grown


def _plan_sheet(book: OpenedBook, sheet: str, edits: Mapping[Key, SetCell]) -> dict[Key, Change]:
    cells = book.cells(sheet)
    changes: dict[Key, Change] = {}
    for key, edit in edits.items():
        cell = cells.get(key, BLANK_CELL)
        if _holds(cell, edit) and edit.style_of is None:
            continue
        layout = book.layout(sheet)
        style = layout.style(key)
        if edit.style_of is not None:
            style = book.layout(edit.style_of.sheet).style(edit.style_of[1:])
            own = layout.cell(key)
            if _holds(cell, edit) and (own.attributes.get("s", "") if own else "") == style:
                continue
        keep = cell.formula is not None and edit.formula == cell.formula
        refuse(book, edit, keep)
        value = cell.value if keep and edit.value is None else edit.value
        changes[key] = Change(value, edit.formula, keep, style)
    if changes:
        free_children(book.layout(sheet), cells, changes)
    return changes


def refuse(book: OpenedBook, edit: SetCell, keep: bool) -> None:
    place = edit.place
    where = f"{place.sheet}!{place.ref}"
    fills = edit.value is not None or edit.formula is not None
    for merge in book.merges(place.sheet):
        if fills and covers(merge, place) and place != merge.place:
            fact = f"{where}在合并单元格{merge.ref}内，且不是其左上角，写入的内容不会显示"
            raise CannotGoOn("程序21", book.label, fact, "请取消合并，或恢复标准表样")
    for area in book.arrays(place.sheet):
        if covers(area, place) and not area.single and not keep:
            fact = f"{where}是数组公式{area.ref}的一部分，不能单独修改"
            raise CannotGoOn("程序21", book.label, fact, "请删除该数组公式，或恢复标准表样")


def covers(area: Area, place: Place) -> bool:
    return area.top <= place.row <= area.bottom and area.left <= place.col <= area.right
