"""A unit's figures as published, all of them texts, by form and field. What the texts mean is decided by values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xlauto import roles, yamlfile
from xlauto.scheme.build import Scheme
from xlauto.scheme.forms import Field, Form, Table, name_field
from xlauto.yamlfile import YamlError


@dataclass(frozen=True)
class FormFigures:
    """One sheet's figures. A field of repeating rows has one text per row; a table's rows are in column order,
    and cells missing at the end of a row are blank. A field that is absent has not been stated at all."""

    values: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    tables: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)

    def text(self, name: str, row: int = 0) -> str | None:
        """What the field states, in the given repeating row; None if nothing was stated."""
        value = self.values.get(name)
        if value is None or isinstance(value, str):
            return value if row == 0 else None
        return value[row] if row < len(value) else None


@dataclass(frozen=True)
class Figures:
    """A unit's forms by form name: one FormFigures per sheet, several of a repeating form.

    `texts` says where the unit's printed form has another wording than the scheme's.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, tuple[FormFigures, ...]] = field(default_factory=dict)

    def sheets(self, form: Form) -> tuple[FormFigures, ...]:
        """The figures of each sheet that the form has: of a form that does not repeat always exactly one."""
        return self.forms.get(form.name, () if form.repeats else (FormFigures(),))


def blank(scheme: Scheme, unit_name: str, unit_code: str, projects: int | Sequence[str] = 1) -> Figures:
    """Nothing filled in but the unit, with one sheet of each repeating form per project: a number or their names."""
    names = [""] * projects if isinstance(projects, int) else list(projects)
    forms = {form.name: tuple(_named_sheet(form, name) for name in names) for form in scheme.repeating_forms}
    unit = {name: text for name, text in ((roles.UNIT_NAME, unit_name), (roles.UNIT_CODE, unit_code)) if text}
    for form in scheme.single_forms:
        if unit.keys() & form.fields.keys():
            forms[form.name] = (FormFigures(unit),)
    return Figures(forms=forms)


def _named_sheet(form: Form, name: str) -> FormFigures:
    return FormFigures({form.definition.per: name} if name and form.definition.per else {})


def read_sample(path: Path, scheme: Scheme) -> Figures:
    """The figures of a samples/*.yaml. Raises YamlError with file, line and key."""
    data = yamlfile.load(path, as_text=True)
    if not isinstance(data, dict):
        raise YamlError(f"{path}：应当是“表名: 填报内容”的形式")
    return _Reader(path, scheme).read(data)


class _Reader:
    """Reads one file; `keys` of a refusal say where in it."""

    def __init__(self, path: Path, scheme: Scheme) -> None:
        self.path, self.scheme = path, scheme

    def read(self, data: Mapping[str, Any]) -> Figures:
        texts: Mapping[str, str] = {}
        forms: dict[str, tuple[FormFigures, ...]] = {}
        for key, value in data.items():
            if key == "texts":
                texts = self._texts(value)
            elif key in self.scheme.forms:
                forms[key] = tuple(self._sheets(key, value))
            else:
                raise self._refusal((key,), f"没有“{key}”这张表；现有：{'、'.join(self.scheme.forms)}")
        return Figures(texts, forms)

    def _texts(self, value: Any) -> Mapping[str, str]:
        if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
            raise self._refusal(("texts",), "应当是“表样文字: 本单位文字”的形式")
        return value

    def _sheets(self, name: str, value: Any) -> Iterator[FormFigures]:
        form = self.scheme.forms[name]
        if form.repeats != isinstance(value, list):
            raise self._refusal((name,), "每个项目一段，以“-”开头" if form.repeats else "这张表只有一份，不要写成列表")
        if form.repeats:
            for number, sheet in enumerate(value):
                yield self._sheet(form, sheet, (name, number))
        else:
            yield self._sheet(form, value, (name,))

    def _sheet(self, form: Form, data: Any, keys: tuple[str | int, ...]) -> FormFigures:
        if not isinstance(data, dict):
            raise self._refusal(keys, "应当是“项目: 数”的形式")
        values: dict[str, str | tuple[str, ...]] = {}
        tables: dict[str, tuple[tuple[str, ...], ...]] = {}
        for key, value in data.items():
            if key in form.tables:
                tables[key] = tuple(self._table(form.tables[key], value, (*keys, key)))
            else:
                values.update(self._stated(form, key, value, (*keys, key)))
        return FormFigures(values, tables)

    def _stated(
        self, form: Form, key: str, value: Any, keys: tuple[str | int, ...]
    ) -> Mapping[str, str | tuple[str, ...]]:
        """A field's text, or the texts of all fields of a row."""
        if key in form.fields:
            if not isinstance(value, str):
                raise self._refusal(keys, "应当是一个数或一段文字")
            return {key: (value,) if form.fields[key].repeats else value}
        if isinstance(value, dict):
            return self._by_column(form, key, value, keys)
        row = row_fields(form, key)
        if not row:
            raise self._refusal(keys, f"{form.name}没有“{key}”")
        if not isinstance(value, list):
            raise self._refusal(keys, "应当是一行数：[…, …]")
        if not row[0].repeats:
            return dict(zip((item.name for item in row), self._row(row, value, keys), strict=True))
        rows = [self._row(row, line, (*keys, number)) for number, line in enumerate(value)]
        return {item.name: tuple(line[at] for line in rows) for at, item in enumerate(row)}

    def _by_column(
        self, form: Form, key: str, value: Mapping[str, Any], keys: tuple[str | int, ...]
    ) -> Mapping[str, str]:
        for column, text in value.items():
            if f"{key}.{column}" not in form.fields:
                raise self._refusal((*keys, column), f"{form.name}没有“{key}.{column}”")
            if not isinstance(text, str):
                raise self._refusal((*keys, column), "应当是一个数或一段文字")
        return {f"{key}.{column}": text for column, text in value.items()}

    def _row(self, row: Sequence[Field], value: Any, keys: tuple[str | int, ...]) -> list[str]:
        columns = "、".join(item.column for item in row)
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise self._refusal(keys, f"应当是一行数，依次为{columns}")
        if len(value) != len(row):
            raise self._refusal(keys, f"有{len(value)}个数，应为{len(row)}个：{columns}")
        return value

    def _table(self, table: Table, value: Any, keys: tuple[str | int, ...]) -> Iterator[tuple[str, ...]]:
        if not isinstance(value, list):
            raise self._refusal(keys, "应当是若干行，每行以“-”开头")
        for number, line in enumerate(value):
            here = (*keys, number)
            if not isinstance(line, list) or not all(isinstance(text, str) for text in line):
                raise self._refusal(here, f"应当是一行：{'、'.join(table.columns)}")
            if len(line) > len(table.columns):
                raise self._refusal(here, f"有{len(line)}格，最多{len(table.columns)}格：{'、'.join(table.columns)}")
            if not line or table.group_key(line[0]) is None:
                first, groups = (line or [""])[0], "、".join(table.definition.groups)
                raise self._refusal(here, f"没有“{first}”这个一级指标；现有：{groups}")
            yield tuple(line)

    def _refusal(self, keys: tuple[str | int, ...], problem: str) -> YamlError:
        line = yamlfile.line_of(self.path, keys)
        shown = " → ".join(f"第{key + 1}个" if isinstance(key, int) else key for key in keys)
        return YamlError(f"{self.path} 第{line}行 {shown}：{problem}")


def row_fields(form: Form, row: str) -> list[Field]:
    """The fields of a matrix's row that a plain list states, in column order: those of columns that every row has."""
    for _, block in form.blocks:
        if block.matrix is not None and row in block.matrix.rows:
            names = [name_field(row)] if block.matrix.rows[row].names else []
            names += [f"{row}.{key}" for key, column in block.matrix.columns.items() if not column.only]
            return [form.fields[name] for name in names if name in form.fields]
    return []


_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]+")
_LONGEST_SHEET_NAME = 31


def sheet_names(scheme: Scheme, figures: Figures) -> dict[str, tuple[str, ...]]:
    """The name of each form's sheets, in order: `基础数据表`, `项目01 公车管理专项经费`."""
    return {form.name: tuple(_sheet_names(form, figures.sheets(form))) for form in scheme.forms.values()}


def _sheet_names(form: Form, sheets: Sequence[FormFigures]) -> Iterator[str]:
    if not form.repeats:
        yield form.sheet
        return
    digits = max(2, len(str(len(sheets))))
    for number, sheet in enumerate(sheets, 1):
        title = sheet.text(form.definition.per) or ""
        yield safe_title(f"{form.sheet}{number:0{digits}d} {title}")


def safe_title(title: str) -> str:
    """A sheet name that Excel takes: no forbidden characters, at most 31 units of UTF-16, no `'` at either end."""
    bare = " ".join(_FORBIDDEN.sub(" ", title).split()).strip("' ")
    while len(bare.encode("utf-16-le")) > 2 * _LONGEST_SHEET_NAME:
        bare = bare[:-1]
    return bare.strip("' ")
