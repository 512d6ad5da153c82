"""Book + Scheme -> Submission: every field and table line found by its defined name, with findings on what is amiss.

What the figures should be is decided in compute, checking and scoring.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xlauto import catalogue
from xlauto.books.book import Book
from xlauto.reading.book import homes, report_remarks, report_sheets, scopes_of
from xlauto.reading.earlier import home_of, justifications, records, records_of
from xlauto.reading.fields import in_a_few_words, read_fields
from xlauto.reading.layout import Found, read_labels, report_layout, sorted_rows, system_columns
from xlauto.reading.rings import Rings
from xlauto.reading.sheet import SheetReader
from xlauto.reading.table import read_table
from xlauto.scheme import Scheme, SchemeError, available, load_scheme
from xlauto.submission import Submission

MARK = "_xlauto"


def scheme_of(book: Book, extra: Sequence[Path] = ()) -> Scheme:
    """The scheme that the workbook says it follows. Raises CannotGoOn (身份01, 身份02, 身份04)."""
    mark = next((name.refers_to.strip('="') for name in book.names if name.name == MARK), "")
    if not mark:
        raise catalogue.refusal("身份01", book.label)
    scheme_id, _, version = mark.partition("@")
    try:
        scheme = load_scheme(scheme_id, extra)
    except SchemeError:
        known = [folder.id for folder in available(extra)]
        if scheme_id in known:
            raise
        raise catalogue.refusal("身份04", book.label, scheme=scheme_id, expected="、".join(known)) from None
    if version != scheme.definition.version:
        raise catalogue.refusal("身份02", book.label, version=mark, current=scheme.mark, fields=_changes(book, scheme))
    return scheme


def read(book: Book, scheme: Scheme) -> Submission:
    """Everything the scheme asks for. Raises CannotGoOn only where the file itself cannot be read."""
    submission = Submission(scheme, book.label)
    rings, scopes = Rings(book), scopes_of(book)
    present = [info.name for info in book.sheets]
    readers = [
        SheetReader(book, submission, form, sheet, names, rings)
        for form in scheme.forms.values()
        for sheet, names in homes(form, scopes, present)
    ]
    submission.sheets = {name: [] for name in scheme.forms}
    known, places = records(book), [home_of(reader.sheet, reader.form.name, reader.title) for reader in readers]
    for reader, home in zip(readers, places, strict=True):
        reader.earlier = records_of(home, places, known)
        _read_sheet(reader)
        submission.sheets[reader.form.name].append(reader.read_into)
    report_sheets(book, submission)
    report_remarks(book, submission)
    submission.justifications = justifications(book)
    return submission


def _read_sheet(reader: SheetReader) -> None:
    sheet = reader.read_into
    read_fields(reader, sorted_rows(reader))
    for table in reader.form.tables.values():
        found = read_table(reader, table)
        if found:
            sheet.tables[table.name] = found
    if reader.missing:
        reader.find("版式02", None, next(iter(reader.missing)), field=in_a_few_words(reader.missing.values()))
    sheet.title = reader.title
    layout = Found(reader)
    if layout.complete:
        sheet.labels = list(read_labels(reader, layout))
    sheet.system = system_columns(reader, layout)
    report_layout(reader, layout)


def _changes(book: Book, scheme: Scheme) -> str:
    """The fields that an older or newer template has not, or has too many of."""
    there = {name.name for name in book.names}
    wanted = {field.name: field.label for form in scheme.forms.values() for field in form.fields.values()}
    missing = [label for name, label in wanted.items() if name not in there]
    known = set(wanted) | {
        name for form in scheme.forms.values() for table in form.tables for name in _of_table(table, there)
    }
    added = sorted(name for name in there if name not in known and not name.startswith("_"))
    words = [*(f"缺{label}" for label in missing[:6]), *(f"多{name}" for name in added[:6])]
    return "、".join(words) or "无（版本号不同）"


def _of_table(table: str, names: set[str]) -> list[str]:
    return [name for name in names if name == table or name.startswith(f"{table}.")]
