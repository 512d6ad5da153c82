"""Which files of a folder are workbooks, and that none goes missing."""

from __future__ import annotations

import pytest
from consolidate.inboxes import put

from xlauto.consolidate.inbox import find
from xlauto.model import CannotGoOn


def only(folder, name, data=b"x"):
    put(folder, {name: data})
    return find([folder], folder / "汇总.xlsx")[0]


@pytest.mark.parametrize("name", ["甲.xlsx", "乙.XLSM", "丙.xls", "丁.et", "戊.ods", "己.xlsb"])
def test_what_may_be_meant_as_a_workbook_is_read(tmp_path, name):
    assert only(tmp_path, name).reason == ""


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("报告.docx", "文件23", "Word文档"), ("盖章.pdf", "文件23", "PDF"), ("照片.JPG", "文件23", "图片"),
        ("数据.csv", "文件23", "文本文件"), ("无扩展名", "文件23", "没有扩展名"), ("打包.zip", "文件22", "ZIP"),
        ("打包.rar", "文件22", "RAR"), ("打包.7z", "文件22", "7z"), ("甲.lnk", "文件24", "快捷方式"),
    ],
)  # fmt: skip
def test_other_files_are_ignored_with_the_reason(tmp_path, name, code, words):
    found = only(tmp_path, name)
    assert [finding.code for finding in found.findings] == [code]
    assert code in found.reason and words in found.reason


@pytest.mark.parametrize("name", [".甲.xlsx", "甲.xlsx.bak", "甲.tmp", "Thumbs.db", "desktop.ini", "~甲.tmp"])
def test_leftovers_are_ignored_without_a_finding(tmp_path, name):
    found = only(tmp_path, name)
    assert "已忽略" in found.reason and not found.findings


def test_a_lock_file_tells_who_has_the_workbook_open(tmp_path):
    lock = b"\x02Zs".ljust(55, b" ") + b"\x02\x00" + "张三".encode("utf-16-le").ljust(108, b" ")
    finding = only(tmp_path, "~$甲.xlsx", lock).findings[0]
    assert (finding.code, finding.fact) == ("文件16", "甲.xlsx正被张三打开，可能还没有保存")


@pytest.mark.parametrize("data", [b"", b"\x02Zs", b"\xff" * 200])
def test_a_lock_file_that_tells_nothing_is_a_lock_file_still(tmp_path, data):
    assert only(tmp_path, "~$甲.xlsx", data).findings[0].code == "文件16"


def test_links_are_not_followed(tmp_path):
    put(tmp_path, {"外/甲.xlsx": b"x"})
    inbox = tmp_path / "内"
    inbox.mkdir()
    (inbox / "链接.xlsx").symlink_to(tmp_path / "外/甲.xlsx")
    (inbox / "文件夹").symlink_to(tmp_path / "外")
    found = find([inbox], tmp_path / "汇总.xlsx")
    assert {item.label: item.findings[0].code for item in found} == {"链接.xlsx": "文件24", "文件夹": "文件24"}


def test_order_is_by_path_and_each_file_is_found_once(tmp_path):
    put(tmp_path, dict.fromkeys(("乙/2.xlsx", "甲/1.xlsx", "10.xlsx", "9.xlsx"), b"x"))
    paths = [tmp_path / "9.xlsx", tmp_path, tmp_path / "甲"]
    for given in (paths, paths[::-1]):
        found = find(given, tmp_path / "汇总.xlsx")
        assert [item.label for item in found] == sorted(item.label for item in found)
        assert {item.path.name for item in found} == {"2.xlsx", "1.xlsx", "10.xlsx", "9.xlsx"} and len(found) == 4


def test_the_same_name_in_two_folders_stays_two_files(tmp_path):
    put(tmp_path, {"甲/内/表.xlsx": b"1", "乙/内/表.xlsx": b"2"})
    found = find([tmp_path / "甲/内", tmp_path / "乙/内"], tmp_path / "汇总.xlsx")
    assert len({item.label for item in found}) == 2


def test_the_output_is_no_input(tmp_path):
    put(tmp_path, {"甲.xlsx": b"x", "汇总.xlsx": b"x"})
    assert [item.label for item in find([tmp_path], tmp_path / "汇总.xlsx")] == ["甲.xlsx"]


def test_hidden_folders_are_named_but_not_entered(tmp_path):
    put(tmp_path, {".git/甲.xlsx": b"x", "乙.xlsx": b"x"})
    assert [item.label for item in find([tmp_path], tmp_path / "汇总.xlsx")] == [".git", "乙.xlsx"]


def test_nothing_to_read_is_told(tmp_path):
    for path in (tmp_path, tmp_path / "没有"):
        with pytest.raises(CannotGoOn) as error:
            find([path], tmp_path / "汇总.xlsx")
        assert error.value.code == "文件17"
