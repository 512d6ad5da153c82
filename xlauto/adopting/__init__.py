"""A bureau's own Excel form -> a scheme folder that keeps the bureau's workbook as its template."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xlauto import roles
from xlauto.adopting import writing
from xlauto.adopting.found import Found
from xlauto.adopting.understanding import understand
from xlauto.books.closed import ClosedBook, open_book
from xlauto.given import BASE
from xlauto.making import make
from xlauto.model import CannotGoOn
from xlauto.scheme import Scheme, load_scheme
from xlauto.scheme.renew import new_folder
from xlauto.template import MARK_NAME

REPORT = "采用说明.md"


@dataclass(frozen=True)
class Adoption:
    """What was written."""

    scheme: Scheme
    folder: Path
    found: Found


def adopt(
    file: Path,
    scheme_id: str,
    year: int,
    root: Path,
    *,
    title: str = "",
    jurisdiction: str = "",
    rules_id: str,
    extra: Sequence[Path] = (),
) -> Adoption:
    """Write `root/scheme_id` with the file as its template. `rules_id` is the scheme whose rules for indicator tables
    are taken over.

    Raises CannotGoOn: the file is no workbook, has macros, is a template of ours already, or has no form in it.
    """
    rules = load_scheme(rules_id, extra)
    folder = new_folder(root, scheme_id, extra)
    book = open_book(file)
    _refuse(book, file)
    found = understand(book, year)
    if not found.forms:
        hint = "给填报格加边框，或保护工作表并取消填报格的锁定，再采用"
        raise CannotGoOn("程序24", file, "没有认出表样：找不到带填报格的工作表", hint)
    extra = (root, *(other for other in extra if other.resolve() != root.resolve()))
    folder.mkdir(parents=True)
    try:
        title = title or f"{jurisdiction}{year}年度预算绩效自评套表"
        _write(folder, found, book, file, scheme_id, year, title, jurisdiction, rules)
        scheme = load_scheme(scheme_id, extra)
        make(scheme, folder / "template.xlsx")
    except BaseException:
        shutil.rmtree(folder)
        raise
    return Adoption(scheme, folder, found)


def _refuse(book: ClosedBook, file: Path) -> None:
    mark = next((name.refers_to.strip('="') for name in book.names if name.name == MARK_NAME), "")
    if mark:
        hint = f"新年度请用 scheme new --from {mark.partition('@')[0]}"
        raise CannotGoOn("程序24", file, f"已经是套表 {mark} 的工作簿，不必采用", hint)
    if book.code or file.suffix.lower() != ".xlsx":
        raise CannotGoOn("程序24", file, "只采用不含宏的 .xlsx 工作簿", "请在Excel中另存为“Excel工作簿(.xlsx)”")


def _write(
    folder: Path, found: Found, book: ClosedBook, file: Path, scheme_id: str, year: int, title: str, jurisdiction: str,
    rules: Scheme,
) -> None:  # fmt: skip
    (folder / BASE).write_bytes(book.package.data)
    files = {
        "scheme.yaml": writing.scheme_yaml(found, scheme_id, year, title, jurisdiction, file.name),
        "scoring.yaml": writing.scoring_yaml(found, rules),
        "checks.yaml": writing.checks_yaml(found, rules),
        REPORT: writing.report(found, file.name, scheme_id),
    }
    for form in found.forms:
        files[f"forms/{form.name}.yaml"] = writing.form_yaml(form, year)
    if roles.COVER not in {form.name for form in found.forms}:
        files[f"forms/{writing.COVER_STEM}.yaml"] = writing.cover_yaml([info.name for info in book.sheets])
    for name, text in files.items():
        if text:
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
