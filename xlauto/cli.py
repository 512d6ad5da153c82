"""The command line: options, one library call, print, exit status. Nothing is decided here.

Exit status: 0 done and no 错误; 1 done, 错误 found; 2 cannot go on; 3 a defect of the program, the rest was done.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from xlauto import __version__
from xlauto.chinese import speak_chinese
from xlauto.cli_excel import excel_group
from xlauto.cli_options import (
    CANNOT,
    DEFECT,
    DONE,
    FAULTS,
    force_option,
    json_option,
    need_folders,
    need_suffix,
    output_option,
)
from xlauto.cli_scheme import scheme_group
from xlauto.model import CannotGoOn, Level

if TYPE_CHECKING:
    from xlauto.assess import Assessment
    from xlauto.books.book import Edit
    from xlauto.books.closed import ClosedBook
    from xlauto.recalc import Recalculation
    from xlauto.report import Outcome

_WORKBOOKS = (".xlsx", ".xlsm")
T = TypeVar("T")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit. No traceback ever reaches the user."""
    from xlauto.terminal import prepare_streams

    prepare_streams()
    speak_chinese()
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None) -> int:
    """Run a command and give its exit status, whatever happens."""
    try:
        status = commands.main(arguments, prog_name="xlauto", standalone_mode=False)
        return status if isinstance(status, int) else DONE
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        error.show()
        return CANNOT
    except (click.Abort, KeyboardInterrupt):
        click.echo("已中止。", err=True)
        return CANNOT
    except CannotGoOn as error:
        click.echo(str(error), err=True)
        return CANNOT
    except BrokenPipeError:
        return CANNOT
    except Exception as error:
        from xlauto.defects import SchemeTrouble, report

        if isinstance(error, SchemeTrouble):
            click.echo(str(error), err=True)
            return CANNOT
        click.echo(report(error), err=True)
        return DEFECT


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    options_metavar="[选项]", subcommand_metavar="命令 [参数]...",
)  # fmt: skip
@click.version_option(__version__, "--version", message="xlauto %(version)s", help="显示版本号。")
@click.option(
    "--schemes", "folders", multiple=True, type=click.Path(file_okay=False, path_type=Path),
    metavar="文件夹", help="另有套表的文件夹（可多次）；用 scheme new、adopt 新建套表时，没有的会建立。",
)  # fmt: skip
@click.pass_context
def commands(context: click.Context, folders: tuple[Path, ...]) -> None:
    """预算绩效自评工作簿：制表、审核、计分、汇总。"""
    context.obj = folders
    if context.invoked_subcommand != "scheme":
        need_folders(folders)


commands.add_command(excel_group)


def _command(name: str) -> Callable[[Callable[..., T]], click.Command]:
    return commands.command(name, options_metavar="[选项]")


files_argument = click.argument("files", nargs=-1, required=True, metavar="文件...", type=click.Path(path_type=Path))
dry_option = click.option("--dry-run", is_flag=True, help="只说会改什么，不写文件。")


def _writing(name: str) -> Callable[[Callable[..., T]], click.Command]:
    """A command that works on files and writes them."""

    def register(function: Callable[..., T]) -> click.Command:
        for option in (click.pass_obj, json_option, dry_option, force_option, output_option, files_argument):
            function = option(function)
        return _command(name)(function)

    return register


@_command("demo")
@click.argument("folder", default="xlauto-demo", metavar="[文件夹]", type=click.Path(path_type=Path))
@click.pass_obj
def demo_command(extra: tuple[Path, ...], folder: Path) -> int:
    """用样例单位公开的数字演示：制表、重算、汇总。"""
    from xlauto.demo import run_demo

    return run_demo(folder, extra)


@_command("schemes")
@json_option
@click.pass_obj
def schemes_command(extra: tuple[Path, ...], as_json: bool) -> int:
    """列出现有的套表。"""
    from xlauto.scheme import available, load_scheme
    from xlauto.terminal import print_json, print_table

    schemes = [load_scheme(folder.id, extra) for folder in available(extra)]
    if as_json:
        print_json([
            {"id": s.id, "title": s.definition.title, "year": s.year, "version": s.definition.version,
             "jurisdiction": s.definition.jurisdiction, "forms": list(s.forms), "folder": s.folder}
            for s in schemes
        ])  # fmt: skip
    else:
        rows = [(s.id, s.definition.title, str(s.year), "、".join(s.forms)) for s in schemes]
        print_table(("套表", "名称", "年度", "表样"), rows)
    return DONE


commands.add_command(scheme_group)


@_command("new")
@click.argument("scheme_id", metavar="套表")
@click.option("--unit", required=True, metavar="名称", help="单位名称。")
@click.option("--code", required=True, metavar="代码", help="单位代码，按文本写入，保留开头的0。")
@click.option(
    "--projects", default=1, show_default=True, type=click.IntRange(0, 200), metavar="N", help="项目表的张数。"
)
@click.option("--force", is_flag=True, help="文件已存在时覆盖。")
@click.option("-o", "--output", required=True, metavar="文件", type=click.Path(path_type=Path), help="要生成的文件。")
@click.pass_obj
def new_command(
    extra: tuple[Path, ...], scheme_id: str, unit: str, code: str, projects: int, force: bool, output: Path
) -> int:
    """生成一个单位的空白工作簿；文件名以 .xlsm 结尾的带按钮。"""
    from xlauto.figures import blank
    from xlauto.making import make
    from xlauto.scheme import load_scheme

    need_suffix(output, *_WORKBOOKS)
    _keep_existing(output, force)
    if not unit.strip() or not code.strip():
        raise click.UsageError("单位名称和单位代码不能为空")
    scheme = load_scheme(scheme_id, extra)
    make(scheme, output, blank(scheme, unit, code, projects))
    click.echo(f"已生成 {output}")
    return DONE


@_writing("recalc")
def recalc_command(
    extra: tuple[Path, ...], files: tuple[Path, ...], output: Path | None, force: bool, dry_run: bool, as_json: bool
) -> int:
    """重新计算得分：填公式、审核、计分，结果写回工作簿（原文件另存为 .bak）。"""
    from xlauto.recalc import recalculate
    from xlauto.report import print_recalculation

    _refuse_output(files, output, force)
    return _write_each(lambda book: recalculate(book, extra), files, output, dry_run, as_json, print_recalculation)


@_writing("fill")
def fill_command(
    extra: tuple[Path, ...], files: tuple[Path, ...], output: Path | None, force: bool, dry_run: bool, as_json: bool
) -> int:
    """填公式（运算）：恢复被覆盖或删掉的公式，其余不动。"""
    from xlauto.recalc import fill
    from xlauto.report import print_filling

    _refuse_output(files, output, force)
    return _write_each(lambda book: fill(book, extra), files, output, dry_run, as_json, print_filling)


@_writing("clear")
def clear_command(
    extra: tuple[Path, ...], files: tuple[Path, ...], output: Path | None, force: bool, dry_run: bool, as_json: bool
) -> int:
    """清除标记：清空“说明”列和“校验结果”，留下写有核实说明的各条；得分和公式不动。"""
    from xlauto.recalc import clear
    from xlauto.report import clearing_json, print_clearing, print_refusal, refusal_json

    _refuse_output(files, output, force)
    tell = clearing_json if as_json else print_clearing

    def work(file: Path, book: ClosedBook) -> _Work:
        result = clear(book, extra)
        outcome = _write(book, result.edits, file, output, dry_run)
        return _Work(0, tell(result, file, output or file, outcome))

    return _each(files, work, refusal_json if as_json else print_refusal, as_json)


@_command("check")
@files_argument
@click.option("--write", is_flag=True, help="把问题写进工作簿的“校验结果”，同按钮“校验”（原文件另存为 .bak）。")
@json_option
@click.pass_obj
def check_command(extra: tuple[Path, ...], files: tuple[Path, ...], write: bool, as_json: bool) -> int:
    """审核：列出错误、警告、提示；不用 --write 时不改文件。"""
    from xlauto.report import assessment_json, print_assessment

    return _show_each(files, extra, as_json, assessment_json, print_assessment, write)


@_command("score")
@files_argument
@json_option
@click.pass_obj
def score_command(extra: tuple[Path, ...], files: tuple[Path, ...], as_json: bool) -> int:
    """计分：自评得分和系统计分对照，不改文件。"""
    from xlauto.report import print_scores, scores_json

    return _show_each(files, extra, as_json, scores_json, print_scores)


@_command("explain")
@click.argument("file", metavar="文件", type=click.Path(path_type=Path))
@click.argument("indicator", default="", metavar="[指标]")
@json_option
@click.pass_obj
def explain_command(extra: tuple[Path, ...], file: Path, indicator: str, as_json: bool) -> int:
    """说明得分怎样算出来的；给出指标名称（或其中几个字）时只说这一项。"""
    from xlauto.report import chosen, explanations_json, print_explanations

    found: list[bool] = []

    def chosen_json(assessment: Assessment) -> Any:
        found.append(bool(chosen(assessment.scores, indicator)))
        return explanations_json(assessment, indicator)

    def chosen_print(assessment: Assessment) -> None:
        found.append(bool(chosen(assessment.scores, indicator)))
        print_explanations(assessment, indicator)

    status = _show_each((file,), extra, as_json, chosen_json, chosen_print)
    return CANNOT if not all(found) else DONE if status == FAULTS else status


@_command("consolidate")
@click.argument("inbox", nargs=-1, required=True, metavar="收件夹...", type=click.Path(exists=True, path_type=Path))
@click.option(
    "-o", "--output", required=True, metavar="文件", type=click.Path(path_type=Path), help="要生成的汇总工作簿。"
)
@click.option("--strict", is_flag=True, help="有错误的工作簿也退回，不计入汇总。")
@json_option
@click.pass_obj
def consolidate_command(
    extra: tuple[Path, ...], inbox: tuple[Path, ...], output: Path, strict: bool, as_json: bool
) -> int:
    """汇总：把许多单位的工作簿合成一本，每个数都能查到出处。"""
    from xlauto.consolidate import consolidate
    from xlauto.report import consolidation_json, print_consolidation
    from xlauto.terminal import Progress, print_json

    need_suffix(output, ".xlsx")
    result = consolidate(inbox, output, extra=extra, strict=strict, progress=Progress("读取"))
    if as_json:
        print_json(consolidation_json(result))
    else:
        print_consolidation(result)
    return DEFECT if result.defects else FAULTS if result.errors else DONE


def _keep_existing(output: Path, force: bool) -> None:
    if output.exists() and not force:
        raise CannotGoOn("程序20", output, "文件已存在，没有覆盖", "换一个文件名，或加 --force")


def _refuse_output(files: Sequence[Path], output: Path | None, force: bool) -> None:
    """The output is one file of the input's kind, and replaces no other file; it may be the input itself."""
    if output is None:
        return
    if len(files) > 1:
        raise click.UsageError("用 -o 时只能给一个文件")
    need_suffix(output, files[0].suffix)
    if not (output.exists() and files[0].exists() and output.samefile(files[0])):
        _keep_existing(output, force)


def _show_each(
    files: Sequence[Path],
    extra: tuple[Path, ...],
    as_json: bool,
    to_json: Callable[[Assessment], Any],
    show: Callable[[Assessment], None],
    write: bool = False,
) -> int:
    """Assess each file and show it; with `write` its findings are also put into it."""
    from xlauto.assess import assess

    tell = to_json if as_json else show

    def work(file: Path, book: ClosedBook) -> _Work:
        if write:
            from xlauto.recalc import check

            result = check(book, extra)
            book.commit(result.edits)
            assessment = result.assessment
        else:
            assessment = assess(book, extra)
        return _Work(assessment.count(Level.ERROR), tell(assessment))

    return _each(files, work, tell, as_json)


def _write_each(
    job: Callable[[ClosedBook], Recalculation],
    files: Sequence[Path],
    output: Path | None,
    dry_run: bool,
    as_json: bool,
    show: Callable[[Recalculation, Path, Outcome], None],
) -> int:
    """Work on each file and write it. A file that cannot be worked on stays as it is."""
    from xlauto.report import print_refusal, recalculation_json, refusal_json

    tell = recalculation_json if as_json else show

    def work(file: Path, book: ClosedBook) -> _Work:
        result = job(book)
        outcome = _write(book, result.edits, file, output, dry_run)
        return _Work(result.assessment.count(Level.ERROR), tell(result, output or file, outcome))

    return _each(files, work, refusal_json if as_json else print_refusal, as_json)


def _write(book: ClosedBook, edits: Sequence[Edit], file: Path, output: Path | None, dry_run: bool) -> Outcome:
    from xlauto.report import Outcome

    if dry_run:
        return Outcome.TRIED
    before = book.sha256
    book.commit(edits, output)
    elsewhere = output is not None and not output.samefile(file)
    return Outcome.WRITTEN if elsewhere or book.sha256 != before else Outcome.SAME


class _Work(NamedTuple):
    """What came of one file: how many 错误, and with JSON its document."""

    errors: int
    document: Any


def _each(
    files: Sequence[Path],
    work: Callable[[Path, ClosedBook], _Work],
    refuse: Callable[[Assessment], Any],
    as_json: bool,
) -> int:
    """Work on each file; with JSON, print the documents, or else close with a line on each of several files. What goes
    wrong in one file does not stop the others. `refuse` gives the document of a file that could not be worked on.
    """
    from xlauto.assess import refused
    from xlauto.books.closed import open_book
    from xlauto.defects import SchemeTrouble
    from xlauto.terminal import print_json

    documents, closing, status = [], [], DONE
    for file in files:
        try:
            errors, document = work(file, open_book(file))
            outcome = FAULTS if errors else DONE
            told = f"完成，有错误{errors}处" if errors else "完成"
        except CannotGoOn as error:
            outcome, document, told = CANNOT, refuse(refused(file.name, error)), _not_done(error)
        except (BrokenPipeError, *SchemeTrouble):
            raise
        except Exception as error:
            defect = _defect(file, error)
            document = refuse(refused(file.name, defect)) if as_json else None
            outcome, told = DEFECT, _not_done(defect)
        status = max(status, outcome)
        documents.append(document)
        closing.append(told)
    if as_json:
        print_json(documents[0] if len(files) == 1 else documents)
    elif len(files) > 1:
        click.echo(f"\n{len(files)}个文件：")
        for name, told in zip(_names(files), closing, strict=True):
            click.echo(f"  {name}：{told}")
    return status


def _not_done(error: CannotGoOn) -> str:
    return f"没有完成：[{error.code}] {error.fact}"


def _names(files: Sequence[Path]) -> list[str]:
    """What to call each file: its name, or all of its path where others have that name too."""
    names = [file.name for file in files]
    return [name if names.count(name) == 1 else str(file) for name, file in zip(names, files, strict=True)]


def _defect(file: Path, error: Exception) -> CannotGoOn:
    """Keep the details of a defect, tell its number, and give it as what the file was refused for."""
    from xlauto.catalogue import refusal
    from xlauto.defects import record, report

    click.echo(report(error, file.name), err=True)
    return refusal("程序03", file, number=record(error, file.name)[0])
