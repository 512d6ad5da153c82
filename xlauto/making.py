"""Scheme and figures -> a finished new workbook: written, read back, computed, and written again with its values."""

from __future__ import annotations

from pathlib import Path

from xlauto.books.closed import open_book
from xlauto.books.files import refuse_unwritable, replace_file
from xlauto.catalogue import refusal
from xlauto.compute import Basis, View
from xlauto.figures import Figures, blank
from xlauto.given import given_bytes
from xlauto.model import CannotGoOn, CellError
from xlauto.reading import read
from xlauto.scheme import Scheme
from xlauto.template import Values, workbook_bytes

_ROUNDS = 5
"""A typed figure changes the totals above it, at most once per step from a leaf to the grand total."""


def made(scheme: Scheme, figures: Figures | None = None, *, macros: bool = False) -> bytes:
    """The workbook's bytes: formulas with right cached values; published figures that differ stand as published.

    Without figures it is the template, with one sheet of each repeating form. With `macros` it is an .xlsm with
    buttons; raises CannotGoOn where the template is the bureau's own file.
    """
    if macros and ".xlsm" not in suffixes(scheme):
        raise refusal("程序26", scheme.id)
    figures = figures or blank(scheme, "", "", 1)
    fill = given_bytes if scheme.definition.template == "自带" else workbook_bytes
    data = fill(scheme, figures)
    values: Values = {}
    for _ in range(_ROUNDS):
        computed = computed_values(scheme, data)
        if computed == values:
            break
        values = computed
        data = fill(scheme, figures, values)
    return workbook_bytes(scheme, figures, values, macros=True) if macros else data


def suffixes(scheme: Scheme) -> tuple[str, ...]:
    """The kinds of workbook that there are: .xlsm has buttons, which a bureau's own file is not given."""
    return (".xlsx",) if scheme.definition.template == "自带" else (".xlsx", ".xlsm")


def make(scheme: Scheme, path: Path, figures: Figures | None = None) -> None:
    """Write a new workbook, all or nothing; as .xlsm it has buttons.

    Raises CannotGoOn if the file cannot be written or replaced.
    """
    write_new(path, made(scheme, figures, macros=path.suffix.lower() == ".xlsm"))


def write_new(path: Path, data: bytes) -> None:
    """Write a file that the program has made, all or nothing, into a folder that need not be there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fact = f"不能建立文件夹（{error.strerror or error}）"
        raise CannotGoOn("文件18", path, fact, "请换一个文件夹") from error
    refuse_unwritable(path, path.name)
    replace_file(path, data, path.name, lambda written: None)


def computed_values(scheme: Scheme, data: bytes) -> Values:
    """What every formula of the workbook gives, by (sheet, row, column)."""
    submission = read(open_book(data), scheme)
    values: dict[tuple[str, int, int], object] = {}
    for sheet in submission.every():
        # A blank 得分 is not linked to the system's yet.
        view = View(submission, sheet, Basis.CELL, {})
        for entries in sheet.entries.values():
            for entry in entries:
                if entry.live:
                    result = view.computed(entry)
                    values[entry.place] = None if isinstance(result, CellError) else result
    return values  # type: ignore[return-value]
