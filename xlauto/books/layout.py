"""Where rows, cells and formulas stand in a sheet's XML, as byte offsets: the map that a patch needs.

Works on any well-formed sheet, whatever its prefix, order of attributes or white space."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from xlauto.books.cells import KEYS, Key
from xlauto.books.package import Damaged
from xlauto.books.xmltree import MAX_DEPTH, local, parser, run
from xlauto.model import Area, column_letters

_OPEN_TAG = re.compile(rb"""<[^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*>""")


@dataclass(slots=True)
class Span:
    """An element: it begins at `start`, its content at `inner`, its end tag at `close`, and it ends before `end`.
    For an empty-element tag the last three are equal."""

    tag: str
    attributes: dict[str, str]
    start: int
    inner: int
    close: int = 0
    end: int = 0

    @property
    def is_empty_tag(self) -> bool:
        return self.inner == self.end


@dataclass(slots=True)
class CellSpan(Span):
    formula: Span | None = None
    value: Span | None = None


@dataclass(slots=True)
class RowSpan(Span):
    number: int = 0
    cells: dict[int, CellSpan] = field(default_factory=dict)


@dataclass(slots=True)
class Layout:
    """A sheet's XML and what stands where in it."""

    xml: bytes
    data: Span
    dimension: Span | None
    rows: dict[int, RowSpan]
    columns: list[Span]
    arrays: list[Area]
    """Where array formulas and data tables lie; their cells can only be changed together."""

    @property
    def prefix(self) -> str:
        head, colon, _ = self.data.tag.rpartition(":")
        return head + colon

    def cell(self, key: Key) -> CellSpan | None:
        row = self.rows.get(key[0])
        return row.cells.get(key[1]) if row else None

    def style(self, key: Key) -> str:
        """The index of the style that holds at this place: the cell's, else its row's, else its column's."""
        cell = self.cell(key)
        if cell:
            return cell.attributes.get("s", "")
        row = self.rows.get(key[0])
        if row and row.attributes.get("customFormat") in ("1", "true"):
            return row.attributes.get("s", "")
        for span in self.columns:
            if int(span.attributes["min"]) <= key[1] <= int(span.attributes["max"]):
                return span.attributes.get("style", "")
        return ""


def layout_of(xml: bytes, part: str) -> Layout:
    """The map of a sheet. Raises Damaged if it is not well-formed or has no cell area."""
    return _Indexer(xml, part).layout()


def spans_of(xml: bytes, tags: frozenset[str], part: str) -> list[Span]:
    """All elements with these local names, in document order."""
    found: list[Span] = []
    path: list[Span | None] = []
    made = parser(part)

    def start(tag: str, attributes: dict[str, str]) -> None:
        at = made.CurrentByteIndex
        span = Span(tag, attributes, at, _open_end(xml, at)) if local(tag) in tags else None
        path.append(span)
        if span:
            found.append(span)

    def end(_: str) -> None:
        span = path.pop()
        if span:
            _close(span, xml, made.CurrentByteIndex)

    made.StartElementHandler, made.EndElementHandler = start, end
    run(made, xml, part)
    return found


class _Indexer:
    def __init__(self, xml: bytes, part: str) -> None:
        self._xml, self._part = xml, part
        self._path: list[Span | None] = [None]
        self._data: Span | None = None
        self._dimension: Span | None = None
        self._rows: dict[int, RowSpan] = {}
        self._columns: list[Span] = []
        self._arrays: list[Area] = []
        self._row = self._col = 0
        self._parser = parser(part)
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start, self._end
        run(self._parser, xml, part)

    def layout(self) -> Layout:
        if self._data is None:
            raise Damaged(f"部件{self._part}没有单元格区域")
        return Layout(self._xml, self._data, self._dimension, self._rows, self._columns, self._arrays)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        depth, at = len(self._path), self._parser.CurrentByteIndex
        if depth > MAX_DEPTH:
            raise Damaged(f"部件{self._part}嵌套过深")
        parent = self._path[-1]
        span: Span | None = None
        match local(tag), depth:
            case "sheetData", 2:
                span = self._data = Span(tag, attributes, at, _open_end(self._xml, at))
            case "dimension", 2:
                span = self._dimension = Span(tag, attributes, at, _open_end(self._xml, at))
            case "col", 3:
                self._columns.append(Span(tag, attributes, at, _open_end(self._xml, at)))
            case "row", 3 if parent is self._data and parent:
                span = self._open_row(tag, attributes, at)
            case "c", 4 if isinstance(parent, RowSpan):
                span = self._open_cell(tag, attributes, at, parent)
            case ("f" | "v") as name, 5 if isinstance(parent, CellSpan):
                span = Span(tag, attributes, at, _open_end(self._xml, at))
                if name == "v":
                    parent.value = span
                else:
                    parent.formula = span
                    self._note_array(attributes)
        self._path.append(span)

    def _open_row(self, tag: str, attributes: dict[str, str], at: int) -> RowSpan:
        stated = attributes.get("r", "")
        self._row, self._col = int(stated) if stated.isdigit() else self._row + 1, 0
        row = RowSpan(tag, attributes, at, _open_end(self._xml, at), number=self._row)
        if self._rows.setdefault(self._row, row) is not row:
            raise Damaged(f"第{self._row}行出现两次")
        return row

    def _open_cell(self, tag: str, attributes: dict[str, str], at: int, row: RowSpan) -> CellSpan:
        self._col = KEYS[attributes["r"]][1] if "r" in attributes else self._col + 1
        cell = CellSpan(tag, attributes, at, _open_end(self._xml, at))
        if row.cells.setdefault(self._col, cell) is not cell:
            raise Damaged(f"单元格{column_letters(self._col)}{row.number}出现两次")
        return cell

    def _note_array(self, attributes: dict[str, str]) -> None:
        if attributes.get("t") in ("array", "dataTable") and "ref" in attributes:
            first, _, last = attributes["ref"].partition(":")
            (top, left), (bottom, right) = KEYS[first], KEYS[last or first]
            self._arrays.append(Area("", top, left, bottom, right))

    def _end(self, _: str) -> None:
        span = self._path.pop()
        if span:
            _close(span, self._xml, self._parser.CurrentByteIndex)


def _open_end(xml: bytes, at: int) -> int:
    found = _OPEN_TAG.match(xml, at)
    if not found:
        raise Damaged("XML标记有误")
    return found.end()


def _close(span: Span, xml: bytes, at: int) -> None:
    if xml[span.inner - 2 : span.inner] == b"/>":
        span.close = span.end = span.inner
    else:
        span.close, span.end = at, xml.index(b">", at) + 1


def grown(reference: str, keys: list[Key]) -> str:
    """A reference such as `A1:C9`, made large enough for these cells too."""
    first, _, last = reference.partition(":")
    corners = [KEYS[first], KEYS[last or first], *keys]
    top, bottom = min(row for row, _ in corners), max(row for row, _ in corners)
    left, right = min(col for _, col in corners), max(col for _, col in corners)
    return Area("", top, left, bottom, right).ref
