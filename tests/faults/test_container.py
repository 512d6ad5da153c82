"""F01 to F28: files that are none, are damaged, are locked, or carry what they should not.

Not concerning one file: F21 (names inside a zip), F22 and F23 beyond the refusal, F24's symbolic links and F28 (many
files) belong to the inbox of consolidate. F17 and F19 on Windows need file attributes and locks that Linux lacks.
"""

from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from books import monster
from faults.runner import Case, check, command, digest, prove
from faults.workbook import BASE, Mutation, both, clean, part, raw, sheet_part, surgery, typed, zipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
ODS = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}
WORD = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<a/>"}
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def ole(stream: str) -> bytes:
    return OLE + stream.encode("utf-16-le") + b"\0\0"


def one_bit_flipped(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info = archive.getinfo("xl/worksheets/sheet3.xml")
    spoilt = bytearray(data)
    spoilt[info.header_offset + 30 + len(info.filename) + info.compress_size // 2] ^= 4
    return bytes(spoilt)


def bomb(parts: dict[str, bytes]) -> None:
    parts["xl/media/a.xml"] = b"<a>" + b" " * 30_000_000 + b"</a>"


def linked(parts: dict[str, bytes]) -> None:
    """A link to another workbook."""
    rels = parts["xl/_rels/workbook.xml.rels"].decode()
    relation = f'<Relationship Id="rIdX" Type="{OFFICE}/externalLink" Target="externalLinks/externalLink1.xml"/>'
    parts["xl/_rels/workbook.xml.rels"] = rels.replace("</Relationships>", relation + "</Relationships>").encode()
    parts["xl/externalLinks/externalLink1.xml"] = b"<externalLink/>"
    parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = (
        f'<Relationships><Relationship Id="rId1" Type="{OFFICE}/externalLinkPath" '
        'Target="file:///C:\\账\\去年.xlsx" TargetMode="External"/></Relationships>'
    ).encode()


def with_macros(parts: dict[str, bytes]) -> None:
    rels = parts["xl/_rels/workbook.xml.rels"].decode()
    kind = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
    relation = f'<Relationship Id="rIdV" Type="{kind}" Target="vbaProject.bin"/>'
    parts["xl/_rels/workbook.xml.rels"] = rels.replace("</Relationships>", relation + "</Relationships>").encode()
    parts["xl/vbaProject.bin"] = OLE


def embedded(parts: dict[str, bytes]) -> None:
    parts["xl/embeddings/oleObject1.bin"] = OLE


def strict(parts: dict[str, bytes]) -> None:
    """The namespaces of Strict Open XML, as “Strict Open XML 工作簿” has them."""
    for name, content in parts.items():
        content = content.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        )
        strict_relations = b"http://purl.oclc.org/ooxml/officeDocument/relationships"
        parts[name] = content.replace(OFFICE.encode(), strict_relations)


CASES = [
    Case("F01 empty", lambda _: b"", "错误 文件01", "为空", 2),
    Case("F02 truncated", lambda data: data[: len(data) // 2], "错误 文件02", "损坏 重新保存", 2),
    Case("F03 one bit", one_bit_flipped, "错误 文件03", "损坏 sheet3.xml", 2),
    Case("F04 renamed xls", lambda _: ole("Workbook"), "错误 文件04", "97-2003", 2),
    Case("F05 xls", lambda _: ole("Workbook"), "错误 文件05", "另存为.xlsx", 2, "局.xls"),
    Case("F06 et", lambda _: ole("Workbook"), "错误 文件06", "WPS", 2, "局.et"),
    Case("F07 ods", lambda _: zipped(ODS), "错误 文件07", "OpenDocument", 2),
    Case("F07 zip", lambda _: zipped({"a.txt": b"a"}), "错误 文件07", "不是工作簿", 2),
    Case("F08 html", lambda _: "<html><table>单位".encode("gbk"), "错误 文件08", "HTML GBK", 2, "局.xls"),
    Case("F08 csv", lambda _: "单位,金额\n甲,3\n".encode("gbk"), "错误 文件08", "CSV GBK", 2),
    Case("F09 password", lambda _: ole("EncryptedPackage"), "错误 文件09", "打开密码", 2),
    Case(
        "F10 locked",
        part(sheet_part(BASE), "<sheetProtection ", '<sheetProtection password="CC1A" '),
        "提示 文件10",
        BASE,
        0,
    ),
    Case("F10 own protection", lambda data: data, "", "", 0),
    Case("F11 macros", surgery(with_macros), "警告 文件11", "vbaProject.bin 不会运行", 0, "局.xlsm"),
    Case("F12 link unused", surgery(linked), "警告 文件12", "去年.xlsx", 0),
    Case(
        "F12 field depends",
        both(surgery(linked), raw(f"{BASE}!B9", "><f>[1]表!$B$9</f><v>4</v>")),
        "错误 文件12 基础数据表!B9",
        "去年.xlsx 公车运维.上年决算",
    ),
    Case("F13 embedded", surgery(embedded), "警告 文件13", "oleObject1", 0),
    Case("F14 bomb", surgery(bomb), "错误 文件14", "20", 2),
    Case(
        "F15 entity",
        part("xl/workbook.xml", r"(<\?xml[^>]*>)", r'\1<!DOCTYPE a [<!ENTITY b "c">]>'),
        "错误 文件15",
        "DTD",
        2,
    ),
    Case("F16 lock file", lambda _: b"\x05zhang" + b" " * 160, "错误 文件16", "锁文件", 2, "~$局.xlsx"),
    Case("F19 placeholder", lambda _: bytes(5000), "错误 文件19", "云", 2),
    Case("F20 long name", lambda data: data, "", "", 0, "长" * 80 + ".xlsx"),
    Case("F20 emoji and space", lambda data: data, "", "", 0, "局 😀 .xlsx"),
    Case("F22 zip", lambda data: zipped({"a.xlsx": data}), "错误 文件22", "解压", 2, "局.zip"),
    Case("F22 rar", lambda _: b"Rar!\x1a\x07", "错误 文件22", "RAR", 2, "局.rar"),
    Case("F23 pdf", lambda _: b"%PDF-1.4", "错误 文件23", "PDF", 2, "局.pdf"),
    Case("F23 docx", lambda _: zipped(WORD), "错误 文件23", "Word", 2, "局.docx"),
    Case("F24 shortcut", lambda _: b"L\0\0\0\x01\x14\x02\0" + bytes(60), "错误 文件24", "快捷方式", 2, "局.lnk"),
    Case("F26 strict", surgery(strict), "", "", 0),
    Case("F26 no dimension", part(sheet_part(BASE), r"<dimension [^>]*/>", ""), "", "", 0),
    Case("F26 no workbook part", surgery(lambda parts: parts.pop("xl/workbook.xml")), "错误 文件02", "主部件", 2),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_container(case: Case, tmp_path: Path) -> None:
    prove(case, tmp_path)


def test_f11_to_f13_a_workbook_full_of_strange_parts(tmp_path: Path) -> None:
    base, path = tmp_path / "基.xlsx", tmp_path / "局.xlsm"
    base.write_bytes(clean())
    monster.make(path, base)
    codes = {finding["code"] for finding in check(path).document["findings"]}
    assert codes == {"文件11", "文件12"}


@pytest.mark.parametrize(
    ("mutate", "status", "words"),
    [
        (lambda data: data, 0, "青山县水利局 错误0 警告0 提示0"),
        (typed(B9="肆"), 1, f"错误 局.xlsx：{BASE}!B9（公车运维.上年决算）：[值16] 请填阿拉伯数字"),
        (lambda data: data[:500], 2, "错误 局.xlsx：[文件02] 重新保存"),
    ],
)
def test_the_command_as_users_call_it(mutate: Mutation, status: int, words: str, tmp_path: Path) -> None:
    path = tmp_path / "局.xlsx"
    path.write_bytes(mutate(clean()))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, sys.path)), "PYTHONIOENCODING": "utf-8"}
    command_line = [sys.executable, "-m", "xlauto", "check", str(path)]
    done = subprocess.run(command_line, capture_output=True, encoding="utf-8", env=environment, timeout=60)
    assert done.returncode == status, done.stderr
    assert all(word in done.stdout for word in words.split()), done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_f17_missing_file(tmp_path: Path) -> None:
    outcome = check(tmp_path / "无.xlsx")
    assert outcome.status == 2 and "不存在" in outcome.text


def test_f18_read_only_file_is_read_and_not_written(tmp_path: Path) -> None:
    path = tmp_path / "只读.xlsx"
    path.write_bytes(clean())
    path.chmod(0o444)
    before = digest(path)
    assert check(path).status == 0
    status, text = command("recalc", str(path))
    assert status == 2 and "只读" in text and "文件18" in text
    assert digest(path) == before


def test_f25_a_file_that_changes_after_it_was_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from xlauto import recalc

    path = tmp_path / "变.xlsx"
    path.write_bytes(clean())
    original = recalc.recalculate

    def meanwhile(*arguments: object) -> object:
        result = original(*arguments)  # type: ignore[arg-type]
        path.write_bytes(clean() + b"\0")
        return result

    monkeypatch.setattr(recalc, "recalculate", meanwhile)
    status, text = command("recalc", str(path))
    assert status == 2 and "已被修改" in text
    assert path.read_bytes() == clean() + b"\0"


def test_f27_whole_columns_formatted_and_a_stray_cell_in_the_last_corner(tmp_path: Path) -> None:
    def stretch(parts: dict[str, bytes]) -> None:
        name = sheet_part(BASE)
        rows = b"".join(b'<row r="%d"><c r="A%d" s="1"/></row>' % (n, n) for n in range(1000, 60_000))
        corner = b'<row r="1048576"><c r="XFD1048576" s="1"/></row>'
        parts[name] = parts[name].replace(b"</sheetData>", rows + corner + b"</sheetData>")
        parts["padding.bin"] = os.urandom(1_000_000)  # an honest file of this kind compresses badly somewhere

    path = tmp_path / "整列.xlsx"
    path.write_bytes(surgery(stretch)(clean()))
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    outcome = check(path)
    assert outcome.status == 0 and not outcome.document["findings"]
    assert time.perf_counter() - start < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000
