"""Schemes for tests: copies of the real ones with a few words changed, each in a folder of its own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

from xlauto.places import workbooks_dir

Edit = tuple[str, str, str]
"""A file below the folder of schemes, a text that stands there, and what replaces its first occurrence."""


class Tree(NamedTuple):
    """A folder of schemes, as `--schemes` takes it."""

    root: Path

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} 里没有“{old}”"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def write(self, file: str, text: str) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def copied(folder: Path, *edits: Edit) -> Tree:
    """All schemes copied to `folder`, then changed."""
    root = folder / "schemes"
    shutil.copytree(workbooks_dir(), root, ignore=shutil.ignore_patterns("*.xlsx", "samples"))
    tree = Tree(root)
    for edit in edits:
        tree.edit(*edit)
    return tree
