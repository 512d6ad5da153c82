"""What is written into the open workbook, and what is left alone, cell by cell."""

from __future__ import annotations

import io
from decimal import Decimal
from functools import cache

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live import excel
from live.desk import calm, differences, opened, placed, value, write
from openpyxl.styles import Font, Protection
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula

from xlauto.books.book import AddSheet, SetCell, SetName, SetRowHeight
from xlauto.books.closed import open_book
from xlauto.books.live import live_book
from xlauto.books.orders import same_formula
from xlauto.model import Area, CannotGoOn, CellError, Place

SHEET, LIST, GUARDED = "表", "列表", "保护 表"


@cache
def small() -> bytes:
    """`表` with figures; `列表` with a styled row 2; `保护 表` protected, B1, B2 and D1 unlocked."""
    book = openpyxl.Workbook()
    sheet, entries, guarded = book.active, book.create_sheet(LIST), book.create_sheet(GUARDED)
    sheet.title = SHEET
    for row in range(1, 7):
        sheet.append([row, row * 10, f"=A{row}*2", "字"])
    sheet["D3"], sheet["D3"].data_type = "12", "s"
    sheet.merge_cells("F1:G2")
    sheet["I1"] = ArrayFormula("I1:I3", "=A1:A3*2")
    sheet["J1"] = ArrayFormula("J1", "=SUM(A1:A3*B1:B3)")
    for ref in ("K1", "K2", "K3", "L2"):
        sheet[ref].number_format = "@"
    sheet["L2"] = 5
    entries.append(["代码", "问题"])
    for cell in (entries["A2"], entries["B2"]):
        cell.font = Font(bold=True)
    guarded.append(["标题", 1])
    guarded["B1"].protection = guarded["B2"].protection = Protection(locked=False)
    guarded["D1"].protection = Protection(locked=False)
    guarded.protection.sheet, guarded.protection.formatColumns, guarded.protection.sort = True, False, False
    guarded.protection.selectLockedCells = True
    book.defined_names["合计"] = DefinedName("合计", attr_text=f"{SHEET}!$A$1:$A$3")
    book.defined_names["_版本"] = DefinedName("_版本", attr_text='"1"', hidden=True)
    entries.defined_names["合计"] = DefinedName("合计", attr_text=f"{LIST}!$A$1")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def put(ref: str, new: object = None, sheet: str = SHEET, formula: str | None = None) -> SetCell:
    left, top, _, _ = excel.range_boundaries(ref)
    exact = Decimal(new) if type(new) is int else new
    return SetCell(place=Place(sheet, top, left), value=exact, formula=formula)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    ["001", "1-2", "95%", "=x", "=1+1", "+1", "-x", "@a", "TRUE", "#N/A", "'x", "''", "1e5", "2024/3/1", "1,234", " ",
     "行1\n行2", "字" * 8001, "=" + "1" * 9000, "12" * 16000, "字" * 32767],
    ids=lambda text: text[:9],
)  # fmt: skip
@pytest.mark.parametrize("alone", [True, False])
def test_a_text_stays_that_text(text, alone):
    workbook = placed(small())
    write(workbook, *([put("B2", text)] if alone else [put("B2", text), put("B3", "旁"), put("A2", 1)]))
    assert value(workbook, SHEET, "B2") == text
    assert write(workbook, put("B2", text)).counts["work"] == 1


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12), min_size=20, max_size=60))
@settings(max_examples=10)
def test_any_texts_stay_those_texts(texts):
    workbook = placed(small())
    write(workbook, *(put(f"M{row}", text) for row, text in enumerate(texts, 1)))
    cells = open_book(workbook.contents()).cells(SHEET)
    assert [cells[row, 13].value if (row, 13) in cells else None for row in range(1, len(texts) + 1)] == [
        text or None for text in texts
    ]


@pytest.mark.parametrize(
    ("new", "held"),
    [
        (Decimal("0.1"), Decimal("0.1")),
        (Decimal("251.89"), Decimal("251.89")),
        (Decimal(0), Decimal(0)),
        (Decimal("1E+400"), CellError("#NUM!")),
        (True, True),
        (False, False),
        (CellError("#REF!"), CellError("#REF!")),
        ("", None),
        (None, None),
    ],
)
@pytest.mark.parametrize("ref", ["B2", "K2"])
def test_every_other_kind_of_value(new, held, ref):
    """K2 is formatted as text."""
    workbook = placed(small())
    write(workbook, put("K2", "旧"), put(ref, new))
    assert value(workbook, SHEET, ref) == held
    book = open_book(small())
    assert open_book(book.edited([put(ref, new)])).cells(SHEET)[excel.range_boundaries(ref)[1::-1]].value in (held, new)


def test_a_number_is_the_double_that_the_closed_file_holds():
    workbook, number = placed(small()), Decimal("0.30000000000000004")
    write(workbook, put("B2", number))
    assert workbook.book[SHEET]["B2"].value == float(number)
    closed = open_book(open_book(small()).edited([put("B2", number)]))
    assert float(closed.cells(SHEET)[2, 2].text) == float(number)


def test_a_formula_goes_into_a_cell_formatted_as_text():
    workbook = placed(small())
    write(workbook, put("K1", formula="SUM(A1:A3)"), put("K3", "'x"))
    assert value(workbook, SHEET, "K1") == "=SUM(A1:A3)"
    assert workbook.book[SHEET]["K1"].number_format == "General"
    assert workbook.book[SHEET]["K3"].number_format == "@"


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("SUM(A1:A2)", "sum( a1:A2 )", True),
        ("'表'!A1+1", "表!A1+1", True),
        ('HYPERLINK("#\'表\'!A1","a")', 'HYPERLINK("#表!A1","a")', False),
        ('"A B"', '"a b"', False),
        ("@A1", "A1", True),
        ("A1", "A11", False),
    ],
)
def test_what_excel_rewords_is_the_same_formula(first, second, same):
    assert same_formula(first, second) is same
    assert bool(write(placed(small()), put("C2", formula="A2*2")).done("Formula")) is False


def test_what_is_not_ours_lies_untouched_between_what_is():
    """D3 is a figure stored as text, which writing again could turn into a number."""
    workbook = placed(small())
    before = workbook.contents()
    wire = write(
        workbook, *(put(f"{col}{row}", 7) for col in "CE" for row in range(2, 5)), put("D2", "x"), put("D4", "x")
    )
    changed = {place.ref for place in differences(before, workbook.contents())}
    assert "D3" not in changed and changed >= {"C2", "C3", "C4", "E2", "E3", "E4", "D2", "D4"}
    assert not any("C2:E4" in text or "D3" in text for text in wire.done("Formula"))


@pytest.mark.parametrize(
    ("sheet", "edits"),
    [
        (SHEET, [put("L1", "x"), put("L2", 5), put("L3", "x")]),
        (SHEET, [put("F1", "x"), put("G1"), put("H1", "x")]),
        (GUARDED, [put("B1", 5, GUARDED), put("C1", None, GUARDED), put("D1", 5, GUARDED)]),
    ],
    ids=["a number in a cell formatted as text", "a covered cell", "a locked cell"],
)
def test_what_cannot_be_written_again_lies_between_two_rectangles(sheet, edits):
    workbook = placed(small())
    wire = write(workbook, *edits)
    assert wire.done("Formula") == [f"Range.Formula {sheet}!{edits[at].place.ref}" for at in (0, 2)]
    assert not wire.done("Unprotect", "NumberFormat")
    assert [value(workbook, sheet, edit.place.ref) for edit in edits] == [edit.value for edit in edits]


def test_only_what_differs_is_written_in_one_call_for_a_rectangle():
    workbook = placed(small())
    same = [put("A1", Decimal(1)), put("C1", formula="A1*2"), put("D1", "字")]
    assert write(workbook, *same).counts["work"] == 1
    wire = write(workbook, *same, put("A2", 5), put("B2", 5), put("A3", 5), put("B3", 5))
    assert wire.done("Formula") == [f"Range.Formula {SHEET}!A2:B3"]


def test_hidden_rows_and_columns_get_what_is_theirs():
    """Excel leaves hidden rows out of an array and begins anew with its first element."""
    workbook = placed(small())
    workbook.book[SHEET].row_dimensions[3].hidden = True
    workbook.book[SHEET].column_dimensions["B"].hidden = True
    edits = [put(f"{col}{row}", f"{col}{row}") for row in range(1, 7) for col in "ABC"]
    write(workbook, *edits)
    assert all(value(workbook, SHEET, edit.place.ref) == edit.value for edit in edits)


def test_a_covered_cell_of_a_merged_area_is_refused_and_emptying_it_is_no_change():
    workbook = placed(small())
    with pytest.raises(CannotGoOn, match="程序21"):
        write(workbook, put("A1", 5), put("G2", "x"))
    assert value(workbook, SHEET, "A1") == 1
    assert write(workbook, put("F1", "x"), put("G2")).done("Formula") == [f"Range.Formula {SHEET}!F1"]


def test_part_of_an_array_formula_is_refused_and_one_of_a_single_cell_is_not():
    workbook = placed(small())
    with pytest.raises(CannotGoOn, match="程序21"):
        write(workbook, put("I2", 5))
    write(workbook, put("J1", 5), put("K1", "x"))
    assert value(workbook, SHEET, "J1") == 5


def test_styles_follow_the_first_entry_in_one_call():
    workbook = placed(small())
    edits = [SetCell(place=Place(LIST, row, col), value="x", style_of=Place(LIST, 2, col) if row > 2 else None)
             for row in range(2, 30) for col in (1, 2)]  # fmt: skip
    wire = write(workbook, *edits)
    assert len(wire.done("AutoFill")) == 1
    assert all(workbook.book[LIST].cell(row, col).font.bold for row in range(2, 30) for col in (1, 2))
    assert write(workbook, *edits).counts["work"] == 1


def test_a_style_from_elsewhere_brings_its_number_format():
    workbook = placed(small())
    workbook.book[SHEET]["A1"].number_format = "0.00%"
    edit = SetCell(place=Place(SHEET, 5, 2), value=Decimal("0.5"), style_of=Place(SHEET, 1, 1))
    write(workbook, edit)
    assert workbook.book[SHEET]["B5"].number_format == "0.00%"
    assert write(workbook, edit).counts["work"] == 1


def test_rows_of_a_fixed_height_are_fitted_and_others_fit_by_themselves():
    workbook = placed(small())
    heights = workbook.book[LIST].row_dimensions
    heights[3].height = heights[5].height = 99
    edits = [SetRowHeight(sheet=LIST, row=row, points=30) for row in range(2, 6)]
    wire = write(workbook, *(put(f"A{row}", "x", LIST) for row in (2, 3, 4)), *edits)
    assert wire.done("AutoFit") == [f"AutoFit {LIST}!A3"]
    assert (heights[3].height, heights[5].height) == (None, 99)


def test_a_sheet_is_added_behind_all_others_once():
    workbook = placed(small())
    added = AddSheet(name="新 表", headings=("代码", "001"), widths=(8, 40))
    edits = [added, put("A2", "x", "新 表"), put("B2", None, "新 表"), put("C2", formula="合计", sheet="新 表")]
    write(workbook, *edits)
    sheet = workbook.book["新 表"]
    assert [found.title for found in workbook.book.worksheets] == [SHEET, LIST, GUARDED, "新 表"]
    assert [cell.value for row in sheet.iter_rows() for cell in row] == ["代码", "001", None, "x", None, "=合计"]
    assert [sheet.column_dimensions[col].width for col in "AB"] == [8, 40]
    assert sheet.freeze_panes == "A2"
    assert write(workbook, *edits, AddSheet(name="列表")).counts["work"] == 1
    with opened(workbook) as book:
        assert book.active == Place(SHEET, 1, 1)


@pytest.mark.parametrize(
    ("scope", "name", "held"),
    [
        ("", "合计", {"合计": "'表'!$B$1:$B$9", "_版本": '"1"', "列表!合计": "列表!$A$1"}),
        (LIST, "合计", {"合计": "表!$A$1:$A$3", "_版本": '"1"', "列表!合计": "'表'!$B$1:$B$9"}),
        ("", "新名", {"合计": "表!$A$1:$A$3", "_版本": '"1"', "列表!合计": "列表!$A$1", "新名": "'表'!$B$1:$B$9"}),
        ("", "_版本", {"合计": "表!$A$1:$A$3", "_版本": "'表'!$B$1:$B$9", "列表!合计": "列表!$A$1"}),
    ],
)
def test_a_name_grows_in_its_own_scope(scope, name, held):
    workbook = placed(small())
    edit = SetName(scope=scope, name=name, area=Area(SHEET, 1, 2, 9, 2))
    write(workbook, edit)
    names = open_book(workbook.contents()).names
    assert {f"{found.scope}!{found.name}".lstrip("!"): found.refers_to for found in names} == held
    assert {found.name for found in names if found.hidden} == {"_版本"}
    assert write(workbook, edit).counts["work"] == 1


def test_an_unlocked_cell_of_a_protected_sheet_is_simply_written():
    workbook = placed(small())
    workbook.book[GUARDED].protection.password = "geheim"
    wire = write(workbook, put("B1", 5, GUARDED))
    assert value(workbook, GUARDED, "B1") == 5
    assert not any("rotect" in text for _, text in wire.log)


def test_protection_is_lifted_for_a_locked_cell_and_put_back_as_it_was():
    workbook = placed(small())
    before = dict(vars(workbook.book[GUARDED].protection))
    write(workbook, put("A1", "新", GUARDED), put("B1", 5, GUARDED))
    assert value(workbook, GUARDED, "A1") == "新"
    assert vars(workbook.book[GUARDED].protection) == before


def test_a_password_in_the_way_stops_before_anything_is_written():
    workbook = placed(small())
    workbook.book[GUARDED].protection.password = "geheim"
    before = workbook.contents()
    with pytest.raises(CannotGoOn, match=f"程序34.*工作表“{GUARDED}”"):
        write(workbook, put("A1", 5), put("A1", 5, GUARDED))
    assert differences(before, workbook.contents()) == {}


def test_a_protection_that_lets_programs_write_is_left_alone(monkeypatch):
    monkeypatch.setattr(excel.Worksheet, "ProtectionMode", True)
    workbook = placed(small())
    workbook.book[GUARDED].protection.password = "geheim"
    write(workbook, put("A1", 5, GUARDED))
    assert value(workbook, GUARDED, "A1") == 5


@pytest.mark.parametrize("password", [None, "geheim"])
def test_a_protected_order_of_sheets(password):
    workbook = placed(small())
    workbook.book.security.lockStructure = True
    if password:
        workbook.book.security.workbookPassword = password
        with pytest.raises(CannotGoOn, match=r"程序34.*工作簿结构"):
            write(workbook, AddSheet(name="新表"))
    else:
        write(workbook, AddSheet(name="新表"))
        assert "新表" in workbook.book.sheetnames
    assert workbook.ProtectStructure
    assert write(workbook, put("A1", 5)).done("Formula")


def test_what_excel_leaves_out_without_a_word_is_noticed_and_taken_back(monkeypatch):
    workbook = placed(small())
    before = workbook.contents()
    usual = excel.Range._type
    monkeypatch.setattr(excel.Range, "_type", lambda self, cell, new: cell.coordinate == "B3" or usual(self, cell, new))
    with pytest.raises(CannotGoOn, match=r"程序35.*表!B3"):
        write(workbook, put("A1", 5), put("B3", "x"))
    assert differences(before, workbook.contents()) == {}


def test_nothing_is_saved_closed_or_left_behind():
    workbook = placed(small())
    other = placed(small(), "别的.xlsx", workbook.Application)
    wire = write(workbook, put("A1", 5))
    assert (workbook.Saved, other.Saved) == (False, True)
    assert not wire.done("Save", "SaveAs", "Close", "Quit", "Open")
    assert workbook.copies and not any(path.exists() or path.parent.exists() for path in workbook.copies)
    assert workbook.FullName == f"C:\\报表\\{workbook.Name}"


def test_no_call_is_made_where_nothing_changes():
    workbook = placed(small())
    with excel.running(workbook.Application) as wire, live_book(workbook.Name, patience=calm()) as book:
        read = len(wire.log)
        book.commit([put("A1", Decimal(1)), SetRowHeight(sheet=LIST, row=2, points=30), put("Z9")])
        assert len(wire.log) == read


def test_what_is_typed_while_the_job_works_is_not_overwritten():
    workbook = placed(small())
    with opened(workbook) as book:
        excel.Worksheet(workbook, workbook.book[SHEET]).Range("B3").Formula = 77
        typed = workbook.contents()
        with pytest.raises(CannotGoOn, match=r"程序16.*计算期间单元格改过，没有写入.*再按一次"):
            book.commit([put("A1", 5), put("B3", 5)])
    assert differences(typed, workbook.contents()) == {}


def test_a_row_that_cannot_be_fitted_takes_nothing_back(monkeypatch):
    monkeypatch.setattr(excel.Rows, "AutoFit", lambda self: (_ for _ in ()).throw(excel.refused("no")))
    workbook = placed(small())
    workbook.book[LIST].row_dimensions[3].height = 99
    write(workbook, put("A3", "x", LIST), SetRowHeight(sheet=LIST, row=3, points=30))
    assert value(workbook, LIST, "A3") == "x"


def test_a_sheet_is_added_before_a_very_hidden_last_one():
    workbook = placed(small())
    workbook.book[GUARDED].sheet_state = "veryHidden"
    write(workbook, AddSheet(name="新表"))
    assert workbook.book.sheetnames == [SHEET, LIST, "新表", GUARDED]


def test_a_name_that_excel_changes_elsewhere_is_noticed(monkeypatch):
    workbook = placed(small())
    monkeypatch.setattr(excel.Names, "Add", lambda *_: None)
    with pytest.raises(CannotGoOn, match=r"程序35.*名称“合计”"):
        write(workbook, SetName(scope="", name="合计", area=Area(SHEET, 1, 2, 9, 2)))
