"""The macros of a workbook with buttons: VBA project and ribbon, made from the texts in macros/.

The same sources give the same bytes. How the buttons stand on the sheets is decided in buttons.py."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from xlauto import yamlfile
from xlauto.places import macros_dir

_RIBBON_PART = "customUI/customUI.xml"
_RIBBON_RELATION = "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility"
_RELATIONS = "_rels/.rels"
_RELATIONS_END = b"</Relationships>"
_CONTENT_TYPES = "[Content_Types].xml"
_WORKBOOK_TYPE = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_ADDIN_TYPE = b"application/vnd.ms-excel.addin.macroEnabled.main+xml"
_NO_CACHE = bytes.fromhex("cc61ffff000000")
"""The stream _VBA_PROJECT as [MS-OVBA] 2.3.4.1 wants it written: no compiled code, so Excel compiles the source."""
_CHARACTERS_PER_LINE = 40
"""A line of VBA holds 1,023 characters at most, and a `ChrW(…) & ` takes up to 14."""


class Lettering(NamedTuple):
    font: str
    size: int
    """Points."""


LETTERING = Lettering("宋体", 9)
"""Of the labels on the buttons; XlsxWriter knows only one other."""
_XLSXWRITERS_LETTERING = b'<font face="Calibri" size="220" '


class Button(NamedTuple):
    """A button of the ribbon: its macro, the job it starts, its label, and what it does in a sentence."""

    macro: str
    job: str
    label: str
    tip: str


@cache
def buttons() -> tuple[Button, ...]:
    """The buttons in the order of the ribbon, which declares them."""
    from xml.etree import ElementTree

    found = ElementTree.fromstring(_ribbon()).iter("{http://schemas.microsoft.com/office/2006/01/customui}button")
    return tuple(Button(*(item.attrib[key] for key in ("id", "tag", "label", "supertip"))) for item in found)


@cache
def texts() -> Mapping[str, str]:
    """What the macros and the page on the buttons say, by key; the labels of the buttons by job."""
    said: dict[str, str] = yamlfile.load(macros_dir() / "texts.yaml")
    return said | {button.job: button.label for button in buttons()}


@cache
def modules(*, addin: bool = False) -> Mapping[str, str]:
    """The VBA modules of a workbook or of the add-in by name, as text with LF."""
    sources = {file.stem: file.read_text(encoding="ascii") for file in sorted(macros_dir().glob("*.bas"))}
    if addin:
        sources = {name: _with_addins_callbacks(source) for name, source in sources.items()}
    return sources | {"Texts": _texts_module()}


@cache
def ribbon(*, addin: bool = False) -> bytes:
    """The ribbon's part, whose callbacks are those of `modules` of the same kind."""
    return _with_addins_callbacks(_ribbon().decode()).encode() if addin else _ribbon()


@cache
def project(sheets: int, *, addin: bool = False) -> bytes:
    """The part vbaProject.bin of a workbook or add-in with this many sheets: our modules, and one for each sheet."""
    import tempfile
    from pathlib import Path

    import xlsxwriter
    from pyopenvba import ExcelFile
    from pyopenvba.cfb import CFB

    with tempfile.TemporaryDirectory(prefix="xlauto-") as folder:
        path = Path(folder) / "book.xlsm"
        with xlsxwriter.Workbook(path) as book:
            for _ in range(sheets):
                book.add_worksheet()
        with ExcelFile(path) as file:
            made = file.add_vba_project()
            for name in made.module_names():
                file.set_module(name, file.get_module(name))
            for name, source in modules(addin=addin).items():
                made.add_module(name, source.replace("\n", "\r\n"))
            file.save(path.with_name("done.xlsm"))
            container = CFB.from_bytes(file.vba_project_bytes())
    container.write_stream_in_storage("VBA", "_VBA_PROJECT", _NO_CACHE)
    return bytes(container.to_bytes())


def add_macros(workbook: Any, *, addin: bool = False) -> None:
    """Give an XlsxWriter workbook, all of whose sheets have been added, the macros."""
    workbook.add_vba_project(io.BytesIO(project(len(workbook.worksheets()), addin=addin)), is_stream=True)


def finished(data: bytes, *, addin: bool = False) -> bytes:
    """The workbook with what XlsxWriter has no way to ask for: the ribbon's part, and the lettering of the buttons."""
    lettering = f'<font face="{LETTERING.font}" size="{LETTERING.size * 20}" '.encode()
    relation = f'<Relationship Id="xlautoRibbon" Type="{_RIBBON_RELATION}" Target="{_RIBBON_PART}"/>'.encode()

    def edit(name: str, content: bytes) -> bytes:
        if name == _RELATIONS:
            return content.replace(_RELATIONS_END, relation + _RELATIONS_END)
        return content.replace(_XLSXWRITERS_LETTERING, lettering) if name.endswith(".vml") else content

    return _rewritten(data, edit, {_RIBBON_PART: ribbon(addin=addin)})


def addin() -> bytes:
    """The add-in xlauto.xlam, which shows the ribbon with every workbook; Excel never shows its one sheet."""
    from datetime import datetime

    import xlsxwriter

    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"in_memory": True})
    workbook.add_worksheet()
    add_macros(workbook, addin=True)
    workbook.set_properties({"title": texts()["addin"], "created": datetime(2024, 1, 1)})
    workbook.close()

    def edit(name: str, content: bytes) -> bytes:
        return content.replace(_WORKBOOK_TYPE, _ADDIN_TYPE) if name == _CONTENT_TYPES else content

    return _rewritten(finished(stream.getvalue(), addin=True), edit)


def _rewritten(data: bytes, edit: Callable[[str, bytes], bytes], added: Mapping[str, bytes] | None = None) -> bytes:
    """The package with its members edited, and others added at the end."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            new.writestr(item, edit(item.filename, old.read(item)))
        for name, content in (added or {}).items():
            info = zipfile.ZipInfo(name)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, item.external_attr
            new.writestr(info, content)
    return target.getvalue()


def _ribbon() -> bytes:
    return (macros_dir() / "ribbon.xml").read_bytes().replace(b"\r\n", b"\n")


def _with_addins_callbacks(text: str) -> str:
    """Excel looks for a callback by its name in all open projects, so the add-in's have names of their own."""
    callbacks = re.findall(r'\b(?:onAction|get[A-Z]\w*)="(\w+)"', _ribbon().decode())
    return re.sub(rf"\b({'|'.join(callbacks)})\b", r"Addin\1", text)


def _texts_module() -> str:
    """The module Texts: VBA's editor knows only the characters of the machine's code page, so it gets numbers."""
    lines = ['Attribute VB_Name = "Texts"', "Option Explicit", ""]
    lines += ["' Made from texts.yaml and the labels in ribbon.xml.", ""]
    lines += ["Public Function TextOf(ByVal key As String) As String", "    Dim t As String", "    Select Case key"]
    for key, text in texts().items():
        lines.append(f'    Case "{key}"')
        lines += [f"        t = t & {part}" for part in _expressions(text)]
    return "\n".join([*lines, "    End Select", "    TextOf = t", "End Function", ""])


def _expressions(text: str) -> Iterator[str]:
    """The text as VBA expressions in ASCII, a line's worth each."""
    for start in range(0, len(text), _CHARACTERS_PER_LINE):
        pieces = re.findall(r"[ -~]+|\n|[^ -~]", text[start : start + _CHARACTERS_PER_LINE])
        yield " & ".join(_expression(piece) for piece in pieces)


def _expression(piece: str) -> str:
    if piece == "\n":
        return "vbLf"
    return f"ChrW({ord(piece)})" if ord(piece[0]) > 126 else '"' + piece.replace('"', '""') + '"'
