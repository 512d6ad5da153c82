"""The pictures of docs/安装.md: made by the script, small, shown, and saying what the program says today."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image
from programs import needed

from xlauto.desk.doctor import PROBES
from xlauto.desk.icons import icon_files

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
MANUAL = (ROOT / "docs" / "安装.md").read_text(encoding="utf-8")
LARGEST = 150_000
STALE = "the picture shows what the program no longer says: make pictures"

sys.path.append(str(PICTURES))
try:
    import console
    import package
    import set_up
    import wheelhouse
finally:
    sys.path.remove(str(PICTURES))

MADE = {"setup-package.png", *set_up.WINDOWS}


def described(name: str) -> str:
    with Image.open(PICTURES / name) as image:
        return str(image.info[console.DESCRIPTION])


def test_pictures_are_made_by_the_script_small_and_shown() -> None:
    assert {path.name for path in PICTURES.glob("setup-*.png")} == MADE
    assert set(re.findall(r"!\[[^\]]+\]\(pictures/([^)]+)\)", MANUAL)) == {*MADE, "manual-ribbon.png"}
    assert not [name for name in MADE if (PICTURES / name).stat().st_size >= LARGEST]


@pytest.mark.parametrize("name", set_up.WINDOWS)
def test_windows_say_what_the_program_says(name: str) -> None:
    assert described(name) == console.described(set_up.WINDOWS[name]()), STALE


def test_the_whole_set_up_is_shown() -> None:
    lines = set_up.window().lines
    assert sum(line.startswith("√  ") for line in lines) == len(icon_files()) + 3
    assert sum(line.startswith("√ ") and line[2] != " " for line in lines) == len(PROBES)
    framed = [lines[at] for at in set_up.window().framed]
    assert framed == ["按钮可以使用。"] and f"- 末尾写“{framed[0]}”：" in MANUAL
    assert not [line for line in lines if console.omitted(line) or "/" in line or "%" in line]


def test_the_frame_is_around_what_to_do() -> None:
    window = set_up.trouble()
    fact, *advice = (window.lines[at] for at in window.framed)
    assert fact.startswith("× ") and all(line.startswith("     ") for line in advice)
    assert advice[-1].strip().startswith("→ ")
    assert sum(line.startswith("× ") for line in window.lines) == 1


def test_the_end_of_a_dropped_workbook_is_shown() -> None:
    lines = set_up.dropped().lines
    assert lines[0] == "重新计算得分：拖来1个" and lines[-1] == set_up.PAUSE
    told = next(line for line in lines if line.startswith("结果已写入"))
    assert f"{set_up.USER}\\Documents\\{set_up.UNIT}.xlsx" in told


# --- the package --------------------------------------------------------------------------------------------------


@pytest.fixture
def unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """An offline package as it is made, but for the components, which come from the network."""
    monkeypatch.setattr(wheelhouse, "_collect", lambda wheels: (wheels / "xlauto-1-py3-none-any.whl").write_bytes(b""))
    monkeypatch.setattr(wheelhouse, "_try", lambda wheels, python: None)
    assert wheelhouse.main([str(tmp_path)]) == 0
    return tmp_path


def test_the_package_is_what_the_picture_shows(unpacked: Path) -> None:
    assert {path.name: path.is_dir() for path in unpacked.iterdir()} == {i.name: i.folder for i in package.ITEMS}
    assert described("setup-package.png") == package.described(), STALE
    assert not [item.name for item in (*package.ITEMS, *package.ADDED) if f"`{item.name}`" not in MANUAL]


def test_what_may_be_added_is_what_the_script_looks_for(unpacked: Path) -> None:
    script = (unpacked / package.SET_UP).read_bytes().decode("cp936")
    python, schemes = package.ADDED
    looked_for = re.search(r'%here%(python-\S+\.exe)"', script)
    assert looked_for and re.fullmatch(looked_for[1].replace(".", r"\.").replace("*", ".*"), python.name)
    assert f'if exist "%here%{schemes.name}"' in script and schemes.folder


def test_the_note_points_to_what_is_there(unpacked: Path) -> None:
    text = (unpacked / wheelhouse.NOTE).read_text(encoding="utf-8-sig")
    assert len(text.splitlines()) == 3
    named = re.findall(r"“([^”。]+)”", text)
    assert set(named) == {package.SET_UP, wheelhouse.MANUALS, wheelhouse.FORMS}
    assert not [name for name in named if not (unpacked / name).exists()]


# --- how a script is read, how a window is drawn ------------------------------------------------------------------

SCRIPT = """@echo off
rem echo a python -m xlauto says nothing
echo 一
if errorlevel 1 goto bad
if defined python goto good
echo 二
:good
echo 三：%python%
"%python%" -m pip install xlauto
%python% -P -m xlauto excel doctor
if errorlevel 1 goto bad
goto end
:bad
echo 四
:end
echo.
pause
exit /b
echo 五"""


@pytest.mark.parametrize(
    ("true", "shown"),
    [
        (["defined python"], ["一", "三：py", "xlauto: excel doctor", "", set_up.PAUSE]),
        ([], ["一", "二", "三：py", "xlauto: excel doctor", "", set_up.PAUSE]),
        (["errorlevel 1"], ["一", "四", "", set_up.PAUSE]),
    ],
)
def test_what_a_script_shows(true: Sequence[str], shown: Sequence[str]) -> None:
    def run(module: str, arguments: str) -> list[str]:
        return [f"{module}: {arguments}"]

    assert list(set_up.shown_by(SCRIPT, true, {"python": "py"}, run)) == shown


def test_paths_are_written_as_on_windows(tmp_path: Path) -> None:
    lines = [f"图标 {tmp_path}/桌面/校验.cmd", f"在 {tmp_path}/a（见“a/b”）", f"{tmp_path}", "应为4/5"]
    user = set_up.USER
    expected = [f"图标 {user}\\桌面\\校验.cmd", f"在 {user}\\a（见“a/b”）", user, "应为4/5"]
    assert set_up.on_windows(lines, tmp_path) == expected


def test_a_shortened_window_says_how_much_is_left_out() -> None:
    lines = ["重算", "", "错误 1", "   连带", "错误 2", "错误 3", "   连带", "错误 4", "完成"]
    keep = set_up.first_of_each(lines)
    omitted = console.OMITTED.format(3)
    assert console.shortened(lines, keep) == ("重算", "", "错误 1", "   连带", "错误 2", omitted, "完成")
    assert console.shortened(lines, {0}) == ("重算", console.OMITTED.format(8))
    assert console.shortened(lines, set(range(9))) == tuple(lines)


def test_a_window_breaks_lines_at_its_last_column() -> None:
    rows = list(console.wrapped("×" * 59 + "ab" + "汉字"))
    assert rows == ["×" * 59 + "ab", "汉字"] and list(console.wrapped("")) == [""]
    assert [sum(map(console.columns, row)) for row in rows] == [120, 4]


@pytest.mark.parametrize(("framed", "red"), [(range(1, 2), True), (range(0), False)])
def test_a_picture_says_its_lines_and_frames_what_matters(framed: range, red: bool) -> None:
    needed("fc-match", "fontconfig")
    data = console.picture(console.Window(("甲", "×" * 70), "说明", framed))
    with Image.open(io.BytesIO(data)) as image:
        assert image.info[console.DESCRIPTION] == "甲\n" + "×" * 70 + "\n说明"
        colours = [colour for _, colour in image.convert("RGB").getcolors(1 << 24) or []]
    assert any(r > 200 and g < 110 and b < 120 for r, g, b in colours) is red
