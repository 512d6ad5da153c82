"""Rules that give points by the interval that a figure falls in."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from xlauto import formula
from xlauto.formula import Binary, Call, Expr
from xlauto.model import Level
from xlauto.scheme.bounds import decimal, plain
from xlauto.scheme.intervals import Edge, edges, interval
from xlauto.scheme.rulekinds.base import Fault, Names, RuleDef, Written, negative_faults
from xlauto.scheme.strict import SchemeError, Strict
from xlauto.values import show

_EXACT = 10
"""Decimals of a value that count where it is compared."""


class TierDef(Strict, frozen=True, kw_only=True, rename={"within": "in"}):
    """An interval (`[90%, 95%)`, `<80%`, `=0`) and its points; `printed` is the interval as the standard prints it,
    where it leaves open what `in` decides."""

    within: str
    points: float
    printed: str = ""


class TiersRule(RuleDef, frozen=True, kw_only=True, tag_field="kind", tag="分档"):
    """Points by the interval that a value falls in; for a value in none the standard says nothing."""

    value: str
    tiers: list[TierDef]

    whole_numbers = False

    def measured(self) -> list[str]:
        return [self.value]

    def written(self) -> Iterator[Written]:
        yield from super().written()
        for number, tier in enumerate(self.tiers):
            for key, span in (("in", tier.within), ("printed", tier.printed)):
                try:
                    low, high, *_ = interval(span) if span else ("", "")
                except SchemeError as error:
                    raise SchemeError(str(error), ("tiers", number, key)) from error
                for bound in dict.fromkeys((low, high)):
                    if bound:
                        yield Written(("tiers", number, key), bound, self.value)

    def formula(self, part: str, points: Decimal, names: Names) -> str:
        value, text = compared(names.resolved(self.value)), '""'
        for tier in reversed(self.tiers):
            within = interval(tier.within).condition(value, names.resolved)
            text = f"IF({within}, {plain(decimal(tier.points))}, {text})"
        return text

    def faults(self, points: Decimal) -> Iterator[Fault]:
        yield from negative_faults({tier.within: tier.points for tier in self.tiers})
        yield from best_faults(points, [tier.points for tier in self.tiers])
        try:
            yield from self._edge_faults()
        except SchemeError as error:
            yield Fault("套表06", f"：{error}")

    def _edge_faults(self) -> Iterator[Fault]:
        """Holes and overlaps, of the tiers as they are read and as they are printed."""
        read = [interval(tier.within) for tier in self.tiers]
        printed = [interval(tier.printed or tier.within) for tier in self.tiers]
        signed = may_be_negative(formula.parse(self.value))
        found = [*edges(read, whole=self.whole_numbers, signed=signed)]
        for edge in found:
            if edge.kind == "重叠":
                yield Fault("套表06", f"的评分档次在{edge.where}处重叠")
            elif edge.kind == "空档":
                fact = f"的评分标准对{edge.where}的没有规定；遇到时不计分，由人工判断"
                yield Fault("套表08", fact, Level.WARNING, "请发文单位明确")
            else:
                fact = f"的评分档次以{edge.where}为界，两个数不能比较，看不出有没有空档或重叠"
                yield Fault("套表08", fact, Level.WARNING, "请核对各档是否相连，最好用同一个数作界限")
        if printed != read:
            for edge in edges(printed, whole=self.whole_numbers, signed=signed):
                if edge not in found and edge.kind != "不能比较":
                    yield self._printed_fault(edge)

    def _printed_fault(self, edge: Edge) -> Fault:
        how = "没有规定" if edge.kind == "空档" else "有两档"
        reading = "、".join(f"“{interval(tier.within).words()}”" for tier in self.tiers if tier.printed)
        fact = f"印刷的评分标准对{edge.where}的{how}；本套表按{reading}理解"
        return Fault("套表08", fact, Level.WARNING, "请发文单位明确")


def compared(value: str) -> str:
    """A value as it is held against bounds: a difference of binary fractions may miss by its noise what it equals."""
    return f"ROUND({value}, {_EXACT})"


def may_be_negative(expr: Expr) -> bool:
    """Whether a value is a difference, such as a rate of change."""
    if isinstance(expr, Call) and expr.name in ("ABS", "MAX"):
        return False
    if isinstance(expr, Binary) and expr.op == "-":
        return True
    return any(may_be_negative(operand) for operand in formula.operands(expr))


class CountTiersRule(TiersRule, frozen=True, kw_only=True, tag_field="kind", tag="按数分档"):
    """The same for whole numbers."""

    whole_numbers = True


def best_faults(points: Decimal, given: list[float]) -> Iterator[Fault]:
    """The best of several is the points that there are."""
    best = decimal(max(given, default=0))
    if best != points:
        yield Fault("套表04", f"最高一档{show(best)}分，应为{show(points)}分")
