"""Makes the pictures of README.md from the demo's workbooks: `make pictures` (wants LibreOffice and poppler-utils).

A picture shows a sheet as it stands on screen: with the columns right of the print area.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests"))

from render import pages  # noqa: E402  (a helper of the tests)

PICTURES = {
    "form.png": ("报送/衡山县人民政府办公室.xlsx", "整体支出自评表"),
    "findings.png": ("报送/衡山县人民政府办公室.xlsx", "校验结果"),
    "summary.png": ("汇总.xlsx", "概览"),
}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        demo = Path(folder) / "demo"
        subprocess.run([sys.executable, "-m", "xlauto", "demo", str(demo)], check=True, capture_output=True)
        for picture, (workbook, sheet) in PICTURES.items():
            page = pages(on_screen(demo / workbook, sheet, Path(folder)), Path(folder), dpi=110)[0]
            (HERE / picture).write_bytes(page.read_bytes())
            print(HERE / picture)


def on_screen(workbook: Path, sheet: str, folder: Path) -> Path:
    """A copy that prints only this sheet, whole. The summary is printed as it is: openpyxl would lose its charts."""
    if workbook.name == "汇总.xlsx":
        return workbook
    book = openpyxl.load_workbook(workbook, data_only=True)
    for other in [other for other in book if other.title != sheet]:
        book.remove(other)
    shown = book[sheet]
    shown.print_area = None
    shown.page_setup.orientation = "landscape"
    shown.page_setup.fitToWidth, shown.page_setup.fitToHeight = 1, 0
    shown.sheet_properties.pageSetUpPr.fitToPage = True
    copy = folder / f"{sheet}.xlsx"
    book.save(copy)
    return copy


if __name__ == "__main__":
    main()
