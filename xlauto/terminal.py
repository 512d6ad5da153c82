"""What the command line prints: messages, tables whose columns line up in Chinese, progress, JSON."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import click

from xlauto.model import Finding, Level

COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.HINT: "cyan"}


def prepare_streams() -> None:
    """No console may make the program fail: what cp936 cannot show becomes `?`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def print_json(data: Any) -> None:
    """One document in UTF-8 on standard output, whatever the console's encoding."""
    text = json.dumps(data, ensure_ascii=False, indent=2, default=_plain) + "\n"
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()


def _plain(value: object) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def print_finding(finding: Finding) -> None:
    """The message, with what falls away with it beneath."""
    click.echo(f"{click.style(finding.level, COLOURS[finding.level])} {finding.message()}")
    for other in finding.consequences:
        due = f"{other.stated or '空'} → {other.expected}" if other.expected else other.fact
        click.echo(f"     └ 连带：{other.where.sheet}!{other.where.cell}（{other.where.field}）{due}")
    if finding.justification:
        click.echo(f"     └ 核实说明：{finding.justification}")


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns lined up by width on screen; columns of figures to the right."""
    widths = [max(map(width, column)) for column in zip(headings, *rows, strict=True)]
    figures = [bool(rows) and all(_figure(row[i]) for row in rows) for i in range(len(headings))]
    for row in (headings, ["-" * size for size in widths], *rows):
        cells = [_padded(text, size, right) for text, size, right in zip(row, widths, figures, strict=True)]
        click.echo("  ".join(cells).rstrip())


def width(text: str) -> int:
    """Columns on screen: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _padded(text: str, size: int, right: bool) -> str:
    space = " " * (size - width(text))
    return space + text if right else text + space


def _figure(text: str) -> bool:
    return text in ("", "—") or text.replace(".", "", 1).replace("%", "").lstrip("-").isdigit()


class Progress:
    """A line that counts, on standard error: rewritten on a screen, now and then in a log."""

    def __init__(self, what: str) -> None:
        self.what, self.live, self.last = what, sys.stderr.isatty(), ""

    def __call__(self, done: int, total: int, name: str) -> None:
        line = f"{self.what} {done}/{total} {name}"
        if self.live:
            click.echo("\r" + line + " " * max(0, width(self.last) - width(line)), err=True, nl=False)
            self.last = line
            if done == total:
                click.echo("", err=True)
        elif done == total or done % 100 == 0:
            click.echo(line, err=True)
