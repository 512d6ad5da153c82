"""Book -> assessment: read, score, check. What check, score, recalc and consolidate all begin with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xlauto import catalogue, roles
from xlauto.books.book import Book
from xlauto.checking import check
from xlauto.model import CannotGoOn, Finding, Level, Where
from xlauto.reading import read, scheme_of
from xlauto.scores import Score
from xlauto.scoring import score, unit_total
from xlauto.submission import Submission


@dataclass(frozen=True)
class Assessment:
    """One workbook with its scores and findings. `submission` is None when the file could not be read at all."""

    label: str
    submission: Submission | None
    scores: Sequence[Score]
    findings: Sequence[Finding]

    @property
    def name(self) -> str:
        """The unit's name as its cover says."""
        return self.submission.text(roles.COVER, roles.UNIT_NAME) if self.submission else ""

    @property
    def code(self) -> str:
        return self.submission.text(roles.COVER, roles.UNIT_CODE) if self.submission else ""

    @property
    def total(self) -> Score | None:
        return unit_total(self.submission, self.scores) if self.submission else None

    @property
    def grade(self) -> str:
        """The grade of the computed total; empty while there is none."""
        total = self.total
        if self.submission is None or total is None or total.computed is None:
            return ""
        return self.submission.scheme.grade(total.computed)

    def count(self, level: Level) -> int:
        return sum(finding.level is level for finding in self.findings)

    @property
    def returned(self) -> list[Finding]:
        """The findings for which a bureau returns the file."""
        return [finding for finding in self.findings if catalogue.returns(finding)]


def assess(book: Book, extra: Sequence[Path] = ()) -> Assessment:
    """Raises CannotGoOn when the workbook follows no known scheme or cannot be read."""
    return assess_submission(read(book, scheme_of(book, extra)))


def assess_submission(submission: Submission) -> Assessment:
    scores = score(submission)
    return Assessment(submission.label, submission, scores, check(submission, scores))


def refused(label: str, error: CannotGoOn) -> Assessment:
    """A file that could not be read, as an assessment with that one finding."""
    where = Where(label)
    finding = Finding(code=error.code, level=Level.ERROR, where=where, fact=error.fact, hint=error.hint)
    return Assessment(label, None, (), (finding,))
