"""The columns right of a form's print area that xlauto writes its results to: places, headings, looks."""

from __future__ import annotations

from typing import Any

from xlauto import roles
from xlauto.look import styles
from xlauto.look.styles import Styles
from xlauto.model import column_letters, column_number
from xlauto.scheme.build import Scheme
from xlauto.scheme.forms import Form
from xlauto.scheme.layout import Box, Layout
from xlauto.sheets import system_name

NOTE = "以下各列由系统填写，不打印"
SYSTEM_WIDTHS = {"系统计分": 10.0, "差异": 9.0, "说明": 56.0}
_GAP = 2.5
_BORDER: dict[str, Any] = {"border": 1, "border_color": "#9DC3E6"}


class SystemColumns:
    """The columns 系统计分, 差异, 说明 of one form, as far as it has them."""

    def __init__(self, scheme: Scheme, form: Form, layout: Layout) -> None:
        self.form, self.layout = form, layout
        self.columns = {title: column_number(letters) for title, letters in form.system.items()}
        self.scored = scheme.scoring.scored.get(form.name)
        self.items = [item.score_name for item in scheme.items.get(form.name, {}).values()]

    def write(self, sheet: Any, looks: Styles) -> None:
        if not self.columns:
            return
        for col, width in self.widths().items():
            sheet.set_column(col - 1, col - 1, width)
        first = min(self.columns.values())
        sheet.set_column(first - 2, first - 2, _GAP)
        headings = self.heading_rows()
        note = looks.get(font_size=9, italic=True, font_color=styles.FAINT, valign="bottom")
        sheet.write_string(0, first - 1, NOTE, note)
        for row in headings:
            self._write_headings(sheet, row, looks)
        for row in self.entry_rows():
            self._write_entries(sheet, row, looks)
        for row in self.remark_rows():
            self._write_remark(sheet, row, looks)
        self._mark_differences(sheet, looks)

    def widths(self) -> dict[int, float]:
        """The columns with their widths in characters."""
        return {col: SYSTEM_WIDTHS.get(title, 12.0) for title, col in self.columns.items()}

    def names(self) -> dict[str, Box]:
        """The names by which a reader finds the columns again: each lies on the column's lowest heading."""
        row = max(self.heading_rows()) if self.columns else 0
        return {system_name(title): Box(row, col, row, col) for title, col in self.columns.items()}

    def heading_rows(self) -> list[int]:
        """The heading rows of the tables and of the block with the 执行率; without tables the form's first row."""
        if self.items:
            first = min(self.layout.names[name].top for name in self.items)
            return [max(top for top in self.layout.tops.values() if top < first)]
        if not self.layout.table_rows:
            return [min(laid.box.top for laid in self.layout.laid if laid.border)]
        rows = {top for name, top in self.layout.tops.items() if name in self.layout.table_rows}
        rate = self._row_of("rate")
        if rate:
            rows.add(max(top for top in self.layout.tops.values() if top <= rate))
        return sorted(rows)

    def entry_rows(self) -> list[int]:
        """The rows that xlauto has something to say to: scored rows; without tables all rows with figures."""
        if self.items:
            rows = {row for name in self.items for row in range(*self._span(name))}
            return sorted(rows | {row for row in (self._row_of("total"),) if row})
        if not self.layout.table_rows:
            rows = {row for name in self.layout.names for row in range(*self._span(name))}
            return sorted(rows - set(range(1, self.heading_rows()[0] + 1)))
        rows = {row for row in (self._row_of("rate"), self._row_of("total")) if row}
        for name, lines in self.layout.table_rows.items():
            rows.update(range(self.layout.tops[name] + 1, self.layout.tops[name] + 1 + len(lines)))
        return sorted(rows)

    def remark_rows(self) -> list[int]:
        """The other rows with figures, which xlauto may have a 说明 for."""
        if "说明" not in self.columns:
            return []
        rows = {row for name in self.form.fields for row in range(*self._span(name))}
        return sorted(rows - {*self.entry_rows(), *self.heading_rows()})

    def _span(self, name: str) -> tuple[int, int]:
        box = self.layout.names[name]
        return box.top, box.bottom + 1

    def _row_of(self, part: str) -> int:
        """The row of the 执行率 (`rate`) or of the 总分 (`total`); 0 if the form has none."""
        box = self.layout.names.get(f"{getattr(self.scored, part)}.{roles.SCORE}") if self.scored else None
        return box.top if box else 0

    def _write_headings(self, sheet: Any, row: int, looks: Styles) -> None:
        heading = looks.get(align="center", text_wrap=True, bg_color=styles.SYSTEM_HEADING_COLOUR, **_BORDER)
        for title, col in self.columns.items():
            sheet.write_string(row - 1, col - 1, title, heading)

    def _write_entries(self, sheet: Any, row: int, looks: Styles) -> None:
        """Unlocked, so that a table's row can be removed and a button can write on a protected sheet."""
        look = {"bg_color": styles.SYSTEM_COLOUR, "locked": 0, **_BORDER}
        for title, col in self.columns.items():
            if title == "说明":
                format_ = looks.get(font_size=9, align="left", text_wrap=True, **look)
            else:
                format_ = looks.get(align="center", num_format="0.00", **look)
            sheet.write_blank(row - 1, col - 1, None, format_)

    def _write_remark(self, sheet: Any, row: int, looks: Styles) -> None:
        look = looks.get(font_size=9, align="left", text_wrap=True, locked=0)
        sheet.write_blank(row - 1, self.columns["说明"] - 1, None, look)

    def _mark_differences(self, sheet: Any, looks: Styles) -> None:
        rows = self.entry_rows()
        if "差异" not in self.columns or not rows:
            return
        col = self.columns["差异"]
        ref = f"${column_letters(col)}{rows[0]}"
        red = {"bg_color": styles.ERROR_COLOUR, "font_color": styles.ERROR_FONT}
        rule = {"type": "formula", "criteria": f"=AND(ISNUMBER({ref}),ROUND({ref},2)<>0)", "format": looks.bare(**red)}
        sheet.conditional_format(rows[0] - 1, col - 1, rows[-1] - 1, col - 1, rule)
