"""The commands `xlauto excel …`: setting up the button in Excel, taking it away, finding out what is in its way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from xlauto.desk.doctor import Answer
    from xlauto.desk.install import Step

DONE, TO_DO = 0, 1

_dry = click.option("--dry-run", is_flag=True, help="只说会做什么，不动任何东西。")


@click.group("excel", options_metavar="[选项]", subcommand_metavar="命令 [参数]...")
def excel_group() -> None:
    """安装、卸载、诊断Excel里的按钮（Windows）。"""


@excel_group.command("install", options_metavar="[选项]")
@click.option(
    "--shortcuts", metavar="文件夹", type=click.Path(file_okay=False, path_type=Path),
    help="拖放图标放在哪里；不给时放在桌面的“绩效自评”文件夹。",
)  # fmt: skip
@_dry
def install_command(shortcuts: Path | None, dry_run: bool) -> int:
    """装上加载项、按钮的设置和拖放图标；只为当前用户，不需要管理员。再运行一次就是升级。"""
    from xlauto.desk.install import to_install
    from xlauto.desk.machine import this_machine

    if _tell(to_install(this_machine(), shortcuts), dry_run, "已是最新，没有要做的。"):
        click.echo("安装完成。打开Excel，功能区里有“绩效自评”。没有出现时运行：xlauto excel doctor")
    return DONE


@excel_group.command("uninstall", options_metavar="[选项]")
@_dry
def uninstall_command(dry_run: bool) -> int:
    """拿掉安装时放上的东西，别的不动。"""
    from xlauto.desk.install import to_uninstall
    from xlauto.desk.machine import this_machine

    if _tell(to_uninstall(this_machine()), dry_run, "没有装过，没有要拿掉的。"):
        click.echo("卸载完成。程序本身用 pip uninstall xlauto 或“卸载.cmd”删除。")
    return DONE


@excel_group.command("doctor", options_metavar="[选项]")
@click.argument("files", nargs=-1, metavar="[工作簿]...", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--excel", "live", is_flag=True, help="另在打开着的Excel里试：读取当前工作簿的副本，什么也不改。")
@click.option("--json", "as_json", is_flag=True, help="以JSON输出（UTF-8，标准输出上只有这一份）。")
def doctor_command(files: tuple[Path, ...], live: bool, as_json: bool) -> int:
    """诊断：逐项检查按钮能不能用，缺什么、怎么办。退出码0：能用；1：有要处理的。"""
    from xlauto.desk.doctor import diagnose, works
    from xlauto.desk.live import try_excel
    from xlauto.desk.machine import this_machine
    from xlauto.terminal import print_json

    machine = this_machine()
    answers = [*diagnose(machine, files), *(try_excel() if live and machine.windows else ())]
    if as_json:
        print_json({
            "works": works(answers),
            "answers": [answer._asdict() | {"state": answer.state.name.lower()} for answer in answers],
        })  # fmt: skip
    else:
        _print(answers)
        click.echo("\n按钮可以使用。" if works(answers) else "\n按钮还不能使用，请处理带“×”的各项。")
    return DONE if works(answers) else TO_DO


def _tell(steps: Sequence[Step], dry_run: bool, nothing: str) -> bool:
    """Do the steps and say so; True if anything was done."""
    from xlauto.desk.install import carry_out

    due = any(step.due for step in steps)
    for step in steps if dry_run else carry_out(steps):
        mark = ("要做" if dry_run else "√") if step.due else "不变"
        click.echo(f"{mark}  {step.text}")
    if not due:
        click.echo(nothing)
    elif dry_run:
        click.echo("没有动任何东西（--dry-run）")
    return due and not dry_run


def _print(answers: Sequence[Answer]) -> None:
    for answer in answers:
        click.echo(f"{answer.state.value} {answer.about}：{answer.fact}")
        for line in (answer.means, answer.advice and f"→ {answer.advice}"):
            if line:
                click.echo(f"     {line}")
