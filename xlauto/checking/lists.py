"""Rules about rows that a unit writes itself: institutions under their total, a list of projects with their scores."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from xlauto.checking.compare import Match, amounts, level_of
from xlauto.checking.job import Job, signed
from xlauto.checking.kinds import kind
from xlauto.checking.labels import bare
from xlauto.model import Finding, State
from xlauto.scheme.forms import NAME_COLUMN
from xlauto.submission import Entry
from xlauto.values import show

Row = dict[str, Entry]


def _rows(job: Job, row: str) -> Iterator[Row]:
    """The entries of a repeating row by column, one mapping for each row of the sheet."""
    by_row: dict[int, Row] = {}
    for field in job.sheet.form.fields.values():
        if field.row == row:
            for entry in job.sheet.entries.get(field.name, ()):
                by_row.setdefault(entry.place.row, {})[field.column] = entry
    yield from (by_row[number] for number in sorted(by_row))


def _called(row: Row) -> str:
    """What messages call the row: what the unit wrote for a name."""
    entry = row.get(NAME_COLUMN)
    return entry.stated.text.strip() if entry is not None and entry.stated.text else ""


@kind("行内合计")
def row_total(job: Job) -> Iterator[Finding]:
    """In each row of one kind, the total is the sum of the columns that it is made of."""
    total, parts = job.params["total"], job.params["parts"]
    for row in _rows(job, job.params["row"]):
        entry = row.get(total)
        addends = [row[part].stated for part in parts if part in row]
        if entry is None or entry.stated.state is State.ERROR or all(part.number is None for part in addends):
            continue
        if any(part.state is State.ERROR for part in addends):
            continue
        due = sum((part.number or Decimal(0) for part in addends), Decimal(0))
        stated = entry.stated.number or Decimal(0)
        match = amounts(stated, due, len(addends))
        if match is Match.SAME:
            continue
        blank = entry.stated.state is State.BLANK
        called = _called(row)
        yield job.find(
            entry.place, f"{called}.{total}" if called else entry.field.name, level=level_of(match, job.rule.level),
            detail=called, stated="空" if blank else show(stated, entry.field.type),
            expected=show(due, entry.field.type),
            difference="" if blank else signed(stated - due, entry.field.type),
        )  # fmt: skip


@kind("清单")
def list_of_scores(job: Job) -> Iterator[Finding]:
    """A list of named things with a score each: nothing half filled in, named twice, or out of range."""
    column, most = job.params["score"], Decimal(str(job.params["most"]))
    seen: dict[str, Entry] = {}
    for row in _rows(job, job.params["row"]):
        name, score = row[NAME_COLUMN], row[column]
        called, number = _called(row), score.stated.number
        field = f"{called}.{column}"
        if not called and number is not None:
            yield job.find(name.place, f"第{name.place.row}行.{NAME_COLUMN}", fact="有分数而没有名称", stated="空")
        if not called:
            continue
        other = seen.setdefault(bare(called), name)
        if other is not name:
            yield job.find(name.place, f"{called}.{NAME_COLUMN}", fact=f"“{called}”在第{other.place.row}行已经列过")
        if score.stated.state is State.BLANK:
            yield job.find(score.place, field, fact=f"“{called}”没有{column}", stated="空")
        elif number is not None and not 0 <= number <= most:
            bound = "不小于0" if number < 0 else f"不大于{show(most)}"
            fact = f"“{called}”的{column}超出范围"
            yield job.find(score.place, field, fact=fact, stated=show(number), expected=bound)
