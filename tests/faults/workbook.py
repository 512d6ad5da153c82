"""A clean unit's workbook, and the small ways to spoil a copy of it: cells, raw XML, other programs' saves."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl

from xlauto.books.book import SetCell
from xlauto.books.closed import open_book
from xlauto.books.recalculate import recalculated
from xlauto.figures import read_sample
from xlauto.making import made
from xlauto.model import Place, column_letters, column_number
from xlauto.scheme import load_scheme

Mutation = Callable[[bytes], bytes]
BASE, DEPT, FIRST, SECOND = "基础数据表", "整体支出自评表", "项目01 水库维护", "项目02 河道清淤"


@cache
def clean() -> bytes:
    """The workbook of clean.yaml: no finding at all."""
    scheme = load_scheme("hengshan-2023")
    return made(scheme, read_sample(Path(__file__).with_name("clean.yaml"), scheme))


def place(address: str) -> Place:
    """`基础数据表!B8`"""
    sheet, _, ref = address.rpartition("!")
    found = re.fullmatch(r"([A-Z]+)(\d+)", ref)
    assert found
    return Place(sheet, int(found[2]), column_number(found[1]))


def typed(**cells: str | int | float | bool | None) -> Mutation:
    """Values typed into cells of 基础数据表 (`B8=5`) or, as `D_B8`, of 整体支出自评表; a text with = is a formula."""
    return put(
        {f"{DEPT}!{key[2:]}" if key.startswith("D_") else f"{BASE}!{key}": value for key, value in cells.items()}
    )


def put(cells: dict[str, str | int | float | bool | None]) -> Mutation:
    def mutate(data: bytes) -> bytes:
        return open_book(data).edited([_edit(place(address), value) for address, value in cells.items()])

    return mutate


def formula(address: str, text: str, value: float | str | None = None) -> Mutation:
    """A formula with the result that the file keeps of it."""
    edit = replace(_edit(place(address), value), formula=text)
    return lambda data: open_book(data).edited([edit])


def _edit(at: Place, value: str | int | float | bool | None) -> SetCell:
    if isinstance(value, bool | str | None):
        return SetCell(place=at, value=value)
    return SetCell(place=at, value=Decimal(str(value)))


def both(*mutations: Mutation) -> Mutation:
    def mutate(data: bytes) -> bytes:
        for mutation in mutations:
            data = mutation(data)
        return data

    return mutate


def excel_saves(data: bytes) -> bytes:
    """The results of all formulas brought up to date, as Excel does before it saves."""
    return recalculated(open_book(data), frozenset()).package.data


# --- other programs -----------------------------------------------------------------------------------------------


def openpyxl_does(change: Callable[[Any], object]) -> Mutation:
    """What a script with openpyxl does and saves: no formula keeps its result."""

    def mutate(data: bytes) -> bytes:
        workbook = openpyxl.load_workbook(io.BytesIO(data))
        change(workbook)
        target = io.BytesIO()
        workbook.save(target)
        return target.getvalue()

    return mutate


# --- parts of the package -----------------------------------------------------------------------------------------


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def surgery(change: Callable[[dict[str, bytes]], object]) -> Mutation:
    """The parts changed in place."""

    def mutate(data: bytes) -> bytes:
        parts = parts_of(data)
        change(parts)
        return zipped(parts)

    return mutate


def part(name: str, pattern: str, replacement: str, count: int = 1) -> Mutation:
    """One part changed by a regular expression that must match."""

    def change(parts: dict[str, bytes]) -> None:
        text, found = re.subn(pattern, replacement, parts[name].decode(), count=count, flags=re.DOTALL)
        assert found, f"{name}: {pattern}"
        parts[name] = text.encode()

    return surgery(change)


def sheet_part(sheet: str) -> str:
    return open_book(clean()).part_name(sheet)


def raw(address: str, cell: str) -> Mutation:
    """The XML behind `<c r="…" ` of a cell: attributes and content."""
    at = place(address)
    return part(sheet_part(at.sheet), rf'<c r="{at.ref}"[^>]*?(?:/>|>.*?</c>)', rf'<c r="{at.ref}" {cell}</c>')


def formatted(address: str, code: str, value: str) -> Mutation:
    """A number under a number format of its own."""

    def change(parts: dict[str, bytes]) -> None:
        styles = parts["xl/styles.xml"].decode()
        count = len(re.findall(r"<xf ", styles.partition("<cellXfs")[2].partition("</cellXfs>")[0]))
        styles = styles.replace("</numFmts>", f'<numFmt numFmtId="399" formatCode="{code}"/></numFmts>')
        style = '<xf numFmtId="399" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
        parts["xl/styles.xml"] = styles.replace("</cellXfs>", style).encode()
        at = place(address)
        name = sheet_part(at.sheet)
        pattern = rf'<c r="{at.ref}"[^>]*?(?:/>|>.*?</c>)'
        cell = f'<c r="{at.ref}" s="{count}"><v>{value}</v></c>'
        text, found = re.subn(pattern, cell, parts[name].decode(), flags=re.DOTALL)
        assert found == 1
        parts[name] = text.encode()

    return surgery(change)


# --- rows and columns ---------------------------------------------------------------------------------------------

_REF = re.compile(r"(\$?)([A-Z]+)(\$?)(\d+)")


def insert_rows(sheet: str, at: int, count: int = 1) -> Mutation:
    """As Excel does it: cells, merges and names below move down, a name around the rows grows."""
    return _moved(sheet, lambda row: row + count if row >= at else row, lambda col: col)


def delete_row(sheet: str, at: int) -> Mutation:
    """As Excel does it: what refers to the row alone becomes #REF!."""
    return _moved(sheet, lambda row: 0 if row == at else row - (row > at), lambda col: col)


def insert_column(sheet: str, at: int) -> Mutation:
    return _moved(sheet, lambda row: row, lambda col: col + (col >= at))


def delete_column(sheet: str, at: int) -> Mutation:
    return _moved(sheet, lambda row: row, lambda col: 0 if col == at else col - (col > at))


def _moved(sheet: str, row: Callable[[int], int], col: Callable[[int], int]) -> Mutation:
    """Every row and column of a sheet put where the functions say; 0 is nowhere."""

    def ref(found: re.Match[str]) -> str:
        to_row, to_col = row(int(found[4])), col(column_number(found[2]))
        return f"{found[1]}{column_letters(to_col)}{found[3]}{to_row}" if to_row and to_col else "#REF!"

    def cell(found: re.Match[str]) -> str:
        moved = _REF.sub(ref, found[1])
        return "" if "#" in moved else f'<c r="{moved}"' + found[2]

    def line(found: re.Match[str]) -> str:
        to = row(int(found[1]))
        cells = re.sub(r'<c r="([A-Z]+\d+)"((?:[^>]*?/>)|(?:.*?</c>))', cell, found[2], flags=re.DOTALL)
        return f'<row r="{to}"{cells}' if to else ""

    def merge(found: re.Match[str]) -> str:
        return "" if "#" in (moved := _area(found[1], ref)) or ":" not in moved else f'<mergeCell ref="{moved}"/>'

    def change(parts: dict[str, bytes]) -> None:
        name = sheet_part(sheet)
        text = re.sub(r'<row r="(\d+)"((?:[^>]*?/>)|(?:.*?</row>))', line, parts[name].decode(), flags=re.DOTALL)
        parts[name] = re.sub(r'<mergeCell ref="([^"]+)"/>', merge, text).encode()
        quoted = re.escape(f"'{sheet}'!")
        names = re.sub(rf"({quoted})([$A-Z0-9:]+)", lambda n: _name(n, ref), parts["xl/workbook.xml"].decode())
        parts["xl/workbook.xml"] = names.encode()

    return surgery(change)


def _area(text: str, ref: Callable[[re.Match[str]], str]) -> str:
    """Both corners moved; a corner that is gone gives way to its neighbour inside the area."""
    first, _, last = text.partition(":")
    corners = [_REF.sub(ref, first), _REF.sub(ref, last or first)]
    if "#" in corners[0] and last:
        corners[0] = next((c for c in (_next(first, 1, 0, ref), _next(first, 0, 1, ref)) if "#" not in c), "#REF!")
    if "#" in corners[1] and last:
        corners[1] = next((c for c in (_next(last, -1, 0, ref), _next(last, 0, -1, ref)) if "#" not in c), "#REF!")
    return "#REF!" if "#REF!" in corners or _inverted(corners) else ":".join(dict.fromkeys(corners))


def _next(corner: str, down: int, right: int, ref: Callable[[re.Match[str]], str]) -> str:
    found = _REF.fullmatch(corner)
    assert found
    col = column_letters(max(1, column_number(found[2]) + right))
    return _REF.sub(ref, f"{found[1]}{col}{found[3]}{max(1, int(found[4]) + down)}")


def _inverted(corners: list[str]) -> bool:
    (first, last) = (_REF.fullmatch(corner) for corner in corners)
    assert first and last
    return int(first[4]) > int(last[4]) or column_number(first[2]) > column_number(last[2])


def _name(found: re.Match[str], ref: Callable[[re.Match[str]], str]) -> str:
    if not all(_REF.fullmatch(corner) for corner in found[2].split(":")):
        return found[0]  # whole rows: print titles
    area = _area(found[2], ref)
    return area if "#" in area else found[1] + area
