"""docs/管理手册.md is run as it stands: its files written, its cells filled in, its commands executed, what they print
compared, and what it says of scores found in the workbook."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Literal, NamedTuple, get_args, get_origin, get_type_hints

import pytest
from adopting import strangers
from faults.workbook import place

from xlauto.books.book import SetCell
from xlauto.books.closed import open_book
from xlauto.scheme.rules import EvidenceDef, ItemDef, Rule

ROOT = Path(__file__).resolve().parent.parent
MANUAL = ROOT / "docs" / "管理手册.md"
OMITTED = "…"


class Step(NamedTuple):
    """A block of the manual: `yaml` and `text` are files (of several beginning with + one goes on with the other), 填写
    what is typed into cells, `console` a command with what it prints, 评分说明 what is told of an item's score."""

    line: int
    kind: str
    about: str
    text: str


def steps() -> list[Step]:
    found: list[Step] = []
    text = MANUAL.read_text(encoding="utf-8")
    for block in re.finditer(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        kind, about, content = block.groups()
        line = text[: block.start()].count("\n") + 1
        if kind == "console":
            found += [
                Step(line, kind, command, printed)
                for command, printed in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", content, re.MULTILINE)
            ]
        else:
            found.append(Step(line, kind, about, content))
    return found


def fill(path: Path, lines: str) -> None:
    """Type values as the manual lists them: `收支表!B2 = 60`."""
    cells = [re.fullmatch(r"(\S+) = (\S+)(?:  .*)?", line) for line in lines.splitlines()]
    book = open_book(path)
    path.write_bytes(book.edited([SetCell(place=place(cell[1]), value=_typed(cell[2])) for cell in cells if cell]))
    assert all(cells)


def _typed(text: str) -> Decimal | str:
    if text.endswith("%"):
        return Decimal(text[:-1]) / 100
    return Decimal(text) if re.fullmatch(r"[\d.]+", text) else text


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
    wrong, filled, told = [], "", {}
    for step in steps():
        if step.kind == "填写":
            filled = step.about
            fill(tmp_path / filled, step.text)
        elif step.kind == "评分说明":
            told[step.about] = step
        elif step.kind == "console":
            if not agrees(printed := run(step.about, tmp_path), step.text):
                wrong.append(f"第{step.line}行 {step.about}\n{printed}")
        else:
            path = tmp_path / step.about.lstrip("+")
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a" if step.about.startswith("+") else "w", encoding="utf-8") as file:
                file.write(step.text)
    for item, step in told.items():
        printed = run(f"xlauto --schemes schemes explain {filled} {item} --json", tmp_path)
        said = [score["explanation"] for score in json.loads(printed)["scores"]]
        if said != step.text.splitlines():
            wrong.append(f"第{step.line}行 {item}：{said}")
    assert told and not wrong, "\n".join(wrong)


def test_the_manual_names_all_that_can_be_written() -> None:
    """The keys of items, evidence and rules, the kinds, and the words that a key may have."""
    chapter = MANUAL.read_text(encoding="utf-8").partition("### 7.3")[2]
    named = set(re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", chapter, flags=re.MULTILINE | re.DOTALL)))
    written = {word.partition(":")[0].strip('"') for word in named}
    for struct in (ItemDef, EvidenceDef, *get_args(Rule)):
        assert set(struct.__struct_encode_fields__) - written == set(), struct.__name__
        for type_ in get_type_hints(struct).values():
            if get_origin(type_) is Literal and struct is not EvidenceDef:
                assert set(get_args(type_)) - written == set(), struct.__name__
    assert {str(rule.__struct_config__.tag) for rule in get_args(Rule)} - written == set()


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
