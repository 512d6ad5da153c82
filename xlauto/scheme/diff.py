"""Two schemes -> what changed between them, as an official reads it: form, place, what, old and new.

Compared as they work out (after `extends` and words). A year that merely moved on with the scheme is no difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any, NamedTuple

import msgspec

from xlauto.model import column_letters
from xlauto.scheme.build import Scheme
from xlauto.scheme.diffwords import WORDS, shown
from xlauto.scheme.forms import Field, Form, ordered
from xlauto.scheme.layout import Box, box_of, lay_out

WHOLE = "（整套）"
ADDED, GONE, CHANGED, KEPT_YEAR = "新增", "删去", "改动", "年份没有跟着变"
ORDER = "次序"
TIMELESS = ("出处",)
"""What tells of the year that something comes from, and need not move on."""


class Difference(NamedTuple):
    """One line. `place` is a cell or block of the new form (of the old one, if it is gone there)."""

    form: str
    place: str
    item: str
    change: str
    old: str
    new: str


class Part(NamedTuple):
    """What can be there or not: a form, a row, a check. `facts` by what they are called, shown as texts; `summary` is
    what stands for the whole part when it is new or gone."""

    form: str
    order: tuple[int, ...]
    place: str
    item: str
    facts: Mapping[str, str]
    summary: str


@dataclass(frozen=True)
class _Picture:
    """A scheme's parts by key, and the printed texts of its forms in order."""

    year: int
    parts: dict[tuple[str, ...], Part] = field(default_factory=dict)
    texts: dict[str, list[tuple[tuple[int, ...], str, str]]] = field(default_factory=dict)


def differences(old: Scheme, new: Scheme) -> list[Difference]:
    """All that differs, by form in the new scheme's order and by place; what concerns the whole scheme comes first."""
    before, after = _picture(old), _picture(new)
    forms = [WHOLE, *new.forms, *(name for name in old.forms if name not in new.forms)]
    found = [*_part_lines(before, after), *_text_lines(before, after)]
    found.sort(key=lambda line: (forms.index(line[0]) if line[0] in forms else len(forms), line[1]))
    return [line[2] for line in found]


Line = tuple[str, tuple[int, ...], Difference]


def _part_lines(before: _Picture, after: _Picture) -> Iterator[Line]:
    whole_forms = {key[1] for key in before.parts.keys() ^ after.parts.keys() if key[0] == "表"}
    for key in {**before.parts, **after.parts}:
        was, now = before.parts.get(key), after.parts.get(key)
        part = now or was
        assert part is not None
        if key[0] in _INNER and key[1] in whole_forms:
            continue  # the form as a whole is new or gone
        if was is None or now is None:
            line = Difference(part.form, part.place, part.item, ADDED if was is None else GONE,
                              "" if was is None else was.summary, "" if now is None else now.summary)  # fmt: skip
            yield part.form, part.order, line
            continue
        for name in {**was.facts, **now.facts}:
            first, second = was.facts.get(name, ""), now.facts.get(name, "")
            if name.endswith(ORDER) and _same_order(first, second):
                continue
            if _timeless(first, before.year) != _timeless(second, after.year):
                item = f"{part.item}·{name}" if name else part.item
                change = KEPT_YEAR if first == second else CHANGED
                if change is CHANGED or name not in TIMELESS:
                    yield part.form, part.order, Difference(part.form, part.place, item, change, first, second)


def _text_lines(before: _Picture, after: _Picture) -> Iterator[Line]:
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
    return re.sub(
        r"(?<!\d)20\d\d(?!\d)",
        lambda found: f"{{年{int(found[0]) - year:+d}}}" if abs(int(found[0]) - year) <= 2 else found[0],
        text,
    )


# --- what a scheme consists of ------------------------------------------------------------------------------------

_INNER = ("行", "列", "栏", "项目", "一级指标")
"""Parts that lie within a form: not told one by one when the whole form is new or gone."""


def _picture(scheme: Scheme) -> _Picture:
    picture = _Picture(scheme.year)
    for key, part in _scheme_parts(scheme):
        picture.parts[key] = part
    for number, form in enumerate(scheme.forms.values()):
        for key, part in _form_parts(form, number):
            picture.parts[key] = part
        picture.texts[form.name] = list(_printed(form))
    for number, (name, check) in enumerate(scheme.definition.checks.items()):
        picture.parts["审核", name] = _check_part(name, check, number)
    return picture


def _scheme_parts(scheme: Scheme) -> Iterator[tuple[tuple[str, ...], Part]]:
    definition = scheme.definition
    facts = {WORDS[key]: shown(getattr(definition, key)) for key in _WHOLE_KEYS}
    facts |= {f"用词“{word}”": text for word, text in definition.words.items()}
    yield ("套表",), Part(WHOLE, (0,), "scheme.yaml", "套表", facts, definition.title)
    scoring = msgspec.to_builtins(definition.scoring)
    items = scoring.pop("items", {})
    yield ("计分",), Part(WHOLE, (1,), "scoring.yaml", "计分", flat(scoring), "")
    for form, rows in items.items():
        for number, (name, item) in enumerate(rows.items()):
            facts = flat(item)
            told = f"{item.get('title') or name}（{shown(item.get('points'))}分）"
            yield ("评分项", form, name), Part(form, (_LATE, number), "scoring.yaml", f"评分项“{name}”", facts, told)


_WHOLE_KEYS = ("title", "version", "jurisdiction", "unit", "score_decimals", "source", "instructions")
_LATE = 1_000_000
"""Rules of a form come after all that stands on it."""


def _check_part(key: str, check: Any, number: int) -> Part:
    data = msgspec.to_builtins(check)
    forms = data.pop("form")
    forms = [forms] if isinstance(forms, str) else forms
    facts = {"表": "、".join(forms)} | flat(data)
    told = f"[{check.code}] {check.level}：{check.say}"
    form = forms[0] if len(forms) == 1 else WHOLE
    return Part(form, (_LATE + 1, number), "checks.yaml", f"审核“{key}”", facts, told)


def _form_parts(form: Form, number: int) -> Iterator[tuple[tuple[str, ...], Part]]:
    definition = form.definition
    facts = {
        "标题": definition.title, "工作表": form.sheet, "每个项目一张": shown(definition.repeats),
        "汇总说明": definition.summary_note, "出处": definition.source,
    }  # fmt: skip
    yield ("表", form.name), Part(form.name, (0, 0), "", f"表“{form.name}”", facts, definition.title)
    boxes = lay_out(form).names
    for key, block in form.blocks:
        if block.grid is not None:
            grid_fields = [cell.field for cell in block.grid.values() if not isinstance(cell, str) and cell.field]
            yield from (_field_part(form, form.fields[name], boxes[name]) for name in grid_fields)
        elif block.matrix is not None:
            yield from _matrix_parts(form, key, block.matrix, boxes)
        elif block.table is not None:
            yield from _table_parts(form, key, block.table, boxes)


def _field_part(form: Form, item: Field, box: Box) -> tuple[tuple[str, ...], Part]:
    facts = {
        "类型": item.type, "公式": item.formula, "印定": shown(item.constant), "必填": shown(item.required),
        "可填“无”": shown(item.spec.none_allowed), "格内文字": item.spec.prefix, "选项": shown(item.spec.choices),
        "提示": item.help,
    }  # fmt: skip
    told = f"{item.type}，={item.formula}" if item.formula else item.type
    return ("项目", form.name, item.name), Part(form.name, _order(box), _cell(box), f"项目“{item.name}”", facts, told)


def _matrix_parts(form: Form, block: str, matrix: Any, boxes: Mapping[str, Box]) -> Iterator[Any]:
    tops = {key: _place_of(boxes, lambda name, key=key: name.partition(".")[0] == key) for key in matrix.rows}
    lefts = {key: _place_of(boxes, lambda name, key=key: name.partition(".")[2] == key) for key in matrix.columns}
    for key, row in matrix.rows.items():
        box = tops[key]
        told = f"{row.label}{f'，={row.formula}' if row.formula else ''}"
        yield (
            ("行", form.name, block, key),
            Part(
                form.name,
                _order(box),
                f"第{box.top}行" if box else "",
                f"行“{key}”",
                flat(msgspec.to_builtins(row)),
                told,
            ),
        )
    for key, column in matrix.columns.items():
        box, data = lefts[key], msgspec.to_builtins(column)
        data.pop("at")
        yield ("列", form.name, block, key), Part(
            form.name, _order(box), f"{column_letters(box.left)}列" if box else "", f"列“{key}”", flat(data),
            column.heading,
        )  # fmt: skip
    rows = [key for key, _ in ordered(matrix.rows, matrix.order)]
    facts = {"表头": matrix.heading, ORDER: "、".join(rows), "左侧文字": matrix.side.text if matrix.side else ""}
    first = min((box for box in tops.values() if box), default=None)
    yield ("行", form.name, block, ""), Part(form.name, _order(first), block, f"“{block}”", facts, block)


def _table_parts(form: Form, name: str, table: Any, boxes: Mapping[str, Box]) -> Iterator[Any]:
    for key, column in table.columns.items():
        box = boxes[f"{name}.{key}"]
        facts = {"栏目": column.heading or key, "类型": column.type}
        yield (
            ("栏", form.name, name, key),
            Part(
                form.name,
                _order(box),
                f"{column_letters(box.left)}列",
                f"“{name}”的栏“{key}”",
                facts,
                column.heading or key,
            ),
        )
    whole = boxes[name]
    for key, group in table.groups.items():
        data = msgspec.to_builtins(group)
        data["rows"] = "、".join(f"{kind}{count}行" for kind, count in group.rows.items())
        told = f"{shown(data.get('points'))}分：{data['rows']}"
        yield (
            ("一级指标", form.name, name, key),
            Part(form.name, _order(whole), _cell(whole), f"一级指标“{key}”", flat(data), told),
        )
    groups = [key for key, _ in ordered(table.groups, table.order)]
    facts = {f"一级指标的{ORDER}": "、".join(groups)}
    yield ("栏", form.name, name, ""), Part(form.name, _order(whole), _cell(whole), f"“{name}”", facts, name)


def _printed(form: Form) -> Iterator[tuple[tuple[int, ...], str, str]]:
    """The printed texts of grids; those of rows, columns and tables are told with their rows and columns."""
    tops = lay_out(form).tops
    texts = [
        (box, cell if isinstance(cell, str) else cell.text)
        for key, block in form.blocks
        for address, cell in (block.grid or {}).items()
        if (box := box_of(address, tops[key] - 1))
    ]
    for box, text in sorted(texts):
        if text.strip():
            yield _order(box), _cell(box), text


def _place_of(boxes: Mapping[str, Box], wanted: Any) -> Box | None:
    return min((box for name, box in boxes.items() if wanted(name)), default=None)


def _order(box: Box | None) -> tuple[int, ...]:
    return (box.top, box.left) if box else (0, 1)


def _cell(box: Box) -> str:
    return f"{column_letters(box.left)}{box.top}"


def flat(data: Any, before: str = "") -> dict[str, str]:
    """Nested keys and values as one level, in words: `{rule: {bound: 1}}` -> `规则·界限: 1`. Lists of mappings go by
    their names."""
    if isinstance(data, Mapping):
        facts: dict[str, str] = {}
        for key, value in data.items():
            facts |= flat(value, f"{before}·{WORDS.get(str(key), key)}" if before else WORDS.get(str(key), str(key)))
        return facts
    if isinstance(data, Sequence) and not isinstance(data, str) and any(isinstance(item, Mapping) for item in data):
        named: dict[str, str] = {}
        for number, item in enumerate(data, 1):
            rest = dict(item)
            named |= flat(rest, f"{before}“{rest.pop('name', number)}”")
        return named
    return {before: shown(data)}
