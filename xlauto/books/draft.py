"""Edits to the workbook's own parts: defined names, a new sheet with its headings, the calculation chain.

Each function returns the parts that change; cells are changed in `patch.py`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from xlauto.books.book import AddSheet, SetName
from xlauto.books.cells import resolved
from xlauto.books.layout import Span, spans_of
from xlauto.books.package import Damaged, Package
from xlauto.books.patch import Change, cell_xml, escaped, quoted
from xlauto.books.references import area_text, parse_area
from xlauto.books.structure import CONTENT_TYPES, Structure, rels_part
from xlauto.books.xmltree import local
from xlauto.model import CannotGoOn, column_letters

_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_TITLE_LIMIT = 31
_TITLE_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_NAME_HOLDERS = frozenset({"sheets", "functionGroups", "externalReferences", "definedNames", "definedName"})
_COUNT = re.compile(rb'(\scount=")[0-9]+(")')


class Draft:
    """The package with the changes made so far. Later changes see earlier ones."""

    def __init__(self, package: Package, structure: Structure) -> None:
        self._package, self._structure = package, structure
        self._changed: dict[str, bytes] = {}
        self._added: dict[str, bytes] = {}
        self._removed: set[str] = set()

    @property
    def is_changed(self) -> bool:
        return bool(self._changed or self._added or self._removed)

    def data(self) -> bytes:
        return self._package.rebuilt(self._changed, frozenset(self._removed), self._added)

    def put(self, part: str, xml: bytes) -> None:
        self._changed[part] = xml

    def set_names(self, edits: Sequence[SetName]) -> None:
        """Let definedNames refer to other areas, of one name the last; every other byte of the part stays."""
        part, xml = self._structure.workbook_part, self._xml(self._structure.workbook_part)
        titles = {sheet.info.name: str(index) for index, sheet in enumerate(self._structure.sheets)}
        wanted = {(edit.name.casefold(), titles[edit.scope] if edit.scope else None): edit for edit in edits}
        spans = spans_of(xml, _NAME_HOLDERS, part)
        known = {
            (span.attributes.get("name", "").casefold(), span.attributes.get("localSheetId")): span
            for span in reversed(spans)
            if local(span.tag) == "definedName"
        }
        fresh = [_Named(edit.name, scope, area_text(edit.area)) for (key, scope), edit in wanted.items()
                 if (key, scope) not in known]  # fmt: skip
        changed = _with_new_names(xml, spans, fresh) if fresh else xml
        for key, span in sorted(known.items(), key=lambda item: -item[1].start):
            # From the last to the first, so that what is written moves no place that is still to come.
            edit = wanted.get(key)
            if edit and parse_area(resolved(xml[span.inner : span.close].decode())) != edit.area:
                changed = _filled(changed, span, escaped(area_text(edit.area)).encode())
        if changed != xml:
            self.put(part, changed)

    def set_constant(self, name: str, text: str) -> None:
        """A hidden name of the workbook that holds a text, in place of any of that name."""
        part = self._structure.workbook_part
        self._cut(part, "definedName", lambda found: found.get("name", "").casefold() == name.casefold())
        constant = _Named(name, None, '"' + text.replace('"', '""') + '"', hidden=True)
        xml = self._xml(part)
        self.put(part, _with_new_names(xml, spans_of(xml, _NAME_HOLDERS, part), [constant]))

    def add_sheet(self, edit: AddSheet) -> None:
        """Append a sheet with headings."""
        style = self._heading_style() if edit.headings else ""
        self.put_sheet(edit.name, _sheet_xml(edit, self._structure.namespace, style))

    def put_sheet(self, name: str, xml: bytes) -> None:
        """Append a sheet of that name: its part, and an entry in workbook, relationships and content types."""
        if not name or len(name) > _TITLE_LIMIT or _TITLE_FORBIDDEN.search(name) or name[0] == "'":
            fact = f"“{name}”不能作工作表名"
            raise CannotGoOn("程序14", self._package.label, fact, "不超过31个字符，不含[]:*?/\\")
        workbook = self._structure.workbook_part
        folder = posixpath.join(posixpath.dirname(workbook), "worksheets")
        number = 1
        while f"{folder}/sheet{number}.xml" in self._package or f"{folder}/sheet{number}.xml" in self._added:
            number += 1
        part = f"{folder}/sheet{number}.xml"
        self._added[part] = xml
        relation = self._relate(workbook, part)
        self._list_sheet(workbook, name, relation)
        self._append(CONTENT_TYPES, "Types", f'<{{}}Override PartName="/{part}" ContentType="{_SHEET_TYPE}"/>')

    def drop_calculation_chain(self) -> None:
        """Excel rebuilds the chain; one that names a cell without formula would make it call the file damaged."""
        chain = self._structure.part_of("calcChain")
        if not chain:
            return
        self._removed.add(chain)
        workbook = self._structure.workbook_part
        rels = rels_part(workbook)
        self._cut(rels, "Relationship", lambda found: found.get("Type", "").endswith("/calcChain"))
        self._cut(
            CONTENT_TYPES, "Override", lambda found: found.get("PartName", "").lstrip("/").lower() == chain.lower()
        )

    def _xml(self, part: str) -> bytes:
        found = self._changed.get(part)
        return self._package.xml(part) if found is None else found

    def _relate(self, workbook: str, part: str) -> str:
        rels = rels_part(workbook)
        taken = set(self._structure.relations) | {
            span.attributes.get("Id", "") for span in spans_of(self._xml(rels), frozenset({"Relationship"}), rels)
        }
        number = 1
        while f"rId{number}" in taken:
            number += 1
        target = posixpath.relpath(part, posixpath.dirname(workbook) or ".")
        kind = f"{self._structure.relation_namespace}/worksheet"
        self._append(rels, "Relationships", f'<{{}}Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>')
        return f"rId{number}"

    def _list_sheet(self, workbook: str, name: str, relation: str) -> None:
        spans = spans_of(self._xml(workbook), frozenset({"sheet"}), workbook)
        used = [int(span.attributes.get("sheetId", "0")) for span in spans]
        # The prefix is declared here, since some programs declare it on each sheet instead of the root.
        declared = f'xmlns:r="{self._structure.relation_namespace}" r:id="{relation}"'
        entry = f'<{{}}sheet name={quoted(name)} sheetId="{max(used) + 1}" {declared}/>'
        self._append(workbook, "sheets", entry)

    def _append(self, part: str, parent: str, entry: str) -> None:
        """Put an element (`{}` stands for the prefix) at the end of the part's element `parent`."""
        xml = self._xml(part)
        span = spans_of(xml, frozenset({parent}), part)[0]
        content = entry.replace("{}", _prefix(span.tag), 1).encode()
        self.put(part, _filled(xml, span, xml[span.inner : span.close] + content))

    def _cut(self, part: str, tag: str, wanted: Callable[[dict[str, str]], bool]) -> None:
        xml = self._xml(part)
        for span in reversed(spans_of(xml, frozenset({tag}), part)):
            if wanted(span.attributes):
                xml = xml[: span.start] + xml[span.end :]
        self.put(part, xml)

    def _heading_style(self) -> str:
        """The index of a new bold, wrapped style, appended to the style sheet."""
        part = self._structure.part_of("styles")
        if not part:
            return ""
        font = self._append_counted(part, "fonts", _bold)
        style = (
            f'<{{}}xf numFmtId="0" fontId="{font}" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1">'
        )
        style += '<{}alignment vertical="center" wrapText="1"/></{}xf>'
        return str(self._append_counted(part, "cellXfs", lambda _: style))

    def _append_counted(self, part: str, parent: str, make: Callable[[str], str]) -> int:
        """Append to a list of the style sheet that carries its count; returns the new entry's index."""
        xml = self._xml(part)
        wanted = frozenset({parent, "font" if parent == "fonts" else "xf"})
        spans = spans_of(xml, wanted, part)
        holder = next((span for span in spans if local(span.tag) == parent), None)
        if holder is None:
            raise Damaged(f"部件{part}缺少{parent}")
        entries = [span for span in spans if holder.inner <= span.start < holder.close and local(span.tag) != parent]
        first = xml[entries[0].start : entries[0].end].decode() if entries else ""
        entry = make(first).replace("{}", _prefix(holder.tag)).encode()
        opened = _COUNT.sub(rb"\g<1>%d\g<2>" % (len(entries) + 1), xml[holder.start : holder.inner])
        self.put(part, xml[: holder.start] + opened + xml[holder.inner : holder.close] + entry + xml[holder.close :])
        return len(entries)


def _bold(font: str) -> str:
    """The workbook's first font, made bold."""
    if not font or font.endswith("/>"):
        return "<{}font><{}b/></{}font>"
    if re.search(r"<(?:\w+:)?b[ /]", font):
        return font
    opened = font.index(">") + 1
    return f"{font[:opened]}<{{}}b/>{font[opened:]}"


def _prefix(tag: str) -> str:
    head, colon, _ = tag.rpartition(":")
    return head + colon


def _filled(xml: bytes, span: Span, content: bytes) -> bytes:
    """The XML with other content in this element."""
    if not span.is_empty_tag:
        return xml[: span.inner] + content + xml[span.close :]
    opened = xml[span.start : span.inner - 2].rstrip() + b">"
    return xml[: span.start] + opened + content + f"</{span.tag}>".encode() + xml[span.end :]


class _Named(NamedTuple):
    """A definedName to be written; `scope` is its sheet's index."""

    name: str
    scope: str | None
    text: str
    hidden: bool = False

    def xml(self, prefix: str) -> bytes:
        scope = f' localSheetId="{self.scope}"' if self.scope is not None else ""
        head = f"<{prefix}definedName name={quoted(self.name)}{scope}" + (' hidden="1"' if self.hidden else "")
        return f"{head}>{escaped(self.text)}</{prefix}definedName>".encode()


def _with_new_names(xml: bytes, spans: list[Span], names: Sequence[_Named]) -> bytes:
    last = [span for span in spans if local(span.tag) != "definedName"][-1]
    prefix = _prefix(last.tag)
    entries = b"".join(name.xml(prefix) for name in names)
    holder = next((span for span in spans if local(span.tag) == "definedNames"), None)
    if holder:
        return _filled(xml, holder, xml[holder.inner : holder.close] + entries)
    whole = f"<{prefix}definedNames>".encode() + entries + f"</{prefix}definedNames>".encode()
    return xml[: last.end] + whole + xml[last.end :]


def _sheet_xml(edit: AddSheet, namespace: str, style: str) -> bytes:
    cells = b"".join(
        cell_xml(f"{column_letters(col)}1", Change(text, style=style), "") for col, text in enumerate(edit.headings, 1)
    )
    columns = "".join(
        f'<col min="{col}" max="{col}" width="{width:g}" customWidth="1"/>' for col, width in enumerate(edit.widths, 1)
    )
    size = f"A1:{column_letters(len(edit.headings))}1" if len(edit.headings) > 1 else "A1"
    frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' if edit.headings else ""
    head = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<worksheet xmlns="{namespace}"><dimension ref="{size}"/>'
        f'<sheetViews><sheetView workbookViewId="0">{frozen}</sheetView></sheetViews>'
        '<sheetFormatPr defaultRowHeight="15"/>' + (f"<cols>{columns}</cols>" if columns else "")
    )
    rows = b'<row r="1">' + cells + b"</row>" if cells else b""
    return head.encode() + b"<sheetData>" + rows + b"</sheetData></worksheet>"
