"""What a button says when its job is done: a few lines in the accountant's words. How they are shown is in notice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from xlauto import roles
from xlauto.assess import Assessment
from xlauto.filling import Restored
from xlauto.model import Finding, Level
from xlauto.recalc import Clearing, Explanation, Recalculation
from xlauto.scores import Score
from xlauto.sheets import CHANGES, FINDINGS, SCORES, sheet_of
from xlauto.values import show

LONGEST_LINE = 200
MOST_PLACES = 3
UNSAVED = "尚未保存（自动保存开着的除外），请核对后保存。程序写入的内容不能用“撤销”退回。"


def recalculated(result: Recalculation) -> str:
    done = f"重新计算完成：{_counted(result.assessment)}。{_total(result.assessment)}"
    return _judged(result, done, *_restored(result))


def checked(result: Recalculation) -> str:
    return _judged(result, f"校验完成：{_counted(result.assessment)}。公式和得分没有改动。")


def filled(result: Recalculation) -> str:
    if not result.restored:
        return "填充公式完成：公式都在，没有要恢复的。"
    return _message(("填充公式完成。", *_restored(result), UNSAVED))


def explained(result: Explanation) -> str:
    name = sheet_of(SCORES, result.edits)
    if result.asked is None:
        return _message((
            "选中的行没有得分。请先选中一个指标所在的行，这里就写明它怎样得分。",
            _total(result.assessment),
            f"全部得分见工作表“{name}”。",
        ))  # fmt: skip
    score = result.asked
    return _message((
        f"{score.item}（{score.sheet}第{score.row}行）：{_points(score)}。",
        f"计算过程：{score.explanation}",
        f"依据：{score.source}" if score.source else "",
        f"全部得分见工作表“{name}”。",
    ))  # fmt: skip


def cleared(result: Clearing) -> str:
    kept = f"；写有核实说明的{result.kept}条保留" if result.kept else ""
    if not result.remarks and not result.removed:
        return f"没有要清除的标记{kept}。"
    return _message((
        f"清除标记完成：清空“说明”{result.remarks}格，删去“{FINDINGS.name}”{result.removed}条{kept}。",
        f"系统计分、差异、“{SCORES.name}”和“{CHANGES.name}”没有动；再次校验或重新计算，标记会重新写上。",
        UNSAVED,
    ))  # fmt: skip


def tally(assessment: Assessment) -> str:
    """`错误3 警告2 提示1`: what the log keeps."""
    return " ".join(f"{level}{assessment.count(level)}" for level in Level)


def _judged(result: Recalculation, *done: str) -> str:
    """What was done, then what is to be mended and where it is listed."""
    return _message((*done, *_to_mend(result.assessment), *_where_listed(result), UNSAVED))


def _message(lines: Iterable[str]) -> str:
    """Every line bounded, so that the box fits on any screen."""
    return "\n".join(_short(line) for line in lines if line)


def _short(line: str) -> str:
    """The middle goes: how a line ends (应为…，实为…; = 94分) says as much as how it begins."""
    text = " ".join(line.split())
    tail = LONGEST_LINE // 3
    return text if len(text) <= LONGEST_LINE else f"{text[: LONGEST_LINE - tail - 1]}…{text[-tail:]}"


def _counted(assessment: Assessment) -> str:
    """`3处错误、2处警告、1处提示`"""
    if not assessment.findings:
        return "没有发现问题"
    found = [f"{assessment.count(level)}处{level}" for level in Level if assessment.count(level)]
    return "、".join(found) if assessment.count(Level.ERROR) else f"没有错误，有{'、'.join(found)}"


def _total(assessment: Assessment) -> str:
    total = assessment.total
    if total is None:
        return ""
    if total.computed is None:
        return f"还得不出总分：{total.explanation}。"
    grade = f"（{assessment.grade}）" if assessment.grade else ""
    return f"系统计分{show(total.computed, '分值')}{grade}。"


def _restored(result: Recalculation) -> Iterator[str]:
    if result.restored:
        places = _places(result.restored)
        name = sheet_of(CHANGES, result.edits)
        yield f"恢复了{len(result.restored)}处公式：{places}。原来填的记在工作表“{name}”。"


def _places(restored: Sequence[Restored]) -> str:
    names = [f"{item.entry.place.sheet}!{item.entry.place.ref}" for item in restored[:MOST_PLACES]]
    return "、".join(names) + ("等" if len(restored) > MOST_PLACES else "")


def _to_mend(assessment: Assessment) -> Iterator[str]:
    """The first 错误, or else the first 警告 that nobody has given a reason for."""
    error = next((finding for finding in assessment.findings if finding.level is Level.ERROR), None)
    if error is not None:
        yield f"最先要改的：{_told(error)}"
        return
    open_ = [f for f in assessment.findings if f.level is Level.WARNING and not f.justification]
    if open_:
        yield f"还有{len(open_)}处警告要改正，或在“核实说明”栏写明原因，先看：{_told(open_[0])}"


def _told(finding: Finding) -> str:
    """The finding's message without the file, the hint and the calculation in brackets."""
    where = finding.where._replace(file="")
    return replace(finding, where=where, fact=finding.fact.partition("（")[0], hint="").message()


def _where_listed(result: Recalculation) -> Iterator[str]:
    if result.assessment.findings:
        yield f"逐条见工作表“{sheet_of(FINDINGS, result.edits)}”，点“位置”跳到单元格。"


def _points(score: Score) -> str:
    figures = (("分值", score.points), ("自评", score.stated), ("系统计分", score.computed))
    known = [f"{word}{show(number, '分值')}" for word, number in figures if number is not None]
    if score.line is not None and score.line.items[roles.SCORE].linked:
        known.append("得分留空，由系统填")
    return "，".join(known if score.computed is not None else [*known, str(score.state)])
