"""The commands of `xlauto scheme`: build, lint, new, diff, adopt. Options, one library call, print, exit status."""

from __future__ import annotations

from pathlib import Path

import click

from xlauto.cli_options import DONE, FAULTS, json_option, need_folders, need_suffix, output_option
from xlauto.model import Level
from xlauto.places import own_schemes_dir

YEAR = click.IntRange(2000, 2100)
LONGEST = 36
LINES = 3
"""The lines of a file that are listed of one text."""
RULES_FROM = "hunan-2023"
MAKING = ("new", "adopt")
"""Commands that make a folder of schemes if there is none."""
root_option = click.option(
    "-o", "--output", "root", metavar="文件夹", type=click.Path(file_okay=False, path_type=Path),
    help="在哪个文件夹里建立；不给时用 --schemes 的第一个文件夹，再没有时用本用户自己的套表文件夹。",
)  # fmt: skip


@click.group("scheme", options_metavar="[选项]", subcommand_metavar="命令 [参数]...")
@click.pass_context
def scheme_group(context: click.Context) -> None:
    """套表的制作、检查、比较、新建和采用。"""
    if context.invoked_subcommand not in MAKING:
        need_folders(context.obj)


@scheme_group.command("build", options_metavar="[选项]")
@click.argument("ids", nargs=-1, metavar="[套表]...")
@click.option("--all", "every", is_flag=True, help="全部套表。")
@output_option
@click.pass_obj
def build_command(extra: tuple[Path, ...], ids: tuple[str, ...], every: bool, output: Path | None) -> int:
    """由YAML生成空白模板 template.xlsx 和带按钮的 template.xlsm；用 --all 时还有加载项 xlauto.xlam 和拖放图标。"""
    from xlauto.desk.icons import icon_scripts
    from xlauto.making import make, suffixes, write_new
    from xlauto.places import macros_dir
    from xlauto.scheme import available, load_scheme
    from xlauto.template.macros import addin

    chosen = [folder.id for folder in available(extra)] if every else list(ids)
    if not chosen or (output and len(chosen) > 1):
        raise click.UsageError("请给出套表，或用 --all；用 -o 时只能给一个")
    for scheme_id in chosen:
        scheme = load_scheme(scheme_id, extra)
        if output:
            need_suffix(output, *suffixes(scheme))
        for target in [output] if output else [scheme.folder / f"template{suffix}" for suffix in suffixes(scheme)]:
            make(scheme, target)
            click.echo(f"{scheme_id}：{target}")
    if every:
        for name, data in {"xlauto.xlam": addin(), **icon_scripts()}.items():
            write_new(macros_dir() / name, data)
            click.echo(f"{macros_dir() / name}")
    return DONE


@scheme_group.command("lint", options_metavar="[选项]")
@click.argument("ids", nargs=-1, metavar="[套表]...")
@json_option
@click.pass_obj
def lint_command(extra: tuple[Path, ...], ids: tuple[str, ...], as_json: bool) -> int:
    """检查套表本身：公式、名称、分值、评分档次。不给套表时检查全部。"""
    from xlauto.checking.kinds import RULES
    from xlauto.scheme import available
    from xlauto.scheme.lint import lint
    from xlauto.terminal import print_finding, print_json

    chosen = ids or [folder.id for folder in available(extra)]
    findings = [finding for scheme in chosen for finding in lint(scheme, extra, RULES)]
    if as_json:
        from xlauto.report import finding_json

        print_json([finding_json(finding) for finding in findings])
    else:
        for finding in findings:
            print_finding(finding)
        click.echo(f"{len(findings)}处问题" if findings else "没有问题")
    return FAULTS if any(finding.level is Level.ERROR for finding in findings) else DONE


@scheme_group.command("new", options_metavar="[选项]")
@click.argument("new_id", metavar="代号")
@click.option("--from", "old_id", required=True, metavar="套表", help="以哪一套为底本。")
@click.option("--year", required=True, type=YEAR, metavar="年度", help="新套表的年度。")
@click.option("--title", default="", metavar="名称", help="新套表的名称；不给时把底本名称里的年度换成新的。")
@click.option("--jurisdiction", default="", metavar="地区", help="新套表的地区；不给时与底本相同。")
@click.option("--copy", is_flag=True, help="照抄底本的文件，而不是只写不同之处。")
@click.option("--samples", is_flag=True, help="把底本的样例也带上。")
@root_option
@click.pass_obj
def new_command(
    extra: tuple[Path, ...],
    new_id: str,
    old_id: str,
    year: int,
    title: str,
    jurisdiction: str,
    copy: bool,
    samples: bool,
    root: Path | None,
) -> int:
    """从已有的套表建立新年度（或新地区）的套表。"""
    from xlauto.scheme.renew import OPEN, renew, within_schemes

    root = _root(root, extra)
    made = renew(
        old_id, new_id, year, root, title=title, jurisdiction=jurisdiction, copy=copy, samples=samples, extra=extra
    )
    click.echo(f"已建立 {made.folder}：{made.scheme.definition.title}")
    click.echo(f"  {'照抄' if copy else '只写与底本的不同，底本'} {old_id}")
    for file in made.files:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if OPEN in line:
                click.echo(f"  待填：{file.relative_to(made.folder)} 第{number}行 {line.strip(' -')}")
    for old in made.places:
        lines = "、".join(map(str, old.lines[:LINES])) + (f"等{len(old.lines)}" if len(old.lines) > LINES else "")
        place = f"{within_schemes(old.file, made.scheme)} 第{lines}行"
        click.echo(f"  待填：写着“{old.name}”，请改成新的地区：{place} {old.text}")
    for found in made.leftovers:
        click.echo(f"  年份是写死的，请核对：{within_schemes(found.file, made.scheme)} 第{found.line}行 {found.text}")
    _tell_next(root, new_id, f"scheme diff {old_id} {new_id}", f"scheme lint {new_id}", f"scheme build {new_id}")
    return DONE


@scheme_group.command("diff", options_metavar="[选项]")
@click.argument("old_id", metavar="旧套表")
@click.argument("new_id", metavar="新套表")
@json_option
@click.pass_obj
def diff_command(extra: tuple[Path, ...], old_id: str, new_id: str, as_json: bool) -> int:
    """比较两套：表样、文字、分值、计分规则、审核有哪些改动。只是年度不同的不算。"""
    from xlauto.scheme import load_scheme
    from xlauto.scheme.diff import cut, differences
    from xlauto.terminal import print_json, print_table

    old, new = load_scheme(old_id, extra), load_scheme(new_id, extra)
    found = differences(old, new)
    if as_json:
        lines = [line._asdict() for line in found]
        years = {"old": {"id": old.id, "year": old.year}, "new": {"id": new.id, "year": new.year}}
        print_json(years | {"differences": lines})
        return DONE
    click.echo(f"{old.id}（{old.year}年）→ {new.id}（{new.year}年）")
    if found:
        rows = [
            (
                line.form,
                line.place,
                line.item,
                line.change,
                cut(line.old, LONGEST, line.new),
                cut(line.new, LONGEST, line.old),
            )
            for line in found
        ]
        print_table(("表", "位置", "项目", "改动", "原为", "现为"), rows)
    click.echo(f"{len(found)}处不同" if found else "没有不同")
    return DONE


@scheme_group.command("adopt", options_metavar="[选项]")
@click.argument("file", metavar="文件.xlsx", type=click.Path(path_type=Path))
@click.option("--id", "scheme_id", required=True, metavar="代号", help="新套表的代号。")
@click.option("--year", required=True, type=YEAR, metavar="年度", help="表样的年度。")
@click.option("--title", default="", metavar="名称", help="套表的名称。")
@click.option("--jurisdiction", default="", metavar="地区", help="套表的地区。")
@click.option(
    "--rules",
    "rules_id",
    default=RULES_FROM,
    metavar="套表",
    help="指标表的计分和审核规则取自哪一套；不给时取省级的。",
)
@root_option
@click.pass_obj
def adopt_command(
    extra: tuple[Path, ...],
    file: Path,
    scheme_id: str,
    year: int,
    title: str,
    jurisdiction: str,
    rules_id: str,
    root: Path | None,
) -> int:
    """采用本地已有的表样（.xlsx）：认出填报格和公式，做成套表，原表就是模板。"""
    from xlauto.adopting import REPORT, adopt

    root = _root(root, extra)
    made = adopt(file, scheme_id, year, root, title=title, jurisdiction=jurisdiction, rules_id=rules_id, extra=extra)
    click.echo(f"已采用 {file.name}：{made.folder}")
    for form in made.found.forms:
        inputs = sum(one.role == "填报" for one in form.taken)
        tables = f"、{len(form.tables)}张指标表" if form.tables else ""
        click.echo(
            f"  {form.name}（{form.sheet}）：{inputs}个填报格、{len(form.taken) - inputs}个公式和印定的格{tables}"
        )
    for sheet, why in made.found.skipped:
        click.echo(f"  没有采用工作表“{sheet}”：{why}")
    for number, matter in enumerate(made.found.matters, 1):
        click.echo(f"  请决定{number}：{matter.sheet}{f'!{matter.cell}' if matter.cell else ''} {matter.text}")
    click.echo(f"逐格的说明在 {made.folder / REPORT}")
    _tell_next(root, scheme_id, f"scheme lint {scheme_id}", f"scheme build {scheme_id}")
    return DONE


def _root(root: Path | None, extra: tuple[Path, ...]) -> Path:
    """The folder in which a new scheme is made; the others must be there."""
    need_folders(extra if root else extra[1:])
    return root or (extra[0] if extra else own_schemes_dir())


def _tell_next(root: Path, scheme_id: str, *commands: str) -> None:
    click.echo("下一步：")
    where = "" if root == own_schemes_dir() else f" --schemes {root}"
    for command in (*commands, f"new {scheme_id} --unit 单位名称 --code 单位代码 -o 自评.xlsx"):
        click.echo(f"  xlauto{where} {command}")
