"""A YAML file's top keys set in its text: the new values read back, all other values, comments and lines stay."""

# ruff: noqa: E501  (tables: one case a line)

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from xlauto.scheme.yamledit import quoted, with_values
from xlauto.yamlfile import YamlError

NEW = {"title": "新的：“名称”", "year": 2025, "source": ["甲：乙 # 丙"]}

CASES = {
    "平常的": "id: 甲\ntitle: 旧的\nyear: 2023\nsource: [一, 二]\nunit: 元\n",
    "行尾注释": "id: 甲\ntitle: 旧的   # 名称\nyear: 2023 # 年度\nsource: [一, 二] # 依据\nunit: 元  # 单位\n",
    "列表里有注释": "id: 甲\ntitle: 旧的\nyear: 2023\nsource:\n  # 省里的\n  - 一  # 文号\n  # 市里的\n  - 二\n# 单位\nunit: 元\n",
    "列表不缩进": "source:\n- 一\n# 县里的\n- 二 # 文号\n\n# 单位\nunit: 元\nid: 甲\ntitle: 旧的\nyear: 2023\n",
    "折行的": "id: 甲\ntitle: 旧的\n  名称\n  很长\nyear: 2023\nsource:\n  - 一个\n    很长的\n  - 二\nunit: 元\n",
    "折叠的": "id: 甲\ntitle: >-  # 名称\n  旧的\n  名称\n\n# 年度\nyear: 2023\nsource:\n  - >\n    一\n    二\nunit: 元\n",
    "照行的": "id: 甲\ntitle: |\n  旧的 # 不是注释\n\nyear: 2023\nsource: [一]\nunit: 元\n",
    "末尾是折叠的": "id: 甲\nyear: 2023\nsource: [一]\nunit: 元\ntitle: >\n  旧的\n  名称",
    "引号": "id: \"甲\"\n\"title\": '旧的：''名''称'\nyear: '2023'\nsource: [\"一, 二\"]\nunit: \"元\"\n",
    "引号里换行": "id: 甲\ntitle: \"旧的\n  名称: 甲 # 乙\"\nyear: 2023\nsource: ['一\n  二']\nunit: 元\n",
    "没有值": "id: 甲\ntitle:\nyear: # 年度\nsource:\nunit: 元\n",
    "没有这些键": "# 开头\nid: 甲 # 代号\n\n# 单位\nunit: 元\n",
    "只有一行没有换行": "id: 甲",
    "大括号": "{id: 甲, title: 旧的, unit: 元}\n",
    "大括号多行": "# 套表\n{\n  id: 甲,  # 代号\n  title: 旧的,\n  unit: 元,\n}\n",
    "缩进的": "  id: 甲\n  title: 旧的\n  unit: 元\n",
    "有开头和结尾": "%YAML 1.1\n---\n# 套表\nid: 甲\ntitle: 旧的\nunit: 元\n...\n",
    "列表里有映射": "id: 甲\nsource:\n  - {甲: 乙}\n  - 丙: 丁\n    戊: [己]\n    # 完\nunit: 元\n",
    "另一种换行": "id: 甲\r\ntitle: 旧的 # 名称\r\nyear: 2023\r\nsource:\r\n  - 一\r\n  - 二\r\nunit: 元\r\n",
    "同名的在里面": "words:\n  title: 别的\n  year: 别的\nid: 甲\ntitle: 旧的\nyear: 2023\nunit: 元\n",
}  # fmt: skip


def read(text: str) -> Any:
    return yaml.safe_load(text)


def comments(text: str) -> list[str]:
    return re.findall(r"# ?\w+", text)


@pytest.mark.parametrize("text", CASES.values(), ids=CASES)
def test_new_values_are_read_and_the_others_stay(text: str) -> None:
    assert read(with_values(text, NEW)) == read(text) | NEW


@pytest.mark.parametrize(
    "name", ["行尾注释", "折叠的", "没有值", "没有这些键", "大括号多行", "有开头和结尾", "同名的在里面"]
)
def test_comments_and_other_lines_stay(name: str) -> None:
    text, new = CASES[name], with_values(CASES[name], NEW)
    assert [found for found in comments(new) if found != "# 丙"] == comments(text)
    untouched = [
        line for line in text.splitlines() if line.startswith(("#", "unit", "words", "  title: 别的", "%", "."))
    ]
    assert [line for line in new.splitlines() if line in untouched] == untouched


def test_what_is_said_of_old_sources_goes_with_them() -> None:
    assert with_values(CASES["列表里有注释"], NEW) == (
        'id: 甲\ntitle: "新的：“名称”"\nyear: 2025\nsource:\n  # 省里的\n  - "甲：乙 # 丙"\n# 单位\nunit: 元\n'
    )


@pytest.mark.parametrize(
    ("text", "new", "due"),
    [
        ("id: 甲\ntitle: &name 旧的\nnote: *name\n", {"title": "新的"}, {"id": "甲", "title": "新的", "note": "新的"}),
        ("id: 甲\nname: &name 旧的\ntitle: *name\n", {"title": "新的"}, {"id": "甲", "name": "旧的", "title": "新的"}),
        ("id: 甲\nsource: &origin\n  - 一\n  - 二\nbasis: *origin\n", {"source": ["三"]}, {"id": "甲", "source": ["三"], "basis": ["三"]}),
        ("id: &no 甲\nname: *no\n", {"id": "乙"}, {"id": "乙", "name": "乙"}),
        ("id: !!str 甲\nyear: !!int '2023'\n", {"year": 2025}, {"id": "甲", "year": 2025}),
        ("id: 甲\ntitle: &name >\n  旧的\n  名称\nnote: *name\n", {"title": "新的"}, {"id": "甲", "title": "新的", "note": "新的"}),
    ],
)  # fmt: skip
def test_anchors_stay_where_they_are(text: str, new: dict[str, Any], due: dict[str, Any]) -> None:
    assert read(with_values(text, new)) == due


@pytest.mark.parametrize("text", ["", "- 甲\n", "甲\n", "甲: [\n"])
def test_what_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(YamlError):
        with_values(text, NEW)


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30)
KEYS = st.sampled_from(["title", "year", "source", "unit", "words"])
VALUES = st.one_of(TEXTS, st.integers(0, 3000), st.lists(TEXTS, max_size=3), st.dictionaries(TEXTS, TEXTS, max_size=3))


@given(
    st.dictionaries(KEYS, VALUES), st.dictionaries(KEYS, st.one_of(TEXTS, st.integers(), st.lists(TEXTS, min_size=1))),
    st.sampled_from([None, True, False]), st.sampled_from([None, "'", '"', "|", ">"]), st.integers(10, 80),
)  # fmt: skip
def test_any_file_in_any_style(
    old: dict[str, Any], new: dict[str, Any], flow: bool | None, style: str | None, width: int
) -> None:
    text = yaml.safe_dump(
        {"id": "甲"} | old,
        default_flow_style=flow,
        default_style=style,
        width=width,
        allow_unicode=True,
        sort_keys=False,
    )
    assert read(with_values(text, new)) == read(text) | new


@given(st.text(max_size=60))
def test_a_quoted_text_reads_back_the_same(text: str) -> None:
    assert yaml.safe_load(f"甲: {quoted(text)}") == {"甲": text}
