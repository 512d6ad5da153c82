"""Rules about reports in the shape of a form: what is ticked, dated, graded, left over from the form, or said twice."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from xlauto import roles
from xlauto.checking.job import Job
from xlauto.checking.kinds import kind
from xlauto.checking.labels import bare
from xlauto.model import Finding, State
from xlauto.submission import Entry

_MONTH = re.compile(r"(\d{4})\s*[年./-]\s*(\d{1,2})")
_PROMPT = re.compile(r"指标\s*\d+\s*[：:]")


@kind("单选")
def one_of_several(job: Job) -> Iterator[Finding]:
    """Of several boxes exactly one is ticked."""
    entries = [entry for name in job.params["fields"] if (entry := job.sheet.entry(name)) is not None]
    ticked = [entry for entry in entries if entry.stated.text == job.params["mark"]]
    if entries and len(ticked) != 1:
        fact = f"“{'”“'.join(entry.field.label for entry in ticked or entries)}”" + ("都选了" if ticked else "都没有选")
        yield job.find(entries[0].place, entries[0].field.name, fact=fact)


@kind("未到期")
def judged_too_early(job: Job) -> Iterator[Finding]:
    """A report on the finished project that is dated before the project's end."""
    period, dated = (job.sheet.entry(job.params[key]) for key in ("period", "dated"))
    box = job.sheet.entry(job.params["ticked"])
    if period is None or dated is None or box is None or box.stated.text != job.params["mark"]:
        return
    until, reported = _months(period), _months(dated)
    if len(until) > 1 and reported and until[-1] > reported[0]:
        last, day = ("{}年{}月".format(*month) for month in (until[-1], reported[0]))
        fact = f"项目到{last}才结束，{day}的报告却按“{box.field.label}”评价"
        yield job.find(period.place, period.field.name, fact=fact, stated=last, expected=f"不晚于{day}")


def _months(entry: Entry) -> list[tuple[int, int]]:
    """The months named in a text, in their order."""
    text = unicodedata.normalize("NFKC", entry.stated.text or entry.stated.raw)
    return [(int(year), int(month)) for year, month in _MONTH.findall(text)]


@kind("指标占位")
def prompt_left_over(job: Job) -> Iterator[Finding]:
    """`指标2：` with nothing behind it: a prompt of the form that nobody filled in."""
    for line in job.lines():
        left = [part for part in line.text(roles.TITLE).splitlines() if _PROMPT.fullmatch(part.strip())]
        if left:
            yield job.at_item(line, roles.TITLE, detail=f"{line.kind}的“{left[0].strip()}”")


@kind("指标重复")
def said_twice(job: Job) -> Iterator[Finding]:
    """The same indicator, with the same target, under two kinds; told on the later."""
    seen: dict[tuple[str, str], str] = {}
    for line in job.lines():
        own = _PROMPT.sub("", line.text(roles.TITLE))
        key = (bare(own), bare(line.text(roles.TARGET)))
        if not key[0]:
            continue
        other = seen.setdefault(key, line.kind)
        if other != line.kind:
            yield job.at_item(line, roles.TITLE, detail=f"{other}和{line.kind}都是“{own.strip()}”")


@kind("等次")
def other_grade(job: Job) -> Iterator[Finding]:
    """A grade that is not the one that the total earns."""
    entry, total = job.sheet.entry(job.params["field"]), job.named(job.params["total"])
    if entry is None or total is None or entry.stated.state is State.BLANK or not entry.overwritten:
        return
    due, stated = job.submission.scheme.grade(total), entry.stated.text
    if due and stated != due:
        yield job.find(entry.place, entry.field.name, stated=stated, expected=due)


@kind("项目配对")
def no_partner(job: Job) -> Iterator[Finding]:
    """A project that has one of its two forms and not the other."""
    others = {bare(sheet.title) for sheet in job.submission.sheets.get(job.params["with"], [])}
    entry = job.sheet.entry(job.sheet.form.definition.per)
    if entry is not None and job.sheet.title and bare(job.sheet.title) not in others:
        yield job.find(entry.place, entry.field.name, detail=f"“{job.sheet.title}”没有“{job.params['with']}”")
