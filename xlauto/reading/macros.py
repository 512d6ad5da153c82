"""Whether a workbook's macros are the template's own: its modules hold the code of a release (macros/known.yaml)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from xlauto.cache import cached
from xlauto.places import macros_dir
from xlauto.reading.fields import in_a_few_words


def foreign_macros(params: Mapping[str, str]) -> str:
    """What is to be told of the macros that `params` of a remark describe; empty if they are the template's own."""
    if "模块" not in params:
        return params["部件"]
    found = dict(zip(params["模块"].split(" "), params["摘要"].split(" "), strict=True))
    if not params["模块"]:
        return f"{params['部件']}（没有可读的代码）"
    if found in _releases():
        return ""
    names = [name for name, digest in found.items() if all(release.get(name) != digest for release in _releases())]
    return f"{params['部件']}（模块{in_a_few_words(names or found)}）"


@cache
def _releases() -> Sequence[Mapping[str, str]]:
    """The modules of every project that was ever given out, with their digests."""
    from xlauto import yamlfile

    file = macros_dir() / "known.yaml"
    return cached("macros", [file], lambda: list(yamlfile.load(file).values()))  # type: ignore[no-any-return]
