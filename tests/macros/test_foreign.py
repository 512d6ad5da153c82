"""The template's own macros give no warning, whoever saved them; any others do, and no project can stop the reading."""

from __future__ import annotations

import io
import zipfile
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oletools.olevba import VBA_Parser
from pyopenvba.vba import compress

from macros import projects
from xlauto.assess import assess
from xlauto.books import vba
from xlauto.books.closed import open_book
from xlauto.books.package import Damaged
from xlauto.figures import blank
from xlauto.making import made
from xlauto.model import Level
from xlauto.places import macros_dir
from xlauto.scheme import load_scheme
from xlauto.template import macros

EVIL = 'Sub Auto_Open()\r\n    Kill "*.xlsx"\r\nEnd Sub\r\n'
OWN = macros.project(3)


@cache
def workbook() -> bytes:
    scheme = load_scheme("hunan-2023")
    return made(scheme, blank(scheme, "某局", "001001"), macros=True)


def told(project: bytes) -> list[str]:
    """What an assessment says of the macros of a workbook with this project."""
    data = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as old, zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            new.writestr(item, project if item.filename == projects.PART else old.read(item))
    found = [finding for finding in assess(open_book(data.getvalue())).findings if finding.code == "文件11"]
    assert all(finding.level is Level.WARNING for finding in found)
    return [finding.fact for finding in found]


@pytest.mark.parametrize("project", [OWN, macros.project(15), projects.as_excel_saves_it()], ids=["new", "15", "Excel"])
def test_own_macros_are_not_told(project: bytes) -> None:
    assert told(project) == []


@pytest.mark.parametrize(
    ("project", "part"),
    [
        (projects.with_modules({"模块1": EVIL}), "xl/vbaProject.bin（模块模块1）"),
        (projects.with_modules({"Sheet2": EVIL}), "xl/vbaProject.bin（模块Sheet2）"),
        (projects.with_modules({"ThisWorkbook": EVIL, "B": EVIL}), "xl/vbaProject.bin（模块ThisWorkbook、B）"),
        (projects.with_modules({"Launcher": macros.modules()["Launcher"].replace("xlauto.button", "evil")}),
         "xl/vbaProject.bin（模块Launcher）"),
        (projects.with_modules({"Launcher": ""}), "xl/vbaProject.bin（模块Buttons、Texts）"),
        (projects.without_source(), "xl/vbaProject.bin（没有可读的代码）"),
        (OWN[:4000], "xl/vbaProject.bin（不能读取）"),
        (OWN.replace(b"\x01", b"\x02"), "xl/vbaProject.bin（不能读取）"),
        (b"", "xl/vbaProject.bin（不能读取）"),
    ],
    ids=["added", "sheet", "two", "changed", "taken away", "no source", "cut", "scrambled", "empty"],
)  # fmt: skip
def test_others_are_told(project: bytes, part: str) -> None:
    assert told(project) == [f"含有不属于模板的宏：{part}；不会运行"]


def test_many_modules_are_told_in_a_few_words() -> None:
    project = projects.with_modules({f"M{number}": EVIL for number in range(60)})
    (message,) = told(project)
    assert len(message) < 200 and "等60项" in message


def test_a_workbook_without_macros_never_loads_the_reader() -> None:
    import subprocess
    import sys

    template = load_scheme("hunan-2023").folder / "template.xlsx"
    code = (
        "import sys; from pathlib import Path\n"
        "from xlauto.assess import assess; from xlauto.books.closed import open_book\n"
        f"assess(open_book(Path({str(template)!r})))\n"
        "print('xlauto.books.vba' in sys.modules, 'pyopenvba' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", cwd=macros_dir().parent)
    assert run.stdout.split() == ["False", "False"], run.stderr


# --- the reader ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("project", [OWN, macros.project(15), projects.as_excel_saves_it()], ids=["new", "15", "Excel"])
def test_reads_what_olevba_reads(project: bytes) -> None:
    parser = VBA_Parser("vbaProject.bin", data=project)
    theirs = {name.rpartition(".")[0]: vba.digest(code.encode()) for _, _, name, code in parser.extract_macros()}
    mine = vba.modules(project)
    assert mine.keys() == macros.modules().keys()
    assert mine == {name: theirs[name] for name in mine}


@given(st.binary(max_size=9000))
def test_unpacks_what_was_compressed(data: bytes) -> None:
    assert vba.unpacked(compress(data), 9000) == data or not data


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Dim a As String", "dim  A as\tSTRING\n", True),
        ('Attribute VB_Name = "A"\nx = 1', 'Attribute VB_Name = "B"\r\nx = 1\r\n', True),
        ("x = 1", "x = 2", False),
        ("' a\nKill b", "' a Kill\nb", False),
        ("a\n\n\nb", "a\r\n  b\r\n", True),
        ('y = "Attribute of x"', 'y = "Attribute of z"', False),
        ("Shell a", "Shell b ' Attribute", False),
    ],
)
def test_digest_sees_code_not_looks(one: str, other: str, same: bool) -> None:
    assert (vba.digest(one.encode()) == vba.digest(other.encode())) is same


@given(st.data())
def test_a_damaged_project_is_refused_or_read(data: st.DataObject) -> None:
    """Whatever bytes are wrong: an answer or Damaged, nothing else."""
    broken = bytearray(OWN)
    for _ in range(data.draw(st.integers(1, 20))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    try:
        vba.modules(bytes(broken[: data.draw(st.integers(0, len(broken)))]))
    except Damaged:
        return


def sector_tables_to_themselves() -> bytes:
    """Every sector followed by itself."""
    at = 512 * (1 + int.from_bytes(OWN[76:80], "little"))
    ring = b"".join(number.to_bytes(4, "little") for number in range(128))
    return OWN[:at] + ring + OWN[at + 512 :]


def repeated_modules() -> bytes:
    """A list that names the same stream as often as fits."""

    def repeat(records: bytes) -> bytes:
        start = records.index(b"\x19\x00\x08\x00\x00\x00Launcher")
        end = records.index(b"\x2b\x00\x00\x00\x00\x00", start) + 6
        return records[:end] + b"".join(
            records[start:end].replace("Launcher".encode("utf-16-le"), f"L{number:07d}".encode("utf-16-le"), 1)
            for number in range(4000)
        ) + records[end:]  # fmt: skip

    return projects.listing(OWN, repeat)


def renamed(old: str, new: str) -> bytes:
    """The project with a module under another name in its list, its stream among them."""

    def rename(records: bytes) -> bytes:
        return records.replace(old.encode("utf-16-le"), new.encode("utf-16-le"))

    return projects.listing(OWN, rename)


BOMB = b"\x01" + b"\x03\xb0\x02a\xfc\x0f" * 300_000
"""Each chunk of six bytes unpacks to 4,096."""


@pytest.mark.parametrize(
    "project",
    [
        sector_tables_to_themselves(),
        repeated_modules(),
        projects.listing(OWN, lambda records: records[:-100]),
        projects.listing(OWN, lambda records: b"\xff" * 3000),
        renamed("Launcher", "Buttons\n"),
        renamed("Texts", "Te ts"),
        OWN[:56] + (64).to_bytes(4, "little") + OWN[60:],
        OWN + bytes(vba.MOST_BYTES),
    ],
    ids=["ring", "repeated", "cut", "nonsense", "line in name", "blank in name", "cutoff", "too long"],
)
def test_a_hostile_project_is_refused(project: bytes) -> None:
    with pytest.raises(Damaged):
        vba.modules(project)


def test_a_bomb_is_refused() -> None:
    with pytest.raises(Damaged, match="过大"):
        vba.unpacked(BOMB, vba.MOST_SOURCE)
