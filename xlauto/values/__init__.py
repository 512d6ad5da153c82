"""Text to value and back: strict, pure, and without a guess. What has two meanings is refused with a note."""

from xlauto.values.cells import Spec, parse
from xlauto.values.targets import Actual, Target, decompose, parse_actual, parse_target
from xlauto.values.text import is_date_format, normalise_code, normalise_name, quoted, show, years_in

__all__ = [
    "Actual",
    "Spec",
    "Target",
    "decompose",
    "is_date_format",
    "normalise_code",
    "normalise_name",
    "parse",
    "parse_actual",
    "parse_target",
    "quoted",
    "show",
    "years_in",
]
