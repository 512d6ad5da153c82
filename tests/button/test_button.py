"""The buttons as Excel presses them: the command line, the job on the open workbook, and whatever can go wrong."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import lines
import openpyxl
import pytest
import samples
from button.desk import Desk, OnDesk

from xlauto import button
from xlauto.books.book import Edit
from xlauto.books.closed import open_book
from xlauto.button import JOBS, Call, call_of, main, press
from xlauto.lock import only_run
from xlauto.model import CannotGoOn, Place
from xlauto.notice import Notice, Tone
from xlauto.places import workbooks_dir
from xlauto.scheme.forms import SchemeError
from xlauto.sheets import SCORES

ROOT = Path(__file__).resolve().parent.parent.parent
DEPT = "整体支出自评表"
SELECTED = Place(DEPT, 20, 3)
ODD_NAMES = ["自评 2023.xlsm", "a=b;c=d.xlsm", "--wb=.xlsm", "单位'甲'&乙%.xlsx", " 前后有空格 ", "（张三）自评.xlsm"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder for the log, the lock and details of defects."""
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(tmp_path))
    return tmp_path / "xlauto"


@pytest.fixture
def desk() -> Desk:
    return Desk(samples.as_published(samples.HENGSHAN), SELECTED)


# --- the command line ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ODD_NAMES)
@pytest.mark.parametrize("quotes", ["", '"'])
def test_a_name_arrives_as_it_is(name: str, quotes: str) -> None:
    assert call_of(["recalc", f"--wb={quotes}{name}{quotes}", "--hwnd=1234"]) == Call("recalc", name, 1234)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], Call("")),
        (["check"], Call("check")),
        (["check", "--wb=", "--hwnd="], Call("check")),
        (["check", "--hwnd=0", "--wb=甲.xlsx", "--quiet"], Call("check", "甲.xlsx", None, True)),
        (["--wb=甲.xlsx", '--hwnd="77"', "fill"], Call("fill", "甲.xlsx", 77)),
        (["fill", "--hwnd=-5"], Call("fill", "", -5)),
        (["fill", "--hwnd=窗口", "--from_xl=1", '--app="C:\\Office 16\\Microsoft Excel"'], Call("fill")),
    ],
)
def test_arguments(arguments: Sequence[str], expected: Call) -> None:
    assert call_of(arguments) == expected


# --- the jobs -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize("unit", samples.UNITS)
def test_a_job_commits_its_edits(job: str, unit: str) -> None:
    for data in (samples.as_published(unit), samples.after_recalculation(unit)):
        desk = Desk(data, SELECTED)
        desk.press(job)
        book = open_book(data, desk.name)
        assert desk.asked == (desk.name, 7)
        assert desk.data == book.edited(samples.jobs(SELECTED)[job](book).edits)


@pytest.mark.parametrize("job", JOBS)
def test_a_second_press_changes_nothing(job: str, desk: Desk) -> None:
    desk.press(job)
    once = desk.data
    desk.press(job)
    assert desk.data == once


@pytest.mark.parametrize(
    ("job", "begins", "tone"),
    [
        ("fill", "填充公式完成。\n恢复了11处公式", Tone.GOOD),
        ("check", "校验完成：33处错误", Tone.FAULTS),
        ("recalc", "重新计算完成：33处错误", Tone.FAULTS),
        ("explain", "营商环境持续优化（整体支出自评表第20行）", Tone.GOOD),
        ("clear", "没有要清除的标记", Tone.GOOD),
    ],
)
def test_a_job_is_told(job: str, begins: str, tone: Tone, desk: Desk) -> None:
    notice = desk.press(job)
    assert notice.text.startswith(begins)
    assert notice.tone is tone


def test_explain_goes_to_the_line_of_the_score(desk: Desk) -> None:
    desk.press("explain")
    assert desk.shown is not None and desk.shown.sheet == SCORES.name
    assert desk.book.cells(SCORES.name)[desk.shown.row, 2].text == "营商环境持续优化"


def test_other_jobs_leave_the_user_where_she_is(desk: Desk) -> None:
    for job in JOBS.keys() - {"explain"}:
        desk.press(job)
    assert desk.shown is None


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize("template", sorted(workbooks_dir().glob("*/template.xls?")), ids=lambda path: path.parent.name)
def test_a_job_on_an_empty_template(job: str, template: Path) -> None:
    notice = Desk(template.read_bytes(), name=template.name).press(job)
    assert notice.tone is not Tone.FAILED
    assert max(map(len, notice.text.splitlines())) <= 200


# --- what goes wrong ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("job", JOBS)
def test_a_workbook_of_no_known_scheme_is_told_and_left(job: str) -> None:
    desk = Desk(stranger())
    before = desk.data
    notice = desk.press(job)
    assert (notice.tone, desk.data) == (Tone.FAILED, before)
    assert "[身份01] 不是标准模板" in notice.text and notice.text.startswith("没有完成。\n自评.xlsm：")
    assert re.fullmatch(rf"{job} 自评.xlsm  身份01  \d+\.\d秒", notice.record)


def stranger() -> bytes:
    """A workbook that has nothing of xlauto."""
    stream = io.BytesIO()
    openpyxl.Workbook().save(stream)
    return stream.getvalue()


def test_a_job_that_is_none_is_told() -> None:
    assert "[程序41] 没有“重算”这个按钮" in press(Call("重算")).text


class Failing(Desk):
    """A workbook that breaks on commit."""

    def __init__(self, error: Exception) -> None:
        super().__init__(samples.as_published(samples.HENGSHAN))
        self.error = error

    @contextmanager
    def open(self, name: str, hwnd: int | None) -> Iterator[OnDesk]:
        error = self.error

        class Broken(OnDesk):
            def commit(self, edits: Sequence[Edit]) -> None:
                raise error

        yield Broken(self)


@pytest.mark.parametrize(
    ("error", "told", "recorded"),
    [
        (CannotGoOn("程序07", "自评.xlsm", "Excel正忙", "请重试"), "自评.xlsm：[程序07] Excel正忙；请重试", "程序07"),
        (ModuleNotFoundError("No module named 'xlwings'", name="xlwings"), "[程序11] 缺少xlwings", "程序11"),
        (SchemeError("自评.yaml 第3行：没有这个字段"), "自评.yaml 第3行", "SchemeError"),
        (ZeroDivisionError("division by zero"), "自评.xlsm：[程序03] 程序错误 编号", "程序03"),
        (OSError(5, "(-2147352567, 'Exception occurred.')"), "[程序03] 程序错误 编号", "程序03"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_goes_wrong_is_a_sentence(error: Exception, told: str, recorded: str) -> None:
    notice = Failing(error).press("recalc")
    assert notice.tone is Tone.FAILED
    assert notice.text.startswith("没有完成。\n") and told in notice.text
    assert "Traceback" not in notice.text and recorded in notice.record


def test_the_details_of_a_defect_are_kept(folder: Path) -> None:
    notice = Failing(ZeroDivisionError("division by zero")).press("recalc")
    number = re.search(r"编号(\w+)", notice.text)
    assert number is not None and number[1] in notice.record
    assert "ZeroDivisionError" in (folder / "errors" / f"{number[1]}.log").read_text(encoding="utf-8")


def test_even_a_broken_installation_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlauto.catalogue", None)
    monkeypatch.setitem(sys.modules, "xlauto.defects", None)
    notice = press(Call("recalc", "自评.xlsm"))
    assert notice.text == "没有完成。\nxlauto 没有装好（ModuleNotFoundError、ModuleNotFoundError），请重新安装。"


def test_without_a_home_folder_it_is_a_sentence_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    for module in ("cache", "lock", "notice", "defects"):
        monkeypatch.setattr(f"xlauto.{module}.cache_dir", homeless)
    assert main(["recalc", "--wb=自评.xlsm"]) == 0
    assert capsys.readouterr().out.startswith("没有完成。\n")


def test_a_second_press_while_the_first_works_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def taken(key: str) -> Iterator[bool]:
        yield key != "自评.xlsm"

    monkeypatch.setattr("xlauto.lock.only_run", taken)
    before = desk.data
    assert "自评.xlsm：[程序40] 这个工作簿正在处理" in desk.press("recalc").text
    assert (desk.data, desk.asked) == (before, ("", None))
    desk.name = "别的.xlsm"
    assert desk.press("recalc").text.startswith("重新计算完成")


def test_the_lock_is_free_again_when_the_user_reads(desk: Desk) -> None:
    desk.press("recalc")
    with only_run(desk.name) as alone:
        assert alone


# --- the status and the log -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tone", "told", "quiet", "status"),
    [
        (Tone.GOOD, True, False, 0),
        (Tone.FAILED, True, False, 0),
        (Tone.GOOD, False, False, 1),
        (Tone.FAULTS, False, True, 0),
        (Tone.FAILED, False, True, 1),
    ],
)
def test_status_is_0_when_the_user_has_been_told(
    tone: Tone, told: bool, quiet: bool, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[object, ...]] = []
    notice = Notice("完成", tone, "recalc 自评.xlsm  错误0")
    monkeypatch.setattr(button, "press", lambda call: notice)
    monkeypatch.setattr(button, "show", lambda *arguments: shown.append(arguments) or told)
    assert main(["recalc", "--wb=自评.xlsm", "--hwnd=8", *(["--quiet"] if quiet else [])]) == status
    assert shown == [(notice, 8, quiet)]


def test_the_log_keeps_counts_and_no_figures(desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(button, "_in_excel", desk.open)
    for job in JOBS:
        assert main([job, f"--wb={desk.name}", "--hwnd=7"]) == 0
    lines_ = [line[21:] for line in (folder / "button.log").read_text(encoding="utf-8").splitlines()]
    assert [re.sub(r"\d+\.\d秒$", "…", line) for line in lines_] == [
        "fill 自评.xlsm  恢复公式11  …",
        "check 自评.xlsm  错误33 警告7 提示2  …",
        "recalc 自评.xlsm  错误33 警告7 提示2  …",
        "explain 自评.xlsm  得分22项  …",
        "clear 自评.xlsm  说明27 删去42 保留0  …",
    ]


@pytest.mark.parametrize("job", JOBS)
def test_functions_for_run_python_take_the_workbook_from_the_command_line(
    job: str, desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(button, "_in_excel", desk.open)
    monkeypatch.setattr(sys, "argv", ["-c", '--wb="自评 a=b.xlsm"', "--from_xl=1", "--app=Excel", '--hwnd="42"'])
    getattr(button, job)()
    assert desk.asked == ("自评 a=b.xlsm", 42)
    assert capsys.readouterr().out


def test_run_python_speaks_up_itself_when_nobody_could_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(button, "show", lambda *_: False)
    monkeypatch.setattr(sys, "argv", ["-c", "--wb=没有.xlsm"])
    with pytest.raises(SystemExit) as leaving:
        button.recalc()
    assert leaving.value.code == 1


@pytest.mark.skipif(sys.platform == "win32", reason="there an Excel may be open")
@pytest.mark.parametrize("encoding", ["utf-8", "cp936", "ascii"])
def test_without_excel_a_press_is_a_sentence_and_done(encoding: str, tmp_path: Path) -> None:
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding, "XDG_CACHE_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "xlauto.button", "recalc", "--wb=自评 2023;a=b.xlsm", "--hwnd=12"]
    run = subprocess.run(command, env=env, capture_output=True, timeout=60)
    assert (run.returncode, run.stderr) == (0, b"")
    out = run.stdout.decode(encoding)
    assert "Traceback" not in out
    assert "[程序" in out or encoding == "ascii"


def test_small_workbooks_too() -> None:
    data = lines.workbook('封面: {单位名称: 某局, 单位代码: "001001"}')
    assert Desk(data).press("recalc").text.startswith("重新计算完成")
