from __future__ import annotations

import pytest

from models.importing.options import parse_mapping
from models.importing.record import ImportRules
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
            "e1,name,roles",
            {},
            "line 1, email: The column is missing. Name the column that holds it: --map COLUMN=",
        ),
        ("email,name", {}, "line 1, roles: The column is missing. Name the column that holds it"),
        (
            "email,name,roles,Zone",
            {"zon": "time_zone"},
            "line 1: The map names a column “zon” that the file does",
        ),
        (
            "email,name,roles,Zone",
            {"Zone": "time zon"},
            "line 1, Zone: The map sends this column to “time zon”",
        ),
        (
            "email,name,roles,x",
            {"x": "attribute:"},
            "line 1, x: An attribute has a name of letters and digits",
        ),
        ("email,name,roles,x", {"x": "attribute:language"}, "line 1, x: An attribute has a name"),
        ("email,name,roles,x", {"x": f"attribute:{'x' * 65}"}, "line 1, x: An attribute has a name"),
        (
            "email,name,roles,Managr email",
            {},
            "line 1, Managr email: “Managr email” looks like manager_email.",
        ),
        (
            "email,name,roles," + ",".join(f"c{n}" for n in range(51)),
            {f"c{n}": f"attribute:c{n}" for n in range(51)},
            "line 1: The file has 51 attributes; 50 is the most.",
        ),
    ],
)
def test_a_header_that_cannot_be_used_is_refused(header: str, mapping: dict[str, str], expected: str) -> None:
    found = problems(f"{header}\n{LINE}\n", mapping=mapping)
    assert len(found) == 1
    assert found[0].startswith(expected)


def test_a_field_that_is_nearly_right_is_suggested() -> None:
    (found,) = problems("email,name,roles,Zone\n", mapping={"Zone": "time zon"})
    assert "Did you mean “time_zone”?" in found


def test_a_column_without_a_title_is_left_out_or_mapped_by_its_place() -> None:
    (record,), report = read("email,name,roles,\na@b.de,A,mentee,x\n")
    assert record.attributes == {}
    assert "“column 4”" in str(report.warnings[0])
    (record,), _ = read("email,name,roles,\na@b.de,A,mentee,x\n", mapping={"column 4": "unit"})
    assert record.unit == "x"


def test_a_further_column_is_left_out_and_named_until_it_is_mapped() -> None:
    content = "email,name,roles,Salary\na@b.de,A,mentee,5\n"
    (record,), report = read(content)
    assert record.attributes == {}
    assert "“Salary”" in str(report.warnings[0])
    assert "--map TITLE=attribute:NAME" in str(report.warnings[0])
    assert "Salary=" not in str(report.warnings[0]), "what may be private is not proposed"
    assert read(content, ignore_rest=True)[1].warnings == []
    (record,), _ = read(content, mapping={"Salary": "attribute:pay band"})
    assert record.attributes == {"pay_band": "5"}
    (record,), _ = read(content, ImportRules(attributes=("salary",)))
    assert record.attributes == {"salary": "5"}


@pytest.mark.parametrize(
    ("titles", "proposed"),
    [
        ("Salary,Cohort", "--map Cohort=attribute:cohort"),
        ("Religion,Geburtsdatum,Private phone", "--map TITLE=attribute:NAME"),
        ("Limit,Basis,After", "--map TITLE=attribute:NAME"),
        ("Exact,Start year", "--map 'Start year=attribute:start_year'"),
        ("???,Gehälter", "--map TITLE=attribute:NAME"),
    ],
)
def test_no_private_column_and_no_name_of_the_search_is_proposed(titles: str, proposed: str) -> None:
    _, report = read(f"email,name,roles,{titles}\na@b.de,A,mentee{',x' * len(titles.split(','))}\n")
    assert proposed in str(report.warnings[0])


def test_two_columns_of_one_title_may_agree_and_can_be_told_apart() -> None:
    (record,), report = read("email,name,roles,unit,unit\na@b.de,A,mentee,x,x\n")
    assert (report.problems, record.unit) == ([], "x")
    content = "email,name,roles,unit,unit\na@b.de,A,mentee,x,y\n"
    assert "--map 'unit (2)=ignore'" in problems(content)[0]
    (record,), _ = read(content, mapping={"unit (2)": "ignore"})
    assert record.unit == "x"


def test_a_long_title_can_be_mapped_as_it_is_printed() -> None:
    title = "Please tell us in your own words why you\nwould like to take part in this programme"
    content = f'email,name,roles,"{title}"\na@b.de,A,mentee,x\n'
    _, report = read(content)
    printed = " ".join(title.split())
    assert printed in str(report.warnings[0])
    for written in (printed, title, "Please tell us…"):
        (record,), _ = read(content, mapping={written: "about"})
        assert record.about == "x"


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
