"""Scheme and figures -> workbook, where the forms stand in a workbook of the bureau's own (`template: 自带`).

Its file is patched, not drawn anew: names, the scheme's mark, the lists and a unit's figures go in, all else stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from xlauto import roles
from xlauto.books.book import AddSheet, Edit, SetCell, SetName
from xlauto.books.closed import ClosedBook, open_book
from xlauto.books.shaping import shaped
from xlauto.figures import Figures, FormFigures, safe_title
from xlauto.model import Area, CannotGoOn, Place, column_number
from xlauto.scheme.build import Scheme
from xlauto.scheme.forms import Form
from xlauto.scheme.layout import Box, Laid, Layout, lay_out
from xlauto.scheme.strict import SchemeError
from xlauto.sheets import LISTS, name_in
from xlauto.template import MARK_NAME, Values
from xlauto.template.content import Content, Unknown, field_content, table_content
from xlauto.template.system import SystemColumns

BASE = "原表.xlsx"
"""The bureau's own workbook, in the folder of its scheme, byte for byte as it came."""

PRINT_AREA = "_xlnm.Print_Area"
"""Excel's own name for what is printed: without one, the columns that xlauto adds would be."""
_NAME = re.compile(r"[^\W\d][\w.]{0,199}")
_ADDRESS = re.compile(r"[A-Za-z]{1,3}\d+|[rRcC]|[rR]\d*[cC]\d*")


def possible_name(name: str) -> bool:
    """Whether Excel takes it for a defined name, and the formula language for the name of a field."""
    return bool(_NAME.fullmatch(name)) and not _ADDRESS.fullmatch(name)


def base_of(scheme: Scheme) -> Path:
    """The bureau's workbook: the scheme's own, else that of the scheme it extends."""
    files = [folder / BASE for folder in scheme.folders]
    found = next((file for file in files if file.exists()), None)
    if found is None:
        raise SchemeError(f"套表“{scheme.id}”的模板是自带的，但没有文件 {files[0]}")
    return found


def given_bytes(scheme: Scheme, figures: Figures | None = None, values: Values | None = None) -> bytes:
    """The bureau's workbook as a unit's: `figures` and `values` as `template.workbook_bytes` takes them.

    Raises SchemeError (no such file or sheet, a name that Excel refuses), CannotGoOn (the file cannot be patched).
    """
    path = base_of(scheme)
    return _Given(scheme, open_book(path, path.name), figures or Figures(), values).data()


class _Given:
    def __init__(self, scheme: Scheme, base: ClosedBook, figures: Figures, values: Values | None) -> None:
        self.scheme, self.base, self.figures, self.values = scheme, base, figures, values
        self.present = {info.name for info in base.sheets}
        self.copies: list[tuple[str, str]] = []

    def data(self) -> bytes:
        sheets = [(form, own, name) for form in self.scheme.forms.values() for own, name in self._sheets(form)]
        book = shaped(self.base, self.copies, {MARK_NAME: self.scheme.mark})
        edits = [*self._added(), *(AddSheet(name=name_in(book, item), headings=item.headings, widths=item.widths)
                                   for item in LISTS)]  # fmt: skip
        for form, own, name in sheets:
            edits += _FormEdits(self, form, own, name).edits()
        return book.edited(edits)

    def _sheets(self, form: Form) -> Iterator[tuple[FormFigures, str]]:
        """The form's figures with their sheets' names: the first has the bureau's sheet, the others copies of it."""
        own = self.figures.sheets(form) or (FormFigures(),)
        if form.repeats and form.sheet not in self.present:
            raise SchemeError(f"{self.base.label}里没有工作表“{form.sheet}”")
        for number, figures in enumerate(own, 1):
            name = form.sheet
            if number > 1:
                title = figures.text(form.definition.per) or ""
                name = safe_title(f"{form.sheet[:20]}{number:02d} {title}")
                self.copies.append((form.sheet, name))
            yield figures, name

    def _added(self) -> Iterator[Edit]:
        """Sheets for the forms that the bureau's workbook does not have."""
        for form in self.scheme.single_forms:
            if form.sheet not in self.present:
                widths = {column_number(letters): width for letters, width in form.definition.widths.items()}
                yield AddSheet(name=form.sheet, widths=tuple(widths.get(col, 9.0) for col in range(1, max(widths) + 1)))
        for source, name in self.copies:
            for found in self.base.names:
                if found.scope == source and found.name.startswith("_xlnm.") and found.area:
                    yield SetName(scope=name, name=found.name, area=found.area._replace(sheet=name))


class _FormEdits:
    """What one sheet needs. What is there already is no change."""

    def __init__(self, given: _Given, form: Form, figures: FormFigures, sheet: str) -> None:
        self.given, self.form, self.figures, self.sheet = given, form, figures, sheet
        self.layout: Layout = lay_out(form)

    def edits(self) -> Iterator[Edit]:
        yield from self._names()
        for laid in self.layout.laid:
            place = Place(self.sheet, laid.box.top, laid.box.left)
            if laid.field:
                if self._decided(laid.field):
                    yield self._set(place, self._field(laid))
            elif laid.table and laid.look == "cell":
                if laid.table in self.figures.tables:
                    type_ = self.form.tables[laid.table].type_of(laid.column)
                    yield self._set(place, table_content(type_, self._table_text(laid)))
            elif laid.text and not laid.table:
                yield SetCell(place=place, value=self.given.figures.texts.get(laid.text, laid.text))
        yield from self._system()

    def _decided(self, name: str) -> bool:
        """Whether figures or scheme say what stands in a cell: an input that is not stated stays as the bureau has it,
        empty or filled in beforehand."""
        field = self.form.fields[name]
        return name in self.figures.values or bool(field.formula) or field.constant is not None

    def _field(self, laid: Laid) -> Content:
        stated = self.figures.text(laid.field, laid.row)
        values = self.given.values
        place = (self.sheet, laid.box.top, laid.box.left)
        computed = Unknown.NOT_COMPUTED if values is None else values.get(place, Unknown.NO_FORMULA)
        return field_content(self.form.fields[laid.field], stated, computed)

    def _set(self, place: Place, content: Content) -> SetCell:
        known = self.given.values is not None
        value = "" if content.formula and content.value is None and known else content.value
        return SetCell(place=place, value=value, formula=content.formula or None)

    def _table_text(self, laid: Laid) -> str:
        rows = self.figures.tables[laid.table]
        if len(rows) > len(self.layout.table_rows[laid.table]):
            fact = f"“{laid.table}”有{len(rows)}行，表样只有{len(self.layout.table_rows[laid.table])}行"
            raise CannotGoOn("程序25", self.given.base.label, fact, "请在Excel中插入行后填写")
        row = rows[laid.row] if laid.row < len(rows) else ()
        at = list(self.form.tables[laid.table].columns).index(laid.column)
        return row[at] if at < len(row) else ""

    def _names(self) -> Iterator[Edit]:
        for name, box in self.layout.names.items():
            if not possible_name(name):
                raise SchemeError(f"表“{self.form.name}”：“{name}”不能用作Excel名称")
            yield SetName(scope=self.sheet if self.form.repeats else "", name=name, area=self._area(box))

    def _system(self) -> Iterator[Edit]:
        """Headings of 系统计分, 差异, 说明, and their cells in the style of the form's own 得分."""
        columns = SystemColumns(self.given.scheme, self.form, self.layout)
        if not columns.columns:
            return
        for name, box in columns.names().items():
            yield SetName(scope=self.sheet, name=name, area=self._area(box))
        if not any((name.scope, name.name) == (self.form.sheet, PRINT_AREA) for name in self.given.base.names):
            last = max(column_number(letters) for letters in self.form.definition.widths)
            yield SetName(scope=self.sheet, name=PRINT_AREA, area=Area(self.sheet, 1, 1, self.layout.last_row, last))
        for row in columns.heading_rows():
            like = Place(self.sheet, row, self._score_column())
            for title, col in columns.columns.items():
                yield SetCell(place=Place(self.sheet, row, col), value=title, style_of=like)
        for row in columns.entry_rows():
            like = Place(self.sheet, row, self._score_column())
            for title, col in columns.columns.items():
                if title != "说明":
                    yield SetCell(place=Place(self.sheet, row, col), style_of=like)

    def _score_column(self) -> int:
        tables = [f"{name}.{roles.SCORE}" for name in self.form.tables]
        scores = [box for name, box in self.layout.names.items() if name in tables or name.endswith(f".{roles.SCORE}")]
        return scores[0].left if scores else 1

    def _area(self, box: Box) -> Area:
        return Area(self.sheet, box.top, box.left, box.bottom, box.right)
