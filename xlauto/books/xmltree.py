"""Small XML documents as trees, by expat: bounded depth, no DTD, names without their namespace prefix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from xlauto.books.package import Damaged

MAX_DEPTH = 64


@dataclass(slots=True)
class Element:
    """An element: `tag` and attribute names are local names, except that `r:id` keeps its meaning as `id`."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def all(self, tag: str) -> Iterator[Element]:
        return (child for child in self.children if child.tag == tag)

    def first(self, tag: str) -> Element | None:
        return next(self.all(tag), None)


def local(name: str) -> str:
    """`x:row` -> `row`"""
    return name.rpartition(":")[2]


def parser(part: str) -> expat.XMLParserType:
    """An expat parser that refuses document types."""
    made = expat.ParserCreate()
    made.buffer_text = True

    def refuse(*_: object) -> None:
        raise Damaged(f"部件{part}含有DTD或实体声明")

    made.StartDoctypeDeclHandler = refuse
    return made


def parse(data: bytes, part: str) -> Element:
    """The root element. Raises Damaged if the part is not well-formed."""
    root = Element("", {})
    path = [root]
    made = parser(part)

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(path) > MAX_DEPTH:
            raise Damaged(f"部件{part}嵌套过深")
        element = Element(local(tag), {local(name): value for name, value in attributes.items()})
        path[-1].children.append(element)
        path.append(element)

    def end(_: str) -> None:
        path.pop()

    def characters(text: str) -> None:
        path[-1].text += text

    made.StartElementHandler, made.EndElementHandler, made.CharacterDataHandler = start, end, characters
    run(made, data, part)
    return root.children[0]


def run(made: expat.XMLParserType, data: bytes, part: str) -> None:
    try:
        made.Parse(data, True)
    except expat.ExpatError as error:
        raise Damaged(f"部件{part}不是正确的XML") from error
