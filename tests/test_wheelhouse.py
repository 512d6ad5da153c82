"""The offline set-up: hashes to install by, versions in the scripts, their bytes, the papers. Nothing is fetched."""

from __future__ import annotations

import hashlib
import importlib.util
import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from xlauto.desk.scripts import script_bytes
from xlauto.scheme import load_scheme

ROOT = Path(__file__).resolve().parent.parent
INSTALLER = ROOT / "installer"


def loaded() -> ModuleType:
    found = importlib.util.spec_from_file_location("wheelhouse", INSTALLER / "wheelhouse.py")
    assert found and found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


wheelhouse = loaded()
papers = wheelhouse.papers
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


def test_uninstalling_leaves_a_bureaus_own_schemes() -> None:
    text = SCRIPTS["卸载.cmd"]
    assert r'xcopy "%here%schemes" "%home%\schemes"' in SCRIPTS["安装.cmd"]
    removed = [line for line in text.splitlines() if "rmdir /s" in line]
    assert removed == [r'for /d %%d in ("%home%\*") do if /i not "%%~nxd"=="schemes" rmdir /s /q "%%d"']
    assert "套表（schemes）都不动" in text.partition("pause")[0]


# --- made whole or not at all -------------------------------------------------------------------------------------


def without_network(monkeypatch: pytest.MonkeyPatch, tried: Any = lambda wheels, python: None) -> list[str]:
    """Let pip leave an empty wheel of xlauto; what uv is given to resolve is noted."""
    given: list[str] = []

    def pip(command: str, *arguments: str) -> None:
        if command == "wheel":
            folder = Path(arguments[arguments.index("--wheel-dir") + 1])
            (folder / "xlauto-1-py3-none-any.whl").write_bytes(b"own")

    def uv(*arguments: str, given: str = "", noted: list[str] = given) -> None:
        noted.append(given)
        Path(arguments[arguments.index("--output-file") + 1]).write_text("click==8.1\n")

    monkeypatch.setattr(wheelhouse, "_pip", pip)
    monkeypatch.setattr(wheelhouse, "_uv", uv)
    monkeypatch.setattr(wheelhouse, "_try", tried)
    return given


def test_a_relative_folder_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    given = without_network(monkeypatch)
    assert wheelhouse.main(["made/wheelhouse"]) == 0
    assert (tmp_path / "made" / "wheelhouse" / "wheels" / "requirements.txt").exists()
    Path("wheels").mkdir()
    wheelhouse._collect(Path("wheels"))
    assert given[1] == f"xlauto[excel] @ {(tmp_path / 'wheels' / 'xlauto-1-py3-none-any.whl').resolve().as_uri()}"


def test_what_is_made_replaces_what_was_made_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_network(monkeypatch)
    for name in ("wheels/old.whl", "schemes/own/scheme.yaml", "python-3.13.1-amd64.exe", "清单.txt"):
        (tmp_path / "w" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "w" / name).write_text("old")
    assert wheelhouse.main([str(tmp_path / "w")]) == 0
    left = {str(path.relative_to(tmp_path / "w")) for path in (tmp_path / "w").rglob("*") if path.is_file()}
    assert {"schemes/own/scheme.yaml", "python-3.13.1-amd64.exe", "wheels/requirements.txt"} <= left
    assert "wheels/old.whl" not in left and "xlauto" in (tmp_path / "w" / "清单.txt").read_text(encoding="utf-8-sig")
    assert [path.name for path in tmp_path.iterdir()] == ["w"]


@pytest.mark.parametrize("there", [False, True])
def test_an_unfinished_run_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    def lacking(wheels: Path, python: str) -> None:
        raise FileNotFoundError(python)

    without_network(monkeypatch, lacking)
    if there:
        (tmp_path / "w" / "wheels").mkdir(parents=True)
        (tmp_path / "w" / "wheels" / "old.whl").write_text("old")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(FileNotFoundError):
        wheelhouse.main([str(tmp_path / "w")])
    assert sorted(tmp_path.rglob("*")) == before


def test_a_file_that_cannot_be_moved_leaves_all_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder, text in (("made", "new"), ("w", "old")):
        (tmp_path / folder).mkdir()
        for name in "ab":
            (tmp_path / folder / name).write_text(text)
    rename = Path.rename

    def failing(path: Path, target: Path) -> Path:
        if path == tmp_path / "made" / "b":
            raise PermissionError(path)
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(PermissionError):
        wheelhouse.put_in_place(tmp_path / "made", tmp_path / "w", tmp_path / "earlier")
    assert [(tmp_path / "w" / name).read_text() for name in "ab"] == ["old", "old"]


# --- the papers ---------------------------------------------------------------------------------------------------

PAGES = papers.manuals()


class Page(HTMLParser):
    """What a page links to, shows and says outside of its listings."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.pictures: list[str] = []
        self.anchors: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        self.links += [found["href"] or ""] if tag == "a" else []
        self.pictures += [found["src"] or ""] if tag == "img" else []
        self.anchors += [found["id"] or ""] if "id" in found else []


@pytest.mark.parametrize("name", PAGES)
def test_links_of_a_page_lead_to_a_heading_of_a_page(name: str) -> None:
    page = Page(PAGES[name])
    assert page.links
    for link in page.links:
        file, _, heading = link.partition("#")
        target = Page(PAGES[file or name])
        assert not heading or heading in target.anchors, link


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_all_that_the_manual_has(name: str) -> None:
    text = (ROOT / "docs" / name).with_suffix(".md").read_text(encoding="utf-8")
    page = Page(PAGES[name])
    assert len(page.pictures) == text.count("![")
    assert all(picture.startswith("data:image/png;base64,") for picture in page.pictures)
    assert page.tags.count("table") == len(re.findall(r"^\|[-| ]+\|$", text, re.MULTILINE))
    plain, fenced = re.subn(r"```.*?```", "", text, flags=re.DOTALL)
    assert page.tags.count("pre") == fenced + len(re.findall(r"\n\n    (?! |- |!\[)", plain))
    assert page.tags.count("li") == len(re.findall(r"^ *(?:-|\d\.) ", plain, re.MULTILINE))
    left = re.sub(r"<(pre|style)>.*?</\1>|<code>.*?</code>", "", PAGES[name], flags=re.DOTALL)
    assert not re.search(r"\*\*|!\[|\]\(|```|\|--|^- |<p>[-\d]\.? ", left, re.MULTILINE)


def test_a_link_out_of_the_pages_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\.\./README\.md"):
        papers.page("安装", "[README](../README.md)")


def test_chinese_lines_are_joined_but_not_in_listings() -> None:
    page = papers.page("安装", "一行，\n又一行 a\nb。\n\n- 甲，\n    乙\n\n```text\n甲。\n乙\n```\n")
    assert "一行，又一行 a\nb。" in page and "甲，乙" in page and "甲。\n乙" in page


def test_blank_forms_are_the_templates_under_the_schemes_titles() -> None:
    forms = papers.blank_forms()
    folders = [path.parent for path in (ROOT / "workbooks").glob("*/scheme.yaml")]
    expected = {}
    for folder in folders:
        title = load_scheme(folder.name).definition.title
        expected[f"{title}.xlsx"] = (folder / "template.xlsx").read_bytes()
        expected[f"{title}（带按钮）.xlsm"] = (folder / "template.xlsm").read_bytes()
    assert forms == expected and len(forms) == 2 * len(folders)
