"""What may stand in a scheme's YAML files: typed, every key named. Positions and formulas are worked out elsewhere."""

from __future__ import annotations

from typing import Any, Literal

from xlauto.scheme.rules import ItemDef, ScoresDef
from xlauto.scheme.strict import Strict

FieldType = Literal["金额", "数量", "面积", "百分比", "分值", "文本", "日期", "代码", "选项"]
TableType = Literal["层级", "文本", "指标值", "完成值", "分值"]
LevelName = Literal["错误", "警告", "提示"]


class CellDef(Strict, frozen=True, kw_only=True, rename={"formula": "is"}):
    """A cell of a grid: a printed `text`, or a `field` that is typed, or computed by `is`, or a constant `value`.

    `offers` is what stands in the cell of a blank form, for the unit to keep or to change (□). `least` and `most` bound
    a figure, a rate's as fractions; without them amounts, numbers and points are at least 0, rates 0 to 1000%, and a
    `negative` one may be below. With `zero` it may also be 0, outside of the bounds; a `whole` one has no decimals.
    `unit` is printed beside the cell and may be typed with the figure.
    """

    text: str = ""
    field: str = ""
    type: FieldType = "文本"
    formula: str = ""
    value: str | int | float | None = None
    offers: str = ""
    prefix: str = ""
    label: str = ""
    required: bool = False
    none: bool = True
    choices: list[str] = []
    least: float | None = None
    most: float | None = None
    negative: bool = False
    zero: bool = False
    whole: bool = False
    unit: str = ""
    help: str = ""
    look: Literal["", "title", "label", "line", "right", "note", "plain", "text"] = ""


class ColumnDef(Strict, frozen=True, kw_only=True, rename={"formula": "is"}):
    """A column of a matrix. `only` names the rows that have it, `under` the headings above its own, from the top; the
    figures of a `negative` column may be below zero."""

    at: str
    heading: str
    under: list[str] = []
    type: FieldType = "金额"
    formula: str = ""
    value: str | int | float | None = None
    only: list[str] = []
    negative: bool = False


class RowDef(Strict, frozen=True, kw_only=True, rename={"formula": "is"}):
    """A row of a matrix. `repeats` rows may be many (一个专项一行); a `filler` row (……) is printed and not read;
    the figures of a `negative` row may be below zero.

    With `names` the unit writes the labels of a repeating row itself (field `行.名称`); they are those of a blank form.
    `prints` are columns in which the row has a printed text (——) in place of a figure. A total that may be `typed` is
    computed as far as its parts are filled in, and the unit's own where they are not.
    """

    label: str
    indent: int = 0
    formula: str = ""
    type: FieldType | None = None
    repeats: bool = False
    filler: bool = False
    required: bool = False
    negative: bool = False
    names: list[str] = []
    prints: dict[str, str] = {}
    typed: bool = False


class SideDef(Strict, frozen=True, kw_only=True):
    """A label that runs down the left of a whole block."""

    at: str
    text: str


class MatrixDef(Strict, frozen=True, kw_only=True):
    """Rows by columns of figures; every crossing is a field `行.列`."""

    label_at: str
    heading: str = ""
    side: SideDef | None = None
    columns: dict[str, ColumnDef]
    rows: dict[str, RowDef]
    order: list[str] = []


class TableColumnDef(Strict, frozen=True, kw_only=True):
    """A column of a table of variable length; found in a workbook by its heading, or, if it is under the `same_heading`
    as the column before it, by its name."""

    at: str
    heading: str = ""
    same_heading: bool = False
    type: TableType = "文本"


class GroupDef(Strict, frozen=True, kw_only=True):
    """A 一级指标 with its points, if it has any, and, per 二级指标, how many rows a blank form offers."""

    points: float | None = None
    rows: dict[str, int]
    label: str = ""


class TableDef(Strict, frozen=True, kw_only=True):
    """A table whose number of rows the unit decides, such as 绩效指标."""

    columns: dict[str, TableColumnDef]
    groups: dict[str, GroupDef]
    order: list[str] = []
    side: SideDef | None = None


class BlockDef(Strict, frozen=True, kw_only=True):
    """A part of a form, below the part before it: exactly one of `grid`, `matrix`, `table`, `scores`.

    A grid's keys are addresses within the block (`A1:C1`). `scores` becomes a grid when the scheme is built.
    `top` puts the block's first row where it says, for forms that stand in a workbook of the bureau's own: with
    `top: 1` a grid's keys are the sheet's addresses.
    """

    grid: dict[str, str | CellDef] | None = None
    matrix: MatrixDef | None = None
    table: TableDef | None = None
    scores: ScoresDef | None = None
    top: int = 0
    heights: dict[int, float] = {}
    border: bool = True


class FormDef(Strict, frozen=True, kw_only=True):
    """One form (表样). `system` names the columns right of the print area that xlauto writes to, `summary_note` says
    what a reader of its figures in a summary must know."""

    form: str
    title: str
    sheet: str = ""
    repeats: bool = False
    per: str = ""
    widths: dict[str, float]
    landscape: bool = False
    system: dict[str, str] = {}
    blocks: dict[str, BlockDef]
    order: list[str] = []
    summary_note: str = ""
    source: str = ""


class CheckDef(Strict, frozen=True, kw_only=True):
    """A 勾稽关系 or completeness rule: a formula `that` must hold, or a `kind` of rule with its parameters.

    `under` lists codes: in a row with such a finding this rule's finding is a consequence, and goes beneath it.
    """

    code: str
    form: str | list[str]
    that: str = ""
    when: str = ""
    kind: str = ""
    params: dict[str, Any] = {}
    level: LevelName = "错误"
    under: list[str] = []
    say: str
    hint: str = ""
    source: str = ""


class GradeDef(Strict, frozen=True, kw_only=True):
    """A grade (评价等次) and the lowest total that earns it."""

    name: str
    at_least: float


class RatioDef(Strict, frozen=True, kw_only=True):
    """Points for a quantitative indicator: kinds of 反向 rules differ between places (domain: 财预〔2020〕10号)."""

    digits: int = 2
    reverse: Literal["目标除以实际", "按超出比例扣减", "超出不得分"] = "按超出比例扣减"
    over: float = 1.3
    over_rule: Literal["须说明", "不得分"] = "须说明"
    reverse_kinds: list[str] = []
    source: str = ""


class BandDef(Strict, frozen=True, kw_only=True):
    """A qualitative result and the share of the points that it may earn."""

    name: str
    low: float
    high: float


class ScoredDef(Strict, frozen=True, kw_only=True):
    """A scored form: its 总分 row (which some forms lack), of a 自评表 the row of its 执行率 and its indicator table,
    and the field that takes the grade of the total. A form with `items` is scored by these."""

    rate: str = ""
    table: str = ""
    total: str
    grade: str = ""


class ScoringDef(Strict, frozen=True, kw_only=True):
    """How the rows of indicator tables and the items of score tables earn points, and the grade of the total."""

    scored: dict[str, ScoredDef] = {}
    items: dict[str, dict[str, ItemDef]] = {}
    evidence_title: str = ""
    unit_form: str = ""
    none_words: list[str] = []
    quantitative: RatioDef = RatioDef()
    qualitative: list[BandDef] = []
    grades: list[GradeDef] = []
    total_points: float = 100
    source: str = ""


class SchemeDef(Strict, frozen=True, kw_only=True):
    """scheme.yaml, with the forms, checks and scoring of the other files and of the parents put in. `template: 自带`
    says that the forms stand in the bureau's own workbook, 原表.xlsx beside scheme.yaml; of its sheets it hides
    those in `hidden`."""

    id: str
    title: str
    version: str
    year: int
    jurisdiction: str
    extends: str = ""
    template: Literal["制作", "自带"] = "制作"
    hidden: list[str] = []
    unit: str = "万元"
    score_decimals: int | None = None
    words: dict[str, str] = {}
    source: list[str] = []
    instructions: list[str] = []
    forms: dict[str, FormDef] = {}
    checks: dict[str, CheckDef] = {}
    scoring: ScoringDef = ScoringDef()
