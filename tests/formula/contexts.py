"""Contexts for formula tests: figures from a dictionary."""

from xlauto.formula import CellRef, RangeRef


class Figures:
    """Single values by name, columns by `表[列]`, cells by address."""

    def __init__(self, values=None, columns=None, row=None):
        self.single, self.columns, self.this_row = values or {}, columns or {}, row or {}

    def value(self, ref):
        return self.single.get(ref.ref if isinstance(ref, CellRef) else ref.name)

    def values(self, ref):
        return self.columns[ref.name] if ref.name in self.columns else [self.value(ref)]

    def column(self, ref):
        if isinstance(ref, RangeRef):
            return [
                self.value(CellRef(row, col))
                for row in range(ref.top, ref.bottom + 1)
                for col in range(ref.left, ref.right + 1)
            ]
        return self.columns[f"{ref.table}[{ref.column}]"]

    def row(self, ref):
        return self.this_row.get(ref.column)

    def call(self, name, args):
        return f"{name}:{len(args)}"
