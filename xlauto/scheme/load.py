"""YAML folders -> one merged SchemeDef: inheritance, typed checking with file and line, and a cache of parsed files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from xlauto import yamlfile
from xlauto.cache import cached
from xlauto.places import own_schemes_dir, workbooks_dir
from xlauto.scheme.build import Scheme, SchemeError, build
from xlauto.scheme.schema import SchemeDef

PARTS = ("checks", "scoring")


class SchemeFolder(NamedTuple):
    """Where a scheme lies."""

    id: str
    path: Path


def available(extra: Sequence[Path] = ()) -> list[SchemeFolder]:
    """All schemes: those of `extra` folders, the user's own, and those that come with xlauto. An id that occurs twice
    is taken from the first folder."""
    found: dict[str, SchemeFolder] = {}
    for root in (*extra, own_schemes_dir(), workbooks_dir()):
        for file in sorted(root.glob("*/scheme.yaml")):
            found.setdefault(file.parent.name, SchemeFolder(file.parent.name, file.parent))
    return list(found.values())


def load_scheme(scheme_id: str, extra: Sequence[Path] = ()) -> Scheme:
    """The scheme of that id. Raises SchemeError naming file, line and key."""
    return _load(scheme_id, tuple(extra))


@lru_cache(maxsize=64)
def _load(scheme_id: str, extra: tuple[Path, ...]) -> Scheme:
    folders = _lineage(scheme_id, extra)
    data = cached(scheme_id, [file for folder in folders for file in _files(folder)], lambda: _merged(folders))
    try:
        definition = msgspec.convert(data, SchemeDef, str_keys=True)
    except msgspec.ValidationError as error:
        raise SchemeError(_located(error, data, folders)) from error
    return build(definition, tuple(folder.path for folder in folders))


def _lineage(scheme_id: str, extra: tuple[Path, ...]) -> list[SchemeFolder]:
    """The scheme's folder first, then its parents."""
    known = {folder.id: folder for folder in available(extra)}
    lineage: list[SchemeFolder] = []
    following: str | None = scheme_id
    while following:
        if following not in known:
            asked = f"（{lineage[-1].path / 'scheme.yaml'} 的 extends）" if lineage else ""
            raise SchemeError(f"没有套表“{following}”{asked}；现有：{'、'.join(sorted(known))}")
        folder = known[following]
        if folder in lineage:
            raise SchemeError(f"{folder.path / 'scheme.yaml'}：extends 绕成了圈")
        lineage.append(folder)
        following = _parent(folder.path / "scheme.yaml")
    return lineage


@lru_cache(maxsize=256)
def _parent(file: Path) -> str | None:
    """`extends` of a scheme.yaml, without parsing the whole file."""
    match = re.search(r"^extends:\s*[\"']?([^\s\"'#]+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    return match[1] if match else None


def _files(folder: SchemeFolder) -> Iterator[Path]:
    yield folder.path / "scheme.yaml"
    yield from sorted((folder.path / "forms").glob("*.yaml"))
    yield from (file for part in PARTS if (file := folder.path / f"{part}.yaml").exists())


def _merged(folders: Sequence[SchemeFolder]) -> dict[str, Any]:
    """The parents' data overlaid by the children's."""
    whole: dict[str, Any] = {}
    for folder in reversed(folders):
        whole = overlay(whole, _raw(folder))
        whole["id"] = whole.get("id", folder.id)
    order = whole.pop("form_order", None)
    forms = whole.get("forms", {})
    if order:
        missing = [stem for stem in order if stem not in forms]
        if missing:
            raise SchemeError(f"{folders[0].path / 'scheme.yaml'}：forms 列出了没有文件的表：{'、'.join(missing)}")
        whole["forms"] = {stem: forms[stem] for stem in order}
        _leave_out(whole, [forms[stem]["form"] for stem in forms if stem not in order])
    return whole


def _leave_out(whole: dict[str, Any], gone: Sequence[str]) -> None:
    """The rules for forms that a scheme does not take over from its parent go with them."""
    for key, check in list(whole.get("checks", {}).items()):
        named = [check["form"]] if isinstance(check.get("form"), str) else check.get("form", [])
        kept = [form for form in named if form not in gone]
        speaks = f"{check.get('that', '')} {check.get('when', '')}"
        if named and (not kept or any(f"{form}!" in speaks for form in gone)):
            del whole["checks"][key]
        elif kept != named:
            whole["checks"][key] = {**check, "form": kept}
    for form in gone:
        whole.get("scoring", {}).get("scored", {}).pop(form, None)


def _raw(folder: SchemeFolder) -> dict[str, Any]:
    """One folder's own files as one mapping."""
    try:
        data = _mapping(folder.path / "scheme.yaml")
        if "forms" in data:
            data["form_order"] = data.pop("forms")
        for part in PARTS:
            if (file := folder.path / f"{part}.yaml").exists():
                data[part] = _mapping(file)
        data["forms"] = {file.stem: _mapping(file) for file in sorted((folder.path / "forms").glob("*.yaml"))}
    except yamlfile.YamlError as error:
        raise SchemeError(str(error)) from error
    if data.get("id") != folder.path.name:
        raise SchemeError(f"{folder.path / 'scheme.yaml'}：id “{data.get('id')}”与文件夹名“{folder.path.name}”不一致")
    return data


def _mapping(file: Path) -> dict[str, Any]:
    data = yamlfile.load(file)
    if not isinstance(data, dict):
        raise SchemeError(f"{file}：应当是“键: 值”的形式")
    return data


def overlay(parent: Any, child: Any) -> Any:
    """The parent with the child's differences: mappings merge key by key, `null` removes a key, anything else
    replaces; a mapping with `replace: true` replaces the parent's as a whole."""
    if not isinstance(child, dict):
        return child
    child = dict(child)
    if child.pop("replace", False) or not isinstance(parent, Mapping):
        return {key: overlay(None, value) for key, value in child.items() if value is not None}
    merged = dict(parent)
    for key, value in child.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = overlay(merged.get(key), value)
    return merged


def _located(error: msgspec.ValidationError, data: dict[str, Any], folders: Sequence[SchemeFolder]) -> str:
    """A sentence with file, line and key for an error of the typed check."""
    problem, _, path = str(error).partition(" - at `")
    keys = _resolve(re.findall(r"\.(\w+)|\[(\d+|\.\.\.)\]", path.rstrip("`")), data)
    file, inside = _file_of(keys, folders)
    unknown = re.search(r"unknown field `(.*)`", problem)
    if unknown:
        inside, problem = (*inside, unknown[1]), f"没有“{unknown[1]}”这个键"
    missing = re.search(r"missing required field `(.*)`", problem)
    if missing:
        problem = f"缺少“{missing[1]}”"
    wrong = re.search(r"Expected `(.*)`, got `(.*)`", problem)
    if wrong:
        problem = f"应为 {wrong[1]}，实为 {wrong[2]}"
    invalid = re.search(r"Invalid enum value (.*)", problem)
    if invalid:
        problem = f"不认识的值 {invalid[1]}"
    unknown_kind = re.search(r"Invalid value (.*)", problem)
    if unknown_kind:
        problem = f"不认识的值 {unknown_kind[1]}"
    return f"{file} 第{yamlfile.line_of(file, inside)}行 {' → '.join(map(str, inside)) or '（整个文件）'}：{problem}"


def _resolve(steps: list[tuple[str, str]], data: Any) -> tuple[str | int, ...]:
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


def _file_of(keys: tuple[str | int, ...], folders: Sequence[SchemeFolder]) -> tuple[Path, tuple[str | int, ...]]:
    """The file, nearest to the child, in which these keys are written, and the keys within it."""
    if keys and keys[0] == "forms" and len(keys) > 1:
        name, inside = f"forms/{keys[1]}.yaml", keys[2:]
    elif keys and keys[0] in PARTS:
        name, inside = f"{keys[0]}.yaml", keys[1:]
    else:
        name, inside = "scheme.yaml", keys
    files = [file for folder in folders if (file := folder.path / name).exists()]
    for file in files:
        try:
            _at(yamlfile.load(file), inside)
        except (KeyError, TypeError, IndexError):
            continue
        return file, inside
    return (files or [folders[0].path / name])[0], inside
