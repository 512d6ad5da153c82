"""The fields of a form as they stand on a sheet: each by its name, with findings on what cannot be used.

Also what a formula in an input cell is worth, for fields and table cells alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from xlauto.formula import same_formula
from xlauto.model import BLANK_CELL, Area, Cell, Kind, Parsed, Place, State
from xlauto.reading.layout import plan_of
from xlauto.reading.sheet import SheetReader
from xlauto.scheme.forms import NAME_COLUMN, Field, clean_label
from xlauto.submission import Entry
from xlauto.values import normalise_name, parse, show

MOST_NAMED = 6
"""So many fields are told by name, the others counted."""

_ANY = 15
"""More decimals than Excel keeps."""
_SUBTOTAL = re.compile(r"\s*(合\s*计|小\s*计|总\s*计|其\s*中)\s*[：:]?\s*")
_OTHER_BOOK = re.compile(r"\[(\d+|[^\[\]]+\.xl\w+)\]")
_NEW_FUNCTION = re.compile(r"_xl(?:fn|ws|udf)\.(?:_xl(?:fn|ws)\.)?([\w.]+)", re.IGNORECASE)
_FUNCTION = re.compile(r"([A-Za-z_][\w.]*)\s*\(")


def read_fields(reader: SheetReader, rows: Mapping[str, int]) -> None:
    """All entries of the sheet. `rows` are the rows that the labels of sorted rows stand in, by row key."""
    areas = _areas(reader)
    for field in reader.form.fields.values():
        area = areas.get(field.name)
        if area is None:
            reader.missing[field.name] = group_of(field)
            reader.read_into.entries[field.name] = ()
            continue
        if field.row in rows and not field.repeats and rows[field.row] != area.top:
            area = area._replace(top=rows[field.row], bottom=rows[field.row])
            reader.read_into.moved[field.name] = area
        reader.read_into.entries[field.name] = tuple(
            _entry(reader, field, place) for place in _places(reader, field, area)
        )


def _areas(reader: SheetReader) -> dict[str, Area]:
    """Where the fields lie. Names that were bent onto another field's cell, or onto a printed text, count as gone."""
    areas = {name: area for name in reader.form.fields if (area := reader.area(name))}
    owners = Counter((area.top, area.left) for area in areas.values())
    printed = plan_of(reader.form).bare
    return {
        name: area
        for name, area in areas.items()
        if owners[area.top, area.left] == 1 and not _on_a_label(reader, reader.form.fields[name], area, printed)
    }


def _on_a_label(reader: SheetReader, field: Field, area: Area, printed: frozenset[str]) -> bool:
    text = reader.text(area.top, area.left) if field.numeric or field.formula else ""
    return bool(text) and normalise_name(text) in printed


def in_a_few_words(labels: Iterable[str]) -> str:
    """The first of several labels, and how many there are."""
    words = list(dict.fromkeys(labels))
    more = f"等{len(words)}项" if len(words) > MOST_NAMED else ""
    return "、".join(words[:MOST_NAMED]) + more


def group_of(field: Field) -> str:
    """What messages call the row of a field."""
    return clean_label(field.label.split("·")[0])


def is_subtotal(text: str) -> bool:
    """Whether a label makes its row a sum of other rows."""
    return bool(_SUBTOTAL.fullmatch(text))


def usable(reader: SheetReader, cell: Cell, place: Place, name: str, *, own: str = "", required: bool = False) -> bool:
    """Whether the result of a formula that a unit typed can be taken; what is to be known of it becomes a finding.

    `own` is the scheme's formula that should stand there.
    """
    formula = cell.formula or ""
    if "#REF!" in formula and reader.lost_names:
        return False
    if own:
        reader.find("公式02", place, name, raw=formula, value=own)
        return cell.kind not in (Kind.ERROR, Kind.BLANK)
    if "#REF!" in formula:
        reader.find("公式03", place, name, error="#REF!")
        return False
    if book := _OTHER_BOOK.search(formula):
        reader.find("文件12", place, name, refused=True, 目标=_target(reader, book[1]))
        return False
    if ring := reader.rings.through(place):
        if reader.rings.is_news(ring):
            reader.find("公式06", place, name, cells="、".join(f"{at.sheet}!{at.ref}" for at in ring))
        return False
    function = _NEW_FUNCTION.search(formula) or (cell.text == "#NAME?" and _FUNCTION.search(formula))
    if function:
        reader.find("公式09", place, name, function=function[1])
        return False
    if cell.kind is Kind.BLANK:
        reader.find("公式04", place, name, refused=True, raw=formula)
        return False
    if cell.kind is Kind.TEXT and not cell.text:
        if not required:
            reader.find("公式08", place, name)
    elif cell.kind is not Kind.ERROR:
        reader.find("公式07", place, name, raw=formula, value=cell.text)
    return True


def _target(reader: SheetReader, book: str) -> str:
    """The file behind the number of an external link."""
    if not book.isdigit():
        return book
    targets = [note.params["目标"] for note in getattr(reader.book, "remarks", ()) if note.code == "文件12"]
    return targets[int(book) - 1] if 0 < int(book) <= len(targets) else f"外部工作簿{book}"


def _places(reader: SheetReader, field: Field, area: Area) -> Iterator[Place]:
    """The named cell; of a repeating row all its cells, and those added below it that nothing else owns."""
    if not field.repeats:
        yield area.place
        return
    for place in area.places():
        if not _own_sum(reader, field, place):
            yield place
    added = list(_added_below(reader, area))
    if added and area.bottom + 1 not in reader.added:
        reader.added.add(area.bottom + 1)
        reader.find("版式01", added[0], field.name, table=group_of(field), count=len(added))
    yield from added


def _added_below(reader: SheetReader, area: Area) -> Iterator[Place]:
    """Filled cells right below a repeating row that are nobody else's, down to where the form goes on."""
    row = area.bottom + 1
    owned = {name.area.top for name in reader.names.values() if name.area and name.area.sheet == area.sheet}
    plan = plan_of(reader.form)
    while row not in owned and reader.cell(row, area.left).kind is not Kind.BLANK:
        if plan.prints(reader.text(row, area.left)):
            return
        yield Place(area.sheet, row, area.left)
        row += 1


def _own_sum(reader: SheetReader, field: Field, place: Place) -> bool:
    """Whether a row among rows that are added up anyway is itself a sum."""
    labels = range(1, place.col + (field.column == NAME_COLUMN))
    col, label = next(((col, text) for col in labels if (text := reader.text(place.row, col))), (0, ""))
    if not is_subtotal(label):
        return False
    if reader.cell(place.row, place.col).kind is not Kind.BLANK:
        reader.leave_out(Place(place.sheet, place.row, col), field.name, group_of(field), label)
    return True


def _entry(reader: SheetReader, field: Field, place: Place) -> Entry:
    cell = reader.cell(place.row, place.col)
    if cell.formula is not None and field.expr is not None and same_formula(cell.formula, field.cell_formula):
        return _live(reader, field, place, cell)
    if (place.row, place.col) in reader.swallowed:
        return _unusable(field, place, cell)
    if cell.formula is not None:
        own = field.cell_formula if field.expr is not None else ""
        if not usable(reader, cell, place, field.name, own=own, required=field.required):
            return _unusable(field, place, cell)
    # A part of what only comes whole is a fault by itself, not a decimal too many.
    spec = field.spec._replace(decimals=_ANY) if field.bounds.whole else field.spec
    parsed = reader.parsed(cell, place, field.name, spec)
    if field.required and parsed.state is State.BLANK:
        reader.find("值12", place, field.name, field=field.label)
    if field.constant is not None:
        _compare_printed(reader, field, place, parsed)
    return Entry(field, place, cell, parsed, parsed)


def _live(reader: SheetReader, field: Field, place: Place, cell: Cell) -> Entry:
    """The scheme's own formula: a result that never was, or an error that an input caused, is worked out anew."""
    parsed = parse(cell, field.spec, reader.date1904)._replace(notes=())
    record = reader.earlier.get(field.name)
    if record is None or record.settled:
        return Entry(field, place, cell, parsed, parsed, live=True)
    stated = parse(_text_cell(record.old), field.spec)._replace(notes=())
    if stated.state is State.ERROR and record.edited:
        fact = f"更改记录第{record.row}行的原填“{record.old}”不能读取，未作比较"
        reader.find("版式13", place, field.name, fact=fact, hint="请改正原填，或删去该行")
    return Entry(field, place, cell, parsed, stated, live=True)


def _unusable(field: Field, place: Place, cell: Cell) -> Entry:
    parsed = Parsed(State.ERROR, cell.text or (f"={cell.formula}" if cell.formula else ""))
    return Entry(field, place, cell, parsed, parsed)


def _text_cell(text: str) -> Cell:
    return Cell(Kind.TEXT, text) if text else BLANK_CELL


def _compare_printed(reader: SheetReader, field: Field, place: Place, parsed: Parsed) -> None:
    """A figure or word that the form prints: another year is another year's workbook."""
    if parsed.state is State.ERROR:
        return
    printed = str(field.constant)
    found = show(parsed.number) if parsed.number is not None else parsed.text or "空"
    if found == printed:
        return
    if field.numeric and field.constant == reader.submission.scheme.year:
        reader.find("身份03", place, field.name, year=found, stated=found, expected=printed)
    else:
        reader.find("版式07", place, field.name, old=printed, new=found)
