"""Relative references of shared formulas, and the areas of names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.formula.translate import Translator

from xlauto.books.references import area_text, moved, parse_area
from xlauto.model import Area

MOVED = [
    ("A1", 1, 1, "B2"),
    ("$A1+A$1+$A$1", 2, 3, "$A3+D$1+$A$1"),
    ("SUM(A1:B$3)*2", 1, 0, "SUM(A2:B$3)*2"),
    ("SUM(A:C)+SUM($A:A)", 4, 1, "SUM(B:D)+SUM($A:B)"),
    ("SUM(1:2)+SUM($1:1)", 1, 4, "SUM(2:3)+SUM($1:2)"),
    ("表1!A1+'A1 表'!B2", 1, 1, "表1!B2+'A1 表'!C3"),
    ('"A1"&A1&"say ""B2"""', 1, 0, '"A1"&A2&"say ""B2"""'),
    ("LOG10(A1)+ATAN2(1,A2)", 1, 0, "LOG10(A2)+ATAN2(1,A3)"),
    ("Table1[A1]+Table1[[#This Row],[B2]]", 1, 1, "Table1[A1]+Table1[[#This Row],[B2]]"),
    ("[1]Sheet1!A1", 1, 0, "[1]Sheet1!A2"),
    ("A1.B+_A1+A1B+Q1_X", 1, 0, "A1.B+_A1+A1B+Q1_X"),
    ("1.5E3+1E-5*A1", 1, 0, "1.5E3+1E-5*A2"),
    ("A1", -1, 0, "#REF!"),
    ("XFD1", 0, 1, "#REF!"),
    ("A1%", 1, 0, "A2%"),
    ("三公经费.本年决算+B2", 1, 0, "三公经费.本年决算+B3"),
]


@pytest.mark.parametrize(("formula", "down", "right", "expected"), MOVED)
def test_moved(formula: str, down: int, right: int, expected: str) -> None:
    assert moved(formula, down, right) == expected


REFERENCES = st.from_regex(r"\$?[A-Z]{1,2}\$?[1-9][0-9]{0,3}", fullmatch=True)
TERMS = st.one_of(
    REFERENCES, st.builds("SUM({}:{})".format, REFERENCES, REFERENCES), st.sampled_from(['"A1"', "2.5", "表!C4"])
)


@given(st.lists(TERMS, min_size=1, max_size=5).map("+".join), st.integers(0, 50), st.integers(0, 50))
def test_moves_as_openpyxl_does(formula: str, down: int, right: int) -> None:
    target = f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[right % 26]}{down + 1}"
    expected = Translator(f"={formula}", origin="A1").translate_formula(target)[1:]
    assert moved(formula, down, right % 26) == expected


@given(
    st.text("ab 表'!&", min_size=1, max_size=5),
    st.integers(1, 99),
    st.integers(1, 99),
    st.integers(0, 9),
    st.integers(0, 9),
)
def test_areas_read_back(sheet: str, top: int, left: int, height: int, width: int) -> None:
    area = Area(sheet, top, left, top + height, left + width)
    assert parse_area(area_text(area)) == area
