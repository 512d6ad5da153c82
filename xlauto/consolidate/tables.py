"""What the sheets of the summary book are made of: tables of columns and rows. How they look is decided in book.py."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from xlauto.model import column_letters

OVERVIEW, SCORES, FUNDS, PROJECTS = "概览", "得分汇总", "自评资金汇总", "项目汇总"
INDICATORS, FINDINGS, RECEIPTS, SOURCES = "指标明细", "校验问题", "报送情况", "数据来源"
"""The sheets, besides those of the forms that are only summed (基础数据汇总)."""
TITLE_ROW, NOTE_ROW, GROUP_ROW, HEADING_ROW, FIRST_ROW = 1, 2, 3, 4, 5
"""Rows of every table, from 1; the total row stands below the last row of data, the row of sources below that."""
_LONGEST_LITERAL = 255
"""What Excel takes as a text within a formula."""


class Formula(NamedTuple):
    """A formula, without `=`, with its value."""

    text: str
    value: Decimal | str


class Link(NamedTuple):
    """A cell that leads elsewhere: `target` as HYPERLINK takes it, empty where there is none."""

    target: str
    shown: str

    @property
    def formula(self) -> str:
        """Without `=`; empty if the link cannot be made and only its text is shown."""
        if not self.target or any(len(text.encode("utf-16-le")) > 2 * _LONGEST_LITERAL for text in self):
            return ""
        return f"HYPERLINK({_literal(self.target)},{_literal(self.shown)})"


Content = Decimal | int | str | Formula | Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column. `type` is a field's type, or 文本, 序号, 居中; `total` what stands in the total row: nothing, 合计 (the
    sum), or a formula. `source` is the cell of each unit's workbook that the figures come from, where all share it."""

    heading: str
    width: float
    type: str = "文本"
    group: str = ""
    total: str | Formula = ""
    source: str = ""


@dataclass(slots=True, kw_only=True)
class Table:
    """One sheet: a title, a remark below it, columns, rows. `frozen` columns stay in sight and repeat in print."""

    name: str
    title: str
    note: str
    columns: list[Column]
    rows: list[Sequence[Content]] = field(default_factory=list)
    frozen: int = 3
    totalled: bool = False
    printed: int = 0
    """How many columns are printed, the rest stands right of the print area; 0 for all."""
    marks: dict[str, str] = field(default_factory=dict)
    """Which columns are coloured by their text, and how: `级别` or `状态`."""

    @property
    def last_row(self) -> int:
        """The last row of data, from 1; of an empty table the heading row."""
        return HEADING_ROW + len(self.rows)

    @property
    def total_row(self) -> int:
        return max(self.last_row, FIRST_ROW) + 1

    def index(self, heading: str) -> int:
        """The column's number, from 1."""
        return next(number for number, column in enumerate(self.columns, 1) if column.heading == heading)

    def span(self, column: int, *, sheet: bool = True) -> str:
        """The data of a column as a formula names it."""
        letter = column_letters(column)
        cells = f"${letter}${FIRST_ROW}:${letter}${max(self.last_row, FIRST_ROW)}"
        return f"{quoted(self.name)}!{cells}" if sheet else cells.replace("$", "")


def quoted(sheet: str) -> str:
    return "'" + sheet.replace("'", "''") + "'"


def inside(sheet: str, cell: str, shown: str) -> Link:
    """A link to a cell of the summary itself."""
    return Link(f"#{quoted(sheet)}!{cell}", shown)


class Links:
    """Links into the units' files, relative to the folder of the summary."""

    def __init__(self, output: Path) -> None:
        self._folder = os.path.dirname(os.path.abspath(output))
        self._known: dict[Path, str] = {}

    def file(self, path: Path, shown: str) -> Link:
        return Link(self._target(path), shown)

    def cell(self, path: Path, sheet: str, cell: str, shown: str = "") -> Link:
        """A link to `file.xlsx#'表'!D8`, shown as `表!D8`."""
        target = self._target(path)
        place = f"#{quoted(sheet)}!{cell}" if sheet else ""
        return Link(target + place if target else "", shown or f"{sheet}!{cell}")

    def _target(self, path: Path) -> str:
        """Empty where Excel could not follow: a `#` in a path begins the place within the file."""
        if path not in self._known:
            absolute = os.path.abspath(path)
            try:
                target = os.path.relpath(absolute, self._folder)
            except ValueError:  # another drive
                target = absolute
            self._known[path] = "" if "#" in target else target.replace(os.sep, "/")
        return self._known[path]


def _literal(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
