"""A scheme for a new year or place, begun from one that there is: a folder of its own with what is to be filled in."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from xlauto import yamlfile
from xlauto.model import CannotGoOn
from xlauto.places import PACKAGE
from xlauto.scheme.build import Scheme
from xlauto.scheme.load import available, load_scheme
from xlauto.scheme.placenames import OldPlace
from xlauto.scheme.strict import SchemeError
from xlauto.scheme.yamledit import Value, quoted, with_values

OPEN = "【待填】"
"""What a person must still fill in begins with this; the lint tells it as long as it stands there."""

_ID = re.compile(r"[^\W_][\w.-]*")
_COMMENT = re.compile(r"(^|\s)#.*$")
_OWN_KEYS = ("id", "extends", "year", "title", "source")
"""Keys of scheme.yaml that a new scheme gets anew, or that name another scheme: a year in them is no leftover."""


class Leftover(NamedTuple):
    """A line that still has a year of the old scheme as digits, where `{年}` would have moved on by itself."""

    file: Path
    line: int
    text: str


class OldName(NamedTuple):
    """A text that still names the place whose scheme it was, and the lines in which it stands."""

    file: Path
    lines: Sequence[int]
    name: str
    text: str


@dataclass(frozen=True)
class Renewal:
    """What was written, and what a person should look at."""

    scheme: Scheme
    folder: Path
    files: Sequence[Path]
    leftovers: Sequence[Leftover]
    places: Sequence[OldName]


def renew(
    old_id: str,
    new_id: str,
    year: int,
    root: Path,
    *,
    title: str = "",
    jurisdiction: str = "",
    copy: bool = False,
    samples: bool = False,
    extra: Sequence[Path] = (),
) -> Renewal:
    """Write `root/new_id`. The new scheme `extends` the old one, so that its folder, and each year's difference, says
    only what is new; with `copy` it is the old folder's files, for a scheme that goes its own way.

    Raises CannotGoOn (the folder exists or lies in the program), SchemeError (there is no such old scheme).
    """
    old = load_scheme(old_id, extra)
    folder = new_folder(root, new_id, extra)
    extra = (root, *(other for other in extra if other.resolve() != root.resolve()))
    title = title or _moved(old.definition.title, old.year, year)
    jurisdiction = jurisdiction or old.definition.jurisdiction
    folder.mkdir(parents=True)
    try:
        if copy:
            _copy(old, folder, new_id, title, year, jurisdiction)
        else:
            (folder / "scheme.yaml").write_text(_extending(old, new_id, title, year, jurisdiction), encoding="utf-8")
        if samples:
            _copy_samples(old, folder)
        scheme = load_scheme(new_id, extra)
    except BaseException:
        shutil.rmtree(folder)
        raise
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    leftovers = list(_leftovers(scheme, {old.year, old.year - 1} - {year, year - 1}))
    place = OldPlace(old.definition.jurisdiction, jurisdiction)
    return Renewal(scheme, folder, files, leftovers, list(_old_names(scheme, place)))


def new_folder(root: Path, scheme_id: str, extra: Sequence[Path] = ()) -> Path:
    """The folder that a new scheme is to have. It must not exist, nor lie inside the program, nor take the name of
    another scheme: that one would be hidden."""
    if not _ID.fullmatch(scheme_id):
        raise SchemeError(f"“{scheme_id}”不能作套表的代号：用汉字、字母、数字、“-”，以字或字母数字开头")
    folder = root / scheme_id
    if folder.resolve().is_relative_to(PACKAGE):
        raise CannotGoOn("程序23", folder, "在程序自己的文件夹里，没有写入", "请用 -o 或 --schemes 另给一个文件夹")
    if folder.exists():
        raise CannotGoOn("程序23", folder, "文件夹已存在，没有写入", "请换一个代号，或先移走该文件夹")
    for other in available(extra):
        if other.id.casefold() == scheme_id.casefold():
            raise CannotGoOn("程序23", folder, f"已有套表“{other.id}”（{other.path}），没有写入", "请换一个代号")
    return folder


def within_schemes(file: Path, scheme: Scheme) -> str:
    """A file of the scheme or of what it extends, beginning with the folder of the one that it belongs to."""
    home = next(home for home in scheme.folders if file.is_relative_to(home))
    return file.relative_to(home.parent).as_posix()


def _moved(text: str, old: int, new: int) -> str:
    return re.sub(rf"(?<!\d){old}(?!\d)", str(new), text)


def _extending(old: Scheme, new_id: str, title: str, year: int, jurisdiction: str) -> str:
    own_place = f"jurisdiction: {quoted(jurisdiction)}\n" if jurisdiction != old.definition.jurisdiction else ""
    return (
        f"# 与 {old.id} 的不同写在这个文件夹里，没有写的都与它相同。\n"
        f"# 改表样写 forms/ 下的同名文件，改审核写 checks.yaml，改计分写 scoring.yaml。\n"
        f"# 只写不同的键；值写 null 是去掉。改后依次运行 scheme lint、scheme diff、scheme build。\n"
        f"id: {quoted(new_id)}\n"
        f"extends: {quoted(old.id)}\n"
        f"title: {quoted(title)}\n"
        f'version: "1"                 # 下发之后再改表样或审核，请改成 "2"，旧模板就会被认出来\n'
        f"year: {year}\n"
        f"{own_place}"
        f"source:\n"
        f"  - {quoted(OPEN + f'{year}年度绩效自评通知的文号和名称')}\n"
    )


def _copy(old: Scheme, folder: Path, new_id: str, title: str, year: int, jurisdiction: str) -> None:
    """The old folder's own files, its comments too. What they extend is extended still."""
    for file in sorted(old.folder.rglob("*")):
        within = file.relative_to(old.folder)
        made = within.parts[0] in ("samples", "template.xlsx", "template.xlsm")
        if file.is_file() and not made and not file.name.startswith(("~", ".")):
            (folder / within).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, folder / within)
    target = folder / "scheme.yaml"
    own: dict[str, Value] = {
        "id": new_id, "title": title, "version": "1", "year": year, "jurisdiction": jurisdiction,
        "source": [OPEN + f"{year}年度绩效自评通知的文号和名称"],
    }  # fmt: skip
    try:
        text = with_values(target.read_bytes().decode("utf-8"), own)
    except yamlfile.YamlError as error:
        raise SchemeError(f"{target}：{error}") from error
    target.write_bytes(text.encode("utf-8"))


def _copy_samples(old: Scheme, folder: Path) -> None:
    source = next((home / "samples" for home in old.folders if (home / "samples").is_dir()), None)
    if source is not None:
        shutil.copytree(
            source, folder / "samples", ignore=lambda _, names: [n for n in names if not n.endswith("yaml")]
        )


def _old_names(scheme: Scheme, place: OldPlace) -> Iterator[OldName]:
    """Texts that name the old place, of the scheme and of what it extends."""
    for home in scheme.folders:
        for file in _read(scheme, home):
            key, found = "", dict[tuple[str, str], list[int]]()
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                key = line.partition(":")[0] if line[:1].strip() and not line.startswith("-") else key
                text = _COMMENT.sub("", line).strip()
                # What the new scheme says of itself replaces what these said of themselves.
                parents = home != scheme.folder and file.name == "scheme.yaml"
                name = "" if parents and key in (*_OWN_KEYS, "jurisdiction") else place.named_in(text)
                if name:
                    found.setdefault((name, text), []).append(number)
            yield from (OldName(file, lines, *named) for named, lines in found.items())


def _read(scheme: Scheme, home: Path) -> Iterator[Path]:
    """The files of a folder that say something of the scheme."""
    files = [home / name for name in ("scheme.yaml", "checks.yaml", "scoring.yaml")]
    files += [home / "forms" / f"{form.key}.yaml" for form in scheme.forms.values()]
    yield from (file for file in files if file.exists())


def _leftovers(scheme: Scheme, years: set[int]) -> Iterator[Leftover]:
    """Lines of the scheme and of what it extends that name one of the years."""
    wanted = re.compile(rf"(?<!\d)({'|'.join(map(str, sorted(years)))})(?!\d)") if years else None
    for home in scheme.folders if wanted else ():
        names = ("scheme.yaml", "checks.yaml", "scoring.yaml")
        for file in [*(home / name for name in names), *sorted((home / "forms").glob("*.yaml"))]:
            if file.exists():
                yield from (Leftover(file, *found) for found in _lines_with(file, wanted))


def _lines_with(file: Path, wanted: re.Pattern[str] | None) -> Iterator[tuple[int, str]]:
    key = ""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        key = line.partition(":")[0] if line[:1].strip() and not line.startswith("-") else key
        told = _COMMENT.sub("", line).strip()
        own = file.name == "scheme.yaml" and key in _OWN_KEYS
        if wanted and wanted.search(told) and not own and not told.startswith("source:"):
            yield number, told
