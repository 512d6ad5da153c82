"""The summary book: its figures, where they come from, what may stand in it, and that it opens."""

from __future__ import annotations

import math
from decimal import Decimal

import oracle
import pytest
import validator
from consolidate.inboxes import cells, changed, put, rows, units
from samples import BEITA, HENGSHAN, HENGYANG, as_published

import xlauto.consolidate as consolidating
from xlauto.books.closed import open_book
from xlauto.consolidate import consolidate
from xlauto.consolidate.tables import Link, Links
from xlauto.model import CannotGoOn, Kind

SHEETS = [
    "概览", "得分汇总", "基础数据汇总", "自评资金汇总", "项目汇总", "指标明细", "校验问题", "报送情况", "数据来源",
]  # fmt: skip
EVIL = '=HYPERLINK("http://example.org","点我")\x07'


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("汇总")
    return consolidate([units(folder / "报送")], folder / "汇总.xlsx")


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """More units than a chart has bars, one of them with a hostile name, one without a score."""
    folder = tmp_path_factory.mktemp("多单位")
    files = {f"{n}.xlsx": changed(单位代码=f"8{n:05d}", 单位名称=f"单位{n}") for n in range(21)}
    files["恶意.xlsx"] = changed(单位代码="800099", 单位名称=EVIL)
    files["无分.xlsx"] = changed(单位代码="800098", 单位名称="无分单位", 年度资金总额__全年预算数=Decimal(0))
    return consolidate([put(folder / "报送", files)], folder / "汇总.xlsx")


def one(found, **wanted):
    matching = [row for row in found if all(row[heading] == value for heading, value in wanted.items())]
    assert len(matching) == 1, matching
    return matching[0]


def test_sheets_in_order(made):
    assert [info.name for info in open_book(made.output).sheets] == SHEETS


@pytest.mark.parametrize(
    ("sheet", "unit", "heading", "figure"),
    [
        ("基础数据汇总", HENGYANG, "三公经费·2023年决算数", "4.25"),
        ("基础数据汇总", HENGYANG, "编制数", "29"),
        ("基础数据汇总", BEITA, "公车运行维护·2023年决算数", "97.86"),
        ("基础数据汇总", BEITA, "控制率", "2"),
        ("基础数据汇总", HENGSHAN, "项目支出·2022年决算数", "478.32"),
        ("基础数据汇总", HENGSHAN, "项目支出·2023年决算数", None),
        ("自评资金汇总", HENGYANG, "年度资金总额·全年预算数", "1203.5"),
        ("自评资金汇总", HENGSHAN, "一般公共预算", "872.71"),
        ("自评资金汇总", BEITA, "年度资金总额·全年执行数", "2170.2"),
        ("自评资金汇总", BEITA, "年度资金总额·执行率", "1"),
        ("得分汇总", HENGSHAN, "自评得分", "90"),
        ("得分汇总", HENGSHAN, "差异", "-1"),
        ("得分汇总", HENGSHAN, "名次", "3"),
        ("得分汇总", HENGYANG, "项目数", "10"),
    ],
)
def test_figures_are_those_of_the_units(made, sheet, unit, heading, figure):
    row = one(rows(made.output, sheet), 单位名称=unit)
    assert row[heading] == (None if figure is None else Decimal(figure))


def test_projects_and_indicators_are_listed(made):
    row = one(rows(made.output, "项目汇总"), 项目名称="市政协机关办公楼维修改造")
    shown = [row[f"年度资金总额·{column}"] for column in ("全年预算数", "全年执行数", "执行率")]
    assert shown == [Decimal("302.29"), Decimal("230.24"), Decimal("0.76")]
    assert (row["自评得分"], row["系统计分"]) == (Decimal("97.6"), Decimal("97.62"))
    assert row["工作表"] == "项目09 市政协机关办公楼维修改造"
    line = one(rows(made.output, "指标明细"), 单位名称=HENGSHAN, 三级指标="办文办会")
    assert [line[h] for h in ("指标值", "完成值", "分值", "自评得分", "系统计分", "差异")] == [
        "≥2000次", "2642次", Decimal(13), Decimal(12), Decimal(13), Decimal(-1),
    ]  # fmt: skip
    assert line["单元格"] == "整体支出自评表!D13"


NOT_FROM_A_CELL = ("序号", "自评得分", "系统计分", "差异")


@pytest.mark.parametrize(
    ("sheet", "form"), [("基础数据汇总", "基础数据表"), ("自评资金汇总", "整体支出自评表"), ("项目汇总", "")]
)
def test_every_summed_figure_leads_to_its_cell(made, sheet, form):
    """数据来源 names for each figure of the summary a file, a sheet and a cell that holds it."""
    sources = {(row["单位名称"], row["工作表"], row["项目"]): row for row in rows(made.output, "数据来源")}
    seen = 0
    for row in rows(made.output, sheet):
        for heading, value in row.items():
            if isinstance(value, Decimal) and heading not in NOT_FROM_A_CELL:
                source = sources[row["单位名称"], form or row["工作表"], heading]
                assert value == source["数值"] == held(source["文件"], source["工作表"], source["单元格"])
                seen += 1
    assert seen > 20


def held(file, sheet, cells_named):
    book = open_book(as_published(file.removesuffix(".xlsx")))
    found = {f"{chr(64 + col)}{row}": cell for (row, col), cell in book.cells(sheet).items()}
    number = found[cells_named.partition(":")[0]].value
    return Decimal(f"{number:.15g}") if isinstance(number, Decimal) else Decimal(str(number).strip("%").split("：")[-1])


def test_totals_are_sums_and_rates_are_ratios_of_sums(made):
    found = cells(made.output, "自评资金汇总")
    total = {col: found[8, col] for col in range(5, 9)}
    assert [cell.formula for cell in total.values()][:3] == ["SUM(E5:E7)", "SUM(F5:F7)", "SUM(G5:G7)"]
    budget, spent, rate = (total[col].value for col in (6, 7, 8))
    assert (budget, spent) == (Decimal("4808.79"), Decimal("4808.79"))
    assert "G8/F8" in total[8].formula.replace(" ", "") and rate == 1
    base = cells(made.output, "基础数据汇总")
    assert base[8, 7].value == round(Decimal(103) / Decimal(104), 4) and "ROUND" in base[8, 7].formula


def test_fields_of_one_scheme_only_stand_where_that_scheme_has_them(made):
    """“其他事业类发展资金” is a row of 北塔区 alone, after 专项资金."""
    headings = [heading for heading in rows(made.output, "基础数据汇总")[0] if heading.endswith("2023年决算数")]
    groups = [heading.partition("·")[0] for heading in headings]
    assert groups.index("其他事业类发展资金") == groups.index("公用经费") - 1
    schemes = [row["套表"] for row in rows(made.output, "基础数据汇总")]
    assert schemes == ["hengyang-2023", "beita-2023", "hengshan-2023"]


def test_the_row_below_the_totals_says_which_cell_the_figures_are_from(made):
    found = cells(made.output, "基础数据汇总")
    assert found[9, 5].text == "基础数据表!B4"
    assert "见“数据来源”" in {cell.text for (row, _), cell in found.items() if row == 9}


@pytest.mark.parametrize("name", ["made", "large"])
def test_cached_values_are_what_libreoffice_computes(request, name):
    path = request.getfixturevalue(name).output
    book, computed = open_book(path), oracle.recalculated(path)
    formulas = 0
    for info in book.sheets:
        for place, cell in book.cells(info.name).items():
            if cell.formula is not None:
                formulas += 1
                due = computed[info.name].get(place, "")
                number = cell.kind is Kind.NUMBER
                assert math.isclose(due, float(cell.text), rel_tol=1e-9) if number else due == cell.text, (info, place)
    assert formulas > 200


@pytest.mark.parametrize("name", ["made", "large"])
def test_excel_takes_the_book(request, name):
    assert validator.validate(request.getfixturevalue(name).output) == []


def test_texts_of_units_never_become_formulas_or_control_characters(large):
    book = open_book(large.output)
    for info in book.sheets:
        for cell in book.cells(info.name).values():
            assert "\x07" not in cell.text
            assert cell.formula is None or not cell.formula.startswith('HYPERLINK("http')
    assert any(row["单位名称"] == EVIL.strip("\x07") for row in rows(large.output, "得分汇总"))


def test_a_unit_without_a_score_says_why_and_stands_last(large):
    last = rows(large.output, "得分汇总")[-1]
    assert (last["单位名称"], last["系统计分"], last["名次"]) == ("无分单位", None, None)
    assert "没有得分" in last["说明"]


def test_units_of_one_score_share_their_rank(large):
    assert [row["名次"] for row in rows(large.output, "得分汇总")][:22] == [Decimal(1)] * 22


@pytest.mark.parametrize(("name", "charts"), [("made", 3), ("large", 3)])
def test_charts_are_native_and_titled_in_chinese(request, name, charts):
    package = open_book(request.getfixturevalue(name).output).package
    parts = [part for part in package.names if part.startswith("xl/charts/chart")]
    assert len(parts) == charts
    texts = [package.xml(part).decode() for part in parts]
    assert all("得分" in text or "等次" in text or "执行率" in text for text in texts)


def test_nothing_accepted_is_a_summary_too(tmp_path):
    found = consolidate([put(tmp_path / "in", {"空.xlsx": b""})], tmp_path / "汇总.xlsx")
    assert (found.accepted, found.returned) == (0, 1)
    assert [row["状态"] for row in rows(found.output, "报送情况")] == ["退回"]
    assert validator.validate(found.output) == []


def test_an_old_summary_stays_when_the_new_one_does_not_add_up(tmp_path, monkeypatch):
    real = consolidating.summary_bytes

    def wrong(summary, strict=False):
        summary.summed[0].table.rows[0][4] += 1
        return real(summary, strict)

    output = tmp_path / "汇总.xlsx"
    consolidate([units(tmp_path / "in")], output, strict=True)
    old = output.read_bytes()
    monkeypatch.setattr(consolidating, "summary_bytes", wrong)
    with pytest.raises(CannotGoOn, match="编制数") as error:
        consolidate([units(tmp_path / "in")], output)
    assert (error.value.code, output.read_bytes()) == ("程序02", old)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "汇总.xlsx"]


def test_more_rows_than_a_sheet_has_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("xlauto.consolidate.summary.MOST_ROWS", 50)
    with pytest.raises(CannotGoOn, match=r"指标明细.*行数"):
        consolidate([units(tmp_path / "in")], tmp_path / "汇总.xlsx")
    assert not (tmp_path / "汇总.xlsx").exists()


@pytest.mark.parametrize(
    ("link", "formula"),
    [
        (Link("甲.xlsx#'表'!A1", "表!A1"), 'HYPERLINK("甲.xlsx#\'表\'!A1","表!A1")'),
        (Link('a"b.xlsx', "x"), 'HYPERLINK("a""b.xlsx","x")'),
        (Link("", "x"), ""),
        (Link("长" * 256, "x"), ""),
    ],
)
def test_links_that_excel_cannot_take_are_plain_texts(link, formula):
    assert link.formula == formula


def test_links_lead_from_the_summarys_folder(tmp_path):
    links = Links(tmp_path / "结果/汇总.xlsx")
    there = links.cell(tmp_path / "报送/甲.xlsx", "项目'一'", "D8")
    assert there == Link("../报送/甲.xlsx#'项目''一'''!D8", "项目'一'!D8")
    assert links.file(tmp_path / "报送/#1.xlsx", "#1.xlsx").formula == "", "Excel would look for a place after the #"
