"""Promises about the code itself: what imports what, what start-up loads, how long a file may be."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import xlauto

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "xlauto"
MAX_LINES = 500
GENERATED = {"__pycache__", "build", "demo-out", "dist", "node_modules", "wheelhouse"}

# Loading one of these costs more than reading a workbook does.
HEAVY = {"formualizer", "lxml", "numpy", "openpyxl", "pandas", "pyarrow", "xlsxwriter", "xlwings", "yaml", "pyopenvba"}
# What `xlauto check` and the button load before they know what there is to do.
START_UP = {"cli", "button", "recalc", "reading", "filling", "checking", "scoring", "scheme", "formula", "values"}
START_UP |= {"roles", "graphs", "scores", "indicators", "cli_options", "cli_scheme"}
START_UP |= {"books", "catalogue", "yamlfile", "yamlfaults", "places", "model", "assess", "report", "compute"}
START_UP |= {"lock", "messages", "notice", "cli_excel", "desk", "drop"}

# The floors of the house, from the ground up. What stands on one floor imports only from floors below it.
FLOORS: tuple[frozenset[str], ...] = tuple(
    frozenset(floor.split())
    for floor in (
        "yamlfaults",
        "model places yamlfile cache roles graphs cli_options",
        "catalogue",
        "terminal values formula books lock notice",
        "scheme explaining chinese sheets",
        "submission figures look attainment defects desk",
        "compute template reading scores",
        "indicators itemwords given",
        "itemscores",
        "scoring",
        "checking filling making",
        "assess changes",
        "results",
        "recalc consolidate adopting",
        "report messages documents",
        "demo button cli_scheme cli_excel",
        "cli",
        "__main__ drop",
    )
)
FLOOR = {module: number for number, floor in enumerate(FLOORS) for module in floor}
# They know a workbook only by its protocol, so that a closed file and live Excel go the same way.
ONLY_THE_PROTOCOL = {"reading", "compute", "scoring", "checking", "filling", "assess", "results", "recalc", "template"}

FILES = sorted(PACKAGE.rglob("*.py"))


def module_name(file: Path) -> str:
    """`books.book`; the package itself is the empty name."""
    parts = file.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(file): file for file in FILES}
each_module = pytest.mark.parametrize("name", MODULES, ids=lambda name: name or "xlauto")


def tree_of(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


def imported(name: str) -> Iterator[str]:
    """Full dotted names of all that a module imports, at its top or inside its functions."""
    package = MODULES[name].relative_to(ROOT).parent.parts
    for node in ast.walk(tree_of(name)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join((*above, node.module) if node.module else above)
            yield from (f"{base}.{alias.name}" for alias in node.names)


def own_imports(name: str) -> Iterator[str]:
    """The modules of xlauto among them, without `xlauto.`; the package itself is the empty name."""
    for full in imported(name):
        parts = full.split(".")
        if parts[0] == "xlauto":
            possible = [".".join(parts[1:end]) for end in range(len(parts), 1, -1)]
            yield next((module for module in possible if module in MODULES), "" if len(parts) < 3 else possible[-1])


@each_module
def test_module_says_what_it_is_and_is_short(name: str) -> None:
    assert (ast.get_docstring(tree_of(name)) or "").strip(), "no module docstring"
    lines = len(MODULES[name].read_text(encoding="utf-8").splitlines())
    assert lines <= MAX_LINES, f"{lines} lines"


@each_module
def test_imports_point_downwards(name: str) -> None:
    top = name.split(".")[0]
    if not top:
        return
    assert top in FLOOR, f"{top} has no floor in FLOORS"
    others = {target for target in own_imports(name) if target and target.split(".")[0] != top}
    wrong = {target for target in others if FLOOR[target.split(".")[0]] >= FLOOR[top]}
    if top in ONLY_THE_PROTOCOL:
        wrong |= {target for target in others if target.startswith("books") and target != "books.book"}
    assert not wrong


@each_module
def test_books_knows_no_form(name: str) -> None:
    if name.split(".")[0] == "books":
        assert {target for target in own_imports(name) if not target.startswith("books")} <= {"model", "catalogue"}


@each_module
def test_xlwings_pro_is_never_imported(name: str) -> None:
    """It is not open source."""
    tree = tree_of(name)
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    attributes = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    reached = re.compile(r"(xlwings|xw)\.pro(\.|$)")
    assert not [found for found in (*imported(name), *texts, *attributes) if reached.match(found)]


def test_xlwings_is_imported_in_one_file_at_most() -> None:
    users = [name for name in MODULES if any(full.split(".")[0] == "xlwings" for full in imported(name))]
    assert len(users) <= 1


def test_start_up_loads_nothing_heavy() -> None:
    wanted = ["xlauto", *(f"xlauto.{name}" for name in MODULES if name.split(".")[0] in START_UP)]
    code = (
        "import importlib, json, sys\n"
        "loaded = {}\n"
        f"for name in {wanted!r}:\n"
        "    before = set(sys.modules)\n"
        "    importlib.import_module(name)\n"
        f"    loaded[name] = sorted((set(sys.modules) - before) & {HEAVY!r})\n"
        "print(json.dumps(loaded))\n"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    assert {name: heavy for name, heavy in json.loads(run.stdout).items() if heavy} == {}


def test_version_has_one_source() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in settings["project"]
    assert settings["tool"]["hatch"]["version"]["path"] == "xlauto/__init__.py"
    assert re.fullmatch(r"\d+\.\d+\.\d+", xlauto.__version__)


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    """What a user does not have: folders beside the checkout, the checkout's own place, home and scratch folders."""
    beside = r"\.\./shar" + "ed"
    absolute = r"(?<![\w.:/~*}>-])/(?:home|Users|root|work|tmp)/\w"
    somewhere = re.compile("|".join((beside, absolute, re.escape(f"{ROOT}/"))))
    found = [
        f"{file.relative_to(ROOT)}:{number}: {match.group()}"
        for file in repository_files(ROOT)
        for number, line in enumerate(file.read_bytes().decode("utf-8", "ignore").splitlines(), 1)
        for match in somewhere.finditer(line)
    ]
    assert not found


def repository_files(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if not entry.is_dir():
            yield entry
        elif entry.name == ".ci" or not (entry.name.startswith(".") or entry.name in GENERATED):
            yield from repository_files(entry)
