"""Rules about score tables: scores that cannot be, points lost without a reason, evidence that is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from xlauto import roles
from xlauto.checking.job import Job
from xlauto.checking.kinds import kind
from xlauto.formula import Ref
from xlauto.model import Finding, Level, State
from xlauto.scheme.items import Item
from xlauto.scheme.rules import RangeRule
from xlauto.scores import PointState, Score
from xlauto.submission import Entry, SheetRead
from xlauto.values import show


def _items(job: Job) -> Iterator[tuple[Item, Entry, Score]]:
    """The items of the sheet with the cell and the score of each."""
    for item in job.submission.scheme.items.get(job.sheet.form.name, {}).values():
        entry = job.sheet.entry(item.score_name)
        score = job.scores.get((job.sheet.sheet, entry.place.row)) if entry else None
        if entry is not None and score is not None:
            yield item, entry, score


@kind("评分范围")
def score_out_of_range(job: Job) -> Iterator[Finding]:
    """A score below 0, above its points or without any, or several that share their points and exceed them."""
    shared: dict[str, list[tuple[Entry, Decimal]]] = {}
    for item, entry, _ in _items(job):
        stated = entry.stated.number
        if stated is None or not (entry.overwritten or item.by_hand):
            continue
        limit = job.named(item.points_name)
        if stated < 0:
            figures: dict[str, Any] = {"stated": show(stated), "expected": "不小于0", "difference": show(stated)}
            yield job.find(entry.place, item.score_name, fact=f"{item.title}的得分小于0", **figures)
        elif limit is None:
            yield job.find(entry.place, item.score_name, fact=f"{item.title}有得分而没有分值", stated=show(stated))
        elif stated > limit:
            figures = {"stated": show(stated), "expected": f"不大于{show(limit)}", "difference": show(stated - limit)}
            yield job.find(entry.place, item.score_name, fact=f"{item.title}的得分大于分值", **figures)
        elif item.definition.together:
            shared.setdefault(item.points_name, []).append((entry, stated))
    for name, found in shared.items():
        limit, total = job.named(name), sum((stated for _, stated in found), Decimal(0))
        if limit is not None and total > limit:
            fact = f"{'、'.join(entry.field.label.split('·')[0] for entry, _ in found)}的得分之和大于共有的分值"
            figures = {"stated": show(total), "expected": f"不大于{show(limit)}", "difference": show(total - limit)}
            yield job.find(found[0][0].place, found[0][0].field.name, fact=fact, **figures)


@kind("扣分原因")
def points_lost_without_reason(job: Job) -> Iterator[Finding]:
    """A typed score below its points, and nothing in the column that says why."""
    for item, _, score in _items(job):
        reason = job.sheet.entry(f"{item.key}.{job.params['reason']}")
        if reason is None or reason.stated.state is not State.BLANK or item.definition.together:
            continue
        if score.stated is not None and score.points is not None and score.stated < score.points:
            detail = f"{item.title}得分{show(score.stated)}，分值{show(score.points)}"
            yield job.find(reason.place, reason.field.name, detail=detail, stated="空")


@kind("缺少依据")
def evidence_missing(job: Job) -> Iterator[Finding]:
    """Items that no rule can score because what they need has not been filled in.

    What is only asked for their sake is one fault, with each item beneath it; a blank in another form is one by itself.
    """
    lacking = [(item, score) for item, _, score in _items(job) if score.state is PointState.LACKS]
    asked = {item.key: _asked_in(job, item, score) for item, score in lacking}
    together = [(item, score) for item, score in lacking if asked[item.key] is not None]
    if len(together) > 1:
        home = asked[together[0][0].key]
        assert home is not None
        yield replace(
            _not_filled_in(job, together, *home), consequences=tuple(_lacks(job, score) for _, score in together)
        )
    for item, score in lacking:
        if len(together) < 2 or asked[item.key] is None:
            yield _lacks(job, score)


def _asked_in(job: Job, item: Item, score: Score) -> tuple[SheetRead, Entry] | None:
    """The first cell that an item waits for, if all that it waits for is evidence."""
    evidence = {each.name for other in job.submission.scheme.every_item() for each in other.evidence}
    if not score.missing or not {missing.name for missing in score.missing} <= evidence:
        return None
    homes = job.due.sheets(Ref(score.missing[0].name))
    found = [(home, entry) for home in homes if (entry := home.entry(score.missing[0].name)) is not None]
    return found[0] if found else None


def _lacks(job: Job, score: Score) -> Finding:
    given = "" if score.stated is None else f"自评{show(score.stated)}分没有数据可以核对，"
    named = "、".join(missing.words for missing in score.missing)
    name = f"{score.key}.{roles.SCORE}"
    fact = f"{score.item}（{show(score.points)}分）{given}缺少：{named}"
    return job.find(score.place, name, fact=fact, level=_level(job, [score]))


def _not_filled_in(job: Job, lacking: Sequence[tuple[Item, Score]], home: SheetRead, entry: Entry) -> Finding:
    """`“评分依据”没有填齐，13项46分没有依据可以核对，其中6项22分所用的数在各张表里都没有（…）`"""
    scores = [score for _, score in lacking]
    figures = [score for item, score in lacking if item.rests_on_asked_figures]
    fact = f"“{roles.EVIDENCE}”没有填齐，{len(scores)}项{_sum(scores)}分没有依据可以核对"
    if figures:
        listed = "、".join(f"{score.item}{show(score.points)}分" for score in figures)
        fact += f"，其中{len(figures)}项{_sum(figures)}分所用的数在各张表里都没有（{listed}）"
    return job._replace(sheet=home).find(
        entry.place, entry.field.name, fact=fact, stated="空", level=_level(job, scores)
    )


def _level(job: Job, scores: Sequence[Score]) -> Level | None:
    level = job.params.get("open" if all(score.stated is None for score in scores) else "stated")
    return Level(level) if level else None


def _sum(scores: Sequence[Score]) -> str:
    return show(sum((score.points or Decimal(0) for score in scores), Decimal(0)))


@kind("评分无规定")
def standard_silent(job: Job) -> Iterator[Finding]:
    """A value for which the standard gives no points, or a rate without a denominator."""
    for item, entry, score in _items(job):
        if score.state is PointState.UNDEFINED and not any(_wrong_deductions(job, item)):
            yield job.find(entry.place, entry.field.name, fact=f"{item.title}：{score.explanation}")


@kind("扣分区间")
def deduction_out_of_range(job: Job) -> Iterator[Finding]:
    """A deduction, or points given by a person, outside the range that the standard prints."""
    for item, _, _ in _items(job):
        for sheet, entry, span in _wrong_deductions(job, item):
            stated = show(entry.stated.number)
            yield job._replace(sheet=sheet).find(
                entry.place, entry.field.name, detail=entry.field.label, stated=stated, expected=f"不超出{span}"
            )


def _wrong_deductions(job: Job, item: Item) -> Iterator[tuple[SheetRead, Entry, str]]:
    """The cells that hold a deduction outside its range, with their sheet and the range."""
    cuts = {name for part in item.parts if isinstance(part.rule, RangeRule) for name in part.rule.deductions}
    for evidence in item.evidence:
        home = next((sheet for sheet in job.due.sheets(Ref(evidence.name))), None)
        entry = home.entry(evidence.name) if home else None
        number = entry.stated.number if entry else None
        if home is None or entry is None or number is None or evidence.least is None or evidence.most is None:
            continue
        none = evidence.key in cuts and number == 0
        if not none and not evidence.least <= number <= evidence.most:
            least, most = show(evidence.least), show(evidence.most)
            yield home, entry, f"{least}分" if least == most else f"{least}至{most}分"


@kind("评分未填")
def not_scored(job: Job) -> Iterator[Finding]:
    """An item that neither the unit nor a rule has scored."""
    for item, entry, score in _items(job):
        waits = score.state is PointState.LACKS or any(_wrong_deductions(job, item))
        if score.stated is None and score.computed is None and not waits:
            yield job.find(entry.place, entry.field.name, detail=f"{item.title}：{score.explanation}", stated="空")


@kind("自定分值")
def points_of_the_unit(job: Job) -> Iterator[Finding]:
    """Points that the form leaves to the unit: each is set, and those of a 一级指标 add up to what it prints."""
    items = job.submission.scheme.items.get(job.sheet.form.name, {}).values()
    for label, printed in job.submission.scheme.open_groups(job.sheet.form.name).items():
        names = dict.fromkeys(item.points_name for item in items if item.definition.under[:1] == [label])
        entries = [entry for name in names if (entry := job.sheet.entry(name)) is not None]
        if not entries or any(entry.stated.state is State.ERROR for entry in entries):
            continue
        total = sum((entry.stated.number or Decimal(0) for entry in entries), Decimal(0))
        if total != printed:
            yield job.find(
                entries[0].place, entries[0].field.name, fact=f"“{label}”各项{roles.POINTS}之和与表上印的不符",
                stated=show(total), expected=show(printed), difference=show(total - printed),
            )  # fmt: skip
