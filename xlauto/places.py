"""Where xlauto's own data lies, installed or run from a checkout. What the data means is decided elsewhere."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def workbooks_dir() -> Path:
    """The folder with one folder per scheme: inside the installed package, beside it in a checkout."""
    installed = PACKAGE / "workbooks"
    return installed if installed.is_dir() else PACKAGE.parent / "workbooks"


def macros_dir() -> Path:
    """The folder with the sources of the buttons: inside the installed package, beside it in a checkout."""
    installed = PACKAGE / "macros"
    return installed if installed.is_dir() else PACKAGE.parent / "macros"


def own_schemes_dir() -> Path:
    """The user's folder for schemes that do not come with xlauto: read by every command and by the buttons."""
    base = os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else os.environ.get("XDG_DATA_HOME")
    return Path(base or Path.home() / ".local" / "share") / "xlauto" / "schemes"
