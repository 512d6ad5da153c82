"""What a stranger's sheet is taken for: labels, cells to be filled in, names, types, formulas, tables."""

# ruff: noqa: E501  (tables: one case a line)

from __future__ import annotations

import io
from copy import copy
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from adopting import strangers

from xlauto.adopting.found import Found, Taken
from xlauto.adopting.understanding import understand
from xlauto.books.closed import open_book


def understood(data: bytes, year: int = 2025) -> Found:
    return understand(open_book(data), year)


def taken(found: Found) -> dict[str, Taken]:
    return {f"{form.sheet}!{one.box.ref}": one for form, one in found.every()}


HAND = strangers.by_hand()

CELLS = [
    ("附件1!A3:C3", "公式", "填报单位", "文本", '"填报单位：" & 单位名称'),
    ("附件1!C6", "填报", "人员经费.上年预算数", "金额", ""),
    ("附件1!F7", "填报", "公用经费.本年决算数", "金额", ""),
    ("附件1!C8", "公式", "基本支出合计.上年预算数", "金额", "SUM(人员经费.上年预算数,公用经费.上年预算数)"),
    ("附件1!E10", "公式", "项目支出合计.本年预算数", "金额", "专项.本年预算数"),
    ("附件1!F11", "公式", "支出总计.本年决算数", "金额", "基本支出合计.本年决算数+项目支出合计.本年决算数"),
    ("附件1!E12:F12", "公式", "预算执行率2", "百分比", 'IF(支出总计.本年预算数=0,"",支出总计.本年决算数/支出总计.本年预算数)'),
    ("附件1!C13:F13", "填报", "是否公开预算", "选项", ""),
    ("附件2!C2:E2", "公式", "预算单位名称", "文本", '单位名称 & ""'),
    ("附件2!H2:I2", "公式", "预算单位编码", "文本", '单位代码 & ""'),
    ("附件2!D4", "填报", "资金总额.全年预算数", "金额", ""),
    ("附件2!F4", "印定", "资金总额.分值", "分值", ""),
    ("附件2!G4", "公式", "资金总额.执行率", "百分比", 'IF(N(资金总额.全年预算数) = 0, "", ROUND(资金总额.全年执行数 / 资金总额.全年预算数, 4))'),
    ("附件2!H4:I4", "公式", "资金总额.得分", "分值", 'IF(资金总额.执行率 = "", "", ROUND(资金总额.分值 * MIN(资金总额.执行率, 1), 2))'),
    ("附件2!B5:I5", "填报", "总体目标", "文本", ""),
    ("附件2!G13", "公式", "总分.得分", "分值", "SUM(资金总额.得分, 指标[得分])"),
    ("台账!B2", "填报", "项目金额", "金额", ""),
    ("台账!B3", "填报", "完成日期", "日期", ""),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "role", "name", "kind", "formula"), CELLS, ids=[case[0] for case in CELLS])
def test_a_cell_is_taken_as(cell: str, role: str, name: str, kind: str, formula: str) -> None:
    one = taken(understood(HAND))[cell]
    assert (one.role, one.name, one.type, one.formula) == (role, name, kind, formula)


def test_the_indicator_table_is_found_under_other_words() -> None:
    (form,) = [form for form in understood(HAND).forms if form.sheet == "附件2"]
    (table,) = form.tables
    assert (table.name, table.heading, table.last) == ("指标", 6, 12)
    assert {key: box.at for key, box in table.columns.items()} == {
        "一级指标": "A", "二级指标": "B", "三级指标": "C", "年度指标值": "D", "实际完成值": "E", "分值": "F", "得分": "G", "偏差原因": "H:I",
    }  # fmt: skip
    groups = {key: (group.points, group.rows) for key, group in table.groups.items()}
    assert groups == {
        "产出指标": (60, {"数量指标": 2, "质量指标": 1}),
        "效益指标": (20, {"社会效益指标": 1, "可持续影响指标": 1}),
        "满意度指标": (10, {"服务对象满意度指标": 1}),
    }
    assert form.scored == ("资金总额", "指标", "总分")


def test_the_items_of_a_score_table_name_their_cells() -> None:
    found = understood(strangers.typed(("评分表", strangers.ITEMS)))
    assert {cell: (one.name, one.role) for cell, one in taken(found).items()} == {
        "评分表!D3": ("人员控制率.分值", "印定"),
        "评分表!E3": ("人员控制率.得分", "填报"),
        "评分表!D4": ("三公经费变动率.分值", "印定"),
        "评分表!E4": ("三公经费变动率.得分", "填报"),
        "评分表!D5": ("总分.分值", "公式"),
        "评分表!E5": ("总分.得分", "公式"),
    }
    assert any("2项有印好的分值，规则都先写作“人工”" in matter.text for matter in found.matters)


def test_what_a_score_table_prints_is_not_filled_in() -> None:
    cells = taken(understood(strangers.typed(("评分表", strangers.STANDARDS))))
    names = {one.name for one in cells.values()}
    assert "评分表!D5" not in cells
    assert {name for name in names if name.startswith("总分")} == {"总分.分值", "总分.得分"}
    total = cells["评分表!F7"]
    assert (total.role, total.formula) == (
        "公式", "SUM(人员控制率.得分, 三公经费变动率.得分, 经济效益.得分, 社会效益.得分)",
    )  # fmt: skip


FRAME: dict[str, object] = {"A1": "项目", "B1": "预算数", "A2": "水费", "B2": None, "A3": "电费", "B3": None}
ODD = [
    ("合计行的备注", {**FRAME, "C1": "备注", "C2": None, "C3": None, "A4": "合计", "B4": None, "C4": None}, "C4", None),
    ("合计行的数", {**FRAME, "A4": "合计", "B4": None}, "B4", "合计.预算数"),
    ("左上角", {"A1:A4": "资金", "B1": None, "C1": "预算数", "D1": "决算数", "B2": "水费", "C2": None, "D2": None}, "B1", None),
    ("序号", {"A1": "序号", "B1": "事项", "C1": "金额", "A2": 1, "B2": None, "C2": None, "A3": 2, "B3": None, "C3": None}, "C3", "第2行.金额"),
    ("上面的单位", {"A1:B1": "单位：万元", "A2": "编制数（人）", "B2": None, "A3": "经费", "B3": None}, "B2", "编制数"),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "cell", "name"), [case[1:] for case in ODD], ids=[case[0] for case in ODD])
def test_a_blank_is_named_after_what_belongs_to_it(cells: dict[str, object], cell: str, name: str | None) -> None:
    one = taken(understood(strangers.typed(("表一", cells)))).get(f"表一!{cell}")
    assert (one.name if one else None) == name


PAIRS: dict[str, object] = {
    "A1:D1": "2025年支出情况表",
    "A2": "项目", "B2": "预算数", "C2": "决算数", "D2": "增减率",
    "A3": "人员经费", "B3": None, "C3": None, "D3": None,
    "A4": "编制人数（人）", "B4": None, "C4": "在职人数（人）", "D4": None,
    "A5": "公用经费", "B5": None, "C5": None, "D5": None,
    "A6": "合计", "B6": "=B3+B5", "C6": "=C3+C5", "D6": None,
    "A7": "是否独立核算", "B7": None, "C7": "成立日期", "D7": (None, "yyyy-mm-dd"),
    "A8": "单位性质", "B8": None, "C8": "执行率", "D8": ('=IF(B6=0,"",C6/B6)', "0.00%"),
    "A9": "其他经费", "B9": None, "C9": "—", "D9": None,
}  # fmt: skip
"""A table with rows of label and value in pairs within it and below it."""

PAIR_NAMES = [
    ("B3", "人员经费.预算数", "金额"), ("B4", "编制人数", "数量"), ("D4", "在职人数", "数量"),
    ("B5", "公用经费.预算数", "金额"), ("C5", "公用经费.决算数", "金额"), ("D6", "合计.增减率", "百分比"),
    ("B7", "是否独立核算", "文本"), ("D7", "成立日期", "日期"), ("B8", "单位性质", "文本"), ("D8", "执行率", "百分比"),
    ("B9", "其他经费.预算数", "金额"), ("D9", "其他经费.增减率", "百分比"),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "name", "kind"), PAIR_NAMES, ids=[case[0] for case in PAIR_NAMES])
def test_a_row_of_pairs_is_named_by_its_labels_not_by_the_table_above(cell: str, name: str, kind: str) -> None:
    one = taken(understood(strangers.typed(("附件1", PAIRS))))[f"附件1!{cell}"]
    assert (one.name, one.type) == (name, kind)


def test_pairs_in_wider_cells_than_the_table_are_named_by_their_labels() -> None:
    cells = {key: said for key, said in PAIRS.items() if key[1:] in ("1:D1", "2", "3")}
    cells |= {"A4": "编制人数", "B4": None, "C4:D4": "在职人数", "E4": None, "E2": "备注", "E3": None}
    one = taken(understood(strangers.typed(("附件1", cells))))
    assert [one[f"附件1!{ref}"].name for ref in ("B4", "E4", "E3")] == ["编制人数", "在职人数", "人员经费.备注"]


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        # two tables side by side
        (
            {"A2": "收入", "B2": "金额", "C2": "支出", "D2": "金额",
             "A3": "财政拨款", "B3": None, "C3": "基本支出", "D3": None,
             "A4": "其他", "B4": None, "C4": "项目支出", "D4": None},
            {"B3": "财政拨款.金额", "D3": "基本支出.金额", "B4": "其他.金额", "D4": "项目支出.金额"},
        ),
        # a column that prints in what is counted
        (
            {"A2": "指标", "B2": "目标数", "C2": "计量单位", "D2": "完成数",
             "A3": "培训人数", "B3": None, "C3": "人次", "D3": None,
             "A4": "建成面积", "B4": None, "C4": "平方米", "D4": None},
            {"B3": "培训人数.目标数", "D3": "培训人数.完成数", "B4": "建成面积.目标数", "D4": "建成面积.完成数"},
        ),
    ],
)  # fmt: skip
def test_labels_that_stand_under_a_heading_of_labels_keep_the_headings(
    cells: dict[str, object], names: dict[str, str]
) -> None:
    found = taken(understood(strangers.typed(("附件1", cells))))
    assert {cell: found[f"附件1!{cell}"].name for cell in names} == names


def test_the_total_of_an_indicator_table_asks_for_points_alone() -> None:
    """Its blanks under 年度指标值 and 实际完成值 belong to no indicator."""
    form = {key: said for key, said in strangers.SCORES.items() if not key.endswith("13")}
    form |= {f"{col}13": None for col in "BCDEFG"} | {"A13": "合计"}
    found = understood(strangers.typed(("附件2", form)))
    assert {one.name for one in taken(found).values() if one.row == "合计"} == {"合计.分值", "合计.得分"}
    assert not [one.name for one in found.forms[0].required if one.row == "合计" and one.column not in ("分值", "得分")]


def test_hidden_columns_are_not_filled_in_and_do_not_widen_the_form() -> None:
    book = openpyxl.load_workbook(io.BytesIO(strangers.typed(("附件1", strangers.BUDGET))))
    book["附件1"]["H6"].border = copy(book["附件1"]["F6"].border)
    book["附件1"]["H1"] = "第3版"
    book["附件1"].column_dimensions["H"].hidden = True
    stream = io.BytesIO()
    book.save(stream)
    found = understood(stream.getvalue())
    assert [form.name for form in found.forms] == ["部门预算执行情况表"]
    assert "附件1!H6" not in taken(found)


def test_what_is_required_is_told_with_its_file() -> None:
    found = understood(HAND)
    required = {form.name: [one.name for one in form.required] for form in found.forms}
    assert required == {
        "部门预算执行情况表": [],
        "部门整体支出绩效自评表": ["资金总额.年初预算数", "资金总额.全年预算数", "资金总额.全年执行数"],
        "台账": ["项目名称"],
    }
    told = [matter.text for matter in found.matters if "required: true" in matter.text]
    assert [text.partition("，")[0] for text in told] == [
        "没有一格是必填的", "必填的有“资金总额.年初预算数”、“资金总额.全年预算数”、“资金总额.全年执行数”", "必填的有“项目名称”",
    ]  # fmt: skip


@pytest.mark.parametrize("label", ["支付进度（%）", "支付进度（％）", "预算支付进度(%)"])
def test_a_percent_sign_in_the_label_counts_more_than_its_words(label: str) -> None:
    cells = {"A1": "项目", "B1": label, "A2": "水费", "B2": None, "A3": "电费", "B3": (None, "0.00%")}
    found = understood(strangers.typed(("表一", cells)))
    assert {one.type for one in taken(found).values()} == {"百分比"}
    told = [matter for matter in found.matters if "不是百分比格式" in matter.text]
    assert [matter.cell for matter in told] == ["B2"]


def test_forms_are_named_after_sheet_or_title() -> None:
    found = understood(HAND)
    assert [form.name for form in found.forms] == ["部门预算执行情况表", "部门整体支出绩效自评表", "台账"]
    assert [form.per for form in found.forms] == ["", "", "项目名称"]


def test_what_is_not_understood_is_told_with_its_cell() -> None:
    told = {f"{matter.sheet}!{matter.cell}": matter.text for matter in understood(HAND).matters}
    assert "“……”一行没有采用" in told["附件1!C14"]
    assert "每个项目一张" in told["台账!B1"]


FORMULAS = [
    ("不认识的函数", "=TRIM(B1)", "没有函数"),
    ("别的工作表", "=清单!A1", "没有采用"),
    ("没有名称的格", "=Z9+1", "Z9不是填报格"),
    ("文字格", "=A2&1", "A2不是填报格"),
    ("绕成圈", "=B1+B3", "绕成了圈"),
    ("没有填报格的一片", "=SUM(Z1:Z9)", "Z1:Z9里没有填报格"),
]


@pytest.mark.parametrize(("formula", "reason"), [case[1:] for case in FORMULAS], ids=[case[0] for case in FORMULAS])
def test_a_formula_that_is_not_understood_becomes_an_input(formula: str, reason: str) -> None:
    cells = {"A1": "预算数", "B1": None, "A2": "决算数", "B2": None, "A3": "差额", "B3": formula}
    found = understood(strangers.typed(("表一", cells), ("清单", {"A1": "甲"})))
    one = taken(found)["表一!B3"]
    assert (one.role, one.formula) == ("填报", "")
    assert any(matter.cell == "B3" and reason in matter.text for matter in found.matters)


def test_the_bureaus_own_names_of_cells_are_kept_and_understood() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet("表一")
        framed = book.add_format({"border": 1})
        for row, label in enumerate(("预算数", "决算数", "结余")):
            sheet.write(row, 0, label, framed)
            sheet.write_blank(row, 1, None, framed)
        book.define_name("年初数", "=表一!$B$1")
        sheet.write_formula("B3", "=年初数-B2", framed)
    cells = taken(understood(stream.getvalue()))
    assert cells["表一!B1"].name == "年初数"
    assert cells["表一!B3"].formula == "年初数-决算数"


def test_protection_says_what_is_to_be_filled_in() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet("表一")
        framed, free = book.add_format({"border": 1}), book.add_format({"border": 1, "locked": 0})
        for row, label in enumerate(("甲金额", "乙金额", "丙金额")):
            sheet.write(row, 0, label, framed)
            sheet.write_blank(row, 1, None, free if label != "乙金额" else framed)
        sheet.protect()
    assert [one.name for one in taken(understood(stream.getvalue())).values()] == ["甲金额", "丙金额"]


def test_figures_that_stand_there_already_are_told() -> None:
    cells = {"A1": "项目", "B1": "预算数", "A2": "水费", "B2": 12.5, "A3": "电费", "B3": None, "A4": "年度", "B4": 2025}
    one = taken(understood(strangers.typed(("表一", cells))))
    assert (one["表一!B2"].role, one["表一!B2"].why) == ("填报", "原表已填有12.5，留作预填")
    assert one["表一!B4"].role == "印定"


def test_amounts_in_yuan_are_told() -> None:
    found = understood(
        strangers.typed(
            ("表一", {"A1": "项目", "B1": "预算数（元）", "A2": "水费", "B2": None, "A3": "电费", "B3": None})
        )
    )
    assert found.unit == "元"
    assert any("金额单位是元" in matter.text for matter in found.matters)


@pytest.mark.parametrize(
    ("said", "unit"), [("单位：元", "元"), ("金额单位：人民币元", "元"), ("单位：千元", "千元"), ("单位：万元", "万元")]
)
def test_the_unit_of_money_is_the_printed_one_and_untold_columns_are_amounts(said: str, unit: str) -> None:
    cells = {"A1": said, "A2": "来源", "B2": "到位", "A3": "中央", "B3": None, "A4": "省级", "B4": None}
    found = understood(strangers.typed(("表一", cells)))
    assert (found.unit, {one.type for one in taken(found).values()}) == (unit, {"金额"})


def test_the_cover_is_the_sheet_that_asks_who_the_unit_is() -> None:
    cells = {"A1": "单位名称", "B1": None, "A2": "预算单位代码", "B2": (None, "@"), "A3": "联系人", "B3": None}
    found = understood(strangers.typed(("信息", cells), ("附件1", strangers.BUDGET)))
    assert [form.name for form in found.forms] == ["封面", "部门预算执行情况表"]
    assert [one.name for one in found.forms[0].taken] == ["单位名称", "单位代码", "联系人"]


def test_sheets_that_are_no_forms_are_left_alone() -> None:
    book = openpyxl.load_workbook(io.BytesIO(HAND))
    book.create_sheet("说明")["A1"] = "先填附件1。"
    book.create_sheet("参数").sheet_state = "hidden"
    large = book.create_sheet("清单")
    for row in range(1, 1001):
        for col in range(1, 12):
            large.cell(row, col, row)
    stream = io.BytesIO()
    book.save(stream)
    assert understood(stream.getvalue()).skipped == [
        ("说明", "没有认出填报格"), ("参数", "是隐藏的"), ("清单", "格子太多，像清单而不像表样"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["一个专项一行", "（可加行）"])
def test_a_row_that_may_be_many_is_told(name: str, tmp_path: Path) -> None:
    cells = {"A1": "项目", "B1": "预算数", "A2": f"专项{name}", "B2": None, "A3": "其他", "B3": None}
    one = taken(understood(strangers.typed(("表一", cells))))["表一!B2"]
    assert "可有多行" in one.why
