"""What was found in a bureau's workbook: cells with names, tables, forms, and what a person must look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from xlauto import roles
from xlauto.adopting.foreign import Box
from xlauto.model import Area

INPUT, COMPUTED, FIXED = "填报", "公式", "印定"


@dataclass
class Taken:
    """One cell that becomes a field. `formula` is in the scheme's language, `value` a printed figure. `why` tells
    what is particular about it."""

    box: Box
    role: str
    row: str
    column: str
    type: str
    sure: bool = True
    name: str = ""
    formula: str = ""
    value: str = ""
    prefix: str = ""
    required: bool = False
    why: str = ""


@dataclass
class Group:
    """A 一级指标: its text as printed, its points, and how many rows each 二级指标 has."""

    label: str
    points: Decimal
    rows: dict[str, int] = field(default_factory=dict)


@dataclass
class TableFound:
    """A table of indicators, by the columns' keys."""

    name: str
    heading: int
    last: int
    columns: dict[str, Box] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    filled: int = 0
    """Cells that the bureau has filled in beforehand."""

    def covers(self, row: int, col: int) -> bool:
        return self.heading <= row <= self.last and any(box.left <= col <= box.right for box in self.columns.values())


@dataclass
class ItemFound:
    """One printed item of a score table: `under` are the headings left of it, `text` and `basis` its 评分标准 and
    要点, `together` the item whose points it shares."""

    key: str
    title: str
    points: Decimal | None
    under: list[str] = field(default_factory=list)
    text: str = ""
    basis: str = ""
    together: str = ""


@dataclass
class FormFound:
    """One sheet that becomes a form. `file` is the stem of its YAML file."""

    sheet: str
    name: str
    title: str
    per: str = ""
    taken: list[Taken] = field(default_factory=list)
    labels: list[Box] = field(default_factory=list)
    tables: list[TableFound] = field(default_factory=list)
    widths: dict[str, float] = field(default_factory=dict)
    lines: set[str] = field(default_factory=set)
    """Labels behind which people write by hand (填表人：), by address."""
    scored: tuple[str, str, str] | None = None
    """The row of the 执行率, the indicator table and the 总分 row, if the form is one that points are given on."""
    unscored: str = ""
    """Why no points are given on it though it has an indicator table."""
    items: list[ItemFound] = field(default_factory=list)
    """Of a score table with printed items."""
    reason: str = ""
    """Its column that says why points were lost."""
    total: str = ""
    """Its row with the sum of all items."""
    system: dict[str, str] = field(default_factory=dict)
    bordered: bool = True

    @property
    def repeats(self) -> bool:
        return bool(self.per)

    def with_points(self) -> list[str]:
        """The rows with printed points and a score that a unit gives itself."""
        fixed = {one.name for one in self.taken if one.role == FIXED and one.column == roles.POINTS}
        scores = [one.name.rpartition(".")[0] for one in self.taken if one.role == INPUT and one.column == roles.SCORE]
        return [row for row in scores if f"{row}.{roles.POINTS}" in fixed]

    @cached_property
    def at(self) -> dict[tuple[int, int], Taken]:
        """By row and column; only when all cells have been taken."""
        return {(one.box.top, one.box.left): one for one in self.taken}

    @property
    def required(self) -> list[Taken]:
        return [one for one in self.taken if one.required]

    def named(self, name: str) -> Taken | None:
        return next((one for one in self.taken if one.name == name), None)


@dataclass
class Matter:
    """Something that the program did not understand, or that only a person can decide."""

    sheet: str
    cell: str
    text: str


@dataclass
class Found:
    """The whole workbook."""

    forms: list[FormFound] = field(default_factory=list)
    matters: list[Matter] = field(default_factory=list)
    names: dict[str, Area] = field(default_factory=dict)
    """The bureau's own names of cells, by name without regard to case."""
    unit: str = "万元"
    """In what amounts are stated, as the sheets print it."""
    skipped: list[tuple[str, str]] = field(default_factory=list)
    """Sheets that are no forms, and why."""
    hidden: list[str] = field(default_factory=list)

    def every(self) -> Iterator[tuple[FormFound, Taken]]:
        for form in self.forms:
            for one in form.taken:
                yield form, one
