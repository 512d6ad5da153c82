"""The buttons all the way into an open workbook: the same contents as in a closed file, and the user where she was."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import samples
from button.desk import Desk
from live.excel import Application, Workbook, running

from xlauto import button
from xlauto.books.closed import ClosedBook, open_book
from xlauto.button import JOBS, Call, press
from xlauto.model import Place
from xlauto.notice import Notice, Tone
from xlauto.sheets import SCORES

DEPT = "整体支出自评表"
NAME = "自评 2023;a=b.xlsx"


class Excel:
    """A running Excel with the user's workbook in front of her, on a row of the indicators."""

    def __init__(self, data: bytes) -> None:
        self.app = Application()
        self.workbook = Workbook(self.app, NAME, data)
        self.workbook.Worksheets(DEPT).Activate()
        self.workbook.Worksheets(DEPT).Range("C20").Select()

    def press(self, job: str, name: str = NAME) -> Notice:
        return press(Call(job, name, self.app.Hwnd))

    def contents(self) -> dict[tuple[str, int, int], tuple[str, str | None]]:
        return contents(open_book(self.workbook.contents()))

    @property
    def selected(self) -> tuple[str, str]:
        window = self.workbook.Windows(1)
        return self.workbook.ActiveSheet.Name, window.RangeSelection.Address.replace("$", "")


def contents(book: ClosedBook) -> dict[tuple[str, int, int], tuple[str, str | None]]:
    return {
        (info.name, *at): (number(cell.text), cell.formula)
        for info in book.sheets
        for at, cell in book.cells(info.name).items()
        if cell.text or cell.formula is not None
    }


def number(text: str) -> str:
    """Numbers without the noise of Excel's additions."""
    try:
        return str(round(float(text), 9))
    except ValueError:
        return text.replace("\r\n", "\n")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(tmp_path))
    return tmp_path


@pytest.fixture
def excel() -> Iterator[Excel]:
    excel = Excel(samples.as_published(samples.HENGSHAN))
    with running(excel.app):
        yield excel


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize("unit", [samples.BEITA, samples.HENGSHAN])
def test_a_press_gives_what_the_closed_file_gets(job: str, unit: str) -> None:
    data = samples.after_recalculation(unit) if job == "clear" else samples.as_published(unit)
    desk, excel = Desk(data, Place(DEPT, 20, 3), NAME), Excel(data)
    with running(excel.app):
        notice = excel.press(job)
    assert notice.text == desk.press(job).text
    assert excel.contents() == contents(desk.book)


@pytest.mark.parametrize("job", JOBS)
def test_a_press_leaves_the_user_where_she_was_and_the_workbook_unsaved(job: str, excel: Excel) -> None:
    name = excel.workbook.FullName
    notice = excel.press(job)
    assert notice.tone is not Tone.FAILED, notice.text
    assert (excel.workbook.FullName, excel.workbook.Saved) == (name, job == "clear")
    assert excel.app.ScreenUpdating and excel.app.EnableEvents and excel.app.DisplayAlerts
    place, cell = excel.selected
    assert (place, cell) == (SCORES.name if job == "explain" else DEPT, cell if job == "explain" else "C20")


def test_explain_selects_the_line_of_the_score(excel: Excel) -> None:
    excel.press("explain")
    sheet, cell = excel.selected
    row = int(cell.removeprefix("A"))
    assert excel.contents()[sheet, row, SCORES.column("项目")] == ("营商环境持续优化", None)


def test_the_job_is_told_by_name_whichever_workbook_is_in_front(excel: Excel) -> None:
    Workbook(excel.app, "别的.xlsx", samples.as_published(samples.BEITA))
    assert excel.press("recalc").text.startswith("重新计算完成：33处错误")
    assert excel.press("check", "没有.xlsx").tone is Tone.FAILED


def test_without_a_name_it_is_the_workbook_in_front(excel: Excel) -> None:
    assert excel.press("check", "").text.startswith("校验完成：33处错误")


def test_the_command_line_of_the_macro(
    excel: Excel, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert button.main(["recalc", f"--wb={NAME}", f"--hwnd={excel.app.Hwnd}"]) == 0
    assert capsys.readouterr().out.startswith("重新计算完成：33处错误")
    monkeypatch.setattr(sys, "argv", ["-c", f'--wb="{NAME}"', "--from_xl=1", f'--hwnd="{excel.app.Hwnd}"'])
    button.clear()
    assert capsys.readouterr().out.startswith("清除标记完成")
