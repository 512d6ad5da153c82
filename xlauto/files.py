"""New files written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from xlauto.model import CannotGoOn


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_new(path: Path, data: bytes) -> None:
    """Write beside the target, then replace it. Raises CannotGoOn naming the file; an older file survives a failure."""
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
        os.chmod(temporary, 0o666 & ~_umask())
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except OSError as error:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
        raise CannotGoOn("文件18", path, f"不能写入：{error.strerror or error}", "请关闭该文件或换一个文件夹") from error
