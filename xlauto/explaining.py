"""Scores told in one line: of a formula only what decides, with its figures. What a score is, scoring decides."""

from __future__ import annotations

from decimal import Decimal

from xlauto import formula
from xlauto.formula import Call, Context, Expr
from xlauto.formula.render import Show
from xlauto.values import show


def told(expr: Expr, context: Context, figure: Show, result: str) -> str:
    """`10 × 99.79% = 9.98分`."""
    return formula.explain(_decided(expr, context), context, figure, result)


def share(part: Decimal) -> str:
    """A rate without needless decimals: `100%`, `87.5%`."""
    return f"{show(part.scaleb(2).quantize(Decimal('0.01')).normalize())}%"


def _decided(expr: Expr, context: Context) -> Expr:
    """The formula with, of MIN and MAX, only the argument that is their value, and of IF the branch taken."""
    match expr:
        case Call("MIN" | "MAX", args):
            value = formula.compile(expr)(context)
            chosen = (arg for arg in args if formula.compile(arg)(context) == value)
            return _decided(next(chosen, expr), context) if len(args) > 1 else expr
        case Call("IF", (condition, *branches)):
            position = 0 if formula.compile(condition)(context) is True else 1
            return _decided(branches[position], context) if position < len(branches) else expr
        case _:
            return formula.mapped(expr, lambda part: _decided(part, context))
