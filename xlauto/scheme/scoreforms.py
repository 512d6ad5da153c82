"""Forms that are made from items: the rows of a score table, and the sheet 评分依据 with all that is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import msgspec

from xlauto import roles
from xlauto.model import column_letters
from xlauto.scheme.items import Evidence, Item
from xlauto.scheme.layout import columns_of
from xlauto.scheme.rulekinds.base import NO, YES
from xlauto.scheme.rules import ScoreColumnDef, ScoresDef
from xlauto.scheme.schema import BlockDef, CellDef, FieldType, FormDef, ScoredDef, ScoringDef
from xlauto.scheme.strict import SchemeError

Items = Mapping[str, Mapping[str, Item]]
Grid = dict[str, str | CellDef]

_TYPES: Mapping[str, FieldType] = {
    "是否": "选项", "次数": "数量", "数量": "数量", "金额": "金额", "面积": "面积", "百分比": "百分比", "选择": "选项",
    "扣分": "分值", "分值": "分值", "文本": "文本",
}  # fmt: skip
_HEADINGS = ("评分项目", "需要的依据", "填报", "单位", "由谁提供")
_EVIDENCE_WIDTHS = {"A": 16.0, "B": 52.0, "C": 14.0, "D": 8.0, "E": 14.0}
_NOTE = "本页各格只有单位自己知道，填写后系统据以计分；没有发生的填0，不要留空。"


def with_score_forms(forms: Mapping[str, FormDef], scoring: ScoringDef, items: Items) -> dict[str, FormDef]:
    """All forms, their `scores` blocks as grids, with the evidence of repeating forms below their tables and that of
    all others on a form of its own. Raises SchemeError."""
    names = {form.form for form in forms.values()}
    missing = [name for name in items if name not in names]
    if missing:
        raise SchemeError(f"计分规则的 items 里有没有的表：{'、'.join(missing)}")
    made = {key: _with_grids(form, scoring, items.get(form.form, {})) for key, form in forms.items()}
    asked = [item for form in made.values() if not form.repeats for item in _asking(items.get(form.form, {}))]
    if asked and roles.EVIDENCE not in names:
        made[roles.EVIDENCE] = _evidence_form(asked, scoring)
    return made


def _asking(items: Mapping[str, Item]) -> list[Item]:
    return [item for item in items.values() if item.evidence]


def _with_grids(form: FormDef, scoring: ScoringDef, items: Mapping[str, Item]) -> FormDef:
    blocks = {}
    for key, block in form.blocks.items():
        blocks[key] = block
        if block.scores is not None:
            if not items:
                raise SchemeError(f"表“{form.form}”的“{key}”：scoring.yaml 的 items 里没有这张表")
            scored = scoring.scored.get(form.form)
            grid = dict(_score_grid(form.form, block.scores, list(items.values()), scored))
            heights = dict.fromkeys(range(2, len(items) + 2), block.scores.height) if block.scores.height else {}
            blocks[key] = msgspec.structs.replace(block, grid=grid, heights=heights | block.heights)
    asked = _asking(items)
    order = form.order
    if form.repeats and asked:
        if roles.EVIDENCE in blocks:
            raise SchemeError(f"表“{form.form}”：“{roles.EVIDENCE}”一段由系统生成，不要另写")
        blocks[roles.EVIDENCE] = BlockDef(grid=dict(_evidence_grid(asked, _spread(form))))
        order = [*order, roles.EVIDENCE] if order else order
    return msgspec.structs.replace(form, blocks=blocks, order=order)


# --- the score table -------------------------------------------------------------------------------------------------


def _score_grid(
    form: str, scores: ScoresDef, items: Sequence[Item], scored: ScoredDef | None
) -> Iterator[tuple[str, str | CellDef]]:
    for key, column in scores.columns.items():
        yield _address(form, column.at, 1), column.heading or key
        for first, last in _runs([_merged_by(item, column, row) for row, item in enumerate(items)]):
            address = _address(form, column.at, first + 2, last + 2)
            yield address, _cell(items, column, first, last)
    if scores.total is not None:
        yield from _total(form, scores, items, scored.total if scored else roles.TOTAL, len(items) + 2)


def _merged_by(item: Item, column: ScoreColumnDef, row: int) -> object:
    """Neighbours that have this alike share a cell."""
    under = item.definition.under
    if column.shows in ("一级", "一级分值"):
        return under[:1] or row
    if column.shows in ("二级", "二级分值"):
        return under[:2] or row
    if column.shows in ("要点", "标准"):
        text = item.definition.basis if column.shows == "要点" else item.definition.text
        return (under, text) if text else row
    return item.definition.together or row if column.shows == "分值" else row


def _cell(items: Sequence[Item], column: ScoreColumnDef, first: int, last: int) -> str | CellDef:
    item, shows = items[first], column.shows
    under = item.definition.under
    if shows in ("一级", "二级"):
        level = 0 if shows == "一级" else 1
        return under[level] if len(under) > level else ""
    if shows in ("一级分值", "二级分值"):
        total = sum((each.points or Decimal(0) for each in items[first : last + 1]), Decimal(0))
        return CellDef(field=_group_name(item, shows), type="分值", value=_plain(total))
    if shows == "三级":
        return item.title
    if shows in ("要点", "标准"):
        text = item.definition.basis if shows == "要点" else item.definition.text
        return CellDef(text=text.strip(), look="text")
    if shows == "分值":
        return _points_cell(items[first : last + 1])
    if shows == "得分":
        return CellDef(field=item.score_name, label=f"{item.title}·{roles.SCORE}", type="分值", none=False)
    if shows == "原因":
        return CellDef(field=f"{item.key}.{roles.LOST}", label=f"{item.title}·{roles.LOST}", none=False)
    return ""


def _group_name(item: Item, shows: str) -> str:
    """`投入.分值`, `投入.预算配置.分值`: the printed words without their brackets."""
    under = item.definition.under[: 1 if shows == "一级分值" else 2]
    bare = [re.sub(r"[（(].*?[）)]|\W", "", label) for label in under]
    return ".".join((*(label for label in bare if label), roles.POINTS))


def _points_cell(items: Sequence[Item]) -> CellDef:
    """The printed points, or an input where the unit sets them."""
    points = [item.points for item in items]
    label = f"{items[0].definition.together or items[0].title}·{roles.POINTS}"
    if None in points:
        return CellDef(field=items[0].points_name, label=label, type="分值", none=False)
    total = sum((each for each in points if each is not None), Decimal(0))
    return CellDef(field=items[0].points_name, label=label, type="分值", value=_plain(total))


def _plain(number: Decimal) -> int | float:
    return int(number) if number == int(number) else float(number)


def _total(
    form: str, scores: ScoresDef, items: Sequence[Item], name: str, row: int
) -> Iterator[tuple[str, str | CellDef]]:
    assert scores.total is not None
    label = _columns(form, scores.total.at)
    yield _address(form, scores.total.at, row), scores.total.label
    for column in scores.columns.values():
        left, right = _columns(form, column.at)
        if label[0] <= left and right <= label[1]:
            continue
        address = _address(form, column.at, row)
        if column.shows == "分值":
            names = dict.fromkeys(item.points_name for item in items)
            yield address, CellDef(field=f"{name}.{roles.POINTS}", type="分值", formula=f"SUM({', '.join(names)})")
        elif column.shows == "得分":
            names = dict.fromkeys(item.score_name for item in items)
            yield address, CellDef(field=f"{name}.{roles.SCORE}", type="分值", formula=f"SUM({', '.join(names)})")
        elif column.shows in ("一级分值", "二级分值"):
            names = dict.fromkeys(_group_name(item, column.shows) for item in items)
            yield address, CellDef(field=f"{name}.{column.shows}", type="分值", formula=f"SUM({', '.join(names)})")
        else:
            yield address, ""


# --- evidence --------------------------------------------------------------------------------------------------------


def _evidence_form(items: Sequence[Item], scoring: ScoringDef) -> FormDef:
    title = scoring.evidence_title or roles.EVIDENCE
    last = column_letters(len(_HEADINGS))
    head: Grid = {
        f"A1:{last}1": CellDef(text=title, look="title"),
        f"A2:{last}2": CellDef(text=_NOTE, look="note"),
    }
    spread = [(column_letters(col), column_letters(col)) for col in range(1, len(_HEADINGS) + 1)]
    blocks = {
        "题头": BlockDef(grid=head, border=False, heights={1: 36}),
        "依据": BlockDef(grid=dict(_evidence_grid(items, spread))),
    }
    return FormDef(form=roles.EVIDENCE, title=title, widths=_EVIDENCE_WIDTHS, blocks=blocks, system={"说明": "G"})


def _spread(form: FormDef) -> list[tuple[str, str]]:
    """The columns of a form shared out among those of the evidence: the question takes what the others leave."""
    letters = sorted(form.widths, key=lambda letters: (len(letters), letters))
    if len(letters) < len(_HEADINGS):
        raise SchemeError(f"表“{form.form}”：列数不够放“{roles.EVIDENCE}”（至少{len(_HEADINGS)}列）")
    rest = len(letters) - 3
    return [(letters[0], letters[0]), (letters[1], letters[rest - 1]), *((each, each) for each in letters[rest:])]


def _evidence_grid(items: Sequence[Item], spread: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str | CellDef]]:
    def at(column: int, first: int, last: int) -> str:
        left, right = spread[column]
        return f"{left}{first}" if (left, first) == (right, last) else f"{left}{first}:{right}{last}"

    for column, heading in enumerate(_HEADINGS):
        yield at(column, 1, 1), heading
    row = 2
    for item in items:
        yield at(0, row, row + len(item.evidence) - 1), item.title
        for evidence in item.evidence:
            asked = evidence.definition
            where = f"（见“{asked.where}”）" if asked.where else ""
            yield at(1, row, row), CellDef(text=asked.ask + where, look="text")
            yield at(2, row, row), _input(item, evidence)
            yield at(3, row, row), asked.unit
            yield at(4, row, row), asked.who
            row += 1


def _input(item: Item, evidence: Evidence) -> CellDef:
    asked = evidence.definition
    choices = [YES, NO] if asked.kind == "是否" else asked.choices
    return CellDef(
        field=evidence.name, label=f"{item.title}·{evidence.key}", type=_TYPES[asked.kind], choices=choices,
        help=asked.help, none=False, least=asked.least, most=asked.most, zero=asked.kind == "扣分",
        whole=asked.kind == "次数", unit=asked.unit,
    )  # fmt: skip


# --- addresses -------------------------------------------------------------------------------------------------------


def _columns(form: str, at: str) -> tuple[int, int]:
    span = columns_of(at)
    if span is None:
        raise SchemeError(f"表“{form}”：“{at}”不是列（应如 B 或 B:C）")
    return span


def _address(form: str, at: str, top: int, bottom: int = 0) -> str:
    left, right = _columns(form, at)
    first, last = f"{column_letters(left)}{top}", f"{column_letters(right)}{bottom or top}"
    return first if first == last else f"{first}:{last}"


def _runs(keys: Sequence[object]) -> Iterator[tuple[int, int]]:
    """First and last index of each run of equal keys."""
    start = 0
    for index in range(1, len(keys) + 1):
        if index == len(keys) or keys[index] != keys[start]:
            yield start, index - 1
            start = index
