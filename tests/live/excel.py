"""A double of Excel as another process sees it, for the code that drives Excel to be run unchanged.

Below is as much of Excel's object model as xlauto uses, on workbooks that openpyxl holds in memory, and a small
xlwings engine that finds them. What is typed into cells becomes what it becomes in Excel: `001` a number, `=x` a
formula, both a text behind an apostrophe or in a cell formatted as text; locked cells and parts of array formulas
refuse, covered cells of a merged area ignore, hidden rows shift arrays. Every access is counted and can be made to
fail. Values are worked out by formualizer when a copy is written.

What this cannot prove: that Excel itself behaves so. The double knows what the documentation and the bug reports of
others say; COM, threads, dialogs, real repainting and the speed of calls are not in it, nor is another program's
add-in that interferes. Who has Excel should run the buttons once by hand.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import Any

import openpyxl
import xlwings
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula

from xlauto.books.closed import open_book

MANUAL, AUTOMATIC = -4135, -4105
BUSY, IGNORED, EXCEPTION, REFUSED, GONE = -2147418111, -2146777998, -2147352567, -2146827284, -2147023174
ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")
SETTINGS = ("ScreenUpdating", "EnableEvents", "DisplayAlerts", "Calculation", "StatusBar", "Interactive")
STATE = (*SETTINGS, "Protect", "Unprotect", "EnableSelection", "Activate", "Select")
ALLOWED = {
    "AllowFormattingCells": "formatCells", "AllowFormattingColumns": "formatColumns",
    "AllowFormattingRows": "formatRows", "AllowInsertingColumns": "insertColumns",
    "AllowInsertingRows": "insertRows", "AllowInsertingHyperlinks": "insertHyperlinks",
    "AllowDeletingColumns": "deleteColumns", "AllowDeletingRows": "deleteRows", "AllowSorting": "sort",
    "AllowFiltering": "autoFilter", "AllowUsingPivotTables": "pivotTables",
}  # fmt: skip
Typed = str | float | bool
TRANSFERS = ("Formula",)
"""Reading these counts as much as writing."""
FINDERS = ("Range", "Item", "Columns", "Collection")
"""Calls that only lead to an object."""


class ComError(Exception):
    """As pywintypes.com_error tells what happened."""

    def __init__(self, hresult: int, text: str = "", scode: int = 0) -> None:
        super().__init__(hresult, text)
        self.hresult, self.strerror = hresult, text
        self.excepinfo = (0, "Microsoft Excel", text, "", 0, scode) if scode else None


def refused(text: str) -> ComError:
    return ComError(EXCEPTION, text, REFUSED)


class Wire:
    """What passes between the two processes: counted, and failing on demand."""

    def __init__(self) -> None:
        self.log: list[tuple[str, str]] = []
        self.fails: dict[int, ComError] = {}
        """By the number of the call, from 1."""
        self.busy = 0
        """So many calls more are rejected."""

    def pass_(self, kind: str, text: str) -> None:
        if self.busy:
            self.busy -= 1
            raise ComError(BUSY, "Call was rejected by callee.")
        self.log.append((kind, text))
        if len(self.log) in self.fails:
            raise self.fails[len(self.log)]

    @property
    def counts(self) -> Counter[str]:
        """Calls by kind: `work` transfers data or does something to cells, `state` asks for or sets what is put back
        at the end, `finding` leads to an object or asks it something."""
        return Counter(kind for kind, _ in self.log)

    def done(self, *words: str) -> list[str]:
        return [text for kind, text in self.log if kind == "work" and text.split(" ")[0].endswith(words)]


class Remote:
    """An object on the other side of the wire."""

    def __init__(self, wire: Wire, thing: Any) -> None:
        object.__setattr__(self, "_wire", wire)
        object.__setattr__(self, "_thing", thing)

    def __getattr__(self, name: str) -> Any:
        if not hasattr(type(self._thing), name) and name not in vars(self._thing):
            raise AttributeError(name)
        if callable(getattr(type(self._thing), name, None)):
            return Remote(self._wire, getattr(self._thing, name))
        kind = "state" if name in STATE else "work" if name in TRANSFERS else "finding"
        self._wire.pass_(kind, f"{type(self._thing).__name__}.{name}" + ("()" if kind == "work" else ""))
        return self._sent(getattr(self._thing, name))

    def __setattr__(self, name: str, value: Any) -> None:
        kind = "state" if name in STATE else "work"
        self._wire.pass_(kind, f"{type(self._thing).__name__}.{name} {self._thing}")
        setattr(self._thing, name, value)

    def __call__(self, *args: Any, **named: Any) -> Any:
        name = getattr(self._thing, "__name__", type(self._thing).__name__)
        kind = "finding" if name in FINDERS else "state" if name in STATE else "work"
        self._wire.pass_(kind, f"{name} {getattr(self._thing, '__self__', '')}")
        plain = [arg._thing if isinstance(arg, Remote) else arg for arg in args]
        plain_named = {key: arg._thing if isinstance(arg, Remote) else arg for key, arg in named.items()}
        return self._sent(self._thing(*plain, **plain_named))

    def __iter__(self) -> Iterator[Any]:
        return (self._sent(item) for item in self._thing)

    def _sent(self, value: Any) -> Any:
        return value if isinstance(value, (str, int, float, tuple, type(None))) else Remote(self._wire, value)


class Collection:
    """Worksheets, Workbooks, Windows: members by name or number. `add` makes a new one."""

    def __init__(self, members: list[Any], add: Any = None) -> None:
        self._members, self._add = members, add

    @property
    def Count(self) -> int:
        return len(self._members)

    def Add(self, Before: Any, Count: int) -> Any:
        assert Count == 1
        return self._add(Before)

    def __call__(self, key: int | str) -> Any:
        for number, member in enumerate(self._members, 1):
            if key == number or (isinstance(key, str) and member.Name.casefold() == key.casefold()):
                return member
        raise ComError(EXCEPTION, "Subscript out of range", -2147352565)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._members)


class Application:
    Name, Path = "Microsoft Excel", r"C:\Program Files\Microsoft Office\root\Office16"

    def __init__(self, Hwnd: int = 4242) -> None:
        self.Hwnd = Hwnd
        self.ScreenUpdating = self.EnableEvents = self.DisplayAlerts = self.Interactive = True
        self.StatusBar: bool | str = False
        self._calculation = AUTOMATIC
        self._workbooks: list[Workbook] = []
        self.ActiveWorkbook: Workbook | None = None
        self.ProtectedViewWindows: Collection = Collection([])

    @property
    def Workbooks(self) -> Collection:
        return Collection(self._workbooks)

    @property
    def Calculation(self) -> int:
        return self._calculation

    @Calculation.setter
    def Calculation(self, mode: int) -> None:
        self._calculation = mode
        if mode == AUTOMATIC:
            self.Calculate()

    def Calculate(self) -> None:
        for workbook in self._workbooks:
            workbook.dirty = False

    def Goto(self, Reference: Range, Scroll: bool) -> None:
        if Reference.Parent.Visible != -1:
            raise refused("Reference is not valid.")
        Reference.Parent.Parent.Activate()
        Reference.Parent.Activate()
        Reference.Select()


class ProtectedView:
    def __init__(self, SourceName: str) -> None:
        self.SourceName = SourceName


class Workbook:
    """`FileFormat` 51 is .xlsx. `on_save` stands for programs that change what Excel writes."""

    def __init__(self, app: Application, name: str, data: bytes, folder: str = "C:\\报表") -> None:
        self.Application, self.Name, self.FullName = app, name, f"{folder}\\{name}" if folder else name
        self.FileFormat, self.ReadOnly, self.Saved = 51, False, True
        self.book = openpyxl.load_workbook(io.BytesIO(data))
        self.dirty = False
        self.copies: list[Path] = []
        self.on_save = bytes
        app._workbooks.append(self)
        app.ActiveWorkbook = self

    def __str__(self) -> str:
        return self.Name

    @property
    def Worksheets(self) -> Collection:
        return Collection([Worksheet(self, sheet) for sheet in self.book.worksheets], self._add_sheet)

    Sheets = Worksheets

    def _add_sheet(self, before: Worksheet) -> Worksheet:
        if self.ProtectStructure:
            raise refused("Workbook is protected")
        added = Worksheet(self, self.book.create_sheet(index=self.book.index(before.sheet)))
        added.Activate()
        self.changed()
        return added

    @property
    def ActiveSheet(self) -> Worksheet:
        return Worksheet(self, self.book.active)

    @property
    def Windows(self) -> Collection:
        return Collection([Window(self)])

    @property
    def Names(self) -> Names:
        return Names(self, self.book.defined_names)

    @property
    def ProtectStructure(self) -> bool:
        return bool(self.book.security and self.book.security.lockStructure)

    @property
    def ProtectWindows(self) -> bool:
        return bool(self.book.security and self.book.security.lockWindows)

    def Unprotect(self) -> None:
        if self.book.security.workbookPassword:
            raise refused("The password is wrong")
        self.book.security.lockStructure = False

    def Protect(self, Structure: bool, Windows: bool) -> None:
        self.book.security.lockStructure, self.book.security.lockWindows = Structure, Windows

    def Activate(self) -> None:
        self.Application.ActiveWorkbook = self

    def changed(self) -> None:
        self.Saved, self.dirty = False, True
        if self.Application.Calculation == AUTOMATIC:
            self.dirty = False

    def SaveCopyAs(self, Filename: str) -> None:
        assert not self.Application.EnableEvents, "the user's BeforeSave must not run"
        self.copies.append(Path(Filename))
        Path(Filename).write_bytes(self.on_save(self.contents()))

    def contents(self) -> bytes:
        """The workbook as a file; formulas that wait to be calculated have no value."""
        stream = io.BytesIO()
        self.book.save(stream)
        book = open_book(stream.getvalue())
        return (book if self.dirty else book.calculated()).package.data


class Window:
    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook

    def _selected(self) -> Any:
        return self._workbook.book.active.sheet_view.selection[-1]

    @property
    def ActiveCell(self) -> Range:
        return Range(self._workbook.ActiveSheet, self._selected().activeCell or "A1")

    @property
    def RangeSelection(self) -> Range:
        return Range(self._workbook.ActiveSheet, self._selected().sqref or "A1")

    SplitRow = 0

    @property
    def FreezePanes(self) -> bool:
        return self._workbook.book.active.freeze_panes is not None

    @FreezePanes.setter
    def FreezePanes(self, value: bool) -> None:
        self._workbook.book.active.freeze_panes = "A2" if value else None


class Names:
    def __init__(self, workbook: Workbook, names: Any) -> None:
        self._workbook, self._names = workbook, names

    def Add(self, Name: str, RefersTo: str, Visible: bool) -> None:
        known = next((name for name in self._names if name.casefold() == Name.casefold()), Name)
        self._names[known] = DefinedName(known, attr_text=RefersTo.removeprefix("="), hidden=not Visible or None)
        self._workbook.changed()

    def Item(self, Name: str) -> NamedRange:
        if Name not in self._names:
            raise ComError(EXCEPTION, "no such name", REFUSED)
        return NamedRange(self._names, Name)


class NamedRange:
    def __init__(self, names: Any, Name: str) -> None:
        self._names, self.Name = names, Name

    def Delete(self) -> None:
        del self._names[self.Name]


class Worksheet:
    def __init__(self, Parent: Workbook, sheet: Any) -> None:
        self.Parent, self.sheet = Parent, sheet

    def __str__(self) -> str:
        return self.Name

    @property
    def Name(self) -> str:
        return self.sheet.title

    @Name.setter
    def Name(self, name: str) -> None:
        self.sheet.title = name

    @property
    def Names(self) -> Names:
        return Names(self.Parent, self.sheet.defined_names)

    def Range(self, ref: str) -> Range:
        return Range(self, ref.replace("$", ""))

    def Columns(self, col: int) -> Column:
        return Column(self.sheet, col)

    def Activate(self) -> None:
        self.Parent.book.active = self.sheet
        for other in self.Parent.book.worksheets:
            other.sheet_view.tabSelected = other is self.sheet

    @property
    def Visible(self) -> int:
        return {"visible": -1, "hidden": 0, "veryHidden": 2}[self.sheet.sheet_state]

    def Move(self, Before: Worksheet) -> None:
        if self.Visible != -1:
            raise refused("Method 'Move' of object '_Worksheet' failed")
        sheets = self.Parent.book._sheets
        sheets.remove(self.sheet)
        sheets.insert(sheets.index(Before.sheet), self.sheet)
        self.Activate()

    def Delete(self) -> None:
        assert not self.Parent.Application.DisplayAlerts, "Excel would ask the user"
        if self.Parent.book.active is self.sheet:
            self.Parent.Worksheets(self.Parent.book.index(self.sheet)).Activate()
        self.Parent.book.remove(self.sheet)

    ProtectionMode = False

    @property
    def ProtectDrawingObjects(self) -> bool:
        return bool(self.sheet.protection.objects)

    @property
    def ProtectScenarios(self) -> bool:
        return bool(self.sheet.protection.scenarios)

    @property
    def EnableSelection(self) -> int:
        return 1 if self.sheet.protection.selectLockedCells else 0

    @EnableSelection.setter
    def EnableSelection(self, value: int) -> None:
        self.sheet.protection.selectLockedCells = value == 1

    @property
    def Protection(self) -> Protection:
        return Protection(self.sheet.protection)

    def Unprotect(self) -> None:
        if self.sheet.protection.password:
            raise refused("The password is wrong")
        self.sheet.protection.sheet = self.sheet.protection.selectLockedCells = False

    def Protect(self, Contents: bool, DrawingObjects: bool, Scenarios: bool, **allowed: bool) -> None:
        protection = self.sheet.protection
        protection.sheet, protection.objects, protection.scenarios = Contents, DrawingObjects, Scenarios
        for key, attribute in ALLOWED.items():
            setattr(protection, attribute, not allowed.get(key, False))


class Protection:
    def __init__(self, protection: Any) -> None:
        for key, attribute in ALLOWED.items():
            setattr(self, key, not getattr(protection, attribute))


class Column:
    def __init__(self, sheet: Any, col: int) -> None:
        self._sheet, self._letter = sheet, get_column_letter(col)

    @property
    def ColumnWidth(self) -> float:
        return self._sheet.column_dimensions[self._letter].width

    @ColumnWidth.setter
    def ColumnWidth(self, width: float) -> None:
        self._sheet.column_dimensions[self._letter].width = width


class Rows:
    def __init__(self, cells: Range) -> None:
        self._cells = cells

    def __str__(self) -> str:
        return str(self._cells)

    def AutoFit(self) -> None:
        self._cells.refuse_formats("AllowFormattingRows")
        for row in self._cells.rows:
            self._cells.sheet.row_dimensions[row].height = None


class Range:
    """A rectangle of cells."""

    Font = type("Font", (), {"Bold": False})()
    WrapText = False

    def __init__(self, Parent: Worksheet, ref: str) -> None:
        self.Parent, self.sheet, self.ref = Parent, Parent.sheet, ref.split(" ")[0]
        left, top, right, bottom = range_boundaries(self.ref.split(",")[0])
        self.rows, self.cols = range(top, bottom + 1), range(left, right + 1)

    def __str__(self) -> str:
        return f"{self.Parent.Name}!{self.ref}"

    @property
    def Row(self) -> int:
        return self.rows[0]

    @property
    def Column(self) -> int:
        return self.cols[0]

    @property
    def Address(self) -> str:
        return re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", self.ref)

    @property
    def EntireRow(self) -> Rows:
        return Rows(self)

    @property
    def Formula(self) -> Any:
        rows = tuple(tuple(_told(self.sheet.cell(row, col).value) for col in self.cols) for row in self.rows)
        return rows if len(self.rows) * len(self.cols) > 1 else rows[0][0]

    @Formula.setter
    def Formula(self, new: Any) -> None:
        self._enter(new, in_array=isinstance(new, (tuple, list)))

    Value = Formula

    @property
    def FormulaArray(self) -> Any:
        return self.Formula

    @FormulaArray.setter
    def FormulaArray(self, new: str) -> None:
        self.sheet[self.ref] = ArrayFormula(self.ref, new)

    @property
    def NumberFormat(self) -> str:
        return self.sheet.cell(self.Row, self.Column).number_format

    @NumberFormat.setter
    def NumberFormat(self, code: str) -> None:
        self.refuse_formats("AllowFormattingCells")
        for part in self.ref.split(","):
            left, top, right, bottom = range_boundaries(part)
            for cells in self.sheet.iter_rows(top, bottom, left, right):
                for cell in cells:
                    cell.number_format = code

    def AutoFill(self, Destination: Range, Type: int) -> None:
        assert Type == 3, "contents would be filled too"
        assert Destination.rows[0] == self.rows[0], "the destination includes the source"
        assert Destination.cols == self.cols and len(self.rows) == 1
        Destination.refuse_formats("AllowFormattingCells")
        for row in Destination.rows:
            for col in self.cols:
                self.sheet.cell(row, col)._style = copy(self.sheet.cell(self.Row, col)._style)

    def Select(self) -> None:
        chosen = self.sheet.sheet_view.selection[-1]
        chosen.sqref, chosen.activeCell = self.ref, self.ref.split(":")[0]

    def Activate(self) -> None:
        self.sheet.sheet_view.selection[-1].activeCell = self.ref

    def refuse_formats(self, allowance: str) -> None:
        protection = self.sheet.protection
        if protection.sheet and not self.Parent.ProtectionMode and getattr(protection, ALLOWED[allowance]):
            raise refused("The sheet is protected")

    def _enter(self, new: Any, in_array: bool) -> None:
        rows = new if in_array else [[new] * len(self.cols)] * len(self.rows)
        assert [len(row) for row in rows] == [len(self.cols)] * len(self.rows), "Excel would fill up with #N/A"
        self._refuse(rows, in_array)
        hidden = [row for row in self.rows if self.sheet.row_dimensions[row].hidden]
        shifts = in_array and hidden and len(self.rows) > 1
        for number, row in enumerate(self.rows):
            if not (shifts and row in hidden):
                for col, typed in zip(self.cols, rows[0 if shifts else number], strict=True):
                    self._type(self.sheet.cell(row, col), typed)
        self.Parent.Parent.changed()

    def _refuse(self, rows: Any, in_array: bool) -> None:
        protected = self.sheet.protection.sheet and not self.Parent.ProtectionMode
        for row in self.rows:
            for col in self.cols:
                if protected and self.sheet.cell(row, col).protection.locked:
                    raise refused("The cell is protected")
        for cells in self.sheet._cells.values():
            if isinstance(cells.value, ArrayFormula) and ":" in cells.value.ref:
                left, top, right, bottom = range_boundaries(cells.value.ref)
                if set(range(top, bottom + 1)) & set(self.rows) and set(range(left, right + 1)) & set(self.cols):
                    raise refused("You cannot change part of an array.")
        for typed in (typed for row in rows for typed in row):
            if typed is None or not isinstance(typed, (str, int, float)):
                raise ComError(-2147352571, "Type mismatch")
            longest = 8192 if str(typed).startswith("=") else 8203 if in_array else 32767
            if isinstance(typed, str) and len(typed) > longest:
                raise refused("too long")

    def _type(self, cell: Any, typed: Any) -> None:
        if type(cell).__name__ == "MergedCell":
            return
        cell.quotePrefix = isinstance(typed, str) and typed.startswith("'")
        cell.value, kind = _understood(typed, cell.number_format == "@")
        if kind:
            cell.data_type = kind


def _told(value: Any) -> str:
    """As Range.Formula tells a content."""
    if isinstance(value, bool):
        return str(value).upper()
    return str(getattr(value, "text", "") if value is None or isinstance(value, ArrayFormula) else value)


def _understood(typed: Any, as_text: bool) -> tuple[Any, str]:
    """What becomes of a thing that is typed into a cell, and its type where that is not plain."""
    if not isinstance(typed, str):
        return (str(typed), "s") if as_text and not isinstance(typed, bool) else (typed, "")
    if typed.startswith("'"):
        return typed[1:], "s"
    if not typed or as_text:
        return typed or None, "s" if typed else ""
    if typed.startswith("="):
        return typed, "f"
    if typed in ERRORS:
        return typed, "e"
    if typed.upper() in ("TRUE", "FALSE"):
        return typed.upper() == "TRUE", ""
    number = re.fullmatch(r"(-?[\d,]+(?:\.\d+)?)(%?)", typed)
    if number:
        return float(number[1].replace(",", "")) / (100 if number[2] else 1), ""
    if re.fullmatch(r"\d{1,4}[-/]\d{1,2}([-/]\d{1,2})?", typed):
        return 45000, ""
    return typed, "s"


class _Engine:
    """What xlwings asks of an engine."""

    name, type = "excel", "desktop"

    def __init__(self, apps: list[_App]) -> None:
        self.apps = apps


class _App:
    def __init__(self, wire: Wire, app: Application, pid: int) -> None:
        self.api, self.hwnd, self.pid = Remote(wire, app), app.Hwnd, pid
        self.path, self._wire, self._app = app.Path, wire, app

    @property
    def books(self) -> list[_Book]:
        return [_Book(self._wire, workbook) for workbook in self._app._workbooks]


class _Book:
    def __init__(self, wire: Wire, workbook: Workbook) -> None:
        self.api, self.name = Remote(wire, workbook), workbook.Name


@contextmanager
def running(*apps: Application) -> Iterator[Wire]:
    """These Excels are what xlwings finds."""
    wire = Wire()
    engine = xlwings.Engine(impl=_Engine([_App(wire, app, 100 + number) for number, app in enumerate(apps)]))
    known, active = list(xlwings.engines.engines), xlwings.engines.active
    xlwings.engines.engines.insert(0, engine)
    try:
        yield wire
    finally:
        xlwings.engines.engines[:] = known
        xlwings.engines.active = active
