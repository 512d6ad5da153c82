"""What every kind of scoring rule can be asked: what it measures and asks of people, its formula, the most it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Literal, NamedTuple

from xlauto.model import Level
from xlauto.scheme.bounds import decimal, plain
from xlauto.scheme.intervals import figure, number_of
from xlauto.scheme.strict import SchemeError, Strict

Figure = str | int | float
Rounding = Literal["精确", "舍去", "进位"]

YES, NO = "是", "否"

_WHOLE = 6
"""Decimals of a number of steps that count: what is left behind them is noise of binary fractions."""


class EvidenceDef(Strict, frozen=True, kw_only=True):
    """What only a person has: a question with an input cell. `who` can answer it; `where` names the form in which
    the figure stands among words, so that it is copied from there. `least` and `most` bound the figure, a rate's as
    fractions; without them it is bounded as every figure of its kind is."""

    ask: str
    kind: Literal["是否", "次数", "数量", "金额", "面积", "百分比", "选择", "扣分", "分值", "文本"] = "数量"
    unit: str = ""
    who: str = ""
    where: str = ""
    choices: list[str] = []
    help: str = ""
    least: float | None = None
    most: float | None = None


class Names(NamedTuple):
    """How a rule calls things in its formula: `resolved` puts full names into a formula of the scheme, `named` gives
    that of a cell of evidence by its key."""

    resolved: Callable[[str], str]
    named: Callable[[str], str]


class Written(NamedTuple):
    """A formula or a figure as the scheme's author wrote it. `keys` lead to it from the rule; `against` is the formula
    of what a figure is held against, or whose excess is counted in steps of it."""

    keys: tuple[str | int, ...]
    text: str
    against: str = ""


class Fault(NamedTuple):
    """What is amiss with a rule. `fact` goes on after the rule's name: `的“虚列”：…`."""

    code: str
    fact: str
    level: Level = Level.ERROR
    hint: str = ""


class RuleDef(Strict, frozen=True, kw_only=True):
    """A rule, or a part of one. `points` are what it can give (as an item's only rule: the item's), `text` the
    printed sentence, `note` how it was read where it can be read in more than one way."""

    points: float | None = None
    text: str = ""
    note: str = ""

    def own_points(self) -> Decimal | None:
        """The points that the rule itself tells."""
        return None if self.points is None else decimal(self.points)

    def measured(self) -> list[str]:
        """The formulas of the figures that it measures."""
        return []

    def written(self) -> Iterator[Written]:
        """All formulas and figures that it is made of. Raises SchemeError with the keys of one that is none."""
        yield from (Written(("value",), value) for value in self.measured())

    def asked(self, part: str, points: Decimal) -> Iterator[tuple[str, EvidenceDef]]:
        """The cells that it brings with it, by key; `part` is its own key within the item."""
        yield from ()

    def formula(self, part: str, points: Decimal, names: Names) -> str:
        """The points that it gives, as a formula; an empty text where the standard is silent. Raises SchemeError."""
        raise NotImplementedError

    def most(self, points: Decimal) -> Decimal:
        """The greatest number of its points that it can give."""
        return points

    def faults(self, points: Decimal) -> Iterator[Fault]:
        """Parameters that make no sense, and what the printed standard leaves open."""
        yield from ()


def required(lines: Mapping[str, object], key: str) -> None:
    """Raises SchemeError where a rule has nothing to go by."""
    if not lines:
        raise SchemeError(f"没有写 {key}", (key,))


def steps_text(excess: str, step: Figure, rounding: Rounding) -> str:
    """How many steps there are in what is too much."""
    exact = f"({excess}) / {figure(step)}"
    if rounding == "精确":
        return exact
    return f"{'ROUNDDOWN' if rounding == '舍去' else 'ROUNDUP'}(ROUND({exact}, {_WHOLE}), 0)"


def step_faults(step: Figure, per: float) -> Iterator[Fault]:
    """A deduction of nothing, of less than nothing, or for steps of no width."""
    width = number_of(figure(step))
    if width is None or width <= 0:
        yield Fault("套表06", f"的 step 是每一级的宽度，应是大于0的数（{figure(step)}）")
    yield from per_faults(per)


def per_faults(per: float) -> Iterator[Fault]:
    if per <= 0:
        yield Fault("套表06", f"的 per 是每次扣的分，应大于0（{plain(decimal(per))}）")


def negative_faults(points: dict[str, float]) -> Iterator[Fault]:
    """Lines, tiers or choices of less than nothing."""
    for name, each in points.items():
        if each < 0:
            yield Fault("套表06", f"的“{name}”是{plain(decimal(each))}分，分不能是负数")
