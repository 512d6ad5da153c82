"""What a workbook costs: checking, recalculating in place, consolidating; against what users would otherwise do.

python benchmarks/pipeline.py [--units N]

One run, one table; the machine's speed cancels out in the ratios. Workbooks are made in a temporary folder.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from xlauto.assess import assess
from xlauto.books.book import SetCell
from xlauto.books.closed import open_book
from xlauto.consolidate import consolidate
from xlauto.figures import read_sample
from xlauto.making import make
from xlauto.recalc import recalculate
from xlauto.scheme import load_scheme


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, default=200)
    units = parser.parse_args().units
    with tempfile.TemporaryDirectory() as folder:
        sample = sample_workbook(Path(folder))
        inbox = filled_inbox(sample, Path(folder) / "inbox", units)
        rows = {
            "read, score and check one workbook (11 sheets)": per_call(lambda: assess(open_book(sample)), 20),
            "recalculate it in place": per_call(lambda: recalculated(sample, Path(folder)), 5),
            f"consolidate, per workbook ({units} units)": once(
                lambda: consolidate([inbox], Path(folder) / "汇总.xlsx")
            ) / units,
            "openpyxl: load it twice (values, formulas)": per_call(lambda: loaded_twice(sample), 3),
            "openpyxl: load and save it (loses parts)": per_call(lambda: loaded_and_saved(sample, Path(folder)), 3),
        }  # fmt: skip
    base = rows["read, score and check one workbook (11 sheets)"]
    print("| one workbook of eleven sheets | ms | ratio |")
    print("|---|---:|---:|")
    for label, seconds in rows.items():
        print(f"| {label} | {1000 * seconds:.1f} | {seconds / base:.1f} |")


def sample_workbook(folder: Path) -> Path:
    scheme = load_scheme("hengyang-2023")
    sample = next((scheme.folder / "samples").glob("*.yaml"))
    path = folder / "unit.xlsx"
    make(scheme, path, read_sample(sample, scheme))
    return path


def filled_inbox(sample: Path, inbox: Path, units: int) -> Path:
    """Copies with codes of their own."""
    inbox.mkdir()
    book = open_book(sample)
    code = next(name.area for name in book.names if name.name == "单位代码")
    assert code is not None
    for number in range(units):
        edit = SetCell(place=code.place, value=f"{100001 + number}")
        (inbox / f"{number:05}.xlsx").write_bytes(book.edited([edit]))
    return inbox


def recalculated(sample: Path, folder: Path) -> None:
    copy = folder / "recalc.xlsx"
    shutil.copy(sample, copy)
    book = open_book(copy)
    book.commit(recalculate(book).edits)


def loaded_twice(sample: Path) -> None:
    import openpyxl

    for values in (True, False):
        openpyxl.load_workbook(sample, data_only=values).close()


def loaded_and_saved(sample: Path, folder: Path) -> None:
    import openpyxl

    openpyxl.load_workbook(sample).save(folder / "saved.xlsx")


def per_call(job: Callable[[], object], rounds: int) -> float:
    """The best of some rounds, after one to warm up."""
    job()
    return min(once(job) for _ in range(rounds))


def once(job: Callable[[], object]) -> float:
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
