"""A black window with lines in it, on the grid of a Chinese Windows: 120 columns, a Chinese character takes two.

The lines stand in the picture's file too, as a description, so that a picture that has gone stale is found out.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fonts import FIXED, font, width
from PIL import Image, ImageDraw, PngImagePlugin
from screens import COLOURS

from xlauto.model import Level

COLUMNS = 120
OMITTED = "……（图里省去{}行）"
DESCRIPTION = "Description"
"""The field of the PNG file that the lines stand in."""

_TITLE = r"C:\WINDOWS\system32\cmd.exe"
_SIZE, _COLUMN, _ROW, _BAR, _PADDING, _NOTE = 20, 10, 28, 42, 12, 40
_PAPER, _INK, _FAINT, _FRAME, _BORDER = "#0C0C0C", "#CCCCCC", "#8A8A8A", "#E74856", "#B0B0B0"
_LEVELS = {Level.ERROR: "#E74856", Level.WARNING: "#F2C811"}
"""A console's red and yellow (terminal.COLOURS)."""
_WIDE = "WFA"
"""The classes of characters that take two columns; A are those like × and √, wide in a Chinese console."""


class Window(NamedTuple):
    """What the window shows, the note beneath it, and which of its lines the picture puts a red frame around."""

    lines: tuple[str, ...]
    note: str
    framed: range = range(0)


def picture(window: Window) -> bytes:
    """As PNG."""
    return png(draw(window), described(window))


def described(window: Window) -> str:
    return "\n".join((*window.lines, window.note))


def png(image: Image.Image, description: str) -> bytes:
    """In few colours, with the description in the file."""
    about = PngImagePlugin.PngInfo()
    about.add_itxt(DESCRIPTION, description)
    stream = io.BytesIO()
    flat = image.quantize(COLOURS, dither=Image.Dither.NONE)
    flat.save(stream, "PNG", optimize=True, pnginfo=about)
    return stream.getvalue()


def draw(window: Window) -> Image.Image:
    rows = [list(wrapped(line)) for line in window.lines]
    bottom = _BAR + sum(map(len, rows)) * _ROW + 2 * _PADDING
    image = Image.new("RGB", (COLUMNS * _COLUMN + 2 * _PADDING, bottom + _NOTE), "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, image.width - 1, bottom), _PAPER, _BORDER)
    _bar(pen, image.width)
    top = _BAR + _PADDING
    for number, (line, own) in enumerate(zip(window.lines, rows, strict=True)):
        if window.framed and number == window.framed.start:
            height = sum(len(rows[at]) for at in window.framed) * _ROW
            pen.rounded_rectangle((4, top - 1, image.width - 5, top + height + 1), 4, outline=_FRAME, width=3)
        for at, row in enumerate(own):
            _row(pen, row, top, _FAINT if omitted(line) else _INK, _LEVELS.get(_level(line)) if at == 0 else None)
            top += _ROW
    pen.text((_PADDING, bottom + _NOTE / 2), window.note, "#555555", font(18), anchor="lm")
    return image


def wrapped(line: str) -> Iterator[str]:
    """The rows that the window breaks a line into, wherever its last column happens to be."""
    row, taken = "", 0
    for character in line:
        if taken + columns(character) > COLUMNS:
            yield row
            row, taken = "", 0
        row, taken = row + character, taken + columns(character)
    yield row


def columns(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1


def shortened(lines: Sequence[str], keep: set[int]) -> tuple[str, ...]:
    """Only these lines, and in the place of the others how many they are."""
    found: list[str] = []
    missing = 0
    for number, line in enumerate(lines):
        if number not in keep:
            missing += 1
            continue
        if missing:
            found.append(OMITTED.format(missing))
        found.append(line)
        missing = 0
    return (*found, OMITTED.format(missing)) if missing else tuple(found)


def omitted(line: str) -> bool:
    return line.startswith(OMITTED.partition("{")[0])


def _level(line: str) -> Level | None:
    return next((level for level in _LEVELS if line.startswith(f"{level} ")), None)


def _row(pen: ImageDraw.ImageDraw, row: str, top: int, ink: str, first_word: str | None) -> None:
    """Each character in the middle of its columns; the first word in another colour, if one is given."""
    left, colour = _PADDING, first_word or ink
    for character in row:
        if character == " ":
            colour = ink
        wide = columns(character) * _COLUMN
        pen.text((left + wide / 2, top + _ROW * 0.75), character, colour, font(_SIZE, FIXED), anchor="ms")
        left += wide


def _bar(pen: ImageDraw.ImageDraw, right: int) -> None:
    pen.rectangle((0, 0, right - 1, _BAR), "#F3F3F3", _BORDER)
    pen.text((_PADDING, _BAR / 2), _TITLE, "#222222", font(18), anchor="lm")
    left = right - 3 * 46
    for sign in "—□×":
        pen.text((left + 23 - width(font(18), sign) / 2, _BAR / 2), sign, "#222222", font(18), anchor="lm")
        left += 46
