"""Rules that measure a figure and take points for how far it misses the standard."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from xlauto.model import Level
from xlauto.scheme.bounds import decimal, plain
from xlauto.scheme.intervals import figure
from xlauto.scheme.rulekinds.base import (
    Fault,
    Figure,
    Names,
    Rounding,
    RuleDef,
    Written,
    required,
    step_faults,
    steps_text,
)
from xlauto.scheme.strict import SchemeError, Strict


class RatioRule(RuleDef, frozen=True, kw_only=True, tag_field="kind", tag="比例"):
    """Points in proportion to a share, up to `cap`."""

    value: str
    cap: float = 1

    def measured(self) -> list[str]:
        return [self.value]

    def formula(self, part: str, points: Decimal, names: Names) -> str:
        if self.cap > 1:
            raise SchemeError(f"比例的 cap 是最多得几成，不能大于1（{self.cap:g}）", ("cap",))
        return f"{plain(points)} * MIN(MAX({names.resolved(self.value)}, 0), {plain(decimal(self.cap))})"

    def most(self, points: Decimal) -> Decimal:
        return points * decimal(self.cap)

    def faults(self, points: Decimal) -> Iterator[Fault]:
        if self.cap <= 0:
            yield Fault("套表06", f"的 cap 是最多得几成，应大于0（{self.cap:g}）")


class StepRule(RuleDef, frozen=True, kw_only=True, tag_field="kind", tag="超标扣分"):
    """Full points within the bound, `per` points less for each `step` beyond it. `rounding` is that of the number of
    steps; `beyond` says what the standard says of the good side of a bound that it prints as `=`."""

    value: str
    bound: Figure
    direction: Literal["≤", "≥", "±"] = "≤"
    step: Figure = "1%"
    per: float
    rounding: Rounding = "精确"
    beyond: Literal["满分", "无规定"] = "满分"

    def measured(self) -> list[str]:
        return [self.value]

    def written(self) -> Iterator[Written]:
        yield from super().written()
        yield Written(("bound",), figure(self.bound), self.value)
        yield Written(("step",), figure(self.step), self.value)

    def excess(self, value: str) -> str:
        """By how much a value is beyond the bound."""
        bound = figure(self.bound)
        by_direction = {"≤": f"({value}) - {bound}", "≥": f"{bound} - ({value})", "±": f"ABS(({value}) - {bound})"}
        return by_direction[self.direction]

    def formula(self, part: str, points: Decimal, names: Names) -> str:
        value, bound, full = names.resolved(self.value), figure(self.bound), plain(points)
        steps = steps_text(self.excess(value), self.step, self.rounding)
        deducted = f"MAX(0, {full} - {plain(decimal(self.per))} * {steps})"
        if self.direction == "±":
            return deducted
        worse = ">" if self.direction == "≤" else "<"
        silent = f'IF(({value}) = {bound}, {full}, "")' if self.beyond == "无规定" else full
        return f"IF(({value}) {worse} {bound}, {deducted}, {silent})"

    def faults(self, points: Decimal) -> Iterator[Fault]:
        yield from step_faults(self.step, self.per)
        if self.beyond == "无规定":
            side = "高于" if self.direction == "≥" else "低于"
            fact = f"的评分标准对{side}{self.bound}的没有规定；遇到时不计分，由人工判断"
            yield Fault("套表08", fact, Level.WARNING, "请发文单位明确")


class CheckpointDef(Strict, frozen=True, kw_only=True):
    """What should have been reached at one date."""

    value: str
    target: Figure


class ScheduleRule(RuleDef, frozen=True, kw_only=True, tag_field="kind", tag="序时扣分"):
    """`per` points less for each `step` by which a checkpoint was missed: from one pot, or `each` from its own."""

    checkpoints: dict[str, CheckpointDef]
    step: Figure = "1%"
    per: float
    rounding: Rounding = "精确"
    each: bool = False

    def measured(self) -> list[str]:
        return [point.value for point in self.checkpoints.values()]

    def written(self) -> Iterator[Written]:
        for name, point in self.checkpoints.items():
            yield Written(("checkpoints", name, "value"), point.value)
            yield Written(("checkpoints", name, "target"), figure(point.target), point.value)
        yield from (Written(("step",), figure(self.step), value) for value in self.measured()[:1])

    def formula(self, part: str, points: Decimal, names: Names) -> str:
        required(self.checkpoints, "checkpoints")
        full, per = plain(points), plain(decimal(self.per))
        short = [
            steps_text(f"MAX(0, {figure(point.target)} - ({names.resolved(point.value)}))", self.step, self.rounding)
            for point in self.checkpoints.values()
        ]
        if not self.each:
            return f"MAX(0, {full} - {per} * ({' + '.join(short)}))"
        return " + ".join(f"MAX(0, {full} / {len(short)} - {per} * {steps})" for steps in short)

    def faults(self, points: Decimal) -> Iterator[Fault]:
        yield from step_faults(self.step, self.per)
