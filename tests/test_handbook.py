"""docs/管理手册.md is run as it stands: its files written, its commands executed, what they print compared."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from adopting import strangers

ROOT = Path(__file__).resolve().parent.parent
MANUAL = ROOT / "docs" / "管理手册.md"
OMITTED = "…"


class Step(NamedTuple):
    """A file to be written, or a command with what it prints."""

    line: int
    file: str = ""
    text: str = ""
    command: str = ""


def steps() -> list[Step]:
    found: list[Step] = []
    text = MANUAL.read_text(encoding="utf-8")
    for block in re.finditer(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        kind, file, content = block.groups()
        line = text[: block.start()].count("\n") + 1
        if file:
            found.append(Step(line, file=file, text=content))
        elif kind == "console":
            found += [
                Step(line, command=command, text=printed)
                for command, printed in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", content, re.MULTILINE)
            ]
    return found


def run(command: str, folder: Path) -> str:
    env = os.environ | {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(folder / ".cache"), "PYTHONIOENCODING": "utf-8"}
    words = shlex.split(command)
    assert words[0] == "xlauto"
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=folder, env=env, capture_output=True, encoding="utf-8", timeout=120
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


def agrees(printed: str, shown: str) -> bool:
    """Whether the text is what the manual shows, `…` lines standing for any."""
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == OMITTED else re.escape(line) + r"\n" for line in shown.splitlines()
    )
    return re.fullmatch(pattern, printed) is not None


def test_the_manual_does_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "自评表样.xlsx").write_bytes(strangers.by_hand(ledger=False))
    wrong = []
    for step in steps():
        if step.file:
            (tmp_path / step.file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / step.file).write_text(step.text, encoding="utf-8")
        elif not agrees(printed := run(step.command, tmp_path), step.text):
            wrong.append(f"第{step.line}行 {step.command}\n{printed}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("printed", "shown", "same"),
    [
        ("甲\n乙\n", "甲\n乙\n", True),
        ("甲\n乙\n", "甲\n", False),
        ("甲\n乙\n丙\n", "…\n丙\n", True),
        ("", "甲\n", False),
    ],
)
def test_what_is_shown_must_be_what_is_printed(printed: str, shown: str, same: bool) -> None:
    assert agrees(printed, shown) is same
