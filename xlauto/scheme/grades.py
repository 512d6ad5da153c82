"""The grade of a total (评价等次) as a formula, and a total that waits for the last of its scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlauto import formula, roles
from xlauto.formula import Binary, Call, Expr, Number, Ref, Text
from xlauto.scheme.bounds import decimal
from xlauto.scheme.schema import GradeDef

FUNCTION = "等次"
COMPLETE = "齐全"
"""齐全(总分.得分) is the total of a score table once each of its items has a score, and blank before."""

Scores = Mapping[Ref, Sequence[Ref]]
"""The scores that a total adds up, by the name that the total has on the form."""


def graded(grades: Sequence[GradeDef], total: str, scores: Sequence[str]) -> str:
    """The grade of a form's total, blank until each of the scores is there."""
    grade = f"{FUNCTION}({total}.{roles.SCORE})"
    text = f'IF(COUNT({", ".join(scores)}) < {len(scores)}, "", {grade})' if scores else grade
    return with_grades(text, grades)


def with_grades(text: str, grades: Sequence[GradeDef], scores: Scores | None = None) -> str:
    """A formula with 等次(总分) and 齐全(总分) written out. One that does not parse, or names a total that there is
    not, is left to those who tell its faults."""
    if FUNCTION not in text and COMPLETE not in text:
        return text
    try:
        expr = formula.parse(text, {FUNCTION, COMPLETE})
    except formula.FormulaError:
        return text
    return formula.to_text(_written_out(expr, sorted(grades, key=lambda grade: -grade.at_least), scores or {}))


def _written_out(expr: Expr, grades: Sequence[GradeDef], scores: Scores) -> Expr:
    match expr:
        case Call(name, (total,)) if name == FUNCTION:
            return _grade_of(_written_out(total, grades, scores), grades)
        case Call(name, (Ref() as total,)) if name == COMPLETE and total in scores:
            lacking = Binary("<", Call("COUNT", tuple(scores[total])), Number(decimal(len(scores[total]))))
            return Call("IF", (lacking, Text(""), total))
        case _:
            return formula.mapped(expr, lambda part: _written_out(part, grades, scores))


def _grade_of(total: Expr, grades: Sequence[GradeDef]) -> Expr:
    """The best grade whose lowest total is reached; the lowest of all takes what is left."""
    if not grades:
        return Text("")
    text: Expr = Text(grades[-1].name)
    for grade in reversed(grades[:-1]):
        reached = Binary(">=", total, Number(decimal(grade.at_least)))
        text = Call("IF", (reached, Text(grade.name), text))
    return Call("IF", (Binary("=", total, Text("")), Text(""), text))
