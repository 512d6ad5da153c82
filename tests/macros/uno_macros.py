"""What LibreOffice makes of workbooks with macros: their buttons, and what happens when one is pressed.

Run by the system's Python, which has `uno`. Standard input is one JSON list of `[path, macro]`, where the macro is
`Module.Name` or empty; standard output one JSON list of `{"buttons": {sheet: [...]}, "ran": true}`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from uno_recalc import office, option

ALWAYS_WITHOUT_ASKING = 4  # com.sun.star.document.MacroExecMode


def main() -> None:
    with office() as desktop:
        answers = [answer(desktop, Path(path), macro) for path, macro in json.load(sys.stdin)]
    json.dump(answers, sys.stdout, ensure_ascii=False)


def answer(desktop: Any, path: Path, macro: str) -> dict[str, Any]:
    options = (option("Hidden", True), option("MacroExecutionMode", ALWAYS_WITHOUT_ASKING))
    document = desktop.loadComponentFromURL(path.resolve().as_uri(), "_blank", 0, options)
    try:
        if macro:
            where = f"vnd.sun.star.script:VBAProject.{macro}?language=Basic&location=document"
            document.getScriptProvider().getScript(where).invoke((), (), ())
        return {"buttons": {sheet.Name: list(buttons(sheet)) for sheet in document.Sheets}, "ran": bool(macro)}
    finally:
        document.close(True)


def buttons(sheet: Any) -> Iterator[dict[str, Any]]:
    """Each control of a sheet with its label, whether it prints, and the macro of its press."""
    forms = sheet.DrawPage.Forms
    for form in (forms.getByIndex(place) for place in range(forms.Count)):
        for place in range(form.Count):
            control = form.getByIndex(place)
            scripts = [event.ScriptCode for event in form.getScriptEvents(place)]
            yield {"label": control.Label, "prints": control.Printable, "scripts": scripts}


if __name__ == "__main__":
    main()
