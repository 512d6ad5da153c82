"""How the keys and values of a scheme's YAML are called where officials read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xlauto.scheme.bounds import decimal, plain

WORDS = {
    "title": "标题", "version": "版本", "jurisdiction": "地区", "unit": "金额单位", "source": "出处",
    "score_decimals": "得分小数位数", "instructions": "填表说明", "label": "文字", "heading": "栏目", "indent": "缩进",
    "is": "公式", "type": "类型", "value": "数值", "only": "只用于", "repeats": "可有多行", "filler": "省略行",
    "required": "必填", "negative": "可为负数", "zero": "也可为0", "whole": "须为整数", "hidden": "隐藏",
    "points": "分值", "rows": "行",
    "code": "代码", "form": "表", "that": "公式", "when": "前提", "kind": "规则", "params": "参数", "level": "级别",
    "under": "从属", "say": "说法", "hint": "怎么改", "scored": "计分的表", "rate": "执行率所在行", "table": "指标表",
    "total": "总分行", "grade": "等次", "unit_form": "代表单位的表", "none_words": "表示没有的文字",
    "quantitative": "定量指标", "qualitative": "定性档次", "grades": "评价等次", "total_points": "总分",
    "digits": "小数位数", "reverse": "反向指标", "over": "超额界限", "over_rule": "超额处理",
    "reverse_kinds": "按反向理解的指标", "name": "名称", "low": "下限", "high": "上限", "at_least": "起点分",
    "text": "评分标准", "basis": "评分要点", "rule": "规则", "parts": "分项", "evidence": "依据材料", "note": "读法",
    "gap": "没有标准的分值", "together": "合用分值", "bound": "界限", "direction": "方向", "step": "每超",
    "per": "每次扣", "rounding": "取整", "beyond": "越过界限", "cap": "上限", "tiers": "档次", "in": "范围",
    "printed": "原文范围", "checkpoints": "时点", "target": "目标", "each": "分别计", "checks": "清单", "ask": "问题",
    "cases": "情形", "scope": "范围", "choices": "选项", "deductions": "扣分情形", "least": "最少", "most": "最多",
    "who": "由谁提供", "help": "提示", "columns": "列", "fields": "项目", "below": "低于", "at": "位置",
    "prints": "印定文字", "names": "预印名称", "typed": "合计可手填", "prefix": "格内文字",
    "same_heading": "与左栏同一栏目", "offers": "预填", "none": "可填“无”", "where": "所在的表", "shows": "内容",
    "evidence_title": "评分依据的标题", "summary_note": "汇总说明", "order": "次序", "side": "左侧文字",
    "actual": "实际数", "blank": "空白的代码", "budget": "预算数", "column": "列", "dated": "日期栏", "except": "除外",
    "field": "项目", "grand": "总计的代码", "kinds": "种类", "mark": "记号", "open": "尚未评分的级别",
    "other_project": "别的项目的代码", "period": "期间", "reason": "原因栏", "row": "行", "score": "得分",
    "shortest": "最少字数", "stated": "已评分的级别", "ticked": "勾选", "with": "连同",
}  # fmt: skip

KIND, ORDER = "种类", "次序"
ITEM_WORDS = {**WORDS, "under": "所属指标"}
RULE_WORDS = {**WORDS, "kind": KIND}
EVIDENCE_WORDS = {**WORDS, "kind": "类型"}
"""The same key is called otherwise where it means something else."""


def shown(value: Any) -> str:
    """A value as an official reads it; nothing for what is not there."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return plain(decimal(value))
    if isinstance(value, Mapping):
        return "，".join(f"{WORDS.get(str(key), key)}{shown(item)}" for key, item in value.items())
    return "、".join(map(shown, value)) if isinstance(value, list | tuple) else str(value)
