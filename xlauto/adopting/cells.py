"""The boxes of a foreign sheet outside of its tables: which are labels, which are filled in, and after what they are
named."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xlauto import roles
from xlauto.adopting.foreign import Box, Foreign
from xlauto.adopting.found import COMPUTED, FIXED, INPUT, FormFound, Matter, Taken
from xlauto.adopting.naming import bare, plain, points, type_of
from xlauto.adopting.pairs import NONE, is_measure, rows_of_pairs
from xlauto.adopting.tables import heading_key
from xlauto.model import Kind

_LINE = re.compile(
    r"(?:填表|填报|制表|审核|经办|复核|评价)人员?.*|.*日期|.*电话|.*(?:签字|签章|盖章|公章|签名)|.*负责人|年月日",
    re.DOTALL,
)
_COLON = re.compile(r"[：:][\s_＿]*$")
_SUBHEADING = re.compile(r"按.*分[：:]?|其中[：:]")
_OWN_WORD = re.compile(r'\s*"([^"]+[：:])"\s*&')
_DOTS = re.compile(r"[.…·。]+|省略")
_FIXED_COLUMNS = (roles.POINTS, "年度")
_NUMBERS = re.compile(r"序号|编号|行次|栏次")
"""Columns that count the rows."""
_PRINTED = re.compile(
    r"[一二三]级指标|(?:评分|评价|计分|考[核评])?(?:标准|要点|细则|办法|依据|内容)|具体指标|指标(?:解释|说明|内容|名称)"
)
"""Columns of a score table that the form prints: a blank there is none to fill in."""
_UNIT_NOTE = re.compile(r"(?:金额)?单位[：:]\S*元")
_ITEMS = re.compile(r"三级指标|具体指标|(?:评分|评价|考[核评])(?:项目|内容|指标)|(?:考[核评])?指标(?:名称|内容)?")
_SHOWN = 20
"""Characters of a figure that are told."""
TOTAL = re.compile(r".*(?:总|合)计|小计|总分|总得分|合计得分|得分合计")
"""Rows that add up the rows above, of which nothing is said in words."""
PROJECT = re.compile(r"项目(?:支出)?名称")
UNIT = re.compile(r"(?:填报|编制|预算)?单位(?:名称)?|(?:预算)?部门(?:\w?单位)?名称|预算部门单位名称")
CODE = re.compile(r"(?:预算)?(?:单位|部门)(?:代码|编码)|预算代码")
"""What the cells are called in which a unit says who it is."""


def take_cells(foreign: Foreign, form: FormFound, year: int, matters: list[Matter]) -> None:
    """Fill `form.taken` and `form.labels`. What is not understood goes to `matters`."""
    foreign.items = _items_heading(foreign)
    foreign.items_last = _items_last(foreign, foreign.items) if foreign.items else 0
    items = range(foreign.items.bottom + 1, foreign.items_last + 1) if foreign.items else range(0)
    foreign.pairs = rows_of_pairs(foreign, items)
    for box in foreign.boxes:
        if any(table.covers(box.top, box.left) for table in form.tables):
            continue
        if box.cell.kind is Kind.ERROR:
            matters.append(Matter(foreign.sheet, box.ref, f"单元格是错误值{box.cell.text}，没有采用"))
        elif box.said:
            _take_text(foreign, form, box, year)
        elif box.cell.formula is not None:
            form.taken.append(_named(foreign, box, COMPUTED, year))
        elif box.figure:
            _take_figure(foreign, form, box, year, matters)
        elif foreign.is_open(box):
            _take_blank(foreign, form, box, year, matters)


def _take_text(foreign: Foreign, form: FormFound, box: Box, year: int) -> None:
    """A label, or a label with room for a figure behind its colon."""
    beside = foreign.at.get((box.top, box.right + 1))
    room = not (beside and beside.blank and foreign.is_open(beside))
    label, line = bare(box.said, year), _LINE.fullmatch(_COLON.sub("", box.said))
    framed = foreign.is_open(box) and (box.look.sides >= 2 or foreign.unlocks)
    inside = _COLON.search(box.text) and room and not line and not _SUBHEADING.fullmatch(box.said)
    if inside and (framed or any(known.fullmatch(label) for known in (UNIT, CODE, PROJECT))):
        kind, sure = type_of((label,), box.cell.format, ())
        form.taken.append(Taken(box, INPUT, label, "", kind, sure, prefix=box.text, why="填在冒号后面，与文字同一格"))
        return
    if line and _COLON.search(box.text):
        form.lines.add(box.ref)
    form.labels.append(box)


def _take_figure(foreign: Foreign, form: FormFound, box: Box, year: int, matters: list[Matter]) -> None:
    one = _named(foreign, box, INPUT, year)
    counted = bool(_NUMBERS.fullmatch(one.column))
    if counted or one.column in _FIXED_COLUMNS or one.row in _FIXED_COLUMNS:
        number = points(box.cell.text)
        if number is None:
            text = f"{box.cell.text[:_SHOWN]}不像分值、年度或序号，没有采用；请改正原表"
            matters.append(Matter(foreign.sheet, box.ref, text))
            return
        one.role, one.value, one.sure = FIXED, plain(number), True
        if counted:
            one.row, one.type = f"第{one.value}行", "数量"
    elif one.row or one.column:
        one.why = f"原表已填有{box.cell.text[:_SHOWN]}，留作预填"
    else:
        text = f"{box.cell.text[:_SHOWN]}的左边和上边都没有文字，没有采用"
        matters.append(Matter(foreign.sheet, box.ref, text))
        return
    form.taken.append(one)


def _take_blank(foreign: Foreign, form: FormFound, box: Box, year: int, matters: list[Matter]) -> None:
    left = left_label(foreign, box)
    if left is not None and _DOTS.fullmatch(left.said):
        text = f"“{left.said}”一行没有采用：要用这一行，请在原表写明它的名称"
        if foreign.at.get((box.top, left.right + 1)) is box:
            matters.append(Matter(foreign.sheet, box.ref, text))
        return
    if foreign.is_hidden(box) or _is_corner(foreign, box, left):
        return
    one = _named(foreign, box, INPUT, year)
    if _is_printed(foreign, box, one) or _is_no_indicator(foreign, form, box, one):
        return
    if one.row or one.column:
        form.taken.append(one)
    elif foreign.bordered or foreign.unlocks:
        matters.append(Matter(foreign.sheet, box.ref, "空格的左边和上边都没有文字，没有采用"))


def _is_corner(foreign: Foreign, box: Box, left: Box | None) -> bool:
    """The empty corner between the headings of columns and those of rows, be there a label at the side or not."""
    beside, below = foreign.at.get((box.top, box.right + 1)), foreign.at.get((box.bottom + 1, box.left))
    if beside is None or below is None or not (beside.said and below.said and below.as_wide_as(box)):
        return False
    return left is None or left.bottom > box.bottom


def _is_printed(foreign: Foreign, box: Box, one: Taken) -> bool:
    """A blank that belongs to what the form prints: beside a score table's items, in words beside a total."""
    if one.row and TOTAL.fullmatch(one.row) and one.column and one.type == "文本":
        return True
    return _among_items(foreign, box) and (not one.column or bool(_PRINTED.fullmatch(one.column)))


def _is_no_indicator(foreign: Foreign, form: FormFound, box: Box, one: Taken) -> bool:
    """A blank of the last row of an indicator table, 合计, in a column that says something of one indicator."""
    heading = heading_above(foreign, box)
    if heading is None or not TOTAL.fullmatch(one.row):
        return False
    return any(
        known == heading and heading_key(one.column) not in ("", roles.POINTS, roles.SCORE)
        for table in form.tables
        for known in table.columns.values()
    )


def _among_items(foreign: Foreign, box: Box) -> bool:
    return foreign.items is not None and foreign.items.bottom < box.top <= foreign.items_last


def _named(foreign: Foreign, box: Box, role: str, year: int) -> Taken:
    """The box with the labels after which it is called, and what it holds."""
    left, above = left_label(foreign, box), heading_above(foreign, box)
    if left is not None and above is not None and left.top <= above.top:
        left = None  # a label at the side of headings and figures alike
    own = _OWN_WORD.match(box.cell.formula or "")
    row = bare(left.said, year) if left else bare(own[1], year) if own and above is None else _number(foreign, box)
    column = bare(_parent(foreign, above) + above.said, year) if above else ""
    key = heading_key(column)
    column = key if key in (roles.SCORE, roles.POINTS) else column
    if column == roles.POINTS and above is not None and TOTAL.fullmatch(row):
        column = _whose_points(foreign, above, year)
    near = (column, above.said if above else "", row, left.said if left else "")
    kind, sure = type_of(near, box.cell.format, box.choices)
    if above is not None and left is not None and kind == "文本" and not sure and foreign.in_money:
        kind = "金额"
    return Taken(box, role, row, column, kind, sure)


def _number(foreign: Foreign, box: Box) -> str:
    """`第3行` of a list whose rows are only counted."""
    for col in range(box.left - 1, 0, -1):
        other = foreign.at.get((box.top, col))
        if other is not None and other.figure and (above := heading_above(foreign, other)) is not None:
            number = points(other.cell.text) if _NUMBERS.fullmatch(above.said) else None
            return f"第{plain(number)}行" if number is not None and number == int(number) else ""
    return ""


def _whose_points(foreign: Foreign, heading: Box, year: int) -> str:
    """Where 分值 stands right of 一级指标 and again of 三级指标, the totals of the first are `一级指标分值`."""
    before = foreign.at.get((heading.top, heading.left - 1))
    several = sum(heading_key(box.said) == roles.POINTS for box in foreign.boxes if box.top == heading.top) > 1
    if not several or before is None or before == foreign.items:
        return roles.POINTS
    return bare(before.said, year) + roles.POINTS


def left_label(foreign: Foreign, box: Box) -> Box | None:
    """The nearest printed text to the left in the same row; right of a score table's items, the item."""
    items = foreign.items
    item = (
        foreign.at.get((box.top, items.left)) if items and box.top > items.bottom and box.left > items.right else None
    )
    if item is not None and item.said:
        return item
    for col in range(box.left - 1, 0, -1):
        other = foreign.at.get((box.top, col))
        if other is None or not other.said or foreign.is_title(other) or NONE.fullmatch(other.said):
            continue
        if not is_measure(foreign, other):
            return other
    return None


def _items_heading(foreign: Foreign) -> Box | None:
    """三级指标, or another word for it, at the head of a column, in a row that also has 分值 or 得分."""
    keys: dict[int, set[str]] = {}
    for box in foreign.boxes:
        keys.setdefault(box.top, set()).add(heading_key(box.said))
    found = [box for box in foreign.boxes if _ITEMS.fullmatch(box.said) and keys[box.top] & {roles.POINTS, roles.SCORE}]
    return next((box for box in found if box.said == roles.TITLE), found[0] if found else None)


def _items_last(foreign: Foreign, heading: Box) -> int:
    """The last row below the heading with an item as wide as it, or of the total below them."""
    last = row = heading.bottom
    while True:
        row += 1
        first, item = foreign.at.get((row, 1)), foreign.at.get((row, heading.left))
        if any(box is not None and TOTAL.fullmatch(box.said) for box in (first, item)):
            return row
        if item is None or not item.as_wide_as(heading) or not foreign.is_framed(item):
            return last
        last = row if item.said else last


def heading_above(foreign: Foreign, box: Box) -> Box | None:
    """The text at the head of the column of equally wide boxes that the box stands in."""
    lowest = foreign.items.bottom if foreign.items and _among_items(foreign, box) else box.top
    framed = foreign.is_framed(box)
    if box.top in foreign.pairs:
        return None
    for other in _column_above(foreign, box):
        if other.said and other.bottom <= lowest and other.top not in foreign.pairs and not NONE.fullmatch(other.said):
            outside = framed and not foreign.is_framed(other)
            no_heading = outside or foreign.is_title(other) or _COLON.search(other.text)
            return None if no_heading or _UNIT_NOTE.fullmatch(other.said) else other
    return None


def _parent(foreign: Foreign, heading: Box) -> str:
    """The heading over several columns, where their own headings do not tell them apart: `2024年` over `预算数`."""
    alike = foreign.said_in_row[heading.top, heading.said]
    over = foreign.at.get((heading.top - 1, heading.left))
    wider = over is not None and over.said and over.spans(heading) and not over.as_wide_as(heading)
    return over.said if alike > 1 and over is not None and wider and not foreign.is_title(over) else ""


def _column_above(foreign: Foreign, box: Box) -> Iterator[Box]:
    row = box.top - 1
    while row >= 1:
        other = foreign.at.get((row, box.left))
        if other is None or not other.as_wide_as(box):
            return
        yield other
        row = other.top - 1


def section_of(foreign: Foreign, box: Box) -> str:
    """The text of the side label, or of the full-width heading above, that tells alike rows from each other."""
    row = left_label(foreign, box)
    if row is not None:
        side = left_label(foreign, row)
        if side is not None and side.top <= row.top and side.bottom >= row.bottom:
            return side.said
    for top in range(box.top - 1, 0, -1):
        other = foreign.at.get((top, 1))
        wide = other is not None and other.said and other.left == 1 and other.right >= box.right
        if wide and other is not None and not foreign.is_title(other):
            return other.said
    return ""
