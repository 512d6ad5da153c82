"""Points for a target that was reached or missed: one formula text, which yields Excel formula, value and words.

The names in the texts are 完成值, 指标值, 分值 (and 下限, 上限 of a range); where their figures come from is the
caller's business. A target that is met earns full points; one that is missed a share of them, or an empty text where
there is no share to take: that is for a person to judge.
"""

from __future__ import annotations

from xlauto.scheme.schema import RatioDef

_MET = {
    "≥": "完成值 >= 指标值",
    "=": "完成值 >= 指标值",
    ">": "完成值 > 指标值",
    "≤": "完成值 <= 指标值",
    "<": "完成值 < 指标值",
    "范围": "AND(完成值 >= 下限, 完成值 <= 上限)",
    "±": "ABS(完成值) <= 上限",
}
_A_PERSON = '""'


def met(op: str) -> str:
    """The condition on which a target of this sign counts as reached."""
    return _MET[op]


def reached(rule: RatioDef, op: str = "≥") -> str:
    """≥, > and =: full points when reached, else in proportion (财预〔2020〕10号)."""
    return _if_met(op, _unless_equal(op, _points("MAX(0, 完成值 / 指标值)", rule)))


def kept_below(rule: RatioDef, op: str = "≤") -> str:
    """≤ and <: full points when kept, else by the scheme's 反向 rule."""
    if rule.reverse == "超出不得分":
        return _if_met(op, "0")
    if rule.reverse == "目标除以实际":
        return _if_met(op, _unless_equal(op, _points("指标值 / 完成值", rule)))
    return _if_met(op, _unless_equal(op, _points("MAX(0, 1 - (完成值 - 指标值) / 指标值)", rule)))


def met_or_person(op: str) -> str:
    """A target of 0 or below: there is no proportion to it."""
    return _if_met(op, _A_PERSON)


def kept_at_zero() -> str:
    """Nothing may happen (≤0次), or all is lost: what is too much is infinitely many times the target."""
    return _if_met("≤", "0")


def within(rule: RatioDef, *, from_zero: bool = False) -> str:
    """A range: full points inside, below it in proportion to the lower bound, above it by what is too much."""
    below = _A_PERSON if from_zero else _points("MAX(0, 完成值 / 下限)", rule)
    above = _points("MAX(0, 1 - (完成值 - 上限) / 上限)", rule)
    return _if_met("范围", f"IF(完成值 < 下限, {below}, {above})")


def within_allowance() -> str:
    """±: full points while the deviation stays within the allowance, else none."""
    return _if_met("±", "0")


def _if_met(op: str, missed: str) -> str:
    return f"IF({met(op)}, 分值, {missed})"


def _points(share: str, rule: RatioDef) -> str:
    """The share of the points, rounded, and by the rounding not more than there are."""
    return f"MIN(ROUND(分值 * {share}, {rule.digits}), 分值)"


def _unless_equal(op: str, points: str) -> str:
    """What has to be more (or less) than the target and just equals it has missed it, but not by any share."""
    return f"IF(完成值 = 指标值, {_A_PERSON}, {points})" if op in (">", "<") else points
