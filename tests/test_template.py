"""Workbooks from schemes: what stands where, what may be typed, what prints, and that judges accept the files."""

from __future__ import annotations

import io
import re
import zipfile
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import render
import validator
from hypothesis import given
from hypothesis import strategies as st

from xlauto.figures import Figures, FormFigures, blank, read_sample
from xlauto.look.heights import LEAST, Lettering, lines_of, row_heights, stretched
from xlauto.look.styles import number_format
from xlauto.model import Cell, Kind, Value
from xlauto.scheme import available, load_scheme
from xlauto.scheme.bounds import bounds_of
from xlauto.scheme.forms import Field, Form, SchemeError, make_form
from xlauto.scheme.layout import Box
from xlauto.scheme.schema import BlockDef, CellDef, FormDef
from xlauto.sheets import CHANGES, FINDINGS, INSTRUCTIONS, LISTS, SCORES
from xlauto.template import Source, Unknown, stated_or_formula, workbook_bytes, write_workbook
from xlauto.template.rules import field_rule, score_rule
from xlauto.values import Spec, parse

SCHEMES = [folder.id for folder in available()]
LABELLED = '"政府性基金拨款："#,##0.00;"政府性基金拨款："-#,##0.00'
SAMPLES = [(folder.id, file) for folder in available() for file in sorted((folder.path / "samples").glob("*.yaml"))]


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


@cache
def blank_book(scheme_id: str) -> Any:
    scheme = load_scheme(scheme_id)
    return opened(workbook_bytes(scheme, blank(scheme, "某局", "007", ["公车管理专项经费", ""])))


@cache
def filled(*values: tuple[str, str], form: str = "基础数据表", texts: tuple[tuple[str, str], ...] = ()) -> Any:
    """A workbook of the provincial scheme with these figures on one form."""
    figures = Figures(dict(texts), {form: (FormFigures(dict(values)),)})
    return opened(workbook_bytes(load_scheme("hunan-2023"), figures))


def named(book: Any, name: str, sheet: str = "") -> Any:
    """The cell, or the first cell, that a defined name means."""
    defined = book[sheet].defined_names[name] if sheet else book.defined_names[name]
    home, ref = next(iter(defined.destinations))
    cell = book[home][ref]
    return cell[0][0] if isinstance(cell, tuple) else cell


# --- sheets, names, formulas ---------------------------------------------------------------------------------------


def sheets_of(form: Form) -> list[str]:
    """The sheets of a form in `blank_book`."""
    return [f"{form.sheet}01 公车管理专项经费", f"{form.sheet}02"] if form.repeats else [form.sheet]


@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_sheets_stand_in_order(scheme_id: str) -> None:
    book, scheme = blank_book(scheme_id), load_scheme(scheme_id)
    forms = [name for form in scheme.forms.values() for name in sheets_of(form)]
    assert book.sheetnames == [INSTRUCTIONS, *forms, "校验结果", "评分说明", "更改记录"]
    assert book.active.title == "封面"


def test_no_projects_no_project_sheets() -> None:
    scheme = load_scheme("hunan-2023")
    book = opened(workbook_bytes(scheme, blank(scheme, "某局", "007", 0)))
    assert not [name for name in book.sheetnames if name.startswith("项目")]


@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_every_field_and_table_has_its_name(scheme_id: str) -> None:
    book, scheme = blank_book(scheme_id), load_scheme(scheme_id)
    for form in scheme.forms.values():
        scopes = [book[name] for name in sheets_of(form)] if form.repeats else [book]
        columns = {f"{name}.{key}" for name, table in form.tables.items() for key in table.columns}
        for scope in scopes:
            assert {*form.fields, *form.tables, *columns} <= set(scope.defined_names)
            assert named(book, next(iter(form.fields)), scope.title if form.repeats else "") is not None


def test_a_name_is_the_top_left_cell_of_a_merge_and_a_table_from_its_headings() -> None:
    book = blank_book("hunan-2023")
    refs = {name: book.defined_names[name].attr_text for name in ("编制数", "专项资金.本年预算", "指标.得分", "指标")}
    assert refs["编制数"] == "'基础数据表'!$B$4"
    assert refs["专项资金.本年预算"] == "'基础数据表'!$D$15"
    top, bottom = re.findall(r"\d+", refs["指标.得分"])
    assert refs["指标"] == f"'整体支出自评表'!$B${top}:$I${bottom}"
    assert book["整体支出自评表"][f"H{top}"].value == "得分"


def test_repeating_rows_are_one_range() -> None:
    values = {f"专项资金.{column}": ("1", "2", "3") for column in ("上年决算", "本年预算", "本年决算")}
    scheme = load_scheme("hunan-2023")
    book = opened(workbook_bytes(scheme, Figures(forms={"基础数据表": (FormFigures(values),)})))
    defined = book.defined_names["专项资金.本年预算"].attr_text
    assert defined == "'基础数据表'!$D$15:$D$17"
    assert [book["基础数据表"][f"D{row}"].value for row in (15, 16, 17)] == [1, 2, 3]
    assert [book["基础数据表"][f"A{row}"].value for row in (15, 17)] == ["3、专项资金（一个专项一行）"] * 2


@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_the_mark_is_hidden(scheme_id: str) -> None:
    mark = blank_book(scheme_id).defined_names["_xlauto"]
    assert (mark.attr_text, mark.hidden) == (f'"{load_scheme(scheme_id).mark}"', True)


def test_formulas_go_by_names() -> None:
    book = blank_book("hunan-2023")
    assert named(book, "三公经费.本年决算").value == "=SUM(公务用车.本年决算,因公出国.本年决算,公务接待.本年决算)"
    assert named(book, "总分.得分", "项目02").value == "=SUM(年度资金总额.得分,指标.得分)"


def test_names_of_two_forms_must_differ() -> None:
    scheme = load_scheme("hunan-2023")
    twin = FormDef(
        form="附表", title="附表", widths={"A": 10}, blocks={"一": BlockDef(grid={"A1": CellDef(field="编制数")})}
    )
    doubled = type(scheme)(
        scheme.definition, scheme.folders, {**scheme.forms, "附表": make_form("twin", twin)}, scheme.checks
    )
    with pytest.raises(SchemeError, match="“编制数”在“基础数据表”和“附表”中都有"):
        workbook_bytes(doubled)


# --- figures in cells ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "name", "text", "value", "format_"),
    [
        ("基础数据表", "编制数", "29", 29, "0"),
        ("基础数据表", "公务接待.本年决算", "1.70", 1.7, "#,##0.00_ "),
        ("基础数据表", "公务接待.本年决算", "1.705", 1.705, "#,##0.000_ "),
        ("基础数据表", "公务接待.本年决算", "", None, "#,##0.00_ "),
        ("基础数据表", "政府采购.上年决算", "——", "——", "#,##0.00_ "),
        ("基础数据表", "政府采购.上年决算", "约3万", "约3万", "#,##0.00_ "),
        ("基础数据表", "厉行节约保障措施", "=1+1", "=1+1", "General"),
        ("封面", "单位代码", "007", "007", "@"),
        ("整体支出自评表", "政府性基金", "", "政府性基金拨款：", LABELLED),
        ("整体支出自评表", "政府性基金", "4.1", 4.1, LABELLED),
        ("整体支出自评表", "政府性基金", "——", "政府性基金拨款：——", LABELLED),
        ("整体支出自评表", "年度资金总额.分值", "9", 9, "General"),
    ],
)  # fmt: skip
def test_an_input_as_published(form: str, name: str, text: str, value: object, format_: str) -> None:
    cell = named(filled((name, text), form=form), name)
    assert (cell.value, cell.number_format) == (value, format_)
    assert cell.data_type != "f"


@pytest.mark.parametrize("text", ["93.10%", "100%", "99.5%"])
def test_a_computed_rate_shows_two_decimals_however_published(text: str) -> None:
    cell = named(filled(("控制率", text)), "控制率")
    assert (cell.data_type, cell.number_format) == ("f", "0.00%")


def test_table_cells_are_numbers_for_points_and_texts_for_results() -> None:
    row = ("产出指标", "数量指标", "办会", "1-2", "100%", "2.5", "")
    figures = Figures(forms={"整体支出自评表": (FormFigures(tables={"指标": (row, ("效益指标（30）", "", "无"))}),)})
    book = opened(workbook_bytes(load_scheme("hunan-2023"), figures))
    sheet, heading = book["整体支出自评表"], named(book, "指标.分值").row
    assert [cell.value for cell in sheet[heading + 1]][1:9] == [
        "产出指标\n（50分）", "数量指标", "办会", "1-2", "100%", 2.5, None, None,
    ]  # fmt: skip
    assert sheet.cell(heading + 2, 2).value == "效益指标\n（30分）"
    assert sheet.cell(heading + 3, 1).value == "总分"
    assert (sheet.cell(heading + 1, 5).number_format, sheet.cell(heading + 1, 6).number_format) == ("@", "@")


def test_an_unknown_group_is_refused() -> None:
    figures = Figures(forms={"整体支出自评表": (FormFigures(tables={"指标": (("投入指标", ""),)}),)})
    with pytest.raises(SchemeError, match="没有“投入指标”这个一级指标"):
        workbook_bytes(load_scheme("hunan-2023"), figures)


def test_the_units_own_wording_is_printed() -> None:
    printed = "楼堂馆所控制情况（2023年完工项目）"
    book = filled(texts=((printed, "楼堂馆所控制情况（2022年）"),))
    texts = [cell.value for cell in book["基础数据表"]["A"]]
    assert "楼堂馆所控制情况（2022年）" in texts
    assert printed not in {str(text).replace("\n", "") for text in texts}


# --- stated figures against formulas -------------------------------------------------------------------------------


def field_of(type_: str) -> Field:
    return Field("表", "合计", "合计", type_, Spec(type_, unit="", none_allowed=True), formula="甲 + 乙")


@pytest.mark.parametrize(
    ("type_", "text", "computed", "source"),
    [
        ("金额", None, Decimal(1), Source.FORMULA),
        ("金额", "613.76", Decimal("613.76"), Source.FORMULA),
        ("金额", "613.76", Decimal("612.54"), Source.STATED),
        ("金额", "2170.2", Decimal("2170.19"), Source.STATED),
        ("金额", "4.3", Decimal("4.30"), Source.FORMULA),
        ("金额", "1.005", Decimal("1.0049"), Source.FORMULA),
        ("金额", "", Decimal(0), Source.FORMULA),
        ("金额", "", "", Source.FORMULA),
        ("金额", "", Decimal("0.01"), Source.STATED),
        ("金额", "——", Decimal(0), Source.STATED),
        ("金额", "12.5", Unknown.NOT_COMPUTED, Source.FORMULA),
        ("金额", "12.5", Unknown.NO_FORMULA, Source.STATED),
        ("百分比", "92%", Decimal("0.9216"), Source.STATED),
        ("百分比", "91.17%", Decimal("0.9118"), Source.STATED),
        ("百分比", "0", "", Source.STATED),
        ("分值", "7.6", Decimal("7.63"), Source.STATED),
        ("分值", "10", Decimal("9.98"), Source.STATED),
        ("文本", "某局", "某局", Source.FORMULA),
        ("文本", "某局", "某某局", Source.STATED),
    ],
)
def test_a_figure_that_differs_stands_as_stated(
    type_: str, text: str | None, computed: Value | Unknown, source: Source
) -> None:
    field = field_of(type_)
    figure = None if text is None else parse(Cell(Kind.TEXT, text), field.spec)
    assert stated_or_formula(field, figure, computed) is source


def test_values_of_the_pass_before_decide() -> None:
    scheme = load_scheme("hunan-2023")
    stated = {"三公经费.上年决算": "9", "三公经费.本年预算": "5", "三公经费.本年决算": "7"}
    figures = Figures(forms={"基础数据表": (FormFigures(stated),)})
    first = opened(workbook_bytes(scheme, figures))
    row = named(first, "三公经费.上年决算").row
    values: dict[tuple[str, int, int], Value] = {
        ("基础数据表", row, 2): Decimal(9),
        ("基础数据表", row, 4): Decimal(6),
    }
    data = workbook_bytes(scheme, figures, values)
    cells = [opened(data)["基础数据表"].cell(row, col) for col in (2, 4, 6)]
    assert [cell.data_type for cell in first["基础数据表"][row] if cell.column in (2, 4, 6)] == ["f", "f", "f"]
    assert [cell.data_type for cell in cells] == ["f", "n", "n"]
    assert [cell.value for cell in cells[1:]] == [5, 7]
    cached = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["基础数据表"]
    assert cached.cell(row, 2).value == 9


def test_numbers_are_written_with_the_digits_published() -> None:
    figures = Figures(forms={"基础数据表": (FormFigures({"公务接待.本年决算": "99.90", "公务接待.上年决算": "1200"}),)})
    values = {("基础数据表", 6, 2): Decimal("0.10") / 3}
    with zipfile.ZipFile(io.BytesIO(workbook_bytes(load_scheme("hunan-2023"), figures, values))) as package:
        sheet = package.read("xl/worksheets/sheet3.xml").decode()
    assert {"<v>99.9</v>", "<v>1200</v>", "<v>0.0333333333333333</v>"} <= set(re.findall("<v>[^<]*</v>", sheet))


# --- protection, validation, page ----------------------------------------------------------------------------------


def test_inputs_are_open_and_the_rest_is_locked() -> None:
    book = blank_book("hunan-2023")
    locked = {
        name: named(book, name).protection.locked
        for name in (
            "单位名称",
            "年度",
            "编制数",
            "控制率",
            "三公经费.本年决算",
            "年度资金总额.得分",
            "年度资金总额.执行率",
        )
    }
    assert [name for name, state in locked.items() if not state] == ["单位名称", "编制数", "年度资金总额.得分"]
    assert book["基础数据表"]["A1"].protection.locked
    for sheet in (book["封面"], book["基础数据表"], book["项目02"]):
        protection = sheet.protection
        assert (protection.sheet, protection.password) == (True, None)
        assert not (protection.insertRows or protection.deleteRows or protection.formatColumns)


def test_lines_to_sign_can_be_filled_in_on_the_protected_sheet() -> None:
    sheet = blank_book("hunan-2023")["整体支出自评表"]
    signed = {cell.value: cell.protection.locked for row in sheet.iter_rows() for cell in row
              if isinstance(cell.value, str) and cell.value.endswith("：") and cell.column < 9}  # fmt: skip
    assert {word: signed[word] for word in ("填表人：", "填报日期：", "联系电话：")} == dict.fromkeys(
        ("填表人：", "填报日期：", "联系电话："), False
    )


def test_rows_of_a_table_can_be_removed_on_the_protected_sheet() -> None:
    """Excel deletes a row of a protected sheet only if all of its cells are unlocked."""
    book = blank_book("hunan-2023")
    for name, rows in (("指标.分值", range(1, 11)), ("专项资金.本年决算", range(1))):
        first = named(book, name)
        for row in (first.row + offset for offset in rows):
            stored = [cell for cell in first.parent[row] if cell.has_style]
            assert [cell.coordinate for cell in stored if cell.protection.locked] == []
            assert not first.parent.row_dimensions[row].protection.locked


@pytest.mark.parametrize(
    ("type_", "extra", "fits", "message"),
    [
        ("金额", {}, "AND(D8>=0,ROUND(D8,2)=D8)", "请填以万元为单位、不小于0、最多两位小数的数。"),
        ("金额", {"negative": True}, "AND(ROUND(D8,2)=D8)", "请填以万元为单位、最多两位小数的数。"),
        ("数量", {}, "AND(D8>=0,INT(D8)=D8)", "请填不小于0的整数。"),
        ("数量", {"least": 1, "most": 5}, "AND(D8>=1,D8<=5,INT(D8)=D8)", "请填1至5的整数。"),
        ("百分比", {}, "AND(D8>=0,D8<=10)", "请填百分数，如95%。"),
        ("百分比", {"most": 1.5}, "AND(D8>=0,D8<=1.5)", "请填0至150%的百分数，如95%。"),
        ("分值", {}, "AND(D8>=0,ROUND(D8,2)=D8)", "请填不小于0的数，最多两位小数。"),
        ("分值", {"least": 4, "most": 7, "zero": True}, "AND(OR(D8=0,AND(D8>=4, D8<=7)),ROUND(D8,2)=D8)",
         "请填0或4至7的数，最多两位小数。"),
    ],
)  # fmt: skip
def test_what_a_field_takes(type_: str, extra: dict[str, Any], fits: str, message: str) -> None:
    rule = field_rule(Field("表", "甲", "甲", type_, Spec(type_), bounds=bounds_of(type_, **extra)), "D8")
    assert rule is not None
    assert (rule["value"], rule["error_type"]) == (f"=IF(ISNUMBER(D8),{fits},FALSE)", "stop")
    assert rule["error_message"] == message


def test_none_and_a_label_inside_are_taken_too() -> None:
    rule = field_rule(Field("表", "甲", "甲", "金额", Spec("金额", none_allowed=True, prefix="其中：")), "D8")
    assert rule is not None
    assert 'D8="无",D8="——"' in rule["value"]
    assert 'LEFT(D8,3)="其中："' in rule["value"]
    assert len(rule["value"]) <= 255


def test_a_score_stays_within_its_points() -> None:
    assert 'OR($G5="",H5<=$G5)' in score_rule("H5", "$G5")["value"]


@pytest.mark.parametrize("type_", ["文本", "日期"])
def test_texts_take_anything(type_: str) -> None:
    assert field_rule(Field("表", "甲", "甲", type_, Spec(type_)), "D8") is None


def test_help_is_shown_where_the_unit_types() -> None:
    rules = blank_book("hunan-2023")["封面"].data_validations.dataValidation
    assert any(rule.prompt and "保留开头的0" in rule.prompt for rule in rules)


def test_a_form_prints_on_a4_and_nothing_beside_it() -> None:
    sheet = blank_book("hunan-2023")["项目02"]
    assert (sheet.page_setup.paperSize, sheet.sheet_properties.pageSetUpPr.fitToPage) == (9, True)
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight or 1) == (1, 1)
    assert sheet.print_area.startswith("'项目02'!$A$1:$I$")
    assert sheet.print_title_rows
    assert sheet.oddFooter.center.text.endswith("第 &P 页  共 &N 页")
    headings = [cell.value for row in sheet.iter_rows(min_col=11, max_col=13) for cell in row if cell.value]
    assert headings == ["以下各列由系统填写，不打印", *["系统计分", "差异", "说明"] * 2]


def test_the_evidence_below_a_projects_form_is_not_printed_with_it() -> None:
    sheet = blank_book("junshan-2021")["项目指标02"]
    last = int(sheet.print_area.rpartition("$")[2])
    below = [sheet.cell(row, 1).value for row in range(last + 1, last + 3)]
    assert str(sheet.cell(last, 1).value).startswith("备注：")
    assert below == ["评分项目", "目标内容"]


def test_headings_are_repeated_where_the_form_ends_with_its_table() -> None:
    junshan, hunan = blank_book("junshan-2021"), blank_book("hunan-2023")
    repeated = {name: bool(junshan[name].print_title_rows) for name in ("部门自评报告表", "评分表", "项目指标02")}
    assert repeated == {"部门自评报告表": False, "评分表": True, "项目指标02": True}
    assert hunan["整体支出自评表"].print_title_rows


@pytest.mark.parametrize("item", LISTS, ids=[item.name for item in LISTS])
def test_lists_have_headings_and_a_styled_first_entry(item: Any) -> None:
    sheet = blank_book("hunan-2023")[item.name]
    assert tuple(cell.value for cell in sheet[1]) == item.headings
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref.startswith("A1:")
    assert all(cell.alignment.wrap_text and cell.border.left.style == "thin" for cell in sheet[2])


def test_lists_agree_with_what_is_written_to_them() -> None:
    assert FINDINGS.headings[-1] == "核实说明"
    assert FINDINGS.column("级别") == 2
    assert SCORES.column("差异") == 6
    assert CHANGES.widths[0] == 20


def test_the_first_sheet_links_to_all_others() -> None:
    book = blank_book("hunan-2023")
    links = {link.location for row in book[INSTRUCTIONS].iter_rows() for cell in row if (link := cell.hyperlink)}
    assert links == {f"'{name}'!A1" for name in book.sheetnames[1:]}


# --- looks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type_", "decimals", "prefix", "format_"),
    [
        ("金额", None, "", "#,##0.00_ "),
        ("金额", 1, "", "#,##0.00_ "),
        ("面积", 4, "", "#,##0.0000_ "),
        ("百分比", None, "", "0.00%"),
        ("百分比", 0, "", "0%"),
        ("数量", 1, "", "0.0"),
        ("代码", None, "", "@"),
        ("文本", None, "填报单位：", "General"),
    ],
)
def test_number_formats(type_: str, decimals: int | None, prefix: str, format_: str) -> None:
    assert number_format(type_, decimals, prefix) == format_


@pytest.mark.parametrize(
    ("text", "pixels", "lines"),
    [("", 100, 1), ("绩效指标", 66, 1), ("绩效指标", 60, 2), ("a" * 8, 66, 1), ("甲\n乙", 100, 2), ("甲乙丙", 1, 3)],
)
def test_lines_of_a_text(text: str, pixels: float, lines: int) -> None:
    assert lines_of(text, pixels, 10.5) == lines


@given(st.text(alphabet="绩效ab1 \n", max_size=200), st.integers(1, 4), st.floats(20, 200))
def test_rows_are_high_enough_for_their_text(text: str, rows: int, given_height: float) -> None:
    lettering = Lettering(Box(2, 1, 1 + rows, 1), text, 10.5)
    found = row_heights([lettering], {1: 20.0}, {2: given_height}, 6)
    assert list(found) == [1, 2, 3, 4, 5, 6]
    assert all(LEAST <= height <= 409 for height in found.values())
    assert found[2] >= min(409, given_height) - 0.25
    needed = lines_of(text, 145, 10.5) * 10.5
    assert sum(found[row] for row in range(2, 2 + rows)) >= min(needed, 409 * rows)


@pytest.mark.parametrize(("page", "factor"), [(100, 1), (250, 1.1625), (10_000, 1.4)])
def test_short_forms_are_stretched_to_their_page(page: float, factor: float) -> None:
    assert sum(stretched({1: 100.0, 2: 100.0}, page).values()) == pytest.approx(200 * factor, abs=0.5)


# --- the file as a whole -------------------------------------------------------------------------------------------


def test_same_input_same_bytes(tmp_path: Path) -> None:
    scheme = load_scheme("hengyang-2023")
    figures = blank(scheme, "某局", "007", 1)
    data = workbook_bytes(scheme, figures)
    write_workbook(scheme, tmp_path / "a.xlsx", figures)
    stream = io.BytesIO()
    write_workbook(scheme, stream, figures)
    assert data == (tmp_path / "a.xlsx").read_bytes() == stream.getvalue()
    core = zipfile.ZipFile(io.BytesIO(data)).read("docProps/core.xml").decode()
    assert scheme.definition.title in core
    assert "<dc:creator></dc:creator>" in core


def test_excel_takes_every_template_and_sample(tmp_path: Path) -> None:
    paths = []
    for scheme_id in SCHEMES:
        for projects in (0, 2):
            scheme = load_scheme(scheme_id)
            paths.append(tmp_path / f"{scheme_id}-{projects}.xlsx")
            write_workbook(scheme, paths[-1], blank(scheme, "某局", "007", projects))
    for scheme_id, sample in SAMPLES:
        scheme = load_scheme(scheme_id)
        paths.append(tmp_path / f"{sample.stem}.xlsx")
        write_workbook(scheme, paths[-1], read_sample(sample, scheme))
    assert {path: faults for path, faults in validator.validate_many(paths).items() if faults} == {}


def test_every_sheet_prints_on_one_page(tmp_path: Path) -> None:
    scheme = load_scheme("hunan-2023")
    path = tmp_path / "空表.xlsx"
    write_workbook(scheme, path, blank(scheme, "某局", "007", 1))
    assert len(render.pages(path, tmp_path / "pages", dpi=20)) == len(opened(path.read_bytes()).sheetnames)
