"""Faults of what an item's author wrote: names that there are not, percentages where figures belong and the reverse."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from xlauto import formula
from xlauto.formula import Named, Percent
from xlauto.scheme.build import Scheme
from xlauto.scheme.forms import Form
from xlauto.scheme.intervals import number_of
from xlauto.scheme.items import Item, Part
from xlauto.scheme.located import Keys, meant, sentence
from xlauto.scheme.needs import Fields, with_names
from xlauto.scheme.rulekinds.base import Written
from xlauto.scheme.sorts import Sort, sort_of
from xlauto.values import show

_JOINED = re.compile(r"分\s*[）)]\s*，.*\d\s*分\s*[）)]")
"""Two printed points in one label."""

MOST_SHARE = Decimal(1)
"""A bound of a share above it says which it means by its sign: 10 is 1000%, and seldom meant so."""
MOST_STEP = Decimal("0.1")
"""The same of the width of a step."""


def keys_of(item: Item, part: Part) -> Keys:
    """The keys of a part's rule in the scheme."""
    return ("scoring", "items", item.form, item.key, *part.keys)


# --- names ----------------------------------------------------------------------------------------------------------


def unknown_names(scheme: Scheme, item: Item) -> Iterator[tuple[Named, str]]:
    """Names in the item's rules that no form has, as the formula calls them, with what to say of each."""
    form, own = scheme.forms[item.form], _own(item)
    told: set[str] = set()
    for part in item.parts:
        for written in part.rule.written():
            for named in formula.names(formula.parse(written.text)):
                name = formula.to_text(named)
                if name in own or name in told or known(scheme, form, named):
                    continue
                told.add(name)
                listed = [*own, *names_from(scheme, form)]
                problem = f"“{name}”没有定义{meant(name, listed)}"
                yield named, sentence(scheme.folders, (*keys_of(item, part), *written.keys), problem)


def known(scheme: Scheme, form: Form, named: Named) -> bool:
    """Whether a name means something where it stands."""
    if isinstance(named, formula.RowRef):
        return any(named.column in table.columns for table in form.tables.values())
    home = scheme.forms.get(named.form) if named.form else form
    if isinstance(named, formula.Column):
        return home is not None and named.table in home.tables and named.column in home.tables[named.table].columns
    if home is not None and named.name in home.fields:
        return True
    return not named.form and any(named.name in other.fields for other in scheme.single_forms)


def names_from(scheme: Scheme, form: Form) -> list[str]:
    """All names that a formula on the form can use."""
    single = [name for other in scheme.single_forms for name in other.fields]
    foreign = [f"{other.name}!{name}" for other in scheme.forms.values() for name in other.fields]
    return list(dict.fromkeys([*form.fields, *single, *foreign]))


def _own(item: Item) -> Mapping[str, str]:
    return {evidence.key: evidence.name for evidence in item.evidence}


# --- percentages and figures ----------------------------------------------------------------------------------------


def unit_faults(scheme: Scheme, item: Item) -> Iterator[str]:
    """A percentage that a count is held against, or a whole number that a share is."""
    fields = Fields(scheme.forms, scheme.forms[item.form])
    for part in item.parts:
        for written in part.rule.written():
            number = number_of(written.text) if written.against else None
            if not number:
                continue
            measured = formula.parse(with_names(written.against, _own(item)))
            sort = sort_of(measured, fields.find)
            problem = _problem(written, number, sort) if sort is not None else ""
            if problem:
                yield sentence(scheme.folders, (*keys_of(item, part), *written.keys), problem)


def _problem(written: Written, number: Decimal, sort: Sort) -> str:
    """What to say of a figure that does not go with what it is held against."""
    percent, step = isinstance(formula.parse(written.text), Percent), written.keys[-1] == "step"
    share, figure = f"{show(number.scaleb(2))}%", show(number)
    if sort.kind == "比率" and not percent and number > (MOST_STEP if step else MOST_SHARE):
        read = f"{share[:-1]}个百分点" if step else share
        meant_ = f"每{figure}个百分点" if step else f"{figure}%"
        return f"“{written.against}”是比率，{figure}就是{read}；{meant_}的写 {figure}%，确是{read}的写 {share}"
    if sort.kind == "数" and percent and step:
        return f"“{written.against}”不是比率，每级宽度{share}（不写时是1%）就是{figure}；每多1算一次的写 step: 1"
    if sort.kind == "数" and percent:
        instead = f"确是{figure}的写 {figure}，要用比率的把 value 写成“甲 / 乙”"
        return f"“{written.against}”不是比率，{share}就是{figure}；{instead}"
    return ""


# --- labels ---------------------------------------------------------------------------------------------------------


def joined_labels(scheme: Scheme) -> Iterator[tuple[Item, str]]:
    """Two labels of `under` that a full-width comma made one."""
    told: set[str] = set()
    for item in scheme.every_item():
        for number, label in enumerate(item.definition.under):
            if label not in told and _JOINED.search(label):
                told.add(label)
                keys = ("scoring", "items", item.form, item.key, "under", number)
                apart = "、".join(f"“{each.strip()}”" for each in label.split("，"))
                problem = f"“{label}”里印着两个分值；是不是应分成两个？{apart}之间用英文逗号隔开"
                yield item, sentence(scheme.folders, keys, problem)
