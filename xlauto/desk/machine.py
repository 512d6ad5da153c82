"""What the rest of desk may ask of a computer. Tests answer for it; `this_machine` is the one that it runs on."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

PE_MACHINES = {0x8664: 64, 0xAA64: 64, 0x014C: 32}
"""The field Machine of a program's header: x64, ARM64, x86."""

_SHELL_FOLDERS = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders"
_PATIENCE = 30
"""Seconds that a program which is tried may take."""


class Registry(Protocol):
    """The Windows registry. A key is written `HKCU\\Software\\…`; the name "" is the key's default value."""

    def read(self, key: str, name: str = "") -> str | int | None: ...

    def write(self, key: str, name: str, text: str) -> None: ...

    def erase(self, key: str) -> None:
        """Remove a key that has no keys below it."""


@dataclass(frozen=True)
class Machine:
    """A computer and its user. `imports` and `runs` give what went wrong, empty for nothing."""

    system: str
    release: str
    python: Path
    version: tuple[int, int, int]
    bits: int
    appdata: Path
    own: Path
    desktop: Path
    registry: Registry
    distribution: Callable[[str], str | None]
    imports: Callable[[str], str]
    runs: Callable[[Sequence[str]], str]
    program_bits: Callable[[Path], int | None]
    zone: Callable[[Path], int | None]
    console_page: Callable[[], int | None]

    @property
    def windows(self) -> bool:
        return self.system == "win32"

    @property
    def windowless(self) -> Path:
        """The interpreter without a window, which the button starts; it lies beside the one with a console."""
        return self.python.with_name("pythonw.exe")


def this_machine() -> Machine:
    import platform

    from xlauto.cache import cache_dir

    registry = WindowsRegistry()
    desktop = registry.read(_SHELL_FOLDERS, "Desktop")
    return Machine(
        system=sys.platform,
        release=platform.platform(terse=True),
        python=Path(sys.executable),
        version=sys.version_info[:3],
        bits=64 if sys.maxsize > 2**32 else 32,
        appdata=Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming"),
        own=cache_dir().parent,
        desktop=Path(os.path.expandvars(str(desktop))) if desktop else Path.home() / "Desktop",
        registry=registry,
        distribution=_distribution,
        imports=_imports,
        runs=_runs,
        program_bits=program_bits,
        zone=_zone,
        console_page=_console_page,
    )


class WindowsRegistry:
    """The registry of this computer. Elsewhere than on Windows nothing stands in it."""

    def read(self, key: str, name: str = "") -> str | int | None:
        if sys.platform != "win32":
            return None
        import winreg

        root, path = _split(key)
        for view in (winreg.KEY_WOW64_64KEY, winreg.KEY_WOW64_32KEY):
            with suppress(OSError), winreg.OpenKey(root, path, 0, winreg.KEY_READ | view) as handle:
                value = winreg.QueryValueEx(handle, name)[0]
                if isinstance(value, (str, int)):
                    return value
        return None

    def write(self, key: str, name: str, text: str) -> None:
        if sys.platform == "win32":
            import winreg

            root, path = _split(key)
            with winreg.CreateKey(root, path) as handle:
                winreg.SetValueEx(handle, name, 0, winreg.REG_SZ, text)

    def erase(self, key: str) -> None:
        if sys.platform == "win32":
            import winreg

            with suppress(FileNotFoundError):
                winreg.DeleteKey(*_split(key))


def program_bits(path: Path) -> int | None:
    """Whether a .exe is a 32-bit or a 64-bit program."""
    try:
        with path.open("rb") as stream:
            head = stream.read(64)
            if head[:2] != b"MZ" or len(head) < 64:
                return None
            stream.seek(int.from_bytes(head[60:64], "little"))
            signature = stream.read(6)
    except OSError:
        return None
    return PE_MACHINES.get(int.from_bytes(signature[4:], "little")) if signature[:4] == b"PE\0\0" else None


def zone_of(text: str) -> int | None:
    """The number in a mark that Windows puts on a file from elsewhere: 3 the Internet, 4 a site that is not trusted."""
    for line in text.splitlines():
        name, _, value = line.partition("=")
        if name.strip().casefold() == "zoneid" and value.strip().isdecimal():
            return int(value)
    return None


def _split(key: str) -> tuple[int, str]:
    import winreg

    roots = {"HKCU": "HKEY_CURRENT_USER", "HKLM": "HKEY_LOCAL_MACHINE", "HKCR": "HKEY_CLASSES_ROOT"}
    root, _, path = key.partition("\\")
    return getattr(winreg, roots[root]), path


def _distribution(name: str) -> str | None:
    from importlib import metadata

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _imports(module: str) -> str:
    import importlib

    try:
        importlib.import_module(module)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _runs(command: Sequence[str]) -> str:
    import subprocess

    try:
        run = subprocess.run(command, capture_output=True, timeout=_PATIENCE, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return f"状态{run.returncode}" if run.returncode else ""


def _zone(path: Path) -> int | None:
    try:
        return zone_of(Path(f"{path}:Zone.Identifier").read_text(encoding="utf-8", errors="replace"))
    except (OSError, ValueError):
        return None


def _console_page() -> int | None:
    if sys.platform != "win32":
        return None
    import ctypes

    return int(ctypes.windll.kernel32.GetConsoleOutputCP()) or None
