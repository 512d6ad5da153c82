"""What the commands have in common: exit statuses and options."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

DONE, FAULTS, CANNOT, DEFECT = 0, 1, 2, 3

json_option = click.option("--json", "as_json", is_flag=True, help="以JSON输出（UTF-8，标准输出上只有这一份）。")
output_option = click.option(
    "-o", "--output", metavar="文件", type=click.Path(path_type=Path), help="写到另一个文件，原文件不动。"
)
force_option = click.option("--force", is_flag=True, help="-o 的文件已存在时覆盖。")


def need_suffix(output: Path, *suffixes: str) -> None:
    """Raises UsageError for a file of another kind."""
    if output.suffix.lower() not in map(str.lower, suffixes):
        raise click.UsageError(f"输出文件的扩展名应为“{'”或“'.join(suffixes) or '无'}”：{output}")


def need_folders(folders: Sequence[Path]) -> None:
    """Raises UsageError for a folder of schemes that is not there."""
    for folder in folders:
        if not folder.is_dir():
            raise click.UsageError(f"--schemes 的文件夹“{folder}”不存在")
