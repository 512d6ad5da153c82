"""Texts in score tables that are read, and that the formulas on the form cannot use: one 错误 at the cell."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import lines
import pytest
import samples
import test_score_schemes as tables

from xlauto.assess import Assessment, assess
from xlauto.books.book import SetCell
from xlauto.books.closed import ClosedBook, open_book
from xlauto.model import Finding, Level, Place
from xlauto.reading import read, scheme_of
from xlauto.scores import Score


@cache
def filled_in() -> bytes:
    """君山区's forms, with every question answered for full points."""
    answers = tables.as_yaml("评分依据", tables.answers("junshan-2021", "评分表"))
    given = tables.as_yaml("评分表", tables.by_hand("junshan-2021", "评分表"))
    return lines.workbook(tables.JUNSHAN_FORMS + answers + given, "junshan-2021")


def typed(**texts: str) -> Assessment:
    """The same with these texts in cells, by field (`__` stands for the dot)."""
    book = open_book(filled_in())
    named = {name.replace("__", "."): text for name, text in texts.items()}
    edits = [SetCell(place=place_of(book, name), value=text) for name, text in named.items()]
    return assess(open_book(book.edited(edits)))


def place_of(book: ClosedBook, field: str) -> Place:
    sheets = read(book, scheme_of(book)).every()
    return next(entry.place for sheet in sheets if (entry := sheet.entry(field)) is not None)


def told(assessment: Assessment, field: str) -> list[Finding]:
    return [found for found in samples.every(assessment.findings) if found.where.field == field]


def of(assessment: Assessment, key: str) -> Score:
    return next(score for score in assessment.scores if score.key == key)


TEXTS = [
    ("资金使用合规性.违反法规", "2个", "“2个”是文字", "请改填2", "资金使用合规性"),
    ("资金使用合规性.违反法规", "2例", "“2例”是文字", "请改填2", "资金使用合规性"),
    ("资金使用合规性.违反法规", " ２", "“ ２”是文字", "请改填2", "资金使用合规性"),
    ("满意度.满意度", "96％", "“96％”是文字", "请改填96%", "社会公众或服务对象满意度"),
    ("满意度.满意度", "96%", "“96%”是文字", "请改填96%", "社会公众或服务对象满意度"),
    ("政府采购执行率.采购预算", "100000元", "“100000元”是文字", "请改填10", "政府采购执行率"),
    ("管理制度健全性.有制度", "是 ", "“是 ”与选项“是”不完全相同", "请从下拉列表中选“是”", "管理制度健全性"),
]


@pytest.mark.parametrize(("field", "text", "fact", "hint", "item"), TEXTS)
def test_a_text_that_the_form_cannot_count_is_one_fault(field: str, text: str, fact: str, hint: str, item: str) -> None:
    found = told(typed(**{field: text}), field)
    assert [(each.code, each.level) for each in found] == [("值36", Level.ERROR)]
    assert found[0].fact.startswith(f"{fact}，表里的公式不能用它计算（评分表!")
    assert f"“{item}·得分”得不出来" in found[0].fact
    assert found[0].hint == hint


def test_the_system_counts_it_all_the_same() -> None:
    assert of(typed(满意度__满意度="96％"), "满意度").computed == of(typed(), "满意度").computed == Decimal(5)


def test_a_text_of_another_form_and_a_score_are_told_too() -> None:
    score = told(typed(全面小康任务__得分="5分"), "全面小康任务.得分")
    assert [each.code for each in score] == ["值36"]
    assert "（评分表!F28“总分·得分”" in score[0].fact
    figure = told(typed(人员编制="16人"), "人员编制")
    assert [each.code for each in figure] == ["值36"]
    assert "得不出来" in figure[0].fact


def test_each_text_is_told_by_what_it_spoils_itself() -> None:
    found = typed(满意度__满意度="96％", 资金使用合规性__违反法规="2个", 资金使用合规性__手续不全="1例")
    cells = [each.where.field for each in samples.every(found.findings) if each.code == "值36"]
    assert sorted(cells) == sorted(["满意度.满意度", "资金使用合规性.违反法规", "资金使用合规性.手续不全"])


def test_what_cannot_be_read_keeps_its_own_words() -> None:
    found = told(typed(满意度__满意度="百分之五十"), "满意度.满意度")
    assert [(each.code, each.hint) for each in found] == [("值32", "请填带百分号的数，如50%")]


def test_forms_without_items_keep_the_hint() -> None:
    """What is prescribed for 自评表: the value is used, and the remark weighs little."""
    book = open_book(lines.workbook('封面: {单位名称: 某局, 单位代码: "001"}\n基础数据表: {编制数: 10, 在职人数: 9}\n'))
    assessment = assess(open_book(book.edited([SetCell(place=place_of(book, "在职人数"), value="9人")])))
    assert [(each.code, each.level) for each in told(assessment, "在职人数")] == [("值04", Level.HINT)]


@pytest.mark.parametrize("text", ["1.5", "0.5"])
def test_a_part_of_a_case_is_told_at_its_cell_alone(text: str) -> None:
    book = open_book(filled_in())
    cell = SetCell(place=place_of(book, "资金使用合规性.违反法规"), value=Decimal(text))
    assessment = assess(open_book(book.edited([cell])))
    found = told(assessment, "资金使用合规性.违反法规")
    assert [(each.code, each.stated, each.expected, each.difference) for each in found] == [
        ("值25", text, "0或正整数", "")
    ]
    score = of(assessment, "资金使用合规性")
    assert score.computed is None
    assert f"填的是{text}，应为0或正整数" in score.explanation
    assert not told(assessment, "资金使用合规性.得分")
