"""Scheme and figures -> workbook: sheets in order, defined names, the scheme's mark. New files only, never a user's."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from xlauto.figures import Figures, sheet_names
from xlauto.look.styles import Styles
from xlauto.scheme.build import Scheme
from xlauto.scheme.strict import SchemeError
from xlauto.sheets import LISTS
from xlauto.template.content import Source, Unknown, stated_or_formula
from xlauto.template.form_sheet import BookContext, FormSheet, Values
from xlauto.template.macros import add_macros, finished
from xlauto.template.pages import Link, write_instructions, write_list

__all__ = ["MARK_NAME", "Source", "Unknown", "Values", "stated_or_formula", "workbook_bytes", "write_workbook"]

MARK_NAME = "_xlauto"
"""The hidden defined name that carries the scheme's mark as a text constant."""


def write_workbook(
    scheme: Scheme, target: Path | BinaryIO, figures: Figures | None = None, values: Values | None = None
) -> None:
    """Write a unit's workbook, blank where there are no figures.

    `values` are the values of the formula cells of the workbook as written by the pass before, by (sheet, row, column)
    from 1. Without them every computed field gets its formula, without a value. With them formulas carry their
    values, and a computed field whose published figure differs gets that figure instead of its formula. As a figure
    typed in changes what others give, repeat until `values` stay the same. Best they hold what each computed field's
    formula would give, formula or not: a field that is absent is taken for one that held its figure before.
    """
    data = workbook_bytes(scheme, figures, values)
    if isinstance(target, Path):
        target.write_bytes(data)
    else:
        target.write(data)


def workbook_bytes(
    scheme: Scheme, figures: Figures | None = None, values: Values | None = None, *, macros: bool = False
) -> bytes:
    """The workbook as `write_workbook` writes it; the same input gives the same bytes. With `macros` it is an .xlsm:
    the same sheets with buttons, and the ribbon."""
    import xlsxwriter

    figures = figures or Figures()
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"in_memory": True})
    book = BookContext(scheme, workbook, Styles(workbook), figures.texts, values, macros)
    _refuse_doubled_names(scheme)
    names = sheet_names(scheme, figures)
    write_instructions(workbook, book.styles, scheme, list(_links(scheme, figures)), macros)
    for form in scheme.forms.values():
        for sheet_figures, name in zip(figures.sheets(form), names[form.name], strict=True):
            FormSheet(book, form, sheet_figures, name).write()
    for item in LISTS:
        write_list(workbook, book.styles, item)
    _mark(workbook, scheme)
    first = next((name for form in scheme.forms.values() for name in names[form.name]), None)
    if first:
        workbook.get_worksheet_by_name(first).activate()
    workbook.set_properties({"title": scheme.definition.title, "created": datetime(scheme.year + 1, 1, 1)})
    if macros:
        add_macros(workbook)
    workbook.close()
    return finished(stream.getvalue()) if macros else stream.getvalue()


def _links(scheme: Scheme, figures: Figures) -> Iterator[Link]:
    """The table of contents, as far as the scheme's forms go."""
    names = sheet_names(scheme, figures)
    for form in scheme.forms.values():
        yield from (Link(name, form.definition.title) for name in names[form.name])


def _refuse_doubled_names(scheme: Scheme) -> None:
    """Names of forms that do not repeat belong to the whole workbook: Excel will not open a file with two alike."""
    owners: dict[str, str] = {}
    for form in scheme.single_forms:
        columns = [f"{name}.{key}" for name, table in form.tables.items() for key in table.columns]
        for name in (*form.fields, *form.tables, *columns):
            owner = owners.setdefault(name.casefold(), form.name)
            if owner != form.name:
                raise SchemeError(f"名称“{name}”在“{owner}”和“{form.name}”中都有，须改其中一个")


def _mark(workbook: Any, scheme: Scheme) -> None:
    """XlsxWriter has no way to ask for a hidden name, but keeps the flag as the last item of its entry."""
    workbook.define_name(MARK_NAME, f'="{scheme.mark}"')
    workbook.defined_names[-1][-1] = True
