"""What a press of a button does: which program is started, with what, and what the user is told when it fails."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from macros.excel import Excel
from pyopenvba.interpreter import NOTHING

from xlauto.template.macros import buttons, texts

PYTHONW = r"C:\Program Files\Python\pythonw.exe"
REGISTRY = {r"HKCU\Software\xlauto\python": PYTHONW}
SETTING = r"xlauto\Launcher\python"
SETTINGS = {SETTING: PYTHONW}
CALL = '-P -m xlauto.button recalc "--wb=自评.xlsm" --hwnd=4711'


def by_registry(**more: object) -> Excel:
    return Excel(registry=REGISTRY, programs={PYTHONW: 0}, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("button", buttons(), ids=lambda button: button.job)
def test_each_button_starts_its_job(button: object) -> None:
    for macro, arguments in ((button.macro, ()), (f"On{button.macro}", (NOTHING,))):  # type: ignore[attr-defined]
        excel = by_registry()
        excel.press(macro, *arguments)
        assert excel.commands == [f'"{PYTHONW}" {CALL.replace("recalc", button.job)}']  # type: ignore[attr-defined]
        assert excel.messages == []


def test_the_status_bar_says_what_goes_on_and_is_given_back() -> None:
    for before in (False, "请稍候"):
        excel = by_registry(bar=before)
        excel.press("RecalculateScores")
        assert excel.bars == ["正在重新计算得分，请稍候……"]
        assert excel.bar == before
    assert excel.calculations == 0


@pytest.mark.parametrize(
    ("excel", "command"),
    [
        (Excel(environment={"XLAUTO_PYTHON": "/a b/python"}, registry=REGISTRY, programs={"/a b/python": 0}),
         f'"/a b/python" {CALL}'),
        (by_registry(addins=("xlwings.xlam",)), f'"{PYTHONW}" {CALL}'),
        (Excel(programs={"pyw": 0, "pythonw": 0}), f"pyw -3 {CALL}"),
        (Excel(programs={"pythonw": 0}), f"pythonw {CALL}"),
        (Excel(programs={"pyw": 1, "pythonw": 0}), f"pythonw {CALL}"),
        (Excel(settings=SETTINGS, programs={PYTHONW: 0, "pyw": 0}), f'"{PYTHONW}" {CALL}'),
        (Excel(registry=REGISTRY, settings={SETTING: "old"}, programs={PYTHONW: 0}), f'"{PYTHONW}" {CALL}'),
        (Excel(settings=SETTINGS, programs={PYTHONW: 0}, script_host=False), f'"{PYTHONW}" {CALL}'),
    ],
    ids=["environment", "registry", "pyw", "pythonw", "pyw without xlauto", "setting", "registry first", "no host"],
)  # fmt: skip
def test_python_is_looked_for_in_order(excel: Excel, command: str) -> None:
    excel.press("RecalculateScores")
    assert excel.commands[-1] == command
    assert excel.messages == [] and excel.runs == []


def test_xlwings_serves_where_no_python_is_known() -> None:
    excel = Excel(addins=("xlwings.xlam",), programs={"pyw": 0})
    excel.press("ExplainScores")
    assert excel.runs == [("xlwings.xlam!RunPython", "import xlauto.button; xlauto.button.explain()")]
    assert excel.commands == [] and excel.messages == []


def test_without_the_script_host_the_program_is_started_all_the_same() -> None:
    excel = Excel(environment={"XLAUTO_PYTHON": PYTHONW}, programs={PYTHONW: 0}, script_host=False)
    excel.press("RecalculateScores")
    assert excel.shells == [f'"{PYTHONW}" {CALL}']
    assert excel.messages == []


NOT_STARTED = "“重新计算得分”没有进行：找不到或不能启动程序 {}。"
CALCULATED = "表内公式已由Excel重新计算。"
FAILED = "“重新计算得分”没有完成：程序 {} 没有正常结束（状态 {}）。"


@pytest.mark.parametrize(
    ("excel", "told"),
    [
        (Excel(), NOT_STARTED.format("pythonw")),
        (Excel(registry=REGISTRY), NOT_STARTED.format(PYTHONW)),
        (Excel(registry=REGISTRY, programs={PYTHONW: 1}), FAILED.format(PYTHONW, 1)),
        (Excel(programs={"pyw": 103}), FAILED.format("pyw -3", 103)),
        (Excel(programs={"pyw": 103, "pythonw": 1}), FAILED.format("pythonw", 1)),
        (Excel(script_host=False), NOT_STARTED.format("pythonw")),
        (Excel(addins=("xlwings.xlam",), xlwings_status=-1), NOT_STARTED.format("xlwings")),
    ],
    ids=["nothing", "removed", "failed", "without xlauto", "both without xlauto", "no script host", "xlwings"],
)
def test_a_failure_is_told_and_the_formulas_are_calculated(excel: Excel, told: str) -> None:
    excel.press("RecalculateScores")
    assert [message.splitlines()[0] for message in excel.messages] == [told]
    assert re.findall(r"^(\d)\.", excel.messages[0], re.MULTILINE) == ["1", "2"]
    assert re.findall(r"“(\w+\.cmd)”", excel.messages[0]) == ["安装.cmd", "重新计算得分.cmd", "校验.cmd"]
    assert not re.search(r"[{}]", excel.messages[0])
    assert excel.messages[0].endswith("\n" + CALCULATED + "\n")
    assert excel.calculations == 1
    assert excel.bar is False


def test_a_recalculation_that_failed_is_not_told_as_done() -> None:
    excel = Excel(calculates=False)
    excel.press("RecalculateScores")
    assert excel.calculations == 0
    assert len(excel.messages) == 1 and CALCULATED not in excel.messages[0] and "安装.cmd" in excel.messages[0]


USUAL = {"calculation": -4105, "enableevents": True, "displayalerts": True, "screenupdating": True}
OWN = {"calculation": -4135, "enableevents": False, "displayalerts": True, "screenupdating": True}
LEFT = {"calculation": -4135, "enableevents": False, "displayalerts": False, "screenupdating": False}


@pytest.mark.parametrize("before", [USUAL, OWN], ids=["usual", "own"])
@pytest.mark.parametrize("status", [0, 1])
def test_what_python_has_left_changed_is_given_back(before: dict[str, object], status: int) -> None:
    excel = Excel(registry=REGISTRY, programs={PYTHONW: status}, leaves=LEFT, state=dict(before))
    excel.press("RecalculateScores")
    assert excel.state == before


def test_an_application_without_these_settings_is_served() -> None:
    excel = by_registry(state={})
    excel.press("RecalculateScores")
    assert excel.messages == [] and excel.state == {} and len(excel.commands) == 1


def test_the_addin_serves_the_workbook_in_front() -> None:
    excel = by_registry(workbook="xlauto.xlam", active="别的 单位.xlsx")
    excel.press("RecalculateScores")
    assert '"--wb=别的 单位.xlsx"' in excel.commands[0]


def test_without_a_workbook_the_addin_says_so() -> None:
    excel = by_registry(workbook="xlauto.xlam", active="")
    excel.press("RecalculateScores")
    assert excel.messages == [texts()["no_workbook"]]
    assert excel.commands == [] and excel.bar is False


@pytest.mark.parametrize(("active", "served"), [("别的.xlsm", "别的.xlsm"), ("", "自评.xlsm")])
def test_a_workbooks_macros_serve_the_workbook_in_front(active: str, served: str) -> None:
    excel = by_registry(active=active)
    excel.press("RecalculateScores")
    assert f'"--wb={served}"' in excel.commands[0]


def test_xlwings_serves_the_workbook_in_front() -> None:
    excel = Excel(active="别的.xlsx", addins=("xlwings.xlam",))
    excel.press("RecalculateScores")
    assert excel.active == "别的.xlsx" and len(excel.runs) == 1


@pytest.mark.parametrize(
    ("workbook", "addins", "visible"),
    [("自评.xlsm", (), True), ("自评.xlsm", ("xlauto.xlam",), False), ("xlauto.xlam", ("xlauto.xlam",), True)],
)
def test_only_one_tab_shows(workbook: str, addins: tuple[str, ...], visible: bool) -> None:
    excel = Excel(workbook=workbook, addins=addins)
    callback = "AddinOnTabVisible" if workbook.endswith(".xlam") else "OnTabVisible"
    excel.vba.add_module(
        f"Function Shown() As Boolean\nDim v As Variant\n{callback} Nothing, v\nShown = v\nEnd Function", name="Ask"
    )
    assert excel.press("Shown") is visible


def test_every_text_arrives_character_by_character() -> None:
    excel = Excel()
    assert {key: excel.press("TextOf", key) for key in texts()} == dict(texts())


NAMES = ["自 评.xlsm", "a;b=c&d,'e'.xlsm", "100%.xlsm", "%TEMP%.xlsm", "a%TEMP%b%%OS%.xlsm", "^(!)@ .xlsm", "%%.xlsm"]


@pytest.mark.parametrize("name", NAMES)
def test_windows_hands_over_the_name_as_it_is(name: str) -> None:
    handed_over(name)


@given(st.text("自评 %TEMP;=&'", min_size=1, max_size=20))
def test_windows_hands_over_any_name(name: str) -> None:
    handed_over(name)


def handed_over(name: str) -> None:
    excel = by_registry(active=name)
    excel.press("RecalculateScores")
    (command,) = excel.commands
    arguments = arguments_of(with_variables(command, {"TEMP": r"C:\Temp", "OS": "Windows_NT", "": "%"}))
    assert arguments == [PYTHONW, "-P", "-m", "xlauto.button", "recalc", f"--wb={name}", "--hwnd=4711"]


def with_variables(command: str, variables: Mapping[str, str]) -> str:
    """What the script host makes of a command: ExpandEnvironmentStrings."""
    out, at = "", 0
    while at < len(command):
        end = command.find("%", at + 1)
        if command[at] == "%" and end > 0 and command[at + 1 : end].upper() in variables:
            out, at = out + variables[command[at + 1 : end].upper()], end + 1
        else:
            out, at = out + command[at], at + 1
    return out


def arguments_of(command: str) -> list[str]:
    """The arguments as the C runtime of Windows takes them apart; there are no backslashes before marks here."""
    arguments, word, quoted, at = [], None, False, 0
    while at < len(command):
        mark = command[at]
        if mark == '"' and quoted and command[at + 1 : at + 2] == '"':
            word, at = (word or "") + '"', at + 1
        elif mark == '"':
            word, quoted = word or "", not quoted
        elif mark == " " and not quoted:
            arguments += [] if word is None else [word]
            word = None
        else:
            word = (word or "") + mark
        at += 1
    return arguments + ([] if word is None else [word])
