"""Behind the icons that files are dropped on: `python -m xlauto.drop JOB [PATH…]`, the way without Excel and macros.

The icon (macros/drop.template) hands over its whole command line in XLAUTO_DROPPED, because cmd.exe spoils arguments
that Explorer has not put in quotation marks. The work is the command line's; so are the messages and the exit status.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path, PureWindowsPath

import click

from xlauto.cli import run
from xlauto.cli_options import CANNOT, DEFECT, DONE, FAULTS
from xlauto.desk.icons import LONGEST, Icon, icons

LINE, ICON = "XLAUTO_DROPPED", "XLAUTO_ICON"
"""The environment variables that the icon sets: the command line of its cmd.exe, and its own path."""
SUMMARY = "汇总"

_TO_RUN = re.compile(r"\s/c\s+(.*)$", re.IGNORECASE | re.DOTALL)
_ARGUMENT = re.compile(r'(?:"[^"]*"?|[^ \t"])+')
_ENDING = {
    DONE: "完成，没有错误。",
    FAULTS: "完成。有错误要改正，逐条见上。",
    CANNOT: "有的没有完成，原因见上。",
    DEFECT: "程序出错，有的没有完成，见上。",
}


class TooMuch(Exception):
    """The command line was so long that names may be missing; the text is its length."""


def main(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> int:
    """Do the job on what was dropped, say how it went, give the exit status."""
    from xlauto.chinese import speak_chinese
    from xlauto.terminal import prepare_streams

    prepare_streams()
    speak_chinese()
    icon = next((icon for icon in icons() if icon.job in arguments[:1]), None)
    if icon is None:
        click.echo(f"用法：python -m xlauto.drop {'|'.join(icon.job for icon in icons())} [文件或文件夹...]", err=True)
        return CANNOT
    try:
        paths = [Path(text) for text in arguments[1:] or dropped(environment)]
    except TooMuch as error:
        click.echo(f"没有进行：一次拖放的文件太多，文件名共{error}字，Windows只保证{LONGEST}字以内完整。", err=True)
        click.echo("请分几次拖放，或把文件移到较短的路径；汇总时请拖放整个文件夹。", err=True)
        return CANNOT
    if not paths:
        explain(icon)
        return CANNOT
    click.echo(f"{icon.label}：拖来{len(paths)}个\n")
    status = _consolidate(paths) if icon.job == "consolidate" else _each(icon, paths)
    click.echo(f"\n{icon.label}{_ending(icon, status)}")
    return status


def dropped(environment: Mapping[str, str]) -> list[str]:
    """The paths on the command line `cmd.exe /c ""ICON" PATH "PATH WITH BLANKS" …"`; none when it runs something else.

    Raises TooMuch when names may have been cut off.
    """
    line, icon = environment.get(LINE, ""), environment.get(ICON, "")
    found = _TO_RUN.search(line)
    if found is None:
        return []
    command = found[1].strip()
    if command.startswith('""') and command.endswith('"'):
        command = command[1:-1]
    first, *others = [text.replace('"', "") for text in _ARGUMENT.findall(command)] or [""]
    if not _same(first, icon):
        return []
    if len(line) > LONGEST:
        raise TooMuch(len(line))
    return others


def explain(icon: Icon) -> None:
    """What the user reads who has pressed the icon instead of dropping files on it."""
    click.echo(f"{icon.label}：{icon.does}\n")
    click.echo(f"用法：把{icon.drop}拖到“{icon.name}”的图标上，松开鼠标。可以一次拖多个。")
    click.echo("完成后窗口里写明每个文件怎样了、结果在哪里，按任意键关闭。")
    click.echo("在命令行窗口里请用 xlauto 命令，见 xlauto --help。")


def free_name(folder: Path) -> Path:
    """`汇总.xlsx`, or the first of `汇总(2).xlsx`, `汇总(3).xlsx`, … that does not exist in the folder."""
    number, path = 1, folder / f"{SUMMARY}.xlsx"
    while os.path.lexists(path):
        number += 1
        path = folder / f"{SUMMARY}({number}).xlsx"
    return path


def _ending(icon: Icon, status: int) -> str:
    if status == FAULTS and icon.job == "consolidate":
        return "完成。有退回的或有错误的，见上表和汇总里的“报送情况”“校验问题”。"
    return _ENDING.get(status, _ENDING[CANNOT])


def _each(icon: Icon, paths: Sequence[Path]) -> int:
    """The work closes with a line on each of several files; the folders, which are not entered, follow."""
    folders, files = [path for path in paths if path.is_dir()], [path for path in paths if not path.is_dir()]
    writing = ["--write"] if icon.job == "check" else []
    status = run([icon.job, *writing, "--", *map(str, files)]) if files else DONE
    for folder in folders:
        click.echo(f"  {folder}：没有完成：是文件夹；请打开它，把里面的工作簿拖过来", err=True)
    return max(status, CANNOT) if folders else status


def _consolidate(paths: Sequence[Path]) -> int:
    """The summary lies beside what was dropped: beside the folder, or in the folder of the files."""
    folder = Path(os.path.abspath(paths[0])).parent
    return run(["consolidate", "-o", str(free_name(folder)), "--", *map(str, paths)])


def _same(first: str, icon: str) -> bool:
    """Whether the command line runs the icon, also by its short name (8.3)."""
    one, other = PureWindowsPath(first), PureWindowsPath(icon)
    if one.name.casefold() == other.name.casefold():
        return bool(first)
    try:
        return os.path.samefile(first, icon)
    except (OSError, ValueError):
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
