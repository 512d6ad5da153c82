"""Schemes (套表): what the law says, read from YAML folders and worked out into forms, checks and scoring rules."""

from xlauto.scheme.build import Scheme, SchemeError
from xlauto.scheme.load import available, load_scheme

__all__ = ["Scheme", "SchemeError", "available", "load_scheme"]
