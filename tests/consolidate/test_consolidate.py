"""The promises of a consolidation: nothing changes, nothing vanishes, no unit harms another, the same again."""

from __future__ import annotations

import hashlib
import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from consolidate.inboxes import changed, put, rows, units
from samples import BEITA, HENGSHAN, HENGYANG, SELF_RATED, as_published

import xlauto.consolidate.gathering as gathering
from xlauto.books.book import SetCell
from xlauto.books.closed import open_book
from xlauto.consolidate import Status, consolidate
from xlauto.consolidate.book import is_summary
from xlauto.model import CannotGoOn
from xlauto.recalc import recalculate

OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "Workbook".encode("utf-16-le") + b"\0\0"
HTML = "<html><table><tr><td>基础数据表</td></tr></table></html>".encode("gb18030")
CODE, OTHER_CODE = "900001", "900002"
TITLED = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>预算绩效自评汇总</dc:title></cp:coreProperties>"""


@pytest.fixture(scope="module")
def inbox(tmp_path_factory):
    """Three good units among everything that can go wrong."""
    folder = units(tmp_path_factory.mktemp("报送"))
    good = as_published(BEITA)
    return put(folder, {
        "坏/空.xlsx": b"", "坏/截断.xlsx": good[: len(good) // 2],
        "坏/旧格式.xlsx": OLD_EXCEL, "坏/旧.xls": OLD_EXCEL + b"\0",
        "坏/网页.xls": HTML, "坏/报告.docx": b"PK\x03\x04", f"坏/~${HENGSHAN}.xlsx": b"\x02Zs".ljust(165, b" "),
        "坏/.隐藏.xlsx": b"x", "副本/衡阳.xlsx": as_published(HENGYANG),
        "两份/一.xlsx": changed(单位代码=CODE, 公车运维__本年决算=Decimal("3.5")),
        "两份/二.xlsx": changed(单位代码=CODE),
        "坏/数字代码.xlsx": changed(单位代码=Decimal(1)), "坏/没有代码.xlsx": changed(单位代码=None, 单位名称="某局"),
        "坏/多个数.xlsx": changed(单位代码=OTHER_CODE, 单位名称="另一局", 编制数="1、2"),
    })  # fmt: skip


@pytest.fixture(scope="module")
def summary(inbox, tmp_path_factory):
    return consolidate([inbox], tmp_path_factory.mktemp("汇总") / "汇总.xlsx")


def status(summary, label):
    return next(receipt for receipt in summary.receipts if receipt.label == label)


def test_every_file_is_accounted_for(summary, inbox):
    assert summary.files == sum(1 for path in inbox.rglob("*") if path.is_file())
    assert summary.files == summary.accepted + summary.returned + summary.duplicates + summary.ignored
    assert [row["文件"] for row in rows(summary.output, "报送情况")] == [receipt.label for receipt in summary.receipts]
    accepted = {r.label for r in summary.receipts if r.status is Status.ACCEPTED}
    assert accepted == {f"{unit}.xlsx" for unit in SELF_RATED} - {f"{HENGYANG}.xlsx"} | {"副本/衡阳.xlsx"}


@pytest.mark.parametrize(
    ("label", "became", "code"),
    [
        ("坏/空.xlsx", "退回", "文件01"), ("坏/截断.xlsx", "退回", "文件02"), ("坏/旧格式.xlsx", "退回", "文件04"),
        ("坏/旧.xls", "退回", "文件05"), ("坏/网页.xls", "退回", "文件08"), ("坏/报告.docx", "忽略", "文件23"),
        (f"坏/~${HENGSHAN}.xlsx", "忽略", "文件16"), ("坏/.隐藏.xlsx", "忽略", "隐藏"),
        (f"{HENGYANG}.xlsx", "重复", "身份13"), ("两份/一.xlsx", "退回", "身份14"), ("两份/二.xlsx", "退回", "身份14"),
        ("坏/数字代码.xlsx", "退回", "身份18"), ("坏/没有代码.xlsx", "退回", "值12"),
        ("坏/多个数.xlsx", "退回", "值10"), (f"{BEITA}.xlsx", "采用", "有错误"),
    ],
)  # fmt: skip
def test_what_becomes_of_each_file_and_why(summary, label, became, code):
    receipt = status(summary, label)
    assert str(receipt.status) == became
    assert code in receipt.reason
    row = next(row for row in rows(summary.output, "报送情况") if row["文件"] == label)
    assert (row["状态"], row["原因或说明"]) == (became, receipt.reason)


def test_two_workbooks_of_one_unit_are_told_apart_cell_by_cell(summary):
    finding = next(f for f in status(summary, "两份/一.xlsx").findings if f.code == "身份14")
    assert "两份/二.xlsx" in finding.fact
    assert "基础数据表!F9（公车运维.本年决算）此处“3.5”，彼处“97.86”" in finding.fact


def test_what_formulas_give_is_no_difference_of_its_own(tmp_path):
    """三公经费 and 公务用车 add the changed figure up: only the figure itself was filled in differently."""
    one = recalculated(as_published(BEITA))
    book = open_book(one)
    place = next(name.area.place for name in book.names if name.name == "公车运维.本年决算")
    other = recalculated(book.edited([SetCell(place=place, value=Decimal("3.5"))]))
    found = consolidate([put(tmp_path / "in", {"1.xlsx": one, "2.xlsx": other})], tmp_path / "汇总.xlsx")
    told = next(f.fact for f in found.receipts[0].findings if f.code == "身份14").partition("内容不同：")[2]
    assert told == "基础数据表!F9（公车运维.本年决算）此处“97.86”，彼处“3.5”"


def recalculated(data):
    book = open_book(data)
    return book.edited(recalculate(book).edits)


def test_two_units_with_one_code_are_told_by_their_names(tmp_path):
    files = {"1.xlsx": changed(BEITA, 单位代码=CODE), "2.xlsx": changed(HENGSHAN, 单位代码=CODE)}
    found = consolidate([put(tmp_path / "in", files)], tmp_path / "汇总.xlsx")
    assert found.returned == 2
    first = found.receipts[0].findings[0]
    assert (first.code, first.hint) == ("身份21", "请核对单位代码")
    assert first.fact == (
        f"单位代码相同而名称不同，可能一方代码填错：代码{CODE}在本文件是“{BEITA}”，在2.xlsx是“{HENGSHAN}”"
    )
    assert found.receipts[0].short_reason == f"[身份21] {first.fact}"
    assert "身份14" not in found.receipts[0].reason + found.receipts[1].reason


def test_a_stranger_between_two_workbooks_of_one_unit_is_told_first(tmp_path):
    again = changed(BEITA, 单位代码=CODE, 单位名称=f"{BEITA}　", 公车运维__本年决算=Decimal("3.5"))
    files = {"1.xlsx": changed(BEITA, 单位代码=CODE), "2.xlsx": again, "3.xlsx": changed(HENGSHAN, 单位代码=CODE)}
    found = consolidate([put(tmp_path / "in", files)], tmp_path / "汇总.xlsx")
    told = [[f.code for f in receipt.findings if f.code in ("身份14", "身份21")] for receipt in found.receipts]
    assert told == [["身份21", "身份14"], ["身份21", "身份14"], ["身份21"]]
    assert "在1.xlsx是" in found.receipts[2].reason and "在2.xlsx是" in found.receipts[2].reason
    assert "3.xlsx" in found.receipts[0].findings[0].fact and "2.xlsx" in found.receipts[0].findings[1].fact


def test_a_name_that_is_missing_is_no_other_name(tmp_path):
    files = {"1.xlsx": changed(BEITA, 单位代码=CODE), "2.xlsx": changed(BEITA, 单位代码=CODE, 单位名称=None)}
    found = consolidate([put(tmp_path / "in", files)], tmp_path / "汇总.xlsx")
    assert [receipt.findings[0].code for receipt in found.receipts] == ["身份14", "身份14"]


def test_inputs_stay_as_they_were(inbox, tmp_path):
    before = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in inbox.rglob("*") if path.is_file()}
    consolidate([inbox], tmp_path / "汇总.xlsx")
    assert {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in before} == before
    assert set(before) == {path for path in inbox.rglob("*") if path.is_file()}


@pytest.mark.parametrize("sheet", ["得分汇总", "基础数据汇总", "自评资金汇总", "项目汇总", "指标明细", "数据来源"])
def test_the_faults_of_others_leave_a_units_rows_as_they_are(summary, sheet, tmp_path):
    """The same three units alone give the same rows."""
    alone = put(tmp_path / "in", {f"{u}.xlsx": as_published(u) for u in (BEITA, HENGSHAN)})
    put(alone, {"副本/衡阳.xlsx": as_published(HENGYANG)})
    clean = consolidate([alone], tmp_path / "汇总.xlsx")
    assert clean.accepted == clean.files == 3
    assert without_links(rows(clean.output, sheet)) == without_links(rows(summary.output, sheet))


def without_links(found):
    changing = ("序号", "问题", "提示")
    return [{heading: value for heading, value in row.items() if heading not in changing} for row in found]


def test_the_same_inbox_gives_the_same_bytes(summary, inbox, tmp_path):
    again = consolidate([inbox], summary.output.with_name("再次.xlsx"))
    assert again.output.read_bytes() == summary.output.read_bytes()


def test_a_summary_within_its_inbox_does_not_change_the_next_one(tmp_path):
    inbox = put(tmp_path, {f"{BEITA}.xlsx": as_published(BEITA)})
    first = consolidate([inbox], inbox / "汇总.xlsx").output.read_bytes()
    assert consolidate([inbox], inbox / "汇总.xlsx").output.read_bytes() == first
    assert [path.name for path in inbox.iterdir() if path.name.startswith(".")] == []


def test_older_summaries_in_the_inbox_are_no_units(tmp_path):
    """Also a copy of one, and one that another program has saved."""
    inbox = units(tmp_path)
    first = consolidate([inbox], inbox / "汇总.xlsx").output
    (inbox / "汇总(2).xlsx").write_bytes(first.read_bytes())
    book = openpyxl.load_workbook(first)
    book.save(inbox / "汇总(3).xlsx")
    found = consolidate([inbox], inbox / "新.xlsx")
    assert (found.accepted, found.returned, found.duplicates, found.ignored) == (3, 0, 0, 3)
    for name in ("汇总.xlsx", "汇总(2).xlsx", "汇总(3).xlsx"):
        assert "是本程序生成的汇总" in status(found, name).reason
    assert found.errors == consolidate([units(tmp_path / "三家")], tmp_path / "x" / "汇总.xlsx").errors


def test_a_units_workbook_with_a_summarys_title_is_read(tmp_path):
    """Whoever begins with an old summary's properties has filled in a form all the same."""
    (tmp_path / "in").mkdir()
    data = as_published(BEITA)
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(tmp_path / "in" / "1.xlsx", "w") as new:
        for name in old.namelist():
            if name != "docProps/core.xml":
                new.writestr(name, old.read(name))
        new.writestr("docProps/core.xml", TITLED)
    assert is_summary(tmp_path / "in" / "1.xlsx")
    assert consolidate([tmp_path / "in"], tmp_path / "汇总.xlsx").accepted == 1


def test_strict_returns_whatever_has_errors(tmp_path):
    inbox = put(tmp_path / "in", {f"{HENGSHAN}.xlsx": as_published(HENGSHAN)})
    normal = consolidate([inbox], tmp_path / "汇总.xlsx")
    strict = consolidate([inbox], tmp_path / "汇总.xlsx", strict=True)
    assert (normal.accepted, normal.returned) == (1, 0)
    assert (strict.accepted, strict.returned) == (0, 1)
    assert strict.receipts[0].reason.count("[") == 5 and "等" in strict.receipts[0].reason
    assert strict.totals == {}


def test_a_defect_of_the_program_costs_one_file_only(tmp_path, monkeypatch):
    real = gathering.assess

    def broken(book, extra=()):
        if book.label.startswith(BEITA):
            raise ZeroDivisionError("unforeseen")
        return real(book, extra)

    monkeypatch.setattr(gathering, "assess", broken)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    found = consolidate([units(tmp_path / "in")], tmp_path / "汇总.xlsx")
    assert (found.defects, found.accepted, found.returned) == (1, 2, 1)
    receipt = status(found, f"{BEITA}.xlsx")
    assert "[程序03]" in receipt.reason and "编号" in receipt.reason
    assert receipt.label in found.traces[0]


@pytest.mark.parametrize("codes", [("", ""), (CODE, "")], ids=["neither", "one"])
def test_units_of_one_name_need_codes(tmp_path, codes):
    files = {
        "1.xlsx": changed(BEITA, 单位名称="城关镇中心小学", 单位代码=codes[0] or None),
        "2.xlsx": changed(HENGSHAN, 单位名称="城关镇　中心小学", 单位代码=codes[1] or None),
    }
    found = consolidate([put(tmp_path / "in", files)], tmp_path / "汇总.xlsx")
    assert [receipt.findings[0].code for receipt in found.receipts] == ["身份12", "身份12"]
    assert found.returned == 2


def test_units_of_one_name_with_codes_are_two_units(tmp_path):
    name = {"单位名称": "城关镇中心小学"}
    files = {"1.xlsx": changed(BEITA, 单位代码=CODE, **name), "2.xlsx": changed(HENGSHAN, 单位代码=OTHER_CODE, **name)}
    assert consolidate([put(tmp_path / "in", files)], tmp_path / "汇总.xlsx").accepted == 2


def test_progress_is_told_file_by_file(tmp_path):
    told = []
    consolidate([units(tmp_path / "in")], tmp_path / "汇总.xlsx", progress=lambda *step: told.append(step))
    assert told == [(n, 3, f"{unit}.xlsx") for n, unit in enumerate(sorted(SELF_RATED), 1)]


def test_an_open_output_stops_the_run_before_any_work(tmp_path):
    inbox, output = units(tmp_path / "in"), tmp_path / "汇总.xlsx"
    output.write_bytes(b"old")
    (tmp_path / "~$汇总.xlsx").write_bytes(b"lock")
    told = []
    with pytest.raises(CannotGoOn) as error:
        consolidate([inbox], output, progress=lambda *step: told.append(step))
    assert (error.value.code, told, output.read_bytes()) == ("程序01", [], b"old")


@pytest.mark.parametrize("data", [b"old", as_published(BEITA)], ids=["no workbook", "a unit's"])
def test_a_file_that_is_no_summary_is_not_replaced(tmp_path, data):
    inbox = put(tmp_path / "in", {"甲.xlsx": data, "乙.xlsx": as_published(HENGSHAN)})
    with pytest.raises(CannotGoOn, match="不是本程序生成的汇总") as error:
        consolidate([inbox], inbox / "甲.xlsx")
    assert (error.value.code, (inbox / "甲.xlsx").read_bytes()) == ("程序20", data)


def test_a_summary_is_replaced_whoever_saved_it_since(tmp_path):
    inbox, output = units(tmp_path / "in"), tmp_path / "汇总.xlsx"
    consolidate([inbox], output)
    openpyxl.load_workbook(output).save(output)
    assert consolidate([inbox], output).accepted == 3


@pytest.mark.parametrize("code", ["００７００１", " 007 001", "007\u200b001", "007\u3000001"])
def test_a_code_is_the_same_whatever_its_characters_width(tmp_path, code):
    files = {"1.xlsx": changed(BEITA, 单位代码="007001"), "2.xlsx": changed(HENGSHAN, 单位代码=code)}
    found = consolidate([put(tmp_path / "in", files)], tmp_path / "汇总.xlsx")
    assert [receipt.code for receipt in found.receipts] == ["007001", "007001"]
    assert [receipt.findings[0].code for receipt in found.receipts] == ["身份21", "身份21"]


def test_a_figure_too_great_for_any_sum_returns_one_file(tmp_path):
    files = {"1.xlsx": changed(BEITA, 公车运维__本年决算=Decimal("9e307")), "2.xlsx": as_published(HENGSHAN)}
    found = consolidate([put(tmp_path / "in", files)], tmp_path / "汇总.xlsx")
    assert (found.accepted, found.returned, found.defects) == (1, 1, 0)
    assert "值35" in status(found, "1.xlsx").reason


def test_the_document_for_other_programs(summary):
    document = summary.to_json()
    wanted = "files accepted returned duplicates ignored roster units totals findings seconds"
    assert set(wanted.split()) <= document.keys()
    assert document["roster"] is None
    unit = next(unit for unit in document["units"] if unit["code"] == "304001")
    assert (unit["name"], unit["status"], unit["stated"], unit["grade"]) == (HENGSHAN, "采用", "90", "优")
    total = Decimal(document["totals"]["基础数据表"]["三公经费.本年决算"])
    assert total == Decimal("4.25") + Decimal("118.58") + Decimal("10.02")
