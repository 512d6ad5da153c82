"""The Book protocol: what the rest of xlauto needs of a workbook, closed file or live Excel alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from xlauto.model import Area, Cell, Place, Value


class SheetInfo(NamedTuple):
    """A sheet in the order of the tabs. `state` is `visible`, `hidden` or `veryHidden`."""

    name: str
    state: str = "visible"


class Name(NamedTuple):
    """A defined name. `scope` is a sheet's name, or empty for the workbook. `area` is None when it refers to no
    single rectangle (`#REF!`, a constant); `refers_to` keeps the text."""

    scope: str
    name: str
    area: Area | None
    refers_to: str
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCell:
    """Put a value, or a formula with its value, into one cell.

    `formula` is without `=`. `value` of None and no formula empties the cell and keeps its style.
    A text is always written as text, never as a formula. `style_of` takes over another cell's style.
    """

    place: Place
    value: Value = None
    formula: str | None = None
    style_of: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetName:
    """Let a defined name refer to another area (a table that has grown), or create it."""

    scope: str
    name: str
    area: Area


@dataclass(frozen=True, slots=True, kw_only=True)
class AddSheet:
    """Append a sheet with headings and column widths (in characters), if there is none of that name."""

    name: str
    headings: tuple[str, ...] = ()
    widths: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRowHeight:
    """Let a row that holds something be so many points high: not every program fits rows to wrapped texts."""

    sheet: str
    row: int
    points: float


Edit = SetCell | SetName | AddSheet | SetRowHeight


class Book(Protocol):
    """A workbook to read and to edit. Reading a sheet is one call; all edits go in one commit."""

    label: str
    """How messages call the file (its name, with folder where that is needed)."""

    @property
    def sheets(self) -> Sequence[SheetInfo]: ...

    @property
    def names(self) -> Sequence[Name]: ...

    def cells(self, sheet: str) -> Mapping[tuple[int, int], Cell]:
        """All stored cells of a sheet by (row, column) from 1; absent keys are empty cells."""
        ...

    def merges(self, sheet: str) -> Sequence[Area]: ...

    def commit(self, edits: Sequence[Edit]) -> None:
        """Write the edits, all or none. A SetCell that changes nothing is no change; no change, no write."""
        ...
