"""I01 to I08, I17, I18: is this the workbook that was handed out, and are all its sheets there?

Not concerning one file: I09 to I16 and I19 need a roster or a second file (consolidate).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from faults.runner import Case, prove
from faults.workbook import BASE, DEPT, FIRST, Mutation, both, openpyxl_does, part, put

UNCALCULATED = "警告 公式04\n"


def workbook(pattern: str, replacement: str, count: int = 0) -> Mutation:
    return part("xl/workbook.xml", pattern, replacement, count)


def without(sheet: str) -> Mutation:
    return openpyxl_does(lambda book: book.remove(book[sheet]))


def copied(sheet: str) -> Mutation:
    return openpyxl_does(lambda book: book.copy_worksheet(book[sheet]))


def copied_as_excel_does(book: Any) -> None:
    """A project's sheet copied with its own names; the copy tells of another project."""
    copy = book.copy_worksheet(book[FIRST])
    copy.title = "项目03"
    for name, defined in book[FIRST].defined_names.items():
        text = defined.attr_text.replace(FIRST, "项目03")
        copy.defined_names[name] = type(defined)(name, attr_text=text)
    copy["D2"], copy["D6"], copy["E6"], copy["F6"] = "堤防巡查", 0, 0, 0
    copy["B10"], copy["F10"] = "完成全县堤防全年巡查并建立台账。", "堤防巡查四十次，台账齐全。"


CASES = [
    Case("I01 no mark", workbook('<definedName name="_xlauto".*?</definedName>', ""), "错误 身份01", "不是标准模板", 2),
    Case("I02 old version", workbook("hengshan-2023@1", "hengshan-2023@0"), "错误 身份02", "hengshan-2023@0", 2),
    Case(
        "I02 fields changed",
        both(workbook("hengshan-2023@1", "hengshan-2023@0"), workbook('"政府采购.本年决算"', '"政府采购.决算"')),
        "错误 身份02",
        "缺政府采购金额·2023年决算数 多政府采购.决算",
        2,
    ),
    Case("I03 other year", put({"封面!C6": 2022}), "错误 身份03 封面!C6", "2022年 2023年"),
    Case("I04 other province", workbook("hengshan-2023@1", "sichuan-2023@1"), "错误 身份04", "sichuan-2023", 2),
    Case("I05 renamed", workbook(BASE, "附件一"), "提示 身份05 附件一", f"“{BASE}”改名为“附件一”", 0),
    Case("I06 base deleted", without(BASE), f"错误 身份06 {BASE}\n{UNCALCULATED}", "编制数 三公经费 等"),
    Case("I06 dept deleted", without(DEPT), f"错误 身份06 {DEPT}\n{UNCALCULATED}", "年度资金总额"),
    Case(
        "I06 cover deleted", without("封面"), f"错误 身份06 封面\n{UNCALCULATED}", "单位名称、单位代码、年度、金额单位"
    ),
    Case("I07 base copied", copied(BASE), f"警告 身份07 {BASE} Copy\n{UNCALCULATED}", "没有读取", 0),
    Case(
        "I07 project copied without names", copied(FIRST), f"警告 身份07 {FIRST} Copy\n{UNCALCULATED}", "移动或复制", 0
    ),
    Case("I07 project copied with names", openpyxl_does(copied_as_excel_does), UNCALCULATED, "", 0),
    Case("I07 own notes", openpyxl_does(lambda book: book.create_sheet("草稿").append([1, 2, 3])), UNCALCULATED, "", 0),
    Case(
        "I08 hidden",
        workbook(f'<sheet name="{FIRST}"', f'<sheet state="hidden" name="{FIRST}"'),
        f"警告 身份08 {FIRST}",
        "",
        0,
    ),
    Case(
        "I08 very hidden",
        workbook(f'<sheet name="{BASE}"', f'<sheet state="veryHidden" name="{BASE}"'),
        f"警告 身份08 {BASE}",
        "",
        0,
    ),
    Case("I17 long code as number", put({"封面!C5": 510000000000000000}), "错误 身份17 封面!C5", "5.1E+17 文本"),
    Case("I18 lost zeros", put({"封面!C5": 7001}), "错误 身份18 封面!C5", "7001 0可能已丢失"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_identity(case: Case, tmp_path: Path) -> None:
    prove(case, tmp_path)
