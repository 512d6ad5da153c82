"""The schemes are found in a checkout and in an installed package."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from xlauto import places

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
