"""The base of everything that may stand in a scheme's YAML files."""

from __future__ import annotations

import msgspec


class Strict(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A mapping in which an unknown key is a mistake."""
