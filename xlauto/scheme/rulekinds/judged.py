"""Rules that rest on what a person answers: checklists, cases, choices, deductions, and points given by hand."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from xlauto import formula
from xlauto.formula import Binary, Call, Expr
from xlauto.scheme.bounds import decimal, plain
from xlauto.scheme.rulekinds.base import (
    YES,
    EvidenceDef,
    Fault,
    Names,
    RuleDef,
    Written,
    negative_faults,
    per_faults,
    required,
)
from xlauto.scheme.rulekinds.tiers import best_faults
from xlauto.scheme.strict import SchemeError, Strict
from xlauto.values import show

WHOLE_ITEM, OWN_PART = "本项", "本条"
"""What a veto takes, besides a part that it names."""


class ConditionDef(Strict, frozen=True, kw_only=True):
    """One line of a checklist: asked of a person, or decided by a formula."""

    points: float
    ask: str = ""
    when: str = ""
    who: str = ""


class ChecklistRule(RuleDef, frozen=True, kw_only=True, tag_field="kind", tag="清单"):
    """The points of every line that holds."""

    checks: dict[str, ConditionDef]

    def own_points(self) -> Decimal | None:
        return self._sum() if self.points is None else decimal(self.points)

    def asked(self, part: str, points: Decimal) -> Iterator[tuple[str, EvidenceDef]]:
        for name, check in self.checks.items():
            if check.ask:
                yield name, EvidenceDef(ask=check.ask, kind="是否", who=check.who)

    def written(self) -> Iterator[Written]:
        yield from (Written(("checks", name, "when"), check.when) for name, check in self.checks.items() if check.when)

    def formula(self, part: str, points: Decimal, names: Names) -> str:
        required(self.checks, "checks")
        lines = []
        for name, check in self.checks.items():
            if bool(check.ask) == bool(check.when):
                raise SchemeError(f"清单的“{name}”：ask 和 when 要有一个，也只能有一个", ("checks", name))
            holds = f'{names.named(name)} = "{YES}"' if check.ask else names.resolved(check.when)
            lines.append(f"IF({holds}, {plain(decimal(check.points))}, 0)")
        return " + ".join(lines)

    def faults(self, points: Decimal) -> Iterator[Fault]:
        yield from negative_faults({name: check.points for name, check in self.checks.items()})
        for name, check in self.checks.items():
            if check.when and not _is_condition(formula.parse(check.when)):
                yield Fault("套表06", f"的“{name}”：when 要是条件，如 {check.when} > 0")
        if self._sum() != points:
            yield Fault("套表04", f"的清单合计{show(self._sum())}分，应为{show(points)}分")

    def _sum(self) -> Decimal:
        return sum((decimal(check.points) for check in self.checks.values()), Decimal(0))


def _is_condition(expr: Expr) -> bool:
    compared = isinstance(expr, Binary) and expr.op in ("=", "<>", "<", "<=", ">", ">=")
    return compared or (isinstance(expr, Call) and expr.name in ("AND", "OR", "NOT", "ISBLANK", "ISNUMBER"))


class CaseDef(Strict, frozen=True, kw_only=True):
    """A kind of case that is counted."""

    ask: str
    who: str = ""


class CasesRule(RuleDef, frozen=True, kw_only=True, tag_field="kind", tag="按例扣分"):
    """`per` points less for each case."""

    cases: dict[str, CaseDef]
    per: float

    def asked(self, part: str, points: Decimal) -> Iterator[tuple[str, EvidenceDef]]:
        yield from _counted(self.cases)

    def formula(self, part: str, points: Decimal, names: Names) -> str:
        required(self.cases, "cases")
        return f"MAX(0, {plain(points)} - {plain(decimal(self.per))} * ({number_of_cases(self.cases, names)}))"

    def faults(self, points: Decimal) -> Iterator[Fault]:
        yield from per_faults(self.per)


class VetoRule(RuleDef, frozen=True, kw_only=True, tag_field="kind", tag="一票否决"):
    """One case takes all points of the item (本项), of this part (本条), or also of the part that `scope` names."""

    cases: dict[str, CaseDef]
    scope: str = WHOLE_ITEM

    def asked(self, part: str, points: Decimal) -> Iterator[tuple[str, EvidenceDef]]:
        yield from _counted(self.cases)

    def formula(self, part: str, points: Decimal, names: Names) -> str:
        required(self.cases, "cases")
        return f"IF({self.applies(names)}, 0, {plain(points)})"

    def applies(self, names: Names) -> str:
        """The condition on which it takes the points."""
        return f"{number_of_cases(self.cases, names)} > 0"


def number_of_cases(cases: dict[str, CaseDef], names: Names) -> str:
    """All cases together. No case that is wrongly counted makes up for another."""
    return " + ".join(f"MAX(0, {names.named(name)})" for name in cases)


def _counted(cases: dict[str, CaseDef]) -> Iterator[tuple[str, EvidenceDef]]:
    for name, case in cases.items():
        yield name, EvidenceDef(ask=case.ask, kind="次数", unit="例", who=case.who)


class ChoiceRule(RuleDef, frozen=True, kw_only=True, tag_field="kind", tag="选择"):
    """One of several findings of fact, each with its points."""

    ask: str
    choices: dict[str, float]
    who: str = ""

    def asked(self, part: str, points: Decimal) -> Iterator[tuple[str, EvidenceDef]]:
        yield chosen(part), EvidenceDef(ask=self.ask, kind="选择", choices=list(self.choices), who=self.who)

    def formula(self, part: str, points: Decimal, names: Names) -> str:
        required(self.choices, "choices")
        name, text = names.named(chosen(part)), '""'
        for choice, given in reversed(list(self.choices.items())):
            text = f'IF({name} = "{choice}", {plain(decimal(given))}, {text})'
        return text

    def faults(self, points: Decimal) -> Iterator[Fault]:
        yield from negative_faults(self.choices)
        yield from best_faults(points, list(self.choices.values()))


def chosen(part: str) -> str:
    """The key of the cell that a choice is made in."""
    return part or "情形"


class DeductionDef(Strict, frozen=True, kw_only=True):
    """A deduction that a person sets within a range, or not at all."""

    ask: str
    least: float = 0
    most: float
    who: str = ""

    @property
    def span(self) -> str:
        """`4至7分`, `2分`."""
        return f"{self.most:g}分" if self.least == self.most else f"{self.least:g}至{self.most:g}分"


class RangeRule(RuleDef, frozen=True, kw_only=True, tag_field="kind", tag="区间扣分"):
    """What a person deducts, each within its range, down to nothing."""

    deductions: dict[str, DeductionDef]

    def asked(self, part: str, points: Decimal) -> Iterator[tuple[str, EvidenceDef]]:
        for name, cut in self.deductions.items():
            help_ = f"没有的填0；有的填所扣的分，{cut.span}"
            yield (
                name,
                EvidenceDef(
                    ask=cut.ask, kind="扣分", unit="分", who=cut.who, help=help_, least=cut.least, most=cut.most
                ),
            )

    def formula(self, part: str, points: Decimal, names: Names) -> str:
        required(self.deductions, "deductions")
        cuts = " + ".join(f"MAX(0, {names.named(name)})" for name in self.deductions)
        return f"MAX(0, {plain(points)} - ({cuts}))"

    def faults(self, points: Decimal) -> Iterator[Fault]:
        yield from negative_faults({name: cut.least for name, cut in self.deductions.items()})


class ManualRule(RuleDef, frozen=True, kw_only=True, tag_field="kind", tag="人工"):
    """A person gives the points. `ask` is for a part of an item, whose points have a cell of their own."""

    ask: str = ""
    who: str = ""

    def asked(self, part: str, points: Decimal) -> Iterator[tuple[str, EvidenceDef]]:
        if self.ask:
            help_ = f"由人工评分，0至{plain(points)}分"
            yield (
                part,
                EvidenceDef(
                    ask=self.ask, kind="分值", unit="分", who=self.who, help=help_, least=0, most=float(points)
                ),
            )

    def formula(self, part: str, points: Decimal, names: Names) -> str:
        return f"MIN(MAX(0, {names.named(part)}), {plain(points)})"
