"""The accountant's manual says what is there: buttons, sheets, columns, messages, pictures, and a true example."""

from __future__ import annotations

import ast
import io
import re
import sys
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from worked_example import declared, place, stages, typed

from xlauto import catalogue, messages, yamlfile
from xlauto.books.book import SetCell
from xlauto.books.closed import open_book
from xlauto.figures import blank
from xlauto.making import made
from xlauto.model import BLANK_CELL, Cell, Kind, Level, Parsed, Place
from xlauto.places import PACKAGE, macros_dir, workbooks_dir
from xlauto.recalc import check, clear, explain, fill, recalculate
from xlauto.scheme import available, load_scheme
from xlauto.scoring import PointState
from xlauto.sheets import CHANGES, FINDINGS, INSTRUCTIONS, LISTS, SCORES
from xlauto.template.macros import buttons, texts
from xlauto.values.cells import Spec, parse
from xlauto.values.targets import parse_actual, parse_target

DOCS = Path(__file__).resolve().parent.parent / "docs"
PICTURES = DOCS / "pictures"
MANUAL, MESSAGES, BY_HAND = "用户手册.md", "按钮的消息.md", "人工核对.md"
ALL = (MANUAL, MESSAGES, BY_HAND)
GIVEN_BY_BUTTONS = ("button.py", "books/excel.py", "books/live.py", "reading/__init__.py")
NOT_SHOWN_BY_A_BUTTON = {"title", "enable", "how", "addin", "what_to_do", "calculated", "plain"}
LARGEST_PICTURE = 150_000
DEPT = "整体支出自评表"


@cache
def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def headings(name: str) -> list[tuple[int, str]]:
    return [(len(marks), title) for marks, title in re.findall(r"^(#+) (.+)$", text_of(name), re.MULTILINE)]


def rows(name: str, heading: str) -> Iterator[list[str]]:
    """The rows of the table that has this heading in its first column, without the heading."""
    table = text_of(name).split(f"\n| {heading} |", 1)[1].split("\n\n", 1)[0]
    for line in table.splitlines()[2:]:
        yield [cell.strip() for cell in line.strip("|").split("|")]


def quoted(name: str) -> list[str]:
    """What stands in the document as a message, word for word."""
    return re.findall(r"```text\n(.+?)\n```", text_of(name), re.DOTALL)


# --- headings, links, pictures ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_headings_go_down_by_one_level_at_most(name: str) -> None:
    levels = [level for level, _ in headings(name)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("name", ALL)
def test_numbered_headings_are_in_order(name: str) -> None:
    numbers = [title.partition("、")[0] for level, title in headings(name) if level == 2 and "、" in title[:2]]
    assert "".join(numbers) == "一二三四五六七八九十"[: len(numbers)]


@pytest.mark.parametrize("name", ALL)
def test_contents_and_references_lead_to_headings(name: str) -> None:
    anchors = [re.sub(r"[、：，（）！]", "", title).lower() for _, title in headings(name)]
    targets = re.findall(r"\]\(#([^)]+)\)", text_of(name))
    assert not [target for target in targets if target not in anchors]


def test_by_hand_has_ten_steps_with_a_box_each() -> None:
    steps = [title for level, title in headings(BY_HAND) if level == 3]
    assert [title.partition("：")[0] for title in steps] == [f"第{number}步" for number in range(1, 11)]
    for part in text_of(BY_HAND).split("\n### ")[1:]:
        assert "- 做：" in part and "必须看到：" in part and part.rstrip().endswith("- ☐")


def test_every_picture_is_made_by_the_script_small_and_shown() -> None:
    sys.path.append(str(PICTURES))
    try:
        import make
    finally:
        sys.path.remove(str(PICTURES))
    made_ = {"manual-ribbon.png", *make.BLANK, *make.EVIDENCE, *(name for screens in make.EXAMPLE for name in screens)}
    assert {path.name for path in PICTURES.glob("manual-*.png")} == made_
    assert set(re.findall(r"!\[[^\]]+\]\(pictures/([^)]+)\)", text_of(MANUAL))) == made_
    assert not [name for name in made_ if (PICTURES / name).stat().st_size > LARGEST_PICTURE]


def test_a_picture_shows_one_part_of_one_sheet_with_its_buttons() -> None:
    sys.path.append(str(PICTURES))
    try:
        from screens import Screen, on_one_page
    finally:
        sys.path.remove(str(PICTURES))
    copy = on_one_page(stages()[0].workbook, Screen(DEPT, "G1:M4"))
    book = openpyxl.load_workbook(io.BytesIO(copy))
    assert [sheet.title for sheet in book if sheet.sheet_state == "visible"] == [DEPT]
    assert book[DEPT].print_area == f"'{DEPT}'!$G$1:$M$4"
    with zipfile.ZipFile(io.BytesIO(copy)) as package:
        drawings = [package.read(name) for name in package.namelist() if name.endswith(".vml")]
    assert drawings and not [vml for vml in drawings if b"PrintObject>False" in vml]


# --- names --------------------------------------------------------------------------------------------------------


def test_the_buttons_are_those_of_the_ribbon() -> None:
    from xml.etree import ElementTree

    labels = [button.label for button in buttons()]
    assert [row[0] for row in rows(MANUAL, "按钮")] == labels
    tab = ElementTree.parse(macros_dir() / "ribbon.xml").find(".//{*}tab").attrib["label"]
    assert f"功能区“{tab}”一页" in text_of(MANUAL)
    pressed = set(re.findall(r"(?:点|点表右上方的|点功能区的)“([^”]+)”", text_of(BY_HAND)))
    assert pressed & set(labels) == set(labels)


def test_every_sheet_and_column_is_explained() -> None:
    forms = load_scheme("hengshan-2023").forms.values()
    sheets = [INSTRUCTIONS, *(item.name for item in LISTS), *(form.name for form in forms)]
    columns = [column for form in forms for column in form.system]
    columns += [heading for heading in FINDINGS.headings if heading not in ("代码", "项目")]
    columns += [*SCORES.headings[-3:], CHANGES.headings[3], *PointState, *Level]
    assert not [name for name in (*sheets, *columns) if str(name) not in text_of(MANUAL)]


def test_files_and_icons_have_their_real_names() -> None:
    icons = set(yamlfile.load(macros_dir() / "icons.yaml")) | {"安装.cmd"}
    assert not set(re.findall(r"“([^”“]+\.cmd)”", "".join(map(text_of, ALL)))) - icons


def test_targets_and_results_are_read_as_the_manual_says() -> None:
    told = {row[0]: [re.findall(r"`([^`]+)`", cell) for cell in row[1:]] for row in rows(MANUAL, "格")}
    right, wrong = told["年度指标值"]
    targets = [parse_target(text) for text in right]
    assert len(targets) > 3 and all(target is not None and not target.notes for target in targets)
    assert wrong and all((target := parse_target(text)) is not None and target.notes for text in wrong)
    right, wrong = told["实际完成值"]
    results = [parse_actual(text) for text in right]
    assert len(results) > 2 and all(result is not None and not result.notes for result in results)
    assert wrong and all((result := parse_actual(text)) is None or result.notes for text in wrong)


def test_what_must_be_filled_is_named() -> None:
    told = {row[0]: re.sub("（[^）]*）", "", row[1]).split("、") for row in rows(MANUAL, "必填的表")}
    with_these_forms = [scheme for scheme in map(load_scheme, (s.id for s in available())) if DEPT in scheme.forms]
    assert len(with_these_forms) == 4
    for scheme in with_these_forms:
        for form in scheme.forms.values():
            required = dict.fromkeys(field.name.partition(".")[0] for field in form.fields.values() if field.required)
            assert told[form.name] == list(required), (scheme.id, form.name)


def test_every_reason_for_a_return_is_explained() -> None:
    """Each code that sends a file back and that the program or a scheme's checks can give."""
    sources = [*PACKAGE.rglob("*.py"), *workbooks_dir().rglob("*.yaml")]
    text = "".join(file.read_text(encoding="utf-8") for file in sources)
    given = set(re.findall(r"(?:\"|code: )(\w{1,2}\d\d)\b", text))
    returned = {code for code, entry in catalogue.entries().items() if entry.returns or entry.refused}
    told = [code for row in rows(MANUAL, "退回的原因") for code in row[1].split("、")]
    assert sorted(told) == sorted(returned & given)


@pytest.mark.parametrize("cell", ["金额", "人数、个数", "百分比", "单位代码"])
def test_plain_cells_are_read_as_the_manual_says(cell: str) -> None:
    """What is right is read without a word; what is wrong, refused or not, is never read silently."""
    spec = Spec({"人数、个数": "数量", "单位代码": "代码"}.get(cell, cell))
    right = next(re.findall(r"`([^`]+)`", row[1]) for row in rows(MANUAL, "格") if row[0] == cell)
    wrong = next(re.findall(r"`([^`]+)`", row[2]) for row in rows(MANUAL, "格") if row[0] == cell)
    typed_in_text = spec.type == "代码"
    for text in right:
        assert not read_as_typed(text, spec, as_text=typed_in_text).notes, text
    for text in wrong:
        if (cell, text) != ("金额", "125000"):  # a right number, but ten thousand times what is meant
            assert read_as_typed(text, spec, as_text=False).notes, text


def read_as_typed(text: str, spec: Spec, *, as_text: bool) -> Parsed:
    """The cell as Excel stores it after someone has typed this."""
    if not as_text and re.fullmatch(r"[\d.]+%?", text):
        number, percent = text.rstrip("%"), text.endswith("%")
        stored = str(Decimal(number).scaleb(-2 if percent else 0))
        return parse(Cell(Kind.NUMBER, stored, None, "0%" if percent else "General"), spec)
    return parse(Cell(Kind.TEXT, text, None, "General"), spec)


# --- messages -----------------------------------------------------------------------------------------------------


def test_every_code_that_a_button_can_give_is_explained() -> None:
    source = "".join((PACKAGE / file).read_text(encoding="utf-8") for file in GIVEN_BY_BUTTONS)
    codes = {"程序03", *re.findall(r'"((?:程序|身份|文件)\d\d)" *(?:if|,|\))', source)}
    explained = {row[0]: row[1] for row in rows(MESSAGES, "代码")}
    assert explained == {code: catalogue.entry(code).title for code in codes}
    assert all(all(row) for row in rows(MESSAGES, "代码"))


def test_every_text_of_the_launcher_is_explained() -> None:
    shown = texts().keys() - {button.job for button in buttons()} - NOT_SHOWN_BY_A_BUTTON
    explained = [row[0] for row in rows(MESSAGES, "消息")]
    for key in shown:
        pieces = re.split(r"\{\w+\}", texts()[key].strip().replace("{job}", "重新计算得分"))
        assert any(all(piece.strip() in row for piece in pieces) for row in explained), key
    assert quoted(MESSAGES) == [(texts()["what_to_do"] + texts()["calculated"]).strip()]
    ways = re.findall(r"^\d\.", texts()["what_to_do"], re.MULTILINE)
    assert len(ways) == 2 and all("两个办法：" in text_of(name) for name in (MESSAGES, BY_HAND))
    icons = re.findall(r"“(\w+\.cmd)”", texts()["what_to_do"])
    assert not [icon for icon in icons if f"“{icon}”" not in text_of(BY_HAND).split("第10步")[1]]


def test_every_sentence_of_a_message_is_explained() -> None:
    tree = ast.parse((PACKAGE / "messages.py").read_text(encoding="utf-8"))
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef) and isinstance(node.body[0], ast.Expr)
    }
    sentences = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented
    ]
    told = [part for text in sentences for part in re.split(r"[“”：；，。\n]", text) if len(part) > 4]
    assert told
    assert not [part for part in told if part.strip() not in text_of(MESSAGES) + text_of(MANUAL)]


# --- the worked example -------------------------------------------------------------------------------------------


def test_messages_are_quoted_word_for_word() -> None:
    first, second, _ = stages()
    asked = explain(open_book(first.workbook), Place(DEPT, 13, 4))
    expected = [messages.recalculated(first.result), messages.explained(asked), messages.recalculated(second.result)]
    assert quoted(MANUAL) == expected


def test_example_ends_without_errors() -> None:
    assessment = stages()[-1].result.assessment
    assert assessment.count(Level.ERROR) == 0
    assert all(finding.justification for finding in assessment.findings if finding.level is Level.WARNING)
    assert assessment.count(Level.WARNING) == len(declared()["justified"])


def test_example_changes_what_the_manual_says() -> None:
    published = open_book(stages()[0].workbook)
    for position, was, _, becomes in rows(MANUAL, "位置"):
        sheet, _, ref = position.partition("!")
        cell = published.cells(sheet).get(place(sheet, ref)[1:], BLANK_CELL)
        assert cell.text == was.replace("（空）", ""), position
        assert declared()["mended"][sheet][ref] == becomes.rstrip("*").replace("（空）", ""), position


# --- by hand ------------------------------------------------------------------------------------------------------


def test_figures_typed_by_hand_give_what_must_be_seen() -> None:
    scheme = load_scheme("hengshan-2023")
    book = open_book(made(scheme, blank(scheme, "核对单位", "999001", 2), macros=True), "核对.xlsm")
    edits = [SetCell(place=place(DEPT, ref), value=typed(text)) for ref, text in rows(BY_HAND, "单元格")]
    book = open_book(book.edited(edits), "核对.xlsm")
    result = recalculate(book)
    assert quoted(BY_HAND) == [messages.recalculated(result)]
    book = open_book(book.edited(result.edits), "核对.xlsm")
    cells = book.cells(DEPT)
    seen = {ref: cells[place(DEPT, ref)[1:]].text for ref in ("H4", "I4", "K13", "H13", "M13")}
    assert seen == {"H4": "0.9", "I4": "9", "K13": "40", "H13": "40", "M13": "错误：得分低于分值而没有写偏差原因"}
    assert seen["M13"] in text_of(BY_HAND)
    said = [
        messages.explained(explain(book, Place(DEPT, 13, 4))),
        messages.explained(explain(book, Place("封面", 1, 1))),
    ]
    overwritten = open_book(book.edited([SetCell(place=place(DEPT, "H4"), value=Decimal("0.5"))]), "核对.xlsm")
    filled = fill(overwritten)
    changes = open_book(overwritten.edited(filled.edits), "核对.xlsm").cells(CHANGES.name)
    sheet, ref, _, was, becomes = (changes[2, column].text for column in range(1, 6))
    assert (sheet, ref) == (DEPT, "H4") and f"原填{was}，现为{becomes}" in text_of(BY_HAND)
    said += [messages.filled(filled), messages.checked(check(book)), messages.cleared(clear(book))]
    for sentence in re.findall(r"小窗口写“((?:[^“”]|“[^”]*”)+)”", text_of(BY_HAND)):
        assert any(sentence in text for text in said), sentence
