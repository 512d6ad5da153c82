"""The keys of fields and columns whose meaning the program itself knows. All other names are the schemes' own.

A scheme prints what it likes above them (`heading`, `text`); the key is what says which part a cell plays.
"""

from __future__ import annotations

from typing import Final

COVER: Final = "封面"
UNIT_NAME: Final = "单位名称"
UNIT_CODE: Final = "单位代码"

TITLE: Final = "三级指标"
TARGET: Final = "年度指标值"
ACTUAL: Final = "实际完成值"
POINTS: Final = "分值"
SCORE: Final = "得分"
REASON: Final = "偏差原因"
INDICATOR_COLUMNS: Final = (TITLE, TARGET, ACTUAL, POINTS, SCORE, REASON)
"""What scoring and the rules read of each row of an indicator table."""

LOST: Final = "扣分原因"
"""The column of a score table that says why points were lost."""

RATE: Final = "执行率"
TOTAL: Final = "总分"
"""What a score is called that is no single indicator's or item's; also the column of the rate."""

EVIDENCE: Final = "评分依据"
"""The form that is made of all evidence that only people have."""
