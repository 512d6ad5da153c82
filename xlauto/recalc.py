"""The job of the button: read, put formulas back, score, check, and all results as edits to one workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xlauto.assess import Assessment, assess_submission
from xlauto.books.book import Book, Edit
from xlauto.filling import Restored, after, formula_edits, name_edits, restorations
from xlauto.reading import read, scheme_of
from xlauto.results import change_edits, result_edits
from xlauto.scoring import Score, score
from xlauto.sheets import POINTS
from xlauto.submission import SheetRead, Submission


@dataclass(frozen=True)
class Recalculation:
    """What is to be written, and the assessment of the workbook as it will then be."""

    assessment: Assessment
    restored: Sequence[Restored]
    edits: Sequence[Edit]


def recalculate(book: Book, extra: Sequence[Path] = ()) -> Recalculation:
    """Nothing is written. A second run on the result gives the same results and no edits that change anything.

    Raises CannotGoOn when the workbook follows no known scheme or cannot be read.
    """
    assessment, restored = _filled(book, extra)
    return Recalculation(assessment, restored, [*fill_edits(assessment), *result_edits(book, assessment, restored)])


def fill(book: Book, extra: Sequence[Path] = ()) -> Recalculation:
    """Only the formulas (运算): put back, with right values, names grown; and the record of it."""
    assessment, restored = _filled(book, extra)
    return Recalculation(assessment, restored, [*fill_edits(assessment), *change_edits(book, assessment, restored)])


def _filled(book: Book, extra: Sequence[Path]) -> tuple[Assessment, Sequence[Restored]]:
    """The workbook as it will be once its formulas are back, and which those are."""
    submission = _read(book, extra)
    scores = score(submission)
    restored = restorations(submission, scores)
    return assess_submission(after(submission, _standing(submission, scores), restored)), restored


def _read(book: Book, extra: Sequence[Path]) -> Submission:
    """The submission, by results that are up to date: a formula that is not the scheme's counts with its saved result,
    which is an old one where the unit's program does not calculate by itself."""
    scheme = scheme_of(book, extra)
    submission = read(book, scheme)
    calculated = getattr(book, "calculated", None)
    if calculated is not None and any(map(_has_own_formula, submission.every())):
        return read(calculated(), scheme)
    return submission


def _has_own_formula(sheet: SheetRead) -> bool:
    entries = (entry for found in sheet.entries.values() for entry in found)
    items = (item for _, line in sheet.lines() for item in line.items.values())
    return any(entry.cell.formula is not None and not entry.live for entry in entries) or any(
        item.cell.formula is not None and not item.linked for item in items
    )


def fill_edits(assessment: Assessment) -> list[Edit]:
    assert assessment.submission is not None
    scores = _standing(assessment.submission, assessment.scores)
    return [*name_edits(assessment.submission), *formula_edits(assessment.submission, scores)]


def _standing(submission: Submission, scores: Sequence[Score]) -> list[Score]:
    """The scores that formulas can refer to: not those of a sheet whose column 系统计分 is gone."""
    sheets = {sheet.sheet for sheet in submission.every() if POINTS in sheet.system}
    return [score for score in scores if score.sheet in sheets]
