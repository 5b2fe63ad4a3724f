from __future__ import annotations

import pytest

from models.importing.columns import parse_mapping
from tests.importing.files import problems, read

LINE = "a@b.de,A,mentee"


def test_titles_are_taken_in_any_case_and_order() -> None:
    (record,), report = read(
        "Time Zone, NAME ,Roles,e-mail,manager-email\nUTC,A,mentee,a@b.de,c@d.de\n",
        mapping={"E-Mail": "email"},
    )
    assert report.problems == []
    assert (record.email, record.time_zone, record.manager_email) == ("a@b.de", "UTC", "c@d.de")


def test_a_map_goes_before_the_title() -> None:
    (record,), report = read(
        "name,Voller Name,roles,email,unit,note\nx,A,mentee,a@b.de,Sales,secret\n",
        mapping={"name": "ignore", "voller name": "name", "unit": "attribute:Team", "note": "ignore"},
    )
    assert report.problems == []
    assert (record.name, record.unit, record.attributes) == ("A", None, {"team": "Sales"})


@pytest.mark.parametrize(
    ("header", "mapping", "expected"),
    [
        (
            "mail,name,roles",
            {},
            "line 1, email: The column is missing. Did you mean “mail”? Add it, or name the",
        ),
        (
            "email,name",
            {},
            "line 1, roles: The column is missing. Add it, or name the column that holds it with",
        ),
        ("email,name,roles,Name", {}, "line 1, Name: The columns “name” and “Name” both give name."),
        ("email,name,roles,x", {"x": "name"}, "line 1, x: The columns “name” and “x” both give name."),
        ("email,name,roles,Team,team", {}, "line 1, team: The columns “Team” and “team” both give team."),
        (
            "email,name,roles,Zone",
            {"zon": "time_zone"},
            "line 1: The map names a column “zon” that the file does",
        ),
        (
            "email,name,roles,Zone",
            {"Zone": "timezone"},
            "line 1, Zone: The map sends this column to “timezone”",
        ),
        ("email,name,roles,a$b", {}, "line 1: A further column becomes an attribute of people, so its title"),
        (
            "email,name,roles,x",
            {"x": "attribute:"},
            "line 1: A further column becomes an attribute of people",
        ),
        (f"email,name,roles,{'x' * 65}", {}, "line 1: A further column becomes an attribute of people"),
        (
            "email,name,roles," + ",".join(f"c{n}" for n in range(51)),
            {},
            "line 1: The file has 51 further columns; 50 is the most.",
        ),
    ],
)
def test_a_header_that_cannot_be_used_is_refused(header: str, mapping: dict[str, str], expected: str) -> None:
    found = problems(f"{header}\n{LINE}\n", mapping=mapping)
    assert len(found) == 1
    assert found[0].startswith(expected)


def test_a_field_that_is_nearly_right_is_suggested() -> None:
    (found,) = problems("email,name,roles,Zone\n", mapping={"Zone": "timezone"})
    assert "Did you mean “time_zone”?" in found


def test_a_column_without_a_title_must_be_empty() -> None:
    (record,), report = read("email,name,roles,,\na@b.de,A,mentee,,\n")
    assert report.problems == []
    assert record.attributes == {}
    assert problems("email,name,roles,\na@b.de,A,mentee,x\n") == [
        "line 2: The cell “x” stands in column 4, which has no title. Give it one."
    ]


def test_the_separator_is_counted_outside_quotation_marks() -> None:
    (record,), report = read(
        '"email";"name";"roles";"a, b, c, d, e"\na@b.de;A;mentee;x\n', mapping={"a, b, c, d, e": "unit"}
    )
    assert report.problems == []
    assert record.unit == "x"


def test_pairs_become_a_map() -> None:
    assert parse_mapping(["E-Mail=email", "a=b = name"]) == {"E-Mail": "email", "a=b": "name"}


@pytest.mark.parametrize(
    ("pairs", "sentence"),
    [
        (["email"], "A map is written COLUMN=FIELD, not “email”."),
        (["=email"], "A map is written COLUMN=FIELD"),
        (["E-Mail="], "A map is written COLUMN=FIELD"),
        (["E-Mail=email", "e-mail=name"], "The column “e-mail” is mapped twice."),
    ],
)
def test_pairs_that_are_no_map_are_refused(pairs: list[str], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_mapping(pairs)
