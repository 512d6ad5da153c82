"""Scores as data: one item's points, stated against computed, with its calculation.

A score is computed, or needs something, or is undefined; it is never a silent 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from xlauto.model import Place
from xlauto.submission import Line

LEFT_OPEN = "自评留空"
"""What stands for the difference where the unit has left its 得分 to the system."""


class PointState(StrEnum):
    """How far a score could be worked out."""

    COMPUTED = "已计算"
    NEEDS = "需人工判断"
    LACKS = "缺少依据"
    UNDEFINED = "无法计算"


class Missing(NamedTuple):
    """Something without which an item cannot be scored: a field, what people call it, and its cell (`评分依据!C7`).
    What is `given` cannot be used: a finding on that cell says why."""

    name: str
    label: str
    cell: str
    given: bool = False

    @property
    def words(self) -> str:
        return f"{self.label}（{self.cell}）" if self.cell else self.label


class Shared(NamedTuple):
    """One cell of points that several items have together: their names, what they have been given in all, and whether
    this item is the first of them."""

    items: tuple[str, ...]
    given: Decimal
    first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One score. `item` is 执行率, an indicator's or item's name or 总分; `line` is the indicator's row, `key` the
    item's key and `place` where its 得分 stands.

    `points` are those of the cell beside it, also where it has that cell together with others (`shared`). `formula` is
    the Excel formula for 系统计分, without `=`, empty when there is nothing to compute. `standard` is the printed text
    of the rule, `missing` what an item waits for, `why` what keeps one that waits for nothing from being computed,
    `zero` whether that is a denominator that is 0.
    """

    form: str
    sheet: str
    title: str
    item: str
    row: int
    points: Decimal | None
    stated: Decimal | None
    computed: Decimal | None
    state: PointState
    explanation: str
    source: str = ""
    standard: str = ""
    formula: str = ""
    line: Line | None = None
    key: str = ""
    place: Place | None = None
    missing: tuple[Missing, ...] = ()
    why: str = ""
    zero: bool = False
    shared: Shared | None = None

    @property
    def possible(self) -> bool:
        """Whether the unit can have given itself these points."""
        return possible(self.stated, self.points, self.shared)

    @property
    def weight(self) -> Decimal | None:
        """What the score adds to the points of its table: a cell that several share counts with the first of them."""
        return self.points if self.shared is None or self.shared.first else None

    @property
    def adopted(self) -> Decimal | None:
        """What stands in the unit's 得分: its own figure, or the system's where it left the cell to the system."""
        return self.computed if self.stated is None else self.stated

    @property
    def effective(self) -> Decimal | None:
        """What counts in the system's total: the computed points, or the unit's own where only a person can judge,
        and of an item also where evidence is missing or the standard is silent.

        Points of its own that cannot be (more than the indicator has, or below 0) count as missing.
        """
        if self.computed is not None or not (self.key or self.state is PointState.NEEDS):
            return self.computed
        return self.stated if self.possible else None

    @property
    def basis(self) -> str:
        """The text of the rule and where it is printed."""
        return f"{self.standard}（{self.source}）" if self.standard and self.source else self.standard or self.source

    @property
    def left_open(self) -> bool:
        """Whether the unit has left the 得分 to the system, so that the system's is what stands there."""
        return self.stated is None and self.computed is not None

    @property
    def difference(self) -> Decimal | None:
        """Stated minus computed."""
        return None if self.stated is None or self.computed is None else self.stated - self.computed


def possible(stated: Decimal | None, points: Decimal | None, shared: Shared | None = None) -> bool:
    """Whether points can have been given: between 0 and the points that there are, for all that share them."""
    if stated is None or points is None or stated < 0:
        return False
    return (stated if shared is None else shared.given) <= points
