"""Rows of a foreign sheet in which labels and values stand in turns (`编制人数 □ 在职人数 □`) within a table or below
it, at odds with the headings of its columns."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import pairwise

from xlauto.adopting.foreign import Box, Foreign

_LEAST = 2
NONE = re.compile(r"[—―－\-/／×]+|不适用|[不免无]需?要?填写?")
"""A cell in which the form itself says that there is nothing to state."""
_MEASURE = re.compile(r"(?:计量|度量|数量)单位")
"""The heading of a column that prints in what is counted."""


def rows_of_pairs(foreign: Foreign, but: range) -> frozenset[int]:
    """Such rows, save those of a score table's items, whose columns print labels and points in turns."""
    labels: dict[int, list[Box]] = {}
    for box, beside in pairwise(foreign.boxes):
        together = box.top == beside.top and beside.left == box.right + 1 and box.top not in but
        if together and _is_label(box) and not beside.said and foreign.is_framed(beside):
            labels.setdefault(box.top, []).append(box)
    rows = {row: found for row, found in labels.items() if len(found) >= _LEAST}
    return frozenset(
        row for row, (_, *others) in rows.items() if any(_stands_for_a_value(foreign, box, rows) for box in others)
    )


def is_measure(foreign: Foreign, box: Box) -> bool:
    """Whether a text says in what the figures beside it are counted, and names none of them."""
    for row in range(box.top - 1, 0, -1):
        other = foreign.at.get((row, box.left))
        if other is None or not other.as_wide_as(box):
            return False
        if _MEASURE.fullmatch(other.said):
            return True
    return False


def _is_label(box: Box) -> bool:
    return bool(box.said) and not NONE.fullmatch(box.said)


def _stands_for_a_value(foreign: Foreign, label: Box, rows: Collection[int]) -> bool:
    """Whether values stand above the label, and a heading above those: it is no label of that column."""
    values = False
    for row in range(label.top - 1, 0, -1):
        box = foreign.at.get((row, label.left))
        if box is None or not foreign.is_framed(box):
            return False
        if row in rows and box.top == row:
            continue
        if _is_label(box):
            return values and not foreign.is_title(box) and not _MEASURE.fullmatch(box.said)
        values = True
    return False
