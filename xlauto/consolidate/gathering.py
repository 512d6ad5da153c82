"""Inbox -> receipts: every file read, scored and checked by itself, so that a fault in one touches no other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from xlauto import catalogue, defects
from xlauto.assess import Assessment, assess, refused
from xlauto.books.closed import open_book
from xlauto.books.files import read_file
from xlauto.consolidate.book import is_summary
from xlauto.consolidate.extract import unit_of
from xlauto.consolidate.inbox import Found
from xlauto.consolidate.results import Receipt, Status, sentence
from xlauto.model import CannotGoOn, Level, Where
from xlauto.values import normalise_code

Progress = Callable[[int, int, str], None]


def gather(
    found: Sequence[Found], extra: Sequence[Path] = (), strict: bool = False, progress: Progress | None = None
) -> tuple[list[Receipt], list[str]]:
    """A receipt per file, and where the defects that came to light are told. One workbook is in memory at a time."""
    first_of: dict[str, str] = {}
    receipts: list[Receipt] = []
    traces: list[str] = []
    for number, item in enumerate(found, 1):
        if progress is not None:
            progress(number, len(found), item.label)
        receipts.append(_receipt(item, extra, strict, first_of, traces))
    return receipts, traces


def _receipt(item: Found, extra: Sequence[Path], strict: bool, first_of: dict[str, str], traces: list[str]) -> Receipt:
    receipt = Receipt(item.path, item.label, Status.IGNORED, item.reason, findings=list(item.findings))
    if item.reason:
        receipt.status = Status.RETURNED if item.unreadable else Status.IGNORED
        return receipt
    data = b""
    try:
        data = read_file(item.path, item.label)
        receipt.sha256 = hashlib.sha256(data).hexdigest()
        other = first_of.setdefault(receipt.sha256, item.label)
        if other != item.label and data:
            _as_duplicate(receipt, other)
        else:
            _assessed(receipt, assess(open_book(data, item.label), extra), strict)
    except defects.SchemeTrouble:
        raise
    except CannotGoOn as error:
        if is_summary(data):
            # A copy of it is no second workbook of a unit either.
            first_of.pop(receipt.sha256, None)
            _as_summary(receipt)
        else:
            _assessed(receipt, refused(item.label, error), strict)
    except Exception as error:
        _as_defect(receipt, error, traces)
    return receipt


def _assessed(receipt: Receipt, assessment: Assessment, strict: bool) -> None:
    """Accept or return the file, and keep what the summary needs."""
    receipt.findings = list(assessment.findings)
    if assessment.submission is not None:
        receipt.code, receipt.name = normalise_code(assessment.code), assessment.name.strip()
        receipt.unit = unit_of(assessment)
    errors = receipt.count(Level.ERROR)
    grounds = assessment.returned
    if not grounds and strict and errors:
        grounds = [finding for finding in assessment.findings if finding.level is Level.ERROR]
    receipt.status = Status.RETURNED if grounds else Status.ACCEPTED
    if grounds:
        shown = "；".join(map(sentence, grounds[:_SHOWN]))
        receipt.reason = shown + (f"；等{len(grounds)}处" if len(grounds) > _SHOWN else "")
    elif errors:
        receipt.reason = f"有错误{errors}处"


_SHOWN = 5


def _as_duplicate(receipt: Receipt, other: str) -> None:
    finding = catalogue.finding("身份13", Where(receipt.label), other=other)
    receipt.status, receipt.findings, receipt.reason = Status.DUPLICATE, [finding], sentence(finding)


def _as_summary(receipt: Receipt) -> None:
    finding = catalogue.finding("文件29", Where(receipt.label))
    receipt.status, receipt.findings, receipt.reason = Status.IGNORED, [finding], sentence(finding)


def _as_defect(receipt: Receipt, error: Exception, traces: list[str]) -> None:
    number, log = defects.record(error, receipt.label)
    traces.append(f"{receipt.label}：编号{number}，详见 {log}")
    receipt.unit, receipt.findings = None, []
    receipt.send_back(catalogue.finding("程序03", Where(receipt.label), number=number))
