"""`steadfast erase`: what it says when it cannot; that it can is shown where there is an engine."""

from __future__ import annotations

from tests.cli.conftest import Run, refused


def test_somebody_unknown_is_nobody(spring: Run) -> None:
    assert "nobody@example.org" in refused(spring("erase", "nobody@example.org", "--yes"))


def test_nothing_is_begun_without_an_engine(spring: Run) -> None:
    spring("admin", "add", "bob@example.org", "--programme", "spring")
    assert "`steadfast up`" in refused(spring("erase", "bob@example.org", "--yes"))


def test_it_asks_first_and_says_who_is_left_alone(spring: Run) -> None:
    spring("admin", "add", "bob@example.org", "--programme", "spring")
    asked = spring("erase", "ada@example.org")
    assert asked.exit_code == 1
    assert "It cannot be undone once it has begun" in asked.output
