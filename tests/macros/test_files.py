"""The workbooks with buttons and the add-in as files: what independent readers find in them, byte for byte the same."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ElementTree
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest
import validator
from oletools.olevba import VBA_Parser
from openpyxl.utils import column_index_from_string, get_column_letter, range_boundaries

from xlauto.books.closed import open_book
from xlauto.figures import blank
from xlauto.look.heights import column_pixels
from xlauto.making import made
from xlauto.places import macros_dir
from xlauto.scheme import available, load_scheme
from xlauto.sheets import INSTRUCTIONS, LISTS
from xlauto.template import macros
from xlauto.template.system import NOTE

SCHEMES = [folder.id for folder in available()]
OFFICE = "http://schemas.openxmlformats.org/package/2006/"
ADDIN = macros_dir() / "xlauto.xlam"
FILES = [*(folder.path / "template.xlsm" for folder in available()), ADDIN]
each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
each_scheme = pytest.mark.parametrize("scheme_id", SCHEMES)


@cache
def parts(file: Path) -> Mapping[str, bytes]:
    with zipfile.ZipFile(file) as package:
        return {name: package.read(name) for name in package.namelist()}


# --- made anew, the same bytes ---------------------------------------------------------------------------------------


@each_scheme
def test_committed_template_is_what_the_scheme_builds(scheme_id: str) -> None:
    scheme = load_scheme(scheme_id)
    macros.project.cache_clear()
    assert (scheme.folder / "template.xlsm").read_bytes() == made(scheme, macros=True), "xlauto scheme build --all"


def test_committed_addin_is_what_the_sources_build() -> None:
    macros.project.cache_clear()
    assert macros.addin() == ADDIN.read_bytes(), "xlauto scheme build --all"


@each_scheme
def test_the_sheets_are_those_of_the_template_without_macros(scheme_id: str) -> None:
    folder = load_scheme(scheme_id).folder
    plain, with_buttons = open_book(folder / "template.xlsx"), open_book(folder / "template.xlsm")
    assert [*with_buttons.sheets] == [*plain.sheets]
    mine, theirs = ([name for name in book.names if name.scope != INSTRUCTIONS] for book in (with_buttons, plain))
    assert mine == theirs
    for sheet in plain.sheets:
        if sheet.name != INSTRUCTIONS:
            assert with_buttons.cells(sheet.name) == plain.cells(sheet.name)


def test_a_units_workbook_has_a_module_for_every_sheet() -> None:
    scheme = load_scheme("hunan-2023")
    data = made(scheme, blank(scheme, "某局", "007", 12), macros=True)
    sheets = len(open_book(data).sheets)
    names = [name for name, _ in sources(data)]
    assert sheets > 15
    documents = {"ThisWorkbook", *(f"Sheet{number}" for number in range(1, sheets + 1))}
    assert sorted(names) == sorted(documents | macros.modules().keys())


# --- as others read them ---------------------------------------------------------------------------------------------


def sources(data: bytes) -> Iterator[tuple[str, str]]:
    """The modules that olevba finds, with LF."""
    parser = VBA_Parser("book.xlsm", data=data)
    for _, _, name, code in parser.extract_macros():
        yield name.rpartition(".")[0], code.replace("\r\n", "\n")


@each_file
def test_olevba_reads_the_sources_back(file: Path) -> None:
    found = dict(sources(file.read_bytes()))
    wanted = macros.modules(addin=file == ADDIN)
    assert {name: found[name] for name in wanted} == dict(wanted)
    for name in found.keys() - wanted.keys():
        assert re.fullmatch(r"ThisWorkbook|Sheet\d+", name)
        assert all(line.startswith("Attribute ") for line in found[name].splitlines())


@each_file
def test_no_compiled_code_and_no_library_but_excels_own(file: Path) -> None:
    from pyopenvba import ExcelFile
    from pyopenvba.cfb import CFB

    with ExcelFile(file) as book:
        assert [reference.name for reference in book.references()] == ["stdole", "Office"]
        assert book.validate() == []
        assert {module.text_offset for module in book.vba_project().modules} == {0}
        project = CFB.from_bytes(book.vba_project_bytes())
    assert project.get_stream_in_storage("VBA", "_VBA_PROJECT") == bytes.fromhex("cc61ffff000000")


def test_the_open_xml_sdk_accepts_every_file() -> None:
    faults = validator.validate_many(FILES)
    assert {str(file): found for file, found in faults.items() if found} == {}


@each_file
def test_package_declares_macros_and_ribbon(file: Path) -> None:
    found = parts(file)
    kind = "addin" if file == ADDIN else "sheet"
    types = ElementTree.fromstring(found["[Content_Types].xml"])
    declared = {element.attrib.get("PartName", ""): element.attrib["ContentType"] for element in types}
    assert declared["/xl/workbook.xml"] == f"application/vnd.ms-excel.{kind}.macroEnabled.main+xml"
    (relation,) = (
        element.attrib
        for element in ElementTree.fromstring(found["_rels/.rels"])
        if element.attrib["Type"].endswith("ui/extensibility")
    )
    assert relation["Type"] == "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility"
    assert found[relation["Target"]] == macros.ribbon(addin=file == ADDIN)
    assert b'codeName="ThisWorkbook"' in found["xl/workbook.xml"]
    sheets = sorted(name for name in found if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name))
    for name in sheets:
        number = re.findall(r"\d+", name)[0]
        assert f'<sheetPr codeName="Sheet{number}"'.encode() in found[name]


# --- the buttons on the sheets ---------------------------------------------------------------------------------------


class Placed(NamedTuple):
    """A button in its sheet: columns and rows from 0 with the pixels into them, as its anchor has them."""

    macro: str
    label: str
    tip: str
    left: tuple[int, int]
    top: tuple[int, int]
    right: tuple[int, int]
    bottom: tuple[int, int]


@cache
def placed(file: Path) -> Mapping[str, list[Placed]]:
    """The buttons of each sheet."""
    found: dict[str, list[Placed]] = {}
    package = parts(file)
    for number, sheet in enumerate(open_book(file).sheets, 1):
        rels = package.get(f"xl/worksheets/_rels/sheet{number}.xml.rels", b"").decode()
        drawing = re.search(r'Target="\.\./drawings/(vmlDrawing\d+\.vml)"', rels)
        if drawing:
            root = ElementTree.fromstring(package[f"xl/drawings/{drawing[1]}"])
            shapes = root.iter("{urn:schemas-microsoft-com:vml}shape")
            found[sheet.name] = [button_of(shape) for shape in shapes]
    return found


def button_of(shape: ElementTree.Element) -> Placed:
    excel = "{urn:schemas-microsoft-com:office:excel}"
    (data,) = shape.iter(f"{excel}ClientData")
    assert data.attrib["ObjectType"] == "Button"
    assert data.findtext(f"{excel}PrintObject") == "False"
    col1, x1, row1, y1, col2, x2, row2, y2 = map(int, (data.findtext(f"{excel}Anchor") or "").split(","))
    label = "".join(font.text or "" for font in shape.iter("font"))
    macro = (data.findtext(f"{excel}FmlaMacro") or "").removeprefix("[0]!")
    return Placed(macro, label, shape.attrib["alt"], (col1, x1), (row1, y1), (col2, x2), (row2, y2))


@each_scheme
def test_every_form_has_all_buttons_as_the_ribbon_declares_them(scheme_id: str) -> None:
    scheme = load_scheme(scheme_id)
    found = placed(scheme.folder / "template.xlsm")
    lists = {item.name for item in LISTS}
    sheets = {sheet.name for sheet in open_book(scheme.folder / "template.xlsm").sheets}
    assert found.keys() == sheets - lists
    wanted = [(button.macro, button.label, button.tip) for button in macros.buttons()]
    for sheet, row in found.items():
        assert [button[:3] for button in row] == wanted, sheet


@each_scheme
def test_buttons_cover_nothing_and_do_not_print(scheme_id: str) -> None:
    folder = load_scheme(scheme_id).folder
    book = openpyxl.load_workbook(folder / "template.xlsm")
    for name, row in placed(folder / "template.xlsm").items():
        sheet = book[name]
        _, _, last_printed, _ = range_boundaries(sheet.print_area.rpartition("!")[2].replace("$", ""))
        for button in row:
            assert button.left[0] >= last_printed, "right of what is printed"
            assert (button.left[0], button.top[0]) == (button.right[0], button.bottom[0]), "within one cell"
            assert button.right[1] < pixels(sheet, button.left[0])
            height = sheet.row_dimensions[button.top[0] + 1].height / 0.75
            text = sheet.cell(button.top[0] + 1, button.left[0] + 1).value
            assert button.bottom[1] <= height - (16 if text else 0), "above the row's own text"
            assert text is None or text == NOTE
        for one, other in combinations(row, 2):
            assert one.right < other.left or one.bottom < other.top


def pixels(sheet: Any, column: int) -> float:
    """The width of a column (from 0)."""
    letters = get_column_letter(column + 1)
    return column_pixels(sheet.column_dimensions[letters].width)


@each_file
def test_a_label_fits_its_button(file: Path) -> None:
    for name, content in parts(file).items():
        if name.endswith(".vml"):
            fonts = re.findall(r'<font face="(.+?)" size="(\d+)"', content.decode())
            assert set(fonts) == {(macros.LETTERING.font, str(macros.LETTERING.size * 20))}
    for row in placed(file).values():
        for button in row:
            label = len(button.label) * macros.LETTERING.size / 0.75
            assert label + 12 <= button.right[1] - button.left[1]


def test_buttons_stand_above_the_columns_that_they_fill() -> None:
    scheme = load_scheme("hunan-2023")
    found = placed(scheme.folder / "template.xlsm")
    for form in scheme.single_forms:
        if form.system:
            columns = [*map(column_index_from_string, form.system.values())]
            assert {button.left[0] + 1 for button in found[form.sheet]} <= {*columns}


def test_the_page_says_what_each_button_does() -> None:
    book = open_book(load_scheme("hunan-2023").folder / "template.xlsm")
    shown = {cell.text for cell in book.cells(INSTRUCTIONS).values()}
    assert {text for button in macros.buttons() for text in (button.label, button.tip)} <= shown
    plain = open_book(load_scheme("hunan-2023").folder / "template.xlsx")
    told = {cell.text for cell in plain.cells(INSTRUCTIONS).values()}
    assert "按钮" not in told and macros.texts()["plain"] in told


def test_the_xlsm_is_as_small_as_it_says() -> None:
    """The package's own limits hold for what the program itself makes."""
    for file in FILES:
        assert open_book(file.read_bytes()).code
        assert zipfile.ZipFile(io.BytesIO(file.read_bytes())).testzip() is None
