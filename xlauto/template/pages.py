"""The sheets of a template that are no forms: 填表说明, and the empty lists that xlauto will fill."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from xlauto.look import heights, styles
from xlauto.look.styles import Styles
from xlauto.model import column_letters
from xlauto.scheme.build import Scheme
from xlauto.sheets import CHANGES, FINDINGS, FIRST_ENTRY_ROW, HEADING_ROW, INSTRUCTIONS, LISTS, SCORES, ListSheet
from xlauto.template.buttons import write_beside
from xlauto.template.form_sheet import PROTECTION, set_form_page
from xlauto.template.macros import Button, buttons, texts

_LIST_PURPOSES = {
    FINDINGS.name: "系统逐条列出的错误、警告和提示，点“位置”到达单元格",
    SCORES.name: "每个得分的计算过程和依据",
    CHANGES.name: "系统改动过的单元格，原填与现为对照",
}
_LEGEND = (
    (styles.INPUT_COLOUR, "浅黄色", "由单位填写"),
    (styles.COMPUTED_COLOUR, "浅灰色", "由公式计算，不必填写"),
    (styles.SYSTEM_COLOUR, "浅蓝色", "由系统填写，在打印区域以外"),
)
_WIDTHS = (2.0, 6.0, 46.0, 50.0, 2.0)
_BUTTON_WIDTH = 16.0
_LIST_ROWS = 2000
"""As far down as a list's filter and colours reach: more entries than any workbook has."""
_ROWS_ON_A_PAGE = 50


class Link(NamedTuple):
    """A line of the table of contents."""

    sheet: str
    purpose: str


def write_instructions(
    workbook: Any, looks: Styles, scheme: Scheme, form_links: Sequence[Link], macros: bool = False
) -> Any:
    """填表说明: the scheme's instructions, its buttons if it has macros, the colours, all sheets with links."""
    sheet = workbook.add_worksheet(INSTRUCTIONS)
    page = _Page(sheet, looks)
    for col, width in enumerate(_WIDTHS):
        sheet.set_column(col, col, width)
    page.title(scheme.definition.title, INSTRUCTIONS)
    page.section("怎样填写")
    for number, line in enumerate(scheme.definition.instructions, 1):
        page.numbered(number, line)
    if macros:
        page.section("按钮")
        sheet.set_column(len(_WIDTHS), len(_WIDTHS), _BUTTON_WIDTH)
        for number, key in enumerate(("enable", "how"), 1):
            page.numbered(number, texts()[key])
        for button in buttons():
            page.button(button)
    else:
        page.section("怎样计算")
        page.numbered(1, texts()["plain"])
    page.section("颜色")
    for colour, name, meaning in _LEGEND:
        page.legend(colour, name, meaning)
    page.section("目录")
    for number, link in enumerate([*form_links, *(Link(item.name, _LIST_PURPOSES[item.name]) for item in LISTS)], 1):
        page.link(number, link)
    if scheme.definition.source:
        page.section("依据")
        for number, line in enumerate(scheme.definition.source, 1):
            page.numbered(number, line)
    set_form_page(sheet, landscape=False)
    sheet.fit_to_pages(1, 1 if page.row <= _ROWS_ON_A_PAGE else 0)
    sheet.print_area(0, 0, page.row - 1, len(_WIDTHS) - 1)
    sheet.set_tab_color(styles.GUIDE_TAB)
    sheet.protect("", PROTECTION)
    return sheet


class _Page:
    """Writes line below line; `row` is the next free one, from 0."""

    def __init__(self, sheet: Any, looks: Styles) -> None:
        self.sheet, self.looks, self.row = sheet, looks, 0

    def title(self, title: str, subtitle: str) -> None:
        big = self.looks.get(font_name=styles.TITLE_FONT, font_size=18, align="center", text_wrap=True)
        self.sheet.set_row(0, 44)
        self.sheet.merge_range(0, 1, 0, 3, title, big)
        self.sheet.set_row(1, 24)
        self.sheet.merge_range(1, 1, 1, 3, subtitle, self.looks.get(align="center", font_color=styles.FAINT))
        self.row = 2

    def section(self, heading: str) -> None:
        self.sheet.set_row(self.row, 12)
        self.row += 1
        self.sheet.set_row(self.row, 24)
        look = self.looks.get(font_name=styles.TITLE_FONT, font_size=12, bottom=1, bottom_color=styles.FORM_TAB)
        for col in (1, 2, 3):
            self.sheet.write_string(self.row, col, heading if col == 1 else "", look)
        self.row += 1

    def numbered(self, number: int, line: str) -> None:
        pixels = sum(heights.column_pixels(width) for width in _WIDTHS[2:4])
        lines = heights.lines_of(line, pixels, styles.BODY_SIZE)
        wrapped = self.looks.get(text_wrap=True, align="left", valign=self._number(number, lines))
        self.sheet.merge_range(self.row, 2, self.row, 3, line, wrapped)
        self.row += 1

    def legend(self, colour: str, name: str, meaning: str) -> None:
        self.sheet.set_row(self.row, 21)
        self.sheet.write_blank(self.row, 1, None, self.looks.get(bg_color=colour, border=1))
        self.sheet.write_string(self.row, 2, name, self.looks.get(indent=1))
        self.sheet.write_string(self.row, 3, meaning, self.looks.get(text_wrap=True))
        self.row += 1

    def button(self, button: Button) -> None:
        """What a button does, and the button itself to the right of the page."""
        lines = heights.lines_of(button.tip, heights.column_pixels(_WIDTHS[3]), styles.BODY_SIZE)
        self.sheet.set_row(self.row, max(lines * styles.BODY_SIZE * 1.36 + 8, 27))
        self.sheet.write_string(self.row, 2, button.label, self.looks.get(indent=1))
        self.sheet.write_string(self.row, 3, button.tip, self.looks.get(text_wrap=True))
        write_beside(self.sheet, self.row, len(_WIDTHS), button)
        self.row += 1

    def link(self, number: int, link: Link) -> None:
        texts = ((link.sheet, _WIDTHS[2]), (link.purpose, _WIDTHS[3]))
        lines = (heights.lines_of(text, heights.column_pixels(width), styles.BODY_SIZE) for text, width in texts)
        valign = self._number(number, max(lines))
        target = "internal:'" + link.sheet.replace("'", "''") + "'!A1"
        look = self.looks.get(font_color=styles.LINK, underline=1, text_wrap=True, valign=valign)
        self.sheet.write_url(self.row, 2, target, look, link.sheet)
        self.sheet.write_string(self.row, 3, link.purpose, self.looks.get(text_wrap=True, valign=valign))
        self.row += 1

    def _number(self, number: int, lines: int) -> str:
        """Begin a numbered row with room for so many lines; the vertical alignment that its other cells share."""
        valign = "top" if lines > 1 else "vcenter"
        self.sheet.set_row(self.row, lines * styles.BODY_SIZE * 1.36 + 8)
        self.sheet.write_string(self.row, 1, f"{number}.", self.looks.get(align="right", valign=valign))
        return valign


def write_list(workbook: Any, looks: Styles, item: ListSheet) -> Any:
    """A list with its headings and one empty entry that carries the style for all that are written later."""
    sheet = workbook.add_worksheet(item.name)
    heading = looks.get(bold=True, align="center", border=1, bg_color=styles.HEADING_COLOUR, text_wrap=True)
    for col, column in enumerate(item.columns):
        entry: dict[str, Any] = {"text_wrap": True, "valign": "top", "locked": 0}
        sheet.set_column(col, col, column.width, looks.get(**entry))
        sheet.write_string(HEADING_ROW - 1, col, column.heading, heading)
        if column.typed:
            entry["bg_color"] = styles.INPUT_COLOUR
        entry |= {"border": 1, "border_color": "#BFBFBF"}
        sheet.write_blank(FIRST_ENTRY_ROW - 1, col, None, looks.get(**entry))
    sheet.set_row(HEADING_ROW - 1, 24)
    sheet.freeze_panes(HEADING_ROW, 0)
    sheet.autofilter(HEADING_ROW - 1, 0, _LIST_ROWS - 1, len(item.columns) - 1)
    set_form_page(sheet, landscape=item.landscape)
    sheet.repeat_rows(HEADING_ROW - 1)
    sheet.set_tab_color(styles.LIST_TAB)
    _mark(sheet, looks, item)
    return sheet


def _mark(sheet: Any, looks: Styles, item: ListSheet) -> None:
    """错误 red, 警告 amber, a 差异 red."""
    red = looks.bare(bg_color=styles.ERROR_COLOUR, font_color=styles.ERROR_FONT)
    amber = looks.bare(bg_color=styles.WARNING_COLOUR, font_color=styles.WARNING_FONT)
    rules = {
        "级别": (('={ref}="错误"', red), ('={ref}="警告"', amber)),
        "差异": (("=AND(ISNUMBER({ref}),ROUND({ref},2)<>0)", red),),
    }
    for heading, conditions in rules.items():
        if heading not in item.headings:
            continue
        col = item.column(heading)
        ref = f"${column_letters(col)}{FIRST_ENTRY_ROW}"
        for formula, format_ in conditions:
            rule = {"type": "formula", "criteria": formula.format(ref=ref), "format": format_}
            sheet.conditional_format(FIRST_ENTRY_ROW - 1, col - 1, _LIST_ROWS - 1, col - 1, rule)
