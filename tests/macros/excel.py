"""As much of Excel as the launcher asks for, around pyOpenVBA's VBA interpreter: a second engine beside LibreOffice.

It has what LibreOffice has not: the script host, the registry, add-ins, and a look at every message. It proves that
the modules compile under Option Explicit and what they do; not what Excel's own objects do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyopenvba.interpreter._intrinsics as intrinsics
from pyopenvba.interpreter import NOTHING, HostBridge, Interpreter, VBAObject, VBARuntimeError, member, method, setter

from xlauto.template.macros import modules


def failed(number: int = 1004) -> VBARuntimeError:
    return VBARuntimeError(number, "as asked for")


class Book(VBAObject):
    """A workbook with a name."""

    def __init__(self, name: str, excel: Excel) -> None:
        self.name, self.excel = name, excel

    @member(name="Name")
    def name_(self) -> str:
        return self.name

    @method(name="Activate")
    def activate(self) -> None:
        self.excel.active = self.name


class ScriptHost(VBAObject):
    """WScript.Shell."""

    def __init__(self, excel: Excel) -> None:
        self.excel = excel

    @method(name="RegRead")
    def reg_read(self, name: str) -> str:
        if name not in self.excel.registry:
            raise failed(-2147024894)
        return self.excel.registry[name]

    @method(name="Run")
    def run(self, command: str, style: int, wait: bool) -> int:
        assert wait, "the macro must wait for the program"
        assert int(style) == 1, "a hidden program hides its message box"
        self.excel.bars.append(self.excel.bar)
        return self.excel.started(command)


class Application(VBAObject):
    def __init__(self, excel: Excel) -> None:
        self.excel = excel

    @member(name="StatusBar")
    def status_bar(self) -> object:
        return self.excel.bar

    @setter("StatusBar")
    def set_status_bar(self, value: object) -> None:
        self.excel.bar = value

    @member(name="Hwnd")
    def hwnd(self) -> int:
        return 4711

    def vba_get(self, name: str, args: Sequence[object] = (), named: dict[str, object] | None = None) -> object:
        if name.lower() in self.excel.state:
            return self.excel.state[name.lower()]
        return super().vba_get(name, args, named)

    def vba_set(self, name: str, value: object, *rest: Any, **more: Any) -> None:
        if name.lower() in self.excel.state:
            self.excel.state[name.lower()] = value
        else:
            super().vba_set(name, value, *rest, **more)

    @method(name="Calculate")
    def calculate(self) -> None:
        if not self.excel.calculates:
            raise failed()
        self.excel.calculations += 1

    @method(name="Run")
    def run(self, macro: str, argument: str) -> int:
        self.excel.runs.append((macro, argument))
        return self.excel.xlwings_status


@dataclass
class Excel(HostBridge):
    """`programs` gives the exit status of a program by its command line's first word; others cannot be started."""

    workbook: str = "自评.xlsm"
    active: str = "自评.xlsm"
    addins: tuple[str, ...] = ()
    registry: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    programs: Mapping[str, int] = field(default_factory=dict)
    script_host: bool = True
    xlwings_status: int = 0
    calculates: bool = True
    settings: Mapping[str, str] = field(default_factory=dict)
    """What VBA has saved for itself, by `application\\section\\key`."""
    state: dict[str, object] = field(default_factory=dict)
    """Properties of the application, by their names in lower case; others it has not."""
    leaves: Mapping[str, object] = field(default_factory=dict)
    """What a program that was started has changed in `state` when it ends."""
    bar: object = False

    def __post_init__(self) -> None:
        self.calculations = 0
        self.commands: list[str] = []
        self.shells: list[str] = []
        self.bars: list[object] = []
        self.runs: list[tuple[str, str]] = []
        self.vba = Interpreter()
        self.vba.host = self
        for name, source in modules(addin=self.workbook.endswith(".xlam")).items():
            self.vba.add_module(source, name=name)

    def press(self, macro: str, *arguments: object) -> object:
        """Run a macro as a button does."""
        replaced: dict[str, Callable[..., object]] = {
            "environ": self._environ,
            "shell": self._shell,
            "getsetting": self._get_setting,
        }
        before = dict(intrinsics.INTRINSICS)
        intrinsics.INTRINSICS.update(replaced)  # type: ignore[arg-type]
        try:
            return self.vba.run(macro, arguments)
        finally:
            intrinsics.INTRINSICS.clear()
            intrinsics.INTRINSICS.update(before)

    @property
    def messages(self) -> list[str]:
        return [dialog[1] for dialog in self.vba.dialogs]

    def started(self, command: str) -> int:
        self.commands.append(command)
        program = command[1:].partition('"')[0] if command.startswith('"') else command.partition(" ")[0]
        if program not in self.programs:
            raise failed(-2147024894)
        self.state.update(self.leaves)
        return self.programs[program]

    def _environ(self, _: Interpreter, arguments: list[object], __: object) -> str:
        return self.environment.get(str(arguments[0]), "")

    def _get_setting(self, _: Interpreter, arguments: list[object], __: object) -> str:
        return self.settings.get("\\".join(map(str, arguments)), "")

    def _shell(self, _: Interpreter, arguments: list[object], __: object) -> float:
        self.shells.append(str(arguments[0]))
        self.started(str(arguments[0]))
        return 1.0

    # --- what the interpreter asks its host ----------------------------------------------------------------------

    def global_object(self, name: str) -> Any:
        named = {"application": Application(self), "thisworkbook": Book(self.workbook, self)}
        if name == "activeworkbook":
            return Book(self.active, self) if self.active else NOTHING
        return named.get(name, super().global_object(name))

    def has_global_member(self, name: str) -> bool:
        return name.lower() == "workbooks"

    def call_global(self, name: str, args: list[object], named: dict[str, object]) -> object:
        if str(args[0]) not in self.addins:
            raise failed(9)
        return Book(str(args[0]), self)

    def create(self, type_name_: str) -> object:
        if type_name_ != "WScript.Shell" or not self.script_host:
            raise failed(429)
        return ScriptHost(self)
