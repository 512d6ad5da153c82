"""What a formula must be given before it means anything: conditions on its cells, down to what is typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from xlauto import formula
from xlauto.formula import Call, Column, Expr, Ref, RowRef
from xlauto.formula.evaluate import Compiled
from xlauto.scheme.bounds import joined
from xlauto.scheme.forms import Field, Form

_ASKING = ("N", "COUNT", "COUNTA", "ISBLANK", "ISNUMBER")
"""Functions that can do with a blank."""


@dataclass(frozen=True)
class Need:
    """One thing that must be there and fit: `test` says whether it is so; `refs` are the fields, any of which will do.
    A `computed` one is there as soon as it can be worked out from what it needs itself."""

    refs: tuple[Ref | Column, ...]
    test: str
    computed: bool = False

    @cached_property
    def compiled(self) -> Compiled:
        return formula.compile(formula.parse(self.test))

    def where(self, condition: Expr, truth: bool) -> Need:
        """The same need, as far as the condition holds, or does not hold; one that cannot be judged asks nothing."""
        judged = f"IFERROR({formula.to_text(condition)}, {'FALSE' if truth else 'TRUE'})"
        branches = f"{self.test}, TRUE" if truth else f"TRUE, {self.test}"
        return replace(self, test=f"IF({judged}, {branches})")


class Fields:
    """The fields that a formula on one form can name."""

    def __init__(self, forms: Mapping[str, Form], home: Form) -> None:
        self.forms, self.home = forms, home

    def find(self, ref: Ref) -> Field | None:
        if ref.form:
            found = self.forms.get(ref.form)
            return found.fields.get(ref.name) if found else None
        for form in (self.home, *(form for form in self.forms.values() if not form.repeats)):
            if ref.name in form.fields:
                return form.fields[ref.name]
        return None

    def needs(self, expr: Expr) -> list[Need]:
        """What must be there for the formula; a sum needs any of its addends, `N(…)` makes a name optional, and what
        stands in a branch of IF is needed only where the branch is taken."""
        return list({need.test: need for need in self._read(expr)}.values())

    def _read(self, expr: Expr) -> Iterator[Need]:
        match expr:
            case Call("IF", (condition, *branches)) if asked := list(self._read(condition)):
                yield from asked
                known = {need.test for need in asked}
                for branch, truth in zip(branches, (True, False), strict=False):
                    yield from (need.where(condition, truth) for need in self._read(branch) if need.test not in known)
            case Call(name) if name in _ASKING or name == "SUM":
                yield from self._needs(expr, frozenset())
            case Ref() | Column():
                yield from self._needs(expr, frozenset())
            case _:
                for operand in formula.operands(expr):
                    yield from self._read(operand)

    def _needs(self, expr: Expr, seen: frozenset[str]) -> Iterator[Need]:
        """The same of a field's own formula, which has its value only if all that it names is there."""
        match expr:
            case Call(name) if name in _ASKING:
                return
            case Call("SUM", args):
                refs = tuple(leaf for arg in args for named in formula.names(arg) for leaf in self.leaves(named))
                if refs:
                    yield Need(refs, joined([self._any(refs), *self._within(refs)]))
            case Ref():
                yield from self._named(expr, seen)
            case Column():
                yield Need((expr,), self._any((expr,)))
            case _:
                for operand in formula.operands(expr):
                    yield from self._needs(operand, seen)

    def _named(self, ref: Ref, seen: frozenset[str]) -> Iterator[Need]:
        """A field and, where it is computed, all that it is computed from."""
        field, name = self.find(ref), formula.to_text(ref)
        if field is None or field.expr is None:
            yield self._typed(ref, field)
        elif field.typed or (isinstance(field.expr, Call) and field.expr.name == "SUM"):
            yield from self._total(ref, field)
        elif ref.name not in seen:
            yield from self._needs(_from(ref, field.expr), seen | {ref.name})
            if field.numeric:
                yield Need((ref,), f"ISNUMBER({name})", computed=True)

    def _total(self, ref: Ref, field: Field) -> Iterator[Need]:
        """A total that the unit may type itself while nothing stands below it; 0 is what a sum gives then."""
        name, leaves = formula.to_text(ref), tuple(self.leaves(ref))
        within = self._within(leaves)
        if field.typed:
            yield self._typed(ref, field)
            if within:
                yield Need(leaves, joined(within))
            return
        own = field.bounds.tests(f"N({name})") if within else []
        yield Need(leaves or (ref,), joined([f"OR({self._any(leaves or (ref,))}, N({name}) <> 0)", *within, *own]))

    def _typed(self, ref: Ref, field: Field | None) -> Need:
        name = formula.to_text(ref)
        if field is None:
            return Need((ref,), f"ISNUMBER({name})")
        if field.repeats:
            return Need((ref,), joined([self._any((ref,)), *self._within((ref,))]))
        if field.numeric:
            return Need((ref,), joined([f"ISNUMBER({name})", *field.bounds.tests(name)]))
        if field.spec.choices:
            choices = [f'{name} = "{choice}"' for choice in field.spec.choices]
            return Need((ref,), f"OR({', '.join(choices)})")
        return Need((ref,), f'{name} <> ""')

    def _any(self, refs: tuple[Ref | Column, ...]) -> str:
        return f"COUNT({', '.join(formula.to_text(ref) for ref in refs)}) > 0"

    def _within(self, refs: Sequence[Ref | Column]) -> list[str]:
        """That no figure of several cells is out of its bounds."""
        named: dict[str, list[str]] = {}
        for ref in refs:
            field = self.find(ref) if isinstance(ref, Ref) else None
            if field is not None and field.numeric:
                lowest, greatest = field.bounds._replace(most=None), field.bounds._replace(least=None)
                for test in (*lowest.tests("MIN({})"), *greatest.tests("MAX({})")):
                    named.setdefault(test, []).append(formula.to_text(ref))
        return [test.format(", ".join(names)) for test, names in named.items()]

    def leaves(self, named: formula.Named, seen: frozenset[str] = frozenset()) -> list[Ref | Column]:
        """The typed fields below a computed one."""
        if isinstance(named, Column):
            return [named]
        if not isinstance(named, Ref) or named.name in seen:
            return []
        field = self.find(named)
        if field is None or field.expr is None:
            return [named] if field is None or field.constant is None else []
        deeper = seen | {named.name}
        below = (self.leaves(other, deeper) for other in formula.names(_from(named, field.expr)))
        return list(dict.fromkeys(leaf for found in below for leaf in found))


def _from(ref: Ref, expr: Expr) -> Expr:
    """The formula of a field of another form, as it reads from here."""
    if not ref.form:
        return expr
    return changed(expr, lambda named: named if isinstance(named, RowRef) or named.form else _at(named, ref.form))


def _at(named: Ref | Column, form: str) -> Ref | Column:
    return replace(named, form=form)


def with_names(text: str, names: Mapping[str, str]) -> str:
    """A formula with short names replaced by the full ones. Raises FormulaError."""

    def full(named: formula.Named) -> formula.Named:
        own = isinstance(named, Ref) and not named.form and named.name in names
        return Ref(names[named.name]) if own and isinstance(named, Ref) else named

    return formula.to_text(changed(formula.parse(text), full))


def changed(expr: Expr, change: Callable[[formula.Named], formula.Named]) -> Expr:
    """The formula with other names."""
    if isinstance(expr, Ref | Column | RowRef):
        return change(expr)
    return formula.mapped(expr, lambda part: changed(part, change))
