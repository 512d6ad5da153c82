"""Assessments, recalculations and consolidations as printed text and as the JSON that the command line promises."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlauto import roles
from xlauto.assess import Assessment
from xlauto.model import Finding, Level
from xlauto.scores import LEFT_OPEN, Score
from xlauto.sheets import CHANGES, sheet_of
from xlauto.terminal import print_finding, print_table
from xlauto.values import show

if TYPE_CHECKING:
    from xlauto.consolidate import Consolidation
    from xlauto.consolidate.results import Receipt
    from xlauto.recalc import Clearing, Recalculation

_MOST_LISTED, _LONGEST_REASON, _MOST_TOTALS = 20, 100, 5


class Outcome(Enum):
    """What became of a file that a command works on."""

    WRITTEN = "written"
    SAME = "there was nothing to change"
    TRIED = "only a trial"


# --- JSON -----------------------------------------------------------------------------------------------------


def finding_json(finding: Finding) -> dict[str, Any]:
    where = finding.where
    return {
        "code": finding.code, "level": str(finding.level), "form": where.form, "field": where.field,
        "sheet": where.sheet, "cell": where.cell, "stated": finding.stated, "expected": finding.expected,
        "difference": finding.difference, "message": finding.message(), "hint": finding.hint,
        "justification": finding.justification, "consequences": [finding_json(c) for c in finding.consequences],
    }  # fmt: skip


def score_json(score: Score) -> dict[str, Any]:
    return {
        "form": score.form, "sheet": score.sheet, "project": score.title, "item": score.item,
        "points": digits(score.points), "stated": digits(score.stated), "computed": digits(score.computed),
        "adopted": digits(score.adopted), "shares_points_with": list(score.shared.items) if score.shared else [],
        "state": str(score.state), "explanation": score.explanation, "source": score.source,
        "standard": score.standard, "missing": [missing.cell or missing.name for missing in score.missing],
    }  # fmt: skip


def digits(number: Decimal | None) -> str | None:
    """Amounts and points are strings of decimal digits; what is not known is null."""
    return None if number is None else format(number, "f")


def _head_json(assessment: Assessment) -> dict[str, Any]:
    scheme = assessment.submission.scheme.id if assessment.submission else None
    return {"file": assessment.label, "unit": {"code": assessment.code, "name": assessment.name}, "scheme": scheme}


def assessment_json(assessment: Assessment) -> dict[str, Any]:
    return {
        **_head_json(assessment),
        "findings": [finding_json(finding) for finding in assessment.findings],
        "scores": [score_json(score) for score in assessment.scores],
    }


def scores_json(assessment: Assessment) -> dict[str, Any]:
    total = assessment.total
    return {
        **_head_json(assessment),
        "stated": digits(total.stated) if total else None,
        "computed": digits(total.computed) if total else None,
        "grade": assessment.grade,
        "scores": [score_json(score) for score in assessment.scores],
        **({} if assessment.submission else {"findings": [finding_json(f) for f in assessment.findings]}),
    }


def explanations_json(assessment: Assessment, indicator: str) -> dict[str, Any]:
    return {**_head_json(assessment), "scores": [score_json(s) for s in chosen(assessment.scores, indicator)]}


def recalculation_json(result: Recalculation, target: Path, outcome: Outcome) -> dict[str, Any]:
    return {
        **assessment_json(result.assessment),
        "written": _target(target, outcome),
        "restored": [
            {"sheet": item.entry.place.sheet, "cell": item.entry.place.ref, "field": item.entry.field.name,
             "old": item.old, "new": item.new_text}
            for item in result.restored
        ],
    }  # fmt: skip


def clearing_json(result: Clearing, file: Path, target: Path, outcome: Outcome) -> dict[str, Any]:
    return {
        "file": file.name, "written": _target(target, outcome), "remarks": result.remarks,
        "removed": result.removed, "kept": result.kept,
    }  # fmt: skip


def _target(target: Path, outcome: Outcome) -> str | None:
    """Where the result is, written now or there already."""
    return None if outcome is Outcome.TRIED else str(target)


def refusal_json(assessment: Assessment) -> dict[str, Any]:
    return {**assessment_json(assessment), "written": None, "restored": []}


def consolidation_json(result: Consolidation) -> dict[str, Any]:
    return result.to_json()


# --- print ----------------------------------------------------------------------------------------------------


def counts(assessment: Assessment) -> str:
    """`错误3 警告2 提示1`"""
    return " ".join(f"{level}{assessment.count(level)}" for level in Level)


def headline(assessment: Assessment) -> str:
    """The unit, its scores and the count of findings in one line."""
    total = assessment.total
    if assessment.submission is None:
        return f"{assessment.label}  不能读取"
    if total is None:
        return f"{assessment.name or assessment.label}  {_totals(assessment)}  {counts(assessment)}"
    grade = f"（{assessment.grade}）" if assessment.grade else ""
    return f"{assessment.name or assessment.label}  {_total(total)}{grade}  {counts(assessment)}"


def _totals(assessment: Assessment) -> str:
    """Those of the projects, where the scheme has none for the unit: `项目01：自评88.94，系统计分90.11`."""
    totals = [score for score in assessment.scores if score.item == roles.TOTAL]
    known = [f"{score.sheet}：{_total(score)}" for score in totals[:_MOST_TOTALS]]
    more = f"等{len(totals)}张表" if len(totals) > _MOST_TOTALS else ""
    return ("；".join(known) + more) or "没有总分"


def _total(total: Score) -> str:
    computed = f"系统计分{show(total.computed, '分值')}" if total.computed is not None else total.explanation
    return f"自评{show(total.stated, '分值')}，{computed}" if total.stated is not None else computed


def print_assessment(assessment: Assessment) -> None:
    for finding in assessment.findings:
        print_finding(finding)
    click.echo(click.style(headline(assessment), bold=True))


def print_scores(assessment: Assessment) -> None:
    if assessment.submission is None:
        print_assessment(assessment)
        return
    for sheet in dict.fromkeys(score.sheet for score in assessment.scores):
        click.echo(click.style(f"\n{assessment.label}：{sheet}", bold=True))
        rows = [
            (
                score.item, *map(_shown, (score.weight, score.adopted, score.computed)),
                LEFT_OPEN if score.left_open else _shown(score.difference), str(score.state),
            )
            for score in assessment.scores
            if score.sheet == sheet
        ]
        print_table(("项目", "分值", "自评得分", "系统计分", "差异", "状态"), rows)
    click.echo("")
    click.echo(click.style(headline(assessment), bold=True))


def _scores(receipt: Receipt) -> tuple[str, str, str]:
    if receipt.unit is None:
        return "—", "—", "—"
    return _shown(receipt.unit.stated), _shown(receipt.unit.computed), receipt.unit.grade or "—"


def _shown(number: Decimal | None) -> str:
    return "—" if number is None else show(number, "分值")


def chosen(scores: Sequence[Score], indicator: str) -> list[Score]:
    """The scores whose item, or project, contains the words."""
    return [score for score in scores if any(indicator in name for name in (score.item, score.title, score.key))]


def print_explanations(assessment: Assessment, indicator: str) -> None:
    if assessment.submission is None:
        print_assessment(assessment)
        return
    found = chosen(assessment.scores, indicator)
    if not found:
        items = "、".join(dict.fromkeys(score.item for score in assessment.scores))
        click.echo(f"没有叫“{indicator}”的得分；现有：{items}")
    for score in found:
        place = f"{score.sheet} 第{score.row}行" if score.row else score.sheet
        click.echo(click.style(f"{place}：{score.item}", bold=True))
        click.echo(f"    {_figures(score)}")
        click.echo(f"    {score.explanation}")
        if score.standard:
            click.echo(f"    评分标准：{score.standard}")
        if score.source:
            click.echo(f"    依据：{score.source}")


def _figures(score: Score) -> str:
    """`分值5，自评3，系统计分2`; what the unit has left to the system, counts as the system has it."""
    shared = f"（{len(score.shared.items)}项共有）" if score.shared else ""
    points = f"分值{_shown(score.points)}{shared}"
    if score.left_open:
        return f"{points}，{LEFT_OPEN}，按系统计分{_shown(score.computed)}"
    due = f"系统计分{_shown(score.computed)}" if score.computed is not None else str(score.state)
    return f"{points}，自评{_shown(score.stated)}，{due}"


def print_recalculation(result: Recalculation, target: Path, outcome: Outcome) -> None:
    _print_restored(result)
    for level in (Level.ERROR, Level.WARNING):
        for finding in result.assessment.findings:
            if finding.level is level:
                print_finding(finding)
    click.echo(click.style(headline(result.assessment), bold=True))
    lists = "（见“校验结果”“评分说明”）"
    _print_outcome(outcome, f"结果已写入 {target}{lists}", f"结果与上次相同，{target} 没有改动{lists}")


def print_filling(result: Recalculation, target: Path, outcome: Outcome) -> None:
    """Only what has become of the formulas, as the button says it; why the exit status is not 0."""
    label, errors = result.assessment.label, result.assessment.count(Level.ERROR)
    _print_restored(result)
    told, written = "公式都在，没有要恢复的", f"已写入 {target}（公式结果、表的范围都是最新的）"
    if result.restored:
        kept = "将记在" if outcome is Outcome.TRIED else "记在"
        told = f"恢复公式{len(result.restored)}处，原来填的{kept}工作表“{sheet_of(CHANGES, result.edits)}”"
        written = f"已写入 {target}"
    click.echo(click.style(f"{label}  {told}", bold=True))
    _print_outcome(outcome, written)
    if errors:
        click.echo(f"另有错误{errors}处，没有处理；用 xlauto check 逐条列出")


def _print_restored(result: Recalculation) -> None:
    for item in result.restored:
        old = item.old or "空"
        same = "，数值相同" if item.same else f"，公式结果{item.new_text or '空'}"
        click.echo(
            f"恢复公式 {item.entry.place.sheet}!{item.entry.place.ref}（{item.entry.field.name}）：原填{old}{same}"
        )


def print_clearing(result: Clearing, file: Path, target: Path, outcome: Outcome) -> None:
    told = f"“说明”清空{result.remarks}格，“校验结果”删去{result.removed}条"
    if not result.remarks and not result.removed:
        told = "没有要清除的标记"
    kept = f"，写有核实说明的{result.kept}条保留" if result.kept else ""
    click.echo(f"{file.name}  {told}{kept}")
    _print_outcome(outcome, f"已写入 {target}")


def _print_outcome(outcome: Outcome, written: str, same: str = "") -> None:
    told = {Outcome.WRITTEN: written, Outcome.SAME: same, Outcome.TRIED: "没有写文件（--dry-run）"}[outcome]
    if told:
        click.echo(told)


def print_refusal(assessment: Assessment) -> None:
    for finding in assessment.findings:
        print_finding(finding)
    click.echo(f"{assessment.label}  没有改动")


def print_consolidation(result: Consolidation) -> None:
    rows = [
        (unit.code, unit.name or unit.label, unit.status, *_scores(unit), *(str(unit.count(level)) for level in Level))
        for unit in result.units
    ]
    print_table(("代码", "单位", "状态", "自评得分", "系统计分", "等次", "错误", "警告", "提示"), rows)
    _print_left_out(result)
    click.echo("")
    click.echo(
        f"收到{result.files}个文件：采用{result.accepted}，退回{result.returned}，"
        f"重复{result.duplicates}，忽略{result.ignored}"
    )
    click.echo(f"汇总已写入 {result.output}")


def _print_left_out(result: Consolidation) -> None:
    """The files that do not count, and why: all that are returned, for they must go back, of the others the first."""
    from xlauto.consolidate import Status

    for status in (Status.RETURNED, Status.DUPLICATE, Status.IGNORED):
        receipts = [receipt for receipt in result.receipts if receipt.status is status]
        shown = receipts if status is Status.RETURNED else receipts[:_MOST_LISTED]
        if shown:
            click.echo(f"\n{status}：")
        for receipt in shown:
            click.echo(f"  {receipt.label}：{_short(receipt.short_reason)}")
        if len(shown) < len(receipts):
            click.echo(f"  ……另有{len(receipts) - len(shown)}个，见“报送情况”")


def _short(text: str) -> str:
    """One line that a screen takes in two."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_REASON else f"{line[: _LONGEST_REASON - 1]}…"
