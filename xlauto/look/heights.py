"""Row heights: how many lines a text takes in its box and what its rows need. Estimates, rather too high than low."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from xlauto.scheme.layout import Box

LEAST = 21.0
MOST = 409.0
DEFAULT_WIDTH = 8.43
"""Excel's own limits, in points and characters."""

_PIXELS_PER_CHARACTER, _PIXELS_PER_COLUMN = 7, 5
_MARGIN = 7
_INDENT = 9
_LEADING = 1.36
_PADDING = 6.0


class Lettering(NamedTuple):
    """A text in its box, in its size of type."""

    box: Box
    text: str
    size: float
    indent: int = 0


def column_pixels(width: float) -> float:
    """The pixels of a column of that many characters."""
    return width * _PIXELS_PER_CHARACTER + _PIXELS_PER_COLUMN


def column_points(width: float) -> float:
    return column_pixels(width) * 0.75


def lines_of(text: str, pixels: float, size: float) -> int:
    """The lines of a wrapped text. A wide character is as wide as its type is high, any other half of that."""
    em = size / 0.75
    room = max(2, int(2 * (pixels - _MARGIN) / em))
    return sum(max(1, math.ceil(_half_widths(line) / (room - room % 2))) for line in text.split("\n"))


def _half_widths(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def row_heights(
    letterings: Iterable[Lettering], widths: Mapping[int, float], given: Mapping[int, float], last_row: int
) -> dict[int, float]:
    """The height of every row up to the last: at least the given one, and enough for all texts. What a box over
    several rows lacks is shared out among them."""
    heights = {row: max(LEAST, given.get(row, LEAST)) for row in range(1, last_row + 1)}
    for lettering in sorted(letterings, key=lambda item: item.box.bottom - item.box.top):
        rows = range(lettering.box.top, lettering.box.bottom + 1)
        missing = needed_height(lettering, widths) - sum(heights[row] for row in rows)
        if missing > 0:
            for row in rows:
                heights[row] += missing / len(rows)
    return {row: min(MOST, math.ceil(height * 4) / 4) for row, height in heights.items()}


FILLED, MOST_STRETCHED = 0.93, 1.4


def stretched(row_heights: Mapping[int, float], page: float) -> dict[int, float]:
    """The rows of a short form made higher, all alike, so that it fills its page as a printed form does."""
    factor = min(MOST_STRETCHED, FILLED * page / sum(row_heights.values()))
    if factor <= 1:
        return dict(row_heights)
    return {row: min(MOST, round(height * factor * 4) / 4) for row, height in row_heights.items()}


def needed_height(lettering: Lettering, widths: Mapping[int, float]) -> float:
    return needed_lines(lettering, widths) * lettering.size * _LEADING + _PADDING


def needed_lines(lettering: Lettering, widths: Mapping[int, float]) -> int:
    box = lettering.box
    pixels = sum(column_pixels(widths.get(col, DEFAULT_WIDTH)) for col in range(box.left, box.right + 1))
    return lines_of(lettering.text, pixels - lettering.indent * _INDENT, lettering.size)
