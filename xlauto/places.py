"""Where xlauto's own data lies, installed or run from a checkout. What the data means is decided elsewhere."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def workbooks_dir() -> Path:
    """The folder with one folder per scheme: inside the installed package, beside it in a checkout."""
    installed = PACKAGE / "workbooks"
    return installed if installed.is_dir() else PACKAGE.parent / "workbooks"
