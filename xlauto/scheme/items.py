"""The items of score tables at run time: each rule as one formula, what it asks of people, and what it needs to know.

A rule's text is the same for the cell, the value and the explanation. A value on which the standard is silent gives an
empty text, never 0; so does an item as long as something that it needs is not there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from xlauto import formula, roles
from xlauto.formula import Expr, Ref
from xlauto.formula.evaluate import Compiled
from xlauto.scheme import rules
from xlauto.scheme.forms import SchemeError
from xlauto.scheme.intervals import Interval, figure, interval
from xlauto.scheme.needs import Need, with_names
from xlauto.scheme.rules import EvidenceDef, ItemDef, Rule

YES, NO = "是", "否"
DIGITS = 2
"""Points have two decimals; whoever needs fewer says so in the rule's value."""
_NOISE = 10
"""Decimals of points that count before they are rounded."""
_WHOLE = 6
"""Decimals of a number of steps that count: what is left behind them is noise of binary fractions."""


@dataclass(frozen=True)
class Evidence:
    """A cell for what only a person knows. `least` and `most` bound a deduction or points that a person sets."""

    name: str
    key: str
    definition: EvidenceDef
    least: Decimal | None = None
    most: Decimal | None = None


@dataclass(frozen=True)
class Part:
    """A rule that gives points by itself. `text` is its formula, empty where only a person can score; `veto` the
    condition on which the whole item is 0."""

    key: str
    rule: Rule
    points: Decimal
    text: str
    needs: tuple[Need, ...] = ()
    veto: str = ""

    @cached_property
    def expr(self) -> Expr:
        return formula.parse(self.text)

    @cached_property
    def compiled(self) -> Compiled:
        return formula.compile(self.expr)

    @cached_property
    def vetoed(self) -> Compiled:
        return formula.compile(formula.parse(self.veto))


@dataclass(frozen=True)
class Item:
    """One line of a score table. `points` is None where the unit sets them; `formula` is empty where a person scores.

    `most` is the greatest score that the printed standards allow."""

    form: str
    key: str
    definition: ItemDef
    parts: tuple[Part, ...]
    evidence: tuple[Evidence, ...]
    formula: str = ""

    @property
    def title(self) -> str:
        return self.definition.title or self.key

    @property
    def points(self) -> Decimal | None:
        return None if self.definition.points is None else decimal(self.definition.points)

    @property
    def score_name(self) -> str:
        return f"{self.key}.{roles.SCORE}"

    @property
    def points_name(self) -> str:
        return f"{self.definition.together or self.key}.{roles.POINTS}"

    @property
    def by_hand(self) -> bool:
        return not self.formula

    @property
    def rests_on_asked_figures(self) -> bool:
        """Whether the item is scored by figures, and these stand in no form but have to be asked for."""
        own = {evidence.key: evidence.name for evidence in self.evidence}
        nowhere = {evidence.name for evidence in self.evidence if not evidence.definition.where}
        exprs = [formula.parse(with_names(value, own)) for part in self.parts for value in _values(part.rule)]
        named = {ref.name for expr in exprs for ref in formula.names(expr) if isinstance(ref, Ref)}
        return bool(named) and named <= nowhere

    @property
    def most(self) -> Decimal | None:
        if self.by_hand or self.points is None:
            return self.points
        return min(self.points, sum((part.points for part in self.parts), Decimal(0)))


def _values(rule: Rule) -> list[str]:
    """The values that a rule measures."""
    if isinstance(rule, rules.ScheduleRule):
        return [point.value for point in rule.checkpoints.values()]
    return [rule.value] if isinstance(rule, rules.RatioRule | rules.StepRule | rules.TiersRule) else []


def printed_points(label: str) -> Decimal | None:
    """The points that a printed 一级 or 二级指标 names: `投入（15分）`."""
    found = re.search(r"[（(]\s*(\d+(?:\.\d+)?)\s*分\s*[）)]", label)
    return Decimal(found[1]) if found else None


def decimal(number: float) -> Decimal:
    """A figure of the YAML, which has read it as a binary number, as it was written."""
    exact = Decimal(str(number))
    return exact.to_integral_value() if exact == exact.to_integral_value() else exact


def shape(form: str, key: str, definition: ItemDef) -> Item:
    """The item without its formulas: enough to draw the forms. Raises SchemeError on what cannot be an item."""
    where = f"评分表“{form}”的“{key}”"
    given = _given(definition)
    if definition.rule is not None and definition.parts:
        raise SchemeError(f"{where}：rule 和 parts 只能写一个")
    evidence: dict[str, Evidence] = {}
    for found in _evidence(key, definition, given):
        if found.name in evidence:
            raise SchemeError(f"{where}：依据“{found.key}”写了两次")
        evidence[found.name] = found
    parts = tuple(Part(name, rule, _points(where, definition, name, rule), "") for name, rule in given.items())
    return Item(form, key, definition, parts, tuple(evidence.values()))


def finished(item: Item, needs: Callable[[Expr], Sequence[Need]]) -> Item:
    """The item with its formulas. `needs` tells what a formula must be given. Raises SchemeError."""
    own = {evidence.key: evidence.name for evidence in item.evidence}
    by_hand = [isinstance(part.rule, rules.ManualRule) and not part.rule.ask for part in item.parts]
    if all(by_hand):
        return item
    if any(by_hand):
        raise SchemeError(f"评分表“{item.form}”的“{item.key}”：人工评分的部分要写 ask，才有填写的地方")
    try:
        parts = tuple(_part(part, item, own, needs) for part in item.parts)
        text = formula.to_text(formula.parse(_whole(item, parts)))
    except formula.FormulaError as error:
        raise SchemeError(f"评分表“{item.form}”的“{item.key}”：公式有错：{error}") from error
    return Item(item.form, item.key, item.definition, parts, item.evidence, text)


def _given(definition: ItemDef) -> Mapping[str, Rule]:
    if definition.rule is not None:
        return {"": definition.rule}
    return definition.parts or {"": rules.ManualRule()}


def _points(where: str, definition: ItemDef, name: str, rule: Rule) -> Decimal:
    """The points of a rule: as written, those of its lines, or those of the item whose only rule it is."""
    if rule.points is not None:
        return decimal(rule.points)
    if isinstance(rule, rules.ChecklistRule):
        return sum((decimal(check.points) for check in rule.checks.values()), Decimal(0))
    if not name and definition.points is not None:
        return decimal(definition.points)
    if isinstance(rule, rules.ManualRule) and not name:
        return Decimal(0)
    raise SchemeError(f"{where}：“{name or 'rule'}”没有 points")


# --- what is asked of people ---------------------------------------------------------------------------------------


def _evidence(key: str, definition: ItemDef, given: Mapping[str, Rule]) -> Iterator[Evidence]:
    for name, asked in definition.evidence.items():
        yield Evidence(f"{key}.{name}", name, asked)
    for part, rule in given.items():
        points = decimal(rule.points if rule.points is not None else definition.points or 0)
        for name, asked, least, most in _asked(part, rule, points):
            yield Evidence(f"{key}.{name}", name, asked, least, most)


Asked = tuple[str, EvidenceDef, Decimal | None, Decimal | None]


def _asked(part: str, rule: Rule, points: Decimal) -> Iterator[Asked]:
    """The cells that a rule brings with it: key, question, and the bounds of what may be typed."""
    match rule:
        case rules.ChecklistRule(checks=checks):
            for name, check in checks.items():
                if check.ask:
                    yield name, EvidenceDef(ask=check.ask, kind="是否", who=check.who), None, None
        case rules.CasesRule(cases=cases) | rules.VetoRule(cases=cases):
            for name, case in cases.items():
                yield name, EvidenceDef(ask=case.ask, kind="次数", unit="例", who=case.who), None, None
        case rules.ChoiceRule(ask=ask, choices=choices, who=who):
            yield part or "情形", EvidenceDef(ask=ask, kind="选择", choices=list(choices), who=who), None, None
        case rules.RangeRule(deductions=deductions):
            for name, cut in deductions.items():
                help_ = f"没有的填0；有的填所扣的分，{_span(cut.least, cut.most)}"
                asked = EvidenceDef(ask=cut.ask, kind="扣分", unit="分", who=cut.who, help=help_)
                yield name, asked, decimal(cut.least), decimal(cut.most)
        case rules.ManualRule(ask=ask, who=who) if ask:
            help_ = f"由人工评分，0至{points.normalize():f}分"
            yield part, EvidenceDef(ask=ask, kind="分值", unit="分", who=who, help=help_), Decimal(0), points


def _span(least: float, most: float) -> str:
    return f"{most:g}分" if least == most else f"{least:g}至{most:g}分"


# --- formulas --------------------------------------------------------------------------------------------------------


def _part(part: Part, item: Item, own: Mapping[str, str], needs: Callable[[Expr], Sequence[Need]]) -> Part:
    text = rule_text(part, lambda written: with_names(written, own), lambda key: f"{item.key}.{key}")
    veto = ""
    if isinstance(part.rule, rules.VetoRule):
        if part.rule.scope not in ("本项", "本条", *(other.key for other in item.parts)):
            raise SchemeError(f"评分表“{item.form}”的“{item.key}”：scope 应是“本项”、“本条”或另一部分的名称")
        if part.rule.scope == "本项":
            veto = f"{' + '.join(f'N({item.key}.{name})' for name in part.rule.cases)} > 0"
    for cases in vetoes_on(item, part):
        text = f"IF({' + '.join(f'{item.key}.{name}' for name in cases)} > 0, 0, {text})"
    return Part(part.key, part.rule, part.points, text, tuple(needs(formula.parse(text))), veto)


def vetoes_on(item: Item, part: Part) -> list[list[str]]:
    """The cases of other parts that take the points of this one."""
    others = [other.rule for other in item.parts if other is not part]
    return [list(rule.cases) for rule in others if isinstance(rule, rules.VetoRule) and rule.scope == part.key != ""]


def _whole(item: Item, parts: Sequence[Part]) -> str:
    """The formula of the item's 得分."""
    full = item.points
    most = sum((part.points for part in parts), Decimal(0))
    # Binary fractions do not subtract or add up without noise, and half a hundredth must be seen as such.
    texts = [f"ROUND(ROUND({part.text}, {_NOISE}), {DIGITS})" for part in parts]
    body = texts[0] if len(texts) == 1 else f"ROUND({' + '.join(texts)}, {DIGITS})"
    if full is not None and most > full:
        body = f"MIN({_number(full)}, {body})"
    tests = dict.fromkeys(need.test for part in parts for need in part.needs)
    if tests:
        body = f'IF(AND({", ".join(tests)}), {body}, "")'
    vetoes = [part.veto for part in parts if part.veto]
    if vetoes:
        condition = vetoes[0] if len(vetoes) == 1 else f"OR({', '.join(vetoes)})"
        body = f"IF({condition}, 0, {body})"
    return f'IFERROR({body}, "")'


Names = Callable[[str], str]


def rule_text(part: Part, resolved: Names, named: Names) -> str:
    """The formula of a rule. `resolved` puts full names into a formula of the scheme, `named` gives that of a cell."""
    rule, points = part.rule, _number(part.points)
    match rule:
        case rules.RatioRule(value=value, cap=cap):
            if cap > 1:
                raise SchemeError(f"比例的 cap 是最多得几成，不能大于1（{cap:g}）")
            return f"{points} * MIN(MAX({resolved(value)}, 0), {_number(decimal(cap))})"
        case rules.StepRule():
            return _step_text(rule, points, resolved(rule.value))
        case rules.TiersRule(value=value, tiers=tiers):
            return _tiers_text(resolved(value), [(interval(t.within), decimal(t.points)) for t in tiers], resolved)
        case rules.ScheduleRule():
            return _schedule_text(rule, part.points, resolved)
        case rules.ChecklistRule(checks=checks):
            return " + ".join(
                f"IF({_condition(name, check, resolved, named)}, {_number(decimal(check.points))}, 0)"
                for name, check in checks.items()
            )
        case rules.CasesRule(cases=cases, per=per):
            return f"MAX(0, {points} - {_number(decimal(per))} * ({' + '.join(map(named, cases))}))"
        case rules.VetoRule(cases=cases):
            return f"IF({' + '.join(map(named, cases))} > 0, 0, {points})"
        case rules.ChoiceRule(choices=choices):
            return _choice_text(named(part.key or "情形"), choices)
        case rules.RangeRule(deductions=deductions):
            return _range_text(points, {named(name): cut for name, cut in deductions.items()})
        case rules.ManualRule():
            name = named(part.key)
            return f'IF(AND({name} >= 0, {name} <= {points}), {name}, "")'


def _number(number: Decimal) -> str:
    return format(number.normalize(), "f")


def steps_text(excess: str, step: rules.Figure, rounding: rules.Rounding) -> str:
    """How many steps there are in what is too much."""
    exact = f"({excess}) / {figure(step)}"
    if rounding == "精确":
        return exact
    return f"{'ROUNDDOWN' if rounding == '舍去' else 'ROUNDUP'}(ROUND({exact}, {_WHOLE}), 0)"


def excess_text(rule: rules.StepRule, value: str) -> str:
    """By how much a value is beyond the bound."""
    bound = figure(rule.bound)
    by_direction = {"≤": f"({value}) - {bound}", "≥": f"{bound} - ({value})", "±": f"ABS(({value}) - {bound})"}
    return by_direction[rule.direction]


def _step_text(rule: rules.StepRule, points: str, value: str) -> str:
    bound, worse = figure(rule.bound), ">" if rule.direction == "≤" else "<"
    steps = steps_text(excess_text(rule, value), rule.step, rule.rounding)
    deducted = f"MAX(0, {points} - {_number(decimal(rule.per))} * {steps})"
    if rule.direction == "±":
        return deducted
    silent = f'IF(({value}) = {bound}, {points}, "")' if rule.beyond == "无规定" else points
    return f"IF(({value}) {worse} {bound}, {deducted}, {silent})"


def _tiers_text(value: str, tiers: Sequence[tuple[Interval, Decimal]], resolved: Names) -> str:
    text = '""'
    for span, points in reversed(tiers):
        text = f"IF({span.condition(f'({value})', resolved)}, {_number(points)}, {text})"
    return text


def _schedule_text(rule: rules.ScheduleRule, points: Decimal, resolved: Names) -> str:
    per = _number(decimal(rule.per))
    short = [
        steps_text(f"MAX(0, {figure(point.target)} - ({resolved(point.value)}))", rule.step, rule.rounding)
        for point in rule.checkpoints.values()
    ]
    if not rule.each:
        return f"MAX(0, {_number(points)} - {per} * ({' + '.join(short)}))"
    share = f"{_number(points)} / {len(short)}"
    return " + ".join(f"MAX(0, {share} - {per} * {steps})" for steps in short)


def _condition(name: str, check: rules.ConditionDef, resolved: Names, named: Names) -> str:
    if bool(check.ask) == bool(check.when):
        raise SchemeError(f"清单的“{name}”：ask 和 when 要有一个，也只能有一个")
    return f'{named(name)} = "{YES}"' if check.ask else resolved(check.when)


def _choice_text(name: str, choices: Mapping[str, float]) -> str:
    text = '""'
    for choice, points in reversed(list(choices.items())):
        text = f'IF({name} = "{choice}", {_number(decimal(points))}, {text})'
    return text


def _range_text(points: str, deductions: Mapping[str, rules.DeductionDef]) -> str:
    fits = []
    for name, cut in deductions.items():
        least, most = _number(decimal(cut.least)), _number(decimal(cut.most))
        fits.append(f"OR({name} = 0, AND({name} >= {least}, {name} <= {most}))")
    together = " + ".join(deductions)
    return f'IF(AND({", ".join(fits)}), MAX(0, {points} - ({together})), "")'
