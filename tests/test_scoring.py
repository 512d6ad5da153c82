"""Scoring rules at their edges: rule kinds against LibreOffice, bands, totals, what is left to a person."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

import lines
import msgspec
import oracle
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from xlauto import attainment, formula
from xlauto.formula import Ref
from xlauto.indicators import Figures, band_of, judge
from xlauto.model import CellError
from xlauto.scheme import load_scheme
from xlauto.scheme.schema import RatioDef, ScoringDef
from xlauto.scores import PointState
from xlauto.scoring import _told_missing

SCORING = load_scheme("hunan-2023").scoring
YEAR = 2023
TEXTS = {
    "完成比例": attainment.reached(RatioDef()),
    "一位小数": attainment.reached(RatioDef(digits=1)),
    "按超出扣减": attainment.kept_below(RatioDef(reverse="按超出比例扣减")),
    "目标除以实际": attainment.kept_below(RatioDef(reverse="目标除以实际")),
    "超出不得分": attainment.kept_below(RatioDef(reverse="超出不得分")),
    "目标为零": attainment.kept_at_zero(),
    "区间": attainment.within(RatioDef()),
    "从零起的区间": attainment.within(RatioDef(), from_zero=True),
    "严格大于": attainment.reached(RatioDef(), ">"),
    "严格小于": attainment.kept_below(RatioDef(), "<"),
    **{f"没有比例{op}": attainment.met_or_person(op) for op in ("≥", ">", "≤", "<", "=")},
    "允许偏差": attainment.within_allowance(),
}
TARGETS = ("0.005", "1", "3", "95", "0.95")
RESULTS = ("0.001", "0.5", "1", "1.005", "2.999", "3", "94.995", "96", "400")
GRID = [
    *product(TARGETS, RESULTS, ("2.5", "7", "10")),
    *product(("-5", "-0.05", "0"), ("-8", "-0.05", "-0.03", "0", "3"), ("10",)),
]


def point(number: str, target: str, points: str) -> dict[str, Decimal | None]:
    bound = Decimal(target)
    return {
        "完成值": Decimal(number), "指标值": bound, "分值": Decimal(points), "下限": bound, "上限": bound * 2,
    }  # fmt: skip


def rules(**changes: Any) -> ScoringDef:
    return msgspec.structs.replace(SCORING, quantitative=msgspec.structs.replace(SCORING.quantitative, **changes))


def judged(
    kind: str, target: str, actual: str, points: str = "10", *, scoring: ScoringDef = SCORING, **more: str
) -> Any:
    texts = {"年度指标值": target, "实际完成值": actual, "分值": points} | more
    return judge(lines.line(kind, texts), scoring, YEAR)


# --- rule kinds against LibreOffice ---------------------------------------------------------------------------------


def in_cells(text: str, cells: dict[str, str]) -> str:
    return formula.to_excel(formula.parse(text), lambda named: cells[named.name] if isinstance(named, Ref) else "")


@pytest.fixture(scope="module")
def by_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> oracle.Cells:
    """One row per point of the grid, one column per rule kind: formulas that take their figures from cells."""
    path = tmp_path_factory.mktemp("rules") / "规则.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("规则")
        for row, (target, number, points) in enumerate(GRID):
            figures = point(number, target, points)
            for col, value in enumerate(figures.values()):
                sheet.write_number(row, col, float(value or 0))
            cells = {name: f"{'ABCDE'[col]}{row + 1}" for col, name in enumerate(figures)}
            for col, text in enumerate(TEXTS.values(), 6):
                sheet.write_formula(row, col, "=" + in_cells(text, cells), None, -1)
    return oracle.recalculated(path)["规则"]


@pytest.mark.parametrize("name", TEXTS)
def test_rule_kind_agrees_with_libreoffice(name: str, by_libreoffice: oracle.Cells) -> None:
    column = 7 + list(TEXTS).index(name)
    compiled = formula.compile(formula.parse(TEXTS[name]))
    wrong = []
    for row, (target, number, points) in enumerate(GRID, 1):
        ours, theirs = compiled(Figures(point(number, target, points))), by_libreoffice[row, column]
        if not same(ours, theirs):
            wrong.append((target, number, points, ours, theirs))
    assert wrong == []


def same(ours: object, theirs: object) -> bool:
    """Numbers within what binary fractions hold, errors and texts as they are, the empty text as an empty cell."""
    if isinstance(ours, Decimal) and isinstance(theirs, Decimal | float | int):
        return float(ours) == pytest.approx(float(theirs), abs=1e-9)
    return (ours or None) == (theirs or None) and isinstance(ours, CellError) == isinstance(theirs, CellError)


NUMBERS = st.decimals(min_value="0.01", max_value="10000", places=2)


@given(NUMBERS, NUMBERS, st.decimals(min_value=1, max_value=50, places=1))
def test_points_stay_within_their_bounds(number: Decimal, target: Decimal, points: Decimal) -> None:
    for name, text in TEXTS.items():
        result = formula.compile(formula.parse(text))(Figures(point(str(number), str(target), str(points))))
        assert result == "" or (isinstance(result, Decimal) and 0 <= result <= points), name


@given(
    st.decimals(min_value=-100, max_value=100, places=2), st.decimals(min_value=-100, max_value=100, places=2),
    st.sampled_from(("≥", ">", "≤", "<", "", "±")), st.decimals(min_value=0, max_value=50, places=3),
)  # fmt: skip
def test_no_target_earns_more_than_its_points(number: Decimal, target: Decimal, op: str, points: Decimal) -> None:
    found = judged("数量指标", f"{op}{abs(target) if op == '±' else target}", str(number), str(points))
    assert found.computed is None or 0 <= found.computed <= points
    assert (found.state is PointState.COMPUTED) is (found.computed is not None)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_doing_more_never_earns_less(first: Decimal, second: Decimal, target: Decimal) -> None:
    compiled = formula.compile(formula.parse(TEXTS["完成比例"]))
    less, more = (compiled(Figures(point(str(n), str(target), "10"))) for n in sorted((first, second)))
    assert isinstance(less, Decimal) and isinstance(more, Decimal)
    assert less <= more


# --- directions and variants ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reverse", "actual", "points"),
    [
        ("按超出比例扣减", "100万元", "20"), ("按超出比例扣减", "100.01万元", "20.00"),
        ("按超出比例扣减", "125万元", "15"),
        ("按超出比例扣减", "200万元", "0"), ("按超出比例扣减", "300万元", "0"),
        ("目标除以实际", "100万元", "20"), ("目标除以实际", "125万元", "16"), ("目标除以实际", "300万元", "6.67"),
        ("超出不得分", "100万元", "20"), ("超出不得分", "100.01万元", "0"),
    ],
)  # fmt: skip
def test_reverse_variants(reverse: str, actual: str, points: str) -> None:
    found = judged("成本指标", "≤100万元", actual, "20", scoring=rules(reverse=reverse))
    assert found.computed == Decimal(points)


@pytest.mark.parametrize(("kind", "points"), [("成本指标", "18"), ("数量指标", "20")])
def test_target_without_a_sign_follows_its_kind(kind: str, points: str) -> None:
    assert judged(kind, "100万元", "110万元", "20").computed == Decimal(points)


@pytest.mark.parametrize(
    ("actual", "over_rule", "points"),
    [("129.99次", "不得分", "10"), ("130次", "不得分", "0"), ("130次", "须说明", "10"), ("500次", "须说明", "10")],
)
def test_over_achievement(actual: str, over_rule: str, points: str) -> None:
    assert judged("数量指标", "≥100次", actual, scoring=rules(over_rule=over_rule)).computed == Decimal(points)


def test_far_over_does_not_touch_a_cost_that_is_far_below() -> None:
    assert judged("成本指标", "≤100万元", "20万元", scoring=rules(over_rule="不得分")).computed == 10


@pytest.mark.parametrize(
    ("target", "actual", "comparable"),
    [
        ("≥10次", "12次", True), ("≥10次", "12", True), ("≥10次", "12个", False), ("≥95%", "96%", True),
        ("≥95%", "96", False), ("≤20万元", "19.5万元", True), ("≤20万元", "195000元", True), ("≤20万元", "19.5", True),
        ("≥95%", "96次", False), ("2023年12月", "100%", False),
    ],
)  # fmt: skip
def test_only_figures_of_one_kind_are_compared(target: str, actual: str, comparable: bool) -> None:
    assert (judged("数量指标", target, actual).state is PointState.COMPUTED) is comparable


def test_money_counts_in_its_own_unit() -> None:
    assert judged("成本指标", "≤20万元", "220000元", "10").computed == Decimal("9")


MET_OR_NOT = [
    ("≥-5%", "-3%", "20"), ("≥-5%", "-5%", "20"), ("≥-5%", "-8%", None), ("≤-5%", "-8%", "20"), ("≤-5%", "-3%", None),
    (">5", "6", "20"), (">5", "5", None), (">5", "4", "16"), ("<5", "4", "20"), ("<5", "5", None), ("<5", "6", "16"),
    ("≥0", "0", "20"), ("≥0", "-3", None), ("0", "0", "20"), ("0", "1", "0"), ("≤0", "1", "0"), (">0", "0", None),
    ("0-5个", "5个", "20"), ("0-5个", "6个", "16"), ("0-5个", "-1个", None), (">5", "＞5", "20"), (">5", "≥5", None),
    ("≤100万元", "0万元", "20"), ("±3%", "-3%", "20"), ("±3%", "-5%", "0"),
]  # fmt: skip


@pytest.mark.parametrize(("target", "actual", "points"), MET_OR_NOT)
def test_a_target_met_earns_all_and_one_without_a_proportion_is_a_persons(
    target: str, actual: str, points: str | None
) -> None:
    found = judged("数量指标", target, actual, "20")
    assert found.computed == (None if points is None else Decimal(points))
    assert ("完成指标，得满分" in found.explanation) is (points == "20")
    assert ("由人工判断" in found.explanation or "不是一个实际数" in found.explanation) is (points is None)


# --- what only a person can judge -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "band"),
    [
        ("10", "达成年度指标"), ("8", "达成年度指标"), ("7.99", "部分达成年度指标并具有一定效果"),
        ("6", "部分达成年度指标并具有一定效果"), ("5.99", "未达成年度指标且效果较差"),
        ("0", "未达成年度指标且效果较差"),
    ],
)  # fmt: skip
def test_band_of_a_qualitative_score(stated: str, band: str) -> None:
    found = band_of(Decimal(stated), Decimal(10), SCORING.qualitative)
    assert found is not None
    assert found.name == band
    explanation = judged("社会效益指标", "起到示范作用", "达到目标", 得分=stated).explanation
    assert f"属“{band}”" in explanation


def test_blank_qualitative_score_asks_for_one() -> None:
    found = judged("社会效益指标", "起到示范作用", "达到目标")
    assert (found.state, found.computed) == (PointState.NEEDS, None)
    assert found.explanation == "定性指标，请按达成程度填写得分"


@pytest.mark.parametrize(
    ("stated", "points", "words"),
    [
        ("500", "15", "定性指标，由人工判断；自评500分大于分值15分，不能计入，请改正"),
        ("-1", "15", "定性指标，由人工判断；自评-1分小于0，不能计入，请改正"),
        ("5", "", "分值未填，不能计分；自评5分不能计入，请改正"),
        ("5", "五", "分值不能读取，不能计分；自评5分不能计入，请改正"),
    ],
)
def test_points_that_cannot_be_are_explained(stated: str, points: str, words: str) -> None:
    found = judged("社会效益指标", "起到示范作用", "达到目标", points, 得分=stated)
    assert (found.state, found.computed, found.explanation) == (PointState.NEEDS, None, words)


@pytest.mark.parametrize(
    ("target", "actual", "words"),
    [
        ("≥1000人次", "已完成", "指标值“≥1000人次”是数量，实际完成值“已完成”不是数"),
        ("≥10次", "95%", "指标值“≥10次”是数量，实际完成值“95%”不是数量"),
        ("2023年12月前", "100%", "指标值“2023年12月前”是日期，实际完成值“100%”不是日期"),
        ("2023年12月前", "已完成", "实际完成值“已完成”不是日期"),
        ("≥10次", "", "实际完成值未填"),
    ],
)
def test_explanation_says_why_a_person_must_judge(target: str, actual: str, words: str) -> None:
    assert words in judged("数量指标", target, actual, 得分="5").explanation


# --- totals ---------------------------------------------------------------------------------------------------------

PROJECT = """
项目支出自评表:
  - 项目名称: 甲
    当年财政拨款: [100, 100, 90]
    指标:
      - [产出指标, 数量指标, 次数, ≥10次, 8次, 50, {count}]
      - [效益指标, 社会效益指标, 示范, 起到示范作用, 已起到, 30, {effect}]
      - [满意度指标, 服务对象满意度指标, 满意度, ≥95%, 96%, 10, 10]
"""


def scores(count: str, effect: str) -> dict[str, Any]:
    assessment = lines.assessed(PROJECT.format(count=count or '""', effect=effect or '""'))
    return {score.item: score for score in assessment.scores if score.title == "甲"}


def test_total_takes_computed_points_and_a_persons_judgement() -> None:
    total = scores("45", "28")["总分"]
    assert (total.points, total.computed, total.stated) == (100, Decimal("87"), Decimal("92"))
    assert total.explanation == "9 + 40 + 28 + 10 = 87分（其中1项由人工判断，按自评28分计）"


def test_total_waits_for_what_is_missing() -> None:
    total = scores("45", "")["总分"]
    assert (total.state, total.computed) == (PointState.NEEDS, None)
    assert total.explanation == "还有1项没有得分：示范"


@pytest.mark.parametrize(("count", "named"), [(2, "甲、乙"), (3, "甲、乙、丙"), (4, "甲、乙、丙等")])
def test_of_many_that_are_missing_the_first_are_named(count: int, named: str) -> None:
    assert _told_missing("甲乙丙丁"[:count]) == f"还有{count}项没有得分：{named}"


@pytest.mark.parametrize("effect", ["500", "-1"])
def test_points_that_cannot_be_do_not_enter_the_total(effect: str) -> None:
    total = scores("45", effect)["总分"]
    assert (total.state, total.computed) == (PointState.NEEDS, None)
    assert total.explanation == f"还有1项没有得分：示范（自评{effect}分不能计入）"


def test_blank_score_that_a_rule_can_compute_is_not_missing() -> None:
    found = scores("", "28")
    assert (found["次数"].stated, found["次数"].computed) == (None, 40)
    assert (found["总分"].computed, found["总分"].stated) == (87, 87)
