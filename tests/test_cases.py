"""The worked examples of each scheme (cases.yaml): an official can read them, and they hold."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import lines
import pytest

from xlauto import yamlfile
from xlauto.places import workbooks_dir
from xlauto.scheme import Scheme, load_scheme
from xlauto.scoring import PointState, judge, score

FILES = sorted(workbooks_dir().glob("*/cases.yaml"))


def cases(part: str) -> list[Any]:
    return [
        pytest.param(file.parent.name, case, id=" ".join(map(str, case.values())))
        for file in FILES
        for case in yamlfile.load(file, as_text=True)[part]
    ]


def test_there_are_cases() -> None:
    assert [file.parent.name for file in FILES] == ["hunan-2023"]
    assert set(yamlfile.load(Path(FILES[0]))) == {"执行率", "指标", "等次"}


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
