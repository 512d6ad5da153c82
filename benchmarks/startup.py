"""How long it takes until something happens: fresh processes, side by side in one run, as medians and ratios.

python benchmarks/startup.py [WORKBOOK]

Without a workbook, `xlauto new` makes one. The machine's speed cancels out in the ratios; the milliseconds are its own.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

PYTHON = sys.executable
XLAUTO = [PYTHON, "-m", "xlauto"]
NEW = ["new", "hunan-2023", "--unit", "示例单位", "--code", "001001"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workbook", nargs="?", type=Path)
    parser.add_argument("--rounds", type=int, default=15)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workbook = wanted.workbook or Path(folder) / "workbook.xlsx"
        if wanted.workbook is None:
            subprocess.run([*XLAUTO, *NEW, "-o", str(workbook)], capture_output=True)
        commands = {
            "python -c pass": [PYTHON, "-c", "pass"],
            "import click": [PYTHON, "-c", "import click"],
            "import openpyxl": [PYTHON, "-c", "import openpyxl"],
            "import pandas": [PYTHON, "-c", "import pandas"],
            "xlauto --version": [*XLAUTO, "--version"],
            "xlauto check": [*XLAUTO, "check", str(workbook)],
        }
        print_table(medians(commands, wanted.rounds))


def medians(commands: dict[str, list[str]], rounds: int) -> dict[str, float | None]:
    """Milliseconds per command; None for one that does not work here. Rounds alternate, so that drift hits all."""
    times: dict[str, list[float]] = {label: [] for label, command in commands.items() if seconds(command) is not None}
    for _ in range(rounds):
        for label, taken in times.items():
            taken.append(seconds(commands[label]) or 0.0)
    return {label: 1000 * median(times[label]) if label in times else None for label in commands}


def seconds(command: list[str]) -> float | None:
    """None if the command failed. Status 1 with findings printed is `xlauto check` having done its work."""
    start = time.perf_counter()
    run = subprocess.run(command, capture_output=True)
    taken = time.perf_counter() - start
    return taken if run.returncode == 0 or (run.returncode == 1 and run.stdout) else None


def print_table(results: dict[str, float | None]) -> None:
    bare = results["python -c pass"]
    print("| fresh process | median ms | times bare Python |")
    print("|---|---:|---:|")
    for label, taken in results.items():
        figures = f"{taken:.0f} | {taken / bare:.1f}" if taken and bare else "not available | "
        print(f"| {label} | {figures} |")


if __name__ == "__main__":
    main()
