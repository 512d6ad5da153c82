"""Assessment -> Unit: the few figures and lines that the summary needs, each with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from xlauto.assess import Assessment
from xlauto.compute import Basis, View
from xlauto.consolidate.results import Figure, Indicator, Project, Unit
from xlauto.scheme import Scheme
from xlauto.scheme.forms import Form
from xlauto.scoring import Score, points_of
from xlauto.submission import Entry, SheetRead

DEPARTMENT = "主管部门"
"""The field of a project form that names who is in charge."""


def summed_forms(scheme: Scheme) -> list[Form]:
    """The forms whose figures are added up over the units: those that hold amounts and do not repeat."""
    return [form for form in scheme.single_forms if any(field.type == "金额" for field in form.fields.values())]


def is_project_total(scheme: Scheme, form: Form, field: str) -> bool:
    """Whether a project's figure goes into the summary: of a scored form only the row that its 执行率 is about."""
    scored = scheme.scoring.scored.get(form.name)
    return scored is None or field.startswith(f"{scored.rate}.")


def unit_of(assessment: Assessment) -> Unit:
    """What is kept of an assessment. The submission must have been read."""
    submission = assessment.submission
    assert submission is not None
    scheme, total = submission.scheme, assessment.total
    figures: dict[tuple[str, str], Figure] = {}
    for form in summed_forms(scheme):
        sheet = submission.single(form.name)
        if sheet is not None:
            figures |= {(form.name, figure.field): figure for figure in _figures(assessment, sheet)}
    stated, computed = (total.stated, total.computed) if total else (None, None)
    return Unit(
        scheme=scheme,
        stated=stated,
        computed=computed,
        stated_grade="" if stated is None else scheme.grade(stated),
        grade=assessment.grade,
        why="" if computed is not None else total.explanation if total else "没有可以计分的自评表",
        figures=figures,
        projects=list(_projects(assessment)),
        indicators=[_indicator(score) for score in assessment.scores if score.line is not None],
    )


def _figures(assessment: Assessment, sheet: SheetRead) -> Iterator[Figure]:
    """Every numeric field of a sheet except scores, which have sheets of their own."""
    assert assessment.submission is not None
    view = View(assessment.submission, sheet, Basis.CELL, points_of(assessment.scores))
    for name, entries in sheet.entries.items():
        field = sheet.form.fields[name]
        if not field.numeric or field.type == "分值" or not entries:
            continue
        numbers = [number for number in (_number(view, entry) for entry in entries) if number is not None]
        value = sum(numbers, Decimal(0)) if numbers else None
        first, last = entries[0].place.ref, entries[-1].place.ref
        yield Figure(sheet.form.name, name, value, sheet.sheet, first if first == last else f"{first}:{last}")


def _number(view: View, entry: Entry) -> Decimal | None:
    """What stands in the cell: what its own formula gives, whether or not that was ever calculated, or what was
    typed."""
    if entry.live:
        result = view.computed(entry)
        return result if isinstance(result, Decimal) else None
    return entry.parsed.number


def _projects(assessment: Assessment) -> Iterator[Project]:
    submission = assessment.submission
    assert submission is not None
    totals = {(score.form, score.sheet): score for score in assessment.scores if score.item == "总分"}
    for form in submission.scheme.repeating_forms:
        for sheet in submission.sheets.get(form.name, []):
            total, figures = totals.get((form.name, sheet.sheet)), _figures(assessment, sheet)
            department = sheet.entry(DEPARTMENT)
            yield Project(
                form=form.name,
                sheet=sheet.sheet,
                title=sheet.title,
                department=department.parsed.text if department else "",
                figures={f.field: f for f in figures if is_project_total(submission.scheme, form, f.field)},
                stated=total.stated if total else None,
                computed=total.computed if total else None,
            )


def _indicator(score: Score) -> Indicator:
    line = score.line
    assert line is not None
    item = line.items.get("三级指标")
    return Indicator(
        form=score.form,
        sheet=score.sheet,
        cell=item.place.ref if item else f"A{line.row}",
        title=score.title,
        group=line.group,
        kind=line.kind,
        name=line.text("三级指标"),
        target=line.text("年度指标值"),
        actual=line.text("实际完成值"),
        points=score.points,
        stated=score.stated,
        computed=score.computed,
        state=str(score.state),
        reason=line.text("偏差原因"),
    )


def shown_cells(assessment: Assessment) -> dict[tuple[str, str, str], tuple[str, str]]:
    """Everything that the unit filled in, by form, title and name: the cell and its text, for telling two workbooks of
    one unit apart."""
    submission = assessment.submission
    assert submission is not None
    shown: dict[tuple[str, str, str], tuple[str, str]] = {}
    for sheet in submission.every():
        for name, entries in sheet.entries.items():
            for number, entry in enumerate(entries):
                key = (sheet.form.name, sheet.title, f"{name}.{number + 1}" if number else name)
                shown[key] = (f"{sheet.sheet}!{entry.place.ref}", _raw(entry.parsed.raw))
        seen: Counter[str] = Counter()
        for _, line in sheet.lines():
            seen[line.title] += 1
            title = line.title if seen[line.title] == 1 else f"{line.title}（{seen[line.title]}）"
            for column, item in line.items.items():
                key = (sheet.form.name, sheet.title, f"{title}.{column}")
                shown[key] = (f"{sheet.sheet}!{item.place.ref}", _raw(item.parsed.raw))
    return shown


def _raw(text: str) -> str:
    return " ".join(text.split())
