"""The buttons in Excel: `python -m xlauto.button JOB --wb=NAME --hwnd=N`, or xlwings' RunPython and a function of here.

The jobs work on the open, unsaved workbook and leave it unsaved. Exit status: 0 when the user has been told how it
went, well or not; 1 when nobody could be told.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, NamedTuple, Protocol

from xlauto.books.book import Book, Edit
from xlauto.model import CannotGoOn, Level, Place
from xlauto.notice import Notice, Tone, keep, show

if TYPE_CHECKING:
    from xlauto.assess import Assessment


class OpenBook(Book, Protocol):
    """A workbook as the user has it before her: `active` is the cell that she has selected."""

    @property
    def active(self) -> Place: ...

    def show(self, place: Place) -> None: ...


Opener = Callable[[str, int | None], AbstractContextManager[OpenBook]]


class Call(NamedTuple):
    """What a button asks for. `name` is the workbook's, empty for the active one; `hwnd` is Excel's window."""

    job: str
    name: str = ""
    hwnd: int | None = None
    quiet: bool = False


class Done(NamedTuple):
    """What a job comes to: the edits, where to look then, and what to say."""

    edits: Sequence[Edit]
    text: str
    tone: Tone
    record: str
    place: Place | None = None


def fill() -> None:
    """填充公式"""
    _run_from_excel("fill")


def check() -> None:
    """校验"""
    _run_from_excel("check")


def recalc() -> None:
    """重新计算得分"""
    _run_from_excel("recalc")


def explain() -> None:
    """查看评分说明"""
    _run_from_excel("explain")


def clear() -> None:
    """清除标记"""
    _run_from_excel("clear")


def main(arguments: Sequence[str]) -> int:
    """Do a job, tell the user, give the exit status."""
    call = call_of(arguments)
    notice = press(call)
    keep(notice.record)
    told = show(notice, call.hwnd, call.quiet)
    return 0 if told or (call.quiet and notice.tone is not Tone.FAILED) else 1


def call_of(arguments: Sequence[str]) -> Call:
    """The command line as VBA and xlwings write it; a name may hold blanks, `=` and `;`, and come with its quotes."""
    jobs = [argument for argument in arguments if not argument.startswith("--")]
    options = {key: _unquoted(value) for key, _, value in (argument.partition("=") for argument in arguments)}
    try:
        hwnd = int(options.get("--hwnd", ""))
    except ValueError:
        hwnd = None
    return Call(jobs[0] if jobs else "", options.get("--wb", ""), hwnd or None, "--quiet" in options)


def press(call: Call, opener: Opener | None = None) -> Notice:
    """Do the job on the workbook that `opener` opens, by itself the one in Excel. Whatever goes wrong is told."""
    begun = time.monotonic()
    try:
        done = _done(call, opener or _in_excel)
        notice = Notice(done.text, done.tone, done.record)
    except Exception as error:
        notice = _failed(call, error)
    return notice._replace(record=f"{call.job} {call.name}  {notice.record}  {time.monotonic() - begun:.1f}秒")


def _run_from_excel(job: str) -> None:
    """RunPython hands the workbook over on the command line; a status other than 0 makes xlwings speak up itself."""
    status = main([job, *sys.argv[1:]])
    if status:
        sys.exit(status)


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value


def _in_excel(name: str, hwnd: int | None) -> AbstractContextManager[OpenBook]:
    from xlauto.books.live import live_book

    return live_book(name, hwnd)


def _done(call: Call, opener: Opener) -> Done:
    from xlauto.catalogue import refusal
    from xlauto.lock import only_run

    job = JOBS.get(call.job)
    if job is None:
        raise refusal("程序41", "xlauto.button", job=call.job, known="、".join(JOBS))
    with only_run(call.name.casefold()) as alone:
        if not alone:
            raise refusal("程序40", call.name or "工作簿")
        with opener(call.name, call.hwnd) as book:
            done = job(book)
            book.commit(done.edits)
            if done.place is not None:
                book.show(done.place)
            return done


def _failed(call: Call, error: Exception) -> Notice:
    """A sentence for whatever went wrong, even where the installation is broken."""
    try:
        from xlauto.catalogue import refusal
        from xlauto.defects import SchemeTrouble, record, report

        if isinstance(error, ImportError):
            error = refusal("程序11", "xlauto", component=error.name or str(error))
        if isinstance(error, CannotGoOn):
            return Notice(f"没有完成。\n{error}", Tone.FAILED, error.code)
        if isinstance(error, SchemeTrouble):
            return Notice(f"没有完成。\n{error}", Tone.FAILED, type(error).__name__)
        return Notice(f"没有完成。\n{report(error, call.name)}", Tone.FAILED, f"程序03 {record(error, call.name)[0]}")
    except Exception as second:
        text = f"没有完成。\nxlauto 没有装好（{type(error).__name__}、{type(second).__name__}），请重新安装。"
        return Notice(text, Tone.FAILED, type(second).__name__)


def _fill(book: OpenBook) -> Done:
    from xlauto import messages, recalc

    result = recalc.fill(book)
    return Done(result.edits, messages.filled(result), Tone.GOOD, f"恢复公式{len(result.restored)}")


def _check(book: OpenBook) -> Done:
    from xlauto import messages, recalc

    result = recalc.check(book)
    return _with_findings(result.assessment, result.edits, messages.checked(result))


def _recalc(book: OpenBook) -> Done:
    from xlauto import messages, recalc

    result = recalc.recalculate(book)
    return _with_findings(result.assessment, result.edits, messages.recalculated(result))


def _explain(book: OpenBook) -> Done:
    from xlauto import messages, recalc

    result = recalc.explain(book, book.active)
    return Done(
        result.edits, messages.explained(result), Tone.GOOD, f"得分{len(result.assessment.scores)}项", result.place
    )


def _clear(book: OpenBook) -> Done:
    from xlauto import messages, recalc

    result = recalc.clear(book)
    record = f"说明{result.remarks} 删去{result.removed} 保留{result.kept}"
    return Done(result.edits, messages.cleared(result), Tone.GOOD, record)


def _with_findings(assessment: Assessment, edits: Sequence[Edit], text: str) -> Done:
    from xlauto.messages import tally

    tone = Tone.FAULTS if assessment.count(Level.ERROR) else Tone.GOOD
    return Done(edits, text, tone, tally(assessment))


JOBS: Mapping[str, Callable[[OpenBook], Done]] = {
    "fill": _fill,
    "check": _check,
    "recalc": _recalc,
    "explain": _explain,
    "clear": _clear,
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
