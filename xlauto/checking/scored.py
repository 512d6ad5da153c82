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
from xlauto.itemwords import UNSCORED
from xlauto.model import Finding, Level, State
from xlauto.scheme.items import Item
from xlauto.scores import PointState, Score
from xlauto.submission import Entry, SheetRead
from xlauto.values import show

_CELLS_NAMED = 8
"""How many of the cells to be filled in a message names."""


def _items(job: Job) -> Iterator[tuple[Item, Entry, Score]]:
    """The items of the sheet with the cell and the score of each."""
    for item in job.submission.scheme.items.get(job.sheet.form.name, {}).values():
        entry = job.sheet.entry(item.score_name)
        score = job.scores.get((job.sheet.sheet, entry.place.row)) if entry else None
        if entry is not None and score is not None:
            yield item, entry, score


def _cells_of_points(job: Job) -> list[list[tuple[Item, Entry, Score]]]:
    """The items by the cell that their points stand in: each alone, or with those that share it."""
    cells: dict[str, list[tuple[Item, Entry, Score]]] = {}
    for item, entry, score in _items(job):
        cells.setdefault(item.points_name, []).append((item, entry, score))
    return list(cells.values())


@kind("评分范围")
def score_out_of_range(job: Job) -> Iterator[Finding]:
    """A score below 0, above its points or without any; several that exceed the points they share are one fault."""
    for cell in _cells_of_points(job):
        above = []
        for item, entry, score in cell:
            if score.stated is None or score.possible:
                continue
            stated = show(score.stated)
            if score.stated < 0:
                figures: dict[str, Any] = {"stated": stated, "expected": "不小于0", "difference": stated}
                yield job.find(entry.place, item.score_name, fact=f"{item.title}的得分小于0", **figures)
            elif score.points is None:
                yield job.find(entry.place, item.score_name, fact=f"{item.title}有得分而没有分值", stated=stated)
            else:
                given = score.shared.given if score.shared else score.stated
                above.append((entry, score, given, score.points))
        for entry, score, given, limit in above[:1]:
            figures = {"stated": show(given), "expected": f"不大于{show(limit)}", "difference": show(given - limit)}
            fact = f"{score.item}的得分大于分值"
            if score.shared is not None:
                fact = f"{'、'.join(score.shared.items)}的得分之和大于共有的分值"
            yield job.find(entry.place, entry.field.name, fact=fact, **figures)


@kind("扣分原因")
def points_lost_without_reason(job: Job) -> Iterator[Finding]:
    """A typed score below its points, and nothing in the column that says why.

    Where the form has no such column, only what no rule explains: the answer is the 核实说明.
    """
    column = job.params.get("reason", "")
    for cell in _cells_of_points(job):
        scores = [score for _, _, score in cell]
        points, given = scores[0].points, [score.adopted for score in scores]
        if points is None or None in given or not any(score.stated is not None for score in scores):
            continue
        total = sum((each for each in given if each is not None), Decimal(0))
        places = [entry for item, entry, _ in cell if column or item.by_hand]
        if column:
            places = [entry for item, _, _ in cell if (entry := job.sheet.entry(f"{item.key}.{column}")) is not None]
        told = column and any(entry.stated.state is not State.BLANK for entry in places)
        if places and not told and total < points:
            titles = "、".join(score.item for score in scores)
            detail = f"{titles}得分{show(total)}，分值{show(points)}"
            stated = "空" if column else show(total)
            yield job.find(places[0].place, places[0].field.name, detail=detail, stated=stated)


@kind("缺少依据")
def evidence_missing(job: Job) -> Iterator[Finding]:
    """Items that no rule can score because what they need has not been filled in.

    What is only asked for their sake is one fault, with each item beneath it; a blank in another form is one by itself.
    What has been filled in and cannot be used has a finding of its own.
    """
    lacking = [
        (item, replace(score, missing=blank))
        for item, _, score in _items(job)
        if score.state is PointState.LACKS and (blank := tuple(one for one in score.missing if not one.given))
    ]
    asked = {item.key: _asked_in(job, score) for item, score in lacking}
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


def _asked_in(job: Job, score: Score) -> tuple[SheetRead, Entry] | None:
    """The first cell that an item waits for, if all that it waits for is evidence."""
    evidence = {each.name for other in job.submission.scheme.every_item() for each in other.evidence}
    if not {missing.name for missing in score.missing} <= evidence:
        return None
    homes = job.due.sheets(Ref(score.missing[0].name))
    found = [(home, entry) for home in homes if (entry := home.entry(score.missing[0].name)) is not None]
    return found[0] if found else None


def _lacks(job: Job, score: Score) -> Finding:
    """`资金结余缺少评分依据（分值3分，自评3分没有数据可以核对；要填：累计结余（部门自评报告表!H20））`"""
    given = "" if score.stated is None else f"，自评{show(score.stated)}分没有数据可以核对"
    named = "、".join(missing.words for missing in score.missing)
    fact = f"{score.item}缺少评分依据（分值{show(score.points)}分{given}；要填：{named}）"
    return job.find(score.place, f"{score.key}.{roles.SCORE}", fact=fact, level=_level(job, [score]))


def _not_filled_in(job: Job, lacking: Sequence[tuple[Item, Score]], home: SheetRead, entry: Entry) -> Finding:
    """`“评分依据”没有填齐，2项8分没有依据可以核对，要填：支付进度C9；管理制度健全性C10、C11；其中1项3分所用的数在各张表里都没有，
    只能填在“评分依据”（支付进度）`"""
    items = [item for item, _ in lacking]
    resting = [item for item in items if item.rests_on_asked_figures]
    fact = f"“{roles.EVIDENCE}”没有填齐，{len(items)}项{_sum(items)}分没有依据可以核对，要填：{_to_fill_in(lacking)}"
    if resting:
        fact += f"；其中{len(resting)}项{_sum(resting)}分所用的数在各张表里都没有，只能填在“{roles.EVIDENCE}”"
        fact += f"（{'、'.join(item.title for item in resting)}）" if len(resting) < len(items) else ""
    level = _level(job, [score for _, score in lacking])
    return job._replace(sheet=home).find(entry.place, entry.field.name, fact=fact, stated="空", level=level)


def _to_fill_in(lacking: Sequence[tuple[Item, Score]]) -> str:
    """The waiting items with their cells; a cell that several wait for is named with the first of them."""
    waiting: dict[str, str] = {}
    for item, score in lacking:
        for missing in score.missing:
            waiting.setdefault(missing.cell, item.title)
    by_item: dict[str, list[str]] = {}
    for cell in [*waiting][:_CELLS_NAMED]:
        by_item.setdefault(waiting[cell], []).append(cell.rpartition("!")[2])
    listed = "；".join(f"{title}{'、'.join(sorted(cells, key=_in_sheet))}" for title, cells in by_item.items())
    return listed if len(waiting) <= _CELLS_NAMED else f"{listed}等{len(waiting)}格"


def _in_sheet(cell: str) -> tuple[int, str]:
    return int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") or 0), cell


def _level(job: Job, scores: Sequence[Score]) -> Level | None:
    level = job.params.get("open" if all(score.stated is None for score in scores) else "stated")
    return Level(level) if level else None


def _sum(items: Sequence[Item]) -> str:
    return show(sum((item.points or Decimal(0) for item in items), Decimal(0)))


_ZERO = "核对这些数；确为0的由人工评分，并在“核实说明”写明"


@kind("评分无规定")
def standard_silent(job: Job) -> Iterator[Finding]:
    """A value for which the standard gives no points, or a rate without a denominator."""
    for item, entry, score in _items(job):
        if score.state is PointState.UNDEFINED:
            fact = f"{item.title}不能由系统计分（{score.why.replace(UNSCORED, '')}）"
            found = job.find(entry.place, entry.field.name, fact=fact)
            yield replace(found, hint=_ZERO) if score.zero else found


@kind("扣分区间")
def deduction_out_of_range(job: Job) -> Iterator[Finding]:
    """A deduction, or points given by a person, outside the range that the standard prints."""
    for item, _, _ in _items(job):
        for sheet, entry, span, given in _wrong_deductions(job, item):
            found = job._replace(sheet=sheet).find(
                entry.place, entry.field.name, detail=entry.field.label, stated=show(entry.stated.number),
                expected=f"不超出{span}", fact=f"所评的分应在{span.removesuffix('分')}之间" if given else "",
            )  # fmt: skip
            yield replace(found, hint="按评分标准评分") if given else found


def _wrong_deductions(job: Job, item: Item) -> Iterator[tuple[SheetRead, Entry, str, bool]]:
    """The cells that hold a figure outside its range, with their sheet, the range, and whether it is points given and
    not a deduction."""
    for evidence in item.evidence:
        home = next((sheet for sheet in job.due.sheets(Ref(evidence.name))), None)
        entry = home.entry(evidence.name) if home and evidence.set_by_a_person else None
        number = entry.stated.number if entry else None
        if home is not None and entry is not None and number is not None and not entry.field.bounds.fits(number):
            least, most = show(entry.field.bounds.least), show(entry.field.bounds.most)
            span = f"{least}分" if least == most else f"{least}至{most}分"
            yield home, entry, span, evidence.definition.kind == "分值"


@kind("评分未填")
def not_scored(job: Job) -> Iterator[Finding]:
    """An item that neither the unit nor a rule has scored."""
    for item, entry, score in _items(job):
        if score.stated is None and score.computed is None and score.state is not PointState.LACKS:
            by_hand = "由人工评分，" if item.by_hand else ""
            yield job.find(entry.place, entry.field.name, fact=f"{item.title}{by_hand}没有得分", stated="空")


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
