"""What a consolidation works on and gives back: receipts, units, figures with their places. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from xlauto import catalogue
from xlauto.model import Finding, Level
from xlauto.scheme import Scheme


class Status(StrEnum):
    """What became of a file."""

    ACCEPTED = "采用"
    RETURNED = "退回"
    DUPLICATE = "重复"
    IGNORED = "忽略"


def sentence(finding: Finding) -> str:
    """Why a file is returned or left out: `[代码] 表!单元格：事实`."""
    where = finding.where
    place = f"{where.sheet}!{where.cell}：" if where.cell else ""
    return f"[{finding.code}] {place}{finding.fact}"


class Figure(NamedTuple):
    """One figure of a unit and where it stands. `field` is the defined name, `cells` an address or, where rows
    repeat, the first and the last; `value` is then the sum of the rows, None when nothing was stated."""

    form: str
    field: str
    value: Decimal | None
    sheet: str
    cells: str


class Indicator(NamedTuple):
    """One line of an indicator table with its score."""

    form: str
    sheet: str
    cell: str
    title: str
    group: str
    kind: str
    name: str
    target: str
    actual: str
    points: Decimal | None
    stated: Decimal | None
    computed: Decimal | None
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Project:
    """One sheet of a form that repeats."""

    form: str
    sheet: str
    title: str
    department: str
    figures: Mapping[str, Figure]
    stated: Decimal | None
    computed: Decimal | None


@dataclass(frozen=True, slots=True)
class Unit:
    """What the summary needs of one unit's workbook; the workbook itself is not kept."""

    scheme: Scheme
    stated: Decimal | None
    computed: Decimal | None
    stated_grade: str
    grade: str
    why: str
    """Why there is no computed score; empty if there is one."""
    figures: Mapping[tuple[str, str], Figure]
    projects: Sequence[Project]
    indicators: Sequence[Indicator]


@dataclass(slots=True)
class Receipt:
    """One file of the inbox and what became of it. `unit` is None when it could not be read."""

    path: Path
    label: str
    status: Status
    reason: str = ""
    code: str = ""
    name: str = ""
    sha256: str = ""
    unit: Unit | None = None
    findings: list[Finding] = field(default_factory=list)

    def count(self, level: Level) -> int:
        return sum(finding.level is level for finding in self.findings)

    @property
    def short_reason(self) -> str:
        """The first of the reasons for which the file is returned; of other files the reason as it is."""
        if self.status is not Status.RETURNED:
            return self.reason
        errors = [finding for finding in self.findings if finding.level is Level.ERROR]
        ground = next(filter(catalogue.returns, errors), errors[0] if errors else None)
        return sentence(ground) if ground else self.reason

    def send_back(self, finding: Finding) -> None:
        """Return the file for this finding besides those it has."""
        self.findings.insert(0, finding)
        self.status = Status.RETURNED
        told = sentence(finding)
        self.reason = f"{told}；{self.reason}" if self.reason else told


@dataclass(frozen=True)
class Consolidation:
    """The outcome of a run. `traces` say of each defect of the program which file met it and where its log is.

    `totals` are the sums over the accepted units by form and field. There is no roster yet.
    """

    output: Path
    receipts: Sequence[Receipt]
    totals: Mapping[str, Mapping[str, Decimal]]
    seconds: float
    traces: Sequence[str] = ()
    roster: None = None

    @property
    def files(self) -> int:
        return len(self.receipts)

    @property
    def accepted(self) -> int:
        return self._count(Status.ACCEPTED)

    @property
    def returned(self) -> int:
        return self._count(Status.RETURNED)

    @property
    def duplicates(self) -> int:
        return self._count(Status.DUPLICATE)

    @property
    def ignored(self) -> int:
        return self._count(Status.IGNORED)

    @property
    def defects(self) -> int:
        return len(self.traces)

    @property
    def errors(self) -> int:
        """All 错误 of all files."""
        return sum(receipt.count(Level.ERROR) for receipt in self.receipts)

    @property
    def findings(self) -> int:
        return sum(len(receipt.findings) for receipt in self.receipts)

    @property
    def units(self) -> list[Receipt]:
        """The files that came from units: accepted or returned."""
        return [receipt for receipt in self.receipts if receipt.status in (Status.ACCEPTED, Status.RETURNED)]

    def to_json(self) -> dict[str, Any]:
        """The document of `consolidate --json`. Amounts are strings of decimal digits."""
        counts = ("files", "accepted", "returned", "duplicates", "ignored", "roster", "defects", "errors", "findings")
        return {
            **{name: getattr(self, name) for name in counts},
            "output": str(self.output),
            "units": [_unit_json(receipt) for receipt in self.units],
            "totals": {form: {k: format(v, "f") for k, v in sums.items()} for form, sums in self.totals.items()},
            "seconds": round(self.seconds, 3),
        }

    def _count(self, status: Status) -> int:
        return sum(receipt.status is status for receipt in self.receipts)


def _unit_json(receipt: Receipt) -> dict[str, Any]:
    unit = receipt.unit
    return {
        "code": receipt.code,
        "name": receipt.name,
        "file": receipt.label,
        "status": str(receipt.status),
        "reason": receipt.reason,
        "stated": _digits(unit.stated) if unit else None,
        "computed": _digits(unit.computed) if unit else None,
        "grade": unit.grade if unit else "",
        "errors": receipt.count(Level.ERROR),
        "warnings": receipt.count(Level.WARNING),
        "hints": receipt.count(Level.HINT),
    }


def _digits(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")
