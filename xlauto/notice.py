"""How a button tells its user what has happened: a message box on Windows, standard output elsewhere; and the log.

The words are not decided here."""

from __future__ import annotations

import os
import sys
import time
from enum import Enum
from typing import NamedTuple

from xlauto.cache import cache_dir

TITLE = "预算绩效自评 xlauto"
LOG_LIMIT = 200_000
"""Bytes after which the log begins anew; the previous one is kept beside it."""

_FOREGROUND, _TOPMOST = 0x10000, 0x40000


class Tone(Enum):
    """How a message is meant, with the icon of its box (MB_ICON… of the Windows API)."""

    GOOD = 0x40
    FAULTS = 0x30
    FAILED = 0x10


class Notice(NamedTuple):
    """What the user reads, and the line that the log keeps of it: counts and names, no figures of the unit."""

    text: str
    tone: Tone
    record: str


def show(notice: Notice, hwnd: int | None = None, quiet: bool = False) -> bool:
    """Whether the user has been told. The box lies in front of the window `hwnd`; `quiet` wants none."""
    if sys.platform == "win32" and not quiet:
        owned = hwnd is not None and _box(notice, hwnd, _FOREGROUND)
        return owned or _box(notice, 0, _FOREGROUND | _TOPMOST) or _printed(notice.text)
    return _printed(notice.text)


def keep(record: str) -> None:
    """Append a line to the log in the user's folder. A log that cannot be written is no fault."""
    line = f"{time.strftime('%Y-%m-%d %H:%M:%S')}  {' '.join(record.splitlines())}\n"
    try:
        log = cache_dir().parent / "button.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            os.replace(log, log.with_name("button.1.log"))
        with log.open("a", encoding="utf-8", errors="replace") as stream:
            stream.write(line)
    except (OSError, RuntimeError):  # RuntimeError: no home folder
        return


def _box(notice: Notice, hwnd: int, flags: int) -> bool:
    """False when Windows could not show it, as with a window that has gone."""
    import ctypes

    show_box = ctypes.windll.user32.MessageBoxW  # type: ignore[attr-defined,unused-ignore]
    show_box.argtypes = [ctypes.c_void_p, ctypes.c_wchar_p, ctypes.c_wchar_p, ctypes.c_uint]
    text = notice.text.replace("\0", "")
    return bool(show_box(hwnd or None, text, TITLE, notice.tone.value | flags))


def _printed(text: str) -> bool:
    """False where nobody sees standard output: pythonw has none. What the console cannot show becomes `?`."""
    if sys.stdout is None:
        return False
    try:
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="replace")
        print(text, flush=True)
    except (OSError, ValueError):
        return False
    return True
