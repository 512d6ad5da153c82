"""A notice reaches its user: in a box in front of Excel, or on whatever standard output there is; and the log."""

from __future__ import annotations

import ctypes
import io
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from xlauto.notice import LOG_LIMIT, TITLE, Notice, Tone, keep, show

WORDS = Notice("重新计算完成：没有错误。\n尚未保存 ②", Tone.FAULTS, "recalc 自评.xlsm  错误0")


class Windows:
    """MessageBoxW of a Windows on which not every window can own a box. It stands for `ctypes.windll` and `user32`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *refused: int | None) -> None:
        self.boxes: list[tuple[Any, ...]] = []

        def message_box(*arguments: Any) -> int:
            self.boxes.append(arguments)
            return int(arguments[0] not in refused)

        self.user32, self.MessageBoxW = self, message_box
        monkeypatch.setattr(ctypes, "windll", self, raising=False)
        monkeypatch.setattr(sys, "platform", "win32")


def test_on_windows_a_box_in_front_of_excel(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    windows = Windows(monkeypatch)
    assert show(WORDS, 1234)
    assert windows.boxes == [(1234, WORDS.text, TITLE, 0x30 | 0x10000)]
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("tone", "icon"), [(Tone.GOOD, 0x40), (Tone.FAULTS, 0x30), (Tone.FAILED, 0x10)])
def test_the_icon_says_how_it_went(tone: Tone, icon: int, monkeypatch: pytest.MonkeyPatch) -> None:
    windows = Windows(monkeypatch)
    show(WORDS._replace(tone=tone), 1)
    assert windows.boxes[0][3] & 0xF0 == icon


def test_a_window_that_has_gone_gets_a_box_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    windows = Windows(monkeypatch, 1234)
    assert show(WORDS, 1234)
    assert [box[0] for box in windows.boxes] == [1234, None]


def test_without_a_window_the_box_stays_on_top(monkeypatch: pytest.MonkeyPatch) -> None:
    windows = Windows(monkeypatch)
    assert show(WORDS)
    assert windows.boxes == [(None, WORDS.text, TITLE, 0x30 | 0x10000 | 0x40000)]


def test_quiet_prints(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    windows = Windows(monkeypatch)
    assert show(WORDS, 1234, quiet=True)
    assert (windows.boxes, capsys.readouterr().out) == ([], WORDS.text + "\n")


def test_where_no_box_can_be_shown_it_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Windows(monkeypatch, 1234, None)
    assert show(WORDS, 1234)
    assert capsys.readouterr().out == WORDS.text + "\n"


def test_elsewhere_it_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert show(WORDS, 1234)
    assert capsys.readouterr().out == WORDS.text + "\n"


@pytest.mark.parametrize("encoding", ["cp936", "cp437", "ascii", "utf-8"])
def test_no_console_makes_it_fail(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
    assert show(WORDS._replace(text="得分97 ☃"))
    assert "97" in raw.getvalue().decode(encoding)


def test_pythonw_has_no_standard_output(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert not show(WORDS)


def test_a_closed_standard_output_tells_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO())
    stream.close()
    monkeypatch.setattr(sys, "stdout", stream)
    assert not show(WORDS)


# --- the log ------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(tmp_path))
    return tmp_path / "xlauto"


def test_the_log_has_a_line_for_each_run(folder: Path) -> None:
    keep("recalc 自评.xlsm  错误3")
    keep("check 名称\n带换行.xlsm  错误0")
    lines = (folder / "button.log").read_text(encoding="utf-8").splitlines()
    assert [re.sub(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  ", "", line) for line in lines] == [
        "recalc 自评.xlsm  错误3", "check 名称 带换行.xlsm  错误0",
    ]  # fmt: skip


def test_a_long_log_begins_anew_and_one_is_kept(folder: Path) -> None:
    for text in ("甲", "乙"):
        keep(text * LOG_LIMIT)
    keep("丙")
    assert sorted(path.name for path in folder.iterdir()) == ["button.1.log", "button.log"]
    assert (folder / "button.log").read_text(encoding="utf-8").endswith("  丙\n")
    assert "乙" in (folder / "button.1.log").read_text(encoding="utf-8")


def test_a_log_that_cannot_be_written_is_no_fault(folder: Path) -> None:
    folder.write_text("a file where the folder should be")
    keep("recalc 自评.xlsm")


def test_a_name_that_is_no_text_is_kept_as_well_as_it_goes(folder: Path) -> None:
    keep("recalc \udcff.xlsm")
    assert "recalc ?.xlsm" in (folder / "button.log").read_text(encoding="utf-8")
