"""The names of a place that no longer fit where a scheme was taken over by another place."""

from __future__ import annotations

import re

_PART = re.compile(r"[^省市县区州盟旗]{1,}?(?:自治区|自治州|自治县|省|市|州|盟|县|区|旗)")
_KIND = re.compile(r"(?:自治区|自治州|自治县|省|市|州|盟|县|区|旗)$")


class OldPlace:
    """Finds in a text what names the old place, and not also the new: `长沙县` and `长沙` of 湖南省长沙市长沙县, but
    neither 湖南省 nor 长沙市 where the new place lies there too."""

    def __init__(self, old: str, new: str) -> None:
        kept = {new, *_parts(new)}
        gone = [part for part in (old, *_parts(old)) if part and part not in kept]
        stems = [stem for part in gone if len(stem := _KIND.sub("", part)) > 1]
        names = [*gone, *(stem for stem in stems if not any(stem in each for each in kept))]
        # The longest first, those that stay among them, so that none is found within another.
        listed = sorted({*names, *kept} - {""}, key=len, reverse=True)
        self._names = set(names)
        self._wanted = re.compile("|".join(map(re.escape, listed))) if names else None

    def named_in(self, text: str) -> str:
        """The first of its names in the text, or nothing."""
        found = self._wanted.findall(text) if self._wanted else ()
        return next((name for name in found if name in self._names), "")


def _parts(place: str) -> list[str]:
    """`湖南省长沙市长沙县` -> 湖南省, 长沙市, 长沙县."""
    return _PART.findall(place)
