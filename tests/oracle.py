"""The judge of figures: what LibreOffice computes for a workbook, whatever values are cached in it.

    oracle.recalculated(path)["表"][8, 4]      # row 8, column 4

Empty cells are absent, errors are `CellError`. One LibreOffice serves all tests of a session.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from programs import needed

from xlauto.model import CellError

Result = float | str | bool | CellError
Cells = dict[tuple[int, int], Result]

SECONDS_PER_CALL = 120
SYSTEM_PYTHON = "/usr/bin/python3"
SERVER = Path(__file__).with_name("uno_recalc.py")


def recalculated(path: str | os.PathLike[str]) -> dict[str, Cells]:
    """All filled cells of a workbook by sheet and (row, column) from 1, recalculated."""
    return recalculated_many([path])[0]


def recalculated_many(paths: Iterable[str | os.PathLike[str]]) -> list[dict[str, Cells]]:
    """The same for several workbooks in one call. Raises RuntimeError for a file LibreOffice cannot open."""
    wanted = [str(Path(path).resolve()) for path in paths]
    answers = _ask(_server(), wanted)
    failures = [answer["failure"] for answer in answers if "failure" in answer]
    if failures:
        raise RuntimeError("\n".join(failures))
    return [{name: _cells(rows) for name, rows in answer["sheets"].items()} for answer in answers]


def _cells(rows: list[tuple[int, int, Any]]) -> Cells:
    return {(row, col): CellError(value["error"]) if isinstance(value, dict) else value for row, col, value in rows}


def _ask(server: subprocess.Popen[str], paths: list[str]) -> list[dict[str, Any]]:
    assert server.stdin and server.stdout
    guard = Timer(SECONDS_PER_CALL, _kill, [server])
    guard.start()
    try:
        server.stdin.write(json.dumps(paths) + "\n")
        server.stdin.flush()
        line = server.stdout.readline()
    except BrokenPipeError:
        line = ""
    finally:
        guard.cancel()
    if not line:
        _server.cache_clear()
        raise RuntimeError(f"LibreOffice gave no answer within {SECONDS_PER_CALL} s, or ended: {paths}")
    answers: list[dict[str, Any]] = json.loads(line)
    return answers


@cache
def _server() -> subprocess.Popen[str]:
    needed("soffice", "libreoffice-calc")
    if subprocess.run([SYSTEM_PYTHON, "-c", "import uno"], capture_output=True).returncode:
        pytest.skip(f"{SYSTEM_PYTHON} 没有 uno：apt-get install python3-uno")
    server = subprocess.Popen(
        [SYSTEM_PYTHON, str(SERVER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=os.environ | {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"},
        start_new_session=True,
    )
    atexit.register(_end, server)
    return server


def _end(server: subprocess.Popen[str]) -> None:
    """The end of its input lets the server end LibreOffice and remove the profile."""
    try:
        server.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        _kill(server)


def _kill(server: subprocess.Popen[str]) -> None:
    """The server and its LibreOffice, which share a process group that is ours alone."""
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
