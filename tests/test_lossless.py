"""A recalculation touches the cells it means to, and nothing else of a workbook that holds all that Excel can hold."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import oracle
import pytest
import samples
import validator
from books import monster

from xlauto.books.book import SetCell
from xlauto.books.closed import ClosedBook, open_book
from xlauto.recalc import Recalculation, recalculate

CHAIN = {"xl/calcChain.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"}
"""Formulas come back, so the calculation chain goes, and with it what names it. Excel makes a new one."""
CELL = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]*?(?:/>|>.*?</c>)', re.DOTALL)
ROW = re.compile(rb"<row [^>]*>")


class Recalculated(NamedTuple):
    """A workbook before and after, with what was to be done."""

    path: Path
    before: dict[str, bytes]
    after: dict[str, bytes]
    book: ClosedBook
    done: Recalculation


@pytest.fixture(scope="module", params=[".xlsx", ".xlsm"])
def recalculated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Recalculated:
    folder = tmp_path_factory.mktemp("monster")
    base, path = folder / "base.xlsx", folder / f"自评{request.param}"
    base.write_bytes(samples.as_published(samples.HENGSHAN))
    monster.make(path, base)
    original = path.read_bytes()
    before = parts(path)
    book = open_book(path)
    done = recalculate(book)
    book.commit(done.edits)
    assert path.with_suffix(path.suffix + ".bak").read_bytes() == original
    return Recalculated(path, before, parts(path), book, done)


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def changed_sheets(it: Recalculated) -> dict[str, str]:
    """Sheets that have edits, by their part."""
    sheets = {edit.place.sheet for edit in it.done.edits if isinstance(edit, SetCell)}
    return {it.book.part_name(sheet): sheet for sheet in sheets}


def test_every_other_part_is_byte_identical(recalculated: Recalculated) -> None:
    it = recalculated
    meant = CHAIN | changed_sheets(it).keys()
    assert {name for name in it.before if it.before[name] != it.after.get(name)} <= meant
    assert it.after.keys() - it.before.keys() == set()
    assert it.before.keys() - it.after.keys() == {"xl/calcChain.xml"}
    kept = [name for name in it.before if name not in meant]
    assert any("printerSettings" in name for name in kept)
    assert any("externalLink" in name for name in kept)


def test_changed_sheets_differ_only_in_the_meant_cells(recalculated: Recalculated) -> None:
    it = recalculated
    for part, sheet in changed_sheets(it).items():
        meant = {e.place.ref for e in it.done.edits if isinstance(e, SetCell) and e.place.sheet == sheet}
        old, new = it.before[part], it.after[part]
        assert cells_of(old), sheet
        assert around_cells(new) == around_cells(old), sheet
        mine, theirs = (without(cells_of(xml), meant) for xml in (new, old))
        assert {ref for ref in theirs if mine.get(ref) != theirs[ref]} == set(), sheet
        assert mine.keys() == theirs.keys(), sheet


def around_cells(xml: bytes) -> tuple[bytes, bytes, list[bytes]]:
    """What stands before and after the cells, and the rows that were there: a new row of entries is no harm."""
    head, _, rest = xml.partition(b"<sheetData")
    body, _, tail = rest.partition(b"</sheetData>")
    listed = b"<autoFilter" in tail
    rows = [] if listed else [re.sub(rb' spans="[^"]*"', b"", row) for row in ROW.findall(body)]
    return re.sub(rb"<dimension [^>]*/>", b"", head), tail, rows


def cells_of(xml: bytes) -> dict[str, bytes]:
    return {match[1].decode(): match[0] for match in CELL.finditer(xml)}


def without(cells: Mapping[str, bytes], meant: set[str]) -> dict[str, bytes]:
    """The cells that no edit names; of a formula only the formula, whose value may follow from an edit."""
    value = re.compile(rb'<v>.*?</v>|<v/>| t="[a-z]+"', re.DOTALL)
    return {
        ref: value.sub(b"", xml) if b"<f" in xml else xml for ref, xml in cells.items() if ref not in meant
    }  # fmt: skip


def test_the_workbook_opens_and_excel_accepts_it(recalculated: Recalculated) -> None:
    assert validator.validate(recalculated.path) == []
    cells = oracle.recalculated(recalculated.path)
    total = next(score for score in recalculated.done.assessment.scores if score.item == "总分" and not score.title)
    sheet = recalculated.done.assessment.submission.single(total.form)  # type: ignore[union-attr]
    assert sheet is not None and total.computed is not None
    assert cells[total.sheet][total.row, sheet.system["系统计分"]] == pytest.approx(float(total.computed))


def test_the_macro_project_stays(recalculated: Recalculated) -> None:
    if recalculated.path.suffix == ".xlsm":
        assert recalculated.after["xl/vbaProject.bin"] == recalculated.before["xl/vbaProject.bin"]
    else:
        assert "xl/vbaProject.bin" not in recalculated.after


def test_macros_ribbon_and_buttons_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "自评.xlsm"
    path.write_bytes(samples.as_published(samples.HENGSHAN, macros=True))
    before, book = parts(path), open_book(path)
    book.commit(recalculate(book).edits)
    after = parts(path)
    assert after != before
    meant = re.compile(r"vbaProject|customUI|vmlDrawing|_rels/\.rels|sheet\d+\.xml\.rels")
    kept = [name for name in before if meant.search(name)]
    assert len(kept) > 8
    assert {name for name in kept if after.get(name) != before[name]} == set()
    assert validator.validate(path) == []


def test_an_unchanged_workbook_is_not_written(recalculated: Recalculated) -> None:
    it = recalculated
    stamp, data = it.path.stat().st_mtime_ns, it.path.read_bytes()
    book = open_book(it.path)
    book.commit(recalculate(book).edits)
    assert (it.path.stat().st_mtime_ns, it.path.read_bytes()) == (stamp, data)
