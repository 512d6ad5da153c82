"""Mistakes in YAML files are told in Chinese with the line in which they were made, and what to do."""

# ruff: noqa: E501  (tables: one case a line)

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlauto import yamlfile
from xlauto.yamlfile import YamlError

FAULTS = [
    ("Tab缩进", "甲: 1\n乙:\n\t丙: 1\n", 3, "这一行用了Tab；请删去，改用空格缩进"),
    ("空格后面的Tab", "甲:\n  乙: 1\n \t丙: 1\n", 3, "这一行用了Tab"),
    ("大于号", "甲:\n  - {in: ≥4, points: 2}\n  - {in: >4, points: 2}\n", 3, '值不能以“>”开头；请用英文引号括起来：">4"'),
    ("大于号成了折行的文字", "甲:\n  - in: >4\n    points: 2\n", 2, '“in”的值以“>”开头，读不到；请用英文引号括起来，如 ">4"'),
    ("大于等于号", "甲:\n  - in: >=4\n    points: 2\n", 2, '请用英文引号括起来：">=4"'),
    ("百分号", "甲: %5\n", 1, '值不能以“%”开头；请用英文引号括起来："%5"'),
    ("星号", "甲: *乙\n", 1, "值不能以“*”开头"),
    ("叹号", "甲: !乙 丙\n", 1, "值不能以“!”开头"),
    ("全角逗号", "甲:\n  乙: {kind: 比例， value: 完成数}\n", 2, "这里用了全角逗号“，”；请改为英文逗号加一个空格"),
    ("几行里的全角逗号", "甲: {乙: 1，\n     丙: 2}\n", 1, "这里用了全角逗号“，”"),
    ("全角冒号", "甲:\n  ask: 问\n  kind：选择\n  who: 财务\n", 3, "“kind：选择”里的冒号是全角的；请改为英文冒号加一个空格，如“kind: 选择”"),
    ("下面还有", "甲:\n  kind：选择\n  ask: 问\n", 2, "“kind：选择”里的冒号是全角的"),
    ("只有全角冒号的键", "甲：\n  ask: 问\n", 1, "“甲：”里的冒号是全角的"),
    ("大括号里的全角冒号", "甲: {ask: 问, kind：选择}\n", 1, "“kind：选择”里的冒号是全角的；请改为英文冒号加一个空格，如“kind: 选择”"),
    ("冒号后面没有空格", "甲:\n  kind:选择\n  ask: 问\n", 2, "“kind”的冒号后面要空一格"),
    ("大括号里没有空格", "甲: {kind:选择, ask: 问}\n", 1, "“kind:选择”的冒号后面要空一格"),
    ("没有冒号", "甲:\n  kind 选择\n  ask: 问\n  who: 谁\n", 3, "缩进不对"),
    ("引号没有成对", "甲: 1\n乙: \"丙\n丁: 3\n", 2, "引号没有成对；请在这个值的末尾补上英文引号"),
    ("吞掉下一行的引号", "甲: {in: \"≥90%, points: 2}\n乙: {in: \"<60%\", points: 1}\n", 1, "引号没有成对"),
    ("大括号没有合上", "甲: 1\n乙: {丙: 1, 丁: 2\n戊: 3\n", 2, "“{”没有合上；请在末尾补上“}”"),
    ("方括号没有合上", "甲: [乙, 丙\n丁: 3\n", 1, "“[”没有合上；请在末尾补上“]”"),
    ("文件完了也没有合上", "甲: 1\n乙: [丙, 丁\n", 2, "“[”没有合上；请在末尾补上“]”"),
    ("括号不配对", "甲: {乙: 1, 丙: [丁, 戊}\n", 1, "括号不配对：第1行的“[”要用“]”合上，这里是“}”"),
    ("多了一个", "甲: {乙: 1}}\n丙: 3\n", 1, "多了一个“}”；请删去"),
    ("写了两次", "甲: 1\n乙: 2\n甲: 3\n", 3, "“甲”写了两次；请删去一处，或改名"),
    ("值里有冒号", "甲: 乙: 丙\n", 1, "值里有冒号加空格；请把整个值用英文引号括起来"),
    ("没有对齐", "甲:\n  乙: 1\n   丙: 2\n", 3, "缩进不对：同一级的键要对齐"),
    ("少缩进", "甲:\n  乙: 1\n 丙: 2\n", 3, "缩进不对：同一级的键要对齐"),
    ("列表里的键", "甲:\n  - 乙\n  丙: 1\n", 3, "上面是列表，这一行也要以“- ”开头"),
    ("减号后面没有空格", "甲:\n  -乙: 1\n  - 丙\n", 2, "“-”后面要空一格"),
    ("引号后面还有字", '甲: "乙"丙\n', 1, "引号或括号后面还有字；请把整个值用英文引号括起来"),
    ("全角空格", "甲:\n\u3000乙: 1\n", 2, "键的前面是全角空格"),
    ("控制字符", "甲: 1\n乙: \x07\n", 2, "有看不见的控制字符（U+0007）"),
    ("几份文件", "甲: 1\n---\n乙: 2\n", 2, "多了一行“---”"),
    ("键是列表", "? [甲]\n: 1\n", 1, "键只能是文字或数"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "words"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_a_mistake_is_told_with_its_line_and_what_to_do(tmp_path: Path, text: str, line: int, words: str) -> None:
    file = tmp_path / "scoring.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(YamlError) as refusal:
        yamlfile.load(file)
    assert str(refusal.value).startswith(f"{file} 第{line}行：")
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    [
        '甲: "乙：丙"\n',
        "甲：乙: 1\n",
        "及时：: 1\n",
        "甲: 一，二\n",
        "甲: >\n  折行的\n  文字\n",
        "甲：乙: null\n",
        "{甲, 乙}\n",
    ],
)
def test_what_is_meant_so_is_taken(tmp_path: Path, text: str) -> None:
    file = tmp_path / "甲.yaml"
    file.write_text(text, encoding="utf-8")
    assert isinstance(yamlfile.load(file), dict)


def test_files_that_are_no_text_or_no_date(tmp_path: Path) -> None:
    file = tmp_path / "甲.yaml"
    file.write_bytes("甲: 乙".encode("gbk"))
    with pytest.raises(YamlError, match="不是UTF-8编码；请在记事本里另存，编码选UTF-8"):
        yamlfile.load(file)
    file.write_text("甲: 2025-02-30", encoding="utf-8")
    with pytest.raises(YamlError, match="不能读取"):
        yamlfile.load(file)


@given(st.text(st.sampled_from("甲a1:：,，{}[]\"'>-#|&*!%@` \t\n"), max_size=40))
def test_whatever_is_written_is_read_or_told(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.getbasetemp() / "甲.yaml"
    file.write_text(text, encoding="utf-8")
    try:
        yamlfile.load(file)
    except YamlError as error:
        assert "第" in str(error)
