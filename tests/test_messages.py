"""The few lines that a button says: for each outcome its words, never longer than a box can show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache

import lines
import pytest
import samples

from xlauto.assess import Assessment
from xlauto.books.book import SetCell
from xlauto.books.closed import ClosedBook, open_book
from xlauto.messages import LONGEST_LINE, UNSAVED, checked, cleared, explained, filled, recalculated, tally
from xlauto.model import Finding, Level, Place, Where
from xlauto.reading import read, scheme_of
from xlauto.recalc import Clearing, Recalculation, check, explain, fill, recalculate
from xlauto.scoring import Score

UNIT = """
封面: {单位名称: 某局, 单位代码: "001001"}
基础数据表: {编制数: 10, 在职人数: 9}
整体支出自评表:
  年度资金总额: {年初预算数: 80, 全年预算数: 100, 全年执行数: 90}
  指标:
    - [产出指标, 数量指标, 办会, ≥10次, 8次, 50, ""]
    - [产出指标, 质量指标, 规范, 规范有序, 规范有序, 40, 39, 有瑕疵]
"""
BASE, DEPT = "基础数据表", "整体支出自评表"
LISTED = "逐条见工作表“校验结果”，点“位置”跳到单元格。"


@cache
def small() -> bytes:
    return lines.workbook(UNIT)


@cache
def done() -> Recalculation:
    return recalculate(open_book(small()))


def finding(level: Level, *, note: str = "", expected: str = "", fact: str = "执行率得分应等于10分×执行率") -> Finding:
    where = Where("某局.xlsx", DEPT, "I4", DEPT, "年度资金总额.得分")
    difference = "-1" if expected else ""
    return Finding(code="自评02", level=level, where=where, fact=fact, stated="9", expected=expected,
                   difference=difference, hint="清空该格", justification=note)  # fmt: skip


def result(*findings: Finding, total: Decimal | None = Decimal("97.62"), explanation: str = "") -> Recalculation:
    """The small workbook's recalculation with these findings, and this total."""
    own = done().assessment

    def scored(score: Score) -> Score:
        changed = replace(score, computed=total, explanation=explanation or score.explanation)
        return changed if score.item == "总分" else score

    return replace(done(), assessment=replace(own, findings=findings, scores=[scored(s) for s in own.scores]))


ERROR, WARNING, HINT = finding(Level.ERROR, expected="10"), finding(Level.WARNING), finding(Level.HINT)
FIRST = "最先要改的：整体支出自评表!I4（年度资金总额.得分）：[自评02] 执行率得分应等于10分×执行率；应为10，实为9，偏小1"


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ((), ["重新计算完成：没有发现问题。系统计分97.62（优）。", UNSAVED]),
        (
            (ERROR, ERROR, ERROR, WARNING, WARNING, HINT),
            ["重新计算完成：3处错误、2处警告、1处提示。系统计分97.62（优）。", FIRST, LISTED, UNSAVED],
        ),
        ((ERROR,), ["重新计算完成：1处错误。系统计分97.62（优）。", FIRST, LISTED, UNSAVED]),
        (
            (WARNING, finding(Level.WARNING, note="已核实"), HINT),
            [
                "重新计算完成：没有错误，有2处警告、1处提示。系统计分97.62（优）。",
                "还有1处警告要改正，或在“核实说明”栏写明原因，先看："
                "整体支出自评表!I4（年度资金总额.得分）：[自评02] 执行率得分应等于10分×执行率",
                LISTED,
                UNSAVED,
            ],
        ),
        (
            (finding(Level.WARNING, note="已核实"),),
            ["重新计算完成：没有错误，有1处警告。系统计分97.62（优）。", LISTED, UNSAVED],
        ),
        ((HINT,), ["重新计算完成：没有错误，有1处提示。系统计分97.62（优）。", LISTED, UNSAVED]),
    ],
    ids=["无", "三级", "错误", "警告", "已核实", "提示"],
)
def test_recalculated(findings: Sequence[Finding], expected: Sequence[str]) -> None:
    assert recalculated(result(*findings)).splitlines() == expected


def test_a_total_that_cannot_be_had_yet_says_why() -> None:
    text = recalculated(result(total=None, explanation="还有2项没有得分：执行率、办会"))
    assert text.splitlines()[0] == "重新计算完成：没有发现问题。还得不出总分：还有2项没有得分：执行率、办会。"


def test_a_scheme_without_a_total_says_nothing_of_it() -> None:
    bare = replace(result(), assessment=replace(result().assessment, scores=[]))
    assert recalculated(bare).splitlines()[0] == "重新计算完成：没有发现问题。"


def test_checked_tells_the_same_findings_and_no_score() -> None:
    assert checked(result(ERROR, HINT)).splitlines() == [
        "校验完成：1处错误、1处提示。公式和得分没有改动。", FIRST, LISTED, UNSAVED,
    ]  # fmt: skip


def with_formulas_overwritten(count: int) -> ClosedBook:
    book = open_book(small())
    own = next(sheet for sheet in read(book, scheme_of(book)).every() if sheet.sheet == DEPT)
    live = [entry.place for entries in own.entries.values() for entry in entries if entry.live]
    assert len(live) >= count
    return open_book(book.edited([SetCell(place=place, value="手填") for place in live[:count]]))


@pytest.mark.parametrize(("count", "etc"), [(1, ""), (3, ""), (4, "等")])
def test_formulas_put_back_are_named(count: int, etc: str) -> None:
    book = with_formulas_overwritten(count)
    places = [item.entry.place.ref for item in fill(book).restored]
    assert len(places) == count
    named = "、".join(f"{DEPT}!{ref}" for ref in places[:3]) + etc
    told = f"恢复了{count}处公式：{named}。原来填的记在工作表“更改记录”。"
    assert filled(fill(book)).splitlines() == ["填充公式完成。", told, UNSAVED]
    assert recalculated(recalculate(book)).splitlines()[1] == told


def test_nothing_to_put_back() -> None:
    assert filled(fill(open_book(small()))) == "填充公式完成：公式都在，没有要恢复的。"


@pytest.mark.parametrize(
    ("item", "points"),
    [
        ("办会", "分值50，系统计分40"),
        ("规范", "分值40，自评39，需人工判断"),
        ("执行率", "分值10，系统计分9"),
        ("总分", "分值100，自评88，系统计分88"),
    ],
)
def test_explained(item: str, points: str) -> None:
    score = next(score for score in done().assessment.scores if score.item == item)
    assert explained(explain(open_book(small()), Place(DEPT, score.row, 4))).splitlines() == [
        f"{item}（{DEPT}第{score.row}行）：{points}。",
        f"计算过程：{score.explanation}",
        f"依据：{score.source}",
        "全部得分见工作表“评分说明”。",
    ]


def test_explained_elsewhere() -> None:
    assert explained(explain(open_book(small()), Place(BASE, 1, 1))).splitlines() == [
        "选中的行没有得分。请先选中一个指标所在的行，这里就写明它怎样得分。",
        "系统计分88（良）。",
        "全部得分见工作表“评分说明”。",
    ]


STAYS = "系统计分、差异、“评分说明”和“更改记录”没有动；再次校验或重新计算，标记会重新写上。"


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((0, 0, 0), ["没有要清除的标记。"]),
        ((0, 0, 2), ["没有要清除的标记；写有核实说明的2条保留。"]),
        ((3, 5, 0), ["清除标记完成：清空“说明”3格，删去“校验结果”5条。", STAYS, UNSAVED]),
        ((3, 5, 1), ["清除标记完成：清空“说明”3格，删去“校验结果”5条；写有核实说明的1条保留。", STAYS, UNSAVED]),
    ],
)
def test_cleared(counts: tuple[int, int, int], expected: Sequence[str]) -> None:
    assert cleared(Clearing(*counts, [])).splitlines() == expected


def test_a_list_under_another_name_is_called_by_it() -> None:
    own = open_book(small())
    book = open_book(own.edited([SetCell(place=Place("校验结果", 1, 1), value="自己的表")]))
    assert "逐条见工作表“校验结果(xlauto)”" in checked(check(book))


def test_every_line_is_bounded_and_keeps_its_end() -> None:
    long = finding(Level.ERROR, fact="很长的事实" * 200, expected="10")
    text = recalculated(result(long))
    assert max(map(len, text.splitlines())) == LONGEST_LINE
    assert "应为10，实为9，偏小1" in text


@pytest.mark.parametrize("unit", samples.UNITS)
def test_messages_of_real_units_fit_a_box(unit: str) -> None:
    book = open_book(samples.as_published(unit))
    rows = {(score.sheet, score.row) for score in recalculate(book).assessment.scores}
    texts = [recalculated(recalculate(book)), checked(check(book)), filled(fill(book))]
    texts += [explained(explain(book, Place(*row, 1))) for row in sorted(rows)[:20]]
    for text in texts:
        assert len(text.splitlines()) <= 6
        assert all(0 < len(line) <= LONGEST_LINE for line in text.splitlines())


def test_tally_counts_by_level() -> None:
    assessment = Assessment("某局.xlsx", None, (), (ERROR, ERROR, HINT))
    assert tally(assessment) == "错误2 警告0 提示1"
