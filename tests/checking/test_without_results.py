"""Formulas whose results no program kept, and texts typed over them: the findings are those of any other workbook."""

from __future__ import annotations

from decimal import Decimal

import pytest
from faults.workbook import BASE, Mutation, both, clean, excel_saves, openpyxl_does, put, typed

from xlauto.assess import assess
from xlauto.books.closed import ClosedBook, open_book
from xlauto.checking import astext
from xlauto.compute import View
from xlauto.model import Finding
from xlauto.recalc import Recalculation, recalculate

FAULTS = {
    "表间不符": put({f"{BASE}!D14": 140}),
    "合计连着错": typed(F7=7, F6=100),
    "决算超预算": put({f"{BASE}!F14": 900}),
    "文本数字": typed(F9="3.5", F13="4"),
    "没有错": typed(),
}
saved_without_results = openpyxl_does(lambda book: None)


def findings(data: bytes) -> list[Finding]:
    return [found for found in assess(open_book(data)).findings if found.code != "公式04"]


def recalculated(book: ClosedBook) -> tuple[ClosedBook, Recalculation]:
    result = recalculate(book)
    return open_book(book.edited(result.edits)), result


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_findings_do_not_depend_on_kept_results(fault: Mutation) -> None:
    saved = excel_saves(fault(clean()))
    assert findings(saved_without_results(saved)) == findings(saved)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_second_recalculation_finds_what_the_first_did(fault: Mutation) -> None:
    book, first = recalculated(open_book(both(fault, saved_without_results)(clean())))
    again, second = recalculated(book)
    assert second.assessment.findings == first.assessment.findings
    assert again.package.data == book.package.data


@pytest.mark.parametrize("text", ["——", "无"])
def test_a_text_over_a_total_is_told_and_its_formula_comes_back(text: str) -> None:
    data = typed(F6=text)(clean())
    book, result = recalculated(open_book(data))
    assert book.cells(BASE)[6, 6].formula == "SUM(公务用车.本年决算,因公出国.本年决算,公务接待.本年决算)"
    assert [(item.old, item.new) for item in result.restored] == [(text, Decimal(8))]
    for found in (*findings(data), *result.assessment.findings, *findings(book.package.data)):
        assert (found.code, found.where.cell, found.stated, found.expected) == ("基础06", "F6", text, "8.00")


def test_a_dash_over_a_total_of_nothing_stays() -> None:
    data = typed(F6="——", F8=None, F9=None, F7="——", F10=None, F11=None)(clean())
    book, result = recalculated(open_book(data))
    assert (book.cells(BASE)[6, 6].text, book.cells(BASE)[7, 6].text, list(result.restored)) == ("——", "——", [])


def test_both_sums_are_worked_out_once_a_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    class Counted(View):
        def __init__(self, *args: object, **more: object) -> None:
            made.append(self)
            super().__init__(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(astext, "View", Counted)
    told = [found for found in findings(FAULTS["文本数字"](clean())) if found.code == "值14"]
    assert [found.fact.split("：")[-1] for found in told if "Excel算出的是" in found.fact]
    assert (len(told), len(made)) == (2, 2)
