"""The probe that needs an open Excel: reading its active workbook through a copy, as the button does."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from xlauto.desk.doctor import Answer, State
from xlauto.model import CannotGoOn

if TYPE_CHECKING:
    from xlauto.books.book import Book

ABOUT = "在Excel里试"


def try_excel(opener: Callable[[], AbstractContextManager[Book]] | None = None) -> list[Answer]:
    """Excel answers, writes a copy, and the copy can be read; software that encrypts files comes to light here."""
    try:
        with (opener or _active)() as book:
            count = len(book.sheets)
    except CannotGoOn as error:
        return [Answer(ABOUT, State.BAD, error.fact, "按钮也会在这里停下", error.hint)]
    return [Answer(ABOUT, State.GOOD, f"读到当前工作簿的{count}张工作表，没有改动")]


def _active() -> AbstractContextManager[Book]:
    from xlauto.books.live import live_book

    return live_book()
