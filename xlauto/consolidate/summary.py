"""Receipts -> the summary book: which sheets it has, in which order, and which of them are summed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from xlauto import catalogue
from xlauto.consolidate.book import book_bytes, write_table
from xlauto.consolidate.lists import finding_table, indicator_table, receipt_table, score_table
from xlauto.consolidate.overview import Sources, write_overview
from xlauto.consolidate.results import Receipt, Status
from xlauto.consolidate.summed import Accepted, Summed, base_tables, funds_table, project_table, source_table
from xlauto.consolidate.tables import Links, Table
from xlauto.look import styles
from xlauto.look.styles import Styles

MOST_ROWS = 1_048_576
"""Of a sheet in Excel; what is written below is lost without a word."""


class Summary(NamedTuple):
    """The summary's sheets after 概览, in order; `summed` are those with totals."""

    accepted: Sequence[Accepted]
    receipts: Sequence[Receipt]
    scores: Table
    funds: Summed | None
    summed: Sequence[Summed]
    indicators: Table
    findings: Table
    files: Table
    sources: Table

    @property
    def tables(self) -> list[Table]:
        summed = [item.table for item in self.summed]
        return [self.scores, *summed, self.indicators, self.findings, self.files, self.sources]


def summarise(receipts: Sequence[Receipt], output: Path) -> Summary:
    """The tables of the accepted files, ordered by unit code, and of all files."""
    links = Links(output)
    accepted = [Accepted(r, r.unit) for r in receipts if r.status is Status.ACCEPTED and r.unit is not None]
    accepted.sort(key=lambda item: (item.receipt.code, item.receipt.label))
    findings, indicators = finding_table(receipts, links), indicator_table(accepted, links)
    funds = funds_table(accepted, links)
    summed = [*base_tables(accepted, links), *([funds] if funds else []), project_table(accepted, links)]
    return Summary(
        accepted=accepted,
        receipts=receipts,
        scores=score_table(accepted, links, indicators, findings),
        funds=funds,
        summed=summed,
        indicators=indicators,
        findings=findings,
        files=receipt_table(receipts, links),
        sources=source_table(accepted, summed, links),
    )


def summary_bytes(summary: Summary, strict: bool = False) -> bytes:
    """The book; the same input gives the same bytes. Raises CannotGoOn if Excel has not the rows."""
    for table in summary.tables:
        if table.total_row >= MOST_ROWS:
            reason = f"“{table.name}”有{len(table.rows)}行，超过Excel一张工作表的行数"
            raise catalogue.refusal("程序02", "汇总表", reason=reason, hint="请把报送文件夹分成几批汇总")

    def write(workbook: Any, looks: Styles) -> None:
        sources = Sources(summary.files, summary.scores, summary.funds, summary.findings)
        write_overview(workbook, looks, summary.receipts, summary.accepted, sources, strict)
        for table in summary.tables:
            details = table in (summary.indicators, summary.findings, summary.files, summary.sources)
            write_table(workbook, looks, table, styles.GUIDE_TAB if details else styles.LIST_TAB)

    return book_bytes(write)
