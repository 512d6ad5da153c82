"""The sheets that xlauto adds to a unit's workbook: names, headings, widths. Who writes what into them is not here."""

from __future__ import annotations

from typing import NamedTuple


class ListColumn(NamedTuple):
    """A column of a list: its heading, its width in characters, and whether the unit types into it."""

    heading: str
    width: float
    typed: bool = False


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
    ),
)

WAS_BLANK = "（空）"
"""How 更改记录 writes that a cell was blank."""

LISTS = (FINDINGS, SCORES, CHANGES)
