"""Reading by names: where forms, fields and tables are found, and what is not taken for them."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from faults.workbook import BASE, DEPT, FIRST, SECOND, both, clean, insert_column, insert_rows, part, put, raw, typed

from xlauto.books.closed import ClosedBook, open_book
from xlauto.model import CannotGoOn, Place, State
from xlauto.reading import layout, read, scheme_of
from xlauto.reading.rings import Rings
from xlauto.scheme.layout import lay_out
from xlauto.submission import Submission


def reading(mutate: Callable[[bytes], bytes] = lambda data: data) -> Submission:
    book = open_book(mutate(clean()), "局.xlsx")
    return read(book, scheme_of(book))


def codes(submission: Submission) -> list[str]:
    return [finding.code for finding in submission.findings]


def name_at(name: str, refers_to: str) -> Callable[[bytes], bytes]:
    """A name of the workbook bent elsewhere."""
    return part("xl/workbook.xml", rf'(<definedName name="{re.escape(name)}">)[^<]*', rf"\g<1>{refers_to}")


def test_every_form_is_found_on_its_sheets() -> None:
    submission = reading()
    found = {form: [sheet.sheet for sheet in sheets] for form, sheets in submission.sheets.items()}
    assert found == {"封面": ["封面"], BASE: [BASE], DEPT: [DEPT], "项目支出自评表": [FIRST, SECOND]}
    assert [sheet.title for sheet in submission.sheets["项目支出自评表"]] == ["水库维护", "河道清淤"]
    assert not submission.findings


def test_entries_have_place_cell_and_meaning() -> None:
    sheet = reading().single(BASE)
    assert sheet is not None
    entry = sheet.entry("公车运维.本年决算")
    assert entry is not None
    assert (entry.place, entry.parsed.number, entry.live) == (Place(BASE, 9, 6), Decimal("3.5"), False)
    total = sheet.entry("三公经费.本年决算")
    assert total is not None and total.live and not total.overwritten
    declared = sheet.entry("基本支出调整.上年决算")
    assert declared is not None and declared.parsed.state is State.NONE
    assert [entry.place.ref for entry in sheet.entries["专项资金.上年决算"]] == ["B16", "B17"]


def test_lines_carry_their_printed_groups_down() -> None:
    sheet = reading().single(DEPT)
    assert sheet is not None
    lines = sheet.tables["指标"].lines
    assert [(line.row, line.kind) for line in lines][:3] == [(13, "数量指标"), (14, "质量指标"), (15, "时效指标")]
    assert lines[3].group.startswith("产出指标") and lines[4].group.startswith("效益指标")
    assert lines[0].number("分值") == 15


@pytest.mark.parametrize(
    ("mutate", "ref"),
    [
        (insert_rows(BASE, 5, 2), "B11"),
        (insert_rows(BASE, 40), "B9"),
        (insert_column(BASE, 1), "C9"),
        (insert_column(BASE, 9), "B9"),
    ],
)
def test_names_follow_their_cells(mutate: Callable[[bytes], bytes], ref: str) -> None:
    submission = reading(mutate)
    sheet = submission.single(BASE)
    entry = sheet.entry("公车运维.上年决算") if sheet else None
    assert entry is not None and (entry.place.ref, entry.parsed.number) == (ref, 4)
    assert all(label.found == label.printed for label in sheet.labels if "\n" not in label.found) if sheet else False


def test_system_columns_move_with_an_inserted_column() -> None:
    sheet = reading(insert_column(DEPT, 10)).single(DEPT)
    assert sheet is not None and sheet.system == {"系统计分": 12, "差异": 13, "说明": 14}


NAMELESS = part("xl/workbook.xml", r'<definedName name="_(?:系统计分|差异|说明)"[^>]*>[^<]*</definedName>', "", count=0)


@pytest.mark.parametrize("form", [BASE, DEPT, FIRST])
def test_system_columns_have_names_and_without_them_are_found_by_their_headings(form: str) -> None:
    book = open_book(clean())
    named = {name.name[1:]: name.area.left for name in book.names if name.scope == form and name.area}
    by_name, by_heading = (
        next(found for found in reading(mutate).every() if found.sheet == form) for mutate in (lambda d: d, NAMELESS)
    )
    assert by_name.system == by_heading.system != {}
    assert by_name.system.items() <= named.items()


def test_without_name_and_heading_there_is_no_system_column() -> None:
    headings = [at for at, cell in open_book(clean()).cells(BASE).items() if cell.text == "说明"]
    assert len(headings) == 1
    address = f"{BASE}!{Place(BASE, *headings[0]).ref}"
    sheet = reading(both(NAMELESS, put({address: "备注"}))).single(BASE)
    assert sheet is not None and sheet.system == {}


def test_a_name_bent_into_the_form_is_no_system_column() -> None:
    inside = part("xl/workbook.xml", rf"(name=\"_说明\"[^>]*>'{BASE}'!)\$[A-Z]+", r"\g<1>$F")
    sheet = reading(both(inside, typed(F3="说明", I3=None))).single(BASE)
    assert sheet is not None and "说明" not in sheet.system


@pytest.mark.parametrize("elsewhere", [f"'{BASE}'!$B$8", f"'{BASE}'!$A$9", "#REF!", f"'{DEPT}'!$B$9", "12"])
def test_a_name_bent_elsewhere_is_gone(elsewhere: str) -> None:
    submission = reading(name_at("公车运维.上年决算", elsewhere))
    assert codes(submission) == ["版式02"]
    sheet = submission.single(BASE)
    assert sheet is not None and not sheet.entries["公车运维.上年决算"]


def test_a_name_over_whole_columns_costs_no_time() -> None:
    sheet = reading(name_at("专项资金.上年决算", f"'{BASE}'!$B$16:$B$1048576")).single(BASE)
    assert sheet is not None and len(sheet.entries["专项资金.上年决算"]) < 50


def test_a_merge_over_whole_columns_costs_no_time() -> None:
    name = open_book(clean()).part_name(BASE)
    mutate = part(name, r"<mergeCells[^>]*>", r'\g<0><mergeCell ref="K1:XFD1048576"/>')
    assert not codes(reading(mutate))


def test_each_form_is_laid_out_once_and_each_sheet_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    laid, read_sheets = [], []
    monkeypatch.setattr(layout, "lay_out", lambda form: laid.append(form.name) or lay_out(form))
    original = ClosedBook._read

    def counted(book: ClosedBook, sheet: object) -> object:
        read_sheets.append(sheet)
        return original(book, sheet)  # type: ignore[arg-type]

    monkeypatch.setattr(ClosedBook, "_read", counted)
    layout._plan.cache_clear()
    reading()
    reading()
    assert sorted(laid) == sorted([BASE, DEPT, "封面", "项目支出自评表"])
    assert len(read_sheets) == 2 * len(set(map(str, read_sheets)))


@pytest.mark.parametrize(
    ("mutate", "start", "ring"),
    [
        (raw(f"{BASE}!B9", "><f>B7</f><v>0</v>"), "B9", ["B9", "B7"]),
        (raw(f"{BASE}!B9", "><f>B9+1</f><v>0</v>"), "B9", ["B9"]),
        (raw(f"{BASE}!B9", "><f>公务用车.上年决算</f><v>0</v>"), "B9", ["B9", "B7"]),
        (raw(f"{BASE}!B9", "><f>B8</f><v>0</v>"), "B9", []),
        (raw(f"{BASE}!B9", "><f>IF(</f><v>0</v>"), "B9", []),
    ],
)
def test_rings(mutate: Callable[[bytes], bytes], start: str, ring: list[str]) -> None:
    book = open_book(mutate(clean()))
    assert [place.ref for place in Rings(book).through(Place(BASE, int(start[1:]), 2))] == ring


def test_a_ring_over_two_sheets() -> None:
    book = open_book(raw(f"{DEPT}!F7", f"><f>{BASE}!D12</f><v>0</v>")(clean()))
    assert not Rings(book).through(Place(DEPT, 7, 6))
    there = raw(f"{DEPT}!F7", f"><f>{BASE}!D12</f><v>0</v>")
    both_ways = raw(f"{BASE}!D13", f"><f>{DEPT}!F7</f><v>0</v>")(there(clean()))
    ring = Rings(open_book(both_ways)).through(Place(BASE, 13, 4))
    assert [f"{place.sheet}!{place.ref}" for place in ring] == [f"{BASE}!D13", f"{DEPT}!F7", f"{BASE}!D12"]


def test_what_earlier_runs_left_is_read_back() -> None:
    change = {"A": BASE, "B": "B6", "C": "三公经费.上年决算", "D": "12"}
    finding = {"A": "基础02", "C": f"{BASE}!B6", "D": "三公经费.上年决算", "J": "已核实"}
    cells = {f"更改记录!{col}2": text for col, text in change.items()}
    cells |= {f"校验结果!{col}2": text for col, text in finding.items()}
    submission = reading(put(dict(cells)))
    sheet = submission.single(BASE)
    entry = sheet.entry("三公经费.上年决算") if sheet else None
    assert entry is not None and entry.live and entry.stated.number == 12 and entry.parsed.number == 10
    assert submission.justifications == {f"基础02|{BASE}|三公经费.上年决算": "已核实"}


def test_a_file_without_the_mark_is_refused() -> None:
    book = open_book(part("xl/workbook.xml", '<definedName name="_xlauto".*?</definedName>', "")(clean()), "局.xlsx")
    with pytest.raises(CannotGoOn, match=r"局\.xlsx.*不是标准模板"):
        scheme_of(book)


def test_rows_added_below_repeated_rows_are_read() -> None:
    submission = reading(lambda data: typed(A18="防汛专项", B18=1)(insert_rows(BASE, 18)(data)))
    sheet = submission.single(BASE)
    assert sheet is not None and [e.parsed.number for e in sheet.entries["专项资金.上年决算"]] == [20, 30, 1]
    assert codes(submission) == ["版式01"]
