"""The catalogue of codes: every message a user can get, as data in catalogue.yaml, and findings made from it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from xlauto import yamlfile
from xlauto.cache import cached
from xlauto.model import CannotGoOn, Finding, Level, Note, State, Where

CATALOGUE = Path(__file__).with_name("catalogue.yaml")


class Wording(NamedTuple):
    """What is wrong and what to do; words in {braces} are filled in."""

    fact: str
    hint: str = ""


class Entry(NamedTuple):
    """One code. `source` is its number in the specification, `returns` says that a bureau returns the file.

    `refused` words the same case where the value cannot be used at all: always an 错误 that returns the file.
    Only entries below 错误 have it, so that a finding's level tells the two apart.
    """

    code: str
    source: str
    level: Level
    title: str
    wording: Wording
    refused: Wording | None = None
    returns: bool = False


def entry(code: str) -> Entry:
    """The entry of a code. An unknown code is a defect of the program."""
    return entries()[code]


def returns(finding: Finding) -> bool:
    """Whether a bureau returns the file for this finding."""
    known = entry(finding.code)
    return known.returns or (known.refused is not None and finding.level is Level.ERROR)


def finding(
    code: str,
    where: Where,
    /,
    *,
    level: Level | None = None,
    refused: bool = False,
    fact: str = "",
    hint: str = "",
    stated: str = "",
    expected: str = "",
    difference: str = "",
    consequences: tuple[Finding, ...] = (),
    **params: object,
) -> Finding:
    """A finding in the catalogue's words, filled with `params`; `fact` and `hint` replace those words."""
    known, wording, usual_level = _worded(code, refused)
    params |= {"stated": stated, "expected": expected, "difference": difference}
    return Finding(
        code=known.code,
        level=level or usual_level,
        where=where,
        fact=fact or _filled(code, wording.fact, params),
        hint=hint or _filled(code, wording.hint, params),
        stated=stated,
        expected=expected,
        difference=difference,
        consequences=consequences,
    )


def refusal(code: str, path: object, /, *, fact: str = "", hint: str = "", **params: object) -> CannotGoOn:
    """The exception for a file that cannot be worked on, in the catalogue's words, to be raised by the caller."""
    wording = entry(code).wording
    fact, hint = fact or _filled(code, wording.fact, params), hint or _filled(code, wording.hint, params)
    return CannotGoOn(code, path, fact, hint)


def from_note(note: Note, where: Where, state: State = State.NUMBER) -> Finding:
    """The finding of a remark on one value; `state` is that of the parsed cell."""
    code, params = note
    known, wording, level = _worded(code, refused=state is State.ERROR)
    fact, hint = (_filled(code, template, params) for template in wording)
    return Finding(code=known.code, level=level, where=where, fact=fact, hint=hint)


@cache
def entries() -> Mapping[str, Entry]:
    """All entries by code, in the catalogue's order."""
    data = cached("catalogue", [CATALOGUE], lambda: yamlfile.load(CATALOGUE))
    return {code: _entry(code, fields) for code, fields in data.items()}


def _worded(code: str, refused: bool) -> tuple[Entry, Wording, Level]:
    known = entry(code)
    if refused and known.refused is not None:
        return known, known.refused, Level.ERROR
    return known, known.wording, known.level


def _entry(code: str, fields: dict[str, object]) -> Entry:
    refused = fields.get("refused")
    return Entry(
        code=code,
        source=str(fields["source"]),
        level=Level(str(fields["level"])),
        title=str(fields["title"]),
        wording=_wording(fields),
        refused=_wording(refused) if isinstance(refused, dict) else None,
        returns=fields.get("returns") is True,
    )


def _wording(fields: dict[str, object]) -> Wording:
    return Wording(str(fields.get("fact", "")), str(fields.get("hint", "")))


def _filled(code: str, template: str, params: Mapping[str, object]) -> str:
    try:
        return template.format_map(params)
    except KeyError as error:
        raise KeyError(f"代码{code}的说法缺少{error.args[0]}：{template}") from error
