"""Control totals: the summary as it lies on disk against the accepted submissions, and every file accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from xlauto import catalogue
from xlauto.books.closed import ClosedBook
from xlauto.books.package import Limits
from xlauto.consolidate.results import Figure, Receipt, Status, Unit
from xlauto.consolidate.summary import Summary
from xlauto.consolidate.summed import Summed
from xlauto.consolidate.tables import FIRST_ROW, Table
from xlauto.model import BLANK_CELL, CannotGoOn, Cell, Kind

Cells = Mapping[tuple[int, int], Cell]


class _OwnBook(ClosedBook):
    """What this program has just written may be larger than what it takes from strangers."""

    limits = Limits(total=4_000_000_000, ratio=10_000, members=10_000)


def verify(data: bytes, summary: Summary) -> None:
    """Raises CannotGoOn (程序02) naming the first figure that is not what the submissions add up to."""
    label = "汇总表"
    book = _OwnBook(data, None, label)
    wrong = next(_mistakes(book, summary), "")
    if wrong:
        raise _mismatch(label, wrong)


def totals_of(receipts: Iterable[Receipt]) -> dict[str, dict[str, Decimal]]:
    """The sums over the accepted files by form and field; rates are not added up."""
    totals: dict[str, dict[str, Decimal]] = {}
    for receipt in receipts:
        if receipt.status is not Status.ACCEPTED or receipt.unit is None:
            continue
        unit = receipt.unit
        figures = [*unit.figures.values(), *(figure for p in unit.projects for figure in p.figures.values())]
        for figure in figures:
            field = unit.scheme.forms[figure.form].fields[figure.field]
            if field.type != "百分比" and figure.value is not None:
                sums = totals.setdefault(figure.form, {})
                sums[figure.field] = sums.get(figure.field, Decimal(0)) + figure.value
    return totals


def _mistakes(book: ClosedBook, summary: Summary) -> Iterator[str]:
    yield from _count_mistakes(book.cells(summary.files.name), summary)
    yield from _row_mistakes(book.cells(summary.scores.name), summary.scores)
    for summed in summary.summed:
        cells = book.cells(summed.table.name)
        yield from _row_mistakes(cells, summed.table)
        yield from _sum_mistakes(cells, summed, summary)


def _count_mistakes(cells: Cells, summary: Summary) -> Iterator[str]:
    """Found = accepted + returned + duplicates + ignored, as the sheet says it."""
    table = summary.files
    column = table.index("状态")
    shown = Counter(cells.get((row, column), BLANK_CELL).text for row in range(FIRST_ROW, table.last_row + 1))
    known = Counter(str(receipt.status) for receipt in summary.receipts)
    if shown != known or sum(shown[status] for status in Status) != len(summary.receipts):
        yield f"{table.name}有{sum(shown.values())}个文件，收到{len(summary.receipts)}个"
    accepted = [r for r in summary.receipts if r.status is Status.ACCEPTED]
    if len(accepted) != len(summary.accepted):
        yield f"采用{len(accepted)}个文件，汇总{len(summary.accepted)}家单位"


def _row_mistakes(cells: Cells, table: Table) -> Iterator[str]:
    """As many rows on disk as were meant."""
    code = table.index("单位代码")
    rows = sum((row, code) in cells for row in range(FIRST_ROW, table.last_row + 1))
    if rows != len(table.rows) or (not table.totalled and (table.last_row + 1, code) in cells):
        yield f"{table.name}有{rows}行，应有{len(table.rows)}行"


def _sum_mistakes(cells: Cells, summed: Summed, summary: Summary) -> Iterator[str]:
    """Rows on disk, the total on disk, and the submissions themselves: all three alike."""
    table = summed.table
    if not table.rows:
        return
    for number, key in enumerate(summed.keys, summed.first):
        if key.type == "百分比":
            continue
        rows = sum((_number(cells, row, number) for row in range(FIRST_ROW, table.last_row + 1)), Decimal(0))
        total = _number(cells, table.total_row, number)
        units = [item.unit for item in summary.accepted if item.unit.scheme.year == key.year]
        figures = [f.value for unit in units for f in _figures(unit, summed.forms) if f.field == key.name]
        due = sum((stored(value) for value in figures if value is not None), Decimal(0))
        if not (stored(rows) == stored(due) == stored(total)):
            yield f"{table.name}“{key.name}”各行之和{rows}，合计{total}，各单位之和{due}"


def _figures(unit: Unit, forms: Sequence[str]) -> Iterator[Figure]:
    """All figures of some forms, straight from the unit."""
    yield from (figure for figure in unit.figures.values() if figure.form in forms)
    for project in unit.projects:
        yield from (figure for figure in project.figures.values() if figure.form in forms)


def stored(number: Decimal) -> Decimal:
    """A number as a workbook keeps it: fifteen digits."""
    return Decimal(f"{float(number):.15g}")


def _number(cells: Cells, row: int, column: int) -> Decimal:
    cell = cells.get((row, column), BLANK_CELL)
    return Decimal(f"{float(cell.text):.15g}") if cell.kind is Kind.NUMBER else Decimal(0)


def _mismatch(label: str, fact: str) -> CannotGoOn:
    return catalogue.refusal("程序02", label, reason=f"核对不符：{fact}")
