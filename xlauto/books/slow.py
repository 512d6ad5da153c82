"""The sure reader: the same answers as `scan.py`, from expat, for XML of any shape."""

from __future__ import annotations

import re
from collections.abc import Callable

from xlauto.books.cells import PLAIN_NUMBER, Hit, unescaped
from xlauto.books.package import Damaged
from xlauto.books.xmltree import MAX_DEPTH, Element, local, parse, parser, run
from xlauto.model import column_letters, column_number

_NUMBER = re.compile(PLAIN_NUMBER)
_COLUMN = re.compile(r"[A-Z]+")
_BLANKS = " \t\r\n"
_ROW, _CELL, _CONTENT = 3, 4, 5
"""The depths of <row>, <c> and what a cell holds."""


def sheet_hits(xml: bytes, part: str) -> list[Hit]:
    """The cells of a sheet as written, in document order; positions are counted where they are not stated."""
    return _SheetReader(xml, part).hits


def strings(xml: bytes, part: str) -> list[str]:
    """The shared strings, without their phonetic guides."""
    return [string_of(item) for item in parse(xml, part).all("si")]


def formats(xml: bytes, part: str) -> tuple[dict[str, str], list[str]]:
    """Custom number formats by id, and the format id of each cell style."""
    root = parse(xml, part)
    custom, styles = root.first("numFmts"), root.first("cellXfs")
    codes = {
        entry.attributes.get("numFmtId", ""): entry.attributes.get("formatCode", "")
        for entry in (custom.all("numFmt") if custom else ())
    }
    return codes, [xf.attributes.get("numFmtId", "0") for xf in (styles.all("xf") if styles else ())]


def string_of(item: Element) -> str:
    """The characters of an `<si>` or `<is>`: its own text or that of its runs."""
    parts = [child for child in item.children if child.tag == "t"]
    parts += [text for run_ in item.all("r") for text in run_.all("t")]
    return "".join(_shown(element.text, element.attributes.get("space", "")) for element in parts)


class _SheetReader:
    def __init__(self, xml: bytes, part: str) -> None:
        self.hits: list[Hit] = []
        self._part, self._path = part, [""]
        self._row = self._col = 0
        self._cell: dict[str, str] = {}
        self._texts: dict[str, list[str]] = {}
        self._of_formula = ""
        self._collect: Callable[[str], None] | None = None
        self._keep = False
        self._run: list[str] = []
        made = parser(part)
        made.StartElementHandler, made.EndElementHandler, made.CharacterDataHandler = self._start, self._end, self._text
        run(made, xml, part)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name, depth = local(tag), len(self._path)
        self._path.append(name)
        if depth > MAX_DEPTH:
            raise Damaged(f"部件{self._part}嵌套过深")
        if depth < _ROW or self._path[2] != "sheetData":
            return
        if depth == _ROW and name == "row":
            self._row = int(attributes["r"]) if attributes.get("r", "").isdigit() else self._row + 1
            self._col = 0
        elif depth == _CELL and name == "c" and self._path[_ROW] == "row":
            self._cell, self._texts, self._of_formula = self._placed(attributes), {}, ""
        elif depth >= _CONTENT and self._path[_CELL] == "c":
            self._open_content(name, depth, attributes)

    def _placed(self, attributes: dict[str, str]) -> dict[str, str]:
        if "r" in attributes:
            found = _COLUMN.match(attributes["r"])
            self._col = column_number(found[0]) if found else 0
        else:
            self._col += 1
            attributes["r"] = f"{column_letters(self._col)}{self._row}"
        return attributes

    def _open_content(self, name: str, depth: int, attributes: dict[str, str]) -> None:
        within = self._path[_CONTENT]
        if depth == _CONTENT and name in ("f", "v"):
            self._collect = self._texts.setdefault(name, []).append
            if name == "f":
                self._of_formula = "".join(f' {local(key)}="{value}"' for key, value in attributes.items())
        elif within == "is" and name == "t" and (depth == 6 or (depth == 7 and self._path[6] == "r")):
            self._keep = attributes.get("xml:space") == "preserve"
            self._texts.setdefault("t", [])
            self._run = []
            self._collect = self._run.append

    def _text(self, text: str) -> None:
        if self._collect:
            self._collect(text)

    def _end(self, tag: str) -> None:
        depth, name = len(self._path) - 1, self._path.pop()
        if self._collect and name == "t":
            self._texts["t"].append(_shown("".join(self._run), "preserve" if self._keep else ""))
        if name in ("f", "v", "t"):
            self._collect = None
        if depth == _CELL and name == "c" and self._path[2] == "sheetData":
            self._hit()

    def _hit(self) -> None:
        formula, value, inline = ("".join(self._texts.get(name, ())) for name in ("f", "v", "t"))
        attributes = "".join(f' {name}="{value}"' for name, value in self._cell.items() if name != "r")
        if self._cell.get("t") == "inlineStr":
            number, text = "", inline if "t" in self._texts else value
        else:
            number, text = (value, "") if _NUMBER.fullmatch(value) else ("", value)
        self.hits.append((self._cell["r"], attributes, self._of_formula, formula, number, text))


def _shown(text: str, space: str) -> str:
    return unescaped(text if space == "preserve" else text.strip(_BLANKS))
