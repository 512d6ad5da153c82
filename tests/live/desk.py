"""An accountant's desk: a small workbook open in the double of Excel, and what happens to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from math import isclose

import lines
from live import excel

from xlauto.books.book import Book, Edit
from xlauto.books.closed import open_book
from xlauto.books.excel import Patience
from xlauto.books.live import LiveBook, live_book
from xlauto.model import BLANK_CELL, Place

UNIT = """
封面: {单位名称: 某局, 单位代码: "001001"}
基础数据表:
  编制数: 10
  在职人数: 9
  公车运维: [1, 2, 1]
  公务接待: [4, 5, 5]
  公用经费: [1, 1, 1]
整体支出自评表:
  年度资金总额: {年初预算数: 80, 全年预算数: 100, 全年执行数: 90}
  指标:
    - [产出指标, 数量指标, 办会, ≥10次, 8次, 50, ""]
    - [效益指标, 社会效益指标, 示范, 起到示范作用, 已起到, 30, 30]
    - [满意度指标, 服务对象满意度指标, 满意度, ≥95%, 96%, 10, ""]
"""
NAME = "自评 2023;a=b.xlsx"
LABEL = "自评.xlsx"


@cache
def published() -> bytes:
    return lines.workbook(UNIT)


def placed(data: bytes = b"", name: str = NAME, app: excel.Application | None = None) -> excel.Workbook:
    """The workbook open in Excel."""
    return excel.Workbook(app or excel.Application(), name, data or published())


def typed(workbook: excel.Workbook, sheet: str, ref: str, new: excel.Typed) -> None:
    """What the accountant types and does not save."""
    cells = excel.Worksheet(workbook, workbook.book[sheet]).Range(ref)
    protection, cells.sheet.protection.sheet = cells.sheet.protection.sheet, False
    cells.Formula = new
    cells.sheet.protection.sheet = protection


def press(workbook: excel.Workbook, job: Callable[[Book], Sequence[Edit]]) -> excel.Wire:
    """A job on the open workbook, from its start to its end."""
    with excel.running(workbook.Application) as wire, live_book(workbook.Name, patience=calm()) as book:
        book.commit(job(book))
    return wire


def write(workbook: excel.Workbook, *edits: Edit) -> excel.Wire:
    return press(workbook, lambda _: edits)


@contextmanager
def opened(workbook: excel.Workbook) -> Iterator[LiveBook]:
    with excel.running(workbook.Application), live_book(workbook.Name, patience=calm()) as book:
        yield book


def calm() -> Patience:
    """Patience that takes no time."""
    return Patience(LABEL, sleep=lambda _: None)


def held(data: bytes) -> dict[Place, tuple[object, str | None]]:
    """What a file's cells hold, value and formula; an empty text is nothing."""
    book = open_book(data)
    cells = {
        Place(sheet.name, *key): (cell.value or None if cell.value == "" else cell.value, cell.formula)
        for sheet in book.sheets
        for key, cell in book.cells(sheet.name).items()
    }
    return {place: cell for place, cell in cells.items() if cell != (None, None)}


def differences(first: bytes, second: bytes) -> dict[Place, tuple[object, object]]:
    """Where two files differ, numbers by more than the last bits of a double."""
    one, other = held(first), held(second)
    pairs = {place: (one.get(place), other.get(place)) for place in one.keys() | other.keys()}
    return {place: pair for place, pair in pairs.items() if not _same(*pair)}


def value(workbook: excel.Workbook, sheet: str, ref: str) -> object:
    """What a cell of the open workbook holds now: its formula or its value."""
    book = open_book(workbook.contents())
    area = excel.range_boundaries(ref)
    cell = book.cells(sheet).get((area[1], area[0]), BLANK_CELL)
    return f"={cell.formula}" if cell.formula is not None else cell.value


def _same(one: tuple[object, str | None] | None, other: tuple[object, str | None] | None) -> bool:
    if one is None or other is None:
        return one == other
    if one[1] == other[1] and isinstance(one[0], Decimal) and isinstance(other[0], Decimal):
        return isclose(one[0], other[0], rel_tol=1e-12)
    return one == other
