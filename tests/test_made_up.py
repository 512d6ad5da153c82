"""Score tables of made-up places, written as YAML only: every kind of rule with every value of its parameters."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec
import pytest

from xlauto.assess import Assessment, assess
from xlauto.books.closed import open_book
from xlauto.checking.kinds import RULES
from xlauto.figures import read_sample
from xlauto.making import made
from xlauto.model import Level
from xlauto.scheme import load_scheme
from xlauto.scheme.lint import lint
from xlauto.scheme.rules import EvidenceDef, ItemDef, Rule, RuleDef

FOLDER = Path(__file__).with_name("schemes")
SCHEME = load_scheme("made-up-2025", [FOLDER])
ALL = sorted(path.name for path in FOLDER.iterdir())


@cache
def assessed() -> Assessment:
    sample = FOLDER / "made-up-2025" / "samples" / "某中心.yaml"
    return assess(open_book(made(SCHEME, read_sample(sample, SCHEME))), [FOLDER])


# --- all is used ----------------------------------------------------------------------------------------------------


def every_item() -> Iterator[ItemDef]:
    for scheme_id in ALL:
        for items in load_scheme(scheme_id, [FOLDER]).definition.scoring.items.values():
            yield from items.values()


def every_rule() -> Iterator[RuleDef]:
    for item in every_item():
        yield from ([item.rule] if item.rule is not None else item.parts.values())


def choices(struct: type[msgspec.Struct]) -> Iterator[tuple[str, object]]:
    """Parameters with the values that they may have."""
    for name, type_ in get_type_hints(struct).items():
        if get_origin(type_) is Literal:
            yield from ((name, value) for value in get_args(type_))
        elif type_ is bool:
            yield from ((name, value) for value in (True, False))


@pytest.mark.parametrize("kind", get_args(Rule), ids=lambda kind: str(kind.__struct_config__.tag))
def test_every_kind_is_used_with_every_value(kind: type[RuleDef]) -> None:
    used = [rule for rule in every_rule() if type(rule) is kind]
    assert used
    assert [pair for pair in choices(kind) if not any(getattr(rule, pair[0]) == pair[1] for rule in used)] == []


BY_RULES = {"扣分", "分值"}
"""Kinds of evidence that rules bring with them."""


def test_every_kind_of_evidence_is_asked() -> None:
    asked = {evidence.kind for item in every_item() for evidence in item.evidence.values()} | {"是否"}
    assert {value for _, value in choices(EvidenceDef)} - asked == BY_RULES


def test_what_else_can_be_written_is_used() -> None:
    """Every key of items, rules, evidence and of what stands in them differs somewhere from its default."""
    used: dict[str, bool] = {}
    for struct, found in written().items():
        for field in msgspec.structs.fields(struct):
            owner = next(
                base for base in reversed(struct.__mro__) if field.name in getattr(base, "__annotations__", ())
            )
            key = f"{owner.__name__}.{field.encode_name}"
            used[key] = used.get(key, False) or any(getattr(one, field.name) != _default(field) for one in found)
    assert [key for key, anywhere in used.items() if not anywhere] == []
    scopes = {getattr(rule, "scope", "本项") for rule in every_rule()}
    assert scopes > {"本项", "本条"}
    assert {item.gap > 0 for item in every_item() if item.gap} == {True, False}


def written() -> dict[type[msgspec.Struct], list[Any]]:
    found: dict[type[msgspec.Struct], list[Any]] = {}
    ahead: list[Any] = [*every_item()]
    while ahead:
        one = ahead.pop()
        if isinstance(one, msgspec.Struct):
            found.setdefault(type(one), []).append(one)
            ahead += [getattr(one, key) for key in one.__struct_fields__]
        elif isinstance(one, dict):
            ahead += one.values()
        elif isinstance(one, list):
            ahead += one
    return found


def _default(field: Any) -> Any:
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()


# --- what comes of it -------------------------------------------------------------------------------------------------


POINTS = {
    "超编率": "3", "支出进度": "4", "采购执行率": "2.88", "用车压减率": "2.5", "信息公开": "2.5", "节能率": "3",
    "办公用房": "3.34", "整改率": "4", "例会次数": "3", "支出时序": "2.5", "项目开工": "1", "季度进度": "3.1",
    "制度建设": "2", "票据管理": "1", "资金安全": "0", "资产管理": "2", "公车处置": "2.5", "群众评议": "1.8",
    "培训": "4", "结转": "3", "经济效益": None, "社会效益": None, "总分": "60.12",
}  # fmt: skip
PROJECTS = {
    "甲": {"立项": "12", "完成": "18", "质量": "16", "效益一": None, "效益二": None, "总分": "81"},
    "乙": {"立项": "20", "完成": None, "质量": "0", "效益一": None, "效益二": None},
}


@pytest.mark.parametrize(("title", "due"), [("", POINTS), *PROJECTS.items()], ids=["部门", "甲", "乙"])
def test_points_are_those_worked_out_by_hand(title: str, due: dict[str, str | None]) -> None:
    form = "项目考评表" if title else "考评表"
    scores = {
        score.key or score.item: score.computed
        for score in assessed().scores
        if (score.form, score.title) == (form, title)
    }
    assert {key: scores[key] for key in due} == {key: text and Decimal(text) for key, text in due.items()}


def test_only_the_faults_of_the_printed_standards_are_told() -> None:
    found = lint("made-up-2025", [FOLDER], RULES)
    assert {(finding.code, finding.where.field) for finding in found if finding.where.field} == {
        ("套表07", "群众评议"), ("套表07", "培训"), ("套表07", "完成"), ("套表08", "采购执行率"),
        ("套表08", "用车压减率"), ("套表08", "整改率"), ("套表08", "例会次数"),
    }  # fmt: skip
    assert {finding.code for finding in found if not finding.where.field} == {"套表07", "套表09"}
    assert not [finding for finding in found if finding.level is Level.ERROR]
