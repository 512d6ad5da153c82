"""The summed tables: a row per unit or project, and 数据来源 with the file, sheet and cell of each figure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from xlauto.consolidate.columns import Key, figure_columns, key_of, printed_order, united
from xlauto.consolidate.extract import funds_form, is_project_total, money_unit, summed_forms
from xlauto.consolidate.results import Figure, Project, Receipt, Unit
from xlauto.consolidate.tables import FUNDS, PROJECTS, SOURCES, Column, Content, Links, Table
from xlauto.scheme import Scheme
from xlauto.scheme.forms import Field, Form


class Accepted(NamedTuple):
    """An accepted file with its unit."""

    receipt: Receipt
    unit: Unit


class Summed(NamedTuple):
    """A summed table, the keys of its figure columns, of which the first stands in column `first`, and the figures
    that its rows show, all of these forms."""

    table: Table
    keys: Sequence[Key]
    first: int
    figures: Sequence[Mapping[Key, Figure]]
    forms: Sequence[str]

    @property
    def labels(self) -> dict[Key, str]:
        """What the summary calls each figure: `三公经费·2023年决算数`."""
        columns = self.table.columns[self.first - 1 :]
        return {
            key: "·".join(part for part in (column.group, column.heading) if part)
            for key, column in zip(self.keys, columns, strict=False)
        }


def schemes_of(accepted: Iterable[Accepted]) -> list[Scheme]:
    """The schemes in use, in the order of their ids."""
    return sorted({item.unit.scheme.mark: item.unit.scheme for item in accepted}.values(), key=lambda s: s.mark)


def money_of(accepted: Iterable[Accepted]) -> str:
    """The unit that all their amounts are stated in; empty if they state none."""
    return next(filter(None, map(money_unit, schemes_of(accepted))), "")


def base_tables(accepted: Sequence[Accepted], links: Links) -> list[Summed]:
    """基础数据汇总, and one such table for every other form that holds amounts and is not scored."""
    schemes = schemes_of(accepted)
    forms = dict.fromkeys(f.name for s in schemes for f in summed_forms(s) if f.name != s.scoring.unit_form)
    return [
        _unit_table(f"{form.removesuffix('表')}汇总", f"{form.removesuffix('表')}汇总表", [form], accepted, links)
        for form in forms
    ]


def funds_table(accepted: Sequence[Accepted], links: Links) -> Summed | None:
    """自评资金汇总: the funds of the form whose score stands for the unit; None if no scheme has such a form."""
    forms = {scheme.id: form for scheme in schemes_of(accepted) if (form := funds_form(scheme)) is not None}
    if not forms:
        return None
    names = list(dict.fromkeys(form.name for form in forms.values()))
    summed = _unit_table(FUNDS, "部门整体支出自评资金汇总表", names, accepted, links)
    for scheme_id, form in forms.items():
        note = form.definition.summary_note
        summed.table.note += f"；{scheme_id}：{note}" if note else ""
    return summed


def project_table(accepted: Sequence[Accepted], links: Links) -> Summed:
    """项目汇总: of each project the total of its funds, its 执行率 and its scores."""
    schemes = schemes_of(accepted)
    fields = united(schemes, _project_fields)
    shown = [(item, project) for item in accepted for project in item.unit.projects]
    figures = [_known(project.figures.values(), item.unit.scheme, fields) for item, project in shown]
    note = f"{_money_note(accepted)}共{len(shown)}个项目"
    table = Table(name=PROJECTS, title="项目支出自评汇总表", note=note, columns=[], frozen=4, totalled=True)
    for number, ((item, project), row) in enumerate(zip(shown, figures, strict=True), 1):
        table.rows.append(_project_row(number, item, project, _values(row, fields), links))
    lead = [*_unit_columns(False), Column(heading="项目名称", width=30), Column(heading="主管部门", width=20)]
    table.columns = [*lead, *figure_columns(fields, figures, len(lead) + 1, table.total_row)]
    table.columns += [
        Column(heading="自评得分", width=9, type="分值"),
        Column(heading="系统计分", width=9, type="分值"),
        Column(heading="差异", width=8, type="分值"),
        Column(heading="工作表", width=28),
    ]
    table.printed = len(table.columns) - 1
    forms = list(dict.fromkeys(form.name for scheme in schemes for form in scheme.repeating_forms))
    return Summed(table, list(fields), len(lead) + 1, figures, forms)


def source_table(accepted: Sequence[Accepted], summed: Sequence[Summed], links: Links) -> Table:
    """数据来源: one row per figure, from the summary's column back to the cell."""
    table = Table(
        name=SOURCES, title="数据来源", note="各汇总表每个数字的出处；点“单元格”打开单位的工作簿", frozen=2,
        columns=[
            Column(heading="单位代码", width=12), Column(heading="单位名称", width=30),
            Column(heading="工作表", width=28), Column(heading="项目", width=34), Column(heading="名称", width=26),
            Column(heading="数值", width=14, type="数值"), Column(heading="单元格", width=12, type="居中"),
            Column(heading="文件", width=36),
        ],
    )  # fmt: skip
    labels = {(form, key): label for part in summed for form in part.forms for key, label in part.labels.items()}
    for item in accepted:
        receipt, scheme = item.receipt, item.unit.scheme
        for figure in _all_figures(item.unit):
            if figure.value is None:
                continue
            label = labels[figure.form, key_of(scheme.forms[figure.form].fields[figure.field], scheme)]
            table.rows.append((
                receipt.code, receipt.name, figure.sheet, label, figure.field, figure.value,
                links.cell(receipt.path, figure.sheet, figure.cells, figure.cells), receipt.label,
            ))  # fmt: skip
    return table


def _all_figures(unit: Unit) -> Iterator[Figure]:
    yield from unit.figures.values()
    for project in unit.projects:
        yield from project.figures.values()


def _unit_table(name: str, title: str, forms: Sequence[str], accepted: Sequence[Accepted], links: Links) -> Summed:
    schemes = schemes_of(accepted)
    fields = united(schemes, lambda scheme: _numeric(scheme.forms[form] for form in forms if form in scheme.forms))
    own = ([figure for figure in item.unit.figures.values() if figure.form in forms] for item in accepted)
    figures = [_known(mine, item.unit.scheme, fields) for mine, item in zip(own, accepted, strict=True)]
    several = len(schemes) > 1
    note = f"{_money_note(accepted)}共{len(accepted)}家单位"
    table = Table(name=name, title=title, note=note, columns=[], totalled=True)
    for number, (item, row) in enumerate(zip(accepted, figures, strict=True), 1):
        table.rows.append(_unit_row(number, item, several, _values(row, fields), links))
    lead = _unit_columns(several)
    table.columns = [*lead, *figure_columns(fields, figures, len(lead) + 1, table.total_row)]
    table.printed = len(table.columns)
    table.columns.append(Column(heading="文件", width=34))
    return Summed(table, list(fields), len(lead) + 1, figures, forms)


def _money_note(accepted: Sequence[Accepted]) -> str:
    money = money_of(accepted)
    return f"金额单位：{money}；" if money else ""


def _unit_columns(several: bool) -> list[Column]:
    columns = [Column(heading="序号", width=5, type="序号"), Column(heading="单位代码", width=10)]
    columns.append(Column(heading="单位名称", width=24))
    return [*columns, Column(heading="套表", width=15)] if several else columns


def _unit_row(number: int, item: Accepted, several: bool, values: Sequence[Content], links: Links) -> list[Content]:
    receipt = item.receipt
    scheme = [item.unit.scheme.id] if several else []
    return [number, receipt.code, receipt.name, *scheme, *values, links.file(receipt.path, receipt.label)]


def _project_row(
    number: int, item: Accepted, project: Project, values: Sequence[Content], links: Links
) -> list[Content]:
    receipt, both = item.receipt, (project.stated, project.computed)
    difference = None if both[0] is None or both[1] is None else both[0] - both[1]
    title = project.title or project.sheet
    sheet = links.cell(receipt.path, project.sheet, "A1", project.sheet)
    return [number, receipt.code, receipt.name, title, project.department, *values, *both, difference, sheet]


def _values(row: Mapping[Key, Figure], fields: Iterable[Key]) -> list[Content]:
    return [row[key].value if key in row else None for key in fields]


def _known(figures: Iterable[Figure], scheme: Scheme, fields: Mapping[Key, Field]) -> dict[Key, Figure]:
    """The figures that have a column."""
    keyed = {key_of(scheme.forms[figure.form].fields[figure.field], scheme): figure for figure in figures}
    return {key: figure for key, figure in keyed.items() if key in fields}


def _numeric(forms: Iterable[Form]) -> Iterator[Field]:
    return (field for form in forms for field in printed_order(form) if field.numeric and field.type != "分值")


def _project_fields(scheme: Scheme) -> Iterator[Field]:
    for form in scheme.repeating_forms:
        yield from (field for field in _numeric([form]) if is_project_total(scheme, form, field.name))
