"""Submission -> scores: 执行率, every indicator and item, and totals, each stated against computed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from xlauto import formula, roles
from xlauto.compute import Basis, View
from xlauto.explaining import told
from xlauto.indicators import judge
from xlauto.itemscores import item_scores
from xlauto.scheme.schema import ScoredDef
from xlauto.scores import PointState, Score, Shared
from xlauto.submission import Entry, Line, SheetRead, Submission
from xlauto.values import show

__all__ = ["PointState", "Score", "points_of", "score", "unit_total"]

_MOST_NAMED = 3


def score(submission: Submission) -> list[Score]:
    """All scores of all sheets, in the order of the sheets; the total of a sheet comes after its parts."""
    scores: list[Score] = []
    for form, definition in submission.scheme.scoring.scored.items():
        for sheet in submission.sheets.get(form, []):
            items = [*item_scores(submission, sheet)]
            lines = [_line_score(submission, sheet, line) for line in sheet.tables[definition.table].lines] if (
                definition.table in sheet.tables
            ) else []  # fmt: skip
            rate = _rate_score(submission, sheet, definition)
            parts = [*([rate] if rate else []), *lines, *items]
            scores += [*parts, _total_score(submission, sheet, definition, parts)]
    return scores


def points_of(scores: Sequence[Score]) -> dict[tuple[str, int], Decimal]:
    """The computed points of indicator rows, as `compute.View` takes them."""
    return {(s.sheet, s.row): s.computed for s in scores if s.line is not None and s.computed is not None}


def unit_total(submission: Submission, scores: Sequence[Score]) -> Score | None:
    """The total that stands for the unit."""
    form = submission.scheme.scoring.unit_form
    return next((s for s in scores if s.form == form and s.item == roles.TOTAL), None)


def _rate_score(submission: Submission, sheet: SheetRead, definition: ScoredDef) -> Score | None:
    """执行率得分, by the formula that the form declares for it."""
    entry = sheet.entry(f"{definition.rate}.{roles.SCORE}")
    if entry is None or entry.field.expr is None:
        return None
    view = View(submission, sheet, Basis.DUE, {})
    result = view.computed(entry)
    own = sheet.entry(f"{definition.rate}.{roles.POINTS}")
    points = own.parsed.number if own else None
    computed = result if isinstance(result, Decimal) else None
    if computed is None:
        explanation = "全年预算数为0或未填，执行率没有意义，不计分"
    else:
        explanation = _rate_told(sheet, entry, definition, view, points, computed)
    return Score(
        form=sheet.form.name, sheet=sheet.sheet, title=sheet.title, item=roles.RATE, row=entry.place.row,
        points=points, stated=entry.stated.number if entry.overwritten else None, computed=computed,
        state=PointState.UNDEFINED if computed is None else PointState.COMPUTED, explanation=explanation,
        source=submission.scheme.scoring.source, formula=entry.field.cell_formula,
    )  # fmt: skip


def _rate_told(
    sheet: SheetRead, entry: Entry, definition: ScoredDef, view: View, points: Decimal | None, computed: Decimal
) -> str:
    """`执行率为481.27 / 482.29 = 99.79%，10 × 99.79% = 9.98分`"""

    def figure(named: formula.Named) -> str:
        value = view.value(named) if isinstance(named, formula.Ref) else None
        field = sheet.form.fields.get(named.name) if isinstance(named, formula.Ref) else None
        kind = "百分比" if field is not None and field.type == "百分比" else ""
        return show(value, kind) if isinstance(value, Decimal) else "空"

    rate = sheet.entry(f"{definition.rate}.{roles.RATE}")
    shown = view.computed(rate) if rate is not None and rate.field.expr is not None else None
    head = ""
    if rate is not None and rate.field.expr is not None and isinstance(shown, Decimal):
        head = f"执行率为{told(rate.field.expr, view, figure, show(shown, '百分比'))}，"
    if computed == points:
        return f"{head}得满分{show(computed, '分值')}分"
    assert entry.field.expr is not None
    return head + told(entry.field.expr, view, figure, f"{show(computed, '分值')}分")


def _total_score(submission: Submission, sheet: SheetRead, definition: ScoredDef, parts: Sequence[Score]) -> Score:
    """The sum of the parts: computed where they are, the unit's own points where only a person can judge."""
    open_ = [part for part in parts if part.effective is None]
    named = {shared.items if (shared := _too_many(part)) else part.row: _without_score(part) for part in open_}
    missing = list(named.values())
    computed = None if missing else sum((part.effective or Decimal(0) for part in parts), Decimal(0))
    entry = sheet.entry(f"{definition.total}.{roles.SCORE}")
    own = [part.adopted for part in parts]
    if entry is not None and entry.overwritten:
        stated = entry.stated.number
    else:
        stated = None if None in own else sum((points for points in own if points is not None), Decimal(0))
    if missing:
        state, explanation = PointState.NEEDS, _told_missing(missing)
    else:
        state = PointState.COMPUTED
        figures = " + ".join(show(part.effective, "分值") for part in parts)
        explanation = f"{figures} = {show(computed, '分值')}分"
        remarks = [words for state_, said in _BY_THE_UNIT.items() if (words := _as_stated(parts, state_, said))]
        explanation += f"（其中{'；'.join(remarks)}）" if remarks else ""
    weights = [part.weight for part in parts if part.weight is not None]
    return Score(
        form=sheet.form.name, sheet=sheet.sheet, title=sheet.title, item=roles.TOTAL,
        row=entry.place.row if entry else 0, points=sum(weights, Decimal(0)), stated=stated, computed=computed,
        state=state, explanation=explanation, source=submission.scheme.scoring.source,
    )  # fmt: skip


_BY_THE_UNIT = {
    PointState.NEEDS: "由人工判断",
    PointState.LACKS: "缺少依据",
    PointState.UNDEFINED: "评分标准没有规定或无法计算",
}


def _as_stated(parts: Sequence[Score], state: PointState, said: str) -> str:
    """`7项由人工判断，按自评50分计`; of items without evidence also which, for their points rest on no figure."""
    found = [part for part in parts if part.state is state and part.stated is not None]
    if not found:
        return ""
    points = sum((part.stated or Decimal(0) for part in found), Decimal(0))
    named = "" if state is PointState.NEEDS else f"（{'、'.join(part.item for part in found)}）"
    return f"{len(found)}项{named}{said}，按自评{show(points, '分值')}分计"


def _told_missing(missing: Sequence[str]) -> str:
    rest = "等" if len(missing) > _MOST_NAMED else ""
    return f"还有{len(missing)}项没有得分：{'、'.join(missing[:_MOST_NAMED])}{rest}"


def _too_many(part: Score) -> Shared | None:
    """What the part has together with others, if all of them have more than that: a total names them once."""
    return part.shared if part.stated is not None and part.stated >= 0 and part.points is not None else None


def _without_score(part: Score) -> str:
    if shared := _too_many(part):
        given, most = show(shared.given, "分值"), show(part.points, "分值")
        return f"{'、'.join(shared.items)}（自评合计{given}分，超过共有的分值{most}分，不能计入）"
    stated = "" if part.stated is None else f"（自评{show(part.stated, '分值')}分不能计入）"
    return part.item + (stated if part.state is PointState.NEEDS or part.key else "")


def _line_score(submission: Submission, sheet: SheetRead, line: Line) -> Score:
    """One indicator by its target and result."""
    judged = judge(line, submission.scheme.scoring, submission.scheme.year)
    return Score(
        form=sheet.form.name, sheet=sheet.sheet, title=sheet.title, item=line.title, row=line.row,
        points=line.number(roles.POINTS), stated=line.number(roles.SCORE), computed=judged.computed, state=judged.state,
        explanation=judged.explanation, source=judged.source or submission.scheme.scoring.source,
        formula=judged.formula, line=line,
    )  # fmt: skip
