"""One cell of a form, as its field's type reads it. Whether a blank is allowed is decided elsewhere."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from decimal import Context as DecimalContext
from functools import lru_cache
from typing import NamedTuple

from xlauto.model import Cell, Kind, Note, Parsed, State
from xlauto.values.text import (
    CHINESE_DIGITS,
    INVISIBLE,
    MONEY,
    PERCENT_WORDS,
    cleaned,
    decimals_of,
    fold,
    format_decimals,
    has_controls,
    is_date_format,
    normalise_code,
    odd_digit,
    one_line,
    show,
    without_zeros,
)


class Spec(NamedTuple):
    """What a field holds. `type` is one of 金额 数量 面积 百分比 分值 文本 日期 代码 选项.

    `prefix` is a label printed inside the cell (`其中：一般公共预算：`). `decimals` are those shown: 2 of a 百分比
    are 91.18%.
    """

    type: str
    unit: str = "万元"
    decimals: int = 2
    none_allowed: bool = False
    choices: tuple[str, ...] = ()
    prefix: str = ""


def parse(cell: Cell, spec: Spec, date1904: bool = False) -> Parsed:
    """The cell's meaning. State ERROR comes with exactly one note that says why."""
    kind = cell.kind
    if kind is Kind.ERROR:
        return _refused(cell.text, "公式03", error=cell.text)
    if kind is Kind.BLANK or not cell.text:
        return _BLANK
    if kind is Kind.NUMBER:
        return _number_cell(cell, spec, date1904)
    if kind is Kind.BOOL:
        if spec.type in _TEXT_TYPES:
            return _text(cell.text, spec)
        return _refused(cell.text, "值29")
    return _text_cell(cell.text, spec)


_BLANK = Parsed(State.BLANK, "")
_TEXT_TYPES = ("文本", "选项", "代码", "日期")
_NOTHING = frozenset(
    ("无", "没有", "不适用", "/", "-", "--", "---", "—", "——", "———", "–", "――", "―", "──", "─", "\\", "N/A", "n/a")
)
_LONGEST_TEXT = 32_767
_MOST_DIGITS = 24
_TOO_GREAT = Decimal("1e12")
"""No bureau has such an amount in whatever unit; sums of many units stay far from where binary numbers end."""
_LONGEST_AMOUNT = 200
"""A longer text is no number, and only its beginning is searched for the reason."""
_GREATEST_EXPONENT = 307
_NOISE_DIGITS = 6
"""What stands this many places behind the field's last decimal is noise of binary fractions."""

_FIFTEEN = DecimalContext(prec=15, rounding=ROUND_HALF_UP, Emin=-400, traps=[])


def _refused(raw: str, code: str, **params: str) -> Parsed:
    return Parsed(State.ERROR, raw, notes=(Note(code, {"raw": one_line(raw), **params}),))


def _note(code: str, raw: str, **params: str) -> Note:
    return Note(code, {"raw": one_line(raw), **params})


# --- cells that hold a number ------------------------------------------------------------------------------------


def _number_cell(cell: Cell, spec: Spec, date1904: bool) -> Parsed:
    raw = cell.text
    stored = Decimal(raw)
    if not stored.is_finite() or stored.adjusted() > _GREATEST_EXPONENT:
        return _refused(raw, "值17")
    dated = cell.format != "General" and is_date_format(cell.format)
    if spec.type == "日期":
        return _date_number(cell, stored, dated, date1904)
    if spec.type in ("文本", "选项"):
        return _text(shown_number(cell, date1904), spec)
    if spec.type == "代码":
        long = stored.adjusted() >= 15 or "E" in raw.upper()
        return _refused(raw, "身份17" if long else "身份18", value=without_zeros(stored))
    if dated:
        return _refused(raw, "值23", value=_shown_date(stored, date1904))
    number = _FIFTEEN.plus(stored)
    if spec.type == "百分比":
        return _rate_cell(cell, number, spec)
    digits = without_zeros(number)
    if decimals_of(digits) <= spec.decimals:
        return _bounded(raw, Decimal(digits), decimals_of(digits), spec, ())
    return _too_many_decimals(raw, number, spec, "" if cell.formula is None else cell.format, cell.format)


def _too_many_decimals(raw: str, number: Decimal, spec: Spec, formula_format: str, cell_format: str) -> Parsed:
    """Noise goes, real digits stay. A formula's result is stated as its format shows it."""
    allowed = number.quantize(Decimal(1).scaleb(-spec.decimals), ROUND_HALF_UP)
    if abs(number - allowed) < Decimal(1).scaleb(-spec.decimals - _NOISE_DIGITS):
        note = _note("值19", raw, value=without_zeros(allowed))
        value = Decimal(without_zeros(allowed))
        return _bounded(raw, value, decimals_of(str(value)), spec, () if formula_format else (note,))
    decimals = decimals_of(without_zeros(number))
    if formula_format:
        shown = format_decimals(formula_format)[1]
        return _bounded(raw, number, decimals if shown is None else shown, spec, ())
    return _bounded(raw, number, decimals, spec, (_decimals_note(raw, decimals, spec, _as_shown(number, cell_format)),))


def _as_shown(number: Decimal, cell_format: str) -> str:
    """What Excel shows of a number whose format hides digits, in brackets; empty where all are seen."""
    decimals = format_decimals(cell_format)[1]
    shown = "" if decimals is None else show(number, "", decimals)
    return f"（显示为{shown}）" if shown and Decimal(shown) != number else ""


def _decimals_note(raw: str, decimals: int, spec: Spec, shown: str = "") -> Note:
    return _note("值18", raw, decimals=str(decimals), allowed=str(spec.decimals), shown=shown)


def _rate_cell(cell: Cell, number: Decimal, spec: Spec) -> Parsed:
    percent, decimals = format_decimals(cell.format)
    if percent:
        return _bounded(cell.text, number, decimals, spec, ())
    if not number:
        return _bounded(cell.text, Decimal(0), 0, spec, ())
    return _two_meanings(cell.text, number)


def _two_meanings(raw: str, number: Decimal) -> Parsed:
    plain = without_zeros(number)
    return _refused(raw, "值03", first=f"{plain}%", second=f"{without_zeros(number.scaleb(2))}%")


def _bounded(raw: str, number: Decimal, decimals: int | None, spec: Spec, notes: tuple[Note, ...]) -> Parsed:
    if abs(number) >= _TOO_GREAT:
        return _refused(raw, "值35", type=_kind_of(spec))
    return Parsed(State.NUMBER, raw, number, decimals=decimals, notes=notes)


def shown_number(cell: Cell, date1904: bool = False) -> str:
    """A number cell's text about as Excel shows it: `95%`, `2024-03-01`, `12.5`."""
    number = _FIFTEEN.plus(Decimal(cell.text))
    if is_date_format(cell.format):
        return _shown_date(number, date1904)
    percent, decimals = format_decimals(cell.format)
    if percent:
        return show(number, "百分比", decimals or 0)
    return without_zeros(number)


# --- cells that hold a text --------------------------------------------------------------------------------------


def _text_cell(raw: str, spec: Spec) -> Parsed:
    body = _without_prefix(raw, spec.prefix) if spec.prefix else raw
    folded = fold(body)
    if not folded:
        labelled = bool(spec.prefix) and body is not raw
        return Parsed(State.BLANK, raw, notes=() if labelled else (_note("值13", raw),))
    if folded in _NOTHING:
        return _declared_none(raw, body, spec)
    if spec.type == "日期":
        return _date_text(raw, folded)
    if spec.type in _TEXT_TYPES:
        return _text(body, spec, raw)
    return _number_text(raw, body, folded, spec, labelled=body is not raw)


def _declared_none(raw: str, body: str, spec: Spec) -> Parsed:
    if spec.type == "选项" and _choice(cleaned(body), spec.choices) is not None:
        return _text(body, spec, raw)
    if spec.none_allowed or spec.type == "文本":
        return Parsed(State.NONE, raw, text=cleaned(body))
    return _text(body, spec, raw) if spec.type == "选项" and spec.choices else _refused(raw, "值11")


def _text(body: str, spec: Spec, raw: str | None = None) -> Parsed:
    raw = body if raw is None else raw
    text = cleaned(body)
    notes: tuple[Note, ...] = ()
    if has_controls(body) or len(body) > _LONGEST_TEXT:
        text = text[:_LONGEST_TEXT]
        notes = (_note("值26", raw),)
    if spec.type == "代码" and (code := normalise_code(text)) != text:
        text, notes = code, (*notes, _note("身份20", raw, value=one_line(code)))
    if spec.choices and spec.type == "选项":
        chosen = _choice(text, spec.choices)
        if chosen is None:
            return _refused(raw, "值28", choices="、".join(spec.choices))
        text = chosen
    return Parsed(State.TEXT, raw, text=text, notes=notes)


def _choice(text: str, choices: tuple[str, ...]) -> str | None:
    if text in choices:
        return text
    wanted = "".join(fold(text).split())
    return next((choice for choice in choices if "".join(fold(choice).split()) == wanted), None)


def _without_prefix(raw: str, prefix: str) -> str:
    """The text behind the label, or the very same text if the label is not there."""
    found = _prefix_pattern(prefix).match(raw)
    return raw[found.end() :] if found else raw


@lru_cache(maxsize=1024)
def _prefix_pattern(prefix: str) -> re.Pattern[str]:
    widths = {":": "[:：﹕]?", "(": "[(（]", ")": "[)）]", ",": "[,，]"}
    gap = rf"[\s{''.join(sorted(INVISIBLE))}]*"
    letters = [c for c in fold(prefix) if not c.isspace()]
    while letters and letters[-1] == ":":
        letters.pop()
    parts = [widths.get(letter, re.escape(letter)) for letter in [*letters, ":"]]
    return re.compile(gap + gap.join(parts))


# --- numbers in texts --------------------------------------------------------------------------------------------

_DIGITS = r"\d+(?:\.\d+)?|\.\d+"
_PLAIN = re.compile(rf"[+-]?(?:{_DIGITS})", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_NEGATIVE = re.compile(r"^(?:[△▲]\s*|负\s*)(?=[\d.¥])|^\(\s*(?=[^()]*\)$)")
_WITH_UNIT = re.compile(r"([-+]?[\d.,]+)\s*([^\d\s.,].*)?", re.ASCII | re.DOTALL)
_MACHINE = re.compile(r"[-+]?(?:inf(?:inity)?|nan|0x[\da-f]+|\d[\d.]*e[-+]?\d+|\d*_[\d_.]*)", re.ASCII | re.IGNORECASE)
_COMPARED = re.compile(r"^(?:[≥≤≧≦<>=═±]|不超过|不低于|不少于|不高于|大于|小于|达到|以上|约)|(?:以上|以下|以内|左右)$")
_RANGE = re.compile(r"\d\s*(?:[%％]|[^\W\d]{1,3})?\s*[-–—~∼〜～至到]\s*\d")
_SEVERAL = re.compile(r"\d[^\d.]*?[、;,/和及\s][^\d]*?\d")
_REMARKED = re.compile(rf"^[-+]?(?:{_DIGITS})\s*[万亿元%]*\s*[(\n]", re.ASCII)
_FAULTS = ((_COMPARED, "值33"), (_RANGE, "值34"), (_REMARKED, "值30"), (_SEVERAL, "值10"))
_COUNTERS = ("人", "名", "个")


class _Amount(NamedTuple):
    """A text taken apart: the digits as they stand, the unit behind them, and the code of what was normalised."""

    digits: str
    unit: str
    code: str


def _number_text(raw: str, body: str, folded: str, spec: Spec, *, labelled: bool) -> Parsed:
    if len(folded) > _LONGEST_AMOUNT:
        return _no_number(raw, folded[:_LONGEST_AMOUNT], spec)
    code = _trap(body, folded)
    if code:
        return _refused(raw, code)
    amount = _taken_apart(folded)
    if amount is None:
        return _no_number(raw, folded, spec)
    if "," in amount.digits and not _GROUPED.fullmatch(amount.digits.lstrip("-")):
        return _refused(raw, "值02")
    digits = amount.digits.replace(",", "")
    shift = _unit_shift(amount.unit, spec)
    if shift is None or len(digits) > _MOST_DIGITS or not _PLAIN.fullmatch(digits):
        return _no_number(raw, folded, spec)
    if spec.type == "百分比":
        return _rate_text(raw, body, digits, amount, spec)
    number = Decimal(without_zeros(Decimal(digits).scaleb(shift)))
    decimals = max(0, decimals_of(digits) - shift)
    return _noted(raw, body, number, decimals, amount, spec, labelled=labelled)


def _noted(
    raw: str, body: str, number: Decimal, decimals: int, amount: _Amount, spec: Spec, *, labelled: bool
) -> Parsed:
    value = without_zeros(number)
    if amount.unit:
        unit = spec.unit if spec.type == "金额" else amount.unit
        notes: tuple[Note, ...] = (_note("值04", raw, value=value + unit),)
    elif amount.code:
        notes = (_note(amount.code, raw, value=value),)
    elif labelled:
        notes = ()
    elif not _PLAIN.fullmatch(body):
        notes = (_note("值01", raw, value=value),)
    else:
        notes = (_note("值14", raw, value=value),)
    if decimals_of(value) > spec.decimals:
        notes = (*notes, _decimals_note(raw, decimals_of(value), spec))
    return _bounded(raw, number, decimals, spec, notes)


def _rate_text(raw: str, body: str, digits: str, amount: _Amount, spec: Spec) -> Parsed:
    if not amount.unit and Decimal(digits):
        return _two_meanings(raw, Decimal(digits))
    number = Decimal(without_zeros(Decimal(digits).scaleb(-2)))
    decimals = decimals_of(digits)
    value = f"{without_zeros(Decimal(digits))}%"
    if amount.unit not in ("%", ""):
        notes: tuple[Note, ...] = (_note("值08", raw, value=value),)
    elif amount.code:
        notes = (_note(amount.code, raw, value=value),)
    else:
        notes = () if body == digits + amount.unit else (_note("值01", raw, value=value),)
    if decimals > spec.decimals:
        notes = (*notes, _decimals_note(raw, decimals, spec))
    return _bounded(raw, number, decimals, spec, notes)


def _trap(body: str, folded: str) -> str:
    """What Python would read as a number and no accountant means."""
    if _MACHINE.fullmatch(folded) or odd_digit(body.replace("m²", "").replace("M²", "")):
        return "值17"
    stem = folded.strip("¥元整圆角分%")
    return "值16" if stem and all(c in CHINESE_DIGITS for c in stem) else ""


def _taken_apart(folded: str) -> _Amount | None:
    """Sign, currency, thousands and unit of `(1,234.5)`, `¥12万元`, `△5`."""
    code = ""
    text = folded
    negative = _NEGATIVE.match(text)
    if negative:
        code, text = "值15", text[negative.end() :]
        if folded.startswith("("):
            text = text[:-1].rstrip()
    sign = re.match(r"[-+]\s*(?=[\d.¥])", text)
    if sign and negative:
        return None
    if sign:
        text = text[sign.end() :]
    if text.startswith("¥"):
        code, text = code or "值02", text[1:].lstrip()
    found = _WITH_UNIT.fullmatch(text)
    if found is None or found[1][0] in "+-":
        return None
    if "," in found[1]:
        code = code or "值02"
    minus = "-" if negative or (sign and sign[0][0] == "-") else ""
    return _Amount(minus + found[1], (found[2] or "").strip(), code)


def _unit_shift(unit: str, spec: Spec) -> int | None:
    """The power of ten that brings the unit typed to the field's unit; None if it does not belong there."""
    if not unit:
        return 0
    if spec.type == "金额":
        return MONEY[unit] - MONEY[spec.unit] if unit in MONEY and spec.unit in MONEY else None
    if spec.type == "百分比":
        return 0 if unit in PERCENT_WORDS else None
    if spec.type == "面积":
        return {"平方米": 0, "万平方米": 4}.get(unit)
    if spec.type == "分值":
        return 0 if unit == "分" else None
    return 0 if unit == fold(spec.unit) or unit in _COUNTERS else None


def _no_number(raw: str, folded: str, spec: Spec) -> Parsed:
    """The note for a text that is no single number: the fault's own code if it has one."""
    for fault, code in _FAULTS:
        if fault.search(folded):
            return _refused(raw, code)
    how = "请填带百分号的数，如50%" if spec.type == "百分比" else "请只填数字"
    return _refused(raw, "值32", type=_kind_of(spec), how=how)


def _kind_of(spec: Spec) -> str:
    return spec.type + (f"（{spec.unit}）" if spec.type == "金额" else "")


# --- dates -------------------------------------------------------------------------------------------------------

_DATE = re.compile(
    r"(\d{4})\s*(?:年\s*(?:(\d{1,2})\s*月\s*(?:(\d{1,2})\s*[日号]?)?)?"
    r"|([-./])\s*(\d{1,2})(?:\s*\4\s*(\d{1,2}))?(?:[ T]0?0:00(?::00)?)?)",
    re.ASCII,
)
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)", re.ASCII)


def _date_number(cell: Cell, stored: Decimal, dated: bool, date1904: bool) -> Parsed:
    if dated and 0 < stored < 2_958_466:
        return Parsed(State.TEXT, cell.text, text=_shown_date(stored, date1904))
    return _date_text(cell.text, without_zeros(stored))


def _shown_date(serial: Decimal, date1904: bool) -> str:
    """The day of a serial number. Excel counts a 29 February 1900 that never was."""
    days = int(serial)
    if not 0 <= days < 2_956_000:
        return without_zeros(serial)
    if date1904:
        return (date(1904, 1, 1) + timedelta(days)).isoformat()
    return (date(1899, 12, 30 if days > 60 else 31) + timedelta(days)).isoformat()


def _date_text(raw: str, folded: str) -> Parsed:
    compact = _COMPACT.fullmatch(folded)
    found = compact or _DATE.fullmatch(folded)
    if found is None:
        return _refused(raw, "值22")
    groups = found.groups()
    parts = groups if compact else (groups[0], groups[1] or groups[4], groups[2] or groups[5])
    year, month, day = (int(part) if part else None for part in parts)
    try:
        date(year or 0, month or 1, day or 1)
    except ValueError:
        return _refused(raw, "值22")
    text = "-".join([f"{year:04d}", *(f"{part:02d}" for part in (month, day) if part is not None)])
    notes = () if raw.strip() == text else (_note("值22", raw, value=text),)
    return Parsed(State.TEXT, raw, text=text, notes=notes)
