"""The catalogue: complete, well formed, and the only place codes come from."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from xlauto.catalogue import entries, entry, finding, from_note, refusal, returns
from xlauto.model import Level, Note, State, Where
from xlauto.scheme import available, load_scheme

ROOT = Path(__file__).parent.parent
WHERE = Where("青神县发改局.xlsx", "项目自评", "D9", "项目自评", "总额.执行数")
CLASSES = {
    "文件": "F", "身份": "I", "版式": "L", "值": "V", "公式": "X", "程序": "P", "基础": "W", "自评": "D", "表间": "X",
    "评分": "S", "报告": "R", "表内": "",
}  # fmt: skip
LAST = {
    "文件": 28, "身份": 19, "版式": 14, "值": 31, "公式": 15, "程序": 19, "基础": 10, "自评": 16, "表间": 14,
    "评分": 10, "报告": 10, "表内": 0,
}  # fmt: skip
OF_SCHEMES = ("基础", "自评", "表间", "评分", "报告", "表内")
"""Worded in the schemes' own checks."""
WORDED = [known for known in entries().values() if known.code[:-2] not in OF_SCHEMES]


@pytest.mark.parametrize("name", CLASSES)
def test_each_class_has_every_number_and_its_source(name):
    for number in range(1, LAST[name] + 1):
        source = entry(f"{name}{number:02d}").source
        assert (source[0], int(source[1:])) == (CLASSES[name], number)


def test_codes_are_a_class_and_two_digits():
    assert all(re.fullmatch(f"({'|'.join(CLASSES)})\\d\\d", code) for code in entries())


def test_every_code_used_in_the_source_exists():
    pattern = re.compile(rf"[\"']?\b((?:{'|'.join(CLASSES)})\d\d)\b")
    quoted = re.compile(rf"[\"']((?:{'|'.join(CLASSES)})\d\d)[\"']")
    used = {}
    for folder, suffix, form in (("xlauto", "py", quoted), ("workbooks", "yaml", pattern)):
        for path in (ROOT / folder).rglob(f"*.{suffix}"):
            used.update(dict.fromkeys(form.findall(path.read_text(encoding="utf-8")), path.name))
    assert "值04" in used
    assert {code: file for code, file in used.items() if code not in entries()} == {}


def words(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def calls_with_code(path):
    """Calls of finding, refusal and Note with a code in them: line, code, names of the words given."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in ("finding", "refusal") and all(keyword.arg for keyword in node.keywords):
            yield node.lineno, node.args[0].value, {keyword.arg for keyword in node.keywords}
        elif name == "Note" and isinstance(node.args[1], ast.Dict) and all(node.args[1].keys):
            yield node.lineno, node.args[0].value, {key.value for key in node.args[1].keys}


def test_every_finding_made_in_the_source_gives_the_words_that_its_entry_needs():
    calls = [(path, *call) for path in (ROOT / "xlauto").rglob("*.py") for call in calls_with_code(path)]
    assert len(calls) >= 3
    missing = {}
    for path, line, code, given in calls:
        for part, template in entry(code).wording._asdict().items():
            if part not in given and words(template) - given:
                missing[f"{path.name}:{line} {code}"] = words(template) - given
    assert missing == {}


@pytest.mark.parametrize("known", WORDED, ids=lambda known: known.code)
def test_an_entry_says_what_is_wrong_and_what_to_do(known):
    assert known.title
    assert known.wording.fact
    assert known.wording.hint or known.level is Level.HINT
    assert not known.returns or known.level is Level.ERROR, "only an 错误 sends a file back"
    assert known.refused is None or (known.refused.fact and known.refused.hint and known.level is not Level.ERROR)


@pytest.mark.parametrize("known", WORDED, ids=lambda known: known.code)
def test_an_entry_can_be_filled_and_needs_all_its_words(known):
    names = words(known.wording.fact) | words(known.wording.hint)
    message = finding(known.code, WHERE, **{name: f"<{name}>" for name in names}).message()
    assert all(f"<{name}>" in message for name in names)
    if names - {"expected"}:
        with pytest.raises(KeyError, match=known.code):
            finding(known.code, WHERE)


@pytest.mark.parametrize("scheme_id", [folder.id for folder in available()])
def test_rules_of_a_scheme_weigh_what_the_catalogue_says(scheme_id):
    """The codes that only schemes use; a 值 that a scheme looks at itself may weigh more there."""
    rules = [rule for rule in load_scheme(scheme_id).checks if rule.code[:-2] in OF_SCHEMES]
    assert rules
    assert {rule.code: rule.level for rule in rules if entry(rule.code).level is not rule.level} == {}


def test_the_message_of_the_specification():
    note = Note("值04", {"raw": "251.89万元", "value": "251.89万元"})
    assert from_note(note, WHERE).message() == (
        "青神县发改局.xlsx：项目自评!D9（总额.执行数）：[值04] “251.89万元”带单位文字，按251.89万元读取；请只填数字"
    )


def test_an_unusable_value_is_worded_and_weighed_differently():
    note = Note("值22", {"raw": "2024.13.1", "value": ""})
    read, refused = from_note(note, WHERE), from_note(note, WHERE, State.ERROR)
    assert (read.level, returns(read)) == (Level.HINT, False)
    assert (refused.level, returns(refused), refused.fact) == (Level.ERROR, True, "“2024.13.1”不是日期")


@pytest.mark.parametrize(
    ("code", "expected"),
    [("文件02", True), ("身份10", True), ("版式02", True), ("值03", True), ("公式03", True),
     ("值06", False), ("值07", False), ("值09", False), ("值14", False), ("文件11", False)],
)  # fmt: skip
def test_what_sends_a_file_back(code, expected):
    assert returns(finding(code, WHERE, fact="事实", hint="办法")) is expected


def test_the_caller_may_word_a_finding_and_set_its_figures():
    made = finding(
        "自评01", WHERE, fact="执行率算错", hint="请改正", level=Level.WARNING, stated="90%", expected="91.39%",
        difference="-1.39%",
    )  # fmt: skip
    assert made.message().endswith("[自评01] 执行率算错；应为91.39%，实为90%，偏小1.39%；请改正")
    assert made.level is Level.WARNING


def test_a_refusal_is_the_exception_in_the_same_words():
    error = refusal("身份03", "某单位.xlsx", year="2022", expected="2023")
    assert str(error) == "某单位.xlsx：[身份03] 年度是2022年，应报2023年；请改用当年的模板"
    assert (error.code, error.path, error.hint) == ("身份03", "某单位.xlsx", "请改用当年的模板")


def test_an_unknown_code_is_a_defect():
    with pytest.raises(KeyError):
        finding("值99", WHERE)
