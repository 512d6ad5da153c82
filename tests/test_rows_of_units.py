"""Parts of forms that a unit shapes itself: institutions under their total, a ledger with its sum, ticked boxes, tables
without points; drawn, read back, added to, and put right by a recalculation."""

from __future__ import annotations

import io
from decimal import Decimal
from functools import cache
from typing import Any

import lines
import openpyxl
import pytest

from xlauto.books.book import Edit, SetCell
from xlauto.books.closed import ClosedBook, open_book
from xlauto.figures import blank
from xlauto.model import Place
from xlauto.reading import read, scheme_of
from xlauto.recalc import recalculate
from xlauto.scheme import load_scheme
from xlauto.scheme.forms import SchemeError, make_form
from xlauto.scheme.layout import lay_out
from xlauto.scheme.schema import BlockDef, ColumnDef, FormDef, MatrixDef, RowDef
from xlauto.submission import SheetRead
from xlauto.template import workbook_bytes

DEPT, REPORT = "部门自评报告表", "项目报告01 甲"
INSTITUTIONS = """
部门自评报告表:
  人员编制: 10
  实有人数: 9
  三公机构: [[局机关, 3, 2, 1, "", ""], [甲所, 2, 1, 1, "", ""]]
项目评价报告:
  - 项目名称: 甲
    实际支出: {县: 9}
    支出明细: [[培训费, 4, 记1, ""], [资料费, 5, 记2, 含印刷]]
"""


@cache
def filled() -> bytes:
    return lines.workbook(INSTITUTIONS, "junshan-2021")


@cache
def empty() -> Any:
    scheme = load_scheme("junshan-2021")
    return openpyxl.load_workbook(io.BytesIO(workbook_bytes(scheme, blank(scheme, "某局", "007", ["甲"]))))


def worked_on(*edits: Edit, data: bytes = b"") -> ClosedBook:
    return open_book(open_book(data or filled()).edited(edits), "某局.xlsx")


def sheet(book: ClosedBook, name: str) -> SheetRead:
    return next(found for found in read(book, scheme_of(book)).every() if found.sheet == name)


def place(field: str, name: str = DEPT, row: int = 0) -> Place:
    return sheet(open_book(filled()), name).entries[field][row].place


def stated(found: SheetRead, field: str) -> list[str]:
    return [entry.stated.text or entry.stated.raw for entry in found.entries[field]]


def recalculated(book: ClosedBook) -> ClosedBook:
    return open_book(book.edited(recalculate(book).edits), "某局.xlsx")


# --- as drawn -----------------------------------------------------------------------------------------------


def test_a_blank_form_offers_rows_under_their_printed_names() -> None:
    names = [empty()[DEPT].cell(row, 1).value for row in range(13, 16)]
    assert names == ["1、局机关", "2、二级机构1", "3、二级机构2"]
    assert all(not empty()[DEPT].cell(row, 1).protection.locked for row in range(13, 16))
    found = sheet(open_book(workbook_of_blank()), DEPT)
    assert stated(found, "收入机构.名称") == names


def workbook_of_blank() -> bytes:
    stream = io.BytesIO()
    empty().save(stream)
    return stream.getvalue()


def test_headings_above_headings_are_merged_over_their_columns() -> None:
    merged = {str(area) for area in empty()[DEPT].merged_cells.ranges}
    top = empty().defined_names["支出.支出合计"].attr_text.rpartition("$")[2]
    first, second, third = (int(top) - step for step in (3, 2, 1))
    assert {f"A{first}:A{third}", f"B{first}:B{third}", f"C{first}:F{first}", f"C{second}:C{third}"} <= merged
    assert {f"D{second}:E{second}", f"G{first}:H{first}", f"G{second}:G{third}"} <= merged
    texts = [empty()[DEPT][ref].value for ref in (f"C{first}", f"D{second}", f"D{third}", f"G{first}", f"H{second}")]
    assert texts == ["其中：", "其中：", "人员支出", "结余", "累计结余"]


def test_two_columns_under_one_heading() -> None:
    cells = {cell.value: cell.coordinate for row in empty()[DEPT].iter_rows() for cell in row if cell.value}
    heading = int(cells["评价内容"][1:])
    assert cells["评价内容"] == f"B{heading}"
    assert f"B{heading}:D{heading}" in {str(area) for area in empty()[DEPT].merged_cells.ranges}
    labels = [str(text).partition("\n")[0] for text in cells]
    assert "产出目标" in labels, "no points behind the name of a group that has none"
    text = DEPT + ": {指标: [[产出目标, 数量指标, 接待3000人次, 完成]]}\n"
    (line,) = sheet(open_book(lines.workbook(text, "junshan-2021")), DEPT).tables["指标"].lines
    assert line.group.startswith("产出目标")
    assert (line.kind, line.text("实际完成值")) == ("数量指标", "完成")


def test_a_box_to_tick_holds_its_empty_square() -> None:
    found = sheet(open_book(workbook_of_blank()), REPORT)
    assert [stated(found, name) for name in ("实施过程评价", "完成结果评价")] == [["□"], ["□"]]
    rules = empty()[REPORT].data_validations.dataValidation
    assert any(rule.formula1 == '"□,√"' for rule in rules)


def test_a_printed_dash_in_place_of_a_figure() -> None:
    scheme = load_scheme("changsha-county-2022")
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(scheme)))
    row = next(row for row in book["基础数据表"].iter_rows() if row[0].value == "部门整体支出预算调整")
    assert [row[col].value for col in (1, 3, 5)] == ["——", None, "——"]
    fields = {name for name in scheme.forms["基础数据表"].fields if name.startswith("整体支出调整.")}
    assert fields == {"整体支出调整.本年预算"}


def test_names_are_for_rows_that_repeat() -> None:
    matrix = MatrixDef(
        label_at="A", columns={"数": ColumnDef(at="B", heading="数")}, rows={"甲": RowDef(label="甲", names=["一"])}
    )
    with pytest.raises(SchemeError, match="“甲”：names 只用于 repeats 的行"):
        make_form("甲", FormDef(form="甲", title="甲", widths={"A": 9, "B": 9}, blocks={"一": BlockDef(matrix=matrix)}))


def test_as_many_rows_as_figures_and_no_fewer_than_offered() -> None:
    form = load_scheme("changsha-county-2022").forms["评分汇总表"]
    offered = lay_out(form).last_row
    more = "评分汇总表:\n  公共项目:\n" + "".join(f"    - [项目{n}, 90, '']\n" for n in range(30))
    found = sheet(open_book(lines.workbook(more, "changsha-county-2022")), "评分汇总表")
    assert len(found.entries["公共项目.名称"]) == 30 > offered - 3


# --- totals -------------------------------------------------------------------------------------------------


def test_a_total_is_the_sum_of_the_institutions() -> None:
    found = sheet(open_book(filled()), DEPT).entry("三公经费.公务接待费")
    assert found is not None
    assert (found.live, found.parsed.number) == (True, Decimal(3))
    assert "三公机构.公务接待费" in found.field.cell_formula


def test_a_total_without_institutions_is_typed_and_stays() -> None:
    typed = SetCell(place=place("收入.公共财政拨款"), value=Decimal("1588.84"))
    once = recalculated(worked_on(typed))
    entry = sheet(once, DEPT).entry("收入.公共财政拨款")
    assert entry is not None
    assert (entry.live, entry.stated.number) == (False, Decimal("1588.84"))
    assert once.edited(recalculate(once).edits) == once.edited([])


def test_a_total_typed_over_institutions_is_put_right_and_remembered() -> None:
    typed = SetCell(place=place("三公经费.公务接待费"), value=Decimal(4))
    book = recalculated(worked_on(typed))
    entry = sheet(book, DEPT).entry("三公经费.公务接待费")
    assert entry is not None
    assert (entry.live, entry.parsed.number, entry.stated.number) == (True, Decimal(3), Decimal(4))


def test_a_total_that_may_be_typed_is_open_and_any_other_is_locked() -> None:
    row = int(empty().defined_names["收入.上年结转"].attr_text.rpartition("$")[2])
    assert not empty()[DEPT].cell(row, 3).protection.locked
    sums = empty()[REPORT].defined_names["支出合计.实际支出数"].attr_text.rpartition("$")[2]
    assert empty()[REPORT].cell(int(sums), 4).protection.locked


def test_the_sum_of_a_ledger() -> None:
    found = sheet(open_book(filled()), REPORT)
    total = found.entry("支出合计.实际支出数")
    assert total is not None
    assert (stated(found, "支出明细.名称")[:3], total.parsed.number) == (["培训费", "资料费", ""], Decimal(9))
    assert stated(found, "支出明细.会计凭证号")[:2] == ["记1", "记2"]


# --- rows that the unit adds --------------------------------------------------------------------------------


def test_an_institution_renamed() -> None:
    book = worked_on(SetCell(place=place("三公机构.名称", row=2), value="乙所"))
    assert stated(sheet(book, DEPT), "三公机构.名称") == ["局机关", "甲所", "乙所"]
    assert not [f for f in read(book, scheme_of(book)).findings if f.code in ("版式01", "版式05", "版式07", "版式09")]


@pytest.mark.parametrize("name", ["收入机构", "支出机构", "三公机构", "资产机构", "评价人员"])
def test_what_the_form_goes_on_with_is_no_row_of_the_unit(name: str) -> None:
    found = sheet(open_book(filled()), DEPT)
    offered = len(load_scheme("junshan-2021").forms[DEPT].fields[f"{name}.名称"].defaults)
    assert {len(entries) for field, entries in found.entries.items() if field.startswith(f"{name}.")} == {offered}


def test_a_signature_behind_a_printed_line_is_no_row_of_the_unit() -> None:
    last = sheet(open_book(filled()), DEPT).entries["评价人员.名称"][-1].place
    book = worked_on(SetCell(place=last._replace(row=last.row + 1), value="评价组组长（签字）：某人"))
    assert len(sheet(book, DEPT).entries["评价人员.名称"]) == 4


def test_a_sum_among_the_rows_is_left_out() -> None:
    edits = [
        SetCell(place=place("支出明细.名称", REPORT, 2), value="小计"),
        SetCell(place=place("支出明细.实际支出数", REPORT, 2), value=Decimal(9)),
    ]
    book = worked_on(*edits)
    assert "小计" not in stated(sheet(book, REPORT), "支出明细.名称")
    assert "版式10" in {finding.code for finding in read(book, scheme_of(book)).findings}
