"""Rules written as a formula that must hold: compared within rounding, told with their figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from xlauto import formula, roles
from xlauto.checking.compare import Match, amounts, level_of
from xlauto.checking.derived import mended
from xlauto.checking.job import Job, signed
from xlauto.compute import View
from xlauto.formula import Binary, Call, Column, Expr, Ref, names
from xlauto.formula.evaluate import Compiled, Result
from xlauto.model import CellError, Finding, Place, State
from xlauto.scheme.needs import Fields
from xlauto.submission import Entry
from xlauto.values import show

_BOUNDS = {"=": "", ">=": "不小于", "<=": "不大于", ">": "大于", "<": "小于", "<>": "不等于"}
"""How a message words what the right side of a comparison demands."""


@lru_cache(maxsize=1024)
def _parsed(text: str) -> tuple[Expr, Compiled]:
    expr = formula.parse(text)
    return expr, formula.compile(expr)


def relation(job: Job) -> Iterator[Finding]:
    """At most one finding: broken with the figures as stated, and also with computed figures as they should be."""
    if job.rule.when and _parsed(job.rule.when)[1](job.due) is not True:
        return
    expr, compiled = _parsed(job.rule.that)
    entries = [entry for ref in names(expr) if isinstance(ref, Ref) for entry in _entries(job, ref)]
    if (
        any(_is_gone(job, ref) or _unfinished(job, ref) for ref in names(expr))
        or _nothing_given(job, expr)
        or _unusable(entries)
        or not any(entry.stated.state is not State.BLANK for entry in entries)
    ):
        return
    results = [_holds(expr, compiled, view) for view in (job.stated, job.due)]
    if any(match is None or match is Match.SAME for match in results):
        return
    match = next((match for match in results if match is not Match.OFF), Match.OFF)
    assert match is not None
    yield _finding(job, expr, match)


def _is_gone(job: Job, ref: formula.Named) -> bool:
    """A field whose row or sheet has been deleted: reading has told. Of a form that repeats there may be none."""
    repeats = isinstance(ref, Ref) and bool(ref.form) and job.submission.scheme.forms[ref.form].repeats
    return isinstance(ref, Ref) and not repeats and not _entries(job, ref)


def _unfinished(job: Job, ref: formula.Named) -> bool:
    """The total of a score table of which an item has no score yet."""
    scheme = job.submission.scheme
    return isinstance(ref, Ref) and any(
        (score := job.scores.get((entry.place.sheet, entry.place.row))) is not None and score.adopted is None
        for sheet in job.due.sheets(ref)
        if (scored := scheme.definition.scoring.scored.get(sheet.form.name)) is not None
        and ref.name == f"{scored.total}.{roles.SCORE}"
        for item in scheme.items.get(sheet.form.name, {}).values()
        if (entry := sheet.entry(item.score_name)) is not None
    )


def _nothing_given(job: Job, expr: Expr) -> bool:
    """Whether all that a figure is held against are totals with nothing filled in below them, which are no 0."""
    refs = names(expr.right) if isinstance(expr, Binary) else []
    return bool(refs) and all(isinstance(ref, Ref) and _empty_total(job, ref) for ref in refs)


def _empty_total(job: Job, ref: Ref) -> bool:
    fields = Fields(job.submission.scheme.forms, job.sheet.form)
    field = fields.find(ref)
    if field is None or field.expr is None:
        return False
    below = fields.leaves(ref)
    entries = [
        entry
        for named in (ref, *below)
        if isinstance(named, Ref)
        for sheet in job.due.sheets(ref)
        for entry in sheet.entries.get(named.name, ())
        if named is not ref or entry.overwritten
    ]
    return (
        bool(below)
        and not any(isinstance(named, Column) for named in below)
        and all(entry.stated.state is State.BLANK for entry in entries)
    )


def _unusable(entries: list[Entry]) -> bool:
    """A field that holds an error or ——: the one is reported already, to the other the rule does not apply."""
    return any(entry.field.numeric and entry.stated.state in (State.ERROR, State.NONE, State.TEXT) for entry in entries)


def _entries(job: Job, ref: Ref) -> list[Entry]:
    sheets = job.submission.sheets.get(ref.form, []) if ref.form else [job.sheet]
    return [entry for sheet in sheets for entry in sheet.entries.get(ref.name, ())]


def _holds(expr: Expr, compiled: Compiled, view: View) -> Match | None:
    """SAME when it holds; None when it cannot be told."""
    result = compiled(view)
    if isinstance(result, CellError) or not isinstance(result, bool):
        return None
    if result:
        return Match.SAME
    if isinstance(expr, Binary) and any(
        isinstance(formula.compile(side)(view), str) for side in (expr.left, expr.right)
    ):
        return None
    sides = _sides(expr, view)
    if sides is None:
        return Match.OFF
    return amounts(*sides, addends=sum(_count(ref, view) for ref in names(expr)))


def _count(ref: object, view: View) -> int:
    return len(view.values(ref)) if isinstance(ref, Ref) else 1 if isinstance(ref, Column) else 0


def _sides(expr: Expr, view: View) -> tuple[Decimal, Decimal] | None:
    """Both sides of a comparison as numbers."""
    if not isinstance(expr, Binary) or expr.op not in _BOUNDS:
        return None
    left, right = (formula.compile(side)(view) for side in (expr.left, expr.right))
    return (_zero(left), _zero(right)) if _numeric(left) and _numeric(right) else None


def _numeric(value: Result) -> bool:
    return value is None or isinstance(value, Decimal)


def _zero(value: Result) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(0)


def _finding(job: Job, expr: Expr, match: Match) -> Finding:
    place, name, kind = _subject(job, expr)
    level = level_of(match, job.rule.level)
    sides = _sides(expr, job.due)
    if sides is None and (choices := _choices(expr, job.due)):
        return _none_of(job, choices)
    if sides is None or not isinstance(expr, Binary):
        detail = formula.explain(expr, None, lambda ref: _figure(job.due, ref))
        return job.find(place, name, detail=detail, level=level)
    left, right = sides
    details = [
        f"{formula.explain(side, job.due, lambda ref: _figure(job.due, ref))} = {show(value, kind)}"
        for side, value in ((expr.left, left), (expr.right, right))
        if not isinstance(side, Ref | formula.Number)
    ]
    if match is Match.RESIDUE:
        details.append("相差在四舍五入的尾差之内")
    entry = job.sheet.entry(expr.left.name) if isinstance(expr.left, Ref) else None
    missing = entry is not None and entry.stated.state is State.BLANK and not entry.field.formula
    finding = job.find(
        place, name, detail="；".join(details), level=level,
        stated="空" if missing else show(left, kind), difference="" if missing else signed(left - right, kind),
        expected=_BOUNDS[expr.op] + show(right, kind),
    )  # fmt: skip
    if entry is not None and entry.live and (rows := _rows_below(job, expr)):
        finding = replace(finding, hint=f"{finding.hint}；该行由公式合计，请核对第{'、'.join(map(str, rows))}行")
    if entry is None or entry.field.formula or expr.op != "=" or match is not Match.OFF:
        return finding
    return replace(finding, consequences=tuple(mended(job, entry, right)))


def _rows_below(job: Job, expr: Expr) -> list[int]:
    """The rows of the sheet whose figures a formula adds up, where it names totals of repeating rows."""
    fields = Fields(job.submission.scheme.forms, job.sheet.form)
    leaves = {leaf for ref in names(expr) for leaf in fields.leaves(ref) if isinstance(leaf, Ref)}
    below = [entry for leaf in leaves if not leaf.form for entry in job.sheet.entries.get(leaf.name, ())]
    return sorted({entry.place.row for entry in below if entry.field.repeats and entry.stated.number is not None})


def _choices(expr: Expr, view: View) -> list[Binary]:
    """The equations of `OR(甲 = 乙, 甲 = 丙)`: one figure that may agree with either of several."""
    args = expr.args if isinstance(expr, Call) and expr.name == "OR" else ()
    equations = [arg for arg in args if isinstance(arg, Binary) and arg.op == "=" and isinstance(arg.left, Ref)]
    same = len(equations) == len(args) > 1 and len({arg.left for arg in equations}) == 1
    return equations if same and all(_sides(arg, view) for arg in equations) else []


def _none_of(job: Job, choices: Sequence[Binary]) -> Finding:
    """A figure that agrees with none of those it may agree with."""
    place, name, kind = _subject(job, choices[0])
    sums = [
        (f"{formula.explain(c.right, job.due, lambda ref: _figure(job.due, ref))}", _sides(c, job.due)) for c in choices
    ]
    detail = "；".join(f"{figures} = {show(sides[1], kind)}" for figures, sides in sums if sides)
    due = dict.fromkeys(show(sides[1], kind) for _, sides in sums if sides)
    stated = formula.compile(choices[0].left)(job.due)
    return job.find(place, name, detail=detail, stated=show(_zero(stated), kind), expected="或".join(due))


def _subject(job: Job, expr: Expr) -> tuple[Place | None, str, str]:
    """Place, name and type of the first field of the formula that stands on this sheet."""
    for ref in names(expr):
        if isinstance(ref, Ref) and not ref.form and (entry := job.sheet.entry(ref.name)):
            return entry.place, ref.name, entry.field.type
    return None, "", ""


def _figure(view: View, named: formula.Named) -> str:
    if isinstance(named, Ref):
        values = [show(value) for value in view.values(named) if isinstance(value, Decimal) and value]
        return " + ".join(values) or "0"
    return "空"
