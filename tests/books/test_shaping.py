"""Copies of sheets and hidden names in a template: what is copied, what is left out, what stays as it was."""

from __future__ import annotations

import io

import pytest
import xlsxwriter

from xlauto.books.closed import ClosedBook, open_book
from xlauto.books.shaping import shaped
from xlauto.model import CannotGoOn


def workbook(*, comment: bool = False) -> ClosedBook:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet("项目")
        sheet.merge_range("A1:C1", "项目表")
        sheet.write_formula("B2", "A2*2", None, 0)
        sheet.data_validation("B3", {"validate": "list", "source": ["是", "否"]})
        if comment:
            sheet.write_comment("A1", "注意")
        book.add_worksheet("其他")
        book.define_name("_xlauto", '="旧@1"')
    return open_book(stream.getvalue())


def test_a_copy_has_all_that_the_sheet_has_and_is_not_selected() -> None:
    book = workbook()
    copied = shaped(book, [("项目", "项目02"), ("项目", "项目03")], {})
    assert [info.name for info in copied.sheets] == ["项目", "其他", "项目02", "项目03"]
    for name in ("项目02", "项目03"):
        assert copied.cells(name) == book.cells("项目")
        assert [area.ref for area in copied.merges(name)] == ["A1:C1"]
        assert b"dataValidation" in copied.package.part(copied.part_name(name))
        assert b"tabSelected" not in copied.package.part(copied.part_name(name))
    assert copied.package.part(copied.part_name("项目")) == book.package.part(book.part_name("项目"))


def test_a_sheet_with_comments_is_not_copied() -> None:
    with pytest.raises(CannotGoOn, match="不能由程序复制"):
        shaped(workbook(comment=True), [("项目", "项目02")], {})


def test_a_hidden_name_holds_a_text_and_replaces_the_old_one() -> None:
    marked = shaped(workbook(), [], {"_xlauto": '某“县”&"甲"@2'})
    (name,) = [name for name in marked.names if name.name == "_xlauto"]
    assert (name.hidden, name.refers_to) == (True, '"某“县”&""甲""@2"')


def test_nothing_to_do_is_no_change() -> None:
    book = workbook()
    assert shaped(book, [], {}) is book
