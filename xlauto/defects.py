"""Defects of the program: told with a number, details kept in a log file, never as a traceback."""

from __future__ import annotations

import hashlib
import traceback
from pathlib import Path

from xlauto.cache import cache_dir
from xlauto.scheme.strict import SchemeError
from xlauto.yamlfile import YamlError

SchemeTrouble = (SchemeError, YamlError)
"""A scheme's author made a mistake: a message for her, not a defect."""


def report(error: BaseException, about: str = "") -> str:
    """A sentence for the user; the details go to the log."""
    number, log = record(error, about)
    subject = f"{about}：" if about else ""
    return f"{subject}[程序03] 程序错误 编号{number}；请把 {log} 发给维护人员"


def record(error: BaseException, about: str = "") -> tuple[str, Path]:
    """Keep the details. The same defect gets the same number."""
    text = "".join(traceback.format_exception(error))
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = "".join(f"{frame.name}:{frame.lineno}" for frame in last)
    number = hashlib.sha256(f"{type(error).__name__}|{where}".encode()).hexdigest()[:6]
    log = cache_dir().parent / "errors" / f"{number}.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(f"{about}\n{text}", encoding="utf-8")
    except OSError:
        return number, Path("（日志无法写入）")
    return number, log
