"""Every score is explained in one line with its figures. The golden file is read by people: keep it readable.

python tests/test_explanations.py writes it anew.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import lines
import pytest
import samples
from hypothesis import given, settings
from hypothesis import strategies as st

from xlauto.assess import assess
from xlauto.books.closed import open_book
from xlauto.indicators import judge
from xlauto.itemscores import item_scores
from xlauto.making import made
from xlauto.model import Parsed, State
from xlauto.scheme import available, load_scheme
from xlauto.scores import PointState, Score
from xlauto.submission import Entry, SheetRead, Submission

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


# --- whatever the unit fills in --------------------------------------------------------------------------------------

MADE_UP = Path(__file__).with_name("schemes")
TABLES = [folder.id for folder in available([MADE_UP]) if load_scheme(folder.id, [MADE_UP]).items]
FIGURES = ("-3", "0", "0.5", "1", "3", "7", "12.34", "100", "9500")
NO_WORD = re.compile(r"[A-Za-z_]{2,}|#|None|““|””|Decimal|\d+E")
"""Words of the program, Excel's errors, doubled quotation marks: nothing that an accountant would write."""


@cache
def blank(scheme_id: str) -> Submission:
    """The workbook of a unit that has filled in nothing, one project included."""
    scheme = load_scheme(scheme_id, [MADE_UP])
    submission = assess(open_book(made(scheme)), [MADE_UP]).submission
    assert submission is not None
    return submission


def filled(submission: Submission, answer: Callable[[Entry], Parsed | None]) -> Submission:
    """The same with other cells; None leaves a cell as it is. A figure over a formula has been typed there."""

    def entry_with(entry: Entry) -> Entry:
        parsed = answer(entry)
        return entry if parsed is None else replace(entry, parsed=parsed, stated=parsed, live=False)

    def sheet_with(sheet: SheetRead) -> SheetRead:
        return replace(sheet, entries={name: tuple(map(entry_with, found)) for name, found in sheet.entries.items()})

    return replace(submission, sheets={form: [*map(sheet_with, found)] for form, found in submission.sheets.items()})


def answered(entry: Entry, chance: random.Random, disorder: float) -> Parsed | None:
    """What may stand in a cell: a figure or a choice, nothing, 无, or what nobody can read; a formula mostly stays."""
    field = entry.field
    if field.constant is not None or (field.formula and chance.random() > disorder):
        return None
    kind = chance.choice(("blank", "none", "unread")) if chance.random() < disorder else "figure"
    if kind == "figure" and field.numeric:
        number = Decimal(chance.choice(FIGURES)) / (100 if field.type == "百分比" else 1)
        return Parsed(State.NUMBER, str(number), number, decimals=2)
    if kind == "figure" and field.spec.choices:
        chosen = chance.choice(field.spec.choices)
        return Parsed(State.TEXT, chosen, text=chosen)
    if kind == "unread" and (field.numeric or field.spec.choices):
        return Parsed(State.ERROR, "#DIV/0!")
    return Parsed(State.NONE, "无", text="无") if kind == "none" and not field.spec.choices else Parsed(State.BLANK, "")


@pytest.mark.parametrize("scheme_id", TABLES)
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), disorder=st.sampled_from((0, 0.02, 0.1, 0.4)))
def test_no_explanation_holds_an_error_or_a_word_of_the_program(scheme_id: str, seed: int, disorder: float) -> None:
    chance = random.Random(seed)
    submission = filled(blank(scheme_id), lambda entry: answered(entry, chance, disorder))
    for form in submission.scheme.items:
        for sheet in submission.sheets[form]:
            for score in item_scores(submission, sheet):
                told = [score.explanation, score.why, *(one.words for one in score.missing)]
                assert score.explanation and not [text for text in told if NO_WORD.search(text)], told_of(score)
                waits = score.state in (PointState.LACKS, PointState.UNDEFINED)
                assert waits <= (score.computed is None), told_of(score)
                assert score.points is None or score.computed is None or 0 <= score.computed <= score.points


if __name__ == "__main__":
    GOLDEN.write_text(golden(), encoding="utf-8")
