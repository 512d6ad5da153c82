"""The tables that list rather than sum: 得分汇总, 指标明细, 校验问题, 报送情况."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from xlauto.consolidate.results import Indicator, Receipt
from xlauto.consolidate.summed import Accepted
from xlauto.consolidate.tables import (
    FINDINGS,
    FIRST_ROW,
    INDICATORS,
    RECEIPTS,
    SCORES,
    Column,
    Content,
    Formula,
    Links,
    Table,
    inside,
)
from xlauto.model import Finding, Level, column_letters
from xlauto.scores import LEFT_OPEN


def score_table(accepted: Sequence[Accepted], links: Links, indicators: Table, findings: Table) -> Table:
    """Units by their computed score; those without one stand last and say why."""
    table = Table(
        name=SCORES, title="自评得分汇总表", frozen=3, printed=13,
        note="按系统计分由高到低；系统计分是按评分规则核算的得分，定性指标和缺少依据的项目取自评得分",
        columns=[
            Column(heading="名次", width=7, type="序号"), Column(heading="单位代码", width=12),
            Column(heading="单位名称", width=32), Column(heading="自评得分", width=10, type="分值"),
            Column(heading="系统计分", width=10, type="分值"), Column(heading="差异", width=9, type="分值"),
            Column(heading="自评等次", width=9, type="居中"), Column(heading="系统等次", width=9, type="居中"),
            Column(heading="错误", width=7, type="序号"), Column(heading="警告", width=7, type="序号"),
            Column(heading="提示", width=7, type="序号"), Column(heading="项目数", width=8, type="序号"),
            Column(heading="说明", width=24), Column(heading="明细", width=10, type="居中"),
            Column(heading="问题", width=10, type="居中"), Column(heading="套表", width=16),
            Column(heading="文件", width=34),
        ],
    )  # fmt: skip
    ranked = sorted(accepted, key=_rank_key)
    first_indicator, first_finding = _first_rows(indicators), _first_rows(findings)
    scores = [item.unit.computed for item in ranked if item.unit.computed is not None]
    column = column_letters(table.index("系统计分"))
    span = f"{column}${FIRST_ROW}:{column}${FIRST_ROW + len(ranked) - 1}"
    for row, item in enumerate(ranked, FIRST_ROW):
        receipt, unit = item.receipt, item.unit
        rank: Content = None
        if unit.computed is not None:
            rank = Formula(f"RANK({column}{row},{span})", Decimal(1 + sum(score > unit.computed for score in scores)))
        difference = None if unit.stated is None or unit.computed is None else unit.stated - unit.computed
        table.rows.append((
            rank, receipt.code, receipt.name, unit.stated, unit.computed, difference, unit.stated_grade, unit.grade,
            *(receipt.count(level) for level in Level), len(unit.projects), unit.why,
            _jump(INDICATORS, first_indicator, receipt, "看指标"), _jump(FINDINGS, first_finding, receipt, "看问题"),
            unit.scheme.id, links.file(receipt.path, receipt.label),
        ))  # fmt: skip
    return table


def indicator_table(accepted: Sequence[Accepted], links: Links) -> Table:
    table = Table(
        name=INDICATORS, title="绩效指标明细表", frozen=2, printed=14,
        note="每行一个绩效指标；点“单元格”打开单位的工作簿",
        columns=[
            Column(heading="单位代码", width=10), Column(heading="单位名称", width=20),
            Column(heading="表（项目）", width=20), Column(heading="一级指标", width=10),
            Column(heading="二级指标", width=12), Column(heading="三级指标", width=24),
            Column(heading="指标值", width=14), Column(heading="完成值", width=14),
            Column(heading="分值", width=7, type="分值"), Column(heading="自评得分", width=8, type="分值"),
            Column(heading="系统计分", width=8, type="分值"), Column(heading="差异", width=7, type="分值"),
            Column(heading="状态", width=11, type="居中"), Column(heading="偏差原因", width=24),
            Column(heading="单元格", width=28), Column(heading="文件", width=30),
        ],
    )  # fmt: skip
    for receipt, unit in accepted:
        table.rows += [_indicator_row(receipt, line, links) for line in unit.indicators]
    return table


def _indicator_row(receipt: Receipt, line: Indicator, links: Links) -> Sequence[Content]:
    difference: Content = None if line.stated is None or line.computed is None else line.stated - line.computed
    left_open = line.stated is None and line.computed is not None
    form = f"{line.form}（{line.title}）" if line.title else line.form
    return (
        receipt.code, receipt.name, form, line.group, line.kind, line.name, line.target, line.actual, line.points,
        line.computed if left_open else line.stated, line.computed, LEFT_OPEN if left_open else difference, line.state,
        line.reason,
        links.cell(receipt.path, line.sheet, line.cell), receipt.label,
    )  # fmt: skip


def finding_table(receipts: Sequence[Receipt], links: Links) -> Table:
    """Every finding of every file, also of those that were returned or ignored."""
    table = Table(
        name=FINDINGS, title="校验问题一览表", frozen=2, printed=12, marks={"级别": "级别"},
        note="错误必须改正，警告须有核实说明，提示供参考；点“位置”打开单位的工作簿",
        columns=[
            Column(heading="单位代码", width=10), Column(heading="单位或文件", width=20),
            Column(heading="级别", width=7, type="居中"), Column(heading="代码", width=8, type="居中"),
            Column(heading="位置", width=20), Column(heading="项目", width=18), Column(heading="问题", width=40),
            Column(heading="填报数", width=11, type="靠右"), Column(heading="应为", width=11, type="靠右"),
            Column(heading="差额", width=10, type="靠右"), Column(heading="怎么改", width=26),
            Column(heading="核实说明", width=20), Column(heading="连带影响", width=28), Column(heading="表", width=16),
            Column(heading="文件", width=30),
        ],
    )  # fmt: skip
    for receipt in receipts:
        table.rows += [_finding_row(receipt, finding, links) for finding in receipt.findings]
    return table


def _finding_row(receipt: Receipt, finding: Finding, links: Links) -> Sequence[Content]:
    where = finding.where
    place: Content = links.cell(receipt.path, where.sheet, where.cell) if where.cell else where.sheet
    return (
        receipt.code, receipt.name or receipt.label, str(finding.level), finding.code, place, where.field, finding.fact,
        finding.stated, finding.expected, finding.difference, finding.hint, finding.justification,
        "；".join(_consequence(other) for other in finding.consequences), where.form or where.sheet, receipt.label,
    )  # fmt: skip


def _consequence(finding: Finding) -> str:
    due = f"{finding.stated or '空'} → {finding.expected}" if finding.expected else finding.fact
    return f"{finding.where.field} {due}"


def receipt_table(receipts: Sequence[Receipt], links: Links) -> Table:
    """Every file that was found and what became of it."""
    table = Table(
        name=RECEIPTS, title="报送情况表", frozen=3, marks={"状态": "状态"},
        note=f"报送文件夹中的全部文件，共{len(receipts)}个",
        columns=[
            Column(heading="序号", width=6, type="序号"), Column(heading="文件", width=40),
            Column(heading="状态", width=8, type="居中"), Column(heading="单位代码", width=12),
            Column(heading="单位名称", width=30), Column(heading="套表", width=16),
            Column(heading="错误", width=7, type="序号"), Column(heading="警告", width=7, type="序号"),
            Column(heading="提示", width=7, type="序号"), Column(heading="原因或说明", width=64),
            Column(heading="内容校验值（SHA-256前16位）", width=19, type="居中"),
        ],
    )  # fmt: skip
    for number, receipt in enumerate(receipts, 1):
        table.rows.append((
            number, links.file(receipt.path, receipt.label), str(receipt.status), receipt.code, receipt.name,
            receipt.unit.scheme.id if receipt.unit else "", *(receipt.count(level) for level in Level), receipt.reason,
            receipt.sha256[:16],
        ))  # fmt: skip
    return table


def _rank_key(item: Accepted) -> tuple[bool, Decimal, str, str]:
    score = item.unit.computed
    return (score is None, -(score or Decimal(0)), item.receipt.code, item.receipt.label)


def _first_rows(table: Table) -> dict[Content, int]:
    """The first row of each file."""
    column = table.index("文件")
    rows: dict[Content, int] = {}
    for number, row in enumerate(table.rows, FIRST_ROW):
        rows.setdefault(row[column - 1], number)
    return rows


def _jump(sheet: str, rows: dict[Content, int], receipt: Receipt, shown: str) -> Content:
    return inside(sheet, f"A{rows[receipt.label]}", shown) if receipt.label in rows else None
