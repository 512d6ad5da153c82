"""One row of an indicator table -> its points: by proportion, by the calendar, or left to a person within bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from xlauto import attainment, formula, roles
from xlauto.explaining import share, told
from xlauto.formula.evaluate import Compiled, Result
from xlauto.model import CellError, Kind, State
from xlauto.scheme.schema import BandDef, RatioDef, ScoringDef
from xlauto.scores import PointState, possible
from xlauto.submission import Line
from xlauto.values import Actual, Target, parse_actual, parse_target, show

NOT_STATED = "实际完成值未填"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say of one indicator."""

    state: PointState
    explanation: str
    computed: Decimal | None = None
    formula: str = ""
    source: str = ""


def judge(line: Line, scoring: ScoringDef, year: int) -> Judgement:
    """Quantitative by proportion, dates by the calendar, all else by a person within the bands."""
    judged = _judged(line, scoring, year)
    stated, points = line.number(roles.SCORE), line.number(roles.POINTS)
    if judged.state is not PointState.NEEDS or stated is None or possible(stated, points):
        return judged
    wrong = "" if points is None else "小于0" if stated < 0 else f"大于分值{show(points, '分值')}分"
    explanation = f"{judged.explanation}；自评{show(stated, '分值')}分{wrong and wrong + '，'}不能计入，请改正"
    return replace(judged, explanation=explanation)


def _judged(line: Line, scoring: ScoringDef, year: int) -> Judgement:
    rule = scoring.quantitative
    points = line.number(roles.POINTS)
    if is_none(line, scoring):
        explanation = "没有三级指标，不计分；应把分值调整到其他指标"
        return Judgement(PointState.COMPUTED, explanation, Decimal(0), source=rule.source)
    if points is None:
        unread = line.items[roles.POINTS].parsed.state is State.ERROR
        return Judgement(PointState.NEEDS, f"分值{'不能读取' if unread else '未填'}，不能计分")
    if points < 0:
        return Judgement(PointState.NEEDS, f"分值是{show(points, '分值')}，不能计分")
    target, actual = parse_target(line.text(roles.TARGET)), parse_actual(line.text(roles.ACTUAL))
    if target is not None and target.kind == "缺数":
        return Judgement(PointState.NEEDS, f"年度指标值“{line.text('年度指标值')}”缺少数字，不能计分")
    if target is not None and actual is not None and comparable(target, actual):
        if target.kind == "日期":
            return _by_date(line, points, target, actual, year)
        return _by_figures(line, points, directed(target, line.kind, rule), actual, rule)
    return _by_person(line, points, scoring.qualitative, _why_a_person(line, target, actual))


def is_none(line: Line, scoring: ScoringDef) -> bool:
    """Whether the row declares that there is no such indicator (无)."""
    return line.items[roles.TITLE].parsed.raw.strip() in scoring.none_words


def directed(target: Target, kind: str, rule: RatioDef) -> Target:
    """A target without a sign means ≥, in a cost indicator ≤."""
    return target._replace(op="≤") if target.op == "=" and kind in rule.reverse_kinds else target


def comparable(target: Target, actual: Actual) -> bool:
    """Whether both are figures of one kind and unit (a result may leave the unit away, a rate may not)."""
    if target.kind != actual.kind:
        return not actual.unit and actual.kind == "数量" and target.kind == "金额"
    return target.kind in ("日期", "金额", "比率") or not actual.unit or not target.unit or actual.unit == target.unit


def _by_date(line: Line, points: Decimal, target: Target, actual: Actual, year: int) -> Judgement:
    """In time or late; what is said to be done after the year that is reported on cannot be judged."""
    due = tuple(part or last for part, last in zip(target.date, (0, 12, 31), strict=True))
    done = tuple(part or last for part, last in zip(actual.date, (0, 1, 1), strict=True))
    texts = _compared(line)
    if done[0] > year:
        return Judgement(PointState.NEEDS, f"{texts}：完成时间在填报年度{year}年之后，由人工判断")
    if done <= due:
        explanation = f"{texts}：按期完成，得满分{show(points, '分值')}分"
        return Judgement(PointState.COMPUTED, explanation, points, _points_cell(line))
    return Judgement(PointState.NEEDS, f"{texts}：晚于要求，由人工判断扣分")


def _by_figures(line: Line, points: Decimal, target: Target, actual: Actual, rule: RatioDef) -> Judgement:
    """The rule of the target's direction, with the figures put in."""
    number = actual.number
    assert number is not None
    if actual.op != "=" and not _surely_met(target, actual):
        return Judgement(PointState.NEEDS, f"实际完成值“{line.text('实际完成值')}”不是一个实际数，不能计分")
    figures: dict[str, Decimal | None] = {"完成值": number, "指标值": target.number, "分值": points}
    figures |= {"下限": target.low, "上限": target.high}
    if rule.over_rule == "不得分" and _far_over(target, number, rule):
        explanation = f"{_compared(line)}：达到指标值的{rule.over:.0%}及以上，按规定不得分"
        return Judgement(PointState.COMPUTED, explanation, Decimal(0), "0", rule.source)
    if actual.op != "=":
        return Judgement(PointState.COMPUTED, _full(line, points), points, _points_cell(line), rule.source)
    expr, compiled = _compiled(_rule_text(target, rule))
    result = compiled(Figures(figures))
    missed = _missed(target, figures)
    if not isinstance(result, Decimal):
        return Judgement(PointState.NEEDS, f"{_compared(line)}：{missed}，不能按比例计分，由人工判断")
    explanation = _full(line, points) if missed is None else _told(line, missed, result, expr, figures, target)
    return Judgement(PointState.COMPUTED, explanation, result, _excel(line, expr, target, number), rule.source)


def _excel(line: Line, expr: formula.Expr, target: Target, number: Decimal) -> str:
    """The rule as an Excel formula on the cells of the line."""
    cells = {"分值": _points_cell(line), "完成值": _number_cell(line, roles.ACTUAL, number)}
    cells["指标值"] = _number_cell(line, roles.TARGET, target.number or Decimal(0))
    cells |= {"下限": _literal(target.low), "上限": _literal(target.high)}
    return formula.to_excel(expr, lambda named: cells[named.name] if isinstance(named, formula.Ref) else "")


def _rule_text(target: Target, rule: RatioDef) -> str:
    op, bound = _effective_op(target), target.number or Decimal(0)
    if op == "范围":
        return attainment.within(rule, from_zero=(target.low or 0) <= 0)
    if op == "±":
        return attainment.within_allowance()
    if bound == 0 and op == "≤":
        return attainment.kept_at_zero()
    if bound <= 0:
        return attainment.met_or_person(op)
    return attainment.kept_below(rule, op) if op in ("≤", "<") else attainment.reached(rule, op)


def _effective_op(target: Target) -> str:
    """The sign that a target has; 0 without a sign (事故数0) says that nothing may happen."""
    return "≤" if target.op == "=" and target.number == 0 else target.op


def _surely_met(target: Target, actual: Actual) -> bool:
    """`≥95%` against a target of ≥95%: not an exact result, yet surely reached."""
    if actual.number is None or target.number is None:
        return False
    op = _effective_op(target)
    upward, downward = op in ("≥", ">", "=") and actual.op in ("≥", ">"), op in ("≤", "<") and actual.op in ("≤", "<")
    if not upward and not downward:
        return False
    beyond = actual.number > target.number if upward else actual.number < target.number
    return beyond or (actual.number == target.number and (op not in (">", "<") or actual.op == op))


def _far_over(target: Target, number: Decimal, rule: RatioDef) -> bool:
    bound = target.number
    upward = target.op in ("≥", ">", "=") and bound is not None and bound > 0
    return upward and bound is not None and number >= bound * Decimal(str(rule.over))


def _compared(line: Line) -> str:
    return f"指标值为{line.text('年度指标值')}，实际为{line.text('实际完成值')}"


def _full(line: Line, points: Decimal) -> str:
    return f"{_compared(line)}：完成指标，得满分{show(points, '分值')}分"


def _told(
    line: Line, missed: str, result: Decimal, expr: formula.Expr, figures: Mapping[str, Decimal | None],
    target: Target,
) -> str:  # fmt: skip
    """One line with the figures in it."""
    if not result:
        return f"{_compared(line)}：{missed}，得0分"

    def figure(named: formula.Named) -> str:
        value = figures.get(named.name) if isinstance(named, formula.Ref) else None
        rate = isinstance(named, formula.Ref) and named.name != "分值" and target.unit == "%"
        return share(value) if rate and value is not None else show(value)

    return f"{_compared(line)}：{missed}，{told(expr, Figures(figures), figure, show(result, '分值') + '分')}"


def _missed(target: Target, figures: Mapping[str, Decimal | None]) -> str | None:
    """How a result misses its target; None if it does not."""
    op = _effective_op(target)
    if _compiled(attainment.met(op))[1](Figures(figures)) is True:
        return None
    if op in (">", "<") and figures["完成值"] == figures["指标值"]:
        return f"正好等于指标值，没有{'超过' if op == '>' else '低于'}它"
    words = {"范围": "不在指标值的范围内", "±": "超出允许的偏差", "≤": "超过指标值", "<": "超过指标值"}
    return words.get(op, "没有完成")


def _by_person(line: Line, points: Decimal, bands: Sequence[BandDef], why: str) -> Judgement:
    """Only a person can judge; the stated points tell the band."""
    stated = line.number(roles.SCORE)
    if stated is None:
        what = "填写后由系统计分" if why == NOT_STATED else "请按达成程度填写得分"
        return Judgement(PointState.NEEDS, f"{why}，{what}")
    if not possible(stated, points):
        return Judgement(PointState.NEEDS, f"{why}，由人工判断")
    band = band_of(stated, points, bands)
    if band is None or not points:
        return Judgement(PointState.NEEDS, f"{why}，由人工判断；自评{show(stated, '分值')}分")
    given = f"自评{show(stated, '分值')}分，占分值的{share(stated / points)}"
    span = f"{band.low:.0%}—{band.high:.0%}"
    return Judgement(PointState.NEEDS, f"{why}，由人工判断；{given}，属“{band.name}”（{span}）")


def _why_a_person(line: Line, target: Target | None, actual: Actual | None) -> str:
    """Why the figures do not decide."""
    if target is None:
        return "定性指标"
    answered = f"实际完成值“{line.text('实际完成值')}”"
    if not line.text(roles.ACTUAL).strip():
        return NOT_STATED
    wanted = target.kind if actual is not None or target.kind == "日期" else "数"
    return f"指标值“{line.text('年度指标值')}”是{target.kind}，{answered}不是{wanted}"


def band_of(stated: Decimal, points: Decimal, bands: Sequence[BandDef]) -> BandDef | None:
    """The band that a share of the points falls in; the lower edge belongs to it."""
    share = stated / points if points else Decimal(1)
    return next((band for band in sorted(bands, key=lambda b: -b.low) if share >= Decimal(str(band.low))), None)


def _points_cell(line: Line) -> str:
    return line.items[roles.POINTS].place.ref


def _number_cell(line: Line, column: str, number: Decimal) -> str:
    """The cell where it holds the plain number, else the number that its text says."""
    item = line.items[column]
    if item.cell.kind is Kind.NUMBER and item.cell.value == number:
        return item.place.ref
    return _literal(number)


def _literal(number: Decimal | None) -> str:
    return "0" if number is None else format(number.normalize(), "f")


@lru_cache(maxsize=64)
def _compiled(text: str) -> tuple[formula.Expr, Compiled]:
    expr = formula.parse(text)
    return expr, formula.compile(expr)


class Figures:
    """A context of plain figures by name."""

    def __init__(self, figures: Mapping[str, Decimal | None]) -> None:
        self.figures = figures

    def value(self, ref: formula.Ref | formula.CellRef) -> Result:
        return self.figures.get(ref.name) if isinstance(ref, formula.Ref) else CellError("#REF!")

    def values(self, ref: formula.Ref) -> Sequence[Result]:
        return [self.value(ref)]

    def column(self, ref: formula.Column | formula.RangeRef) -> Sequence[Result]:
        return []

    def row(self, ref: formula.RowRef) -> Result:
        return CellError("#REF!")

    def call(self, name: str, args: Sequence[Result | formula.Reference]) -> Result:
        return CellError("#NAME?")
