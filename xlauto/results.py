"""Findings and scores -> what stands in the workbook: system columns and the sheets 校验结果, 评分说明, 更改记录."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count

from xlauto import roles
from xlauto.assess import Assessment
from xlauto.books.book import AddSheet, Book, Edit, SetCell, SetRowHeight
from xlauto.changes import changed_rows
from xlauto.filling import Restored
from xlauto.model import BLANK_CELL, Finding, Level, Place, Value, column_letters
from xlauto.reading.earlier import sheet_of
from xlauto.scheme.layout import Box
from xlauto.scores import LEFT_OPEN, PointState, Score
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
from xlauto.submission import SheetRead, Submission

Row = Sequence[Value | SetCell]

GONE = "已消除"
"""The 级别 of a line whose finding has gone, kept for its 核实说明."""
MOST_ARGUMENTS = 100
"""Excel takes 255."""
MOST_IN_FULL = 5
"""Consequences of one fault that are told whole in its row."""

_REPETITION = re.compile(r"\|\d+$")
_CODE = re.compile(r"[\u4e00-\u9fff]+\d\d")
_REMARK = re.compile(f"(?:{'|'.join(Level)})：")


def result_edits(book: Book, assessment: Assessment, restored: Sequence[Restored]) -> Iterator[Edit]:
    """Everything xlauto writes beside formulas, from an assessment of the workbook as it will be."""
    submission = assessment.submission
    assert submission is not None
    yield from (_added(book, item) for item in LISTS)
    for sheet in submission.every():
        yield from _beside_form(book, sheet, _point_cells(book, sheet, assessment))
        yield from _beside_form(book, sheet, _remark_cells(book, sheet, assessment.findings))
    yield from _finding_list(book, assessment)
    yield from _table(book, SCORES, [_score_row(score) for score in assessment.scores])
    yield from _changes(book, assessment, restored)


def finding_edits(book: Book, assessment: Assessment) -> Iterator[Edit]:
    """Only the findings: the sheet 校验结果 and the column 说明 of the forms."""
    assert assessment.submission is not None
    yield _added(book, FINDINGS)
    for sheet in assessment.submission.every():
        yield from _beside_form(book, sheet, _remark_cells(book, sheet, assessment.findings))
    yield from _finding_list(book, assessment)


def score_edits(book: Book, scores: Sequence[Score]) -> Iterator[Edit]:
    """Only the sheet 评分说明."""
    yield _added(book, SCORES)
    yield from _table(book, SCORES, [_score_row(score) for score in scores])


def score_places(book: Book, scores: Sequence[Score]) -> list[Place]:
    """Where each score has, or is to have, its line in 评分说明."""
    name = name_in(book, SCORES)
    return [Place(name, number, 1) for number, _ in zip(_free_rows(book, SCORES), scores, strict=False)]


def clearing_edits(book: Book, submission: Submission) -> Iterator[Edit]:
    """The column 说明 emptied, and 校验结果 down to the lines that a person has written a 核实说明 in."""
    for sheet in submission.every():
        yield from _beside_form(book, sheet, _remark_cells(book, sheet, ()))
    yield from _table(book, FINDINGS, [_copied(book, number) for number in justified_lines(book)])


def finding_lines(book: Book) -> list[int]:
    """The rows of 校验结果 that xlauto has written."""
    return [number for number, texts in entries_of(book, FINDINGS).items() if _is_entry(FINDINGS, texts)]


def justified_lines(book: Book) -> list[int]:
    """The rows of 校验结果 that keep a 核实说明, and those before them by which the next run tells whose it is.

    Findings with the same key are told apart by their order.
    """
    places = [FINDINGS.column(heading) - 1 for heading in ("代码", "位置", "项目", "核实说明")]
    found: list[int] = []
    wanted: set[tuple[str, str, str]] = set()
    for number, texts in reversed(entries_of(book, FINDINGS).items()):
        code, place, field, note = (texts[at] for at in places)
        key = (code, sheet_of(place), field)
        if note.strip():
            wanted.add(key)
        if key in wanted and _is_entry(FINDINGS, texts):
            found.insert(0, number)
    return found


def change_edits(book: Book, assessment: Assessment, restored: Sequence[Restored]) -> Iterator[Edit]:
    """Only the sheet 更改记录."""
    yield _added(book, CHANGES)
    yield from _changes(book, assessment, restored)


def _added(book: Book, item: ListSheet) -> AddSheet:
    return AddSheet(name=name_in(book, item), headings=item.headings, widths=item.widths)


# --- the system columns ---------------------------------------------------------------------------------------


def _beside_form(book: Book, sheet: SheetRead, edits: Iterable[SetCell]) -> Iterator[SetCell]:
    """The results of a sheet, but never over a cell of the form's own or over a heading."""
    own = _own_cells(sheet)
    cells = book.cells(sheet.sheet)
    columns, last = set(sheet.system.values()), _last_column(sheet)
    for edit in edits:
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


def _point_cells(book: Book, sheet: SheetRead, assessment: Assessment) -> Iterator[SetCell]:
    """系统计分 and 差异 of each score, and nothing left of those whose row has been emptied."""
    if POINTS not in sheet.system:
        return
    own = [score for score in assessment.scores if score.sheet == sheet.sheet]
    for score in own:
        if score.row:
            yield from _score_cells(sheet, score, own)
    scored, cells = {score.row for score in own}, book.cells(sheet.sheet)
    for table in sheet.tables.values():
        for row in set(range(table.heading + 1, table.last + 1)) - scored:
            for title in (POINTS, "差异"):
                key = row, sheet.system.get(title, 0)
                cell = cells.get(key, BLANK_CELL)
                if cell.text or cell.formula is not None:
                    yield SetCell(place=Place(sheet.sheet, *key))


def _remark_cells(book: Book, sheet: SheetRead, findings: Sequence[Finding]) -> Iterator[SetCell]:
    """The column 说明: what is wrong in each row, and nothing left of an earlier run where nothing is.

    In rows without figures a text that no run has written stays.
    """
    col = sheet.system.get("说明")
    if col is None:
        return
    remarks, figures = _remarks(sheet, findings), _rows_with_figures(sheet)
    present = {row: cell.text for (row, at), cell in book.cells(sheet.sheet).items() if at == col and cell.text}
    earlier = {row for row, text in present.items() if _REMARK.match(text)}
    theirs = present.keys() - earlier - figures
    for row in sorted((figures | earlier | remarks.keys()) - theirs):
        yield SetCell(place=Place(sheet.sheet, row, col), value=remarks.get(row))


def _rows_with_figures(sheet: SheetRead) -> set[int]:
    rows = {entry.place.row for entries in sheet.entries.values() for entry in entries}
    return rows | {line.row for _, line in sheet.lines()}


def _remarks(sheet: SheetRead, findings: Sequence[Finding]) -> dict[int, str]:
    """What is wrong in each row, in a few words."""
    remarks: dict[int, list[str]] = {}
    for finding in findings:
        if finding.where.sheet == sheet.sheet and finding.where.cell:
            row = int(finding.where.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
            due = f"，应为{finding.expected}" if finding.expected else ""
            remarks.setdefault(row, []).append(f"{finding.level}：{_in_short(finding.fact)}{due}")
    return {row: "；".join(dict.fromkeys(texts)) for row, texts in remarks.items()}


def _in_short(fact: str) -> str:
    """A fact without the figures in brackets at its end, whatever brackets there are in its names."""
    if not fact.endswith("）"):
        return fact
    depth = 0
    for at in range(len(fact) - 1, 0, -1):
        depth += {"）": 1, "（": -1}.get(fact[at], 0)
        if not depth:
            return fact[:at]
    return fact


def _score_cells(sheet: SheetRead, score: Score, own: Sequence[Score]) -> Iterator[SetCell]:
    """系统计分, 差异, and a 得分 that was left to the system."""
    at = {key: Place(sheet.sheet, score.row, col) for key, col in sheet.system.items()}
    stated = _stated_place(sheet, score)
    formula = _sum_formula(sheet, own) if score.item == roles.TOTAL else score.formula
    known = score.computed is not None
    yield SetCell(place=at[POINTS], value=score.computed, formula=(formula or None) if known else None)
    if "差异" in at and stated is not None:
        typed = score.difference is not None
        difference = f"{stated.ref}-{at[POINTS].ref}"
        yield SetCell(
            place=at["差异"], value=score.difference if typed else None, formula=difference if typed else None
        )
    if score.line is not None and score.computed is not None and score.line.items[roles.SCORE].left_open:
        place = score.line.items[roles.SCORE].place
        yield SetCell(place=place, value=score.computed, formula=at[POINTS].ref)


def _stated_place(sheet: SheetRead, score: Score) -> Place | None:
    if score.place is not None:
        return score.place
    if score.line is not None:
        return score.line.items[roles.SCORE].place
    own = (entry for entries in sheet.entries.values() for entry in entries)
    return next((e.place for e in own if e.field.column == roles.SCORE and e.place.row == score.row), None)


def _sum_formula(sheet: SheetRead, own: Sequence[Score]) -> str:
    """Σ of what counts: 系统计分 where there is one, the unit's own 得分 where only a person can judge."""
    col = column_letters(sheet.system[POINTS])
    cells = []
    for part in own:
        if part.item == roles.TOTAL:
            continue
        stated = _stated_place(sheet, part) if part.line is not None or part.key else None
        typed = part.computed is None and part.effective is not None
        cells.append(stated.ref if typed and stated is not None else f"{col}{part.row}")
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
    placed = dict(zip(_free_rows(book, sheet), rows, strict=False))
    yield from _written(book, sheet, placed)
    for number, texts in present.items():
        if number not in placed and _is_entry(sheet, texts):
            for col in range(1, len(sheet.columns) + 1):
                yield SetCell(place=Place(name_in(book, sheet), number, col))
            yield SetRowHeight(sheet=name_in(book, sheet), row=number, points=_height(sheet, ()))


def _free_rows(book: Book, sheet: ListSheet) -> Iterator[int]:
    """The rows below the headings that people have not written in, without end."""
    theirs = {number for number, texts in entries_of(book, sheet).items() if not _is_entry(sheet, texts)}
    return (number for number in count(FIRST_ENTRY_ROW) if number not in theirs)


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
    problem = "\n".join((finding.fact, *_beneath(finding)))
    place = _link(where.sheet, where.cell) if where.cell else where.sheet or None
    return (
        finding.code, str(finding.level), place, where.field, problem, finding.stated, finding.expected,
        finding.difference, finding.hint, finding.justification or None,
    )  # fmt: skip


def _finding_list(book: Book, assessment: Assessment) -> Iterator[Edit]:
    return _table(book, FINDINGS, [*map(_finding_row, assessment.findings), *_orphans(assessment)])


def _beneath(finding: Finding) -> Iterator[str]:
    """What follows from a fault; of many consequences only the gist, for a row cannot be higher than a page."""
    many = len(finding.consequences) > MOST_IN_FULL
    for other in finding.consequences:
        text = _consequence(other)
        yield f"连带：{text.partition('（')[0] if many else text}"
    if many:
        yield f"（共{len(finding.consequences)}处，逐项见“{SCORES.name}”和各表右边的“说明”）"


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


def _copied(book: Book, number: int) -> Row:
    """A line of 校验结果 as it stands, its link included."""
    name = name_in(book, FINDINGS)
    cells = [book.cells(name).get((number, col), BLANK_CELL) for col in range(1, len(FINDINGS.columns) + 1)]
    return [SetCell(place=Place(name, number, 1), value=cell.value, formula=cell.formula) for cell in cells]


def _score_row(score: Score) -> Row:
    form = f"{score.form}（{score.title}）" if score.title else score.form
    return (
        form, score.item, score.weight, score.adopted, score.computed,
        LEFT_OPEN if score.left_open else score.difference, str(score.state), score.explanation, score.basis,
    )  # fmt: skip
