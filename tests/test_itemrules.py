"""Kinds of scoring rules at their edges: the points that the printed words give, worked out here by hand."""

# ruff: noqa: E501  (tables: one case a line)

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlauto import formula
from xlauto.indicators import Figures
from xlauto.scheme.forms import SchemeError, make_form
from xlauto.scheme.items import Item, finished, shape
from xlauto.scheme.needs import Fields
from xlauto.scheme.rules import ItemDef
from xlauto.scheme.schema import BlockDef, CellDef, FormDef, ScoringDef
from xlauto.scheme.scoreforms import with_score_forms

BLANK, NOTHING = None, ""


def item(definition: Mapping[str, Any]) -> Item:
    """An item whose evidence is all that it can name."""
    made = shape("表", "项", msgspec.convert(definition, ItemDef))

    head = {"A1": CellDef(field="占位")}
    widths = dict.fromkeys("ABCDE", 9.0)
    drawn = FormDef(form="表", title="表", widths=widths, repeats=True, blocks={"头": BlockDef(grid=head)})
    form = make_form("表", with_score_forms({"表": drawn}, ScoringDef(), {"表": {"项": made}})["表"])
    return finished(made, Fields({"表": form}, form).needs)


def points(definition: Mapping[str, Any], **figures: Any) -> Any:
    """What the rule gives for these figures; a text as it is."""
    made = item(definition)
    own = {evidence.key: evidence.name for evidence in made.evidence}
    values = {own.get(name, name): _value(figure) for name, figure in figures.items()}
    result = formula.compile(formula.parse(made.formula))(Figures(values))
    return result.normalize() + 0 if isinstance(result, Decimal) else result


def _value(figure: Any) -> Any:
    if isinstance(figure, str) and figure.endswith("%"):
        return Decimal(figure[:-1]) / 100
    return Decimal(str(figure)) if isinstance(figure, int | float) else figure


def rule(kind: str, full: float, **more: Any) -> dict[str, Any]:
    return {"points": full, "rule": {"kind": kind, **more}}


KEPT_BELOW = rule("超标扣分", 5, value="率", bound="100%", per=0.5)
KEPT_ABOVE = rule("超标扣分", 3, value="率", bound="50%", direction="≥", per=0.2)
BOTH_SIDES = rule("超标扣分", 1, value="率", bound="100%", direction="±", per=0.1)
SILENT = rule("超标扣分", 3, value="率", bound="100%", direction="≥", per=0.2, beyond="无规定")
FLOORED, CEILED = (rule("超标扣分", 5, value="率", bound="100%", per=0.5, rounding=r) for r in ("舍去", "进位"))
BY_NUMBER = rule("超标扣分", 3, value="数", bound=0, step=1, per=0.5)
BY_FIVES = rule("超标扣分", 4, value="率", bound="0%", step="5%", per=1)
LOWER_IN = rule("分档", 5, value="率", tiers=[
    {"in": "≥90%", "points": 5}, {"in": "[80%, 90%)", "points": 4}, {"in": "[70%, 80%)", "points": 3},
    {"in": "[60%, 70%)", "points": 2}, {"in": "<60%", "points": 0},
])  # fmt: skip
UPPER_IN = rule("分档", 3, value="率", tiers=[
    {"in": "=0", "points": 3}, {"in": "(0, 10%]", "points": 2}, {"in": "(10%, 20%]", "points": 1},
    {"in": "(20%, 30%]", "points": 0.5}, {"in": ">30%", "points": 0},
])  # fmt: skip
HOLE = rule("分档", 3, value="率", tiers=[
    {"in": "<5%", "points": 3}, {"in": "(5%, 10%]", "points": 1.5}, {"in": ">10%", "points": 0},
])  # fmt: skip
BY_FIELD = rule("分档", 3, value="结余", tiers=[
    {"in": "=0", "points": 3}, {"in": "(0, 上年结转]", "points": 2}, {"in": ">上年结转", "points": 0},
])  # fmt: skip
BY_COUNT = rule("按数分档", 1, value="数", tiers=[
    {"in": ">3", "points": 1}, {"in": "=2", "points": 0.5}, {"in": "<2", "points": 0},
])  # fmt: skip
CHECKPOINTS = {"一季度": {"value": "甲", "target": "20%"}, "二季度": {"value": "乙", "target": "50%"},
               "三季度": {"value": "丙", "target": "80%"}}  # fmt: skip
ONE_POT = rule("序时扣分", 2, per=0.2, checkpoints=CHECKPOINTS)
EACH_POT = rule("序时扣分", 3, per=0.2, each=True, checkpoints=CHECKPOINTS)
CHECKLIST = rule("清单", 3, checks={
    "一": {"points": 0.5, "ask": "甲"}, "二": {"points": 0.5, "ask": "乙"}, "三": {"points": 2, "when": "用 <= 批"},
})  # fmt: skip
CASES = rule("按例扣分", 1, per=0.2, cases={"违规": {"ask": "甲"}})
KINDS_OF_CASES = rule("按例扣分", 4, per=1, cases={"一": {"ask": "甲"}, "二": {"ask": "乙"}})
CHOICE = rule("选择", 2, ask="是否及时", choices={"及时": 2, "未影响": 1, "影响": 0.5})
RANGES = rule("区间扣分", 7, deductions={
    "虚列": {"ask": "甲", "least": 4, "most": 7}, "不合规": {"ask": "乙", "least": 2, "most": 2},
    "挪用": {"ask": "丙", "least": 3, "most": 6},
})  # fmt: skip
RATIO, CAPPED = rule("比例", 5, value="完成 / 目标"), rule("比例", 5, value="完成 / 目标", cap=0.8)
VETOED = {"points": 3, "parts": {
    "手续": {"kind": "按例扣分", "points": 2, "per": 0.2, "cases": {"不全": {"ask": "甲"}}},
    "截留": {"kind": "一票否决", "points": 1, "cases": {"截留": {"ask": "乙"}}},
}}  # fmt: skip
TWO_VETOES = {"points": 2, "parts": {
    "甲": {"kind": "一票否决", "points": 1, "cases": {"截留": {"ask": "甲"}}},
    "乙": {"kind": "一票否决", "points": 1, "cases": {"冒领": {"ask": "乙"}}},
}}  # fmt: skip
ASKED_RATE = {"evidence": {"率": {"ask": "甲", "kind": "百分比"}}, **rule("超标扣分", 3, value="率", bound="50%", direction="≥", per=0.2)}
NARROWED = {"evidence": {"人": {"ask": "甲", "least": 1, "most": 9}}, **rule("超标扣分", 3, value="人", bound=0, step=1, per=1)}
VETOED_PART = {"points": 3, "parts": {
    "手续": {"kind": "按例扣分", "points": 2, "per": 0.2, "cases": {"不全": {"ask": "甲"}}},
    "上缴": {"kind": "一票否决", "points": 1, "scope": "本条", "cases": {"未缴": {"ask": "乙"}}},
}}  # fmt: skip
VETOED_OTHER = {"points": 3, "parts": {
    "手续": {"kind": "按例扣分", "points": 2, "per": 0.2, "cases": {"不全": {"ask": "甲"}}},
    "上缴": {"kind": "一票否决", "points": 1, "scope": "手续", "cases": {"未缴": {"ask": "乙"}}},
}}  # fmt: skip
MANUAL_PART = {"points": 3, "parts": {
    "制度": {"kind": "人工", "points": 1, "ask": "健全性"}, "执行": {"kind": "比例", "points": 2, "value": "率"},
}}  # fmt: skip
TOO_MUCH = {"points": 5, "gap": -3, "parts": {
    "甲": {"kind": "比例", "points": 5, "value": "率"}, "乙": {"kind": "比例", "points": 3, "value": "率"},
}}  # fmt: skip
SIMPLE_CASES: list[tuple[dict[str, Any], dict[str, Any], Any]] = [
    (KEPT_BELOW, {"率": "92%"}, 5), (KEPT_BELOW, {"率": "100%"}, 5), (KEPT_BELOW, {"率": "101%"}, 4.5),
    (KEPT_BELOW, {"率": "100.5%"}, 4.75), (KEPT_BELOW, {"率": "110%"}, 0), (KEPT_BELOW, {"率": "200%"}, 0),
    (KEPT_BELOW, {"率": "109.99%"}, 0.01), (KEPT_BELOW, {"率": BLANK}, NOTHING), (KEPT_BELOW, {"率": "——"}, NOTHING),
    (KEPT_ABOVE, {"率": "50%"}, 3), (KEPT_ABOVE, {"率": "49%"}, 2.8), (KEPT_ABOVE, {"率": "35%"}, 0),
    (KEPT_ABOVE, {"率": "99%"}, 3), (KEPT_ABOVE, {"率": 0}, 0),
    (BOTH_SIDES, {"率": "100%"}, 1), (BOTH_SIDES, {"率": "103%"}, 0.7), (BOTH_SIDES, {"率": "97%"}, 0.7),
    (BOTH_SIDES, {"率": "110%"}, 0), (BOTH_SIDES, {"率": "80%"}, 0),
    (SILENT, {"率": "100%"}, 3), (SILENT, {"率": "99%"}, 2.8), (SILENT, {"率": "85%"}, 0),
    (SILENT, {"率": "100.01%"}, NOTHING),
    (FLOORED, {"率": "100.99%"}, 5), (FLOORED, {"率": "101%"}, 4.5), (FLOORED, {"率": "102%"}, 4),
    (FLOORED, {"率": "102.99%"}, 4), (CEILED, {"率": "100.01%"}, 4.5), (CEILED, {"率": "101%"}, 4.5),
    (CEILED, {"率": "102%"}, 4), (CEILED, {"率": "102.01%"}, 3.5),
    (BY_NUMBER, {"数": 0}, 3), (BY_NUMBER, {"数": 2}, 2), (BY_NUMBER, {"数": 7}, 0),
    (BY_FIVES, {"率": "10%"}, 2), (BY_FIVES, {"率": "12.5%"}, 1.5), (BY_FIVES, {"率": "-3%"}, 4),
    (LOWER_IN, {"率": "90%"}, 5), (LOWER_IN, {"率": "89.99%"}, 4), (LOWER_IN, {"率": "80%"}, 4),
    (LOWER_IN, {"率": "79.99%"}, 3), (LOWER_IN, {"率": "60%"}, 2), (LOWER_IN, {"率": "59.99%"}, 0),
    (UPPER_IN, {"率": 0}, 3), (UPPER_IN, {"率": "0.01%"}, 2), (UPPER_IN, {"率": "10%"}, 2),
    (UPPER_IN, {"率": "10.01%"}, 1), (UPPER_IN, {"率": "20%"}, 1), (UPPER_IN, {"率": "30%"}, 0.5),
    (UPPER_IN, {"率": "30.01%"}, 0), (UPPER_IN, {"率": "-1%"}, NOTHING), (UPPER_IN, {"率": BLANK}, NOTHING),
    (HOLE, {"率": "4.99%"}, 3), (HOLE, {"率": "5%"}, NOTHING), (HOLE, {"率": "5.01%"}, 1.5), (HOLE, {"率": "10%"}, 1.5),
    (BY_FIELD, {"结余": 0, "上年结转": 0}, 3), (BY_FIELD, {"结余": 5, "上年结转": 5}, 2),
    (BY_FIELD, {"结余": 5.01, "上年结转": 5}, 0), (BY_FIELD, {"结余": 1, "上年结转": BLANK}, NOTHING),
    (BY_FIELD, {"结余": 0, "上年结转": BLANK}, 3), (BY_FIELD, {"结余": BLANK, "上年结转": 5}, NOTHING),
    (BY_COUNT, {"数": 4}, 1), (BY_COUNT, {"数": 3}, NOTHING), (BY_COUNT, {"数": 2}, 0.5), (BY_COUNT, {"数": 1}, 0),
    (BY_COUNT, {"数": 0}, 0), (BY_COUNT, {"数": BLANK}, NOTHING),
    (ONE_POT, {"甲": "20%", "乙": "50%", "丙": "80%"}, 2), (ONE_POT, {"甲": "15%", "乙": "52%", "丙": "77%"}, 0.4),
    (ONE_POT, {"甲": "0%", "乙": "50%", "丙": "80%"}, 0), (ONE_POT, {"甲": "20%", "乙": "50%", "丙": BLANK}, NOTHING),
    (EACH_POT, {"甲": "0%", "乙": "50%", "丙": "80%"}, 2), (EACH_POT, {"甲": "18%", "乙": "49%", "丙": "90%"}, 2.4),
    (CHECKLIST, {"一": "是", "二": "是", "用": 3, "批": 3}, 3), (CHECKLIST, {"一": "是", "二": "否", "用": 4, "批": 3}, 0.5),
    (CHECKLIST, {"一": "是", "二": BLANK, "用": 3, "批": 3}, NOTHING),
    (CHECKLIST, {"一": "是", "二": "大概", "用": 3, "批": 3}, NOTHING),
    (CASES, {"违规": 0}, 1), (CASES, {"违规": 3}, 0.4), (CASES, {"违规": 6}, 0), (CASES, {"违规": BLANK}, NOTHING),
    (CASES, {"违规": -3}, NOTHING), (KINDS_OF_CASES, {"一": 3, "二": -2}, NOTHING), (KINDS_OF_CASES, {"一": -5, "二": 0}, NOTHING),
    (KINDS_OF_CASES, {"一": 1, "二": 2}, 1), (KINDS_OF_CASES, {"一": 1, "二": BLANK}, NOTHING),
    (CHOICE, {"情形": "及时"}, 2), (CHOICE, {"情形": "未影响"}, 1), (CHOICE, {"情形": "影响"}, 0.5),
    (CHOICE, {"情形": "其他"}, NOTHING), (CHOICE, {"情形": BLANK}, NOTHING),
    (RANGES, {"虚列": 0, "不合规": 0, "挪用": 0}, 7), (RANGES, {"虚列": 4, "不合规": 0, "挪用": 0}, 3),
    (RANGES, {"虚列": 7, "不合规": 2, "挪用": 6}, 0), (RANGES, {"虚列": 3, "不合规": 0, "挪用": 0}, NOTHING),
    (RANGES, {"虚列": 0, "不合规": 1, "挪用": 0}, NOTHING), (RANGES, {"虚列": -1, "不合规": 0, "挪用": 0}, NOTHING), (RANGES, {"虚列": 0, "不合规": BLANK, "挪用": 0}, NOTHING),
    (RATIO, {"完成": 3, "目标": 4}, 3.75), (RATIO, {"完成": 5, "目标": 4}, 5), (RATIO, {"完成": -1, "目标": 4}, 0),
    (RATIO, {"完成": 3, "目标": 0}, NOTHING), (RATIO, {"完成": BLANK, "目标": 4}, NOTHING),
    (RATIO, {"完成": 1, "目标": 3}, 1.67), (CAPPED, {"完成": 12, "目标": 10}, 4), (CAPPED, {"完成": 7, "目标": 10}, 3.5),
    (VETOED, {"不全": 0, "截留": 0}, 3), (VETOED, {"不全": 3, "截留": 0}, 2.4), (VETOED, {"不全": 0, "截留": 1}, 0),
    (VETOED, {"不全": BLANK, "截留": 1}, 0), (VETOED, {"不全": 0, "截留": BLANK}, NOTHING),
    (VETOED, {"不全": 0, "截留": -1}, NOTHING), (VETOED, {"不全": -4, "截留": 0}, NOTHING), (VETOED, {"不全": -4, "截留": 1}, 0),
    (TWO_VETOES, {"截留": 1, "冒领": -1}, 0), (TWO_VETOES, {"截留": 0, "冒领": -1}, NOTHING), (TWO_VETOES, {"截留": 0, "冒领": 0}, 2),
    (VETOED_PART, {"不全": 1, "未缴": 1}, 1.8), (VETOED_PART, {"不全": 1, "未缴": 0}, 2.8),
    (VETOED_OTHER, {"不全": 1, "未缴": 1}, 0), (VETOED_OTHER, {"不全": 1, "未缴": 0}, 2.8),
    (VETOED_OTHER, {"不全": 1, "未缴": BLANK}, NOTHING),
    (ASKED_RATE, {"率": "95%"}, 3), (ASKED_RATE, {"率": 9.5}, 3), (ASKED_RATE, {"率": 95}, NOTHING), (ASKED_RATE, {"率": "-1%"}, NOTHING),
    (NARROWED, {"人": 1}, 2), (NARROWED, {"人": 0}, NOTHING), (NARROWED, {"人": 9}, 0), (NARROWED, {"人": 10}, NOTHING),
    (MANUAL_PART, {"制度": 0.8, "率": "100%"}, 2.8), (MANUAL_PART, {"制度": 1.5, "率": "100%"}, NOTHING),
    (TOO_MUCH, {"率": "100%"}, 5), (TOO_MUCH, {"率": "50%"}, 4),
]  # fmt: skip


@pytest.mark.parametrize(("definition", "figures", "due"), SIMPLE_CASES)
def test_points(definition: dict[str, Any], figures: dict[str, Any], due: Any) -> None:
    expected = due if isinstance(due, str) else Decimal(str(due)).normalize() + 0
    assert points(definition, **figures) == expected


RATES = st.decimals(min_value=0, max_value=3, places=4)


@given(
    RATES, st.decimals(min_value=0, max_value=2, places=2), st.sampled_from(("≤", "≥", "±")),
    st.sampled_from(("1%", "0.5%", "2%")), st.decimals(min_value="0.1", max_value=2, places=1),
    st.sampled_from(("精确", "舍去", "进位")), st.integers(min_value=1, max_value=10),
)  # fmt: skip
def test_steps_are_counted_as_by_hand(
    rate: Decimal, bound: Decimal, direction: str, step: str, per: Decimal, rounding: str, full: int
) -> None:
    off = {"≤": rate - bound, "≥": bound - rate, "±": abs(rate - bound)}[direction]
    steps = max(off, Decimal(0)) / (Decimal(step[:-1]) / 100)
    steps = {"精确": steps, "舍去": steps.to_integral_value(ROUND_FLOOR), "进位": steps.to_integral_value(ROUND_CEILING)}[
        rounding
    ]
    due = formula.round_half_up(max(Decimal(0), full - per * steps), 2)
    definition = rule(
        "超标扣分", full, value="率", bound=float(bound), direction=direction, step=step, per=float(per), rounding=rounding
    )
    made = formula.compile(formula.parse(item(definition).formula))(Figures({"率": rate}))
    assert made == due


@given(st.lists(st.integers(min_value=0, max_value=100), min_size=1, max_size=5, unique=True), RATES)
def test_every_value_is_in_exactly_one_tier(edges: list[int], rate: Decimal) -> None:
    """Tiers made without holes: the lower edge belongs to the tier above."""
    edges = sorted(edges)
    tiers = [{"in": f"<{edges[0]}%", "points": 0}]
    tiers += [{"in": f"[{a}%, {b}%)", "points": n} for n, (a, b) in enumerate(pairwise(edges), 1)]
    tiers += [{"in": f"≥{edges[-1]}%", "points": len(edges)}]
    made = item(rule("分档", len(edges), value="率", tiers=tiers))
    result = formula.compile(formula.parse(made.formula))(Figures({"率": rate}))
    assert result == sum(rate * 100 >= edge for edge in edges)


@given(st.lists(st.sampled_from(("是", "否", "", "大概")), min_size=3, max_size=3))
def test_a_checklist_is_scored_only_when_every_line_is_answered(answers: list[str]) -> None:
    checks = {f"条{n}": {"points": n + 1, "ask": "甲"} for n in range(3)}
    result = points(rule("清单", 6, checks=checks), **{f"条{n}": answer for n, answer in enumerate(answers)})
    answered = all(answer in ("是", "否") for answer in answers)
    assert result == (sum(n + 1 for n, answer in enumerate(answers) if answer == "是") if answered else "")


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ({"points": 1, "rule": {"kind": "人工"}, "parts": {"甲": {"kind": "人工", "points": 1}}}, "只能写一个"),
        ({"points": 1, "parts": {"甲": {"kind": "比例", "value": "率"}}}, "没有 points"),
        ({"points": 1, "rule": {"kind": "比例", "value": "率 +"}}, "公式有错"),
        ({"points": 1, "rule": {"kind": "分档", "value": "率", "tiers": [{"in": "九成", "points": 1}]}}, "不是区间"),
        ({"points": 1, "rule": {"kind": "清单", "checks": {"甲": {"points": 1}}}}, "ask 和 when"),
        ({"points": 1, "rule": {"kind": "清单", "checks": {"甲": {"points": 1, "ask": "是", "when": "率 > 1"}}}}, "只能有一个"),
        ({"points": 1, "rule": {"kind": "比例", "value": "率", "cap": 1.2}}, "不能大于1"),
        ({"points": 1, "rule": {"kind": "一票否决", "scope": "别处", "cases": {"甲": {"ask": "乙"}}}}, "scope"),
        ({"points": 2, "parts": {"甲": {"kind": "人工", "points": 1}, "乙": {"kind": "比例", "points": 1, "value": "率"}}}, "ask"),
        ({"points": 2, "evidence": {"次": {"ask": "甲"}}, "rule": {"kind": "按例扣分", "per": 1, "cases": {"次": {"ask": "乙"}}}}, "写了两次"),
    ],
)  # fmt: skip
def test_what_is_no_item_is_refused_in_words(definition: dict[str, Any], said: str) -> None:
    with pytest.raises(SchemeError, match=said):
        item(definition)
