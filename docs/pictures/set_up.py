"""What the windows of the set-up and of an icon show: the scripts' own lines, and what the program says when it is run.

The set-up runs on the computer of the tests, whose files lie in a folder for trial; the paths are then written as they
would be on Windows.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from unittest.mock import patch

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "tests"), str(ROOT / "installer")]

import samples  # noqa: E402  (a helper of the tests)
import wheelhouse  # noqa: E402
from click.testing import CliRunner  # noqa: E402
from console import Window, shortened  # noqa: E402
from desk.computer import computer, registered  # noqa: E402  (a helper of the tests)

from xlauto.cli_excel import excel_group  # noqa: E402
from xlauto.desk.doctor import ASR_KEYS, ASR_RULE, State  # noqa: E402
from xlauto.desk.icons import icon_scripts  # noqa: E402
from xlauto.desk.machine import Machine  # noqa: E402

USER = r"C:\Users\财务"
PAUSE = "请按任意键继续. . ."
"""What Windows itself says at `pause`."""
SIMULATED = "示意图：文字是程序在模拟的电脑上写出来的；用户名、文件的位置、各种版本，每台电脑不同。"
NOTE = "示意图：文字是程序自己写的；文件的位置，每台电脑不同。“……”是图里加的。"
UNIT, ICON = samples.HENGSHAN, "重新计算得分.cmd"

_FORBIDDEN = (ASR_KEYS[0], ASR_RULE, "1")
"""Microsoft Defender forbids Excel to start a program: key, name, value."""
_GOTO = re.compile(r"(?:if (?P<condition>.+?) )?goto (?P<label>\w+)")
_PROGRAM = re.compile(r"%\w+% .*-m (?P<module>xlauto\S*) (?P<arguments>.+)")
_SHOWN = 2
"""Lines of each kind in a shortened window."""
_LAST = 4
"""Lines at the end: an empty one, what it comes to, an empty one, the pause."""


def window() -> Window:
    """安装.cmd, from the first line to the last, when all goes well."""
    lines = _set_up()
    outcome = len(lines) - _LAST + 1
    return Window(tuple(lines), SIMULATED + "红框是图里加的。", range(outcome, outcome + 1))


def trouble() -> Window:
    """The end of 安装.cmd where Excel may not start a program."""
    lines = _set_up(_FORBIDDEN)
    lines = lines[lines.index("检查：") :]
    bad = next(number for number, line in enumerate(lines) if line.startswith(State.BAD.value))
    end = next(number for number in range(bad + 1, len(lines)) if not lines[number].startswith(" "))
    keep = {*range(_SHOWN), *range(bad - 1, end + 1), *range(len(lines) - _LAST, len(lines))}
    short = shortened(lines, keep)
    start = short.index(lines[bad])
    return Window(short, SIMULATED + "红框和“……”是图里加的。", range(start, start + end - bad))


def dropped() -> Window:
    """A real unit's workbook dropped on 重新计算得分.cmd: the first lines of each kind."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workbook = folder / "Documents" / f"{UNIT}.xlsx"
        workbook.parent.mkdir()
        workbook.write_bytes(samples.as_published(UNIT))

        def run(module: str, arguments: str) -> list[str]:
            command = [sys.executable, "-m", module, *arguments.split(), str(workbook)]
            said = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=ROOT)
            return (said.stdout + said.stderr).splitlines()

        script = icon_scripts()[ICON].decode("cp936")
        lines = on_windows(shown_by(script, {"defined found"}, {}, run), folder)
    return Window(shortened(lines, first_of_each(lines)), NOTE)


WINDOWS: Mapping[str, Callable[[], Window]] = {
    "setup-window.png": window,
    "setup-trouble.png": trouble,
    "setup-drop.png": dropped,
}


def shown_by(
    script: str, true: Collection[str], words: Mapping[str, str], run: Callable[[str, str], Iterable[str]]
) -> Iterator[str]:
    """What a .cmd file shows if of the conditions before its gotos only these are true.

    `words` are its variables that it shows; `run` gives what the module of xlauto says to the arguments.
    """
    lines = script.splitlines()
    at = 0
    while not lines[at].startswith(("exit", "%leave%")):
        line, at = lines[at], at + 1
        jump, program = _GOTO.fullmatch(line), _PROGRAM.fullmatch(line)
        if jump and (jump["condition"] is None or jump["condition"] in true):
            at = lines.index(f":{jump['label']}") + 1
        elif program:
            yield from run(program["module"], program["arguments"])
        elif line == "pause":
            yield PAUSE
        elif line == "echo.":
            yield ""
        elif line.startswith("echo "):
            yield re.sub(r"%(\w+)%", lambda match: words[match[1]], line.removeprefix("echo "))


def on_windows(lines: Iterable[str], folder: Path) -> list[str]:
    """The lines with the paths in this folder as they would be in the folder of a user of Windows."""
    inside = re.compile(re.escape(str(folder)) + r"[^\s，。；：（）]*")

    def translated(match: re.Match[str]) -> str:
        return USER + match.group().removeprefix(str(folder)).replace("/", "\\")

    return [inside.sub(translated, line) for line in lines]


def first_of_each(lines: Sequence[str]) -> set[int]:
    """The first lines that begin with the same word, with what is indented beneath them; what is alone stays too."""
    keep: set[int] = set()
    word, count = "", 0
    for number, line in enumerate(lines):
        if not line.startswith(" "):
            begins = line.partition(" ")[0]
            word, count = begins, count + 1 if begins == word else 1
        if count <= _SHOWN:
            keep.add(number)
    return keep


def _set_up(*values: tuple[str, str, str]) -> list[str]:
    """What 安装.cmd shows on a computer that has Python, with these values in the registry."""
    script = wheelhouse.filled((ROOT / "installer" / "安装.cmd").read_text(encoding="utf-8"), wheelhouse.PYTHONS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        machine = _pc(folder)
        for value in values:
            machine = registered(machine, *value)

        def run(module: str, arguments: str) -> list[str]:
            command, *rest = arguments.split()
            if (module, command) != ("xlauto", excel_group.name):
                raise RuntimeError(f"{module} {arguments}")
            with patch("xlauto.desk.machine.this_machine", lambda: machine):
                result = CliRunner().invoke(excel_group, rest, standalone_mode=False)
            if result.exception:
                raise result.exception
            return result.output.splitlines()

        python = f"py -{'.'.join(map(str, machine.version[:2]))}"
        return on_windows(shown_by(script, {"defined python"}, {"python": python}, run), folder)


def _pc(folder: Path) -> Machine:
    """The computer of the tests, its files where the set-up puts them on Windows."""
    data = folder / "AppData"
    own = data / "Local" / "xlauto"
    return computer(own, own=own, appdata=data / "Roaming", desktop=folder / "Desktop")
