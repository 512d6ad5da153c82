"""Excel's arithmetic in Decimal: operators, comparison, rounding, and functions of single values.

An error is a `CellError` that is returned, never raised.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, ROUND_UP, Decimal
from decimal import Context as DecimalContext

from xlauto.model import CellError, Value

Result = Value | CellError


def round_half_up(number: Decimal, digits: int = 0) -> Decimal:
    """ROUND as Excel has it: half away from zero, after noise beyond the 15th significant digit is gone."""
    return _rounded(number, digits, ROUND_HALF_UP)


def same_number(left: Decimal, right: Decimal) -> bool:
    """Equal as far as Excel sees, at 15 significant digits."""
    return left == right or _fifteen(left) == _fifteen(right)


# --- single values -------------------------------------------------------------------------------------------------

ZERO = Decimal(0)
ONE = Decimal(1)
VALUE = CellError("#VALUE!")
DIV = CellError("#DIV/0!")
NUM = CellError("#NUM!")

_MATH = DecimalContext(prec=34, rounding=ROUND_HALF_UP, Emin=-400, Emax=308, traps=[])
_VISIBLE = DecimalContext(prec=15, rounding=ROUND_HALF_UP, Emin=-400, Emax=400, traps=[])
_WIDE = DecimalContext(prec=34, traps=[])
_fifteen = _VISIBLE.plus

_NOISE_DIGITS = 20
"""A difference this many digits below its operands is what is left of a division, not a figure."""


def as_number(value: Result) -> Decimal | CellError:
    """A value as arithmetic takes it. A text is an error even if it looks like a number (LibreOffice converts it)."""
    if type(value) is Decimal:
        return value
    if value is None:
        return ZERO
    if isinstance(value, bool):
        return ONE if value else ZERO
    return value if isinstance(value, CellError) else VALUE


def as_truth(value: Result) -> bool | CellError:
    if isinstance(value, bool):
        return value
    number = as_number(value)
    return number if isinstance(number, CellError) else bool(number)


def as_text(value: Result) -> str:
    """A value as `&` joins it; errors stay errors."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    number = _fifteen(value).normalize(_VISIBLE)
    if not number:
        return "0"
    if -10 <= number.adjusted() <= 20:
        return format(number, "f")
    mantissa, exponent = f"{number:E}".split("E")
    return f"{mantissa}E{int(exponent):+03d}"


def finite(value: Result) -> Result:
    """A value from outside; a file may claim to hold NaN."""
    if type(value) is Decimal and not value.is_finite():
        return NUM
    return value


def _result(number: Decimal) -> Decimal | CellError:
    return number if number.is_finite() else NUM


# --- operators -----------------------------------------------------------------------------------------------------


def negative(number: Decimal) -> Decimal:
    return number.copy_negate() if number else ZERO


def hundredth(number: Decimal) -> Decimal | CellError:
    return _result(number.scaleb(-2, _MATH))


def add(left: Decimal, right: Decimal) -> Decimal | CellError:
    total = _MATH.add(left, right)
    if total and total.adjusted() < max(left.adjusted(), right.adjusted()) - _NOISE_DIGITS:
        return ZERO
    return _result(total)


def _subtract(left: Decimal, right: Decimal) -> Decimal | CellError:
    return add(left, right.copy_negate())


def _multiply(left: Decimal, right: Decimal) -> Decimal | CellError:
    return _result(_MATH.multiply(left, right))


def _divide(left: Decimal, right: Decimal) -> Decimal | CellError:
    return _result(_MATH.divide(left, right)) if right else DIV


def _power(left: Decimal, right: Decimal) -> Decimal | CellError:
    if not left:
        return NUM if not right else DIV if right < 0 else ZERO
    return _result(_MATH.power(left, right))


ARITHMETIC: dict[str, Callable[[Decimal, Decimal], Decimal | CellError]] = {
    "+": add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "^": _power,
}

_BLANK_AS: dict[type, Value] = {Decimal: ZERO, str: "", bool: False}


def order(left: Value, right: Value) -> int:
    """Negative, zero or positive. Numbers come before texts, texts before truth values; blank adapts itself."""
    if left is None:
        left = _BLANK_AS.get(type(right))
    if right is None:
        right = _BLANK_AS.get(type(left))
    if type(left) is Decimal and type(right) is Decimal:
        if left == right:
            return 0
        first, second = _fifteen(left), _fifteen(right)
        return (first > second) - (first < second)
    if isinstance(left, str) and isinstance(right, str):
        low, high = left.casefold(), right.casefold()
        return (low > high) - (low < high)
    if isinstance(left, bool) and isinstance(right, bool):
        return left - right
    return _RANKS[type(left)] - _RANKS[type(right)]


_RANKS: dict[type, int] = {type(None): 0, Decimal: 0, str: 1, bool: 2}

COMPARISONS: dict[str, Callable[[int], bool]] = {
    "=": lambda order: order == 0,
    "<>": lambda order: order != 0,
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}


# --- functions -----------------------------------------------------------------------------------------------------


def _not(value: Result) -> Result:
    truth = as_truth(value)
    return truth if isinstance(truth, CellError) else not truth


def _n(value: Result) -> Result:
    return value if isinstance(value, CellError) else ZERO if isinstance(value, str) else as_number(value)


OF_VALUE: dict[str, Callable[[Result], Result]] = {
    "NOT": _not,
    "N": _n,
    "ISBLANK": lambda value: value is None,
    "ISNUMBER": lambda value: type(value) is Decimal,
}


def _rounded(number: Decimal, digits: int, how: str) -> Decimal:
    visible = _fifteen(number)
    if not visible:
        return ZERO
    if visible.adjusted() + digits >= 15:
        return visible
    result = visible.quantize(ONE.scaleb(-digits), how, _WIDE)
    if digits < 0 and result.adjusted() < 30:
        result = result.quantize(ONE, how, _WIDE)
    return result if result else ZERO


def _rounding(how: str) -> Callable[[Decimal, Decimal], Decimal | CellError]:
    def function(number: Decimal, digits: Decimal) -> Decimal | CellError:
        places = max(-400, min(400, int(_fifteen(digits))))
        return _result(_rounded(number, places, how))

    return function


def _int(number: Decimal) -> Decimal:
    return _rounded(number, 0, ROUND_FLOOR)


OF_NUMBERS: dict[str, Callable[..., Decimal | CellError]] = {
    "ROUND": _rounding(ROUND_HALF_UP),
    "ROUNDUP": _rounding(ROUND_UP),
    "ROUNDDOWN": _rounding(ROUND_DOWN),
    "INT": _int,
    "ABS": lambda number: number.copy_abs(),
}
