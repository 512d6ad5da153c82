"""The diagnosis: each probe over tables of computers, what keeps the button from working, what the user reads."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from desk.computer import APP_PATHS, EXCEL, OFFICE, SERVER, Values, computer, lacking, refusing, registered

from xlauto.cli_excel import excel_group
from xlauto.desk import doctor
from xlauto.desk.doctor import ASR_RULE, PROBES, Answer, State, diagnose, marked, works
from xlauto.desk.icons import icon_files
from xlauto.desk.install import KEY, addin_place, carry_out, to_install
from xlauto.desk.live import try_excel
from xlauto.desk.machine import Machine
from xlauto.model import CannotGoOn

GOOD, BAD, UNSURE = State.GOOD, State.BAD, State.UNSURE
POLICY = r"Software\Policies\Microsoft\Office\16.0"
OWN = r"HKCU\Software\Microsoft\Office\16.0"
ASR = r"HKLM\SOFTWARE\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules"
WPS = {(r"HKCU\SOFTWARE\Kingsoft\Office\6.0\Common", "InstallRoot"): r"D:\WPS Office\12.1"}
Change = Callable[[Machine], Machine]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Everything in order."""
    found = computer(tmp_path)
    list(carry_out(to_install(found)))
    return found


def fields(**changes: object) -> Change:
    return lambda machine: replace(machine, **changes)  # type: ignore[arg-type]


def value(key: str, name: str, content: str | int) -> Change:
    return lambda machine: registered(machine, key, name, content)


def only(values: dict[tuple[str, str], str | int]) -> Change:
    return lambda machine: replace(machine, registry=Values(values))


def without(key: str, name: str) -> Change:
    def change(machine: Machine) -> Machine:
        values = {place: v for place, v in machine.registry.values.items() if place != (key, name)}
        return replace(machine, registry=Values(values))

    return change


def file(place: Callable[[Machine], Path], data: bytes | None) -> Change:
    def change(machine: Machine) -> Machine:
        place(machine).unlink() if data is None else place(machine).write_bytes(data)
        return machine

    return change


def test_a_computer_in_order(machine: Machine) -> None:
    answers = diagnose(machine)
    assert [answer for answer in answers if answer.state is not GOOD] == []
    assert len(answers) == len(PROBES)
    assert works(answers)


CASES: list[tuple[str, doctor.Probe, Change, State, str]] = [
    ("old Python", doctor.interpreter, fields(version=(3, 10, 9)), BAD, "版本过低"),
    ("32-bit Python", doctor.interpreter, fields(bits=32), BAD, "请安装64位的Python"),
    ("no pythonw", doctor.interpreter, file(lambda m: m.windowless, None), BAD, "pythonw.exe"),
    ("click gone", doctor.components, fields(imports=lacking("click")), BAD, "click不能使用"),
    ("own package broken", doctor.components, fields(imports=lacking("xlauto.button")), BAD, "xlauto.button不能使用"),
    ("no pywin32", doctor.excel_components, fields(imports=lacking("win32com.client")), BAD, "缺少pywin32"),
    ("no xlwings", doctor.excel_components, fields(distribution=lambda name: None), BAD, "缺少xlwings"),
    ("no formualizer", doctor.formulas, fields(imports=lacking("formualizer")), UNSURE, "不影响按钮"),
    ("pythonw blocked", doctor.starting, fields(runs=refusing("拒绝访问")), BAD, "拒绝访问"),
    ("neither Excel nor WPS", doctor.excel, only({}), BAD, "没有安装Excel"),
    ("only WPS", doctor.excel, only(WPS), BAD, "有WPS（D:\\WPS Office\\12.1）"),
    ("only WPS, by its program", doctor.excel, only({(rf"HKCU\{APP_PATHS}\et.exe", ""): r"D:\et.exe"}), BAD, "有WPS"),
    ("Excel and WPS", doctor.excel, only({**OFFICE, **WPS}), GOOD, "另有WPS"),
    ("Excel for this user", doctor.excel, only({(rf"HKCU\{APP_PATHS}\excel.exe", ""): f'"{EXCEL}"'}), GOOD, EXCEL),
    ("32-bit Excel", doctor.excel, fields(program_bits=lambda path: 32), GOOD, "16.0，32位"),
    ("Excel's bits unknown", doctor.excel, fields(program_bits=lambda path: None), GOOD, "位数不明"),
    ("WPS in Excel's place", doctor.takeover, value(SERVER, "", r"D:\WPS Office\et.exe"), UNSURE, "被WPS占用"),
    ("no class at all", doctor.takeover, only({}), GOOD, "没有被占用"),
    ("no add-in", doctor.addin, file(addin_place, None), BAD, "xlauto excel install"),
    ("another's add-in", doctor.addin, file(addin_place, b"PK"), BAD, "不是xlauto的"),
    ("no setting", doctor.launcher, without(KEY, "python"), BAD, "注册表里没有"),
    ("setting of another Python", doctor.launcher, value(KEY, "python", r"C:\Py\pythonw.exe"), BAD, "另一个Python"),
    ("no trusted places", doctor.trusted_place,
     value(rf"{OWN}\Excel\Security\Trusted Locations", "AllLocationsDisabled", 1), BAD, "Excel选项—信任中心"),
    ("no trusted places by policy", doctor.trusted_place,
     value(rf"HKCU\{POLICY}\Excel\Security\Trusted Locations", "AllLocationsDisabled", 1), BAD, "管理员"),
    ("trusted places allowed", doctor.trusted_place,
     value(rf"{OWN}\Excel\Security\Trusted Locations", "AllLocationsDisabled", 0), GOOD, "启用"),
    ("VBA off", doctor.macros, value(rf"HKLM\{POLICY}\Common", "vbaoff", 1), BAD, "VBA已被停用"),
    ("macros with notice", doctor.macros, value(rf"{OWN}\Excel\Security", "VBAWarnings", 2), GOOD, "启用内容"),
    ("all macros", doctor.macros, value(rf"{OWN}\Excel\Security", "VBAWarnings", 1), GOOD, "全部允许"),
    ("signed macros", doctor.macros, value(rf"{OWN}\Excel\Security", "VBAWarnings", 3), UNSURE, "数字签名"),
    ("no macros", doctor.macros, value(rf"{OWN}\Excel\Security", "VBAWarnings", 4), UNSURE, "Excel选项"),
    ("no macros by policy", doctor.macros, value(rf"HKCU\{POLICY}\Excel\Security", "vbawarnings", 4), UNSURE, "管理员"),
    ("no macros from outside", doctor.internet_macros,
     value(rf"HKCU\{POLICY}\Excel\Security", "blockcontentexecutionfrominternet", 1), UNSURE, "解除锁定"),
    ("Defender blocks", doctor.child_processes, value(ASR, ASR_RULE, "1"), BAD, "排除项"),
    ("Defender blocks, in small letters", doctor.child_processes, value(ASR, ASR_RULE.lower(), 1), BAD, "排除项"),
    ("Defender only watches", doctor.child_processes, value(ASR, ASR_RULE, "2"), GOOD, "没有禁止"),
    ("Defender warns", doctor.child_processes, value(ASR, ASR_RULE, "6"), UNSURE, "警告"),
    ("Defender's setting is odd", doctor.child_processes, value(ASR, ASR_RULE, "?"), GOOD, "没有禁止"),
    ("no console", doctor.console, fields(console_page=lambda: None), UNSURE, "没有命令行窗口"),
    ("western console", doctor.console, fields(console_page=lambda: 437), UNSURE, "chcp 936"),
    ("UTF-8 console", doctor.console, fields(console_page=lambda: 65001), GOOD, "UTF-8"),
    ("icons not set up", doctor.icons, without(KEY, "icons"), UNSURE, "不影响按钮"),
    ("an icon gone", doctor.icons, file(lambda m: m.desktop / "绩效自评" / "汇总.cmd", None), UNSURE, "汇总.cmd"),
    ("add-in from the net", doctor.addin_mark, fields(zone=lambda path: 3), BAD, "解除锁定"),
    ("add-in from the own net", doctor.addin_mark, fields(zone=lambda path: 1), GOOD, "没有"),
]  # fmt: skip


@pytest.mark.parametrize(("probe", "change", "state", "word"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_probe(probe: doctor.Probe, change: Change, state: State, word: str, machine: Machine) -> None:
    answer = probe(change(machine))
    assert answer.state is state
    assert word in f"{answer.fact}|{answer.means}|{answer.advice}"
    assert answer.state is not BAD or (answer.means and answer.advice)


def test_an_addin_of_another_version(machine: Machine) -> None:
    with zipfile.ZipFile(addin_place(machine), "w") as package:
        package.writestr("customUI/customUI.xml", '<tab id="XlautoTab"/>')
    answer = doctor.addin(machine)
    assert answer.state is BAD and "另一个版本" in answer.fact


def test_a_policy_outweighs_the_users_own_choice(machine: Machine) -> None:
    own = value(rf"{OWN}\Excel\Security", "VBAWarnings", 4)(machine)
    assert doctor.macros(value(rf"HKLM\{POLICY}\Excel\Security", "VBAWarnings", 2)(own)).state is GOOD


def test_settings_are_those_of_the_installed_version(machine: Machine) -> None:
    old = value(r"HKCR\Excel.Application\CurVer", "", "Excel.Application.14")(machine)
    key = r"HKCU\Software\Microsoft\Office\14.0\Excel\Security"
    assert doctor.macros(value(key, "VBAWarnings", 4)(old)).state is UNSURE
    assert doctor.macros(value(key, "VBAWarnings", 4)(machine)).state is GOOD


def test_own_folder_that_cannot_be_written(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert doctor.own_folder(replace(machine, own=tmp_path / "file" / "xlauto")).state is UNSURE
    assert doctor.own_folder(machine).state is GOOD
    assert [path.name for path in machine.own.iterdir()] == []


def test_own_folder_that_gives_something_else_back(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """As software does that encrypts files for all programs but some."""
    monkeypatch.setattr(Path, "read_bytes", lambda self: b"\x00encrypted")
    answer = doctor.own_folder(machine)
    assert answer.state is BAD and "加密" in answer.means


def test_a_probe_that_fails_leaves_its_question_open(machine: Machine) -> None:
    def broken(path: Path) -> int | None:
        raise RuntimeError("no such thing")

    answers = diagnose(replace(machine, program_bits=broken))
    assert [(answer.about, answer.state) for answer in answers if answer.state is not GOOD] == [("excel", UNSURE)]


def test_workbooks_are_asked_for_their_mark(machine: Machine, tmp_path: Path) -> None:
    book = tmp_path / "自评.xlsm"
    clean, found = diagnose(machine, [book])[-1], replace(machine, zone=lambda path: 3 if path == book else None)
    assert (clean.about, clean.state) == ("来源标记 自评.xlsm", GOOD)
    assert not works(diagnose(found, [book]))
    assert marked(found, book).advice.startswith("右键点文件")


def test_elsewhere_than_on_windows_one_answer_is_enough(machine: Machine) -> None:
    answers = diagnose(replace(machine, system="linux"))
    assert [answer.state for answer in answers] == [BAD]


def test_every_word_can_be_shown_by_a_chinese_console(machine: Machine) -> None:
    answers = [probe(change(machine)) for _, probe, change, _, _ in CASES if probe is not doctor.interpreter]
    text = "".join(
        f"{answer.state.value}{answer.about}{answer.fact}{answer.means}{answer.advice}" for answer in answers
    )
    assert text.encode("cp936").decode("cp936") == text


# --- the command --------------------------------------------------------------------------------------------------


@pytest.fixture
def shown(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """Run `xlauto excel …` on the computer."""

    def run(*arguments: str, on: Machine = machine) -> tuple[int, str]:
        monkeypatch.setattr("xlauto.desk.machine.this_machine", lambda: on)
        result = CliRunner().invoke(excel_group, arguments, standalone_mode=False)
        if result.exception:
            raise result.exception
        return result.return_value, result.output

    return run


def test_doctor_says_that_all_is_well(shown: Callable[..., tuple[int, str]]) -> None:
    status, text = shown("doctor")
    assert status == 0
    assert text.endswith("\n按钮可以使用。\n") and "×" not in text


def test_doctor_says_what_to_do(shown: Callable[..., tuple[int, str]], machine: Machine) -> None:
    status, text = shown("doctor", on=without(KEY, "python")(machine))
    assert status == 1
    assert "× 按钮的设置：注册表里没有" in text and "     → 运行：xlauto excel install\n" in text
    assert text.endswith("请处理带“×”的各项。\n")


def test_doctor_as_json(shown: Callable[..., tuple[int, str]], machine: Machine) -> None:
    status, text = shown("doctor", "--json", on=replace(machine, console_page=lambda: 437))
    data = json.loads(text)
    assert (status, data["works"]) == (0, True)
    assert {answer["state"] for answer in data["answers"]} == {"good", "unsure"}
    assert all(answer.keys() == set(Answer._fields) for answer in data["answers"])


def test_install_and_uninstall_tell_what_they_do(
    shown: Callable[..., tuple[int, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    fresh = computer(tmp_path_factory.mktemp("fresh"))
    status, trial = shown("install", "--dry-run", on=fresh)
    assert status == 0 and trial.count("要做  ") == len(icon_files()) + 3 and not addin_place(fresh).exists()
    status, text = shown("install", on=fresh)
    assert status == 0 and text.count("√  ") == len(icon_files()) + 3 and addin_place(fresh).exists()
    assert shown("install", on=fresh)[1].endswith("已是最新，没有要做的。\n")
    assert "要做  删去加载项" in shown("uninstall", "--dry-run", on=fresh)[1] and addin_place(fresh).exists()
    assert "√  删去加载项" in shown("uninstall", on=fresh)[1] and not addin_place(fresh).exists()
    assert shown("uninstall", on=fresh) == (0, "没有装过，没有要拿掉的。\n")


def test_shortcuts_option(shown: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    shown("install", "--shortcuts", str(tmp_path / "别处"))
    assert {path.name for path in (tmp_path / "别处").iterdir()} == icon_files().keys()


# --- in an open Excel -----------------------------------------------------------------------------------------------


def test_an_excel_that_can_be_read() -> None:
    @contextmanager
    def opened() -> Iterator[object]:
        yield type("Opened", (), {"sheets": ["甲", "乙"]})()

    assert try_excel(opened)[0][1:3] == (GOOD, "读到当前工作簿的2张工作表，没有改动")  # type: ignore[arg-type]


def test_an_excel_whose_copies_are_encrypted() -> None:
    @contextmanager
    def opened() -> Iterator[object]:
        raise CannotGoOn("程序33", "自评.xlsx", "Excel写出的临时副本不能读取", "请管理员处理")
        yield

    answer = try_excel(opened)[0]  # type: ignore[arg-type]
    assert answer[1:] == (BAD, "Excel写出的临时副本不能读取", "按钮也会在这里停下", "请管理员处理")
