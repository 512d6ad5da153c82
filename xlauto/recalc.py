"""The jobs on one workbook, each as edits: formulas put back, findings, scores, a score explained, marks cleared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xlauto.assess import Assessment, assess, assess_submission
from xlauto.books.book import Book, Edit, SetCell
from xlauto.filling import Restored, after, formula_edits, name_edits, restorations
from xlauto.model import BLANK_CELL, Place
from xlauto.reading import read, scheme_of
from xlauto.results import (
    change_edits,
    clearing_edits,
    finding_edits,
    finding_lines,
    justified_lines,
    result_edits,
    score_edits,
    score_places,
)
from xlauto.scores import Score
from xlauto.scoring import score
from xlauto.sheets import FINDINGS, HEADING_ROW, POINTS, SCORES, name_in
from xlauto.submission import SheetRead, Submission


@dataclass(frozen=True)
class Recalculation:
    """What is to be written, and the assessment of the workbook as it will then be."""

    assessment: Assessment
    restored: Sequence[Restored]
    edits: Sequence[Edit]


@dataclass(frozen=True)
class Explanation:
    """评分说明 brought up to date: which of its scores was asked for, if any, and where to look."""

    assessment: Assessment
    asked: Score | None
    place: Place
    edits: Sequence[Edit]


@dataclass(frozen=True)
class Clearing:
    """What is to be emptied: so many cells of the column 说明, and lines of 校验结果 but for those that are kept."""

    remarks: int
    removed: int
    kept: int
    edits: Sequence[Edit]


def recalculate(book: Book, extra: Sequence[Path] = ()) -> Recalculation:
    """Nothing is written. A second run on the result gives the same results and no edits that change anything.

    Raises CannotGoOn when the workbook follows no known scheme or cannot be read.
    """
    assessment, restored = _filled(book, extra)
    edits = [*_formula_edits(assessment, _scores(assessment)), *result_edits(book, assessment, restored)]
    return Recalculation(assessment, restored, edits)


def fill(book: Book, extra: Sequence[Path] = ()) -> Recalculation:
    """Only the formulas (运算): put back, with right values, names grown; and the record of it."""
    assessment, restored = _filled(book, extra)
    # A blank 得分 stays blank, so that a total does not count it yet.
    linked = [score for score in _scores(assessment) if score.line is None or score.line.items["得分"].linked]
    return Recalculation(
        assessment, restored, [*_formula_edits(assessment, linked), *change_edits(book, assessment, restored)]
    )


def check(book: Book, extra: Sequence[Path] = ()) -> Recalculation:
    """Only the findings (审核), of the workbook as it stands: no formula is put back, no score written."""
    assessment = assess(book, extra)
    return Recalculation(assessment, (), list(finding_edits(book, assessment)))


def explain(book: Book, active: Place, extra: Sequence[Path] = ()) -> Explanation:
    """Only the sheet 评分说明. Asked for is the score of the active cell's row, on a form or in 评分说明 itself."""
    assessment = assess(book, extra)
    scores = assessment.scores
    places = score_places(book, scores)
    asked = _score_at(active, scores, places)
    place = Place(name_in(book, SCORES), HEADING_ROW, 1) if asked is None else places[asked]
    return Explanation(assessment, None if asked is None else scores[asked], place, list(score_edits(book, scores)))


def clear(book: Book, extra: Sequence[Path] = ()) -> Clearing:
    """The marks that xlauto has put taken away: the texts in the column 说明 and the lines of 校验结果.

    What a person has written stays: a line with a 核实说明 is kept. 系统计分 and 差异 stay, because a blank 得分 refers
    to them; so do 评分说明 and 更改记录. The next recalculation gives the same as without clearing.
    """
    edits = list(clearing_edits(book, read(book, scheme_of(book, extra))))
    written, kept = finding_lines(book), justified_lines(book)
    return Clearing(_remarks_emptied(book, edits), len(written) - len(kept), len(kept), edits)


def _remarks_emptied(book: Book, edits: Sequence[Edit]) -> int:
    own = name_in(book, FINDINGS)
    empty = [edit.place for edit in edits if isinstance(edit, SetCell) and edit.value is None and edit.formula is None]
    return sum(1 for at in empty if at.sheet != own and book.cells(at.sheet).get(at[1:], BLANK_CELL).text)


def _score_at(active: Place, scores: Sequence[Score], places: Sequence[Place]) -> int | None:
    """Which score the row of a cell has; by the line of 评分说明 if the cell stands there."""
    for number, (each, place) in enumerate(zip(scores, places, strict=True)):
        if active[:2] in ((each.sheet, each.row), place[:2]):
            return number
    return None


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


def _formula_edits(assessment: Assessment, scores: Sequence[Score]) -> list[Edit]:
    assert assessment.submission is not None
    return [*name_edits(assessment.submission), *formula_edits(assessment.submission, scores)]


def _scores(assessment: Assessment) -> list[Score]:
    assert assessment.submission is not None
    return _standing(assessment.submission, assessment.scores)


def _standing(submission: Submission, scores: Sequence[Score]) -> list[Score]:
    """The scores that formulas can refer to: not those of a sheet whose column 系统计分 is gone."""
    sheets = {sheet.sheet for sheet in submission.every() if POINTS in sheet.system}
    return [score for score in scores if score.sheet in sheets]
