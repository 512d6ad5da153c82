"""The real units: every known fault is found with its figures, nothing is found where all is right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import samples
from samples import UNITS, Key

from xlauto import yamlfile
from xlauto.assess import Assessment
from xlauto.books.closed import open_book
from xlauto.model import Finding, Level
from xlauto.recalc import recalculate

WEIGHT = {Level.HINT: 0, Level.WARNING: 1, Level.ERROR: 2}
CURED = {"公式04", "公式05"}
"""Formulas without a result, or with an old one: a recalculation works them out."""
STATES: dict[str, Callable[[str], bytes]] = {"填报": samples.as_published, "重算后": samples.after_recalculation}


@cache
def golden() -> dict[str, Any]:
    data: dict[str, Any] = yamlfile.load(Path(__file__).with_name("golden") / "faults.yaml")
    return data


def rows(part: str) -> list[Any]:
    return [
        pytest.param(unit, [str(cell) for cell in row], id="-".join([unit[:3], *map(str, row[:3])]))
        for unit in UNITS
        for row in golden()[unit][part]
    ]


@pytest.fixture(params=STATES)
def assessed(request: pytest.FixtureRequest) -> Callable[[str], Assessment]:
    """The assessment of a unit's workbook as published, and as it is after a recalculation."""
    return lambda unit: samples.assessed(STATES[request.param](unit))


def with_weight(findings: Iterator[Finding] | Any, weight: int = 0) -> Iterator[tuple[Key, int]]:
    """Each finding with its own level, or that of the finding it comes under if that is heavier."""
    for finding in findings:
        own = max(weight, WEIGHT[finding.level])
        yield samples.key(finding), own
        yield from with_weight(finding.consequences, own)


@pytest.mark.parametrize(("unit", "row"), rows("faults"))
def test_known_fault_is_found(assessed: Callable[[str], Assessment], unit: str, row: list[str]) -> None:
    found = dict(with_weight(assessed(unit).findings))
    assert found.get(Key(*row[:5]), -1) >= WEIGHT[Level(row[5])]


@pytest.mark.parametrize(("unit", "row"), rows("light"))
def test_precision_and_rounding_weigh_little(assessed: Callable[[str], Assessment], unit: str, row: list[str]) -> None:
    found = dict(with_weight(assessed(unit).findings))
    assert found.get(Key(*row)) == WEIGHT[Level.HINT]


@pytest.mark.parametrize("unit", UNITS)
def test_controls_stay_clean(assessed: Callable[[str], Assessment], unit: str) -> None:
    expected = golden()[unit]
    found = list(samples.every(assessed(unit).findings))
    known = {tuple(map(str, row[:3])) for part in ("faults", "light") for row in expected[part]}
    assert [f.message() for f in found if f.code in expected["clean_codes"]] == []
    patterns = expected["clean_fields"]
    assert [
        f.message()
        for f in found
        if any(fnmatchcase(f.where.field, str(pattern)) for pattern in patterns.get(f.where.sheet, ()))
        and f.where.field
        and (f.code, f.where.sheet, f.where.field) not in known
    ] == []


@pytest.mark.parametrize("unit", UNITS)
def test_every_error_is_a_known_fault(assessed: Callable[[str], Assessment], unit: str) -> None:
    known = {Key(*map(str, row[:5])) for row in golden()[unit]["faults"]}
    errors = {key for key, weight in with_weight(assessed(unit).findings) if weight == WEIGHT[Level.ERROR]}
    assert errors - known == set()


@pytest.mark.parametrize("unit", UNITS)
def test_clean_patterns_name_what_the_forms_have(unit: str) -> None:
    submission = samples.assessed(samples.as_published(unit)).submission
    assert submission is not None
    for name, patterns in golden()[unit]["clean_fields"].items():
        sheet = next(sheet for sheet in submission.every() if sheet.sheet == name)
        fields = {*sheet.entries, *(f"{line.title}.{column}" for _, line in sheet.lines() for column in line.items)}
        assert [p for p in patterns if not any(fnmatchcase(field, str(p)) for field in fields)] == []


@pytest.mark.parametrize("unit", UNITS)
def test_recalculation_changes_no_finding(unit: str) -> None:
    before, after = (
        {samples.key(f) for f in samples.every(samples.assessed(state(unit)).findings) if f.code not in CURED}
        for state in STATES.values()
    )
    assert after == before


@pytest.mark.parametrize("unit", UNITS)
def test_second_recalculation_changes_no_byte(unit: str) -> None:
    data = samples.after_recalculation(unit)
    book = open_book(data, f"{unit}.xlsx")
    assert book.edited(recalculate(book).edits) == data


@pytest.mark.parametrize("unit", UNITS)
def test_no_two_findings_share_a_key(unit: str) -> None:
    """A 核实说明 finds its finding again by this key."""
    keys = [f.key for f in samples.assessed(samples.as_published(unit)).findings if f.where.sheet]
    assert len(keys) == len(set(keys))
