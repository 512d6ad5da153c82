"""A part of a sheet as a picture of what stands on screen: colours, row numbers, column letters, the buttons.

Works on a throw-away copy whose print set-up is changed in the XML, because openpyxl would lose the buttons."""

from __future__ import annotations

import io
import re
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

from lxml import etree
from PIL import Image, ImageChops

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests"))

from render import pages  # noqa: E402  (a helper of the tests)

DPI = 130
COLOURS = 128
"""Of the pictures' palettes: letters stay smooth, files small."""
_MARGIN = 6
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_AFTER_PAGE_SETUP = ("headerFooter", "rowBreaks", "colBreaks")


class Screen(NamedTuple):
    """A part of a sheet: `area` as in `A1:M25`, `dpi` where the text would be too small or the file too large."""

    sheet: str
    area: str
    dpi: int = DPI


def shoot(workbook: bytes, screen: Screen) -> bytes:
    """The picture as PNG."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsm"
        path.write_bytes(on_one_page(workbook, screen))
        printed = pages(path, Path(folder), dpi=screen.dpi)
        if len(printed) != 1:
            raise RuntimeError(f"{screen}: {len(printed)} pages instead of one")
        return trimmed(Image.open(printed[0]).convert("RGB"))


def trimmed(image: Image.Image) -> bytes:
    """The picture without the white around it, in few colours."""
    white = Image.new("RGB", image.size, "white")
    left, top, right, bottom = ImageChops.difference(image, white).getbbox() or (0, 0, *image.size)
    right, bottom = min(right + _MARGIN, image.width), min(bottom + _MARGIN, image.height)
    box = (max(left - _MARGIN, 0), max(top - _MARGIN, 0), right, bottom)
    stream = io.BytesIO()
    image.crop(box).quantize(COLOURS, dither=Image.Dither.NONE).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def on_one_page(workbook: bytes, screen: Screen) -> bytes:
    """A copy that prints only this part, on one page, with the buttons and with row numbers and column letters."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        part = _part_of(old, screen.sheet)
        for item in old.infolist():
            data = old.read(item)
            if item.filename == "xl/workbook.xml":
                data = _only_printing(data, screen)
            elif item.filename == part:
                data = _paged(data)
            elif item.filename.endswith(".vml"):
                data = data.replace(b"<x:PrintObject>False</x:PrintObject>", b"")
            new.writestr(item, data)
    return target.getvalue()


def _part_of(package: zipfile.ZipFile, sheet: str) -> str:
    book = etree.fromstring(package.read("xl/workbook.xml"))
    wanted = next(item.get(_ID) for item in book.iter(f"{_MAIN}sheet") if item.get("name") == sheet)
    relations = etree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
    return next("xl/" + item.get("Target") for item in relations if item.get("Id") == wanted)


def _only_printing(workbook: bytes, screen: Screen) -> bytes:
    root = etree.fromstring(workbook)
    sheets = list(root.iter(f"{_MAIN}sheet"))
    for item in sheets:
        if item.get("name") != screen.sheet:
            item.set("state", "hidden")
    names = next(root.iter(f"{_MAIN}definedNames"))
    for name in list(names):
        if name.get("name") in ("_xlnm.Print_Area", "_xlnm.Print_Titles"):
            names.remove(name)
    at = [item.get("name") for item in sheets].index(screen.sheet)
    area = etree.SubElement(names, f"{_MAIN}definedName", name="_xlnm.Print_Area", localSheetId=str(at))
    area.text = f"'{screen.sheet}'!" + re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", screen.area)
    view = next(root.iter(f"{_MAIN}workbookView"))
    view.set("activeTab", str(at))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _paged(sheet: bytes) -> bytes:
    root = etree.fromstring(sheet)
    for tag in _AFTER_PAGE_SETUP:
        for item in root.findall(f"{_MAIN}{tag}"):
            root.remove(item)
    fit = root.find(f"{_MAIN}sheetPr/{_MAIN}pageSetUpPr")
    if fit is not None:
        fit.getparent().remove(fit)
    root.find(f"{_MAIN}printOptions").set("headings", "1")
    page = root.find(f"{_MAIN}pageSetup")
    page.attrib.clear()
    page.attrib.update({"paperSize": "66", "orientation": "landscape"})
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
