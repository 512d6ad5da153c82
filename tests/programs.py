"""Programs that the tests run but that are no part of xlauto. A test that lacks one is skipped with the reason; a
script that uses the tests' helpers ends with it, and needs no pytest."""

from __future__ import annotations

import shutil
import sys


def needed(program: str, package: str) -> str:
    """The program's path, or a skip that names the Debian package to install."""
    found = shutil.which(program)
    if found is not None:
        return found
    reason = f"没有 {program}：apt-get install {package}"
    if sys.modules.get("pytest") is None:
        sys.exit(reason)
    import pytest

    pytest.skip(reason)
