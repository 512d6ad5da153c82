"""How a sheet looks to its reader, as far as that tells what its cells are for: borders, locks, lists to choose from.

Only for workbooks whose meaning is not known yet; forms that are known are read without this."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from xlauto.books.cells import KEYS, Key
from xlauto.books.closed import ClosedBook
from xlauto.books.package import Damaged
from xlauto.books.xmltree import Element, parse
from xlauto.model import CannotGoOn

_SIDES = ("left", "right", "top", "bottom")
_LARGEST = 20_000
"""So many cells of one area of validation are looked at: more than a form has."""


class Look(NamedTuple):
    """A style as far as it matters here. `sides` counts the borders of the cell."""

    sides: int
    locked: bool
    filled: bool


class Appearance(NamedTuple):
    """A sheet's styled cells, its lists to choose from by cell (as written), and its columns' widths."""

    looks: Mapping[Key, Look]
    lists: Mapping[Key, str]
    widths: Mapping[int, float]
    protected: bool


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
        widths = {
            col: float(span.attributes["width"])
            for span in layout.columns
            if "width" in span.attributes
            for col in range(int(span.attributes["min"]), min(int(span.attributes["max"]), 200) + 1)
        }
        return Appearance(looks, _lists(root), widths, root.first("sheetProtection") is not None)
    except (Damaged, ValueError, KeyError, IndexError) as error:
        raise CannotGoOn("文件02", book.label, f"文件损坏（{error}）", "请重新保存后再用") from error


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
    locked = protection is None or protection.attributes.get("locked", "1") in ("1", "true")
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
            if (bottom - top + 1) * (right - left + 1) <= _LARGEST:
                lists |= dict.fromkeys(
                    ((row, col) for row in range(top, bottom + 1) for col in range(left, right + 1)), formula.text
                )
    return lists
