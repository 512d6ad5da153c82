"""Where everything of a form stands: blocks -> boxes of text and fields, for given numbers of rows."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from xlauto.model import column_letters, column_number
from xlauto.scheme.forms import Form, Table, name_field, ordered
from xlauto.scheme.schema import CellDef, MatrixDef, RowDef, TableDef
from xlauto.scheme.strict import SchemeError


class Box(NamedTuple):
    """A rectangle within a form, rows and columns from 1."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def ref(self) -> str:
        return f"${column_letters(self.left)}${self.top}" + (
            ""
            if (self.top, self.left) == (self.bottom, self.right)
            else f":${column_letters(self.right)}${self.bottom}"
        )


class Laid(NamedTuple):
    """One box of the form: a printed text, or a field by name, or a cell of a table (`指标`, column key, row index)."""

    box: Box
    look: str
    text: str = ""
    field: str = ""
    table: str = ""
    column: str = ""
    row: int = 0
    indent: int = 0
    border: bool = True


class TableRow(NamedTuple):
    """The printed 一级指标 and 二级指标 of one row."""

    group: str
    kind: str


@dataclass
class Layout:
    """A form laid out. `names` are the boxes of fields; `指标` and `指标.列` those of a table from its heading row to
    its last row, `指标.表尾` the cell below, which tells where rows that were added at the end stop."""

    laid: list[Laid] = field(default_factory=list)
    names: dict[str, Box] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    table_rows: dict[str, list[TableRow]] = field(default_factory=dict)
    headings: list[int] = field(default_factory=list)
    """Rows after which the page may break and which print on each page of a long form."""
    tops: dict[str, int] = field(default_factory=dict)
    """The first row of each block."""
    last_row: int = 0


_ADDRESS = re.compile(r"^([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?$")


def box_of(address: str, above: int = 0) -> Box | None:
    """`B2:C3` shifted down by `above` rows; None if it is no address."""
    match = _ADDRESS.match(address)
    if not match:
        return None
    left, top = column_number(match[1]), int(match[2])
    right, bottom = (column_number(match[3]), int(match[4])) if match[3] else (left, top)
    if right < left or bottom < top or top < 1:
        return None
    return Box(top + above, left, bottom + above, right)


def columns_of(at: str) -> tuple[int, int] | None:
    """`B` or `B:C` as column numbers; None if it is neither."""
    match = re.match(r"^([A-Z]+)(?::([A-Z]+))?$", at)
    return (column_number(match[1]), column_number(match[2] or match[1])) if match else None


class RowCounts(NamedTuple):
    """How many rows the parts of variable length have: repeated rows by row key, table rows by table name."""

    repeated: Mapping[str, int] = {}
    tables: Mapping[str, Sequence[TableRow]] = {}


def lay_out(form: Form, counts: RowCounts = RowCounts()) -> Layout:  # noqa: B008  (an empty, immutable default)
    """Place every block below the one before. Raises SchemeError on an address that is none or that overlaps."""
    layout = Layout()
    for key, block in form.blocks:
        above = block.top - 1 if block.top else layout.last_row
        layout.tops[key] = above + 1
        if block.grid is not None:
            bottom = _lay_grid(form, key, block.grid, block.border, above, layout)
            if block.scores is not None:
                layout.headings.append(above + 1)
        elif block.matrix is not None:
            bottom = _lay_matrix(form, block.matrix, counts, above, layout)
        elif block.table is not None:
            rows = counts.tables.get(key) or blank_rows(block.table)
            bottom = _lay_table(form.tables[key], rows, above, layout)
        else:
            raise SchemeError(f"表“{form.name}”的“{key}”：grid、matrix、table 要有一个")
        for row, height in block.heights.items():
            layout.heights[above + row] = height
        layout.last_row = max(layout.last_row, bottom)
    _refuse_overlaps(form, layout)
    return layout


def blank_rows(table: TableDef) -> list[TableRow]:
    """The rows that a blank form offers."""
    return [
        TableRow(group, kind)
        for group, definition in ordered(table.groups, table.order)
        for kind, count in definition.rows.items()
        for _ in range(count)
    ]


def _lay_grid(form: Form, key: str, grid: Mapping[str, str | CellDef], border: bool, above: int, layout: Layout) -> int:
    bottom = above
    for address, cell in grid.items():
        box = box_of(address, above)
        if box is None:
            raise SchemeError(f"表“{form.name}”的“{key}”：“{address}”不是单元格地址（应如 A1 或 A1:C1）")
        bottom = max(bottom, box.bottom)
        if isinstance(cell, str):
            layout.laid.append(Laid(box, "label", text=cell, border=border))
        elif cell.field:
            layout.laid.append(Laid(box, cell.look or "field", field=cell.field, border=border))
            layout.names[cell.field] = Box(box.top, box.left, box.top, box.left)
        else:
            layout.laid.append(Laid(box, cell.look or "label", text=cell.text, border=border))
    return bottom


def _lay_matrix(form: Form, matrix: MatrixDef, counts: RowCounts, above: int, layout: Layout) -> int:
    left, right = _columns(form.name, matrix.label_at)
    spans = {key: _columns(form.name, column.at) for key, column in matrix.columns.items()}
    row = above + 1 + max(len(column.under) for column in matrix.columns.values())
    layout.laid.append(Laid(Box(above + 1, left, row, right), "label", text=matrix.heading))
    layout.laid.extend(_column_headings(matrix, spans, above + 1, row))
    for row_key, definition in ordered(matrix.rows, matrix.order):
        for number in range(_count(row_key, definition, counts)):
            row += 1
            label = Laid(Box(row, left, row, right), "row", text=definition.label, indent=definition.indent)
            if definition.names:
                label = label._replace(look="field", text="", field=name_field(row_key), row=number)
                layout.names[label.field] = Box(row - number, left, row, left)
            layout.laid.append(label)
            for column_key, (first, last) in spans.items():
                name, box = f"{row_key}.{column_key}", Box(row, first, row, last)
                if name in form.fields:
                    layout.laid.append(Laid(box, "field", field=name, row=number))
                    layout.names[name] = Box(row - number, first, row, first)
                else:
                    layout.laid.append(Laid(box, "label", text=definition.prints.get(column_key, ""), row=number))
    if matrix.side:
        first, last = _columns(form.name, matrix.side.at)
        layout.laid.append(Laid(Box(above + 1, first, row, last), "label", text=matrix.side.text))
    return row


def _column_headings(matrix: MatrixDef, spans: Mapping[str, tuple[int, int]], top: int, bottom: int) -> Iterator[Laid]:
    """The headings of a matrix's columns, and above them those that neighbours have in common."""
    columns = list(matrix.columns.items())
    for level in range(bottom - top):
        for first, last in _runs([tuple(column.under[: level + 1]) for _, column in columns]):
            above = columns[first][1].under[: level + 1]
            if len(above) > level:
                box = Box(top + level, spans[columns[first][0]][0], top + level, spans[columns[last][0]][1])
                yield Laid(box, "label", text=above[level])
    for key, column in columns:
        yield Laid(Box(top + len(column.under), spans[key][0], bottom, spans[key][1]), "label", text=column.heading)


def _count(row_key: str, definition: RowDef, counts: RowCounts) -> int:
    """How many rows there are of one kind: those with figures, and no fewer than a blank form offers."""
    if not definition.repeats:
        return 1
    return max(counts.repeated.get(row_key, 1), len(definition.names))


def _lay_table(table: Table, rows: Sequence[TableRow], above: int, layout: Layout) -> int:
    definition = table.definition
    heading, first = above + 1, above + 2
    last = above + 1 + len(rows)
    layout.headings.append(heading)
    layout.table_rows[table.name] = list(rows)
    for key, column in definition.columns.items():
        left, right = _columns(table.form, column.at)
        if not column.same_heading:
            last_heading = _heading_right(table, key)
            layout.laid.append(Laid(Box(heading, left, heading, last_heading), "label", text=column.heading or key))
        layout.names[f"{table.name}.{key}"] = Box(heading, left, last, left)
        if column.type == "层级":
            depth = 1 if key == next(iter(definition.columns)) else 2
            layout.laid.extend(
                Laid(Box(first + start, left, first + end, right), "label", table=table.name, column=key, row=start,
                     text=table.group_label(rows[start].group) if depth == 1 else rows[start].kind)
                for start, end in _runs([row[:depth] for row in rows])
            )  # fmt: skip
        else:
            layout.laid.extend(
                Laid(Box(first + i, left, first + i, right), "cell", table=table.name, column=key, row=i)
                for i in range(len(rows))
            )
    if definition.side:
        left, right = _columns(table.form, definition.side.at)
        layout.laid.append(Laid(Box(heading, left, last, right), "label", text=definition.side.text))
    edges = [_columns(table.form, column.at) for column in definition.columns.values()]
    whole = Box(heading, min(left for left, _ in edges), last, max(right for _, right in edges))
    layout.names[table.name] = whole
    layout.names[f"{table.name}.表尾"] = Box(last + 1, whole.left, last + 1, whole.left)
    return last


def _heading_right(table: Table, key: str) -> int:
    """The last column under the heading of a column: its own, or that of those after it that share the heading."""
    keys = list(table.definition.columns)
    after = itertools.takewhile(lambda other: table.definition.columns[other].same_heading, keys[keys.index(key) + 1 :])
    return _columns(table.form, table.definition.columns[[key, *after][-1]].at)[1]


def _runs(keys: Sequence[tuple[str, ...]]) -> list[tuple[int, int]]:
    """First and last index of each run of equal keys."""
    starts = [i for i in range(len(keys)) if i == 0 or keys[i] != keys[i - 1]]
    return list(zip(starts, [*(start - 1 for start in starts[1:]), len(keys) - 1], strict=True))


def _columns(form: str, at: str) -> tuple[int, int]:
    span = columns_of(at)
    if span is None:
        raise SchemeError(f"表“{form}”：“{at}”不是列（应如 B 或 B:C）")
    return span


def _refuse_overlaps(form: Form, layout: Layout) -> None:
    taken: dict[tuple[int, int], Laid] = {}
    for laid in layout.laid:
        for row in range(laid.box.top, laid.box.bottom + 1):
            for col in range(laid.box.left, laid.box.right + 1):
                other = taken.setdefault((row, col), laid)
                if other is not laid:
                    names = "、".join(f"“{item.text or item.field or item.column}”" for item in (other, laid))
                    raise SchemeError(f"表“{form.name}”：{names}在{column_letters(col)}{row}重叠")
