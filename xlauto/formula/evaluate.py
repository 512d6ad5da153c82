"""Formula trees to values: compiled once into closures, evaluated in Decimal the way Excel does in doubles.

Where the figures come from is the `Context`'s business. Nothing here raises for a value: errors are `CellError`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Protocol

from xlauto.formula.aggregate import AGGREGATES, criterion, total
from xlauto.formula.arithmetic import (
    ARITHMETIC,
    COMPARISONS,
    OF_NUMBERS,
    OF_VALUE,
    VALUE,
    Result,
    as_number,
    as_text,
    as_truth,
    finite,
    hundredth,
    negative,
    order,
)
from xlauto.formula.syntax import (
    FUNCTIONS,
    Binary,
    Bool,
    Call,
    CellRef,
    Column,
    Expr,
    Number,
    Percent,
    RangeRef,
    Ref,
    Reference,
    RowRef,
    Text,
    Unary,
)
from xlauto.model import CellError

__all__ = ["Compiled", "Context", "Result", "compile"]


class Context(Protocol):
    """Where a formula's names get their values from."""

    def value(self, ref: Ref | CellRef) -> Result: ...

    def values(self, ref: Ref) -> Sequence[Result]:
        """All values of a field, for aggregates: one, or one from each copy of a repeatable form."""
        ...

    def column(self, ref: Column | RangeRef) -> Sequence[Result]: ...

    def row(self, ref: RowRef) -> Result: ...

    def call(self, name: str, args: Sequence[Result | Reference]) -> Result:
        """A function beyond Excel's. References come as such, every other argument comes evaluated."""
        ...


Compiled = Callable[[Context], Result]


def compile(expr: Expr) -> Compiled:
    """The formula as a function of its context."""
    return _COMPILERS[type(expr)](expr)


# --- compiling -------------------------------------------------------------------------------------------------


def _constant(expr: Number | Text | Bool) -> Compiled:
    value = expr.value
    return lambda context: value


def _field(expr: Ref | CellRef) -> Compiled:
    return lambda context: finite(context.value(expr))


def _this_row(expr: RowRef) -> Compiled:
    return lambda context: finite(context.row(expr))


def _whole_column(expr: Column | RangeRef) -> Compiled:
    """A column where one value is wanted: its value if it has just one."""

    def single(context: Context) -> Result:
        values = context.column(expr)
        return finite(values[0]) if len(values) == 1 else VALUE

    return single


def _sign(expr: Unary) -> Compiled:
    operand = compile(expr.operand)
    if expr.op == "+":
        return operand

    def negated(context: Context) -> Result:
        number = as_number(operand(context))
        return number if isinstance(number, CellError) else negative(number)

    return negated


def _percent(expr: Percent) -> Compiled:
    operand = compile(expr.operand)

    def of_hundred(context: Context) -> Result:
        number = as_number(operand(context))
        return number if isinstance(number, CellError) else hundredth(number)

    return of_hundred


def _binary(expr: Binary) -> Compiled:
    left, right = compile(expr.left), compile(expr.right)
    if expr.op == "&":
        return _joined(left, right)
    if expr.op in COMPARISONS:
        return _compared(left, right, COMPARISONS[expr.op])
    operation = ARITHMETIC[expr.op]

    def calculated(context: Context) -> Result:
        first, second = as_number(left(context)), as_number(right(context))
        if isinstance(first, CellError):
            return first
        return second if isinstance(second, CellError) else operation(first, second)

    return calculated


def _joined(left: Compiled, right: Compiled) -> Compiled:
    def joined(context: Context) -> Result:
        first, second = left(context), right(context)
        if isinstance(first, CellError):
            return first
        return second if isinstance(second, CellError) else as_text(first) + as_text(second)

    return joined


def _compared(left: Compiled, right: Compiled, holds: Callable[[int], bool]) -> Compiled:
    def compared(context: Context) -> Result:
        first, second = left(context), right(context)
        if isinstance(first, CellError):
            return first
        return second if isinstance(second, CellError) else holds(order(first, second))

    return compared


def _call(expr: Call) -> Compiled:
    if expr.name not in FUNCTIONS:
        return _foreign(expr)
    if expr.name in AGGREGATES:
        return _aggregate(expr)
    return _SPECIAL[expr.name](expr) if expr.name in _SPECIAL else _simple(expr)


def _foreign(expr: Call) -> Compiled:
    name = expr.name
    args = [arg if isinstance(arg, Reference) else compile(arg) for arg in expr.args]

    def called(context: Context) -> Result:
        return finite(context.call(name, [arg if isinstance(arg, Reference) else arg(context) for arg in args]))

    return called


# --- functions -----------------------------------------------------------------------------------------------------


def _gather(arg: Expr) -> Callable[[Context], Sequence[Result]]:
    """All values that a reference stands for."""
    if isinstance(arg, Ref):
        return lambda context: context.values(arg)
    if isinstance(arg, Column | RangeRef):
        return lambda context: context.column(arg)
    single = compile(arg)
    return lambda context: (single(context),)


def _aggregate(expr: Call) -> Compiled:
    finish = AGGREGATES[expr.name]
    parts = [(not isinstance(arg, Reference), _gather(arg)) for arg in expr.args]

    def aggregated(context: Context) -> Result:
        return finish((direct, finite(value)) for direct, gather in parts for value in gather(context))

    return aggregated


def _if(expr: Call) -> Compiled:
    condition, *branches = (compile(arg) for arg in expr.args)
    then = branches[0]
    otherwise: Compiled = branches[1] if len(branches) > 1 else lambda context: False

    def chosen(context: Context) -> Result:
        truth = as_truth(condition(context))
        if isinstance(truth, CellError):
            return truth
        return then(context) if truth else otherwise(context)

    return chosen


def _if_error(expr: Call) -> Compiled:
    value, instead = (compile(arg) for arg in expr.args)

    def caught(context: Context) -> Result:
        result = value(context)
        return instead(context) if isinstance(result, CellError) else result

    return caught


def _sum_if(expr: Call) -> Compiled:
    keys, wanted = _gather(expr.args[0]), compile(expr.args[1])
    figures = _gather(expr.args[2]) if len(expr.args) > 2 else keys

    def summed(context: Context) -> Result:
        looked_for = wanted(context)
        if isinstance(looked_for, CellError):
            return looked_for
        fits = criterion(looked_for)
        pairs = zip(keys(context), figures(context), strict=False)
        return total((False, finite(figure)) for key, figure in pairs if fits(finite(key)))

    return summed


_SPECIAL: dict[str, Callable[[Call], Compiled]] = {"IF": _if, "IFERROR": _if_error, "SUMIF": _sum_if}


def _simple(expr: Call) -> Compiled:
    args = [compile(arg) for arg in expr.args]
    if expr.name in OF_VALUE:
        of_value, single = OF_VALUE[expr.name], args[0]
        return lambda context: of_value(single(context))
    function = OF_NUMBERS[expr.name]

    def called(context: Context) -> Result:
        numbers: list[Decimal] = []
        for arg in args:
            number = as_number(arg(context))
            if isinstance(number, CellError):
                return number
            numbers.append(number)
        return function(*numbers)

    return called


_COMPILERS: dict[type, Callable[[Any], Compiled]] = {
    Number: _constant,
    Text: _constant,
    Bool: _constant,
    Ref: _field,
    CellRef: _field,
    RowRef: _this_row,
    Column: _whole_column,
    RangeRef: _whole_column,
    Unary: _sign,
    Percent: _percent,
    Binary: _binary,
    Call: _call,
}
