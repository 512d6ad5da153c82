"""What a rule says of itself where its figure is cut off."""

from __future__ import annotations

import test_made_up as made_up


def test_a_share_above_its_cap_is_told_with_it() -> None:
    score = next(score for score in made_up.assessed().scores if (score.title, score.key) == ("甲", "完成"))
    assert score.explanation == "完成率92.50%，最多按90%计，20 × 90.00% = 18分"
