"""Figures that no cell of their kind can hold: below zero, a rate of thousands of percent, more than there can be."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import NamedTuple

from xlauto import catalogue
from xlauto.model import Finding
from xlauto.submission import Entry, SheetRead, Submission
from xlauto.values import show

SPEAKING = ("负数", "扣分区间", "清单")
"""The kinds of rules of checks.yaml that have words of their own for some of these figures."""

_RATE = "应如95%，请连同百分号填写"


class Outside(NamedTuple):
    """A figure out of the bounds of its cell, in words."""

    stated: str
    expected: str
    difference: str


def outside(sheet: SheetRead) -> Iterator[tuple[Entry, Decimal]]:
    """The figures that a unit typed out of the bounds of their cells; a 得分 has rules of its own."""
    for entries in sheet.entries.values():
        for entry in entries:
            field, number = entry.field, entry.stated.number
            computed = field.formula and not (field.typed and entry.overwritten)
            if number is not None and not computed and not field.item and not field.bounds.fits(number):
                yield entry, number


def worded(entry: Entry, number: Decimal) -> Outside:
    """`-3` `不小于0` `-3`; `9500%` `不大于1000%` `8500%`; `1.5` `0或正整数`."""
    bounds, type_ = entry.field.bounds, entry.field.type
    if bounds.broken(number):
        return Outside(_shown(number, type_), bounds.due(number, type_), "")
    bounds = bounds._replace(whole=False)
    low = bounds.too_low(number)
    bound = Decimal(0) if bounds.zero and number < 0 else (bounds.least if low else bounds.most) or Decimal(0)
    broken = bounds._replace(most=None) if low else bounds._replace(least=None)
    expected = (bounds if bounds.zero else broken).words(type_)
    return Outside(_shown(number, type_), expected, _shown(number - bound, type_))


def out_of_bounds(submission: Submission, told: Collection[tuple[str, str]]) -> Iterator[Finding]:
    """Every such figure of every form, but for the cells (sheet, address) of which a rule has told it."""
    for sheet in submission.every():
        for entry, number in outside(sheet):
            if (sheet.sheet, entry.place.ref) not in told:
                where = submission.where(sheet, entry.place, entry.field.name)
                hint = _RATE if entry.field.type == "百分比" and not entry.field.bounds.too_low(number) else ""
                yield catalogue.finding("值25", where, hint=hint, **worded(entry, number)._asdict())


def _shown(number: Decimal, type_: str) -> str:
    return f"{show(number.scaleb(2))}%" if type_ == "百分比" else show(number)
