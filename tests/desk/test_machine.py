"""What is asked of Windows, as far as its answers can be read anywhere."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import pytest

from xlauto.desk.machine import program_bits, this_machine, zone_of


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("[ZoneTransfer]\r\nZoneId=3\r\n", 3),
        ("[ZoneTransfer]\nLastWriterPackageFamilyName=x\nZoneId=4\nHostUrl=about:internet", 4),
        ("[ZoneTransfer]\nzoneid = 0\n", 0),
        ("[ZoneTransfer]\nReferrerUrl=C:\\a?ZoneId=3\n", None),
        ("ZoneId=x", None),
        ("", None),
    ],
)
def test_zone(text: str, zone: int | None) -> None:
    assert zone_of(text) == zone


def program(machine: int, signature: bytes = b"PE\0\0") -> bytes:
    return b"MZ" + bytes(58) + struct.pack("<I", 80) + bytes(16) + signature + struct.pack("<H", machine)


@pytest.mark.parametrize(
    ("data", "bits"),
    [
        (program(0x8664), 64), (program(0x014C), 32), (program(0xAA64), 64), (program(0x1234), None),
        (program(0x8664, b"NE\0\0"), None), (program(0x8664)[:70], None), (b"MZ", None),
        (b"", None), (b"\x7fELF", None),
    ],
)  # fmt: skip
def test_bits_of_a_program(data: bytes, bits: int | None, tmp_path: Path) -> None:
    file = tmp_path / "a.exe"
    file.write_bytes(data)
    assert program_bits(file) == bits


def test_bits_of_a_program_that_is_not_there(tmp_path: Path) -> None:
    assert program_bits(tmp_path / "a.exe") is None


def test_this_machine_answers() -> None:
    machine = this_machine()
    assert machine.version == sys.version_info[:3]
    assert machine.imports("json") == "" and "ModuleNotFoundError" in machine.imports("no_such_module")
    assert machine.distribution("click") and machine.distribution("no-such-project") is None
    assert machine.runs([sys.executable, "-c", "pass"]) == ""
    assert machine.runs([sys.executable, "-c", "raise SystemExit(3)"]) == "状态3"
    assert machine.runs([str(machine.python.with_name("no-such-program"))]) != ""
    assert machine.zone(Path(__file__)) is None
