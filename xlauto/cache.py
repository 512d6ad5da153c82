"""Parsed YAML kept as JSON in the user's cache folder, because parsing costs more than all the rest of a check."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from xlauto import __version__


def cached(name: str, files: Iterable[Path], make: Callable[[], Any]) -> Any:
    """What `make` gives, from the cache while no file has changed. A cache that cannot be used is no fault."""
    stamp = hashlib.sha256(__version__.encode())
    for file in files:
        status = file.stat()
        stamp.update(f"{file}|{status.st_mtime_ns}|{status.st_size}\n".encode())
    kept = cache_dir() / f"{name}-{stamp.hexdigest()[:24]}.json"
    try:
        return json.loads(kept.read_bytes())
    except (OSError, ValueError):
        data = make()
        _keep(kept, data)
        return data


def _keep(kept: Path, data: Any) -> None:
    import tempfile

    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(data, ensure_ascii=False)
        with tempfile.NamedTemporaryFile("w", dir=kept.parent, delete=False, encoding="utf-8") as stream:
            stream.write(text)
        os.replace(stream.name, kept)
        for old in kept.parent.glob(f"{kept.name.rpartition('-')[0]}-*.json"):
            if old != kept:
                old.unlink(missing_ok=True)
    except (OSError, TypeError):
        return


def cache_dir() -> Path:
    """The user's folder for parsed files; it may be deleted at any time."""
    base = os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else os.environ.get("XDG_CACHE_HOME")
    return Path(base or Path.home() / ".cache") / "xlauto" / "parsed"
