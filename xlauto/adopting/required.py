"""Which cells of a foreign form a unit must fill in: those without which nothing can be said of the form."""

from __future__ import annotations

import re

from xlauto import roles
from xlauto.adopting.found import INPUT, FormFound, Taken

_TOTAL = re.compile(r"(?:.*(?:总|合)计|.*总额|总分|总得分)\d*")
_SCORE = re.compile(r"(?:绩效)?(?:自评)?(?:综合|总)?得分|自评总分")
_FIGURES = ("金额", "数量", "面积", "分值")


def mark_required(form: FormFound) -> None:
    """Scores, typed totals, the figures of the 执行率 and the project's name. All else may stay blank: a unit that has
    nothing of the kind leaves it so. The scores of items have a rule of their own, for when they are worked out."""
    rated = {one.row for one in form.taken if one.column == roles.RATE}
    items = {f"{item.key}.{roles.SCORE}" for item in form.items}
    for one in form.taken:
        if one.role == INPUT and (one.box.blank or one.prefix) and one.name not in items:
            one.required = one.name == form.per != "" or (one.type in _FIGURES and _must(one, rated))


def _must(one: Taken, rated: set[str]) -> bool:
    score = one.column == roles.SCORE or (not one.column and _SCORE.fullmatch(one.row))
    total = _TOTAL.fullmatch(one.row) and one.column
    return bool(score or total or (one.row in rated and one.type == "金额"))
