"""The bounds of a cell: declared once, they are its validation, its check, and what a rule needs to be sure of."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from xlauto.scheme.strict import SchemeError
from xlauto.values import show


class Bounds(NamedTuple):
    """The least and the most that a figure may be, None where there is no bound; a rate's as fractions. With `zero`
    it may also be 0, outside of them; a `whole` one has no decimals."""

    least: Decimal | None = None
    most: Decimal | None = None
    zero: bool = False
    whole: bool = False

    def fits(self, number: Decimal) -> bool:
        if self.zero and not number:
            return True
        if self.broken(number):
            return False
        return not self.too_low(number) and (self.most is None or number <= self.most)

    def too_low(self, number: Decimal) -> bool:
        return self.least is not None and number < self.least

    def broken(self, number: Decimal) -> bool:
        """Whether it is a part of what only comes whole."""
        return self.whole and number != number.to_integral_value()

    def tests(self, cell: str) -> list[str]:
        """Conditions in Excel's language that a number in the cell must all fulfil."""
        tests = [] if self.least is None else [f"{cell}>={plain(self.least)}"]
        tests += [] if self.most is None else [f"{cell}<={plain(self.most)}"]
        tests += [f"INT({cell})={cell}"] if self.whole else []
        return [f"OR({cell}=0,{joined(tests)})"] if self.zero and tests else tests

    def due(self, number: Decimal, type_: str) -> str:
        """What there should be in place of a figure that does not fit, in words."""
        return (self if self.broken(number) else self._replace(whole=False)).words(type_)

    def words(self, type_: str) -> str:
        """`不小于0`, `0或4至7`, `0至1000%`, `0或正整数`."""
        least, most = ("" if bound is None else _shown(bound, type_) for bound in (self.least, self.most))
        if not least or not most:
            if self.whole:
                return "0或正整数" if least == "0" else f"{least}以上的整数" if least else f"{most}以下的整数"
            return f"不小于{least}" if least else f"不大于{most}" if most else ""
        span = (least if least == most else f"{least}至{most}") + ("的整数" if self.whole else "")
        return f"0或{span}" if self.zero and self.least else span


ANYTHING = Bounds()
"""Of what has no size, or is printed."""

USUAL: Mapping[str, Bounds] = {
    **dict.fromkeys(("金额", "数量", "面积", "分值"), Bounds(Decimal(0))),
    "百分比": Bounds(Decimal(0), Decimal(10)),
}
"""The bounds of each type of field. No rate of a form is ten times the whole: 9500% is 95% typed without its sign."""


def bounds_of(
    type_: str, least: float | None = None, most: float | None = None, *, negative: bool = False, zero: bool = False,
    whole: bool = False,
) -> Bounds:
    """Those of the type, as far as the scheme does not say otherwise. Raises SchemeError on what no figure can fit."""
    usual = USUAL.get(type_)
    if usual is None:
        if least is not None or most is not None or negative:
            raise SchemeError(f"least、most、negative 只用于填数的格，“{type_}”没有大小")
        return ANYTHING
    low = None if negative else usual.least
    high = usual.most if most is None else decimal(most)
    bounds = Bounds(low if least is None else decimal(least), high, zero, whole)
    if bounds.least is not None and bounds.most is not None and bounds.least > bounds.most:
        raise SchemeError(f"least（{plain(bounds.least)}）大于 most（{plain(bounds.most)}）")
    return bounds


def decimal(number: float) -> Decimal:
    """A figure of the YAML, read there as a binary number, as it was written. Raises SchemeError if it is none."""
    if not math.isfinite(number):
        raise SchemeError(f"“{number}”不是一个数")
    exact = Decimal(str(number))
    return exact.to_integral_value() if exact == exact.to_integral_value() else exact


def plain(number: Decimal) -> str:
    """A figure as it stands in a formula."""
    return format(number.normalize(), "f")


def joined(tests: Sequence[str], function: str = "AND") -> str:
    """One condition out of several."""
    return tests[0] if len(tests) == 1 else f"{function}({', '.join(tests)})"


def _shown(bound: Decimal, type_: str) -> str:
    return f"{show(bound.scaleb(2))}%" if type_ == "百分比" and bound else show(bound)
