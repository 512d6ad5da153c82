"""Workbooks and documents as pictures of their printed pages, to look at or to test that there is something to see.

python tests/render.py FILE OUT
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from pathlib import Path

from programs import needed


def pages(path: Path, out_dir: Path, dpi: int = 80) -> list[Path]:
    """One PNG per printed page, in order, in `out_dir`, which is made if absent. The PDF stays beside them."""
    soffice, pdftoppm = needed("soffice", "libreoffice-calc"), needed("pdftoppm", "poppler-utils")
    out_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="xlauto-soffice-", ignore_cleanup_errors=True) as profile:
        command = [soffice, "--headless", "--norestore", f"-env:UserInstallation={Path(profile).as_uri()}"]
        command += ["--convert-to", "pdf", "--outdir", str(out_dir), str(path)]
        converted = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", timeout=180)
    pdf = out_dir / f"{path.stem}.pdf"
    if not pdf.is_file():
        raise RuntimeError(f"LibreOffice made no PDF of {path}: {converted.stderr}")
    for old in out_dir.glob(f"{path.stem}-*.png"):
        old.unlink()
    subprocess.run([pdftoppm, "-png", "-r", str(dpi), str(pdf), str(out_dir / path.stem)], check=True, timeout=180)
    return sorted(out_dir.glob(f"{path.stem}-*.png"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--dpi", type=int, default=80)
    wanted = parser.parse_args()
    for picture in pages(wanted.file, wanted.out, wanted.dpi):
        print(picture)


if __name__ == "__main__":
    main()
