"""Whatever happens, the user finds Excel as she left it, and the workbook whole."""

from __future__ import annotations

import pytest
from live import excel
from live.desk import calm, differences, held, opened, placed, press, published, typed, write
from live.test_writing import GUARDED, LIST, SHEET, put, small

from xlauto.books.book import AddSheet, SetCell, SetName
from xlauto.books.closed import open_book
from xlauto.books.live import live_book
from xlauto.model import Area, CannotGoOn, Place
from xlauto.recalc import recalculate

EVERYTHING = [
    AddSheet(name="新表", headings=("甲", "乙"), widths=(9, 9)),
    SetName(scope="", name="合计", area=Area(SHEET, 1, 1, 6, 1)),
    SetName(scope=LIST, name="新名", area=Area(LIST, 2, 1, 6, 1)),
    put("K1", formula="A1"), put("A1", 5), put("B1", "x"), put("D4", "y"), put("J1", 5),
    put("A1", "新", GUARDED), put("B1", 6, GUARDED), put("A2", "z", "新表"),
    *(SetCell(place=Place(LIST, row, 1), value="x", style_of=Place(LIST, 2, 1) if row > 2 else None) for row in (2, 3)),
]  # fmt: skip


def state(workbook):
    """All that is to be as before."""
    app, book = workbook.Application, workbook.book
    data = workbook.contents()
    return (
        [getattr(app, name) for name in excel.SETTINGS],
        app.ActiveWorkbook.Name,
        book.active.title,
        [(sheet.title, sheet.sheet_view.selection[-1].sqref, vars(sheet.protection)) for sheet in book.worksheets],
        {cell.coordinate: cell.number_format for row in book[SHEET].iter_rows() for cell in row},
        open_book(data).names,
        open_book(data).arrays(SHEET),
        held(data),
    )  # fmt: skip


def busy_desk():
    """Another workbook in front, another sheet active, cells selected, settings of the user's own."""
    workbook = placed(small())
    placed(small(), "别的.xlsx", workbook.Application)
    chosen = excel.Worksheet(workbook, workbook.book[LIST])
    chosen.Activate()
    excel.Range(chosen, "B2:B3").Select()
    app = workbook.Application
    app._calculation, app.ScreenUpdating, app.StatusBar = excel.MANUAL, False, "请稍候"
    return workbook


CALLS = len(write(busy_desk(), *EVERYTHING).log)
BEFORE = state(busy_desk())


def test_success_leaves_the_state():
    workbook = busy_desk()
    write(workbook, *EVERYTHING)
    after = state(workbook)
    assert (after[:3], after[3][:3]) == (BEFORE[:3], BEFORE[3])
    assert after[5:] != BEFORE[5:]


@pytest.mark.parametrize("number", range(1, CALLS + 1))
def test_a_failure_at_any_call_leaves_state_and_contents(number):
    """The failed call has no effect. Either all is written or nothing, and an error is told in words."""
    workbook = busy_desk()
    with excel.running(workbook.Application) as wire:
        wire.fails[number] = excel.refused("不行")
        try:
            with live_book(workbook.Name, patience=calm()) as book:
                book.commit(EVERYTHING)
            done = True
        except CannotGoOn as error:
            assert error.code in ("程序35", "程序37", "程序38"), error
            done = False
    after = state(workbook)
    if done:
        assert workbook.book["新表"]["A2"].value == "z"
        assert (after[:3], after[3][:3]) == (BEFORE[:3], BEFORE[3])
    else:
        assert after == BEFORE


@pytest.mark.parametrize("number", range(1, CALLS + 1, 7))
def test_a_call_rejected_for_a_while_does_no_harm(number):
    workbook = busy_desk()
    with excel.running(workbook.Application) as wire:
        wire.fails[number] = excel.ComError(excel.EXCEPTION, "", excel.IGNORED)
        with live_book(workbook.Name, patience=calm()) as book:
            book.commit(EVERYTHING)
    assert workbook.book["新表"]["A2"].value == "z"


def test_a_second_failure_on_the_way_back_is_told():
    workbook = placed(small())
    with excel.running(workbook.Application) as wire, live_book(workbook.Name, patience=calm()) as book:
        first = len(wire.log)
        wire.fails = {number: excel.refused("不行") for number in range(first + 14, first + 40)}
        with pytest.raises(CannotGoOn, match=r"程序36.*再按一次"):
            book.commit([put("A1", 5), put("C5", 5), put("E6", 5)])


def test_an_excel_that_goes_away_is_told():
    workbook = placed(small())
    with excel.running(workbook.Application) as wire, live_book(workbook.Name, patience=calm()) as book:
        wire.fails = {number: excel.ComError(excel.GONE) for number in range(len(wire.log) + 12, 500)}
        with pytest.raises(CannotGoOn, match=r"程序3[68]"):
            book.commit(EVERYTHING)


def test_an_error_of_our_own_leaves_the_state():
    workbook = busy_desk()
    with pytest.raises(ZeroDivisionError), opened(workbook):
        1 / 0  # noqa: B018
    assert state(workbook) == BEFORE


def test_what_is_shown_stays_selected():
    workbook = busy_desk()
    with opened(workbook) as book:
        assert book.active == Place(LIST, 2, 2)
        book.commit([put("A1", 5)])
        book.show(Place(SHEET, 4, 2))
    assert workbook.Application.ActiveWorkbook is workbook
    assert (workbook.ActiveSheet.Name, workbook.Windows(1).ActiveCell.ref) == (SHEET, "B4")
    assert [getattr(workbook.Application, name) for name in excel.SETTINGS] == [
        False, True, True, excel.MANUAL, "请稍候", True,
    ]  # fmt: skip


def test_a_selection_that_the_work_has_moved_comes_back():
    workbook = busy_desk()
    with opened(workbook):
        excel.Worksheet(workbook, workbook.book[LIST]).Range("A1").Select()
        excel.Worksheet(workbook, workbook.book[SHEET]).Activate()
    assert (workbook.ActiveSheet.Name, workbook.Windows(1).RangeSelection.ref) == (LIST, "B2:B3")


def test_a_job_with_a_failure_leaves_what_the_accountant_typed():
    workbook = placed(published())
    typed(workbook, "整体支出自评表", "E4", 250.5)
    unsaved = workbook.contents()
    with excel.running(workbook.Application) as wire, live_book(workbook.Name, patience=calm()) as book:
        edits = recalculate(book).edits
        wire.fails[len(wire.log) + 25] = excel.refused("不行")
        with pytest.raises(CannotGoOn, match=r"程序35.*已恢复原来的内容"):
            book.commit(edits)
    assert differences(unsaved, workbook.contents()) == {}
    press(workbook, lambda book: recalculate(book).edits)
    assert differences(unsaved, workbook.contents())
