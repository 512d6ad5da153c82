"""What a recalculation puts back, fills in, keeps and records, on a small workbook that a person has worked on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache

import lines
import pytest
from faults.workbook import both, delete_column, insert_column, part

from xlauto.assess import assess
from xlauto.books.book import Edit, SetCell
from xlauto.books.closed import ClosedBook, open_book
from xlauto.model import Cell, Finding, Place
from xlauto.reading import read, scheme_of
from xlauto.reading.earlier import Home, Record, home_of, records_of
from xlauto.recalc import Recalculation, fill, recalculate
from xlauto.sheets import AGREED, CHANGES, FINDINGS, FIRST_ENTRY_ROW, SCORES, ListSheet
from xlauto.submission import SheetRead, Submission

UNIT = """
封面: {单位名称: 某局, 单位代码: "001001"}
基础数据表:
  编制数: 10
  在职人数: 9
  公车运维: [1, 2, 1]
  公务接待: [4, 5, 5]
  专项资金: [[7, 8, 8], [1, 1, 1]]
  公用经费: [1, 1, 1]
整体支出自评表:
  年度资金总额: {年初预算数: 80, 全年预算数: 100, 全年执行数: 90}
  指标:
    - [产出指标, 数量指标, 办会, ≥10次, 8次, 20, ""]
    - [产出指标, 数量指标, 办文, ≥10件, 10件, 20, 15, 从严]
    - [产出指标, 质量指标, 规范, 规范有序, 规范有序, 10, 9, 有瑕疵]
    - [效益指标, 社会效益指标, 示范, 起到示范作用, 已起到, 30, 30]
    - [满意度指标, 服务对象满意度指标, 满意度, ≥95%, 96%, 10, ""]
"""
BASE, DEPT = "基础数据表", "整体支出自评表"


@cache
def published() -> bytes:
    return lines.workbook(UNIT)


def worked_on(*edits: Edit, data: bytes = b"") -> ClosedBook:
    """The workbook after a person's edits."""
    return open_book(open_book(data or published()).edited(edits), "某局.xlsx")


def done(book: ClosedBook) -> tuple[ClosedBook, Recalculation]:
    result = recalculate(book)
    return open_book(book.edited(result.edits), "某局.xlsx"), result


def submission(book: ClosedBook) -> Submission:
    return read(book, scheme_of(book))


def sheet(book: ClosedBook, name: str = DEPT) -> SheetRead:
    return next(found for found in submission(book).every() if found.sheet == name)


def place(name: str, field: str) -> Place:
    entry = sheet(open_book(published()), name).entry(field)
    assert entry is not None
    return entry.place


def cell(book: ClosedBook, at: Place) -> Cell:
    return book.cells(at.sheet)[at[1:]]


def rows(book: ClosedBook, name: str) -> list[list[str]]:
    """The entries of one of xlauto's own lists."""
    cells = book.cells(name)
    numbers = sorted({row for (row, _), found in cells.items() if row >= FIRST_ENTRY_ROW and found.text})
    return [[cells[row, col].text if (row, col) in cells else "" for col in range(1, 11)] for row in numbers]


def line_of(book: ClosedBook, title: str) -> dict[str, Place]:
    found = next(line for _, line in sheet(book).lines() if line.title == title)
    return {column: item.place for column, item in found.items.items()}


def system(book: ClosedBook, title: str, column: str = "系统计分") -> Cell:
    read_sheet = sheet(book)
    row = line_of(book, title)["得分"].row
    return book.cells(DEPT)[row, read_sheet.system[column]]


def finding(findings: Sequence[Finding], code: str, field: str) -> Finding:
    return next(f for f in findings if (f.code, f.where.field) == (code, field))


# --- formulas -----------------------------------------------------------------------------------------------------


def test_overwritten_formula_comes_back_with_a_record() -> None:
    rate = place(BASE, "控制率")
    book, result = done(worked_on(SetCell(place=rate, value=Decimal("0.95"))))
    assert cell(book, rate).formula is not None
    assert cell(book, rate).value == Decimal("0.9")
    assert [(item.old, item.new_text) for item in result.restored] == [("95.00%", "90.00%")]
    assert rows(book, CHANGES.name)[0][:5] == [BASE, rate.ref, "控制率", "95.00%", "90.00%"]


def test_what_was_typed_over_stays_a_finding_until_its_record_is_deleted() -> None:
    rate = place(BASE, "控制率")
    book, result = done(worked_on(SetCell(place=rate, value=Decimal("0.95"))))
    assert finding(result.assessment.findings, "基础01", "控制率").stated == "95.00%"
    again = assess(book)
    assert finding(again.findings, "基础01", "控制率").stated == "95.00%"
    cleared = worked_on(*(SetCell(place=Place(CHANGES.name, 2, col)) for col in range(1, 7)), data=book.package.data)
    after, last = done(cleared)
    assert [f for f in last.assessment.findings if f.code == "基础01"] == []
    assert rows(after, CHANGES.name) == []


def test_deleted_formula_comes_back() -> None:
    total = place(BASE, "三公经费.上年决算")
    book, result = done(worked_on(SetCell(place=total)))
    assert (cell(book, total).formula, cell(book, total).value) == (
        "SUM(公务用车.上年决算,因公出国.上年决算,公务接待.上年决算)", Decimal(5),
    )  # fmt: skip
    assert rows(book, CHANGES.name)[0][3:5] == ["（空）", "5.00"]
    assert "实为空" in finding(result.assessment.findings, "基础06", "三公经费.上年决算").message()


def test_changed_formula_comes_back() -> None:
    total = place(BASE, "三公经费.上年决算")
    book, _ = done(worked_on(SetCell(place=total, value=Decimal(1), formula="公车运维.上年决算")))
    assert cell(book, total).value == Decimal(5)
    assert cell(book, total).formula == "SUM(公务用车.上年决算,因公出国.上年决算,公务接待.上年决算)"


def test_typed_figure_that_the_formula_gives_is_only_noted() -> None:
    total = place(BASE, "三公经费.上年决算")
    book, result = done(worked_on(SetCell(place=total, value=Decimal(5))))
    assert cell(book, total).formula is not None
    assert "原数与公式相同" in rows(book, CHANGES.name)[0][5]
    assert {f.code for f in result.assessment.findings if f.where.field == "三公经费.上年决算"} == set()


def test_total_whose_parts_are_blank_is_kept() -> None:
    total = place(BASE, "项目支出.上年决算")
    entries = sheet(open_book(published()), BASE).entries
    parts = [found for name in ("业务工作经费", "运行维护经费", "专项资金")
             for found in (entry.place for entry in entries[f"{name}.上年决算"])]  # fmt: skip
    edits = [SetCell(place=total, value=Decimal(8)), *(SetCell(place=part) for part in parts)]
    book, result = done(worked_on(*edits))
    assert (cell(book, total).formula, cell(book, total).value) == (None, Decimal(8))
    assert finding(result.assessment.findings, "基础06", "项目支出.上年决算").stated == "8.00"


def test_stale_result_is_worked_out_anew() -> None:
    total = place(BASE, "公务接待.上年决算")
    # Another program changed an input and calculated nothing.
    original = open_book(published())
    part = original.part_name(BASE)
    before, at, rest = original.package.part(part).decode().partition(f'r="{total.ref}"')
    assert at
    xml = before + at + rest.replace("<v>4</v>", "<v>9</v>", 1)
    book = open_book(original.package.rebuilt({part: xml.encode()}, frozenset(), {}), "某局.xlsx")
    assert "公式05" in {f.code for f in assess(book).findings}
    fixed, result = done(book)
    assert cell(fixed, place(BASE, "三公经费.上年决算")).value == Decimal(10)
    assert "公式05" not in {f.code for f in result.assessment.findings}
    assert "公式05" not in {f.code for f in assess(fixed).findings}


def test_a_score_filled_in_for_a_result_that_has_changed_is_told() -> None:
    """系统计分 holds the result it was worked out for, so what stands in 得分 is the earlier score."""
    first, _ = done(open_book(published()))
    line = next(line for _, line in sheet(first).lines() if line.title == "办会")
    score, result = line.items["得分"].place, line.items["实际完成值"].place
    assert cell(first, score).value == Decimal(16)
    later = worked_on(SetCell(place=result, value="5次"), data=first.package.data)
    assert cell(later, score).value == Decimal(16)
    told = finding(assess(later).findings, "公式17", "办会.得分")
    assert (told.stated, told.expected, told.where.cell) == ("16", "10", score.ref)
    again, recalculation = done(later)
    assert cell(again, score).value == Decimal(10)
    assert not {"公式17"} & {f.code for f in (*recalculation.assessment.findings, *assess(again).findings)}


def test_the_units_own_formula_counts_with_its_right_result() -> None:
    spent = place(BASE, "公用经费.本年决算")
    other = place(BASE, "公用经费.本年预算")
    # The value stated beside the formula is kept: as a program leaves it that does not calculate.
    book = worked_on(SetCell(place=spent, value=Decimal(1), formula=f"{other.ref}*2"))
    assert cell(book, spent).value == Decimal(1)
    after, result = done(book)
    assert finding(result.assessment.findings, "基础09", "公用经费.本年决算").stated == "2.00"
    again, _ = done(after)
    assert again.package.data == after.package.data


def test_fill_writes_formulas_and_their_record_only() -> None:
    rate = place(BASE, "控制率")
    book = worked_on(SetCell(place=rate, value=Decimal("0.95")))
    after = open_book(book.edited(fill(book).edits))
    assert cell(after, rate).formula is not None
    assert rows(after, CHANGES.name)
    assert rows(after, FINDINGS.name) == []
    assert line_of(after, "办会")["得分"][1:] not in {k for k, c in after.cells(DEPT).items() if c.text}


# --- scores -------------------------------------------------------------------------------------------------------


def test_blank_score_becomes_a_live_link() -> None:
    book, _ = done(worked_on())
    found = cell(book, line_of(book, "办会")["得分"])
    column = sheet(book).system["系统计分"]
    assert (found.formula, found.value) == (Place(DEPT, line_of(book, "办会")["得分"].row, column).ref, Decimal(16))
    assert system(book, "办会").value == Decimal(16)


def test_live_link_follows_its_inputs() -> None:
    book, _ = done(worked_on())
    actual = line_of(book, "办会")["实际完成值"]
    again, _ = done(worked_on(SetCell(place=actual, value="5次"), data=book.package.data))
    assert cell(again, line_of(again, "办会")["得分"]).value == Decimal(10)


def test_typed_score_is_kept_and_the_difference_shown() -> None:
    book, _ = done(worked_on())
    score = cell(book, line_of(book, "办文")["得分"])
    assert (score.formula, score.value) == (None, Decimal(15))
    assert system(book, "办文").value == Decimal(20)
    assert system(book, "办文", "差异").value == Decimal(-5)


def test_score_that_only_a_person_can_give_is_left_to_the_person() -> None:
    book, _ = done(worked_on())
    assert system(book, "规范").text == ""
    scores = {row[1]: row for row in rows(book, SCORES.name)}
    assert scores["规范"][3:7] == ["9", "", "", "需人工判断"]
    assert "由人工判断" in scores["规范"][7]


def test_total_of_the_system() -> None:
    book, result = done(worked_on())
    total = result.assessment.total
    assert total is not None
    # 9 (执行率) + 16 + 20 + 9 + 30 + 10
    assert total.computed == Decimal(94)
    assert cell(book, Place(DEPT, total.row, sheet(book).system["系统计分"])).value == Decimal(94)
    assert {row[1]: row for row in rows(book, SCORES.name)}["总分"][4] == "94"


# --- rows and columns that a person adds --------------------------------------------------------------------------


def shrunk_name() -> ClosedBook:
    """As if the last row of the table had been typed below it: its names end one row earlier."""
    original = open_book(published())
    table = sheet(original).tables["指标"]
    part = "xl/workbook.xml"
    xml = original.package.part(part).decode()
    names = [name for name in original.names if name.name == "指标" or name.name.startswith("指标.")]
    for name in names:
        if name.area is not None and not name.name.endswith("表尾"):
            xml = xml.replace(
                f">{name.refers_to}<", f">{name.refers_to.replace(f'${table.last}', f'${table.last - 1}')}<"
            )
    return open_book(original.package.rebuilt({part: xml.encode()}, frozenset(), {}), "某局.xlsx")


def test_rows_typed_below_a_table_are_adopted_and_the_names_grow() -> None:
    before = shrunk_name()
    table = sheet(before).tables["指标"]
    assert table.last == table.named_last + 1
    book, _ = done(before)
    grown = sheet(book).tables["指标"]
    assert (grown.last, grown.named_last) == (table.last, table.last)
    assert [line.title for line in grown.lines] == ["办会", "办文", "规范", "示范", "满意度"]
    assert system(book, "满意度").value == Decimal(10)
    assert cell(book, place(DEPT, "总分.分值")).value == Decimal(100)


def test_more_rows_are_scored_like_the_first() -> None:
    more = "".join(f'    - [产出指标, 数量指标, 事项{n}, ≥10次, {n}次, 1, ""]\n' for n in range(1, 10))
    text = UNIT.replace("    - [效益指标", more + "    - [效益指标", 1)
    book, _ = done(open_book(lines.workbook(text), "某局.xlsx"))
    assert [system(book, f"事项{n}").value for n in range(1, 10)] == [Decimal(n) / 10 for n in range(1, 10)]
    assert [cell(book, line_of(book, f"事项{n}")["得分"]).value for n in (1, 9)] == [Decimal("0.1"), Decimal("0.9")]


def test_repeating_rows_count_in_their_total() -> None:
    book, _ = done(worked_on())
    assert cell(book, place(BASE, "项目支出.上年决算")).value == Decimal(8)


def test_column_inserted_before_the_system_columns_takes_them_along() -> None:
    book, _ = done(worked_on())
    columns = sorted(sheet(book).system.values())
    moved = [
        edit
        for (row, col), found in book.cells(DEPT).items()
        if col in columns and (found.text or found.formula)
        for edit in (
            SetCell(place=Place(DEPT, row, col)),
            SetCell(place=Place(DEPT, row, col + len(columns)), value=found.value, formula=found.formula),
        )
    ]  # fmt: skip
    after, _ = done(worked_on(*moved, data=book.package.data))
    assert sorted(sheet(after).system.values()) == [col + len(columns) for col in columns]
    assert system(after, "办文").value == Decimal(20)
    found = cell(after, line_of(after, "办会")["得分"])
    assert found.value == Decimal(16)


# --- what people write --------------------------------------------------------------------------------------------


def row_of(book: ClosedBook, code: str, field: str) -> int:
    for number, row in enumerate(rows(book, FINDINGS.name), FIRST_ENTRY_ROW):
        if (row[0], row[3]) == (code, field):
            return number
    raise AssertionError(f"没有{code} {field}")


def justified(book: ClosedBook, code: str, field: str, note: str) -> ClosedBook:
    at = Place(FINDINGS.name, row_of(book, code, field), FINDINGS.column("核实说明"))
    return worked_on(SetCell(place=at, value=note), data=book.package.data)


def test_justification_survives_and_moves_with_its_finding() -> None:
    first, _ = done(worked_on())
    code, field = "基础09", "公用经费.本年决算"
    budget, spent = (place(BASE, f"公用经费.{column}") for column in ("本年预算", "本年决算"))
    edits = (SetCell(place=budget, value=Decimal(1)), SetCell(place=spent, value=Decimal(2)))
    over = worked_on(*edits, data=first.package.data)
    second, _ = done(over)
    noted = justified(second, code, field, "年中追加")
    # Another, heavier finding comes in above it.
    third, result = done(worked_on(SetCell(place=place(BASE, "控制率"), value=Decimal(3)), data=noted.package.data))
    assert finding(result.assessment.findings, code, field).justification == "年中追加"
    assert rows(third, FINDINGS.name)[row_of(third, code, field) - FIRST_ENTRY_ROW][9] == "年中追加"


def test_justification_outlives_its_finding() -> None:
    over = worked_on(SetCell(place=place(BASE, "公用经费.本年预算"), value=Decimal(1)),
                     SetCell(place=place(BASE, "公用经费.本年决算"), value=Decimal(2)))  # fmt: skip
    first, _ = done(over)
    noted = justified(first, "基础09", "公用经费.本年决算", "年中追加")
    mended = worked_on(SetCell(place=place(BASE, "公用经费.本年决算"), value=Decimal(1)), data=noted.package.data)
    second, result = done(mended)
    assert "公用经费.本年决算" not in {f.where.field for f in result.assessment.findings if f.code == "基础09"}
    kept = next(row for row in rows(second, FINDINGS.name) if (row[0], row[3]) == ("基础09", "公用经费.本年决算"))
    assert (kept[1], kept[9]) == ("已消除", "年中追加")
    third, _ = done(second)
    assert third.package.data == second.package.data


def test_own_lists_shrink_with_the_findings() -> None:
    bad, _ = done(worked_on(SetCell(place=place(BASE, "控制率"), value=Decimal(3))))
    good, _ = done(
        worked_on(*(SetCell(place=Place(CHANGES.name, 2, col)) for col in range(1, 7)), data=bad.package.data)
    )
    assert len(rows(good, FINDINGS.name)) == len(rows(bad, FINDINGS.name)) - 1


@pytest.mark.parametrize("runs", [1, 2, 3])
def test_running_again_changes_nothing(runs: int) -> None:
    book, _ = done(worked_on(SetCell(place=place(BASE, "控制率"), value=Decimal("0.95"))))
    first = book.package.data
    for _ in range(runs):
        book, _ = done(book)
    assert book.package.data == first


# --- what is the unit's own ---------------------------------------------------------------------------------------


def texts(book: ClosedBook, name: str) -> dict[tuple[int, int], tuple[str, str | None]]:
    return {at: (found.text, found.formula) for at, found in book.cells(name).items() if found.text or found.formula}


@pytest.mark.parametrize("count", [1, 2, 3])
def test_columns_inserted_in_the_base_form_cost_no_figure(count: int) -> None:
    book, _ = done(worked_on())
    data = both(*[insert_column(BASE, 2)] * count)(book.package.data)
    after, _ = done(open_book(data))
    assert texts(after, BASE) == texts(open_book(data), BASE)


def test_a_deleted_system_column_is_not_written_elsewhere() -> None:
    own = {Place(DEPT, row, 11): SetCell(place=Place(DEPT, row, 11), value=f"自备{row}") for row in range(3, 18)}
    gone = both(*[delete_column(DEPT, 11)] * 3)(published())
    before = worked_on(*own.values(), data=gone)
    after, _ = done(before)
    assert sheet(after).system == {}
    assert texts(after, DEPT) == texts(before, DEPT)
    again, _ = done(after)
    assert again.package.data == after.package.data


def test_without_system_points_there_is_no_difference_and_no_link() -> None:
    column = sheet(open_book(published())).system["系统计分"]
    headings = [at for at, (text, _) in texts(open_book(published()), DEPT).items() if text == "系统计分"]
    edits = [SetCell(place=Place(DEPT, *at), value="局里打分") for at in headings]
    row = line_of(open_book(published()), "办文")["得分"].row
    before = worked_on(*edits, SetCell(place=Place(DEPT, row, column), value=Decimal(7)))
    after, _ = done(before)
    assert set(sheet(after).system) == {"差异", "说明"}
    assert cell(after, Place(DEPT, row, column)).value == Decimal(7)
    assert cell(after, line_of(after, "办会")["得分"]).formula is None
    difference = sheet(after).system["差异"]
    assert not [at for at, (_, formula) in texts(after, DEPT).items() if at[1] == difference and formula]


def test_a_remark_never_covers_a_heading() -> None:
    heading = next(table for table in sheet(open_book(published())).tables.values()).heading
    title = next(
        at for at, (text, _) in texts(open_book(published()), DEPT).items() if at[0] == heading and text == "分值"
    )
    book, result = done(worked_on(SetCell(place=Place(DEPT, *title), value="权重")))
    assert "版式07" in {found.code for found in result.assessment.findings}
    assert sheet(book).system == sheet(open_book(published())).system


def test_many_lines_are_added_up_in_groups() -> None:
    more = "".join(f'    - [产出指标, 数量指标, 事项{n}, ≥10次, {n}次, 1, ""]\n' for n in range(1, 261))
    text = UNIT.replace("    - [效益指标", more + "    - [效益指标", 1)
    book, result = done(open_book(lines.workbook(text), "某局.xlsx"))
    total = result.assessment.total
    assert total is not None
    found = cell(book, Place(DEPT, total.row, sheet(book).system["系统计分"]))
    assert found.formula is not None and found.formula.startswith("SUM(SUM(")
    assert max(group.count(",") for group in found.formula.split("SUM(")) < 101
    assert found.value == total.computed


@pytest.mark.parametrize("item", [FINDINGS, SCORES, CHANGES], ids=lambda item: item.name)
def test_a_sheet_of_the_units_own_is_left_alone(item: ListSheet) -> None:
    mine = [
        SetCell(place=Place(item.name, 1, 1), value="我的标题"),
        SetCell(place=Place(item.name, 2, 1), value="我的"),
    ]
    before = worked_on(*mine, SetCell(place=place(BASE, "控制率"), value=Decimal("0.95")))
    book, _ = done(before)
    assert texts(book, item.name) == texts(before, item.name)
    assert rows(book, f"{item.name}(xlauto)")
    again, result = done(book)
    assert again.package.data == book.package.data
    assert finding(result.assessment.findings, "基础01", "控制率").stated == "95.00%"


def test_notes_in_and_beside_the_lists_stay() -> None:
    first, _ = done(worked_on(SetCell(place=place(BASE, "控制率"), value=Decimal("0.95"))))
    notes = {
        Place(FINDINGS.name, 2, 11): "局长批示", Place(FINDINGS.name, 3, 1): "自己的行",
        Place(FINDINGS.name, 40, 10): "没有代码", Place(SCORES.name, 60, 2): "备查",
        Place(CHANGES.name, 3, 6): "财政所已核", Place(CHANGES.name, 2, 9): "同意",
    }  # fmt: skip
    edits = [SetCell(place=at, value=note) for at, note in notes.items()]
    total = SetCell(place=place(BASE, "三公经费.上年决算"), value=Decimal(1))
    book, _ = done(worked_on(*edits, total, data=first.package.data))
    assert {at: cell(book, at).text for at in notes} == notes
    assert cell(book, Place(CHANGES.name, 4, 3)).text == "三公经费.上年决算"
    again, _ = done(book)
    assert again.package.data == book.package.data


# --- figures stated before ----------------------------------------------------------------------------------------


def renamed(data: bytes, old: str, new: str) -> bytes:
    """The tab with another name, and whatever refers to it."""
    return part("xl/workbook.xml", re.escape(old), new, count=0)(data)


def test_a_stated_figure_outlives_another_name_of_its_sheet() -> None:
    first, _ = done(worked_on(SetCell(place=place(BASE, "控制率"), value=Decimal("0.95"))))
    book, result = done(open_book(renamed(first.package.data, BASE, "基础数据")))
    found = finding(result.assessment.findings, "基础01", "控制率")
    assert (found.where.sheet, found.stated) == ("基础数据", "95.00%")
    assert len(rows(book, CHANGES.name)) == 1


def test_records_are_found_by_content_then_by_the_tabs_name() -> None:
    first, second = home_of("甲", "项目", "水库"), home_of("乙", "项目", "河道")
    by_content = Record(2, Home("旧名", "项目（河道）"), "总额", "5", "")
    by_name = Record(3, Home("甲", "项目（改了名）"), "总额", "6", "")
    older = Record(4, Home("乙", ""), "执行率", "7", "")
    known = [by_content, by_name, older]
    assert records_of(first, [first, second], known) == {"总额": by_name}
    assert records_of(second, [first, second], known) == {"总额": by_content, "执行率": older}


def test_a_figure_that_agrees_by_now_is_settled_for_good() -> None:
    total, part_of_it = place(BASE, "三公经费.上年决算"), place(BASE, "公务接待.上年决算")
    first, _ = done(worked_on(SetCell(place=total, value=Decimal(9))))
    agreeing, _ = done(worked_on(SetCell(place=part_of_it, value=Decimal(8)), data=first.package.data))
    assert rows(agreeing, CHANGES.name)[0][5] == AGREED
    later, result = done(worked_on(SetCell(place=part_of_it, value=Decimal(3)), data=agreeing.package.data))
    assert cell(later, total).value == Decimal(4)
    assert "三公经费.上年决算" not in {found.where.field for found in result.assessment.findings}


def test_a_record_that_cannot_be_read_is_told() -> None:
    first, _ = done(worked_on(SetCell(place=place(BASE, "控制率"), value=Decimal("0.95"))))
    column = CHANGES.column("原填")
    _, result = done(worked_on(SetCell(place=Place(CHANGES.name, 2, column), value="约九成"), data=first.package.data))
    found = finding(result.assessment.findings, "版式13", "控制率")
    assert (str(found.level), "约九成" in found.fact) == ("提示", True)


def test_findings_with_the_same_key_keep_their_own_notes() -> None:
    entries = sheet(open_book(published()), BASE).entries["专项资金.本年决算"]
    negative = [SetCell(place=entry.place, value=Decimal(-1 - n)) for n, entry in enumerate(entries)]
    first, _ = done(worked_on(*negative))
    numbers = [n for n, row in enumerate(rows(first, FINDINGS.name), FIRST_ENTRY_ROW) if row[0] == "值25"]
    assert len(numbers) == 2
    column = FINDINGS.column("核实说明")
    notes = [SetCell(place=Place(FINDINGS.name, n, column), value=f"说明{n}") for n in numbers]
    second, result = done(worked_on(*notes, data=first.package.data))
    wanted = [f"说明{n}" for n in numbers]
    assert [found.justification for found in result.assessment.findings if found.code == "值25"] == wanted
    mended = [SetCell(place=entry.place, value=Decimal(1)) for entry in entries]
    third, _ = done(worked_on(*mended, data=second.package.data))
    fourth, _ = done(third)
    assert [row[9] for row in rows(fourth, FINDINGS.name) if row[0] == "值25"] == wanted
