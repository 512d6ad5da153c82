"""What may be typed into a cell: Excel's data validation for every kind of field, with its messages."""

from __future__ import annotations

from typing import Any

from xlauto.scheme.bounds import USUAL
from xlauto.scheme.forms import Field

NONE_TEXTS = ("无", "——", "—", "/", "不适用")
"""How a unit may say that there is nothing to state; reading takes more spellings, the template offers these."""

_LONGEST_CODE = 18


def field_rule(field: Field, ref: str) -> dict[str, Any] | None:
    """The validation of a field's cell, which is `ref` in relative style (`D8`); None if anything may be typed."""
    rule = _of_type(field, ref)
    if field.help:
        rule = {"validate": "any", **(rule or {}), "input_title": _short(field.label), "input_message": field.help}
    return rule


def points_rule(ref: str, label: str = "分值", texts: tuple[str, ...] = ()) -> dict[str, Any]:
    """Points: a number from 0 up."""
    return _custom(ref, f"AND({ref}>=0,ROUND({ref},2)={ref})", texts, label, "请填不小于0的数，最多两位小数。")


def score_rule(ref: str, points_ref: str) -> dict[str, Any]:
    """得分 in a table: between 0 and the 分值 of its row, as far as that is filled in."""
    fits = f'AND({ref}>=0,ROUND({ref},2)={ref},OR({points_ref}="",{ref}<={points_ref}))'
    return _custom(ref, fits, (), "得分", "得分应在0和本行分值之间，最多两位小数。留空则由系统计分。")


def _of_type(field: Field, ref: str) -> dict[str, Any] | None:
    if field.constant is not None:
        return None
    if field.numeric:
        return _number(field, ref)
    if field.type == "选项":
        return _refusing({"validate": "list", "source": list(field.spec.choices)}, field.label, "请从下拉列表中选择。")
    if field.type == "代码":
        rule = {"validate": "length", "criteria": "between", "minimum": 1, "maximum": _LONGEST_CODE}
        return _refusing(rule, field.label, f"代码最多{_LONGEST_CODE}位，按文本填写，保留开头的0。")
    return None


def _number(field: Field, ref: str) -> dict[str, Any]:
    """A figure within its bounds, with no more decimals than its type has."""
    texts = NONE_TEXTS if field.spec.none_allowed else ()
    exact = {"数量": f"INT({ref})={ref}", "百分比": ""}.get(field.type, f"ROUND({ref},{field.spec.decimals})={ref}")
    tests = dict.fromkeys([*field.bounds.tests(ref), *([exact] if exact else [])])
    fits = f"AND({','.join(tests)})" if tests else "TRUE"
    return _custom(ref, fits, texts, field.label, _asked_for(field), field.spec.prefix)


def _asked_for(field: Field) -> str:
    """`请填以万元为单位、不小于0、最多两位小数的数。`"""
    words = field.bounds._replace(whole=False).words(field.type)
    if field.type == "百分比":
        return f"请填{'' if field.bounds == USUAL[field.type] else words + '的'}百分数，如95%。"
    if field.type == "数量":
        return f"请填{words}的整数。"
    if field.type == "分值":
        return f"请填{words}的数，最多两位小数。"
    unit = f"以{field.spec.unit}为单位、" if field.spec.unit else ""
    return f"请填{unit}{words + '、' if words else ''}最多两位小数的数。"


def _custom(ref: str, fits: str, texts: tuple[str, ...], label: str, message: str, prefix: str = "") -> dict[str, Any]:
    """A number that fits, or one of the texts; in a cell with a label inside, any text that keeps the label.
    The comparison of numbers is behind ISNUMBER because one error value would refuse everything."""
    others = [f'{ref}="{text}"' for text in texts]
    if prefix:
        others.append(f'LEFT({ref},{len(prefix)})="{prefix}"')
    accepted = f"OR({','.join(others)})" if others else "FALSE"
    if texts:
        message += f"没有的填“{texts[0]}”或“{texts[1]}”。"
    return _refusing({"validate": "custom", "value": f"=IF(ISNUMBER({ref}),{fits},{accepted})"}, label, message)


def _refusing(rule: dict[str, Any], label: str, message: str) -> dict[str, Any]:
    return {**rule, "error_title": _short(label), "error_message": message, "error_type": "stop"}


def _short(title: str) -> str:
    """Excel takes 32 characters."""
    return title if len(title) <= 30 else title[:29] + "…"
