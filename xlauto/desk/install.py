"""Setting up for one user, without an administrator: the add-in, the interpreter it starts, the icons. And back again.

What is to be done is first found out as steps, so that it can be shown before. A file that is not ours is never
replaced or removed.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from xlauto.books.files import replace_file
from xlauto.desk.icons import icon_files, is_our_icon
from xlauto.desk.machine import Machine
from xlauto.model import CannotGoOn
from xlauto.places import macros_dir

KEY = r"HKCU\Software\xlauto"
PYTHON, ICONS = "python", "icons"
"""Values in the registry: the interpreter for the button (macros/Launcher.bas reads it), the folder of the icons."""
VBAS_KEY = r"HKCU\Software\VB and VBA Program Settings\xlauto\Launcher"
"""The interpreter once more, where VBA's GetSetting finds it even if the script host is blocked."""
ADDIN = "xlauto.xlam"
FOLDER = "绩效自评"

_RIBBON, _TAB = "customUI/customUI.xml", b"XlautoTab"
_CLOSE = "请先关闭Excel（所有窗口），再运行一次"


class Step(NamedTuple):
    """Something to do. When it is not `due`, it has been done before."""

    text: str
    due: bool
    do: Callable[[], object]


def addin_place(machine: Machine) -> Path:
    """In the user's start folder: Excel loads what lies there, and trusts the place from the beginning."""
    return machine.appdata / "Microsoft" / "Excel" / "XLSTART" / ADDIN


def addin_bytes() -> bytes:
    return (macros_dir() / ADDIN).read_bytes()


def icons_place(machine: Machine) -> Path | None:
    """Where the icons were put."""
    folder = machine.registry.read(KEY, ICONS)
    return Path(folder) if isinstance(folder, str) and folder else None


def to_install(machine: Machine, folder: Path | None = None) -> list[Step]:
    """The steps, with the icons in `folder` or else on the desktop.

    Raises CannotGoOn, before anything is done, if something stands in the way.
    """
    _need_windows(machine)
    if not machine.windowless.is_file():
        hint = "请用 python.org 的安装程序安装Python"
        raise CannotGoOn("程序11", machine.python, "旁边没有 pythonw.exe，Excel里的按钮不能启动它", hint)
    chosen = (folder or icons_place(machine) or machine.desktop / FOLDER).absolute()
    steps = [_put(addin_place(machine), addin_bytes(), "加载项", is_our_addin, _CLOSE)]
    steps += [_put(chosen / name, data, "图标", is_our_icon, "") for name, data in icon_files().items()]
    steps += _gone_from(machine, chosen)
    steps.append(_set(machine, PYTHON, machine.windowless, "按钮使用的Python", (KEY, VBAS_KEY)))
    steps.append(_set(machine, ICONS, chosen, "图标的文件夹", (KEY,)))
    return steps


def to_uninstall(machine: Machine) -> list[Step]:
    """The steps that take away exactly what `to_install` has put. Raises CannotGoOn as it does."""
    _need_windows(machine)
    steps = [*_take(addin_place(machine), "加载项", is_our_addin, _CLOSE)]
    folder = icons_place(machine)
    if folder is not None:
        steps += _icons_gone(folder)
    for key in (KEY, VBAS_KEY):
        if any(machine.registry.read(key, name) is not None for name in (PYTHON, ICONS)):
            steps.append(Step(f"删去注册表 {key}", True, partial(machine.registry.erase, key)))
    return steps


def carry_out(steps: Sequence[Step]) -> Iterator[Step]:
    """Do what is due; each step is given when it is done."""
    for step in steps:
        if step.due:
            step.do()
        yield step


def is_our_addin(data: bytes) -> bool:
    """Of whatever version."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _TAB in package.read(_RIBBON)
    except (KeyError, ValueError, OSError, zipfile.BadZipFile):
        return False


def _need_windows(machine: Machine) -> None:
    if not machine.windows:
        fact = f"只能装在Windows上，本机的系统是{machine.system}"
        raise CannotGoOn("程序19", "Excel按钮", fact, "本机请用命令行：xlauto recalc 文件…")


def _put(place: Path, data: bytes, what: str, ours: Callable[[bytes], bool], in_use: str) -> Step:
    present = _content(place, in_use)
    if present is not None and not ours(present):
        raise CannotGoOn("程序20", place, "同名文件已存在，不是xlauto的，没有覆盖", "请把它移到别处，再运行一次")
    if present is not None and present != data:
        _refuse_locked(place, in_use)
    return Step(f"{what} {place}", present != data, partial(_written, place, data, in_use))


def _written(place: Path, data: bytes, in_use: str) -> None:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fact = f"文件夹不能建立（{error.strerror or error}）"
        raise CannotGoOn("文件18", place.parent, fact, "请另选文件夹") from error
    try:
        replace_file(place, data, str(place), lambda written: None)
    except CannotGoOn as error:
        if isinstance(error.__cause__, PermissionError) and in_use:
            raise _locked(place, in_use) from error
        raise


def _gone_from(machine: Machine, chosen: Path) -> list[Step]:
    """The icons go with an earlier folder."""
    before = icons_place(machine)
    return _icons_gone(before) if before is not None and before != chosen else []


def _icons_gone(folder: Path) -> list[Step]:
    steps = [step for name in icon_files() for step in _take(folder / name, "图标", is_our_icon, "")]
    if steps:
        steps.append(Step(f"文件夹 {folder}（空的才删）", True, partial(_remove_empty, folder)))
    return steps


def _take(place: Path, what: str, ours: Callable[[bytes], bool], in_use: str) -> Iterator[Step]:
    present = _content(place, in_use)
    if present is None:
        return
    if not ours(present):
        yield Step(f"{what} {place} 不是xlauto的，没有动", False, lambda: None)
        return
    _refuse_locked(place, in_use)
    yield Step(f"删去{what} {place}", True, partial(_removed, place, in_use))


def _removed(place: Path, in_use: str) -> None:
    try:
        place.unlink(missing_ok=True)
    except OSError as error:
        raise _locked(place, in_use) from error


def _remove_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        folder.rmdir()


def _set(machine: Machine, name: str, value: Path, what: str, keys: Sequence[str]) -> Step:
    due = [key for key in keys if machine.registry.read(key, name) != str(value)]

    def write() -> None:
        for key in due:
            machine.registry.write(key, name, str(value))

    return Step(f"{what} {value}", bool(due), write)


def _content(place: Path, in_use: str) -> bytes | None:
    try:
        return place.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _locked(place, in_use) from error


def _refuse_locked(place: Path, in_use: str) -> None:
    try:
        with place.open("r+b"):
            pass
    except OSError as error:
        raise _locked(place, in_use) from error


def _locked(place: Path, in_use: str) -> CannotGoOn:
    return CannotGoOn("程序01", place, "正被其他程序使用，或没有写入权限", in_use or "请关闭打开它的程序，再运行一次")
