"""Reading cells: what each stored form means, and that the fast and the sure reader say the same."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from books.rawbook import MAIN, RELATIONS, STYLES, book, parts, sheet, strings, zipped
from hypothesis import given
from hypothesis import strategies as st

from xlauto.books import scan, slow
from xlauto.books.cells import Context, Shapes, assemble
from xlauto.books.closed import open_book
from xlauto.model import Area, CannotGoOn, Cell, CellError, Kind

SHARED = strings(
    "<t>单位</t>",
    '<t xml:space="preserve"> 前后 </t>',
    '<r><rPr><b/></rPr><t>富</t></r><r><t xml:space="preserve"> 文本</t></r>',
    '<t>財政</t><rPh sb="0" eb="2"><t>ざいせい</t></rPh><phoneticPr fontId="1" type="noConversion"/>',
    "<t> trimmed\n</t>",
    "<t>a_x000D_b_x005F_x0041_</t>",
    "<t/>",
    "<t>&lt;A&amp;B&gt; &#20013; _xD83D__xDE00_</t>",
)
MEANINGS = [
    ('<c r="A1"><v>1.50</v></c>', Cell(Kind.NUMBER, "1.50")),
    ('<c r="A1" s="1"><v>-1E-3</v></c>', Cell(Kind.NUMBER, "-1E-3", None, "0.00%")),
    ('<c r="A1" s="2" t="n"><v>7</v></c>', Cell(Kind.NUMBER, "7", None, '0.0"%"')),
    ('<c r="A1" s="3"/>', Cell(Kind.BLANK, "", None, "yyyy/m/d")),
    ('<c r="A1"></c>', Cell(Kind.BLANK, "")),
    ('<c r="A1"><v/></c>', Cell(Kind.BLANK, "")),
    ('<c r="A1"><v> 12 </v></c>', Cell(Kind.NUMBER, "12")),
    ('<c r="A1"><v>.5</v></c>', Cell(Kind.NUMBER, ".5")),
    ('<c r="A1"><v>NaN</v></c>', Cell(Kind.TEXT, "NaN")),
    ('<c r="A1"><v>1e99999</v></c>', Cell(Kind.TEXT, "1e99999")),
    ('<c r="A1" t="s"><v>0</v></c>', Cell(Kind.TEXT, "单位")),
    ('<c r="A1" t="s"><v>1</v></c>', Cell(Kind.TEXT, " 前后 ")),
    ('<c r="A1" t="s"><v>2</v></c>', Cell(Kind.TEXT, "富 文本")),
    ('<c r="A1" t="s"><v>3</v></c>', Cell(Kind.TEXT, "財政")),
    ('<c r="A1" t="s"><v>4</v></c>', Cell(Kind.TEXT, "trimmed")),
    ('<c r="A1" t="s"><v>5</v></c>', Cell(Kind.TEXT, "a\rb_x0041_")),
    ('<c r="A1" t="s"><v>6</v></c>', Cell(Kind.TEXT, "")),
    ('<c r="A1" t="s"><v>7</v></c>', Cell(Kind.TEXT, "<A&B> 中 😀")),
    ('<c r="A1" t="s"><v></v></c>', Cell(Kind.BLANK, "")),
    ('<c r="A1" t="str"><v>x &amp; y</v></c>', Cell(Kind.TEXT, "x & y")),
    ('<c r="A1" t="str"><f>IF(1,"")</f><v></v></c>', Cell(Kind.TEXT, "", 'IF(1,"")')),
    ('<c r="A1" t="b"><v>1</v></c>', Cell(Kind.BOOL, "TRUE")),
    ('<c r="A1" t="b"><f>A2&gt;1</f><v>0</v></c>', Cell(Kind.BOOL, "FALSE", "A2>1")),
    ('<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', Cell(Kind.ERROR, "#DIV/0!", "1/0")),
    ('<c r="A1"><f>A2&lt;&gt;"&amp;amp;"&amp;B1</f></c>', Cell(Kind.BLANK, "", 'A2<>"&amp;"&B1')),
    ('<c r="A1"><f>SUM(A2:A3)</f><v/></c>', Cell(Kind.BLANK, "", "SUM(A2:A3)")),
    ('<c r="A1"><f t="array" ref="A1:A2">A3:A4*2</f><v>4</v></c>', Cell(Kind.NUMBER, "4", "A3:A4*2")),
    ('<c r="A1" t="inlineStr"><is><t>直 写</t></is></c>', Cell(Kind.TEXT, "直 写")),
    (
        '<c r="A1" t="inlineStr"><is><r><t>a&amp;</t></r><r><t xml:space="preserve"> b</t></r></is></c>',
        Cell(Kind.TEXT, "a& b"),
    ),
    ('<c r="A1" t="inlineStr"><is><t>字</t><rPh sb="0" eb="1"><t>zi</t></rPh></is></c>', Cell(Kind.TEXT, "字")),
    ('<c r="A1" t="d"><v>2026-01-02T12:00:00</v></c>', Cell(Kind.NUMBER, "46024.5")),
    ('<c r="A1" t="d"><v>2026-01-02Z</v></c>', Cell(Kind.NUMBER, "46024")),
    ('<c r="A1" t="str"><v>a&#10;b&#x4E2D;</v></c>', Cell(Kind.TEXT, "a\nb中")),
    ('<c r="A1" t="str"><v>a\r\nb</v></c>', Cell(Kind.TEXT, "a\nb")),
    # What only the sure reader takes:
    ('<c t="str" r="A1"><v>顺序</v></c>', Cell(Kind.TEXT, "顺序")),
    ("<c r='A1'><v>3</v></c>", Cell(Kind.NUMBER, "3")),
    ('<c r="A1" t="str"><v><![CDATA[<x>]]></v></c>', Cell(Kind.TEXT, "<x>")),
    ('<c r="A1"><!-- 注 --><v>3</v></c>', Cell(Kind.NUMBER, "3")),
    ('<c\nr="A1"\n><v>3</v>\n</c>', Cell(Kind.NUMBER, "3")),
    ('<c r="A1" t="str"><v xml:space="preserve"> 留 </v></c>', Cell(Kind.TEXT, " 留 ")),
    ("<c><v>3</v></c>", Cell(Kind.NUMBER, "3")),
    ('<c r="A1"><v>3</v><extLst><ext><v>9</v></ext></extLst></c>', Cell(Kind.NUMBER, "3")),
    ('<c r="A1" cm="1"><f t="array" ref="A1">X()</f><v>3</v></c>', Cell(Kind.NUMBER, "3", "X()")),
]


@pytest.mark.parametrize(("xml", "cell"), MEANINGS, ids=[xml for xml, _ in MEANINGS])
def test_meaning_of_a_stored_cell(xml: str, cell: Cell) -> None:
    whole = sheet(f'<row r="1">{xml}</row>').encode()
    assert open_book(book(f'<row r="1">{xml}</row>', SHARED)).cells("表")[1, 1] == cell
    texts = dict(zip(map(str, range(9)), slow.strings(SHARED.encode(), ""), strict=False))
    shapes = Shapes(["General", "0.00%", '0.0"%"', "yyyy/m/d"])
    assert assemble(slow.sheet_hits(whole, ""), Context(texts, shapes))[1, 1] == cell


def test_the_fast_reader_takes_what_excel_writes() -> None:
    fast = [scan.sheet_hits(sheet(f'<row r="1">{xml}</row>').encode()) is not None for xml, _ in MEANINGS]
    assert fast.index(False) == [xml for xml, _ in MEANINGS].index('<c t="str" r="A1"><v>顺序</v></c>')
    assert scan.strings(SHARED.encode()) == slow.strings(SHARED.encode(), "")
    assert scan.formats(STYLES.encode()) == slow.formats(STYLES.encode(), "")


def test_values() -> None:
    values = [
        cell.value for cell in (MEANINGS[0][1], MEANINGS[10][1], MEANINGS[21][1], MEANINGS[23][1], MEANINGS[3][1])
    ]
    assert values == [Decimal("1.50"), "单位", True, "#DIV/0!", None]
    assert isinstance(values[3], CellError)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1" t="s"><v>99</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>x</v></c></row>',
        '<row r="1"><c r="A1" s="77"><v>1</v></c></row>',
        '<row r="1"><c r="A0"><v>1</v></c></row>',
        '<row r="1"><c r="XFE1"><v>1</v></c></row>',
        '<row r="1"><c r="A1048577"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="str"><v>&unknown;</v></c></row>',
        '<row r="1"><c r="A1"><v>1</c></row>',
    ],
)
def test_damaged_cells_are_named_not_guessed(rows: str) -> None:
    with pytest.raises(CannotGoOn) as raised:
        open_book(book(rows, SHARED), "a.xlsx").cells("表")
    assert raised.value.code == "文件02" and raised.value.path == "a.xlsx"


def test_a_cell_at_the_far_end_costs_nothing() -> None:
    cells = open_book(book('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')).cells("表")
    assert cells == {(1048576, 16384): Cell(Kind.NUMBER, "1")}


def test_shared_formulas_read_as_their_own() -> None:
    rows = '<row r="1"><c r="B1"><f t="shared" ref="B1:B3" si="0">A1*$A$1+SUM(A$1:A1)</f><v>1</v></c></row>'
    rows += '<row r="2"><c r="B2"><f t="shared" si="0"/><v>2</v></c></row>'
    rows += '<row r="3"><c r="B3"><f t="shared" si="0"></f><v>3</v></c><c r="C3"><f t="shared" si="0"/></c></row>'
    cells = open_book(book(rows)).cells("表")
    assert cells[2, 2].formula == "A2*$A$1+SUM(A$1:A2)"
    assert cells[3, 3] == Cell(Kind.BLANK, "", "B3*$A$1+SUM(B$1:B3)")


def test_positions_are_counted_where_they_are_missing() -> None:
    rows = '<row><c><v>1</v></c><c r="D1"><v>2</v></c><c><v>3</v></c></row><row r="5"/><row><c><v>4</v></c></row>'
    cells = open_book(book(rows)).cells("表")
    assert {key: cell.text for key, cell in cells.items()} == {(1, 1): "1", (1, 4): "2", (1, 5): "3", (6, 1): "4"}


@pytest.mark.parametrize("xml", ["<sheetData/>", "<sheetData></sheetData>", "<sheetData ></sheetData >", ""])
def test_sheets_without_cells(xml: str) -> None:
    assert open_book(zipped(parts({"表": f'<worksheet xmlns="{MAIN}">{xml}</worksheet>'}))).cells("表") == {}


def test_prefixed_strict_workbook() -> None:
    xml = '<x:worksheet xmlns:x="urn:x"><x:sheetData><x:row r="2"><x:c r="B2" t="s"><x:v>0</x:v></x:c></x:row>'
    xml += "</x:sheetData></x:worksheet>"
    shared = '<x:sst xmlns:x="urn:x"><x:si><x:t>字</x:t></x:si></x:sst>'
    members = parts({"表": xml}, shared)
    strict = {
        name: content.replace(MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
            RELATIONS.encode(), b"http://purl.oclc.org/ooxml/officeDocument/relationships"
        )
        for name, content in members.items()
    }
    assert open_book(zipped(strict)).cells("表")[2, 2].text == "字"


def test_names_merges_and_dates() -> None:
    names = (
        "<definedNames><definedName name=\"三公经费.本年决算\">'表 &amp; 1'!$B$5</definedName>"
        '<definedName name="指标" localSheetId="1">二!$C$9:$A$2</definedName>'
        '<definedName name="坏">#REF!</definedName><definedName name="列">二!$A:$B</definedName>'
        "<definedName name=\"引\">'it''s'!$A$1</definedName><definedName name=\"相对\">二!A1</definedName>"
        '<definedName name="常数" hidden="1">"hunan-2023"</definedName></definedNames>'
    )
    sheets = {
        "表 &amp; 1": sheet("", after='<mergeCells count="1"><mergeCell ref="A1:C2"/></mergeCells>'),
        "二": sheet(""),
    }
    book_ = open_book(zipped(parts(sheets, names=names, settings='<workbookPr date1904="1"/>')))
    found = {name.name: name for name in book_.names}
    assert found["三公经费.本年决算"].area == Area("表 & 1", 5, 2, 5, 2)
    assert (found["指标"].scope, found["指标"].area) == ("二", Area("二", 2, 1, 9, 3))
    assert found["引"].area == Area("it's", 1, 1, 1, 1)
    assert [found[name].area for name in ("坏", "列", "相对", "常数")] == [None] * 4
    assert found["常数"].hidden and found["常数"].refers_to == '"hunan-2023"'
    assert book_.merges("表 & 1") == [Area("表 & 1", 1, 1, 2, 3)] and book_.merges("二") == []
    assert book_.date1904 and [info.name for info in book_.sheets] == ["表 & 1", "二"]


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t&<>\"'_x "), max_size=12)
VALUES = st.one_of(TEXTS, st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.none())


@given(
    st.dictionaries(st.tuples(st.integers(0, 40), st.integers(0, 30)), st.tuples(VALUES, st.booleans()), max_size=25)
)
def test_both_readers_agree_with_openpyxl(content: dict[tuple[int, int], tuple[object, bool]]) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"strings_to_formulas": False, "strings_to_urls": False}) as made:
        percent = made.add_format({"num_format": "0.00%"})
        written = made.add_worksheet()
        for (row, col), (value, as_formula) in content.items():
            if as_formula:
                written.write_formula(row, col, '=A1&"<x>"', percent, value if value is not None else "")
            elif value is None:
                written.write_blank(row, col, None, percent)
            elif isinstance(value, str):
                written.write_string(row, col, value)
            else:
                written.write(row, col, value)
    book_ = open_book(stream.getvalue())
    xml = book_.package.xml("xl/worksheets/sheet1.xml")
    fast = scan.sheet_hits(xml)
    assert fast is not None
    context = book_.structure.context()
    assert assemble(fast, context, escaped=True) == assemble(slow.sheet_hits(xml, ""), context)
    stored = openpyxl.load_workbook(io.BytesIO(stream.getvalue()))["Sheet1"]
    for (row, col), cell in book_.cells("Sheet1").items():
        other = stored.cell(row, col)
        assert cell.format == other.number_format
        if cell.formula is not None:
            assert other.value == "=" + cell.formula
        elif cell.kind is Kind.NUMBER:
            assert float(cell.text) == other.value
        elif cell.kind is Kind.TEXT:
            assert cell.text == content[row - 1, col - 1][0]
        else:
            assert cell.value == other.value


ATTRIBUTES = st.lists(
    st.sampled_from(
        [
            ' r="A2"',
            ' s="1"',
            ' t="s"',
            ' t="str"',
            ' t="inlineStr"',
            ' t="b"',
            ' cm="1"',
            "\n",
            ' ph="1"',
            ' t="n"',
            ' s=""',
        ]
    ),
    max_size=4,
    unique_by=lambda text: text[:3],
).map("".join)
VALUES_XML = ["<v>0</v>", "<v>1.5</v>", "<v>x</v>", "<v/>", "<v></v>", "<v>&amp;#65;</v>", "<v>&#65;&lt;</v>", " "]
FORMULAS_XML = ["<f>A1&lt;2</f>", "<f/>", '<f t="shared" si="0"/>', '<f t="shared" ref="A2" si="0">B1</f>', "<f>\n</f>"]
INLINES_XML = ["<is><t>a &amp;</t></is>", "<is><r><t>b</t></r><rPh><t>p</t></rPh></is>", "<is/>", "<is><t/></is>"]
CONTENT = st.lists(
    st.sampled_from([*VALUES_XML, *FORMULAS_XML, *INLINES_XML, "<!--c-->"]),
    max_size=3,
).map("".join)
CELLS = st.lists(
    st.one_of(st.builds("<c{}>{}</c>".format, ATTRIBUTES, CONTENT), st.builds("<c{}/>".format, ATTRIBUTES))
)


@given(CELLS)
def test_the_fast_reader_never_says_otherwise(cells: list[str]) -> None:
    """Whatever well-formed XML comes, the fast reader agrees or passes."""
    xml = sheet('<row r="1"><c r="B1"><v>2</v></c></row><row r="2">' + "".join(cells) + "</row>").encode()
    fast = scan.sheet_hits(xml)
    if fast is not None:
        assert assemble_or_fault(fast, True) == assemble_or_fault(slow.sheet_hits(xml, ""))


def assemble_or_fault(hits: list[tuple[str, ...]], escaped: bool = False) -> object:
    try:
        return assemble(hits, Context({"0": "零"}, Shapes(["General", "0.00%"])), escaped)  # type: ignore[arg-type]
    except Exception as error:
        return type(error)
