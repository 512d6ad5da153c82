"""Every score is explained in one line with its figures. The golden file is read by people: keep it readable.

python tests/test_explanations.py writes it anew.
"""

from __future__ import annotations

import re
from pathlib import Path

import lines
import pytest
import samples

from xlauto.indicators import judge
from xlauto.scheme import load_scheme
from xlauto.scores import PointState, Score

GOLDEN = Path(__file__).with_name("golden") / "explanations.txt"
EXAMPLES = [
    ("数量指标", "≥2000次", "1999次", ""), ("质量指标", "≥95%", "90.25%", ""), ("数量指标", "3个", "2个", ""),
    ("成本指标", "≤100万元", "110万元", ""), ("成本指标", "100万元", "250万元", ""), ("质量指标", "≤0次", "1次", ""),
    ("数量指标", "30%－50%", "24%", ""), ("数量指标", "30%－50%", "55%", ""),
    ("时效指标", "2023年6月30日前", "2023年7月1日", ""),
    ("社会效益指标", "起到示范作用", "已起到", ""), ("社会效益指标", "起到示范作用", "已起到", "6.5"),
    ("数量指标", "≥10次", "", ""), ("数量指标", "≥10次", "已完成", "5"), ("质量指标", "≥95%", "≥90%", ""),
    ("质量指标", "≥90%左右", "95%", "8"),
]  # fmt: skip
"""What the sample does not show: 二级指标, 年度指标值, 实际完成值, 得分, of 10 points."""


def golden() -> str:
    scheme = load_scheme("hunan-2023")
    told = [told_of(score) for score in samples.assessed(samples.as_published(samples.HENGSHAN)).scores]
    for kind, target, actual, stated in EXAMPLES:
        texts = {"年度指标值": target, "实际完成值": actual, "分值": "10", "得分": stated}
        judged = judge(lines.line(kind, texts), scheme.scoring, scheme.year)
        told.append(f"举例｜{kind} {target} / {actual or '空'}｜{judged.state}｜{judged.explanation}")
    return "\n".join(told) + "\n"


def told_of(score: Score) -> str:
    return f"{score.sheet}｜{score.item}｜{score.state}｜{score.explanation}"


def test_golden_explanations() -> None:
    assert golden() == GOLDEN.read_text(encoding="utf-8"), "python tests/test_explanations.py"


@pytest.mark.parametrize("unit", samples.UNITS)
def test_every_score_has_one_line_with_its_figures(unit: str) -> None:
    for score in samples.assessed(samples.as_published(unit)).scores:
        assert score.explanation and "\n" not in score.explanation, told_of(score)
        has_figures = re.search(r"\d", score.explanation) is not None
        by_hand = score.key and score.state is PointState.NEEDS
        assert has_figures or by_hand or score.computed == 0 or "缺少数字" in score.explanation, told_of(score)


@pytest.mark.parametrize("unit", samples.UNITS)
def test_explanations_use_no_word_of_the_program(unit: str) -> None:
    for score in samples.assessed(samples.as_published(unit)).scores:
        assert not re.search(r"[A-Za-z_]{2,}", score.explanation), told_of(score)


if __name__ == "__main__":
    GOLDEN.write_text(golden(), encoding="utf-8")
