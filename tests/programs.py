"""Programs that the tests run but that are no part of xlauto. A test that lacks one is skipped with the reason."""

from __future__ import annotations

import shutil

import pytest


def needed(program: str, package: str) -> str:
    """The program's path, or a skip that names the Debian package to install."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"没有 {program}：apt-get install {package}")
    return found
