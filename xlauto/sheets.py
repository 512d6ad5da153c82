"""The sheets that xlauto adds to a unit's workbook: names, headings, widths. Who writes what into them is not here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from xlauto.books.book import AddSheet, Book, Edit
from xlauto.model import BLANK_CELL


class ListColumn(NamedTuple):
    """A column of a list: its heading, its width in characters, whether the unit types into it, and whether workbooks
    of earlier versions lack it."""

    heading: str
    width: float
    typed: bool = False
    later: bool = False


class ListSheet(NamedTuple):
    """A sheet with headings in row 1 and one entry per row below. Row 2 of a template carries the entries' style."""

    name: str
    columns: tuple[ListColumn, ...]
    landscape: bool = True

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(column.heading for column in self.columns)

    @property
    def widths(self) -> tuple[float, ...]:
        return tuple(column.width for column in self.columns)

    def column(self, heading: str) -> int:
        """The column's number, from 1."""
        return self.headings.index(heading) + 1


HEADING_ROW = 1
FIRST_ENTRY_ROW = 2

INSTRUCTIONS = "填表说明"

FINDINGS = ListSheet(
    "校验结果",
    (
        ListColumn("代码", 8),
        ListColumn("级别", 7),
        ListColumn("位置", 18),
        ListColumn("项目", 18),
        ListColumn("问题", 36),
        ListColumn("填报数", 11),
        ListColumn("应为", 11),
        ListColumn("差额", 10),
        ListColumn("怎么改", 28),
        ListColumn("核实说明", 24, typed=True),
    ),
)

SCORES = ListSheet(
    "评分说明",
    (
        ListColumn("表", 16),
        ListColumn("项目", 24),
        ListColumn("分值", 8),
        ListColumn("自评得分", 9),
        ListColumn("系统计分", 9),
        ListColumn("差异", 8),
        ListColumn("状态", 10),
        ListColumn("计算过程", 46),
        ListColumn("依据", 30),
    ),
)

CHANGES = ListSheet(
    "更改记录",
    (
        ListColumn("工作表", 20),
        ListColumn("单元格", 9),
        ListColumn("项目", 26),
        ListColumn("原填", 18),
        ListColumn("现为", 18),
        ListColumn("说明", 40),
        ListColumn("表", 24, later=True),
    ),
)

POINTS = "系统计分"
"""The system's column that a blank 得分 refers to."""

WAS_BLANK = "（空）"
"""How 更改记录 writes that a cell was blank."""

AGREED = "已一致"
"""How the 说明 of a line in 更改记录 begins whose 原填 no longer counts as stated: it is what the formula gives."""

LISTS = (FINDINGS, SCORES, CHANGES)


def name_in(book: Book, item: ListSheet) -> str:
    """The name that a list has, or is to have, in a workbook: a sheet with other headings is the unit's own."""
    present = {info.name.casefold(): info.name for info in book.sheets}
    name, number = item.name, 1
    while name.casefold() in present and not _has_headings(book, present[name.casefold()], item):
        name, number = f"{item.name}(xlauto{number if number > 1 else ''})", number + 1
    return present.get(name.casefold(), name)


def sheet_of(item: ListSheet, edits: Sequence[Edit]) -> str:
    """The name that a list has once the edits are made, where a sheet of the unit's own may have its usual one."""
    added = (edit.name for edit in edits if isinstance(edit, AddSheet) and edit.headings == item.headings)
    return next(added, item.name)


def _has_headings(book: Book, sheet: str, item: ListSheet) -> bool:
    cells = book.cells(sheet)
    found = [cells.get((HEADING_ROW, col), BLANK_CELL).text.strip() for col in range(1, len(item.columns) + 1)]
    return all(
        text == column.heading or (column.later and not text) for text, column in zip(found, item.columns, strict=True)
    )


def entries_of(book: Book, item: ListSheet) -> dict[int, tuple[str, ...]]:
    """The texts of a list's own columns by row, as far as something stands there."""
    name = name_in(book, item)
    if name not in {info.name for info in book.sheets}:
        return {}
    rows: dict[int, list[str]] = {}
    for (row, col), cell in book.cells(name).items():
        if row >= FIRST_ENTRY_ROW and col <= len(item.columns) and (cell.text or cell.formula is not None):
            rows.setdefault(row, [""] * len(item.columns))[col - 1] = cell.text or f"={cell.formula}"
    return {row: tuple(texts) for row, texts in sorted(rows.items())}


def numbered(keys: Iterable[str]) -> Iterator[str]:
    """Each key, with |2, |3 … behind it from its second time on."""
    seen: Counter[str] = Counter()
    for key in keys:
        seen[key] += 1
        yield key if seen[key] == 1 else f"{key}|{seen[key]}"


def system_name(title: str) -> str:
    """The defined name, in its sheet's scope, of the column 系统计分, 差异 or 说明 of a form."""
    return f"_{title}"
