"""Scoring rule kinds: parameters -> one formula text, which yields the Excel formula, the value and the calculation.

The names in the texts are 完成值, 指标值, 分值 (and 下限, 上限 of a range); where their figures come from is the
caller's business.
"""

from __future__ import annotations

from xlauto.scheme.schema import RatioDef


def reached(rule: RatioDef) -> str:
    """≥ and =: full points when reached, else in proportion (财预〔2020〕10号)."""
    return f"ROUND(分值 * MAX(0, MIN(1, 完成值 / 指标值)), {rule.digits})"


def kept_below(rule: RatioDef) -> str:
    """≤: full points when kept, else by the scheme's 反向 rule."""
    if rule.reverse == "目标除以实际":
        return f"ROUND(分值 * MIN(1, 指标值 / 完成值), {rule.digits})"
    if rule.reverse == "超出不得分":
        return "IF(完成值 <= 指标值, 分值, 0)"
    return f"ROUND(分值 * MAX(0, 1 - MAX(0, 完成值 - 指标值) / 指标值), {rule.digits})"


def kept_at_zero() -> str:
    """A target of 0: nothing may happen, or all is lost; there is no proportion to nothing."""
    return "IF(完成值 <= 0, 分值, 0)"


def within(rule: RatioDef) -> str:
    """A range: full points inside, below it in proportion to the lower bound, above it by what is too much."""
    below = "完成值 / 下限"
    above = "1 - (完成值 - 上限) / 上限"
    return f"ROUND(分值 * IF(完成值 < 下限, MAX(0, {below}), IF(完成值 > 上限, MAX(0, {above}), 1)), {rule.digits})"


def within_allowance() -> str:
    """±: full points while the deviation stays within the allowance, else none."""
    return "IF(ABS(完成值) <= 上限, 分值, 0)"
