"""The offline set-up's pure parts: hashes to install by, versions in the scripts, their bytes. Nothing is fetched."""

from __future__ import annotations

import hashlib
import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from xlauto.desk.scripts import script_bytes

ROOT = Path(__file__).resolve().parent.parent
INSTALLER = ROOT / "installer"


def loaded() -> ModuleType:
    found = importlib.util.spec_from_file_location("wheelhouse", INSTALLER / "wheelhouse.py")
    assert found and found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


wheelhouse = loaded()
SCRIPTS = {
    name: wheelhouse.filled((INSTALLER / name).read_text(encoding="utf-8"), wheelhouse.PYTHONS)
    for name in wheelhouse.SCRIPTS
}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_wheels_are_known_by_name_and_hash(tmp_path: Path) -> None:
    names = ["xlauto-0.1.0-py3-none-any.whl", "PyYAML-6.0.3-cp311-cp311-win_amd64.whl", "types_a.b-1-py3-none-any.whl"]
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "requirements.txt").write_text("")
    found = wheelhouse.wheels_in(tmp_path)
    assert {(w.project, w.version) for w in found} == {("pyyaml", "6.0.3"), ("types-a-b", "1"), ("xlauto", "0.1.0")}
    assert all(w.sha256 == sha256(w.file.encode()) and w.size == len(w.file) for w in found)


def test_requirements_take_the_extra_and_every_hash() -> None:
    wheels = [wheelhouse.wheel_of(f"msgspec-0.22.0-cp{n}-cp{n}-win_amd64.whl", bytes([n])) for n in (11, 12)]
    own = wheelhouse.wheel_of("xlauto-0.1.0-py3-none-any.whl", b"own")
    assert wheelhouse.requirements([own, *wheels]).splitlines() == [
        f"msgspec==0.22.0 --hash=sha256:{sha256(bytes([11]))} --hash=sha256:{sha256(bytes([12]))}",
        f"xlauto[excel]==0.1.0 --hash=sha256:{sha256(b'own')}",
    ]


def test_two_versions_of_a_project_are_refused() -> None:
    wheels = [wheelhouse.wheel_of(f"click-{version}-py3-none-any.whl", b"") for version in ("8.1", "8.2")]
    with pytest.raises(ValueError, match=r"click: 8\.1 and 8\.2"):
        wheelhouse.requirements(wheels)


def test_the_newest_python_is_tried_first() -> None:
    text = wheelhouse.filled(
        "{versions}|{folders}|{oldest} {newest}|{oldest_tuple} {newest_tuple}", ("3.9", "3.13", "3.11")
    )
    assert text == "3.13 3.11 3.9|313 311 39|3.9 3.13|(3, 9) (3, 13)"


def test_the_list_names_every_file() -> None:
    wheel = wheelhouse.wheel_of("click-8.1-py3-none-any.whl", b"x")
    assert f"click    8.1    1    {sha256(b'x')}    click-8.1-py3-none-any.whl" in wheelhouse.contents([wheel])


def test_pythons_are_those_that_the_package_takes() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    assert wanted == f">={min(wheelhouse.PYTHONS, key=wheelhouse.numbers)}"


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_are_what_cmd_reads(name: str) -> None:
    text = SCRIPTS[name]
    assert script_bytes(text).decode("cp936").splitlines() == text.splitlines()
    before, _, _ = text.partition("chcp 936 >nul")
    assert before.isascii() and "{" not in text
    labels = {line[1:] for line in text.splitlines() if line.startswith(":")}
    assert set(re.findall(r"(?:goto|call) :?(\w+)", text)) - labels == set()


def test_set_up_needs_neither_network_nor_administrator() -> None:
    text = SCRIPTS["安装.cmd"]
    assert "--no-index" in text and "--require-hashes" in text and "InstallAllUsers=0" in text
    assert text.index("-m venv") < text.index("-m pip") < text.index("excel install") < text.index("excel doctor")
    assert "xlauto excel uninstall" in SCRIPTS["卸载.cmd"]
