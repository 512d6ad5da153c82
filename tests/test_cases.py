"""The worked examples of each scheme (cases.yaml): an official can read them, and they hold."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import lines
import pytest
from formula import contexts

from xlauto import formula, yamlfile
from xlauto.formula import round_half_up
from xlauto.indicators import judge
from xlauto.places import workbooks_dir
from xlauto.scheme import Scheme, load_scheme
from xlauto.scores import PointState
from xlauto.scoring import score

ALIKE = {
    "changsha-county-2022": set(),
    "junshan-2021": {
        ("项目指标体系", key)
        for key in (
            "决策依据", "分配办法", "财务管理", "组织机构", "支撑条件", "项目实施", "管理制度", "经济效益", "环境效益",
            "可持续影响",
        )
    },
}  # fmt: skip
"""Items without a case of their own: checklists, and deductions within a range, as others have."""
FILES = sorted(workbooks_dir().glob("*/cases.yaml"))


def cases(part: str) -> list[Any]:
    return [
        pytest.param(file.parent.name, case, id=" ".join(map(str, case.values())))
        for file in FILES
        for case in yamlfile.load(file, as_text=True).get(part, ())
    ]


def item_cases() -> list[Any]:
    return [
        pytest.param(file.parent.name, form, case, id=" ".join(map(str, case.values())))
        for file in FILES
        for form, found in yamlfile.load(file, as_text=True).get("评分", {}).items()
        for case in found
    ]


def test_there_are_cases() -> None:
    parts = {file.parent.name: set(yamlfile.load(Path(file))) for file in FILES}
    assert parts == {
        "changsha-county-2022": {"评分"}, "hunan-2023": {"执行率", "指标", "等次"}, "junshan-2021": {"评分"},
    }  # fmt: skip


@pytest.mark.parametrize(("scheme_id", "form", "case"), item_cases())
def test_item(scheme_id: str, form: str, case: dict[str, str]) -> None:
    item = load_scheme(scheme_id).items[form][case["项"]]
    figures = {name: figure(text) for name, text in case.items() if name not in ("项", "条", "得分")}
    part = next((part for part in item.parts if part.key == case.get("条")), None)
    text = item.formula if part is None else part.text
    result = formula.compile(formula.parse(text))(contexts.Figures(figures))
    due = "" if case["得分"] == "无" else Decimal(case["得分"])
    assert (round_half_up(result, 2) if isinstance(result, Decimal) else result) == due


@pytest.mark.parametrize("scheme_id", [f.parent.name for f in FILES if "评分" in yamlfile.load(f)])
def test_every_item_that_a_rule_scores_has_a_case(scheme_id: str) -> None:
    file = next(file for file in FILES if file.parent.name == scheme_id)
    told = {(form, case["项"]) for form, found in yamlfile.load(file)["评分"].items() for case in found}
    tables = load_scheme(scheme_id).items
    scored = {(form, key) for form, items in tables.items() for key, item in items.items() if item.formula}
    assert scored - told == ALIKE[scheme_id]


def figure(text: str) -> Decimal | str:
    """A figure as a cell holds it: 80% is 0.8; an answer stays as it is."""
    try:
        return Decimal(text[:-1]) / 100 if text.endswith("%") else Decimal(text)
    except InvalidOperation:
        return text


@pytest.mark.parametrize(("scheme_id", "case"), cases("指标"))
def test_indicator(scheme_id: str, case: dict[str, str]) -> None:
    scheme = load_scheme(scheme_id)
    judged = judge(lines.line(case["类别"], case), scheme.scoring, scheme.year)
    assert judged.state == case.get("状态", PointState.COMPUTED)
    assert judged.computed == (Decimal(case["得分"]) if "得分" in case else None), judged.explanation
    assert judged.explanation


@pytest.mark.parametrize(("scheme_id", "case"), cases("执行率"))
def test_rate(scheme_id: str, case: dict[str, str]) -> None:
    funds = f"[{case['全年预算数']}, {case['全年预算数']}, {case['全年执行数']}]"
    assessment = lines.assessed(f"项目支出自评表:\n  - 项目名称: 甲\n    当年财政拨款: {funds}\n", scheme_id)
    assert assessment.submission is not None
    found = next(s for s in score(assessment.submission) if s.item == "执行率" and s.title == "甲")
    assert found.state == case.get("状态", PointState.COMPUTED)
    assert found.computed == (Decimal(case["得分"]) if "得分" in case else None)
    if "执行率" in case and found.computed != found.points:
        assert f"= {case['执行率']}" in found.explanation


@pytest.mark.parametrize(("scheme_id", "case"), cases("等次"))
def test_grade(scheme_id: str, case: dict[str, str]) -> None:
    scheme: Scheme = load_scheme(scheme_id)
    assert scheme.grade(Decimal(case["总分"])) == case["等次"]
