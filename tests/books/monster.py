"""A workbook with all that a re-saving library loses, to prove that a patch keeps it.

`make` builds one with XlsxWriter and adds by hand what XlsxWriter cannot write; given a base, it adds to that."""

from __future__ import annotations

import io
import re
import struct
import zlib
from pathlib import Path

import xlsxwriter
from books.rawbook import HEADER, MAIN, RELATIONS, unzipped, zipped

FIRST, SECOND = "数据", "汇总"
OFFICE = "http://schemas.microsoft.com/office"
X14 = f"{OFFICE}/spreadsheetml/2009/9/main"
X15 = f"{OFFICE}/spreadsheetml/2010/11/main"
SHEET = "xl/worksheets/sheet1.xml"
SHEET_RELS = "xl/worksheets/_rels/sheet1.xml.rels"
WORKBOOK, WORKBOOK_RELS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
TYPES = "[Content_Types].xml"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PLAIN, WITH_MACROS = f"{SPREADSHEET}.sheet.main+xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml"


def make(path: Path, base: Path | None = None) -> None:
    """Write the monster to `path`; as .xlsm it also carries a macro project."""
    parts = unzipped(base.read_bytes() if base else _base())
    for add in (_printer, _people, _slicer, _custom_xml, _external_link, _validation, _calculation_chain):
        add(parts)
    if path.suffix == ".xlsm":
        _macros(parts)
    path.write_bytes(zipped(parts))


def _base() -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        data, total = book.add_worksheet(FIRST), book.add_worksheet(SECOND)
        bold, percent = book.add_format({"bold": True}), book.add_format({"num_format": "0.00%"})
        rows = [[f"单位{n}", n * 10.5, n * 9.25, None] for n in range(1, 9)]
        data.add_table(
            "A3:D11",
            {
                "name": "指标",
                "data": rows,
                "columns": [{"header": name} for name in ("单位", "预算", "决算", "执行率")],
            },
        )
        for row in range(3, 11):
            data.write_formula(row, 3, f"=C{row + 1}/B{row + 1}", percent, 9.25 / 10.5)
        data.write_rich_string("A1", "部门", bold, "整体支出", "（富文本）")
        data.merge_range("F1:H2", "合并", bold)
        data.write_array_formula("F4:F5", "{=B4:B5*2}", None, 21)
        data.write(4, 5, 42)
        data.write_comment("B4", "旧批注")
        data.write_comment("C4", "[Threaded comment] 新批注")
        data.insert_textbox("F8", "文本框")
        data.insert_image("J1", "logo.png", {"image_data": io.BytesIO(_png())})
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": f"={FIRST}!$B$4:$B$11"})
        data.insert_chart("J8", chart)
        data.conditional_format("B4:B11", {"type": "data_bar", "data_bar_2010": True})
        data.data_validation("C4:C11", {"validate": "decimal", "criteria": ">=", "value": 0})
        data.add_sparkline("E4", {"range": f"{FIRST}!B4:C4"})
        data.set_paper(9)
        data.print_area("A1:F20")
        data.freeze_panes(3, 1)
        data.set_column("B:D", 12)
        total.write_formula("A1", f"=SUM({FIRST}!B4:B11)", None, 378)
        total.write_formula("A2", '=IF(A1>400,"超","不超")', None, "不超")
        total.write_formula("A3", f"={FIRST}!F5+1", None, 43)
        total.protect()
        book.define_name("预算.合计", f"={SECOND}!$A$1")
        book.define_name(f"{FIRST}!预算.首行", f"={FIRST}!$B$4")
    return stream.getvalue()


def _png() -> bytes:
    """One red point."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")) + chunk(b"IEND", b"")
    )


def _printer(parts: dict[str, bytes]) -> None:
    parts["xl/printerSettings/printerSettings1.bin"] = bytes(range(256)) * 4
    _default_type(parts, "bin", f"{SPREADSHEET}.printerSettings")
    id_ = _relate(parts, SHEET_RELS, f"{RELATIONS}/printerSettings", "../printerSettings/printerSettings1.bin")
    parts[SHEET] = parts[SHEET].replace(b"<pageSetup ", f'<pageSetup r:id="{id_}" '.encode(), 1)


def _people(parts: dict[str, bytes]) -> None:
    namespace = f"{OFFICE}/spreadsheetml/2018/threadedcomments"
    person = "{11111111-2222-3333-4444-555555555555}"
    parts["xl/persons/person.xml"] = (
        f'{HEADER}<personList xmlns="{namespace}">'
        f'<person displayName="张三" id="{person}" userId="z" providerId="None"/></personList>'
    ).encode()
    parts["xl/threadedComments/threadedComment1.xml"] = (
        f'{HEADER}<ThreadedComments xmlns="{namespace}"><threadedComment ref="C4" dT="2026-01-02T03:04:05.00" '
        f'personId="{person}" id="{{AAAAAAAA-2222-3333-4444-555555555555}}"><text>请核实</text>'
        "</threadedComment></ThreadedComments>"
    ).encode()
    _override(parts, "xl/persons/person.xml", "application/vnd.ms-excel.person+xml")
    _override(parts, "xl/threadedComments/threadedComment1.xml", "application/vnd.ms-excel.threadedcomments+xml")
    kind = f"{OFFICE}/2017/10/relationships"
    _relate(parts, WORKBOOK_RELS, f"{kind}/person", "persons/person.xml")
    _relate(parts, SHEET_RELS, f"{kind}/threadedComment", "../threadedComments/threadedComment1.xml")


def _slicer(parts: dict[str, bytes]) -> None:
    """A slicer on the first column of the first table; none where there is no table."""
    table = parts.get("xl/tables/table1.xml", b"")
    found = re.search(rb'<table [^>]*?\bid="(\d+)"', table)
    column = re.search(rb'<tableColumn id="(\d+)" name="([^"]*)"', table)
    if not (found and column):
        return
    name = column[2].decode()
    parts["xl/slicers/slicer1.xml"] = (
        f'{HEADER}<slicers xmlns="{X14}">'
        f'<slicer name="{name}" cache="切片器_1" caption="{name}" rowHeight="241300"/></slicers>'
    ).encode()
    parts["xl/slicerCaches/slicerCache1.xml"] = (
        f'{HEADER}<slicerCacheDefinition xmlns="{X14}" name="切片器_1" sourceName="{name}"><extLst>'
        f'<x:ext xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:x15="{X15}" '
        f'uri="{{2F2917AC-EB37-4324-AD4E-5DD8C200BD13}}"><x15:tableSlicerCache tableId="{int(found[1])}" '
        f'column="{int(column[1])}"/></x:ext></extLst></slicerCacheDefinition>'
    ).encode()
    _override(parts, "xl/slicers/slicer1.xml", "application/vnd.ms-excel.slicer+xml")
    _override(parts, "xl/slicerCaches/slicerCache1.xml", "application/vnd.ms-excel.slicerCache+xml")
    on_sheet = _relate(parts, SHEET_RELS, f"{OFFICE}/2007/relationships/slicer", "../slicers/slicer1.xml")
    cache = _relate(parts, WORKBOOK_RELS, f"{OFFICE}/2007/relationships/slicerCache", "slicerCaches/slicerCache1.xml")
    _extend(
        parts,
        SHEET,
        f'<ext xmlns:x14="{X14}" uri="{{3A4CF648-6AED-40f4-86FF-DC5316D8AED3}}"><x14:slicerList>'
        f'<x14:slicer r:id="{on_sheet}"/></x14:slicerList></ext>',
    )
    _extend(
        parts,
        WORKBOOK,
        f'<ext xmlns:x14="{X14}" xmlns:x15="{X15}" uri="{{46BE6895-7355-4a93-B00E-2C351335B9C9}}"><x15:slicerCaches>'
        f'<x14:slicerCache r:id="{cache}"/></x15:slicerCaches></ext>',
    )


def _custom_xml(parts: dict[str, bytes]) -> None:
    namespace = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"
    parts["customXml/item1.xml"] = "<单位 xmlns='urn:x'>财政局</单位>".encode()
    parts["customXml/itemProps1.xml"] = (
        f'{HEADER}<ds:datastoreItem ds:itemID="{{BBBBBBBB-2222-3333-4444-555555555555}}" xmlns:ds="{namespace}"/>'
    ).encode()
    _override(
        parts, "customXml/itemProps1.xml", "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
    )
    _relate(parts, WORKBOOK_RELS, f"{RELATIONS}/customXml", "../customXml/item1.xml")
    _relate(parts, "customXml/_rels/item1.xml.rels", f"{RELATIONS}/customXmlProps", "itemProps1.xml")


def _external_link(parts: dict[str, bytes]) -> None:
    parts["xl/externalLinks/externalLink1.xml"] = (
        f'{HEADER}<externalLink xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
        '<externalBook r:id="rId1"><sheetNames><sheetName val="Sheet1"/></sheetNames></externalBook></externalLink>'
    ).encode()
    kind = f"{RELATIONS}/externalLinkPath"
    _relate(
        parts,
        "xl/externalLinks/_rels/externalLink1.xml.rels",
        kind,
        "file:///C:\\账\\去年.xlsx",
        ' TargetMode="External"',
    )
    _override(parts, "xl/externalLinks/externalLink1.xml", f"{SPREADSHEET}.externalLink+xml")
    id_ = _relate(parts, WORKBOOK_RELS, f"{RELATIONS}/externalLink", "externalLinks/externalLink1.xml")
    entry = f'</sheets><externalReferences><externalReference r:id="{id_}"/></externalReferences>'
    parts[WORKBOOK] = parts[WORKBOOK].replace(b"</sheets>", entry.encode())


def _validation(parts: dict[str, bytes]) -> None:
    _extend(
        parts,
        SHEET,
        f'<ext xmlns:x14="{X14}" uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}"><x14:dataValidations count="1" '
        'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidation type="list" allowBlank="1">'
        "<x14:formula1><xm:f>#REF!$A$1:$A$2</xm:f></x14:formula1><xm:sqref>H4</xm:sqref></x14:dataValidation></x14:dataValidations></ext>",
    )


def _calculation_chain(parts: dict[str, bytes]) -> None:
    """All formulas of the sheets in the order of the files."""
    entries = [
        f'<c r="{ref.decode()}" i="{number}"/>'
        for number in range(1, 100)
        for ref in re.findall(rb'<c r="([A-Z]+[0-9]+)"[^<>]*><f', parts.get(f"xl/worksheets/sheet{number}.xml", b""))
    ]
    if "xl/calcChain.xml" in parts or not entries:
        return
    parts["xl/calcChain.xml"] = f'{HEADER}<calcChain xmlns="{MAIN}">{"".join(entries)}</calcChain>'.encode()
    _override(parts, "xl/calcChain.xml", f"{SPREADSHEET}.calcChain+xml")
    _relate(parts, WORKBOOK_RELS, f"{RELATIONS}/calcChain", "calcChain.xml")


def _macros(parts: dict[str, bytes]) -> None:
    parts[TYPES] = parts[TYPES].replace(PLAIN.encode(), WITH_MACROS.encode())
    if "xl/vbaProject.bin" in parts:
        return
    parts["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 8
    _override(parts, "xl/vbaProject.bin", "application/vnd.ms-office.vbaProject")
    _relate(parts, WORKBOOK_RELS, f"{OFFICE}/2006/relationships/vbaProject", "vbaProject.bin")


def _relate(parts: dict[str, bytes], rels: str, kind: str, target: str, more: str = "") -> str:
    empty = (
        f'{HEADER}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    )
    xml = parts.get(rels, empty.encode()).decode()
    id_ = f"rId{len(re.findall('<Relationship ', xml)) + 1}"
    entry = f'<Relationship Id="{id_}" Type="{kind}" Target="{target}"{more}/></Relationships>'
    parts[rels] = xml.replace("</Relationships>", entry).encode()
    return id_


def _override(parts: dict[str, bytes], part: str, kind: str) -> None:
    entry = f'<Override PartName="/{part}" ContentType="{kind}"/></Types>'
    parts[TYPES] = parts[TYPES].replace(b"</Types>", entry.encode())


def _default_type(parts: dict[str, bytes], extension: str, kind: str) -> None:
    if f'Extension="{extension}"'.encode() not in parts[TYPES]:
        parts[TYPES] = re.sub(
            rb"(<Types [^>]*>)",
            rb"\1" + f'<Default Extension="{extension}" ContentType="{kind}"/>'.encode(),
            parts[TYPES],
        )


def _extend(parts: dict[str, bytes], part: str, extension: str) -> None:
    """Append to the part's extension list, which is the last element of its root."""
    root = "worksheet" if part == SHEET else "workbook"
    xml = parts[part].decode()
    tail = f"</extLst></{root}>"
    if xml.endswith(tail):
        parts[part] = (xml.removesuffix(tail) + extension + tail).encode()
    else:
        parts[part] = (xml.removesuffix(f"</{root}>") + f"<extLst>{extension}{tail}").encode()
