"""Cached values: after a commit every formula carries the value that belongs to it, as far as it can be known."""

from __future__ import annotations

import builtins
from decimal import Decimal

import pytest
from books.rawbook import HEADER, book, parts, sheet, zipped
from books.test_patching import SHEET, cell, patched

from xlauto.books.closed import open_book
from xlauto.model import Kind

Row = tuple[str, str, str]


def rows(*cells: Row) -> str:
    """Cells as (ref, formula or empty, value) in one row each."""
    made = ""
    for number, (col, formula, value) in enumerate(cells, 1):
        kind = ' t="str"' if value and not value.lstrip("-").replace(".", "").isdigit() else ""
        f = f"<f>{formula}</f>" if formula else ""
        v = f"<v>{value}</v>" if value else ""
        made += f'<row r="{number}"><c r="{col}{number}" s="1"{kind}>{f}{v}</c></row>'
    return made


CASES: list[tuple[str, list[Row], list[str]]] = [
    ("依赖", [("A", "", "1"), ("A", "A1*2", "2"), ("A", "A2+1", "3")], ["10", "20", "21"]),
    ("变为文字", [("A", "", "1"), ("A", 'IF(A1&gt;5,"超","")', "")], ["10", "超"]),
    ("变为错误", [("A", "", "1"), ("A", "1/(A1-10)", "-0.1"), ("A", "IFERROR(A2,7)", "-0.1")], ["10", "#DIV/0!", "7"]),
    ("从未计算", [("A", "", "1"), ("A", "A1+1", "")], ["10", "11"]),
    ("不认识的函数", [("A", "", "1"), ("A", "WPS(A1)", "5"), ("A", "A2+A1", "6")], ["10", "5", "15"]),
    (
        "不认识且无值",
        [("A", "", "1"), ("A", "WPS(A1)", ""), ("A", "A2+A1", "6"), ("A", "A1", "1")],
        ["10", "", "6", "10"],
    ),
    ("外部链接", [("A", "", "1"), ("A", "[1]Sheet1!A1", "5"), ("A", "A2+A1", "6")], ["10", "5", "15"]),
    ("随时变化", [("A", "", "1"), ("A", "TODAY()", "45000"), ("A", "A2+A1", "45001")], ["10", "45000", "45010"]),
    ("循环", [("A", "", "1"), ("A", "A3+A1", "4"), ("A", "A2", "4")], ["10", "4", "4"]),
]


@pytest.mark.parametrize(("before", "after"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_dependent_values_follow(before: list[Row], after: list[str]) -> None:
    done = patched(book(rows(*before)), cell("A1", Decimal(10)))
    assert [done.cells("表")[row, 1].text for row in range(1, len(after) + 1)] == after
    assert [found.formula for found in done.cells("表").values()][1:] == [
        found.formula for found in open_book(book(rows(*before))).cells("表").values()
    ][1:]


def test_the_callers_value_wins_and_spreads() -> None:
    done = patched(
        book(rows(("A", "", "1"), ("A", "A1*2", "2"), ("A", "A2+1", "3"))), cell("A2", Decimal("7.5"), "A1*2")
    )
    assert [done.cells("表")[row, 1].text for row in (1, 2, 3)] == ["1", "7.5", "8.5"]


def test_a_formula_without_a_stated_value_is_computed() -> None:
    found = patched(book(rows(("A", "", "4"))), cell("B1", None, "SQRT(A1)")).cells("表")[1, 2]
    assert (found.kind, found.text, found.formula) == (Kind.NUMBER, "2", "SQRT(A1)")


def test_only_values_change_in_shared_and_plain_formulas() -> None:
    xml = '<row r="1"><c r="A1"><v>1</v></c><c r="B1" s="1">'
    xml += '<f ca="1" t="shared" ref="B1:B2" si="0">A1+1</f><v>2</v></c></row>'
    xml += '<row r="2"><c r="A2"><v>5</v></c><c r="B2"><f t="shared" si="0"/><v>6</v></c></row>'
    done = patched(book(xml), cell("A1", Decimal(3))).package.part(SHEET).decode()
    assert done == sheet(xml.replace("<v>1</v>", "<v>3</v>").replace("<v>2</v>", "<v>4</v>"))
    assert done.startswith(HEADER)


def test_without_formualizer_stored_values_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    original = builtins.__import__

    def missing(name: str, *rest: object) -> object:
        if name == "formualizer":
            raise ImportError(name)
        return original(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", missing)
    done = patched(book(rows(("A", "", "1"), ("A", "A1*2", "2"))), cell("A1", Decimal(10)))
    assert [done.cells("表")[row, 1].text for row in (1, 2)] == ["10", "2"]


def test_array_formulas_and_the_cells_that_show_their_results() -> None:
    xml = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f t="array" ref="B1:B2">A1:A2*2</f><v>2</v></c></row>'
    xml += '<row r="2"><c r="A2"><v>5</v></c><c r="B2"><v>10</v></c><c r="C2"><f>B2+1</f><v>11</v></c></row>'
    done = patched(book(xml), cell("A1", Decimal(3)), cell("A2", Decimal(6))).package.part(SHEET).decode()
    expected = xml.replace(">1<", ">3<").replace("f><v>2<", "f><v>6<").replace(">5<", ">6<").replace(">10<", ">12<")
    assert done == sheet(expected.replace(">11<", ">13<"))


def test_a_macro_workbook_is_recalculated_as_any_other() -> None:
    members = parts({"表": sheet(rows(("A", "", "1"), ("A", "A1*2", "2")))})
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    macros = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    members["[Content_Types].xml"] = members["[Content_Types].xml"].replace(plain, macros)
    done = patched(zipped(members), cell("A1", Decimal(10)))
    assert done.cells("表")[2, 1].text == "20" and macros in done.package.part("[Content_Types].xml")
