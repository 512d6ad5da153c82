"""One form as a worksheet: texts, figures and formulas in place, defined names, print set-up, protection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from xlauto import roles
from xlauto.figures import FormFigures
from xlauto.look import heights, styles
from xlauto.look.styles import Styles
from xlauto.model import Value, column_number
from xlauto.scheme.build import Scheme
from xlauto.scheme.forms import Field, Form, Table
from xlauto.scheme.items import Item
from xlauto.scheme.layout import Box, Laid, RowCounts, TableRow, lay_out
from xlauto.scheme.strict import SchemeError
from xlauto.template import rules
from xlauto.template.buttons import COLUMN_WIDTH, write_row
from xlauto.template.content import Content, Role, Unknown, field_content, table_content
from xlauto.template.system import SystemColumns
from xlauto.values.text import without_zeros

Values = Mapping[tuple[str, int, int], Value]


@dataclass(frozen=True)
class BookContext:
    """What the sheets of one workbook have in common. `texts` are the unit's own wordings, `values` what the formula
    cells of the pass before gave, `macros` whether it has buttons."""

    scheme: Scheme
    workbook: Any
    styles: Styles
    texts: Mapping[str, str]
    values: Values | None
    macros: bool = False

    def text(self, printed: str) -> str:
        return self.texts.get(printed, printed)


@dataclass(frozen=True)
class Placed:
    """A box of the form with what stands in it."""

    laid: Laid
    content: Content

    @property
    def text(self) -> str:
        return self.content.shown


class FormSheet:
    """Writes one form to one new worksheet."""

    def __init__(self, book: BookContext, form: Form, figures: FormFigures, name: str) -> None:
        self.book, self.form, self.figures, self.name = book, form, figures, name
        self.layout = lay_out(form, row_counts(form, figures))
        self.widths = {column_number(letters): width for letters, width in form.definition.widths.items()}
        self.last_col = max(self.widths)

    def write(self) -> Any:
        """The finished XlsxWriter worksheet."""
        sheet = self.book.workbook.add_worksheet(self.name)
        placed = list(self._placed())
        row_heights = self._row_heights(placed)
        self._set_rows_and_columns(sheet, row_heights)
        for item in placed:
            self._write_box(sheet, item)
        self._define_names()
        self._validate(sheet)
        self._system.write(sheet, self.book.styles)
        if self.book.macros:
            self._write_buttons(sheet)
        self._set_page(sheet, row_heights)
        self._protect(sheet)
        return sheet

    @cached_property
    def _system(self) -> SystemColumns:
        return SystemColumns(self.book.scheme, self.form, self.layout)

    @cached_property
    def open_rows(self) -> frozenset[int]:
        """The rows that a unit may add to and remove: those of tables and the repeating ones.

        All of their cells are unlocked, printed labels too, and so is the rest of the row. On a protected sheet Excel
        deletes a row only if every cell in it is unlocked, and an inserted row takes its protection from the row
        above: so rows inserted between these can be filled in and removed again.
        """
        rows: set[int] = set()
        for name in self.layout.table_rows:
            box = self.table_box(self.form.tables[name])
            rows.update(range(box.top + 1, box.bottom + 1))
        for name, field in self.form.fields.items():
            if field.repeats:
                box = self.layout.names[name]
                rows.update(range(box.top, box.bottom + 1))
        return frozenset(rows)

    def table_box(self, table: Table) -> Box:
        """The whole table from its heading row to its last row, all columns."""
        boxes = [self.layout.names[f"{table.name}.{key}"] for key in table.columns]
        return Box(boxes[0].top, min(box.left for box in boxes), boxes[0].bottom, max(box.right for box in boxes))

    # --- what stands where -----------------------------------------------------------------------------------

    def _placed(self) -> Iterator[Placed]:
        for laid in self.layout.laid:
            yield Placed(laid, self._content(laid))

    def _content(self, laid: Laid) -> Content:
        if laid.field:
            field = self.form.fields[laid.field]
            stated = self.figures.text(laid.field, laid.row)
            if stated is None and laid.row < len(field.defaults):
                stated = field.defaults[laid.row]
            return field_content(field, stated, self._computed(laid.box))
        if laid.table and laid.look == "cell":
            return table_content(self.form.tables[laid.table].type_of(laid.column), self._table_text(laid))
        return Content(Role.PRINTED, self._broken(laid, self.book.text(laid.text)) or None)

    def _broken(self, laid: Laid, text: str) -> str:
        """A label too long for one line, with what is in brackets on the next."""
        if laid.look != "label" or "（" not in text[1:] or "\n" in text:
            return text
        lettering = heights.Lettering(laid.box, text, styles.BODY_SIZE)
        return text.replace("（", "\n（", 1) if heights.needed_lines(lettering, self.widths) > 1 else text

    def _computed(self, box: Box) -> Value | Unknown:
        if self.book.values is None:
            return Unknown.NOT_COMPUTED
        return self.book.values.get((self.name, box.top, box.left), Unknown.NO_FORMULA)

    def _table_text(self, laid: Laid) -> str:
        rows = self.figures.tables.get(laid.table, ())
        row = rows[laid.row] if laid.row < len(rows) else ()
        at = list(self.form.tables[laid.table].columns).index(laid.column)
        return row[at] if at < len(row) else ""

    # --- rows, columns, cells --------------------------------------------------------------------------------

    def _row_heights(self, placed: list[Placed]) -> dict[int, float]:
        letterings = (_lettering(item) for item in placed if item.text)
        least = heights.row_heights(letterings, self.widths, self.layout.heights, self.layout.last_row)
        return heights.stretched(least, self._page_height) if self._has_rows else least

    @cached_property
    def _has_rows(self) -> bool:
        """Whether it is a form with rows of figures, not a cover."""
        return any(block.grid is None or block.scores is not None for _, block in self.form.blocks)

    @cached_property
    def _page_height(self) -> float:
        """The points of height that one page has room for when the form is made to fit its width."""
        widths = (self.widths.get(col, heights.DEFAULT_WIDTH) for col in range(1, self.last_col + 1))
        wide = sum(map(heights.column_points, widths))
        width, height = PRINTABLE[::-1] if self.form.definition.landscape else PRINTABLE
        return height / min(1.0, width / wide)

    def _set_rows_and_columns(self, sheet: Any, row_heights: Mapping[int, float]) -> None:
        for col, width in self.widths.items():
            sheet.set_column(col - 1, col - 1, width)
        unlocked = self.book.styles.get(locked=0)
        for row, height in row_heights.items():
            sheet.set_row(row - 1, height, unlocked if row in self.open_rows else None)

    def _write_box(self, sheet: Any, item: Placed) -> None:
        box, format_ = item.laid.box, self._format(item)
        top, left = box.top - 1, box.left - 1
        if (box.top, box.left) != (box.bottom, box.right):
            sheet.merge_range(top, left, box.bottom - 1, box.right - 1, "", format_)
        write_content(sheet, top, left, item.content, format_)

    def _format(self, item: Placed) -> Any:
        laid, content = item.laid, item.content
        look: dict[str, Any] = dict(styles.FORM_LOOKS.get(laid.look, {}))
        if laid.field or laid.look == "cell":
            look.update(self._figure_look(item))
        elif laid.indent:
            look["indent"] = laid.indent
        if laid.border:
            look["border"] = 1
        if content.role is Role.INPUT or self._unlocked(laid):
            look["locked"] = 0
        return self.book.styles.get(**look)

    def _figure_look(self, item: Placed) -> dict[str, Any]:
        laid, content = item.laid, item.content
        type_ = self.form.fields[laid.field].type if laid.field else self.form.tables[laid.table].type_of(laid.column)
        look: dict[str, Any] = {"num_format": content.format}
        if laid.look in styles.FORM_LOOKS:
            return look
        look["align"] = self._alignment(item, type_)
        if type_ not in ("金额", "面积", "数量", "百分比", "分值") or content.shown:
            look["text_wrap"] = True
        if content.role is Role.INPUT:
            look["bg_color"] = styles.INPUT_COLOUR
        elif content.role is Role.COMPUTED:
            look["bg_color"] = styles.COMPUTED_COLOUR
        return look

    def _alignment(self, item: Placed, type_: str) -> str:
        """Amounts stand at the right, short texts in the middle, longer ones and labels inside cells at the left."""
        field = self.form.fields.get(item.laid.field)
        if field is not None and field.spec.prefix:
            return "left"
        if type_ in ("金额", "面积") and not item.text:
            return "right"
        tall = sum(self.layout.heights.get(row, 0) for row in _rows(item.laid.box)) > 3 * heights.LEAST / 2
        long = heights.needed_lines(_lettering(item), self.widths) > 2 if item.text else tall and type_ == "文本"
        return "left" if long else "center"

    def _unlocked(self, laid: Laid) -> bool:
        """Cells of rows that may be removed, scores that the unit may give itself, lines to sign (填表人：)."""
        field = self.form.fields.get(laid.field)
        may_type = field is not None and (field.typed or field.name in self._own_scores)
        to_sign = field is None and laid.look == "line" and laid.text.endswith("：")
        return may_type or to_sign or not self.open_rows.isdisjoint(_rows(laid.box))

    @cached_property
    def _own_scores(self) -> frozenset[str]:
        scored = self.book.scheme.scoring.scored.get(self.form.name)
        totals = {f"{scored.rate}.{roles.SCORE}", f"{scored.total}.{roles.SCORE}"} if scored else ()
        return frozenset((*totals, *(item.score_name for item in self._items.values())))

    @cached_property
    def _items(self) -> Mapping[str, Item]:
        """The items of a score table by the name of their 得分."""
        return {item.score_name: item for item in self.book.scheme.items.get(self.form.name, {}).values()}

    def _write_buttons(self, sheet: Any) -> None:
        """Above the system's columns; a form that has none gets a column for them."""
        if self._system.columns:
            write_row(sheet, self._system.widths())
        else:
            column = self.last_col + 2
            sheet.set_column(column - 1, column - 1, COLUMN_WIDTH)
            write_row(sheet, {column: COLUMN_WIDTH})

    # --- names and rules -------------------------------------------------------------------------------------

    def _define_names(self) -> None:
        boxes = {**self.layout.names, **{name: self.table_box(table) for name, table in self.form.tables.items()}}
        quoted = "'" + self.name.replace("'", "''") + "'"
        scope = f"{quoted}!" if self.form.repeats else ""
        scoped = {f"{scope}{name}": box for name, box in boxes.items()}
        # Every form has these, so they belong to their sheet even where the form does not repeat.
        scoped |= {f"{quoted}!{name}": box for name, box in self._system.names().items()}
        for name, box in scoped.items():
            if self.book.workbook.define_name(name, f"={quoted}!{box.ref}") == -1:
                raise SchemeError(f"表“{self.form.name}”：“{name}”不能用作Excel名称")

    def _validate(self, sheet: Any) -> None:
        for laid in self.layout.laid:
            field = self.form.fields.get(laid.field)
            if field is not None and (not field.formula or field.typed or field.name in self._own_scores):
                rule = self._rule(field, laid.box)
                if rule:
                    sheet.data_validation(_cell(laid.box), rule)
        for table in self.form.tables.values():
            self._validate_table(sheet, table)

    def _rule(self, field: Field, box: Box) -> dict[str, Any] | None:
        """What a field's cell takes; an item's 得分 lies between 0 and its points."""
        item = self._items.get(field.name)
        points = self.layout.names.get(item.points_name) if item else None
        if points is not None:
            return rules.score_rule(_cell(box), "$" + _cell(points))
        return rules.field_rule(field, _cell(box))

    def _validate_table(self, sheet: Any, table: Table) -> None:
        columns = {key: self.layout.names[f"{table.name}.{key}"] for key in table.columns}
        points, score = columns.get(roles.POINTS), columns.get(roles.SCORE)
        for key, box in columns.items():
            first = box._replace(top=box.top + 1, bottom=box.top + 1)
            area = f"{_cell(first)}:{_cell(first._replace(top=box.bottom))}"
            if box is score and points is not None:
                points_cell = "$" + _cell(points._replace(top=first.top))
                sheet.data_validation(area, rules.score_rule(_cell(first), points_cell))
            elif table.type_of(key) == "分值":
                sheet.data_validation(area, rules.points_rule(_cell(first)))
            elif table.type_of(key) in ("指标值", "完成值"):
                sheet.ignore_errors({"number_stored_as_text": area})

    # --- the page --------------------------------------------------------------------------------------------

    def _set_page(self, sheet: Any, row_heights: Mapping[int, float]) -> None:
        set_form_page(sheet, landscape=self.form.definition.landscape)
        sheet.print_area(0, 0, self._last_printed - 1, self.last_col - 1)
        for heading in self.layout.headings:
            if not self._in_the_middle(heading):
                sheet.repeat_rows(heading - 1)
        printed = sum(height for row, height in row_heights.items() if row <= self._last_printed)
        one_page = printed <= self._page_height * SQUEEZE
        sheet.fit_to_pages(1, 1 if one_page else 0)
        sheet.set_tab_color(styles.FORM_TAB)
        self._freeze(sheet)

    @cached_property
    def _last_printed(self) -> int:
        """The official form ends above the evidence that the system asks for on the sheet of a project."""
        own = self.layout.tops.get(roles.EVIDENCE) if self.form.repeats else None
        return own - 1 if own else self.layout.last_row

    def _in_the_middle(self, heading: int) -> bool:
        """Whether much of the form stands below a table: there its heading would mislead."""
        tables = {self.layout.tops[name]: len(rows) for name, rows in self.layout.table_rows.items()}
        rows = tables.get(heading, 0)
        return bool(rows) and 2 * (self.layout.last_row - heading - rows) > rows

    def _freeze(self, sheet: Any) -> None:
        """The title stays in view; of a form without a table of variable length its column headings too."""
        blocks = dict(self.form.blocks)
        matrix = next((key for key, block in blocks.items() if block.matrix is not None), "")
        if matrix and not self.form.tables:
            sheet.freeze_panes(self.layout.tops[matrix], 0)
        elif self._has_rows:
            sheet.freeze_panes(min(laid.box.top for laid in self.layout.laid if laid.border) - 1, 0)

    def _protect(self, sheet: Any) -> None:
        """Without a password: against slips, not against intent."""
        first = next((laid.box for laid in self.layout.laid if self._is_input(laid)), None)
        if first:
            sheet.set_selection(first.top - 1, first.left - 1, first.top - 1, first.left - 1)
        sheet.protect("", PROTECTION)

    def _is_input(self, laid: Laid) -> bool:
        field = self.form.fields.get(laid.field)
        return field is not None and not field.formula and field.constant is None


MARGINS = {"left": 0.55, "right": 0.55, "top": 0.65, "bottom": 0.65}
"""Inches."""
PRINTABLE = (595.3 - 2 * 0.55 * 72, 841.9 - 2 * 0.65 * 72)
"""Width and height of upright A4 within the margins, in points."""
SQUEEZE = 1.2
"""A form that exceeds its page by no more than this is made smaller, so that it stays on one."""

PROTECTION = dict.fromkeys(
    ("format_columns", "format_rows", "insert_rows", "delete_rows", "sort", "autofilter", "objects", "scenarios"), True
)


def set_form_page(sheet: Any, *, landscape: bool) -> None:
    """A4, centred, one page wide, page numbers below; colours of cells are for the screen, so none are printed."""
    sheet.set_paper(9)
    if landscape:
        sheet.set_landscape()
    else:
        sheet.set_portrait()
    sheet.set_margins(**MARGINS)
    sheet.center_horizontally()
    sheet.set_header("")
    sheet.set_footer("&C&9第 &P 页  共 &N 页", {"margin": 0.3})
    sheet.print_black_and_white()
    sheet.hide_gridlines(2)
    sheet.set_zoom(100)
    sheet.fit_to_pages(1, 0)


def row_counts(form: Form, figures: FormFigures) -> RowCounts:
    """As many rows as the figures have."""
    repeated: dict[str, int] = {}
    for name, value in figures.values.items():
        field = form.fields[name]
        if field.repeats and not isinstance(value, str):
            repeated[field.row] = max(repeated.get(field.row, 1), len(value))
    tables = {name: list(_table_rows(form.tables[name], rows)) for name, rows in figures.tables.items() if rows}
    return RowCounts(repeated, tables)


def _table_rows(table: Table, rows: tuple[tuple[str, ...], ...]) -> Iterator[TableRow]:
    for row in rows:
        group = table.group_key(row[0])
        if group is None:
            raise SchemeError(f"表“{table.form}”：没有“{row[0]}”这个一级指标")
        yield TableRow(group, row[1] if len(row) > 1 else "")


def write_content(sheet: Any, row: int, col: int, content: Content, format_: Any) -> None:
    """One cell, row and column from 0. A formula without a value gets an empty text for one."""
    value = content.value
    if content.formula:
        cached = "" if value is None else _digits(value) if isinstance(value, Decimal) else value
        sheet.write_formula(row, col, f"={content.formula}", format_, cached)
    elif value is None:
        sheet.write_blank(row, col, None, format_)
    elif isinstance(value, str):
        sheet.write_string(row, col, value, format_)
    elif isinstance(value, bool):
        sheet.write_boolean(row, col, value, format_)
    else:
        sheet.write_number(row, col, _digits(value), format_)


def _digits(value: Decimal) -> Decimal:
    """A number as XlsxWriter should write it: given a float, it writes 99.9 as 99.90000000000001."""
    return Decimal(without_zeros(Decimal(f"{value:.15G}")))


def _lettering(item: Placed) -> heights.Lettering:
    size = styles.FORM_LOOKS.get(item.laid.look, {}).get("font_size", styles.BODY_SIZE)
    return heights.Lettering(item.laid.box, item.text, size, item.laid.indent)


def _rows(box: Box) -> range:
    return range(box.top, box.bottom + 1)


def _cell(box: Box) -> str:
    """The top left cell in relative style."""
    return Box(box.top, box.left, box.top, box.left).ref.replace("$", "")
