"""Which workbook in which Excel, and what is said where there is none or it cannot be read."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest
from live import excel
from live.desk import LABEL, NAME, calm, opened, placed, write
from live.test_writing import SHEET, put, small

from xlauto.books.excel import PATIENCE, Patience, connect
from xlauto.books.live import live_book
from xlauto.model import CannotGoOn


def found(name, *apps, hwnd=None):
    with excel.running(*apps):
        book = connect(name, hwnd, calm())
        return book.api.FullName, book.api.Application.Hwnd


def refusal(name, *apps, hwnd=None):
    with pytest.raises(CannotGoOn) as caught:
        found(name, *apps, hwnd=hwnd)
    assert caught.value.fact and caught.value.hint
    return caught.value


def app_with(*names, hwnd=1, folder="C:\\报表"):
    app = excel.Application(hwnd)
    for name in names:
        excel.Workbook(app, name, small(), folder)
    return app


@pytest.mark.parametrize(
    "name", ["自评.xlsx", "自评 2023;a=b.xlsm", "a&b%c'd!e^f(1).xlsx", "工作簿1", "C:\\报表\\自评 (2).xlsx", ""]
)
def test_a_workbook_is_found_by_its_name_or_path(name):
    app = app_with("别的.xlsx", name.rpartition("\\")[2] or "前面.xlsx")
    assert found(name, app) == (f"C:\\报表\\{name.rpartition(chr(92))[2] or '前面.xlsx'}", 1)
    assert found(name.upper(), app)


def test_a_path_means_that_file_and_not_one_of_the_same_name():
    assert refusal("D:\\自评.xlsx", app_with("自评.xlsx")).code == "程序30"


def test_a_workbook_in_the_cloud_has_an_address_instead_of_a_path():
    app = app_with("自评.xlsx", folder="")
    app._workbooks[0].FullName = "https://d.docs.live.net/1a2b/自评.xlsx"
    assert found("自评.xlsx", app)[0].startswith("https:")
    assert found("C:\\Users\\x\\OneDrive\\自评.xlsx", app)[0].startswith("https:")
    assert write(app._workbooks[0], put("A1", 5)).done("Formula")


def test_a_new_workbook_that_was_never_saved_and_a_read_only_one():
    workbook = excel.Workbook(excel.Application(), "工作簿1", small(), "")
    write(workbook, put("A1", 5))
    workbook.ReadOnly = True
    write(workbook, put("A1", 6))
    assert workbook.book[SHEET]["A1"].value == 6


def test_with_two_excels_the_window_decides():
    one, two = app_with("自评.xlsx", hwnd=1), app_with("自评.xlsx", hwnd=2)
    assert found("自评.xlsx", one, two, hwnd=2)[1] == 2
    assert found("", one, two, hwnd=2)[1] == 2
    assert found("", one, two)[1] == 1
    told = refusal("自评.xlsx", one, two)
    assert (told.code, "2个Excel" in told.fact) == ("程序31", True)


def test_any_window_of_the_excel_will_do(monkeypatch):
    monkeypatch.setattr("xlauto.books.excel._process_of", {77: 101}.get)
    one, two = app_with("自评.xlsx", hwnd=1), app_with("自评.xlsx", hwnd=2)
    assert found("自评.xlsx", one, two, hwnd=77)[1] == 2


def test_a_window_that_is_not_known_says_nothing():
    assert found("自评.xlsx", app_with("自评.xlsx"), hwnd=99)[1] == 1


def test_a_workbook_that_is_not_open():
    assert "“自评.xlsx”" in refusal("自评.xlsx", app_with("别的.xlsx")).fact
    assert refusal("", excel.Application()).code == "程序30"
    assert refusal("自评.xlsx").code == "程序30"


@pytest.mark.parametrize("name", ["自评.xlsx", "C:\\下载\\自评.xlsx", ""])
def test_protected_view(name):
    app = excel.Application()
    app.ProtectedViewWindows = excel.Collection([excel.ProtectedView("自评.xlsx")])
    told = refusal(name, app)
    assert (told.code, "启用编辑" in told.hint) == ("程序12", True)


@pytest.mark.parametrize(
    ("name", "path"),
    [("WPS 表格", "C:\\x"), ("Microsoft Excel", "C:\\Users\\x\\AppData\\Local\\Kingsoft\\WPS Office\\12.1\\office6")],
)
def test_wps_under_the_name_of_excel(name, path):
    app = app_with("自评.xlsx")
    app.Name, app.Path = name, path
    told = refusal("自评.xlsx", app)
    assert (told.code, "WPS" in told.fact, "图标" in told.hint) == ("程序10", True, True)


@pytest.mark.parametrize(
    ("platform", "missing", "code", "words"),
    [
        ("linux", False, "程序10", "Excel"),
        ("win32", False, "程序11", "pywin32"),
        ("win32", True, "程序11", "xlwings"),
        ("darwin", False, "程序19", "macOS"),
    ],
)
def test_what_is_not_installed(monkeypatch, platform, missing, code, words):
    monkeypatch.setattr("xlauto.books.excel.sys.platform", platform)
    if missing:
        monkeypatch.setitem(sys.modules, "xlwings", None)
    with pytest.raises(CannotGoOn) as caught:
        connect("自评.xlsx")
    assert caught.value.code == code and words in caught.value.fact


@pytest.mark.parametrize(("step", "said"), [("pass", "ended 0"), ("connect('自评.xlsx')", "")])
def test_xlwings_ends_no_excel_and_does_not_wait_for_ever(step, said):
    """Its module for Windows registers a clean-up that ends every EXCEL.EXE which it does not know."""
    program = f"""
        import atexit, sys
        from types import ModuleType
        import xlwings
        from live.test_connecting import app_with, excel
        from xlauto.books.excel import connect
        windows = sys.modules["xlwings._xlwindows"] = ModuleType("_xlwindows")
        windows.N_COM_ATTEMPTS = 0
        windows.cleanup = lambda: print("ended", windows.N_COM_ATTEMPTS)
        atexit.register(windows.cleanup)
        with excel.running(app_with("自评.xlsx")):
            {step}
        assert windows.N_COM_ATTEMPTS == ({step != "pass"})
    """
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, encoding="utf-8",
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert (run.returncode, run.stdout.strip()) == (0, said), run.stderr


def test_xlwings_is_not_imported_before_it_is_needed():
    code = "import sys, xlauto.books.live; sys.exit('xlwings' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def busy_for(calls, patience):
    workbook = placed(small())
    with excel.running(workbook.Application) as wire:
        wire.busy = calls
        with live_book(workbook.Name, patience=patience) as book:
            wire.busy = calls
            book.commit([put("A1", 5)])
    return workbook


def test_a_busy_excel_is_waited_for():
    pauses = []
    workbook = busy_for(4, Patience(LABEL, sleep=pauses.append))
    assert workbook.book[SHEET]["A1"].value == 5
    assert pauses[:4] == [0.05, 0.1, 0.2, 0.4]
    assert sum(pauses) < PATIENCE


def test_an_excel_that_stays_busy_is_told_after_a_while():
    pauses = []
    with pytest.raises(CannotGoOn, match=r"程序07.*Enter或Esc"):
        busy_for(10**6, Patience(LABEL, sleep=pauses.append))
    assert sum(pauses) == pytest.approx(PATIENCE)
    assert len(pauses) < 50


@pytest.mark.parametrize(
    "error",
    [
        excel.ComError(excel.BUSY),
        excel.ComError(-2147417846),
        excel.ComError(excel.EXCEPTION, "", excel.IGNORED),
        type("ExcelBusyError", (Exception,), {})(),
    ],
    ids=["rejected", "later", "ignored", "xlwings"],
)
def test_every_way_of_being_busy(error):
    answers = [error, error]
    assert Patience(LABEL, sleep=lambda _: None).call(lambda: _raise(answers.pop()) if answers else "好") == "好"


def _raise(error):
    raise error


def test_a_busy_second_excel_does_not_hide_the_first():
    one, two = app_with("自评.xlsx", hwnd=1), app_with("别的.xlsx", hwnd=2)
    with excel.running(one, two):
        engine = next(iter(excel.xlwings.engines)).impl
        stuck = excel.Wire()
        stuck.busy = 10**6
        object.__setattr__(engine.apps[1].api, "_wire", stuck)
        engine.apps[1]._wire = stuck
        assert connect("自评.xlsx", None, calm()).api.Application.Hwnd == 1
        with pytest.raises(CannotGoOn, match="程序07"):
            connect("别的.xlsx", None, calm())


@pytest.mark.parametrize(("kind", "words"), [(56, ".xls"), (50, ".xlsb"), (-4143, ".xls"), (62, ".csv"), (999, "999")])
def test_a_format_that_cannot_be_read(kind, words):
    workbook = placed(small())
    workbook.FileFormat = kind
    with pytest.raises(CannotGoOn, match="程序32") as caught, opened(workbook):
        pass
    assert words in caught.value.fact and ".xlsx" in caught.value.hint
    assert workbook.copies == []


@pytest.mark.parametrize(("kind", "suffix"), [(51, ".xlsx"), (52, ".xlsm"), (61, ".xlsx")])
def test_the_copy_has_the_suffix_of_its_format(kind, suffix):
    workbook = placed(small(), NAME)
    workbook.FileFormat = kind
    with opened(workbook):
        assert [path.suffix for path in workbook.copies] == [suffix]
        assert not workbook.copies[0].parent.exists()


@pytest.mark.parametrize(
    ("saved", "code"),
    [
        (lambda data: b"\x62\x14#e" + bytes(reversed(data)), "程序33"),
        (lambda data: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + b"\0\0", "文件09"),
        (lambda data: data[:-30], "文件02"),
        (lambda data: b"", "程序33"),
    ],
    ids=["transparent encryption", "password", "cut off", "empty"],
)
def test_a_copy_that_cannot_be_read(saved, code):
    workbook = placed(small())
    workbook.on_save = saved
    with pytest.raises(CannotGoOn, match=code), opened(workbook):
        pass
    assert not workbook.copies[0].parent.exists()
    assert workbook.Application.EnableEvents


def test_a_copy_that_cannot_be_written(monkeypatch, tmp_path):
    workbook = placed(small())

    def full(self, Filename):
        raise excel.refused("磁盘已满")

    with monkeypatch.context() as patched:
        patched.setattr(excel.Workbook, "SaveCopyAs", full)
        with pytest.raises(CannotGoOn, match=r"程序37.*磁盘已满"), opened(workbook):
            pass
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    with pytest.raises(CannotGoOn, match="程序37"), opened(workbook):
        pass


def test_an_excel_that_gets_busy_while_writing_is_waited_for_twice_at_most():
    pauses = []
    workbook = placed(small())
    with (
        excel.running(workbook.Application) as wire,
        pytest.raises(CannotGoOn, match=r"程序(07|36)"),
        live_book(workbook.Name, patience=Patience(LABEL, sleep=pauses.append)) as book,
    ):
        wire.busy = 10**6
        book.commit([put("A1", 5), put("C5", 5)])
    assert sum(pauses) == pytest.approx(2 * PATIENCE)
    assert 10**6 - wire.busy < 100
