"""Receipts against each other: two workbooks of one unit, two units with one code, units of one name that no code
tells apart, and amounts in 元 among amounts in 万元.

Never decided by dates: all that clash are returned, for a person to say which one counts. Of the units of money the one
that most files have counts, of as many on both sides the first file's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from xlauto import catalogue
from xlauto.assess import assess
from xlauto.books.closed import open_book
from xlauto.consolidate.extract import money_unit, shown_cells
from xlauto.consolidate.results import Receipt, Status
from xlauto.model import CannotGoOn, Where
from xlauto.values.text import normalise_name

_SHOWN = 10


def settle(receipts: Sequence[Receipt], extra: Sequence[Path] = ()) -> None:
    """Return the files that clash (身份14, 身份21, 身份12), then those in another unit of money (文件30)."""
    read = [receipt for receipt in receipts if receipt.unit is not None]
    for group in _groups((receipt.code, receipt) for receipt in read):
        for receipt in group:
            _return_for_code(receipt, [item for item in group if item is not receipt], extra)
    for group in _groups((normalise_name(receipt.name), receipt) for receipt in read):
        if any(not receipt.code for receipt in group):
            for receipt in group:
                where = Where(receipt.label)
                receipt.send_back(catalogue.finding("身份12", where, count=len(group), unit=receipt.name))
    _return_for_money(receipts)


def _return_for_money(receipts: Sequence[Receipt]) -> None:
    """Files whose amounts cannot be added to those of the others."""
    stated = [
        (receipt, receipt.unit.scheme.id, money)
        for receipt in receipts
        if receipt.status is Status.ACCEPTED and receipt.unit is not None and (money := money_unit(receipt.unit.scheme))
    ]
    # The first of those with the same count comes first.
    (usual, count), *others = Counter(money for _, _, money in stated).most_common() or [("", 0)]
    if not others:
        return
    for receipt, scheme, money in stated:
        if money != usual:
            where = Where(receipt.label)
            found = catalogue.finding("文件30", where, scheme=scheme, unit=money, other=usual, count=count)
            receipt.send_back(found)


def _return_for_code(receipt: Receipt, others: Sequence[Receipt], extra: Sequence[Path]) -> None:
    """Files with the same code: of one unit they are compared; another name comes first, as the likelier mistake."""
    where = Where(receipt.label)
    strangers = [other for other in others if _other_name(receipt, other)]
    same = [other for other in others if not _other_name(receipt, other)]
    if same:
        labels, cells = "、".join(other.label for other in same), _differences(receipt, same[0], extra)
        receipt.send_back(catalogue.finding("身份14", where, other=labels, cells=cells))
    if strangers:
        told = "，".join(f"在{other.label}是“{other.name}”" for other in strangers[:_SHOWN])
        told += f"，等{len(strangers)}个文件" if len(strangers) > _SHOWN else ""
        finding = catalogue.finding("身份21", where, unit_code=receipt.code, unit=receipt.name, others=told)
        receipt.send_back(finding)


def _other_name(one: Receipt, other: Receipt) -> bool:
    """Whether they are units of different names; a name that is missing tells nothing."""
    names = {normalise_name(one.name), normalise_name(other.name)}
    return len(names) > 1 and "" not in names


def _groups(keyed: Iterator[tuple[str, Receipt]]) -> list[list[Receipt]]:
    """Those that share a key with others; an empty key is none."""
    groups: defaultdict[str, list[Receipt]] = defaultdict(list)
    for key, receipt in keyed:
        if key:
            groups[key].append(receipt)
    return [group for group in groups.values() if len(group) > 1]


def _differences(mine: Receipt, other: Receipt, extra: Sequence[Path]) -> str:
    """The cells in which two workbooks of one unit differ: `表!D8（项目）此处3.58，彼处4`."""
    try:
        here, there = (shown_cells(assess(open_book(item.path, item.label), extra)) for item in (mine, other))
    except CannotGoOn as error:
        return f"再读时{error.fact}，未能逐格比较"
    told = []
    for key in dict.fromkeys((*here, *there)):
        place, text = here.get(key, ("", ""))
        place_there, text_there = there.get(key, ("", ""))
        if text != text_there:
            told.append(f"{place or place_there}（{key[2]}）此处“{text or '空'}”，彼处“{text_there or '空'}”")
    if not told:
        return "填报内容相同，文件不同"
    return "；".join(told[:_SHOWN]) + (f"；等{len(told)}处" if len(told) > _SHOWN else "")
