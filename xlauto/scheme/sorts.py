"""What sort of value a formula gives, as far as its fields tell: a share of something, or a figure in its own unit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from xlauto.formula import Binary, Call, Expr, Number, Percent, Ref, Unary
from xlauto.scheme.forms import NUMERIC, Field

_SAME = frozenset({"MAX", "MIN", "ABS", "ROUND", "ROUNDUP", "ROUNDDOWN", "INT", "SUM", "IFERROR", "N", "IF"})
"""Functions whose value is of the sort of their arguments."""
_DIGITS = frozenset({"ROUND", "ROUNDUP", "ROUNDDOWN"})


class Sort(NamedTuple):
    """A share, a figure of a type and, if that is known, a unit, or a plain number, which may be either."""

    kind: Literal["比率", "数", "常数"]
    type: str = ""
    unit: str = ""

    def goes_with(self, other: Sort) -> bool:
        """Whether one can be added to the other, or divided by it for a share."""
        units = {self.unit, other.unit} - {""}
        return (self.kind, self.type) == (other.kind, other.type) and len(units) < 2


SHARE, PLAIN = Sort("比率"), Sort("常数")

Find = Callable[[Ref], Field | None]


def sort_of(expr: Expr, find: Find) -> Sort | None:
    """None where it cannot be told."""
    match expr:
        case Number() | Percent(Number()):
            return PLAIN
        case Ref():
            return _of_field(find(expr), find)
        case Unary(_, operand):
            return sort_of(operand, find)
        case Binary(op, left, right):
            return _of_two(op, sort_of(left, find), sort_of(right, find))
        case Call("COUNT" | "COUNTA"):
            return Sort("数", "数量")
        case Call(name, args) if name in _SAME:
            told = args[:1] if name in _DIGITS else args[1:] if name == "IF" else args
            return _alike([sort_of(arg, find) for arg in told])
    return None


def _of_field(field: Field | None, find: Find) -> Sort | None:
    if field is None or field.type not in NUMERIC:
        return None
    if field.type == "百分比":
        return SHARE
    own = Sort("数", field.type, field.spec.unit)
    if field.expr is None:
        return own
    # A computed cell may have been given another type than what it computes.
    computed = sort_of(field.expr, lambda ref: None if ref.name == field.name else find(ref))
    return own if computed is not None and computed.kind == "数" else None


def _of_two(op: str, left: Sort | None, right: Sort | None) -> Sort | None:
    if left is None or right is None:
        return None
    if op == "/" and left.kind == "数":
        return SHARE if left.goes_with(right) else left if right == PLAIN else None
    if op == "*" and {left.kind, right.kind} == {"比率", "数"}:
        return left if left.kind == "数" else right
    return _alike([left, right]) if op in "+-" else None


def _alike(sorts: list[Sort | None]) -> Sort | None:
    """That of several which are added up or chosen from; a plain number goes with any."""
    known = [sort for sort in sorts if sort is not None and sort.kind != "常数"]
    if None in sorts or not sorts:
        return None
    if not known:
        return PLAIN
    return known[0] if all(known[0].goes_with(other) for other in known) else None
