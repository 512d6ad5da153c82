"""Intervals of a tier table as a scheme writes them: `[90%, 95%)`, `<80%`, `=0`, `(0, 上年结转]`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from xlauto import formula
from xlauto.formula import Number, Percent, Unary
from xlauto.scheme.strict import SchemeError

_SPAN = re.compile(r"^([\[(])(.*),(.*)([\])])$", re.DOTALL)
_SIGNS = {"≥": ">=", "≤": "<=", "≧": ">=", "≦": "<="}


class Interval(NamedTuple):
    """Bounds as formulas, empty where there is none. An interval of one value has both bounds alike and included."""

    low: str
    high: str
    low_in: bool
    high_in: bool

    def condition(self, value: str, resolved: Callable[[str], str] = lambda text: text) -> str:
        """The formula that says whether the value lies in it."""
        if self.low and self.low == self.high:
            return f"{value} = {resolved(self.low)}"
        parts = []
        if self.low:
            parts.append(f"{value} {'>=' if self.low_in else '>'} {resolved(self.low)}")
        if self.high:
            parts.append(f"{value} {'<=' if self.high_in else '<'} {resolved(self.high)}")
        return f"AND({', '.join(parts)})" if len(parts) == 2 else parts[0]

    def words(self, shown: Callable[[str], str] = lambda text: text) -> str:
        """`不低于95%`, `低于80%`, `在90%（含）至95%（不含）之间`."""
        if self.low and self.low == self.high:
            return f"等于{shown(self.low)}"
        if not self.high:
            return f"{'不低于' if self.low_in else '高于'}{shown(self.low)}"
        if not self.low:
            return f"{'不超过' if self.high_in else '低于'}{shown(self.high)}"
        edges = ["（含）" if edge else "（不含）" for edge in (self.low_in, self.high_in)]
        return f"在{shown(self.low)}{edges[0]}至{shown(self.high)}{edges[1]}之间"


@lru_cache(maxsize=1024)
def interval(text: str) -> Interval:
    """Raises SchemeError on what is no interval, or one that no value lies in."""
    bare = text.strip().replace("（", "(").replace("）", ")").replace("，", ",")
    span = _SPAN.match(bare)
    if span:
        low, high = (_bound(part) for part in (span[2], span[3]))
        if low or high:
            found = Interval(low, high, span[1] == "[" and bool(low), span[4] == "]" and bool(high))
            return _not_empty(text, found)
    sign = re.match(r"^(>=|<=|[≥≤≧≦<>=])(.+)$", bare, re.DOTALL)
    if not sign:
        raise SchemeError(f"“{text}”不是区间（应如 [90%, 95%)、≥95%、<80%、=0）")
    op, bound = _SIGNS.get(sign[1], sign[1]), sign[2].strip()
    if op == "=":
        return Interval(bound, bound, True, True)
    return Interval(bound, "", op == ">=", False) if op[0] == ">" else Interval("", bound, False, op == "<=")


def _not_empty(text: str, found: Interval) -> Interval:
    if not found.low or not found.high:
        return found
    low, high = number_of(found.low), number_of(found.high)
    if low is not None and high is not None and low > high:
        raise SchemeError(f"区间“{text}”写反了：{found.low}大于{found.high}")
    same = found.low == found.high or (low is not None and low == high)
    if same and not (found.low_in and found.high_in):
        raise SchemeError(f"区间“{text}”里没有一个数：两头都是{found.low}，又不全包含；正好等于的写“={found.low}”")
    return found._replace(high=found.low) if same else found


def _bound(text: str) -> str:
    return "" if text.strip() in ("", "∞", "+∞", "-∞") else text.strip()


def figure(written: str | int | float) -> str:
    """A figure of a scheme as it stands in a formula."""
    return written.strip() if isinstance(written, str) else format(Decimal(str(written)).normalize(), "f")


def number_of(bound: str) -> Decimal | None:
    """What a bound is when it is a plain figure."""
    try:
        expr = formula.parse(bound)
    except formula.FormulaError:
        return None
    match expr:
        case Number(value):
            return value
        case Percent(Number(value)):
            return value.scaleb(-2)
        case Unary("-", Number(value)):
            return -value
        case Unary("-", Percent(Number(value))) | Percent(Unary("-", Number(value))):
            return -value.scaleb(-2)
        case _:
            return None


class Edge(NamedTuple):
    """What is amiss between one interval and the next, and the words for where."""

    kind: Literal["空档", "重叠", "不能比较"]
    where: str


def edges(spans: Sequence[Interval], *, whole: bool = False, signed: bool = False) -> Iterator[Edge]:
    """Holes and overlaps of a tier table whose bounds can be compared; of whole numbers only those that one hits.

    Below 0 there is no hole unless the value is `signed`: else it is a share, an amount or a number.
    """
    ordered = sorted(spans, key=lambda span: (_place(span.low, lowest=True), not span.low_in, bool(span.high)))
    if ordered and (least := ordered[0].low) and (signed or _place(least, lowest=True) > 0):
        yield Edge("空档", f"低于{least}")
    if ordered and all(span.high for span in spans):
        yield Edge("空档", f"高于{ordered[-1].high}")
    for lower, upper in pairwise(ordered):
        found = _between(lower, upper, whole)
        if found:
            yield found


def _place(bound: str, *, lowest: bool) -> Decimal:
    number = number_of(bound) if bound else None
    if number is not None:
        return number
    # A bound that is a field lies above all plain figures: 0 < 结余 ≤ 上年结转.
    return Decimal("-Infinity") if lowest and not bound else Decimal("1e30")


def _between(lower: Interval, upper: Interval, whole: bool) -> Edge | None:
    if lower.high == upper.low or _same(lower.high, upper.low):
        if lower.high_in and upper.low_in:
            return Edge("重叠", f"等于{lower.high}")
        return None if lower.high_in or upper.low_in else Edge("空档", f"等于{lower.high}")
    high, low = number_of(lower.high) if lower.high else None, number_of(upper.low) if upper.low else None
    if not lower.high or not upper.low:
        return Edge("重叠", f"{lower.words()}与{upper.words()}")
    if high is None or low is None:
        return Edge("不能比较", f"{lower.high}与{upper.low}")
    if high > low:
        return Edge("重叠", f"{upper.low}至{lower.high}")
    if whole:
        first, last = _whole_between(high, lower.high_in, low, upper.low_in)
        return None if first > last else Edge("空档", f"等于{first}" if first == last else f"{first}至{last}")
    return Edge("空档", f"{lower.high}至{upper.low}")


def _same(first: str, second: str) -> bool:
    numbers = number_of(first) if first else None, number_of(second) if second else None
    return numbers[0] is not None and numbers[0] == numbers[1]


def _whole_between(high: Decimal, high_in: bool, low: Decimal, low_in: bool) -> tuple[int, int]:
    """The whole numbers in the gap."""
    first = int(high // 1) + 1 if high_in or high != high // 1 else int(high)
    last = -int(-low // 1) - 1 if low_in or low != low // 1 else int(low)
    return first, last
