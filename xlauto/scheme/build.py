"""A checked SchemeDef -> the Scheme that the program works with: words put in, formulas bound, checks expanded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from xlauto import roles
from xlauto.formula import Ref
from xlauto.model import Level
from xlauto.scheme.forms import Form, make_form
from xlauto.scheme.grades import Scores, graded, with_grades
from xlauto.scheme.items import Item, finished, printed_points, shape
from xlauto.scheme.located import told_where
from xlauto.scheme.needs import Fields
from xlauto.scheme.schema import CheckDef, SchemeDef, ScoringDef
from xlauto.scheme.scoreforms import with_score_forms
from xlauto.scheme.strict import SchemeError

__all__ = ["Check", "Scheme", "SchemeError", "build"]


@dataclass(frozen=True)
class Check:
    """One rule of checks.yaml for one form. A rule with `{列}` has become one Check per column."""

    key: str
    form: str
    column: str
    definition: CheckDef
    that: str
    when: str

    @property
    def code(self) -> str:
        return self.definition.code

    @property
    def level(self) -> Level:
        return Level(self.definition.level)


@dataclass(frozen=True)
class Scheme:
    """A jurisdiction's and year's forms, checks and scoring. `folders` lists its own folder and its parents'."""

    definition: SchemeDef
    folders: tuple[Path, ...]
    forms: Mapping[str, Form]
    checks: tuple[Check, ...]
    items: Mapping[str, Mapping[str, Item]] = field(default_factory=dict)
    """The items of each score table, by form and key."""

    @property
    def id(self) -> str:
        return self.definition.id

    @property
    def year(self) -> int:
        return self.definition.year

    @property
    def mark(self) -> str:
        """What a workbook carries to say which scheme it follows."""
        return f"{self.definition.id}@{self.definition.version}"

    @property
    def scoring(self) -> ScoringDef:
        return self.definition.scoring

    @property
    def folder(self) -> Path:
        return self.folders[0]

    @cached_property
    def single_forms(self) -> tuple[Form, ...]:
        return tuple(form for form in self.forms.values() if not form.repeats)

    @cached_property
    def repeating_forms(self) -> tuple[Form, ...]:
        return tuple(form for form in self.forms.values() if form.repeats)

    def every_item(self) -> Iterator[Item]:
        for items in self.items.values():
            yield from items.values()

    def open_groups(self, form: str) -> Mapping[str, Decimal]:
        """The printed points of each 一级指标 in which the unit sets points itself, by its label."""
        labels = [item.definition.under[0] for item in self.items.get(form, {}).values()
                  if item.points is None and item.definition.under]  # fmt: skip
        printed = {label: printed_points(label) for label in labels}
        return {label: points for label, points in printed.items() if points is not None}

    def grade(self, total: Any) -> str:
        """The grade that a total earns; empty when the scheme has none."""
        bands = sorted(self.scoring.grades, key=lambda grade: -grade.at_least)
        return next((grade.name for grade in bands if total >= grade.at_least), "")


def build(definition: SchemeDef, folders: tuple[Path, ...]) -> Scheme:
    """Raises SchemeError naming file and line, form, check or key."""
    with told_where(folders):
        return _built(definition, folders)


def _built(definition: SchemeDef, folders: tuple[Path, ...]) -> Scheme:
    words = scheme_words(definition)
    definition = msgspec.convert(_expand(msgspec.to_builtins(definition), words), SchemeDef)
    shapes = {form: {key: shape(form, key, item) for key, item in items.items()}
              for form, items in definition.scoring.items.items()}  # fmt: skip
    made = with_score_forms(definition.forms, definition.scoring, shapes)
    definition = msgspec.structs.replace(definition, forms=made)
    forms: dict[str, Form] = {}
    for key, form in definition.forms.items():
        if form.form in forms:
            raise SchemeError(f"套表“{definition.id}”：表名“{form.form}”重复")
        forms[form.form] = make_form(key, form)
    forms = _with_either_sign(forms, definition.checks.values())
    items = {form: {key: finished(item, Fields(forms, forms[form]).needs) for key, item in found.items()}
             for form, found in shapes.items()}  # fmt: skip
    totals = {name: _totals(form, forms, definition.scoring, items) for name, form in forms.items()}
    forms = {
        name: _with_rules(form, definition.scoring, items.get(name, {}), totals[name]) for name, form in forms.items()
    }
    checks = tuple(
        check for key, item in definition.checks.items() for check in _checks(key, item, forms, definition.scoring)
    )
    _refuse_circle(definition)
    return Scheme(definition, folders, forms, checks, items)


def _with_either_sign(forms: Mapping[str, Form], checks: Iterable[CheckDef]) -> dict[str, Form]:
    """The forms with no lower bound for the figures of the rows that a check excepts from it."""
    made = dict(forms)
    for check in checks:
        rows = check.params.get("except", ()) if check.kind == "负数" else ()
        for name in [check.form] if isinstance(check.form, str) else check.form:
            if rows and name in made:
                either = {key: replace(field, bounds=field.bounds._replace(least=None))
                          for key, field in made[name].fields.items() if field.row in rows}  # fmt: skip
                made[name] = replace(made[name], fields={**made[name].fields, **either})
    return made


def _totals(
    home: Form, forms: Mapping[str, Form], scoring: ScoringDef, items: Mapping[str, Mapping[str, Item]]
) -> Scores:
    """The totals of score tables that a form may name, each with the scores that it adds up."""
    found: dict[Ref, list[Ref]] = {}
    for name, scored in scoring.scored.items():
        total, own = f"{scored.total}.{roles.SCORE}", [item.score_name for item in items.get(name, {}).values()]
        if name == home.name:
            found[Ref(total)] = [Ref(score) for score in own]
        elif name in forms and not forms[name].repeats:
            found[Ref(total, name)] = elsewhere = [Ref(score, name) for score in own]
            found.setdefault(Ref(total), elsewhere)
    return {total: scores for total, scores in found.items() if scores}


def _with_rules(form: Form, scoring: ScoringDef, items: Mapping[str, Item], totals: Scores) -> Form:
    """The form with the rules' formulas in its scores, and what 等次() and 齐全() stand for."""
    fields = dict(form.fields)
    for item in items.values():
        if item.score_name not in fields:
            problem = f"表“{form.name}”没有“{item.score_name}”，而计分规则的 items 里有“{item.key}”"
            raise SchemeError(problem, ("scoring", "items", form.name, item.key))
        score = fields[item.score_name]
        if score.formula:
            raise SchemeError(f"表“{form.name}”的“{item.score_name}”：公式由计分规则生成，不要另写 is")
        fields[item.score_name] = replace(score, formula=item.formula, item=True)
    scored = scoring.scored.get(form.name)
    if scored is not None and scored.grade:
        if scored.grade not in fields:
            raise SchemeError(f"表“{form.name}”没有“{scored.grade}”，而计分规则的 grade 是它")
        names = [item.score_name for item in items.values()]
        fields[scored.grade] = replace(fields[scored.grade], formula=graded(scoring.grades, scored.total, names))
    for name, found in fields.items():
        if (written_out := with_grades(found.formula, scoring.grades, totals)) != found.formula:
            fields[name] = replace(found, formula=written_out)
    return replace(form, fields=fields)


def _refuse_circle(definition: SchemeDef) -> None:
    """`under` must not lead back to the code that it starts from."""
    under = {check.code: check.under for check in definition.checks.values() if check.under}
    for start in under:
        reached, ahead = set(), list(under[start])
        while ahead:
            code = ahead.pop()
            if code == start:
                raise SchemeError(f"套表“{definition.id}”：审核代码“{start}”的 under 绕成了圈")
            if code not in reached:
                reached.add(code)
                ahead += under.get(code, [])


def scheme_words(definition: SchemeDef) -> dict[str, str]:
    """What `{…}` stands for in the scheme's texts and formulas."""
    words = {"单位": definition.unit, "地区": definition.jurisdiction, "年": str(definition.year)}
    words.update({f"年{step:+d}": str(definition.year + step) for step in (-2, -1, 1)})
    return words | definition.words


def _expand(data: Any, words: Mapping[str, str]) -> Any:
    """Put words in for `{…}`; unknown ones (`{列}`, those of messages) stay."""
    if isinstance(data, str):
        return re.sub(r"\{([^{}]+)\}", lambda match: words.get(match[1], match[0]), data) if "{" in data else data
    if isinstance(data, dict):
        return {key: _expand(value, words) for key, value in data.items()}
    return [_expand(value, words) for value in data] if isinstance(data, list) else data


def _checks(key: str, item: CheckDef, forms: Mapping[str, Form], scoring: ScoringDef) -> list[Check]:
    """One check per form, or one for each column that all rows it names have."""
    if not item.that and not item.kind:
        raise SchemeError(f"审核“{key}”：that 和 kind 至少要有一个")
    checks: list[Check] = []
    for form in [item.form] if isinstance(item.form, str) else item.form:
        if form not in forms:
            raise SchemeError(f"审核“{key}”：没有“{form}”这张表；现有：{'、'.join(forms)}")
        for column in _columns(key, item, forms[form]) if "{列}" in item.that else [""]:
            texts = (item.that.replace("{列}", column), item.when.replace("{列}", column))
            that, when = (with_grades(text, scoring.grades) if "等次" in text else text for text in texts)
            checks.append(Check(key, form, column, item, that, when))
    return checks


def _columns(key: str, item: CheckDef, form: Form) -> list[str]:
    """The columns that all rows named with `{列}` have."""
    rows = re.findall(r"(?<![!\w])(\w+)\.\{列\}", item.that)
    columns = [
        column
        for column in dict.fromkeys(field.column for field in form.fields.values() if field.column)
        if all(f"{row}.{column}" in form.fields for row in rows)
    ]
    if not columns:
        raise SchemeError(f"审核“{key}”：{form.name}没有同时含{'、'.join(rows)}的列")
    return columns
