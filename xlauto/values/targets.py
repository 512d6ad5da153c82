"""Targets and results of indicators, which are texts: `≥95%`, `成本不超过76万元`, `2023年12月前`, `长期`.

A number inside a sentence is left alone: only a comparison, a number and a unit of measure make a figure.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from xlauto.model import Note
from xlauto.values.text import MONEY, PERCENT_WORDS, fold, one_line, without_zeros


class Target(NamedTuple):
    """What is to be reached. `op` is one of ≥ > ≤ < = 范围 ±, `kind` one of 比率 金额 数量 日期 缺数.

    `low` and `high` are the bounds that `op` has (`=`: both the same, `±10%`: -0.1 and 0.1). A rate is a fraction
    with unit `%`, money is in 万元. A 日期 has `date` (year, month, day; 0 where not said) and no bounds.
    """

    op: str
    low: Decimal | None
    high: Decimal | None
    unit: str
    kind: str
    notes: tuple[Note, ...] = ()
    date: tuple[int, int, int] = (0, 0, 0)

    @property
    def number(self) -> Decimal | None:
        """The figure that stands in the text, the upper one of a range."""
        return self.low if self.op in ("≥", ">", "=") else self.high


class Actual(NamedTuple):
    """What was reached. `op` is `=` for a figure as it should be, else the sign that does not belong there."""

    op: str
    number: Decimal | None
    unit: str
    kind: str
    notes: tuple[Note, ...] = ()
    date: tuple[int, int, int] = (0, 0, 0)


@lru_cache(maxsize=8192)
def parse_target(text: str) -> Target | None:
    """The figure or date of a target; None for a qualitative one, such as any long text."""
    if len(text) > _LONGEST:
        return None
    folded = _signs(text)
    if _ENDLESS.search(folded):
        return None
    return _missing_number(text, folded) or _date_target(folded) or _band(folded) or _compared(text, folded)


@lru_cache(maxsize=8192)
def parse_actual(text: str) -> Actual | None:
    """The figure or date of a result; None for a qualitative one. A comparison is read and noted (值07)."""
    target = parse_target(text)
    if target is None or target.op in ("范围", "±") or target.kind == "缺数":
        return None
    notes = target.notes
    if target.op != "=" and target.kind != "日期":
        notes = (*notes, Note("值07", {"raw": one_line(text.strip())}))
    return Actual(target.op, target.number, target.unit, target.kind, notes, target.date)


def decompose(text: str) -> tuple[Decimal, tuple[Decimal, ...]] | None:
    """Total and parts, in 万元, of `总投资为A万元。其中：甲B万元，乙C万元（含丙D万元）`.

    What stands in brackets is no part of its own. Of a very long text the whole sentences at its beginning are read.
    """
    if len(text) > _LONGEST_SENTENCES:
        text = text[:_LONGEST_SENTENCES].rpartition("。")[0]
    folded = _without_brackets(_signs(text))
    head, found, tail = folded.partition("其中")
    totals = _MONEY_IN_TEXT.findall(head)
    parts = _MONEY_IN_TEXT.findall(re.split(r"[。;]", tail, maxsplit=1)[0])
    if not found or "总" not in head or len(totals) != 1 or len(parts) < 2:
        return None
    return _in_wan(*totals[0]), tuple(_in_wan(*part) for part in parts)


# --- vocabulary --------------------------------------------------------------------------------------------------

_AT_LEAST = "大于或?等于|高于或?等于|不低于|不少于|不小于|至少|达到|达|≥"
_AT_MOST = "小于或?等于|低于或?等于|不超过|不高于|不大于|不多于|未超过|控制在|最多|≤"
_ABOVE = "超过|高于|大于|多于|>"
_BELOW = "低于|小于|少于|<"
_EQUAL = "等于|="
_BEFORE = ((_AT_LEAST, "≥"), (_AT_MOST, "≤"), (_ABOVE, ">"), (_BELOW, "<"), (_EQUAL, "="))
_BEHIND = (("及?以上", "≥"), ("及?以下|及?以内|之内|内", "≤"))
_SUBJECT = r"(?:(?:项目|总|经济|预算)?(?:成本|费用|支出|投资|经费|资金))?"
_COUNTER_WORDS = (
    "个工作日 工作日 个小时 小时 分钟 天 日 个月 月 年 次 人次 车次 批次 班次 场次 名次 课时 学时 个 人 名 位 家 户 "
    "件 项 台 辆 套 册 本 份 期 场 所 座 处 栋 幢 间 篇 条 批 宗 起 例 只 头 株 棵 支 块 片 张 部 门 种 类 轮 分 "
    "平方米 平方公里 公里 千米 米 立方米 公顷 亩 吨 吨标准煤 公斤 千克 克 升 度 千瓦时"
)
_COUNTERS = _COUNTER_WORDS.split()
_UNITS = frozenset(("", "‰", *PERCENT_WORDS, *MONEY, *_COUNTERS, *("万" + counter for counter in _COUNTERS)))
_UNIT = r"[^\s\d.,;+~-]{0,8}?"
_FIGURE = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d++)(?:\.\d+)?"
_NUMBER_UNIT = re.compile(
    rf"{_SUBJECT}(?P<before>{'|'.join(words for words, _ in _BEFORE)})?"
    rf"(?P<number>{_FIGURE})(?P<unit>{_UNIT})(?P<behind>{'|'.join(words for words, _ in _BEHIND)})?",
    re.ASCII,
)
_BAND = re.compile(
    rf"(?P<low>{_FIGURE})(?P<first>{_UNIT})[-–—~∼〜至到](?P<high>{_FIGURE})(?P<unit>{_UNIT})(?:之间)?", re.ASCII
)
_PLUS_MINUS = re.compile(rf"(?:±|\+/-)(?P<number>\d+(?:\.\d+)?)(?P<unit>{_UNIT})(?:以内|之内|内)?", re.ASCII)
_NO_NUMBER = re.compile(rf"(?:[≥≤><=]|不超过|不低于|不少于)(?P<unit>{_UNIT})", re.ASCII)
_DEADLINE = re.compile(
    r"(?:项目)?于?(?P<year>(?:19|20)\d\d)年(?:(?P<month>1[0-2]|0?[1-9])月(?:(?P<day>3[01]|[12]\d|0?[1-9])[日号]?)?"
    r"(?:底|末)?)?(?P<by>之?以?前|底前|底|末)?(?:全部)?(?:完成|竣工|竣工验收|完工|办结|验收|到位|交付)?",
    re.ASCII,
)
_MONEY_IN_TEXT = re.compile(rf"({_FIGURE})({'|'.join(sorted(MONEY, key=len, reverse=True))})", re.ASCII)
_ENDLESS = re.compile(r"\d[\d,.]{24}", re.ASCII)
"""Digits that count nothing: no figure has so many."""
_LONGEST, _LONGEST_SENTENCES = 500, 2_000
_SIGNS = {"≧": "≥", "≦": "≤", "⩾": "≥", "⩽": "≤", "═": "=", "﹦": "=", "≥=": "≥", "≤=": "≤"}
_SIGNS_IN_ASCII = (("=>", "≥"), (">=", "≥"), ("=<", "≤"), ("<=", "≤"))


# --- reading -----------------------------------------------------------------------------------------------------


def _signs(text: str) -> str:
    """One sign for each comparison, no spaces; digits with a space between stay apart."""
    folded = fold(text)
    for variant, sign in (*_SIGNS.items(), *_SIGNS_IN_ASCII):
        folded = folded.replace(variant, sign)
    folded = re.sub(r"(?<=\d)\s+(?=\d)", "；", folded)
    return re.sub(r"\s+|\(含\)|[。;]$", "", folded)


def _without_brackets(text: str) -> str:
    """The text without what stands in brackets; a bracket that nothing closes stays."""
    kept: list[str] = []
    opened: list[int] = []
    for character in text:
        if character == ")" and opened:
            del kept[opened.pop() :]
            continue
        if character == "(":
            opened.append(len(kept))
        kept.append(character)
    return "".join(kept)


def _compared(text: str, folded: str) -> Target | None:
    found = _PLUS_MINUS.fullmatch(folded)
    if found and _is_unit(found["unit"]):
        number, unit, kind, notes = _figure(text, found["number"], found["unit"])
        return Target("±", -number, number, unit, kind, notes)
    found = _NUMBER_UNIT.fullmatch(folded)
    if found is None or not _is_unit(found["unit"]):
        return None
    op = _operator(found["before"] or "", found["behind"] or "")
    bare = found["before"] is None and found["behind"] is None
    if op is None or (bare and found.start("number") > 0):
        return None
    number, unit, kind, notes = _figure(text, found["number"], found["unit"])
    low = number if op in ("≥", ">", "=") else None
    high = number if op in ("≤", "<", "=") else None
    return Target(op, low, high, unit, kind, notes)


def _is_unit(text: str) -> bool:
    """A unit of measure, or one per another: 次, 万人次, 次/月."""
    unit, _, per = text.partition("/")
    return unit in _UNITS and per in _UNITS


def _operator(before: str, behind: str) -> str | None:
    """The sign of the words around a number; None when they contradict each other."""
    first = next((op for words, op in _BEFORE if before and re.fullmatch(words, before)), "")
    second = next((op for words, op in _BEHIND if behind and re.fullmatch(words, behind)), "")
    if first and second:
        return first if first == second else None
    return first or second or "="


def _band(folded: str) -> Target | None:
    found = _BAND.fullmatch(folded)
    if found is None or found["low"].startswith("-") or not _is_unit(found["unit"]):
        return None
    if found["first"] not in ("", found["unit"]):
        return None
    low, unit, kind, notes = _figure(folded, found["low"], found["unit"])
    high = _figure(folded, found["high"], found["unit"])[0]
    return Target("范围", low, high, unit, kind, notes) if low < high else None


def _missing_number(text: str, folded: str) -> Target | None:
    found = _NO_NUMBER.fullmatch(folded)
    if found is None or not found["unit"] or not _is_unit(found["unit"]):
        return None
    op = folded[0] if folded[0] in "≥≤><=" else _operator(folded[:3], "") or "="
    return Target(op, None, None, found["unit"], "缺数", (Note("值06", {"raw": one_line(text.strip())}),))


def _date_target(folded: str) -> Target | None:
    found = _DEADLINE.fullmatch(folded)
    if found is None:
        return None
    when = tuple(int(found[part] or 0) for part in ("year", "month", "day"))
    op = "=" if found["by"] is None else "≤"
    return Target(op, None, None, "", "日期", date=(when[0], when[1], when[2]))


def _figure(text: str, digits: str, unit: str) -> tuple[Decimal, str, str, tuple[Note, ...]]:
    """Number, unit, kind and notes in the units of `Target`."""
    number = Decimal(digits.replace(",", ""))
    if unit in PERCENT_WORDS:
        value = f"{without_zeros(number)}%"
        notes = () if unit == "%" else (Note("值08", {"raw": one_line(text.strip()), "value": value}),)
        return number.scaleb(-2), "%", "比率", notes
    if unit == "‰":
        return number.scaleb(-3), "%", "比率", ()
    if unit in MONEY:
        return _in_wan(digits, unit), "万元", "金额", ()
    return number, unit, "数量", ()


def _in_wan(digits: str, unit: str) -> Decimal:
    number = Decimal(digits.replace(",", "")).scaleb(MONEY[unit] - MONEY["万元"])
    return Decimal(without_zeros(number))
