"""What of Excel's state is changed for a while and put back whatever happens: settings, protection, what the user has
before her."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import Any, NamedTuple

from xlauto.books.excel import ExcelError, Patience, Patient
from xlauto.model import CannotGoOn, Place

FAILURES = (ExcelError, CannotGoOn)

_ALLOWANCES = (
    "AllowFormattingCells", "AllowFormattingColumns", "AllowFormattingRows", "AllowInsertingColumns",
    "AllowInsertingRows", "AllowInsertingHyperlinks", "AllowDeletingColumns", "AllowDeletingRows", "AllowSorting",
    "AllowFiltering", "AllowUsingPivotTables",
)  # fmt: skip


def surely(patience: Patience, action: Callable[[], object]) -> None:
    """For what puts things right: with the patience kept for that, and once more if it fails."""
    with patience.way_back():
        try:
            action()
        except FAILURES:
            action()


@contextmanager
def settings(app: Patient, patience: Patience, **wanted: Any) -> Iterator[None]:
    """Excel's settings changed for a while."""
    before: dict[str, Any] = {}
    try:
        for key, value in wanted.items():
            present = getattr(app, key)
            if present != value:
                before[key] = present
                setattr(app, key, value)
        yield
    finally:
        for key, value in reversed(before.items()):
            with suppress(*FAILURES):
                surely(patience, partial(setattr, app, key, value))


@contextmanager
def unprotected(workbook: Patient, patience: Patience, sheets: Sequence[str]) -> Iterator[None]:
    """The protection of sheets lifted for a while, and that of their order for an empty name. None has a password."""
    with ExitStack() as stack:
        for name in sheets:
            lifted = _sheet_unprotected(workbook.Worksheets(name), patience) if name else _order(workbook, patience)
            stack.enter_context(lifted)
        yield


class View(NamedTuple):
    """What the user has before her: the active workbook and, in ours, the active cell and the selection."""

    workbook: str
    place: Place
    selection: str

    @classmethod
    def of(cls, workbook: Patient) -> View:
        active = workbook.Application.ActiveWorkbook
        name, sheet = active.Name if active is not None else "", workbook.ActiveSheet.Name
        try:
            window = workbook.Windows(1)
            cell, selection = window.ActiveCell, window.RangeSelection.Address
            return cls(name, Place(sheet, cell.Row, cell.Column), selection)
        except (AttributeError, ExcelError):
            return cls(name, Place(sheet, 1, 1), "")  # a chart sheet, or a workbook without a window

    def restore(self, workbook: Patient) -> None:
        """Touch only what has changed: selecting scrolls."""
        now = View.of(workbook)
        if self.workbook and now.workbook != self.workbook:
            workbook.Application.Workbooks(self.workbook).Activate()
        if now.place.sheet != self.place.sheet:
            workbook.Sheets(self.place.sheet).Activate()
            now = View.of(workbook)
        if self.selection and now.selection != self.selection:
            sheet = workbook.Worksheets(self.place.sheet)
            sheet.Range(self.selection).Select()
            sheet.Range(self.place.ref).Activate()


@contextmanager
def _sheet_unprotected(sheet: Any, patience: Patience) -> Iterator[None]:
    given = sheet.Protection
    options = {key: getattr(given, key) for key in _ALLOWANCES}
    options |= {"DrawingObjects": sheet.ProtectDrawingObjects, "Scenarios": sheet.ProtectScenarios}
    selection = sheet.EnableSelection

    def select_as_before() -> None:
        if sheet.EnableSelection != selection:
            sheet.EnableSelection = selection

    sheet.Unprotect()
    try:
        yield
    finally:
        surely(patience, lambda: sheet.Protect(Contents=True, **options))
        surely(patience, select_as_before)


@contextmanager
def _order(workbook: Patient, patience: Patience) -> Iterator[None]:
    windows = workbook.ProtectWindows
    workbook.Unprotect()
    try:
        yield
    finally:
        surely(patience, lambda: workbook.Protect(Structure=True, Windows=windows))
