"""The grade of a total (评价等次) as a formula."""

from __future__ import annotations

from collections.abc import Sequence

from xlauto import formula, roles
from xlauto.formula import Binary, Call, Expr, Number, Text
from xlauto.scheme.bounds import decimal
from xlauto.scheme.schema import GradeDef

FUNCTION = "等次"


def graded(grades: Sequence[GradeDef], total: str, scores: Sequence[str]) -> str:
    """The grade of a form's total, blank until each of the scores is there."""
    grade = f"{FUNCTION}({total}.{roles.SCORE})"
    text = f'IF(COUNT({", ".join(scores)}) < {len(scores)}, "", {grade})' if scores else grade
    return with_grades(text, grades)


def with_grades(text: str, grades: Sequence[GradeDef]) -> str:
    """A formula with 等次(总分) written out. One that does not parse is left to those who tell its faults."""
    try:
        expr = formula.parse(text, {FUNCTION})
    except formula.FormulaError:
        return text
    return formula.to_text(_written_out(expr, sorted(grades, key=lambda grade: -grade.at_least)))


def _written_out(expr: Expr, grades: Sequence[GradeDef]) -> Expr:
    if isinstance(expr, Call) and expr.name == FUNCTION and len(expr.args) == 1:
        return _grade_of(_written_out(expr.args[0], grades), grades)
    return formula.mapped(expr, lambda part: _written_out(part, grades))


def _grade_of(total: Expr, grades: Sequence[GradeDef]) -> Expr:
    """The best grade whose lowest total is reached; the lowest of all takes what is left."""
    if not grades:
        return Text("")
    text: Expr = Text(grades[-1].name)
    for grade in reversed(grades[:-1]):
        reached = Binary(">=", total, Number(decimal(grade.at_least)))
        text = Call("IF", (reached, Text(grade.name), text))
    return Call("IF", (Binary("=", total, Text("")), Text(""), text))
