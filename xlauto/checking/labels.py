"""Printed texts that are no longer as printed: edited, or moved away from their cells."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from xlauto import catalogue
from xlauto.model import Finding
from xlauto.submission import LabelRead, Submission
from xlauto.values import years_in


def labels(submission: Submission) -> Iterator[Finding]:
    """One finding for each label that differs in more than spacing, width or its year (标签年度 looks at that)."""
    for sheet in submission.every():
        printed = {bare(label.printed) for label in sheet.labels}
        for label in sheet.labels:
            if bare(label.found) == bare(label.printed) or other_year(label):
                continue
            where = submission.where(sheet, label.place, label.field)
            if not label.found or bare(label.found) in printed:
                yield catalogue.finding("版式05", where, raw=label.found or "空", value=label.printed)
            else:
                yield catalogue.finding("版式07", where, old=label.printed, new=label.found)


def other_year(label: LabelRead) -> bool:
    """Whether the label is as printed but for another year."""
    return bool(years_in(label.found)) and _without_years(label.found) == _without_years(label.printed)


def bare(text: str) -> str:
    """A label without spaces, in one width."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _without_years(text: str) -> str:
    text = bare(text)
    for year in years_in(text):
        text = text.replace(str(year), "")
    return text
