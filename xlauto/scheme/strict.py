"""The base of everything that may stand in a scheme's YAML files, and the error of a scheme that cannot be used."""

from __future__ import annotations

import msgspec


class Strict(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A mapping in which an unknown key is a mistake."""


class SchemeError(Exception):
    """A scheme cannot be used. The message names file, line or form, and key.

    `keys` lead to what is wrong, within the rule, then within the scheme, until file and line are told from them.
    """

    def __init__(self, message: str, keys: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.keys = keys
