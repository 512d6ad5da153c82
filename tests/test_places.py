"""The schemes are found in a checkout and in an installed package."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from xlauto import places
from xlauto.scheme import available, load_scheme

CHECKOUT = Path(__file__).resolve().parent.parent


def test_checkout_reads_the_folder_beside_the_package() -> None:
    assert places.workbooks_dir() == CHECKOUT / "workbooks"


def test_installed_package_carries_its_own(tmp_path: Path) -> None:
    package = tmp_path / "xlauto"
    (package / "workbooks").mkdir(parents=True)
    (tmp_path / "workbooks").mkdir()
    (package / "__init__.py").touch()
    (package / "places.py").write_bytes(Path(places.__file__).read_bytes())
    code = "from xlauto import places; print(ascii(str(places.workbooks_dir())))"
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True)
    assert run.stdout.strip() == ascii(str((package / "workbooks").resolve()))


def test_a_user_has_schemes_of_her_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    own = places.own_schemes_dir() / "某县-2025"
    own.mkdir(parents=True)
    text = "id: 某县-2025\ntitle: 某县\nversion: '1'\nyear: 2025\njurisdiction: 某县\nextends: hunan-2023\n"
    (own / "scheme.yaml").write_text(text, encoding="utf-8")
    assert [folder.path for folder in available() if folder.id == "某县-2025"] == [own]
    assert load_scheme("某县-2025").year == 2025
