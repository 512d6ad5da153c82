"""YAML folders -> one merged SchemeDef: inheritance, typed checking with file and line, and a cache of parsed files."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from xlauto import yamlfile
from xlauto.cache import cached
from xlauto.places import own_schemes_dir, workbooks_dir
from xlauto.scheme.build import Scheme, SchemeError, build
from xlauto.scheme.located import PARTS, among, meant, sentence, typed
from xlauto.scheme.schema import SchemeDef


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
        bases = {folder.path: _whole(folders[number + 1 :]) for number, folder in enumerate(folders)}
        raise SchemeError(typed(error, data, bases)) from error
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
    """`extends` of a scheme.yaml; where it is written plainly, without parsing the whole file."""
    try:
        text = file.read_text(encoding="utf-8")
    except (UnicodeDecodeError, OSError) as error:
        raise SchemeError(f"{file}：不能读取，或不是UTF-8编码；请在记事本里另存，编码选UTF-8") from error
    plain = re.search(r"^extends:[ \t]*([\"']?)([\w.-]+)\1[ \t]*(#.*)?$", text, re.MULTILINE)
    if plain or "extends" not in text:
        return plain[2] if plain else None
    try:
        return _mapping(file).get("extends")
    except yamlfile.YamlError as error:
        raise SchemeError(str(error)) from error


def _files(folder: SchemeFolder) -> Iterator[Path]:
    yield folder.path / "scheme.yaml"
    yield from sorted((folder.path / "forms").glob("*.yaml"))
    yield from (file for part in PARTS if (file := folder.path / f"{part}.yaml").exists())


def _merged(folders: Sequence[SchemeFolder]) -> dict[str, Any]:
    """The parents' data overlaid by the children's, with the forms that the scheme keeps."""
    whole = _whole(folders)
    order = whole.pop("form_order", None)
    forms = whole.get("forms", {})
    if order:
        missing = [stem for stem in order if stem not in forms]
        if missing:
            raise SchemeError(f"{folders[0].path / 'scheme.yaml'}：forms 列出了没有文件的表：{'、'.join(missing)}")
        _refuse_unlisted(folders[0], order)
        whole["forms"] = {stem: forms[stem] for stem in order}
        _leave_out(whole, [forms[stem]["form"] for stem in forms if stem not in order])
    names = [form.get("form") for form in whole.get("forms", {}).values() if isinstance(form, dict)]
    for form in (whole.get("scoring") or {}).get("items") or ():
        if form not in names:
            problem = f"没有“{form}”这张表{among(str(form), names, '现有')}"
            raise SchemeError(sentence([folder.path for folder in folders], ("scoring", "items", form), problem))
    return whole


def _refuse_unlisted(folder: SchemeFolder, order: Sequence[str]) -> None:
    """A form's file that nothing puts into the scheme."""
    for file in sorted((folder.path / "forms").glob("*.yaml")):
        if file.stem not in order:
            hint = among(file.stem, order, "列出的有")
            raise SchemeError(f"{file}：scheme.yaml 的 forms（没有写的按底本）没有列出“{file.stem}”{hint}")


def _whole(folders: Sequence[SchemeFolder]) -> dict[str, Any]:
    """All that these folders say, the last overlaid by the others. Raises SchemeError."""
    whole: dict[str, Any] = {}
    for folder in reversed(folders):
        own = _raw(folder)
        if whole:
            _refuse_strangers(whole, own, folder)
        whole = overlay(whole, own)
        whole["id"] = whole.get("id", folder.id)
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
        for part in ("scored", "items"):
            whole.get("scoring", {}).get(part, {}).pop(form, None)


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
        wide = "；冒号要用英文的，后面空一格" if isinstance(data, str) and "：" in data else ""
        raise SchemeError(f"{file}：应当是“键: 值”的形式{wide}")
    return data


def overlay(parent: Any, child: Any, path: tuple[str, ...] = ()) -> Any:
    """The parent with the child's differences: mappings merge key by key, `null` removes a key, anything else
    replaces; a mapping with `replace: true` replaces the parent's as a whole. What belonged to another kind of rule
    than the child's goes too. `path` are the keys that lead here."""
    if not isinstance(child, dict):
        return child
    child = dict(child)
    if child.pop("replace", False) or not isinstance(parent, Mapping):
        return {key: overlay(None, value) for key, value in child.items() if value is not None}
    outdated = _outdated(parent, child, path)
    merged = {key: value for key, value in parent.items() if key not in outdated}
    for key, value in child.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = overlay(merged.get(key), value, (*path, str(key)))
    return _grouped(merged, parent) if path[:2] == ("scoring", "items") and len(path) == 3 else merged


def _grouped(items: dict[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """The items of a score table, a new one behind the last with which it shares most of its 一级 and 二级指标."""
    order = [key for key in items if key in old]
    for key in items:
        if key not in old:
            alike = [_shared(items[key], items[other]) for other in order]
            last = max((at for at, depth in enumerate(alike) if depth == max(alike)), default=-1)
            order.insert(last + 1 if max(alike, default=0) else len(order), key)
    return {key: items[key] for key in order}


def _shared(one: Any, other: Any) -> int:
    """How many of their groups, from the top, are the same."""
    groups = [item.get("under") or () if isinstance(item, Mapping) else () for item in (one, other)]
    return next((at for at, (a, b) in enumerate(zip(*groups, strict=False)) if a != b), min(map(len, groups)))


def _outdated(parent: Mapping[str, Any], child: Mapping[str, Any], path: tuple[str, ...]) -> Collection[str]:
    """Keys of the parent that mean nothing beside what the child says: those of a rule of another kind."""
    other_kind = "kind" in child and "kind" in parent and child["kind"] != parent["kind"]
    match path:
        case ("scoring", "items", _, _, "rule") | ("scoring", "items", _, _, "parts", _) if other_kind:
            return parent.keys()
        case ("scoring", "items", _, _, "evidence", _) if other_kind:
            return ("choices",)
        case ("scoring", "items", _, _):
            whole, parts = child.get("rule"), child.get("parts")
            return ("rule",) if parts and not whole else ("parts",) if whole and not parts else ()
        case ("checks", _) if child.get("kind") and (other_kind or "kind" not in parent):
            return ("that", "when", "params")
        case ("checks", _) if child.get("that") and not parent.get("that") and "kind" not in child:
            return ("kind", "params")
    return ()


# --- what a child cannot mean ---------------------------------------------------------------------------------------


def _refuse_strangers(parent: Mapping[str, Any], child: Mapping[str, Any], folder: SchemeFolder) -> None:
    """A key that the parent does not have, where only one that it has makes sense: misspelt, most likely."""
    for path, known, problem in _strangers(parent, child, ()):
        told = problem.format(key=path[-1], meant=meant(path[-1], known)).replace("？；", "？")
        raise SchemeError(sentence([folder.path], path, told))


Stranger = tuple[tuple[str, ...], Collection[str], str]
"""Where, which keys the parent has there, and what is to be said."""


def _strangers(parent: Any, child: Any, path: tuple[str, ...]) -> Iterator[Stranger]:
    if not isinstance(parent, Mapping) or not isinstance(child, Mapping) or child.get("replace"):
        return
    for key, value in child.items():
        here = (*path, str(key))
        if key in parent:
            yield from _strangers(parent[key], value, here)
        elif value is None:
            yield here, parent.keys(), "底本没有“{key}”，没有可以去掉的{meant}"
        elif isinstance(value, Mapping) and (problem := _not_new(here, value)):
            yield here, parent.keys(), problem


def _not_new(path: tuple[str, ...], value: Mapping[str, Any]) -> str:
    """What to say of a new entry that says too little to be meant as new."""
    match path:
        case ("scoring", "items", _, _) if "under" not in value or not {"points", "text"} & value.keys():
            return (
                "底本没有这一项{meant}；确实是新的一项的，要写 under（没有一级指标的写 under: []）"
                "和 points（分值由单位自定的写 text）"
            )
        case ("scoring", "items", _, _, *_, "checks", _) if not {"ask", "when"} & value.keys():
            return "底本的清单里没有这一条{meant}；确实是新的一条的，要写 points，和 ask、when 中的一个"
    return ""
