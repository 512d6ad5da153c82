"""What the workbook's own parts say: sheets, defined names, relationships, number formats, and remarks for the reader.

Nothing here reads or writes cells."""

from __future__ import annotations

import posixpath
import re
from typing import NamedTuple

from xlauto.books import scan, slow
from xlauto.books.book import Name, SheetInfo
from xlauto.books.cells import Context, Shapes
from xlauto.books.package import Damaged, Package
from xlauto.books.references import parse_area
from xlauto.books.xmltree import Element, parse
from xlauto.model import Note

CONTENT_TYPES = "[Content_Types].xml"

_BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm",
    21: "h:mm:ss", 22: "yyyy/m/d h:mm", 27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"', 30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"', 32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 34: '上午/下午h"时"mm"分"',
    35: '上午/下午h"时"mm"分"ss"秒"', 36: 'yyyy"年"m"月"', 37: "#,##0;-#,##0", 38: "#,##0;[Red]-#,##0",
    39: "#,##0.00;-#,##0.00", 40: "#,##0.00;[Red]-#,##0.00", 41: '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ',
    42: '_ ¥* #,##0_ ;_ ¥* -#,##0_ ;_ ¥* "-"_ ;_ @_ ', 43: '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    44: '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ ', 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
    48: "##0.0E+0", 49: "@", 50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"',
    54: 'm"月"d"日"', 55: '上午/下午h"时"mm"分"', 56: '上午/下午h"时"mm"分"ss"秒"', 57: 'yyyy"年"m"月"',
    58: 'm"月"d"日"',
}  # fmt: skip
"""The formats that a file only names by number (ISO/IEC 29500-1, 18.8.30; 27 to 58 as in Chinese Excel)."""


_PROTECTION = re.compile(rb"<(?:\w+:)?sheetProtection\b[^>]*")
_LOCKS_CELLS = re.compile(rb"""\ssheet\s*=\s*["'](?:1|true)["']""")
_HAS_PASSWORD = frozenset(("password", "hashValue", "workbookPassword", "workbookHashValue"))
_COMMENT = re.compile(
    rb"""<(?:\w+:)?(comment|threadedComment)\b[^>]*?\bref="([A-Z]+[0-9]+)"[^>]*>(.*?)</(?:\w+:)?\1>""", re.DOTALL
)
_SHAPE_TEXT = re.compile(rb"<a:t>([^<]*)</a:t>")


class Relation(NamedTuple):
    kind: str
    """The last word of the relationship's type: `worksheet`, `styles`, …"""
    target: str
    """The part's name; for an external target the text as it stands."""
    external: bool


class SheetPart(NamedTuple):
    info: SheetInfo
    part: str
    is_grid: bool
    """A sheet of cells; a chart or macro sheet is none."""


class Structure:
    """The workbook's parts and what they say."""

    _transitional = (
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    )
    _strict = (
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    )

    def __init__(self, package: Package) -> None:
        self._package = package
        self.workbook_part = self._find_workbook()
        self.relations = relations(package, self.workbook_part)
        self.root = parse(package.xml(self.workbook_part), self.workbook_part)
        self._is_strict = self._strict[0].encode() in package.xml(self.workbook_part)
        self.sheets = [self._sheet(entry) for entry in self._entries("sheets")]
        settings = self.root.first("workbookPr")
        self.date1904 = bool(settings and settings.attributes.get("date1904") in ("1", "true"))

    @property
    def namespace(self) -> str:
        """The namespace of the workbook's elements: transitional or strict."""
        return self._strict[0] if self._is_strict else self._transitional[0]

    @property
    def relation_namespace(self) -> str:
        return self._strict[1] if self._is_strict else self._transitional[1]

    def part_of(self, kind: str) -> str | None:
        """The part that the workbook relates to in this way, if it has one."""
        return next((relation.target for relation in self.relations.values() if relation.kind == kind), None)

    def names(self) -> list[Name]:
        names = []
        for entry in self._entries("definedNames"):
            scope = entry.attributes.get("localSheetId", "")
            if scope and not (scope.isdigit() and int(scope) < len(self.sheets)):
                raise Damaged("名称的工作表序号有误")
            sheet = self.sheets[int(scope)].info.name if scope else ""
            hidden = entry.attributes.get("hidden") in ("1", "true")
            text = entry.text.strip()
            names.append(Name(sheet, entry.attributes.get("name", ""), parse_area(text), text, hidden))
        return names

    def context(self) -> Context:
        """What the cells refer to: shared strings and number formats."""
        strings: list[str] = []
        part = self.part_of("sharedStrings")
        if part:
            xml = self._package.xml(part)
            found = scan.strings(xml)
            strings = slow.strings(xml, part) if found is None else found
        return Context({str(index): text for index, text in enumerate(strings)}, Shapes(self._formats()), self.date1904)

    def sheet_lock(self, sheet: SheetPart) -> bool | None:
        """Whether a password protects the sheet's locked cells; None where nothing does."""
        found = _PROTECTION.search(self._package.part(sheet.part))
        if not found or not _LOCKS_CELLS.search(found[0]):
            return None
        return any(name.encode() in found[0] for name in _HAS_PASSWORD)

    def order_lock(self) -> bool | None:
        """The same for the order and number of the sheets."""
        book = self.root.first("workbookProtection")
        if book is None or book.attributes.get("lockStructure") not in ("1", "true"):
            return None
        return bool(_HAS_PASSWORD.intersection(book.attributes))

    def remarks(self) -> list[Note]:
        """What a reader should know of the file, apart from its figures."""
        container = [*self._protection(), *self._macros(), *self._links(), *self._embedded()]
        return [*container, *self._hidden(), *self._comments()]

    def _find_workbook(self) -> str:
        for relation in relations(self._package, "").values():
            if relation.kind == "officeDocument" and relation.target in self._package:
                return relation.target
        raise Damaged("找不到工作簿的主部件")

    def _entries(self, tag: str) -> list[Element]:
        found = self.root.first(tag)
        return found.children if found else []

    def _sheet(self, entry: Element) -> SheetPart:
        relation = self.relations.get(entry.attributes.get("id", ""))
        if relation is None or relation.target not in self._package:
            raise Damaged(f"缺少工作表“{entry.attributes.get('name', '')}”的部件")
        info = SheetInfo(entry.attributes.get("name", ""), entry.attributes.get("state", "visible"))
        return SheetPart(info, relation.target, relation.kind == "worksheet")

    def _formats(self) -> list[str]:
        """The number format of each style."""
        part = self.part_of("styles")
        if not part:
            return ["General"]
        xml = self._package.xml(part)
        custom, ids = scan.formats(xml) or slow.formats(xml, part)
        known = {str(number): code for number, code in _BUILT_IN.items()} | custom
        return [known.get(id_, "General") for id_ in ids] or ["General"]

    def _protection(self) -> list[Note]:
        """What a password locks: one remark for the file. Protection without a password keeps nobody out."""
        book = self.root.first("workbookProtection")
        locked = ["工作簿结构"] if book and _HAS_PASSWORD.intersection(book.attributes) else []
        for sheet in self.sheets:
            found = _PROTECTION.search(self._package.part(sheet.part))
            if found and any(name.encode() in found[0] for name in _HAS_PASSWORD):
                locked.append(f"工作表“{sheet.info.name}”")
        return [Note("文件10", {"对象": "、".join(locked)})] if locked else []

    def _macros(self) -> list[Note]:
        notes = []
        part = self.part_of("vbaProject")
        if part:
            notes.append(Note("文件11", _project(self._package.part(part), part)))
        for sheet in self.sheets:
            if not sheet.is_grid and "macro" in self.relations_kind(sheet).lower():
                notes.append(Note("文件11", {"部件": f"宏表“{sheet.info.name}”"}))
        return notes

    def relations_kind(self, sheet: SheetPart) -> str:
        return next((found.kind for found in self.relations.values() if found.target == sheet.part), "")

    def _links(self) -> list[Note]:
        notes = []
        for relation in self.relations.values():
            if relation.kind == "externalLink" and relation.target in self._package:
                targets = [link.target for link in relations(self._package, relation.target).values() if link.external]
                is_dde = b"ddeLink" in self._package.part(relation.target)
                code, word = ("文件13", "部件") if is_dde else ("文件12", "目标")
                notes.append(Note(code, {word: "、".join(targets) or relation.target}))
        return notes

    def _embedded(self) -> list[Note]:
        folders = ("/embeddings/", "/activex/")
        found = [
            name
            for name in self._package.names
            if any(folder in f"/{name.lower()}" for folder in folders) and "/_rels/" not in name
        ]
        return [Note("文件13", {"部件": "、".join(found)})] if found else []

    def _hidden(self) -> list[Note]:
        return [
            Note("身份08", {"工作表": sheet.info.name, "状态": sheet.info.state})
            for sheet in self.sheets
            if sheet.info.state != "visible"
        ]

    def _comments(self) -> list[Note]:
        """Comments and text boxes with figures in them, which nobody reads."""
        if not any("comment" in name.lower() or "/drawings/" in name.lower() for name in self._package.names):
            return []
        found = []
        for sheet in self.sheets:
            for relation in relations(self._package, sheet.part).values():
                if relation.target not in self._package:
                    continue
                if relation.kind in ("comments", "threadedComment"):
                    comments = _COMMENT.findall(self._package.xml(relation.target))
                    refs = [ref.decode() for _, ref, text in comments if _has_digits(text)]
                    found += [f"{sheet.info.name}!{ref}的批注" for ref in refs]
                elif relation.kind == "drawing":
                    texts = _SHAPE_TEXT.findall(self._package.xml(relation.target))
                    found += [f"{sheet.info.name}的文本框"] if any(map(_has_digits, texts)) else []
        return [Note("版式14", {"cells": "、".join(dict.fromkeys(found))})] if found else []


def _project(content: bytes, part: str) -> dict[str, str]:
    """What a macro project is made of: its modules with code, and what tells them apart."""
    from xlauto.books.vba import modules

    try:
        found = modules(content)
    except Damaged:
        return {"部件": f"{part}（不能读取）"}
    return {"部件": part, "模块": " ".join(found), "摘要": " ".join(found.values())}


def _has_digits(text: bytes) -> bool:
    """Whether a text, its markup left out, holds a figure."""
    return bool(re.search(rb"[0-9]", re.sub(rb"<[^>]*>", b"", text)))


def relations(package: Package, part: str) -> dict[str, Relation]:
    """The relationships of a part by id; those of the package itself for the empty name."""
    rels = rels_part(part)
    if rels not in package:
        return {}
    found = {}
    for entry in parse(package.xml(rels), rels).all("Relationship"):
        target, kind = entry.attributes.get("Target", ""), entry.attributes.get("Type", "").rpartition("/")[2]
        external = entry.attributes.get("TargetMode", "").lower() == "external"
        if not external:
            target = posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target.replace("\\", "/"))).lstrip(
                "/"
            )
        found[entry.attributes.get("Id", "")] = Relation(kind, target, external)
    return found


def rels_part(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")
