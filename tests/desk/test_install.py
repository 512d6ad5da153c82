"""Setting up and taking away: what is put where, only ours is touched, nothing happens twice or by halves."""

from __future__ import annotations

import io
import os
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from desk.computer import computer, files

from xlauto.desk import install
from xlauto.desk.icons import NOTE, icon_files, icons
from xlauto.desk.install import (
    KEY,
    VBAS_KEY,
    addin_bytes,
    addin_place,
    carry_out,
    is_our_addin,
    to_install,
    to_uninstall,
)  # fmt: skip
from xlauto.desk.machine import Machine
from xlauto.model import CannotGoOn

ADDIN = "Roaming/Microsoft/Excel/XLSTART/xlauto.xlam"
ICONS = ("重新计算得分.cmd", "校验.cmd", "汇总.cmd", NOTE)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return computer(tmp_path)


def installed(machine: Machine, folder: Path | None = None) -> list[str]:
    return [step.text for step in carry_out(to_install(machine, folder)) if step.due]


def removed(machine: Machine) -> list[str]:
    return [step.text for step in carry_out(to_uninstall(machine)) if step.due]


def test_install_puts_addin_icons_and_settings(machine: Machine, tmp_path: Path) -> None:
    before = dict(machine.registry.values)
    steps = installed(machine)
    found = files(tmp_path, "venv/")
    assert found.keys() == {ADDIN, *(f"桌面/绩效自评/{name}" for name in ICONS)}
    assert found[ADDIN] == addin_bytes()
    assert machine.registry.values == before | {
        (KEY, "python"): str(machine.windowless), (KEY, "icons"): str(tmp_path / "桌面" / "绩效自评"),
        (VBAS_KEY, "python"): str(machine.windowless),
    }  # fmt: skip
    assert len(steps) == len(found) + 2


def test_a_second_installation_has_nothing_to_do(machine: Machine, tmp_path: Path) -> None:
    installed(machine)
    before, values = files(tmp_path), dict(machine.registry.values)
    assert installed(machine) == []
    assert (files(tmp_path), machine.registry.values) == (before, values)


def test_finding_out_the_steps_does_nothing(machine: Machine, tmp_path: Path) -> None:
    before, values = files(tmp_path), dict(machine.registry.values)
    assert all(step.due for step in to_install(machine))
    assert (files(tmp_path), machine.registry.values) == (before, values)


def test_an_upgrade_replaces_what_an_older_version_has_put(machine: Machine, tmp_path: Path) -> None:
    installed(machine)
    place, icon = addin_place(machine), tmp_path / "桌面" / "绩效自评" / "校验.cmd"
    place.write_bytes(older(place.read_bytes()))
    icon.write_bytes(icon.read_bytes() + b"rem\r\n")
    assert sorted(Path(text.split(" ", 1)[1]).name for text in installed(machine)) == ["xlauto.xlam", "校验.cmd"]
    assert (place.read_bytes(), icon.read_bytes()) == (addin_bytes(), icon_files()["校验.cmd"])


def older(addin: bytes) -> bytes:
    """The same add-in in other bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(addin)) as old, zipfile.ZipFile(target, "w") as new:
        for item in old.infolist():
            new.writestr(item.filename, old.read(item))
    assert target.getvalue() != addin and is_our_addin(target.getvalue())
    return target.getvalue()


def test_the_icons_go_where_they_are_wanted_and_stay_there(machine: Machine, tmp_path: Path) -> None:
    installed(machine)
    wanted = tmp_path / "我的 图标"
    installed(machine, wanted)
    assert {path.name for path in wanted.iterdir()} == set(ICONS)
    assert not (tmp_path / "桌面" / "绩效自评").exists()
    assert installed(machine) == []


def test_uninstall_takes_exactly_that_away(machine: Machine, tmp_path: Path) -> None:
    neighbour = addin_place(machine).with_name("PERSONAL.XLSB")
    neighbour.parent.mkdir(parents=True)
    neighbour.write_bytes(b"own")
    before, values = files(tmp_path), dict(machine.registry.values)
    installed(machine)
    assert removed(machine)
    assert (files(tmp_path), machine.registry.values) == (before, values)
    assert not (tmp_path / "桌面" / "绩效自评").exists()
    assert removed(machine) == []


def test_uninstall_leaves_what_else_lies_beside_the_icons(machine: Machine, tmp_path: Path) -> None:
    installed(machine)
    folder = tmp_path / "桌面" / "绩效自评"
    (folder / "自评.xlsx").write_bytes(b"own")
    (folder / "汇总.cmd").write_bytes(b"@echo my own\r\n")
    removed(machine)
    assert {path.name for path in folder.iterdir()} == {"自评.xlsx", "汇总.cmd"}


def test_a_setting_of_either_place_that_is_missing_is_set_again(machine: Machine) -> None:
    installed(machine)
    before = dict(machine.registry.values)
    for key in (KEY, VBAS_KEY):
        del machine.registry.values[key, "python"]
        assert len(installed(machine)) == 1
        assert machine.registry.values == before


def test_a_strangers_addin_is_neither_replaced_nor_removed(machine: Machine) -> None:
    place = addin_place(machine)
    place.parent.mkdir(parents=True)
    place.write_bytes(b"PK stranger")
    with pytest.raises(CannotGoOn, match="不是xlauto的，没有覆盖"):
        to_install(machine)
    assert removed(machine) == []
    assert place.read_bytes() == b"PK stranger"


def test_a_strangers_script_stops_everything_before_it_begins(machine: Machine, tmp_path: Path) -> None:
    folder = tmp_path / "桌面" / "绩效自评"
    folder.mkdir(parents=True)
    (folder / "汇总.cmd").write_bytes(b"@echo my own\r\n")
    with pytest.raises(CannotGoOn, match=r"汇总\.cmd"):
        to_install(machine)
    assert files(tmp_path, "venv/").keys() == {"桌面/绩效自评/汇总.cmd"}


@pytest.mark.parametrize("find", [to_install, to_uninstall])
def test_an_addin_that_excel_holds_is_told_before_anything_is_done(
    find: object, machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(machine)
    place = addin_place(machine)
    place.write_bytes(older(place.read_bytes()))
    before = files(tmp_path)
    usual = Path.open

    def held(self: Path, mode: str = "r", *rest: object, **more: object) -> object:
        if self == place and "+" in mode:
            raise PermissionError(13, "being used by another process")
        return usual(self, mode, *rest, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", held)
    with pytest.raises(CannotGoOn, match="请先关闭Excel"):
        find(machine)  # type: ignore[operator]
    assert files(tmp_path) == before


@pytest.mark.parametrize(("step", "function"), [("install", "replace"), ("uninstall", "unlink")])
def test_an_excel_started_in_between_is_told(
    step: str, function: str, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(machine)
    place = addin_place(machine)
    if step == "install":
        place.write_bytes(older(place.read_bytes()))
    usual = getattr(os, function)

    def held(path: object, *rest: object, **more: object) -> object:
        if str(rest[0] if rest else path) == str(place):
            raise PermissionError(13, "being used by another process")
        return usual(path, *rest, **more)

    monkeypatch.setattr(os, function, held)
    with pytest.raises(CannotGoOn, match="请先关闭Excel"):
        list(carry_out(to_install(machine) if step == "install" else to_uninstall(machine)))
    assert place.exists()


@pytest.mark.parametrize("find", [to_install, to_uninstall])
@pytest.mark.parametrize("system", ["linux", "darwin"])
def test_elsewhere_than_on_windows_a_sentence_says_so(find: object, system: str, machine: Machine) -> None:
    with pytest.raises(CannotGoOn, match=f"只能装在Windows上.*{system}"):
        find(replace(machine, system=system))  # type: ignore[operator]


def test_an_interpreter_without_pythonw_is_told(machine: Machine) -> None:
    machine.windowless.unlink()
    with pytest.raises(CannotGoOn, match=r"pythonw\.exe"):
        to_install(machine)


def test_a_folder_that_cannot_be_made_is_told(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "文件").write_bytes(b"")
    with pytest.raises(CannotGoOn):
        list(carry_out(to_install(machine, tmp_path / "文件" / "图标")))


def test_the_macros_read_what_is_written() -> None:
    launcher = (install.macros_dir() / "Launcher.bas").read_text(encoding="ascii")
    assert f'"{install.KEY}\\{install.PYTHON}"' in launcher
    assert f'"{install.ADDIN}"' in launcher
    application, section = VBAS_KEY.split("\\")[-2:]
    assert f'GetSetting("{application}", "{section}", "{install.PYTHON}")' in launcher
    drop = (install.macros_dir() / "drop.template").read_text(encoding="utf-8")
    assert f"reg query {install.KEY} /v {install.PYTHON} " in drop


def test_every_icon_has_its_own_file() -> None:
    assert {icon.name for icon in icons()} | {NOTE} == icon_files().keys() == set(ICONS)
