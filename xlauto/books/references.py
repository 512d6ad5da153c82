"""References inside formulas and names: reading `'表'!$A$1:$B$2`, and moving a formula's relative references."""

from __future__ import annotations

import re

from xlauto.model import Area, column_letters, column_number

MAX_ROW, MAX_COL = 1_048_576, 16_384

_AREA = re.compile(r"(?:'((?:[^']|'')+)'|([^'!\[\]]+))!\$([A-Z]{1,3})\$(\d{1,7})(?::\$([A-Z]{1,3})\$(\d{1,7}))?")
_PIECES = re.compile(
    r'"(?:[^"]|"")*"'  # a text
    r"|'(?:[^']|'')*'!"  # a quoted sheet name
    r"|\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\]"  # a structured reference, or the number of an external book
    r"|(?P<cell>(?<![\w.$\\?])(?P<cc>\$?)(?P<col>[A-Za-z]{1,3})(?P<rc>\$?)(?P<row>\d{1,7})(?![\w.(!\\?]))"
    r"|(?P<cols>(?<![\w.$\\?])(\$?)([A-Za-z]{1,3}):(\$?)([A-Za-z]{1,3})(?![\w.($!\\?]))"
    r"|(?P<rows>(?<![\w.$\\?])(\$?)(\d{1,7}):(\$?)(\d{1,7})(?![\w.(!\\?]))"
    r"|[\w.\\?]+"  # a function, a name, a number, an unquoted sheet name
)


def parse_area(refers_to: str) -> Area | None:
    """The rectangle that an absolute reference names; None for anything else (`#REF!`, whole columns, unions)."""
    found = _AREA.fullmatch(refers_to.strip())
    if not found:
        return None
    sheet = found[1].replace("''", "'") if found[1] else found[2]
    rows = sorted((int(found[4]), int(found[6] or found[4])))
    cols = sorted((column_number(found[3]), column_number(found[5] or found[3])))
    if not (rows[0] >= 1 and rows[1] <= MAX_ROW and cols[1] <= MAX_COL):
        return None
    return Area(sheet, rows[0], cols[0], rows[1], cols[1])


def area_text(area: Area) -> str:
    """`'表'!$A$1:$B$2`"""
    first = f"${column_letters(area.left)}${area.top}"
    last = "" if area.single else f":${column_letters(area.right)}${area.bottom}"
    sheet = area.sheet.replace("'", "''")
    return f"'{sheet}'!{first}{last}"


def moved(formula: str, down: int, right: int) -> str:
    """The formula as it reads `down` rows lower and `right` columns further, as in a shared formula."""

    def piece(found: re.Match[str]) -> str:
        if found["cell"]:
            col = _col(found["cc"], found["col"], right)
            row = _row(found["rc"], found["row"], down)
            return f"{col}{row}" if col and row else "#REF!"
        if found["cols"]:
            ends = [_col(found[at], found[at + 1], right) for at in (7, 9)]
            return ":".join(ends) if all(ends) else "#REF!"
        if found["rows"]:
            ends = [_row(found[at], found[at + 1], down) for at in (12, 14)]
            return ":".join(ends) if all(ends) else "#REF!"
        return found[0]

    return _PIECES.sub(piece, formula)


def _col(fixed: str, letters: str, right: int) -> str:
    number = column_number(letters) + (0 if fixed else right)
    return fixed + column_letters(number) if 1 <= number <= MAX_COL else ""


def _row(fixed: str, digits: str, down: int) -> str:
    number = int(digits) + (0 if fixed else down)
    return f"{fixed}{number}" if 1 <= number <= MAX_ROW else ""
