"""When two figures count as the same: at the decimals stated, and within the residue of rounding."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

from xlauto.formula import round_half_up
from xlauto.model import Level, Parsed


class Match(Enum):
    """How a stated figure compares with what it should be."""

    SAME = "same"
    AS_SHOWN = "as shown"
    """Right at the number of decimals stated (76% for 76.17%)."""
    RESIDUE = "residue"
    """Off by no more than rounding of the addends leaves (2170.19 for 2170.20)."""
    NEAR = "near"
    """Off by a few rounding residues: to be explained, not an error for certain."""
    OFF = "off"


RESIDUE = Decimal("0.01")
NEAR = Decimal("0.05")
HALF = Decimal("0.005")


def at_shown_decimals(stated: Parsed, exact: Decimal, kind: str) -> Match:
    """Rates and scores: equal when the exact figure, rounded to the decimals stated, is the stated one."""
    assert stated.number is not None
    if stated.number == exact:
        return Match.SAME
    decimals = (stated.decimals or 0) + (2 if kind == "百分比" else 0)
    return Match.AS_SHOWN if round_half_up(exact, decimals) == stated.number else Match.OFF


def amounts(stated: Decimal, expected: Decimal, addends: int) -> Match:
    """Sums of money: each addend may carry half a cent of rounding (domain: 勾稽关系的容差)."""
    off = abs(stated - expected)
    if off == 0:
        return Match.SAME
    if off <= RESIDUE:
        return Match.RESIDUE
    return Match.NEAR if off <= min(NEAR, HALF * addends) else Match.OFF


def level_of(match: Match, level: Level) -> Level:
    """The level that a mismatch keeps of the rule's own level."""
    if match in (Match.AS_SHOWN, Match.RESIDUE):
        return Level.HINT
    return Level.WARNING if match is Match.NEAR and level is Level.ERROR else level
