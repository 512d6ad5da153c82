"""What a rule is given to work on, and the way it reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from xlauto.compute import View
from xlauto.formula.evaluate import Result
from xlauto.model import Finding, Level, Place, State
from xlauto.scheme.build import Check
from xlauto.scores import Score
from xlauto.submission import Entry, Item, Line, SheetRead, Submission, TableRead
from xlauto.values import show


class Job(NamedTuple):
    """One rule on one sheet. `stated` and `due` are the figures as the unit states them and as they should be.

    `scores` are those of the indicator rows, by sheet and row.
    """

    submission: Submission
    rule: Check
    sheet: SheetRead
    scores: Mapping[tuple[str, int], Score]
    stated: View
    due: View

    @property
    def params(self) -> dict[str, Any]:
        return self.rule.definition.params

    @property
    def year(self) -> int:
        return self.submission.scheme.year

    def table(self) -> TableRead | None:
        return self.sheet.tables.get(self.params["table"])

    def lines(self) -> Sequence[Line]:
        table = self.table()
        return table.lines if table else ()

    def score_of(self, line: Line) -> Score | None:
        return self.scores.get((self.sheet.sheet, line.row))

    def number(self, entry: Entry) -> Decimal | None:
        """The figure that stands for a field: the stated one; where a computed field is blank, what it should be."""
        if entry.field.formula and (not entry.overwritten or entry.stated.state is State.BLANK):
            result: Result = self.due.computed(entry)
            return result if isinstance(result, Decimal) else None
        return entry.stated.number

    def named(self, name: str) -> Decimal | None:
        """The figure of a field on this sheet."""
        entry = self.sheet.entry(name)
        return self.number(entry) if entry else None

    def at_item(self, line: Line, column: str, **more: Any) -> Finding:
        """A finding on a cell of a table line; of lines with one title, the 二级指标 tells which."""
        twins = sum(other.title == line.title for _, other in self.sheet.lines())
        title = f"{line.title}（{line.kind}）" if twins > 1 else line.title
        return self.find(line.items[column].place, f"{title}.{column}", **more)

    def find(
        self, place: Place | None, field: str, *, fact: str = "", detail: str = "", stated: str = "",
        expected: str = "", difference: str = "", level: Level | None = None, code: str = "",
    ) -> Finding:  # fmt: skip
        """The rule's finding; `fact` replaces its sentence, `detail` follows it in brackets."""
        rule = self.rule
        sentence = fact or rule.definition.say
        return Finding(
            code=code or rule.code, level=level or rule.level, where=self.submission.where(self.sheet, place, field),
            fact=f"{sentence}（{detail}）" if detail else sentence, stated=stated, expected=expected,
            difference=difference, hint=rule.definition.hint,
        )  # fmt: skip


def blank(item: Item) -> bool:
    return item.parsed.state is State.BLANK


def signed(difference: Decimal, kind: str = "") -> str:
    """A difference for a message: 百分比 in percentage points."""
    return show(difference, kind).replace("%", "个百分点") if kind == "百分比" else show(difference, kind)
