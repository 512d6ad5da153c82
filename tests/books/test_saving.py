"""The file on disk: whole or untouched, with the previous state beside it, and never another one than was read."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from books.rawbook import book

from xlauto.books import files
from xlauto.books.book import SetCell
from xlauto.books.closed import ClosedBook, open_book
from xlauto.books.patch import patched
from xlauto.model import CannotGoOn, Place

DATA = book('<row r="1"><c r="A1"><v>1</v></c></row>')
TWO = [SetCell(place=Place("表", 1, 1), value=Decimal(2))]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "单位.xlsx"
    file.write_bytes(DATA)
    return file


def names(path: Path) -> set[str]:
    return {file.name for file in path.parent.iterdir()}


def stored(path: Path) -> str:
    return open_book(path).cells("表")[1, 1].text


def test_commit_keeps_the_previous_state_and_the_mode(path: Path) -> None:
    path.chmod(0o640)
    book_ = open_book(path)
    book_.commit(TWO)
    assert stored(path) == "2" and path.stat().st_mode & 0o777 == 0o640
    assert names(path) == {"单位.xlsx", "单位.xlsx.bak"}
    assert path.with_name("单位.xlsx.bak").read_bytes() == DATA
    assert book_.cells("表")[1, 1].text == "2"
    book_.commit([SetCell(place=Place("表", 1, 1), value=Decimal(3))])
    assert stored(path) == "3" and stored(path.with_name("单位.xlsx.bak").rename(path.with_name("旧.xlsx"))) == "2"


def test_no_change_no_write(path: Path) -> None:
    before = path.stat().st_mtime_ns
    open_book(path).commit([SetCell(place=Place("表", 1, 1), value=Decimal("1.00"))])
    assert path.stat().st_mtime_ns == before and names(path) == {"单位.xlsx"}


def test_output_elsewhere_leaves_the_input(path: Path) -> None:
    output = path.with_name("结果.xlsx")
    book_ = open_book(path)
    book_.commit(TWO, output)
    assert path.read_bytes() == DATA and stored(output) == "2" and names(path) == {"单位.xlsx", "结果.xlsx"}
    assert book_.cells("表")[1, 1].text == "1"
    book_.commit([], output)
    assert output.read_bytes() == DATA


def test_a_file_that_changed_meanwhile_is_not_overwritten(path: Path) -> None:
    book_ = open_book(path)
    other = book('<row r="1"><c r="A1"><v>7</v></c></row>')
    path.write_bytes(other)
    with pytest.raises(CannotGoOn) as raised:
        book_.commit(TWO)
    assert raised.value.code == "程序16" and path.read_bytes() == other and names(path) == {"单位.xlsx"}


def fail_write(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        path.write_bytes(data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "_write", full)


def fail_replace(monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object) -> None:
        raise PermissionError(errno.EACCES, "used by another process")

    monkeypatch.setattr(os, "replace", locked)


def fail_silently(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_write", lambda path, data: path.write_bytes(data[:-1]))


def fail_verification(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xlauto.books.editing.missing", lambda book, edits: [edits[0].place])


def write_nonsense(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cells can be read, but the part is not well-formed."""
    monkeypatch.setattr("xlauto.books.applying.patched", lambda layout, changes: patched(layout, changes) + b"<")


@pytest.mark.parametrize("fail", [fail_write, fail_replace, fail_silently, fail_verification, write_nonsense])
def test_whatever_fails_the_old_file_is_intact(path: Path, monkeypatch: pytest.MonkeyPatch, fail: object) -> None:
    book_ = open_book(path)
    assert callable(fail)
    fail(monkeypatch)
    with pytest.raises(CannotGoOn) as raised:
        book_.commit(TWO)
    assert raised.value.code == "程序02" and "单位.xlsx" in str(raised.value)
    monkeypatch.undo()
    assert path.read_bytes() == DATA and names(path) <= {"单位.xlsx", "单位.xlsx.bak"}


def test_leftovers_of_dead_runs_are_removed_and_of_living_ones_kept(path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    old, alive, other = (
        path.with_name(f".{name}.{process}.xlauto-tmp")
        for name, process in ((path.name, dead.pid), (path.name, os.getppid()), ("别的.xlsx", dead.pid))
    )
    for file in (old, alive, other):
        file.write_bytes(b"half")
    open_book(path).commit(TWO)
    assert not old.exists() and alive.exists() and other.exists()


def lock(path: Path) -> None:
    path.with_name(f"~${path.name}").write_bytes(b"zhang")


@pytest.mark.parametrize(
    ("prepare", "code"), [(lock, "程序01"), (lambda path: path.chmod(0o444), "文件18")], ids=["打开着", "只读"]
)
def test_stops_before_work_where_it_cannot_write(
    path: Path, monkeypatch: pytest.MonkeyPatch, prepare: object, code: str
) -> None:
    book_ = open_book(path)
    assert callable(prepare)
    prepare(path)

    def work(*_: object) -> ClosedBook:
        raise AssertionError("work was done")

    monkeypatch.setattr("xlauto.books.editing.edited", work)
    with pytest.raises(CannotGoOn) as raised:
        book_.commit(TWO)
    assert raised.value.code == code and path.read_bytes() == DATA


def test_output_into_a_missing_folder(path: Path) -> None:
    with pytest.raises(CannotGoOn) as raised:
        open_book(path).commit(TWO, path.parent / "没有" / "a.xlsx")
    assert raised.value.code == "文件18"


def test_a_link_stays_a_link(path: Path) -> None:
    link = path.with_name("链接.xlsx")
    link.symlink_to(path)
    open_book(link).commit(TWO)
    assert link.is_symlink() and stored(path) == "2"
