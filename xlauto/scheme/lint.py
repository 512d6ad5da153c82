"""A scheme's own faults: formulas that do not parse or name nothing, points that do not add up, bands with holes."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from xlauto import formula, roles
from xlauto.model import Finding, Level, Where
from xlauto.scheme.build import Check, Scheme
from xlauto.scheme.forms import Form, Table
from xlauto.scheme.layout import lay_out
from xlauto.scheme.lintscores import score_faults
from xlauto.scheme.lintwritten import known, names_from, unknown_names
from xlauto.scheme.load import load_scheme
from xlauto.scheme.located import among, meant, sentence
from xlauto.scheme.renew import OPEN
from xlauto.scheme.schema import ScoredDef
from xlauto.scheme.strict import SchemeError
from xlauto.values import show


def lint(scheme_id: str, extra: Sequence[Path] = (), kinds: Collection[str] = ()) -> list[Finding]:
    """All faults of one scheme. A scheme that cannot be loaded has one. `kinds` are the kinds of rules there are."""
    try:
        scheme = load_scheme(scheme_id, extra)
    except SchemeError as error:
        return [_fault(scheme_id, "", "套表01", str(error))]
    return [
        *_form_faults(scheme), *_circles(scheme), *_check_faults(scheme), *_kind_faults(scheme, kinds),
        *_scoring_faults(scheme), *score_faults(scheme), *_open_texts(scheme),
    ]  # fmt: skip


def _fault(scheme: str, form: str, code: str, fact: str, field: str = "", level: Level = Level.ERROR) -> Finding:
    return Finding(code=code, level=level, where=Where(scheme, form, "", form, field), fact=fact)


def _form_faults(scheme: Scheme) -> Iterator[Finding]:
    for form in scheme.forms.values():
        try:
            lay_out(form)
        except SchemeError as error:
            yield _fault(scheme.id, form.name, "套表01", str(error))
        told = set()
        for item in scheme.items.get(form.name, {}).values():
            for named, fact in unknown_names(scheme, item):
                told.add(named)
                yield _fault(scheme.id, form.name, "套表03", fact, item.key)
        for field in form.fields.values():
            if field.formula:
                yield from _formula_faults(scheme, form, field.name, field.formula, told)
                yield from _beyond_cells(scheme, form, field.name, field.formula)
            elif field.type == "选项" and not field.spec.choices and field.constant is None:
                yield _fault(scheme.id, form.name, "套表06", _without_choices(scheme, form, field.name), field.name)
        for table in form.tables.values():
            yield from _points_faults(scheme, form, table)


def _without_choices(scheme: Scheme, form: Form, name: str) -> str:
    """A drop-down list with nothing in it."""
    problem = f"“{name}”的 type 是选项，而没有 choices；请写出各个选项，如 choices: [是, 否]"
    if not any((folder / f"forms/{form.key}.yaml").exists() for folder in scheme.folders):
        return problem  # a form that is made from the items
    for block, definition in form.definition.blocks.items():
        for address, cell in (definition.grid or {}).items():
            if not isinstance(cell, str) and cell.field == name:
                return sentence(scheme.folders, ("forms", form.key, "blocks", block, "grid", address), problem)
    return problem


def _formula_faults(
    scheme: Scheme, form: Form, name: str, text: str, told: Collection[formula.Named] = ()
) -> Iterator[Finding]:
    """A formula that cannot be parsed, or that names what the scheme does not have and is not yet told."""
    try:
        expr = formula.parse(text)
    except formula.FormulaError as error:
        yield _fault(scheme.id, form.name, "套表02", f"公式有错：{error}", name)
        return
    for named in formula.names(expr):
        if named not in told and not known(scheme, form, named):
            written = formula.to_text(named)
            close = meant(written, names_from(scheme, form))
            yield _fault(scheme.id, form.name, "套表03", f"公式“{text}”里的“{written}”没有定义{close}", name)


def _beyond_cells(scheme: Scheme, form: Form, name: str, text: str) -> Iterator[Finding]:
    """A cell's formula that names a form of which there are many sheets: Excel has no name for all of them."""
    for named in _names(text):
        home = "" if isinstance(named, formula.RowRef) else named.form
        if home != form.name and home in scheme.forms and scheme.forms[home].repeats:
            fact = f"公式用到“{home}”，而这张表每个项目一份，单元格的公式不能引用；请改用审核规则或评分依据"
            yield _fault(scheme.id, form.name, "套表03", fact, name)


def _circles(scheme: Scheme) -> Iterator[Finding]:
    """Formulas that use their own result, directly or through others; one fault for each ring."""
    uses = {
        (form.name, field.name): [key for named in _names(field.formula) if (key := _home(scheme, form, named))]
        for form in scheme.forms.values()
        for field in form.fields.values()
        if field.formula
    }
    told: set[tuple[str, str]] = set()
    for start in uses:
        reached: set[tuple[str, str]] = set()
        ahead = list(uses[start])
        while ahead:
            key = ahead.pop()
            if key not in reached:
                reached.add(key)
                ahead += uses.get(key, ())
        if start in reached and start not in told:
            told |= reached
            yield _fault(scheme.id, start[0], "套表02", "公式绕成了圈：用到了自己的结果", start[1])


def _names(text: str) -> tuple[formula.Named, ...]:
    try:
        return tuple(formula.names(formula.parse(text)))
    except formula.FormulaError:
        return ()


def _home(scheme: Scheme, form: Form, named: formula.Named) -> tuple[str, str] | None:
    """The form and the field that a name stands for; None for columns of tables."""
    if not isinstance(named, formula.Ref):
        return None
    forms = [scheme.forms[named.form]] if named.form in scheme.forms else [form, *scheme.single_forms]
    return next(((home.name, named.name) for home in forms if named.name in home.fields), None)


def _points_faults(scheme: Scheme, form: Form, table: Table) -> Iterator[Finding]:
    """The groups' points and that of 执行率 make up the whole."""
    scored = scheme.scoring.scored.get(form.name)
    if scored is None or scored.table != table.name or f"{scored.rate}.{roles.SCORE}" not in form.fields:
        return
    rate = form.fields.get(f"{scored.rate}.{roles.POINTS}")
    own = Decimal(str(rate.constant)) if rate is not None and rate.constant is not None else Decimal(0)
    total = own + sum((Decimal(str(group.points or 0)) for group in table.definition.groups.values()), Decimal(0))
    due = Decimal(str(scheme.scoring.total_points))
    if total != due:
        yield _fault(
            scheme.id,
            form.name,
            "套表04",
            f"各一级指标与执行率的分值合计{show(total)}分，应为{show(due)}分",
            table.name,
        )


def _check_faults(scheme: Scheme) -> Iterator[Finding]:
    from xlauto.catalogue import entries

    for rule in scheme.checks:
        form = scheme.forms[rule.form]
        for text in (rule.that, rule.when):
            if text:
                yield from _formula_faults(scheme, form, rule.key, text)
        for code in (rule.code, *rule.definition.under):
            if code not in entries():
                yield _fault(scheme.id, form.name, "套表05", f"审核“{rule.key}”的代码“{code}”没有登记", rule.key)
        yield from _param_faults(scheme, form, rule)


def _param_faults(scheme: Scheme, form: Form, rule: Check) -> Iterator[Finding]:
    """Parameters that name fields, rows or tables which the form does not have."""
    params = rule.definition.params
    # A rule of kind 公式 may speak of a field that only some of its forms have (总分).
    everywhere = rule.definition.kind == "公式" and isinstance(rule.definition.form, list)
    forms = [scheme.forms[name] for name in rule.definition.form] if everywhere else [form]
    fields = {field.name for home in forms for field in home.fields.values()}
    rows = {name.split(".")[0] for name in fields}
    for name in params.get("fields", ()):
        if name not in fields:
            yield _fault(scheme.id, form.name, "套表03", f"审核“{rule.key}”：没有名称“{name}”", rule.key)
    for row in params.get("rows", ()):
        if row not in rows:
            yield _fault(scheme.id, form.name, "套表03", f"审核“{rule.key}”：没有“{row}”这一行", rule.key)
    if "table" in params and params["table"] not in form.tables:
        yield _fault(scheme.id, form.name, "套表03", f"审核“{rule.key}”：没有“{params['table']}”这张表", rule.key)


def _kind_faults(scheme: Scheme, kinds: Collection[str]) -> Iterator[Finding]:
    known = ("公式", *sorted(kinds))
    for key, check in scheme.definition.checks.items():
        if kinds and check.kind and check.kind not in known:
            problem = f"没有“{check.kind}”这种规则{among(check.kind, known)}"
            fact = sentence(scheme.folders, ("checks", key, "kind"), problem)
            yield _fault(scheme.id, "", "套表05", fact, key)


def _scoring_faults(scheme: Scheme) -> Iterator[Finding]:
    scoring = scheme.scoring
    bands = sorted(scoring.qualitative, key=lambda band: band.low)
    for lower, upper in itertools.pairwise(bands):
        if lower.high != upper.low:
            kind = "有空档" if lower.high < upper.low else "重叠"
            yield _fault(scheme.id, "", "套表06", f"定性档次“{lower.name}”与“{upper.name}”之间{kind}")
    if scoring.grades and min(grade.at_least for grade in scoring.grades) > 0:
        yield _fault(scheme.id, "", "套表06", "评价等次没有覆盖到0分")
    if scoring.unit_form and scoring.unit_form not in scoring.scored:
        yield _fault(scheme.id, "", "套表03", f"计分规则的 unit_form“{scoring.unit_form}”不在 scored 里")
    for form, scored in scoring.scored.items():
        lacking = _lacking(scheme.forms.get(form), form, scored, form in scheme.items)
        yield from (_fault(scheme.id, form, "套表03", fact) for fact in lacking)


def _open_texts(scheme: Scheme) -> Iterator[Finding]:
    """What a new scheme still leaves to be filled in; it would be printed in every unit's workbook."""
    for text in (scheme.definition.title, *scheme.definition.source, *scheme.definition.instructions):
        if OPEN in text:
            yield _fault(scheme.id, "", "套表10", f"“{text}”还没有填", level=Level.WARNING)


def _lacking(form: Form | None, name: str, scored: ScoredDef, by_items: bool) -> Iterator[str]:
    """What a scored form has not, though the scoring needs it."""
    if form is None:
        yield f"计分规则里的表“{name}”不存在"
        return
    if by_items:
        return
    if f"{scored.rate}.{roles.SCORE}" not in form.fields:
        yield f"计分规则里的“{scored.rate}.得分”不存在"
    if scored.table not in form.tables:
        yield f"计分规则里的“{scored.table}”不存在"
        return
    for column in roles.INDICATOR_COLUMNS:
        if column not in form.tables[scored.table].columns:
            yield f"计分的“{scored.table}”没有“{column}”这一列"
