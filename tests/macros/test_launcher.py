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
    ],
    ids=["environment", "registry", "pyw", "pythonw"],
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
FAILED = "“重新计算得分”没有完成：程序 {} 没有正常结束（状态 {}）。"


@pytest.mark.parametrize(
    ("excel", "told"),
    [
        (Excel(), NOT_STARTED.format("pythonw")),
        (Excel(registry=REGISTRY), NOT_STARTED.format(PYTHONW)),
        (Excel(registry=REGISTRY, programs={PYTHONW: 1}), FAILED.format(PYTHONW, 1)),
        (Excel(programs={"pyw": 103}), FAILED.format("pyw -3", 103)),
        (Excel(script_host=False), NOT_STARTED.format("pythonw")),
        (Excel(addins=("xlwings.xlam",), xlwings_status=-1), NOT_STARTED.format("xlwings")),
    ],
    ids=["nothing", "removed", "failed", "without xlauto", "no script host", "xlwings"],
)
def test_a_failure_is_told_and_the_formulas_are_calculated(excel: Excel, told: str) -> None:
    excel.press("RecalculateScores")
    assert [message.splitlines()[0] for message in excel.messages] == [told]
    assert "xlauto excel doctor" in excel.messages[0] and "重新计算得分.cmd" in excel.messages[0]
    assert not re.search(r"[{}]", excel.messages[0])
    assert excel.calculations == 1
    assert excel.bar is False


def test_the_addin_serves_the_workbook_in_front() -> None:
    excel = by_registry(workbook="xlauto.xlam", active="别的 单位.xlsx")
    excel.press("RecalculateScores")
    assert '"--wb=别的 单位.xlsx"' in excel.commands[0]


def test_without_a_workbook_the_addin_says_so() -> None:
    excel = by_registry(workbook="xlauto.xlam", active="")
    excel.press("RecalculateScores")
    assert excel.messages == [texts()["no_workbook"]]
    assert excel.commands == [] and excel.bar is False


def test_xlwings_is_given_the_macros_own_workbook() -> None:
    excel = Excel(active="别的.xlsx", addins=("xlwings.xlam",))
    excel.press("RecalculateScores")
    assert excel.active == "自评.xlsm"


@pytest.mark.parametrize(
    ("workbook", "addins", "visible"),
    [("自评.xlsm", (), True), ("自评.xlsm", ("xlauto.xlam",), False), ("xlauto.xlam", ("xlauto.xlam",), True)],
)
def test_only_one_tab_shows(workbook: str, addins: tuple[str, ...], visible: bool) -> None:
    excel = Excel(workbook=workbook, addins=addins)
    excel.vba.add_module(
        "Function Shown() As Boolean\nDim v As Variant\nOnTabVisible Nothing, v\nShown = v\nEnd Function", name="Ask"
    )
    assert excel.press("Shown") is visible


def test_every_text_arrives_character_by_character() -> None:
    excel = Excel()
    assert {key: excel.press("TextOf", key) for key in texts()} == dict(texts())


NAMES = ["自 评.xlsm", "a;b=c&d,'e'.xlsm", "100%.xlsm", "%TEMP%.xlsm", "a%TEMP%b%%OS%.xlsm", "^(!)@ .xlsm", "%%.xlsm"]


@pytest.mark.parametrize("name", NAMES)
def test_windows_hands_over_the_name_as_it_is(name: str) -> None:
    handed_over(name)


@given(st.text("自评 %TEMP;=&'", max_size=20))
def test_windows_hands_over_any_name(name: str) -> None:
    handed_over(name)


def handed_over(name: str) -> None:
    excel = by_registry(workbook=name)
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
