"""The rule about forms that nobody has filled in."""

from __future__ import annotations

from collections.abc import Iterator

from xlauto.checking.job import Job, blank
from xlauto.checking.kinds import kind
from xlauto.model import Finding, Place, State
from xlauto.submission import Entry


@kind("整表未填")
def untouched(job: Job) -> Iterator[Finding]:
    """A sheet on which every input is blank, but for those that its form was given out with (`except`)."""
    inputs = [entry for entries in job.sheet.entries.values() for entry in entries if _is_input(job, entry)]
    typed = (entry for entry in inputs if entry.stated.state is not State.BLANK)
    if next(typed, None) is not None or any(_is_filled(job)):
        return
    if inputs:
        yield job.find(inputs[0].place, inputs[0].field.name, stated="空")
    for table in list(job.sheet.tables.values())[: 0 if inputs else 1]:
        place = Place(job.sheet.sheet, table.heading, min(table.columns.values(), default=1))
        yield job.find(place, table.table.name, stated="空")


def _is_input(job: Job, entry: Entry) -> bool:
    field = entry.field
    return not field.formula and field.constant is None and field.name not in job.params.get("except", ())


def _is_filled(job: Job) -> Iterator[bool]:
    for table, line in job.sheet.lines():
        columns = (key for key in line.items if table.table.type_of(key) != "层级")
        yield any(not blank(line.items[key]) for key in columns)
