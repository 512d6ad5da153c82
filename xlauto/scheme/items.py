"""The items of score tables at run time: each rule as one formula, what it asks of people, and what it needs to know.

A rule's text is the same for the cell, the value and the explanation. A value on which the standard is silent gives an
empty text, never 0; so does an item as long as something that it needs is not there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from xlauto import formula, roles
from xlauto.formula import Expr, Ref
from xlauto.formula.evaluate import Compiled
from xlauto.scheme import rules
from xlauto.scheme.bounds import decimal, joined, plain
from xlauto.scheme.needs import Need, with_names
from xlauto.scheme.rulekinds.base import Names
from xlauto.scheme.rulekinds.judged import OWN_PART, WHOLE_ITEM
from xlauto.scheme.rules import EvidenceDef, ItemDef, Rule
from xlauto.scheme.strict import SchemeError

DIGITS = 2
"""Points have two decimals; whoever needs fewer says so in the rule's value."""
_NOISE = 10
"""Decimals of points that count before they are rounded."""


@dataclass(frozen=True)
class Evidence:
    """A cell for what only a person knows."""

    name: str
    key: str
    definition: EvidenceDef

    @property
    def set_by_a_person(self) -> bool:
        """Whether it is a deduction or points that a person sets, within what the standard allows."""
        return self.definition.kind in ("扣分", "分值")


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

    @property
    def keys(self) -> tuple[str, ...]:
        """Those of its rule within the item."""
        return ("parts", self.key) if self.key else ("rule",)

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
        exprs = [formula.parse(with_names(value, own)) for part in self.parts for value in part.rule.measured()]
        named = {ref.name for expr in exprs for ref in formula.names(expr) if isinstance(ref, Ref)}
        return bool(named) and named <= nowhere

    @property
    def most(self) -> Decimal | None:
        if self.by_hand or self.points is None:
            return self.points
        return min(self.points, sum((part.rule.most(part.points) for part in self.parts), Decimal(0)))


def printed_points(label: str) -> Decimal | None:
    """The points that a printed 一级 or 二级指标 names: `投入（15分）`."""
    found = re.search(r"[（(]\s*(\d+(?:\.\d+)?)\s*分\s*[）)]", label)
    return Decimal(found[1]) if found else None


def shape(form: str, key: str, definition: ItemDef) -> Item:
    """The item without its formulas: enough to draw the forms. Raises SchemeError on what cannot be an item."""
    with _naming(form, key):
        given = _given(definition)
        if definition.rule is not None and definition.parts:
            raise SchemeError("rule 和 parts 只能写一个")
        evidence: dict[str, Evidence] = {}
        for found in _evidence(key, definition, given):
            if found.key in (roles.SCORE, roles.POINTS, roles.LOST):
                raise SchemeError(f"依据不能叫“{found.key}”，评分表里已有这一格；请改名", ("evidence", found.key))
            if found.name in evidence:
                raise SchemeError(f"依据“{found.key}”写了两次")
            evidence[found.name] = found
        parts = tuple(Part(name, rule, _points(definition, name, rule), "") for name, rule in given.items())
    return Item(form, key, definition, parts, tuple(evidence.values()))


def finished(item: Item, needs: Callable[[Expr], Sequence[Need]]) -> Item:
    """The item with its formulas. `needs` tells what a formula must be given. Raises SchemeError."""
    own = {evidence.key: evidence.name for evidence in item.evidence}
    by_hand = [isinstance(part.rule, rules.ManualRule) and not part.rule.ask for part in item.parts]
    if all(by_hand):
        return item
    with _naming(item.form, item.key):
        if any(by_hand):
            raise SchemeError("人工评分的部分要写 ask，才有填写的地方")
    parts = []
    for part in item.parts:
        with _naming(item.form, item.key, *part.keys):
            parts.append(_part(part, item, own, needs))
    with _naming(item.form, item.key):
        text = formula.to_text(formula.parse(_whole(item, parts)))
    return Item(item.form, item.key, item.definition, tuple(parts), item.evidence, text)


@contextmanager
def _naming(form: str, key: str, *within: str) -> Iterator[None]:
    """Whatever is wrong with an item, or what is `within` it, its error has the keys."""
    try:
        yield
    except (formula.FormulaError, SchemeError) as error:
        further = error.keys if isinstance(error, SchemeError) else ()
        problem = str(error) if isinstance(error, SchemeError) else f"公式有错：{error}"
        raise SchemeError(problem, ("scoring", "items", form, key, *within, *further)) from error


def _given(definition: ItemDef) -> Mapping[str, Rule]:
    if definition.rule is not None:
        return {"": definition.rule}
    return definition.parts or {"": rules.ManualRule()}


def _points(definition: ItemDef, name: str, rule: Rule) -> Decimal:
    """The points of a rule: as written, those of its lines, or those of the item whose only rule it is."""
    own = rule.own_points()
    if own is not None:
        return own
    if not name and definition.points is not None:
        return decimal(definition.points)
    if isinstance(rule, rules.ManualRule) and not name:
        return Decimal(0)
    raise SchemeError(f"“{name or 'rule'}”没有 points")


# --- what is asked of people ---------------------------------------------------------------------------------------


def _evidence(key: str, definition: ItemDef, given: Mapping[str, Rule]) -> Iterator[Evidence]:
    for name, asked in definition.evidence.items():
        yield Evidence(f"{key}.{name}", name, asked)
    for part, rule in given.items():
        points = decimal(rule.points if rule.points is not None else definition.points or 0)
        for name, asked in rule.asked(part, points):
            yield Evidence(f"{key}.{name}", name, asked)


# --- formulas --------------------------------------------------------------------------------------------------------


def _part(part: Part, item: Item, own: Mapping[str, str], needs: Callable[[Expr], Sequence[Need]]) -> Part:
    for written in part.rule.written():
        try:
            formula.parse(written.text)
        except formula.FormulaError as error:
            raise SchemeError(f"公式有错：{error}", written.keys) from error
    names = Names(lambda written: with_names(written, own), lambda key: f"{item.key}.{key}")
    text, veto = part.rule.formula(part.key, part.points, names), ""
    if isinstance(part.rule, rules.VetoRule):
        if part.rule.scope not in (WHOLE_ITEM, OWN_PART, *(other.key for other in item.parts)):
            others = [other.key for other in item.parts if other is not part and other.key]
            listed = f"；现有：{'、'.join(others)}" if others else ""
            problem = f"没有“{part.rule.scope}”：scope 应是“本项”、“本条”或另一条的名称{listed}"
            raise SchemeError(problem, ("scope",))
        if part.rule.scope == WHOLE_ITEM:
            # What is not filled in is no case, so that one case is enough where another line is still open.
            veto = part.rule.applies(names._replace(named=lambda key: f"IFERROR(N({item.key}.{key}), 0)"))
    for rule in _vetoing(item, part):
        text = f"IF({rule.applies(names)}, 0, {text})"
    return Part(part.key, part.rule, part.points, text, tuple(needs(formula.parse(text))), veto)


def vetoes_on(item: Item, part: Part) -> list[list[str]]:
    """The cases of other parts that take the points of this one."""
    return [list(rule.cases) for rule in _vetoing(item, part)]


def _vetoing(item: Item, part: Part) -> list[rules.VetoRule]:
    others = [other.rule for other in item.parts if other is not part]
    return [rule for rule in others if isinstance(rule, rules.VetoRule) and rule.scope == part.key != ""]


def _whole(item: Item, parts: Sequence[Part]) -> str:
    """The formula of the item's 得分."""
    full = item.points
    most = sum((part.points for part in parts), Decimal(0))
    # Binary fractions do not subtract or add up without noise, and half a hundredth must be seen as such.
    texts = [f"ROUND(ROUND({part.text}, {_NOISE}), {DIGITS})" for part in parts]
    body = texts[0] if len(texts) == 1 else f"ROUND({' + '.join(texts)}, {DIGITS})"
    if full is not None and most > full:
        body = f"MIN({plain(full)}, {body})"
    tests = dict.fromkeys(need.test for part in parts for need in part.needs)
    if tests:
        body = f'IF({joined([*tests])}, {body}, "")'
    vetoes = [part.veto for part in parts if part.veto]
    if vetoes:
        body = f"IF({joined(vetoes, 'OR')}, 0, {body})"
    return f'IFERROR({body}, "")'
