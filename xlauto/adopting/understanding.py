"""A bureau's workbook -> what its forms are: sheets, tables, cells with names, the unit's identity, scored rows."""

from __future__ import annotations

import re

from xlauto import roles
from xlauto.adopting.cells import CODE, UNIT, section_of, take_cells
from xlauto.adopting.foreign import Foreign
from xlauto.adopting.formulas import propose_scores, translate
from xlauto.adopting.found import COMPUTED, INPUT, FormFound, Found, Matter
from xlauto.adopting.naming import bare, joined, unique
from xlauto.adopting.tables import tables_of
from xlauto.books.closed import ClosedBook
from xlauto.given import possible_name
from xlauto.model import column_letters

_MANY = re.compile(r"一个.{1,6}一行|可.{0,2}(?:加|插)行")
_YUAN = re.compile(r"单位[：:]元|[（(]元[)）]")
_PROJECT = re.compile(r"项目(?:支出)?名称")
_NAMELESS_SHEET = re.compile(r"(?:Sheet|工作表|附件|附表|表)[\s\d一二三四五六七八九十\-－—之.]*", re.IGNORECASE)
_LEAST_INPUTS = 2
_MOST_OF_A_COVER = 12
"""A sheet with more cells than this is a form that also asks who the unit is, not a cover."""
_GAP = 2
"""Columns from the form's last to 系统计分: one stays empty."""
_WIDTH = 9.0


def understand(book: ClosedBook, year: int) -> Found:
    """What every visible sheet is, as far as its look tells. Raises CannotGoOn only where the file is damaged."""
    found = Found(names={n.name.casefold(): n.area for n in book.names if n.area and not n.scope})
    for info in book.sheets:
        if info.state != "visible":
            found.skipped.append((info.name, "是隐藏的"))
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
        if foreign.beyond:
            found.matters.append(Matter(info.name, "", "1000行或100列以外还有内容，没有看"))
    _identify(found)
    _name_all(found, book)
    propose_scores(found)
    translate(found)
    for form in found.forms:
        _mark_scored(form)
        if any(_YUAN.search(label.said) for label in form.labels):
            found.unit = "元"
            text = (
                "表上的金额单位是元：单位填“12万元”这样带单位的文字时会按万元读取，请提醒单位只填数字，或把原表改为万元"
            )
            found.matters.append(Matter(form.sheet, "", text))
        if not form.scored and form.items():
            text = (
                f"{len(form.items())}项有分值和得分：得分由单位填写；要由系统计分的，请在 scoring.yaml 的 items 写规则"
            )
            found.matters.append(Matter(form.sheet, "", text))
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
        if not one.column and _PROJECT.fullmatch(one.row) and one.role == INPUT:
            form.per = one.row
            text = "有项目名称，认作每个项目一张的表；不是的，请在表样的YAML里删去 repeats 和 per 两行"
            found.matters.append(Matter(sheet, one.box.ref, text))
    named = title if _NAMELESS_SHEET.fullmatch(sheet.strip()) and title else sheet
    others = {roles.COVER, roles.EVIDENCE, *(other.name.casefold() for other in found.forms)}
    others -= {sheet.casefold()} if sheet == roles.COVER else set()
    form.name = unique(bare(named, year).removeprefix("本年"), others, "表样")
    last = foreign.right
    widths = foreign.appearance.widths
    form.widths = {column_letters(col): round(widths.get(col, _WIDTH), 2) for col in range(1, last + 1)}
    many = {label.top for label in form.labels if _MANY.search(label.said)}
    for one in form.taken:
        if not one.sure:
            text = f"“{joined(one.row, one.column)}”的类型“{one.type}”是推测的"
            found.matters.append(Matter(sheet, one.box.ref, text))
        if one.box.top in many:
            one.why = one.why or "原表写明可有多行，这里只采用一行"
    return form


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


def _name_all(found: Found, book: ClosedBook) -> None:
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
        foreign: Foreign | None = None
        twice = _repeated(form)
        for one in form.taken:
            own = theirs.get((form.sheet, one.box.top, one.box.left))
            if not one.name and own and not form.repeats:
                one.name = own
            elif not one.name:
                wanted = joined(one.row, one.column)
                if wanted in twice:
                    foreign = foreign or Foreign(book, form.sheet)
                    section = bare(section_of(foreign, one.box), 0)
                    wanted = joined(f"{section}{one.row}"[:40], one.column) if section != one.row else wanted
                one.name = unique(wanted, taken, f"项{one.box.ref.partition(':')[0]}格")
            taken.add(one.name.casefold())
        if form.per:
            form.per = next(one.name for one in form.taken if one.row == form.per and not one.column)


def _repeated(form: FormFound) -> set[str]:
    names = [joined(one.row, one.column) for one in form.taken]
    return {name for name in names if names.count(name) > 1}


def _mark_scored(form: FormFound) -> None:
    """A form is scored when it has a row with 执行率, 分值 and 得分, and a whole indicator table."""
    rows = (one.name.partition(".")[0] for one in form.taken if one.column == roles.SCORE)
    rate = next((row for row in rows if form.named(f"{row}.{roles.RATE}")), "")
    table = next((table for table in form.tables if set(roles.INDICATOR_COLUMNS) <= table.columns.keys()), None)
    score = form.named(f"{rate}.{roles.SCORE}")
    if table is not None and score is not None and score.role == COMPUTED:
        form.scored = (rate, table.name, roles.TOTAL)
    titles = ("系统计分", "差异", "说明") if form.scored else ("说明",) if form.name != roles.COVER else ()
    form.system = {title: column_letters(len(form.widths) + _GAP + step) for step, title in enumerate(titles)}
