"""A computer for the tests of desk: what it has is written down, nothing of the real one shines through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from xlauto.desk.machine import Machine

EXCEL = r"C:\Program Files\Microsoft Office\root\Office16\EXCEL.EXE"
APP_PATHS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths"
SERVER = r"HKCR\CLSID\{00024500-0000-0000-C000-000000000046}\LocalServer32"
OFFICE: Mapping[tuple[str, str], str | int] = {
    (rf"HKLM\{APP_PATHS}\excel.exe", ""): EXCEL,
    (r"HKCR\Excel.Application\CurVer", ""): "Excel.Application.16",
    (SERVER, ""): f"{EXCEL} /automation",
}


@dataclass
class Values:
    """A registry in memory; as on Windows, case makes no difference."""

    values: dict[tuple[str, str], str | int] = field(default_factory=dict)

    def read(self, key: str, name: str = "") -> str | int | None:
        return {(k.casefold(), n.casefold()): v for (k, n), v in self.values.items()}.get(
            (key.casefold(), name.casefold())
        )

    def write(self, key: str, name: str, text: str) -> None:
        self.values[key, name] = text

    def erase(self, key: str) -> None:
        self.values = {place: value for place, value in self.values.items() if place[0] != key}


def computer(folder: Path, **changes: Any) -> Machine:
    """A PC with Windows, Excel and a whole installation of xlauto, whose files lie in `folder`; nothing is set up."""
    scripts = folder / "venv" / "Scripts"
    scripts.mkdir(parents=True, exist_ok=True)
    for name in ("python.exe", "pythonw.exe"):
        (scripts / name).touch()
    machine = Machine(
        system="win32",
        release="Windows-10",
        python=scripts / "python.exe",
        version=(3, 13, 1),
        bits=64,
        appdata=folder / "Roaming",
        own=folder / "Local" / "xlauto",
        desktop=folder / "桌面",
        registry=Values(dict(OFFICE)),
        distribution={"xlwings": "0.37.8", "pywin32": "312", "formualizer": "0.13.0"}.get,
        imports=lambda module: "",
        runs=lambda command: "",
        program_bits=lambda path: 64,
        zone=lambda path: None,
        console_page=lambda: 936,
    )
    return replace(machine, **changes)


def registered(machine: Machine, key: str, name: str, value: str | int) -> Machine:
    """The same computer with one more value in the registry."""
    values = machine.registry.values | {(key, name): value}  # type: ignore[attr-defined]
    return replace(machine, registry=Values(values))


def files(folder: Path, *without: str) -> dict[str, bytes]:
    """Every file below the folder by its path there."""
    found = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not name.startswith(tuple(without) or ("\0",))}


def lacking(*modules: str) -> Any:
    """What a computer answers that has all modules but these."""
    return lambda module: f"ModuleNotFoundError: {module}" if module in modules else ""


def refusing(text: str) -> Any:
    def runs(command: Sequence[str]) -> str:
        return text

    return runs
