"""A sheet that nobody has described yet: its boxes (merged areas and single cells) and what each looks like."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from xlauto import formula
from xlauto.books.appearance import Appearance, Look, appearance
from xlauto.books.closed import ClosedBook
from xlauto.model import BLANK_CELL, Area, Cell, Kind, column_letters

MOST_ROWS, MOST_COLS = 1_000, 100
"""No form is larger; what lies beyond is left alone."""
MOST_CELLS = 3_000
"""A sheet with more cells that are filled in, merged or framed is no form but a list."""
NO_LOOK = Look(0, True, False)
_FEW = 4
"""A sheet with fewer framed cells has no frames."""
_INNER_COLUMNS = 2
"""A title is as wide as the form, and wider than this."""
_MOST_CHOICES = 500
"""A longer list is not for choosing one of a few words."""
_COLUMN = re.compile(r"(?P<sheet>.*!)?\$?(?P<col>[A-Za-z]{1,3}):\$?(?P=col)")
"""A whole column, `参数!$A:$A`."""
_LAST_ROW = 1_048_576
_MONEY = re.compile(r"万元|单位[：:](?:人民币)?[千百]?元|[（(][千百]?元[)）]")
"""The sheet says in what its amounts are stated."""


@dataclass(frozen=True)
class Box:
    """A merged area or a single cell. `choices` are those of its list, if it offers one."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int
    cell: Cell
    look: Look
    choices: tuple[str, ...] = ()

    @property
    def ref(self) -> str:
        return Area(self.sheet, self.top, self.left, self.bottom, self.right).ref

    @property
    def text(self) -> str:
        """What is printed, as it stands; empty for numbers and formulas."""
        return self.cell.text if self.cell.kind is Kind.TEXT and self.cell.formula is None else ""

    @property
    def said(self) -> str:
        """The text without the spaces that only set it out."""
        return "".join(self.text.split())

    @property
    def blank(self) -> bool:
        return self.cell.formula is None and self.cell.kind in (Kind.BLANK, Kind.TEXT) and not self.said

    @property
    def figure(self) -> bool:
        return self.cell.formula is None and self.cell.kind is Kind.NUMBER

    @property
    def at(self) -> str:
        """Its columns as a scheme writes them: `B` or `B:C`."""
        first, last = column_letters(self.left), column_letters(self.right)
        return first if first == last else f"{first}:{last}"

    def as_wide_as(self, other: Box) -> bool:
        return (self.left, self.right) == (other.left, other.right)

    def spans(self, other: Box) -> bool:
        return self.left <= other.left and other.right <= self.right


class Foreign:
    """One sheet. `at` finds the box that covers a cell."""

    def __init__(self, book: ClosedBook, sheet: str) -> None:
        self.book, self.sheet = book, sheet
        self.appearance: Appearance = appearance(book, sheet)
        self._cells = book.cells(sheet)
        self._merges = [area for area in book.merges(sheet) if area.bottom <= MOST_ROWS and area.right <= MOST_COLS]
        self._choices_of: dict[str, tuple[str, ...]] = {}
        self.items: Box | None = None
        """The heading 三级指标 of a score table, whose printed items name the cells right of them."""
        self.items_last = 0
        """The last row of that table: its last item's, or that of the total below."""
        self.pairs: frozenset[int] = frozenset()
        """Rows in which labels and values stand in turns, whatever the headings of the columns say."""
        self.at: Mapping[tuple[int, int], Box] = {}
        covered: dict[tuple[int, int], Box] = {}
        if self.too_large:
            return
        for box in self._boxes():
            for row in range(box.top, box.bottom + 1):
                covered |= {(row, col): box for col in range(box.left, box.right + 1)}
        self.at = covered

    @cached_property
    def boxes(self) -> list[Box]:
        """In reading order."""
        return sorted(dict.fromkeys(self.at.values()), key=lambda box: (box.top, box.left))

    @cached_property
    def right(self) -> int:
        """The last column that a reader sees something in."""
        return max((box.right for box in self._shown if not self.is_hidden(box)), default=1)

    @cached_property
    def last(self) -> int:
        """The last column with something in it."""
        return max((box.right for box in self._shown), default=1)

    @cached_property
    def _shown(self) -> list[Box]:
        return [box for box in self.boxes if not box.blank or box.look.sides]

    def is_hidden(self, box: Box) -> bool:
        """Whether all of its columns or all of its rows are hidden."""
        columns, rows = self.appearance.hidden_columns, self.appearance.hidden_rows
        return all(col in columns for col in range(box.left, box.right + 1)) or all(
            row in rows for row in range(box.top, box.bottom + 1)
        )

    @property
    def beyond(self) -> bool:
        """Whether something stands further down or right than any form reaches."""
        return any((row > MOST_ROWS or col > MOST_COLS) and cell.text for (row, col), cell in self._cells.items())

    @cached_property
    def too_large(self) -> bool:
        merged = sum((area.bottom - area.top + 1) * (area.right - area.left + 1) for area in self._merges)
        return merged + len(self._within) > MOST_CELLS

    @cached_property
    def _within(self) -> set[tuple[int, int]]:
        """The cells that matter: those with something in them, and blank ones with a look of their own."""
        protected = self.appearance.protected
        looks = self.appearance.looks
        plain = sum(look.sides > 0 for look in looks.values()) < _FEW
        return {
            (row, col)
            for row, col in {*self._cells, *looks}
            if row <= MOST_ROWS and col <= MOST_COLS and (plain or self._matters((row, col), protected=protected))
        }

    def _matters(self, key: tuple[int, int], *, protected: bool) -> bool:
        look, cell = self.appearance.looks.get(key, NO_LOOK), self._cells.get(key, BLANK_CELL)
        return look.sides > 0 or (protected and not look.locked) or bool(cell.text) or cell.formula is not None

    @cached_property
    def said_in_row(self) -> Counter[tuple[int, str]]:
        """How often a text stands in a row."""
        return Counter((box.top, box.said) for box in self.boxes if box.said)

    @cached_property
    def in_money(self) -> bool:
        return any(_MONEY.search(box.said) for box in self.boxes)

    @cached_property
    def unlocks(self) -> bool:
        """Whether the bureau has said by protection which cells are to be filled in."""
        return self.appearance.protected and any(not box.look.locked for box in self.boxes)

    @cached_property
    def bordered(self) -> bool:
        return sum(box.look.sides >= 2 for box in self.boxes) > 2

    def is_open(self, box: Box) -> bool:
        """Whether a unit is to fill it in, as far as its look says."""
        if self.unlocks:
            return not box.look.locked
        return self.is_framed(box)

    def is_framed(self, box: Box) -> bool:
        """Whether it is part of the form's frame, if it has one."""
        return not self.bordered or box.look.sides >= 2

    def is_title(self, box: Box) -> bool:
        return bool(box.said) and box.right - box.left >= _INNER_COLUMNS and box.right - box.left + 2 > self.right

    def _boxes(self) -> Iterator[Box]:
        inside: set[tuple[int, int]] = set()
        for area in self._merges:
            cells = {(row, col) for row in range(area.top, area.bottom + 1) for col in range(area.left, area.right + 1)}
            if cells & inside:
                continue
            inside |= cells
            yield self._box(area.top, area.left, area.bottom, area.right)
        for row, col in self._within - inside:
            yield self._box(row, col, row, col)

    def _box(self, top: int, left: int, bottom: int, right: int) -> Box:
        looks = [
            self.appearance.looks.get((row, col), NO_LOOK)
            for row in range(top, bottom + 1)
            for col in range(left, right + 1)
        ]
        # The borders of a merged area lie on its edge cells.
        sides = [look.sides for look in looks]
        look = looks[0]._replace(sides=max(*sides, min(sum(sides), 4)))
        cell = self._cells.get((top, left), BLANK_CELL)
        return Box(self.sheet, top, left, bottom, right, cell, look, self._choices(top, left))

    def _choices(self, row: int, col: int) -> tuple[str, ...]:
        """The words of a list that are written into its rule, or stand in the cells that it names; none if it is no
        list of a few words."""
        rule = self.appearance.lists.get((row, col), "").strip()
        if rule not in self._choices_of:
            words = rule.strip('"').split(",") if rule.startswith('"') else self._listed(rule) if rule else ()
            found = dict.fromkeys(word.strip() for word in words if word.strip())
            self._choices_of[rule] = tuple(found) if len(found) <= _MOST_CHOICES else ()
        return self._choices_of[rule]

    def _listed(self, rule: str) -> Iterator[str]:
        """The texts in one row or column of cells, in their order."""
        area = self._area(rule.removeprefix("="))
        if area is None or (area.top != area.bottom and area.left != area.right):
            return
        if area.sheet in {info.name for info in self.book.sheets}:
            cells = self.book.cells(area.sheet)
            for row, col in sorted(cells):
                if area.top <= row <= area.bottom and area.left <= col <= area.right:
                    yield cells[row, col].text

    def _area(self, rule: str) -> Area | None:
        """What a list's rule names: an area, a whole column, or a name for either."""
        whole = _COLUMN.fullmatch(rule)
        if whole:
            rule = f"{whole['sheet'] or ''}{whole['col']}1:{whole['col']}{_LAST_ROW}"
        try:
            found = formula.parse_found(rule)
        except formula.FormulaError:
            return None
        if isinstance(found, formula.Ref):
            names = {name.name.casefold(): name.area for name in self.book.names if name.scope in ("", self.sheet)}
            return names.get(found.name.casefold())
        if isinstance(found, formula.CellRef):
            return Area(found.sheet or self.sheet, found.row, found.col, found.row, found.col)
        if isinstance(found, formula.RangeRef):
            return Area(found.sheet or self.sheet, found.top, found.left, found.bottom, found.right)
        return None
