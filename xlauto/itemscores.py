"""The items of a score table -> scores: worked out, or what is missing, or why the standard gives none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from xlauto import formula
from xlauto.compute import Basis, View
from xlauto.formula import Binary, Expr, Ref, round_half_up
from xlauto.itemwords import Teller, clauses, silent
from xlauto.model import State
from xlauto.scheme.items import DIGITS, Item, Part
from xlauto.scheme.needs import Need
from xlauto.scores import Missing, PointState, Score, possible
from xlauto.submission import Entry, SheetRead, Submission
from xlauto.values import show


def item_scores(submission: Submission, sheet: SheetRead) -> Iterator[Score]:
    """One score per item of the sheet's form, in the order of the table."""
    view = View(submission, sheet, Basis.DUE, {})
    for item in submission.scheme.items.get(sheet.form.name, {}).values():
        entry = sheet.entry(item.score_name)
        if entry is not None:
            yield _item_score(submission, sheet, view, item, entry)


def _item_score(submission: Submission, sheet: SheetRead, view: View, item: Item, entry: Entry) -> Score:
    own = sheet.entry(item.points_name)
    points = item.points if item.points is not None else own.parsed.number if own else None
    stated = entry.stated.number if entry.overwritten or item.by_hand else None
    state, explanation, computed, missing = _judged(view, item, entry)
    if item.by_hand:
        explanation = _by_hand(stated, points)
    if item.definition.note and not missing:
        explanation += f"（{item.definition.note}）"
    source = item.definition.source or submission.scheme.scoring.source
    return Score(
        form=sheet.form.name, sheet=sheet.sheet, title=sheet.title, item=item.title, key=item.key,
        row=entry.place.row, place=entry.place, points=points, stated=stated, computed=computed, state=state,
        explanation=explanation, source=source, standard=" ".join(item.definition.text.split()),
        formula=entry.field.cell_formula, missing=missing,
    )  # fmt: skip


Judged = tuple[PointState, str, Decimal | None, tuple[Missing, ...]]


def _judged(view: View, item: Item, entry: Entry) -> Judged:
    if item.by_hand:
        return PointState.NEEDS, "", None, ()
    teller = Teller(item, view)
    result = view.computed(entry)
    computed = result if isinstance(result, Decimal) else None
    if any(part.veto and part.vetoed(view) is True for part in item.parts):
        return PointState.COMPUTED, teller.vetoed(), computed, ()
    missing = tuple({one.name: one for part in item.parts for one in _missing(view, item, part)}.values())
    told = {part.key: teller.part(part) for part in item.parts if _complete(view, part)}
    if missing:
        listed = "、".join(one.words for one in missing)
        known = f"；已知{clauses(told)}" if told else ""
        return PointState.LACKS, f"缺少依据：{listed}{known}", None, missing
    zero = next((words for part in item.parts for words in _undefined(view, part)), "")
    if zero or computed is None:
        return PointState.UNDEFINED, zero or clauses(told) or silent(), None, ()
    text = clauses(told)
    if len(item.parts) > 1:
        text += _added([each for part in item.parts if isinstance(each := part.compiled(view), Decimal)], computed)
    if item.definition.gap > 0:
        text += f"（分值中有{item.definition.gap:g}分没有评分标准，不计）"
    return PointState.COMPUTED, text, computed, ()


def _added(parts: Sequence[Decimal], computed: Decimal) -> str:
    """`；合计2 + 1.5 = 3.5分`, and what the item's points cut off."""
    rounded = [round_half_up(part, DIGITS) for part in parts]
    total = sum(rounded, Decimal(0))
    capped = f"，超过分值，按{show(computed)}分计" if total > computed else ""
    return f"；合计{' + '.join(map(show, rounded))} = {show(total)}分{capped}"


def _complete(view: View, part: Part) -> bool:
    """Whether all is there that the part needs, and no denominator is 0."""
    return all(need.compiled(view) is True for need in part.needs) and not any(_undefined(view, part))


def _missing(view: View, item: Item, part: Part) -> Iterator[Missing]:
    """What has to be typed first; a total or a rate is only named if all below it is there."""
    lacking = [need for need in part.needs if need.compiled(view) is not True]
    for need in [need for need in lacking if not need.computed]:
        yield _named(view, item, need)


def _named(view: View, item: Item, need: Need) -> Missing:
    """The field's name for people and its cell; of several of which one is enough, the first with 等."""
    refs = [ref for ref in need.refs if isinstance(ref, Ref)]
    if not refs:
        return Missing(need.test, formula.to_text(need.refs[0]), "")
    found = [(entry, sheet) for ref in refs for entry, sheet in _entries(view, ref)]
    if not found:
        return Missing(refs[0].name, refs[0].name, "")
    entry, sheet = found[0]
    words = _question(view, item, entry) or entry.field.label
    words = words if len(refs) == 1 else f"{words}等{len(refs)}项之一"
    unread = "（不能读取）" if entry.stated.state is State.ERROR else ""
    return Missing(entry.field.name, words + unread, f"{sheet.sheet}!{entry.place.ref}")


def _entries(view: View, ref: Ref) -> Iterator[tuple[Entry, SheetRead]]:
    for sheet in view.sheets(ref):
        for entry in sheet.entries.get(ref.name, ()):
            yield entry, sheet


def _question(view: View, item: Item, entry: Entry) -> str:
    """The question that an evidence cell asks, with the item that asks it where it is another."""
    for items in view.submission.scheme.items.values():
        for other in items.values():
            for evidence in other.evidence:
                if evidence.name == entry.field.name:
                    asked = evidence.definition.ask
                    return asked if other.key == item.key else f"{other.title}·{asked}"
    return ""


def _undefined(view: View, part: Part) -> Iterator[str]:
    """A denominator that is 0, a rate that cannot be worked out though all its figures are there."""
    for need in part.needs:
        if need.computed and need.compiled(view) is not True:
            ref = need.refs[0]
            assert isinstance(ref, Ref)
            yield f"“{_label(view, ref)}”算不出来（分母为0），系统不能计分"
    for divisor in _divisors(part.expr):
        if formula.compile(divisor)(view) == Decimal(0) and isinstance(divisor, Ref):
            yield f"“{_label(view, divisor)}”为0，不能作分母，系统不能计分"


def _label(view: View, ref: Ref) -> str:
    return next((entry.field.label for entry, _ in _entries(view, ref)), ref.name)


def _divisors(expr: Expr) -> Iterator[Expr]:
    if isinstance(expr, Binary) and expr.op == "/":
        yield expr.right
    for operand in formula.operands(expr):
        yield from _divisors(operand)


def _by_hand(stated: Decimal | None, points: Decimal | None) -> str:
    if stated is None:
        return "评分标准没有可以计算的规则，由人工评分，请填写得分"
    if not possible(stated, points):
        limit = "分值未填" if points is None else f"不在0和分值{show(points)}分之间"
        return f"由人工评分；自评{show(stated)}分，{limit}，不能计入"
    return f"由人工评分；自评{show(stated)}分（分值{show(points)}分）"
