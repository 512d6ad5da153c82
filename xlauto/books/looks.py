"""What a style of the style sheet says beside its number format: whether its cells are locked, and which styles look
alike."""

from __future__ import annotations

from typing import NamedTuple

from xlauto.books.package import Package
from xlauto.books.structure import Structure
from xlauto.books.xmltree import Element, parse


class Look(NamedTuple):
    """`key` is equal for styles that look alike. That Excel marks a typed text with an apostrophe is no look."""

    locked: bool = True
    key: str = ""


def looks_of(package: Package, structure: Structure) -> dict[str, Look]:
    """The looks by the text of a style's index; no index means the first."""
    part = structure.part_of("styles")
    holder = parse(package.xml(part), part).first("cellXfs") if part else None
    found = {str(index): _look(style) for index, style in enumerate(holder.children if holder else ())}
    return found | {"": found.get("0", Look())}


def _look(style: Element) -> Look:
    protection = style.first("protection")
    locked = protection is None or protection.attributes.get("locked") not in ("0", "false")
    own = {name: value for name, value in style.attributes.items() if name not in ("quotePrefix", "xfId")}
    parts = [(child.tag, sorted(child.attributes.items())) for child in style.children]
    return Look(locked, repr((sorted(own.items()), parts)))
