"""The demonstration leaves finished workbooks behind, and running it again gives the same."""

from __future__ import annotations

from pathlib import Path

import pytest
import samples

from xlauto.assess import assess
from xlauto.books.closed import open_book
from xlauto.demo import SUMMARY, run_demo
from xlauto.sheets import FINDINGS, SCORES


def test_demo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "演示"
    assert run_demo(folder) == 0
    printed = capsys.readouterr().out
    made = {path.stem: path for path in (folder / "报送").glob("*.xlsx")}
    assert set(made) == set(samples.UNITS)
    assert all(str(path) in printed for path in (folder / SUMMARY, *made.values()))
    for unit, path in made.items():
        book = open_book(path)
        assert path.read_bytes() == samples.after_recalculation(unit)
        assert book.cells(SCORES.name)[2, 1].text
        top = assess(book).findings[0]
        assert book.cells(FINDINGS.name)[2, 1].text == top.code
    first = {path.name: path.read_bytes() for path in made.values()}
    assert run_demo(folder) == 0
    assert {path.name: path.read_bytes() for path in made.values()} == first
