"""How the keys and values of a scheme's YAML are called where officials read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

WORDS = {
    "title": "标题", "version": "版本", "jurisdiction": "地区", "unit": "金额单位", "source": "依据",
    "score_decimals": "得分小数位数", "instructions": "填表说明", "label": "文字", "heading": "栏目",
    "indent": "缩进", "is": "公式", "type": "类型", "value": "数值", "only": "只用于", "repeats": "可有多行",
    "filler": "省略行", "required": "必填", "negative": "可为负数", "points": "分值", "rows": "行", "code": "代码",
    "form": "表", "that": "公式", "when": "前提", "kind": "规则", "params": "参数", "level": "级别",
    "under": "从属", "say": "说法", "hint": "怎么改", "scored": "计分的表", "rate": "执行率所在行",
    "table": "指标表", "total": "总分行", "grade": "等次", "unit_form": "代表单位的表",
    "none_words": "表示没有的文字", "quantitative": "定量指标", "qualitative": "定性档次", "grades": "评价等次",
    "total_points": "总分", "digits": "小数位数", "reverse": "反向指标", "over": "超额界限",
    "over_rule": "超额处理", "reverse_kinds": "按反向理解的指标", "name": "名称", "low": "下限", "high": "上限",
    "at_least": "起点分", "text": "评分标准", "basis": "评分要点", "rule": "规则", "parts": "分项",
    "evidence": "依据材料", "note": "读法", "gap": "没有标准的分值", "together": "合用分值", "bound": "界限",
    "direction": "方向", "step": "每超", "per": "每次扣", "rounding": "取整", "beyond": "越过界限", "cap": "上限",
    "tiers": "档次", "in": "范围", "printed": "原文范围", "checkpoints": "时点", "target": "目标", "each": "分别计",
    "checks": "清单", "ask": "问题", "cases": "情形", "scope": "范围", "choices": "选项", "deductions": "扣分情形",
    "least": "最少", "most": "最多", "who": "由谁提供", "help": "提示", "columns": "列", "fields": "项目",
    "below": "低于", "at": "位置",
}  # fmt: skip


def shown(value: Any) -> str:
    """A value as an official reads it; nothing for what is not there."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        return "，".join(f"{WORDS.get(str(key), key)}{shown(item)}" for key, item in value.items())
    return "、".join(map(shown, value)) if isinstance(value, list | tuple) else str(value)
