"""One run at a time on one workbook: a lock that the operating system takes back even from a run that has crashed."""

from __future__ import annotations

import errno
import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from xlauto.cache import cache_dir

_TAKEN = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)


@contextmanager
def only_run(key: str) -> Iterator[bool]:
    """Whether no other run with this key is under way. Where nothing can be locked, none is taken to be."""
    try:
        file = cache_dir().parent / "running.lock"
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT)
    except (OSError, RuntimeError):  # RuntimeError: no home folder
        yield True
        return
    # Every key has its own byte of one file, so that no files pile up.
    byte = int(hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:7], 16)
    os.lseek(descriptor, byte, os.SEEK_SET)
    try:
        yield _locked(descriptor)
    finally:
        _release(descriptor, byte)


def _locked(descriptor: int) -> bool:
    """Lock the byte at the file's position; False if another process holds it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 0, os.SEEK_CUR)
    except OSError as error:
        return error.errno not in _TAKEN
    return True


def _release(descriptor: int, byte: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(descriptor, byte, os.SEEK_SET)
        with suppress(OSError):
            msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
    os.close(descriptor)
