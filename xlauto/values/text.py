"""Characters, digits, units of money and number formats: what cells and targets alike are read with."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

MONEY: dict[str, int] = {"元": 0, "千元": 3, "万": 4, "万元": 4, "百万元": 6, "千万元": 7, "亿": 8, "亿元": 8}
"""Units of money as powers of ten of a yuan."""
PERCENT_WORDS = ("%", "百分比", "个百分点", "百分点")
CHINESE_DIGITS = frozenset("〇零一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟萬億弌弍弎")


def show(number: Decimal | None, kind: str = "", decimals: int | None = None) -> str:
    """A number for a message: `91.18%` for a 百分比, `12.30` with two decimals, `0.5` without a word on decimals.

    `kind` is a type of `Spec`. 金额, 面积 and 百分比 show two decimals at least where none are asked for.
    """
    if number is None:
        return "空"
    if kind == "百分比":
        return _fixed(number.scaleb(2), 2 if decimals is None else decimals) + "%"
    if decimals is None:
        plain = without_zeros(number)
        if kind not in ("金额", "面积"):
            return plain
        decimals = max(2, decimals_of(plain))
    return _fixed(number, decimals)


@lru_cache(maxsize=8192)
def normalise_name(text: str) -> str:
    """A unit's name for comparing: no spaces of any kind, brackets and letters of one width."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if not c.isspace() and c not in INVISIBLE and c >= " ").casefold()


def normalise_code(text: str) -> str:
    """A code that tells units apart: characters of one width, no spaces of any kind."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if not c.isspace() and c not in INVISIBLE)


def one_line(text: str) -> str:
    """A text for a message: in one line, its beginning if it is long."""
    line = text[:_LONGEST_SHOWN].replace("\r", "").replace("\n", "⏎")
    return line if len(line) <= 60 and len(text) < _LONGEST_SHOWN else line[:57] + "…"


def quoted(name: str) -> str:
    """A name in quotation marks; one that has its own (“三公经费”变动率) is plain enough without."""
    return name if "“" in name else f"“{name}”"


def years_in(text: str) -> tuple[int, ...]:
    """The full years 19xx and 20xx in a text, where 年 follows or a date: 2023年, 2024.3.1, 2024-03-01."""
    found = _YEAR.finditer(unicodedata.normalize("NFKC", text))
    return tuple(int(match[1]) for match in found)


@lru_cache(maxsize=1024)
def is_date_format(code: str) -> bool:
    """Whether a number format shows a date or a time."""
    return bool(re.search(r"[ymdhs年月日]", _bare_format(code), re.IGNORECASE)) and "general" not in code.casefold()


@lru_cache(maxsize=1024)
def format_decimals(code: str) -> tuple[bool, int | None]:
    """Whether a format shows percent, and its decimals if they are fixed."""
    bare = _bare_format(code).split(";")[0]
    if not re.search(r"[0#?]", bare):
        return "%" in bare, None
    digits = re.search(r"\.([0#?]+)", bare)
    return "%" in bare, len(digits[1]) if digits else 0


# --- shared with cells and targets -------------------------------------------------------------------------------

_LONGEST_SHOWN = 200
INVISIBLE = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_YEAR = re.compile(r"(?<![\d.])((?:19|20)\d\d)(?=\s*年|\s*[-./]\s*(?:0?[1-9]|1[0-2])\s*[-./]\s*[0-3]?\d(?!\d))")
_SQUARE_METRES = re.compile(r"㎡|[mM][²2]|平米|平方(?!米|公里|千米)")


def fold(text: str) -> str:
    """One width for all characters, nothing invisible, no space at the ends; ㎡ becomes 平方米."""
    text = "".join(c for c in text if c not in INVISIBLE)
    text = _SQUARE_METRES.sub("平方米", text)
    return unicodedata.normalize("NFKC", text).replace("−", "-").strip()


def cleaned(text: str) -> str:
    """A text without control characters, zero-width characters and space at the ends."""
    return _CONTROL.sub("", "".join(c for c in text if c not in INVISIBLE)).strip()


def has_controls(text: str) -> bool:
    return bool(_CONTROL.search(text))


def odd_digit(text: str) -> str:
    """The first character that NFKC or float() would take for a digit and that nobody types as one: ², ٣, ①."""
    for character in text:
        usual = character < "\x80" or character in CHINESE_DIGITS or "０" <= character <= "９"
        if not usual and unicodedata.numeric(character, None) is not None:
            return character
    return ""


def decimals_of(digits: str) -> int:
    """The decimals of a number written without exponent."""
    return len(digits.partition(".")[2])


def without_zeros(number: Decimal) -> str:
    """All digits that count, never an exponent."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _fixed(number: Decimal, decimals: int) -> str:
    step = Decimal(1).scaleb(-decimals)
    if number.adjusted() + decimals > 26:
        return without_zeros(number)
    rounded = number.quantize(step, ROUND_HALF_UP)
    return format(rounded if rounded else abs(rounded), "f")


def _bare_format(code: str) -> str:
    """The format without quoted text, escaped characters, and colours or locales in square brackets."""
    return re.sub(r'"[^"]*"|\\.|_.|\*.|\[(?!h|m|s)[^\]]*\]', "", code, flags=re.IGNORECASE)
