"""What a unit has done to a form beside filling it in: rows sorted, columns inserted, labels changed, cells dragged,
merged or hidden, figures written where nothing reads them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from xlauto.model import Cell, Kind, Place
from xlauto.reading.sheet import SheetReader
from xlauto.scheme.forms import Form
from xlauto.scheme.layout import Box, Layout, columns_of, lay_out
from xlauto.scheme.schema import MatrixDef
from xlauto.sheets import system_name
from xlauto.submission import Entry, LabelRead
from xlauto.values import normalise_name

MOST_CELLS = 8
"""So many cells are told by address, the others counted."""

_FIGURE = re.compile(r"\s*+[-+]?(?:[\d,，]*+\.\d++|[\d,，]*+(?<=\d))%?\s*+")


class Printed(NamedTuple):
    """A text of the form outside of its tables; a `line` is one that people write behind (填表人：)."""

    box: Box
    text: str
    line: bool


class Plan(NamedTuple):
    """What a form looks like as published."""

    printed: Sequence[Printed]
    bare: frozenset[str]
    """The printed texts for comparing."""
    fields: Mapping[str, Box]
    tails: Mapping[str, tuple[int, int]]
    """The heading row of each table, and the row below its last."""
    right: int
    first_row: int
    """The row below the title."""
    last_row: int

    def prints(self, text: str) -> bool:
        """Whether the form itself says so somewhere, in words."""
        found = normalise_name(text)
        lines = tuple(normalise_name(printed.text) for printed in self.printed if printed.line)
        return any(map(str.isalnum, found)) and (found in self.bare or found.startswith(lines))


def plan_of(form: Form) -> Plan:
    return _plan(_Same(form))


class _Same:
    """A form as a key: the same object, since forms cannot be hashed."""

    def __init__(self, form: Form) -> None:
        self.form = form

    def __hash__(self) -> int:
        return id(self.form)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.form is self.form


@lru_cache(maxsize=64)
def _plan(key: _Same) -> Plan:
    form = key.form
    layout = lay_out(form)
    printed = [
        Printed(laid.box, laid.text, laid.look == "line")
        for laid in layout.laid
        if laid.text.strip() and not laid.field and not laid.table and not _within_table(form, layout, laid.box)
    ]
    fields = {name: box for name, box in layout.names.items() if name in form.fields}
    right = max(laid.box.right for laid in layout.laid)
    tails = {name: (layout.names[name].top, layout.names[name].bottom + 1) for name in form.tables}
    bare = frozenset(normalise_name(p.text) for p in printed)
    first_row = min((laid.box.top for laid in layout.laid if laid.border), default=1)
    return Plan(printed, bare, fields, tails, right, first_row, layout.last_row)


def _within_table(form: Form, layout: Layout, box: Box) -> bool:
    """Whether a printed text stands beside the rows of a table, whose number differs from workbook to workbook."""
    return any(layout.names[table].top <= box.top <= layout.names[table].bottom for table in form.tables)


# --- rows that were sorted ----------------------------------------------------------------------------------------


def sorted_rows(reader: SheetReader) -> dict[str, int]:
    """The rows where the labels of matrix rows stand, by row key, if they were sorted away from their names."""
    rows: dict[str, int] = {}
    for _, block in reader.form.blocks:
        if block.matrix is not None:
            rows |= _sorted(reader, block.matrix)
    if rows:
        reader.find("版式06", None, "")
    return rows


def _sorted(reader: SheetReader, matrix: MatrixDef) -> dict[str, int]:
    named = {key: row for key in matrix.rows if (row := _named_row(reader, key)) is not None}
    span = columns_of(matrix.label_at)
    if span is None or not named:
        return {}
    wanted = {key: normalise_name(matrix.rows[key].label) for key in named if not matrix.rows[key].repeats}
    found = {
        row: normalise_name(reader.text(row, span[0])) for row in range(min(named.values()), max(named.values()) + 1)
    }
    if all(found[named[key]] == label for key, label in wanted.items()):
        return {}
    at = {label: row for row, label in found.items() if list(found.values()).count(label) == 1}
    moved = {key: at.get(label, named[key]) for key, label in wanted.items()}
    changed = {key: row for key, row in moved.items() if row != named[key]}
    # A label that is gone for good was edited, not sorted; rows that trade places leave no label behind.
    complete = all(found[row] == wanted[key] for key, row in moved.items()) and len(set(moved.values())) == len(moved)
    return changed if complete else {}


def _named_row(reader: SheetReader, key: str) -> int | None:
    rows = [area.top for name, field in reader.form.fields.items() if field.row == key and (area := reader.area(name))]
    return Counter(rows).most_common(1)[0][0] if rows else None


# --- where everything is now --------------------------------------------------------------------------------------


class Found:
    """Rows and columns of the published form -> those of the sheet, by the fields that were found."""

    def __init__(self, reader: SheetReader) -> None:
        self.plan = plan_of(reader.form)
        self.entries: dict[str, Entry] = {
            name: entries[0]
            for name, entries in reader.read_into.entries.items()
            if entries and name in self.plan.fields
        }
        rows: dict[int, list[int]] = {}
        cols: dict[int, list[int]] = {}
        for name, entry in self.entries.items():
            box = self.plan.fields[name]
            rows.setdefault(box.top, []).append(entry.place.row)
            cols.setdefault(box.left, []).append(entry.place.col)
        tables = reader.form.tables.keys() == reader.read_into.tables.keys()
        self.complete = tables and self.entries.keys() == self.plan.fields.keys()
        """Whether no part of the form has been deleted: else nothing can be said of where the rest belongs."""
        self.rows = {row: _most(found) for row, found in rows.items()}
        for name, table in reader.read_into.tables.items():
            heading, tail = self.plan.tails[name]
            end = reader.area(f"{name}.表尾")
            self.rows.setdefault(heading, table.heading)
            self.rows.setdefault(tail, end.top if end else table.last + 1)
        self.cols = {col: _most(found) for col, found in cols.items()}

    def rows_for(self, row: int) -> Sequence[int]:
        """Where a row of the form may be: exactly known if a field stands in it, else between its neighbours."""
        if row in self.rows:
            return (self.rows[row],)
        return _between(self.rows, row)

    def cols_for(self, col: int) -> Sequence[int]:
        return (self.cols[col],) if col in self.cols else _between(self.cols, col)

    @property
    def right(self) -> int:
        return max(self.cols_for(self.plan.right))

    @property
    def bottom(self) -> int:
        last = max(self.rows, default=0)
        return self.rows.get(last, 0) + self.plan.last_row - last


def _most(numbers: Sequence[int]) -> int:
    return Counter(numbers).most_common(1)[0][0]


def _between(known: Mapping[int, int], wanted: int) -> Sequence[int]:
    """The numbers that one between known ones may have: reckoned from the one before, then up to the one after."""
    before = max((number for number in known if number < wanted), default=None)
    after = min((number for number in known if number > wanted), default=None)
    from_after = known[after] - (after - wanted) if after is not None else None
    from_before = known[before] + (wanted - before) if before is not None else None
    if from_after is None:
        return (from_before or wanted,)
    return tuple(range(from_before or wanted, from_after + 1)) or (max(1, from_after),)


# --- labels -------------------------------------------------------------------------------------------------------


def read_labels(reader: SheetReader, found: Found) -> Iterator[LabelRead]:
    """Printed texts where they should stand, and what stands there."""
    names = sorted(found.entries, key=lambda name: found.plan.fields[name].top)
    for printed in found.plan.printed:
        place = _label_place(reader, printed, found)
        name = next((n for n in names if printed.box.top <= found.plan.fields[n].top), "") or (
            names[-1] if names else ""
        )
        text = reader.text(place.row, place.col)
        if printed.line and normalise_name(text).startswith(normalise_name(printed.text)):
            text = printed.text
        yield LabelRead(place, printed.text, text, name)


def _label_place(reader: SheetReader, printed: Printed, found: Found) -> Place:
    rows, cols = found.rows_for(printed.box.top), found.cols_for(printed.box.left)
    wanted = normalise_name(printed.text)
    for row in rows:
        for col in cols:
            if normalise_name(reader.text(row, col)).startswith(wanted):
                return Place(reader.sheet, row, col)
    return Place(reader.sheet, rows[0], cols[0])


def report_layout(reader: SheetReader, found: Found) -> None:
    """Findings on columns inserted, cells dragged, merged and hidden, and on figures that nothing reads."""
    if not found.complete:
        return
    _dragged(reader, found)
    if any(col > published for published, col in found.cols.items()):
        reader.find("版式03", None, "")
    _merged_over(reader)
    _hidden(reader)
    _unread(reader, found)


def _dragged(reader: SheetReader, found: Found) -> None:
    """A field that no longer stands in the row, or the column, of its neighbours."""
    labels = [(p.box, p.text) for p in found.plan.printed]
    for name, entry in found.entries.items():
        box, place = found.plan.fields[name], entry.place
        row, col = found.rows[box.top], found.cols[box.left]
        if (place.row, place.col) == (row, col) or reader.form.fields[name].repeats:
            continue
        if place.row != row:
            wanted = next((text for at, text in labels if at.top <= box.top <= at.bottom and at.right < box.left), name)
        else:
            wanted = next(
                (text for at, text in reversed(labels) if at.left <= box.left <= at.right and at.bottom < box.top), name
            )
        beside = next(
            (reader.text(place.row, at) for at in range(place.col - 1, 0, -1) if reader.text(place.row, at)), "空"
        )
        reader.find("版式05", place, name, raw=beside, value=wanted)


# --- cells merged or hidden ---------------------------------------------------------------------------------------


def _read_cells(reader: SheetReader) -> Iterator[tuple[str, Place, Cell]]:
    """Every cell that carries a unit's figure or text."""
    for name, entries in reader.read_into.entries.items():
        for entry in entries:
            yield name, entry.place, entry.cell
    for table, line in reader.read_into.lines():
        for key, item in line.items.items():
            if table.table.type_of(key) != "层级":
                yield f"{line.title}.{key}", item.place, item.cell


def _merged_over(reader: SheetReader) -> None:
    """A merge that covers a cell to be filled in has thrown its value away."""
    lost: dict[object, list[tuple[str, Place]]] = {}
    for name, place, _ in _read_cells(reader):
        merge = reader.swallowed.get((place.row, place.col))
        if merge is not None:
            lost.setdefault(merge, []).append((name, place))
    for covered in lost.values():
        name, place = covered[0]
        reader.find("版式04", place, name, cells=addresses(at for _, at in covered))


def _hidden(reader: SheetReader) -> None:
    """Rows out of sight whose figures count nevertheless. Only a closed file tells."""
    hidden_rows = getattr(reader.book, "hidden_rows", None)
    hidden = hidden_rows(reader.sheet) if hidden_rows else frozenset()
    rows = (
        sorted({place.row for _, place, cell in _read_cells(reader) if place.row in hidden and cell.text})
        if hidden
        else []
    )
    if rows:
        reader.find("版式08", None, "", rows="、".join(map(str, rows)))


def addresses(places: Iterable[Place]) -> str:
    """`B3、B4、C7等12处`"""
    all_of_them = list(places)
    more = f"等{len(all_of_them)}处" if len(all_of_them) > MOST_CELLS else ""
    return "、".join(place.ref for place in all_of_them[:MOST_CELLS]) + more


# --- figures that nothing reads -----------------------------------------------------------------------------------


def _unread(reader: SheetReader, found: Found) -> None:
    """Figures inside the form or next to it that belong to no field, and, as a hint, those further away."""
    stray = sorted(place for place, cell in _strays(reader, found) if _is_figure(cell))
    near = [place for place in stray if _adjoins(reader, found, place)]
    if near:
        reader.find("版式09", near[0], "", table=reader.form.name, cells=addresses(near))
    far = [place for place in stray if place not in near]
    if far:
        reader.find("版式13", None, "", cells=addresses(far))


def _is_figure(cell: Cell) -> bool:
    """A number, a text that is one, or a formula whose result nobody has worked out yet."""
    if cell.kind is Kind.BLANK:
        return cell.formula is not None
    return cell.kind is Kind.NUMBER or (cell.kind is Kind.TEXT and bool(_FIGURE.fullmatch(cell.text)))


def _strays(reader: SheetReader, found: Found) -> Iterator[tuple[Place, Cell]]:
    """Filled cells that are no field, no table cell, no line to write behind, and no column of xlauto's own."""
    own = {(place.row, place.col) for _, place, _ in _read_cells(reader)}
    tables = [
        (t.heading, t.last, min(t.columns.values()), max(t.columns.values())) for t in reader.read_into.tables.values()
    ]
    system = set(reader.read_into.system.values())
    lines = {row for p in found.plan.printed if p.line for row in found.rows_for(p.box.top)}
    for (row, col), cell in reader.cells.items():
        filled = cell.text or cell.formula is not None
        if not filled or (row, col) in own or col in system or row in lines or row in reader.subtotals:
            continue
        if not any(top <= row <= bottom and left <= col <= right for top, bottom, left, right in tables):
            yield Place(reader.sheet, row, col), cell


def _adjoins(reader: SheetReader, found: Found, place: Place) -> bool:
    """Whether a reader of the form would take the figure for a part of it: no blank row or column lies between."""
    if place.row <= found.bottom:
        return place.col <= found.right or (place.col == found.right + 1 and _beside_table(reader, place))
    between = range(found.bottom + 1, place.row)
    columns = range(1, found.right + 1)
    return place.col <= found.right and all(any(reader.cell(row, col).text for col in columns) for row in between)


def _beside_table(reader: SheetReader, place: Place) -> bool:
    return any(t.heading <= place.row <= t.last for t in reader.read_into.tables.values())


# --- the system's columns -----------------------------------------------------------------------------------------


def system_columns(reader: SheetReader, found: Found) -> dict[str, int]:
    """系统计分, 差异, 说明 right of the form, as far as they are there: by their names, else by their headings."""
    right = max([found.right, *(max(table.columns.values()) for table in reader.read_into.tables.values())])
    scoped = {name.name: name for name in reader.book.names if name.scope == reader.sheet}
    columns: dict[str, int] = {}
    for title in reader.form.system:
        name = scoped.get(system_name(title))
        if name is not None and name.area is None:
            continue  # deleted
        area = name.area if name is not None and name.area and name.area.sheet == reader.sheet else None
        if area is not None and area.left > right and reader.text(area.top, area.left).strip() == title:
            columns[title] = area.left
        elif col := _beside(reader, found, title, right):
            columns[title] = col
    return columns


def _beside(reader: SheetReader, found: Found, heading: str, right: int) -> int:
    """The first column right of the form with a heading beside that of a table, or beside the form's first row."""
    rows = {table.heading for table in reader.read_into.tables.values()}
    if not rows:
        rows = set(found.rows_for(found.plan.first_row))
    return min(
        (col for (row, col) in reader.cells if row in rows and col > right and reader.text(row, col) == heading),
        default=0,
    )
