"""Findings and scores -> what stands in the workbook: system columns and the sheets 校验结果, 评分说明, 更改记录."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from xlauto.assess import Assessment
from xlauto.books.book import AddSheet, Book, Edit, SetCell, SetRowHeight
from xlauto.filling import Restored
from xlauto.model import Cell, Finding, Place, Value, column_letters
from xlauto.scheme.layout import Box
from xlauto.scoring import PointState, Score
from xlauto.sheets import CHANGES, FINDINGS, FIRST_ENTRY_ROW, LISTS, SCORES, WAS_BLANK, ListSheet
from xlauto.submission import Line, SheetRead, Submission

Row = Sequence[Value | SetCell]


def result_edits(book: Book, assessment: Assessment, restored: Sequence[Restored]) -> Iterator[Edit]:
    """Everything xlauto writes beside formulas, from an assessment of the workbook as it will be."""
    submission = assessment.submission
    assert submission is not None
    yield from (AddSheet(name=own.name, headings=own.headings, widths=own.widths) for own in LISTS)
    for sheet in submission.every():
        yield from _system_columns(submission, sheet, assessment)
    yield from _table(book, FINDINGS, [*map(_finding_row, assessment.findings), *_orphans(assessment)])
    yield from _table(book, SCORES, [_score_row(score) for score in assessment.scores])
    yield from _table(book, CHANGES, _change_rows(book, restored))


def change_edits(book: Book, restored: Sequence[Restored]) -> Iterator[Edit]:
    """Only the sheet 更改记录."""
    yield AddSheet(name=CHANGES.name, headings=CHANGES.headings, widths=CHANGES.widths)
    yield from _table(book, CHANGES, _change_rows(book, restored))


# --- the system columns ---------------------------------------------------------------------------------------


def _system_columns(submission: Submission, sheet: SheetRead, assessment: Assessment) -> Iterator[Edit]:
    columns = sheet.system
    remarks = _remarks(sheet, assessment.findings)
    own = [score for score in assessment.scores if score.sheet == sheet.sheet]
    lines = {score.row: score for score in own if score.line is not None}
    if "系统计分" in columns:
        for score in own:
            if score.row:
                yield from _score_cells(submission, sheet, score, lines, own)
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


def _score_cells(
    submission: Submission, sheet: SheetRead, score: Score, lines: Mapping[int, Score], own: Sequence[Score]
) -> Iterator[Edit]:
    """系统计分, 差异, and a 得分 that was left to the system."""
    at = {key: Place(sheet.sheet, score.row, col) for key, col in sheet.system.items()}
    stated = _stated_place(sheet, score)
    formula = _sum_formula(sheet, own) if score.item == "总分" else score.formula
    known = score.computed is not None
    yield SetCell(place=at["系统计分"], value=score.computed, formula=(formula or None) if known else None)
    if "差异" in at and stated is not None:
        typed = score.difference is not None
        difference = f"{stated.ref}-{at['系统计分'].ref}"
        yield SetCell(
            place=at["差异"], value=score.difference if typed else None, formula=difference if typed else None
        )
    if score.line is not None and score.computed is not None and _left_open(score.line):
        place = score.line.items["得分"].place
        yield SetCell(place=place, value=score.computed, formula=at["系统计分"].ref)


def _left_open(line: Line) -> bool:
    """A 得分 that is blank or already points at 系统计分."""
    item = line.items["得分"]
    return item.linked or (not item.cell.text and item.cell.formula is None)


def _stated_place(sheet: SheetRead, score: Score) -> Place | None:
    if score.line is not None:
        return score.line.items["得分"].place
    own = (entry for entries in sheet.entries.values() for entry in entries)
    return next((e.place for e in own if e.field.column == "得分" and e.place.row == score.row), None)


def _sum_formula(sheet: SheetRead, own: Sequence[Score]) -> str:
    """Σ of what counts: 系统计分 where there is one, the unit's own 得分 where only a person can judge."""
    col = column_letters(sheet.system["系统计分"])
    cells = []
    for part in own:
        if part.item == "总分":
            continue
        typed = part.state is PointState.NEEDS and part.line is not None
        cells.append(part.line.items["得分"].place.ref if typed and part.line else f"{col}{part.row}")
    return f"SUM({','.join(cells)})"


# --- the own sheets -------------------------------------------------------------------------------------------


def _table(book: Book, sheet: ListSheet, rows: Sequence[Row]) -> Iterator[Edit]:
    """The rows below the headings, and nothing left of an earlier, longer run."""
    present = sheet.name in {info.name for info in book.sheets}
    old: Mapping[tuple[int, int], Cell] = book.cells(sheet.name) if present else {}
    for index, row in enumerate(rows, FIRST_ENTRY_ROW):
        for col, value in enumerate(row, 1):
            place = Place(sheet.name, index, col)
            style = Place(sheet.name, FIRST_ENTRY_ROW, col) if index > FIRST_ENTRY_ROW else None
            if isinstance(value, SetCell):
                yield SetCell(place=place, value=value.value, formula=value.formula, style_of=style)
            else:
                yield SetCell(place=place, value=value, style_of=style)
        yield SetRowHeight(sheet=sheet.name, row=index, points=_height(sheet, row))
    for row_number, col in old:
        if row_number > len(rows) + 1:
            yield SetCell(place=Place(sheet.name, row_number, col))


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
    keys = {finding.key for finding in assessment.findings}
    for key, note in assessment.submission.justifications.items():
        if key not in keys:
            code, sheet, field = key.split("|", 2)
            yield (code, "已消除", sheet, field, "该问题已消除，保留原来的核实说明", "", "", "", "", note)


def _score_row(score: Score) -> Row:
    form = f"{score.form}（{score.title}）" if score.title else score.form
    return (
        form, score.item, score.points, score.stated, score.computed, score.difference, str(score.state),
        score.explanation, score.source,
    )  # fmt: skip


def _change_rows(book: Book, restored: Sequence[Restored]) -> list[Row]:
    """The record of earlier runs, with what this run put back."""
    rows: dict[tuple[str, str], Row] = {}
    if CHANGES.name in {info.name for info in book.sheets}:
        cells = book.cells(CHANGES.name)
        for number in sorted({row for row, _ in cells if row > 1}):
            row = tuple(cells[number, col].text or None if (number, col) in cells else None for col in range(1, 7))
            if row[0] and row[2]:
                rows[str(row[0]), str(row[2])] = row
    for item in restored:
        place, name = item.entry.place, item.entry.field.name
        was = item.old or WAS_BLANK
        note = "原数与公式相同" if item.same else f"原为{was}，公式结果{item.new_text or '空'}；核对无误后可删去本行"
        rows[place.sheet, name] = (place.sheet, place.ref, name, was, item.new_text or None, f"已恢复公式：{note}")
    return list(rows.values())
