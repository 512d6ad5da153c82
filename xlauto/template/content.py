"""What stands in each cell of a form: a printed text, a unit's figure, a constant, or a formula. Not how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from xlauto.formula import round_half_up
from xlauto.look.styles import number_format
from xlauto.model import Cell, Kind, Parsed, State, Value
from xlauto.scheme.forms import Field
from xlauto.values import Spec, parse


class Role(Enum):
    """Whose cell it is: decides colour and protection."""

    PRINTED = "printed"
    INPUT = "input"
    COMPUTED = "computed"


@dataclass(frozen=True)
class Content:
    """A cell's content. `shown` is its text when it is a text, for the height of its row. A formula is without `=`;
    its `value` is None as long as it has not been computed."""

    role: Role
    value: Value = None
    formula: str = ""
    format: str = "General"

    @property
    def shown(self) -> str:
        return self.value if isinstance(self.value, str) else ""


class Unknown(Enum):
    """Why there is no value to compare a figure with."""

    NOT_COMPUTED = "not computed"
    """First pass: every computed field gets its formula."""
    NO_FORMULA = "no formula"
    """Later pass: the cell held no formula in the pass before, because the unit's figure stands there."""


def field_content(field: Field, stated: str | None, computed: Value | Unknown = Unknown.NOT_COMPUTED) -> Content:
    """A field's cell. `stated` is the published text, None if the unit has stated nothing; `computed` is what the
    field's formula gives."""
    figure = None if stated is None else parse(Cell(Kind.TEXT, stated), field.spec)
    decimals = figure.decimals if figure else None
    format_ = number_format(field.type, decimals, field.spec.prefix)
    if field.formula and stated_or_formula(field, figure, computed) is Source.FORMULA:
        value = None if isinstance(computed, Unknown) else computed
        return Content(Role.COMPUTED, value, field.cell_formula, number_format(field.type, prefix=field.spec.prefix))
    role = Role.COMPUTED if field.formula else Role.PRINTED if field.constant is not None else Role.INPUT
    if figure is None and field.constant is not None:
        return Content(role, _constant(field.constant), format=format_)
    return Content(role, _typed(figure, field.spec), format=format_)


def table_content(type_: str, stated: str) -> Content:
    """A cell of a table of variable length. Targets and results stay texts: `100%` and `≥95%` are read alike, and
    the text format keeps Excel from turning `1-2` into a date."""
    if type_ == "分值":
        spec = Spec("分值", unit="", none_allowed=True)
        figure = parse(Cell(Kind.TEXT, stated), spec)
        return Content(Role.INPUT, _typed(figure, spec), format=number_format(type_, figure.decimals))
    return Content(Role.INPUT, stated or None, format="@" if type_ in ("指标值", "完成值") else "General")


class Source(Enum):
    """What a computed field's cell holds."""

    FORMULA = "formula"
    STATED = "stated"


def stated_or_formula(field: Field, figure: Parsed | None, computed: Value | Unknown) -> Source:
    """Whether a computed field holds its formula, or the figure that the unit typed over it because it differs.

    Compared at the decimals stated, and at no fewer than the two that a computed cell shows: a published 76% for
    76.17% stays as published.
    """
    if figure is None or computed is Unknown.NOT_COMPUTED:
        return Source.FORMULA
    if isinstance(computed, Unknown):
        return Source.STATED
    if field.item and figure.state is not State.BLANK:
        return Source.STATED
    if figure.state is State.BLANK:
        return Source.STATED if isinstance(computed, Decimal) and computed else Source.FORMULA
    if figure.number is None or not isinstance(computed, Decimal):
        return Source.FORMULA if figure.text and figure.text == computed else Source.STATED
    digits = max(figure.decimals or 0, 2) + (2 if field.type == "百分比" else 0)
    return Source.FORMULA if round_half_up(computed, digits) == figure.number else Source.STATED


def _typed(figure: Parsed | None, spec: Spec) -> Value:
    """What is typed for a figure; a blank cell with a label inside keeps the label."""
    if figure is None or figure.state is State.BLANK:
        return spec.prefix or None
    if figure.number is not None:
        return figure.number
    labelled = spec.prefix and not figure.raw.startswith(spec.prefix)
    return spec.prefix + figure.raw if labelled else figure.raw


def _constant(constant: str | int | float) -> Value:
    return constant if isinstance(constant, str) else Decimal(str(constant))
