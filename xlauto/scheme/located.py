"""Mistakes of a scheme's YAML -> one sentence: file, line, keys, what is wrong, and what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from xlauto import yamlfile
from xlauto.scheme.schema import SchemeDef
from xlauto.scheme.strict import SchemeError

Keys = tuple[str | int, ...]

PARTS = ("checks", "scoring")
"""What stands in a file of its own beside scheme.yaml."""

_WORDS = {
    "int": "整数", "float": "数", "str": "文字", "bool": "true 或 false", "null": "空", "array": "列表（- 或 [ ]）",
    "object": "“键: 值”",
}  # fmt: skip


def sentence(folders: Sequence[Path], keys: Keys, problem: str) -> str:
    """`scoring.yaml 第5行 items → 评分表：problem`, of the file nearest to the child in which the keys are written."""
    file, inside = file_of(folders, keys)
    return f"{file} 第{yamlfile.line_of(file, inside)}行 {' → '.join(map(str, inside)) or '（整个文件）'}：{problem}"


@contextmanager
def told_where(folders: Sequence[Path]) -> Iterator[None]:
    """A SchemeError that has keys names file and line, too."""
    try:
        yield
    except SchemeError as error:
        if not error.keys:
            raise
        raise SchemeError(sentence(folders, error.keys, str(error))) from error


def file_of(folders: Sequence[Path], keys: Keys) -> tuple[Path, Keys]:
    """The file, nearest to the child, in which these keys are written, and the keys within it, as far as they are."""
    if keys and keys[0] == "forms" and len(keys) > 1:
        name, inside = f"forms/{keys[1]}.yaml", keys[2:]
    elif keys and keys[0] in PARTS:
        name, inside = f"{keys[0]}.yaml", keys[1:]
    else:
        name, inside = "scheme.yaml", keys
    files = [file for folder in folders if (file := folder / name).exists()]
    for depth in range(len(inside), 0, -1):
        for file in files:
            try:
                _at(yamlfile.load(file), inside[:depth])
            except (KeyError, TypeError, IndexError):
                continue
            return file, inside[:depth]
    return (files or [folders[0] / name])[0], inside


def meant(written: str, known: Iterable[object]) -> str:
    """`；是不是“控制率”？`, if something like it is known."""
    close = get_close_matches(written, [str(key) for key in known], n=1, cutoff=0.5)
    return f"；是不是“{close[0]}”？" if close else ""


def among(written: str, known: Collection[object], word: str = "可用") -> str:
    """What was probably meant, and all that there is: `；是不是“比例”？可用：比例、分档`."""
    close = meant(written, known)
    listed = f"{word}：{'、'.join(map(str, known))}" if known else ""
    return close + listed if close else f"；{listed}" if listed else ""


def typed(error: msgspec.ValidationError, data: dict[str, Any], bases: Mapping[Path, Mapping[str, Any]]) -> str:
    """The sentence for an error of the typed check. `bases` has the folders, the child's first, each with what its
    parents say together."""
    problem, _, path = str(error).partition(" - at `")
    keys = _resolve(re.findall(r"\.(\w+)|\[(\d+|\.\.\.)\]", path.rstrip("`")), data)
    folders = list(bases)
    unknown = re.search(r"unknown field `(.*)`", problem)
    if unknown:
        known = _known_keys(keys, data)
        others = [key for key in known if key not in _at(data, keys)]
        instead = meant(unknown[1], known) or among("", others)
        return sentence(folders, (*keys, unknown[1]), f"没有“{unknown[1]}”这个键{instead}")
    missing = re.search(r"missing required field `(.*)`", problem)
    if missing:
        return sentence(folders, keys, f"缺少“{missing[1]}”{_why_missing(keys, data, bases)}")
    wrong = re.search(r"Expected `(.*)`, got `(.*)`", problem)
    if wrong:
        return sentence(folders, keys, f"应为{_in_words(wrong[1])}，实为{_in_words(wrong[2])}")
    invalid = re.search(r"Invalid (?:enum )?value (.*)", problem)
    if invalid:
        values = _values(keys, data)
        return sentence(folders, keys, f"不认识的值 {invalid[1]}{among(invalid[1].strip(chr(39)), values)}")
    return sentence(folders, keys, problem)


def _in_words(types: str) -> str:
    return "或".join(_WORDS.get(name.strip(), name.strip()) for name in types.split("|"))


def _why_missing(keys: Keys, data: Any, bases: Mapping[Path, Mapping[str, Any]]) -> str:
    """Why something is not there that the child's author never meant to write: another kind, or a misspelt key."""
    file, _ = file_of(list(bases), keys)
    folder = next(home for home in bases if file.is_relative_to(home))
    base: Any = bases[folder]
    here: Any = data
    for depth, key in enumerate(keys):
        here = here[key]
        if not isinstance(base, Mapping) or not base:
            return ""
        if key not in base:
            return f"：底本没有“{key}”{meant(str(key), base)}{_or_whole(keys[depth:])}"
        base = base[key]
    was, now = (each.get("kind") if isinstance(each, Mapping) else None for each in (base, here))
    if was and now and was != now:
        return f"：kind 由底本的“{was}”改成了“{now}”，底本这条规则的其他键不再沿用，要写全"
    return ""


def _or_whole(rest: Keys) -> str:
    return "新增的要写全" if len(rest) < 2 else "新增的要连同里面的一起写全"


# --- where and of what type -----------------------------------------------------------------------------------------


def _resolve(steps: list[tuple[str, str]], data: Any) -> Keys:
    """The keys of an error path; msgspec writes `[...]` for a key of a mapping, found here by trying each."""
    keys: list[str | int] = []
    for field, index in steps:
        if index != "...":
            keys.append(field or int(index))
            continue
        here = _at(data, keys)
        keys.append(next((key for key in here if _fails(data, [*keys, key])), next(iter(here), "")))
    return tuple(keys)


def _fails(data: Any, keys: Sequence[str | int]) -> bool:
    """Whether the data is still wrong when the mapping that holds the last key holds nothing else."""
    only: Any = _at(data, keys)
    for position in range(len(keys) - 1, -1, -1):
        here = _at(data, keys[:position])
        only = {**here, keys[position]: only} if position < len(keys) - 1 else {keys[position]: only}
    try:
        msgspec.convert(only, SchemeDef, str_keys=True)
    except msgspec.ValidationError:
        return True
    return False


def _at(data: Any, keys: Sequence[str | int]) -> Any:
    for key in keys:
        data = data[key]
    return data


def _types(keys: Keys, data: Any) -> list[Any]:
    """The types that may stand under these keys; of several structs the one whose kind is written there."""
    found: list[Any] = [SchemeDef]
    for depth, key in enumerate(keys):
        below: list[Any] = []
        for type_ in found:
            if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
                config, written = type_.__struct_config__, _at(data, keys[:depth])
                if config.tag_field and isinstance(written, Mapping) and written.get(config.tag_field) != config.tag:
                    continue
                names = dict(zip(type_.__struct_encode_fields__, type_.__struct_fields__, strict=True))
                below += _members(get_type_hints(type_)[names[str(key)]]) if key in names else []
            elif get_origin(type_) in (dict, list):
                below += _members(get_args(type_)[-1])
        found = below
    return found


def _members(type_: Any) -> list[Any]:
    return list(get_args(type_)) if get_origin(type_) in (Union, UnionType) else [type_]


def _known_keys(keys: Keys, data: Any) -> list[str]:
    """The keys that the mapping under these keys may have."""
    structs = [type_ for type_ in _types(keys, data) if isinstance(type_, type) and issubclass(type_, msgspec.Struct)]
    kind = _at(data, keys).get("kind")
    found = next((each for each in structs if each.__struct_config__.tag in (None, kind)), None)
    return list(found.__struct_encode_fields__) if found else []


def _values(keys: Keys, data: Any) -> list[str]:
    """The values that may stand under these keys: of a Literal, or the kinds of a rule."""
    literals = [str(value) for type_ in _types(keys, data) if get_origin(type_) is Literal for value in get_args(type_)]
    if literals or not keys:
        return literals
    structs = [each for each in _types(keys[:-1], data) if isinstance(each, type) and issubclass(each, msgspec.Struct)]
    return [str(each.__struct_config__.tag) for each in structs if each.__struct_config__.tag_field == keys[-1]]
