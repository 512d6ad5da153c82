"""The worked example of docs/用户手册.md, from the published workbook to one without 错误.

docs/pictures/example.yaml says what is typed, as a person types it: what looks like a number becomes one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from samples import as_published

from xlauto import yamlfile
from xlauto.books.book import Edit, SetCell
from xlauto.books.closed import ClosedBook, open_book
from xlauto.model import Place, column_number
from xlauto.recalc import Recalculation, recalculate
from xlauto.sheets import CHANGES, FINDINGS, entries_of

FILE = Path(__file__).resolve().parent.parent / "docs" / "pictures" / "example.yaml"


class Stage(NamedTuple):
    """The workbook after a press on 重新计算得分, and what the press came to."""

    workbook: bytes
    result: Recalculation


@cache
def declared() -> Any:
    return yamlfile.load(FILE, as_text=True)


@cache
def stages() -> tuple[Stage, Stage, Stage]:
    """As published, mended, and with the 核实说明."""
    name = f"{declared()['unit']}.xlsm"
    first = _pressed(open_book(as_published(declared()["unit"], macros=True), name))
    book = open_book(first.workbook, name)
    second = _pressed(open_book(book.edited([*_mended(), *_settled(book)]), name))
    book = open_book(second.workbook, name)
    return first, second, _pressed(open_book(book.edited([*_justified(book)]), name))


def _pressed(book: ClosedBook) -> Stage:
    result = recalculate(book)
    return Stage(book.edited(result.edits), result)


def _mended() -> Iterator[Edit]:
    for sheet, cells in declared()["mended"].items():
        for ref, text in cells.items():
            yield SetCell(place=place(sheet, ref), value=typed(text))


def _settled(book: ClosedBook) -> Iterator[Edit]:
    at = CHANGES.column("项目") - 1
    for row, texts in entries_of(book, CHANGES).items():
        if texts[at] in declared()["settled"]:
            yield from (SetCell(place=Place(CHANGES.name, row, col)) for col in range(1, len(CHANGES.columns) + 1))


def _justified(book: ClosedBook) -> Iterator[Edit]:
    at = FINDINGS.column("位置") - 1
    for row, texts in entries_of(book, FINDINGS).items():
        reason = declared()["justified"].get(texts[at])
        if reason and texts[1] == "警告":
            yield SetCell(place=Place(FINDINGS.name, row, FINDINGS.column("核实说明")), value=reason)


def place(sheet: str, ref: str) -> Place:
    letters, row = re.fullmatch(r"([A-Z]+)(\d+)", ref).groups()  # type: ignore[union-attr]
    return Place(sheet, int(row), column_number(letters))


def typed(text: str) -> Decimal | str | None:
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return Decimal(text)
    return text or None
