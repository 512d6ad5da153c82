"""A rule of a score table told in one line: the figures, the clause that they fall under, the points."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal

from xlauto import formula
from xlauto.compute import View
from xlauto.explaining import told
from xlauto.formula import Binary, Column, Expr, Ref, round_half_up
from xlauto.formula.evaluate import Result
from xlauto.model import CellError
from xlauto.scheme import rules
from xlauto.scheme.bounds import decimal
from xlauto.scheme.forms import Field
from xlauto.scheme.intervals import Interval, figure, interval, number_of
from xlauto.scheme.items import Item, Part, vetoes_on
from xlauto.scheme.needs import Fields, with_names
from xlauto.scheme.rulekinds.base import YES, steps_text
from xlauto.scheme.rulekinds.tiers import compared
from xlauto.values import quoted, show

UNSCORED = "，系统不能计分"
"""How an explanation ends that ends without points."""

_MOST_DECIMALS = 6
_CELLS_NAMED = 8
"""How many of the figures of a denominator are named by their cells."""


class Unknown(Exception):
    """A figure that cannot be worked out, where only those are told that can."""


class Teller:
    """Tells the parts of one item, as far as what they need is there."""

    def __init__(self, item: Item, view: View) -> None:
        self.item, self.view = item, view
        self.fields = Fields(view.submission.scheme.forms, view.sheet.form)
        self.own = {evidence.key: evidence.name for evidence in item.evidence}
        self.asked = {
            evidence.name: (other, evidence)
            for other in (*view.submission.scheme.every_item(), item)
            for evidence in other.evidence
        }

    def part(self, part: Part) -> str:
        """`62 ÷ 56 = 110.71%，比100%高10.71个百分点，每1个百分点扣0.2分：2 - 0.2 × 10.71 = -0.14，扣完为止，得0分`"""
        try:
            words = self._words(part)
        except Unknown:
            words = next(self.undefined(part), silent())
        return f"{words}（{part.rule.note}）" if part.rule.note else words

    def _words(self, part: Part) -> str:
        points = part.compiled(self.view)
        for cases in vetoes_on(self.item, part):
            if found := self._cases_found(cases):
                return f"有{found}，不得分"
        match part.rule:
            case rules.RatioRule():
                return self._ratio(part.rule, part, points)
            case rules.StepRule():
                return self._step(part.rule, part, points)
            case rules.TiersRule():
                return self._tiers(part.rule, points)
            case rules.ScheduleRule():
                return self._schedule(part.rule, part, points)
            case rules.ChecklistRule():
                return self._checklist(part.rule, points)
            case rules.CasesRule():
                return self._cases(part.rule, part, points)
            case rules.VetoRule():
                return self._veto(part.rule, points)
            case rules.ChoiceRule():
                return f"选择“{self.answer(part.key or '情形')}”，{_given(points)}"
            case rules.RangeRule():
                return self._range(part.rule, part, points)
            case rules.ManualRule():
                return self._manual(part)

    # --- kinds -------------------------------------------------------------------------------------------------------

    def _ratio(self, rule: rules.RatioRule, part: Part, points: Result) -> str:
        share = self.number(rule.value)
        words = self.value(rule.value, share, percent=True)
        if points == part.points:
            return f"{words}，得满分{show(part.points)}分"
        capped = min(max(share, Decimal(0)), decimal(rule.cap))
        limit = f"，最多按{show(capped.scaleb(2))}%计" if share > capped else ""
        return f"{words}{limit}，{show(part.points)} × {_percent(capped)} = {_points(points)}分"

    def _step(self, rule: rules.StepRule, part: Part, points: Result) -> str:
        percent = _has_percent(rule.bound, rule.step)
        unit = "" if percent else self.unit(rule.value)
        value, bound = self.number(rule.value), number_of(figure(rule.bound)) or Decimal(0)
        words = self.value(rule.value, value, percent, (bound,))
        excess = rule.excess(with_names(rule.value, self.own))
        limit, off = f"{figure(rule.bound)}{unit}", self.plain(excess)
        more, less = ("高", "低") if percent else ("多", "少")
        if not isinstance(points, Decimal):
            good = "高于" if rule.direction == "≥" else "低于"
            return f"{words}，{good}{limit}；{silent()}"
        if off <= 0:
            kept = {"≤": "不超过", "≥": "不低于", "±": "等于"}[rule.direction]
            return f"{words}，{kept}{limit}，得{_points(points)}分"
        missed = {"≤": f"比{limit}{more}", "≥": f"比{limit}{less}", "±": f"与{limit}相差"}[rule.direction]
        steps = self.plain(steps_text(excess, rule.step, rule.rounding))
        one = _amount(number_of(figure(rule.step)) or Decimal(1), percent, unit)
        clause = f"每{one}扣{show(decimal(rule.per))}分{_rounding(rule.rounding, steps, one, off, rule.step)}"
        missed = f"{missed}{_amount(off, percent, unit)}"
        return f"{words}，{missed}，{clause}：{_deducted(part.points, rule.per, steps, points)}"

    def _tiers(self, rule: rules.TiersRule, points: Result) -> str:
        texts = [bound for tier in rule.tiers for bound in interval(tier.within)[:2] if bound]
        percent = _has_percent(*texts)
        unit = "" if percent else self.unit(rule.value)
        value = self.number(rule.value)
        known = (number_of(text) for text in texts)
        bounds = tuple(
            self.number(text) if number is None else number for text, number in zip(texts, known, strict=True)
        )
        words = self.value(rule.value, value, percent, bounds)
        for tier in rule.tiers:
            span = interval(tier.within)
            if self._inside(span, rule.value):
                read = ""
                if tier.printed:
                    read = f"（评分标准印作“{interval(tier.printed).words()}”，按“{span.words()}”理解）"
                within = span.words(lambda text: self._bound(text, unit))
                clause = "" if number_of(span.low) == value == number_of(span.high) else f"，{within}"
                return f"{words}{clause}{read}，得{_points(points)}分"
        return f"{words}，{silent()}"

    def _inside(self, span: Interval, value: str) -> bool:
        condition = span.condition(compared(value))
        return formula.compile(formula.parse(with_names(condition, self.own)))(self.view) is True

    def _bound(self, text: str, unit: str) -> str:
        """A bound as the reader knows it: a figure, or a field with its figure."""
        if number_of(text) is not None:
            return text + unit
        label = self.label(formula.parse(with_names(text, self.own)))
        return f"{label}{show(round_half_up(self.number(text), _MOST_DECIMALS))}{unit}"

    def _schedule(self, rule: rules.ScheduleRule, part: Part, points: Result) -> str:
        told_points, steps = [], []
        for name, point in rule.checkpoints.items():
            target = number_of(figure(point.target)) or Decimal(0)
            percent = _has_percent(point.target)
            value = self.number(point.value)
            words = self.value(point.value, value, percent, (target,)).removeprefix(point.value)
            short = f"MAX(0, {figure(point.target)} - ({with_names(point.value, self.own)}))"
            steps.append(self.plain(steps_text(short, rule.step, rule.rounding)))
            off = target - value
            reached = f"比{figure(point.target)}低{_amount(off, percent)}" if off > 0 else f"达到{figure(point.target)}"
            told_points.append(f"{name}{words}，{reached}")
        if not any(steps):
            return f"{'；'.join(told_points)}，得{_points(points)}分"
        one = _amount(number_of(figure(rule.step)) or Decimal(1), _has_percent(rule.step))
        remark = _rounding_words(rule.rounding, one) if any(step != int(step) for step in steps) else ""
        clause = f"每低{one}扣{show(decimal(rule.per))}分{remark}"
        if rule.each:
            return f"{'；'.join(told_points)}；{clause}，各期分别扣完为止，得{_points(points)}分"
        total = sum(steps, Decimal(0))
        return f"{'；'.join(told_points)}；{clause}：{_deducted(part.points, rule.per, total, points)}"

    def _checklist(self, rule: rules.ChecklistRule, points: Result) -> str:
        met: list[str] = []
        unmet: list[str] = []
        for name, check in rule.checks.items():
            why = [f"{show(decimal(check.points))}分"] if len(rule.checks) > 1 else []
            if check.ask:
                holds = self.view.value(Ref(f"{self.item.key}.{name}")) == YES
            else:
                expr = formula.parse(with_names(check.when, self.own))
                holds = formula.compile(expr)(self.view) is True
                why.insert(0, f"{self.explained(expr)}{'' if holds else '不成立'}")
            (met if holds else unmet).append(f"“{name}”（{'，'.join(why)}）" if why else f"“{name}”")
        told_lines = [
            f"{'、'.join(found)}{'都' if len(found) > 1 else ''}{said}"
            for said, found in (("符合", met), ("不符合", unmet))
            if found
        ]
        return f"{'，'.join(told_lines)}，得{_points(points)}分"

    def _counts(self, names: Iterable[str]) -> dict[str, Decimal]:
        return {name: self.plain(f"{self.item.key}.{name}") for name in names}

    def _cases_found(self, names: Iterable[str]) -> str:
        """`保管不符2例、账实不符1例`, empty if there is none."""
        return "、".join(f"{name}{show(count)}例" for name, count in self._counts(names).items() if count)

    def _cases(self, rule: rules.CasesRule, part: Part, points: Result) -> str:
        found = self._cases_found(rule.cases)
        if not found:
            return f"{_no_case(rule.cases)}，不扣分，得{_points(points)}分"
        total = sum(self._counts(rule.cases).values(), Decimal(0))
        clause = f"每例扣{show(decimal(rule.per))}分"
        return f"{found}，{clause}：{_deducted(part.points, rule.per, total, points)}"

    def _veto(self, rule: rules.VetoRule, points: Result) -> str:
        found = self._cases_found(rule.cases)
        if not found:
            return f"{_no_case(rule.cases)}，得{_points(points)}分"
        also = "" if rule.scope in ("本项", "本条") else f"，“{rule.scope}”也不得分"
        return f"有{found}，{'本项' if rule.scope == '本项' else '本条'}不得分{also}"

    def vetoed(self) -> str:
        """What takes all points of the item."""
        found = [
            f"{name}{show(count)}例"
            for part in self.item.parts
            if isinstance(part.rule, rules.VetoRule) and part.veto
            for name in part.rule.cases
            if isinstance(count := self.view.value(Ref(f"{self.item.key}.{name}")), Decimal) and count > 0
        ]
        return f"有{'、'.join(found)}，一票否决，本项得0分"

    def _range(self, rule: rules.RangeRule, part: Part, points: Result) -> str:
        cuts = self._counts(rule.deductions)
        cut = sum(cuts.values(), Decimal(0))
        if not cut:
            return f"没有扣分，得{_points(points)}分"
        listed = "、".join(_cut(name, each) for name, each in cuts.items() if each)
        left = part.points - cut
        floor = f"{show(left)}，扣完为止，得0分" if left < 0 else f"{_points(points)}分"
        return f"{listed}：{show(part.points)} - {show(cut)} = {floor}"

    def _manual(self, part: Part) -> str:
        given = self.plain(f"{self.item.key}.{part.key}")
        return f"由人工评{show(given)}分（满分{show(part.points)}分）"

    # --- what cannot be worked out -----------------------------------------------------------------------------------

    def undefined(self, part: Part) -> Iterator[str]:
        """Why a part gives nothing though nothing is missing: a denominator that is 0 or unknown, itself or in a rate
        that the part uses."""
        if isinstance(part.compiled(self.view), Decimal):
            return
        for need in part.needs:
            if need.computed and need.compiled(self.view) is not True:
                ref = need.refs[0]
                field = self.fields.find(ref) if isinstance(ref, Ref) else None
                why = "、".join(self._divided(field.expr)) if field is not None and field.expr is not None else ""
                yield f"{quoted(self.label(ref))}算不出来{why and f'：{why}'}{UNSCORED}"
        yield from (f"{why}{UNSCORED}" for why in self._divided(part.expr))

    def _divided(self, expr: Expr) -> Iterator[str]:
        """`“编制数”为0，不能作分母`, `分母“本年预算 - 上年预算”为0（13 - 13 = 0），不能计算`"""
        for divisor in dict.fromkeys(_divisors(expr)):
            result = formula.compile(divisor)(self.view)
            if isinstance(result, Decimal) and result != 0:
                continue
            fact = "为0" if isinstance(result, Decimal) else "算不出来"
            cells = "、".join(self._typed_below(divisor))
            if isinstance(divisor, Ref):
                yield f"{quoted(self.label(divisor))}{cells and f'（{cells}）'}{fact}，不能作分母"
            else:
                shown = f"{self.explained(divisor)}{' = 0' if isinstance(result, Decimal) else ''}"
                yield f"分母{quoted(self.label(divisor))}{fact}（{shown}{cells and f'；{cells}'}），不能计算"

    def divides_by_zero(self) -> bool:
        """Whether a part of the item, or a rate that it uses, has a denominator that is 0."""
        rates = [
            field.expr
            for part in self.item.parts
            for need in part.needs
            if need.computed and isinstance(ref := need.refs[0], Ref)
            if (field := self.fields.find(ref)) is not None and field.expr is not None
        ]
        exprs = [*(part.expr for part in self.item.parts if part.text), *rates]
        return any(formula.compile(each)(self.view) == 0 for expr in exprs for each in _divisors(expr))

    def _typed_below(self, expr: Expr) -> list[str]:
        """The cells (`部门自评报告表!B3`) of the figures that someone typed and a formula comes from."""
        cells: dict[str, None] = {}
        for ref in formula.names(expr):
            if not isinstance(ref, Ref):
                continue
            own = [(sheet, entry) for sheet in self.view.sheets(ref) for entry in sheet.entries.get(ref.name, ())]
            leaves = [leaf for leaf in self.fields.leaves(ref) if isinstance(leaf, Ref) and leaf != ref]
            below = [
                (sheet, entry)
                for leaf in leaves
                for sheet in self.view.sheets(ref)
                for entry in sheet.entries.get(leaf.name, ())
            ]
            typed = [(sheet, entry) for sheet, entry in own if entry.field.expr is None or entry.overwritten]
            found = [(s, e) for s, e in typed or below if e.stated.number is not None]
            cells |= dict.fromkeys(f"{sheet.sheet}!{entry.place.ref}" for sheet, entry in found)
        return [*cells] if len(cells) <= _CELLS_NAMED else [*[*cells][:_CELLS_NAMED], f"等{len(cells)}格"]

    # --- figures -----------------------------------------------------------------------------------------------------

    def number(self, text: str) -> Decimal:
        return self.plain(with_names(text, self.own))

    def plain(self, text: str) -> Decimal:
        """Raises Unknown."""
        result = formula.compile(formula.parse(text))(self.view)
        if not isinstance(result, Decimal):
            raise Unknown(text)
        return result

    def unit(self, text: str) -> str:
        """The unit of what is asked for and measured as it stands: 个."""
        expr = formula.parse(with_names(text, self.own))
        asked = self.asked.get(expr.name) if isinstance(expr, Ref) else None
        return asked[1].definition.unit if asked else ""

    def label(self, expr: Expr) -> str:
        """A formula with the names that people know."""
        return formula.explain(expr, None, self._name)

    def _name(self, named: formula.Named) -> str:
        if not isinstance(named, Ref):
            return named.column
        if named.name in self.asked:
            other, evidence = self.asked[named.name]
            return evidence.key if other is self.item else f"{other.title}的{evidence.key}"
        field = self.fields.find(named)
        return field.label if field is not None else named.name

    def value(self, text: str, value: Decimal, percent: bool, bounds: tuple[Decimal, ...] = ()) -> str:
        """How a value came about, with as many decimals as tell it from the bounds next to it."""
        expr = formula.parse(with_names(text, self.own))
        shown = _against(value, bounds, percent)
        if not isinstance(expr, Ref):
            return formula.explain(expr, self.view, self.figure, shown)
        field, name = self.fields.find(expr), self.label(expr)
        if field is None or field.expr is None or not self._comes_from(field, value):
            return f"{name}{shown}{'' if percent else self.unit(text)}"
        calculation = told(field.expr, self.view, self.figure, shown)
        return f"{name}{shown}" if calculation == f"{shown} = {shown}" else f"{name} = {calculation}"

    def _comes_from(self, field: Field, value: Decimal) -> bool:
        """Whether a figure is what the field's formula gives, and not the unit's own where nothing stands below."""
        return field.compute is not None and field.compute(self.view) == value

    def explained(self, expr: Expr) -> str:
        return formula.explain(expr, self.view, self.figure)

    def figure(self, named: formula.Named) -> str:
        """The figures that a name stands for; what cannot be read has no figure."""
        if isinstance(named, Column):
            return _listed(self.view.column(named), "")
        if not isinstance(named, Ref):
            return named.column
        field = self.fields.find(named)
        return _listed(self.view.values(named), field.type if field is not None else "")

    def answer(self, key: str) -> str:
        """Raises Unknown."""
        answer = self.view.value(Ref(f"{self.item.key}.{key}"))
        if not isinstance(answer, str):
            raise Unknown(key)
        return answer


def silent() -> str:
    return f"评分标准对这种情况没有规定{UNSCORED}"


def clauses(told_parts: Mapping[str, str]) -> str:
    """The parts of an item in one line, each with its name."""
    return "；".join(f"{key}：{words}" if key else words for key, words in told_parts.items())


def _divisors(expr: Expr) -> Iterator[Expr]:
    """What is divided by, as far as it is not a plain figure."""
    if isinstance(expr, Binary) and expr.op == "/" and formula.names(expr.right):
        yield expr.right
    for operand in formula.operands(expr):
        yield from _divisors(operand)


def _listed(values: Iterable[Result], kind: str) -> str:
    """`3 + 4`, `80%`, `空`"""
    values = list(values)
    figures = [show(value, "百分比" if kind == "百分比" else "") for value in values if isinstance(value, Decimal)]
    texts = [value for value in values if isinstance(value, str) and value]
    unread = ["不能读取的数" for value in values if isinstance(value, CellError)]
    return " + ".join(figures) or next(iter([*texts, *unread]), "空")


def _no_case(names: Collection[str]) -> str:
    """`手续不全、改变用途各0例`"""
    return f"{'、'.join(names)}{'各' if len(names) > 1 else ''}0例"


def _cut(name: str, points: Decimal) -> str:
    """`超预算扣2分`, `酌情扣分2分`"""
    return f"{name}{'' if name.endswith('扣分') else '扣'}{show(points)}分"


def _given(points: Result) -> str:
    return f"得{_points(points)}分" if isinstance(points, Decimal) else silent()


def _points(points: Result) -> str:
    return show(round_half_up(points, 2), "分值") if isinstance(points, Decimal) else "空"


def _deducted(full: Decimal, per: float, steps: Decimal, points: Result) -> str:
    """`2 - 0.2 × 10.71 = -0.14，扣完为止，得0分`"""
    left = full - decimal(per) * steps
    text = f"{show(full)} - {show(decimal(per))} × {_plain(steps)} = "
    return f"{text}{_plain(left)}，扣完为止，得0分" if left < 0 else f"{text}{_points(points)}分"


def _rounding(rounding: rules.Rounding, steps: Decimal, one: str, off: Decimal, step: rules.Figure) -> str:
    """How a part of a step counts, where there is one."""
    exact = off / (number_of(figure(step)) or Decimal(1))
    return _rounding_words(rounding, one) if round_half_up(exact, _MOST_DECIMALS) % 1 else ""


def _rounding_words(rounding: rules.Rounding, one: str) -> str:
    how = {"精确": "按比例", "舍去": "不扣", "进位": f"按{one}"}[rounding]
    return f"（不足{one}的{how}）"


def _has_percent(*figures: rules.Figure) -> bool:
    return any(isinstance(each, str) and "%" in each for each in figures)


def _percent(share: Decimal) -> str:
    return show(round_half_up(share, 4), "百分比")


def _plain(number: Decimal) -> str:
    """At most two decimals, more where nothing would be left."""
    for digits in range(2, _MOST_DECIMALS + 1):
        rounded = round_half_up(number, digits)
        if rounded or not number:
            return show(rounded)
    return show(number)


def _amount(number: Decimal, percent: bool, unit: str = "") -> str:
    return f"{_plain(number.scaleb(2))}个百分点" if percent else f"{_plain(number)}{unit}"


def _against(value: Decimal, bounds: tuple[Decimal, ...], percent: bool) -> str:
    """`100.004%` beside a bound of 100%, else `95.20%`."""
    for digits in range(2, _MOST_DECIMALS + 1):
        rounded = round_half_up(value, digits + 2 if percent else digits)
        if value in bounds or rounded not in bounds:
            break
    return show(rounded, "百分比", digits) if percent else show(rounded)
