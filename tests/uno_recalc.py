"""A server around one LibreOffice: workbook paths in, recalculated cells out. Knows nothing of xlauto.

Run by the system's Python, which has `uno`. Each line of standard input is a JSON list of paths; each is answered
by one line of JSON, a list of `{"sheets": {name: [[row, column, value], ...]}}` or `{"failure": text}`. A value is
a number, a text, true or false, or `{"error": "#REF!"}`. When the input ends, LibreOffice ends. Who starts this
in a process group of its own can end both at once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue

START_SECONDS = 60
VALUE, DATETIME, STRING, FORMULA = 1, 2, 4, 16  # com.sun.star.sheet.CellFlags


def main() -> None:
    with office() as desktop:
        for line in sys.stdin:
            answers = [recalculated(desktop, Path(path)) for path in json.loads(line)]
            print(json.dumps(answers, ensure_ascii=False), flush=True)


@contextmanager
def office() -> Iterator[Any]:
    """The desktop of a LibreOffice of our own, with its own profile, that ends with the block."""
    pipe = f"xlauto{os.getpid()}"
    with tempfile.TemporaryDirectory(prefix="xlauto-soffice-", ignore_cleanup_errors=True) as profile:
        command = ["soffice", "--headless", "--norestore", "--nologo", "--nodefault"]
        command += [f"-env:UserInstallation={Path(profile).as_uri()}", f"--accept=pipe,name={pipe};urp;"]
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)
        desktop = connected(pipe, process)
        try:
            yield desktop
        finally:
            with suppress(Exception):  # the connection breaks while LibreOffice ends
                desktop.terminate()
            process.wait()


def connected(pipe: str, process: subprocess.Popen[bytes]) -> Any:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            remote = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return remote.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", remote)
        except Exception as error:  # uno raises its own NoConnectException until the pipe is there
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("LibreOffice does not start") from error
            time.sleep(0.05)


def recalculated(desktop: Any, path: Path) -> dict[str, Any]:
    options = (option("Hidden", True), option("ReadOnly", True))
    try:
        document = desktop.loadComponentFromURL(path.resolve().as_uri(), "_blank", 0, options)
    except Exception as error:  # uno's exceptions have no common base but Exception
        return {"failure": f"{path}: {error}"}
    if document is None or not document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
        return {"failure": f"{path}: LibreOffice does not open it as a workbook"}
    try:
        document.calculateAll()
        return {"sheets": {sheet.Name: list(filled_cells(sheet)) for sheet in document.Sheets}}
    finally:
        document.close(True)


def filled_cells(sheet: Any) -> Iterator[tuple[int, int, Any]]:
    """Row, column and value of all cells with content, fetched by the rectangle: a call per cell is slow."""
    for area in sheet.queryContentCells(VALUE | DATETIME | STRING | FORMULA).RangeAddresses:
        left, top = area.StartColumn, area.StartRow
        block = sheet.getCellRangeByPosition(left, top, area.EndColumn, area.EndRow)
        for row, values in enumerate(block.getDataArray(), top):
            for column, value in enumerate(values, left):
                if value is None:
                    value = {"error": sheet.getCellByPosition(column, row).getString()}
                elif value in (0.0, 1.0):
                    shown = sheet.getCellByPosition(column, row).getString()
                    value = {"TRUE": True, "FALSE": False}.get(shown, value)
                yield row + 1, column + 1, value


def option(name: str, value: Any) -> Any:
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


if __name__ == "__main__":
    main()
