"""The command line as a user and as a script meet it: exit status, messages in Chinese, JSON, files left alone."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import click
import lines
import pytest
import samples
from scheme import trees

from xlauto.books.book import SetCell
from xlauto.books.closed import open_book
from xlauto.cli import commands
from xlauto.model import Place

ROOT = Path(__file__).resolve().parent.parent
CLEAN = """
封面: {单位名称: 某局, 单位代码: "001001"}
基础数据表:
  编制数: 10
  在职人数: 9
  公用经费: [1, 2, 2]
  业务工作经费: [0, 40, 40]
整体支出自评表:
  年度资金总额: {年初预算数: 100, 全年预算数: 100, 全年执行数: 100}
  一般公共预算: 100
  基本支出: 60
  项目支出: 40
  预期目标: 保障机关运转
  实际完成情况: 机关运转正常，完成全部任务
  指标:
    - [产出指标, 数量指标, 办会, ≥10次, 10次, 50, ""]
    - [效益指标, 社会效益指标, 运转保障率, ≥98%, 99%, 30, ""]
    - [满意度指标, 服务对象满意度指标, 满意度, ≥95%, 96%, 10, ""]
"""


class Run(NamedTuple):
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str


def xlauto(*arguments: object, folder: Path = ROOT, encoding: str = "utf-8", **environment: str) -> Run:
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding, "COLUMNS": "100"} | environment
    command = [sys.executable, "-m", "xlauto", *map(str, arguments)]
    run = subprocess.run(command, cwd=folder, env=env, capture_output=True, timeout=60)
    return Run(run.returncode, run.stdout.decode(encoding), run.stderr.decode(encoding))


@cache
def clean_bytes() -> bytes:
    return lines.workbook(CLEAN)


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """A workbook without 错误."""
    path = tmp_path / "某局.xlsx"
    path.write_bytes(clean_bytes())
    return path


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    path = tmp_path / "衡山.xlsx"
    path.write_bytes(samples.as_published(samples.HENGSHAN))
    return path


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "坏.xlsx"
    path.write_bytes(b"PK\x03\x04 not a workbook")
    return path


# --- exit status --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["check", "score", "recalc", "fill"])
def test_status(command: str, clean: Path, faulty: Path, broken: Path) -> None:
    assert xlauto(command, clean).status == 0
    assert xlauto(command, faulty).status == 1
    refused = xlauto(command, broken)
    assert refused.status == 2
    assert "坏.xlsx" in refused.out
    assert "Traceback" not in refused.out + refused.err


@pytest.mark.parametrize("command", ["check", "score", "recalc"])
def test_a_file_that_cannot_be_read_does_not_stop_the_others(
    command: str, clean: Path, broken: Path, faulty: Path
) -> None:
    run = xlauto(command, broken, faulty, clean)
    assert run.status == 2
    assert all(name in run.out for name in ("坏.xlsx", "衡山县人民政府办公室", "某局"))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    run = xlauto("check", tmp_path / "没有.xlsx")
    assert run.status == 2
    assert "没有.xlsx：[文件17] 文件不存在" in run.out


def test_a_defect_has_its_own_status_and_a_number(clean: Path, tmp_path: Path) -> None:
    script = (
        "import sys, xlauto.assess as a\na.assess = lambda *_: 1 / 0\nfrom xlauto.cli import main\nmain(sys.argv[1:])"
    )
    env = os.environ | {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", script, "check", str(clean)], env=env, capture_output=True, encoding="utf-8"
    )
    assert run.returncode == 3
    found = re.search(r"\[程序03\] 程序错误 编号(\w+)；请把 (.*) 发给维护人员", run.stderr)
    assert found is not None
    assert "ZeroDivisionError" in Path(found[2]).read_text(encoding="utf-8")
    assert "Traceback" not in run.stderr + run.stdout


@pytest.mark.parametrize(("command", "broken_call"), [("check", "assess.assess"), ("recalc", "recalc.recalculate")])
def test_a_defect_in_one_file_does_not_stop_the_others(
    command: str, broken_call: str, clean: Path, faulty: Path, tmp_path: Path
) -> None:
    module, function = broken_call.split(".")
    script = (
        f"import sys, xlauto.{module} as m\nreal = m.{function}\n"
        f"m.{function} = lambda book, extra: 1 / 0 if book.label == '衡山.xlsx' else real(book, extra)\n"
        "from xlauto.cli import main\nmain(sys.argv[1:])"
    )
    env = os.environ | {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    call = [sys.executable, "-c", script, command, str(faulty), str(clean)]
    before = faulty.read_bytes()
    plain, as_json = (
        subprocess.run([*call, *more], env=env, capture_output=True, encoding="utf-8") for more in ([], ["--json"])
    )
    assert (plain.returncode, as_json.returncode) == (3, 3)
    assert "衡山.xlsx：[程序03]" in plain.stderr and "某局" in plain.stdout
    first, second = json.loads(as_json.stdout)
    assert [found["code"] for found in first["findings"]] == ["程序03"]
    assert second["unit"]["name"] == "某局"
    assert faulty.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "--foo"], "没有选项 --foo"), (["chck"], "没有命令 chck"), (["check"], "缺少参数"),
        (["new", "hunan-2023", "--unit", "甲"], "缺少选项"),
        (["recalc", "a", "b", "-o", "c"], "用 -o 时只能给一个文件"),
        (["recalc", "a.xlsx", "-o", "b.xlsm"], "输出文件的扩展名应为“.xlsx”"),
        (["fill", "a.xlsm", "-o", "b.xlsx"], "输出文件的扩展名应为“.xlsm”"),
        (["consolidate", ".", "-o", "汇总"], "输出文件的扩展名应为“.xlsx”"),
        (["new", "hunan-2023", "--unit", "甲", "--code", "1", "--projects", "999", "-o", "x"], "999 不在"),
        (["new", "hunan-1999", "--unit", "甲", "--code", "1", "-o", "x.xlsx"], "没有套表“hunan-1999”"),
        (["scheme", "build"], "请给出套表，或用 --all"),
        (["--schemes", "没有这个文件夹", "schemes"], "“没有这个文件夹”不存在"),
        (["--schemes", "README.md", "schemes"], "“README.md”是文件，应为文件夹"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_usage_errors_are_told_in_chinese(arguments: list[str], message: str) -> None:
    run = xlauto(*arguments)
    assert run.status == 2
    assert message in run.err
    assert not re.search(r"\b(Error|Usage|Try|Missing|No such|Invalid)\b", run.err)


# --- help ---------------------------------------------------------------------------------------------------------


def every_command(group: click.Group, *above: str) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for name, command in group.commands.items():
        found.append((*above, name))
        if isinstance(command, click.Group):
            found += every_command(command, *above, name)
    return found


@pytest.mark.parametrize("command", [(), *every_command(commands)], ids=" ".join)
def test_every_command_has_help_in_chinese(command: tuple[str, ...]) -> None:
    run = xlauto(*command, "--help")
    assert run.status == 0
    assert run.out.startswith("用法：")
    english = set(re.findall(r"[A-Za-z]{4,}", re.sub(r"--[a-z-]+", "", run.out)))
    assert english <= {name for path in every_command(commands) for name in path} | {
        "xlauto",
        "JSON",
        "YAML",
        "template",
        "xlsx",
        "xlsm",
        "xlam",
        "Excel",
        "Windows",
    }
    assert re.search(r"\n  [\u4e00-\u9fff]", run.out)


def test_options_line_up_by_width() -> None:
    from xlauto.terminal import width

    run = xlauto("recalc", "--help")
    options = [line for line in run.out.splitlines() if line.startswith("  -")]
    assert (
        len({width(re.split(r"(?<=\S) {2,}(?=\S)", line)[0] + re.findall(r" {2,}(?=\S)", line)[1]) for line in options})
        == 1
    )


# --- JSON ---------------------------------------------------------------------------------------------------------

FINDING = {
    "code", "level", "form", "field", "sheet", "cell", "stated", "expected", "difference", "message", "hint",
    "consequences",
}  # fmt: skip
SCORE = {"form", "item", "points", "stated", "computed", "state", "explanation"}


def document(run: Run) -> Any:
    """Standard output is one JSON document and nothing else."""
    return json.loads(run.out)


def test_check_json_has_the_promised_keys(faulty: Path) -> None:
    data = document(xlauto("check", faulty, "--json"))
    assert data["file"] == "衡山.xlsx"
    assert data["unit"] == {"code": "304001", "name": "衡山县人民政府办公室"}
    assert data["scheme"] == "hengshan-2023"
    assert all(finding.keys() >= FINDING for finding in data["findings"])
    assert all(c.keys() >= FINDING for finding in data["findings"] for c in finding["consequences"])
    assert all(score.keys() >= SCORE for score in data["scores"])
    assert {finding["level"] for finding in data["findings"]} == {"错误", "警告", "提示"}


def test_amounts_are_strings_of_decimal_digits(faulty: Path) -> None:
    data = document(xlauto("check", faulty, "--json"))
    for score in data["scores"]:
        for key in ("points", "stated", "computed"):
            assert score[key] is None or re.fullmatch(r"-?\d+(\.\d+)?", score[key]), score
    assert any(score["computed"] is None for score in data["scores"])


def test_json_of_one_file_is_an_object_and_of_several_a_list(clean: Path, faulty: Path, broken: Path) -> None:
    assert isinstance(document(xlauto("score", clean, "--json")), dict)
    run = xlauto("check", clean, broken, faulty, "--json")
    assert run.status == 2
    files = document(run)
    assert [found["file"] for found in files] == ["某局.xlsx", "坏.xlsx", "衡山.xlsx"]
    assert files[1]["scores"] == []
    assert [found["code"][:2] for found in files[1]["findings"]] == ["文件"]


def test_recalc_json_says_what_was_written(faulty: Path) -> None:
    data = document(xlauto("recalc", faulty, "--json"))
    assert data["written"] == str(faulty)
    assert {"sheet", "cell", "field", "old", "new"} == set(data["restored"][0])
    again = document(xlauto("recalc", faulty, "--dry-run", "--json"))
    assert (again["written"], again["restored"]) == (None, [])


def test_schemes_json(clean: Path) -> None:
    data = document(xlauto("schemes", "--json"))
    assert {"hunan-2023", "hengyang-2023"} <= {scheme["id"] for scheme in data}


def test_json_is_utf8_whatever_the_console_is(faulty: Path) -> None:
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "cp936"}
    command = [sys.executable, "-m", "xlauto", "check", str(faulty), "--json"]
    run = subprocess.run(command, env=env, capture_output=True, timeout=60)
    assert json.loads(run.stdout.decode("utf-8"))["unit"]["name"] == "衡山县人民政府办公室"


# --- consoles -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["check", "score", "explain", "recalc"])
def test_a_chinese_console_can_show_it(command: str, faulty: Path) -> None:
    run = xlauto(command, faulty, encoding="cp936")
    assert run.status in (0, 1)
    assert "自评" in run.out
    assert run.err == ""


def test_what_a_console_cannot_show_becomes_a_question_mark(clean: Path) -> None:
    run = xlauto("check", clean, encoding="latin-1")
    assert run.status == 0
    assert "?" in run.out


# --- files --------------------------------------------------------------------------------------------------------


def test_check_with_write_puts_the_findings_into_the_workbook(faulty: Path, broken: Path) -> None:
    original, shown = faulty.read_bytes(), document(xlauto("check", faulty, "--json"))
    run = xlauto("check", "--write", faulty, broken, "--json")
    assert run.status == 2
    assert [document(run)[0]["findings"], document(run)[1]["scores"]] == [shown["findings"], []]
    assert faulty.with_suffix(".xlsx.bak").read_bytes() == original
    before, after = open_book(original), open_book(faulty)
    assert after.cells("校验结果") != before.cells("校验结果")
    assert after.cells("评分说明") == before.cells("评分说明")


@pytest.mark.parametrize("command", ["check", "score", "explain"])
def test_reading_commands_write_nothing(command: str, faulty: Path) -> None:
    before = state(faulty.parent)
    xlauto(command, faulty)
    assert state(faulty.parent) == before


@pytest.mark.parametrize("command", ["recalc", "fill"])
def test_dry_run_writes_nothing(command: str, faulty: Path) -> None:
    before = state(faulty.parent)
    run = xlauto(command, faulty, "--dry-run")
    assert state(faulty.parent) == before
    assert "没有写文件（--dry-run）" in run.out
    assert "恢复公式" in run.out


@pytest.mark.parametrize("command", ["recalc", "fill"])
def test_output_elsewhere_leaves_the_input(command: str, faulty: Path, tmp_path: Path) -> None:
    original = faulty.read_bytes()
    target = tmp_path / "结果.xlsx"
    run = xlauto(command, faulty, "-o", target)
    assert (faulty.read_bytes(), run.status) == (original, 1)
    assert open_book(target).sheets
    assert not (tmp_path / "衡山.xlsx.bak").exists()


@pytest.mark.parametrize("command", ["recalc", "fill"])
def test_another_workbook_is_only_replaced_when_asked(command: str, faulty: Path, clean: Path) -> None:
    before = clean.read_bytes()
    refused = xlauto(command, faulty, "-o", clean)
    assert (refused.status, clean.read_bytes()) == (2, before)
    assert "文件已存在，没有覆盖；换一个文件名，或加 --force" in refused.err
    assert xlauto(command, faulty, "-o", clean, "--force").status == 1
    assert clean.read_bytes() != before


@pytest.mark.parametrize("words", ["1" * 32_767, "1、" * 16_000, "1" * 32_766 + "x"], ids=["digits", "many", "nearly"])
def test_the_longest_texts_stop_nothing(words: str, clean: Path) -> None:
    book = open_book(clean)
    area = next(name.area for name in book.names if name.name == "指标" and name.area)
    cells = [Place(area.sheet, area.top + 1, col) for col in (5, 6)]
    book.commit([SetCell(place=place, value=words) for place in (*cells, Place("基础数据表", 3, 12))])
    started = time.perf_counter()
    assert xlauto("recalc", clean).status in (0, 1)
    assert time.perf_counter() - started < 10


def test_output_to_the_input_is_in_place(faulty: Path) -> None:
    original = faulty.read_bytes()
    assert xlauto("recalc", faulty, "-o", faulty.parent / ".." / faulty.parent.name / faulty.name).status == 1
    assert faulty.read_bytes() != original
    assert faulty.with_suffix(".xlsx.bak").read_bytes() == original


def test_explain_of_a_file_that_cannot_be_read(broken: Path) -> None:
    assert xlauto("explain", broken).status == 2


def test_recalc_in_place_keeps_the_original(faulty: Path) -> None:
    original = faulty.read_bytes()
    xlauto("recalc", faulty)
    assert faulty.read_bytes() != original
    assert faulty.with_suffix(".xlsx.bak").read_bytes() == original


def test_clear_takes_the_marks_of_a_recalculation(faulty: Path) -> None:
    xlauto("recalc", faulty)
    marked = faulty.read_bytes()
    trial = xlauto("clear", faulty, "--dry-run")
    assert (trial.status, faulty.read_bytes()) == (0, marked)
    assert "没有写文件（--dry-run）" in trial.out
    run = xlauto("clear", faulty)
    assert (run.status, run.err) == (0, "")
    assert run.out == f"衡山.xlsx  “说明”清空27格，“校验结果”删去42条\n已写入 {faulty}\n"
    assert faulty.with_suffix(".xlsx.bak").read_bytes() == marked
    again = document(xlauto("clear", faulty, "--json"))
    assert again == {"file": "衡山.xlsx", "written": str(faulty), "remarks": 0, "removed": 0, "kept": 0}
    before = state(faulty.parent)
    assert xlauto("clear", faulty).out == "衡山.xlsx  没有要清除的标记\n"
    assert state(faulty.parent) == before
    elsewhere = faulty.with_name("结果.xlsx")
    assert xlauto("clear", faulty, "-o", elsewhere).out == f"衡山.xlsx  没有要清除的标记\n已写入 {elsewhere}\n"


def test_fill_tells_of_formulas_alone(faulty: Path) -> None:
    trial = xlauto("fill", faulty, "--dry-run").out.splitlines()
    assert trial[-3].endswith("原来填的将记在工作表“更改记录”") and trial[-2] == "没有写文件（--dry-run）"
    run = xlauto("fill", faulty)
    lines, restored = run.out.splitlines(), [line for line in run.out.splitlines() if line.startswith("恢复公式 ")]
    assert lines == [
        *restored, f"衡山.xlsx  恢复公式{len(restored)}处，原来填的记在工作表“更改记录”", f"已写入 {faulty}", lines[-1],
    ]  # fmt: skip
    assert restored and "校验结果" not in run.out and "评分说明" not in run.out
    assert re.fullmatch(r"另有错误\d+处，没有处理；用 xlauto check 逐条列出", lines[-1])
    assert run.status == 1


def test_fill_with_nothing_to_restore(clean: Path) -> None:
    run = xlauto("fill", clean)
    assert run.out == f"某局.xlsx  公式都在，没有要恢复的\n已写入 {clean}（公式结果、表的范围都是最新的）\n"
    before = state(clean.parent)
    run = xlauto("fill", clean)
    assert (run.status, run.out) == (0, "某局.xlsx  公式都在，没有要恢复的\n")
    assert state(clean.parent) == before
    elsewhere = clean.with_name("结果.xlsx")
    assert f"已写入 {elsewhere}" in xlauto("fill", clean, "-o", elsewhere).out
    assert document(xlauto("fill", clean, "--json"))["written"] == str(clean)


def test_a_second_recalculation_says_that_nothing_changed(clean: Path) -> None:
    assert f"结果已写入 {clean}" in xlauto("recalc", clean).out
    before = state(clean.parent)
    again = xlauto("recalc", clean).out
    assert f"结果与上次相同，{clean} 没有改动" in again and "已写入" not in again
    assert state(clean.parent) == before


@pytest.mark.parametrize("command", ["check", "recalc", "fill"])
def test_several_files_close_with_a_line_on_each(command: str, clean: Path, faulty: Path, broken: Path) -> None:
    (broken.parent / "乙").mkdir()
    other = Path(shutil.copy(clean, broken.parent / "乙"))
    lines = xlauto(command, clean, faulty, broken, other).out.splitlines()
    count = sum(found["level"] == "错误" for found in document(xlauto(command, faulty, "--json"))["findings"])
    assert lines[-6:] == [
        "", "4个文件：", f"  {clean}：完成", f"  衡山.xlsx：完成，有错误{count}处",
        "  坏.xlsx：没有完成：[文件02] 文件损坏（压缩包不完整，可能未传输完）", f"  {other}：完成",
    ]  # fmt: skip
    assert "个文件：" not in xlauto(command, clean).out


def test_consolidation_says_why_files_do_not_count(faulty: Path, broken: Path) -> None:
    shutil.copy(faulty, faulty.with_name("衡山二.xlsx"))
    for number in range(21):
        (faulty.parent / f"报告{number:02d}.docx").write_bytes(b"x")
    run = xlauto("consolidate", faulty.parent, "-o", faulty.parent / "结果" / "汇总.xlsx")
    returned, duplicate, ignored, counts = run.out.split("\n\n")[1:]
    assert returned == "退回：\n  坏.xlsx：[文件02] 文件损坏（压缩包不完整，可能未传输完）"
    assert duplicate == "重复：\n  衡山二.xlsx：[身份13] 与衡山.xlsx内容完全相同，只计一次"
    lines = ignored.splitlines()
    assert lines[:2] == ["忽略：", "  报告00.docx：[文件23] Word文档（.docx），不是工作簿，已忽略"]
    assert (len(lines), lines[-1]) == (22, "  ……另有1个，见“报送情况”")
    assert counts.startswith("收到24个文件：采用1，退回1，重复1，忽略21")


def test_clear_of_a_file_that_cannot_be_read(broken: Path) -> None:
    run = xlauto("clear", broken)
    assert (run.status, run.out.count("坏.xlsx")) == (2, 2)
    assert "没有改动" in run.out


def state(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# --- the rest -----------------------------------------------------------------------------------------------------


def test_new_makes_a_workbook_and_overwrites_none(tmp_path: Path) -> None:
    path = tmp_path / "新.xlsx"
    made = ("new", "hunan-2023", "--unit", "某县财政局", "--code", "001002", "--projects", "2", "-o", path)
    assert xlauto(*made).status == 0
    found = document(xlauto("check", path, "--json"))
    assert found["unit"] == {"code": "001002", "name": "某县财政局"}
    first = path.read_bytes()
    again = xlauto(*made)
    assert (again.status, path.read_bytes()) == (2, first)
    assert "文件已存在，没有覆盖" in again.err
    assert xlauto(*made, "--force").status == 0


def test_explain_one_indicator(faulty: Path) -> None:
    run = xlauto("explain", faulty, "办文")
    assert run.status == 0
    assert "分值13，自评12，系统计分13" in run.out
    assert "指标值为≥2000次，实际为2642次：完成指标，得满分13分" in run.out
    assert "达标率" not in run.out


def test_explain_names_what_there_is(clean: Path) -> None:
    assert "没有叫“飞天”的得分；现有：执行率、办会、" in xlauto("explain", clean, "飞天").out


def test_a_bureaus_own_schemes(tmp_path: Path) -> None:
    tree = trees.copied(tmp_path)
    tree.write("mine-2023/scheme.yaml", "id: mine-2023\nextends: hengyang-2023\n")
    assert "mine-2023" in xlauto("--schemes", tree.root, "schemes").out
    assert "mine-2023" not in xlauto("schemes").out


def test_lint_of_a_broken_scheme(tmp_path: Path) -> None:
    tree = trees.copied(tmp_path, ("mof-2020/checks.yaml", "kind: 空指标", "kind: 空的指标"))
    run = xlauto("--schemes", tree.root, "scheme", "lint", "hunan-2023")
    assert run.status == 1
    assert "没有“空的指标”这种规则" in run.out
    assert xlauto("scheme", "lint", "hunan-2023").out == "没有问题\n"
    everything = xlauto("scheme", "lint")
    assert (everything.status, "错误" in everything.out) == (0, False), "what a printed form has wrong is a 警告"


@pytest.mark.parametrize("suffix", [".xlsx", ".xlsm"])
def test_build_writes_the_template(suffix: str, tmp_path: Path) -> None:
    target = tmp_path / f"模板{suffix}"
    assert xlauto("scheme", "build", "hunan-2023", "-o", target).status == 0
    assert target.read_bytes() == (ROOT / "workbooks" / "hunan-2023" / f"template{suffix}").read_bytes()
    assert xlauto("scheme", "build", "hunan-2023", "-o", tmp_path / "模板.xls").status == 2


def test_build_all_writes_templates_and_addin(tmp_path: Path) -> None:
    for name in ("xlauto", "workbooks", "macros"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    made = [*tmp_path.glob("workbooks/*/template.xls?"), tmp_path / "macros" / "xlauto.xlam"]
    for file in made:
        file.unlink()
    run = xlauto("scheme", "build", "--all", folder=tmp_path, PYTHONPATH=str(tmp_path))
    assert run.status == 0 and "xlauto.xlam" in run.out
    assert [file for file in made if file.read_bytes() != (ROOT / file.relative_to(tmp_path)).read_bytes()] == []


def test_new_workbook_with_buttons_can_be_worked_on(tmp_path: Path) -> None:
    target = tmp_path / "某局.xlsm"
    arguments = ("hengyang-2023", "--unit", "某局", "--code", "007", "--projects", "2", "-o", target)
    assert xlauto("new", *arguments).out == f"已生成 {target}\n"
    book = open_book(target)
    assert book.code and "项目02" in [sheet.name for sheet in book.sheets]
    found = document(xlauto("check", target, "--json"))["findings"]
    assert found and not [finding for finding in found if finding["code"] == "文件11"]
    assert xlauto("recalc", target).status == 1
    assert open_book(target).code


def test_version() -> None:
    assert re.fullmatch(r"xlauto \d+\.\d+(\.\d+)?\S*\n", xlauto("--version").out)
