"""Labels -> names and types: what a bureau's words become in a scheme. Proposals, which a person may change."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection
from decimal import Decimal, InvalidOperation

from xlauto.given import possible_name
from xlauto.values import normalise_name

LONGEST = 24
LONGEST_READ = 500
"""Characters of a label that count; a longer one is a sentence, or meant to keep the program busy."""

_NUMBERING = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[、.．)）](?!\d)"
    r"|[①-⑳]|其中[:：]?|减[:：]|加[:：])"
)
_BRACKETS = re.compile(r"[（(【\[][^（）()【】\[\]]*[)）】\]]")
_STEPS = {-2: "前年", -1: "上年", 0: "本年", 1: "下年"}

_UNITS = (
    (r"[%％‰]|百分[比点]", "百分比"),
    (r"人次?|个|[件台辆套次户项处]", "数量"),
    (r"㎡|平方米|m2", "面积"),
    (r"[万亿千百]?元", "金额"),
    (r"分", "分值"),
)
"""What a label says in brackets of the figures: `支付进度（%）`, `编制数（人）`."""
_MOST_POINTS = 10_000
_POINT_DECIMALS = 4

_TYPES: tuple[tuple[str, str], ...] = (
    (r"单位(?:代码|编码)|代码$", "代码"),
    (r"^是否|^有无", "文本"),
    (r"(?:率|比例|比重|占比)$|%", "百分比"),
    (r"分值|得分|总分|分数|权重|满分|评分$|扣分$", "分值"),
    (r"面积|规模|㎡|平方米", "面积"),
    (r"名称|备注|说明|原因|内容|情况|目标|措施|概述|意见|职能|职责|依据", "文本"),
    (r"部门|单位$|负责人|等次|标准$|要点$|地址|方式", "文本"),
    (r"人数|编制|人员$|数量|个数|次数|户数|台数|辆数|年度$|人次", "数量"),
    (r"万元|金额|经费|预算|决算|执行数|支出|收入|资金|投资|拨款|结余|结转|采购|余额", "金额"),
    (r"费$|款$|购置|资产|合计|数$|小计", "金额"),
)
"""Words of a label, and what stands beside or below it; the first that is found decides."""


def bare(label: str, year: int) -> str:
    """`1、公务用车购置和维护经费：` -> `公务用车购置和维护经费`; `2024年决算数` of 2025 -> `上年决算数`."""
    text = normalise_name("".join(label[:LONGEST_READ].split()))
    for _ in range(3):
        text = _NUMBERING.sub("", text)
    while (shorter := _BRACKETS.sub("", text)) != text:
        text = shorter
    text = re.sub(
        r"(?<!\d)(20\d\d)年?度?", lambda found: _STEPS.get(int(found[1]) - year, found[0]) if found[1] else "", text
    )
    text = re.sub(r"[^\w]|_", "", text)
    text = re.sub(r"^\d+(?![\d年])", "", text)
    return text[:LONGEST]


def joined(row: str, column: str) -> str:
    """`三公经费.本年决算数`; the parts may be empty."""
    return ".".join(part for part in (row, column) if part)


def unique(wanted: str, taken: Collection[str], fallback: str) -> str:
    """A name that Excel and the formula language take and that nothing else has, regardless of case."""
    name = next((name for name in (wanted, f"项{wanted}") if wanted and possible_name(name)), fallback)
    if name.casefold() not in taken:
        return name
    head, dot, tail = name.partition(".")
    apart = "" if possible_name(f"{head}2{dot}{tail}") else "_"  # AB2 would be a cell
    numbered = (f"{head}{apart}{number}{dot}{tail}" for number in itertools.count(2))
    return next(other for other in numbered if other.casefold() not in taken)


def type_of(labels: Collection[str], number_format: str, choices: Collection[str]) -> tuple[str, bool]:
    """What a cell holds, by its list, its number format, then the words of its labels, the nearest first; and whether
    that is more than a guess."""
    if choices:
        return "选项", True
    if "%" in number_format:
        return "百分比", True
    if re.search(r"[ymd]", re.sub(r'"[^"]*"|\[[^\]]*\]|\\.|General|G/通用格式', "", number_format), re.IGNORECASE):
        return "日期", True
    stated = (kind for unit, kind in _UNITS for label in labels if _in_brackets(unit, label))
    named = (kind for label in labels for pattern, kind in _TYPES if label and re.search(pattern, label))
    found = next(stated, "") or next(named, "")
    if number_format == "@":
        return (found if found in ("代码", "文本") else "文本"), True
    if found:
        return found, True
    return ("金额", False) if re.search(r"[0#]", number_format) else ("文本", False)


def _in_brackets(unit: str, label: str) -> bool:
    return bool(re.search(rf"[（(](?:单位[：:])?(?:{unit})[）)]", label))


def points(text: str) -> Decimal | None:
    """A printed number of points; None for what cannot be one."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    fits = number.is_finite() and 0 <= number <= _MOST_POINTS
    return number if fits and number == round(number, _POINT_DECIMALS) else None


def plain(number: Decimal) -> str:
    """Its digits as YAML and people read them: no exponent, no zeros at the end."""
    return format(number.normalize(), "f")


def with_words(text: str, year: int) -> str:
    """The printed text with its years as words that move on: `{年}`, `{年-1}`."""

    def word(found: re.Match[str]) -> str:
        step = int(found[0]) - year
        return {0: "{年}", 1: "{年+1}", -1: "{年-1}", -2: "{年-2}"}.get(step, found[0])

    return re.sub(r"(?<!\d)20\d\d(?!\d)", word, text)
