"""Labels become names that Excel and the formula language take, and types that a person would choose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlauto.adopting.naming import bare, type_of, unique, with_words
from xlauto.formula import Ref, parse
from xlauto.given import possible_name

LABELS = [
    ("1、公务用车购置和维护经费：", "公务用车购置和维护经费"),
    ("其中：公车购置", "公车购置"),
    ("（一）办公经费（万元）", "办公经费"),
    ("一、基本支出", "基本支出"),
    ("2025年度预算数", "本年预算数"),
    ("2024年决算数", "上年决算数"),
    ("2019年结余", "2019年结余"),
    ("水费、电费、差旅费", "水费电费差旅费"),
    ("批复规模\n（㎡）", "批复规模"),
    ("　执 行 率 ", "执行率"),
    ("①目标值", "目标值"),
    ("……", ""),
    ("3.5", ""),
]


@pytest.mark.parametrize(("label", "name"), LABELS)
def test_a_label_without_what_only_sets_it_out(label: str, name: str) -> None:
    assert bare(label, 2025) == name


@pytest.mark.parametrize(
    ("wanted", "taken", "name"),
    [
        ("执行率", (), "执行率"),
        ("执行率", ("执行率",), "执行率2"),
        ("合计.决算", ("合计.决算", "合计2.决算"), "合计3.决算"),
        ("A1", (), "项A1"),
        ("", (), "项B4格"),
        ("abc", ("abc",), "abc_2"),
        ("abcd", ("ABCD".casefold(),), "abcd2"),
    ],
)
def test_a_name_is_one_that_nothing_else_has(wanted: str, taken: tuple[str, ...], name: str) -> None:
    assert unique(wanted, taken, "项B4格") == name


@given(st.text(max_size=40), st.sets(st.text(max_size=8).map(str.casefold), max_size=5))
def test_any_label_gives_a_name_that_can_be_used(label: str, taken: set[str]) -> None:
    name = unique(bare(label, 2025), taken, "项A1格")
    assert possible_name(name)
    assert name.casefold() not in taken or name == "项A1格"
    assert parse(name) == Ref(name) or name.upper() in ("TRUE", "FALSE")


@pytest.mark.parametrize(
    ("labels", "code", "choices", "kind"),
    [
        (("控制率",), "General", (), "百分比"),
        (("决算数", "三公经费"), "General", (), "金额"),
        (("编制数",), "General", (), "数量"),
        (("自评得分",), "0.00", (), "分值"),
        (("实际规模",), "General", (), "面积"),
        (("单位代码",), "@", (), "代码"),
        (("联系人",), "@", (), "文本"),
        (("完成",), "yyyy-mm-dd", (), "日期"),
        (("金额",), "0.0%", (), "百分比"),
        (("评价类型",), "General", ("项目", "部门"), "选项"),
        (("是否公开预算",), "General", (), "文本"),
        (("备注", "预算数"), "General", (), "文本"),
        (("甲",), "#,##0.00", (), "金额"),
        (("甲",), "General", (), "文本"),
    ],
)
def test_what_a_cell_holds(labels: tuple[str, ...], code: str, choices: tuple[str, ...], kind: str) -> None:
    assert type_of(labels, code, choices)[0] == kind


def test_a_guess_is_called_a_guess() -> None:
    assert type_of(("甲",), "General", ()) == ("文本", False)
    assert type_of(("决算数",), "General", ()) == ("金额", True)


@pytest.mark.parametrize(
    ("text", "words"),
    [("2025年预算数", "{年}年预算数"), ("2024—2026年", "{年-1}—{年+1}年"), ("电话82025123", "电话82025123")],
)
def test_printed_years_become_words(text: str, words: str) -> None:
    assert with_words(text, 2025) == words
