"""The fast reader: compiled expressions over the XML as common programs write it, behind a guard.

Each function returns None where the XML is unusual; then `slow.py` reads it. Both yield the same."""

from __future__ import annotations

import re

from xlauto.books.cells import PLAIN_NUMBER, Hit, resolved, unescaped

_CELL_START = r'<c r="([^"<>]++)"((?: [a-z]++="[^"<>/]*+")*+)(?:/>|>(?:<f( [^<>]*?)?(?:/>|>([^<]*+)</f>))?+'
_VALUE = rf"<v>(?:({PLAIN_NUMBER})</v>|([^<]*+)</v>)|<v/>"
_CELL = re.compile(rf"{_CELL_START}(?:{_VALUE})?+</c>)")
_CELL_OR_INLINE = re.compile(rf"{_CELL_START}(?:{_VALUE}|<is>(.*?)</is>)?+</c>)", re.DOTALL)
"""Possessive throughout: a cell that does not fit is left to the slow reader, so going back is of no use."""

_STRING = re.compile(r'<si>(?:<t( xml:space="preserve")?>([^<>]*)</t>|(.*?))</si>', re.DOTALL)
_RUN = re.compile(r'<t(?:( xml:space="preserve")?>([^<>]*)</t>|/>)')
_PHONETIC = re.compile(r"<rPh [^<>]*>.*?</rPh>|<phoneticPr[^<>]*/>", re.DOTALL)
_XF = re.compile(r"<xf ([^<>]*)>")
_FORMAT = re.compile(r'<numFmt numFmtId="([0-9]+)" formatCode="([^"<>]*)"/>')
_FORMAT_ID = re.compile(r'(?<!\w)numFmtId="([0-9]+)"')
_BLANKS = " \t\r\n"


def sheet_hits(xml: bytes) -> list[Hit] | None:
    """The cells of a sheet as written, in document order, entities unresolved (see `assemble`)."""
    text = _plain(xml)
    if text is None:
        return None
    start, end = text.find("<sheetData>"), text.rfind("</sheetData>")
    if start < 0 or end < start:
        return [] if text.count("<sheetData/>") == 1 and "sheetData>" not in text else None
    section = text[start:end]
    expected = section.count("<c")
    if "inlineStr" in section:
        found = _CELL_OR_INLINE.findall(section)
        return _with_inlines(found) if len(found) == expected else None
    hits: list[Hit] = _CELL.findall(section)
    return hits if len(hits) == expected else None


def strings(xml: bytes) -> list[str] | None:
    """The shared strings, without their phonetic guides."""
    text = _plain(xml)
    if text is None:
        return None
    if "<phoneticPr" in text or "<rPh" in text:
        text = _PHONETIC.sub("", text)
    found = _STRING.findall(text)
    if len(found) != text.count("<si") or text.count("<sst") != 1:
        return None
    result = []
    for keep, plain, rich in found:
        if rich:
            joined = _runs(rich)
            if joined is None:
                return None
            result.append(joined)
        else:
            result.append(_shown(plain, keep))
    return result


def formats(xml: bytes) -> tuple[dict[str, str], list[str]] | None:
    """Custom number formats by id, and the format id of each cell style."""
    text = _plain(xml)
    if text is None:
        return None
    start, end = text.find("<cellXfs"), text.find("</cellXfs>")
    if start < 0 or end < start:
        return None
    styles = _XF.findall(text, start, end)
    ids = [_FORMAT_ID.search(attributes) for attributes in styles]
    custom = _FORMAT.findall(text)
    if len(styles) != text.count("<xf", start, end) or len(custom) != len(re.findall(r"<numFmt[ />]", text)):
        return None
    if "<dxfs" in text:
        # Conditional formats bring their own definitions, whose ids may repeat those of the cells.
        custom = _FORMAT.findall(text, 0, text.find("<dxfs"))
    return {id_: resolved(code) for id_, code in custom}, [found[1] if found else "0" for found in ids]


def _with_inlines(found: list[tuple[str, ...]]) -> list[Hit] | None:
    """The hits with inline texts read; as in all hits, entities stand as they are written."""
    hits: list[Hit] = []
    for ref, attributes, of_formula, formula, number, text, inline in found:
        shown = _runs(_PHONETIC.sub("", inline)) if inline else text
        if shown is None:
            return None
        hits.append((ref, attributes, of_formula, formula, number, shown.replace("&", "&amp;") if inline else shown))
    return hits


def _plain(xml: bytes) -> str | None:
    """The text, if it has no comments, sections, instructions or prefixes that the expressions do not know."""
    try:
        text = xml.decode("utf-8")
    except UnicodeDecodeError:
        return None
    body = text.find("?>")
    if ("!" in text and "<!" in text) or (text.find("?", body + 2) >= 0 and text.find("<?", body + 2) >= 0):
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _runs(xml: str) -> str | None:
    """The characters of all `<t>` one after another."""
    found = _RUN.findall(xml)
    if len(found) != len(re.findall(r"<t[ />\n\t]", xml)):
        return None
    return "".join(_shown(text, keep) for keep, text in found)


def _shown(text: str, keep: str) -> str:
    if not keep:
        text = text.strip(_BLANKS)
    return unescaped(resolved(text))
