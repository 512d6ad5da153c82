"""Runs every check of a scheme over a submission and puts the findings in the reader's order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from xlauto.checking import kinds, lists, reports, scored, untouched  # noqa: F401  (they register their rules)
from xlauto.checking.astext import with_both_sums
from xlauto.checking.bounds import SPEAKING, out_of_bounds
from xlauto.checking.derived import derived, uncalculated
from xlauto.checking.job import Job
from xlauto.checking.labels import labels
from xlauto.checking.relations import relation
from xlauto.checking.spoilt import told_as_errors
from xlauto.checking.uses import Uses, key_of
from xlauto.compute import Basis, View, calculated
from xlauto.model import Finding, Level
from xlauto.scheme.build import Check, SchemeError
from xlauto.scores import Score
from xlauto.scoring import points_of
from xlauto.sheets import numbered
from xlauto.submission import Entry, SheetRead, Submission

_ORDER = {Level.ERROR: 0, Level.WARNING: 1, Level.HINT: 2}


def check(submission: Submission, scores: Sequence[Score]) -> list[Finding]:
    """All findings, those of reading included: 错误 first, then in the order of the forms."""
    uncached = [*uncalculated(submission, scores)]
    if uncached:
        submission = calculated(submission, points_of(scores))
    submission = told_as_errors(submission, scores)
    findings = [
        *with_both_sums(submission, submission.findings, scores),
        *derived(submission, scores),
        *uncached,
        *labels(submission),
    ]
    views, told = _views(submission, scores), set[tuple[str, str]]()
    by_row = {(score.sheet, score.row): score for score in scores if score.line is not None or score.key}
    for rule in submission.scheme.checks:
        if rule.definition.kind == "公式":
            continue
        for sheet in submission.sheets.get(rule.form, []):
            found = [*_run(Job(submission, rule, sheet, by_row, *views[sheet.sheet]))]
            findings += found
            told |= {_cell(finding) for finding in found if rule.definition.kind in SPEAKING}
    findings += out_of_bounds(submission, told)
    return _explained(submission, _in_order(submission, _under_their_cause(submission, findings)))


def _run(job: Job) -> Iterator[Finding]:
    if job.rule.that:
        yield from relation(job)
    else:
        yield from _kind(job.rule)(job)


def _kind(rule: Check) -> kinds.Rule:
    try:
        return kinds.RULES[rule.definition.kind]
    except KeyError:
        known = "、".join(sorted([*kinds.RULES, "公式"]))
        raise SchemeError(f"审核“{rule.key}”：没有“{rule.definition.kind}”这种规则；可用：{known}") from None


def _views(submission: Submission, scores: Sequence[Score]) -> dict[str, tuple[View, View]]:
    """The figures as stated and as due, seen from each sheet; what one rule has worked out serves the others."""
    sheets = list(submission.every())
    points = points_of(scores)
    stated, due = (
        View(submission, sheet, basis, points) for basis in (Basis.STATED, Basis.DUE) for sheet in sheets[:1]
    )
    return {sheet.sheet: (stated.at(sheet), due.at(sheet)) for sheet in sheets}


def _under_their_cause(submission: Submission, findings: Sequence[Finding]) -> list[Finding]:
    """What falls away when another finding is mended goes beneath that one.

    That is a finding of its row or of a figure that its own is computed from, as `under` in checks.yaml says, or an
    error that reading had with the very cell.
    """
    under = {rule.code: rule.definition.under for rule in submission.scheme.checks if rule.definition.under}
    unread = {_cell(finding): number for number, finding in enumerate(submission.findings) if _is_cell_error(finding)}
    by_row: dict[tuple[str, int, str], list[int]] = {}
    for number, finding in enumerate(findings):
        by_row.setdefault((finding.where.sheet, _row(finding), finding.code), []).append(number)
    uses = Uses(submission)
    causes = [
        unread.get(_cell(effect), _cause(findings, by_row, uses, effect, under.get(effect.code, ())))
        if number >= len(submission.findings)
        else None
        for number, effect in enumerate(findings)
    ]
    beneath: dict[int, list[Finding]] = {}
    for effect, cause in zip(findings, causes, strict=True):
        while cause is not None and (higher := causes[cause]) is not None:
            cause = higher
        if cause is not None:
            beneath.setdefault(cause, []).append(effect)
    return [
        replace(finding, consequences=(*finding.consequences, *beneath.get(number, ())))
        for number, finding in enumerate(findings)
        if causes[number] is None
    ]


def _cell(finding: Finding) -> tuple[str, str]:
    return finding.where.sheet, finding.where.cell


def _is_cell_error(finding: Finding) -> bool:
    return finding.level is Level.ERROR and bool(finding.where.cell)


def _cause(
    findings: Sequence[Finding], by_row: Mapping[tuple[str, int, str], Sequence[int]], uses: Uses, effect: Finding,
    codes: Sequence[str],
) -> int | None:  # fmt: skip
    """The first finding that has one of the codes and weighs no less, in the row of `effect` or else below it."""
    if not codes:
        return None
    in_row = (by_row.get((effect.where.sheet, _row(effect), code), ()) for code in codes)
    weighty = (n for found in in_row for n in found if _ORDER[findings[n].level] <= _ORDER[effect.level])
    below = (
        n for n, found in enumerate(findings)
        if found.code in codes and _ORDER[found.level] <= _ORDER[effect.level] and _computed_from(uses, effect, found)
    )  # fmt: skip
    return min(weighty, default=next(below, None))


def _computed_from(uses: Uses, effect: Finding, cause: Finding) -> bool:
    """Whether the formula in the cell of one finding uses the cell of another."""
    above, below = _entry(uses.submission, effect), _entry(uses.submission, cause)
    return above is not None and below is not None and above[1].live and uses.depends(*above, key_of(*below))


def _entry(submission: Submission, finding: Finding) -> tuple[SheetRead, Entry] | None:
    """The cell of a finding."""
    cells = (
        (sheet, entry)
        for sheet in submission.every()
        if sheet.sheet == finding.where.sheet
        for entries in sheet.entries.values()
        for entry in entries
        if entry.place.ref == finding.where.cell
    )
    return next(cells, None)


def _row(finding: Finding) -> int:
    return int("".join(c for c in finding.where.cell if c.isdigit()) or 0)


def _explained(submission: Submission, findings: Sequence[Finding]) -> list[Finding]:
    """With the 核实说明 that the accountant has typed; findings with the same key have theirs in order."""
    notes = submission.justifications
    keys = numbered(finding.key for finding in findings)
    return [replace(found, justification=notes.get(key, "")) for key, found in zip(keys, findings, strict=True)]


def _in_order(submission: Submission, findings: Sequence[Finding]) -> list[Finding]:
    tabs = {sheet.sheet: position for position, sheet in enumerate(submission.every())}

    def order(finding: Finding) -> tuple[int, int, int, int, str]:
        letters = finding.where.cell.rstrip("0123456789")
        return (
            _ORDER[finding.level], tabs.get(finding.where.sheet, -1), _row(finding), len(letters), letters,
        )  # fmt: skip

    return sorted(findings, key=order)
