"""The fast reader: compiled expressions over the XML as common programs write it, behind a guard.

Each function returns None where the XML is unusual; then `slow.py` reads it. Both yield the same."""

from __future__ import annotations

import re

from xlauto.books.cells import PLAIN_NUMBER, Hit, unescaped
from xlauto.books.package import Damaged

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
_ENTITY = re.compile(r"&([^;<]*);?")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_LESS = "\0"
_BLANKS = " \t\r\n"


def sheet_hits(xml: bytes) -> list[Hit] | None:
    """The cells of a sheet as written, in document order."""
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
        return _by_hand(found) if len(found) == expected else None
    escaped = "&" in section
    if escaped:
        section, escaped = _loosened(section)
    hits: list[Hit] = _CELL.findall(section)
    if len(hits) != expected:
        return None
    if escaped:
        return _by_hand([(*hit, "") for hit in hits])
    if _LESS in section:
        return [_with_less(hit) if _LESS in hit[3] or _LESS in hit[5] else hit for hit in hits]
    return hits


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


def resolved(text: str) -> str:
    """The five entities of XML and character references resolved."""
    return _ENTITY.sub(_character, text) if "&" in text else text


def _character(found: re.Match[str]) -> str:
    name = found[1]
    if name in _NAMED:
        return _NAMED[name]
    try:
        return chr(int(name[2:], 16) if name.startswith("#x") else int(name.removeprefix("#")))
    except ValueError:
        raise Damaged(f"XML中有不认识的实体“&{name};”") from None


def _loosened(section: str) -> tuple[str, bool]:
    """All entities resolved at once, `<` as a stand-in that no XML can contain; or as it was, if there are others."""
    found = set(_ENTITY.findall(section))
    if not found <= _NAMED.keys():
        return section, True
    for name in sorted(found, key="amp".__eq__):
        section = section.replace(f"&{name};", _LESS if name == "lt" else _NAMED[name])
    return section, False


def _with_less(hit: Hit) -> Hit:
    return (*hit[:3], hit[3].replace(_LESS, "<"), hit[4], hit[5].replace(_LESS, "<"))


def _by_hand(found: list[tuple[str, ...]]) -> list[Hit] | None:
    """The hits with entities resolved one by one, and inline texts read."""
    hits: list[Hit] = []
    for ref, attributes, of_formula, formula, number, text, inline in found:
        shown = _runs(_PHONETIC.sub("", inline)) if inline else resolved(text)
        if shown is None:
            return None
        hits.append((ref, attributes, of_formula, resolved(formula), number, shown))
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
