"""The demonstration: real units' published figures, made into workbooks, recalculated and consolidated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from xlauto import catalogue
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
_MARK = "演示说明.txt"
_MARK_TEXT = "这个文件夹由 xlauto demo 生成，只作演示，可以整个删除；再次演示时其中的文件会重新生成。\n"
"""What lies in the folder before anything else does, so that no other folder is written to."""


def run_demo(folder: Path, extra: tuple[Path, ...] = ()) -> int:
    """Write the samples' workbooks into `folder`, recalculate each in place, consolidate them, say what to open.

    Raises CannotGoOn if something lies in `folder` that is not from an earlier demonstration.
    """
    _claim(folder)
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


def _claim(folder: Path) -> None:
    mark = folder / _MARK
    try:
        if mark.is_file() and mark.read_text(encoding="utf-8") == _MARK_TEXT:
            return
        if folder.exists() and not (folder.is_dir() and next(folder.iterdir(), None) is None):
            raise catalogue.refusal("程序22", folder)
        folder.mkdir(parents=True, exist_ok=True)
        mark.write_text(_MARK_TEXT, encoding="utf-8", newline="")
    except (OSError, UnicodeDecodeError) as error:
        raise catalogue.refusal("文件18", folder, fact="文件夹不能读写", hint="请换一个文件夹") from error


def _samples(extra: tuple[Path, ...]) -> Iterator[tuple[Scheme, Path]]:
    for found in available(extra):
        samples = sorted((found.path / "samples").glob("*.yaml"))
        if samples:
            scheme = load_scheme(found.id, extra)
            yield from ((scheme, sample) for sample in samples)
