"""The demonstration leaves finished workbooks behind, and running it again gives the same."""

from __future__ import annotations

from pathlib import Path

import pytest
import samples

from xlauto.assess import assess
from xlauto.books.closed import open_book
from xlauto.demo import SUMMARY, run_demo
from xlauto.model import CannotGoOn
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
    (folder / "报送" / "我的笔记.txt").write_text("自己的", encoding="utf-8")
    first = {path.name: path.read_bytes() for path in made.values()}
    assert run_demo(folder) == 0
    assert {path.name: path.read_bytes() for path in made.values()} == first


@pytest.mark.parametrize("name", ["汇总.xlsx", "报送/邵阳市北塔区机关事务服务中心.xlsx", "演示说明.txt"])
def test_a_folder_with_other_files_is_left_alone(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"mine")
    with pytest.raises(CannotGoOn) as error:
        run_demo(tmp_path)
    assert error.value.code == "程序22"
    assert [found for found in tmp_path.rglob("*") if found.is_file()] == [path]
    assert path.read_bytes() == b"mine"
