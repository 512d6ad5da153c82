"""Faults of score tables: points that do not add up or that no standard reaches, holes in tiers, misprints."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from xlauto import formula, roles
from xlauto.formula import Ref
from xlauto.model import Finding, Level, Where
from xlauto.scheme.bounds import decimal
from xlauto.scheme.build import Scheme
from xlauto.scheme.forms import Field
from xlauto.scheme.items import Item, Part, printed_points
from xlauto.scheme.lintwritten import joined_labels, unit_faults
from xlauto.values import quoted, show, years_in

Items = Mapping[str, Item]

LONGEST_FORMULA = 8000
"""Excel takes 8192 characters; names become longer when sheets are copied."""

LONGEST_LIST = 255
"""The characters of a drop-down list in Excel."""

_GIVEN = re.compile(r"(?:[计得，,；（(]|^)\s*(\d+(?:\.\d+)?)\s*分")
_SCORING = re.compile(r"(?:[计得扣]\s*\d+(?:\.\d+)?\s*分|不得分|扣完为止)")


def score_faults(scheme: Scheme) -> Iterator[Finding]:
    """All faults of all score tables."""
    for item, fact in joined_labels(scheme):
        yield _fault(scheme, item.form, "套表06", fact, item.key, Level.WARNING)
    for form, items in scheme.items.items():
        yield from _total_faults(scheme, form, items)
        yield from _group_faults(scheme, form, items)
        for item in items.values():
            yield from _points_faults(scheme, item)
            yield from _formula_faults(scheme, item)
            yield from _print_faults(scheme, item)
            yield from (_fault(scheme, form, "套表06", fact, item.key) for fact in unit_faults(scheme, item))
            for part in item.parts:
                yield from _part_faults(scheme, item, part)
        yield from _old_years(scheme, form, items)
        yield from _reach(scheme, form, items)
        yield from _without_figures(scheme, form, items)


def _fault(
    scheme: Scheme, form: str, code: str, fact: str, field: str = "", level: Level = Level.ERROR, hint: str = ""
) -> Finding:
    return Finding(code=code, level=level, where=Where(scheme.id, form, "", form, field), fact=fact, hint=hint)


# --- points -----------------------------------------------------------------------------------------------------


def _total_faults(scheme: Scheme, form: str, items: Items) -> Iterator[Finding]:
    """The points of all items make up the whole; where the unit sets them, the number that the 一级指标 prints."""
    open_ = scheme.open_groups(form)
    fixed = [item.points for item in items.values() if not _open(item, open_)]
    unset = [item.title for item in items.values() if item.points is None and not _open(item, open_)]
    if unset:
        fact = f"{'、'.join(unset)}没有分值，一级指标上也没有印分值，不知道合计多少分"
        yield _fault(scheme, form, "套表04", fact)
        return
    total = sum((points for points in fixed if points is not None), Decimal(0)) + sum(open_.values(), Decimal(0))
    due = Decimal(str(scheme.scoring.total_points))
    if total != due:
        yield _fault(scheme, form, "套表04", f"各项分值合计{show(total)}分，应为{show(due)}分")


def _open(item: Item, open_: Mapping[str, Decimal]) -> bool:
    return bool(item.definition.under) and item.definition.under[0] in open_


def _group_faults(scheme: Scheme, form: str, items: Items) -> Iterator[Finding]:
    """The points that a 一级 or 二级指标 prints are those of its items; none bears the name of another level."""
    groups: dict[tuple[str, ...], list[Item]] = {}
    for item in items.values():
        for depth in range(1, len(item.definition.under) + 1):
            groups.setdefault(tuple(item.definition.under[:depth]), []).append(item)
    firsts = {_bare(key[0]) for key in groups if len(key) == 1}
    for key, found in groups.items():
        printed, points = printed_points(key[-1]), [item.points for item in found]
        total = sum((each for each in points if each is not None), Decimal(0))
        if printed is not None and None not in points and total != printed:
            fact = f"“{key[-1]}”下各项分值合计{show(total)}分，与所印的{show(printed)}分不符"
            yield _fault(scheme, form, "套表04", fact)
        if len(key) > 1 and _bare(key[-1]) in firsts:
            fact = f"“{_bare(key[0])}”下的二级指标印作“{_bare(key[-1])}”，与一级指标同名，疑似印错"
            yield _fault(scheme, form, "套表07", fact, level=Level.WARNING, hint="核对原文；可请发文单位更正")


def _bare(label: str) -> str:
    return re.sub(r"[（(].*?[）)]|\s", "", label)


def _points_faults(scheme: Scheme, item: Item) -> Iterator[Finding]:
    """What the parts give is what the item has, or the difference is declared as `gap`."""
    name, form = item.title, item.form
    field = scheme.forms[form].fields.get(item.points_name)
    if field is None:
        yield _fault(scheme, form, "套表03", f"没有“{item.points_name}”", item.key)
    elif _prints_other(item, field):
        fact = f"{quoted(name)}表上印的分值是{field.constant}分，计分规则里是{show(item.points)}分"
        yield _fault(scheme, form, "套表04", fact, item.key)
    if item.points is not None and item.points < 0:
        yield _fault(scheme, form, "套表06", f"{quoted(name)}的分值是{show(item.points)}分，分不能是负数", item.key)
        return
    if item.by_hand:
        return
    if item.points is None:
        yield _fault(scheme, form, "套表04", f"{quoted(name)}有计分规则，而没有 points", item.key)
        return
    given, gap = sum((part.points for part in item.parts), Decimal(0)), decimal(item.definition.gap)
    if given + gap != item.points:
        fact = f"{quoted(name)}分值{show(item.points)}分，评分标准各部分合计{show(given)}分"
        hint = f"核对各部分的 points；确系印刷如此的，写 gap: {show(item.points - given)}"
        yield _fault(scheme, form, "套表04", fact, item.key, hint=hint)
    elif gap > 0:
        fact = f"{quoted(name)}分值{show(item.points)}分，评分标准只有{show(given)}分，有{show(gap)}分没有评分标准"
        yield _fault(scheme, form, "套表07", fact, item.key, Level.WARNING, "请发文单位补充评分标准")
    elif gap < 0:
        fact = f"{quoted(name)}分值{show(item.points)}分，评分标准却有{show(given)}分；按分值封顶"
        yield _fault(scheme, form, "套表07", fact, item.key, Level.WARNING, "请发文单位更正")


def _prints_other(item: Item, field: Field) -> bool:
    """Whether a form drawn by hand has other points than the rule."""
    alone = item.points is not None and not item.definition.together
    return alone and field.constant is not None and Decimal(str(field.constant)) != item.points


def _reach(scheme: Scheme, form: str, items: Items) -> Iterator[Finding]:
    """The greatest total that the printed standards allow."""
    lost = {item.key: points - most for item in items.values()
            if (most := item.most) is not None and (points := item.points) is not None and most < points}  # fmt: skip
    if lost:
        due = Decimal(str(scheme.scoring.total_points))
        without = [key for key, points in lost.items() if points == decimal(items[key].definition.gap)]
        beyond = [key for key in lost if key not in without]
        told = [("没有评分标准", without), ("按评分标准得不到", beyond)]
        listed = "；".join(
            "、".join(f"{items[key].title}{show(lost[key])}分" for key in keys) + why for why, keys in told if keys
        )
        fact = f"按印刷的评分标准最多只能得{show(due - sum(lost.values()))}分，不是{show(due)}分：{listed}"
        yield _fault(scheme, form, "套表07", fact, level=Level.WARNING, hint="请发文单位补充评分标准")


# --- one part ---------------------------------------------------------------------------------------------------


def _part_faults(scheme: Scheme, item: Item, part: Part) -> Iterator[Finding]:
    """What the kind of rule finds amiss with its parameters, and points that it does not give."""
    name = quoted(f"{item.title}·{part.key}" if part.key else item.title)
    most = part.rule.most(part.points)
    if part.points < 0:
        if part.points != item.points:
            yield _fault(scheme, item.form, "套表06", f"{name}的分值是{show(part.points)}分，分不能是负数", item.key)
        return
    for fault in part.rule.faults(part.points):
        yield _fault(scheme, item.form, fault.code, f"{name}{fault.fact}", item.key, fault.level, fault.hint)
    if 0 < most < part.points:
        fact = f"{name}按评分标准最多得{show(most)}分，分值却是{show(part.points)}分"
        yield _fault(scheme, item.form, "套表07", fact, item.key, Level.WARNING, "请发文单位更正")


# --- formulas, print --------------------------------------------------------------------------------------------


def _formula_faults(scheme: Scheme, item: Item) -> Iterator[Finding]:
    if len(item.formula) > LONGEST_FORMULA:
        fact = f"{quoted(item.title)}的公式有{len(item.formula)}个字符，超过Excel的限度，请分成几项"
        yield _fault(scheme, item.form, "套表02", fact, item.key)
    used = {named.name for named in formula.names(formula.parse(item.formula)) if isinstance(named, Ref)} if (
        item.formula
    ) else set()  # fmt: skip
    elsewhere = {
        named.name
        for other in scheme.items.get(item.form, {}).values()
        if other.formula and other is not item
        for named in formula.names(formula.parse(other.formula))
        if isinstance(named, Ref)
    }
    words = {evidence.key for evidence in item.evidence if evidence.definition.kind in ("文本", "是否", "选择")}
    measured = [formula.parse(value) for part in item.parts for value in part.rule.measured()]
    for name in dict.fromkeys(named.name for value in measured for named in formula.names(value)
                              if isinstance(named, Ref) and named.name in words):  # fmt: skip
        fact = f"“{name}”填的不是数，不能用来计算；要计数的写 kind: 次数，要按情形给分的用 选择 或 清单"
        yield _fault(scheme, item.form, "套表06", f"{quoted(item.title)}：{fact}", item.key)
    for evidence in item.evidence:
        if len(",".join(evidence.definition.choices)) > LONGEST_LIST:
            fact = f"“{evidence.name}”的选项合计超过{LONGEST_LIST}个字符，Excel的下拉列表放不下，请缩短"
            yield _fault(scheme, item.form, "套表02", fact, item.key)
        if fact := _unusable(evidence.definition.choices):
            yield _fault(scheme, item.form, "套表06", f"“{evidence.name}”的选项{fact}", item.key)
        if evidence.name not in used | elsewhere:
            fact = f"依据“{evidence.name}”没有一条计分规则用到"
            yield _fault(scheme, item.form, "套表09", fact, item.key, Level.WARNING)


def _unusable(choices: Sequence[str]) -> str:
    """Why a drop-down list in Excel cannot offer these, or a formula cannot tell them apart; else nothing."""
    for choice in choices:
        if "," in choice:
            return f"“{choice}”有半角逗号，Excel的下拉列表会拆成两个，请改用“，”"
        if choice != choice.strip():
            return f"“{choice}”前后有空格，请删去"
    alike = {choice.casefold() for choice in choices}
    return "有两个只差大小写，公式分不出来，请改名" if len(alike) < len(choices) else ""


def _print_faults(scheme: Scheme, item: Item) -> Iterator[Finding]:
    """What is printed against the points: columns changed over, a standard of more points than there are."""
    basis, text = item.definition.basis, item.definition.text
    if text and _SCORING.search(basis) and not _SCORING.search(text):
        fact = f"{quoted(item.title)}的评分要点写着怎样得分，评分标准却没有，疑似两栏印反了"
        yield _fault(scheme, item.form, "套表07", fact, item.key, Level.WARNING, "核对原文；可请发文单位更正")
    given = [Decimal(number) for number in _GIVEN.findall(text)]
    if item.points is not None and not item.by_hand and given and max(given) > item.points:
        fact = f"{quoted(item.title)}的评分标准写的是{show(max(given))}分，分值却是{show(item.points)}分"
        yield _fault(scheme, item.form, "套表07", fact, item.key, Level.WARNING, "请发文单位更正")


def _old_years(scheme: Scheme, form: str, items: Items) -> Iterator[Finding]:
    """Standards that speak of another year's rules: a form that was taken over without a look at its words."""
    titles: dict[str, list[str]] = {}
    for item in items.values():
        titles.setdefault(f"{item.definition.basis}\n{item.definition.text}", []).append(item.title)
    for text, named in titles.items():
        old = [year for year in years_in(text) if year < scheme.year - 1]
        if old:
            more = f"等{len(named)}项" if len(named) > 1 else ""
            fact = f"{quoted(named[0])}{more}的评分标准说的是{min(old)}年，套表是{scheme.year}年的"
            yield _fault(scheme, form, "套表07", fact, level=Level.WARNING, hint="核对原文；可请发文单位更正")


def _without_figures(scheme: Scheme, form: str, items: Items) -> Iterator[Finding]:
    """Items that are worked out from figures of which no form has any."""
    found = [item for item in items.values() if item.rests_on_asked_figures]
    points = sum((item.points or Decimal(0) for item in found), Decimal(0))
    if found:
        listed = "、".join(f"{item.title}{show(item.points)}分" for item in found)
        fact = f"有{show(points)}分所用的数在各张表里都没有，只能由单位填在“{roles.EVIDENCE}”：{listed}"
        yield _fault(scheme, form, "套表09", fact, level=Level.HINT)
