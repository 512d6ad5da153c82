"""The documents say what the program has: every command, every link, every scheme, every module."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from xlauto.cli import commands
from xlauto.scheme import available

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])


def command_names(group: click.Group, before: str = "xlauto") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from command_names(command, f"{before} {name}")
        else:
            yield f"{before} {name}"


@pytest.mark.parametrize("name", list(command_names(commands)))
def test_readme_names_every_command(name: str) -> None:
    words = name.split()
    together = "|".join(re.escape(word) for word in words[2:])
    pattern = rf"`{' '.join(words[:2])}[^`]*" + (rf"(`[^|]*`)?({together})" if together else "")
    assert re.search(pattern, (ROOT / "README.md").read_text(encoding="utf-8")), name


@pytest.mark.parametrize("name", list(command_names(commands)))
def test_every_command_has_help(name: str) -> None:
    command: click.Command = commands
    for word in name.split()[1:]:
        assert isinstance(command, click.Group)
        command = command.commands[word]
    assert command.help
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    assert all(option.help for option in options)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8"))
    assert not [link for link in links if not (document.parent / link).exists()]


@pytest.mark.parametrize("scheme", [folder.id for folder in available()])
def test_changelog_names_every_scheme(scheme: str) -> None:
    assert f"`{scheme}`" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_architecture_names_every_room() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = {path.stem if path.suffix else path.name for path in (ROOT / "xlauto").iterdir()}
    rooms = {room for room in rooms if not room.startswith(("_", "py")) and room != "catalogue"}
    assert not [room for room in sorted(rooms) if room not in text]
