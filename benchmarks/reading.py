"""How long one workbook of eleven sheets and 2,940 cells takes to be read: xlauto and what users would otherwise take.

    python benchmarks/reading.py

Processor time per workbook, the best of several rounds, all in one run on one file. "everything" means values,
formulas, errors and number formats of all cells; pandas and openpyxl's read-only mode give less."""

from __future__ import annotations

import gc
import importlib.util
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SHEETS, ROWS, COLUMNS, FORMULAS = 11, 27, 10, 3
LAST_ROWS = 24
"""The last sheet is shorter, so that there are 2,940 cells in all."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "基准.xlsx"
        cells = make(path)
        print(f"{SHEETS} sheets, {cells} cells, {path.stat().st_size / 1000:.0f} kB; CPU ms per workbook")
        rows = [(name, best(read, path, rounds)) for name, read, rounds in readers()]
    base = rows[0][1]
    print(f"{'reader':<52}{'ms':>9}{'ratio':>9}")
    for name, milliseconds in rows:
        print(f"{name:<52}{milliseconds:>9.2f}{milliseconds / base:>9.1f}")


def make(path: Path) -> int:
    """A workbook like the forms: headings, labels, figures, ratios, sums, one error a sheet. Returns its cells."""
    import xlsxwriter

    count = 0
    with xlsxwriter.Workbook(path) as book:
        heading = book.add_format({"bold": True, "text_wrap": True, "border": 1})
        percent = book.add_format({"num_format": "0.00%"})
        for number in range(SHEETS):
            sheet = book.add_worksheet(f"表{number + 1}")
            for col in range(COLUMNS):
                sheet.write_string(0, col, f"第{col + 1}栏", heading)
            rows = ROWS if number < SHEETS - 1 else LAST_ROWS
            count += rows * COLUMNS
            for row in range(1, rows):
                sheet.write_string(row, 0, f"项目 {row} & 其他")
                for col in range(1, COLUMNS - FORMULAS):
                    sheet.write_number(row, col, row * col * 12.25)
                at = row + 1
                sheet.write_formula(row, 7, f'=IF(B{at}<>0,C{at}/B{at},"")', percent, 2)
                sheet.write_formula(row, 8, f"=SUM(B{at}:G{at})", None, row * 21 * 12.25)
                sheet.write_formula(
                    row, 9, f"=I{at}/0" if row == 5 else f"=I{at}>100", None, "#DIV/0!" if row == 5 else True
                )
    return count


def readers() -> list[tuple[str, Callable[[Path], object], int]]:
    found: list[tuple[str, Callable[[Path], object], int]] = [
        ("xlauto: everything", read_xlauto, 200),
        ("xlauto: everything, by the sure reader", read_slowly, 40),
        ("openpyxl: everything (values, then formulas)", read_openpyxl, 8),
        ("openpyxl read-only: values", read_only, 12),
    ]
    if importlib.util.find_spec("pandas"):
        found.append(("pandas with openpyxl: values, errors as blanks", read_pandas, 8))
    return found


def best(read: Callable[[Path], object], path: Path, rounds: int) -> float:
    """Milliseconds of processor time of the fastest round, after two to warm up."""
    times = []
    for _ in range(rounds + 2):
        gc.collect()
        start = time.process_time_ns()
        read(path)
        times.append(time.process_time_ns() - start)
    return min(times[2:]) / 1e6


def read_xlauto(path: Path) -> object:
    from xlauto.books.closed import open_book

    book = open_book(path)
    return book.names, [book.cells(sheet.name) for sheet in book.sheets]


def read_slowly(path: Path) -> object:
    from xlauto.books import slow
    from xlauto.books.cells import assemble
    from xlauto.books.closed import open_book

    book = open_book(path)
    context = book.structure.context()
    parts = [sheet.part for sheet in book.structure.sheets]
    return [assemble(slow.sheet_hits(book.package.xml(part), part), context) for part in parts]


def read_openpyxl(path: Path) -> object:
    import openpyxl

    return [_all_cells(openpyxl.load_workbook(path, data_only=values)) for values in (True, False)]


def read_only(path: Path) -> object:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        return [list(sheet.iter_rows(values_only=True)) for sheet in book]
    finally:
        book.close()


def read_pandas(path: Path) -> object:
    import pandas

    return pandas.read_excel(path, sheet_name=None, header=None, engine="openpyxl")


def _all_cells(book: object) -> list[object]:
    from openpyxl.workbook import Workbook

    assert isinstance(book, Workbook)
    return [
        (cell.value, cell.data_type, cell.number_format) for sheet in book for row in sheet.iter_rows() for cell in row
    ]


if __name__ == "__main__":
    main()
