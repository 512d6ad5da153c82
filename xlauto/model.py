"""The nouns that every part of xlauto speaks in: cells, places, findings, values.

Frozen data without I/O and without knowledge of any form. Money is `Decimal`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, StrEnum
from functools import lru_cache
from typing import NamedTuple

Value = Decimal | str | bool | None
"""What a formula works on: a number, a text, a truth value, or nothing. Errors are `CellError`."""


class CannotGoOn(Exception):
    """The work on one file cannot continue. `code` names the catalogue entry, `path` the file, `fact` what happened."""

    def __init__(self, code: str, path: object, fact: str, hint: str = "") -> None:
        super().__init__(f"{path}：[{code}] {fact}" + (f"；{hint}" if hint else ""))
        self.code, self.path, self.fact, self.hint = code, path, fact, hint


class CellError(str):
    """An Excel error value such as `#REF!` or `#DIV/0!`: never a blank, never 0."""

    __slots__ = ()


class Kind(StrEnum):
    """What is stored in a cell."""

    BLANK = "blank"
    NUMBER = "number"
    TEXT = "text"
    BOOL = "bool"
    ERROR = "error"


class Cell(NamedTuple):
    """One cell as the file stores it.

    `text` is the stored value as text: digits of a number exactly as written in the file, the
    characters of a string, `#REF!` of an error, `TRUE`/`FALSE`; empty when there is no value.
    `formula` is without the leading `=`; a formula with an empty `text` and kind BLANK has no cached value.
    `format` is the number format code (`General`, `0.00%`, `yyyy/m/d`).
    """

    kind: Kind
    text: str
    formula: str | None = None
    format: str = "General"

    @property
    def value(self) -> Value:
        """The stored value, an error as `CellError`."""
        if self.kind is Kind.NUMBER:
            return Decimal(self.text)
        if self.kind is Kind.TEXT:
            return self.text
        if self.kind is Kind.BOOL:
            return self.text == "TRUE"
        return CellError(self.text) if self.kind is Kind.ERROR else None


BLANK_CELL = Cell(Kind.BLANK, "")


@lru_cache(maxsize=4096)
def column_letters(col: int) -> str:
    """1 -> A, 27 -> AA."""
    letters = ""
    while col:
        col, rest = divmod(col - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@lru_cache(maxsize=4096)
def column_number(letters: str) -> int:
    """A -> 1, AA -> 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


class Place(NamedTuple):
    """One cell's address; rows and columns count from 1."""

    sheet: str
    row: int
    col: int

    @property
    def ref(self) -> str:
        """`D8`"""
        return f"{column_letters(self.col)}{self.row}"


class Area(NamedTuple):
    """A rectangle of cells on one sheet, all edges included, counted from 1."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    @property
    def ref(self) -> str:
        """`D8` or `D8:E12`"""
        first = f"{column_letters(self.left)}{self.top}"
        return first if self.single else f"{first}:{column_letters(self.right)}{self.bottom}"

    @property
    def single(self) -> bool:
        return self.top == self.bottom and self.left == self.right

    @property
    def place(self) -> Place:
        """The top left cell."""
        return Place(self.sheet, self.top, self.left)

    def places(self) -> Iterator[Place]:
        for row in range(self.top, self.bottom + 1):
            for col in range(self.left, self.right + 1):
                yield Place(self.sheet, row, col)


class Level(StrEnum):
    """How much a finding weighs: must be mended, needs a 核实说明, or is good to know."""

    ERROR = "错误"
    WARNING = "警告"
    HINT = "提示"


_BOUNDS = ("不", "大于", "小于")
"""How an expectation begins that is no figure but a bound: `应不大于449.00`."""


class Where(NamedTuple):
    """Where a finding lies, in the words of its reader. Parts that do not apply are empty."""

    file: str = ""
    sheet: str = ""
    cell: str = ""
    form: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault as data.

    `stated` and `expected` are shown texts, `difference` is stated minus expected where both are numbers.
    `fact` says what is wrong, `hint` what to do; `consequences` are findings that fall away with this one.
    `key` stays the same from run to run, so that a 核实说明 can find its finding again.
    """

    code: str
    level: Level
    where: Where
    fact: str
    stated: str = ""
    expected: str = ""
    difference: str = ""
    hint: str = ""
    justification: str = ""
    consequences: tuple[Finding, ...] = ()

    @property
    def key(self) -> str:
        return "|".join((self.code, self.where.sheet, self.where.field))

    def message(self) -> str:
        """`文件：表!单元格（项目）：[代码] 事实；应为…实为…，差…；怎么改`"""
        where = self.where
        place = f"{where.sheet}!{where.cell}" if where.cell else where.sheet
        field = f"（{where.field}）" if where.field else ""
        head = "：".join(part for part in (where.file, place + field) if part)
        return (f"{head}：" if head else "") + f"[{self.code}] " + "；".join(self._clauses())

    def _clauses(self) -> Iterator[str]:
        yield self.fact
        if self.expected:
            stated = self.stated or "空"
            numbers = f"应{'' if self.expected.startswith(_BOUNDS) else '为'}{self.expected}，实为{stated}"
            if self.difference:
                direction = "偏小" if self.difference.startswith("-") else "偏大"
                numbers += f"，{direction}{self.difference.lstrip('-')}"
            yield numbers
        if self.hint:
            yield self.hint


class State(Enum):
    """What a reader found in an input cell: five different things."""

    NUMBER = "number"
    TEXT = "text"
    BLANK = "blank"
    NONE = "none"
    """Declared none: 无, ——, /, 不适用. Neither 0 nor blank."""
    ERROR = "error"
    """An Excel error value, or a text that cannot be read as what the field holds."""


class Note(NamedTuple):
    """A remark on one value: a code of the catalogue and the words that fill its message."""

    code: str
    params: dict[str, str]


class Parsed(NamedTuple):
    """A cell's meaning beside its raw text.

    `number` is in the field's unit (万元; a rate as fraction: 95% is 0.95).
    `decimals` are the decimals that were stated, in the way shown (92% has 0, 91.17% has 2, 7.6 has 1).
    """

    state: State
    raw: str
    number: Decimal | None = None
    text: str = ""
    decimals: int | None = None
    notes: tuple[Note, ...] = ()
