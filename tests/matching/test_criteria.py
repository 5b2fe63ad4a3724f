from __future__ import annotations

from models.matching.criteria import Gap, SkillLevels, chosen_gaps, own_gaps

STANDINGS = {
    "python": SkillLevels(2, 4),
    "sql": SkillLevels(3, 3),
    "go": SkillLevels(0, 1),
    "css": SkillLevels(2, None),
    "html": SkillLevels(5, 2),
}


def test_a_gap_is_a_target_above_the_current_level() -> None:
    assert own_gaps(STANDINGS) == (Gap("go", 0, 1), Gap("python", 2, 4))


def test_a_picked_skill_keeps_its_own_gap_and_otherwise_asks_for_the_top() -> None:
    assert chosen_gaps(STANDINGS, {"python", "css", "rust"}, 5) == (
        Gap("css", 2, 5),
        Gap("python", 2, 4),
        Gap("rust", 0, 5),
    )


def test_a_picked_skill_at_the_top_asks_for_nothing() -> None:
    assert chosen_gaps(STANDINGS, {"html"}, 5) == ()
