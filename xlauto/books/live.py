"""The workbook that is open in Excel, unsaved as it is, as the second kind of Book.

It is read by one call: Excel writes a copy, which our own reader reads, so that open and closed workbooks agree by
construction. Written are rectangles, as few as there can be; `orders.py` says which. Nothing is saved or closed.

Formulas go in as Range.Formula, not Formula2: Formula2 may store an array formula, which older Excel cannot change."""

from __future__ import annotations

import itertools
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from xlauto.books.book import AddSheet, Edit, Name, SheetInfo
from xlauto.books.closed import ClosedBook, open_book
from xlauto.books.excel import ExcelError, Patience, Patient, connect
from xlauto.books.orders import (
    MOST_CHARACTERS,
    Content,
    NameChange,
    Orders,
    Write,
    as_found,
    bounds,
    content,
    names_not_taken,
    not_taken,
    orders,
)
from xlauto.books.restoring import FAILURES, View, settings, surely, unprotected
from xlauto.books.sniff import ZIP
from xlauto.catalogue import refusal
from xlauto.model import Area, CannotGoOn, Cell, Note, Place

_SUFFIXES = {51: ".xlsx", 61: ".xlsx", 52: ".xlsm", 54: ".xltx", 53: ".xltm"}
"""By Workbook.FileFormat: what can be read."""
_KINDS = {50: ".xlsb", 56: ".xls", -4143: ".xls", 6: ".csv", 62: ".csv", 60: ".ods", 46: "XML电子表格2003"}
_OLE = b"\xd0\xcf\x11\xe0"
_MANUAL = -4135
_FORMATS_ONLY = 3
"""xlFillFormats"""
_VISIBLE = -1
"""xlSheetVisible"""
_TRIES, _PAUSE = 3, 0.2
"""For a file that a virus scanner still holds."""


@contextmanager
def live_book(name: str = "", hwnd: int | None = None, patience: Patience | None = None) -> Iterator[LiveBook]:
    """The workbook of that name or full path that is open in Excel; the active one for an empty name.

    `hwnd` is a window of the Excel that is meant. What the user had before her is before her again at the end.
    Raises CannotGoOn where there is none, or Excel does not let us.
    """
    patience = patience or Patience(name or "工作簿")
    book = LiveBook(connect(name, hwnd, patience).api, patience)
    try:
        yield book
    finally:
        book.leave()


class LiveBook:
    """Implements `Book` by a copy of the open workbook. `active` is the cell that the user had selected."""

    def __init__(self, workbook: Any, patience: Patience) -> None:
        self._patience = patience
        self._workbook = Patient(workbook, patience)
        self._shown: Place | None = None
        self._sheets: dict[str, Any] = {}
        try:
            self._app = self._workbook.Application
            self._settings = partial(settings, self._app, patience)
            self._unprotected = partial(unprotected, self._workbook, patience)
            self.label: str = self._workbook.Name
            patience.label = self.label
            self._view = View.of(self._workbook)
            self._copy = self._read()
        except ExcelError as error:
            raise refusal("程序37", patience.label, reason=error) from error

    @property
    def active(self) -> Place:
        return self._view.place

    @property
    def sheets(self) -> Sequence[SheetInfo]:
        return self._copy.sheets

    @property
    def names(self) -> Sequence[Name]:
        return self._copy.names

    @property
    def remarks(self) -> Sequence[Note]:
        return self._copy.remarks

    @property
    def date1904(self) -> bool:
        return self._copy.date1904

    @property
    def code(self) -> bool:
        """Whether the workbook carries a macro project."""
        return self._copy.code

    def cells(self, sheet: str) -> Mapping[tuple[int, int], Cell]:
        return self._copy.cells(sheet)

    def merges(self, sheet: str) -> Sequence[Area]:
        return self._copy.merges(sheet)

    def hidden_rows(self, sheet: str) -> frozenset[int]:
        return self._copy.hidden_rows(sheet)

    def show(self, place: Place) -> None:
        """Let this cell be the selected one when the workbook is left."""
        self._shown = place

    def commit(self, edits: Sequence[Edit]) -> None:
        """Write the edits into the open workbook, all or none as far as Excel allows, and read it again: Excel may
        leave out what it does not like without a word. Without a change nothing is written."""
        work = orders(self._copy, edits)
        if not work:
            return
        try:
            self._carry_out(work)
        except ExcelError as error:
            raise refusal("程序35", self.label, place="工作簿", reason=error) from error

    def leave(self) -> None:
        """Give the user back what she had before her, or what is to be shown."""
        with suppress(*FAILURES):
            surely(self._patience, self._go)

    def _go(self) -> None:
        if self._shown is not None:
            with suppress(ExcelError):  # a hidden sheet
                self._app.Goto(self._sheet(self._shown.sheet).Range(self._shown.ref), False)
                return
        self._view.restore(self._workbook)

    # --- reading ------------------------------------------------------------------------------------------------

    def _read(self) -> ClosedBook:
        """The present state, read from a copy that Excel writes and that is gone at once."""
        suffix = self._suffix()
        with self._settings(EnableEvents=False, DisplayAlerts=False):
            self._calculate()
            return self._copied(suffix)

    def _calculate(self) -> None:
        """What Excel would not do by itself."""
        if self._app.Calculation == _MANUAL:
            self._app.Calculate()

    def _suffix(self) -> str:
        kind = self._workbook.FileFormat
        if kind not in _SUFFIXES:
            raise refusal("程序32", self.label, kind=_KINDS.get(kind, f"{Path(self.label).suffix}，{kind}"))
        return _SUFFIXES[kind]

    def _copied(self, suffix: str) -> ClosedBook:
        try:
            folder = Path(tempfile.mkdtemp(prefix="xlauto-"))
        except OSError as error:
            raise refusal("程序37", self.label, reason=error.strerror) from error
        try:
            path = folder / f"copy{suffix}"
            self._workbook.SaveCopyAs(str(path))
            data = _bytes_of(path, self._patience.sleep)
        except OSError as error:
            raise refusal("程序37", self.label, reason=error.strerror) from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if not data.startswith((ZIP, _OLE)):
            raise refusal("程序33", self.label, program=Path(sys.executable).name)
        return open_book(data, self.label)

    def _checked(self, work: Orders) -> ClosedBook:
        """The workbook after writing; raises if it does not hold what was written."""
        self._calculate()
        copy = self._copied(self._suffix())
        for name in names_not_taken(copy.names, work.names):
            raise refusal("程序35", self.label, place=f"名称“{name}”", reason="Excel没有接受")
        wrong = not_taken(copy, work.changed)
        if wrong:
            place = f"{wrong[0].sheet}!{wrong[0].ref}"
            raise refusal("程序35", self.label, place=place, reason=f"Excel没有接受，共{len(wrong)}格")
        return copy

    # --- writing ------------------------------------------------------------------------------------------------

    def _carry_out(self, work: Orders) -> None:
        locked: list[str] = []
        undo: list[Callable[[], object]] = []
        with self._settings(ScreenUpdating=False, EnableEvents=False, DisplayAlerts=False):
            try:
                locked += self._locked(work)
                work.writes = self._as_found(work.writes)
                with self._settings(Calculation=_MANUAL), self._unprotected(locked):
                    self._write(work, undo)
                self._copy = self._checked(work)
            except BaseException as error:
                self._take_back(undo, locked, error)
                raise

    def _as_found(self, writes: Sequence[Write]) -> list[Write]:
        """The writes, with what stands there now. Raises if a person has typed there since it was read."""
        watched: dict[str, list[Area]] = {}
        for write in writes:
            if write.watched:
                watched.setdefault(write.area.sheet, []).append(write.area)
        around = {sheet: bounds(areas) for sheet, areas in watched.items()}
        found = {sheet: self._formulas(area) for sheet, area in around.items()}
        return [self._unchanged(write, around, found) if write.watched else write for write in writes]

    def _formulas(self, area: Area) -> Sequence[Sequence[object]]:
        found = self._range(area).Formula
        return ((found,),) if area.single and not isinstance(found, (tuple, list)) else found or ()

    def _unchanged(
        self, write: Write, around: Mapping[str, Area], found: Mapping[str, Sequence[Sequence[object]]]
    ) -> Write:
        sheet = write.area.sheet
        present = as_found(write, around[sheet], found[sheet])
        if present is None:
            raise refusal("程序16", self.label, fact="计算期间单元格改过，没有写入", hint="请再按一次")
        return present

    def _write(self, work: Orders, undo: list[Callable[[], object]]) -> None:
        for sheet in work.sheets:
            self._add(sheet, undo)
        for change in work.names:
            self._name(change, undo)
        for order in work.formats:
            undo.append(partial(self._format, order.areas, order.before))
            self._format(order.areas, order.code)
        for write in work.writes:
            undo.append(partial(self._put_back, write))
            self._put(write.area, write.rows)
        for fill in work.fills:
            self._range(fill.source).AutoFill(self._range(fill.target), _FORMATS_ONLY)
        for area in work.fits:
            with suppress(ExcelError):  # a protected sheet may refuse; the heights are no loss
                self._range(area).EntireRow.AutoFit()

    def _put(self, area: Area, rows: Sequence[Sequence[Content]]) -> None:
        cells, new = self._range(area), rows[0][0] if area.single else rows
        is_long = isinstance(new, str) and len(new) > MOST_CHARACTERS and not new.startswith("=")
        try:
            setattr(cells, "Value" if is_long else "Formula", new)
        except ExcelError as error:
            raise refusal("程序35", self.label, place=f"{area.sheet}!{area.ref}", reason=error) from error

    def _put_back(self, write: Write) -> None:
        if write.array:
            self._range(write.area).FormulaArray = write.before[0][0]
        else:
            self._put(write.area, write.before)

    def _format(self, areas: Sequence[Area], code: str) -> None:
        refs = ",".join(area.ref for area in areas)
        self._sheet(areas[0].sheet).Range(refs).NumberFormat = code

    def _add(self, edit: AddSheet, undo: list[Callable[[], object]]) -> None:
        """A sheet behind all others that are visible: put before the last, which is then put before it, since not
        every Excel takes the argument After from another process, and what is hidden cannot be moved."""
        numbers = range(self._workbook.Sheets.Count, 0, -1)
        last = next(sheet for sheet in map(self._workbook.Sheets, numbers) if sheet.Visible == _VISIBLE)
        sheet = self._workbook.Worksheets.Add(Before=last, Count=1)
        undo.append(sheet.Delete)
        last.Move(sheet)
        sheet.Name = edit.name
        for col, width in enumerate(edit.widths, 1):
            sheet.Columns(col).ColumnWidth = width
        if edit.headings:
            headings = Area(edit.name, 1, 1, 1, len(edit.headings))
            self._put(headings, [[content(text) for text in edit.headings]])
            self._range(headings).Font.Bold = True
            self._range(headings).WrapText = True
            self._freeze(sheet)

    def _freeze(self, sheet: Any) -> None:
        """Keep the headings in sight, where the workbook has a window to do so."""
        with suppress(ExcelError):
            sheet.Activate()
            window = self._workbook.Windows(1)
            window.SplitRow = 1
            window.FreezePanes = True

    def _name(self, change: NameChange, undo: list[Callable[[], object]]) -> None:
        """Adding a name that is there changes it, in its own scope; found by name it might be one of another scope."""
        names = (self._sheet(change.scope) if change.scope else self._workbook).Names
        self._stand_clear(change)
        for twin in change.twins:
            undo.append(partial(self._name_again, twin))
        if change.before is not None:
            undo.append(partial(names.Add, change.name, change.before, change.visible))
        names.Add(change.name, change.refers_to, change.visible)
        if change.before is None:
            undo.append(lambda: names.Item(change.name).Delete())

    def _stand_clear(self, change: NameChange) -> None:
        """Excel may take a name of the workbook for the active sheet's own of the same text: let another be active."""
        scopes = {twin.scope for twin in change.twins}
        if change.scope or not scopes or self._workbook.ActiveSheet.Name not in scopes:
            return
        others = (sheet.name for sheet in self.sheets if sheet.state == "visible" and sheet.name not in scopes)
        for other in itertools.islice(others, 1):
            self._sheet(other).Activate()

    def _name_again(self, name: Name) -> None:
        names = (self._sheet(name.scope) if name.scope else self._workbook).Names
        names.Add(name.name, f"={name.refers_to}", not name.hidden)

    def _take_back(self, undo: list[Callable[[], object]], locked: Sequence[str], cause: BaseException) -> None:
        """Put back what was there, last thing first; raises if even that fails."""
        failed: Exception | None = None
        try:
            with self._patience.way_back(), self._unprotected(locked if undo else ()):
                for action in reversed(undo):
                    try:
                        surely(self._patience, action)
                    except FAILURES as error:
                        failed = error
            self._calculate()
        except FAILURES as error:
            failed = error
        if failed is not None:
            reason = cause.fact if isinstance(cause, CannotGoOn) else cause
            raise refusal("程序36", self.label, reason=reason) from failed

    def _range(self, area: Area) -> Any:
        return self._sheet(area.sheet).Range(area.ref)

    def _sheet(self, name: str) -> Any:
        if name not in self._sheets:
            self._sheets[name] = self._workbook.Worksheets(name)
        return self._sheets[name]

    # --- protection -----------------------------------------------------------------------------------------------

    def _locked(self, work: Orders) -> list[str]:
        """The sheets whose protection has to be lifted, the empty name for the order of the sheets. Raises, before
        anything is written, where that needs a password."""
        sheets = {
            sheet: secret
            for sheet, secret in work.locked.items()
            # With UserInterfaceOnly, which no file tells, programs may write.
            if not self._sheet(sheet).ProtectionMode
        }
        order = self._copy.structure.order_lock() if work.sheets else None
        secret = [f"工作表“{sheet}”" for sheet, has_password in sheets.items() if has_password]
        secret += ["工作簿结构"] if order else []
        if secret:
            raise refusal("程序34", self.label, objects="、".join(secret))
        return [*sheets, *([""] if order is not None else [])]


def _bytes_of(path: Path, sleep: Callable[[float], object]) -> bytes:
    for _ in range(_TRIES - 1):
        try:
            return path.read_bytes()
        except PermissionError:
            sleep(_PAUSE)
    return path.read_bytes()
