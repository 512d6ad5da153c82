"""Computed fields that the unit typed or cleared: which one is wrong by itself, and which only follow from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple

from xlauto import catalogue, roles
from xlauto.checking.compare import HALF, Match, amounts, at_shown_decimals, level_of
from xlauto.checking.job import Job, signed
from xlauto.checking.uses import Key, Uses, key_of
from xlauto.compute import Basis, View, nothing_below
from xlauto.formula import Call, Column, Ref, names
from xlauto.formula.evaluate import Result
from xlauto.model import Finding, Kind, Level, Parsed, Place, State, Where
from xlauto.scheme.build import Check
from xlauto.scheme.rules import RatioRule
from xlauto.scores import Score
from xlauto.scoring import points_of
from xlauto.submission import Entry, SheetRead, Submission
from xlauto.values import show


class Verdict(Enum):
    """What a stated figure is, against its inputs as stated and as they should be."""

    FINE = "fine"
    FAULT = "fault"
    FOLLOWS = "follows"
    """Right for its inputs as stated; wrong because one of them is."""


class Derived(NamedTuple):
    """One computed field as judged. `due` is what it should be, all causes mended."""

    sheet: SheetRead
    entry: Entry
    verdict: Verdict
    match: Match
    due: Decimal | None
    local: Decimal | None


def derived(submission: Submission, scores: Sequence[Score]) -> Iterator[Finding]:
    """A finding for each figure that is wrong by itself, with those that follow from it beneath."""
    rules, uses = _rules(submission), Uses(submission)
    every: list[Derived] = []
    dragged: list[Derived] = []
    for sheet in submission.every():
        stated, due, cell = (View(submission, sheet, basis, points_of(scores)) for basis in Basis)
        judged = [
            _judge(submission, sheet, entry, stated, due)
            for entries in sheet.entries.values()
            for entry in entries
            if entry.field.formula and entry.field.numeric
        ]
        yield from _typed_over(submission, sheet, cell)
        yield from _stale(submission, sheet, cell, uses)
        yield from _old_scores(submission, sheet, cell)
        every += judged
        dragged += _dragged(sheet, stated, due)
    calculations = {(s.sheet, s.place.ref): s.explanation for s in scores if s.key and s.place is not None}
    for finding in _judged_findings(submission, rules, uses, every, dragged):
        told = calculations.get((finding.where.sheet, finding.where.cell))
        yield replace(finding, fact=f"{finding.fact}（{told}）") if told else finding


def _judged_findings(
    submission: Submission, rules: Mapping[tuple[str, str], Check], uses: Uses, every: Sequence[Derived],
    dragged: Sequence[Derived],
) -> Iterator[Finding]:  # fmt: skip
    """Causes with what follows from them on any sheet; what follows from no cause by itself."""
    faults = [item for item in every if item.verdict is Verdict.FAULT]
    followers = [item for item in every if item.verdict is Verdict.FOLLOWS]
    shown = [item for item in every if item.verdict is Verdict.FINE and item.match is not Match.SAME]
    first_shown = [item for item in shown if not any(_follows(uses, item, other) for other in shown)]
    yield from _with_consequences(submission, rules, uses, every, faults, [*followers, *dragged])
    yield from _with_consequences(submission, rules, uses, every, first_shown, [*shown, *dragged])
    caused = {f.entry.place for root in faults for f in followers if _follows(uses, f, root)}
    yield from (_finding(submission, rules, f, every) for f in followers if f.entry.place not in caused)


def _dragged(sheet: SheetRead, stated_view: View, due_view: View) -> Iterator[Derived]:
    """Scores whose formula is in place and whose result is another once all causes are mended."""
    for entries in sheet.entries.values():
        for entry in entries:
            if not entry.field.score or not entry.live or entry.overwritten:
                continue
            now, due = _number(stated_view.computed(entry)), _number(due_view.computed(entry))
            if now is not None and due is not None and now != due:
                shown = replace(entry, stated=Parsed(State.NUMBER, "", now))
                yield Derived(sheet, shown, Verdict.FOLLOWS, Match.OFF, due, now)


def uncalculated(submission: Submission, scores: Sequence[Score]) -> Iterator[Finding]:
    """One finding for a file whose formulas never had a result: some program saved it that does not calculate."""
    for sheet in submission.every() if not submission.refreshed else ():
        view = View(submission, sheet, Basis.CELL, points_of(scores))
        for entries in sheet.entries.values():
            for entry in entries:
                if entry.live and entry.cell.kind is Kind.BLANK and view.computed(entry) not in (None, ""):
                    yield catalogue.finding("公式04", Where(submission.label))
                    return


def mended(job: Job, entry: Entry, number: Decimal) -> Iterator[Finding]:
    """What else changes on the sheet once an input is put right: figures that follow from it, as consequences."""
    rules, uses, key = _rules(job.submission), Uses(job.submission), key_of(job.sheet, entry)
    view = job.due.with_figure(entry, number)
    for entries in job.sheet.entries.values():
        for other in entries:
            if not (other.field.formula and other.field.numeric and uses.depends(job.sheet, other, key)):
                continue
            now, then = _number(job.due.computed(other)), _number(view.computed(other))
            if then is not None and now != then and other.stated.number is not None:
                item = Derived(job.sheet, other, Verdict.FOLLOWS, Match.OFF, then, now)
                yield _finding(job.submission, rules, item, ())


def _with_consequences(
    submission: Submission, rules: Mapping[tuple[str, str], Check], uses: Uses, judged: Sequence[Derived],
    roots: Sequence[Derived], others: Sequence[Derived],
) -> Iterator[Finding]:  # fmt: skip
    """Each root with what follows from it, but for what follows from another root in between."""
    for root in roots:
        between = frozenset(key_of(other.sheet, other.entry) for other in roots if other is not root)
        beneath = [other for other in others if _follows(uses, other, root, between)]
        cause = _finding(submission, rules, root, judged)
        under = (_finding(submission, rules, other, judged) for other in beneath)
        # What only follows weighs no more than its cause.
        under = (replace(f, level=cause.level) if f.level is Level.ERROR else f for f in under)
        yield replace(cause, consequences=tuple(under))


def _follows(uses: Uses, item: Derived, root: Derived, between: frozenset[Key] = frozenset()) -> bool:
    return item is not root and uses.depends(item.sheet, item.entry, key_of(root.sheet, root.entry), between)


def _rules(submission: Submission) -> Mapping[tuple[str, str], Check]:
    """The rule of kind 公式 that speaks for a field, by (form, field)."""
    found: dict[tuple[str, str], Check] = {}
    for rule in submission.scheme.checks:
        if rule.definition.kind == "公式":
            params = rule.definition.params
            for field in submission.scheme.forms[rule.form].fields.values():
                if field.name in params.get("fields", ()):
                    found[rule.form, field.name] = rule
                elif field.name.split(".")[0] in params.get("rows", ()) or (
                    field.item and field.column in params.get("columns", ())
                ):
                    found.setdefault((rule.form, field.name), rule)
    return found


def _judge(
    submission: Submission, sheet: SheetRead, entry: Entry, stated_view: View, due_view: View
) -> Derived:
    due = _number(due_view.computed(entry, entry.field.exact))
    local = _number(stated_view.computed(entry, entry.field.exact))
    rounded = _number(due_view.computed(entry))
    fine = Derived(sheet, entry, Verdict.FINE, Match.SAME, rounded, local)
    if not entry.overwritten or due is None or entry.stated.state is State.ERROR:
        return fine
    if entry.stated.number is None:
        left_to_us = entry.field.score and entry.stated.state is State.BLANK
        if left_to_us or due == 0:
            return fine
        return fine._replace(verdict=Verdict.FAULT, match=Match.OFF)
    if entry.stated.number and nothing_below(sheet, entry):
        return fine._replace(verdict=Verdict.FAULT, match=Match.OFF, due=None)
    if entry.stated.number == rounded:
        return fine
    if _to_the_cent(submission, entry):
        due, local = rounded, _number(stated_view.computed(entry))
    match = _match(submission, entry, due)
    if match is not Match.OFF:
        return fine._replace(match=match)
    follows = local is not None and _match(submission, entry, local) is not Match.OFF
    return fine._replace(verdict=Verdict.FOLLOWS if follows else Verdict.FAULT, match=match)


def _to_the_cent(submission: Submission, entry: Entry) -> bool:
    """Whether a score is one of steps, tiers or lines, which give the points as printed: fewer decimals are no reason
    for others. What a share of the points gives may be stated with fewer."""
    items = submission.scheme.items.get(entry.field.form, {})
    item = items.get(entry.field.row) if entry.field.item else None
    return item is not None and not any(isinstance(part.rule, RatioRule) for part in item.parts)


def _match(submission: Submission, entry: Entry, expected: Decimal | None) -> Match:
    stated = entry.stated.number
    assert stated is not None and expected is not None
    if _to_the_cent(submission, entry):
        return Match.SAME if abs(stated - expected) <= HALF else Match.OFF
    if entry.field.type in ("百分比", "分值"):
        return at_shown_decimals(entry.stated, expected, entry.field.type)
    addends = len(names(entry.field.expr)) if entry.field.expr is not None else 1
    return amounts(stated, expected, addends)


def _number(result: Result) -> Decimal | None:
    return result if isinstance(result, Decimal) else None


def _finding(
    submission: Submission, rules: Mapping[tuple[str, str], Check], item: Derived, judged: Sequence[Derived]
) -> Finding:
    entry, field = item.entry, item.entry.field
    rule = rules.get((field.form, field.name))
    params = rule.definition.params if rule else {}
    stated, due = entry.stated.number, item.due
    code, fact, hint, level = "公式01", f"{field.label}与公式算出的数不符", "核对该数和公式引用的各格", Level.ERROR
    if rule is not None:
        code, fact, hint, level = rule.code, rule.definition.say, rule.definition.hint, rule.level
    if stated is None:
        said = "未填" if entry.stated.state is State.BLANK else f"填的是“{entry.stated.raw}”"
        parts = "其下各项有数" if isinstance(field.expr, Call) and field.expr.name == "SUM" else "有关各项有数"
        code, fact = str(params.get("blank", code)), f"{field.label}{said}，而{parts}"
    elif due is None:
        code, fact = str(params.get("blank", code)), f"{field.label}为{show(stated, field.type)}，而其下各项都没有填"
    elif item.verdict is Verdict.FAULT and (parent := _grand_total(item, judged)):
        code, fact = str(params.get("grand", code)), f"{fact}；该行填的似乎是“{parent.entry.field.label}”的合计数"
    elif item.verdict is Verdict.FAULT and (left_out := _left_out(item)):
        fact = f"{fact}；差额正好等于“{left_out.field.label.split('·')[0]}”，可能漏加"
    elif item.verdict is Verdict.FOLLOWS:
        fact = f"{field.label}随之改变"
    elif item.match is Match.AS_SHOWN:
        fact = f"{field.label}按所填的小数位数相符，保留两位小数则不同"
    elif item.match is Match.RESIDUE:
        fact = f"{fact}；相差在四舍五入的尾差之内"
    level = level_of(item.match, level)
    if item.match is Match.AS_SHOWN and submission.scheme.definition.score_decimals == 2:
        level = Level.ERROR
    if _explained(item, params):
        level = Level.HINT
    if item.verdict is Verdict.FOLLOWS:
        hint = "上面的问题改正后随之改变"
    elif entry.live:
        hint = "已恢复公式；核对无误后可在“更改记录”删去该行" if entry.overwritten else "改正后由公式重算"
    return Finding(
        code=code, level=level, where=submission.where(item.sheet, entry.place, field.name), fact=fact,
        stated=_as_stated(entry),
        expected=show(due, field.type) if due is not None else "",
        difference=signed(stated - (due or 0), field.type) if stated is not None else "",
        hint=hint,
    )  # fmt: skip


def _explained(item: Derived, params: Mapping[str, Any]) -> bool:
    """Whether the unit gives itself less than the rule does and says why, in the column that the rule names."""
    reason = item.sheet.entry(f"{item.entry.field.row}.{params['reason']}") if "reason" in params else None
    stated, due = item.entry.stated.number, item.due
    lower = stated is not None and due is not None and stated < due
    return lower and reason is not None and reason.stated.state is not State.BLANK


def _as_stated(entry: Entry) -> str:
    """Rates and points with the decimals that were stated, which may be what is wrong with them."""
    if entry.stated.number is None and entry.stated.state is not State.BLANK:
        return entry.stated.raw
    by_decimals = entry.field.type in ("百分比", "分值")
    return show(entry.stated.number, entry.field.type, entry.stated.decimals if by_decimals else None)


def _inputs(item: Derived) -> list[Entry]:
    expr = item.entry.field.expr
    refs = names(expr) if expr is not None else ()
    return [entry for ref in refs if isinstance(ref, Ref) for entry in item.sheet.entries.get(ref.name, ())]


def _grand_total(item: Derived, judged: Sequence[Derived]) -> Derived | None:
    """The total above whose figure was typed into this row: right itself, and the same number."""
    for other in judged:
        uses = other.entry.field.expr is not None and item.entry in _inputs(other)
        same = other.entry.stated.number == item.entry.stated.number
        if uses and same and other.verdict is Verdict.FINE:
            return other
    return None


def _left_out(item: Derived) -> Entry | None:
    """The addend of a sum that equals what the sum lacks."""
    stated, due, expr = item.entry.stated.number, item.due, item.entry.field.expr
    if stated is None or due is None or not (isinstance(expr, Call) and expr.name == "SUM"):
        return None
    inputs = [entry for entry in _inputs(item) if entry.stated.number]
    found = [entry for entry in inputs if entry.stated.number == due - stated]
    return found[0] if len(found) == 1 and len(inputs) > 1 else None


def _same_as_formula(entry: Entry, view: View) -> bool:
    number = _number(view.computed(entry))
    return not entry.field.score and number is not None and entry.parsed.number == number


def _typed_over(submission: Submission, sheet: SheetRead, view: View) -> Iterator[Finding]:
    """Figures typed over formulas that are just what the formula gives (公式01)."""
    for entries in sheet.entries.values():
        for entry in entries:
            if entry.field.formula and entry.cell.formula is None and _same_as_formula(entry, view):
                yield catalogue.finding("公式01", submission.where(sheet, entry.place, entry.field.name))


def _stale(submission: Submission, sheet: SheetRead, view: View, uses: Uses) -> Iterator[Finding]:
    """Formulas whose saved result is not what they give (公式05), those that use them beneath.

    Where a cell of the sheet could not be read the results will change anyway, and nothing is said.
    """
    unread = any(found.level is Level.ERROR and found.where.sheet == sheet.sheet for found in submission.findings)
    if unread or submission.refreshed:
        return
    stale = [(entry, found) for entry in _live(sheet) if (found := _not_fresh(submission, sheet, entry, view))]
    roots = [
        (entry, found)
        for entry, found in stale
        if not any(other is not entry and uses.depends(sheet, entry, key_of(sheet, other)) for other, _ in stale)
    ]
    told: set[Place] = set()
    for entry, found in roots:
        key = key_of(sheet, entry)
        beneath = [(e, f) for e, f in stale if e.place not in told and uses.depends(sheet, e, key)]
        told |= {e.place for e, _ in beneath}
        yield replace(found, consequences=tuple(f for _, f in beneath))


def _old_scores(submission: Submission, sheet: SheetRead, view: View) -> Iterator[Finding]:
    """Scores that the system filled in, for a result that has changed since: 系统计分 says what it was filled for."""
    if submission.refreshed:
        return
    for _, line in sheet.lines():
        item = line.items.get(roles.SCORE)
        number = view.points.get((sheet.sheet, line.row))
        if item is None or not item.linked or item.parsed.number is None or number is None:
            continue
        if abs(item.parsed.number - number) > Decimal("0.00005"):
            where = submission.where(sheet, item.place, f"{line.title}.{roles.SCORE}")
            raw, value = show(item.parsed.number, "分值"), show(number, "分值")
            yield replace(catalogue.finding("公式17", where), stated=raw, expected=value)


def _live(sheet: SheetRead) -> Iterator[Entry]:
    """The scheme's own formulas with a saved number."""
    for entries in sheet.entries.values():
        yield from (e for e in entries if e.live and e.cell.text and e.parsed.number is not None)


def _awaits_recalc(sheet: SheetRead, entry: Entry) -> bool:
    """A sum over a table with scores still to be filled in, or with a name still to grow: unfinished, not stale."""
    columns = [ref for ref in names(entry.field.expr) if isinstance(ref, Column)] if entry.field.expr else []
    tables = [sheet.tables[ref.table] for ref in columns if ref.table in sheet.tables]
    open_scores = any(
        line.items[roles.SCORE].left_open and not line.items[roles.SCORE].linked
        for table in tables
        for line in table.lines
        if roles.SCORE in line.items
    )
    return open_scores or any(table.last > table.named_last for table in tables)


def _not_fresh(submission: Submission, sheet: SheetRead, entry: Entry, view: View) -> Finding | None:
    number, saved = _number(view.computed(entry)), entry.parsed.number
    if _awaits_recalc(sheet, entry):
        return None
    if number is None or saved is None or abs(number - saved) <= Decimal("0.00005"):
        return None
    where, kind = submission.where(sheet, entry.place, entry.field.name), entry.field.type
    return catalogue.finding("公式05", where, raw=show(saved, kind), value=show(number, kind))
