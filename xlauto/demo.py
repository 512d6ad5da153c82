"""The demonstration: real units' published figures, made into workbooks, recalculated and consolidated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from xlauto.books.closed import open_book
from xlauto.consolidate import consolidate
from xlauto.figures import read_sample
from xlauto.making import make
from xlauto.recalc import recalculate
from xlauto.report import counts, print_consolidation
from xlauto.scheme import Scheme, available, load_scheme
from xlauto.terminal import Progress
from xlauto.values import show

SUMMARY = "汇总.xlsx"


def run_demo(folder: Path, extra: tuple[Path, ...] = ()) -> int:
    """Write the samples' workbooks into `folder`, recalculate each in place, consolidate them, say what to open."""
    units = folder / "报送"
    made: list[Path] = []
    samples = list(_samples(extra))
    for number, (scheme, sample) in enumerate(samples, 1):
        path = units / f"{sample.stem}.xlsx"
        make(scheme, path, read_sample(sample, scheme))
        book = open_book(path)
        result = recalculate(book, extra)
        book.commit(result.edits)
        total = result.assessment.total
        computed = show(total.computed, "分值") if total and total.computed is not None else "—"
        click.echo(
            f"[{number}/{len(samples)}] {path.name}：已填表、重算，系统计分{computed}，{counts(result.assessment)}"
        )
        made.append(path)
    summary = folder / SUMMARY
    click.echo("")
    print_consolidation(consolidate(made, summary, extra=extra, progress=Progress("汇总")))
    click.echo("\n可以打开看的文件：")
    for path in (summary, *made):
        click.echo(f"  {path}")
    click.echo("每个单位的工作簿里：“校验结果”逐条列出问题，点“位置”跳到单元格；“评分说明”写明每个得分怎样算出。")
    return 0


def _samples(extra: tuple[Path, ...]) -> Iterator[tuple[Scheme, Path]]:
    for found in available(extra):
        samples = sorted((found.path / "samples").glob("*.yaml"))
        if samples:
            scheme = load_scheme(found.id, extra)
            yield from ((scheme, sample) for sample in samples)
