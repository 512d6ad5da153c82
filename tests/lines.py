"""Small submissions for tests: a unit's figures as a few lines of YAML, and single lines of an indicator table."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from xlauto.assess import Assessment, assess
from xlauto.books.closed import open_book
from xlauto.figures import Figures, read_sample
from xlauto.making import made
from xlauto.model import BLANK_CELL, Cell, Kind, Place
from xlauto.reading.table import SPECS
from xlauto.scheme import Scheme, load_scheme
from xlauto.submission import Item, Line
from xlauto.values import Spec, parse

NOTE = "偏差原因"
COLUMNS = ("三级指标", "年度指标值", "实际完成值", "分值", "得分", NOTE)


def line(kind: str, texts: Mapping[str, object], row: int = 13, group: str = "产出指标") -> Line:
    """One line of an indicator table as if typed; what is not given stays blank, the 三级指标 is 某指标."""
    texts = {"三级指标": "某指标"} | dict(texts)
    items = {column: item(column, str(texts.get(column, "")), row) for column in COLUMNS}
    return Line(row, items, group, kind)


def item(column: str, text: str, row: int) -> Item:
    place = Place("表", row, COLUMNS.index(column) + 4)
    spec = SPECS["分值"] if column in ("分值", "得分") else Spec("文本")
    cell = Cell(Kind.TEXT, text) if text else BLANK_CELL
    if column in ("分值", "得分") and text.lstrip("-").replace(".", "").isdecimal():
        cell = Cell(Kind.NUMBER, text)
    return Item(place, cell, parse(cell, spec))


def figures(text: str, scheme: Scheme) -> Figures:
    """Figures as a samples file has them."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "单位.yaml"
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return read_sample(path, scheme)


def workbook(text: str, scheme_id: str = "hunan-2023") -> bytes:
    scheme = load_scheme(scheme_id)
    return made(scheme, figures(text, scheme))


def assessed(text: str, scheme_id: str = "hunan-2023") -> Assessment:
    """The assessment of a workbook with these figures."""
    return assess(open_book(workbook(text, scheme_id)))
