"""What a scheme consists of, part by part, each with what can be said of it in an official's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from xlauto import roles
from xlauto.model import column_letters
from xlauto.scheme.build import Scheme
from xlauto.scheme.diffwords import EVIDENCE_WORDS, ITEM_WORDS, KIND, ORDER, RULE_WORDS, WORDS, shown
from xlauto.scheme.forms import Field, Form, ordered
from xlauto.scheme.layout import Box, box_of, lay_out
from xlauto.scheme.rules import ItemDef, ScoresDef
from xlauto.scheme.schema import CellDef

WHOLE = "（整套）"

Key = tuple[str, ...]


class Part(NamedTuple):
    """What can be there or not: a form, a row, a check. `facts` by what they are called, shown as texts; `summary` is
    what stands for the whole part when it is new or gone, or of another kind. `within` is the part that it belongs to,
    `forms` are those that it speaks of."""

    form: str
    order: tuple[int, ...]
    place: str
    item: str
    facts: Mapping[str, str]
    summary: str
    forms: Sequence[str] = ()
    within: Key = ()


@dataclass(frozen=True)
class Picture:
    """A scheme's parts by key, and the printed texts of its forms in order."""

    year: int
    parts: dict[Key, Part] = field(default_factory=dict)
    texts: dict[str, list[tuple[tuple[int, ...], str, str]]] = field(default_factory=dict)


def picture(scheme: Scheme) -> Picture:
    """What is made from the items of score tables is told with the items alone."""
    found = Picture(scheme.year)
    for key, part in _scheme_parts(scheme):
        found.parts[key] = part
    for number, form in enumerate(scheme.forms.values()):
        if not _made(scheme, form):
            for key, part in _form_parts(scheme, form, number):
                found.parts[key] = part
            found.texts[form.name] = list(_printed(form))
    for number, (name, check) in enumerate(scheme.definition.checks.items()):
        found.parts["审核", name] = _check_part(name, check, number)
    return found


def _made(scheme: Scheme, form: Form) -> bool:
    """Whether it is the form of evidence that no file draws."""
    drawn = any((folder / "forms" / f"{form.key}.yaml").exists() for folder in scheme.folders)
    return form.name == roles.EVIDENCE and not drawn


def _scheme_parts(scheme: Scheme) -> Iterator[tuple[Key, Part]]:
    definition = scheme.definition
    facts = {word: shown(getattr(definition, key)) for key, word in _WHOLE_KEYS.items()}
    facts |= {f"用词“{word}”": text for word, text in definition.words.items()}
    yield ("套表",), Part(WHOLE, (0,), "scheme.yaml", "套表", facts, definition.title)
    scoring = msgspec.to_builtins(definition.scoring)
    scoring.pop("items")
    scored = scoring.pop("scored")
    yield ("计分",), Part(WHOLE, (1,), "scoring.yaml", "计分", flat(scoring), "")
    for form, data in scored.items():
        facts = flat(data)
        told = "，".join(f"{name} {text}" for name, text in facts.items() if text)
        yield ("计分的表", form), Part(form, (_LATE - 1,), "scoring.yaml", "计分", facts, told, [form])
    for form, rows in definition.scoring.items.items():
        for number, (name, item) in enumerate(rows.items()):
            yield from _item_parts(form, name, item, number)
        order = {ORDER: "、".join(rows)}
        yield ("评分项的次序", form), Part(form, (_LATE,), "scoring.yaml", "评分项", order, "", [form])


_WHOLE_KEYS = {key: WORDS[key] for key in ("title", "version", "jurisdiction", "unit", "score_decimals", "hidden")} | {
    "source": "依据", "instructions": WORDS["instructions"],
}  # fmt: skip
_LATE = 1_000_000
"""Rules of a form come after all that stands on it."""


def _item_parts(form: str, name: str, item: ItemDef, number: int) -> Iterator[tuple[Key, Part]]:
    """The item, its rules one by one, and what is asked for it."""
    data = msgspec.to_builtins(item)
    given = {"": data.pop("rule")} | data.pop("parts")
    asked, key, label = data.pop("evidence"), ("评分项", form, name), f"评分项“{name}”"

    def part(step: int, own: str, facts: Mapping[str, str], told: str, within: Key = key) -> Part:
        return Part(form, (_LATE, number, step), "scoring.yaml", label + own, facts, told, [form], within)

    points = "分值自定" if item.points is None else f"{shown(item.points)}分"
    data["title"] = item.title or name
    yield key, part(0, "", flat(data, words=ITEM_WORDS), f"{data['title']}（{points}）", ())
    for step, (rule, parameters) in enumerate(given.items(), 1):
        if parameters is not None:
            facts = flat({name: _lines(value) for name, value in parameters.items()}, words=RULE_WORDS)
            more = "，".join(f"{said} {text}" for said, text in facts.items() if said != KIND and _told(text))
            told = f"{facts[KIND]}：{more}" if more else facts[KIND]
            yield ("评分规则", *key, rule), part(step, f"·分项“{rule}”" if rule else "·规则", facts, told)
    for step, (asks, definition) in enumerate(asked.items(), 1000):
        facts = flat(definition, words=EVIDENCE_WORDS)
        yield ("依据", *key, asks), part(step, f"·依据“{asks}”", facts, definition["ask"])


def _lines(value: Any) -> Any:
    """Of questions, cases and checkpoints each as one text: `是否公开预决算信息（分值 1，由谁提供 财务）`."""
    if not isinstance(value, Mapping) or not all(isinstance(entry, Mapping) for entry in value.values()):
        return value
    return {f"“{key}”": _line(entry) for key, entry in value.items()}


def _line(entry: Mapping[str, Any]) -> str:
    first = next((word for word in ("ask", "when", "value") if entry.get(word)), "")
    facts = flat({key: value for key, value in entry.items() if key != first}, words=RULE_WORDS)
    more = "，".join(f"{said} {text}" for said, text in facts.items() if text)
    return f"{entry.get(first, '')}（{more}）" if more else str(entry.get(first, ""))


def _told(text: str) -> bool:
    return text not in ("", "否")


def _check_part(key: str, check: Any, number: int) -> Part:
    data = msgspec.to_builtins(check)
    forms = data.pop("form")
    forms = [forms] if isinstance(forms, str) else forms
    told = f"[{check.code}] {check.level}：{check.say}"
    form = forms[0] if len(forms) == 1 else WHOLE
    return Part(form, (_LATE + 1, number), "checks.yaml", f"审核“{key}”", flat(data), told, forms)


def _form_parts(scheme: Scheme, form: Form, number: int) -> Iterator[tuple[Key, Part]]:
    definition = form.definition
    facts = {
        "标题": definition.title, "工作表": form.sheet, "每个项目一张": shown(definition.repeats),
        "汇总说明": definition.summary_note, "出处": definition.source,
    }  # fmt: skip
    told = definition.title + _rules_of(scheme, form.name)
    yield ("表", form.name), Part(form.name, (0, 0), "", f"表“{form.name}”", facts, told, [form.name])
    for key, part in _block_parts(form):
        yield key, part._replace(within=("表", form.name))


def _rules_of(scheme: Scheme, form: str) -> str:
    """How many rules a form brings with it."""
    items = len(scheme.items.get(form, ()))
    checks = sum(check.form in (form, [form]) for check in scheme.definition.checks.values())
    told = [f"{count}{word}" for count, word in ((items, "个评分项"), (checks, "条审核")) if count]
    return f"（连同{'、'.join(told)}）" if told else ""


def _block_parts(form: Form) -> Iterator[tuple[Key, Part]]:
    boxes = lay_out(form).names
    for key, block in form.blocks:
        if block.scores is not None:
            yield from _score_parts(form, key, block.scores)
        elif key == roles.EVIDENCE and form.repeats:
            continue
        elif block.grid is not None:
            cells = [cell for cell in block.grid.values() if not isinstance(cell, str) and cell.field]
            yield from (_field_part(form, cell, form.fields[cell.field], boxes[cell.field]) for cell in cells)
        elif block.matrix is not None:
            yield from _matrix_parts(form, key, block.matrix, boxes)
        elif block.table is not None:
            yield from _table_parts(form, key, block.table, boxes)


def _score_parts(form: Form, block: str, scores: ScoresDef) -> Iterator[tuple[Key, Part]]:
    """The columns of a score table; its rows are the items."""
    top = lay_out(form).tops[block]
    for name, column in scores.columns.items():
        facts, heading = {"栏目": column.heading or name, "内容": column.shows}, column.heading or name
        place = f"{column.at}列"
        yield ("列", form.name, block, name), Part(form.name, (top, 0), place, f"列“{name}”", facts, heading)
    total = {"合计行": scores.total.label if scores.total else ""}
    yield ("列", form.name, block, ""), Part(form.name, (top, 0), block, f"“{block}”", total, block)


def _field_part(form: Form, cell: CellDef, item: Field, box: Box) -> tuple[tuple[str, ...], Part]:
    facts = {
        "类型": item.type, "公式": cell.formula, "印定": shown(item.constant), "必填": shown(item.required),
        "可填“无”": shown(item.spec.none_allowed), "格内文字": item.spec.prefix, "选项": shown(item.spec.choices),
        "提示": item.help,
    }  # fmt: skip
    facts |= {WORDS[key]: shown(getattr(cell, key)) for key in ("least", "most", "negative", "zero")}
    told = f"{item.type}，={cell.formula}" if cell.formula else item.type
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
        if block.scores is None and not (key == roles.EVIDENCE and form.repeats)
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


def flat(data: Any, before: str = "", words: Mapping[str, str] = WORDS) -> dict[str, str]:
    """Nested keys and values as one level, in words: `{rule: {bound: 1}}` -> `规则·界限: 1`. Lists of mappings go by
    their names; tiers are one text."""
    if isinstance(data, Mapping):
        facts: dict[str, str] = {}
        for key, value in data.items():
            word = words.get(str(key), str(key))
            facts |= flat(value, f"{before}·{word}" if before else word, words)
        return facts
    if isinstance(data, Sequence) and not isinstance(data, str) and any(isinstance(item, Mapping) for item in data):
        if all("in" in item for item in data):
            return {before: "；".join(map(_tier, data))}
        named: dict[str, str] = {}
        for number, item in enumerate(data, 1):
            rest = dict(item)
            named |= flat(rest, f"{before}“{rest.pop('name', number)}”", words)
        return named
    return {before: shown(data)}


def _tier(tier: Mapping[str, Any]) -> str:
    printed = f"（印作{tier['printed']}）" if tier.get("printed") else ""
    return f"{tier['in']}{printed} {shown(tier['points'])}分"
