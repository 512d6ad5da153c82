"""click's own words in Chinese: usage, errors of options and arguments. What a command says itself is in cli."""

from __future__ import annotations

import importlib
from collections.abc import Callable

WORDS = {
    "Usage:": "用法：",
    "Usage": "用法",
    "Options": "选项",
    "Commands": "命令",
    "Positional arguments": "参数",
    "Show this message and exit.": "显示帮助。",
    "Show the version and exit.": "显示版本号。",
    "Error: {message}": "错误：{message}",
    "Try '{command} {option}' for help.": "用“{command} {option}”查看用法。",
    "Invalid value: {message}": "值不对：{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint} 的值不对：{message}",
    "Missing argument": "缺少参数",
    "Missing option": "缺少选项",
    "Missing parameter": "缺少参数",
    "Missing command.": "缺少命令。",
    "No such option {name!r}.": "没有选项 {name}。",
    "No such command {name!r}.": "没有命令 {name}。",
    "No such option: {name}": "没有选项 {name}",
    "No such command {name!r}": "没有命令 {name}",
    "Got unexpected extra argument ({args})": "多余的参数（{args}）",
    "Got unexpected extra arguments ({args})": "多余的参数（{args}）",
    "Option {name!r} requires an argument.": "选项 {name} 需要一个值。",
    "Option {name!r} does not take a value.": "选项 {name} 不带值。",
    "Could not open file {filename!r}: {message}": "不能打开文件 {filename}：{message}",
    "{name} {filename!r} does not exist.": "“{filename}”不存在。",
    "{name} {filename!r} is a file.": "“{filename}”是文件，应为文件夹。",
    "{name} {filename!r} is a directory.": "“{filename}”是文件夹，应为文件。",
    "{name} {filename!r} is not readable.": "“{filename}”不能读取。",
    "{name} {filename!r} is not writable.": "“{filename}”不能写入。",
    "{value!r} is not a valid {number_type}.": "{value} 不是数。",
    "{value} is not in the range {range}.": "{value} 不在 {range} 之内。",
    "Did you mean {possibility}?": "是不是 {possibility}？",
    "(Possible options: {possibilities})": "（可用的选项：{possibilities}）",
    "file": "文件",
    "directory": "文件夹",
    "path": "路径",
    "File": "文件",
    "Directory": "文件夹",
    "Path": "路径",
    "Aborted!": "已中止。",
    "default: {default}": "默认：{default}",
    "required": "必填",
}


def speak_chinese() -> None:
    """Let click take its words from here; words that it has and this list lacks stay as they are. Its columns line
    up by the width on screen, where a Chinese character takes two."""
    from xlauto.terminal import width

    importlib.import_module("click.formatting").term_len = width  # type: ignore[attr-defined]
    for name in ("core", "exceptions", "formatting", "parser", "types", "decorators"):
        module = importlib.import_module(f"click.{name}")
        if hasattr(module, "_"):
            module._ = translate  # type: ignore[attr-defined]
        if hasattr(module, "ngettext"):
            module.ngettext = _plural(translate)  # type: ignore[attr-defined]


def translate(words: str) -> str:
    return WORDS.get(words, words)


def _plural(one: Callable[[str], str]) -> Callable[[str, str, int], str]:
    return lambda single, many, count: one(single if count == 1 else many)
