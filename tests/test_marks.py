"""Findings, scores explained and marks cleared: what each of these jobs writes into a workbook, and what it leaves."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path

import lines
import pytest
import samples

from xlauto.assess import assess
from xlauto.books.book import Edit, SetCell
from xlauto.books.closed import ClosedBook, open_book
from xlauto.books.recalculate import recalculated
from xlauto.look.heights import LEAST
from xlauto.making import made
from xlauto.model import Level, Place
from xlauto.places import workbooks_dir
from xlauto.reading import read, scheme_of
from xlauto.recalc import Clearing, Explanation, Recalculation, check, clear, explain, recalculate
from xlauto.scheme import load_scheme
from xlauto.sheets import CHANGES, FINDINGS, FIRST_ENTRY_ROW, LISTS, SCORES, entries_of
from xlauto.submission import SheetRead

UNIT = """
封面: {单位名称: 某局, 单位代码: "001001"}
基础数据表:
  编制数: 10
  在职人数: 9
  公用经费: [1, 2, 1]
整体支出自评表:
  年度资金总额: {年初预算数: 80, 全年预算数: 100, 全年执行数: 90}
  指标:
    - [产出指标, 数量指标, 办会, ≥10次, 8次, 20, ""]
    - [产出指标, 质量指标, 规范, 规范有序, 规范有序, 40, 39, 有瑕疵]
    - [满意度指标, 服务对象满意度指标, 满意度, ≥95%, 96%, 30, 20]
"""
BASE, DEPT = "基础数据表", "整体支出自评表"
NOTE = FINDINGS.column("核实说明")
MARKS = tuple(f"{level}：" for level in Level)
UNITS = pytest.mark.parametrize("unit", samples.UNITS)


@cache
def small() -> bytes:
    return lines.workbook(UNIT)


def edited(data: bytes, *edits: Edit) -> bytes:
    return open_book(data).edited(edits)


def after(job: Callable[[ClosedBook], Recalculation | Explanation | Clearing], data: bytes) -> bytes:
    book = open_book(data, "某局.xlsx")
    return book.edited(job(book).edits)


def cleared(data: bytes) -> bytes:
    return after(clear, data)


def forms(data: bytes) -> list[SheetRead]:
    book = open_book(data)
    return list(read(book, scheme_of(book)).every())


def form(data: bytes, name: str = DEPT) -> SheetRead:
    return next(sheet for sheet in forms(data) if sheet.sheet == name)


def row_of(data: bytes, title: str) -> int:
    return next(line.row for _, line in form(data).lines() if line.title == title)


def contents(data: bytes, *without: str) -> dict[tuple[str, int, int], tuple[str, str | None]]:
    """All that stands in the cells of a workbook."""
    book = open_book(data)
    return {
        (info.name, *at): (cell.text, cell.formula)
        for info in book.sheets
        if info.name not in without
        for at, cell in book.cells(info.name).items()
        if cell.text or cell.formula is not None
    }


def remarks(data: bytes) -> dict[tuple[str, int], str]:
    """The words on findings in the columns 说明."""
    book = open_book(data)
    return {
        (sheet.sheet, row): cell.text
        for sheet in forms(data)
        for (row, col), cell in book.cells(sheet.sheet).items()
        if col == sheet.system.get("说明") and cell.text.startswith(MARKS)
    }


def list_of(data: bytes, which: object = FINDINGS) -> list[tuple[str, ...]]:
    return [*entries_of(open_book(data), which).values()]  # type: ignore[arg-type]


def noted(data: bytes, notes: dict[int, str]) -> bytes:
    """With a 核实说明 typed in these lines of 校验结果."""
    return edited(data, *(SetCell(place=Place(FINDINGS.name, row, NOTE), value=text) for row, text in notes.items()))


# --- 校验 ---------------------------------------------------------------------------------------------------------


@UNITS
def test_check_writes_findings_and_nothing_else(unit: str) -> None:
    before = samples.as_published(unit)
    written = after(check, before)
    found = assess(open_book(before)).findings
    assert [row[0] for row in list_of(written)] == [finding.code for finding in found]
    others = contents(written, FINDINGS.name)
    changed = {at: text for at, text in others.items() if contents(before, FINDINGS.name).get(at) != text}
    assert {(sheet, row): text for (sheet, row, _), (text, _) in changed.items()} == remarks(written) != {}


def test_check_leaves_an_overwritten_formula_and_tells_it() -> None:
    rate = form(small(), BASE).entry("控制率")
    assert rate is not None
    written = after(check, edited(small(), SetCell(place=rate.place, value=Decimal("0.95"))))
    cell = open_book(written).cells(BASE)[rate.place[1:]]
    assert (cell.formula, cell.value) == (None, Decimal("0.95"))
    line = next(row for row in list_of(written) if row[3] == "控制率")
    assert (line[0], line[5], line[6]) == ("基础01", "95.00%", "90.00%")
    assert list_of(written, CHANGES) == list_of(written, SCORES) == []


@UNITS
def test_check_twice_and_before_a_recalculation_changes_nothing_of_it(unit: str) -> None:
    before = samples.as_published(unit)
    once = after(check, before)
    assert after(check, once) == once
    assert contents(after(recalculate, once)) == contents(samples.after_recalculation(unit))


def test_check_keeps_what_a_person_has_justified() -> None:
    first = after(recalculate, small())
    second = after(check, noted(first, {FIRST_ENTRY_ROW: "已核实"}))
    assert list_of(second)[0][-1] == "已核实"
    assert contents(after(recalculate, second), FINDINGS.name) == contents(first, FINDINGS.name)


# --- what stood there before ----------------------------------------------------------------------------------------


def test_an_emptied_row_keeps_no_results() -> None:
    done = after(recalculate, small())
    row = row_of(done, "满意度")
    system = form(done).system
    assert (DEPT, row) in remarks(done)
    emptied = edited(done, *(SetCell(place=Place(DEPT, row, col)) for col in range(1, min(system.values()))))
    again = after(recalculate, emptied)
    assert not [col for col in system.values() if (DEPT, row, col) in contents(again)]


def test_the_remark_on_a_printed_text_goes_with_its_finding() -> None:
    title = open_book(small()).cells(DEPT)[1, 1].text
    changed = after(recalculate, edited(small(), SetCell(place=Place(DEPT, 1, 1), value="别的标题")))
    assert "别的标题" in remarks(changed)[DEPT, 1]
    mended = after(recalculate, edited(changed, SetCell(place=Place(DEPT, 1, 1), value=title)))
    assert contents(mended) == contents(after(recalculate, small()))


# --- 查看评分说明 -----------------------------------------------------------------------------------------------------


@UNITS
def test_explain_writes_only_the_scores(unit: str) -> None:
    before = samples.as_published(unit)
    book = open_book(before)
    written = book.edited(explain(book, Place(DEPT, 1, 1)).edits)
    assert contents(written, SCORES.name) == contents(before, SCORES.name)
    assert list_of(written, SCORES) == list_of(samples.after_recalculation(unit), SCORES)


@pytest.mark.parametrize(("title", "line"), [("办会", 3), ("满意度", 5)])
def test_explain_finds_the_score_of_the_active_row(title: str, line: int) -> None:
    book = open_book(small())
    result = explain(book, Place(DEPT, row_of(small(), title), 9))
    assert result.asked is not None and result.asked.item == title
    assert result.place == Place(SCORES.name, line, 1)
    assert list_of(book.edited(result.edits), SCORES)[line - FIRST_ENTRY_ROW][1] == title


def test_explain_finds_rate_and_total_by_their_rows() -> None:
    book = open_book(small())
    asked = {score.item: explain(book, Place(DEPT, score.row, 2)).asked for score in assess(book).scores}
    assert [score.item for score in asked.values() if score] == ["执行率", "办会", "规范", "满意度", "总分"]


def test_explain_goes_around_lines_that_a_person_has_written() -> None:
    first = after(recalculate, small())
    own = edited(first, SetCell(place=Place(SCORES.name, 3, 1), value="自己的话"),
                 *(SetCell(place=Place(SCORES.name, 3, col)) for col in range(2, 10)))  # fmt: skip
    book = open_book(own)
    result = explain(book, Place(DEPT, row_of(own, "办会"), 1))
    assert result.place.row == 4
    cells = open_book(book.edited(result.edits)).cells(SCORES.name)
    assert (cells[4, 2].text, cells[3, 1].text) == ("办会", "自己的话")


@pytest.mark.parametrize(
    "place", [Place(DEPT, 1, 1), Place(BASE, 5, 2), Place("封面", 1, 1), Place(FINDINGS.name, 3, 1)]
)
def test_explain_elsewhere_shows_the_top_of_the_list(place: Place) -> None:
    result = explain(open_book(small()), place)
    assert (result.asked, result.place) == (None, Place(SCORES.name, 1, 1))


def test_explain_stays_on_its_line_in_the_list_itself() -> None:
    book = open_book(after(recalculate, small()))
    result = explain(book, Place(SCORES.name, 4, 8))
    assert result.asked is not None and (result.asked.item, result.place.row) == ("规范", 4)


# --- 清除标记 -------------------------------------------------------------------------------------------------------


@UNITS
def test_clear_takes_the_marks_and_nothing_else(unit: str) -> None:
    done = samples.after_recalculation(unit)
    empty = cleared(done)
    assert (remarks(empty), list_of(empty)) == ({}, [])
    gone = {(sheet, row, form(done, sheet).system["说明"]) for sheet, row in remarks(done)}
    kept = {at: text for at, text in contents(done, FINDINGS.name).items() if at not in gone}
    assert contents(empty, FINDINGS.name) == kept
    assert cleared(empty) == empty


@UNITS
def test_clear_costs_the_next_recalculation_nothing(unit: str) -> None:
    done = samples.after_recalculation(unit)
    rows = range(FIRST_ENTRY_ROW, FIRST_ENTRY_ROW + len(list_of(done)))
    with_notes = noted(done, {row: f"说明{row}" for row in rows if row % 3})
    assert contents(after(recalculate, cleared(with_notes))) == contents(after(recalculate, with_notes))


def test_clear_counts_what_it_takes() -> None:
    done = after(recalculate, small())
    result = clear(open_book(noted(done, {FIRST_ENTRY_ROW + 1: "已核实"})))
    assert (result.remarks, result.removed, result.kept) == (len(remarks(done)), len(list_of(done)) - 1, 1)
    nothing = clear(open_book(small()))
    assert (nothing.remarks, nothing.removed, nothing.kept) == (0, 0, 0)


def test_emptied_lines_are_as_low_as_any() -> None:
    done = samples.after_recalculation(samples.HENGSHAN)
    rows = open_book(cleared(done)).layout(FINDINGS.name).rows
    last = FIRST_ENTRY_ROW + len(list_of(done)) - 1
    assert {rows[number].attributes["ht"] for number in range(FIRST_ENTRY_ROW, last + 1)} == {f"{LEAST:g}"}


def test_clear_keeps_each_line_with_a_justification_whole() -> None:
    done = after(recalculate, small())
    with_note = noted(done, {FIRST_ENTRY_ROW + 2: "已核实"})
    line = list_of(with_note)[2]
    empty = cleared(with_note)
    assert list_of(empty) == [line]
    at = FIRST_ENTRY_ROW, FINDINGS.column("位置")
    old = open_book(with_note).cells(FINDINGS.name)[FIRST_ENTRY_ROW + 2, at[1]]
    assert open_book(empty).cells(FINDINGS.name)[at].formula == old.formula
    assert cleared(empty) == empty


def test_clear_keeps_apart_findings_with_the_same_key() -> None:
    """A 核实说明 is found again by its place among the lines with its key: those before it are kept with it."""
    done = after(recalculate, small())
    first = list_of(done)[0]
    twin = edited(done, *(SetCell(place=Place(FINDINGS.name, FIRST_ENTRY_ROW + 1, col), value=text or None)
                          for col, text in enumerate(first, 1)))  # fmt: skip
    with_note = noted(twin, {FIRST_ENTRY_ROW + 1: "第二条的说明"})
    assert [row[-1] for row in list_of(cleared(with_note))] == ["", "第二条的说明"]
    assert [row[-1] for row in list_of(cleared(noted(twin, {FIRST_ENTRY_ROW: "第一条的说明"})))] == ["第一条的说明"]


def test_clear_leaves_what_people_write_elsewhere() -> None:
    done = after(recalculate, small())
    below = FIRST_ENTRY_ROW + len(list_of(done)) + 2
    own = {
        Place(FINDINGS.name, below, 1): "自己记的一行",
        Place(DEPT, 60, form(done).system["说明"]): "表下的备注",
        Place(FINDINGS.name, FIRST_ENTRY_ROW, len(FINDINGS.columns) + 2): "列表旁的备注",
    }
    empty = contents(cleared(edited(done, *(SetCell(place=at, value=text) for at, text in own.items()))))
    assert {at: empty[at][0] for at in own} == own


# --- every job ----------------------------------------------------------------------------------------------------

EVERY = samples.jobs(Place(DEPT, 1, 1))


@pytest.mark.parametrize("job", EVERY)
@pytest.mark.parametrize("before", [small, lambda: after(recalculate, small())], ids=["as typed", "recalculated"])
def test_the_results_in_the_file_are_those_of_a_calculation(job: str, before: Callable[[], bytes]) -> None:
    written = after(EVERY[job], calculated(before()))
    assert contents(calculated(written)) == contents(written)


def calculated(data: bytes) -> bytes:
    """As a program leaves it that calculates."""
    return recalculated(open_book(data), frozenset()).package.data


@pytest.mark.parametrize("job", EVERY)
def test_macros_ribbon_and_buttons_stay_as_they_are(job: str) -> None:
    scheme = load_scheme("hunan-2023")
    before = made(scheme, lines.figures(UNIT, scheme), macros=True)
    marked = after(EVERY[job], after(recalculate, before) if job == "clear" else before)
    old, new = open_book(before).package, open_book(marked).package
    assert new.data != old.data
    kept = [name for name in old.names if not name.startswith("xl/worksheets/sheet")]
    assert {"xl/vbaProject.bin", "customUI/customUI.xml", "xl/drawings/vmlDrawing1.vml"} <= set(kept)
    assert [name for name in kept if name not in new or old.part(name) != new.part(name)] == []


# --- every workbook -------------------------------------------------------------------------------------------------

TEMPLATES = sorted(workbooks_dir().glob("*/template.xlsx"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.parent.name)
def test_jobs_on_a_blank_template(template: Path) -> None:
    data = template.read_bytes()
    checked = after(check, data)
    assert list_of(checked)
    assert contents(cleared(checked)) == contents(data)
    book = open_book(data)
    result = explain(book, Place(DEPT, 1, 1))
    assert contents(book.edited(result.edits), SCORES.name) == contents(data, SCORES.name)


def test_lists_that_a_workbook_lacks_are_added_only_where_they_are_written() -> None:
    bare = without_lists(small())
    assert not {item.name for item in LISTS} & {sheet.name for sheet in open_book(bare).sheets}
    assert added(bare, after(check, bare)) == {FINDINGS.name}
    book = open_book(bare)
    assert added(bare, book.edited(explain(book, Place(DEPT, 1, 1)).edits)) == {SCORES.name}
    assert cleared(bare) == bare


def added(before: bytes, later: bytes) -> set[str]:
    return {sheet.name for sheet in open_book(later).sheets} - {sheet.name for sheet in open_book(before).sheets}


def without_lists(data: bytes) -> bytes:
    """As if the lists had been renamed away, headings and all."""
    headings = [
        SetCell(place=Place(item.name, 1, col)) for item in LISTS for col in range(1, len(item.columns) + 1)
    ]  # fmt: skip
    book = open_book(edited(data, *headings))
    xml = book.package.xml("xl/workbook.xml").decode()
    for item in LISTS:
        xml = xml.replace(f'name="{item.name}"', f'name="旧{item.name}"').replace(
            f"'{item.name}'!", f"'旧{item.name}'!"
        )
        xml = xml.replace(f"{item.name}!", f"旧{item.name}!")
    return book.package.rebuilt({"xl/workbook.xml": xml.encode()}, frozenset(), {})
