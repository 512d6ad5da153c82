"""The buttons on the double of Excel, from the command line that VBA writes to what stands in the open workbook."""

from __future__ import annotations

import pytest
from live import excel
from live.desk import NAME, differences, placed, typed
from live.test_writing import small

from xlauto.button import JOBS, main


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The log goes here."""
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(tmp_path))


@pytest.mark.parametrize("job", JOBS)
def test_a_button_does_its_job_and_leaves_the_workbook_unsaved(job, capsys):
    app = excel.Application(Hwnd=77)
    placed(name="别的.xlsx", app=app)
    workbook = placed(app=app)
    typed(workbook, "整体支出自评表", "H4", 0.5)
    with excel.running(app):
        assert main([job, f'--wb="{NAME}"', "--hwnd=77"]) == 0
    assert "没有完成" not in capsys.readouterr().out
    assert workbook.FullName.endswith(NAME)
    assert [getattr(app, name) for name in excel.SETTINGS] == [True, True, True, excel.AUTOMATIC, False, True]


def test_pressing_twice_changes_nothing_more(capsys):
    workbook = placed()
    with excel.running(workbook.Application):
        assert main(["recalc", f"--wb={NAME}"]) == 0
        after = workbook.contents()
        assert main(["recalc", f"--wb={NAME}"]) == 0
    assert differences(after, workbook.contents()) == {}
    assert capsys.readouterr().out


def test_a_workbook_that_is_no_template_is_told_and_left_alone(capsys):
    workbook = placed(small())
    before = workbook.contents()
    with excel.running(workbook.Application):
        assert main(["recalc", "--wb="]) == 0
    assert "没有完成" in capsys.readouterr().out
    assert differences(before, workbook.contents()) == {}
