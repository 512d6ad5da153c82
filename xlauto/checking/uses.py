"""Which computed field uses which other, directly or through others, on its own sheet or on another."""

from __future__ import annotations

from collections.abc import Sequence

from xlauto.compute import Basis, View
from xlauto.formula import Ref, names
from xlauto.submission import Entry, SheetRead, Submission

Key = tuple[str, str]
"""A field of a sheet."""


class Uses:
    """Answers for one submission; what a formula names is looked up once."""

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        self._known: dict[Key, Sequence[tuple[SheetRead, Entry]]] = {}

    def depends(self, sheet: SheetRead, entry: Entry, key: Key, seen: frozenset[Key] = frozenset()) -> bool:
        """Whether the field's formula uses the field of that key."""
        own = key_of(sheet, entry)
        if entry.field.expr is None or own in seen:
            return False
        deeper = seen | {own}
        return any(
            key_of(home, used) == key or self.depends(home, used, key, deeper)
            for home, used in self._inputs(sheet, entry)
        )

    def below(self, sheet: SheetRead, entry: Entry) -> set[Key]:
        """All fields that the field's formula uses, also through others."""
        found: set[Key] = set()
        ahead = [(sheet, entry)]
        while ahead:
            for home, used in self._inputs(*ahead.pop()):
                if key_of(home, used) not in found:
                    found.add(key_of(home, used))
                    ahead.append((home, used))
        return found

    def _inputs(self, sheet: SheetRead, entry: Entry) -> Sequence[tuple[SheetRead, Entry]]:
        """The first cell of each field that the formula names."""
        own = key_of(sheet, entry)
        if own not in self._known:
            view = View(self.submission, sheet, Basis.DUE, {})
            refs = [ref for ref in names(entry.field.expr) if isinstance(ref, Ref)] if entry.field.expr else []
            homes = [(home, ref) for ref in refs for home in view.sheets(ref)]
            self._known[own] = [(home, used) for home, ref in homes if (used := home.entry(ref.name)) is not None]
        return self._known[own]


def key_of(sheet: SheetRead, entry: Entry) -> Key:
    return sheet.sheet, entry.field.name
