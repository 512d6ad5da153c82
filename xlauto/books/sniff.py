"""Tells what a file really is, before anything of it is trusted. Only zipped workbooks (.xlsx, .xlsm) pass."""

from __future__ import annotations

from pathlib import PurePath

from xlauto.model import CannotGoOn

ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WPS = (".et", ".ett")
_SAVE_AS = "请用Excel或WPS打开后另存为.xlsx"
_ARCHIVES = {b"Rar!": "RAR压缩包", b"7z\xbc\xaf": "7z压缩包", b"\x1f\x8b": "gzip压缩包"}
_SHORTCUT = b"L\0\0\0\x01\x14\x02\0"
_OTHERS = {
    b"%PDF": "PDF文件",
    b"\xff\xd8\xff": "JPEG图片",
    b"\x89PNG": "PNG图片",
    b"GIF8": "GIF图片",
    b"BM": "BMP图片",
    b"{\\rtf": "RTF文档",
    b"MZ": "程序文件",
}


def refuse_foreign(data: bytes, label: str) -> None:
    """Raise CannotGoOn, in the catalogue's words, if these bytes cannot be a zipped workbook."""
    name = PurePath(label).name
    suffix = PurePath(label).suffix.lower()
    if name.startswith("~$"):
        raise CannotGoOn(
            "文件16", label, "是Excel打开文件时的临时锁文件，不是工作簿", "请关闭正在编辑的工作簿后报送原文件"
        )
    if not data:
        raise CannotGoOn("文件01", label, "文件为空（0字节），可能未下载完成", "请重新下载或重新报送")
    if data.startswith(ZIP):
        return
    if data.startswith(b"PK\x05\x06"):
        raise CannotGoOn("文件07", label, "是空的压缩包，不是工作簿", _SAVE_AS)
    if data.startswith(_OLE):
        raise _old_office(data, label, suffix)
    if not data.strip(b"\0"):
        raise CannotGoOn("文件19", label, "文件内容全为零，可能是未下载到本机的云文件", "请在云盘中下载完成后重试")
    for magic, kind in _ARCHIVES.items():
        if data.startswith(magic):
            raise CannotGoOn("文件22", label, f"是{kind}，不是工作簿", "请解压后逐个报送工作簿")
    if data.startswith(_SHORTCUT):
        raise CannotGoOn("文件24", label, "是快捷方式，不是文件本身", "请报送它所指的工作簿")
    for magic, kind in _OTHERS.items():
        if data.startswith(magic):
            raise CannotGoOn("文件23", label, f"是{kind}，不是工作簿", "请报送.xlsx工作簿")
    text = _text_kind(data)
    if text:
        raise CannotGoOn("文件08", label, f"实为{text}，只是扩展名为{suffix or '空'}", _SAVE_AS)
    raise CannotGoOn("文件02", label, "文件损坏，无法识别其内容", "请重新保存后报送")


def refuse_other_zip(names: frozenset[str], read_mimetype: str, label: str) -> None:
    """Raise CannotGoOn if a zip with these members (lower case) is no workbook."""
    if "xl/workbook.bin" in names:
        raise CannotGoOn("文件07", label, "实为二进制工作簿（.xlsb）", _SAVE_AS)
    if any(name.startswith("word/") for name in names):
        code = "文件07" if PurePath(label).suffix.lower().startswith(".xl") else "文件23"
        raise CannotGoOn(code, label, "实为Word文档，不是工作簿", "请报送.xlsx工作簿")
    if any(name.startswith("ppt/") for name in names):
        raise CannotGoOn("文件07", label, "实为演示文稿，不是工作簿", "请报送.xlsx工作簿")
    if "opendocument" in read_mimetype:
        raise CannotGoOn("文件07", label, "实为OpenDocument文件（.ods），不是.xlsx工作簿", _SAVE_AS)
    if any(name.endswith((".xlsx", ".xlsm", ".xls", ".et", ".zip")) for name in names):
        raise CannotGoOn("文件22", label, "是压缩包，里面另有文件", "请解压后逐个报送工作簿")
    if "[content_types].xml" not in names and "_rels/.rels" not in names:
        raise CannotGoOn("文件07", label, "是压缩包，不是工作簿", _SAVE_AS)


def _old_office(data: bytes, label: str, suffix: str) -> CannotGoOn:
    def has_stream(name: str) -> bool:
        return name.encode("utf-16-le") + b"\0\0" in data

    if has_stream("EncryptedPackage"):
        return CannotGoOn("文件09", label, "文件设有打开密码", "请取消打开密码后报送")
    if has_stream("WordDocument"):
        return CannotGoOn("文件23", label, "实为97-2003格式的Word文档", "请报送.xlsx工作簿")
    if suffix in _WPS:
        return CannotGoOn("文件06", label, "是WPS表格格式", "请在WPS中另存为.xlsx")
    if not (has_stream("Workbook") or has_stream("Book")):
        return CannotGoOn("文件07", label, "是旧版Office复合文档，其中没有工作簿", _SAVE_AS)
    if suffix == ".xls":
        return CannotGoOn("文件05", label, "是97-2003格式（.xls）", "请另存为.xlsx")
    return CannotGoOn(
        "文件04", label, f"实为97-2003格式（.xls），只是扩展名为{suffix or '空'}", "请另存为.xlsx，不要直接改扩展名"
    )


def _text_kind(data: bytes) -> str:
    """What kind of text this is; empty if it is none."""
    start = data[:65536]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        text, encoding = start.decode("utf-16", "replace"), "UTF-16"
    else:
        for encoding in ("UTF-8", "GB18030"):
            try:
                # A multi-byte character may be cut at the end of the excerpt.
                text = start[: len(start) - 4].decode(encoding) if len(data) > len(start) else start.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
        else:
            return ""
    text = text.lstrip("\ufeff \t\r\n")
    if any(ord(char) < 32 and char not in "\t\r\n\f" for char in text):
        return ""
    encoding = "GBK" if encoding == "GB18030" else encoding
    lower = text[:4096].lower()
    if lower.startswith("mime-version") or "multipart/related" in lower:
        return "网页存档（MHTML）"
    if "<html" in lower or "<table" in lower or lower.startswith("<!doctype html"):
        return f"网页（HTML，{encoding}编码）"
    if "excel.sheet" in lower or "urn:schemas-microsoft-com:office:spreadsheet" in lower:
        return "XML电子表格2003"
    if lower.startswith("<?xml"):
        return f"XML文本（{encoding}编码）"
    line = text.partition("\n")[0]
    if "\t" in line or "," in line or "，" in line or ";" in line:
        return f"分隔符文本（CSV，{encoding}编码）"
    return f"纯文本（{encoding}编码）"
