"""The zip container of a workbook: read under limits and with every checksum verified, rebuilt without touching
the members that did not change. Knows nothing of sheets."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from struct import Struct
from struct import error as StructError
from typing import NamedTuple

from xlauto.books.sniff import refuse_foreign, refuse_other_zip
from xlauto.model import CannotGoOn


class Damaged(Exception):
    """A part contradicts the file format. The book that reads it says in which file."""


class Limits(NamedTuple):
    """What is unpacked at most. A real form unpacks to less than 2 MB."""

    total: int = 20_000_000
    ratio: int = 100
    members: int = 2_000
    small: int = 1_000_000
    """Only members above this size are held to the ratio one by one: a small repetitive part is no bomb."""


LIMITS = Limits()

_LOCAL = Struct("<4s5H3I2H")
_CENTRAL = Struct("<4s6H3I5H2I")
_END = Struct("<4s4H2IH")
_LOCAL_MAGIC, _CENTRAL_MAGIC, _END_MAGIC = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_ENCRYPTED, _DESCRIPTOR, _UTF8 = 0x1, 0x8, 0x800
_STORED, _DEFLATED = 0, 8
_MIDNIGHT_1980 = (0, 0x21)
_XML_NAMES = (".xml", ".rels", ".vml")
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_ENCODING = re.compile(rb"""^(<\?xml[^>]*?)\s+encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


class Member(NamedTuple):
    """One member: its central directory record as it stands, and where its local record lies."""

    name: str
    central: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    start: int
    payload: int
    end: int
    """Where the next record begins: local header, data and descriptor are copied in one piece."""


class Package:
    """The members of a workbook file, unpacked and verified. Names are looked up regardless of case."""

    def __init__(self, data: bytes, label: str, limits: Limits = LIMITS) -> None:
        refuse_foreign(data, label)
        self.data, self.label = data, label
        try:
            self.members, self.comment = _directory(data, label, limits)
            self._check_names()
            self._parts = {member.name.lower(): self._inflate(member) for member in self.members}
        except (StructError, IndexError, Damaged) as error:
            raise self._damaged(str(error) if isinstance(error, Damaged) else "压缩结构不完整") from error
        mimetype = self._parts.get("mimetype", b"")[:100].decode("ascii", "replace")
        refuse_other_zip(frozenset(self._parts), mimetype, label)
        for name, part in self._parts.items():
            self._refuse_declarations(name, part)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._parts

    @property
    def names(self) -> list[str]:
        return [member.name for member in self.members]

    def part(self, name: str) -> bytes:
        """The unpacked bytes as they are. A missing part is damage."""
        try:
            return self._parts[name.lower()]
        except KeyError:
            raise Damaged(f"缺少部件{name}") from None

    def xml(self, name: str) -> bytes:
        """An XML part as UTF-8."""
        return as_utf8(self.part(name), name)

    def rebuilt(
        self,
        changed: Mapping[str, bytes],
        removed: frozenset[str] = frozenset(),
        added: Mapping[str, bytes] | None = None,
    ) -> bytes:
        """The container with these parts changed, removed and added; all other records are copied byte for byte."""
        first = min(member.start for member in self.members)
        out, directory = bytearray(self.data[:first]), bytearray()
        fresh = {name.lower(): content for name, content in changed.items()}
        gone = {name.lower() for name in removed}
        count = 0
        for member in self.members:
            key = member.name.lower()
            if key in gone:
                continue
            offset = len(out)
            if key in fresh:
                local, central = _packed(member, self.data, fresh[key])
                out += local
            else:
                out += self.data[member.start : member.end]
                central = member.central
            directory += _moved(central, offset)
            count += 1
        for name, content in (added or {}).items():
            offset = len(out)
            local, central = _new_member(name, content)
            out += local
            directory += _moved(central, offset)
            count += 1
        end = _END.pack(_END_MAGIC, 0, 0, count, count, len(directory), len(out), len(self.comment))
        return bytes(out + directory + end + self.comment)

    def _check_names(self) -> None:
        seen: set[str] = set()
        for member in self.members:
            name = member.name
            if name.startswith("/") or ":" in name or ".." in name.split("/"):
                raise CannotGoOn(
                    "文件02", self.label, f"压缩包内有不允许的路径“{name}”", "请用Excel或WPS重新保存后报送"
                )
            if name.lower() in seen:
                raise CannotGoOn("文件02", self.label, f"压缩包内有重复的部件“{name}”", "请用Excel或WPS重新保存后报送")
            seen.add(name.lower())

    def _inflate(self, member: Member) -> bytes:
        packed = self.data[member.payload : member.payload + member.packed]
        if member.method == _STORED:
            content = packed
        elif member.method == _DEFLATED:
            inflater = zlib.decompressobj(-15)
            try:
                content = inflater.decompress(packed, member.size + 1)
            except zlib.error:
                raise self._wrong(member, "数据有误") from None
            if not inflater.eof:
                raise self._wrong(member, "长度与目录不符")
        else:
            raise Damaged(f"部件{member.name}的压缩方式不是.xlsx所用的")
        if len(content) != member.size or zlib.crc32(content) != member.crc:
            raise self._wrong(member, "校验和不符")
        return content

    def _wrong(self, member: Member, reason: str) -> CannotGoOn:
        return CannotGoOn("文件03", self.label, f"文件损坏（部件{member.name}的{reason}）", "请重新保存后报送")

    def _refuse_declarations(self, name: str, part: bytes) -> None:
        if part.startswith(_UTF16):
            found = any(
                word.encode(coding) in part
                for coding in ("utf-16-le", "utf-16-be")
                for word in ("<!DOCTYPE", "<!ENTITY")
            )
        elif name.endswith(_XML_NAMES) or part.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            found = b"<!DOCTYPE" in part or b"<!ENTITY" in part
        else:
            return
        if found:
            raise CannotGoOn("文件15", self.label, f"部件{name}含有DTD或实体声明", "请用Excel或WPS重新保存后报送")

    def _damaged(self, reason: str) -> CannotGoOn:
        return CannotGoOn("文件02", self.label, f"文件损坏（{reason}）", "请重新保存后报送")


def as_utf8(part: bytes, name: str) -> bytes:
    """The same XML in UTF-8, without a byte order mark. Only the encodings that the format allows are read."""
    try:
        if part.startswith(_UTF16):
            coding = "utf-16-be" if part.startswith((b"\xfe\xff", b"\0<")) else "utf-16-le"
            text = part.decode(coding).lstrip("\ufeff").encode("utf-8")
            return _ENCODING.sub(rb"\1", text)
        part = part[3:] if part.startswith(b"\xef\xbb\xbf") else part
    except UnicodeError as error:
        raise Damaged(f"部件{name}的文字编码有误") from error
    declared = _ENCODING.match(part)
    if declared and declared[2].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
        raise Damaged(f"部件{name}的编码{declared[2].decode()}不是.xlsx所用的")
    return part


def _directory(data: bytes, label: str, limits: Limits) -> tuple[list[Member], bytes]:
    """The members by the central directory, after the limits have been checked."""
    end = data.rfind(_END_MAGIC, max(0, len(data) - _END.size - 65535))
    if end < 0:
        raise Damaged("压缩包不完整，可能未传输完")
    _, _, _, _, count, length, start, comment = _END.unpack_from(data, end)
    if start == 0xFFFFFFFF or count == 0xFFFF:
        raise CannotGoOn("文件14", label, "压缩包过大（zip64目录）", "请用Excel或WPS重新保存后报送")
    if start + length > end:
        raise Damaged("压缩包目录不完整")
    if count > limits.members:
        raise CannotGoOn("文件14", label, f"压缩包内有{count}个部件，超过{limits.members}个", "请核对文件来源")
    records: list[tuple[str, bytes, tuple[int, ...], list[int]]] = []
    at = start
    for _ in range(count):
        magic, *fields = _CENTRAL.unpack_from(data, at)
        if magic != _CENTRAL_MAGIC:
            raise Damaged("压缩包目录有误")
        name_at, extra_at = at + _CENTRAL.size, at + _CENTRAL.size + fields[9]
        stop = extra_at + fields[10] + fields[11]
        name = data[name_at:extra_at].decode("utf-8" if fields[2] & _UTF8 else "cp437", "replace").replace("\\", "/")
        sizes = _with_zip64([fields[8], fields[7], fields[15]], data[extra_at : extra_at + fields[10]])
        records.append((name, data[at:stop], tuple(fields), sizes))
        at = stop
    _refuse_bomb(label, limits, [(name, sizes[0], sizes[1]) for name, _, _, sizes in records])
    if any(fields[2] & _ENCRYPTED for _, _, fields, _ in records):
        raise CannotGoOn("文件09", label, "压缩包设有密码", "请取消密码后报送")
    return _located(data, start, records), data[end + _END.size : end + _END.size + comment]


def _with_zip64(sizes: list[int], extra: bytes) -> list[int]:
    """Size, packed size and offset, with those that say `see the zip64 field` looked up there."""
    if 0xFFFFFFFF not in sizes:
        return sizes
    at = 0
    while at + 4 <= len(extra):
        tag, length = int.from_bytes(extra[at : at + 2], "little"), int.from_bytes(extra[at + 2 : at + 4], "little")
        if tag == 1:
            wide = extra[at + 4 : at + 4 + length]
            for index, size in enumerate(sizes):
                if size == 0xFFFFFFFF:
                    sizes[index], wide = int.from_bytes(wide[:8], "little"), wide[8:]
        at += 4 + length
    return sizes


def _refuse_bomb(label: str, limits: Limits, sizes: list[tuple[str, int, int]]) -> None:
    hint = "请删除多余的内容和格式，或核对文件来源"
    total, packed = sum(size for _, size, _ in sizes), sum(small for _, _, small in sizes)
    if total > limits.total:
        fact = f"解压后为{total / 1e6:.1f} MB，超过{limits.total / 1e6:.0f} MB的上限"
        raise CannotGoOn("文件14", label, fact, hint)
    suspects = [(name, size, small) for name, size, small in sizes if size > limits.small]
    for name, size, small in [*suspects, ("整个文件", total, packed)]:
        if size > limits.small and size > limits.ratio * max(small, 1):
            raise CannotGoOn("文件14", label, f"{name}的压缩比超过{limits.ratio}倍", hint)


def _located(data: bytes, directory: int, records: list[tuple[str, bytes, tuple[int, ...], list[int]]]) -> list[Member]:
    starts = sorted(sizes[2] for _, _, _, sizes in records)
    following = dict(zip(starts, [*starts[1:], directory], strict=True))
    members = []
    for name, central, fields, (size, packed, start) in records:
        magic, *local = _LOCAL.unpack_from(data, start)
        payload = start + _LOCAL.size + local[8] + local[9]
        same_name = data[start + _LOCAL.size :][: local[8]] == central[_CENTRAL.size :][: fields[9]]
        if magic != _LOCAL_MAGIC or not same_name or payload + packed > following[start]:
            raise Damaged(f"部件{name}的位置与目录不符")
        flags, method, crc = fields[2], fields[3], fields[6]
        members.append(Member(name, central, flags, method, crc, packed, size, start, payload, following[start]))
    return members


def _deflated(content: bytes) -> bytes:
    deflater = zlib.compressobj(6, zlib.DEFLATED, -15)
    return deflater.compress(content) + deflater.flush()


def _packed(member: Member, data: bytes, content: bytes) -> tuple[bytes, bytes]:
    """Local and central record of a member with other content; method, time, name and extra fields stay."""
    payload = _deflated(content) if member.method == _DEFLATED else content
    flags, crc = member.flags & ~_DESCRIPTOR, zlib.crc32(content)
    magic, version, _, method, *when = _LOCAL.unpack_from(data, member.start)[:6]
    name_length = _LOCAL.unpack_from(data, member.start)[9]
    name_at = member.start + _LOCAL.size
    name = data[name_at : name_at + name_length]
    extra = _without_zip64(data[name_at + name_length : member.payload])
    head = _LOCAL.pack(magic, version, flags, method, *when, crc, len(payload), len(content), len(name), len(extra))
    central = list(_CENTRAL.unpack_from(member.central))
    tail = member.central[_CENTRAL.size :]
    name_end, extra_end = central[10], central[10] + central[11]
    central_extra = _without_zip64(tail[name_end:extra_end])
    central[3], central[7:10], central[11] = flags, (crc, len(payload), len(content)), len(central_extra)
    record = _CENTRAL.pack(*central) + tail[:name_end] + central_extra + tail[extra_end:]
    return head + name + extra + payload, record


def _new_member(name: str, content: bytes) -> tuple[bytes, bytes]:
    raw, payload, crc = name.encode("utf-8"), _deflated(content), zlib.crc32(content)
    flags = 0 if name.isascii() else _UTF8
    shared = (20, flags, _DEFLATED, *_MIDNIGHT_1980, crc, len(payload), len(content), len(raw), 0)
    local = _LOCAL.pack(_LOCAL_MAGIC, *shared) + raw + payload
    return local, _CENTRAL.pack(_CENTRAL_MAGIC, 20, *shared, 0, 0, 0, 0, 0) + raw


def _moved(central: bytes, offset: int) -> bytes:
    """The same central record for a member that now begins at `offset`."""
    return central[:42] + offset.to_bytes(4, "little") + central[46:]


def _without_zip64(extra: bytes) -> bytes:
    kept, at = b"", 0
    while at + 4 <= len(extra):
        stop = at + 4 + int.from_bytes(extra[at + 2 : at + 4], "little")
        if extra[at : at + 2] != b"\x01\x00":
            kept += extra[at:stop]
        at = stop
    return kept
