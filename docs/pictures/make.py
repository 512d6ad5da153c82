"""Makes the pictures of README.md and of the manuals: `make pictures` (wants LibreOffice, poppler-utils, fontconfig).

README's show whole sheets of the demo's workbooks, as they stand on screen; the manuals' show parts of a blank
workbook and of the worked example, with the buttons, and what the windows of the set-up say.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "tests")]

import console  # noqa: E402
import package  # noqa: E402
import ribbon  # noqa: E402
import set_up  # noqa: E402
from render import pages  # noqa: E402  (a helper of the tests)
from screens import Screen, shoot, trimmed  # noqa: E402
from worked_example import stages  # noqa: E402  (a helper of the tests)

from xlauto.figures import blank  # noqa: E402
from xlauto.making import made  # noqa: E402
from xlauto.scheme import load_scheme  # noqa: E402

PICTURES = {
    "form.png": ("报送/衡山县人民政府办公室.xlsx", "整体支出自评表"),
    "findings.png": ("报送/衡山县人民政府办公室.xlsx", "校验结果"),
    "summary.png": ("汇总.xlsx", "概览"),
}
BLANK = {
    "manual-guide.png": Screen("填表说明", "A1:F24", 84),
    "manual-cover.png": Screen("封面", "A3:D9", 96),
    "manual-base.png": Screen("基础数据表", "A1:I28", 84),
    "manual-dept.png": Screen("整体支出自评表", "A1:M14", 84),
    "manual-project.png": Screen("项目01", "A1:I16", 96),
}
EVIDENCE = {"manual-evidence.png": Screen("评分依据", "A1:E12", 90)}
EXAMPLE = (
    {
        "manual-buttons.png": Screen("整体支出自评表", "G1:M4", 96),
        "manual-before.png": Screen("整体支出自评表", "D12:M22", 96),
        "manual-findings.png": Screen("校验结果", "A1:J9", 90),
        "manual-scores.png": Screen("评分说明", "A1:I6", 90),
        "manual-changes.png": Screen("更改记录", "A1:F7", 90),
    },
    {"manual-after.png": Screen("整体支出自评表", "D12:M22", 96)},
    {"manual-justified.png": Screen("校验结果", "A1:J5", 90)},
)


def main() -> None:
    for name, picture in (*_of_set_up(), *_of_manuals(), *_of_readme()):
        (HERE / name).write_bytes(picture)
        print(HERE / name, len(picture))


def _of_set_up() -> Iterator[tuple[str, bytes]]:
    yield "setup-package.png", package.picture()
    for name, window in set_up.WINDOWS.items():
        yield name, console.picture(window())


def _of_manuals() -> Iterator[tuple[str, bytes]]:
    yield "manual-ribbon.png", trimmed(ribbon.draw())
    for scheme_id, screens in (("hengshan-2023", BLANK), ("changsha-county-2022", EVIDENCE)):
        scheme = load_scheme(scheme_id)
        empty = made(scheme, blank(scheme, "", ""), macros=True)
        for name, screen in screens.items():
            yield name, shoot(empty, screen)
    for stage, screens in zip(stages(), EXAMPLE, strict=True):
        for name, screen in screens.items():
            yield name, shoot(stage.workbook, screen)


def _of_readme() -> Iterator[tuple[str, bytes]]:
    with tempfile.TemporaryDirectory() as folder:
        demo = Path(folder) / "demo"
        subprocess.run([sys.executable, "-m", "xlauto", "demo", str(demo)], check=True, capture_output=True)
        for picture, (workbook, sheet) in PICTURES.items():
            page = pages(on_screen(demo / workbook, sheet, Path(folder)), Path(folder), dpi=110)[0]
            yield picture, page.read_bytes()


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
