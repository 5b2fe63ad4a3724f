"""`steadfast admin remove` and `steadfast member remove`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run, refused

PEOPLE = "email,name,roles\nmo@example.org,Mo,mentor\nbo@example.org,Bo,mentor|admin\n"


@pytest.fixture
def staffed(spring: Run, tmp_path: Path) -> Run:
    """`spring` with a mentor, and a mentor who is an admin besides."""
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE, "utf-8")
    assert spring("import", "people", str(file), "--programme", "spring").exit_code == 0
    return spring


def counted(run: Run) -> str:
    return run("programme", "show", "spring").stdout.splitlines()[1]


def test_an_admin_who_is_a_mentor_stays_one(staffed: Run) -> None:
    done = staffed("admin", "remove", "bo@example.org", "--programme", "spring")
    assert (done.exit_code, done.stdout) == (0, "bo@example.org is no admin of spring any more.\n")
    assert counted(staffed) == "# 3 people: 0 mentees, 2 mentors, 1 admins"
    again = staffed("admin", "remove", "bo@example.org", "--programme", "spring")
    assert (again.exit_code, again.stdout) == (0, "bo@example.org was no admin of spring.\n")


def test_an_admin_who_is_nothing_else_leaves(staffed: Run) -> None:
    assert staffed("admin", "remove", "ada@example.org", "--programme", "spring").exit_code == 0
    assert counted(staffed) == "# 2 people: 0 mentees, 2 mentors, 1 admins"


def test_the_only_admin_stays(staffed: Run) -> None:
    assert staffed("admin", "remove", "bo@example.org", "--programme", "spring").exit_code == 0
    for words in (("admin", "remove"), ("member", "remove")):
        told = refused(staffed(*words, "ada@example.org", "--programme", "spring"))
        assert "only coordinator (admin)" in told
    assert staffed("admin", "add", "mo@example.org", "--programme", "spring").exit_code == 0
    assert staffed("admin", "remove", "ada@example.org", "--programme", "spring").exit_code == 0


def test_a_membership_ends_and_says_before_what_it_touches(staffed: Run) -> None:
    dry = staffed("member", "remove", "mo@example.org", "--programme", "spring", "--dry-run")
    assert (dry.exit_code, dry.stdout) == (
        0,
        "Nothing of theirs is open.\nNothing was changed (dry run).\n",
    )
    assert counted(staffed) == "# 3 people: 0 mentees, 2 mentors, 2 admins"
    done = staffed("member", "remove", "mo@example.org", "--programme", "spring")
    assert done.exit_code == 0
    assert done.stdout.endswith("mo@example.org is not in spring any more.\n")
    assert counted(staffed) == "# 2 people: 0 mentees, 1 mentors, 2 admins"


def test_an_admin_who_left_and_is_imported_again_is_none(staffed: Run, tmp_path: Path) -> None:
    assert staffed("member", "remove", "bo@example.org", "--programme", "spring").exit_code == 0
    file = tmp_path / "again.csv"
    file.write_text("email,name,roles\nbo@example.org,Bo,mentee\n", "utf-8")
    assert staffed("import", "people", str(file), "--programme", "spring").exit_code == 0
    assert counted(staffed) == "# 3 people: 1 mentees, 1 mentors, 1 admins"


@pytest.mark.parametrize("words", [("admin", "remove"), ("member", "remove")])
def test_who_is_not_there_is_named(staffed: Run, words: tuple[str, str]) -> None:
    told = refused(staffed(*words, "nobody@example.org", "--programme", "spring"))
    assert "Nobody here has the address" in told
    assert "There is no programme" in refused(staffed(*words, "mo@example.org", "--programme", "autumn"))
    assert staffed("member", "remove", "mo@example.org", "--programme", "spring").exit_code == 0
    assert "not any more" in refused(staffed(*words, "mo@example.org", "--programme", "spring"))
