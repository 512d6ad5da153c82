"""A second, plain interpreter of formulas, to compare the compiled one with. SUMIF alone is left to the real one."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

from xlauto.formula import Binary, Bool, Call, Column, Number, Percent, Ref, RowRef, Text, Unary, compile
from xlauto.model import CellError

MATH = Context(prec=34, rounding=ROUND_HALF_UP, Emin=-400, Emax=308, traps=[])
FIFTEEN = Context(prec=15, rounding=ROUND_HALF_UP, Emin=-400, Emax=400, traps=[])
WIDE = Context(prec=34, traps=[])
ROUNDINGS = {"ROUND": "ROUND_HALF_UP", "ROUNDUP": "ROUND_UP", "ROUNDDOWN": "ROUND_DOWN", "INT": "ROUND_FLOOR"}


class Failed(Exception):
    """An error value on its way up."""


def naive(expr, context):
    try:
        return evaluate(expr, context)
    except Failed as failure:
        return failure.args[0]


def evaluate(expr, context):
    match expr:
        case Number(value) | Text(value) | Bool(value):
            return value
        case Ref():
            return usable(context.value(expr))
        case RowRef():
            return usable(context.row(expr))
        case Column():
            values = context.column(expr)
            return usable(values[0]) if len(values) == 1 else fail("#VALUE!")
        case Unary("-", operand):
            return negated(number(evaluate(operand, context)))
        case Unary(_, operand):
            return evaluate(operand, context)
        case Percent(operand):
            return finite(MATH.scaleb(number(evaluate(operand, context)), -2))
        case Binary(op, left, right):
            return binary(op, left, right, context)
        case Call("SUMIF"):
            return usable(compile(expr)(context))
        case Call(name, args):
            return call(name, args, context)


def fail(error):
    raise Failed(CellError(error))


def usable(value):
    if isinstance(value, CellError):
        raise Failed(value)
    if isinstance(value, Decimal) and not value.is_finite():
        fail("#NUM!")
    return value


def number(value):
    match value:
        case None:
            return Decimal(0)
        case bool():
            return Decimal(int(value))
        case str():
            fail("#VALUE!")
    return value


def truth(value):
    return value if isinstance(value, bool) else number(value) != 0


def finite(value):
    return value if value.is_finite() else fail("#NUM!")


def negated(value):
    return value.copy_negate() if value else Decimal(0)


def binary(op, left, right, context):
    if op in "+-*/^":
        # Excel looks at the left operand's type before it computes the right one.
        first, second = operand(left, context), operand(right, context)
        if isinstance(first, CellError) or isinstance(second, CellError):
            raise Failed(first if isinstance(first, CellError) else second)
        return arithmetic(op, first, second)
    first, second = evaluate(left, context), evaluate(right, context)
    if op == "&":
        return text(first) + text(second)
    low, high = key(first, second), key(second, first)
    return {"=": low == high, "<>": low != high, "<": low < high, "<=": low <= high, ">": low > high,
            ">=": low >= high}[op]  # fmt: skip


def operand(expr, context):
    try:
        return number(evaluate(expr, context))
    except Failed as failure:
        return failure.args[0]


def arithmetic(op, first, second):
    if op in "+-":
        second = second if op == "+" else second.copy_negate()
        total = MATH.add(first, second)
        lost = total and total.adjusted() < max(first.adjusted(), second.adjusted()) - 20
        return Decimal(0) if lost else finite(total)
    if op == "*":
        return finite(MATH.multiply(first, second))
    if op == "/":
        return finite(MATH.divide(first, second)) if second else fail("#DIV/0!")
    if first:
        return finite(MATH.power(first, second))
    return Decimal(0) if second > 0 else fail("#NUM!" if second == 0 else "#DIV/0!")


def key(value, other):
    """Something that sorts like Excel: numbers, texts, truth values; a blank is what the other one is."""
    if value is None:
        value = {bool: False, str: ""}.get(type(other), Decimal(0))
    if isinstance(value, bool):
        return (2, value)
    return (1, value.casefold()) if isinstance(value, str) else (0, FIFTEEN.plus(value))


def text(value):
    if isinstance(value, bool):
        return str(value).upper()
    return value or "" if value is None or isinstance(value, str) else general(FIFTEEN.plus(value).normalize(FIFTEEN))


def general(value):
    if not value:
        return "0"
    if -10 <= value.adjusted() <= 20:
        return f"{value:f}"
    digits = "".join(map(str, value.as_tuple().digits))
    mantissa = digits[0] + ("." + digits[1:] if digits[1:] else "")
    return f"{'-' if value < 0 else ''}{mantissa}E{value.adjusted():+03d}"


def call(name, args, context):
    if name in ("SUM", "MIN", "MAX", "AND", "OR", "COUNT", "COUNTA"):
        return aggregate(name, args, context)
    if name == "IF":
        if truth(evaluate(args[0], context)):
            return evaluate(args[1], context)
        return evaluate(args[2], context) if len(args) > 2 else False
    if name == "IFERROR":
        try:
            return evaluate(args[0], context)
        except Failed:
            return evaluate(args[1], context)
    if name in ("ISBLANK", "ISNUMBER"):
        value = naive(args[0], context)
        return value is None if name == "ISBLANK" else isinstance(value, Decimal)
    if name == "NOT":
        return not truth(evaluate(args[0], context))
    if name == "N":
        value = evaluate(args[0], context)
        return Decimal(0) if isinstance(value, str) else number(value)
    if name == "ABS":
        return number(evaluate(args[0], context)).copy_abs()
    return rounded(name, *(number(evaluate(arg, context)) for arg in args))


def rounded(name, value, digits=Decimal(0)):
    value = FIFTEEN.plus(value)
    places = max(-400, min(400, int(FIFTEEN.plus(digits))))
    if not value or value.adjusted() + places >= 15:
        return value if value else Decimal(0)
    result = value.quantize(Decimal((0, (1,), -places)), ROUNDINGS[name], WIDE)
    return finite(result) if result else Decimal(0)


def aggregate(name, args, context):
    found = [pair for arg in args for pair in values(arg, context)]
    if name == "COUNTA":
        return Decimal(sum(1 for direct, value in found if direct or value is not None))
    if name == "COUNT":
        return Decimal(sum(1 for direct, value in found if counts(value) or (direct and isinstance(value, bool))))
    if name in ("AND", "OR"):
        truths = [truth(usable(value)) for direct, value in found
                  if direct or isinstance(value, Decimal | bool | CellError)]  # fmt: skip
        return (all(truths) if name == "AND" else any(truths)) if truths else fail("#VALUE!")
    figures = [number(usable(value)) for direct, value in found
               if isinstance(value, Decimal | CellError) or (direct and value is not None)]  # fmt: skip
    if name != "SUM":
        return (min if name == "MIN" else max)(figures, default=Decimal(0))
    total = Decimal(0)
    for figure in figures:
        total = arithmetic("+", total, figure)
    return total


def counts(value):
    return isinstance(value, Decimal) and value.is_finite()


def values(arg, context):
    """The values of an argument, each with whether it was written directly."""
    if isinstance(arg, Ref):
        return [(False, value) for value in context.values(arg)]
    if isinstance(arg, Column):
        return [(False, value) for value in context.column(arg)]
    if isinstance(arg, RowRef):
        return [(False, context.row(arg))]
    return [(True, naive(arg, context))]
