"""Three engines, one figure: what a workbook caches, what LibreOffice computes and what Python computes are the same.

For blank templates and for the real units' workbooks, as made and after a recalculation; and Excel accepts the files.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path

import oracle
import pytest
import samples
import validator

from xlauto.books.closed import ClosedBook, open_book
from xlauto.compute import Basis, View
from xlauto.figures import blank
from xlauto.formula.evaluate import Result
from xlauto.making import made
from xlauto.model import BLANK_CELL, CellError, Place, Value
from xlauto.reading import read, scheme_of
from xlauto.recalc import recalculate
from xlauto.scheme import available, load_scheme
from xlauto.scoring import points_of, score

SCHEMES = [folder.id for folder in available()]
WITH_BUTTONS = (f"{samples.HENGSHAN} 按钮 填报", f"{samples.HENGSHAN} 按钮 重算")

UNSCORED = (f"{samples.HENGSHAN} 未打分", f"{samples.HENGSHAN} 未打分重算")


@cache
def books() -> dict[str, bytes]:
    """All workbooks under test by name."""
    made_books: dict[str, bytes] = {}
    for scheme_id in SCHEMES:
        scheme = load_scheme(scheme_id)
        data = made(scheme, blank(scheme, "测试单位", "001001", 2))
        made_books[f"{scheme_id} 空白"] = data
        made_books[f"{scheme_id} 空白重算"] = recalculated(data)
    for unit in samples.UNITS:
        made_books[f"{unit} 填报"] = samples.as_published(unit)
        made_books[f"{unit} 重算"] = samples.after_recalculation(unit)
    made_books[UNSCORED[0]] = samples.unscored(samples.HENGSHAN)
    made_books[UNSCORED[1]] = recalculated(made_books[UNSCORED[0]])
    made_books[WITH_BUTTONS[0]] = samples.as_published(samples.HENGSHAN, macros=True)
    made_books[WITH_BUTTONS[1]] = recalculated(made_books[WITH_BUTTONS[0]])
    return made_books


def recalculated(data: bytes) -> bytes:
    book = open_book(data)
    return book.edited(recalculate(book).edits)


@cache
def folder_of_books(folder: Path) -> dict[str, Path]:
    paths = {name: folder / f"{name}{'.xlsm' if name in WITH_BUTTONS else '.xlsx'}" for name in books()}
    for name, path in paths.items():
        path.write_bytes(books()[name])
    return paths


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return folder_of_books(tmp_path_factory.mktemp("agreement"))


@pytest.fixture(scope="module")
def judged(paths: dict[str, Path]) -> dict[str, dict[str, oracle.Cells]]:
    """What LibreOffice makes of each workbook."""
    return dict(zip(paths, oracle.recalculated_many(list(paths.values())), strict=True))


def names() -> list[str]:
    kinds = [f"{scheme_id} {kind}" for scheme_id in SCHEMES for kind in ("空白", "空白重算")]
    units = [f"{unit} {kind}" for unit in samples.UNITS for kind in ("填报", "重算")]
    return [*kinds, *units, *UNSCORED, *WITH_BUTTONS]


@pytest.mark.parametrize("name", names())
def test_cached_values_are_those_of_libreoffice(name: str, judged: dict[str, dict[str, oracle.Cells]]) -> None:
    cached = dict(formula_cells(open_book(books()[name])))
    wrong = {p: (v, judged[name][p.sheet].get(p[1:])) for p, v in cached.items()
             if not same(v, judged[name][p.sheet].get(p[1:]))}  # fmt: skip
    assert cached
    assert wrong == {}


@pytest.mark.parametrize("name", names())
def test_python_computes_what_the_cells_cache(name: str) -> None:
    book = open_book(books()[name])
    cached = dict(formula_cells(book))
    computed = dict(computed_by_python(book))
    assert computed
    assert {p: (v, cached.get(p)) for p, v in computed.items() if not same(v, cached.get(p))} == {}


@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_recalculating_a_blank_workbook_again_changes_no_byte(scheme_id: str) -> None:
    data = books()[f"{scheme_id} 空白重算"]
    assert recalculated(data) == data


def test_the_open_xml_sdk_accepts_every_workbook(paths: dict[str, Path]) -> None:
    faults = validator.validate_many(paths.values())
    assert {path.name: found for path, found in faults.items() if found} == {}


@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_committed_template_is_what_the_scheme_builds(scheme_id: str) -> None:
    scheme = load_scheme(scheme_id)
    assert (scheme.folder / "template.xlsx").read_bytes() == made(scheme), "python -m xlauto scheme build --all"


def formula_cells(book: ClosedBook) -> Iterator[tuple[Place, Value]]:
    for sheet in book.sheets:
        for (row, col), cell in book.cells(sheet.name).items():
            if cell.formula is not None:
                yield Place(sheet.name, row, col), cell.value


def computed_by_python(book: ClosedBook) -> Iterator[tuple[Place, Result]]:
    """Every field's formula that stands in the workbook, and every score that a formula gives."""
    submission = read(book, scheme_of(book))
    scores = score(submission)
    linked = [one for one in scores if one.line is not None and one.line.items["得分"].linked]
    for sheet in submission.every():
        view = View(submission, sheet, Basis.CELL, points_of(linked))
        for entry in (entry for entries in sheet.entries.values() for entry in entries if entry.live):
            yield entry.place, view.computed(entry)
    for one in scores:
        sheet = next(s for s in submission.every() if s.sheet == one.sheet)
        place = Place(one.sheet, one.row, sheet.system["系统计分"])
        found = book.cells(one.sheet).get(place[1:], BLANK_CELL)
        if one.formula and one.computed is not None and found.formula is not None:
            yield place, one.computed


def same(value: Result, other: object) -> bool:
    """Blank and empty text are one; numbers may differ by what binary fractions cannot hold."""
    if isinstance(value, Decimal) and isinstance(other, Decimal | float | int) and not isinstance(other, bool):
        return abs(float(value) - float(other)) < 1e-9
    if isinstance(value, CellError) or isinstance(other, CellError):
        return isinstance(value, CellError) and isinstance(other, CellError) and value == other
    return (value if value is not None else "") == (other if other is not None else "")
