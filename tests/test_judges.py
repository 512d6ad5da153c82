"""The judges must be able to say no: the oracle, the validator, the pictures, and the rule against skips."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import oracle
import pytest
import render
import validator
import xlsxwriter

from xlauto.model import CellError

HERE = Path(__file__).parent


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """Formulas with wrong cached values, errors, truth values and texts that look like something else."""
    path = tmp_path / "表 一.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("自评 表")
        sheet.write("A1", 1.5)
        sheet.write_formula("A2", "A1*2", None, 99)
        sheet.write_formula("A3", "A1/0", None, 0)
        sheet.write_formula("A4", "A1>1", None, "FALSE")
        sheet.write_formula("A5", 'IF(A1>1,"","x")', None, "x")
        sheet.write_boolean("A6", False)
        sheet.write_formula("A7", "1/1", book.add_format({"num_format": "0.00%"}), 0)
        sheet.write_string("B1", "12")
        sheet.write_string("B2", "#REF!")
        sheet.write_formula("B3", "#REF!+1", None, 7)
        sheet.write_formula("B4", 'B1&"万元"', None, "")
        sheet.write("XFD1048576", 1)
    return path


def test_oracle_recalculates_whatever_is_cached(workbook: Path) -> None:
    cells = oracle.recalculated(workbook)["自评 表"]
    assert cells == {
        (1, 1): 1.5, (2, 1): 3.0, (3, 1): "#DIV/0!", (4, 1): True, (5, 1): "", (6, 1): False, (7, 1): 1.0,
        (1, 2): "12", (2, 2): "#REF!", (3, 2): "#REF!", (4, 2): "12万元", (1048576, 16384): 1.0,
    }  # fmt: skip
    errors = {place for place, value in cells.items() if isinstance(value, CellError)}
    assert errors == {(3, 1), (3, 2)}
    assert {place for place, value in cells.items() if isinstance(value, bool)} == {(4, 1), (6, 1)}


def test_oracle_takes_several_files_and_names_the_bad_one(workbook: Path, tmp_path: Path) -> None:
    first, second = oracle.recalculated_many([workbook, workbook])
    assert first == second
    missing = tmp_path / "没有.xlsx"
    with pytest.raises(RuntimeError, match=r"没有\.xlsx"):
        oracle.recalculated_many([workbook, missing])
    assert oracle.recalculated(workbook) == first


def test_validator_accepts_a_good_file_and_rejects_a_broken_one(workbook: Path, tmp_path: Path) -> None:
    misordered, cut = tmp_path / "misordered.xlsx", tmp_path / "cut.xlsx"
    with zipfile.ZipFile(workbook) as good, zipfile.ZipFile(misordered, "w") as bad:
        for name in good.namelist():
            bad.writestr(name, good.read(name).replace(b"<sheetData>", b"<pageMargins/><sheetData>"))
    cut.write_bytes(workbook.read_bytes()[:2000])
    faults = validator.validate_many([workbook, misordered, cut])
    assert faults[workbook] == []
    assert any(fault.startswith("/xl/worksheets/sheet1.xml") for fault in faults[misordered])
    assert faults[cut]


def test_render_runs_without_pytest(tmp_path: Path) -> None:
    """Where a program is missing, the script ends with what to install."""
    command = [sys.executable, "-c", "import runpy, sys; sys.modules['pytest'] = None; sys.argv = sys.argv[1:]; "
               "runpy.run_path(sys.argv[0], run_name='__main__')"]  # fmt: skip
    script = str(Path(render.__file__))

    def said(*arguments: str, path: str = "") -> subprocess.CompletedProcess[str]:
        env = os.environ | {"PATH": path, "PYTHONPATH": str(Path(script).parent), "PYTHONIOENCODING": "utf-8"}
        return subprocess.run([*command, script, *arguments], env=env, capture_output=True, encoding="utf-8")

    assert said("--help").returncode == 0
    missing = said("a.xlsx", str(tmp_path / "out"))
    assert missing.returncode == 1 and missing.stderr == "没有 soffice：apt-get install libreoffice-calc\n"


def test_render_shows_every_printed_page(tmp_path: Path) -> None:
    path = tmp_path / "两页.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("一").write("A1", "基础数据表")
        book.add_worksheet("二").write("A1", "整体支出自评表")
    pictures = render.pages(path, tmp_path / "out")
    assert [picture.name for picture in pictures] == ["两页-1.png", "两页-2.png"]
    assert all(picture.read_bytes().startswith(b"\x89PNG") for picture in pictures)


@pytest.mark.parametrize(
    "source",
    [
        'import pytest\n\ndef test_it():\n    getattr(pytest, "skip")("because")\n',
        'import pytest\n\ngetattr(pytest, "skip")("because", allow_module_level=True)\n',
    ],
    ids=["test", "module"],
)
@pytest.mark.parametrize(("no_skip", "status"), [("", {0, 5}), ("1", {1, 2})])
def test_skip_fails_where_nothing_may_be_skipped(tmp_path: Path, source: str, no_skip: str, status: set[int]) -> None:
    (tmp_path / "conftest.py").write_bytes((HERE / "conftest.py").read_bytes())
    (tmp_path / "test_skipping.py").write_text(source, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env=os.environ | {"XLAUTO_NO_SKIP": no_skip},
        capture_output=True,
        encoding="utf-8",
    )
    assert run.returncode in status, run.stdout
    assert "because" in run.stdout or not no_skip
