"""How cells look: fonts, colours, number formats, one XlsxWriter format per look. Not which cell has which look."""

from __future__ import annotations

from typing import Any, Final

TITLE_FONT, BODY_FONT = "黑体", "宋体"
BODY_SIZE: Final = 10.5

INPUT_COLOUR = "#FFF9D6"
COMPUTED_COLOUR = "#F2F2F2"
SYSTEM_COLOUR = "#E4F0FA"
SYSTEM_HEADING_COLOUR = "#C9E0F3"
HEADING_COLOUR = "#DCE6F1"
ERROR_FONT, ERROR_COLOUR = "#9C0006", "#FFC7CE"
WARNING_FONT, WARNING_COLOUR = "#7F6000", "#FFE699"
FAINT = "#7F7F7F"
LINK = "#0563C1"

FORM_TAB, LIST_TAB, GUIDE_TAB = "#2F75B5", "#70AD47", "#A6A6A6"

_AMOUNT = "#,##0.00"
_SPACE = "_ "
"""A space's width at the right, so that figures do not touch the border."""


class Styles:
    """Formats by their properties, each made once. The workbook's only door to `add_format`."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def get(self, **properties: Any) -> Any:
        """The format of a body cell with these XlsxWriter properties besides."""
        return self.bare(**{"font_name": BODY_FONT, "font_size": BODY_SIZE, "valign": "vcenter", **properties})

    def bare(self, **properties: Any) -> Any:
        """The format with these properties alone, for conditional formats."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(properties)
        return self._made[key]


def number_format(type_: str, decimals: int | None = None, prefix: str = "") -> str:
    """The number format of a field. `decimals` are those of the published figure, None where there is none."""
    if type_ in ("金额", "面积"):
        plain = _AMOUNT + "0" * max(0, (decimals or 0) - 2)
    elif type_ == "百分比":
        plain = _fixed(2 if decimals is None else decimals) + "%"
    elif type_ == "数量":
        plain = _fixed(decimals or 0)
    elif type_ == "代码":
        plain = "@"
    else:
        plain = "General"
    if prefix and plain != "General":
        return f'"{prefix}"{plain};"{prefix}"-{plain}'
    return plain + _SPACE if type_ in ("金额", "面积") else plain


def _fixed(decimals: int) -> str:
    return "0." + "0" * decimals if decimals else "0"


FORM_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"font_name": TITLE_FONT, "font_size": 18, "align": "center", "text_wrap": True},
    "label": {"align": "center", "text_wrap": True},
    "row": {"align": "left", "text_wrap": True},
    "text": {"align": "left", "font_size": 9, "text_wrap": True},
    "line": {"align": "left"},
    "right": {"align": "right"},
    "note": {"align": "left", "font_size": 9, "text_wrap": True},
    "plain": {"align": "center", "text_wrap": True},
}
"""The looks of printed texts, by the name that a form's YAML gives them."""
