"""The base of everything that may stand in a scheme's YAML files, and the error of a scheme that cannot be used."""

from __future__ import annotations

import msgspec


class Strict(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A mapping in which an unknown key is a mistake."""


class SchemeError(Exception):
    """A scheme cannot be used. The message names file, line or form, and key."""
