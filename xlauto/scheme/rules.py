"""What may stand in the items of a score table: the rules of all kinds, the evidence, and the table's columns.

A figure may be written `100%` or `1`; conditions and values are formulas. A kind of rule is a class in `rulekinds`
with all that the scheme must know of it; what it says of a score is told in `itemwords`.
"""

from __future__ import annotations

from typing import Literal

from xlauto.scheme.rulekinds.base import EvidenceDef, Figure, Rounding, RuleDef
from xlauto.scheme.rulekinds.judged import (
    CasesRule,
    ChecklistRule,
    ChoiceRule,
    ConditionDef,
    DeductionDef,
    ManualRule,
    RangeRule,
    VetoRule,
)
from xlauto.scheme.rulekinds.measured import RatioRule, ScheduleRule, StepRule
from xlauto.scheme.rulekinds.tiers import CountTiersRule, TiersRule
from xlauto.scheme.strict import Strict

__all__ = [
    "CasesRule", "ChecklistRule", "ChoiceRule", "ConditionDef", "CountTiersRule", "DeductionDef", "EvidenceDef",
    "Figure", "ItemDef", "ManualRule", "RangeRule", "RatioRule", "Rounding", "Rule", "RuleDef", "ScheduleRule",
    "ScoreColumnDef", "ScoreTotalDef", "ScoresDef", "StepRule", "TiersRule", "VetoRule",
]  # fmt: skip

Rule = (
    RatioRule
    | StepRule
    | TiersRule
    | CountTiersRule
    | ScheduleRule
    | ChecklistRule
    | CasesRule
    | VetoRule
    | ChoiceRule
    | RangeRule
    | ManualRule
)
"""The kinds that there are, by the word that `kind` is in the YAML."""


class ItemDef(Strict, frozen=True, kw_only=True):
    """One line of a score table, with the rule that scores it, whole (`rule`) or in `parts`.

    `under` are the printed 一级 and 二级指标, `basis` and `text` the printed 评分要点 and 评分标准. Without `points`
    the unit sets them. Items with the same word in `together` share one cell of points. `gap` are points that no
    printed standard reaches, negative where the standards give more than there are.
    """

    title: str = ""
    under: list[str] = []
    points: float | None = None
    together: str = ""
    basis: str = ""
    text: str = ""
    source: str = ""
    note: str = ""
    gap: float = 0
    evidence: dict[str, EvidenceDef] = {}
    rule: Rule | None = None
    parts: dict[str, Rule] = {}


class ScoreColumnDef(Strict, frozen=True, kw_only=True):
    """A column of a score table and what it shows of each item."""

    at: str
    shows: Literal[
        "一级", "一级分值", "二级", "二级分值", "三级", "要点", "标准", "分值", "得分", "原因", "空"
    ]  # fmt: skip
    heading: str = ""


class ScoreTotalDef(Strict, frozen=True, kw_only=True):
    """The last row of a score table: its words stand over the columns `at`."""

    label: str = "总分"
    at: str


class ScoresDef(Strict, frozen=True, kw_only=True):
    """A block that is made from the items of the form: a heading row and one row per item."""

    columns: dict[str, ScoreColumnDef]
    total: ScoreTotalDef | None = None
    height: float = 0
