"""Assessment -> Unit: the few figures and lines that the summary needs, each with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from xlauto import roles
from xlauto.assess import Assessment
from xlauto.compute import Basis, View
from xlauto.consolidate.results import Figure, Indicator, Project, Unit
from xlauto.model import State
from xlauto.scheme import Scheme
from xlauto.scheme.forms import NAME_COLUMN, Form, name_field
from xlauto.scheme.items import Item
from xlauto.scores import Score
from xlauto.scoring import points_of
from xlauto.submission import Entry, Line, SheetRead

DEPARTMENT = "主管部门"
"""The field of a project form that names who is in charge."""


def summed_forms(scheme: Scheme) -> list[Form]:
    """The forms whose figures are added up over the units: those that hold amounts and do not repeat. What is asked
    of people for their scores says nothing as a sum."""
    forms = (form for form in scheme.single_forms if form.name != roles.EVIDENCE)
    return [form for form in forms if any(field.type == "金额" for field in form.fields.values())]


def money_unit(scheme: Scheme) -> str:
    """In what the amounts are stated that are added up, as the scheme's forms print it; empty if there are none."""
    forms = (*summed_forms(scheme), *scheme.repeating_forms)
    amounts = any(field.type == "金额" for form in forms for field in form.fields.values())
    return scheme.definition.unit.strip() if amounts else ""


def funds_form(scheme: Scheme) -> Form | None:
    """The form whose score stands for the unit, if its score is also about funds and their 执行率."""
    scored = scheme.scoring.scored.get(scheme.scoring.unit_form)
    return scheme.forms[scheme.scoring.unit_form] if scored is not None and scored.rate else None


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
        why="" if computed is not None else total.explanation if total else "本套表没有单位的总分",
        figures=figures,
        projects=_joined([*_projects(assessment), *_listed(assessment)]),
        indicators=[*_indicators(assessment)],
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
    totals = {(score.form, score.sheet): score for score in assessment.scores if score.item == roles.TOTAL}
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


def _listed(assessment: Assessment) -> Iterator[Project]:
    """The projects of a list that the unit writes itself, one to a row with its score."""
    submission = assessment.submission
    assert submission is not None
    for form in submission.scheme.single_forms:
        sheet = submission.single(form.name)
        if sheet is None:
            continue
        named = {field.row for field in form.fields.values() if field.repeats and field.column == NAME_COLUMN}
        for score in (field for field in form.fields.values() if field.row in named and field.type == "分值"):
            stated = {entry.place.row: entry.stated.number for entry in sheet.entries[score.name]}
            for entry in sheet.entries[name_field(score.row)]:
                title = entry.stated.text.strip()
                if title:
                    yield Project(form.name, sheet.sheet, title, "", {}, stated.get(entry.place.row), None)


def _joined(projects: Iterable[Project]) -> list[Project]:
    """One entry for each project: what its forms say, put together by its name."""
    found: list[Project] = []
    for project in projects:
        same = (n for n, other in enumerate(found) if other.title == project.title and other.form != project.form)
        at = next(same, None) if project.title else None
        if at is None:
            found.append(project)
            continue
        first = found[at]
        found[at] = replace(
            first,
            department=first.department or project.department,
            figures={**first.figures, **project.figures},
            stated=first.stated if first.stated is not None else project.stated,
            computed=first.computed if first.computed is not None else project.computed,
        )
    return found


def _indicators(assessment: Assessment) -> Iterator[Indicator]:
    """The lines of indicator tables and the items of score tables."""
    submission = assessment.submission
    assert submission is not None
    for score in assessment.scores:
        if score.line is not None:
            yield _indicator(score, score.line)
        elif score.key:
            sheet = next(sheet for sheet in submission.every() if sheet.sheet == score.sheet)
            yield _item(score, submission.scheme.items[score.form][score.key], sheet)


def _item(score: Score, item: Item, sheet: SheetRead) -> Indicator:
    """An item, with what it waits for where the unit has given no reason for its score."""
    group, kind = (*item.definition.under, "", "")[:2]
    reason = sheet.entry(f"{item.key}.{roles.LOST}")
    return Indicator(
        form=score.form,
        sheet=score.sheet,
        cell=score.place.ref if score.place else "",
        title=score.title,
        group=group,
        kind=kind,
        name=item.title,
        target="",
        actual="",
        points=score.weight,
        stated=score.stated,
        computed=score.computed,
        state=str(score.state),
        reason=(reason.parsed.text if reason else "") or (score.explanation if score.missing else ""),
    )


def _indicator(score: Score, line: Line) -> Indicator:
    item = line.items.get(roles.TITLE)
    return Indicator(
        form=score.form,
        sheet=score.sheet,
        cell=item.place.ref if item else f"A{line.row}",
        title=score.title,
        group=line.group,
        kind=line.kind,
        name=line.text(roles.TITLE),
        target=line.text(roles.TARGET),
        actual=line.text(roles.ACTUAL),
        points=score.points,
        stated=score.stated,
        computed=score.computed,
        state=str(score.state),
        reason=line.text(roles.REASON),
    )


def shown_cells(assessment: Assessment) -> dict[tuple[str, str, str], tuple[str, str]]:
    """Everything that the unit filled in, by form, title and name: the cell and its text, for telling two workbooks of
    one unit apart. What formulas give follows from that, and is not told."""
    submission = assessment.submission
    assert submission is not None
    shown: dict[tuple[str, str, str], tuple[str, str]] = {}
    for sheet in submission.every():
        for name, entries in sheet.entries.items():
            for number, entry in enumerate(entries):
                key = (sheet.form.name, sheet.title, f"{name}.{number + 1}" if number else name)
                shown[key] = (f"{sheet.sheet}!{entry.place.ref}", _filled_in(entry))
        seen: Counter[str] = Counter()
        for _, line in sheet.lines():
            seen[line.title] += 1
            title = line.title if seen[line.title] == 1 else f"{line.title}（{seen[line.title]}）"
            for column, item in line.items.items():
                key = (sheet.form.name, sheet.title, f"{title}.{column}")
                shown[key] = (f"{sheet.sheet}!{item.place.ref}", "" if item.linked else _raw(item.parsed.raw))
    return shown


def _filled_in(entry: Entry) -> str:
    """What the unit put into a cell itself; of a formula of the scheme's own, or one that was cleared, only that."""
    own = entry.overwritten and entry.stated.state is not State.BLANK
    return "公式" if entry.field.formula and not own else _raw(entry.stated.raw)


def _raw(text: str) -> str:
    return " ".join(text.split())
