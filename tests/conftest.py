"""Settings of the whole test run. Under XLAUTO_NO_SKIP=1 nothing may be skipped: a skip is a failure."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator

import pytest
from hypothesis import settings

NO_SKIP = os.environ.get("XLAUTO_NO_SKIP") == "1"

# Machines are shared and differ in speed; a run with XLAUTO_NO_SKIP repeats the same examples each time.
settings.register_profile("xlauto", deadline=None, derandomize=NO_SKIP)
settings.load_profile("xlauto")

# Nor may a developer's own schemes take part.
HOME = tempfile.TemporaryDirectory(prefix="xlauto-tests-")
os.environ |= dict.fromkeys(("XDG_DATA_HOME", "LOCALAPPDATA"), HOME.name)

Report = pytest.TestReport | pytest.CollectReport


def _refuse_skip(report: Report) -> Report:
    if NO_SKIP and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"XLAUTO_NO_SKIP: {report.nodeid} was skipped: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Report, Report]:
    return _refuse_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, Report, Report]:
    return _refuse_skip((yield))
