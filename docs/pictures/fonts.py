"""The fonts of the drawings, as fontconfig finds them."""

from __future__ import annotations

import subprocess
from functools import cache

from PIL import ImageFont

PROPORTIONAL, FIXED = "Noto Sans CJK SC", "Noto Sans Mono CJK SC"


@cache
def font(size: int, family: str = PROPORTIONAL) -> ImageFont.FreeTypeFont:
    command = ["fc-match", "--format=%{file}|%{index}", family]
    file, _, index = subprocess.run(command, capture_output=True, text=True, check=True).stdout.partition("|")
    return ImageFont.truetype(file, size, index=int(index))


def width(own: ImageFont.FreeTypeFont, text: str) -> int:
    return round(own.getlength(text))
