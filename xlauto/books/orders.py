"""From edits to what Excel is asked to do: rectangles to write, formats to carry down, rows to fit. Pure.

Excel works out values by itself, so a formula that is there already is no change, whatever its value."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import isclose
from typing import NamedTuple

from xlauto.books.blocks import blocks
from xlauto.books.book import AddSheet, Edit, Name, SetCell, SetName, SetRowHeight
from xlauto.books.cells import Key
from xlauto.books.closed import ClosedBook
from xlauto.books.editing import covers, fitting, refuse
from xlauto.books.looks import Look, looks_of
from xlauto.books.patch import MAX_TEXT
from xlauto.books.references import area_text, parse_area
from xlauto.model import BLANK_CELL, Area, Cell, CellError, Place, Value

Content = str | float | bool
"""What Range.Formula takes: a formula with `=`, a text with `'`, a number, a truth value; empty clears the cell."""

MOST_CHARACTERS = 8_000
"""Excel 2007 takes no longer texts in an array (the limit is 8,203)."""

_AS_TEXT = "@"
_AREAS_AT_ONCE = 10
"""Excel takes 255 characters of addresses."""
_STRINGS = re.compile(r'("(?:[^"]|"")*")')
_NOT_SAID = re.compile(r"[ '@]")


class Write(NamedTuple):
    """The content of a rectangle, row by row, and what stood there. `array` tells of an array formula in one cell,
    `watched` that a person may have typed there since it was read."""

    area: Area
    rows: tuple[tuple[Content, ...], ...]
    before: tuple[tuple[Content, ...], ...]
    array: bool = False
    watched: bool = False


class NameChange(NamedTuple):
    scope: str
    name: str
    refers_to: str
    before: str | None
    """None where the name is new."""
    visible: bool = True
    twins: tuple[Name, ...] = ()
    """Names of the same text and another scope, which are to stay as they are."""


class Format(NamedTuple):
    """A number format for some rectangles of one sheet."""

    areas: tuple[Area, ...]
    code: str
    before: str


class Fill(NamedTuple):
    """Formats to be carried down from the first row of an area."""

    source: Area
    target: Area


@dataclass
class Orders:
    """All that is to be done, in this order. `locked` are the sheets whose protection stands in the way, with whether
    they have a password; `changed` is what must be in the workbook afterwards."""

    sheets: list[AddSheet] = field(default_factory=list)
    names: list[NameChange] = field(default_factory=list)
    formats: list[Format] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    fits: list[Area] = field(default_factory=list)
    locked: dict[str, bool] = field(default_factory=dict)
    changed: dict[Place, SetCell] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.sheets or self.names or self.formats or self.writes or self.fills)


def orders(book: ClosedBook, edits: Sequence[Edit]) -> Orders:
    """What the edits come to in the workbook that was read as `book`. Raises where a cell must not be written."""
    titles = {sheet.name.casefold() for sheet in book.sheets}
    result = Orders()
    cells: dict[str, dict[Key, SetCell]] = {}
    fitted: dict[str, set[int]] = {}
    for edit in edits:
        match edit:
            case AddSheet(name=name) if name.casefold() not in titles:
                titles.add(name.casefold())
                result.sheets.append(edit)
            case SetName():
                result.names += _name_changes(book.names, edit)
            case SetCell():
                cells.setdefault(edit.place.sheet, {})[edit.place[1:]] = fitting(edit)
            case SetRowHeight():
                fitted.setdefault(edit.sheet, set()).add(edit.row)
    looks = looks_of(book.package, book.structure)
    known = {sheet.info.name: sheet for sheet in book.structure.sheets}
    for name, in_sheet in cells.items():
        if name in known:
            lock = book.structure.sheet_lock(known[name])
            _KnownSheet(book, name, looks, lock, in_sheet).order(result, fitted.get(name, set()))
        else:
            _order_new(result, name, in_sheet)
    return result


def not_taken(book: ClosedBook, changed: Mapping[Place, SetCell]) -> list[Place]:
    """Where the workbook, as read afterwards, does not hold what was written."""
    return [place for place, edit in changed.items() if not _is_taken(book, place, edit)]


def names_not_taken(names: Sequence[Name], changes: Iterable[NameChange]) -> list[str]:
    """Which names, as read afterwards, do not refer to what was ordered, or have changed one of another scope."""
    present = {(name.scope.casefold(), name.name.casefold()): name for name in names}

    def is_taken(change: NameChange) -> bool:
        name = present.get((change.scope.casefold(), change.name.casefold()))
        twins = {name for key, name in present.items() if key[1] == change.name.casefold()} - {name}
        is_meant = name is not None and name.area == parse_area(change.refers_to.removeprefix("="))
        return is_meant and {(twin.scope, twin.area) for twin in twins if twin} == {
            (twin.scope, twin.area) for twin in change.twins
        }

    return [change.name for change in changes if not is_taken(change)]


def bounds(areas: Sequence[Area]) -> Area:
    """The rectangle around areas of one sheet."""
    return Area(
        areas[0].sheet,
        min(area.top for area in areas),
        min(area.left for area in areas),
        max(area.bottom for area in areas),
        max(area.right for area in areas),
    )


def as_found(write: Write, around: Area, found: Sequence[Sequence[object]]) -> Write | None:
    """The write with formulas as Excel words them, not the file, so that they can be put back; None where the cells,
    in what was `found` in the area around them, no longer hold what was read."""
    area = write.area
    rows = [row[area.left - around.left :] for row in found[area.top - around.top :]]
    pairs = [[*zip(old, now, strict=False)] for old, now in zip(write.before, rows, strict=False)]
    if not all(_is_still(old, now) for row in pairs for old, now in row):
        return None
    return write._replace(
        before=tuple(tuple(str(now) if _is_formula(old) else old for old, now in row) for row in pairs)
    )


def content(value: Value, formula: str | None = None) -> Content:
    """A cell's content as Excel takes it. An empty text is nothing: Excel has no way to type one."""
    if formula is not None:
        return f"={formula}"
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return value
    if isinstance(value, CellError):
        return str(value)
    if isinstance(value, Decimal):
        return float(value)
    # Without the apostrophe 001, 1-2, 95% and =x would become something else. The longest text leaves no room for it.
    return value if len(value) == MAX_TEXT and value[0] not in "=+-@'" else f"'{value}"


def same_formula(first: str, second: str) -> bool:
    """Whether the formulas differ at most in what Excel changes by itself: case, blanks, needless quotes, `@`."""
    return first == second or _bare(first) == _bare(second)


class _KnownSheet:
    """The edits of a sheet against what it holds."""

    def __init__(
        self, book: ClosedBook, name: str, looks: Mapping[str, Look], lock: bool | None, edits: Mapping[Key, SetCell]
    ) -> None:
        self._book, self._name, self._looks, self._lock, self._edits = book, name, looks, lock, edits
        self._cells = book.cells(name)
        self._system = _system_columns(book.names, name)

    def order(self, result: Orders, fitted: Collection[int]) -> None:
        changed = {key: edit for key, edit in self._edits.items() if self._is_change(key, edit)}
        for edit in changed.values():
            refuse(self._book, edit, keep=False)
        formats, fills = [*self._formats(changed)], [*self._fills()]
        result.changed |= {edit.place: edit for edit in changed.values()}
        result.formats += formats
        result.fills += fills
        result.writes += self._writes(changed)
        result.fits += _areas(self._name, {(row, 1) for row, _ in changed if row in fitted and self._is_fixed(row)})
        if self._lock is not None and (formats or fills or any(map(self._is_locked, changed))):
            result.locked[self._name] = self._lock

    def _is_change(self, key: Key, edit: SetCell) -> bool:
        cell = self._cell(key)
        if edit.formula is not None:
            return cell.formula is None or not same_formula(cell.formula, edit.formula)
        if content(edit.value) == "" and self._is_covered(key):
            return False
        return cell.formula is not None or not _same_value(cell.value, edit.value)

    def _formats(self, changed: Mapping[Key, SetCell]) -> Iterator[Format]:
        """Number formats: in a cell formatted as text Excel takes a formula or a number as text."""
        wanted: dict[tuple[str, str], set[Key]] = {}
        for key, edit in self._edits.items():
            present = self._cell(key).format
            if edit.style_of is not None and not _is_above(edit):
                code = self._book.cells(edit.style_of.sheet).get(edit.style_of[1:], BLANK_CELL).format
            else:
                code = "General" if key in changed and _is_swallowed(self._cell(key), self._content(key)) else present
            if code != present:
                wanted.setdefault((code, present), set()).add(key)
        for (code, present), keys in wanted.items():
            areas = _areas(self._name, keys)
            for first in range(0, len(areas), _AREAS_AT_ONCE):
                yield Format(tuple(areas[first : first + _AREAS_AT_ONCE]), code, present)

    def _fills(self) -> Iterator[Fill]:
        """The styles of entries that follow those of the first entry, one fill for all of them."""
        below: dict[int, list[SetCell]] = {}
        for edit in self._edits.values():
            if edit.style_of is not None and _is_above(edit):
                below.setdefault(edit.style_of.row, []).append(edit)
        for first, edits in below.items():
            keys = [edit.place[1:] for edit in edits]
            different = [row for row, col in keys if self._look((row, col)).key != self._look((first, col)).key]
            if different:
                left, right, last = min(col for _, col in keys), max(col for _, col in keys), max(different)
                source = Area(self._name, first, left, first, right)
                yield Fill(source, source._replace(bottom=last))

    def _writes(self, changed: Mapping[Key, SetCell]) -> Iterator[Write]:
        """The changed cells in few rectangles; cells of ours that stay as they are may lie in between."""
        if not changed:
            return
        arrays = {place[1:] for area in self._book.arrays(self._name) for place in area.places()}
        alone = {key for key in changed if key in arrays or self._is_long(key)}
        between = {key for key in self._edits if key not in changed and key not in arrays and self._may_repeat(key)}
        for key in sorted(alone):
            area = Area(self._name, *key, *key)
            written, stood = ((self._content(key),),), ((self._before(key),),)
            yield Write(area, written, stood, array=key in arrays, watched=self._is_watched(area))
        hidden = self._book.hidden_rows(self._name), self._hidden_columns()
        for block in blocks(changed.keys() - alone, between, *hidden):
            area = Area(self._name, *block)
            new, old = _rows(area, self._content), _rows(area, self._before)
            yield Write(area, new, old, watched=self._is_watched(area))

    def _is_watched(self, area: Area) -> bool:
        """Whether a person may have typed there since: not in the system's columns, nor in cells that are locked."""
        if self._system is None:
            return False
        open_ = (place[1:] for place in area.places() if place.col not in self._system)
        return any(self._lock is None or not self._is_locked(key) for key in open_)

    def _may_repeat(self, key: Key) -> bool:
        new = self._content(key)
        return not (
            self._is_covered(key)
            or (self._lock is not None and self._is_locked(key))
            or _is_swallowed(self._cell(key), new)
            or self._is_long(key)
        )

    def _content(self, key: Key) -> Content:
        edit = self._edits[key]
        return content(edit.value, edit.formula)

    def _is_long(self, key: Key) -> bool:
        return any(
            isinstance(one, str) and len(one) > MOST_CHARACTERS for one in (self._content(key), self._before(key))
        )

    def _cell(self, key: Key) -> Cell:
        return self._cells.get(key, BLANK_CELL)

    def _before(self, key: Key) -> Content:
        cell = self._cell(key)
        return content(cell.value, cell.formula)

    def _look(self, key: Key) -> Look:
        return self._looks[self._book.layout(self._name).style(key)]

    def _is_locked(self, key: Key) -> bool:
        return self._look(key).locked

    def _is_covered(self, key: Key) -> bool:
        place = Place(self._name, *key)
        return any(covers(merge, place) and merge.place != place for merge in self._book.merges(self._name))

    def _is_fixed(self, row: int) -> bool:
        """Whether the row keeps its height. All others Excel fits by itself; it would also show hidden ones."""
        known = self._book.layout(self._name).rows.get(row)
        is_fixed = known is not None and known.attributes.get("customHeight") in ("1", "true")
        return is_fixed and row not in self._book.hidden_rows(self._name)

    def _hidden_columns(self) -> set[int]:
        spans = (span.attributes for span in self._book.layout(self._name).columns)
        hidden = (found for found in spans if found.get("hidden") in ("1", "true"))
        last = max((col for _, col in self._edits), default=0)
        return {col for found in hidden for col in range(int(found["min"]), min(int(found["max"]), last) + 1)}


def _order_new(result: Orders, name: str, edits: Mapping[Key, SetCell]) -> None:
    """A sheet that is not there yet."""
    filled = {key: content(edit.value, edit.formula) for key, edit in edits.items()}
    filled = {key: new for key, new in filled.items() if new != ""}
    result.changed |= {edits[key].place: edits[key] for key in filled}
    for area in _areas(name, filled):
        new = _rows(area, filled.__getitem__)
        result.writes.append(Write(area, new, _rows(area, lambda _: "")))


def _name_changes(names: Iterable[Name], edit: SetName) -> Iterator[NameChange]:
    key = edit.scope.casefold(), edit.name.casefold()
    known = next((name for name in names if (name.scope.casefold(), name.name.casefold()) == key), None)
    twins = tuple(name for name in names if name.name.casefold() == key[1] and name is not known)
    refers_to = f"={area_text(edit.area)}"
    if known is None:
        yield NameChange(edit.scope, edit.name, refers_to, None, twins=twins)
    elif known.area != edit.area:
        yield NameChange(edit.scope, known.name, refers_to, f"={known.refers_to}", not known.hidden, twins)


def _system_columns(names: Iterable[Name], sheet: str) -> frozenset[int] | None:
    """The columns of a sheet that the system writes and names `_…`; None for a list, which has no names of its own."""
    own = [name for name in names if name.area and name.area.sheet == sheet and not name.name.startswith("_xlnm")]
    if not own:
        return None
    return frozenset(name.area.left for name in own if name.area and name.scope and name.name.startswith("_"))


def _is_still(old: Content, now: object) -> bool:
    """Whether Range.Formula, which tells numbers and truth values as texts too, is still what was read."""
    if isinstance(old, bool):
        return str(now).upper() == str(old).upper()
    if isinstance(old, float):
        return _is_number(now, old)
    if _is_formula(old):
        return isinstance(now, str) and _is_formula(now) and (_is_reworded(old) or same_formula(old, now))
    if old.startswith("#"):
        return not isinstance(now, str) or now == old  # in an array an error may come as its number
    return _told(old.removeprefix("'")) == (_told(now) if isinstance(now, str) else now)


def _is_number(now: object, number: float) -> bool:
    try:
        return isclose(float(str(now)), number, rel_tol=1e-14)
    except ValueError:
        return False


def _is_formula(content: Content) -> bool:
    return isinstance(content, str) and content.startswith("=")


def _is_reworded(formula: str) -> bool:
    """Whether the file words the formula otherwise than Range.Formula: other workbooks, tables, later functions."""
    return "[" in formula or "_xl" in formula.casefold()


def _is_taken(book: ClosedBook, place: Place, edit: SetCell) -> bool:
    cell = book.cells(place.sheet).get(place[1:], BLANK_CELL)
    if edit.formula is not None:
        return cell.formula is not None
    return cell.formula is None and _same_value(cell.value, edit.value)


def _same_value(stored: Value, value: Value) -> bool:
    """Numbers as the doubles that they are in Excel, texts with any kind of line end, no text the same as nothing."""
    stored, value = _told(stored), _told(value)
    if isinstance(stored, Decimal) and isinstance(value, Decimal):
        return isclose(stored, value, rel_tol=1e-14)
    return type(stored) is type(value) and stored == value


def _told(value: Value) -> Value:
    if type(value) is str:
        return value.replace("\r\n", "\n").replace("\r", "\n") or None
    return value


def _is_above(edit: SetCell) -> bool:
    """Whether the style comes from a cell further up in the same column, so that a fill can carry it down."""
    source, place = edit.style_of, edit.place
    return source is not None and (source.sheet, source.col) == (place.sheet, place.col) and source.row < place.row


def _is_swallowed(cell: Cell, new: Content) -> bool:
    """Whether the cell's format would make a text of the content."""
    is_text = type(new) is str and (not new or new[0] == "'" or len(new) > MOST_CHARACTERS)
    return cell.format == _AS_TEXT and not is_text


def _areas(sheet: str, keys: Collection[Key]) -> list[Area]:
    return [Area(sheet, *block) for block in blocks(keys)]


def _rows(area: Area, at: Callable[[Key], Content]) -> tuple[tuple[Content, ...], ...]:
    columns = range(area.left, area.right + 1)
    return tuple(tuple(at((row, col)) for col in columns) for row in range(area.top, area.bottom + 1))


def _bare(formula: str) -> str:
    pieces = _STRINGS.split(formula)
    return "".join(piece if at % 2 else _NOT_SAID.sub("", piece).upper() for at, piece in enumerate(pieces))
