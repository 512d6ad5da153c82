"""Changes cells inside a sheet's XML; every byte outside of the `<c>` elements meant stays as it is.

Knows one sheet at a time. What an edit means for other parts of the workbook is decided in `draft.py`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from math import isfinite
from typing import NamedTuple

from xlauto.books.cells import Key
from xlauto.books.layout import CellSpan, Layout, RowSpan, grown
from xlauto.model import Cell, CellError, Value, column_letters

MAX_TEXT = 32_767
"""Characters that a cell of Excel holds."""

_ODD = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x(?=[0-9A-Fa-f]{4}_)")
_SPANS = re.compile(rb"""(\sspans\s*=\s*["'])([0-9]+):([0-9]+)(["'])""")
_REF = re.compile(rb"""(\sref\s*=\s*["'])([^"']*)(["'])""")


class Change(NamedTuple):
    """What one cell shall hold. With `keep_formula` only the value beside the formula is replaced."""

    value: Value
    formula: str | None = None
    keep_formula: bool = False
    style: str = ""


def patched(layout: Layout, changes: Mapping[Key, Change]) -> bytes:
    """The sheet's XML with these cells changed."""
    pieces: list[tuple[int, int, bytes]] = []
    fresh: list[Key] = []
    new_rows: list[tuple[int, bytes]] = []
    for number in sorted({row for row, _ in changes}):
        in_row = {col: change for (row, col), change in sorted(changes.items()) if row == number}
        row = layout.rows.get(number)
        if row is None:
            new_rows.append((number, _new_row(number, in_row, layout.prefix)))
            fresh += [(number, col) for col in in_row]
        else:
            fresh += [(number, col) for col in in_row if col not in row.cells]
            pieces += _row_pieces(layout, row, in_row)
    pieces += _placed_rows(layout, new_rows)
    if fresh and layout.dimension and "ref" in layout.dimension.attributes:
        span = layout.dimension
        pieces.append(_rewritten(layout, span.start, span.inner, _REF, grown(span.attributes["ref"], fresh)))
    return _applied(layout.xml, pieces)


def number_text(number: Decimal) -> str:
    """The shortest text that a double reads back as the same number."""
    value = float(number)
    if not isfinite(value):
        raise ValueError(f"{number} is no number that a cell can hold")
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value).upper()


def text_xml(text: str) -> str:
    """A cell's text as XML; characters that XML cannot hold become `_xHHHH_`."""
    plain = _ODD.sub(lambda found: "_x005F_x" if found[0] == "_x" else f"_x{ord(found[0]):04X}_", text)
    return escaped(plain)


def escaped(text: str) -> str:
    """The text as XML has it between tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def quoted(text: str) -> str:
    """The text as an attribute's value, quotes included."""
    inner = escaped(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
    return f'"{inner}"'


def cell_xml(ref: str, change: Change, prefix: str, kept: bytes = b"", others: str = "") -> bytes:
    """The `<c>` element. `kept` is a formula element to be taken over as it stands."""
    kind, value = _value_xml(change, prefix, bool(kept) or change.formula is not None)
    style = f' s="{change.style}"' if change.style else ""
    formula = kept
    if not kept and change.formula is not None:
        formula = f"<{prefix}f>{escaped(change.formula)}</{prefix}f>".encode()
    head = f'<{prefix}c r="{ref}"{style}{others}{kind}'
    if not formula and not value:
        return f"{head}/>".encode()
    return f"{head}>".encode() + formula + f"{value}</{prefix}c>".encode()


def same_value(cell: Cell, value: Value) -> bool:
    """Whether the cell already stores this value, numbers compared as the doubles they become."""
    stored = cell.value
    if isinstance(stored, Decimal) and isinstance(value, Decimal):
        return float(stored) == float(value)
    return type(stored) is type(value) and stored == value


def _value_xml(change: Change, prefix: str, is_formula: bool) -> tuple[str, str]:
    value = change.value
    if value is None:
        return "", ""
    if isinstance(value, bool):
        return ' t="b"', f"<{prefix}v>{int(value)}</{prefix}v>"
    if isinstance(value, CellError):
        return ' t="e"', f"<{prefix}v>{escaped(value)}</{prefix}v>"
    if isinstance(value, Decimal):
        return "", f"<{prefix}v>{number_text(value)}</{prefix}v>"
    if is_formula:
        return ' t="str"', f"<{prefix}v>{text_xml(value)}</{prefix}v>"
    return ' t="inlineStr"', f'<{prefix}is><{prefix}t xml:space="preserve">{text_xml(value)}</{prefix}t></{prefix}is>'


def _row_pieces(layout: Layout, row: RowSpan, changes: dict[int, Change]) -> list[tuple[int, int, bytes]]:
    """Replacements and insertions inside one row."""
    pieces: list[tuple[int, int, bytes]] = []
    for col, change in changes.items():
        cell = row.cells.get(col)
        ref = f"{column_letters(col)}{row.number}"
        if cell:
            pieces.append((cell.start, cell.end, _replaced(layout, cell, ref, change)))
            continue
        following = next((other.start for number, other in sorted(row.cells.items()) if number > col), row.close)
        pieces.append((following, following, cell_xml(ref, change, layout.prefix)))
    fresh = [col for col in changes if col not in row.cells]
    if fresh and _SPANS.search(layout.xml, row.start, row.inner):
        pieces.append(_spans_piece(layout, row, fresh))
    if not row.is_empty_tag or not fresh:
        return pieces
    content = b"".join(piece for start, _, piece in pieces if start == row.close)
    opened = _applied_slice(layout.xml, row.start, row.inner, [piece for piece in pieces if piece[0] != row.close])
    return [(row.start, row.end, opened[:-2].rstrip() + b">" + content + f"</{row.tag}>".encode())]


def _replaced(layout: Layout, cell: CellSpan, ref: str, change: Change) -> bytes:
    phonetic = ' ph="1"' if cell.attributes.get("ph") in ("1", "true") else ""
    if not (change.keep_formula and cell.formula):
        return cell_xml(ref, change, layout.prefix, others=phonetic)
    others = "".join(f' {name}="{escaped(cell.attributes[name])}"' for name in ("cm", "vm") if name in cell.attributes)
    kept = layout.xml[cell.formula.start : cell.formula.end]
    return cell_xml(ref, change, layout.prefix, kept, others + phonetic)


def _spans_piece(layout: Layout, row: RowSpan, fresh: list[int]) -> tuple[int, int, bytes]:
    first, last = row.attributes["spans"].split(":")
    text = f"{min(int(first), *fresh)}:{max(int(last), *fresh)}"
    found = _SPANS.search(layout.xml, row.start, row.inner)
    assert found
    return found.start(2), found.end(3), text.encode()


def _rewritten(
    layout: Layout, start: int, stop: int, attribute: re.Pattern[bytes], text: str
) -> tuple[int, int, bytes]:
    found = attribute.search(layout.xml, start, stop)
    assert found
    return found.start(2), found.end(2), text.encode()


def _new_row(number: int, changes: dict[int, Change], prefix: str) -> bytes:
    cells = b"".join(cell_xml(f"{column_letters(col)}{number}", change, prefix) for col, change in changes.items())
    return f'<{prefix}row r="{number}">'.encode() + cells + f"</{prefix}row>".encode()


def _placed_rows(layout: Layout, rows: list[tuple[int, bytes]]) -> list[tuple[int, int, bytes]]:
    data = layout.data
    if rows and data.is_empty_tag:
        opened = layout.xml[data.start : data.inner - 2].rstrip() + b">"
        return [(data.start, data.end, opened + b"".join(row for _, row in rows) + f"</{data.tag}>".encode())]
    existing = sorted(layout.rows.items())
    placed = []
    for number, row in rows:
        at = next((other.start for following, other in existing if following > number), data.close)
        placed.append((at, at, row))
    return placed


def _applied(xml: bytes, pieces: list[tuple[int, int, bytes]]) -> bytes:
    return _applied_slice(xml, 0, len(xml), pieces)


def _applied_slice(xml: bytes, begin: int, stop: int, pieces: list[tuple[int, int, bytes]]) -> bytes:
    """The slice with its pieces replaced; at one place insertions come before a replacement, in the order given."""
    out, at = [], begin
    for start, end, content in sorted(pieces, key=lambda piece: (piece[0], piece[1])):
        out += [xml[at:start], content]
        at = end
    return b"".join([*out, xml[at:stop]])
