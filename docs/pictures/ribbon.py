"""A scheme of the ribbon's tab, drawn from macros/ribbon.xml: LibreOffice does not show Excel's ribbon."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree

from fonts import font, width
from PIL import Image, ImageDraw

from xlauto.places import macros_dir

NEIGHBOURS = ("文件", "开始", None, "插入", "页面布局", "公式", "数据", "审阅", "视图")
"""Excel's own tabs; None is where ours stands (insertAfterMso="TabHome")."""
CAPTION = "示意图：Excel里每个按钮上还有图标。"

_UI = "{http://schemas.microsoft.com/office/2006/01/customui}"
_SIZE, _SMALL = 20, 16
_PADDING, _BUTTON_HEIGHT, _TAB_HEIGHT = 16, 84, 44
_INK, _FAINT, _LINE, _PAPER, _CHOSEN = "#222222", "#777777", "#C8C8C8", "#FFFFFF", "#217346"


class Group(NamedTuple):
    label: str
    buttons: tuple[str, ...]


def tab() -> tuple[str, tuple[Group, ...]]:
    """The tab's label and its groups."""
    root = ElementTree.parse(macros_dir() / "ribbon.xml").getroot()
    own = next(root.iter(f"{_UI}tab"))
    return own.attrib["label"], tuple(_groups(own))


def draw() -> Image.Image:
    label, groups = tab()
    regular, small = font(_SIZE), font(_SMALL)
    widths = [[width(regular, text) + 2 * _PADDING for text in group.buttons] for group in groups]
    tabs = [name or label for name in NEIGHBOURS]
    tabs_width = sum(width(regular, name) + 2 * _PADDING for name in tabs)
    groups_width = sum(sum(own) + 2 * _PADDING for own in widths)
    bottom = _TAB_HEIGHT + _BUTTON_HEIGHT + 56
    image = Image.new("RGB", (max(tabs_width, groups_width) + 2 * _PADDING, bottom + 34), _PAPER)
    pen = ImageDraw.Draw(image)
    left = _PADDING
    for name in tabs:
        wide = width(regular, name) + 2 * _PADDING
        chosen = name == label
        pen.text((left + wide / 2, _TAB_HEIGHT / 2), name, _CHOSEN if chosen else _INK, regular, anchor="mm")
        if chosen:
            pen.line((left + 8, _TAB_HEIGHT - 4, left + wide - 8, _TAB_HEIGHT - 4), _CHOSEN, 4)
        left += wide
    pen.rectangle((0, _TAB_HEIGHT, image.width - 1, bottom), "#F3F3F3", _LINE)
    left = _PADDING
    for group, own in zip(groups, widths, strict=True):
        first = left
        left += _PADDING
        for text, wide in zip(group.buttons, own, strict=True):
            box = (left + 4, _TAB_HEIGHT + 10, left + wide - 4, _TAB_HEIGHT + 10 + _BUTTON_HEIGHT)
            pen.rounded_rectangle(box, 6, _PAPER, _LINE)
            pen.text((left + wide / 2, (box[1] + box[3]) / 2), text, _INK, regular, anchor="mm")
            left += wide
        left += _PADDING
        pen.text(((first + left) / 2, bottom - 20), group.label, _FAINT, small, anchor="mm")
        pen.line((left, _TAB_HEIGHT + 10, left, bottom - 10), _LINE)
    pen.text((_PADDING, bottom + 18), CAPTION, _FAINT, small, anchor="lm")
    return image


def _groups(own: ElementTree.Element) -> Iterator[Group]:
    for group in own.iter(f"{_UI}group"):
        yield Group(group.attrib["label"], tuple(button.attrib["label"] for button in group.iter(f"{_UI}button")))
