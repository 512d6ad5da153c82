"""Workbooks that know nothing of xlauto: our own forms made foreign, and forms typed by hand in other layouts."""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from xlauto.figures import blank
from xlauto.making import made
from xlauto.scheme import load_scheme
from xlauto.sheets import INSTRUCTIONS, LISTS

_WORD = re.compile(r'"[^"]*"|[^\W\d][\w.]*(?![\w(])')


def made_foreign(scheme_id: str, data: bytes = b"") -> bytes:
    """A scheme's blank workbook, or this one, without its names, mark, lists and columns: formulas by address."""
    scheme = load_scheme(scheme_id)
    book = openpyxl.load_workbook(io.BytesIO(data or made(scheme, blank(scheme, "", "", 1))))
    for name in (INSTRUCTIONS, *(item.name for item in LISTS)):
        del book[name]
    shared = {name: found.attr_text for name, found in book.defined_names.items()}
    for form in scheme.forms.values():
        for sheet in book.worksheets:
            if sheet.title.startswith(form.sheet):
                own = {name: found.attr_text for name, found in sheet.defined_names.items()}
                _without_names(sheet, shared | own)
                for letters in form.system.values():
                    for cell in sheet[letters]:
                        cell.value = None
                        cell.style = "Normal"
    for sheet in book.worksheets:
        for name in [name for name in sheet.defined_names if not name.startswith("Print")]:
            del sheet.defined_names[name]
    book.defined_names.clear()
    return _saved(book)


def _without_names(sheet: Worksheet, addresses: dict[str, str]) -> None:
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and cell.value.startswith("="):
                cell.value = _WORD.sub(lambda found: _address(found[0], sheet, addresses), cell.value)


def _address(name: str, sheet: Worksheet, addresses: dict[str, str]) -> str:
    if name not in addresses:
        return name
    home, _, area = addresses[name].rpartition("!")
    area = area.replace("$", "")
    return area if home.strip("'") == sheet.title else f"{home}!{area}"


def _saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


# --- typed by hand ------------------------------------------------------------------------------------------------


Lists = dict[str, list[str]] | None


def typed(*sheets: tuple[str, dict[str, object]], border: bool = True, lists: Lists = None) -> bytes:
    """A workbook typed by hand: per sheet its name and what stands in each cell or merged area. A text that begins
    with `=` is a formula, `None` a cell to be filled in; `(what, format)` gives a number format."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    for name, cells in sheets:
        sheet = book.add_worksheet(name)
        for address, said in cells.items():
            value, code = said if isinstance(said, tuple) else (said, "General")
            look = book.add_format({"num_format": code, **({"border": 1} if border and not _outside(value) else {})})
            if ":" in address:
                sheet.merge_range(address, "", look)
            _write(sheet, address.partition(":")[0], value, look)
        for place, words in (lists or {}).items():
            home, _, address = place.rpartition("!")
            if home == name:
                sheet.data_validation(address, {"validate": "list", "source": words})
    book.close()
    return stream.getvalue()


def _outside(value: object) -> bool:
    """Titles and signature lines have no frame."""
    return isinstance(value, str) and (value.endswith(("：", "表")) or value.startswith("附件"))


def _write(sheet: Any, address: str, value: object, look: Any) -> None:
    if value is None:
        sheet.write_blank(address, None, look)
    elif isinstance(value, str) and value.startswith("="):
        sheet.write_formula(address, value, look, 0)
    else:
        sheet.write(address, value, look)


BUDGET: dict[str, object] = {
    "A1": "附件1",
    "A2:F2": "2025年度部门预算执行情况表",
    "A3:C3": "填报单位：",
    "A4:B5": "项  目",
    "C4:D4": "2024年", "E4:F4": "2025年",
    "C5": "预算数", "D5": "决算数", "E5": "预算数", "F5": "决算数",
    "A6:A8": "一、基本支出",
    "B6": "人员经费", "C6": (None, "0.00"), "D6": (None, "0.00"), "E6": (None, "0.00"), "F6": (None, "0.00"),
    "B7": "公用经费", "C7": (None, "0.00"), "D7": (None, "0.00"), "E7": (None, "0.00"), "F7": (None, "0.00"),
    "B8": "合计", "C8": "=SUM(C6:C7)", "D8": "=SUM(D6:D7)", "E8": "=SUM(E6:E7)", "F8": "=SUM(F6:F7)",
    "A9:A10": "二、项目支出",
    "B9": "其中：专项（一个专项一行）", "C9": None, "D9": None, "E9": None, "F9": None,
    "B10": "合计", "C10": "=C9", "D10": "=D9", "E10": "=E9", "F10": "=F9",
    "A11:B11": "支出总计", "C11": "=C8+C10", "D11": "=D8+D10", "E11": "=E8+E10", "F11": "=F8+F10",
    "A12:B12": "预算执行率", "C12:D12": ('=IF(C11=0,"",D11/C11)', "0.00%"),
    "E12:F12": ('=IF(E11=0,"",F11/E11)', "0.00%"),
    "A13:B13": "是否公开预算", "C13:F13": None,
    "A14:B14": "……", "C14": None,
    "A15": "填表人：", "C15": "联系电话：",
}  # fmt: skip
"""Headings in two rows, sums by address, a list to choose from, labels that occur twice."""

SCORES: dict[str, object] = {
    "A1:I1": "2025年度部门整体支出绩效自评表",
    "A2:B2": "预算单位名称", "C2:E2": None, "F2:G2": "预算单位编码", "H2:I2": (None, "@"),
    "A3:B3": "资金情况（万元）", "C3": "年初预算数", "D3": "全年预算数", "E3": "全年执行数",
    "F3": "分值", "G3": "执行率", "H3:I3": "自评得分",
    "A4:B4": "资金总额", "C4": None, "D4": None, "E4": None, "F4": 10, "G4": (None, "0.00%"), "H4:I4": None,
    "A5": "总体目标", "B5:I5": None,
    "A6": "一级指标", "B6": "二级指标", "C6": "三级指标", "D6": "指标值",
    "E6": "全年完成值", "F6": "权重", "G6": "得分", "H6:I6": "偏差原因及改进措施",
    "A7:A9": "产出指标(60分)", "B7:B8": "数量指标", "B9": "质量指标",
    "A10:A11": "效益指标（20分）", "B10": "社会效益指标", "B11": "可持续影响指标",
    "A12": "满意度指标（10分）", "B12": "服务对象满意度指标",
    **{f"{col}{row}": None for row in range(7, 13) for col in "CDEFG"},
    **{f"H{row}:I{row}": None for row in range(7, 13)},
    "A13:E13": "总分", "F13": None, "G13": None, "H13:I13": "",
    "A14": "填表人：",
}  # fmt: skip
"""A self-evaluation form without a single formula, with other words at the heads of its columns."""

ITEMS: dict[str, object] = {
    "A1:E1": "2025年度部门整体支出绩效评分表",
    "A2": "一级指标", "B2": "三级指标", "C2": "评分标准", "D2": "分值", "E2": "自评得分",
    "A3:A4": "投入（15分）", "B3": "人员控制率", "C3": "不超过100%的，计5分。", "D3": 5, "E3": None,
    "B4": "三公经费变动率", "C4": "不增加的，计10分。", "D4": 10, "E4": None,
    "A5:C5": "总分", "D5": "=SUM(D3:D4)", "E5": "=SUM(E3:E4)",
}  # fmt: skip
"""A score table whose items and points are printed."""

STANDARDS: dict[str, object] = {
    "A1:G1": "2025年度部门整体支出绩效评分表",
    "A2": "一级指标", "B2": "二级指标", "C2": "三级指标", "D2": "评分标准", "E2": "分值", "F2": "自评得分",
    "G2": "扣分原因和其他说明",
    "A3:A4": "投入（15分）", "B3:B4": "预算配置（15分）",
    "C3": "人员控制率", "D3": "不超过100%的，计5分；每超1%扣0.5分。", "E3": 5, "F3": None, "G3": None,
    "C4": "“三公经费”变动率", "D4": "不增加的，计10分。", "E4": 10, "F4": None, "G4": None,
    "A5:A6": "效果（85分）", "B5:B6": "效益（85分）",
    "C5": "经济效益", "D5": None, "E5:E6": 85, "F5": None, "G5": None,
    "C6": "社会效益", "D6": None, "F6": None, "G6": None,
    "A7": "总分", "B7": None, "C7": None, "D7": None, "E7": 100, "F7": None, "G7": None,
}  # fmt: skip
"""A score table with standards, points that two items share, and a last row with blanks."""

LEDGER: dict[str, object] = {
    "A1": "项目名称", "B1": None, "A2": "项目金额（万元）", "B2": None, "A3": "完成日期", "B3": (None, "yyyy-mm-dd"),
}  # fmt: skip


def by_hand(*, ledger: bool = True) -> bytes:
    """The three forms in one workbook."""
    sheets = [("附件1", BUDGET), ("附件2", SCORES), ("台账", LEDGER)]
    return typed(*(sheets if ledger else sheets[:2]), lists={"附件1!C13": ["是", "否"]})
