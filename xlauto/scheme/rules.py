"""What may stand in the items of a score table: the kinds of scoring rules with their parameters, and the evidence.

A figure may be written `100%` or `1`; conditions and values are formulas. What the kinds do is decided in `items`.
"""

from __future__ import annotations

from typing import Literal

from xlauto.scheme.strict import Strict

Figure = str | int | float
Rounding = Literal["精确", "舍去", "进位"]


class EvidenceDef(Strict, frozen=True, kw_only=True):
    """What only a person has: a question with an input cell. `who` can answer it; `where` names the form in which
    the figure stands among words, so that it is copied from there."""

    ask: str
    kind: Literal["是否", "次数", "数量", "金额", "面积", "百分比", "选择", "扣分", "分值", "文本"] = "数量"
    unit: str = ""
    who: str = ""
    where: str = ""
    choices: list[str] = []
    help: str = ""


class RuleDef(Strict, frozen=True, kw_only=True):
    """A rule, or a part of one. `points` are what it can give (as an item's only rule: the item's), `text` the
    printed sentence, `note` how it was read where it can be read in more than one way."""

    points: float | None = None
    text: str = ""
    note: str = ""


class RatioRule(RuleDef, frozen=True, kw_only=True, tag_field="kind", tag="比例"):
    """Points in proportion to a share, up to `cap`."""

    value: str
    cap: float = 1


class StepRule(RuleDef, frozen=True, kw_only=True, tag_field="kind", tag="超标扣分"):
    """Full points within the bound, `per` points less for each `step` beyond it. `rounding` is that of the number of
    steps; `beyond` says what the standard says of the good side of a bound that it prints as `=`."""

    value: str
    bound: Figure
    direction: Literal["≤", "≥", "±"] = "≤"
    step: Figure = "1%"
    per: float
    rounding: Rounding = "精确"
    beyond: Literal["满分", "无规定"] = "满分"


class TierDef(Strict, frozen=True, kw_only=True, rename={"within": "in"}):
    """An interval (`[90%, 95%)`, `<80%`, `=0`) and its points; `printed` is the interval as the standard prints it,
    where it leaves open what `in` decides."""

    within: str
    points: float
    printed: str = ""


class TiersRule(RuleDef, frozen=True, kw_only=True, tag_field="kind", tag="分档"):
    """Points by the interval that a value falls in; for a value in none the standard says nothing."""

    value: str
    tiers: list[TierDef]


class CountTiersRule(TiersRule, frozen=True, kw_only=True, tag_field="kind", tag="按数分档"):
    """The same for whole numbers."""


class CheckpointDef(Strict, frozen=True, kw_only=True):
    """What should have been reached at one date."""

    value: str
    target: Figure


class ScheduleRule(RuleDef, frozen=True, kw_only=True, tag_field="kind", tag="序时扣分"):
    """`per` points less for each `step` by which a checkpoint was missed: from one pot, or `each` from its own."""

    checkpoints: dict[str, CheckpointDef]
    step: Figure = "1%"
    per: float
    rounding: Rounding = "精确"
    each: bool = False


class ConditionDef(Strict, frozen=True, kw_only=True):
    """One line of a checklist: asked of a person, or decided by a formula."""

    points: float
    ask: str = ""
    when: str = ""
    who: str = ""


class ChecklistRule(RuleDef, frozen=True, kw_only=True, tag_field="kind", tag="清单"):
    """The points of every line that holds."""

    checks: dict[str, ConditionDef]


class CaseDef(Strict, frozen=True, kw_only=True):
    """A kind of case that is counted."""

    ask: str
    who: str = ""


class CasesRule(RuleDef, frozen=True, kw_only=True, tag_field="kind", tag="按例扣分"):
    """`per` points less for each case."""

    cases: dict[str, CaseDef]
    per: float


class VetoRule(RuleDef, frozen=True, kw_only=True, tag_field="kind", tag="一票否决"):
    """One case takes all points of the item (本项), of this part (本条), or also of the part that `scope` names."""

    cases: dict[str, CaseDef]
    scope: str = "本项"


class ChoiceRule(RuleDef, frozen=True, kw_only=True, tag_field="kind", tag="选择"):
    """One of several findings of fact, each with its points."""

    ask: str
    choices: dict[str, float]
    who: str = ""


class DeductionDef(Strict, frozen=True, kw_only=True):
    """A deduction that a person sets within a range, or not at all."""

    ask: str
    least: float = 0
    most: float
    who: str = ""


class RangeRule(RuleDef, frozen=True, kw_only=True, tag_field="kind", tag="区间扣分"):
    """What a person deducts, each within its range, down to nothing."""

    deductions: dict[str, DeductionDef]


class ManualRule(RuleDef, frozen=True, kw_only=True, tag_field="kind", tag="人工"):
    """A person gives the points. `ask` is for a part of an item, whose points have a cell of their own."""

    ask: str = ""
    who: str = ""


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
