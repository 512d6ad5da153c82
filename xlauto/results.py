"""Findings and scores -> what stands in the workbook: system columns and the sheets 校验结果, 评分说明, 更改记录."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count

from xlauto.assess import Assessment
from xlauto.books.book import AddSheet, Book, Edit, SetCell, SetRowHeight
from xlauto.changes import changed_rows
from xlauto.filling import Restored
from xlauto.model import BLANK_CELL, Finding, Level, Place, Value, column_letters
from xlauto.scheme.layout import Box
from xlauto.scoring import PointState, Score
from xlauto.sheets import (
    CHANGES,
    FINDINGS,
    FIRST_ENTRY_ROW,
    HEADING_ROW,
    LISTS,
    POINTS,
    SCORES,
    ListSheet,
    entries_of,
    name_in,
    numbered,
)
from xlauto.submission import SheetRead

Row = Sequence[Value | SetCell]

GONE = "已消除"
"""The 级别 of a line whose finding has gone, kept for its 核实说明."""
MOST_ARGUMENTS = 100
"""Excel takes 255."""

_REPETITION = re.compile(r"\|\d+$")
_CODE = re.compile(r"[\u4e00-\u9fff]+\d\d")


def result_edits(book: Book, assessment: Assessment, restored: Sequence[Restored]) -> Iterator[Edit]:
    """Everything xlauto writes beside formulas, from an assessment of the workbook as it will be."""
    submission = assessment.submission
    assert submission is not None
    yield from (_added(book, item) for item in LISTS)
    for sheet in submission.every():
        yield from _system_columns(book, sheet, assessment)
    yield from _table(book, FINDINGS, [*map(_finding_row, assessment.findings), *_orphans(assessment)])
    yield from _table(book, SCORES, [_score_row(score) for score in assessment.scores])
    yield from _changes(book, assessment, restored)


def change_edits(book: Book, assessment: Assessment, restored: Sequence[Restored]) -> Iterator[Edit]:
    """Only the sheet 更改记录."""
    yield _added(book, CHANGES)
    yield from _changes(book, assessment, restored)


def _added(book: Book, item: ListSheet) -> AddSheet:
    return AddSheet(name=name_in(book, item), headings=item.headings, widths=item.widths)


# --- the system columns ---------------------------------------------------------------------------------------


def _system_columns(book: Book, sheet: SheetRead, assessment: Assessment) -> Iterator[Edit]:
    """The results of a sheet, but never over a cell of the form's own or over a heading."""
    own = _own_cells(sheet)
    cells = book.cells(sheet.sheet)
    columns, last = set(sheet.system.values()), _last_column(sheet)
    for edit in _system_cells(sheet, assessment):
        place = edit.place
        theirs = place.col in columns and (place in own or place.col <= last)
        if not theirs and cells.get(place[1:], BLANK_CELL).text not in sheet.form.system:
            yield edit


def _own_cells(sheet: SheetRead) -> set[Place]:
    """The places of all fields and table cells, and of the printed texts."""
    places = {entry.place for entries in sheet.entries.values() for entry in entries}
    places |= {item.place for _, line in sheet.lines() for item in line.items.values()}
    return places | {label.place for label in sheet.labels}


def _last_column(sheet: SheetRead) -> int:
    """The last column of the form's tables."""
    return max((col for table in sheet.tables.values() for col in table.columns.values()), default=0)


def _system_cells(sheet: SheetRead, assessment: Assessment) -> Iterator[SetCell]:
    columns = sheet.system
    remarks = _remarks(sheet, assessment.findings)
    own = [score for score in assessment.scores if score.sheet == sheet.sheet]
    if POINTS in columns:
        for score in own:
            if score.row:
                yield from _score_cells(sheet, score, own)
    if "说明" not in columns:
        return
    rows = _rows_of(sheet)
    for row in sorted(rows | set(remarks)):
        yield SetCell(place=Place(sheet.sheet, row, columns["说明"]), value=remarks.get(row))


def _rows_of(sheet: SheetRead) -> set[int]:
    """The rows whose 说明 xlauto owns."""
    rows = {entry.place.row for entries in sheet.entries.values() for entry in entries}
    return rows | {line.row for _, line in sheet.lines()}


def _remarks(sheet: SheetRead, findings: Sequence[Finding]) -> dict[int, str]:
    """What is wrong in each row, in a few words."""
    remarks: dict[int, list[str]] = {}
    for finding in findings:
        if finding.where.sheet == sheet.sheet and finding.where.cell:
            row = int(finding.where.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
            due = f"，应为{finding.expected}" if finding.expected else ""
            fact = finding.fact.partition("（")[0]
            remarks.setdefault(row, []).append(f"{finding.level}：{fact}{due}")
    return {row: "；".join(dict.fromkeys(texts)) for row, texts in remarks.items()}


def _score_cells(sheet: SheetRead, score: Score, own: Sequence[Score]) -> Iterator[SetCell]:
    """系统计分, 差异, and a 得分 that was left to the system."""
    at = {key: Place(sheet.sheet, score.row, col) for key, col in sheet.system.items()}
    stated = _stated_place(sheet, score)
    formula = _sum_formula(sheet, own) if score.item == "总分" else score.formula
    known = score.computed is not None
    yield SetCell(place=at[POINTS], value=score.computed, formula=(formula or None) if known else None)
    if "差异" in at and stated is not None:
        typed = score.difference is not None
        difference = f"{stated.ref}-{at[POINTS].ref}"
        yield SetCell(
            place=at["差异"], value=score.difference if typed else None, formula=difference if typed else None
        )
    if score.line is not None and score.computed is not None and score.line.items["得分"].left_open:
        place = score.line.items["得分"].place
        yield SetCell(place=place, value=score.computed, formula=at[POINTS].ref)


def _stated_place(sheet: SheetRead, score: Score) -> Place | None:
    if score.line is not None:
        return score.line.items["得分"].place
    own = (entry for entries in sheet.entries.values() for entry in entries)
    return next((e.place for e in own if e.field.column == "得分" and e.place.row == score.row), None)


def _sum_formula(sheet: SheetRead, own: Sequence[Score]) -> str:
    """Σ of what counts: 系统计分 where there is one, the unit's own 得分 where only a person can judge."""
    col = column_letters(sheet.system[POINTS])
    cells = []
    for part in own:
        if part.item == "总分":
            continue
        typed = part.state is PointState.NEEDS and part.line is not None
        cells.append(part.line.items["得分"].place.ref if typed and part.line else f"{col}{part.row}")
    return _nested_sum(cells)


def _nested_sum(terms: Sequence[str]) -> str:
    """SUM of any number of terms."""
    while len(terms) > MOST_ARGUMENTS:
        groups = range(0, len(terms), MOST_ARGUMENTS)
        terms = [f"SUM({','.join(terms[first : first + MOST_ARGUMENTS])})" for first in groups]
    return f"SUM({','.join(terms)})"


# --- the own sheets -------------------------------------------------------------------------------------------


def _table(book: Book, sheet: ListSheet, rows: Sequence[Row]) -> Iterator[Edit]:
    """The rows below the headings, past those that people have written, and nothing left of an earlier, longer run."""
    present = entries_of(book, sheet)
    theirs = {number for number, texts in present.items() if not _is_entry(sheet, texts)}
    free = (number for number in count(FIRST_ENTRY_ROW) if number not in theirs)
    placed = dict(zip(free, rows, strict=False))
    yield from _written(book, sheet, placed)
    for number in sorted(present.keys() - theirs - placed.keys()):
        for col in range(1, len(sheet.columns) + 1):
            yield SetCell(place=Place(name_in(book, sheet), number, col))


def _is_entry(sheet: ListSheet, texts: Sequence[str]) -> bool:
    """Whether a line of 校验结果 or 评分说明 is one that xlauto wrote."""
    if sheet is FINDINGS:
        return bool(_CODE.fullmatch(texts[0])) and texts[1] in (*Level, GONE)
    state = texts[sheet.column("状态") - 1]
    return bool(texts[0] and texts[1]) and state in [str(known) for known in PointState]


def _written(book: Book, sheet: ListSheet, rows: Mapping[int, Row]) -> Iterator[Edit]:
    name = name_in(book, sheet)
    for number, row in rows.items():
        for col, value in enumerate(row, 1):
            place = Place(name, number, col)
            style = Place(name, FIRST_ENTRY_ROW, col) if number > FIRST_ENTRY_ROW else None
            if isinstance(value, SetCell):
                yield SetCell(place=place, value=value.value, formula=value.formula, style_of=style)
            else:
                yield SetCell(place=place, value=value, style_of=style)
        yield SetRowHeight(sheet=name, row=number, points=_height(sheet, row))


def _changes(book: Book, assessment: Assessment, restored: Sequence[Restored]) -> Iterator[Edit]:
    """The lines of 更改记录 that are new or different; all others stay as people left them."""
    assert assessment.submission is not None
    name, last = name_in(book, CHANGES), len(CHANGES.columns)
    for number, texts in entries_of(book, CHANGES).items():
        if not any(texts[: last - 1]):
            yield SetCell(place=Place(name, number, last))  # left over where a person has emptied the line
    rows = changed_rows(book, assessment.submission, restored)
    if not rows:
        return
    for col, heading in enumerate(CHANGES.headings, 1):
        yield SetCell(place=Place(name, HEADING_ROW, col), value=heading)
    yield from _written(book, CHANGES, rows)


def _height(sheet: ListSheet, row: Row) -> float:
    """Enough for the cell with the most lines: Excel fits rows by itself, other programs do not."""
    from xlauto.look.heights import Lettering, row_heights
    from xlauto.look.styles import BODY_SIZE

    texts = [str((value.value if isinstance(value, SetCell) else value) or "") for value in row]
    letterings = [Lettering(Box(1, col, 1, col), text, BODY_SIZE) for col, text in enumerate(texts, 1)]
    return row_heights(letterings, dict(enumerate(sheet.widths, 1)), {}, 1)[1]


def _finding_row(finding: Finding) -> Row:
    where = finding.where
    problem = finding.fact + "".join(f"\n连带：{_consequence(other)}" for other in finding.consequences)
    place = _link(where.sheet, where.cell) if where.cell else where.sheet or None
    return (
        finding.code, str(finding.level), place, where.field, problem, finding.stated, finding.expected,
        finding.difference, finding.hint, finding.justification or None,
    )  # fmt: skip


def _consequence(finding: Finding) -> str:
    due = f"{finding.stated or '空'} → {finding.expected}" if finding.expected else finding.fact
    return f"{finding.where.field} {due}"


def _link(sheet: str, cell: str) -> SetCell:
    """A cell that jumps to the place it names."""
    quoted = sheet.replace("'", "''").replace('"', '""')
    shown = f"{sheet}!{cell}"
    formula = f'HYPERLINK("#\'{quoted}\'!{cell}","{shown.replace(chr(34), chr(34) * 2)}")'
    return SetCell(place=Place("", 1, 1), value=shown, formula=formula)


def _orphans(assessment: Assessment) -> Iterator[Row]:
    """核实说明 whose finding has gone: what a person wrote is kept."""
    assert assessment.submission is not None
    keys = set(numbered(finding.key for finding in assessment.findings))
    for key, note in assessment.submission.justifications.items():
        if key not in keys:
            code, sheet, field = _REPETITION.sub("", key).split("|", 2)
            yield (code, GONE, sheet, field, "该问题已消除，保留原来的核实说明", "", "", "", "", note)


def _score_row(score: Score) -> Row:
    form = f"{score.form}（{score.title}）" if score.title else score.form
    return (
        form, score.item, score.points, score.stated, score.computed, score.difference, str(score.state),
        score.explanation, score.source,
    )  # fmt: skip
