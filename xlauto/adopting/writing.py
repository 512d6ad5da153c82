"""What was found -> a scheme's YAML files, for people to read and to go on with."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from xlauto import formula, roles
from xlauto.adopting.found import COMPUTED, FIXED, INPUT, FormFound, Found, TableFound, Taken
from xlauto.adopting.naming import plain, with_words
from xlauto.adopting.tables import FIRST, SECOND
from xlauto.scheme.build import Scheme
from xlauto.scheme.renew import OPEN
from xlauto.scheme.yamledit import quoted

COVER_STEM = "封面"
_THIS_YEAR = "{年}"
_GENERAL = "公式16"
"""The code of a formula of the bureau's own."""


def scheme_yaml(found: Found, scheme_id: str, year: int, title: str, jurisdiction: str, file: str) -> str:
    source = " ".join(file.split())
    forms = [form.name for form in found.forms]
    if roles.COVER not in forms:
        forms.insert(0, COVER_STEM)
    lines = [
        f"# 由“{source}”采用。模板就是原表（原表.xlsx），程序只加上名称、标记和列表；表样的位置是原表的单元格。",
        "# 采用时怎样理解、哪些要由人决定，见采用说明.md。改过之后运行 scheme lint、scheme build。",
        f"id: {quoted(scheme_id)}",
        f"title: {quoted(title)}",
        'version: "1"',
        f"year: {year}",
        f"jurisdiction: {quoted(jurisdiction)}",
        "template: 自带",
        *([f"hidden: [{', '.join(map(quoted, found.hidden))}]"] if found.hidden else []),
        f"unit: {found.unit}",
        "source:",
        f"  - {quoted(OPEN + f'{year}年度绩效自评通知的文号和名称')}",
        f"forms: [{', '.join(map(quoted, forms))}]",
    ]
    return "\n".join(lines) + "\n"


def cover_yaml(sheets: list[str]) -> str:
    """A cover for a workbook that asks nowhere for both the unit's name and its code."""
    present = {name.casefold() for name in sheets}
    sheet = next(
        name for name in itertools.chain(("封面",), map("封面{}".format, itertools.count(2))) if name not in present
    )
    return (
        f"# 原表没有单位名称和单位代码的填报格，另加这一张。\n"
        f"form: 封面\ntitle: 封面\nsheet: {sheet}\nwidths: {{A: 16, B: 44}}\nblocks:\n  单位:\n    top: 1\n    grid:\n"
        f"      A1: 单位名称\n      B1: {{field: 单位名称, required: true, none: false}}\n"
        f"      A2: 单位代码\n      B2: {{field: 单位代码, type: 代码, required: true, none: false}}\n"
        f'      A3: 年度\n      B3: {{field: 年度, type: 数量, value: "{{年}}"}}\n'
    )


def form_yaml(form: FormFound, year: int) -> str:
    lines = [
        f"form: {quoted(form.name)}",
        f"title: {quoted(with_words(form.title, year))}",
        f"sheet: {quoted(form.sheet, always=True)}",
    ]
    if form.repeats:
        lines += ["repeats: true", f"per: {quoted(form.per)}"]
    lines.append("widths: {" + ", ".join(f"{letters}: {width:g}" for letters, width in form.widths.items()) + "}")
    if form.system:
        lines.append("system: {" + ", ".join(f"{title}: {letters}" for title, letters in form.system.items()) + "}")
    lines.append("blocks:")
    framed, bare = _cells(form, year)
    if bare:
        lines += ["  框外:", "    top: 1", "    border: false", "    grid:", *bare]
    if framed:
        lines += ["  版面:", "    top: 1", "    grid:", *framed]
    for table in form.tables:
        lines += _table(table, year)
    return "\n".join(lines) + "\n"


def _cells(form: FormFound, year: int) -> tuple[list[str], list[str]]:
    """The lines of the grid: of boxes with a frame, and of those without, each in reading order."""
    lines: list[tuple[int, int, bool, str]] = []
    for label in form.labels:
        text = with_words(label.text, year)
        look = ", look: line" if label.ref in form.lines else ""
        shown = f"{{text: {quoted(text)}{look}}}" if look else quoted(text)
        lines.append((label.top, label.left, label.look.sides >= 2, f"      {label.ref}: {shown}"))
    for one in form.taken:
        lines.append((one.box.top, one.box.left, one.box.look.sides >= 2, f"      {one.box.ref}: {_field(one, year)}"))
    lines.sort()
    framed = [line for _, _, inside, line in lines if inside or not form.bordered]
    return framed, [line for _, _, inside, line in lines if not inside and form.bordered]


def _field(one: Taken, year: int) -> str:
    parts = [f"field: {quoted(one.name)}"]
    if one.type != "文本":
        parts.append(f"type: {one.type}")
    if one.role == COMPUTED:
        parts.append(f"is: {quoted(one.formula)}")
    if one.role == FIXED:
        this_year = one.value == str(year) and "年度" in (one.row, one.column)
        parts.append(f"value: {quoted(_THIS_YEAR) if this_year else one.value}")
    if one.prefix:
        parts.append(f"prefix: {quoted(one.prefix)}")
    if one.box.choices and one.role == INPUT:
        parts.append(f"choices: {json.dumps(list(one.box.choices), ensure_ascii=False)}")
    if one.name in (roles.UNIT_NAME, roles.UNIT_CODE):
        parts.append("required: true, none: false")
    elif one.required:
        parts.append("required: true")
    return "{" + ", ".join(parts) + "}"


_COLUMN_TYPES = {
    FIRST: "层级", SECOND: "层级", roles.TARGET: "指标值", roles.ACTUAL: "完成值", roles.POINTS: "分值",
    roles.SCORE: "分值",
}  # fmt: skip


def _table(table: TableFound, year: int) -> Iterator[str]:
    yield f"  {quoted(table.name)}:"
    yield f"    top: {table.heading}"
    yield "    table:"
    yield "      columns:"
    for key, box in table.columns.items():
        heading = "" if box.text == key else f", heading: {quoted(with_words(box.text, year))}"
        type_ = f", type: {_COLUMN_TYPES[key]}" if key in _COLUMN_TYPES else ""
        yield f"        {quoted(key)}: {{at: {quoted(box.at)}{heading}{type_}}}"
    yield "      groups:"
    for key, group in table.groups.items():
        rows = ", ".join(f"{quoted(kind, always=not kind)}: {count}" for kind, count in group.rows.items())
        points = f"points: {plain(group.points)}, " if group.points else ""
        usual = f"{key}（{plain(group.points)}分）" if group.points else key
        label = "" if group.label == usual else f", label: {quoted(group.label)}"
        yield f"        {quoted(key)}: {{{points}rows: {{{rows}}}{label}}}"


def scoring_yaml(found: Found, rules: Scheme) -> str:
    """How points are given, as the other scheme has it, for the forms that are scored. Nothing if there are none."""
    scored = {form.name: form.scored for form in found.forms if form.scored}
    listed = [form for form in found.forms if form.items]
    if not scored and not listed:
        return ""
    taken = msgspec.to_builtins(rules.scoring)
    kept = {key: taken[key] for key in (_KEPT if scored else _KEPT_FOR_ITEMS) if taken.get(key)}
    forms = [form for form in found.forms if form.scored or form.items]
    single = next((form.name for form in forms if not form.repeats), "")
    data: dict[str, Any] = {"unit_form": single} if single else {}
    data["scored"] = {
        name: {"rate": rate, "table": table, "total": total} for name, (rate, table, total) in scored.items()
    } | {form.name: {"total": form.total or roles.TOTAL} for form in listed}
    head = f"# 计分规则取自套表 {rules.id}，请对照本地的办法核对。\n" if scored else "# 评价等次取自套表 {rules.id}。\n"
    text = head.replace("{rules.id}", rules.id) + _dumped(data | kept | _whole(forms))
    return text + (_ITEMS_HEAD + _dumped({"items": {form.name: _items(form) for form in listed}}) if listed else "")


_KEPT = ("source", "total_points", "none_words", "quantitative", "qualitative", "grades")
_KEPT_FOR_ITEMS = ("none_words", "grades")
_ITEMS_HEAD = """
# 评分表的各项：分值和评分标准（text、basis）照录原表。规则先都写作“人工”，得分由单位填写；要由系统计分的，把那一项的
# rule 换成规则（种类和写法见管理手册），没有写在任何表里的数用 evidence 问单位。改后运行 scheme lint、scheme build。
"""


def _whole(forms: list[FormFound]) -> dict[str, Any]:
    """The points of the whole, where the only scored form prints another number than 100."""
    if len(forms) != 1 or not forms[0].items:
        return {}
    points = [item.points for item in forms[0].items]
    printed = forms[0].named(f"{forms[0].total}.{roles.POINTS}")
    if None in points:
        return {}
    total = sum((each for each in points if each is not None), Decimal(0))
    agreed = printed is None or printed.role != FIXED or Decimal(printed.value) == total
    return {"total_points": _number(total)} if agreed and total != 100 else {}


def _items(form: FormFound) -> dict[str, Any]:
    items: dict[str, Any] = {}
    for item in form.items:
        said = {"title": item.title if item.title != item.key else "", "under": item.under,
                "points": None if item.points is None else _number(item.points), "together": item.together,
                "basis": item.basis, "text": item.text}  # fmt: skip
        items[item.key] = {key: value for key, value in said.items() if value not in ("", [], None)}
        items[item.key]["rule"] = {"kind": "人工"}
    return items


def _number(number: Decimal) -> int | float:
    return int(number) if number == int(number) else float(number)


def checks_yaml(found: Found, rules: Scheme) -> str:
    """The bureau's own formulas as 勾稽关系, and what the other scheme asks of indicator tables."""
    checks: dict[str, dict[str, Any]] = {}
    for form in found.forms:
        computed = [one for one in form.taken if one.role == COMPUTED and one.type != "文本"]
        own = [one.name for one in computed if not _known(form, one)]
        if own:
            checks[f"{form.name}公式"] = {
                "code": _GENERAL, "form": form.name, "kind": "公式", "params": {"fields": own},
                "say": "填的数与原表公式的结果不符", "hint": "核对该数和公式用到的各格；确实无误的，删去手填的数",
            }  # fmt: skip
        if any(one.role == INPUT and one.type in ("金额", "数量", "面积") for one in form.taken):
            checks[f"{form.name}负数"] = {
                "code": "值25", "form": form.name, "kind": "负数", "params": {"except": _either_sign(form)},
                "say": "金额和数量不能是负数", "hint": "核对该数",
            }  # fmt: skip
        if form.items:
            checks |= {f"{form.name}{key}": check for key, check in _item_checks(form)}
        elif not form.scored:
            for item in form.with_points():
                checks[f"{form.name}{item}得分"] = {
                    "code": "自评06", "form": form.name, "that": f"{item}.得分 <= {item}.分值",
                    "say": "得分不能大于分值", "hint": "改小得分",
                }  # fmt: skip
        if not form.required and not form.items and form.name != roles.COVER:
            checks[f"{form.name}未填"] = {
                "code": "值12", "form": form.name, "kind": "整表未填",
                "params": {"except": [one.name for one in form.taken if one.role == INPUT and not one.box.blank]},
                "say": "整张表没有填写", "hint": "填写本表；确实没有可填的，请财政部门把这条审核从 checks.yaml 删去",
            }  # fmt: skip
    for form in (form for form in found.forms if form.scored):
        for key, check in rules.definition.checks.items():
            forms = [check.form] if isinstance(check.form, str) else check.form
            if len(forms) > 1 and set(forms) <= rules.scoring.scored.keys():
                data = {name: value for name, value in msgspec.to_builtins(check).items() if value not in ("", [], {})}
                data["form"] = form.name
                if fitted := _fitted(data, form):
                    checks[f"{form.name}{key}"] = fitted
    return f"# 计分表的审核取自套表 {rules.id}；原表公式的审核由公式而来。\n" + _dumped(checks) if checks else ""


def _either_sign(form: FormFound) -> list[str]:
    """Rows whose figures go up or down."""
    rows = [one.name.partition(".")[0] for one in form.taken]
    return [row for row in dict.fromkeys(rows) if re.search("调整|变动|增减|结余|差额", row)]


def _known(form: FormFound, one: Taken) -> bool:
    """Whether a rule of its own speaks of the field: the rate, its points, the total."""
    row = one.name.rpartition(".")[0]
    if form.items and (row, one.column) == (form.total, roles.SCORE):
        return True
    return bool(form.scored) and row in (form.scored or ())[::2] and one.column in (roles.RATE, roles.SCORE)


def _item_checks(form: FormFound) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is asked of every score table."""
    reason = {"reason": form.reason} if form.reason else {}
    rules: list[tuple[str, str, str, str, dict[str, Any], str, str]] = [
        ("得分", "评分01", "公式", "警告", {"columns": [roles.SCORE], **reason}, "自评得分与按评分标准计算的得分不符",
         "核对得分和所用的数"),
        ("得分范围", "评分02", "评分范围", "错误", {}, "得分不在0和分值之间", "核对得分和分值"),
        ("评分依据", "评分04", "缺少依据", "警告", {"stated": "警告", "open": "提示"}, "缺少评分依据",
         "在“评分依据”或所在的表补填"),
        ("无规定", "评分05", "评分无规定", "警告", {}, "评分标准没有规定", "由人工评分，并在“核实说明”写明理由"),
        ("扣分区间", "评分06", "扣分区间", "错误", {}, "所扣的分不在评分标准规定的范围之内",
         "没有的填0，有的按评分标准扣分"),
        ("没有得分", "值12", "评分未填", "错误", {}, "得分未填", "填写得分"),
    ]  # fmt: skip
    if not reason:
        rules.append(("扣分原因", "评分03", "扣分原因", "警告", {}, "得分低于分值，表上没有写扣分原因的地方",
                      "在“核实说明”写明扣分原因"))  # fmt: skip
    else:
        rules.append(("扣分原因", "评分03", "扣分原因", "错误", reason, "得分低于分值而没有写扣分原因",
                      f"在“{form.reason}”写明原因"))  # fmt: skip
    total = form.named(f"{form.total}.{roles.SCORE}")
    if total is not None and total.role == COMPUTED:
        rules.append(("各项之和", "评分08", "公式", "错误", {"fields": [total.name]}, "总分应等于各项得分之和",
                      "清空该格，由系统合计"))  # fmt: skip
    under = {"得分": ["评分02"], "没有得分": ["评分05", "评分06"], "扣分原因": ["评分01", "评分02"]}
    for key, code, kind, level, params, say, hint in rules:
        beneath = {"under": under[key]} if key in under else {}
        yield key, {"code": code, "form": form.name, "kind": kind, "level": level, "params": params, **beneath,
                    "say": say, "hint": hint}  # fmt: skip


def _fitted(data: dict[str, Any], form: FormFound) -> dict[str, Any] | None:
    """A check in the names of the form; None if the form has not all that it speaks of."""
    assert form.scored is not None
    rate, table, _ = form.scored
    text = json.dumps(data, ensure_ascii=False).replace("年度资金总额", rate)
    fitted: dict[str, Any] = json.loads(text)
    params = fitted.get("params", {})
    if "table" in params:
        params["table"] = table
    names = {one.name for one in form.taken}
    wanted = [*params.get("fields", ()), *(params[key] for key in ("actual", "target") if key in params)]
    rows = {name.partition(".")[0] for name in names}
    if not all(name in names for name in wanted) or not all(row in rows for row in params.get("rows", ())):
        return None
    for key in ("that", "when"):
        used = formula.names(formula.parse(fitted[key])) if key in fitted else ()
        if any(isinstance(name, formula.Ref) and name.name not in names for name in used):
            return None
    return fitted


def _tidy(data: Any) -> Any:
    """Whole numbers without a decimal point."""
    if isinstance(data, dict):
        return {key: _tidy(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_tidy(value) for value in data]
    return int(data) if isinstance(data, float) and data.is_integer() else data


def _dumped(data: Mapping[str, Any]) -> str:
    import yaml

    class Plain(yaml.SafeDumper):
        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

    return yaml.dump(_tidy(dict(data)), Dumper=Plain, allow_unicode=True, sort_keys=False, width=118)


def report(found: Found, file: str, scheme_id: str) -> str:
    """采用说明: what was taken as what, what was not understood, what a person must decide."""
    lines = [f"# 采用说明：{file} → {scheme_id}", "", "## 要由人决定的"]
    lines += [f"{number}. {_where(m.sheet, m.cell)}{m.text}" for number, m in enumerate(found.matters, 1)] or ["没有。"]
    lines += ["", "## 没有采用的工作表"]
    lines += [f"- {sheet}：{why}" for sheet, why in found.skipped] or ["没有。"]
    for form in found.forms:
        lines += ["", f"## {form.name}（工作表“{form.sheet}”{'，每个项目一张' if form.repeats else ''}）", ""]
        if form.items:
            lines.append("各项的得分都要填（要由系统计分的除外）。")
        if form.required:
            lines.append(f"必填的：{'、'.join(one.name for one in form.required)}。其余的可以空着。")
        elif not form.items:
            lines.append("没有一格是必填的；整张空着才退回。")
        if form.scored:
            lines.append(f"计分的表：执行率在“{form.scored[0]}”一行，指标表“{form.scored[1]}”。")
        for table in form.tables:
            columns = "、".join(f"{key}（{box.at}列）" for key, box in table.columns.items())
            filled = f"；有{table.filled}格原表已填，照原样留着" if table.filled else ""
            lines += ["", f"表“{table.name}”：第{table.heading}行是栏目，到第{table.last}行；{columns}{filled}"]
        if form.items:
            lines += ["", "评分表的各项（scoring.yaml 的 items）：", ""]
            lines += ["| 项目 | 分值 | 规则 | 评分标准 |", "|---|---|---|---|"]
            for item in form.items:
                points = "单位自定" if item.points is None else plain(item.points)
                shared = f"（与“{item.together}”合用一格）" if item.together not in ("", item.key) else ""
                lines.append(_row(item.title, points + shared, "人工", item.text))
        lines += ["", "| 单元格 | 名称 | 作为 | 类型 | 公式或数值 | 说明 |", "|---|---|---|---|---|---|"]
        for one in form.taken:
            role = f"{one.role}（必填）" if one.required else one.role
            lines.append(_row(one.box.ref, one.name, role, one.type, one.formula or one.value, one.why))
    return "\n".join(lines) + "\n"


def _where(sheet: str, cell: str) -> str:
    return f"{sheet}!{cell}：" if cell else f"{sheet}："


def _row(*cells: str) -> str:
    return f"| {' | '.join(map(_plain, cells))} |"


def _plain(text: str) -> str:
    return text.replace("|", "｜").replace("\n", " ")
