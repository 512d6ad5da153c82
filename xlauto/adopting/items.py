"""The printed items of a foreign score table: titles, points, the headings that they stand under, their standards."""

from __future__ import annotations

import re
from collections import Counter
from decimal import ROUND_DOWN, Decimal

from xlauto import roles
from xlauto.adopting.cells import TOTAL
from xlauto.adopting.foreign import Box, Foreign
from xlauto.adopting.found import FIXED, INPUT, FormFound, ItemFound, Taken
from xlauto.adopting.tables import FIRST, SECOND, heading_key
from xlauto.scheme.items import printed_points

_LEAST = 2
"""A form with fewer items is no score table."""
_STANDARD = re.compile(r"(?:评分|评价|计分|考[核评])(?:标准|细则|办法)")
_BASIS = re.compile(r"(?:评分|评价|考[核评])要点|具体指标|指标(?:解释|说明|内容)")
_CENT = Decimal("0.01")


def find_items(foreign: Foreign, form: FormFound) -> None:
    """Fill `form.items`, `form.total` and `form.reason`, if the sheet is a score table with printed points."""
    heading = foreign.items
    if heading is None or form.tables:
        return
    scores = [one for one in form.taken if one.column == roles.SCORE and heading.bottom < one.box.top]
    rows = [one for one in scores if not TOTAL.fullmatch(one.row) and _row_of(one)]
    points = {one.box.top: found for one in rows if (found := _points_of(foreign, form, one, heading)) is not None}
    items = [_item(foreign, heading, one, points[one.box.top]) for one in rows if one.box.top in points]
    known = [item.points is not None or (item.under and printed_points(item.under[0])) for item in items]
    # Where the bureau scores by formulas of its own, there is nothing to propose.
    if not _LEAST <= len(items) == len(rows) or not all(known) or any(one.role != INPUT for one in rows):
        return
    form.items = items
    _share_points(items)
    total = next((one for one in scores if TOTAL.fullmatch(one.row)), None)
    form.total = _row_of(total) if total is not None else ""
    reasons = [one.column for one in form.taken if heading_key(one.column) == roles.REASON]
    form.reason = reasons[0] if reasons else ""


def _row_of(one: Taken) -> str:
    return one.name.rpartition(".")[0]


def _points_of(foreign: Foreign, form: FormFound, score: Taken, heading: Box) -> Taken | None:
    """The cell with the item's points: the nearest column right of the items; it may belong to several of them."""
    columns = [box.left for box in foreign.boxes if box.top == heading.top and heading_key(box.said) == roles.POINTS]
    column = min((left for left in columns if left > heading.left), default=min(columns, default=0))
    box = foreign.at.get((score.box.top, column))
    return next((one for one in form.taken if one.box == box and _row_of(one)), None)


def _item(foreign: Foreign, heading: Box, score: Taken, points: Taken) -> ItemFound:
    row, key = score.box.top, _row_of(score)
    texts = {pattern: _said(foreign, heading, row, pattern) for pattern in (_STANDARD, _BASIS)}
    under = [_said(foreign, heading, row, re.compile(level), bare=True) for level in (FIRST, SECOND)]
    title = foreign.at[row, heading.left].said
    printed = Decimal(points.value) if points.role == FIXED else None
    together = "" if _row_of(points) == key else _row_of(points)
    said = [each for each in under if each]
    return ItemFound(key, title, printed, said, texts[_STANDARD], texts[_BASIS], together)


def _said(foreign: Foreign, heading: Box, row: int, pattern: re.Pattern[str], *, bare: bool = False) -> str:
    """The text of the row in the column of that heading."""
    for box in foreign.boxes:
        if box.top == heading.top and pattern.fullmatch(box.said) and box != heading:
            found = foreign.at.get((row, box.left))
            return "" if found is None else found.said if bare else found.text.strip()
    return ""


def _share_points(items: list[ItemFound]) -> None:
    """Items in one cell of points each take a part of them, the last what is left."""
    shares = Counter(item.together for item in items if item.together)
    for name, others in shares.items():
        group = [item for item in items if name in (item.together, item.key)]
        whole = next((item.points for item in group if item.points is not None), None)
        for item in group:
            item.together = name
            item.points = None if whole is None else (whole / len(group)).quantize(_CENT, ROUND_DOWN)
        if whole is not None and group[-1].points is not None:
            group[-1].points += whole - sum((item.points or Decimal(0) for item in group), Decimal(0))
        assert len(group) in (others, others + 1)
