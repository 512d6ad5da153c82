"""`xlauto scheme new`, `diff` and `adopt` as their user meets them: exit status, words, JSON, nothing overwritten."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from adopting import strangers
from pytest import MonkeyPatch

ROOT = Path(__file__).resolve().parent.parent


class Run(NamedTuple):
    status: int
    out: str
    err: str


def xlauto(*arguments: object, folder: Path) -> Run:
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    words = [sys.executable, "-m", "xlauto", *map(str, arguments)]
    run = subprocess.run(words, cwd=folder, env=env, capture_output=True, encoding="utf-8", timeout=60)
    assert "Traceback" not in run.stderr
    return Run(run.returncode, run.stdout, run.stderr)


def test_new_lies_in_the_users_own_folder_if_no_other_is_named(tmp_path: Path, monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "data"))
    run = xlauto("scheme", "new", "moshi", "--from", "hunan-2023", "--year", 2025, folder=tmp_path)
    assert run.status == 0
    assert (tmp_path / "data" / "xlauto" / "schemes" / "moshi" / "scheme.yaml").is_file()
    assert "  xlauto scheme lint moshi" in run.out.splitlines()
    assert xlauto("scheme", "lint", "moshi", folder=tmp_path).status == 0


def test_new_never_hides_a_scheme(tmp_path: Path) -> None:
    run = xlauto(
        "scheme", "new", "Junshan-2021", "--from", "hunan-2023", "--year", 2025, "-o", "schemes", folder=tmp_path
    )
    assert (run.status, "已有套表“junshan-2021”" in run.err) == (2, True)
    assert not (tmp_path / "schemes/Junshan-2021").exists()


def test_a_scheme_in_another_encoding_is_named_and_stops_no_other(tmp_path: Path) -> None:
    folder = tmp_path / "schemes" / "mine"
    folder.mkdir(parents=True)
    (folder / "scheme.yaml").write_bytes("id: mine\ntitle: 某县\nextends: hunan-2023\n".encode("gbk"))
    run = xlauto("--schemes", "schemes", "scheme", "lint", "mine", folder=tmp_path)
    assert "mine" in run.out + run.err and "不是UTF-8编码" in run.out + run.err and "程序03" not in run.err
    assert xlauto("--schemes", "schemes", "scheme", "lint", "junshan-2021", folder=tmp_path).status == 0


def test_new_never_writes_over_a_folder(tmp_path: Path) -> None:
    command = ("scheme", "new", "moshi", "--from", "hunan-2023", "--year", 2025, "-o", "schemes")
    assert xlauto(*command, folder=tmp_path).status == 0
    before = (tmp_path / "schemes/moshi/scheme.yaml").read_bytes()
    run = xlauto(*command, "--copy", folder=tmp_path)
    assert (run.status, "[程序23]" in run.err) == (2, True)
    assert (tmp_path / "schemes/moshi/scheme.yaml").read_bytes() == before


def test_new_tells_the_next_commands(tmp_path: Path) -> None:
    run = xlauto(
        "--schemes", "schemes", "scheme", "new", "moshi", "--from", "hunan-2023", "--year", 2025, folder=tmp_path
    )
    following = [line.split() for line in run.out.splitlines() if line.startswith("  xlauto")]
    assert [words[3:5] for words in following][:3] == [["scheme", "diff"], ["scheme", "lint"], ["scheme", "build"]]
    for words in following[:3]:
        assert xlauto(*words[1:], folder=tmp_path).status == 0


@pytest.mark.parametrize(
    "command",
    [
        ["--schemes", "没有", "scheme", "lint"],
        ["--schemes", "没有", "scheme", "diff", "hunan-2023", "hengyang-2023"],
        ["--schemes", "没有", "check", "表.xlsx"],
        ["--schemes", "有", "--schemes", "没有", "scheme", "new", "甲", "--from", "hunan-2023", "--year", 2025],
        ["--schemes", "没有", "scheme", "new", "甲", "--from", "hunan-2023", "--year", 2025, "-o", "有"],
    ],
)
def test_only_a_folder_to_be_made_may_be_missing(tmp_path: Path, command: list[object]) -> None:
    (tmp_path / "有").mkdir()
    run = xlauto(*command, folder=tmp_path)
    assert (run.status, "“没有”不存在" in run.err) == (2, True)
    assert [path.name for path in tmp_path.rglob("*")] == ["有"]


def test_diff_as_json(tmp_path: Path) -> None:
    run = xlauto("scheme", "diff", "hunan-2023", "hengyang-2023", "--json", folder=tmp_path)
    told = json.loads(run.out)
    assert (told["old"], told["new"]) == ({"id": "hunan-2023", "year": 2023}, {"id": "hengyang-2023", "year": 2023})
    assert {"form", "place", "item", "change", "old", "new"} == told["differences"][0].keys()


def test_diff_of_the_same(tmp_path: Path) -> None:
    run = xlauto("scheme", "diff", "hunan-2023", "hunan-2023", folder=tmp_path)
    assert (run.status, run.out.splitlines()[-1]) == (0, "没有不同")


def test_diff_of_what_is_not_there(tmp_path: Path) -> None:
    run = xlauto("scheme", "diff", "hunan-2023", "hunan-1999", folder=tmp_path)
    assert (run.status, "没有套表“hunan-1999”" in run.err) == (2, True)


def test_adopt_of_what_is_not_there(tmp_path: Path) -> None:
    run = xlauto("scheme", "adopt", "没有.xlsx", "--id", "own", "--year", 2025, "-o", "schemes", folder=tmp_path)
    assert (run.status, "文件不存在" in run.err) == (2, True)
    assert not (tmp_path / "schemes").exists()


def test_texts_that_name_the_old_place_are_to_be_filled_in(tmp_path: Path) -> None:
    new = ("scheme", "new", "moshi", "--from", "junshan-2021", "--year", 2025, "--jurisdiction", "湖南省岳阳市华容县")
    told = xlauto(*new, "-o", "schemes", folder=tmp_path).out
    wanted = "待填：写着“君山区”，请改成新的地区："
    assert f"{wanted}moshi/scheme.yaml 第6行 title: 岳阳市君山区2025年度" in told
    assert f"{wanted}junshan-2021/forms/report.yaml 第" in told
    (listed,) = [line for line in told.splitlines() if "scoring.yaml" in line and line.endswith("附件4-2")]
    assert re.search(r"scoring\.yaml 第\d+、\d+、\d+等\d+行 source: ", listed)


def test_an_adopted_scheme_is_listed_and_checked_like_any(tmp_path: Path) -> None:
    (tmp_path / "表样.xlsx").write_bytes(strangers.by_hand())
    command = ("scheme", "adopt", "表样.xlsx", "--id", "own", "--year", 2025, "--jurisdiction", "某县", "-o", "schemes")
    assert xlauto(*command, folder=tmp_path).status == 0
    assert "某县2025年度预算绩效自评套表" in xlauto("--schemes", "schemes", "schemes", folder=tmp_path).out
    unit = ("new", "own", "--unit", "某局", "--code", "001", "-o", "某局.xlsx")
    assert xlauto("--schemes", "schemes", *unit, folder=tmp_path).status == 0
    assert "某局.xlsx" in xlauto("--schemes", "schemes", "check", "某局.xlsx", folder=tmp_path).out
