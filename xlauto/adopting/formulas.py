"""Formulas found in a bureau's cells -> the language of schemes, with names in place of addresses."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from xlauto import formula, roles
from xlauto.adopting.found import COMPUTED, INPUT, FormFound, Found, Matter, Taken
from xlauto.formula import Binary, Call, CellRef, Column, Expr, FormulaError, Percent, RangeRef, Ref, Unary
from xlauto.graphs import knots

Key = tuple[str, str]
"""A form's name and a field's."""
_MOST_STEPS = 40
_MOST_NAMES = 255
"""So many arguments a function takes in Excel."""
_LONGEST = 6000
"""Excel takes 8192 characters; names become longer when sheets are copied."""
_TAKES_MANY = frozenset({"SUM", "MIN", "MAX", "COUNT", "COUNTA", "AND", "OR"})


class _Unknown(Exception):
    """A formula uses what has no name; the message says what."""


def translate(found: Found) -> None:
    """Give every computed field its formula. One that is not understood becomes an input, and a matter to decide."""
    for form, one in found.every():
        if one.role != COMPUTED or one.formula:
            continue
        try:
            tree = _translated(formula.parse_found(one.box.cell.formula or ""), found, form)
            text = formula.to_text(tree)
            formula.parse(text)
            if len(text) > _LONGEST or len(tuple(formula.names(tree))) > _MOST_NAMES:
                raise _Unknown("用到的格太多")
            one.formula = text
        except (FormulaError, _Unknown) as error:
            _give_up(found, form, one, str(error).splitlines()[0])
    _break_rings(found)


def _give_up(found: Found, form: FormFound, one: Taken, reason: str) -> None:
    one.role, one.formula = INPUT, ""
    one.why = f"公式“={one.box.cell.formula}”没有看懂，按填报格读取"
    found.matters.append(Matter(form.sheet, one.box.ref, f"{one.why}：{reason}"))


def _break_rings(found: Found) -> None:
    """Formulas that come back to their own cell are none that anybody can work out, and a chain of very many steps is
    no form's."""
    fields = {(form.name, one.name): (form, one) for form, one in found.every() if one.formula}
    homes = [form.name for form in found.forms]
    uses = {key: list(_used(key, one, fields.keys(), homes)) for key, (_, one) in fields.items()}
    depth: dict[Key, int] = {}
    for ring in knots(uses, uses.__getitem__):
        key = ring[0]
        if len(ring) > 1 or key in uses[key]:
            for each in ring:
                depth[each] = 0
                _give_up(found, *fields[each], "绕成了圈，用到了自己的结果")
            continue
        depth[key] = 1 + max((depth[other] for other in uses[key]), default=0)
        if depth[key] > _MOST_STEPS:
            depth[key] = 0
            _give_up(found, *fields[key], f"要接连算{_MOST_STEPS}多步")


def _used(key: Key, one: Taken, fields: Collection[Key], homes: Sequence[str]) -> Iterator[Key]:
    """The fields with formulas that a formula names."""
    names = {name for name in formula.names(formula.parse(one.formula)) if isinstance(name, Ref)}
    for name in names:
        own = (name.form or key[0], name.name)
        yield from [own] if own in fields else [(home, name.name) for home in homes if (home, name.name) in fields]


def propose_scores(found: Found) -> None:
    """Where 执行率, its 得分 or 总分 were left blank, the formulas by which points are usually given."""
    for form in found.forms:
        by_name = {one.name: one for one in form.taken}
        for one in form.taken:
            row = one.name.partition(".")[0]
            if one.role == INPUT and one.column in (roles.RATE, roles.SCORE, roles.POINTS) and one.box.blank:
                formula_text = _usual(one, row, by_name, form)
                if formula_text:
                    one.role, one.formula, one.why = COMPUTED, formula_text, "原表是空格，按通行的办法补了公式"


def _usual(one: Taken, row: str, by_name: dict[str, Taken], form: FormFound) -> str:
    tables = form.tables
    if form.items and row == form.total:
        names = [f"{item.together or item.key}.{one.column}" for item in form.items]
        if one.column == roles.SCORE:
            names = [f"{item.key}.{one.column}" for item in form.items]
        return f"SUM({', '.join(dict.fromkeys(names))})"
    if row == roles.TOTAL and tables and one.column in (roles.SCORE, roles.POINTS):
        rates = [name for name, other in by_name.items() if other.column == one.column and name != one.name]
        columns = [f"{table.name}[{one.column}]" for table in tables if one.column in table.columns]
        return f"SUM({', '.join([*rates, *columns])})" if columns else ""
    budget = next((f"{row}.{key}" for key in ("全年预算数", "调整后预算数", "预算数") if f"{row}.{key}" in by_name), "")
    actual = next((f"{row}.{key}" for key in ("全年执行数", "执行数") if f"{row}.{key}" in by_name), "")
    if one.column == roles.RATE and budget and actual:
        return f'IF(N({budget}) = 0, "", ROUND({actual} / {budget}, 4))'
    rate, points = f"{row}.{roles.RATE}", f"{row}.{roles.POINTS}"
    if one.column == roles.SCORE and rate in by_name and points in by_name:
        return f'IF({rate} = "", "", ROUND({points} * MIN({rate}, 1), 2))'
    return ""


def _translated(expr: Expr, found: Found, home: FormFound) -> Expr:
    match expr:
        case CellRef():
            return _single(expr, found, home)
        case RangeRef():
            raise _Unknown(f"{expr.ref}在这里不能用一片单元格")
        case Binary(op, left, right):
            return Binary(op, _translated(left, found, home), _translated(right, found, home))
        case Unary(op, operand):
            return Unary(op, _translated(operand, found, home))
        case Percent(operand):
            return Percent(_translated(operand, found, home))
        case Call(name, args):
            many = name in _TAKES_MANY
            return Call(name, tuple(part for arg in args for part in _argument(arg, found, home, many=many)))
        case Ref():
            return _single(_address(expr, found), found, home)
    return expr


def _address(name: Ref, found: Found) -> CellRef:
    area = found.names.get(name.name.casefold())
    if area is None or not area.single:
        raise _Unknown(f"名称“{name.name}”不是一个单元格的名称")
    return CellRef(area.top, area.left, area.sheet)


def _argument(expr: Expr, found: Found, home: FormFound, *, many: bool) -> Iterator[Expr]:
    if many and isinstance(expr, RangeRef):
        yield from _range(expr, found, home)
    else:
        yield _translated(expr, found, home)


def _form_of(sheet: str, found: Found, home: FormFound) -> FormFound:
    if not sheet or sheet == home.sheet:
        return home
    form = next((form for form in found.forms if form.sheet == sheet), None)
    if form is None:
        raise _Unknown(f"工作表“{sheet}”没有采用")
    if form.repeats:
        raise _Unknown(f"“{sheet}”每个项目一张，不能指定其中一张")
    return form


def _reference(form: FormFound, home: FormFound, name: str) -> Ref:
    return Ref(name, "" if form is home else form.name)


def _single(expr: CellRef, found: Found, home: FormFound) -> Expr:
    form = _form_of(expr.sheet, found, home)
    one = form.at.get((expr.row, expr.col))
    if one is not None:
        return _reference(form, home, one.name)
    raise _Unknown(f"{expr.ref}不是填报格，也没有公式")


def _range(expr: RangeRef, found: Found, home: FormFound) -> Iterator[Expr]:
    """The fields within the area, in order; a column of a table as a whole."""
    form = _form_of(expr.sheet, found, home)
    used = 0
    for table in form.tables:
        for key, box in table.columns.items():
            if expr.left <= box.left <= expr.right and expr.top <= table.heading + 1 and expr.bottom >= table.last:
                used += 1
                yield Column(table.name, key, "" if form is home else form.name)
    for one in form.taken:
        if expr.top <= one.box.top <= expr.bottom and expr.left <= one.box.left <= expr.right:
            used += 1
            yield _reference(form, home, one.name)
    if not used:
        raise _Unknown(f"{expr.ref}里没有填报格")
