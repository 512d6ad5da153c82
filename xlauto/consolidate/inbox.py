"""The inbox: all files under the given paths in a stable order, and which of them are workbooks to be read.

What stands in a workbook is not looked at here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from xlauto import catalogue
from xlauto.model import Finding, Where

WORKBOOKS = frozenset((".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlt", ".xlsb", ".et", ".ett", ".ods"))
"""What units may have meant as their workbook: read, or returned with the reason why it cannot be read."""

_ARCHIVES = {".zip": "ZIP压缩包", ".rar": "RAR压缩包", ".7z": "7z压缩包", ".gz": "gzip压缩包", ".tar": "tar归档"}
_OTHERS = {
    ".doc": "Word文档", ".docx": "Word文档", ".wps": "WPS文字文档", ".pdf": "PDF文件", ".ofd": "OFD文件",
    ".jpg": "图片", ".jpeg": "图片", ".png": "图片", ".bmp": "图片", ".gif": "图片", ".tif": "图片",
    ".ppt": "演示文稿", ".pptx": "演示文稿", ".txt": "文本文件", ".csv": "文本文件", ".htm": "网页", ".html": "网页",
}  # fmt: skip
_LEFTOVERS = {".bak": "备份文件", ".tmp": "临时文件", ".xlauto-tmp": "临时文件"}
_SYSTEM_FILES = frozenset(("thumbs.db", "desktop.ini"))
_LOCK = "~$"
_OWNER_LENGTH, _OWNER = 55, 57
"""Where Excel's lock file has its user's name in UTF-16, after the same in the machine's code page."""


class Found(NamedTuple):
    """One file. `label` is its path below the inbox with `/`. With a `reason` it is not read."""

    path: Path
    label: str
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    unreadable: bool = False


def find(paths: Sequence[Path], output: Path) -> list[Found]:
    """Every file under the paths once, ordered by its label. The output is no input, wherever it lies.

    Raises CannotGoOn if a path does not exist or there is no file at all.
    """
    own = _absolute(output)
    found: dict[str, Found] = {}
    for path in paths:
        if not os.path.lexists(path):
            raise catalogue.refusal("文件17", path, fact="文件或文件夹不存在", hint="请核对路径")
        prefix = f"{_absolute(path).name}/" if len(paths) > 1 else ""
        for file, label in _walk(path, prefix) if path.is_dir() else [(path, path.name)]:
            key = str(_absolute(file))
            if key != str(own) and key not in found:
                found[key] = _sorted_out(file, label)
    if not found:
        raise catalogue.refusal("文件17", "、".join(map(str, paths)), fact="没有找到任何文件", hint="请核对报送文件夹")
    return sorted(_unique(list(found.values())), key=lambda item: item.label)


def _walk(folder: Path, prefix: str) -> Iterator[tuple[Path, str]]:
    """Files with their labels, and folders that are not entered: hidden ones, links, and unreadable ones."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        yield folder, prefix.rstrip("/")
        return
    for entry in entries:
        path, label = folder / entry.name, prefix + entry.name
        if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
            yield from _walk(path, f"{label}/")
        else:
            yield path, label


def _sorted_out(path: Path, label: str) -> Found:
    name, suffix = path.name, path.suffix.lower()
    where = Where(label)
    if path.is_symlink() or suffix == ".lnk":
        return _ignored(path, label, catalogue.finding("文件24", where))
    if path.is_dir():
        if name.startswith("."):
            return Found(path, label, "隐藏文件夹，已忽略")
        return Found(path, label, "文件夹不能读取", (catalogue.finding("文件17", where, fact="文件夹不能读取"),), True)
    if name.startswith(_LOCK):
        user = _owner(path)
        return _ignored(path, label, catalogue.finding("文件16", where, name=name.removeprefix(_LOCK), user=user))
    if name.startswith(".") or name.lower() in _SYSTEM_FILES:
        return Found(path, label, "隐藏文件或系统文件，已忽略")
    if suffix in _LEFTOVERS or name.startswith("~"):
        return Found(path, label, f"{_LEFTOVERS.get(suffix, '临时文件')}，已忽略")
    if suffix in _ARCHIVES:
        return _ignored(path, label, catalogue.finding("文件22", where, actual=_ARCHIVES[suffix]))
    if suffix not in WORKBOOKS:
        actual = f"{_OTHERS.get(suffix, '其他文件')}（{suffix or '没有扩展名'}）"
        return _ignored(path, label, catalogue.finding("文件23", where, actual=actual))
    return Found(path, label)


def _ignored(path: Path, label: str, finding: Finding) -> Found:
    return Found(path, label, f"[{finding.code}] {finding.fact}", (finding,))


def _owner(lock: Path) -> str:
    """Who has the workbook open, as Excel's lock file tells."""
    try:
        data = lock.read_bytes()[:512]
    except OSError:
        return "他人"
    length = data[_OWNER_LENGTH] if len(data) > _OWNER_LENGTH else 0
    name = data[_OWNER : _OWNER + 2 * length].decode("utf-16-le", "ignore")
    return "".join(char for char in name if char.isprintable()).strip() or "他人"


def _unique(found: list[Found]) -> list[Found]:
    """Labels that occur twice become whole paths."""
    labels = [item.label for item in found]
    return [item._replace(label=str(item.path)) if labels.count(item.label) > 1 else item for item in found] if (
        len(set(labels)) < len(labels)
    ) else found  # fmt: skip


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))
