"""Indicator tables in a foreign sheet: known by the headings 三级指标, 年度指标值, 实际完成值, 分值, 得分."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from xlauto import roles
from xlauto.adopting.foreign import Box, Foreign
from xlauto.adopting.found import Group, TableFound
from xlauto.adopting.naming import points

FIRST, SECOND = "一级指标", "二级指标"

_HEADINGS = (
    (FIRST, r"一级指标"),
    (SECOND, r"二级指标"),
    (roles.TITLE, r"三级指标|具体指标|指标内容|指标名称"),
    (roles.TARGET, r"(?:年度|年初)?(?:指标|目标)值"),
    (roles.ACTUAL, r"(?:全年|年度)?实际完成(?:值|情况)|(?:全年)?完成值"),
    (roles.POINTS, r"分值|权重|满分|标准分"),
    (roles.SCORE, r"(?:自评)?得分"),
    (roles.REASON, r"(?:偏差|扣分|未完成|偏离)?(?:原因|偏差).*"),
)
_NEEDED = {FIRST, roles.TITLE, roles.TARGET, roles.ACTUAL}
_END = re.compile(r"(?:总|合|小)计|总分.*|合计得分")
_BRACKETS = re.compile(r"[（(][^（()）]*[)）]")
_POINTS = re.compile(r"[（(][^（()）\d]*(\d+(?:\.\d+)?)\s*分?\s*[)）]")


def heading_key(text: str) -> str:
    """The key of an indicator table's column that a heading names; empty for any other text."""
    return next((key for key, pattern in _HEADINGS if re.fullmatch(pattern, text)), "")


def tables_of(foreign: Foreign) -> Iterator[TableFound]:
    """All indicator tables of a sheet whose 一级指标 are printed."""
    for row in sorted({box.top for box in foreign.boxes if box.said}):
        headings = {
            key: box for box in foreign.boxes if box.top == row and (key := heading_key(_BRACKETS.sub("", box.said)))
        }
        if headings.keys() >= _NEEDED:
            table = _table(foreign, headings)
            if table.groups:
                yield table


def _table(foreign: Foreign, headings: dict[str, Box]) -> TableFound:
    heading = max(box.bottom for box in headings.values())
    table = TableFound("指标", heading, heading)
    left = min(box.left for box in headings.values())
    right = max(box.right for box in headings.values())
    for box in foreign.boxes:
        # Columns of the bureau's own stand between the known ones, and are kept.
        if box.bottom == heading and left <= box.left and box.right <= right and box.said:
            key = next((key for key, known in headings.items() if known == box), "")
            table.columns[key or re.sub(r"\W", "", box.said)] = box
    group = kind = ""
    for row in range(heading + 1, heading + 500):
        cells = {key: foreign.at.get((row, box.left)) for key, box in table.columns.items()}
        if not _continues(cells, table):
            break
        first, second = cells[FIRST], cells.get(SECOND)
        if first and first.said and first.top == row:
            group, kind = first.text, ""
        if second and second.said and second.top == row:
            kind = second.said
        if not group:
            break
        _add(table, group, kind)
        inner = (box for key, box in cells.items() if key not in (FIRST, SECOND) and box is not None)
        table.filled += sum(not box.blank for box in inner)
        table.last = row
        if table.groups[_bare(group)].points == 0 or not _POINTS.search(group):
            cell = cells.get(roles.POINTS)
            if cell is not None and cell.figure:
                table.groups[_bare(group)].points += points(cell.cell.text) or 0
    return table


def _continues(cells: dict[str, Box | None], table: TableFound) -> bool:
    """Whether a row is built as the headings are, and is no total."""
    for key, box in cells.items():
        if box is None or not box.as_wide_as(table.columns[key]):
            return False
        if key not in (FIRST, SECOND) and box.bottom > box.top:
            return False
    first = cells[FIRST]
    return first is not None and not _END.fullmatch(first.said)


def _add(table: TableFound, group: str, kind: str) -> None:
    known = table.groups.setdefault(_bare(group), Group(group, _points(group)))
    known.rows[kind] = known.rows.get(kind, 0) + 1


def _bare(group: str) -> str:
    return re.sub(r"\s|[（(].*$", "", group, flags=re.DOTALL)


def _points(group: str) -> Decimal:
    found = _POINTS.search(group)
    return (points(found[1]) if found else None) or Decimal(0)
