"""Amounts in 元 and in 万元: what the summary calls them, and that they are never added to each other."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from adopting import strangers
from consolidate.inboxes import cells, put, rows
from samples import BEITA, as_published

from xlauto.adopting import adopt
from xlauto.books.book import SetCell
from xlauto.books.closed import open_book
from xlauto.consolidate import Consolidation, Status, consolidate
from xlauto.figures import blank
from xlauto.making import made
from xlauto.model import Place
from xlauto.scheme import Scheme


def own_scheme(folder: Path, money: str) -> Scheme:
    """A bureau's form with one amount, in that unit."""
    budget = f"预算数（{money}）"
    form: dict[str, object] = {"A1": "项目", "B1": budget, "A2": "水费", "B2": None, "A3": "电费", "B3": None}
    file = folder / f"表样{money}.xlsx"
    file.write_bytes(strangers.typed(("支出情况", form)))
    return adopt(file, f"own-{money}", 2025, folder / "schemes", jurisdiction="某县", rules_id="hunan-2023").scheme


def workbook(scheme: Scheme, code: str, amount: int) -> bytes:
    book = open_book(made(scheme, blank(scheme, f"单位{code}", code, 1)))
    return book.edited([SetCell(place=Place("支出情况", row, 2), value=Decimal(amount)) for row in (2, 3)])


def summed(folder: Path, units: list[tuple[str, str, int]], **others: bytes) -> Consolidation:
    """The summary of units with the code, the unit of money and the amount."""
    schemes = {money: own_scheme(folder, money) for money in dict.fromkeys(money for _, money, _ in units)}
    files = {f"{code}.xlsx": workbook(schemes[money], code, amount) for code, money, amount in units}
    inbox = put(folder / "报送", {**files, **{f"{name}.xlsx": data for name, data in others.items()}})
    return consolidate([inbox], folder / "汇总.xlsx", extra=[folder / "schemes"])


@pytest.mark.parametrize("money", ["元", "万元"])
def test_the_heading_names_the_unit_of_the_scheme(money: str, tmp_path: Path) -> None:
    outcome = summed(tmp_path, [("001", money, 5), ("002", money, 7)])
    assert outcome.accepted == 2
    assert cells(outcome.output, "支出情况汇总")[2, 1].text == f"金额单位：{money}；共2家单位"


def test_other_units_of_money_are_returned_not_added(tmp_path: Path) -> None:
    outcome = summed(tmp_path, [("001", "万元", 5), ("002", "元", 70_000), ("003", "元", 80_000)])
    told = {receipt.label: (receipt.status, receipt.short_reason) for receipt in outcome.receipts}
    assert told["001.xlsx"] == (
        Status.RETURNED, "[文件30] 套表 own-万元 的金额单位是万元，本次汇总以元为单位（2个文件），不能相加",
    )  # fmt: skip
    assert [status for status, _ in told.values()].count(Status.ACCEPTED) == 2
    listed = rows(outcome.output, "支出情况汇总")
    assert [row["单位代码"] for row in listed] == ["002", "003"]
    assert cells(outcome.output, "支出情况汇总")[2, 1].text == "金额单位：元；共2家单位"
    assert outcome.totals["支出情况"]["水费.预算数"] == 150_000
    (finding,) = [finding for finding in outcome.receipts[0].findings if finding.code == "文件30"]
    assert finding.hint == "请把金额单位不同的套表分开汇总"


def test_of_as_many_on_both_sides_the_first_file_decides(tmp_path: Path) -> None:
    outcome = summed(tmp_path, [("001", "元", 70_000), ("002", "万元", 5)])
    assert {receipt.label: receipt.status for receipt in outcome.receipts} == {
        "001.xlsx": Status.ACCEPTED, "002.xlsx": Status.RETURNED,
    }  # fmt: skip


def test_published_and_own_forms_in_one_unit_are_summed_together(tmp_path: Path) -> None:
    outcome = summed(tmp_path, [("001", "元", 1), ("002", "万元", 5)], 北塔=as_published(BEITA))
    assert {receipt.label for receipt in outcome.receipts if receipt.status is Status.RETURNED} == {"001.xlsx"}
    assert cells(outcome.output, "自评资金汇总")[2, 1].text.startswith("金额单位：万元；共2家单位")
    assert "部门整体支出资金合计（万元）" in {cell.text for cell in cells(outcome.output, "概览").values()}
