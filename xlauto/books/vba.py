"""The VBA project of a file as far as one must know it: which modules hold which code. It is never run.

What is read here comes from a stranger, so its size is bounded and any contradiction ends the reading. Layouts:
[MS-CFB] for the container, [MS-OVBA] for what is in it. Compiled code is not looked at: Excel keeps it beside the
source and may prefer it, so an equal source proves who wrote the text, not what a hostile file would do.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from struct import Struct, unpack_from
from struct import error as StructError
from typing import NamedTuple

from xlauto.books.package import Damaged

MOST_BYTES = 2_000_000
"""Of a project as it is stored."""
MOST_SOURCE = 1_000_000
"""Of unpacked source, all modules together."""

_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_FREE, _END = 0xFFFFFFFF, 0xFFFFFFFE
_ENTRY = Struct("<64sHBxIII36xII4x")
_STORAGE, _STREAM = 1, 2
_SHIFTS = {3: 9, 4: 12}
_SMALL_SHIFT, _SMALL_STREAM = 6, 4096
_RECORD = Struct("<HI")
_VERSION, _NAME, _STREAM_NAME, _OFFSET, _MODULE_END, _LIST_END = 0x09, 0x47, 0x32, 0x31, 0x2B, 0x10
_ATTRIBUTE = re.compile(rb"^[ \t]*attribute [^\n]*$", re.MULTILINE)
_NO_CODE = frozenset((b"", b"optionexplicit"))
"""Excel's editor may put the latter into every new module."""


@lru_cache(maxsize=32)
def modules(project: bytes) -> Mapping[str, str]:
    """The digest of each module that holds code, by name. Raises Damaged if the project cannot be read."""
    if len(project) > MOST_BYTES:
        raise Damaged("宏项目过大")
    try:
        sources = _sources(_Container(project))
        return {name: digest(text) for name, text in sources.items() if _bare(text) not in _NO_CODE}
    except (StructError, LookupError, ValueError) as error:
        raise Damaged("宏项目结构有误") from error


def digest(source: bytes) -> str:
    """What stays the same when Excel compiles a module and writes it again: the text without case, blanks, empty
    lines and attributes."""
    return hashlib.sha256(_bare(source)).hexdigest()


def unpacked(data: bytes, most: int) -> bytes:
    """A compressed container of [MS-OVBA] 2.4.1, unpacked to no more than `most` bytes."""
    if data[:1] != b"\x01":
        raise Damaged("宏项目的压缩有误")
    out, at = bytearray(), 1
    while at < len(data):
        (header,) = unpack_from("<H", data, at)
        end = at + (header & 0xFFF) + 3
        if header >> 12 & 7 != 3 or end > len(data):
            raise Damaged("宏项目的压缩有误")
        out += _chunk(data[at + 2 : end]) if header & 0x8000 else data[at + 2 : end]
        if len(out) > most:
            raise Damaged("宏项目过大")
        at = end
    return bytes(out)


def _chunk(data: bytes) -> bytearray:
    out, at = bytearray(), 0
    while at < len(data):
        flags, at = data[at], at + 1
        for bit in range(8):
            if at >= len(data):
                break
            if not flags >> bit & 1:
                out.append(data[at])
                at += 1
                continue
            (token,) = unpack_from("<H", data, at)
            at += 2
            length_bits = 16 - max(4, (len(out) - 1).bit_length())
            start, length = len(out) - (token >> length_bits) - 1, (token & (1 << length_bits) - 1) + 3
            if start < 0 or len(out) + length > 4096:
                raise Damaged("宏项目的压缩有误")
            for place in range(start, start + length):
                out.append(out[place])
    return out


def _bare(source: bytes) -> bytes:
    """Line by line, because where a line ends decides what is a comment."""
    lines = _ATTRIBUTE.sub(b"", source.lower().replace(b"\r", b"\n")).split(b"\n")
    return b"\n".join(bare for line in lines if (bare := b"".join(line.split())))


def _sources(container: _Container) -> dict[str, bytes]:
    """The text of every module that the project lists, by name."""
    streams = container.streams("VBA")
    sources: dict[str, bytes] = {}
    room = MOST_SOURCE
    for module in _listed(unpacked(container.content(streams["dir"]), MOST_SOURCE)):
        if module.name in sources:
            raise Damaged("宏项目的模块名重复")
        text = unpacked(container.content(streams[module.stream.lower()])[module.offset :], room)
        room -= len(text)
        sources[module.name] = text
    return sources


class _Module(NamedTuple):
    name: str
    stream: str
    offset: int


def _listed(records: bytes) -> Iterator[_Module]:
    """The modules of an unpacked `dir` stream ([MS-OVBA] 2.3.4.2): each record has an id, a length and its data."""
    at, found = 0, dict[int, bytes]()
    while at < len(records):
        kind, size = _RECORD.unpack_from(records, at)
        # The version's length is said to be 4 and is 6.
        size = 6 if kind == _VERSION else size
        data, at = records[at + 6 : at + 6 + size], at + 6 + size
        if len(data) < size:
            raise Damaged("宏项目的目录不完整")
        found[kind] = data
        if kind == _MODULE_END:
            yield _Module(_text(found[_NAME]), _text(found[_STREAM_NAME]), *unpack_from("<I", found[_OFFSET]))
            found = {}
        elif kind == _LIST_END:
            return
    raise Damaged("宏项目的目录不完整")


def _text(data: bytes) -> str:
    text = data.decode("utf-16-le")
    if not text.isidentifier() or len(text) > 64:
        raise Damaged("宏项目的模块名有误")
    return text


class _Entry(NamedTuple):
    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


class _Container:
    """A compound file: storages and streams in sectors that are chained by a table. Every chain that is followed costs
    `room`, because sectors can be chained more than once: no honest file reads more than twice its length."""

    def __init__(self, data: bytes) -> None:
        if data[:8] != _MAGIC:
            raise Damaged("宏项目不是复合文档")
        version, shift = unpack_from("<H2xH", data, 26)
        directory, smallest, small = unpack_from("<I4xII", data, 48)
        if _SHIFTS.get(version) != shift or smallest != _SMALL_STREAM:
            raise Damaged("宏项目的文件头有误")
        self.data, self.shift, self.room = data, shift, 2 * len(data)
        tables = [sector for sector in unpack_from("<109I", data, 76) if sector < _END]
        self.table = _numbers(b"".join(map(self._sector, tables)))
        self.small_table = _numbers(self._chained(small)) if small < _END else ()
        raw = self._chained(directory)
        self.entries = [_entry(raw[at : at + _ENTRY.size]) for at in range(0, len(raw), _ENTRY.size)]
        self.small = self._chained(self.entries[0].start) if self.entries[0].start < _END else b""

    def streams(self, storage: str) -> Mapping[str, _Entry]:
        """The streams that lie directly in a storage of the root, by name in lower case."""
        found = [entry for entry in self._children(self.entries[0]) if entry.name.lower() == storage.lower()]
        if len(found) != 1 or found[0].kind != _STORAGE:
            raise Damaged("宏项目中没有代码")
        streams = [entry for entry in self._children(found[0]) if entry.kind == _STREAM]
        named = {entry.name.lower(): entry for entry in streams}
        if len(named) != len(streams):
            raise Damaged("宏项目的名称重复")
        return named

    def content(self, entry: _Entry) -> bytes:
        if entry.size >= _SMALL_STREAM:
            content = self._chained(entry.start)
        else:
            numbers = _chain(self.small_table, entry.start)
            content = self._paid(self.small[number << _SMALL_SHIFT :][: 1 << _SMALL_SHIFT] for number in numbers)
        if len(content) < entry.size:
            raise Damaged("宏项目不完整")
        return content[: entry.size]

    def _children(self, parent: _Entry) -> Iterator[_Entry]:
        """The entries of a storage, which form a tree of siblings."""
        ahead, seen = [parent.child], set[int]()
        while ahead:
            number = ahead.pop()
            if number == _FREE:
                continue
            if number in seen:
                raise Damaged("宏项目的目录绕成了圈")
            seen.add(number)
            entry = self.entries[number]
            yield entry
            ahead += (entry.left, entry.right)

    def _chained(self, start: int) -> bytes:
        return self._paid(map(self._sector, _chain(self.table, start)))

    def _paid(self, pieces: Iterable[bytes]) -> bytes:
        content = bytearray()
        for piece in pieces:
            content += piece
            self.room -= len(piece)
            if self.room < 0:
                raise Damaged("宏项目的扇区重叠")
        return bytes(content)

    def _sector(self, number: int) -> bytes:
        return self.data[number + 1 << self.shift : number + 2 << self.shift]


def _entry(raw: bytes) -> _Entry:
    name, length, *rest = _ENTRY.unpack(raw)
    return _Entry(name[: max(0, length - 2)].decode("utf-16-le"), *rest)


def _chain(table: tuple[int, ...], start: int) -> Iterator[int]:
    """The numbers of a chain's sectors, no more than there are."""
    number = start
    for _ in range(len(table) + 1):
        if number == _END:
            return
        yield number
        number = table[number]
    raise Damaged("宏项目的扇区绕成了圈")


def _numbers(data: bytes) -> tuple[int, ...]:
    return unpack_from(f"<{len(data) // 4}I", data)
