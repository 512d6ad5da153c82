"""The items of a score table -> scores: worked out, or what is missing, or why the standard gives none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from xlauto.compute import Basis, View
from xlauto.formula import Ref, round_half_up
from xlauto.itemwords import Teller, clauses, silent
from xlauto.model import State
from xlauto.scheme.forms import NAME_COLUMN, clean_label
from xlauto.scheme.items import DIGITS, Item, Part
from xlauto.scheme.needs import Need
from xlauto.scores import Missing, PointState, Score, Shared
from xlauto.submission import Entry, SheetRead, Submission
from xlauto.values import quoted, show


def item_scores(submission: Submission, sheet: SheetRead) -> Iterator[Score]:
    """One score per item of the sheet's form, in the order of the table."""
    view = View(submission, sheet, Basis.DUE, {})
    items = submission.scheme.items.get(sheet.form.name, {})
    scores = [
        _item_score(submission, sheet, view, item, entry)
        for item in items.values()
        if (entry := sheet.entry(item.score_name)) is not None
    ]
    for score in scores:
        item = items[score.key]
        shared = replace(score, shared=_shared(submission, item, scores))
        yield replace(shared, explanation=_by_hand(shared) + _note(item)) if item.by_hand else shared


def sharing(submission: Submission, item: Item) -> list[Item]:
    """The items that have their points in one cell with this one, itself among them."""
    items = submission.scheme.items[item.form].values()
    together = item.definition.together
    return [other for other in items if other is item or (together and other.definition.together == together)]


def _points(submission: Submission, sheet: SheetRead, item: Item) -> Decimal | None:
    """The points of the item's cell, which it may share with others: as printed, or as the unit has set them."""
    printed = [other.points for other in sharing(submission, item)]
    if None not in printed:
        return sum((points for points in printed if points is not None), Decimal(0))
    own = sheet.entry(item.points_name)
    return own.parsed.number if own else None


def _shared(submission: Submission, item: Item, scores: Sequence[Score]) -> Shared | None:
    group = sharing(submission, item)
    if len(group) < 2:
        return None
    given = [score.adopted for score in scores if score.key in {other.key for other in group}]
    total = sum((points for points in given if points is not None and points > 0), Decimal(0))
    return Shared(tuple(other.title for other in group), total, group[0] is item)


def _item_score(submission: Submission, sheet: SheetRead, view: View, item: Item, entry: Entry) -> Score:
    stated = entry.stated.number if entry.overwritten or item.by_hand else None
    state, explanation, computed, missing, why = _judged(view, item, entry)
    source = item.definition.source or submission.scheme.scoring.source
    return Score(
        form=sheet.form.name, sheet=sheet.sheet, title=sheet.title, item=item.title, key=item.key,
        row=entry.place.row, place=entry.place, points=_points(submission, sheet, item), stated=stated,
        computed=computed, state=state, explanation=explanation + ("" if missing else _note(item)), source=source,
        standard=" ".join(item.definition.text.split()), formula=entry.field.cell_formula, missing=missing, why=why,
        zero=state is PointState.UNDEFINED and Teller(item, view).divides_by_zero(),
    )  # fmt: skip


def _note(item: Item) -> str:
    return f"（{item.definition.note}）" if item.definition.note else ""


Judged = tuple[PointState, str, Decimal | None, tuple[Missing, ...], str]


def _judged(view: View, item: Item, entry: Entry) -> Judged:
    """The state, the explanation, the points, what is missing, and of a score that is undefined only why it is so."""
    if item.by_hand:
        return PointState.NEEDS, "", None, (), ""
    teller = Teller(item, view)
    result = view.computed(entry)
    computed = result if isinstance(result, Decimal) else None
    if any(part.veto and part.vetoed(view) is True for part in item.parts):
        return PointState.COMPUTED, teller.vetoed(), computed, (), ""
    missing = tuple({one.name + one.cell: one for part in item.parts for one in _missing(teller, part)}.values())
    undefined = {part.key: words for part in item.parts if (words := next(teller.undefined(part), ""))}
    told = {part.key: teller.part(part) for part in item.parts if part.key not in undefined and _all_there(view, part)}
    if missing:
        known = f"；已知{clauses(told)}" if told else ""
        return PointState.LACKS, _told_missing(missing) + known, None, missing, ""
    if undefined or computed is None:
        unruled = {part.key: told[part.key] for part in item.parts
                   if part.key in told and not isinstance(part.compiled(view), Decimal)}  # fmt: skip
        every = {part.key: words for part in item.parts if (words := (undefined | told).get(part.key, ""))}
        return PointState.UNDEFINED, clauses(every) or silent(), None, (), clauses(undefined | unruled) or silent()
    text = clauses(told)
    if len(item.parts) > 1:
        text += _added([each for part in item.parts if isinstance(each := part.compiled(view), Decimal)], computed)
    if item.definition.gap > 0:
        text += f"（分值中有{item.definition.gap:g}分没有评分标准，不计）"
    return PointState.COMPUTED, text, computed, (), ""


def _told_missing(missing: Sequence[Missing]) -> str:
    """`缺少依据：聘用人数（评分依据!C4）；不能采用：“批复人数”填的是-3，应不小于0（评分依据!C5）`"""
    listed = {said: [one.words for one in missing if one.given is given]
              for said, given in (("缺少依据", False), ("不能采用", True))}  # fmt: skip
    return "；".join(f"{said}：{'、'.join(words)}" for said, words in listed.items() if words)


def _added(parts: Sequence[Decimal], computed: Decimal) -> str:
    """`；合计2 + 1.5 = 3.5分`, and what the item's points cut off."""
    rounded = [round_half_up(part, DIGITS) for part in parts]
    total = sum(rounded, Decimal(0))
    capped = f"，超过分值，按{show(computed)}分计" if total > computed else ""
    return f"；合计{' + '.join(map(show, rounded))} = {show(total)}分{capped}"


def _all_there(view: View, part: Part) -> bool:
    return all(need.compiled(view) is True for need in part.needs)


def _missing(teller: Teller, part: Part) -> Iterator[Missing]:
    """What has to be typed first; a total or a rate is only named if all below it is there."""
    for need in part.needs:
        if not need.computed and need.compiled(teller.view) is not True:
            yield from _named(teller, need)


def _named(teller: Teller, need: Need) -> Iterator[Missing]:
    """The field's name for people and its cell; of several of which one is enough, the first with 等. Before that what
    stands there and cannot be used."""
    refs = [ref for ref in need.refs if isinstance(ref, Ref)]
    if not refs:
        yield Missing(need.test, teller.label(need.refs[0]), "")
        return
    found = [(entry, sheet) for ref in refs for entry, sheet in _entries(teller.view, ref)]
    unfit = [(entry, sheet, why) for entry, sheet in found if (why := _unfit(entry))]
    blanks = [one for ref in refs for one in _blank_below(teller, ref)]
    if unfit:
        for entry, sheet, why in unfit:
            words = f"{quoted(_words(teller, entry))}{why}"
            yield Missing(entry.field.name, words, f"{sheet.sheet}!{entry.place.ref}", True)
    elif blanks:
        yield from blanks
    elif found:
        entry, sheet = found[0]
        several = "" if len(refs) == 1 else f"等{len(refs)}项之一"
        yield Missing(entry.field.name, _words(teller, entry) + several, f"{sheet.sheet}!{entry.place.ref}")
    else:
        yield Missing(refs[0].name, teller.label(refs[0]), "")


def _unfit(entry: Entry) -> str:
    """Why what stands in a cell cannot be used; empty where it can, or where nothing stands there."""
    number, field = entry.stated.number, entry.field
    if entry.stated.state is State.ERROR:
        return "不能读取"
    if number is None or field.bounds.fits(number):
        return ""
    due = field.bounds.due(number, field.type)
    return f"填的是{show(number, field.type)}，应{'' if due.startswith('不') else '为'}{due}"


def _blank_below(teller: Teller, ref: Ref) -> Iterator[Missing]:
    """Of a total that the unit may type itself, the rows below it that are in use and lack the figure for it."""
    field = teller.fields.find(ref)
    if field is None or not field.typed:
        return
    leaves = (leaf for leaf in teller.fields.leaves(Ref(ref.name, ref.form)) if isinstance(leaf, Ref))
    for leaf in leaves:
        below = teller.fields.find(leaf)
        for entry, sheet in _entries(teller.view, leaf) if below is not None and below.repeats else ():
            if entry.stated.state is State.BLANK and _row_in_use(sheet, entry):
                label = f"{_row_name(sheet, entry)}·{entry.field.label.split('·')[-1]}"
                yield Missing(entry.field.name, label, f"{sheet.sheet}!{entry.place.ref}")


def _row(sheet: SheetRead, entry: Entry) -> Iterator[Entry]:
    """The cells of a repeating row beside this one."""
    for name, found in sheet.entries.items():
        if sheet.form.fields[name].row == entry.field.row:
            yield from (other for other in found if other.place.row == entry.place.row)


def _row_in_use(sheet: SheetRead, entry: Entry) -> bool:
    return any(other.stated.number is not None for other in _row(sheet, entry))


def _row_name(sheet: SheetRead, entry: Entry) -> str:
    """What the unit calls the row, else what the form calls it."""
    own = (other.stated.text for other in _row(sheet, entry) if other.field.column == NAME_COLUMN)
    return clean_label(next(own, "")) or entry.field.label.split("·")[0]


def _entries(view: View, ref: Ref) -> Iterator[tuple[Entry, SheetRead]]:
    for sheet in view.sheets(ref):
        for entry in sheet.entries.get(ref.name, ()):
            yield entry, sheet


def _words(teller: Teller, entry: Entry) -> str:
    """The question that an evidence cell asks, with the item that asks it where it is another; else the cell's name."""
    if entry.field.name not in teller.asked:
        return entry.field.label
    other, evidence = teller.asked[entry.field.name]
    asked = evidence.definition.ask
    return asked if other is teller.item else f"{other.title}·{asked}"


def _by_hand(score: Score) -> str:
    """`由人工评分；自评28分（分值30分）`"""
    together = "" if score.shared is None else f"{'、'.join(score.shared.items)}{len(score.shared.items)}项共有"
    if score.stated is None:
        return "评分标准没有可以计算的规则，由人工评分，请填写得分"
    if score.possible:
        return f"由人工评分；自评{show(score.stated)}分（{together}分值{show(score.points)}分）"
    if score.points is None:
        limit = "分值未填"
    elif score.shared is not None and score.stated >= 0:
        limit = f"{together}分值{show(score.points)}分，合计自评{show(score.shared.given)}分，超过分值"
    else:
        limit = f"不在0和分值{show(score.points)}分之间"
    return f"由人工评分；自评{show(score.stated)}分，{limit}，不能计入"
