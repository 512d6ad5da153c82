"""The workbook around the forms: which sheet is which, what is missing, copied, renamed or hidden."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from xlauto import catalogue
from xlauto.books.book import Book, Name
from xlauto.model import Kind, Where
from xlauto.reading.fields import group_of, in_a_few_words
from xlauto.reading.layout import plan_of
from xlauto.reading.macros import foreign_macros
from xlauto.scheme.forms import Form
from xlauto.sheets import INSTRUCTIONS, LISTS, name_in
from xlauto.submission import Submission
from xlauto.values import normalise_name

Scopes = Mapping[str, Mapping[str, Name]]
ALIKE = 0.6
"""A sheet with this share of a form's printed texts is taken for a copy of it."""


def scopes_of(book: Book) -> Scopes:
    """The defined names by scope and name."""
    scopes: dict[str, dict[str, Name]] = {}
    for name in book.names:
        scopes.setdefault(name.scope, {}).setdefault(name.name, name)
    return scopes


def homes(form: Form, scopes: Scopes, present: Sequence[str]) -> Iterator[tuple[str, Mapping[str, Name]]]:
    """The sheets on which a form stands, with the names in its scope: the workbook's, or one set per sheet."""
    wanted = [*form.fields, *form.tables]
    if not form.repeats:
        names = scopes.get("", {})
        areas = [names[name].area for name in wanted if name in names]
        sheets = [area.sheet for area in areas if area and area.sheet in present]
        if sheets:
            yield max(sheets, key=sheets.count), names
        return
    for sheet in present:
        names = scopes.get(sheet, {})
        if sum(name in names for name in wanted) * 2 > len(wanted):
            yield sheet, names


def report_sheets(book: Book, submission: Submission) -> None:
    """Forms without a sheet, sheets under another name, and sheets that look like a form but are none."""
    found = {sheet.sheet for sheet in submission.every()}
    for form in submission.scheme.forms.values():
        sheets = submission.sheets[form.name]
        if not sheets and not form.repeats:
            where = Where(submission.label, form.sheet, "", form.name)
            _add(
                submission,
                "身份06",
                where,
                form=form.name,
                fields=in_a_few_words(group_of(field) for field in form.fields.values()),
            )
        for sheet in sheets:
            if not form.repeats and sheet.sheet != form.sheet:
                _add(
                    submission,
                    "身份05",
                    Where(submission.label, sheet.sheet, "", form.name),
                    old=form.sheet,
                    new=sheet.sheet,
                )
    own = {INSTRUCTIONS, *(name_in(book, item) for item in LISTS)}
    for info in book.sheets:
        if info.name not in found | own and _looks_like_a_form(book, info.name, submission):
            _add(submission, "身份07", Where(submission.label, info.name), sheet=info.name)


def _looks_like_a_form(book: Book, sheet: str, submission: Submission) -> bool:
    texts = {normalise_name(cell.text) for cell in book.cells(sheet).values() if cell.kind is Kind.TEXT and cell.text}
    plans = [plan_of(form) for form in submission.scheme.forms.values()]
    return any(len(texts & plan.bare) >= ALIKE * len(plan.bare) for plan in plans)


def report_remarks(book: Book, submission: Submission) -> None:
    """What the container says of itself: protection, macros, links, hidden sheets, comments, dates from 1904."""
    told = {finding.code for finding in submission.findings}
    for note in getattr(book, "remarks", ()):
        params = note.params
        if note.code == "文件11":
            params = {"部件": foreign_macros(params)}
            if not params["部件"]:
                continue
        if note.code == "身份08" and params["工作表"] in submission.scheme.definition.hidden:
            continue
        if note.code not in told or note.code == "身份08":
            _add(submission, note.code, Where(submission.label, params.get("工作表", "")), **params)
    if getattr(book, "date1904", False):
        _add(submission, "值24", Where(submission.label))


def _add(submission: Submission, code: str, where: Where, **params: Any) -> None:
    submission.findings.append(catalogue.finding(code, where, **params))
