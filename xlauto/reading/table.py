"""Tables of variable length: columns by their headings, lines with their printed 一级 and 二级指标 carried down."""

from __future__ import annotations

import re
from collections.abc import Mapping

from xlauto import catalogue, roles
from xlauto.formula import parse_found
from xlauto.formula.syntax import CellRef, FormulaError
from xlauto.model import Area, Cell, Kind, Note, Parsed, Place, State, column_number
from xlauto.reading.fields import is_subtotal, usable
from xlauto.reading.sheet import SheetReader
from xlauto.scheme.forms import Table
from xlauto.submission import Item, Line, TableRead
from xlauto.values import Spec, parse, parse_actual, parse_target
from xlauto.values.cells import shown_number

SPECS = {"分值": Spec("分值", unit=""), "文本": Spec("文本"), "层级": Spec("文本")}

_SEVERAL = re.compile(r"\s*\d+(?:\.\d+)?(?:\s*[、；;/和及]\s*\d+(?:\.\d+)?)+\s*")


def read_table(reader: SheetReader, table: Table) -> TableRead | None:
    """The table's lines, also those below the named range that nothing else owns. None if it, or a column, is gone."""
    area = reader.area(table.name)
    if area is None:
        reader.missing[table.name] = f"{table.name}表"
        return None
    columns = _columns(reader, table, area)
    if columns is None:
        return None
    last = _last_row(reader, table, area, columns)
    if last > area.bottom:
        place = Place(area.sheet, area.bottom + 1, area.left)
        reader.find("版式01", place, table.name, table=f"{table.name}表", count=last - area.bottom)
    lines = list(_lines(reader, table, area, last, columns))
    _refuse_twins(reader, lines)
    return TableRead(table, area.top, last, area.bottom, columns, lines)


def _columns(reader: SheetReader, table: Table, area: Area) -> dict[str, int] | None:
    """Column number by key, by the headings in the table's first row, else by the column's own name. None without."""
    headings = {
        _bare(reader.cell(area.top, col).text): col
        for col in range(area.left, area.right + 1)
        if reader.cell(area.top, col).kind is Kind.TEXT
    }
    shared = {key for key, column in table.definition.columns.items() if column.same_heading}
    own = [heading for key, heading in table.columns.items() if key not in shared]
    if sum(_bare(heading) in headings for heading in own) * 2 < len(own):
        reader.missing[table.name] = f"{table.name}表的标题行"
        return None
    columns: dict[str, int] = {}
    for key, heading in table.columns.items():
        named = reader.area(f"{table.name}.{key}")
        if key in shared and named is not None:
            columns[key] = named.left
        elif (col := headings.get(_bare(heading))) is not None:
            columns[key] = col
        elif named is not None:
            columns[key] = named.left
            place = Place(area.sheet, area.top, named.left)
            reader.find("版式07", place, table.name, old=heading, new=reader.cell(place.row, place.col).text)
        else:
            reader.missing[f"{table.name}.{key}"] = heading
            return None
    return columns


def _bare(heading: str) -> str:
    return re.sub(r"\s", "", heading)


def _last_row(reader: SheetReader, table: Table, area: Area, columns: Mapping[str, int]) -> int:
    """The last row, counting filled rows between the named range and the row that the form goes on with."""
    end = reader.area(f"{table.name}.表尾")
    if end is None or end.top <= area.bottom:
        return area.bottom
    filled = [
        row
        for row in range(area.bottom + 1, end.top)
        if any(reader.cell(row, col).kind is not Kind.BLANK for col in columns.values())
    ]
    return max(filled, default=area.bottom)


def _lines(reader: SheetReader, table: Table, area: Area, last: int, columns: Mapping[str, int]) -> list[Line]:
    tops = {
        (row, merge.left): merge.top
        for merge in reader.merges
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
        texts = {
            columns[key]: reader.text(row, columns[key]) for key in columns if table.type_of(key) in ("层级", "文本")
        }
        sums = [(col, text) for col, text in texts.items() if is_subtotal(text)]
        if sums:
            reader.leave_out(Place(area.sheet, row, sums[0][0]), table.name, f"{table.name}表", sums[0][1])
            continue
        lines.append(_line(reader, table, row, columns, [printed[key] for key in levels]))
    return lines


def _line(reader: SheetReader, table: Table, row: int, columns: Mapping[str, int], levels: list[str]) -> Line:
    items: dict[str, Item] = {}
    title = reader.cell(row, columns[roles.TITLE]).text.strip() if roles.TITLE in columns else ""
    for key, col in columns.items():
        place, cell = Place(reader.sheet, row, col), reader.cell(row, col)
        linked = key == roles.SCORE and _points_at_system(reader, cell, row)
        parsed = _parsed(reader, cell, place, f"{title or f'第{row}行'}.{key}", table.type_of(key), linked=linked)
        items[key] = Item(place, cell, parsed, linked)
    _note_figures(reader, items, title or f"第{row}行")
    group, kind = (*levels, "", "")[:2]
    return Line(row, items, group, kind)


def _note_figures(reader: SheetReader, items: Mapping[str, Item], name: str) -> None:
    """What is odd in the figure of a target or a result (≤万元, ≥95% or 8～10座 as a result)."""
    target = parse_target(items[roles.TARGET].parsed.text) if roles.TARGET in items else None
    result = items.get(roles.ACTUAL)
    notes = [(roles.TARGET, note) for note in target.notes] if target else []
    if result is not None:
        actual = parse_actual(result.parsed.text)
        notes += [(roles.ACTUAL, note) for note in actual.notes] if actual else []
        if actual is None and target is not None and (code := _not_one(result.parsed.text)):
            notes.append((roles.ACTUAL, Note(code, {"raw": result.parsed.text})))
    for key, note in notes:
        where = reader.submission.where(reader.read_into, items[key].place, f"{name}.{key}")
        reader.submission.findings.append(catalogue.from_note(note, where))


def _not_one(text: str) -> str:
    """The code for a result that should be one figure and is a range or several; empty for anything else."""
    found = parse_target(text)
    if found is not None and found.op in ("范围", "±"):
        return "值09"
    return "值10" if _SEVERAL.fullmatch(text) else ""


def _parsed(reader: SheetReader, cell: Cell, place: Place, name: str, type_: str, *, linked: bool) -> Parsed:
    """A cell's meaning. A figure as target or result counts as the text that Excel shows (0.95 as 0% is `95%`)."""
    if linked:
        return parse(cell, SPECS[type_], reader.date1904)._replace(notes=())
    figures = type_ not in ("层级", "文本")
    if cell.formula is not None and figures and not usable(reader, cell, place, name):
        return Parsed(State.ERROR, cell.text)
    if type_ not in ("指标值", "完成值"):
        return reader.parsed(cell, place, name, SPECS[type_])
    if cell.kind is Kind.NUMBER:
        shown = shown_number(cell, reader.date1904)
        return Parsed(State.TEXT, shown, text=shown)
    if cell.kind is Kind.BOOL:
        return reader.parsed(cell, place, name, SPECS["分值"])
    return reader.parsed(cell, place, name, SPECS["文本"])


def _points_at_system(reader: SheetReader, cell: Cell, row: int) -> bool:
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


def _refuse_twins(reader: SheetReader, lines: list[Line]) -> None:
    seen: dict[tuple[str, str, str], Line] = {}
    for line in lines:
        title = line.text(roles.TITLE)
        key = (line.group, line.kind, title)
        if not title or line.items[roles.TITLE].parsed.state is State.NONE:
            continue
        other = seen.setdefault(key, line)
        if other is not line:
            place = line.items[roles.TITLE].place
            reader.find("版式12", place, f"{title}.三级指标", key=title, rows=f"{other.row}、{line.row}")
