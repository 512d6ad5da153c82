"""One spoilt workbook through the command line: status, findings, and the file as it was."""

from __future__ import annotations

import hashlib
import io
import json
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

from faults.workbook import Mutation, clean

from xlauto.cli import run


class Case(NamedTuple):
    """`expected` are all findings as `级别 代码 表!单元格`, one a line; `words` must stand in the messages.

    `status` is that of check; 2 means that the file is refused, by recalc as well.
    """

    id: str
    mutate: Mutation
    expected: str
    words: str = ""
    status: int = 1
    file: str = "青山县水利局.xlsx"


class Outcome(NamedTuple):
    status: int
    text: str
    document: Any


def check(path: Path) -> Outcome:
    status, text = command("check", "--json", str(path))
    return Outcome(status, text, json.loads(text))


def command(*arguments: str) -> tuple[int, str]:
    """Exit status and all output of a command."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with redirect_stdout(stream), redirect_stderr(stream):
        status = run(arguments)
    stream.seek(0)
    return status, stream.read()


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def prove(case: Case, folder: Path) -> None:
    """What the case promises, and what every case does: the file stays, no traceback, never status 3.

    A second recalculation changes nothing.
    """
    path = folder / case.file
    path.write_bytes(case.mutate(clean()))
    before = digest(path)
    outcome = check(path)
    found = sorted(short(finding) for finding in outcome.document["findings"])
    messages = "\n".join(finding["message"] for finding in outcome.document["findings"])
    assert found == sorted(line.strip() for line in case.expected.splitlines() if line.strip()), messages or "none"
    assert outcome.status == case.status, messages
    assert all(word in messages for word in case.words.split()), messages
    assert not case.expected or case.file in messages
    assert "Traceback" not in outcome.text
    result = folder / f"重算{path.suffix}"
    status, text = command("recalc", str(path), "-o", str(result))
    assert status in ((2,) if case.status == 2 else (0, 1)), text
    assert result.exists() == (case.status != 2) and "Traceback" not in text
    assert digest(path) == before
    if result.exists():
        once = digest(result)
        command("recalc", str(result))
        assert digest(result) == once, "a second run changes the workbook"
    if case.status == 2:
        assert command("recalc", str(path))[0] == 2
        assert digest(path) == before and not path.with_name(f"{path.name}.bak").exists()


def short(finding: dict[str, Any]) -> str:
    place = f"{finding['sheet']}!{finding['cell']}" if finding["cell"] else finding["sheet"]
    return f"{finding['level']} {finding['code']} {place}".strip()
