"""The open workbook and the closed file come to the same: every cell, on every sheet, before and after a job."""

from __future__ import annotations

import pytest
from faults.workbook import insert_rows
from live import excel
from live.desk import differences, opened, placed, press, published, typed
from samples import HENGYANG, UNITS, as_published

from xlauto.books.book import Book, Edit
from xlauto.books.closed import open_book
from xlauto.places import workbooks_dir
from xlauto.recalc import fill, recalculate

BASE, DEPT = "基础数据表", "整体支出自评表"


def all_results(book: Book) -> list[Edit]:
    return [*recalculate(book).edits]


def formulas_only(book: Book) -> list[Edit]:
    return [*fill(book).edits]


def as_closed(data: bytes, name: str, job=all_results) -> bytes:
    book = open_book(data, name)
    return book.edited(job(book))


def test_all_samples_are_here():
    assert {path.stem for path in workbooks_dir().glob("*/samples/*.yaml")} == set(UNITS)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("job", [all_results, formulas_only])
def test_a_sample_comes_to_the_same_open_and_closed(unit, job):
    workbook = placed(as_published(unit), f"{unit}.xlsx")
    before = workbook.contents()
    press(workbook, job)
    assert differences(as_closed(before, workbook.Name, job), workbook.contents()) == {}
    assert differences(before, workbook.contents())


def test_excel_is_called_about_twice_for_a_sheet():
    """Data and actions, for ten project sheets and every list written anew; what only finds objects is not counted."""
    workbook = placed(as_published(HENGYANG), f"{HENGYANG}.xlsx")
    wire = press(workbook, all_results)
    sheets = len(workbook.book.worksheets)
    assert sheets == 17
    assert wire.counts["work"] <= 2 * sheets + 10
    assert len(wire.done("SaveCopyAs")) == 2, "read once, and once more to see what was written"


@pytest.mark.parametrize("unit", UNITS)
def test_a_second_run_writes_nothing(unit):
    workbook = placed(as_published(unit), f"{unit}.xlsx")
    press(workbook, all_results)
    after, workbook.Saved = workbook.contents(), True
    wire = press(workbook, all_results)
    assert wire.counts["work"] == 1 and wire.done("SaveCopyAs")
    assert workbook.Saved
    assert differences(after, workbook.contents()) == {}


@pytest.mark.parametrize("unit", UNITS)
def test_what_was_done_closed_is_done_open(unit):
    """A file that was recalculated and then opened in Excel is not touched."""
    workbook = placed(as_closed(as_published(unit), f"{unit}.xlsx"), f"{unit}.xlsx")
    assert press(workbook, all_results).counts["work"] == 1


def figures_typed(workbook):
    typed(workbook, DEPT, "E4", 250.5)
    typed(workbook, BASE, "C4", "001")


def formula_overwritten(workbook):
    typed(workbook, DEPT, "H4", 0.5)
    typed(workbook, BASE, "D6", "=1+1")


def cells_emptied(workbook):
    typed(workbook, DEPT, "H4", "")
    typed(workbook, BASE, "D7", "")


def errors(workbook):
    typed(workbook, BASE, "D7", "#N/A")
    typed(workbook, BASE, "D9", "=1/0")


def texts(workbook):
    typed(workbook, BASE, "D7", "'12")
    typed(workbook, DEPT, "E4", "无")


@pytest.mark.parametrize(
    "act", [figures_typed, formula_overwritten, cells_emptied, errors, texts], ids=lambda act: act.__name__
)
def test_what_is_typed_and_not_saved_counts(act):
    workbook = placed()
    saved = workbook.contents()
    act(workbook)
    unsaved = workbook.contents()
    assert differences(saved, unsaved)
    press(workbook, all_results)
    assert differences(as_closed(unsaved, workbook.Name), workbook.contents()) == {}
    assert press(workbook, all_results).counts["work"] == 1


@pytest.mark.parametrize(("sheet", "row"), [(BASE, 5), (BASE, 18), (DEPT, 13), (DEPT, 15)])
def test_rows_inserted_and_not_saved_count(sheet, row):
    """A line is typed into the first of two new rows."""
    workbook = placed(insert_rows(sheet, row, 2)(published()))
    typed(workbook, sheet, f"A{row}", "新的一行")
    unsaved = workbook.contents()
    press(workbook, all_results)
    assert differences(as_closed(unsaved, workbook.Name), workbook.contents()) == {}
    assert press(workbook, all_results).counts["work"] == 1


def test_reading_gives_what_a_closed_file_gives():
    workbook = placed()
    closed = open_book(workbook.contents(), workbook.Name)
    with opened(workbook) as book:
        assert (book.label, book.sheets, book.names) == (workbook.Name, closed.sheets, closed.names)
        assert (book.remarks, book.date1904, book.code) == (closed.remarks, closed.date1904, closed.code)
        for sheet in book.sheets:
            assert book.cells(sheet.name) == closed.cells(sheet.name)
            assert book.merges(sheet.name) == closed.merges(sheet.name)
            assert book.hidden_rows(sheet.name) == closed.hidden_rows(sheet.name)


def test_after_writing_the_book_shows_what_was_written():
    workbook = placed()
    with opened(workbook) as book:
        book.commit(recalculate(book).edits)
        written = {sheet.name: dict(book.cells(sheet.name)) for sheet in book.sheets}
    closed = open_book(workbook.contents())
    assert {sheet.name: dict(closed.cells(sheet.name)) for sheet in closed.sheets} == written


def test_with_manual_calculation_what_is_read_and_left_is_calculated():
    workbook = placed()
    workbook.Application.Calculation = excel.MANUAL
    typed(workbook, DEPT, "E4", 250.5)
    assert workbook.dirty
    with opened(workbook) as book:
        assert book.cells(DEPT)[4, 8].value is not None
    typed(workbook, DEPT, "E4", 251)
    press(workbook, all_results)
    assert not workbook.dirty
    assert workbook.Application.Calculation == excel.MANUAL
