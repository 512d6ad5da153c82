"""A patch changes what is meant and nothing else: cells, names, sheets, cached values."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import oracle
import pytest
import validator
from books import monster
from books.rawbook import book, parts, sheet, unzipped, zipped
from hypothesis import given
from hypothesis import strategies as st

from xlauto.books.book import AddSheet, Edit, SetCell, SetName
from xlauto.books.closed import ClosedBook, open_book
from xlauto.model import Area, CannotGoOn, Cell, CellError, Kind, Place, Value

SHEET = "xl/worksheets/sheet1.xml"


def cell(ref: str, value: Value = None, formula: str | None = None, style_of: str = "", sheet: str = "表") -> SetCell:
    return SetCell(
        place=place(ref, sheet), value=value, formula=formula, style_of=place(style_of) if style_of else None
    )


def place(ref: str, sheet: str = "表") -> Place:
    found = re.fullmatch("([A-Z])([0-9]+)", ref)
    assert found
    return Place(sheet, int(found[2]), ord(found[1]) - 64)


def patched(data: bytes, *edits: Edit) -> ClosedBook:
    return open_book(open_book(data, "a.xlsx").edited(edits), "a.xlsx")


def rows_after(rows: str, *edits: Edit) -> str:
    """The rows' XML after the edits."""
    xml = patched(book(rows), *edits).package.part(SHEET).decode()
    return xml[xml.index("<sheetData>") + 11 : xml.index("</sheetData>")] if "</sheetData>" in xml else ""


def text(value: str) -> str:
    return f't="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'


ROWS = '<row r="2" spans="2:4" ht="20"><c r="B2" s="1"><v>1</v></c><c r="D2" s="2" t="str"><v>x</v></c></row>'
CONTROL = text("_x0001__x000D__x005F_x0041_")
WRITTEN: list[tuple[str, str, list[SetCell], str]] = [
    ("数", ROWS, [cell("B2", Decimal("2.50"))], ROWS.replace("<v>1</v>", "<v>2.5</v>")),
    ("噪声", ROWS, [cell("B2", Decimal("0.1"))], ROWS.replace("<v>1</v>", "<v>0.1</v>")),
    ("大数", ROWS, [cell("B2", Decimal("1E+22"))], ROWS.replace("<v>1</v>", "<v>1E+22</v>")),
    ("小数", ROWS, [cell("B2", Decimal("-0.00000125"))], ROWS.replace("<v>1</v>", "<v>-1.25E-06</v>")),
    ("真", ROWS, [cell("B2", True)], ROWS.replace("<v>1</v>", "<v>1</v>").replace('s="1">', 's="1" t="b">')),
    ("错误", ROWS, [cell("B2", CellError("#N/A"))], ROWS.replace('s="1"><v>1', 's="1" t="e"><v>#N/A')),
    ("清空", ROWS, [cell("B2")], ROWS.replace('s="1"><v>1</v></c>', 's="1"/>')),
    ("文字", ROWS, [cell("D2", "a<b & c")], ROWS.replace('t="str"><v>x</v></c>', text("a&lt;b &amp; c"))),
    ("非公式", ROWS, [cell("D2", "=1+1")], ROWS.replace('t="str"><v>x</v></c>', text("=1+1"))),
    ("控制符", ROWS, [cell("D2", "\x01\r_x0041_")], ROWS.replace('t="str"><v>x</v></c>', CONTROL)),
    ("公式", ROWS, [cell("B2", Decimal(3), "A1+2<4")], ROWS.replace("<v>1</v>", "<f>A1+2&lt;4</f><v>3</v>")),
    ("文字公式", ROWS, [cell("B2", "", '""')], ROWS.replace('s="1"><v>1</v>', 's="1" t="str"><f>""</f><v></v>')),
    ("插在中间", ROWS, [cell("C2", Decimal(5))], ROWS.replace('<c r="D2"', '<c r="C2"><v>5</v></c><c r="D2"')),
    (
        "两端",
        ROWS,
        [cell("F2", Decimal(6)), cell("A2", Decimal(5), style_of="D2")],
        ROWS.replace("2:4", "1:6")
        .replace('<c r="B2"', '<c r="A2" s="2"><v>5</v></c><c r="B2"')
        .replace("</row>", '<c r="F2"><v>6</v></c></row>'),
    ),
    ("样式", ROWS, [cell("B2", Decimal(1), style_of="D2")], ROWS.replace('B2" s="1"', 'B2" s="2"')),
    (
        "新行",
        ROWS,
        [cell("A9", Decimal(9)), cell("A1", Decimal(1)), cell("B9", Decimal(8))],
        f'<row r="1"><c r="A1"><v>1</v></c></row>{ROWS}<row r="9"><c r="A9"><v>9</v></c><c r="B9"><v>8</v></c></row>',
    ),
    ("空行", '<row r="1" ht="9" />', [cell("B1", Decimal(1))], '<row r="1" ht="9"><c r="B1"><v>1</v></c></row>'),
    ("行样式", '<row r="1" s="2" customFormat="1"/>', [cell("A1", True)],
     '<row r="1" s="2" customFormat="1"><c r="A1" s="2" t="b"><v>1</v></c></row>'),
    ("无行", "", [cell("B1", Decimal(1))], '<row r="1"><c r="B1"><v>1</v></c></row>'),
    ("后者为准", ROWS, [cell("B2", Decimal(7)), cell("B2", Decimal(8))], ROWS.replace("<v>1</v>", "<v>8</v>")),
    ("无位置", "<row><c><v>1</v></c><c><v>2</v></c></row>", [cell("B1", Decimal(3))],
     '<row><c><v>1</v></c><c r="B1"><v>3</v></c></row>'),
    ("无变化", ROWS, [cell("B2", Decimal("1.0")), cell("D2", "x"), cell("Z9"), cell("C2", style_of="A1")], ROWS),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "edits", "expected"), [case[1:] for case in WRITTEN], ids=[case[0] for case in WRITTEN]
)
def test_only_the_cells_meant_change(rows: str, edits: list[SetCell], expected: str) -> None:
    assert rows_after(rows, *edits) == expected


def test_a_prefixed_sheet_gets_prefixed_cells() -> None:
    xml = '<x:worksheet xmlns:x="urn:x"><x:sheetData/></x:worksheet>'
    done = patched(zipped(parts({"表": xml})), cell("A1", "字", "B1"), cell("A2", Decimal(2)))
    assert done.package.part(SHEET).decode() == (
        '<x:worksheet xmlns:x="urn:x"><x:sheetData>'
        '<x:row r="1"><x:c r="A1" t="str"><x:f>B1</x:f><x:v>字</x:v></x:c></x:row>'
        '<x:row r="2"><x:c r="A2"><x:v>2</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )


@pytest.mark.parametrize(("ref", "dimension"), [("C2", "B2:D4"), ("A9", "A2:D9"), ("B2", "B2:D4")])
def test_dimension_grows_only_if_needed(ref: str, dimension: str) -> None:
    data = zipped(parts({"表": sheet(ROWS, '<dimension ref="B2:D4"/>')}))
    assert f'<dimension ref="{dimension}"/>'.encode() in patched(data, cell(ref, Decimal(9))).package.part(SHEET)


MERGED = zipped(parts({"表": sheet(ROWS, after='<mergeCells><mergeCell ref="B2:C3"/></mergeCells>')}))
ARRAY = book(
    '<row r="1"><c r="A1"><f t="array" ref="A1:A2">B1:B2*2</f><v>2</v></c></row><row r="2"><c r="A2"><v>4</v></c></row>'
)
REFUSED = [
    ("合并", MERGED, cell("C3", Decimal(1)), "程序21", "B2:C3"),
    ("数组首格", ARRAY, cell("A1", Decimal(1)), "程序21", "A1:A2"),
    ("数组内", ARRAY, cell("A2", Decimal(1)), "程序21", "A1:A2"),
    ("表名", book(ROWS), AddSheet(name="a/b"), "程序14", "a/b"),
    ("长表名", book(ROWS), AddSheet(name="长" * 32), "程序14", "长长"),
]


@pytest.mark.parametrize(
    ("data", "edit", "code", "named"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_refused_by_name(data: bytes, edit: Edit, code: str, named: str) -> None:
    with pytest.raises(CannotGoOn) as raised:
        patched(data, edit)
    assert raised.value.code == code and named in raised.value.fact


@pytest.mark.parametrize(
    ("value", "written"),
    [("长" * 32768, "长" * 32766 + "…"), ("长" * 32767, "长" * 32767), (Decimal("1.8e308"), "#NUM!")],
    ids=["过长", "恰好", "过大"],
)
def test_a_value_that_no_cell_takes_is_made_to_fit(value: Value, written: str, tmp_path: Path) -> None:
    path = tmp_path / "单位.xlsx"
    path.write_bytes(book(ROWS))
    open_book(path).commit([cell("A1", value)])
    assert open_book(path).cells("表")[1, 1].text == written


def test_merged_and_array_cells_that_may_be_written() -> None:
    assert patched(MERGED, cell("B2", Decimal(3)), cell("C3")).cells("表")[2, 2].text == "3"
    kept = patched(ARRAY, cell("A1", Decimal(9), "B1:B2*2"))
    assert b'<c r="A1"><f t="array" ref="A1:A2">B1:B2*2</f><v>9</v></c>' in kept.package.part(SHEET)


SHARED = "".join(
    f'<row r="{n}"><c r="A{n}" s="1"><f t="shared" {more}si="0"{end}<v>{n}</v></c></row>'
    for n, more, end in ((1, 'ref="A1:A3" ', ">B1*2</f>"), (2, "", "/>"), (3, "", "/>"))
)


def test_a_child_of_a_shared_formula_is_simply_replaced() -> None:
    done = rows_after(
        SHARED, cell("A2", Decimal(7), "B2*3"), cell("A1", Decimal(1), "B1*2"), cell("A3", Decimal(3), "B3*2")
    )
    assert done == SHARED.replace('<f t="shared" si="0"/><v>2</v>', "<f>B2*3</f><v>7</v>", 1)


def test_children_keep_their_formula_when_the_master_goes() -> None:
    done = patched(book(SHARED), cell("A1", Decimal(5)), cell("A3", Decimal(6), "B3*2"))
    cells = done.cells("表")
    assert cells[1, 1] == Cell(Kind.NUMBER, "5", None, "0.00%")
    assert cells[2, 1].formula == "B2*2" and cells[3, 1] == Cell(Kind.NUMBER, "6", "B3*2", "0.00%")
    assert b"shared" not in done.package.part(SHEET)


def test_names_are_changed_added_and_scoped() -> None:
    names = (
        '<definedNames><definedName name="指标" localSheetId="0" comment="c">表!$A$1</definedName>'
        '<definedName name="指标">表!$B$1</definedName></definedNames>'
    )
    data = zipped(parts({"表": sheet(ROWS), "it&apos;s": sheet("")}, names=names, settings='<workbookPr a="b"/>'))
    before = unzipped(data)
    done = patched(
        data,
        SetName(scope="表", name="指标", area=Area("表", 1, 1, 9, 2)),
        SetName(scope="it's", name="新", area=Area("it's", 2, 2, 2, 2)),
    )
    assert [(name.scope, name.name, name.area and name.area.ref) for name in done.names] == [
        ("表", "指标", "A1:B9"),
        ("", "指标", "B1"),
        ("it's", "新", "B2"),
    ]
    assert patched(data, SetName(scope="", name="指标", area=Area("表", 1, 2, 1, 2))).package.data == data
    xml = before["xl/workbook.xml"].decode().replace('"c">表!$A$1', "\"c\">'表'!$A$1:$B$9")
    added = "<definedName name=\"新\" localSheetId=\"1\">'it''s'!$B$2</definedName></definedNames>"
    assert done.package.part("xl/workbook.xml").decode() == xml.replace("</definedNames>", added)
    assert {n for n, c in unzipped(done.package.data).items() if before[n] != c} == {"xl/workbook.xml"}


def test_a_first_name_and_a_sheet_are_added(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(book(ROWS))
    add = AddSheet(name="校验结果", headings=("代码", "级别 & 项目"), widths=(8, 30.5))
    edits: list[Edit] = [
        cell("A2", "值05", sheet="校验结果"),
        add,
        SetName(scope="", name="结果", area=Area("校验结果", 1, 1, 2, 2)),
    ]
    book_ = open_book(path)
    assert book_.names == []
    book_.commit(edits)
    assert [name.name for name in book_.names] == ["结果"]
    assert validator.validate(path) == []
    stored = openpyxl.load_workbook(path)
    assert stored.sheetnames == ["表", "校验结果"]
    written = stored["校验结果"]
    assert [written["A1"].value, written["B1"].value, written["A2"].value] == ["代码", "级别 & 项目", "值05"]
    assert written["A1"].font.b and written["A1"].alignment.wrap_text and written.column_dimensions["B"].width == 30.5
    assert oracle.recalculated(path)["校验结果"][1, 1] == "代码"
    again = path.read_bytes()
    open_book(path).commit(edits)
    assert path.read_bytes() == again


def test_a_sheet_is_added_to_what_openpyxl_saved(tmp_path: Path) -> None:
    """It declares the relationship prefix on each sheet and gives absolute targets."""
    path = tmp_path / "a.xlsx"
    openpyxl.Workbook().save(path)
    open_book(path).commit([AddSheet(name="新", headings=("标题",)), cell("A1", Decimal(1), sheet="Sheet")])
    # The order inside of its fonts is openpyxl's own fault; ours is a copy of its first.
    assert [fault for fault in validator.validate(path) if "x:fonts" not in fault] == []
    assert openpyxl.load_workbook(path)["新"]["A1"].value == "标题"


def test_a_sheet_in_utf16_is_patched_as_utf8() -> None:
    xml = sheet(ROWS).replace("UTF-8", "UTF-16").encode("utf-16")
    done = patched(zipped(parts({"表": xml})), cell("A2", "字"))
    assert {key: found.text for key, found in done.cells("表").items()} == {(2, 1): "字", (2, 2): "1", (2, 4): "x"}


def raw_records(data: bytes) -> dict[str, tuple[bytes, bytes]]:
    """Local record (header and packed data) and central record (without its offset) of each member."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = sorted(archive.infolist(), key=lambda info: info.header_offset)
        ends = [info.header_offset for info in infos[1:]] + [archive.start_dir]
        at, central = archive.start_dir, {}
        for info in archive.infolist():
            name, extra, comment = struct.unpack_from("<3H", data, at + 28)
            stop = at + 46 + name + extra + comment
            central[info.filename] = data[at : at + 42] + data[at + 46 : stop]
            at = stop
        for info, end in zip(infos, ends, strict=True):
            found[info.filename] = data[info.header_offset : end], central[info.filename]
    return found


@pytest.mark.parametrize("suffix", [".xlsx", ".xlsm"])
def test_monster_keeps_everything_else(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"怪物{suffix}"
    monster.make(path)
    before = path.read_bytes()
    open_book(path).commit(
        [cell("B4", Decimal("999.5"), sheet=monster.FIRST), cell("A1", "改 & 写", sheet=monster.FIRST)]
    )
    after = path.read_bytes()
    old, new = raw_records(before), raw_records(after)
    changed = {name for name in old if old[name] != new[name]}
    assert list(old) == list(new) and changed == {SHEET, "xl/worksheets/sheet2.xml"}
    was, now = unzipped(before)[SHEET].decode(), unzipped(after)[SHEET].decode()
    for ref in ("B4", "A1", "D4", "F4", "F5"):
        was, now = (re.sub(rf'<c r="{ref}".*?</c>', ref, xml) for xml in (was, now))
    assert was == now
    assert validator.validate(path) == []
    assert oracle.recalculated(path)[monster.SECOND][1, 1] == pytest.approx(378 - 10.5 + 999.5)
    assert openpyxl.load_workbook(path)[monster.FIRST]["A1"].value == "改 & 写"
    cells = open_book(path).cells(monster.SECOND)
    assert [cells[row, 1].text for row in (1, 2, 3)] == ["1367", "超", "43"]
    assert [open_book(path).cells(monster.FIRST)[row, 6].text for row in (4, 5)] == ["1999", "42"]


def test_calculation_chain_goes_only_when_a_formula_changes(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    monster.make(path)
    open_book(path).commit([cell("A1", Decimal(1), f"SUM({monster.FIRST}!C4:C11)", sheet=monster.SECOND)])
    members = unzipped(path.read_bytes())
    assert "xl/calcChain.xml" not in members
    assert b"calcChain" not in members["[Content_Types].xml"] + members["xl/_rels/workbook.xml.rels"]
    assert validator.validate(path) == []
    assert open_book(path).cells(monster.SECOND)[1, 1].text == "1"


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=8),
    st.decimals(-(10**11), 10**11, places=4),  # 15 digits: all that Excel keeps of a number
    st.sampled_from([CellError("#REF!"), "=1+1", "+x", "_x0041_", " 空 ", "\r\n"]),
)
CELLS = st.dictionaries(st.tuples(st.integers(1, 9), st.integers(1, 9)), VALUES, max_size=12)


@given(CELLS, CELLS)
def test_what_was_written_is_read(first: dict[tuple[int, int], Value], second: dict[tuple[int, int], Value]) -> None:
    """Random edits after random edits: the sheet holds the last value of each cell and nothing else."""
    state = open_book(book(""))
    for values in (first, second):
        edits = [SetCell(place=Place("表", *key), value=value) for key, value in values.items()]
        state = open_book(state.edited(edits))
    wanted = {key: value for key, value in (first | second).items() if value is not None}
    stored = {key: found.value for key, found in state.cells("表").items() if found.kind is not Kind.BLANK}
    assert stored == wanted
    assert (
        open_book(state.edited([SetCell(place=Place("表", *k), value=v) for k, v in wanted.items()])).sha256
        == state.sha256
    )
    rows = re.findall(rb'<row r="(\d+)"', state.package.part(SHEET))
    assert rows == sorted(rows, key=int)
