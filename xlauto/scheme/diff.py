"""Two schemes -> what changed between them, as an official reads it: form, place, what, old and new.

Compared as they work out (after `extends` and words). A year that merely moved on with the scheme is no difference.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import NamedTuple

from xlauto.scheme.build import Scheme
from xlauto.scheme.diffwords import KIND, ORDER
from xlauto.scheme.picture import WHOLE, Part, Picture, picture

ADDED, GONE, CHANGED, KEPT_YEAR = "新增", "删去", "改动", "年份没有跟着变"
TIMELESS = ("出处",)
"""What tells of the year that something comes from, and need not move on."""

_YEAR = re.compile(r"(?<![\d〔])20\d\d(?!\d)")
"""Of a document's number, 财预〔2020〕10号, the year is a name."""
_ALIKE = 8
"""How much of what two texts have in common is shown before their first difference."""


class Difference(NamedTuple):
    """One line. `place` is a cell or block of the new form (of the old one, if it is gone there)."""

    form: str
    place: str
    item: str
    change: str
    old: str
    new: str


def differences(old: Scheme, new: Scheme) -> list[Difference]:
    """All that differs, by form in the new scheme's order and by place; what concerns the whole scheme comes first."""
    before, after = picture(old), picture(new)
    forms = [WHOLE, *new.forms, *(name for name in old.forms if name not in new.forms)]
    found = [*_part_lines(before, after), *_text_lines(before, after)]
    found.sort(key=lambda line: (forms.index(line[0]) if line[0] in forms else len(forms), line[1]))
    return [line[2] for line in found]


Line = tuple[str, tuple[int, ...], Difference]


def _part_lines(before: Picture, after: Picture) -> Iterator[Line]:
    other = set(before.parts.keys() ^ after.parts.keys())
    whole_forms = {key[1] for key in other if key[0] == "表"}
    for key in {**before.parts, **after.parts}:
        was, now = before.parts.get(key), after.parts.get(key)
        part = now or was
        assert part is not None
        if part.within in other or (part.forms and {*part.forms} <= whole_forms and key[0] != "表"):
            continue  # what it belongs to is new or gone as a whole
        if was is None or now is None:
            line = Difference(part.form, part.place, part.item, ADDED if was is None else GONE,
                              "" if was is None else was.summary, "" if now is None else now.summary)  # fmt: skip
            yield part.form, part.order, line
        elif was.facts.get(KIND, "") != now.facts.get(KIND, ""):
            yield part.form, part.order, Difference(part.form, part.place, part.item, CHANGED, was.summary, now.summary)
        else:
            for line in _facts(was, now, before.year, after.year, whole_forms):
                yield part.form, part.order, line


def _facts(was: Part, now: Part, old_year: int, new_year: int, whole_forms: Collection[str]) -> Iterator[Difference]:
    if [form for form in was.forms if form not in whole_forms] != [
        form for form in now.forms if form not in whole_forms
    ]:
        yield Difference(now.form, now.place, f"{now.item}·表", CHANGED, "、".join(was.forms), "、".join(now.forms))
    for name in {**was.facts, **now.facts}:
        first, second = was.facts.get(name, ""), now.facts.get(name, "")
        if name.endswith(ORDER) and _same_order(first, second):
            continue
        if _timeless(first, old_year) != _timeless(second, new_year):
            item = f"{now.item}·{name}" if name else now.item
            change = KEPT_YEAR if first == second else CHANGED
            if change is CHANGED or name.rpartition("·")[2] not in TIMELESS:
                yield Difference(now.form, now.place, item, change, first, second)


def _text_lines(before: Picture, after: Picture) -> Iterator[Line]:
    """Printed texts, lined up in reading order, so that a row put in moves nothing else."""
    for form in before.texts.keys() & after.texts.keys():
        was, now = before.texts[form], after.texts[form]
        first = [_timeless(text, before.year) for _, _, text in was]
        second = [_timeless(text, after.year) for _, _, text in now]
        for tag, i, j, k, m in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
            if tag == "equal":
                continue
            for left, right in zip_longest(was[i:j], now[k:m]):
                order, place, _ = right or left
                change = ADDED if not left else GONE if not right else KEPT_YEAR if left[2] == right[2] else CHANGED
                line = Difference(form, place, "印刷文字", change, left[2] if left else "", right[2] if right else "")
                yield form, order, line


def _same_order(first: str, second: str) -> bool:
    """Whether what is in both orders comes in the same order: new and gone parts are told by themselves."""
    one, other = first.split("、"), second.split("、")
    return [key for key in one if key in other] == [key for key in other if key in one]


def _timeless(text: str, year: int) -> str:
    """The text with the scheme's years as steps from its own: `2022年决算数` of 2023 is `{年-1}年决算数`."""
    return _YEAR.sub(
        lambda found: f"{{年{int(found[0]) - year:+d}}}" if abs(int(found[0]) - year) <= 2 else found[0],
        text,
    )


def cut(text: str, longest: int, other: str = "") -> str:
    """A text for one line of a table; of a long one the part where it begins to differ from the other."""
    bare, against = " ".join(text.split()), " ".join(other.split())
    if len(bare) <= longest:
        return bare
    start = 0
    if against:
        alike = next((at for at, (a, b) in enumerate(zip(bare, against, strict=False)) if a != b), len(against))
        start = min(max(0, alike - _ALIKE), len(bare) - longest + 1) if alike > longest - 2 * _ALIKE else 0
    head = "…" if start else ""
    shown = bare[start : start + longest - len(head)]
    return f"{head}{shown[:-1]}…" if start + len(shown) < len(bare) else f"{head}{shown}"
