"""A workbook as if open in Excel, in memory: what is committed is seen at once and saved nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from xlauto.books.book import Edit
from xlauto.books.closed import open_book
from xlauto.button import Call, press
from xlauto.model import Place
from xlauto.notice import Notice


class Desk:
    """One workbook with the cell that its user has selected."""

    def __init__(self, data: bytes, active: Place | None = None, name: str = "自评.xlsm") -> None:
        self.book = open_book(data, name)
        self.active = active or Place(self.book.sheets[0].name, 1, 1)
        self.name, self.asked, self.shown = name, ("", None), None

    @property
    def data(self) -> bytes:
        return self.book.package.data

    @contextmanager
    def open(self, name: str, hwnd: int | None) -> Iterator[OnDesk]:
        self.asked = name, hwnd
        yield OnDesk(self)

    def press(self, job: str) -> Notice:
        return press(Call(job, self.name, 7), self.open)


class OnDesk:
    """What `live_book` gives, upon a Desk; what it does not say itself, the book says."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.label, self.active = desk, desk.name, desk.active

    def __getattr__(self, name: str) -> Any:
        return getattr(self.desk.book, name)

    def commit(self, edits: Sequence[Edit]) -> None:
        self.desk.book = open_book(self.desk.book.edited(edits), self.desk.name)

    def show(self, place: Place) -> None:
        assert place.sheet in {sheet.name for sheet in self.sheets}
        self.desk.shown = place
