"""Formula trees to text: the formula of an Excel cell, the scheme's own notation, and the sentence for the reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from xlauto.formula.arithmetic import same_number
from xlauto.formula.evaluate import Context, compile
from xlauto.formula.syntax import (
    FUNCTIONS,
    PERCENT,
    PRECEDENCE,
    SIGN,
    Binary,
    Bool,
    Call,
    CellRef,
    Column,
    Expr,
    FormulaError,
    Named,
    Number,
    Percent,
    RangeRef,
    Ref,
    Text,
    Unary,
    is_plain_name,
    operands,
    parse_found,
)
from xlauto.model import CellError

Show = Callable[[Named], str]
"""How a name appears in the text: its address, or its figure."""


def to_excel(expr: Expr, address: Show) -> str:
    """The formula for a cell, without the leading `=`. A function that Excel lacks raises FormulaError."""
    for node in _walk(expr):
        if isinstance(node, Call) and node.name not in FUNCTIONS:
            raise FormulaError(f"函数{node.name}只能用于校验和计分，不能写进单元格")
    return _write(expr, address)


def to_text(expr: Expr) -> str:
    """The formula in the scheme's notation; parsing it gives the same tree."""
    return _write(expr, _source)


def names(expr: Expr) -> tuple[Named, ...]:
    """The fields and columns in the formula, in order of first appearance."""
    return tuple(dict.fromkeys(node for node in _walk(expr) if isinstance(node, Named)))


def same_formula(first: str, second: str) -> bool:
    """Whether two formulas of cells are the same but for case, spaces, `$` and brackets that change nothing."""
    first, second = first.strip().removeprefix("="), second.strip().removeprefix("=")
    if first == second:
        return True
    try:
        return _caseless(parse_found(first)) == _caseless(parse_found(second))
    except FormulaError:
        return _normalised(first) == _normalised(second)


def explain(expr: Expr, context: Context | None, show: Show, result: str | None = None) -> str:
    """The calculation with its figures: `10 × 取小(1435.09 ÷ 1435.09, 1) = 10`.

    `show` gives the figure of a name as the reader knows it. With a context only the branch taken of IF and IFERROR
    is shown. A rounding shows as what is rounded; the result says so where it makes a difference.
    """
    text, _ = _Reader(context, show).read(expr)
    if result is None:
        return text
    return f"{text} = {result}{_rounding_remark(expr, context, result)}"


# --- writing ---------------------------------------------------------------------------------------------------

_ATOM = 100


def _write(expr: Expr, address: Show, least: int = 0) -> str:
    text, binding = _written(expr, address)
    return f"({text})" if binding < least else text


def _written(expr: Expr, address: Show) -> tuple[str, int]:
    """The text and how tightly it binds."""
    match expr:
        case Number(value):
            return _digits(value), SIGN if value < 0 else _ATOM
        case Text(value):
            return '"' + value.replace('"', '""') + '"', _ATOM
        case Bool(value):
            return ("TRUE" if value else "FALSE"), _ATOM
        case CellRef(sheet=sheet) | RangeRef(sheet=sheet):
            return _sheet(sheet) + expr.ref, _ATOM
        case Unary(op, operand):
            return op + _write(operand, address, SIGN), SIGN
        case Percent(operand):
            return _write(operand, address, PERCENT) + "%", PERCENT
        case Binary(op, left, right):
            binding = PRECEDENCE[op]
            return _write(left, address, binding) + op + _write(right, address, binding + 1), binding
        case Call(name, args):
            return f"{name}({','.join(_write(arg, address) for arg in args)})", _ATOM
        case _:
            return address(expr), _ATOM


def _digits(value: Decimal) -> str:
    return format(value, "f") if -20 <= value.adjusted() <= 20 else str(value)


def _sheet(name: str) -> str:
    if not name:
        return ""
    return f"{name}!" if is_plain_name(name) else "'" + name.replace("'", "''") + "'!"


def _source(name: Named) -> str:
    match name:
        case Ref(field, form):
            return _sheet(form) + field
        case Column(table, column, form):
            return f"{_sheet(form)}{table}[{column}]"
        case _:
            return f"[@{name.column}]"


# --- comparing -------------------------------------------------------------------------------------------------


def _walk(expr: Expr) -> Iterator[Expr]:
    yield expr
    for operand in operands(expr):
        yield from _walk(operand)


def _caseless(expr: Expr) -> Expr:
    """The tree with sheets and names in one case; a sign `+` changes nothing."""
    match expr:
        case Ref(name, form):
            return Ref(name.casefold(), form.casefold())
        case Column(table, column, form):
            return Column(table.casefold(), column.casefold(), form.casefold())
        case CellRef(row, col, sheet):
            return CellRef(row, col, sheet.casefold())
        case RangeRef(top, left, bottom, right, sheet):
            return RangeRef(top, left, bottom, right, sheet.casefold())
        case Unary(op, operand):
            return _caseless(operand) if op == "+" else Unary(op, _caseless(operand))
        case Percent(operand):
            return Percent(_caseless(operand))
        case Binary(op, left, right):
            return Binary(op, _caseless(left), _caseless(right))
        case Call(name, args):
            return Call(name, tuple(map(_caseless, args)))
        case _:
            return expr


def _normalised(text: str) -> str:
    return "".join(text.replace("$", "").split()).casefold()


# --- explaining ------------------------------------------------------------------------------------------------

_OPERATORS = {
    "+": " + ", "-": " - ", "*": " × ", "/": " ÷ ", "^": "^", "&": " & ",
    "=": " = ", "<>": " ≠ ", "<": " < ", "<=": " ≤ ", ">": " > ", ">=": " ≥ ",
}  # fmt: skip
_CONDITION, _OR, _AND = 2, 4, 6
_FUNCTION_WORDS = {
    "MIN": "取小", "MAX": "取大", "INT": "取整", "COUNT": "数字个数", "COUNTA": "非空个数", "NOT": "非",
    "SUMIF": "条件合计",
}  # fmt: skip
_AS_INNER = {"ROUND", "ROUNDUP", "ROUNDDOWN", "N"}
_ROUNDINGS = {"ROUND": "保留{}位小数", "ROUNDUP": "进位到{}位小数", "ROUNDDOWN": "舍去{}位小数以后的部分"}


class _Reader:
    """Reads a formula out; every text goes with how tightly it binds."""

    def __init__(self, context: Context | None, show: Show) -> None:
        self.context, self.show = context, show

    def read(self, expr: Expr) -> tuple[str, int]:
        match expr:
            case Text(value):
                return f"“{value}”", _ATOM
            case Bool(value):
                return ("是" if value else "否"), _ATOM
            case Unary("+", operand):
                return self.read(operand)
            case Unary(_, operand):
                return f"-{self.bracketed(operand, SIGN)}", SIGN
            case Percent(operand):
                return f"{self.bracketed(operand, PERCENT)}%", PERCENT
            case Binary(op, left, right):
                binding = PRECEDENCE[op]
                second = self.bracketed(right, binding + 1)
                second = f"({second})" if second.startswith("-") else second
                return self.bracketed(left, binding) + _OPERATORS[op] + second, binding
            case Call():
                return self.call(expr)
            case Number() | CellRef() | RangeRef():
                return _written(expr, _source)
            case _:
                shown = self.show(expr)
                return shown, PRECEDENCE["+"] if " + " in shown else SIGN if shown.startswith("-") else _ATOM

    def bracketed(self, expr: Expr, least: int) -> str:
        text, binding = self.read(expr)
        return f"({text})" if binding < least else text

    def call(self, expr: Call) -> tuple[str, int]:
        name, args = expr.name, expr.args
        if name in _AS_INNER:
            return self.read(args[0])
        if name == "IF":
            branch = self.branch(expr)
            return self.condition(args) if branch is None else self.read(branch)
        if name == "IFERROR" and self.context is not None:
            return self.read(args[isinstance(compile(args[0])(self.context), CellError)])
        if name == "SUM":
            return self.chain(args, "+", PRECEDENCE["+"])
        if name in ("AND", "OR"):
            return self.chain(args, "且", _AND) if name == "AND" else self.chain(args, "或", _OR)
        if name == "ABS":
            return f"|{self.read(args[0])[0]}|", _ATOM
        if name == "ISBLANK":
            return f"{self.bracketed(args[0], _ATOM)}为空", _AND
        if name == "ISNUMBER":
            return f"{self.bracketed(args[0], _ATOM)}是数字", _AND
        listed = ", ".join(self.read(arg)[0] for arg in args)
        return f"{_FUNCTION_WORDS.get(name, name)}({listed})", _ATOM

    def branch(self, expr: Call) -> Expr | None:
        """The part of an IF that counts; None when its condition is unknown or an error."""
        if self.context is None:
            return None
        truth = compile(Call("NOT", expr.args[:1]))(self.context)
        if isinstance(truth, CellError):
            return None
        if truth:
            return expr.args[2] if len(expr.args) > 2 else Bool(False)
        return expr.args[1]

    def condition(self, args: tuple[Expr, ...]) -> tuple[str, int]:
        words = zip(("若", "，则", "，否则"), args, strict=False)
        return "".join(word + self.read(arg)[0] for word, arg in words), _CONDITION

    def chain(self, args: tuple[Expr, ...], word: str, binding: int) -> tuple[str, int]:
        if len(args) == 1:
            return self.read(args[0])
        return f" {word} ".join(self.bracketed(arg, binding) for arg in args), binding


def _rounding_remark(expr: Expr, context: Context | None, result: str) -> str:
    """`（保留2位小数）` when the rounding changed the figure."""
    if context is None or not isinstance(expr, Call) or expr.name not in _ROUNDINGS:
        return ""
    exact, rounded, digits = (compile(part)(context) for part in (expr.args[0], expr, expr.args[1]))
    if not (type(exact) is type(rounded) is type(digits) is Decimal) or same_number(exact, rounded):
        return ""
    places = int(digits) - (2 if result.endswith("%") else 0)
    if places < 0:
        return ""
    words = "取整数" if places == 0 and expr.name == "ROUND" else _ROUNDINGS[expr.name].format(places)
    return f"（{words}）"
