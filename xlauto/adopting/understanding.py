"""A bureau's workbook -> what its forms are: sheets, tables, cells with names, the unit's identity, scored rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from xlauto import roles
from xlauto.adopting.cells import CODE, PROJECT, UNIT, section_of, take_cells
from xlauto.adopting.foreign import Foreign
from xlauto.adopting.formulas import propose_scores, translate
from xlauto.adopting.found import COMPUTED, INPUT, FormFound, Found, Matter
from xlauto.adopting.items import find_items
from xlauto.adopting.naming import bare, joined, unique
from xlauto.adopting.required import mark_required
from xlauto.adopting.tables import tables_of
from xlauto.books.closed import ClosedBook
from xlauto.given import possible_name
from xlauto.model import column_letters

_MANY = re.compile(r"一个.{1,6}一行|可.{0,2}(?:加|插)行")
_YUAN = re.compile(r"单位[：:](?:人民币)?(?P<a>[千百]?元)|[（(](?P<b>[千百]?元)[)）]")
_NAMELESS_SHEET = re.compile(r"(?:Sheet|工作表|附件|附表|表)[\s\d一二三四五六七八九十\-－—之.]*", re.IGNORECASE)
_LEAST_INPUTS = 2
_MOST_OF_A_COVER = 12
"""A sheet with more cells than this is a form that also asks who the unit is, not a cover."""
_SHOWN = 4
"""So many names are told one by one."""
_GAP = 2
"""Columns from the form's last to 系统计分: one stays empty."""
_WIDTH = 9.0


def understand(book: ClosedBook, year: int) -> Found:
    """What every visible sheet is, as far as its look tells. Raises CannotGoOn only where the file is damaged."""
    found = Found(names={n.name.casefold(): n.area for n in book.names if n.area and not n.scope})
    sheets: dict[str, Foreign] = {}
    for info in book.sheets:
        if info.state != "visible":
            found.skipped.append((info.name, "是隐藏的"))
            found.hidden.append(info.name)
            continue
        foreign = Foreign(book, info.name)
        if foreign.too_large:
            found.skipped.append((info.name, "格子太多，像清单而不像表样"))
            continue
        form = _form(foreign, year, found)
        if form is None:
            found.skipped.append((info.name, "没有认出填报格"))
        else:
            found.forms.append(form)
            sheets[info.name] = foreign
        if foreign.beyond:
            found.matters.append(Matter(info.name, "", "1000行或100列以外还有内容，没有看"))
    _identify(found)
    _name_all(found, book, sheets)
    for form in found.forms:
        find_items(sheets[form.sheet], form)
    propose_scores(found)
    translate(found)
    for form in found.forms:
        _mark_scored(form)
        mark_required(form)
        found.unit = _yuan(form) or found.unit
        found.matters += _to_decide(form)
    return found


def _form(foreign: Foreign, year: int, found: Found) -> FormFound | None:
    sheet = foreign.sheet
    titles = (box.said for box in foreign.boxes if foreign.is_title(box))
    title = next((text for text in titles if not _NAMELESS_SHEET.fullmatch(text)), "")
    form = FormFound(sheet, "", title or sheet, bordered=foreign.bordered)
    form.tables = list(tables_of(foreign))
    matters: list[Matter] = []
    take_cells(foreign, form, year, matters)
    if sum(one.role == INPUT for one in form.taken) + _LEAST_INPUTS * len(form.tables) < _LEAST_INPUTS:
        return None
    found.matters += matters
    for one in form.taken:
        if not one.column and PROJECT.fullmatch(one.row) and one.role == INPUT:
            form.per = one.row
            text = (
                "有项目名称，认作每个项目一张的表（没有项目的单位删去这张工作表）；"
                "不是的，请在表样的YAML里删去 repeats 和 per 两行"
            )
            found.matters.append(Matter(sheet, one.box.ref, text))
    named = title if _NAMELESS_SHEET.fullmatch(sheet.strip()) and title else sheet
    others = {roles.COVER, roles.EVIDENCE, *(other.name.casefold() for other in found.forms)}
    others -= {sheet.casefold()} if sheet == roles.COVER else set()
    form.name = unique(bare(named, year).removeprefix("本年"), others, "表样")
    last = foreign.last
    widths = foreign.appearance.widths
    form.widths = {column_letters(col): round(widths.get(col, _WIDTH), 2) for col in range(1, last + 1)}
    many = {label.top for label in form.labels if _MANY.search(label.said)}
    for one in form.taken:
        if one.box.top in many:
            one.why = one.why or "原表写明可有多行，这里只采用一行"
    return form


# --- what a person must decide ------------------------------------------------------------------------------------


def _to_decide(form: FormFound) -> Iterator[Matter]:
    if yuan := _yuan(form):
        text = (
            f"表上的金额单位是{yuan}：单位填“12万元”这样带单位的文字时会按万元读取，请提醒单位只填数字，"
            "或把原表改为万元"
        )
        yield Matter(form.sheet, "", text)
    guessed: dict[str, list[str]] = {}
    for one in (one for one in form.taken if one.role == INPUT and not one.sure):
        guessed.setdefault(one.type, []).append(joined(one.row, one.column))
    for type_, names in guessed.items():
        yield Matter(form.sheet, "", f"{_listed(names)}没有写明填什么，按“{type_}”读取；不对的，改 type")
    plain = [one for one in form.taken if one.role == INPUT and one.type == "百分比" and "%" not in one.box.cell.format]
    if plain:
        text = (
            f"{_listed([one.name for one in plain])}是百分比，而格子不是百分比格式：单位要填95%（填95会报错）；"
            "请在原表把这些格设为百分比格式"
        )
        yield Matter(form.sheet, plain[0].box.ref, text)
    if form.unscored:
        yield Matter(form.sheet, "", f"有指标表而系统不计分：{form.unscored}；补好原表再采用，或照旧由单位打分")
    if form.items:
        text = (
            f"{len(form.items)}项有印好的分值，规则都先写作“人工”：得分由单位填写，空着就退回；"
            "要由系统计分的，把 scoring.yaml 里那一项的 rule 换成规则"
        )
        yield Matter(form.sheet, "", text)
    elif not form.scored and form.with_points():
        text = f"{len(form.with_points())}项有分值和得分，没有认出评分表：得分由单位填写，系统不计分"
        yield Matter(form.sheet, "", text)
    if form.name != roles.COVER and (form.required or not form.items):
        yield Matter(form.sheet, "", _told_required(form))


def _yuan(form: FormFound) -> str:
    """元 or 千元, where the sheet says that its amounts are stated in that and not in 万元."""
    found = next((found for label in form.labels if (found := _YUAN.search(label.said))), None)
    return (found["a"] or found["b"]) if found else ""


def _told_required(form: FormFound) -> str:
    where = f"forms/{form.name}.yaml"
    if not form.required:
        return f"没有一格是必填的，整张空着才退回；要必填的，在 {where} 那一格写上 required: true"
    named = _listed([one.name for one in form.required])
    return f"必填的有{named}，空着就退回，其余的可以空着；要增减的，在 {where} 那一格写上或删去 required: true"


def _listed(names: list[str]) -> str:
    shown = "、".join(f"“{name}”" for name in names[:_SHOWN])
    return shown + (f"等{len(names)}格" if len(names) > _SHOWN else "")


# --- the unit's identity ------------------------------------------------------------------------------------------


def _identify(found: Found) -> None:
    """The sheet that asks for the unit's name and code is the cover; on all others both come from there."""
    cover = next((form for form in found.forms if _is_cover(form)), None)
    if cover is not None:
        cover.name = roles.COVER
        for pattern, name in _IDENTITY.items():
            one = next(one for one in cover.taken if pattern.fullmatch(one.row) and not one.column)
            one.row, one.name, one.sure = name, name, True
            one.type, one.why = ("代码" if name == roles.UNIT_CODE else "文本"), "单位的身份"
    for form, one in found.every():
        source = next((name for pattern, name in _IDENTITY.items() if pattern.fullmatch(one.row)), "")
        if one.name or one.column or one.role != INPUT or not source:
            continue
        if one.prefix or one.box.blank:
            one.role, one.type, one.sure = COMPUTED, "文本", True
            text = one.prefix.rstrip(" _　＿")
            one.formula = f'"{text}" & {source}' if text else f'{source} & ""'
            one.prefix, one.why = "", f"取自封面的{source}，不必重填"
        if one.row in (roles.UNIT_NAME, roles.UNIT_CODE):
            one.row = f"{form.name}{one.row}"


_IDENTITY = {UNIT: roles.UNIT_NAME, CODE: roles.UNIT_CODE}


def _is_cover(form: FormFound) -> bool:
    asked = [pattern for pattern in _IDENTITY for one in form.taken if pattern.fullmatch(one.row) and not one.column]
    return not form.repeats and not form.tables and len(form.taken) <= _MOST_OF_A_COVER and {*asked} == {*_IDENTITY}


# --- names --------------------------------------------------------------------------------------------------------


def _name_all(found: Found, book: ClosedBook, sheets: Mapping[str, Foreign]) -> None:
    """Names are unique among the forms that share the workbook's scope, and on each sheet of a repeating form.
    A cell that the bureau has named keeps that name."""
    theirs = {
        (area.sheet, area.top, area.left): name.name
        for name in book.names
        if (area := name.area) and not name.scope and area.single and possible_name(name.name)
    }
    used = {name.name.casefold() for name in book.names}
    shared = used | {roles.UNIT_NAME.casefold(), roles.UNIT_CODE.casefold()}
    for form in found.forms:
        taken = set(used) if form.repeats else shared
        for number, table in enumerate(form.tables, 1):
            table.name = unique("指标" if number == 1 else f"指标{number}", taken, "指标")
            taken |= {table.name.casefold(), *(f"{table.name}.{key}".casefold() for key in table.columns)}
        twice = _repeated(form)
        for one in form.taken:
            own = theirs.get((form.sheet, one.box.top, one.box.left))
            if not one.name and own and not form.repeats:
                one.name = own
            elif not one.name:
                wanted = joined(one.row, one.column)
                if wanted in twice:
                    section = bare(section_of(sheets[form.sheet], one.box), 0)
                    wanted = joined(f"{section}{one.row}"[:40], one.column) if section != one.row else wanted
                one.name = unique(wanted, taken, f"项{one.box.ref.partition(':')[0]}格")
            taken.add(one.name.casefold())
        if form.per:
            form.per = next(one.name for one in form.taken if one.row == form.per and not one.column)


def _repeated(form: FormFound) -> set[str]:
    names = Counter(joined(one.row, one.column) for one in form.taken)
    return {name for name, count in names.items() if count > 1}


def _mark_scored(form: FormFound) -> None:
    """A form is scored when it has a row with 执行率, 分值 and 得分, and a whole indicator table."""
    rows = (one.name.partition(".")[0] for one in form.taken if one.column == roles.SCORE)
    rate = next((row for row in rows if form.named(f"{row}.{roles.RATE}")), "")
    table = next((table for table in form.tables if set(roles.INDICATOR_COLUMNS) <= table.columns.keys()), None)
    worked_out = [form.named(f"{rate}.{column}") for column in (roles.RATE, roles.SCORE)]
    if table is None:
        form.unscored = "指标表的栏目不全" if form.tables else ""
    elif not all(one is not None and one.role == COMPUTED for one in worked_out):
        form.unscored = "没有执行率和它的得分的公式"
    elif without := [key for key, group in table.groups.items() if not group.points]:
        form.unscored = f"{'、'.join(without)}没有分值（应印作“产出指标（50分）”，或在分值栏填好）"
    else:
        form.scored = (rate, table.name, roles.TOTAL)
    titles: tuple[str, ...] = ("系统计分", "差异", "说明") if form.scored or form.items else ("说明",)
    if form.name == roles.COVER:
        titles = ()
    form.system = {title: column_letters(len(form.widths) + _GAP + step) for step, title in enumerate(titles)}
