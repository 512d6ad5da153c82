"""What the stored parts of a `<c>` element mean: hits of either scanner become `model.Cell`.

The scanners say what is written; only here is it decided what that is: kind, text, formula, number format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from xlauto.books.package import Damaged
from xlauto.books.references import MAX_COL, MAX_ROW, moved
from xlauto.model import Cell, Kind, column_number

Key = tuple[int, int]
Hit = tuple[str, str, str, str, str, str]
"""Ref, other attributes of `<c>`, attributes of `<f>`, formula, a plain number, any other value or inline text."""

PLAIN_NUMBER = r"-?[0-9]++(?:\.[0-9]++)?+(?:[eE][-+]?[0-9]{1,3})?+"

_REF = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ODD_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ATTRIBUTE = re.compile(r"""([\w:]+)\s*=\s*["']([^"']*)["']""")
_ENTITY = re.compile(r"&([^;<]*);?")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_TRUTHS = {
    "1": (Kind.BOOL, "TRUE"),
    "true": (Kind.BOOL, "TRUE"),
    "0": (Kind.BOOL, "FALSE"),
    "false": (Kind.BOOL, "FALSE"),
}
_KEYS_KEPT = 20_000


class Context(NamedTuple):
    """What the cells of a workbook refer to."""

    strings: dict[str, str]
    """The shared strings by the text of their index."""
    shapes: Shapes
    date1904: bool = False


Shape = tuple[str, str, Cell]
"""What the attributes of a `<c>` say: its type, its number format, and the cell that it is without a value."""


class Shapes(dict[str, Shape]):
    """Shapes by the text of the attributes, remembered, since few occur. `formats` are those of the styles in order."""

    def __init__(self, formats: Sequence[str]) -> None:
        super().__init__()
        self._formats = formats

    def __missing__(self, text: str) -> Shape:
        attributes = attributes_of(text)
        code = self._formats[int(attributes.get("s", "0"))]
        kind = attributes.get("t", "n")
        shape = self[text] = "" if kind == "n" else kind, code, Cell(Kind.BLANK, "", None, code)
        return shape


class _Keys(dict[str, Key]):
    """`B3` -> (3, 2), remembered, since all sheets use the same corner."""

    def __missing__(self, ref: str) -> Key:
        found = _REF.fullmatch(ref)
        if not found:
            raise Damaged(f"单元格地址“{ref}”有误")
        key = int(found[2]), column_number(found[1])
        if key[0] > MAX_ROW or key[1] > MAX_COL:
            raise Damaged(f"单元格地址“{ref}”超出工作表")
        if len(self) < _KEYS_KEPT:
            self[ref] = key
        return key


KEYS = _Keys()


def assemble(hits: Iterable[Hit], context: Context, escaped: bool = False) -> dict[Key, Cell]:
    """All cells of a sheet by (row, column). With `escaped` the texts of the hits still hold XML entities."""
    cells: dict[Key, Cell] = {}
    shared: dict[str, tuple[Key, str]] = {}
    children: list[tuple[Key, str]] = []
    keys, shapes, strings, new = KEYS, context.shapes, context.strings, tuple.__new__
    text_kind, number_kind = Kind.TEXT, Kind.NUMBER
    try:
        for ref, attributes, of_formula, formula, number, text in hits:
            kind, code, blank = shapes[attributes]
            if escaped:
                if "&" in formula:
                    formula = resolved(formula)
                if "&" in text:
                    text = resolved(text)
            if number and not kind:
                cells[keys[ref]] = new(Cell, (number_kind, number, formula or None, code))
            elif number and kind == "s" and not formula:
                cells[keys[ref]] = new(Cell, (text_kind, strings[number], None, code))
            elif not (kind or formula or text):
                cells[keys[ref]] = blank
            else:
                what, shown = _meaning(kind, number or text, formula, context)
                cells[keys[ref]] = new(Cell, (what, shown, formula or None, code))
            if of_formula:
                _note_shared(of_formula, keys[ref], formula, shared, children)
    except (IndexError, KeyError, ValueError) as error:
        raise Damaged("单元格引用了不存在的文字或样式") from error
    for key, group in children:
        if group in shared:
            (row, col), formula = shared[group]
            cells[key] = cells[key]._replace(formula=moved(formula, key[0] - row, key[1] - col))
    return cells


def attributes_of(text: str) -> dict[str, str]:
    return dict(_ATTRIBUTE.findall(text))


def resolved(text: str) -> str:
    """The text with XML's entities and character references resolved."""
    if "&" not in text:
        return text
    loose = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&apos;", "'")
    plain = loose.replace("&amp;", "&")
    if plain.count("&") == (len(loose) - len(plain)) // 4:
        return plain
    return _ENTITY.sub(_character, text)


def unescaped(text: str) -> str:
    """`_x000D_` and the like as the characters they stand for."""
    if "_x" not in text:
        return text
    plain = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    if any("\ud800" <= char <= "\udfff" for char in plain):
        return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return plain


def _character(found: re.Match[str]) -> str:
    name = found[1]
    if name in _ENTITIES:
        return _ENTITIES[name]
    try:
        return chr(int(name[2:], 16) if name.startswith("#x") else int(name.removeprefix("#")))
    except ValueError:
        raise Damaged(f"XML中有不认识的实体“&{name};”") from None


def _note_shared(
    of_formula: str, key: Key, formula: str, shared: dict[str, tuple[Key, str]], children: list[tuple[Key, str]]
) -> None:
    attributes = attributes_of(of_formula)
    if attributes.get("t") == "shared":
        group = attributes.get("si", "")
        if formula:
            shared[group] = key, formula
        else:
            children.append((key, group))


def _meaning(kind: str, value: str, formula: str, context: Context) -> tuple[Kind, str]:
    """Kind and text of the less common cells."""
    if kind == "str":
        return (Kind.TEXT, unescaped(value)) if value or formula else (Kind.BLANK, "")
    if kind == "b":
        return _TRUTHS.get(value.strip(), (Kind.BLANK, ""))
    if kind == "e":
        return (Kind.ERROR, value) if value else (Kind.BLANK, "")
    if not kind:
        number = value.strip()
        if not number:
            return Kind.BLANK, ""
        return (Kind.NUMBER, number) if _ODD_NUMBER.fullmatch(number) else (Kind.TEXT, value)
    if kind == "s":
        return (Kind.TEXT, context.strings[str(int(value))]) if value.strip() else (Kind.BLANK, "")
    if kind == "inlineStr":
        return Kind.TEXT, value
    if kind == "d":
        return _date(value.strip(), context.date1904)
    return (Kind.TEXT, value) if value else (Kind.BLANK, "")


def _date(value: str, date1904: bool) -> tuple[Kind, str]:
    """An ISO date as the serial number that Excel shows under the cell's format."""
    from datetime import datetime

    try:
        moment = datetime.fromisoformat(value.removesuffix("Z"))
    except ValueError:
        return (Kind.TEXT, value) if value else (Kind.BLANK, "")
    passed = moment.replace(tzinfo=None) - (datetime(1904, 1, 1) if date1904 else datetime(1899, 12, 30))
    serial = passed.days + passed.seconds / 86400
    return Kind.NUMBER, str(int(serial)) if serial == int(serial) else repr(serial)
