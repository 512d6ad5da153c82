"""How often 重新计算得分 calls Excel for an open workbook, counted on the double of Excel that the tests use.

PYTHONPATH=tests:tests/live python benchmarks/live.py

A call passes from one process to another and back. How long that takes in Excel cannot be measured here.
"""

from __future__ import annotations

import excel
from samples import UNITS, as_published

from xlauto.books.closed import open_book
from xlauto.books.live import live_book
from xlauto.recalc import recalculate

LABELS = {
    "sheets": "sheets",
    "cells": "cells changed",
    "work": "data read or written, formats, rows fitted",
    "state": "settings, protection and selection looked up, changed, put back",
    "finding": "ways to an object, and small questions",
    "again": "a second run: data read or written",
}


def main() -> None:
    rows = [counts(unit) for unit in UNITS]
    print("| calls into Excel | " + " | ".join(row["name"] for row in rows) + " |")
    print("|---" + "|---:" * len(rows) + "|")
    for key, label in LABELS.items():
        print(f"| {label} | " + " | ".join(str(row[key]) for row in rows) + " |")


def counts(unit: str) -> dict[str, object]:
    """The calls of a first recalculation of a unit's figures as published, and of a second one."""
    workbook = excel.Workbook(excel.Application(), f"{unit}.xlsx", as_published(unit))
    before = workbook.contents()
    first, second = pressed(workbook), pressed(workbook)
    sheets = len(workbook.book.worksheets)
    changed = changed_cells(before, workbook.contents())
    return {"name": unit, "sheets": sheets, "cells": changed, "again": second.counts["work"], **first.counts}


def pressed(workbook: excel.Workbook) -> excel.Wire:
    with excel.running(workbook.Application) as wire, live_book(workbook.Name) as book:
        book.commit(recalculate(book).edits)
    return wire


def changed_cells(before: bytes, after: bytes) -> int:
    old, new = open_book(before), open_book(after)
    return sum(
        old.cells(sheet.name).get(key) != cell for sheet in new.sheets for key, cell in new.cells(sheet.name).items()
    )


if __name__ == "__main__":
    main()
