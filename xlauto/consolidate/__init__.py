"""Many workbooks -> one summary book: inbox, gathering, clashes, tables, the book, control totals.

Each workbook is read, scored and checked as `recalc` does it; how is decided there, not here.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from xlauto import catalogue
from xlauto.books.files import refuse_unwritable, replace_file
from xlauto.consolidate.book import is_summary
from xlauto.consolidate.clashes import settle
from xlauto.consolidate.control import totals_of, verify
from xlauto.consolidate.gathering import Progress, gather
from xlauto.consolidate.inbox import find
from xlauto.consolidate.results import Consolidation, Receipt, Status
from xlauto.consolidate.summary import summarise, summary_bytes

__all__ = ["Consolidation", "Progress", "Receipt", "Status", "consolidate"]


def consolidate(
    paths: Sequence[Path],
    output: Path,
    *,
    extra: Sequence[Path] = (),
    strict: bool = False,
    progress: Progress | None = None,
) -> Consolidation:
    """Write the summary of all workbooks under `paths`, and say what became of every file.

    With `strict` a file with any 错误 is returned. Raises CannotGoOn, before any work if the output cannot be written
    or is a file that is no summary, and after it if the summary does not add up; an older output then stays as it was.
    """
    started = time.perf_counter()
    _prepare(output)
    receipts, traces = gather(find(paths, output), extra, strict, progress)
    settle(receipts, extra)
    summary = summarise(receipts, output)
    data = summary_bytes(summary, strict)
    replace_file(output, data, output.name, lambda written: verify(written, summary))
    return Consolidation(output, receipts, totals_of(receipts), time.perf_counter() - started, traces)


def _prepare(output: Path) -> None:
    """The folder of the output exists and takes it, and nothing but an older summary is replaced."""
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise catalogue.refusal("文件18", output, fact=f"文件夹不能建立（{error.strerror or error}）") from error
    refuse_unwritable(output, output.name)
    if output.exists() and not is_summary(output):
        raise catalogue.refusal("程序20", output)
