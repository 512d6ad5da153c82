"""VBA projects as strangers and Excel itself would leave them, made with pyOpenVBA."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from pyopenvba import ExcelFile
from pyopenvba.cfb import CFB
from pyopenvba.vba import compress, decompress, parse_vba_project, serialize_dir_stream

from xlauto.template import macros

PART = "xl/vbaProject.bin"


def changed(edit: Callable[[ExcelFile], None], sheets: int = 3) -> bytes:
    """Our own project after an edit."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsm"
        path.write_bytes(_book(macros.project(sheets)))
        with ExcelFile(path) as file:
            edit(file)
            file.save(path)
        with zipfile.ZipFile(path) as package:
            return package.read(PART)


def with_modules(sources: Mapping[str, str]) -> bytes:
    """Our own project with these modules added or put in the place of ours; an empty source takes one away."""

    def edit(file: ExcelFile) -> None:
        for name, source in sources.items():
            if name not in file.module_names():
                file.vba_project().add_module(name, source)
            elif source:
                file.set_module(name, source)
            else:
                file.vba_project().delete_module(name)

    return changed(edit)


def as_excel_saves_it() -> bytes:
    """Our own project compiled: source behind compiled code, streams of caches, and words and blanks as the editor
    likes them."""

    def edit(file: ExcelFile) -> None:
        for name in macros.modules():
            source = file.get_module(name).replace(" As String", "  AS String").replace("Dim book", "dim Book")
            file.set_module(name, source + "\r\n\r\n")
        file.set_module("Sheet2", file.get_module("Sheet2") + "Option Explicit\r\n")

    container = CFB.from_bytes(changed(edit))
    project = parse_vba_project(container)
    for module in project.modules:
        compiled = b"\x01\x16\x03\x00" + bytes(range(256)) * 3
        stream = container.get_stream_in_storage("VBA", module.stream_name)
        container.write_stream_in_storage("VBA", module.stream_name, compiled + stream)
        module.text_offset = len(compiled)
    container.write_stream_in_storage("VBA", "dir", compress(serialize_dir_stream(project)))
    container.write_stream_in_storage("VBA", "_VBA_PROJECT", b"\xcc\x61\xb5\x00\x00" + bytes(4000))
    container.add_stream_to_storage("VBA", "__SRP_0", bytes(5000))
    return container.to_bytes()


def without_source() -> bytes:
    """A project whose source was taken out, so that only compiled code could be there."""
    return with_modules({**dict.fromkeys(macros.modules(), ""), "Empty": "Option Explicit\r\n"})


def listing(project: bytes, edit: Callable[[bytes], bytes]) -> bytes:
    """The project with its list of modules changed."""
    container = CFB.from_bytes(project)
    records = edit(decompress(container.get_stream_in_storage("VBA", "dir")))
    container.write_stream_in_storage("VBA", "dir", compress(records))
    return container.to_bytes()


def _book(project: bytes) -> bytes:
    """A workbook of three sheets around the project."""
    import xlsxwriter

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        for _ in range(3):
            book.add_worksheet()
        book.add_vba_project(io.BytesIO(project), is_stream=True)
    return stream.getvalue()
