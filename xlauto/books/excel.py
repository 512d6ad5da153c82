"""The Excel that is running: finding a workbook in it, and calling it with bounded patience.

The only file that imports xlwings, inside functions, since that takes half a second. Excel is never started, closed
or ended, and nothing of xlwings.pro is used."""

from __future__ import annotations

import atexit
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import PureWindowsPath
from typing import TYPE_CHECKING, Any, TypeVar

from xlauto.catalogue import refusal
from xlauto.model import CannotGoOn

if TYPE_CHECKING:
    import xlwings

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds that are waited in all for an Excel that is busy; as many more, once, to put things right after that."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 0.5
_BUSY = frozenset((-2147418111, -2147417846, -2146777998))
"""RPC_E_CALL_REJECTED, RPC_E_SERVERCALL_RETRYLATER, VBA_E_IGNORE: nothing has been done, the call may be repeated."""
_GONE = frozenset((-2147023174, -2147023170, -2147418105, -2147417848, -2147221507))
"""RPC_S_SERVER_UNAVAILABLE, RPC_S_CALL_FAILED, RPC_E_SERVER_DIED, RPC_E_DISCONNECTED, CO_E_OBJNOTCONNECTED."""
_EXCEPTION = -2147352567
"""DISP_E_EXCEPTION: what happened stands inside."""
_ENGINE = "excel"
_WPS = ("wps", "kingsoft", "金山")


class ExcelError(Exception):
    """Excel refused a call or failed in it; the text is its own."""


class Patience:
    """Repeats calls that a busy Excel rejects, for `seconds` in all, and for as many more while putting things right.

    Raises CannotGoOn when Excel stays busy or is gone, ExcelError when it refuses. An Excel that is gone, or that is
    still busy when nothing is left for putting things right, is not asked again.
    """

    def __init__(self, label: str, seconds: float = PATIENCE, sleep: Callable[[float], object] = time.sleep) -> None:
        self.label, self.sleep = label, sleep
        self._left = {False: seconds, True: seconds}
        """Seconds, by whether things are being put right."""
        self._pause, self._is_way_back = _FIRST_PAUSE, False
        self._over: CannotGoOn | None = None

    @contextmanager
    def way_back(self) -> Iterator[None]:
        """For putting things right: what is kept for that is used up, and no more than that, however often."""
        before, self._is_way_back, self._pause = self._is_way_back, True, _FIRST_PAUSE
        try:
            yield
        finally:
            self._is_way_back = before

    def call(self, action: Callable[[], T]) -> T:
        if self._over is not None:
            raise self._over
        while True:
            try:
                return action()
            except Exception as error:
                status = _status(error)
                if status in _GONE:
                    self._over = refusal("程序38", self.label)
                    raise self._over from error
                if status not in _BUSY:
                    if status:
                        raise ExcelError(_description(error)) from error
                    raise
                if self._left[self._is_way_back] <= 0:
                    raise self._too_busy() from error
                self._wait()

    def _too_busy(self) -> CannotGoOn:
        error = refusal("程序07", self.label)
        if self._is_way_back:
            self._over = error
        return error

    def _wait(self) -> None:
        pause = min(self._pause, self._left[self._is_way_back])
        self.sleep(pause)
        self._left[self._is_way_back] -= pause
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)


class Patient:
    """An object of Excel's object model whose every call is made with patience."""

    __slots__ = ("_object", "_patience")
    _object: Any
    _patience: Patience

    def __init__(self, object_: Any, patience: Patience) -> None:
        object.__setattr__(self, "_object", object_)
        object.__setattr__(self, "_patience", patience)

    def __getattr__(self, name: str) -> Any:
        return self._wrapped(self._patience.call(lambda: getattr(self._object, name)))

    def __setattr__(self, name: str, value: Any) -> None:
        self._patience.call(lambda: setattr(self._object, name, _plain(value)))

    def __call__(self, *args: Any, **named: Any) -> Any:
        plain, plain_named = [_plain(value) for value in args], {key: _plain(value) for key, value in named.items()}
        return self._wrapped(self._patience.call(lambda: self._object(*plain, **plain_named)))

    def _wrapped(self, value: Any) -> Any:
        is_data = value is None or isinstance(value, (str, int, float, tuple, list))
        return value if is_data else Patient(value, self._patience)


def connect(name: str, hwnd: int | None = None, patience: Patience | None = None) -> xlwings.Book:
    """The open workbook of that name or full path, empty for the active one, in the Excel whose window is `hwnd`
    or in any. Raises CannotGoOn in words that say what to do."""
    label = name or "工作簿"
    apps = _excel(label).apps
    try:
        return (patience or Patience(label)).call(lambda: _found(list(apps), name, hwnd))
    except ExcelError as error:
        raise refusal("程序38", label) from error


def _excel(label: str) -> xlwings.main.Engine:
    """xlwings' way to Excel, tamed: it neither waits for ever nor ends any Excel when Python ends."""
    if sys.platform == "darwin":
        raise refusal("程序19", label, system="macOS")
    try:
        import xlwings
    except ImportError as error:
        raise refusal("程序11", label, component=error.name or "xlwings") from error
    com = sys.modules.get("xlwings._xlwindows")
    if com is not None:
        # At exit it would end every EXCEL.EXE that it cannot reach, unsaved work included.
        atexit.unregister(com.cleanup)
        com.N_COM_ATTEMPTS = 1  # type: ignore[attr-defined]
    engine = next((engine for engine in xlwings.engines if engine.name == _ENGINE), None)
    if engine is not None:
        return engine
    if sys.platform == "win32":
        raise refusal("程序11", label, component="pywin32")
    raise refusal("程序10", label)


def _found(apps: list[xlwings.App], name: str, hwnd: int | None) -> xlwings.Book:
    """The one workbook that is meant. Raises what Excel raises, and CannotGoOn."""
    label = name or "工作簿"
    asked = [app for app in apps if hwnd and _has_window(app, hwnd)] or apps
    found: list[xlwings.Book] = []
    reached: list[xlwings.App] = []
    closed_off: Exception | None = None
    for app in asked:
        try:
            found += _matching(app, name)
            reached.append(app)
        except Exception as error:
            if _is_out_of_reach(error):
                continue
            if not _status(error):
                raise
            closed_off = error
        if found and not name:
            break
    if not found:
        if closed_off is not None:
            raise closed_off
        raise refusal("程序12" if any(_is_guarded(app, name) for app in reached) else "程序30", label, name=label)
    if len(found) > 1:
        raise refusal("程序31", label, name=name, count=len(found))
    host = found[0].api.Application
    program = f"{host.Name} {host.Path}"
    if any(word in program.casefold() for word in _WPS):
        raise refusal("程序10", label, fact="打开它的是WPS，不是Excel")
    return found[0]


def _has_window(app: xlwings.App, hwnd: int) -> bool:
    """Each workbook has a window of its own; all windows of one Excel belong to one process."""
    try:
        return app.hwnd == hwnd or app.pid == _process_of(hwnd)
    except Exception as error:
        if _is_out_of_reach(error):
            return False
        raise


def _process_of(hwnd: int) -> int | None:
    if sys.platform != "win32":
        return None
    import win32process  # type: ignore[import-untyped]

    return int(win32process.GetWindowThreadProcessId(hwnd)[1])


def _matching(app: xlwings.App, name: str) -> Iterator[xlwings.Book]:
    """The app's workbooks of that name; for no name the active one."""
    if not name:
        active = app.api.ActiveWorkbook
        wanted = {active.Name.casefold()} if active is not None else set()
    else:
        wanted = {name.casefold()}
    # Of a workbook in the cloud Excel knows the address, and Windows the path of its local copy.
    base = PureWindowsPath(name).name.casefold()
    for book in app.books:
        title, full = book.api.Name.casefold(), book.api.FullName.casefold()
        if {title, full} & wanted or ("://" in full and title == base):
            yield book


def _is_guarded(app: xlwings.App, name: str) -> bool:
    """Whether the workbook is only open in Protected View."""
    windows: Iterable[Any] = app.api.ProtectedViewWindows
    titles = {str(window.SourceName).casefold() for window in windows}
    return PureWindowsPath(name).name.casefold() in titles if name else bool(titles)


def _is_out_of_reach(error: Exception) -> bool:
    """Whether an Excel has no window of a workbook, or has just ended: OSError, or pywin32's for Windows itself."""
    kind = type(error)
    return isinstance(error, OSError) or (kind.__module__, kind.__name__) == ("pywintypes", "error")


def _status(error: Exception) -> int:
    """The number of an error that Excel or the way to it has raised; 0 for any other error."""
    if type(error).__name__ == "ExcelBusyError":
        return min(_BUSY)
    status = getattr(error, "hresult", 0)
    inner = getattr(error, "excepinfo", None)
    if status == _EXCEPTION and inner and inner[5]:
        return int(inner[5])
    return int(status)


def _description(error: Exception) -> str:
    inner = getattr(error, "excepinfo", None)
    text = (inner[2] if inner else "") or getattr(error, "strerror", "") or str(error)
    return str(text).strip()


def _plain(value: Any) -> Any:
    return value._object if isinstance(value, Patient) else value
