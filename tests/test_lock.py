"""One run at a time on one workbook, across processes, and nothing left behind by a run that was killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from xlauto.lock import only_run

ROOT = Path(__file__).resolve().parent.parent
HOLD = """
import sys
from xlauto.lock import only_run
with only_run(sys.argv[1]) as alone:
    print(alone, flush=True)
    input()
"""


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(tmp_path))
    return tmp_path


@contextmanager
def other_run(key: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until it is asked to end."""
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", HOLD, key], env=env, encoding="utf-8", **pipes) as process:  # type: ignore[call-overload]
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        yield process
        process.kill()


def test_a_second_run_on_the_same_workbook_is_told() -> None:
    with other_run("自评.xlsm"), only_run("自评.xlsm") as alone:
        assert not alone


def test_other_workbooks_go_their_way() -> None:
    with other_run("自评.xlsm"), only_run("别的.xlsm") as alone:
        assert alone


def test_a_killed_run_leaves_no_lock() -> None:
    with other_run("自评.xlsm") as process:
        process.kill()
        process.wait()
        with only_run("自评.xlsm") as alone:
            assert alone


def test_one_run_after_the_other() -> None:
    for _ in range(2):
        with only_run("自评.xlsm") as alone:
            assert alone


def test_no_files_pile_up(own_folder: Path) -> None:
    for number in range(20):
        with only_run(f"自评{number}.xlsm"):
            pass
    assert len([path for path in own_folder.rglob("*") if path.is_file()]) == 1


def test_without_a_folder_nothing_is_locked(own_folder: Path) -> None:
    (own_folder / "xlauto").write_text("a file where the folder should be")
    with only_run("自评.xlsm") as alone:
        assert alone


def test_a_file_system_without_locks_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl")

    def no_locks(*_: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "lockf", no_locks)
    with only_run("自评.xlsm") as alone:
        assert alone
