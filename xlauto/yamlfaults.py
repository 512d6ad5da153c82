"""What is wrong with a YAML file -> the line and what to do about it, in the words of one who writes it by hand."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

QUOTES = "\"'"
_PAIRS = {"{": "}", "[": "]"}
_WIDE_COLON = re.compile(r"^\s*(?:- )?([^\s\"'{}\[\],:：#]+)\s*：")
_TIGHT_COLON = re.compile(r"^\s*(?:- )?([^\s\"'{}\[\],:：#]+):(?=[^\s:])")
_TIGHT_DASH = re.compile(r"^\s*-(?=[^\s\d.-])")
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'|(?:^|\s)#.*$", re.MULTILINE)
_SHOWN = 20
"""Characters of the text at fault that are told."""


class Told(NamedTuple):
    """The line, from 1, and what to say of it."""

    line: int
    words: str


class Place(NamedTuple):
    """A line and a column, from 0."""

    line: int
    column: int


def told(text: str, error: Any) -> Told:
    """What to say of a parser's error (yaml.MarkedYAMLError) in this text."""
    mark, context = error.problem_mark, error.context_mark
    lines = [*text.splitlines(), ""]
    at = Place(min(mark.line, len(lines) - 1), mark.column) if mark else Place(0, 0)
    start = Place(context.line, context.column) if context else at
    why, around = str(error.problem or ""), str(error.context or "")
    found = (
        _tab(lines, at)
        or _quote(lines, start, at, why, around)
        or _sign(lines, start, at, why, around)
        or (_bracket(lines, start, at) if "flow" in around else None)
        or _colon(lines, start, at, why)
        or _layout(lines, at, why)
    )
    if "another document" in why:
        return Told(at.line + 1, "多了一行“---”；请删去")
    return found or Told(at.line + 1, f"从这里起读不下去（{why}），请核对引号、括号、冒号和缩进")


def key_fault(key: str, value: Any) -> str:
    """What is wrong with a key that the parser took without a word, or nothing. `value` is its node."""
    if key[:1] in "\u3000\xa0" and key:
        return "键的前面是全角空格；请改用英文（半角）空格缩进"
    scalar = isinstance(getattr(value, "value", None), str)
    if scalar and not value.value and not value.style:
        for colon, problem in (("：", "里的冒号是全角的；请改为英文冒号加一个空格"), (":", "的冒号后面要空一格")):
            before, found, after = key.partition(colon)
            if found and before and after:
                return f"“{_short(key)}”{problem}，如“{before}: {_short(after)}”"
    if scalar and value.style in ("|", ">") and not value.value.strip():
        return f'“{_short(key)}”的值以“{value.style}”开头，读不到；请用英文引号括起来，如 "{value.style}4"'
    return ""


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _tab(lines: list[str], at: Place) -> Told | None:
    if re.match(r"\s*\t", lines[at.line]) or lines[at.line][at.column : at.column + 1] == "\t":
        return Told(at.line + 1, "这一行用了Tab；请删去，改用空格缩进")
    return None


def _quote(lines: list[str], start: Place, at: Place, why: str, around: str) -> Told | None:
    """A quotation that is not closed, there or, where it swallowed the next, in a line before."""
    if "quoted scalar" in around:
        return Told(start.line + 1, "引号没有成对；请在这个值的末尾补上英文引号")
    if "flow" in around:
        for number in range(start.line, at.line + 1):
            if '"' in _QUOTED.sub("", lines[number]):
                return Told(number + 1, "引号没有成对；请在这个值的末尾补上英文引号")
    return None


def _sign(lines: list[str], start: Place, at: Place, why: str, around: str) -> Told | None:
    """A value that begins with a sign which means something to YAML."""
    signs = {"token": at, "alias": start, "anchor": start, "tag": start, "block scalar": start}
    place = next((signs[word] for word in signs if word in (why if word == "token" else around)), None)
    if place is None:
        return None
    rest = lines[place.line][place.column :]
    value = re.split(r"[,}\]]|\s#", rest, maxsplit=1)[0].strip()
    if not value:
        return None
    return Told(place.line + 1, f'值不能以“{value[0]}”开头；请用英文引号括起来："{_short(value)}"')


def _bracket(lines: list[str], start: Place, at: Place) -> Told | None:
    """What stands in brackets: not closed, closed by the other kind, or parted by the wrong comma."""
    opening = lines[start.line][start.column : start.column + 1]
    closing = _PAIRS.get(opening, "}")
    here = lines[at.line][at.column : at.column + 1]
    if here in ("}", "]") and here != closing:
        return Told(at.line + 1, f"括号不配对：第{start.line + 1}行的“{opening}”要用“{closing}”合上，这里是“{here}”")
    if at.line > start.line and _left_open(lines, start):
        return Told(start.line + 1, f"“{opening}”没有合上；请在末尾补上“{closing}”")
    for number in range(at.line, start.line - 1, -1):
        line = lines[number][: at.column] if number == at.line else lines[number]
        for wide, plain in (("，", "逗号"), ("：", "冒号")):
            if wide in _QUOTED.sub("", line[start.column :] if number == start.line else line):
                words = f"这里用了全角{plain}“{wide}”；请改为英文{plain}加一个空格，文字里的用英文引号括起来"
                return Told(number + 1, words)
    return Told(at.line + 1, f"“{opening}”里的各项要用英文逗号隔开，末尾用“{closing}”合上")


def _left_open(lines: list[str], start: Place) -> bool:
    """Whether the bracket is still open where the next key begins that is no deeper than its own line."""
    outside, depth = _indent(lines[start.line]), 0
    for number in range(start.line, len(lines)):
        line = lines[number][start.column :] if number == start.line else lines[number]
        if number > start.line and line.strip() and _indent(line) <= outside and line.strip()[0] not in "}]":
            break
        bare = _QUOTED.sub("", line)
        depth += sum(bare.count(sign) for sign in "{[") - sum(bare.count(sign) for sign in "}]")
    return depth > 0


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _colon(lines: list[str], start: Place, at: Place, why: str) -> Told | None:
    """A key without its colon, in this line or the one above that this one was taken to go on."""
    if "mapping values" not in why and "expected ':'" not in why:
        return None
    if "mapping values" in why and re.search(r"\S: ", lines[at.line][: at.column]):
        return Told(at.line + 1, "值里有冒号加空格；请把整个值用英文引号括起来")
    number = start.line if "expected ':'" in why else at.line
    while number >= 0:
        wide, tight = _WIDE_COLON.match(lines[number]), _TIGHT_COLON.match(lines[number])
        if wide:
            rest = lines[number][wide.end() :].strip()
            told_ = f"“{_short(lines[number].strip())}”里的冒号是全角的；请改为英文冒号加一个空格"
            return Told(number + 1, f"{told_}，如“{wide[1]}: {_short(rest)}”" if rest else told_)
        if tight:
            return Told(number + 1, f"“{tight[1]}”的冒号后面要空一格")
        if re.search(r":(\s|$)", lines[number]) and number < at.line:
            break
        number -= 1
    if "expected ':'" in why:
        return Told(start.line + 1, f"“{_short(lines[start.line].strip())}”后面没有冒号；一行应是“键: 值”")
    return Told(at.line + 1, "缩进不对：同一级的键要对齐，下一级的上面一行以冒号结尾")


def _layout(lines: list[str], at: Place, why: str) -> Told | None:
    """Brackets too many, words behind a quotation, lines that are not aligned."""
    if "expected key" not in why and "indicator" not in why and "block end" not in why:
        return None
    before, here = lines[at.line][: at.column].strip(), lines[at.line][at.column : at.column + 1]
    if here in ("}", "]"):
        return Told(at.line + 1, f"多了一个“{here}”；请删去")
    if before and before != "-":
        return Told(at.line + 1, "引号或括号后面还有字；请把整个值用英文引号括起来")
    for number in range(at.line, max(at.line - 2, -1), -1):
        if _TIGHT_DASH.match(lines[number]):
            return Told(number + 1, "“-”后面要空一格")
    if "'-'" in why:
        return Told(at.line + 1, "上面是列表，这一行也要以“- ”开头；不是列表的，少缩进两个空格")
    return Told(at.line + 1, "缩进不对：同一级的键要对齐，下一级多缩进两个空格")
