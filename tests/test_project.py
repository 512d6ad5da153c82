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
GENERATED = {"__pycache__", "build", "demo-out", "dist", "node_modules"}

# Loading one of these costs more than reading a workbook does.
HEAVY = {"formualizer", "lxml", "numpy", "openpyxl", "pandas", "pyarrow", "xlsxwriter", "xlwings", "yaml"}
# What `xlauto check` and the button load before they know what there is to do.
START_UP = {"cli", "button", "recalc", "reading", "filling", "checking", "scoring", "scheme", "formula", "values"}
START_UP |= {"books", "catalogue", "yamlfile", "places", "model"}

GROUND = {"", "model", "places", "yamlfile", "catalogue"}
LANGUAGE = GROUND | {"values", "formula"}
RULES = LANGUAGE | {"scheme", "submission"}
JUDGEMENT = {"reading", "filling", "checking", "scoring"}
JOBS = RULES | JUDGEMENT | {"books"}
# What a module may import, as the first part of its name below xlauto. A module without a row fails the test: give
# it one. The empty name is the package itself; `books.book` alone stands for the protocol, `books` for all of it.
MAY_IMPORT: dict[str, set[str]] = {
    "": set(),
    "model": set(),
    "places": set(),
    "yamlfile": {"model"},
    "catalogue": {"model", "places", "yamlfile"},
    "values": GROUND,
    "formula": GROUND,
    "books": {"", "model", "catalogue", "places"},
    "scheme": LANGUAGE,
    "submission": RULES,
    "reading": RULES | {"books.book"},
    "filling": RULES | {"books.book"},
    "checking": RULES,
    "scoring": RULES,
    "template": RULES | JUDGEMENT | {"books.book"},
    "recalc": JOBS,
    "consolidate": JOBS | {"recalc"},
    "documents": JOBS | {"template"},
    "demo": JOBS | {"recalc", "template", "consolidate"},
    "button": JOBS | {"recalc", "consolidate", "documents"},
    "cli": JOBS | {"recalc", "template", "consolidate", "documents", "demo"},
    "__main__": {"cli"},
}

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
    assert top in MAY_IMPORT, f"give {top} its row in MAY_IMPORT"
    allowed = MAY_IMPORT[top] | {top}
    wrong = {
        target or "xlauto"
        for target in own_imports(name)
        if target.split(".")[0] not in allowed and target not in allowed
    }
    assert not wrong


def test_layers_have_no_ring() -> None:
    """The table itself points downwards only."""
    left = {name: {target.split(".")[0] for target in allowed} for name, allowed in MAY_IMPORT.items()}
    while free := {name for name, targets in left.items() if not targets & left.keys() - {name}}:
        left = {name: targets for name, targets in left.items() if name not in free}
    assert not left


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
