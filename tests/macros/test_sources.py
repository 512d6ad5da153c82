"""The sources of the buttons: what Excel would refuse, and names that lead nowhere."""

from __future__ import annotations

import re
from collections import Counter
from xml.etree import ElementTree

import pytest

import xlauto.button
from xlauto import yamlfile
from xlauto.books import vba
from xlauto.places import macros_dir
from xlauto.template import macros
from xlauto.template.macros import buttons, modules, texts

RIBBON = "{http://schemas.microsoft.com/office/2006/01/customui}"
each_module = pytest.mark.parametrize("name", modules())


def public_macros(*, addin: bool = False) -> dict[str, str]:
    """The parameters of each macro that can be called from outside of its module, by the macro's name."""
    sources = modules(addin=addin).values()
    found = [re.findall(r"^Public Sub (\w+)\((.*)\)$", source, re.MULTILINE) for source in sources]
    return dict(pair for pairs in found for pair in pairs)


def ribbon(*, addin: bool = False) -> ElementTree.Element:
    return ElementTree.fromstring(macros.ribbon(addin=addin))


def callbacks(*, addin: bool) -> dict[str, str]:
    """What Excel hands to each callback that the ribbon names, by the callback's name."""
    handed = {"onAction": "control As Object", "get": "control As Object, ByRef "}
    found = [(key, value) for element in ribbon(addin=addin).iter() for key, value in element.attrib.items()]
    return {value: handed["get" if key.startswith("get") else key] for key, value in found if key[:3] in ("onA", "get")}


@each_module
def test_module_is_plain_ascii_that_every_excel_takes(name: str) -> None:
    source = modules()[name]
    assert source.isascii() and "\t" not in source and source.endswith("\n")
    assert source.startswith(f'Attribute VB_Name = "{name}"\nOption Explicit\n')
    code = [line for line in source.splitlines() if not line.strip().startswith("'")]
    assert not [line for line in code if re.search(r"#\s*(If|Const|Else|End)\b|\bDeclare\b|\bPtrSafe\b", line, re.I)]
    assert max(len(line) for line in source.splitlines()) <= 1023
    assert re.fullmatch(r"[A-Za-z]\w{0,30}", name)


def test_line_endings_of_a_checkout_make_no_difference() -> None:
    for file in macros_dir().glob("*.bas"):
        assert "\r" not in modules()[file.stem]


def test_no_name_is_given_twice() -> None:
    """An ambiguous name stops the whole project."""
    names = Counter(
        name.lower()
        for source in modules().values()
        for name in re.findall(r"^Public (?:Sub|Function|Const) (\w+)", source, re.MULTILINE)
    )
    assert [name for name, count in names.items() if count > 1] == []
    assert not {name.lower() for name in modules()} & names.keys()


def test_ribbon_has_each_id_once() -> None:
    ids = Counter(element.attrib["id"].lower() for element in ribbon().iter() if "id" in element.attrib)
    assert len(ids) >= 8
    assert [id_ for id_, count in ids.items() if count > 1] == []


@pytest.mark.parametrize("addin", [False, True])
def test_ribbon_names_macros_that_there_are(addin: bool) -> None:
    """Excel calls a callback with the control, and one that is asked something with a place for the answer besides."""
    present = public_macros(addin=addin)
    named = callbacks(addin=addin)
    assert len(named) == len(buttons()) + 1
    for name, handed in named.items():
        assert present.get(name, "").startswith(handed), name
        assert handed.endswith("ByRef ") or present[name] == handed, name


def test_addin_and_workbook_share_no_callback() -> None:
    """Excel looks for a callback by its name alone and might find the other's."""
    own, addins = public_macros(), public_macros(addin=True)
    assert not callbacks(addin=False).keys() & addins.keys()
    assert not callbacks(addin=True).keys() & own.keys()
    assert {f"Addin{name}" for name in callbacks(addin=False)} == callbacks(addin=True).keys()
    assert modules(addin=True).keys() == modules().keys()


def test_every_button_has_its_macro_and_job() -> None:
    present = public_macros()
    assert [button.job for button in buttons()] == ["fill", "check", "recalc", "explain", "clear"]
    for button in buttons():
        assert present.get(button.macro) == ""
        assert f'Public Sub {button.macro}()\n    RunJob "{button.job}"\nEnd Sub\n' in modules()["Buttons"]
        assert f"Public Sub On{button.macro}(control As Object)\n    {button.macro}\nEnd Sub\n" in modules()["Buttons"]
        assert callable(getattr(xlauto.button, button.job)), "what RunPython calls"
    found = [element.attrib["onAction"] for element in ribbon().iter(f"{RIBBON}button")]
    assert found == [f"On{button.macro}" for button in buttons()]


def test_buttons_speak_chinese_and_have_icons() -> None:
    labels = [button.label for button in buttons()]
    assert labels == ["填充公式", "校验", "重新计算得分", "查看评分说明", "清除标记"]
    for element in ribbon().iter(f"{RIBBON}button"):
        assert re.fullmatch(r"[A-Z][A-Za-z]+", element.attrib["imageMso"])
        assert element.attrib["screentip"] and element.attrib["supertip"].endswith("。")


def test_modules_ask_for_texts_that_there_are() -> None:
    asked = {key for source in modules().values() for key in re.findall(r'TextOf\("(\w+)"\)', source)}
    assert {"title", "working", "no_workbook", "not_started", "failed", "what_to_do", "calculated"} == asked
    assert asked <= texts().keys()
    words = {word for text in texts().values() for word in re.findall(r"\{(\w+)\}", text)}
    filled = {word for source in modules().values() for word in re.findall(r'(?<!"), "(\w+)", ', source)}
    assert words == filled == {"job", "program", "status"}


def test_the_present_modules_are_among_the_known_ones() -> None:
    """Otherwise every workbook with buttons would be reported for its macros."""
    present = {name: vba.digest(source.encode("ascii")) for name, source in modules().items()}
    known = yamlfile.load(macros_dir() / "known.yaml")
    lines = "\n".join(f"  {name}: {digest}" for name, digest in present.items())
    assert present in known.values(), f"add to macros/known.yaml, under the version that will carry it:\n{lines}"
