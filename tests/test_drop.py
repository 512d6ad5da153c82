"""The icons for drag and drop: what cmd.exe hands over, what is done with it, the bytes of the scripts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import samples
from hypothesis import given
from hypothesis import strategies as st

from xlauto import drop
from xlauto.books.closed import open_book
from xlauto.desk.icons import LONGEST, NOTE, icon_files, icon_scripts, icons, is_our_icon
from xlauto.desk.scripts import note_bytes, script_bytes
from xlauto.places import macros_dir

ICON = r"C:\Users\张三\Desktop\绩效 自评\重新计算得分.cmd"
SCRIPTS = icon_scripts()


def handed_over(*paths: str, icon: str = ICON) -> dict[str, str]:
    """As Explorer and cmd.exe do it: only names with blanks are in quotation marks."""
    words = " ".join([f'"{icon}"', *(f'"{path}"' if " " in path else path for path in paths)])
    return {drop.LINE: rf'C:\Windows\system32\cmd.exe /c "{words}"', drop.ICON: icon}


NAMES = [
    r"C:\a.xlsx", r"C:\有 空格\自评 表.xlsx", r"C:\a&b.xlsx", r"C:\a & b.xlsx", r"C:\x^&notepad.xlsx", r"C:\a^b.xlsx",
    r"C:\100%TEMP%.xlsx", r"C:\!a!.xlsx", r"C:\a;b=c,d.xlsx", r"C:\自评(1).xlsx", r"C:\(1) 自评.xlsx", r"C:\a'b`c.xlsx",
    r"C:\@a~$#+{}[].xlsx", r"\\server\共享 文件夹\收件", "D:\\", r"C:\𠮷 /c 野.xlsx", r"C:\全角　空格.xlsx",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_each_name_arrives(name: str) -> None:
    assert drop.dropped(handed_over(name)) == [name]


def test_all_names_arrive_together() -> None:
    assert drop.dropped(handed_over(*NAMES)) == NAMES


component = st.text(
    st.characters(exclude_categories=("C",), exclude_characters='<>:"/\\|?*'), min_size=1, max_size=20
).filter(lambda text: text == text.strip() and not text.endswith("."))  # fmt: skip


@given(st.lists(component.map(lambda name: f"C:\\收件\\{name}.xlsx"), max_size=8))
def test_any_names_arrive(names: list[str]) -> None:
    assert drop.dropped(handed_over(*names)) == names


@pytest.mark.parametrize(
    "line",
    [
        "", "cmd", '"C:\\Windows\\system32\\cmd.exe" ', "cmd.exe /c ", "cmd.exe /c x",
        r'cmd.exe /c "C:\other.cmd C:\a.xlsx"', rf'C:\Windows\system32\cmd.exe /c ""{ICON}" "',
    ],
)  # fmt: skip
def test_a_pressed_icon_or_a_console_hands_nothing_over(line: str) -> None:
    assert drop.dropped({drop.LINE: line, drop.ICON: ICON}) == []


def test_the_icon_may_go_by_its_short_name(tmp_path: Path) -> None:
    icon, short = tmp_path / "重新计算得分.cmd", tmp_path / "B2A3~1.CMD"
    icon.touch()
    short.hardlink_to(icon)
    line = f'cmd.exe /c ""{short}" C:\\a.xlsx"'
    assert drop.dropped({drop.LINE: line, drop.ICON: str(icon)}) == ["C:\\a.xlsx"]


def test_a_line_that_may_be_cut_off_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    many = [rf"C:\收件夹\某某局自评工作簿{number}.xlsx" for number in range(400)]
    assert drop.main(["recalc"], handed_over(*many)) == 2
    assert "没有进行：一次拖放的文件太多" in capsys.readouterr().err
    few = many[: (LONGEST - len(handed_over()[drop.LINE])) // (len(many[-1]) + 1)]
    assert drop.dropped(handed_over(*few)) == few


# --- jobs ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    path = tmp_path / "收件 & 夹" / "衡山(1) 100%.xlsx"
    path.parent.mkdir()
    path.write_bytes(samples.as_published(samples.HENGSHAN))
    return path


def test_recalculation_says_what_was_done_where(faulty: Path, capfd: pytest.CaptureFixture[str]) -> None:
    broken = faulty.with_name("坏.xlsx")
    broken.write_bytes(b"PK nothing")
    before = faulty.read_bytes()
    status = drop.main(["recalc"], handed_over(str(faulty), str(broken), str(faulty.parent)))
    said = capfd.readouterr()
    assert status == 2
    assert said.out.startswith("重新计算得分：拖来3个\n")
    assert f"结果已写入 {faulty}" in said.out and "坏.xlsx  没有改动" in said.out
    assert f"  {faulty.parent}：没有完成：是文件夹" in said.err
    closing = said.out[said.out.index("2个文件：") :].splitlines()
    assert re.fullmatch(rf"  {re.escape(faulty.name)}：完成，有错误\d+处", closing[1])
    assert closing[2].startswith("  坏.xlsx：没有完成：[文件08] ")
    assert closing[3:] == ["", "重新计算得分有的没有完成，原因见上。"]
    assert faulty.with_name(f"{faulty.name}.bak").read_bytes() == before != faulty.read_bytes()


def test_check_writes_what_the_button_writes(faulty: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = open_book(faulty)
    assert drop.main(["check", str(faulty)], {}) == 1
    after = open_book(faulty)
    assert after.cells("校验结果") != before.cells("校验结果")
    assert after.cells("评分说明") == before.cells("评分说明")
    assert capfd.readouterr().out.endswith("校验完成。有错误要改正，逐条见上。\n")


def test_summary_lies_beside_the_folder_and_replaces_nothing(faulty: Path, capfd: pytest.CaptureFixture[str]) -> None:
    inbox, beside = faulty.parent, faulty.parent.parent
    (beside / "汇总.xlsx").write_bytes(b"other")
    before = faulty.read_bytes()
    for number in (2, 3):
        assert drop.main(["consolidate"], handed_over(str(inbox))) == 1
        assert open_book(beside / f"汇总({number}).xlsx").sheets
    said = capfd.readouterr().out
    assert said.count("汇总已写入") == said.count("见上表和汇总里的“报送情况”“校验问题”") == 2
    assert ((beside / "汇总.xlsx").read_bytes(), faulty.read_bytes()) == (b"other", before)
    assert [path.name for path in inbox.iterdir()] == [faulty.name]


def test_summary_of_files_lies_in_their_folder_and_is_no_unit(faulty: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert drop.main(["consolidate"], handed_over(str(faulty))) == 1
    assert (faulty.parent / "汇总.xlsx").exists()
    assert drop.main(["consolidate"], handed_over(str(faulty.parent))) == 1
    assert "汇总.xlsx：[文件29] 是本程序生成的汇总，已忽略" in capfd.readouterr().out


def test_free_name_counts_links_that_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "汇总.xlsx").symlink_to(tmp_path / "gone")
    assert drop.free_name(tmp_path) == tmp_path / "汇总(2).xlsx"


@pytest.mark.parametrize("icon", icons(), ids=lambda icon: icon.job)
def test_a_pressed_icon_explains_itself(icon: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert drop.main([icon.job], {}) == 2  # type: ignore[attr-defined]
    said = capsys.readouterr().out
    assert icon.does in said and icon.drop in said and "拖到" in said  # type: ignore[attr-defined]


@pytest.mark.parametrize("arguments", [[], ["print"], ["--help"]])
def test_another_job_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert drop.main(arguments, {}) == 2
    assert "recalc|check|consolidate" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_told(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for job in ("recalc", "consolidate"):
        assert drop.main([job, str(tmp_path / "无此文件.xlsx")], {}) == 2
    said = capfd.readouterr()
    assert "Traceback" not in said.out + said.err


# --- the scripts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_are_what_cmd_reads(name: str) -> None:
    data = SCRIPTS[name]
    assert data.count(b"\n") == data.count(b"\r\n") == len(data.splitlines())
    text = data.decode("cp936")
    job = next(icon.job for icon in icons() if icon.name == name)
    assert f"-m xlauto.drop {job}\r\n" in text and not re.search(r"\{\w+\}", text)
    assert is_our_icon(data)


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_are_safe_from_names(name: str) -> None:
    """The arguments are never used, for cmd.exe would parse them again; and what follows them never runs."""
    lines = [line for line in SCRIPTS[name].decode("cp936").splitlines() if not line.startswith("rem")]
    assert not [line for line in lines if re.search(r"%(\*|[1-9]|~\w*[1-9])", line)]
    assert [line for line in lines if "cmdcmdline" in line] == ['set "XLAUTO_DROPPED=!cmdcmdline!"']
    assert lines[-1] == "%leave% %status%"
    labels = {line[1:] for line in lines if line.startswith(":")}
    assert {goal for line in lines for goal in re.findall(r"goto (\w+)", line)} == labels


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_show_chinese_only_after_the_code_page_is_set(name: str) -> None:
    before, _, after = SCRIPTS[name].decode("cp936").partition("chcp 936 >nul")
    assert all(line.isascii() or line.startswith("rem") for line in before.splitlines())
    assert not after.isascii()


def test_note_is_what_notepad_reads() -> None:
    data = icon_files()[NOTE]
    assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\n") == data.count(b"\r\n")
    text = data.decode("utf-8-sig")
    assert all(icon.name in text for icon in icons()) and is_our_icon(data)


def test_line_ends_of_a_checkout_make_no_difference() -> None:
    text = (macros_dir() / "drop.template").read_bytes().decode()
    for make in (script_bytes, note_bytes):
        assert make(text) == make(text.replace("\r\n", "\n").replace("\n", "\r\n"))


def test_what_gbk_lacks_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        script_bytes("echo ✓")


def test_committed_icons_are_what_the_template_gives() -> None:
    committed = {path.name: path.read_bytes() for path in macros_dir().glob("*.cmd")}
    assert committed == SCRIPTS, "python -m xlauto scheme build --all"
