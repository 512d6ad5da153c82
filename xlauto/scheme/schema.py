"""What may stand in a scheme's YAML files: typed, every key named. Positions and formulas are worked out elsewhere."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

FieldType = Literal["金额", "数量", "面积", "百分比", "分值", "文本", "日期", "代码", "选项"]
TableType = Literal["层级", "文本", "指标值", "完成值", "分值"]
LevelName = Literal["错误", "警告", "提示"]


class Strict(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A mapping in which an unknown key is a mistake."""


class CellDef(Strict, frozen=True, kw_only=True, rename={"formula": "is"}):
    """A cell of a grid: a printed `text`, or a `field` that is typed, or computed by `is`, or a constant `value`."""

    text: str = ""
    field: str = ""
    type: FieldType = "文本"
    formula: str = ""
    value: str | int | float | None = None
    prefix: str = ""
    label: str = ""
    required: bool = False
    none: bool = True
    choices: list[str] = []
    help: str = ""
    look: Literal["", "title", "label", "line", "right", "note", "plain"] = ""


class ColumnDef(Strict, frozen=True, kw_only=True, rename={"formula": "is"}):
    """A column of a matrix. `only` names the rows that have it."""

    at: str
    heading: str
    type: FieldType = "金额"
    formula: str = ""
    value: str | int | float | None = None
    only: list[str] = []


class RowDef(Strict, frozen=True, kw_only=True, rename={"formula": "is"}):
    """A row of a matrix. `repeats` rows may be many (一个专项一行); a `filler` row (……) is printed and not read;
    the figures of a `negative` row may be below zero."""

    label: str
    indent: int = 0
    formula: str = ""
    type: FieldType | None = None
    repeats: bool = False
    filler: bool = False
    required: bool = False
    negative: bool = False


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
    """A column of a table of variable length; found in a workbook by its heading."""

    at: str
    heading: str = ""
    type: TableType = "文本"


class GroupDef(Strict, frozen=True, kw_only=True):
    """A 一级指标 with its points and, per 二级指标, how many rows a blank form offers."""

    points: float
    rows: dict[str, int]
    label: str = ""


class TableDef(Strict, frozen=True, kw_only=True):
    """A table whose number of rows the unit decides, such as 绩效指标."""

    columns: dict[str, TableColumnDef]
    groups: dict[str, GroupDef]
    order: list[str] = []
    side: SideDef | None = None


class BlockDef(Strict, frozen=True, kw_only=True):
    """A part of a form, below the part before it: exactly one of `grid`, `matrix`, `table`.

    A grid's keys are addresses within the block (`A1:C1`).
    """

    grid: dict[str, str | CellDef] | None = None
    matrix: MatrixDef | None = None
    table: TableDef | None = None
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
    """A scored form: the row of its 执行率, its indicator table, and its 总分 row (which some forms lack)."""

    rate: str
    table: str
    total: str


class ScoringDef(Strict, frozen=True, kw_only=True):
    """How the rows of the indicator tables earn points, and the grade of the total."""

    scored: dict[str, ScoredDef] = {}
    unit_form: str = ""
    none_words: list[str] = []
    quantitative: RatioDef = RatioDef()
    qualitative: list[BandDef] = []
    grades: list[GradeDef] = []
    total_points: float = 100
    source: str = ""


class SchemeDef(Strict, frozen=True, kw_only=True):
    """scheme.yaml, with the forms, checks and scoring of the other files and of the parents put in."""

    id: str
    title: str
    version: str
    year: int
    jurisdiction: str
    extends: str = ""
    unit: str = "万元"
    score_decimals: int | None = None
    words: dict[str, str] = {}
    source: list[str] = []
    instructions: list[str] = []
    forms: dict[str, FormDef] = {}
    checks: dict[str, CheckDef] = {}
    scoring: ScoringDef = ScoringDef()
