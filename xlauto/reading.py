"""Book + Scheme -> Submission: every field and table line found by its defined name, with findings on what is amiss.

What the figures should be is decided in compute, checking and scoring.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from xlauto import catalogue
from xlauto.books.book import Book, Name
from xlauto.formula import same_formula
from xlauto.model import BLANK_CELL, Area, CannotGoOn, Cell, Finding, Kind, Level, Parsed, Place, State, Where, column_number
from xlauto.readtable import read_table
from xlauto.scheme import Scheme, available, load_scheme
from xlauto.scheme.forms import Field, Form
from xlauto.scheme.layout import Box, Layout, lay_out
from xlauto.sheets import CHANGES, FINDINGS, WAS_BLANK
from xlauto.submission import Entry, LabelRead, SheetRead, Submission
from xlauto.values import Spec, parse

MARK = "_xlauto"
Cells = Mapping[tuple[int, int], Cell]
Named = Mapping[str, Name]


def scheme_of(book: Book, extra: Sequence[Path] = ()) -> Scheme:
    """The scheme that the workbook says it follows. Raises CannotGoOn (身份01, 身份02, 身份04)."""
    mark = next((name.refers_to.strip('="') for name in book.names if name.name == MARK), "")
    if not mark:
        raise catalogue.refusal("身份01", book.label)
    scheme_id, _, version = mark.partition("@")
    known = [folder.id for folder in available(extra)]
    if scheme_id not in known:
        raise catalogue.refusal("身份04", book.label, scheme=scheme_id, expected="、".join(known))
    scheme = load_scheme(scheme_id, extra)
    if version != scheme.definition.version:
        raise catalogue.refusal("身份02", book.label, version=mark, current=scheme.mark, fields="见新模板")
    return scheme


def read(book: Book, scheme: Scheme) -> Submission:
    """Everything the scheme asks for. Raises CannotGoOn only where the file itself cannot be read."""
    submission = Submission(scheme, book.label)
    stated = _stated_before(book)
    scopes: dict[str, dict[str, Name]] = {}
    for name in book.names:
        scopes.setdefault(name.scope, {}).setdefault(name.name, name)
    present = {info.name for info in book.sheets}
    for form in scheme.forms.values():
        reads = submission.sheets[form.name] = []
        for sheet, names in _homes(form, scopes, present):
            reads.append(_Reader(book, submission, form, sheet, names, stated).read())
        if not reads and not form.repeats:
            where = Where(book.label, form.sheet, "", form.name)
            submission.findings.append(catalogue.finding("身份06", where, form=form.name, fields="全部项目"))
    for remark in getattr(book, "remarks", ()):
        submission.findings.append(catalogue.finding(remark.code, Where(book.label), **remark.params))
    submission.justifications = _justifications(book)
    return submission


def _homes(form: Form, scopes: Mapping[str, Named], present: set[str]) -> Iterator[tuple[str, Named]]:
    """The sheets on which a form stands, with its names there: workbook-wide ones, or one set per sheet."""
    wanted = [*form.fields, *form.tables]
    if not form.repeats:
        book_wide = scopes.get("", {})
        found = {name: book_wide[name] for name in wanted if name in book_wide}
        homes = [name.area.sheet for name in found.values() if name.area and name.area.sheet in present]
        if homes:
            yield max(homes, key=homes.count), found
        return
    for scope, names in scopes.items():
        mine = {name: names[name] for name in wanted if name in names}
        if scope in present and len(mine) * 2 > len(wanted):
            yield scope, mine


class _Reader:
    """Reads one sheet of one form."""

    def __init__(
        self, book: Book, submission: Submission, form: Form, sheet: str, names: Named, stated: Mapping[tuple[str, str], str]
    ) -> None:
        self.book, self.submission, self.form, self.names, self.before = book, submission, form, names, stated
        self.read_into = SheetRead(form, sheet)
        self.cells: Cells = book.cells(sheet)
        self.date1904 = bool(getattr(book, "date1904", False))
        self.local = {name.name: name for name in book.names if name.scope == (sheet if form.repeats else "")}

    def read(self) -> SheetRead:
        sheet = self.read_into
        for field in self.form.fields.values():
            sheet.entries[field.name] = tuple(self._field(field))
        for table in self.form.tables.values():
            found = read_table(self, table)
            if found:
                sheet.tables[table.name] = found
        per = sheet.entry(self.form.definition.per) if self.form.definition.per else None
        sheet.title = per.parsed.text if per else ""
        sheet.labels = list(self._labels(lay_out(self.form)))
        sheet.system = self._system_columns()
        self._merged_over()
        return sheet

    def cell(self, row: int, col: int) -> Cell:
        return self.cells.get((row, col), BLANK_CELL)

    def find(self, code: str, place: Place | None, name: str, *, refused: bool = False, **params: Any) -> None:
        where = self.submission.where(self.read_into, place, name)
        self.submission.findings.append(catalogue.finding(code, where, refused=refused, **params))

    def parsed(self, cell: Cell, place: Place, name: str, spec: Spec) -> Parsed:
        """The cell's meaning; its notes become findings."""
        parsed = parse(cell, spec, self.date1904)
        where = self.submission.where(self.read_into, place, name)
        self.submission.findings += [catalogue.from_note(note, where, parsed.state) for note in parsed.notes]
        return parsed

    def _field(self, field: Field) -> Iterator[Entry]:
        name = self.names.get(field.name)
        if name is None or name.area is None or name.area.sheet != self.read_into.sheet:
            self.find("版式02", None, field.name, field=field.label)
            return
        for place in self._rows(name.area, field):
            yield self._entry(field, place)

    def _rows(self, area: Area, field: Field) -> Iterator[Place]:
        """The named cell; of a repeating row all its cells, and those added below it that nothing else owns."""
        if not field.repeats:
            yield area.place
            return
        yield from area.places()
        row = area.bottom + 1
        owned = {name.area.top for name in self.local.values() if name.area and name.area.sheet == area.sheet}
        while row not in owned and self.cell(row, area.left).kind is not Kind.BLANK:
            yield Place(area.sheet, row, area.left)
            row += 1

    def _entry(self, field: Field, place: Place) -> Entry:
        cell = self.cell(place.row, place.col)
        live = cell.formula is not None and field.expr is not None
        live = live and same_formula(cell.formula or "", field.cell_formula)
        if live:
            # A cached value that never was, or an error that a blank input caused, is worked out anew.
            parsed = parse(cell, field.spec, self.date1904)._replace(notes=())
            before = self.before.get((self.read_into.sheet, field.name))
            stated = parsed if before is None else parse(_text_cell(before), field.spec)._replace(notes=())
            return Entry(field, place, cell, parsed, stated, live=True)
        if cell.formula is not None:
            self._foreign_formula(field, cell, place)
        parsed = self.parsed(cell, place, field.name, field.spec)
        if field.required and parsed.state is State.BLANK:
            self.find("值12", place, field.name, label=field.label)
        return Entry(field, place, cell, parsed, parsed)

    def _foreign_formula(self, field: Field, cell: Cell, place: Place) -> None:
        """A formula that is not the scheme's: over a computed cell, or in an input cell."""
        if field.expr is not None:
            self.find("公式02", place, field.name, raw=cell.formula or "", value=field.cell_formula)
        elif cell.kind is Kind.BLANK:
            self.find("公式04", place, field.name, refused=True, raw=cell.formula or "")
        elif cell.kind is not Kind.ERROR:
            self.find("公式07", place, field.name, raw=cell.formula or "", value=cell.text)

    def _system_columns(self) -> dict[str, int]:
        """系统计分, 差异, 说明 by their headings beside a table; an inserted column moves them."""
        columns = {key: column_number(letters) for key, letters in self.form.system.items()}
        for table in self.read_into.tables.values():
            right = max(table.columns.values())
            for (row, col), cell in self.cells.items():
                if row == table.heading and col > right and cell.text in columns:
                    columns[cell.text] = col
        return columns

    def _labels(self, layout: Layout) -> Iterator[LabelRead]:
        """Printed texts where they should stand, reckoned from the nearest field of the same rows."""
        for laid in layout.laid:
            if laid.field or laid.table or not laid.text.strip() or _within_table(self.form, layout, laid.box):
                continue
            anchor = self._anchor(layout, laid.box.top, laid.box.bottom)
            if anchor is None:
                continue
            name, offset = anchor
            entries = self.read_into.entries.get(name)
            if entries:
                place = Place(self.read_into.sheet, entries[0].place.row + offset, laid.box.left)
                found = self.cell(place.row, place.col)
                yield LabelRead(place, laid.text, found.text if found.kind is Kind.TEXT else "", name)

    def _anchor(self, layout: Layout, top: int, bottom: int) -> tuple[str, int] | None:
        """A field in the rows of a label, or just below it, and the label's rows above that field."""
        for reach in (bottom, bottom + 1):
            for name, box in layout.names.items():
                if name in self.form.fields and top <= box.top <= reach:
                    return name, top - box.top
        return None

    def _merged_over(self) -> None:
        """A merge that swallows more than one named cell loses values (版式04)."""
        places = {
            (entry.place.row, entry.place.col): entry for found in self.read_into.entries.values() for entry in found
        }
        for merge in self.book.merges(self.read_into.sheet):
            inside = [
                entry
                for (row, col), entry in places.items()
                if merge.top <= row <= merge.bottom and merge.left <= col <= merge.right
            ]
            if len(inside) > 1:
                cells = "、".join(entry.place.ref for entry in inside)
                self.find("版式04", inside[0].place, inside[0].field.name, cells=cells)


def _within_table(form: Form, layout: Layout, box: Box) -> bool:
    """Whether a printed text stands beside the rows of a table, whose number differs from workbook to workbook."""
    return any(layout.names[table].top <= box.top <= layout.names[table].bottom for table in form.tables)


def _text_cell(text: str) -> Cell:
    return Cell(Kind.TEXT, text) if text else BLANK_CELL


def _stated_before(book: Book) -> dict[tuple[str, str], str]:
    """What units had typed where a formula was put back: (sheet, field) -> text, from the sheet 更改记录."""
    if CHANGES.name not in {info.name for info in book.sheets}:
        return {}
    cells = book.cells(CHANGES.name)
    sheet, field, old = (CHANGES.column(heading) for heading in ("工作表", "项目", "原填"))
    rows = {row for row, _ in cells if row > 1}
    return {
        (cells[row, sheet].text, cells[row, field].text): cells.get((row, old), BLANK_CELL).text.replace(WAS_BLANK, "")
        for row in rows
        if (row, sheet) in cells and (row, field) in cells
    }


def _justifications(book: Book) -> dict[str, str]:
    """核实说明 by the key of their finding, from the sheet 校验结果."""
    if FINDINGS.name not in {info.name for info in book.sheets}:
        return {}
    cells = book.cells(FINDINGS.name)
    code, place, field, note = (FINDINGS.column(heading) for heading in ("代码", "位置", "项目", "核实说明"))
    notes: dict[str, str] = {}
    for row in sorted({row for row, _ in cells if row > 1}):
        text = cells.get((row, note), BLANK_CELL).text.strip()
        if text and (row, code) in cells:
            sheet = cells.get((row, place), BLANK_CELL).text.rpartition("!")[0]
            sheet = sheet or cells.get((row, place), BLANK_CELL).text
            notes[f"{cells[row, code].text}|{sheet}|{cells.get((row, field), BLANK_CELL).text}"] = text
    return notes


def refused(book_label: str, error: CannotGoOn) -> Finding:
    """A failure to go on as a finding on the file."""
    return Finding(code=error.code, level=Level.ERROR, where=Where(book_label), fact=error.fact, hint=error.hint)
