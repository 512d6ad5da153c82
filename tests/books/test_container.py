"""Catalogue class F: what is refused before anything is read, by code, and what is accepted with a remark."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
from books.rawbook import HEADER, MAIN, STYLES, book, parts, sheet, unzipped, zipped

from xlauto.books import files
from xlauto.books.closed import open_book
from xlauto.books.package import Damaged
from xlauto.books.xmltree import parse
from xlauto.model import CannotGoOn

ROWS = '<row r="1"><c r="A1"><v>1</v></c></row>'
GOOD = book(ROWS)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def ole(stream: str) -> bytes:
    return OLE + stream.encode("utf-16-le") + b"\0" * 40


def kept_plain(members: dict[str, bytes]) -> bytes:
    """Members without compression: only the checksum can tell that a bit is wrong."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    return zipped(parts({"表": sheet(ROWS)}) | {name: content})


def flipped(data: bytes) -> bytes:
    """One bit of the sheet's compressed data is wrong."""
    at = data.index(b"xl/worksheets/sheet1.xml") + 24 + 20
    return data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]


def doubled() -> bytes:
    target = io.BytesIO()
    with pytest.warns(UserWarning), zipfile.ZipFile(target, "w") as archive:
        for name, content in [*parts({"表": sheet(ROWS)}).items(), ("xl/workbook.xml", b"<workbook/>")]:
            archive.writestr(name, content)
    return target.getvalue()


def declaring_less(data: bytes) -> bytes:
    """The directory says that a part unpacks to 10 bytes."""
    at = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    return data[: at + 24] + struct.pack("<I", 10) + data[at + 28 :]


def utf16_bomb() -> bytes:
    text = f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet xmlns="{MAIN}"/>'
    return with_part("xl/worksheets/sheet1.xml", text.encode("utf-16"))


REFUSED = [
    ("空文件", "a.xlsx", b"", "文件01"),
    ("截断", "a.xlsx", GOOD[: len(GOOD) // 2], "文件02"),
    ("只差末尾", "a.xlsx", GOOD[:-30], "文件02"),
    ("翻转一位", "a.xlsx", flipped(GOOD), "文件03"),
    ("乱码", "a.xlsx", bytes(range(1, 256)) * 4, "文件02"),
    ("重复部件", "a.xlsx", doubled(), "文件02"),
    ("上级路径", "a.xlsx", with_part("../evil.xml", b"<a/>"), "文件02"),
    ("绝对路径", "a.xlsx", with_part("/etc/passwd", b"x"), "文件02"),
    ("盘符", "a.xlsx", with_part("C:\\x.xml", b"<a/>"), "文件02"),
    ("长度不符", "a.xlsx", declaring_less(GOOD), "文件03"),
    ("缺工作簿", "a.xlsx", zipped({"[Content_Types].xml": b"<Types/>", "_rels/.rels": b"<a/>"}), "文件02"),
    ("xls改名", "a.xlsx", ole("Workbook"), "文件04"),
    ("真xls", "a.xls", ole("Workbook"), "文件05"),
    ("旧xls", "a.xls", ole("Book"), "文件05"),
    ("et", "a.et", ole("Workbook"), "文件06"),
    ("其他压缩包", "a.xlsx", zipped({"readme.txt": b"x"}), "文件07"),
    ("空压缩包", "a.xlsx", zipped({}), "文件07"),
    ("docx改名", "a.xlsx", zipped({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>"}), "文件07"),
    ("xlsb", "a.xlsx", zipped({"[Content_Types].xml": b"<a/>", "xl/workbook.bin": b"x"}), "文件07"),
    ("ods", "a.xlsx", zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "文件07"),
    ("HTML", "a.xls", "<html><table><tr><td>预算".encode("gbk"), "文件08"),
    ("CSV", "a.xlsx", "单位,金额\n财政局,12".encode("gbk"), "文件08"),
    ("CSV UTF-16", "a.xlsx", "单位\t金额\n财政局\t12".encode("utf-16"), "文件08"),
    ("长CSV GBK", "a.xlsx", ("单位,金额\n" * 20000).encode("gbk"), "文件08"),
    ("XML表格", "a.xls", b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "文件08"),
    ("密码", "a.xlsx", ole("EncryptedPackage"), "文件09"),
    ("DTD", "a.xlsx", with_part("xl/theme.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"), "文件15"),
    ("DTD UTF-16", "a.xlsx", utf16_bomb(), "文件15"),
    ("锁文件", "~$a.xlsx", b"\x0czhang", "文件16"),
    ("全零", "a.xlsx", b"\0" * 4096, "文件19"),
    ("rar", "a.rar", b"Rar!\x1a\x07\0aaa", "文件22"),
    ("包中包", "a.zip", zipped({"a.xlsx": GOOD}), "文件22"),
    ("pdf", "a.pdf", b"%PDF-1.7 xx", "文件23"),
    ("docx", "a.docx", zipped({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>"}), "文件23"),
    ("doc", "a.doc", ole("WordDocument"), "文件23"),
]


@pytest.mark.parametrize(("name", "data", "code"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_refused_by_code(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(CannotGoOn) as raised:
        open_book(path)
    assert raised.value.code == code
    assert str(raised.value).startswith(f"{name}：[{code}]")
    assert path.read_bytes() == data


def test_text_names_its_encoding(tmp_path: Path) -> None:
    path = tmp_path / "系统导出.xls"
    path.write_bytes("<html><table><tr><td>单位".encode("gbk"))
    with pytest.raises(CannotGoOn, match="HTML，GBK编码"):
        open_book(path)


@pytest.mark.parametrize(
    ("content", "fact"),
    [(b"x" * 20_000_001, "20 MB的上限"), (b"<a/>" * 2_000_000, "压缩比超过100倍")],
)
def test_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch, content: bytes, fact: str) -> None:
    data = with_part("xl/big.xml", content)

    def unpack(*_: object) -> bytes:
        raise AssertionError("unpacked")

    monkeypatch.setattr("xlauto.books.package.Package._inflate", unpack)
    with pytest.raises(CannotGoOn) as raised:
        open_book(data, "a.xlsx")
    assert raised.value.code == "文件14" and fact in raised.value.fact


@pytest.mark.parametrize("stored", [False, True])
def test_no_flipped_bit_changes_silently_what_is_read(stored: bool) -> None:
    # The cell names no style, so that only the first style's format shows whether the styles were read.
    members = parts(
        {"表": sheet(ROWS)},
        styles=STYLES.replace('<cellXfs count="4"><xf numFmtId="0"', '<cellXfs count="4"><xf numFmtId="10"'),
    )
    data = kept_plain(members) if stored else zipped(members)
    wanted = open_book(data).cells("表")
    for at in range(len(data)):
        damaged = data[:at] + bytes([data[at] ^ (1 << at % 8)]) + data[at + 1 :]
        try:
            assert open_book(damaged).cells("表") == wanted, at
        except CannotGoOn as refused:
            assert refused.code in ("文件02", "文件03", "文件07", "文件08", "文件09", "文件14"), at


def test_too_many_members() -> None:
    with pytest.raises(CannotGoOn) as raised:
        open_book(zipped({f"xl/{n}.xml": b"" for n in range(2001)}), "a.xlsx")
    assert raised.value.code == "文件14"


@pytest.mark.parametrize("part", ["xl/styles.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"])
def test_a_part_that_is_referred_to_must_be_there(part: str) -> None:
    members = {name: content for name, content in parts({"表": sheet(ROWS)}).items() if name != part}
    with pytest.raises(CannotGoOn) as raised:
        open_book(zipped(members), "a.xlsx").cells("表")
    assert raised.value.code == "文件02"


def test_a_member_must_have_the_name_that_the_directory_gives() -> None:
    other = GOOD.replace(b"[Content_Types].xml", b"[Content_Typos].xml", 1)
    with pytest.raises(CannotGoOn) as raised:
        open_book(other, "a.xlsx")
    assert raised.value.code == "文件02"


def test_the_xml_parser_itself_refuses_declarations() -> None:
    with pytest.raises(Damaged):
        parse(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "x.xml")


def test_deep_nesting_is_damage_not_recursion() -> None:
    deep = (
        f'{HEADER}<worksheet xmlns="{MAIN}"><sheetData>'
        + "<x>" * 500
        + "</x>" * 500
        + "<!-- --></sheetData></worksheet>"
    )
    book_ = open_book(zipped(parts({"表": deep})), "a.xlsx")
    with pytest.raises(CannotGoOn) as raised:
        book_.cells("表")
    assert raised.value.code == "文件02"


@pytest.mark.parametrize("encoding", ["cp037", "utf-7", "gb2312"])
def test_other_encodings_cannot_hide_declarations(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><workbook/>'.encode()
    with pytest.raises(CannotGoOn) as raised:
        open_book(zipped(parts({"表": sheet(ROWS)}) | {"xl/workbook.xml": text}), "a.xlsx")
    assert raised.value.code == "文件02"


def test_missing_file_and_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "没有.xlsx", tmp_path, tmp_path / ("长" * 300 + ".xlsx")):
        with pytest.raises(CannotGoOn) as raised:
            open_book(path)
        assert raised.value.code in ("文件17", "文件20")


def test_sharing_violation_is_tried_three_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(GOOD)
    tries = []

    def locked(self: Path) -> bytes:
        tries.append(self)
        raise PermissionError(13, "used by another process")

    monkeypatch.setattr(Path, "read_bytes", locked)
    monkeypatch.setattr(files, "_PAUSE", 0)
    with pytest.raises(CannotGoOn) as raised:
        open_book(path)
    assert raised.value.code == "文件17" and len(tries) == 3


@pytest.mark.parametrize(("name", "mode"), [("big5", zipfile.ZIP_STORED), ("plain", zipfile.ZIP_DEFLATED)])
def test_stored_members_and_descriptors_are_read(name: str, mode: int) -> None:
    """Members that were streamed carry their sizes behind the data."""

    class Stream(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

        def seek(self, *_: int) -> int:
            raise OSError

    target = Stream()
    with zipfile.ZipFile(target, "w", mode) as archive:  # type: ignore[call-overload]
        for part, content in parts({"表": sheet(ROWS)}).items():
            archive.writestr(part, content)
    assert open_book(target.getvalue()).cells("表")[1, 1].text == "1"


@pytest.mark.parametrize("make", [lambda text: text.encode("utf-16"), lambda text: b"\xef\xbb\xbf" + text.encode()])
def test_parts_in_utf16_and_with_byte_order_mark(make: object) -> None:
    xml = sheet('<row r="1"><c r="A1" t="str"><v>中文</v></c></row>')
    assert callable(make)
    text = xml.replace("UTF-8", "UTF-16") if make("a")[:1] == b"\xff" else xml
    assert open_book(zipped(parts({"表": make(text)}))).cells("表")[1, 1].text == "中文"


def test_remarks() -> None:
    members = parts({"表": sheet(ROWS, after='<sheetProtection password="CC1A" sheet="1"/>'), "藏": sheet(ROWS)})
    members["xl/workbook.xml"] = members["xl/workbook.xml"].replace(
        b'name="\xe8\x97\x8f"', b'name="\xe8\x97\x8f" state="veryHidden"'
    )
    rels = members["xl/_rels/workbook.xml.rels"].decode()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    extra = f'<Relationship Id="rIdX" Type="{kind}/externalLink" Target="externalLinks/externalLink1.xml"/>'
    macros = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
    extra += f'<Relationship Id="rIdV" Type="{macros}" Target="vbaProject.bin"/>'
    members["xl/_rels/workbook.xml.rels"] = rels.replace("</Relationships>", extra + "</Relationships>").encode()
    members["xl/externalLinks/externalLink1.xml"] = b"<externalLink/>"
    members["xl/externalLinks/_rels/externalLink1.xml.rels"] = (
        f'<Relationships><Relationship Id="rId1" Type="{kind}/externalLinkPath" '
        'Target="file:///C:\\x.xlsx" TargetMode="External"/></Relationships>'
    ).encode()
    members["xl/vbaProject.bin"] = OLE
    members["xl/embeddings/oleObject1.bin"] = OLE
    book_ = open_book(zipped(members))
    assert [note.code for note in book_.remarks] == ["文件10", "文件11", "文件12", "文件13", "身份08"]
    texts = ["".join(note.params.values()) for note in book_.remarks]
    assert "表" in texts[0] and "C:\\x.xlsx" in texts[2] and "oleObject1" in texts[3] and "藏" in texts[4]
    assert book_.code and not open_book(GOOD).code


def test_members_unzip_alike(tmp_path: Path) -> None:
    book_ = open_book(GOOD)
    assert {name: book_.package.part(name) for name in book_.package.names} == unzipped(GOOD)
