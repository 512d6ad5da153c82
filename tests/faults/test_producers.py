"""Workbooks that went through other programs: still read by their names, checked and recalculated."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import oracle
import pytest
from faults.runner import check, command, digest
from faults.workbook import BASE, DEPT, FIRST, Mutation, both, clean, openpyxl_does, put, typed
from programs import needed

from xlauto.assess import assess
from xlauto.books.closed import open_book
from xlauto.model import Kind


@cache
def libreoffice_saves(data: bytes) -> bytes:
    """What LibreOffice makes of a workbook that is opened and saved as .xlsx."""
    program = needed("soffice", "libreoffice-calc")
    with TemporaryDirectory() as folder:
        source, target = Path(folder) / "原.xlsx", Path(folder) / "存"
        source.write_bytes(data)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        arguments = [program, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(target), str(source)]
        subprocess.run(arguments, check=True, capture_output=True, timeout=120, env=os.environ | {"LC_ALL": "C.UTF-8"})
        return (target / source.name).read_bytes()


def filled_by_name(book: Any) -> None:
    """What a script writes into named cells: numbers, a text, a formula."""
    wanted = {"编制数": 30, "公车运维.上年决算": 5, "厉行节约保障措施": "压减会议。", "公务接待.上年决算": "=2*3"}
    for name, value in wanted.items():
        sheet, _, ref = book.defined_names[name].attr_text.rpartition("!")
        book[sheet.strip("'")][ref.replace("$", "")] = value


def figures(data: bytes) -> dict[tuple[str, str], list[str]]:
    """Every figure and text that is read, by sheet and name; computed cells without a result count as computed."""
    submission = assess(open_book(data)).submission
    assert submission is not None
    found = {}
    for sheet in submission.every():
        for name, entries in sheet.entries.items():
            found[sheet.sheet, name] = ["公式" if e.live else str(e.parsed.number or e.parsed.text) for e in entries]
        for table, line in sheet.lines():
            for key, item in line.items.items():
                found[sheet.sheet, f"{table.table.name}.{line.row}.{key}"] = [
                    str(item.parsed.number or item.parsed.text)
                ]
    return found


PRODUCERS: dict[str, tuple[Mutation, list[str]]] = {
    "openpyxl": (openpyxl_does(lambda book: None), ["公式04"]),
    "LibreOffice": (libreoffice_saves, []),
    "LibreOffice twice": (both(libreoffice_saves, libreoffice_saves), []),
    "openpyxl then LibreOffice": (both(openpyxl_does(lambda book: None), libreoffice_saves), []),
}


@pytest.mark.parametrize("producer", PRODUCERS)
def test_everything_is_read_again(producer: str, tmp_path: Path) -> None:
    mutate, codes = PRODUCERS[producer]
    path = tmp_path / "另存.xlsx"
    path.write_bytes(mutate(clean()))
    assert [f["code"] for f in check(path).document["findings"] if f["level"] != "提示"] == codes
    assert figures(path.read_bytes()) == figures(clean())
    before = digest(path)
    status, text = command("recalc", str(path))
    assert status == 0, text
    assert digest(path) != before
    once = path.read_bytes()
    assert command("recalc", str(path))[0] == 0
    assert path.read_bytes() == once


@pytest.mark.parametrize("producer", ["openpyxl", "LibreOffice"])
def test_results_agree_with_libreoffice_after_recalc(producer: str, tmp_path: Path) -> None:
    path = tmp_path / "另存.xlsx"
    path.write_bytes(PRODUCERS[producer][0](clean()))
    command("recalc", str(path))
    book, judged = open_book(path), oracle.recalculated(path)
    for sheet in (BASE, DEPT, FIRST):
        for key, cell in book.cells(sheet).items():
            if cell.formula is not None and cell.kind is Kind.NUMBER:
                assert float(cell.text) == pytest.approx(judged[sheet][key]), (sheet, key)


def test_a_script_fills_in_named_cells(tmp_path: Path) -> None:
    path = tmp_path / "填.xlsx"
    path.write_bytes(openpyxl_does(filled_by_name)(clean()))
    found = {(f["level"], f["code"], f["cell"]) for f in check(path).document["findings"]}
    assert found == {("警告", "公式04", ""), ("错误", "公式04", "B11")}
    read = figures(path.read_bytes())
    assert read[BASE, "编制数"] == ["30"] and read[BASE, "厉行节约保障措施"] == ["压减会议。"]


def test_findings_do_not_depend_on_the_producer(tmp_path: Path) -> None:
    spoilt = both(typed(B6=12, B4="二十"), put({f"{DEPT}!F14": "≥95%"}))
    found = []
    for number, save in enumerate((lambda data: data, libreoffice_saves)):
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(save(spoilt(clean())))
        findings = check(path).document["findings"]
        found.append([(f["level"], f["code"], f["sheet"], f["cell"], f["stated"], f["expected"]) for f in findings])
    assert found[0] == found[1] and len(found[0]) == 3
