"""A rule of a score table told in one line: the figures, the clause that they fall under, the points."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from xlauto import formula
from xlauto.compute import View
from xlauto.explaining import told
from xlauto.formula import Ref, round_half_up
from xlauto.formula.evaluate import Result
from xlauto.scheme import rules
from xlauto.scheme.intervals import Interval, figure, interval, number_of
from xlauto.scheme.items import Item, Part, decimal, excess_text, steps_text, vetoes_on
from xlauto.scheme.needs import Fields, with_names
from xlauto.values import show

_MOST_DECIMALS = 6


class Teller:
    """Tells the parts of one item, as far as what they need is there."""

    def __init__(self, item: Item, view: View) -> None:
        self.item, self.view = item, view
        self.fields = Fields(view.submission.scheme.forms, view.sheet.form)
        self.own = {evidence.key: evidence.name for evidence in item.evidence}

    def part(self, part: Part) -> str:
        """`62 ÷ 56 = 110.71%，比100%高10.71个百分点，每1个百分点扣0.2分：2 - 0.2 × 10.71 = -0.14，扣完为止，得0分`"""
        words = self._words(part)
        return f"{words}（{part.rule.note}）" if part.rule.note else words

    def _words(self, part: Part) -> str:
        points = part.compiled(self.view)
        for cases in vetoes_on(self.item, part):
            if sum(self.plain(f"{self.item.key}.{name}") for name in cases) > 0:
                return f"有{'、'.join(cases)}的情形，不得分"
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
                return self._manual(part, points)

    # --- kinds -------------------------------------------------------------------------------------------------------

    def _ratio(self, rule: rules.RatioRule, part: Part, points: Result) -> str:
        share = self.number(rule.value)
        words = self.value(rule.value, share, percent=True)
        if points == part.points:
            return f"{words}，得满分{show(part.points)}分"
        capped = min(max(share, Decimal(0)), decimal(rule.cap))
        return f"{words}，{show(part.points)} × {_percent(capped)} = {_points(points)}分"

    def _step(self, rule: rules.StepRule, part: Part, points: Result) -> str:
        percent = _has_percent(rule.bound, rule.step)
        value, bound = self.number(rule.value), number_of(figure(rule.bound)) or Decimal(0)
        words = self.value(rule.value, value, percent, (bound,))
        limit, off = figure(rule.bound), self.plain(excess_text(rule, with_names(rule.value, self.own)))
        if not isinstance(points, Decimal):
            good = "高于" if rule.direction == "≥" else "低于"
            return f"{words}，{good}{limit}；{silent()}"
        if off <= 0:
            kept = {"≤": "不超过", "≥": "不低于", "±": "等于"}[rule.direction]
            return f"{words}，{kept}{limit}，得{_points(points)}分"
        missed = {"≤": f"比{limit}高", "≥": f"比{limit}低", "±": f"与{limit}相差"}[rule.direction]
        steps = self.plain(steps_text(excess_text(rule, with_names(rule.value, self.own)), rule.step, rule.rounding))
        one = _amount(number_of(figure(rule.step)) or Decimal(1), percent)
        clause = f"每{one}扣{show(decimal(rule.per))}分{_rounding(rule.rounding, steps, one, off, rule.step)}"
        return f"{words}，{missed}{_amount(off, percent)}，{clause}：{_deducted(part.points, rule.per, steps, points)}"

    def _tiers(self, rule: rules.TiersRule, points: Result) -> str:
        texts = [bound for tier in rule.tiers for bound in interval(tier.within)[:2] if bound]
        percent = _has_percent(*texts)
        value = self.number(rule.value)
        bounds = tuple(number for text in texts if (number := number_of(text)) is not None)
        words = self.value(rule.value, value, percent, bounds)
        for tier in rule.tiers:
            span = interval(tier.within)
            if self._inside(span, rule.value):
                read = ""
                if tier.printed:
                    read = f"（评分标准印作“{interval(tier.printed).words()}”，按“{span.words()}”理解）"
                return f"{words}，{span.words(self._bound)}{read}，得{_points(points)}分"
        return f"{words}；{silent()}"

    def _inside(self, span: Interval, value: str) -> bool:
        condition = span.condition(f"({value})")
        return formula.compile(formula.parse(with_names(condition, self.own)))(self.view) is True

    def _bound(self, text: str) -> str:
        """A bound as the reader knows it: a figure, or a field with its figure."""
        return text if number_of(text) is not None else f"{text}{_plain(self.plain(with_names(text, self.own)))}"

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
            if check.ask:
                holds, words = self.view.value(Ref(f"{self.item.key}.{name}")) == "是", name
            else:
                expr = formula.parse(with_names(check.when, self.own))
                holds = formula.compile(expr)(self.view) is True
                words = f"{name}（{self.explained(check.when)}）"
            (met if holds else unmet).append(f"{words}{show(decimal(check.points))}分")
        if not unmet:
            return f"{'、'.join(met)}，全部符合，得{_points(points)}分"
        held = f"符合的有：{'、'.join(met)}；" if met else ""
        return f"{held}不符合的有：{'、'.join(unmet)}，得{_points(points)}分"

    def _cases(self, rule: rules.CasesRule, part: Part, points: Result) -> str:
        counts = {name: self.plain(f"{self.item.key}.{name}") for name in rule.cases}
        total = sum(counts.values(), Decimal(0))
        if not total:
            return f"没有{'、'.join(counts)}的情形，得{_points(points)}分"
        found = "、".join(f"{name}{show(count)}例" for name, count in counts.items() if count)
        clause = f"每例扣{show(decimal(rule.per))}分"
        return f"{found}，{clause}：{_deducted(part.points, rule.per, total, points)}"

    def _veto(self, rule: rules.VetoRule, points: Result) -> str:
        counts = {name: self.plain(f"{self.item.key}.{name}") for name in rule.cases}
        found = "、".join(f"{name}{show(count)}例" for name, count in counts.items() if count)
        if not found:
            return f"没有{'、'.join(counts)}的情形，得{_points(points)}分"
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
        cuts = {name: self.plain(f"{self.item.key}.{name}") for name in rule.deductions}
        wrong = [
            f"{name}扣{show(cut)}分，不在{_span(rule.deductions[name])}之内"
            for name, cut in cuts.items()
            if cut and not decimal(rule.deductions[name].least) <= cut <= decimal(rule.deductions[name].most)
        ]
        if wrong:
            return f"{'；'.join(wrong)}，不能计分"
        cut = sum(cuts.values(), Decimal(0))
        if not cut:
            return f"没有扣分，得{_points(points)}分"
        listed = "、".join(f"{name}扣{show(each)}分" for name, each in cuts.items() if each)
        left = part.points - cut
        floor = f"{show(left)}，扣完为止，得0分" if left < 0 else f"{_points(points)}分"
        return f"{listed}：{show(part.points)} - {show(cut)} = {floor}"

    def _manual(self, part: Part, points: Result) -> str:
        given = self.plain(f"{self.item.key}.{part.key}")
        if not isinstance(points, Decimal):
            return f"所评{show(given)}分不在0和{show(part.points)}分之间，不能计分"
        return f"由人工评{show(given)}分（满分{show(part.points)}分）"

    # --- figures -----------------------------------------------------------------------------------------------------

    def number(self, text: str) -> Decimal:
        return self.plain(with_names(text, self.own))

    def plain(self, text: str) -> Decimal:
        result = formula.compile(formula.parse(text))(self.view)
        return result if isinstance(result, Decimal) else Decimal(0)

    def value(self, text: str, value: Decimal, percent: bool, bounds: tuple[Decimal, ...] = ()) -> str:
        """How a value came about, with as many decimals as tell it from the bounds next to it."""
        expr = formula.parse(with_names(text, self.own))
        shown = _against(value, bounds, percent)
        if not isinstance(expr, Ref):
            return formula.explain(expr, self.view, self.figure, shown)
        field = self.fields.find(expr)
        asked = expr.name in self.own.values()
        name = text if asked or field is None else field.label
        if field is None or field.expr is None:
            return f"{name}{shown}"
        return f"{name} = {told(field.expr, self.view, self.figure, shown)}"

    def explained(self, text: str) -> str:
        return formula.explain(formula.parse(with_names(text, self.own)), self.view, self.figure)

    def figure(self, named: formula.Named) -> str:
        if not isinstance(named, Ref):
            return formula.to_text(named)
        value, field = self.view.value(named), self.fields.find(named)
        if isinstance(value, Decimal):
            return show(value, "百分比" if field is not None and field.type == "百分比" else "")
        return "空" if value in (None, "") else str(value)

    def answer(self, key: str) -> str:
        return str(self.view.value(Ref(f"{self.item.key}.{key}")))


def silent() -> str:
    return "评分标准对这种情况没有规定，系统不能计分"


def clauses(told_parts: Mapping[str, str]) -> str:
    """The parts of an item in one line, each with its name."""
    return "；".join(f"{key}：{words}" if key else words for key, words in told_parts.items())


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


def _span(cut: rules.DeductionDef) -> str:
    return f"{cut.least:g}分" if cut.least == cut.most else f"{cut.least:g}至{cut.most:g}分"


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


def _amount(number: Decimal, percent: bool) -> str:
    return f"{_plain(number.scaleb(2))}个百分点" if percent else _plain(number)


def _against(value: Decimal, bounds: tuple[Decimal, ...], percent: bool) -> str:
    """`100.004%` beside a bound of 100%, else `95.20%`."""
    for digits in range(2, _MOST_DECIMALS + 1):
        rounded = round_half_up(value, digits + 2 if percent else digits)
        if value in bounds or rounded not in bounds:
            break
    return show(rounded, "百分比", digits) if percent else show(rounded)
