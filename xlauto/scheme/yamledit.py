"""A YAML file's top keys set to other values in its text, so that comments and layout stay as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from xlauto.yamlfile import YamlError

_PLAIN = re.compile(r"[^\W\d_][\w.\-]*")
_TRUTHS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}

Value = str | int | list[str]


class Pair(NamedTuple):
    """A key of the outermost mapping and where its value is written. `style` is that of a scalar (`>`, `|`) or `-` of
    a list with a line for each of its items."""

    column: int
    start: int
    end: int
    anchor: str
    style: str


def with_values(text: str, values: Mapping[str, Value]) -> str:
    """The text with these keys set; those that it has not come after its first. Texts are quoted where they must be.

    Raises YamlError where the text is no mapping.
    """
    for key, value in reversed(list(values.items())):  # each that it has not comes right after its first
        pairs, flow = _pairs(text)
        if not pairs:
            raise YamlError("应当是“键: 值”的形式")
        pair = pairs.get(key)
        text = _set(text, pair, value) if pair else _added(text, next(iter(pairs.values())), flow, key, value)
    return text


def quoted(text: str, *, always: bool = False) -> str:
    """The text as a YAML scalar that reads back as the same text."""
    if not always and _PLAIN.fullmatch(text) and text.casefold() not in _TRUTHS:
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if char == "\n":
        return "\\n"
    return char if char.isprintable() or char == "\u3000" else f"\\U{ord(char):08x}"


def _written(value: Value) -> str:
    """On one line."""
    if isinstance(value, list):
        return f"[{', '.join(quoted(each, always=True) for each in value)}]"
    return str(value) if isinstance(value, int) else quoted(value)


def _set(text: str, pair: Pair, value: Value) -> str:
    old, rest = text[pair.start : pair.end], text[pair.end :]
    column = pair.start - (text.rfind("\n", 0, pair.start) + 1)
    new = f"&{pair.anchor} {_written(value)}" if pair.anchor else _written(value)
    if pair.style == "-" and isinstance(value, list) and not pair.anchor:
        new = f"{_newline(text)}{' ' * column}".join(f"- {quoted(each, always=True)}" for each in value)
    elif column <= pair.column:
        new = " " * (pair.column + 2) + new  # a list may begin where its key does, nothing else may
    if pair.style in (">", "|") and (comment := re.match(r"[^\n#]*?([ \t]+#[^\r\n]*)", old)):
        new += comment[1]
    if pair.style == "-":
        rest = re.sub(r"\A[ \t]+#[^\r\n]*", "", rest)  # it speaks of the last of the old
    before = " " if text[pair.start - 1 : pair.start] == ":" else ""
    # A text in several lines ends where the line after it begins.
    return text[: pair.start] + before + new + old[len(old.rstrip()) :] + rest


def _added(text: str, first: Pair, flow: bool, key: str, value: Value) -> str:
    if flow:
        return f"{text[: first.end]}, {key}: {_written(value)}{text[first.end :]}"
    newline = _newline(text)
    at = first.end if text[first.end - 1] == "\n" else text.find("\n", first.end) + 1
    line = f"{' ' * first.column}{key}: {_written(value)}"
    return f"{text[:at]}{line}{newline}{text[at:]}" if at else f"{text}{newline}{line}{newline}"


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _pairs(text: str) -> tuple[dict[str, Pair], bool]:
    """The keys of the outermost mapping, and whether it is written in braces. Raises YamlError."""
    import yaml

    try:
        events = list(yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise YamlError(f"不是正确的YAML：{error}") from error
    top = next((at for at, event in enumerate(events) if isinstance(event, yaml.MappingStartEvent)), len(events))
    pairs: dict[str, Pair] = {}
    at = top + 1
    while at < len(events) and not isinstance(events[at], yaml.MappingEndEvent):
        key, value = events[at], _end(events, at) + 1
        last = _end(events, value)
        pairs[getattr(key, "value", "")] = _pair(key, events[value : last + 1])
        at = last + 1
    return pairs, top < len(events) and bool(getattr(events[top], "flow_style", False))


def _pair(key: Any, events: list[Any]) -> Pair:
    """Of a list or mapping with a line for each entry, the end is that of the last thing in it: its own end comes
    after the comments that follow."""
    import yaml

    first, last = events[0], events[-1]
    block = isinstance(first, yaml.CollectionStartEvent) and not first.flow_style
    if block:
        closed = [event for event in events if not isinstance(event, yaml.CollectionEndEvent) or _closes(event)]
        last = closed[-1]
    style = "-" if block and isinstance(first, yaml.SequenceStartEvent) else getattr(first, "style", "") or ""
    anchor = (getattr(first, "anchor", "") or "") if not isinstance(first, yaml.AliasEvent) else ""
    return Pair(key.start_mark.column, first.start_mark.index, last.end_mark.index, anchor, style)


def _closes(event: Any) -> bool:
    """Whether the end of a list or mapping is a bracket that stands there."""
    return bool(event.end_mark.index > event.start_mark.index)


def _end(events: list[Any], start: int) -> int:
    """The index of the last event of the node that begins at `start`."""
    import yaml

    depth = 0
    for at in range(start, len(events)):
        depth += isinstance(events[at], yaml.CollectionStartEvent)
        depth -= isinstance(events[at], yaml.CollectionEndEvent)
        if depth == 0:
            return at
    return len(events) - 1
