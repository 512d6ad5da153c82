"""Few rectangles for many cells: one call into Excel writes a whole rectangle. Pure geometry, no workbook."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from xlauto.books.cells import Key


class Block(NamedTuple):
    """A rectangle on one sheet, all edges included."""

    top: int
    left: int
    bottom: int
    right: int

    def cells(self) -> Iterator[Key]:
        """Row by row."""
        return ((row, col) for row in range(self.top, self.bottom + 1) for col in range(self.left, self.right + 1))

    def turned(self) -> Block:
        return Block(self.left, self.top, self.right, self.bottom)


def blocks(
    wanted: Collection[Key],
    allowed: Collection[Key] = (),
    hidden_rows: Collection[int] = (),
    hidden_cols: Collection[int] = (),
) -> list[Block]:
    """Disjoint rectangles that hold every wanted cell, perhaps some of the allowed ones, and no other.

    Rectangles over hidden rows or columns are one cell high or wide: Excel leaves out what is hidden when it
    takes an array, and puts the rest into the wrong cells.
    """
    wanted, usable = set(wanted), {*wanted, *allowed}
    single = {key for key in usable if key[1] in hidden_cols}
    in_row = {key for key in usable if key[0] in hidden_rows} - single
    plain = usable - single - in_row
    found = [Block(*key, *key) for key in single]
    found += _runs(in_row)
    for island in _islands(plain):
        by_rows, by_columns = _swept(island, wanted), _turned(island, wanted)
        found += by_rows if len(by_rows) <= len(by_columns) else by_columns
    return sorted(part for block in found if (part := _trimmed(block, wanted)))


def _turned(cells: Iterable[Key], wanted: Collection[Key]) -> list[Block]:
    """The same by columns."""
    swept = _swept({key[::-1] for key in cells}, {key[::-1] for key in wanted})
    return [block.turned() for block in swept]


def _swept(cells: Iterable[Key], wanted: Collection[Key]) -> list[Block]:
    """The runs of each row, joined with an equal run right above."""
    open_: dict[tuple[int, int], Block] = {}
    done: list[Block] = []
    for run in _runs(cells):
        above = open_.get((run.left, run.right))
        if above is not None and above.bottom == run.top - 1:
            run = above._replace(bottom=run.bottom)
        elif above is not None:
            done.append(above)
        open_[run.left, run.right] = run
    return [block for block in [*done, *open_.values()] if _trimmed(block, wanted)]


def _runs(cells: Iterable[Key]) -> list[Block]:
    """Cells side by side in one row."""
    runs: list[Block] = []
    for row, col in sorted(cells):
        if runs and runs[-1].bottom == row and runs[-1].right == col - 1:
            runs[-1] = runs[-1]._replace(right=col)
        else:
            runs.append(Block(row, col, row, col))
    return runs


def _trimmed(block: Block, wanted: Collection[Key]) -> Block | None:
    """What of the block lies around wanted cells."""
    inside = [key for key in block.cells() if key in wanted]
    if not inside:
        return None
    rows, cols = zip(*inside, strict=True)
    return Block(min(rows), min(cols), max(rows), max(cols))


def _islands(cells: Collection[Key]) -> Iterator[set[Key]]:
    """The cells that hang together by their sides."""
    left = set(cells)
    while left:
        island, edge = set(), [left.pop()]
        while edge:
            row, col = edge.pop()
            island.add((row, col))
            near = {(row - 1, col), (row + 1, col), (row, col - 1), (row, col + 1)} & left
            left -= near
            edge += near
        yield island
