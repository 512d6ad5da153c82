"""Collect all that Windows PCs without a network need into one folder: `python installer/wheelhouse.py [FOLDER]`.

wheels/ holds xlauto with the extra excel and all it needs, for 64-bit Windows and each of PYTHONS; the scripts install
from it alone, and only files whose SHA-256 is the one written down. At the end the installation is made for each
Python into a folder for trial, with Windows' conditions on dependencies. The manuals and the blank forms lie beside it
(papers.py). All is made in a temporary folder, so that an unfinished run changes nothing. Needs the network, pip, uv.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

import papers  # noqa: E402

from xlauto.desk.scripts import note_bytes, script_bytes  # noqa: E402

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORM = "x86_64-pc-windows-msvc"
WANTED = "xlauto[excel]"
SCRIPTS = ("安装.cmd", "卸载.cmd")
WHEELS, MANUALS, FORMS = "wheels", "说明", "空白表"
NOTE, LIST, REQUIREMENTS = "安装说明.txt", "清单.txt", "requirements.txt"
NOTE_TEXT = f"""\
关闭Excel，双击“安装.cmd”；末尾写“按钮可以使用。”就装好了。
不顺利的，或想知道怎样填报、怎样用按钮的，看“{MANUALS}”文件夹，双击里面的文件。
空白的自评工作簿在“{FORMS}”文件夹，复制出来再填。
"""
_TRIED = ("xlauto", "click", "msgspec", "yaml", "xlsxwriter", "formualizer", "xlwings", "win32com", "pyopenvba")
"""What must lie in the trial installation."""


class Wheel(NamedTuple):
    """A file of wheels/ with the project and the version that its name gives."""

    file: str
    project: str
    version: str
    size: int
    sha256: str


def main(arguments: Sequence[str]) -> int:
    folder = (Path(arguments[0]) if arguments else ROOT / "wheelhouse").resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as temporary:
        made = Path(temporary) / "made"
        found = _make(made)
        put_in_place(made, folder, Path(temporary) / "earlier")
    print(f"{len(found)}个文件，{sum(wheel.size for wheel in found) / 1e6:.0f} MB，在 {folder}")
    return 0


def put_in_place(made: Path, folder: Path, earlier: Path) -> None:
    """Move what was made into the folder, and what it replaces into `earlier`; all else that lies there stays.

    The three lie on one disk. If a file cannot be moved, all is put back, and OSError raised.
    """
    folder.mkdir(exist_ok=True)
    earlier.mkdir()
    moved: list[tuple[Path, Path]] = []
    try:
        for new in sorted(made.iterdir()):
            there = folder / new.name
            for source, target in ((there, earlier / new.name), (new, there)):
                if source.exists():
                    source.rename(target)
                    moved.append((source, target))
    except OSError:
        for source, target in reversed(moved):
            target.rename(source)
        raise


def wheels_in(folder: Path) -> list[Wheel]:
    return [wheel_of(path.name, path.read_bytes()) for path in sorted(folder.glob("*.whl"))]


def wheel_of(name: str, data: bytes) -> Wheel:
    project, version = name.split("-")[:2]
    return Wheel(name, normal(project), version, len(data), hashlib.sha256(data).hexdigest())


def normal(project: str) -> str:
    """A project's name as the package index writes it."""
    return re.sub(r"[-_.]+", "-", project).lower()


def requirements(wheels: Iterable[Wheel]) -> str:
    """Each project with its version and the hashes of its files, for pip's --require-hashes.

    Raises ValueError if there are two versions of a project.
    """
    by_project: dict[str, list[Wheel]] = {}
    for wheel in wheels:
        by_project.setdefault(wheel.project, []).append(wheel)
    lines = []
    for project, files in sorted(by_project.items()):
        versions = sorted({wheel.version for wheel in files})
        if len(versions) > 1:
            raise ValueError(f"{project}: {' and '.join(versions)}")
        name = WANTED if project == "xlauto" else project
        lines.append(" ".join([f"{name}=={versions[0]}", *(f"--hash=sha256:{wheel.sha256}" for wheel in files)]))
    return "\n".join(lines) + "\n"


def filled(script: str, pythons: Sequence[str]) -> str:
    """A script with the versions of Python in place, the newest tried first."""
    ordered = sorted(pythons, key=numbers)
    words: Mapping[str, str] = {
        "oldest": ordered[0], "newest": ordered[-1], "versions": " ".join(reversed(ordered)),
        "folders": " ".join(reversed(ordered)).replace(".", ""),
        "oldest_tuple": str(numbers(ordered[0])), "newest_tuple": str(numbers(ordered[-1])),
    }  # fmt: skip
    return re.sub(r"\{(\w+)\}", lambda match: words[match[1]], script)


def numbers(python: str) -> tuple[int, ...]:
    return tuple(map(int, python.split(".")))


def contents(wheels: Sequence[Wheel]) -> str:
    """The list of what is in the folder, for whoever has to approve it."""
    lines = [f"xlauto 离线安装包：64位Windows，Python {'、'.join(PYTHONS)}", ""]
    lines.append("组件    版本    字节    SHA-256    文件")
    lines += [f"{w.project}    {w.version}    {w.size}    {w.sha256}    {w.file}" for w in wheels]
    return "\n".join(lines)


def _make(folder: Path) -> list[Wheel]:
    """All that the offline package has, in a new folder; the components are returned."""
    wheels = folder / WHEELS
    wheels.mkdir(parents=True)
    _collect(wheels)
    found = wheels_in(wheels)
    (wheels / REQUIREMENTS).write_text(requirements(found), encoding="utf-8", newline="\n")
    for python in PYTHONS:
        _try(wheels, python)
        print(f"Python {python}：只用这些文件可以装好")
    files = {f"{MANUALS}/{name}": page.encode() for name, page in papers.manuals().items()}
    files |= {f"{FORMS}/{name}": form for name, form in papers.blank_forms().items()}
    for name in SCRIPTS:
        text = (Path(__file__).parent / name).read_text(encoding="utf-8")
        files[name] = script_bytes(filled(text, PYTHONS))
    files |= {NOTE: note_bytes(NOTE_TEXT), LIST: note_bytes(contents(found))}
    for name, data in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    return found


def _collect(wheels: Path) -> None:
    """Our own wheel, and one version of all it needs on Windows, in the file for each Python."""
    _pip("wheel", "--no-deps", "--wheel-dir", str(wheels), str(ROOT))
    own = next(wheels.glob("xlauto-*.whl"))
    with tempfile.TemporaryDirectory(prefix="xlauto-") as folder:
        pins = Path(folder) / "pins.txt"
        oldest = min(PYTHONS, key=numbers)
        _uv(
            "pip", "compile", "--no-header", "--no-annotate", "--only-binary", ":all:", "--python-platform", PLATFORM,
            "--python-version", oldest, "--output-file", str(pins), "-", given=f"{WANTED} @ {own.resolve().as_uri()}",
        )  # fmt: skip
        lines = [line for line in pins.read_text(encoding="utf-8").splitlines() if not line.startswith("xlauto")]
        pins.write_text("\n".join(lines), encoding="utf-8")
        for python in PYTHONS:
            abi = f"cp{python.replace('.', '')}"
            _pip(
                "download", "--no-deps", "--only-binary=:all:", "--platform", "win_amd64", "--implementation", "cp",
                "--python-version", python, "--abi", abi, "--abi", "abi3", "--abi", "none", "--dest", str(wheels),
                "--requirement", str(pins),
            )  # fmt: skip


def _try(wheels: Path, python: str) -> None:
    """Install for this Python on Windows from the folder alone. Raises CalledProcessError if something is lacking."""
    with tempfile.TemporaryDirectory(prefix="xlauto-") as folder:
        _uv(
            "pip", "install", "--no-index", "--find-links", str(wheels), "--require-hashes", "--only-binary", ":all:",
            "--python-platform", PLATFORM, "--python-version", python, "--target", folder, "--no-cache",
            "--requirement", str(wheels / REQUIREMENTS),
        )  # fmt: skip
        there = {path.name for path in Path(folder).rglob("*") if path.parent.name in ("win32", Path(folder).name)}
        missing = [name for name in _TRIED if name not in there]
        if missing:
            raise FileNotFoundError(f"Python {python}: {', '.join(missing)}")


def _pip(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", *arguments], check=True)


def _uv(*arguments: str, given: str = "") -> None:
    command = [sys.executable, "-m", "uv", "-q", *arguments]
    subprocess.run(command, check=True, input=given, encoding="utf-8", stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except subprocess.CalledProcessError as error:
        sys.exit(f"没有做成：{' '.join(map(str, error.cmd[:5]))} … 状态{error.returncode}")
