"""Submission + scores -> findings: derived figures, relations and rules of the scheme, one message per root cause."""

from xlauto.checking.run import check

__all__ = ["check"]
