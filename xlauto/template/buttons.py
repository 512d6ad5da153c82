"""Where the buttons stand on the sheets: outside of what is printed, above the columns that they fill.

Each lies within one cell: across a column's border its width would depend on the fonts of the machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xlauto.look.heights import column_pixels
from xlauto.template.macros import LETTERING, Button, buttons

COLUMN_WIDTH = 56.0
"""Of a column that holds all buttons, in characters."""
_HEIGHT = 24
"""Pixels, as all that follow."""
_PADDING, _GAP, _TOP = 18, 5, 5


def write_row(sheet: Any, columns: Mapping[int, float]) -> None:
    """All buttons side by side in the first row, where every form has its title.

    `columns` are the columns (from 1) that they may lie in with their widths in characters, from the left. As many as
    fit go into one; a button that is alone in a narrow column fills it. The last column takes all that are left.
    """
    rest, last = list(buttons()), max(columns)
    for column, characters in sorted(columns.items()):
        left, pixels = 0, int(column_pixels(characters))
        while rest and (left + width(rest[0]) + _GAP <= pixels or column == last):
            narrow = column != last and pixels < 2 * width(rest[0])
            wide = pixels - _GAP if narrow else width(rest[0])
            _write(sheet, 0, column - 1, rest.pop(0), left, wide)
            left += wide + _GAP


def write_beside(sheet: Any, row: int, column: int, button: Button) -> None:
    """One button in its row, row and column from 0, as wide as the widest."""
    _write(sheet, row, column, button, _GAP, max(map(width, buttons())))


def width(button: Button) -> int:
    """Room for the label."""
    return round(len(button.label) * LETTERING.size / 0.75) + _PADDING


def _write(sheet: Any, row: int, column: int, button: Button, left: int, wide: int) -> None:
    look = {"caption": button.label, "macro": button.macro, "description": button.tip}
    place = {"width": wide, "height": _HEIGHT, "x_offset": left, "y_offset": _TOP}
    sheet.insert_button(row, column, {**look, **place})
