"""A scheme of the folder that the offline package is unpacked to: each file, and what it is for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "installer")]

import wheelhouse  # noqa: E402
from console import png  # noqa: E402
from fonts import font, width  # noqa: E402
from PIL import Image, ImageDraw  # noqa: E402


class Item(NamedTuple):
    name: str
    purpose: str
    folder: bool = False


SET_UP, REMOVAL = wheelhouse.SCRIPTS
ITEMS = (
    Item(wheelhouse.MANUALS, "用户手册、安装等，双击里面的文件来看", folder=True),
    Item(wheelhouse.FORMS, "各地区的空白自评工作簿", folder=True),
    Item(wheelhouse.WHEELS, "程序的组件，不要打开，不要改动", folder=True),
    Item(SET_UP, "双击它，开始安装"),
    Item(wheelhouse.NOTE, "三句话：怎样安装，别的看哪里"),
    Item(wheelhouse.LIST, "每个组件的版本和校验值，给管理员核对"),
    Item(REMOVAL, "以后不用了，双击它"),
)
"""What is always there."""
ADDED = (
    Item("python-3.13.1-amd64.exe", "电脑上没有Python的，放进来"),
    Item("schemes", "本地自己的套表，有的财政部门才有", folder=True),
)
"""What somebody may put there."""
TITLE, MAY_BE = "离线安装包解压以后", "可能另有："
NOTE = "示意图：Windows没有显示扩展名时，看不到“.cmd”“.txt”“.exe”；“类型”一栏里，.cmd是“Windows 命令脚本”。"

_SIZE, _ROW, _LEFT, _BAR = 22, 46, 24, 50
_INK, _FAINT, _LINE, _CHOSEN = "#222222", "#777777", "#C8C8C8", "#217346"


def described() -> str:
    return "\n".join((*(f"{item.name}  {item.purpose}" for item in (*ITEMS, *ADDED)), NOTE))


def picture() -> bytes:
    return png(draw(), described())


def draw() -> Image.Image:
    regular, small = font(_SIZE), font(18)
    middle = _LEFT + 70 + max(width(regular, item.name) for item in (*ITEMS, *ADDED))
    right = max(middle + max(width(regular, item.purpose) for item in ITEMS), width(small, NOTE)) + 2 * _LEFT
    bottom = _BAR + 20 + (len(ITEMS) + len(ADDED) + 1) * _ROW + 10
    image = Image.new("RGB", (right, bottom + 46), "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, right - 1, bottom), "white", _LINE)
    pen.rectangle((0, 0, right - 1, _BAR), "#F3F3F3", _LINE)
    pen.text((_LEFT, _BAR / 2), TITLE, _INK, regular, anchor="lm")
    top = _BAR + 10
    for item in ITEMS:
        _item(pen, item, top, middle, right)
        top += _ROW
    pen.line((_LEFT, top + 4, right - _LEFT, top + 4), _LINE)
    pen.text((_LEFT, top + 8 + _ROW / 2), MAY_BE, _FAINT, small, anchor="lm")
    top += _ROW + 4
    for item in ADDED:
        _item(pen, item, top, middle, right)
        top += _ROW
    pen.text((_LEFT, bottom + 23), NOTE, "#555555", small, anchor="lm")
    return image


def _item(pen: ImageDraw.ImageDraw, item: Item, top: int, middle: int, right: int) -> None:
    chosen = item.name == SET_UP
    if chosen:
        pen.rectangle((8, top, right - 9, top + _ROW - 2), "#E5F1EA", _CHOSEN)
    centre = top + _ROW / 2 - 1
    if item.folder:
        pen.rectangle((_LEFT, centre - 12, _LEFT + 12, centre), "#D9A520")
        pen.rounded_rectangle((_LEFT, centre - 8, _LEFT + 26, centre + 11), 3, "#F2C94C", "#D9A520")
    else:
        pen.rectangle((_LEFT + 3, centre - 13, _LEFT + 23, centre + 12), "white", _FAINT)
        for line in range(3):
            pen.line((_LEFT + 7, centre - 6 + 6 * line, _LEFT + 19, centre - 6 + 6 * line), _FAINT)
    pen.text((_LEFT + 40, centre), item.name, _CHOSEN if chosen else _INK, font(_SIZE), anchor="lm")
    pen.text((middle, centre), item.purpose, _CHOSEN if chosen else _INK, font(_SIZE), anchor="lm")
