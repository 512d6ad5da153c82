"""Functions of many values: sums, counts, AND and OR, and the criterion of SUMIF."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache

from xlauto.formula.arithmetic import COMPARISONS, VALUE, ZERO, Result, add, as_number, as_text, as_truth, order
from xlauto.model import CellError, Value

Items = Iterator[tuple[bool, Result]]
"""The values of an aggregate, each with whether it was written directly (not in a cell)."""


def _numbers(items: Items) -> list[Decimal] | CellError:
    """Cells count when they hold numbers; what is written directly must be a number or a truth value."""
    numbers = []
    for direct, value in items:
        if type(value) is Decimal:
            numbers.append(value)
        elif isinstance(value, CellError):
            return value
        elif direct and value is not None:
            number = as_number(value)
            if isinstance(number, CellError):
                return number
            numbers.append(number)
    return numbers


def total(items: Items) -> Result:
    """SUM of the values."""
    numbers = _numbers(items)
    if isinstance(numbers, CellError):
        return numbers
    so_far = ZERO
    for number in numbers:
        summed = add(so_far, number)
        if isinstance(summed, CellError):
            return summed
        so_far = summed
    return so_far


def _least(items: Items) -> Result:
    numbers = _numbers(items)
    return numbers if isinstance(numbers, CellError) else min(numbers, default=ZERO)


def _greatest(items: Items) -> Result:
    numbers = _numbers(items)
    return numbers if isinstance(numbers, CellError) else max(numbers, default=ZERO)


def _count(items: Items) -> Result:
    return Decimal(sum(type(value) is Decimal or (direct and isinstance(value, bool)) for direct, value in items))


def _count_filled(items: Items) -> Result:
    return Decimal(sum(direct or value is not None for direct, value in items))


def _truths(items: Items) -> list[bool] | CellError:
    truths = []
    for direct, value in items:
        if isinstance(value, CellError):
            return value
        if not direct and (value is None or isinstance(value, str)):
            continue
        truth = as_truth(value)
        if isinstance(truth, CellError):
            return truth
        truths.append(truth)
    return truths or VALUE


def _and(items: Items) -> Result:
    truths = _truths(items)
    return truths if isinstance(truths, CellError) else all(truths)


def _or(items: Items) -> Result:
    truths = _truths(items)
    return truths if isinstance(truths, CellError) else any(truths)


AGGREGATES: dict[str, Callable[[Items], Result]] = {
    "SUM": total,
    "MIN": _least,
    "MAX": _greatest,
    "COUNT": _count,
    "COUNTA": _count_filled,
    "AND": _and,
    "OR": _or,
}


# --- the criterion of SUMIF ----------------------------------------------------------------------------------------


def criterion(looked_for: Value) -> Callable[[Result], bool]:
    """What SUMIF looks for: a value, or a text such as `>=5`, `<>`, `产出*`."""
    if not isinstance(looked_for, str):
        wanted = ZERO if looked_for is None else looked_for
        return lambda value: type(value) is type(wanted) and order(value, wanted) == 0
    found = re.match(r"<=|>=|<>|[=<>]", looked_for)
    op = found[0] if found else "="
    operand = looked_for[len(found[0]) :] if found else looked_for
    if not operand:
        return _emptiness(op, given=found is not None)
    holds = COMPARISONS[op]
    if re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)%?", operand, re.ASCII):
        number = Decimal(operand.rstrip("%")).scaleb(-2 if operand.endswith("%") else 0)
        other = op == "<>"
        return lambda value: holds(order(value, number)) if type(value) is Decimal else other
    if op in ("=", "<>"):
        pattern = _wildcards(operand)
        equal = op == "="
        return lambda value: (_is_text(value) and bool(pattern.fullmatch(as_text(value)))) is equal
    return lambda value: _is_text(value) and holds(order(as_text(value), operand))


def _emptiness(op: str, *, given: bool) -> Callable[[Result], bool]:
    if op == "<>":
        return lambda value: value is not None
    if given:
        return lambda value: op == "=" and value is None
    return lambda value: value is None or value == ""


def _is_text(value: Result) -> bool:
    return isinstance(value, str) and not isinstance(value, CellError)


@lru_cache(maxsize=256)
def _wildcards(text: str) -> re.Pattern[str]:
    parts = re.findall(r"~[*?~]|[*?]|[^*?~]+|~", text)
    wild = {"*": ".*", "?": "."}
    pattern = "".join(wild.get(part) or re.escape(re.sub(r"^~(?=[*?~])", "", part)) for part in parts)
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)
