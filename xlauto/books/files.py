"""Files on disk: reading that tells what stands in the way, writing that never leaves half a file behind."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path

from xlauto.model import CannotGoOn

_TRIES, _PAUSE = 3, 0.2
_NOT_HERE = 0x1000 | 0x40000 | 0x400000
"""Windows file attributes of a cloud placeholder: offline, recall on open, recall on data access."""
_TEMPORARY = ".xlauto-tmp"


def read_file(path: Path, label: str) -> bytes:
    """The file's bytes, after up to three tries."""
    for attempt in range(_TRIES):
        try:
            if getattr(path.stat(), "st_file_attributes", 0) & _NOT_HERE:
                raise CannotGoOn("文件19", label, "是未下载到本机的云文件", "请在云盘中下载完成后重试")
            return path.read_bytes()
        except FileNotFoundError:
            raise CannotGoOn("文件17", label, "文件不存在或已被移走", "请核对路径") from None
        except IsADirectoryError:
            raise CannotGoOn("文件17", label, "是文件夹，不是文件", "请核对路径") from None
        except OSError as error:
            if attempt == _TRIES - 1 or not isinstance(error, PermissionError):
                raise _unreadable(error, label) from error
            time.sleep(_PAUSE)
    raise AssertionError("unreachable")


def refuse_unwritable(target: Path, label: str) -> None:
    """Raise CannotGoOn before any work if `target` cannot be replaced later."""
    folder = target.parent
    if not folder.is_dir():
        raise CannotGoOn("文件18", label, f"文件夹{folder}不存在", "请核对输出路径")
    if not os.access(folder, os.W_OK):
        raise CannotGoOn("文件18", label, f"文件夹{folder}是只读的", "请另选输出文件夹")
    if (folder / f"~${target.name}").exists():
        raise CannotGoOn(
            "程序01",
            label,
            f"{target.name}正在Excel或WPS中打开",
            f"请关闭后重试；确未打开时请删除临时文件~${target.name}",
        )
    lock = folder / f".~lock.{target.name}#"
    if lock.exists():
        hint = f"请关闭后重试；确未打开时请删除{lock.name}"
        raise CannotGoOn("程序01", label, f"{target.name}正在LibreOffice中打开", hint)
    if not target.exists():
        return
    if not target.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        raise CannotGoOn("文件18", label, f"{target.name}是只读文件", "请取消只读属性，或另存到别处")
    try:
        with target.open("r+b"):
            pass
    except OSError as error:
        raise CannotGoOn("程序01", label, f"{target.name}正被其他程序占用，或没有写入权限", "请关闭后重试") from error


def replace_file(target: Path, data: bytes, label: str, verify: Callable[[bytes], None], expected: str = "") -> None:
    """Put `data` at `target`, all or nothing.

    `verify` is given what was read back from disk and raises if it is wrong. With `expected` (a sha256) the file
    must still be the one that was read, and its previous content is kept beside it as `.bak`.
    """
    target = target.resolve()
    remove_leftovers(target)
    temporary = _temporary(target)
    try:
        _write(temporary, data)
        written = temporary.read_bytes()
        if written != data:
            raise OSError("写入的内容与应写的不一致")
        verify(written)
        if target.exists():
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        if expected:
            _keep_previous(target, expected, label)
        os.replace(temporary, target)
        _sync_folder(target.parent)
    except OSError as error:
        fact = f"未能写入{target.name}（{error.strerror or error}），原文件未动"
        raise CannotGoOn("程序02", label, fact, "请检查磁盘空间和权限，关闭打开该文件的程序后重试") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def remove_leftovers(target: Path) -> None:
    """Remove temporary files that runs which no longer exist have left beside `target`."""
    for leftover in target.parent.glob(f".*{_TEMPORARY}"):
        name, _, process = leftover.name.removesuffix(_TEMPORARY).rpartition(".")
        if name == f".{target.name}" and process.isdigit() and not _is_running(int(process)):
            with contextlib.suppress(OSError):
                leftover.unlink()


def _unreadable(error: OSError, label: str) -> CannotGoOn:
    if len(label) > 200 or error.errno == errno.ENAMETOOLONG:
        return CannotGoOn("文件20", label, "文件路径过长，系统打不开", "请移到较短的路径后重试")
    if isinstance(error, PermissionError):
        return CannotGoOn("文件17", label, "文件正被其他程序占用，或没有读取权限", "请关闭后重试")
    return CannotGoOn("文件17", label, f"不能读取文件（{error.strerror or error}）", "请检查文件和网络后重试")


def _keep_previous(target: Path, expected: str, label: str) -> None:
    """Copy the file to `.bak`, once it is sure that it is still the one that was read."""
    previous = target.read_bytes()
    if hashlib.sha256(previous).hexdigest() != expected:
        raise CannotGoOn("程序16", label, "读取之后文件已被修改，未写入", "请关闭其他程序后重新运行")
    backup = target.with_name(f"{target.name}.bak")
    temporary = _temporary(backup)
    try:
        _write(temporary, previous)
        status = target.stat()
        temporary.chmod(stat.S_IMODE(status.st_mode))
        os.utime(temporary, ns=(status.st_atime_ns, status.st_mtime_ns))
        os.replace(temporary, backup)
    finally:
        temporary.unlink(missing_ok=True)


def _temporary(target: Path) -> Path:
    return target.with_name(f".{target.name}.{os.getpid()}{_TEMPORARY}")


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_running(process: int) -> bool:
    """On Windows a file that a live process writes cannot be removed anyway, and signal 0 would do harm."""
    if sys.platform == "win32" or process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
