"""The runtime form: fields and tables with their formulas parsed, independent of where they stand in a workbook."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from xlauto import formula
from xlauto.formula import Expr
from xlauto.formula.evaluate import Compiled
from xlauto.scheme.bounds import ANYTHING, Bounds, bounds_of
from xlauto.scheme.schema import BlockDef, CellDef, ColumnDef, FormDef, MatrixDef, RowDef, TableDef
from xlauto.scheme.strict import SchemeError
from xlauto.values import Spec

T = TypeVar("T")

NUMERIC = frozenset({"金额", "数量", "面积", "百分比", "分值"})
NAME_COLUMN = "名称"
"""The column of the labels that a unit writes itself, of rows that repeat."""
_SHOWN = 20
"""Characters of a wrong figure that are told."""
DECIMALS = {"金额": 2, "数量": 0, "面积": 2, "百分比": 2, "分值": 2}


@dataclass(frozen=True)
class Field:
    """One cell (or, if it `repeats`, one column of cells) that has a defined name and a meaning.

    `name` is the defined name, `label` what messages call it, `formula` the text of `is`, `constant` a printed value,
    `bounds` what a figure typed into it may be.
    """

    form: str
    name: str
    label: str
    type: str
    spec: Spec
    formula: str = ""
    constant: str | int | float | None = None
    required: bool = False
    repeats: bool = False
    bounds: Bounds = ANYTHING
    row: str = ""
    column: str = ""
    help: str = ""
    item: bool = False
    """The 得分 of a score table's item."""
    typed: bool = False
    """A total that the unit may type where its parts are blank."""
    defaults: tuple[str, ...] = ()
    """What stands in a blank form, of a repeating field in each of its rows."""

    @property
    def numeric(self) -> bool:
        return self.type in NUMERIC

    @property
    def score(self) -> bool:
        """A score is the unit's own judgement: a typed one is never replaced."""
        return self.type == "分值" and bool(self.formula)

    @cached_property
    def expr(self) -> Expr | None:
        return formula.parse(self.formula) if self.formula else None

    @cached_property
    def cell_formula(self) -> str:
        """The formula as it stands in the cell, without `=`; empty for an input."""
        return excel_formula(self.expr) if self.expr is not None else ""

    @cached_property
    def compute(self) -> Compiled | None:
        return formula.compile(self.expr) if self.expr is not None else None

    @cached_property
    def exact(self) -> Compiled | None:
        """The formula without its roundings, for comparing with a figure that was stated with fewer decimals."""
        return formula.compile(_unrounded(self.expr)) if self.expr is not None else None


def _unrounded(expr: Expr) -> Expr:
    if isinstance(expr, formula.Call):
        args = tuple(_unrounded(arg) for arg in expr.args)
        return args[0] if expr.name == "ROUND" else replace(expr, args=args)
    return expr


@dataclass(frozen=True)
class Table:
    """A table of variable length. Columns are found in a workbook by their headings."""

    form: str
    name: str
    definition: TableDef

    @property
    def columns(self) -> Mapping[str, str]:
        """Column key -> printed heading."""
        return {key: column.heading or key for key, column in self.definition.columns.items()}

    def type_of(self, column: str) -> str:
        return self.definition.columns[column].type

    def points_of(self, group: str) -> float | None:
        """The printed points of a 一级指标, however its cell is spelled (`产出指标（50分）`)."""
        found = self.group_key(group)
        return self.definition.groups[found].points if found else None

    def group_key(self, printed: str) -> str | None:
        """The group that a printed 一级指标 names."""
        bare = re.sub(r"\s|[（(].*$", "", printed)
        return bare if bare in self.definition.groups else None

    def group_label(self, group: str) -> str:
        definition = self.definition.groups[group]
        points = "" if definition.points is None else f"（{definition.points:g}分）"
        return definition.label or group + points


@dataclass(frozen=True)
class Form:
    """One form: its definition with words put in, its fields by name and its tables by name."""

    key: str
    definition: FormDef
    fields: Mapping[str, Field]
    tables: Mapping[str, Table]

    @property
    def name(self) -> str:
        return self.definition.form

    @property
    def repeats(self) -> bool:
        return self.definition.repeats

    @property
    def sheet(self) -> str:
        """The sheet's name, or of a repeating form its beginning."""
        return self.definition.sheet or self.definition.form

    @cached_property
    def blocks(self) -> list[tuple[str, BlockDef]]:
        return ordered(self.definition.blocks, self.definition.order)

    @cached_property
    def system(self) -> Mapping[str, str]:
        """Column letters of 系统计分, 差异, 说明 as far as the form has them."""
        return self.definition.system


def ordered(items: Mapping[str, T], order: list[str]) -> list[tuple[str, T]]:
    """The items in the given order, those that it does not name after them."""
    keys = [key for key in order if key in items] + [key for key in items if key not in order]
    return [(key, items[key]) for key in keys]


def make_form(key: str, definition: FormDef) -> Form:
    """Work out fields and tables. Raises SchemeError on a doubled name."""
    fields: dict[str, Field] = {}
    tables: dict[str, Table] = {}
    for block_key, block in definition.blocks.items():
        if block.table is not None:
            tables[block_key] = Table(definition.form, block_key, block.table)
        for field in _fields_of(definition.form, block):
            if field.name in fields:
                raise SchemeError(f"表“{definition.form}”：名称“{field.name}”重复")
            fields[field.name] = field
    return Form(key, definition, fields, tables)


def _fields_of(form: str, block: BlockDef) -> list[Field]:
    if block.grid is not None:
        return [
            Field(
                form=form, name=cell.field, label=cell.label or cell.field.replace(".", "·"), type=cell.type,
                spec=_spec(
                    cell.type, none=cell.none and not cell.required, prefix=cell.prefix, choices=cell.choices,
                    unit=cell.unit,
                ),
                formula=cell.formula, constant=_constant(form, cell), required=cell.required, help=cell.help,
                row=cell.field.partition(".")[0], column=cell.field.partition(".")[2],
                bounds=_bounds_of(form, cell),
                defaults=(cell.offers,) if cell.offers else (),
            )
            for cell in block.grid.values()
            if not isinstance(cell, str) and cell.field
        ]  # fmt: skip
    if block.matrix is not None:
        return _matrix_fields(form, block.matrix)
    return []


def _matrix_fields(form: str, matrix: MatrixDef) -> list[Field]:
    fields: list[Field] = []
    for row_key, row in matrix.rows.items():
        if row.filler:
            continue
        if row.names:
            fields.append(_name_field(form, row_key, row))
        fields += [
            _crossing(form, row_key, row, column_key, column)
            for column_key, column in matrix.columns.items()
            if column_key not in row.prints and (not column.only or row_key in column.only)
        ]
    return fields


def name_field(row: str) -> str:
    """The field of the labels that a unit writes itself."""
    return f"{row}.{NAME_COLUMN}"


def _name_field(form: str, row_key: str, row: RowDef) -> Field:
    if not row.repeats:
        raise SchemeError(f"表“{form}”的“{row_key}”：names 只用于 repeats 的行")
    return Field(
        form=form, name=name_field(row_key), label=f"{clean_label(row.label)}·{NAME_COLUMN}", type="文本",
        spec=_spec("文本"), repeats=True, row=row_key, column=NAME_COLUMN, defaults=tuple(row.names),
    )  # fmt: skip


def _crossing(form: str, row_key: str, row: RowDef, column_key: str, column: ColumnDef) -> Field:
    """The field `行.列`: a column's own formula or constant comes before the row's."""
    own = bool(column.formula) or column.value is not None
    type_ = column.type if own or row.type is None else row.type
    return Field(
        form=form, name=f"{row_key}.{column_key}", label=f"{clean_label(row.label)}·{column.heading}", type=type_,
        spec=_spec(type_), formula=column.formula or ("" if own else row.formula.replace("{列}", column_key)),
        constant=column.value, required=row.required, repeats=row.repeats, row=row_key, column=column_key,
        typed=row.typed and not own,
        bounds=_crossing_bounds(type_, row, column),
    )  # fmt: skip


def _crossing_bounds(type_: str, row: RowDef, column: ColumnDef) -> Bounds:
    if column.value is not None or type_ not in NUMERIC:
        return ANYTHING
    return bounds_of(type_, negative=row.negative or column.negative)


def _bounds_of(form: str, cell: CellDef) -> Bounds:
    if cell.value is not None:
        return ANYTHING
    try:
        return bounds_of(cell.type, cell.least, cell.most, negative=cell.negative, zero=cell.zero, whole=cell.whole)
    except SchemeError as error:
        raise SchemeError(f"表“{form}”的“{cell.field}”：{error}") from error


def _constant(form: str, cell: CellDef) -> str | int | float | None:
    """A printed figure that a word was put into (`{年}`) is a number again. Raises SchemeError if it is none."""
    value = cell.value
    if cell.type not in NUMERIC or value is None:
        return value
    try:
        number = int(value) if isinstance(value, str) else value
        finite = math.isfinite(number)
    except (ValueError, OverflowError):
        finite = False
    if not finite:
        shown = str(value)[:_SHOWN]
        raise SchemeError(f"表“{form}”的“{cell.field}”：value“{shown}”不是数；请写普通写法的数，如 5、0.5")
    return number


def clean_label(label: str) -> str:
    """`1、公务用车购置和维护经费` -> `公务用车购置和维护经费`; `其中：公车购置` -> `公车购置`."""
    bare = re.sub(r"^(\d+、|其中[：:])", "", label.strip())
    return re.sub(r"[：:]$|（[^）]*）$", "", bare)


def _spec(type_: str, *, none: bool = True, prefix: str = "", choices: list[str] | None = None, unit: str = "") -> Spec:
    return Spec(
        type=type_, unit=unit or ("万元" if type_ == "金额" else ""), decimals=DECIMALS.get(type_, 0),
        none_allowed=none, prefix=prefix, choices=tuple(choices or ()),
    )  # fmt: skip


def excel_formula(expr: Expr) -> str:
    """The formula as it stands in a cell, without `=`: fields by their defined names, columns by `表.列`."""

    def address(named: formula.Named) -> str:
        if isinstance(named, formula.Column):
            return f"{named.table}.{named.column}"
        if isinstance(named, formula.Ref):
            return named.name
        raise SchemeError(f"“[@{named.column}]”只能用在逐行的规则里")

    return formula.to_excel(expr, address)
