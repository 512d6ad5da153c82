"""Tables of variable length: columns by their headings, lines with their printed 一级 and 二级指标 carried down."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from xlauto import catalogue
from xlauto.formula import parse_found
from xlauto.formula.syntax import CellRef, FormulaError
from xlauto.model import Area, Cell, Kind, Parsed, Place, State, column_number
from xlauto.scheme.forms import Table
from xlauto.submission import Item, Line, TableRead
from xlauto.values import Spec, parse_actual, parse_target
from xlauto.values.cells import shown_number

if TYPE_CHECKING:
    from xlauto.reading import _Reader

SPECS = {"分值": Spec("分值", unit=""), "文本": Spec("文本"), "层级": Spec("文本")}
SUBTOTAL = re.compile(r"^\s*(合\s*计|小\s*计|总\s*计|其\s*中)\s*[：:]?\s*$")


def read_table(reader: _Reader, table: Table) -> TableRead | None:
    """The table's lines, also those below the named range that nothing else owns. None if the name is gone."""
    name = reader.names.get(table.name)
    if name is None or name.area is None:
        reader.find("版式02", None, table.name, field=table.name)
        return None
    area = name.area
    columns = _columns(reader, table, area)
    last = _last_row(reader, table, area, columns)
    lines = list(_lines(reader, table, area, last, columns))
    _refuse_twins(reader, lines)
    return TableRead(table, area.top, last, area.bottom, columns, lines)


def _columns(reader: _Reader, table: Table, area: Area) -> dict[str, int]:
    """Column number by key, by the headings in the table's first row, else by the column's own name."""
    headings = {
        _bare(reader.cell(area.top, col).text): col
        for col in range(area.left, area.right + 1)
        if reader.cell(area.top, col).kind is Kind.TEXT
    }
    columns: dict[str, int] = {}
    for key, heading in table.columns.items():
        named = reader.local.get(f"{table.name}.{key}")
        if (col := headings.get(_bare(heading))) is not None:
            columns[key] = col
        elif named is not None and named.area is not None:
            columns[key] = named.area.left
            place = Place(area.sheet, area.top, named.area.left)
            reader.find("版式07", place, table.name, old=heading, new=reader.cell(place.row, place.col).text)
        else:
            reader.find("版式02", None, f"{table.name}.{key}", field=heading)
    return columns


def _bare(heading: str) -> str:
    return re.sub(r"\s", "", heading)


def _last_row(reader: _Reader, table: Table, area: Area, columns: Mapping[str, int]) -> int:
    """The last row, counting filled rows between the named range and the row that the form goes on with."""
    end = reader.local.get(f"{table.name}.表尾")
    if end is None or end.area is None or end.area.top <= area.bottom:
        return area.bottom
    filled = [
        row
        for row in range(area.bottom + 1, end.area.top)
        if any(reader.cell(row, col).kind is not Kind.BLANK for col in columns.values())
    ]
    return max(filled, default=area.bottom)


def _lines(reader: _Reader, table: Table, area: Area, last: int, columns: Mapping[str, int]) -> list[Line]:
    tops = {
        (row, merge.left): merge.top
        for merge in reader.book.merges(area.sheet)
        for row in range(max(merge.top, area.top), min(merge.bottom, last) + 1)
    }
    levels = [key for key in columns if table.type_of(key) == "层级"]
    printed = dict.fromkeys(levels, "")
    lines: list[Line] = []
    for row in range(area.top + 1, last + 1):
        for position, key in enumerate(levels):
            text = reader.cell(tops.get((row, columns[key]), row), columns[key]).text.strip()
            if text and text != printed[key]:
                printed[key] = text
                printed.update(dict.fromkeys(levels[position + 1 :], ""))
        if all(reader.cell(row, columns[key]).kind is Kind.BLANK for key in columns if key not in levels):
            continue
        texts = [reader.cell(row, columns[key]).text for key in columns if table.type_of(key) in ("层级", "文本")]
        label = next((text.strip() for text in texts if SUBTOTAL.match(text)), "")
        if label:
            reader.find("版式10", Place(area.sheet, row, area.left), table.name, table=table.name, label=label)
            continue
        lines.append(_line(reader, table, row, columns, [printed[key] for key in levels]))
    return lines


def _line(reader: _Reader, table: Table, row: int, columns: Mapping[str, int], levels: list[str]) -> Line:
    items: dict[str, Item] = {}
    title = reader.cell(row, columns["三级指标"]).text.strip() if "三级指标" in columns else ""
    for key, col in columns.items():
        place, cell = Place(reader.read_into.sheet, row, col), reader.cell(row, col)
        type_ = table.type_of(key)
        linked = key == "得分" and _points_at_system(reader, cell, row)
        name = f"{title or '第' + str(row) + '行'}.{key}"
        if type_ in ("指标值", "完成值"):
            parsed = _as_text(reader, cell, place, name)
        else:
            parsed = reader.parsed(cell, place, name, SPECS[type_])
        if cell.formula is not None and not linked and type_ == "分值" and cell.kind is Kind.BLANK:
            reader.find("公式04", place, name, refused=True, raw=cell.formula)
        items[key] = Item(place, cell, parsed, linked)
    _note_figures(reader, items, title or f"第{row}行")
    group, kind = (*levels, "", "")[:2]
    return Line(row, items, group, kind)


def _note_figures(reader: _Reader, items: Mapping[str, Item], name: str) -> None:
    """What is odd in the figure of a target or a result (≤万元, ≥95% as a result)."""
    for key, read in (("年度指标值", parse_target), ("实际完成值", parse_actual)):
        if key in items and (figure := read(items[key].parsed.text)) is not None:
            where = reader.submission.where(reader.read_into, items[key].place, f"{name}.{key}")
            reader.submission.findings += [catalogue.from_note(note, where) for note in figure.notes]


def _as_text(reader: _Reader, cell: Cell, place: Place, name: str) -> Parsed:
    """An indicator's target or result: a figure counts as the text that Excel shows (0.95 as 0% is `95%`)."""
    if cell.kind is Kind.NUMBER:
        shown = shown_number(cell, reader.date1904)
        return Parsed(State.TEXT, shown, text=shown)
    return reader.parsed(cell, place, name, SPECS["文本"])


def _points_at_system(reader: _Reader, cell: Cell, row: int) -> bool:
    """Whether a 得分 is nothing but a reference to 系统计分 in its own row."""
    letters = reader.form.system.get("系统计分")
    if cell.formula is None or letters is None:
        return False
    try:
        expr = parse_found(cell.formula)
    except FormulaError:
        return False
    # An inserted column moves 系统计分; any lone reference to the right of the form in this row will do.
    match = re.match(r"^\$?([A-Z]+)\$?(\d+)$", cell.formula.strip())
    return (
        isinstance(expr, CellRef)
        and match is not None
        and int(match[2]) == row
        and column_number(match[1]) >= column_number(letters)
    )


def _refuse_twins(reader: _Reader, lines: list[Line]) -> None:
    seen: dict[tuple[str, str, str], Line] = {}
    for line in lines:
        title = line.text("三级指标")
        key = (line.group, line.kind, title)
        if not title:
            continue
        other = seen.setdefault(key, line)
        if other is not line:
            place = line.items["三级指标"].place
            reader.find("版式12", place, f"{title}.三级指标", key=title, rows=f"{other.row}、{line.row}")
