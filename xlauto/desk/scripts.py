"""Text files as Windows wants them: scripts in the console's Chinese code page, notes for Notepad, both with CRLF."""

from __future__ import annotations


def script_bytes(text: str) -> bytes:
    """A .cmd file. In the package its text is UTF-8, so that it can be read anywhere; cmd.exe reads GBK (cp936)."""
    return _crlf(text).encode("cp936")


def note_bytes(text: str) -> bytes:
    """A .txt file; by its mark every Notepad knows UTF-8."""
    return _crlf(text).encode("utf-8-sig")


def _crlf(text: str) -> str:
    return "\r\n".join(text.splitlines()) + "\r\n"
