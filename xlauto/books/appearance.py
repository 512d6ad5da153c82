"""How a sheet looks to its reader, as far as that tells what its cells are for: borders, locks, lists to choose from.

Only for workbooks whose meaning is not known yet; forms that are known are read without this."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import NamedTuple

from xlauto.books.cells import KEYS, Key
from xlauto.books.closed import ClosedBook
from xlauto.books.package import Damaged
from xlauto.books.xmltree import Element, parse
from xlauto.model import CannotGoOn

_SIDES = ("left", "right", "top", "bottom")
_ROWS, _COLS = 1_000, 200
"""No form is larger; a list that goes on beyond is one for a whole column."""
_MOST_LISTED = 300_000
"""So many cells with lists are looked at: more than a form has."""
_WIDEST = 255.0


class Look(NamedTuple):
    """A style as far as it matters here. `sides` counts the borders of the cell."""

    sides: int
    locked: bool
    filled: bool


class Appearance(NamedTuple):
    """A sheet's styled cells, its lists to choose from by cell (as written), its columns' widths, and the columns and
    rows that nobody sees."""

    looks: Mapping[Key, Look]
    lists: Mapping[Key, str]
    widths: Mapping[int, float]
    protected: bool
    hidden_columns: frozenset[int] = frozenset()
    hidden_rows: frozenset[int] = frozenset()


def appearance(book: ClosedBook, sheet: str) -> Appearance:
    """Raises CannotGoOn if the file is damaged."""
    try:
        styles = _styles(book)
        layout = book.layout(sheet)
        root = parse(book.package.xml(book.part_name(sheet)), book.part_name(sheet))
        looks = {
            (number, col): styles[int(cell.attributes.get("s") or 0)]
            for number, row in layout.rows.items()
            for col, cell in row.cells.items()
        }
        widths: dict[int, float] = {}
        hidden: set[int] = set()
        for span in layout.columns:
            columns = range(int(span.attributes["min"]), min(int(span.attributes["max"]), _COLS) + 1)
            width = float(span.attributes.get("width", "nan"))
            if math.isfinite(width):
                widths |= dict.fromkeys(columns, min(max(width, 0.0), _WIDEST))
            if _is_on(span.attributes.get("hidden")) or width == 0:
                hidden |= set(columns)
        rows = frozenset(number for number, row in layout.rows.items() if _is_on(row.attributes.get("hidden")))
        protected = root.first("sheetProtection") is not None
        return Appearance(looks, _lists(root), widths, protected, frozenset(hidden), rows)
    except (Damaged, ValueError, KeyError, IndexError) as error:
        raise CannotGoOn("文件02", book.label, f"文件损坏（{error}）", "请重新保存后再用") from error


def _is_on(value: str | None) -> bool:
    return value in ("1", "true")


def _styles(book: ClosedBook) -> list[Look]:
    part = book.structure.part_of("styles")
    if not part:
        return [Look(0, True, False)]
    root = parse(book.package.xml(part), part)
    borders = [_sides(border) for border in _children(root, "borders")]
    fills = [_is_filled(fill) for fill in _children(root, "fills")]
    return [_look(xf, borders, fills) for xf in _children(root, "cellXfs")] or [Look(0, True, False)]


def _children(root: Element, tag: str) -> list[Element]:
    found = root.first(tag)
    return found.children if found else []


def _sides(border: Element) -> int:
    return sum(found.attributes.get("style", "none") != "none" for side in _SIDES for found in border.all(side))


def _is_filled(fill: Element) -> bool:
    pattern = fill.first("patternFill")
    return fill.first("gradientFill") is not None or bool(
        pattern and pattern.attributes.get("patternType", "none") not in ("none", "gray125")
    )


def _look(xf: Element, borders: list[int], fills: list[bool]) -> Look:
    protection = xf.first("protection")
    locked = protection is None or _is_on(protection.attributes.get("locked", "1"))
    return Look(borders[int(xf.attributes.get("borderId", "0"))] if borders else 0, locked,
                fills[int(xf.attributes.get("fillId", "0"))] if fills else False)  # fmt: skip


def _lists(root: Element) -> dict[Key, str]:
    """The first formula of every validation that offers a list, by cell."""
    holder = root.first("dataValidations")
    lists: dict[Key, str] = {}
    for rule in holder.all("dataValidation") if holder else ():
        formula = rule.first("formula1")
        if rule.attributes.get("type") != "list" or formula is None:
            continue
        for area in re.split(r"[\s,]+", rule.attributes.get("sqref", "").strip()):
            first, _, last = area.partition(":")
            (top, left), (bottom, right) = KEYS[first], KEYS[last or first]
            rows, cols = range(top, min(bottom, _ROWS) + 1), range(left, min(right, _COLS) + 1)
            if len(lists) + len(rows) * len(cols) <= _MOST_LISTED:
                lists |= dict.fromkeys(((row, col) for row in rows for col in cols), formula.text)
    return lists
