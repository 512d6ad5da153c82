"""Whatever is typed into whichever cells, and whatever is cut out of the sheets: findings, never a defect."""

from __future__ import annotations

from faults.workbook import (
    BASE,
    DEPT,
    FIRST,
    Mutation,
    clean,
    delete_column,
    delete_row,
    insert_column,
    insert_rows,
    put,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xlauto.assess import assess
from xlauto.books.closed import open_book
from xlauto.model import CannotGoOn
from xlauto.recalc import recalculate

SHEETS = st.sampled_from(["封面", BASE, DEPT, FIRST])
ADDRESSES = st.builds("{}!{}{}".format, SHEETS, st.sampled_from("ABCDEFGHI"), st.integers(1, 30))
ODD = [
    "",
    "无",
    "——",
    "１２",
    "(3)",
    "1e5",
    "≥95%",
    "3-5个",
    "合计",
    "2024年",
    "=1+1",
    "\n",
    0,
    -1,
    1e300,
    0.1 + 0.2,
    True,
    None,
]
VALUES = st.one_of(st.sampled_from(ODD), st.text(max_size=8), st.integers(-(10**12), 10**12))
CHANGES = st.one_of(
    st.builds(put, st.dictionaries(ADDRESSES, VALUES, min_size=1, max_size=4)),
    st.builds(delete_row, SHEETS, st.integers(1, 28)),
    st.builds(insert_rows, SHEETS, st.integers(1, 28), st.integers(1, 3)),
    st.builds(delete_column, SHEETS, st.integers(1, 10)),
    st.builds(insert_column, SHEETS, st.integers(1, 10)),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(changes=st.lists(CHANGES, min_size=1, max_size=3))
def test_no_defect(changes: list[Mutation]) -> None:
    data = clean()
    for change in changes:
        try:
            data = change(data)
        except CannotGoOn:
            continue  # a cell inside a merge cannot be typed into
    book = open_book(data, "局.xlsx")
    assert all(finding.message().startswith("局.xlsx") for finding in assess(book).findings)
    result = recalculate(book)
    try:
        book.edited(result.edits)
    except CannotGoOn as refusal:
        assert refusal.code and "局.xlsx" in str(refusal)
