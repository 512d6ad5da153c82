"""The real units' workbooks, made once for all tests: as published, and after a recalculation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from xlauto.assess import Assessment, assess
from xlauto.books.closed import open_book
from xlauto.figures import FormFigures, read_sample
from xlauto.making import made
from xlauto.model import Finding, Place
from xlauto.places import workbooks_dir
from xlauto.recalc import check, clear, explain, fill, recalculate
from xlauto.scheme import load_scheme
from xlauto.scheme.forms import Form

HENGYANG, BEITA, HENGSHAN = "衡阳市机关事务管理局", "邵阳市北塔区机关事务服务中心", "衡山县人民政府办公室"
CHANGSHA, JUNSHAN = "长沙县机关事务中心", "岳阳市君山区机关事务服务中心"
SELF_RATED = (HENGYANG, BEITA, HENGSHAN)
"""Those that filled in the 自评表 of 2023."""
UNITS = (*SELF_RATED, CHANGSHA, JUNSHAN)


class Key(NamedTuple):
    """What a finding says, without its words."""

    code: str
    sheet: str
    field: str
    stated: str
    expected: str


def sample(unit: str) -> Path:
    return next(workbooks_dir().glob(f"*/samples/{unit}.yaml"))


@cache
def as_published(unit: str, *, macros: bool = False) -> bytes:
    path = sample(unit)
    scheme = load_scheme(path.parent.parent.name)
    return made(scheme, read_sample(path, scheme), macros=macros)


@cache
def unscored(unit: str) -> bytes:
    """The unit's workbook before anybody has given points."""
    path = sample(unit)
    scheme = load_scheme(path.parent.parent.name)
    published = read_sample(path, scheme)
    forms = {name: tuple(_unscored(scheme.forms[name], sheet) for sheet in sheets)
             for name, sheets in published.forms.items()}  # fmt: skip
    return made(scheme, replace(published, forms=forms))


def _unscored(form: Form, sheet: FormFigures) -> FormFigures:
    values = {name: value for name, value in sheet.values.items() if not name.endswith(".得分")}
    tables = {
        name: tuple(tuple("" if at == list(form.tables[name].columns).index("得分") else text
                          for at, text in enumerate(row)) for row in rows)
        for name, rows in sheet.tables.items()
    }  # fmt: skip
    return FormFigures(values, tables)


@cache
def after_recalculation(unit: str) -> bytes:
    book = open_book(as_published(unit), f"{unit}.xlsx")
    return book.edited(recalculate(book).edits)


def jobs(selected: Place) -> Mapping[str, Callable[..., Any]]:
    """What each button does to a book, with that cell selected."""
    return {"fill": fill, "check": check, "recalc": recalculate, "clear": clear,
            "explain": lambda book: explain(book, selected)}  # fmt: skip


@cache
def assessed(data: bytes) -> Assessment:
    return assess(open_book(data))


def every(findings: Iterator[Finding] | tuple[Finding, ...] | list[Finding]) -> Iterator[Finding]:
    """The findings with their consequences."""
    for finding in findings:
        yield finding
        yield from every(finding.consequences)


def key(finding: Finding) -> Key:
    return Key(finding.code, finding.where.sheet, finding.where.field, finding.stated, finding.expected)
