"""LibreOffice opens the workbooks with buttons, has each bound to its macro, and the macro really starts Python."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import oracle
import pytest
from programs import needed

from xlauto.places import PACKAGE
from xlauto.scheme import available, load_scheme
from xlauto.sheets import LISTS
from xlauto.template.macros import buttons

HERE = Path(__file__).parent
SECONDS = 60
NAMES = ("自评.xlsm", "某局 2023 自评;一=二&三'四'.xlsm", "100%PATH%.xlsm")
PRESSED = dict(zip(NAMES, ("RecalculateScores", "CheckWorkbook", "FillFormulas"), strict=True))

RECORDER = """#!{python}
import json, os, subprocess, sys
run = subprocess.run([sys.executable, *sys.argv[1:]], cwd={root!r}, capture_output=True, encoding="utf-8",
                     env=os.environ | {{"PYTHONPATH": {root!r}, "PYTHONUTF8": "1"}})
target = os.path.join({folder!r}, sys.argv[4] + ".json")
with open(target + ".part", "w", encoding="utf-8") as file:
    json.dump({{"arguments": sys.argv[1:], "status": run.returncode, "told": run.stdout, "wrong": run.stderr}}, file)
os.replace(target + ".part", target)
"""
"""Runs the interpreter with what it was given, and writes down what came of it."""


def asked(jobs: Sequence[tuple[Path, str]], **variables: str) -> list[Any]:
    """What LibreOffice answers."""
    needed("soffice", "libreoffice-calc")
    if subprocess.run([oracle.SYSTEM_PYTHON, "-c", "import uno"], capture_output=True).returncode:
        pytest.skip(f"{oracle.SYSTEM_PYTHON} 没有 uno：apt-get install python3-uno")
    run = subprocess.run(
        [oracle.SYSTEM_PYTHON, str(HERE / "uno_macros.py")],
        input=json.dumps([[str(path), macro] for path, macro in jobs]),
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"} | variables,
        timeout=3 * SECONDS,
    )
    assert run.returncode == 0, run.stderr
    answers: list[Any] = json.loads(run.stdout)
    return answers


@pytest.fixture(scope="module")
def seen() -> Mapping[str, Any]:
    """The buttons of each scheme's template, by scheme and sheet."""
    folders = list(available())
    answers = asked([(folder.path / "template.xlsm", "") for folder in folders])
    return {folder.id: answer["buttons"] for folder, answer in zip(folders, answers, strict=True)}


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """What the program that a press starts was given, and what it told, by the workbook's name."""
    folder = tmp_path_factory.mktemp("自 评")
    recorder = folder / "python recorder"
    recorder.write_text(RECORDER.format(python=sys.executable, root=str(PACKAGE.parent), folder=str(folder)))
    recorder.chmod(recorder.stat().st_mode | stat.S_IXUSR)
    template = (load_scheme("hunan-2023").folder / "template.xlsm").read_bytes()
    for name in NAMES:
        (folder / name).write_bytes(template)
    jobs = [(folder / name, f"Buttons.{macro}") for name, macro in PRESSED.items()]
    asked(jobs, XLAUTO_PYTHON=str(recorder), XDG_CACHE_HOME=str(folder / "cache"))
    jobs_of = {button.macro: button.job for button in buttons()}
    return {name: awaited(folder / f"{jobs_of[macro]}.json") for name, macro in PRESSED.items()}


def awaited(path: Path) -> Any:
    """The file's content. LibreOffice's macro cannot wait for the program that it starts."""
    deadline = time.monotonic() + SECONDS
    while not path.exists():
        assert time.monotonic() < deadline, f"{path.name}: the program was not started"
        time.sleep(0.1)
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("scheme_id", [folder.id for folder in available()])
def test_each_button_is_bound_to_its_macro(scheme_id: str, seen: Mapping[str, Any]) -> None:
    where = "vnd.sun.star.script:VBAProject.Buttons.{}?language=Basic&location=document"
    wanted = [{"label": b.label, "prints": False, "scripts": [where.format(b.macro)]} for b in buttons()]
    lists = {item.name for item in LISTS}
    assert len(seen[scheme_id]) > len(lists) + 2
    for sheet, found in seen[scheme_id].items():
        assert found == ([] if sheet in lists else wanted), sheet


@pytest.mark.parametrize("name", NAMES)
def test_a_press_runs_python_with_the_workbooks_name(name: str, started: Mapping[str, Any]) -> None:
    job = next(button.job for button in buttons() if button.macro == PRESSED[name])
    assert started[name]["arguments"] == ["-P", "-m", "xlauto.button", job, f"--wb={name}", "--hwnd=0"]


@pytest.mark.parametrize("name", NAMES)
def test_the_program_tells_the_user_how_it_went(name: str, started: Mapping[str, Any]) -> None:
    """There is no Excel here, and it says so: of the workbook whose button was pressed."""
    assert started[name]["status"] == 0, started[name]["wrong"]
    assert name in started[name]["told"]
    assert "Traceback" not in started[name]["told"] + started[name]["wrong"]
