"""The icons that files are dropped on: what macros/icons.yaml declares, made into files from macros/drop.template."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from xlauto import yamlfile
from xlauto.desk.scripts import note_bytes, script_bytes
from xlauto.places import macros_dir

LONGEST = 8000
"""Characters on a command line. cmd.exe takes 8,191 and may cut off the rest without a word."""
NOTE = "使用说明.txt"

_SCRIPT_MARK, _NOTE_TITLE = b"xlauto.drop", "xlauto 使用说明"


class Icon(NamedTuple):
    """An icon: its file name, the job, what it does, and what may be dropped on it."""

    name: str
    job: str
    does: str
    drop: str

    @property
    def label(self) -> str:
        return self.name.rpartition(".")[0]


@cache
def icons() -> tuple[Icon, ...]:
    return tuple(Icon(name, **fields) for name, fields in yamlfile.load(macros_dir() / "icons.yaml").items())


@cache
def icon_scripts() -> dict[str, bytes]:
    """The icons by name, as they lie in macros/ too for who takes them from there."""
    template = (macros_dir() / "drop.template").read_text(encoding="utf-8")
    files = {icon.name: template.replace("{icon}", icon.name).replace("{job}", icon.job) for icon in icons()}
    return {name: script_bytes(text) for name, text in files.items()}


def icon_files() -> dict[str, bytes]:
    """The files of the icons' folder by name: the icons and a note on them."""
    return {**icon_scripts(), NOTE: note_bytes(_note())}


def is_our_icon(data: bytes) -> bool:
    """A file of the icons' folder, of whatever version."""
    return _SCRIPT_MARK in data or _NOTE_TITLE.encode() in data


def _note() -> str:
    lines = [_NOTE_TITLE, "", "没有Excel、只有WPS，或者Excel里的按钮不能用时：把文件拖到图标上，松开鼠标。", ""]
    for icon in icons():
        lines += [icon.name, f"    {icon.does}", f"    可以拖：{icon.drop}", ""]
    lines.append(f"一次拖放的文件名合计不能超过{LONGEST}字；文件很多时，汇总请拖整个收件夹。")
    lines.append("图标可以移到别处；电脑上须装有 xlauto。")
    return "\n".join(lines)
