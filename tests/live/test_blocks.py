"""Rectangles: exactly the cells meant, never another, no two of them over one cell."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlauto.books.blocks import Block, blocks

CELLS = st.frozensets(st.tuples(st.integers(1, 8), st.integers(1, 8)), max_size=40)
LINES = st.frozensets(st.integers(1, 8), max_size=3)


def drawn(picture: str, sign: str) -> set[tuple[int, int]]:
    rows = picture.strip("\n").splitlines()
    return {(row, col) for row, line in enumerate(rows, 1) for col, char in enumerate(line, 1) if char == sign}


@given(CELLS, CELLS, LINES, LINES)
def test_every_wanted_cell_once_and_none_that_is_not_allowed(wanted, allowed, rows, cols):
    covered = Counter(key for block in blocks(wanted, allowed, rows, cols) for key in block.cells())
    assert set(covered) >= wanted
    assert set(covered) <= wanted | allowed
    assert max(covered.values(), default=1) == 1


@given(CELLS)
def test_without_allowed_cells_the_union_is_what_is_wanted(wanted):
    assert {key for block in blocks(wanted) for key in block.cells()} == wanted


@given(CELLS, CELLS, LINES, LINES)
def test_what_is_hidden_lies_in_rectangles_one_row_high_or_one_cell(wanted, allowed, rows, cols):
    for block in blocks(wanted, allowed, rows, cols):
        keys = list(block.cells())
        if any(row in rows for row, _ in keys):
            assert block.top == block.bottom
        if any(col in cols for _, col in keys):
            assert len(keys) == 1


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        ("##\n##", [Block(1, 1, 2, 2)]),
        ("#.#", [Block(1, 1, 1, 3)]),
        ("# #", [Block(1, 1, 1, 1), Block(1, 3, 1, 3)]),
        ("..\n.#", [Block(2, 2, 2, 2)]),
        ("##.\n.##", [Block(1, 1, 2, 3)]),
        ("###\n#  \n#  ", [Block(1, 1, 1, 3), Block(2, 1, 3, 1)]),
        ("#  #\n####", [Block(1, 1, 1, 1), Block(1, 4, 1, 4), Block(2, 1, 2, 4)]),
    ],
)
def test_few_rectangles(picture, expected):
    """`#` is wanted, `.` allowed."""
    assert blocks(drawn(picture, "#"), drawn(picture, ".")) == expected


def test_a_hidden_row_parts_the_rows_around_it():
    assert blocks(drawn("##\n##\n##", "#"), (), {2}) == [Block(1, 1, 1, 2), Block(2, 1, 2, 2), Block(3, 1, 3, 2)]
