"""The judge of files: the Open XML SDK validator, which knows what Excel accepts. `make test` installs it."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

NODE_MODULES = Path(__file__).with_name("node_modules")


def validate(path: str | os.PathLike[str]) -> list[str]:
    """What is wrong with a workbook or document, one line per fault; empty if Excel will take it as it is."""
    run = subprocess.run([_program(), os.fspath(path)], capture_output=True, encoding="utf-8", timeout=120)
    if not run.stdout.strip():
        raise RuntimeError(f"the validator gave no answer on {path}: {run.stderr}")
    return [_line(error) for error in json.loads(run.stdout)["errors"]]


def validate_many(paths: Iterable[str | os.PathLike[str]]) -> dict[Path, list[str]]:
    """The same for several files, side by side: the program takes one file a run."""
    files = [Path(path) for path in paths]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(files, pool.map(validate, files), strict=True))


def _line(error: dict[str, str | None]) -> str:
    place = " ".join(part for part in (error["path"], error["xPath"]) if part)
    return f"{place}: {error['description']}" if place else str(error["description"])


def _program() -> str:
    system = {"Windows": "win32"}.get(platform.system(), platform.system().lower())
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(platform.machine().lower(), platform.machine())
    folder = NODE_MODULES / "@xarsh" / f"ooxml-validator-{system}-{machine}"
    found = [file for file in folder.glob("ooxml-validator*") if file.suffix in ("", ".exe")]
    if not found:
        pytest.skip("没有 Open XML 校验程序：npm ci --prefix tests")
    return str(found[0])
