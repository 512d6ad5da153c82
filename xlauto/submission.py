"""A workbook as read through its scheme: sheets of entries and table lines, each with place, cell and meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from xlauto import roles
from xlauto.model import Area, Cell, Finding, Parsed, Place, State, Value, Where
from xlauto.scheme.build import Scheme
from xlauto.scheme.forms import Field, Form, Table


@dataclass(frozen=True, slots=True)
class Entry:
    """One cell of a field.

    `parsed` is what stands in the cell now, `stated` what the unit stated: the same, unless a formula was put back
    over a typed figure (更改记录 keeps that figure). `live` says that the cell holds the scheme's own formula.
    """

    field: Field
    place: Place
    cell: Cell
    parsed: Parsed
    stated: Parsed
    live: bool = False

    @property
    def overwritten(self) -> bool:
        """The unit typed (or cleared) a cell that the scheme computes."""
        return bool(self.field.formula) and (not self.live or self.stated is not self.parsed)


@dataclass(frozen=True, slots=True)
class Item:
    """One cell of a table line. `linked` says that a 得分 is a formula that points at 系统计分."""

    place: Place
    cell: Cell
    parsed: Parsed
    linked: bool = False

    @property
    def left_open(self) -> bool:
        """A 得分 that the unit leaves to the system: nothing stands there, or the link that the system put."""
        return self.linked or (self.parsed.state is State.BLANK and self.cell.formula is None)


@dataclass(frozen=True, slots=True)
class Line:
    """One filled row of a table; `group` and `kind` are its 一级指标 and 二级指标 as printed, carried down."""

    row: int
    items: Mapping[str, Item]
    group: str
    kind: str

    def text(self, column: str) -> str:
        return self.items[column].parsed.text if column in self.items else ""

    def number(self, column: str) -> Decimal | None:
        """The figure of a column; None when it is blank, none or unreadable, or only linked to 系统计分."""
        item = self.items.get(column)
        return None if item is None or item.linked else item.parsed.number

    @property
    def title(self) -> str:
        """What messages call the row: its 三级指标, or where there is none (无) its 二级指标."""
        own = self.items.get(roles.TITLE)
        named = own is not None and own.parsed.state is State.TEXT
        return self.text(roles.TITLE).replace("\n", " ") if named else self.kind or self.group or f"第{self.row}行"


@dataclass(frozen=True, slots=True)
class TableRead:
    """A table as found: where its heading and last row stand, which letter each column has, and its filled lines."""

    table: Table
    heading: int
    last: int
    named_last: int
    columns: Mapping[str, int]
    lines: Sequence[Line]


@dataclass(slots=True)
class SheetRead:
    """One sheet of one form."""

    form: Form
    sheet: str
    entries: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    tables: dict[str, TableRead] = field(default_factory=dict)
    labels: list[LabelRead] = field(default_factory=list)
    system: Mapping[str, int] = field(default_factory=dict)
    """Columns of 系统计分, 差异, 说明."""
    moved: dict[str, Area] = field(default_factory=dict)
    """Where names should lie whose rows have been sorted away from under them."""
    title: str = ""
    """What tells this sheet from others of its form: the project's name."""

    def entry(self, name: str) -> Entry | None:
        found = self.entries.get(name)
        return found[0] if found else None

    def lines(self) -> Iterator[tuple[TableRead, Line]]:
        for table in self.tables.values():
            for line in table.lines:
                yield table, line


@dataclass(frozen=True, slots=True)
class LabelRead:
    """A printed text: what the scheme prints and what stands there."""

    place: Place
    printed: str
    found: str
    field: str


@dataclass(slots=True)
class Submission:
    """One unit's workbook. `sheets` by form name, in the order of the tabs; `findings` are those of reading."""

    scheme: Scheme
    label: str
    sheets: dict[str, list[SheetRead]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    justifications: Mapping[str, str] = field(default_factory=dict)
    refreshed: bool = False
    """Whether all formulas are about to be written with right results."""

    def single(self, form: str) -> SheetRead | None:
        """The sheet of a form that does not repeat."""
        found = self.sheets.get(form)
        return found[0] if found else None

    def every(self) -> Iterator[SheetRead]:
        for sheets in self.sheets.values():
            yield from sheets

    def text(self, form: str, name: str) -> str:
        """A text field's content; empty if there is none."""
        sheet = self.single(form)
        entry = sheet.entry(name) if sheet else None
        return entry.parsed.text or entry.parsed.raw.strip() if entry else ""

    def where(self, sheet: SheetRead, place: Place | None, name: str) -> Where:
        return Where(self.label, sheet.sheet, place.ref if place else "", sheet.form.name, name)


def value_of(parsed: Parsed) -> Value:
    """What a formula sees: a number, a text (also 无 and ——), or nothing. An unreadable cell counts as its text."""
    if parsed.state is State.NUMBER:
        return parsed.number
    if parsed.state is State.BLANK:
        return None
    return parsed.text or parsed.raw
