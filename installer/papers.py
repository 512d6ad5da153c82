"""The papers of the offline package: the manuals as pages that any browser shows alone, and the blank forms."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import markdown
from markdown.extensions.toc import TocExtension
from markdown.treeprocessors import Treeprocessor

from xlauto.places import workbooks_dir
from xlauto.scheme import load_scheme

DOCS = Path(__file__).resolve().parent.parent / "docs"
MANUALS = ("用户手册", "按钮的消息", "安装", "人工核对")
"""The documents that travel with the package; they may link to one another only."""
BLANK_FORMS: Mapping[str, str] = {"template.xlsx": "{title}.xlsx", "template.xlsm": "{title}（带按钮）.xlsm"}
STYLE = """
body { max-width: 60em; margin: 2em auto; padding: 0 1.5em; color: #222; background: #fff;
       font: 16px/1.7 "Microsoft YaHei", "微软雅黑", "Noto Sans CJK SC", sans-serif; }
h1, h2, h3 { line-height: 1.3; margin-top: 1.6em; }
h2 { border-bottom: 1px solid #ccc; padding-bottom: .2em; }
img { max-width: 100%; border: 1px solid #ddd; }
table { border-collapse: collapse; margin: 1em 0; }
th, td { border: 1px solid #bbb; padding: .3em .6em; text-align: left; vertical-align: top; }
th { background: #f0f0f0; }
pre { background: #f5f5f5; padding: .8em; white-space: pre-wrap; }
code { background: #f5f5f5; font-family: Consolas, "Microsoft YaHei", monospace; }
nav { color: #777; }
@media print { nav { display: none; } }
"""
_PAGE = """<!DOCTYPE html>
<html lang="zh-CN">
<head><meta charset="utf-8"><title>{title}</title><style>{style}</style></head>
<body>
<nav>{others}</nav>
{content}
</body>
</html>
"""


def manuals() -> dict[str, str]:
    """Each manual as a page, by file name, its pictures inside. Raises ValueError if a link leads out of them."""
    return {f"{name}.html": page(name, (DOCS / f"{name}.md").read_text(encoding="utf-8")) for name in MANUALS}


def page(name: str, text: str) -> str:
    """A manual's text in Markdown as a page."""
    renderer = markdown.Markdown(
        extensions=["tables", "fenced_code", "sane_lists", TocExtension(slugify=lambda value, _: anchor(value))]
    )
    renderer.treeprocessors.register(_Alone(renderer), "alone", 0)
    others = "　".join(f'<a href="{other}.html">{other}</a>' for other in MANUALS if other != name)
    return _PAGE.format(title=name, style=STYLE, others=others, content=_without_breaks(renderer.convert(text)))


def anchor(heading: str) -> str:
    """A heading's name in links, as the manuals write it: what GitHub makes of it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def blank_forms() -> dict[str, bytes]:
    """Each scheme's blank workbook, without and with buttons, by a file name that says what it is."""
    root = workbooks_dir()
    return {
        name.format(title=load_scheme(path.parent.name, (root,)).definition.title): path.read_bytes()
        for template, name in BLANK_FORMS.items()
        for path in sorted(root.glob(f"*/{template}"))
    }


class _Alone(Treeprocessor):
    """Makes a page that needs no other file than the other pages."""

    def run(self, root: ElementTree.Element) -> None:
        for element in root.iter():
            if element.tag == "img":
                picture = (DOCS / element.attrib["src"]).read_bytes()
                element.set("src", f"data:image/png;base64,{base64.b64encode(picture).decode()}")
            elif element.tag == "a":
                element.set("href", _link(element.attrib["href"]))


def _link(target: str) -> str:
    document, mark, heading = target.partition("#")
    name = document.removesuffix(".md")
    if document and (name == document or name not in MANUALS):
        raise ValueError(f"{target} is not among the pages")
    return (f"{name}.html" if name else "") + mark + heading


def _without_breaks(content: str) -> str:
    """Chinese lines are joined without the space that browsers show for a line's end; listings stay as they are."""
    parts = re.split(r"(<pre>.*?</pre>)", content, flags=re.DOTALL)
    parts[::2] = [re.sub(r"(?<=[^\x00-\x7f])\n *(?=[^\x00-\x7f])", "", part) for part in parts[::2]]
    return "".join(parts)
