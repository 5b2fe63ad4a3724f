from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.importing.record import ImportRules, PersonRecord
from models.importing.values import is_nothing
from models.process.texts import one_line
from tests.importing.files import problems, read

FULL = """\
email,name,roles,time_zone,headline,about,country,languages,unit,location,manager_email,skills,targets,\
preferences,capacity,available,Start year
Ann@Example.org,Ann  Ødegård,mentor|mentee,Europe/Oslo,Hello,"First line
second, line",no,NO|en,Sales,Bergen,boss@example.org,Python:4|C#:2|a:b:1,Rust:3,Careers|Code review,2,yes,2019
"""


def test_every_column_is_read() -> None:
    records, report = read(FULL, mapping={"Start year": "attribute:start year"})
    assert report.problems == []
    assert records == [
        PersonRecord(
            line=2,
            email="ann@example.org",
            name="Ann Ødegård",
            roles=("mentee", "mentor"),
            time_zone="Europe/Oslo",
            headline="Hello",
            about="First line\nsecond, line",
            country="NO",
            languages=("no", "en"),
            unit="Sales",
            location="Bergen",
            manager_email="boss@example.org",
            skills={"python": 4, "c#": 2, "a:b": 1},
            targets={"rust": 3},
            preferences=("Careers", "Code review"),
            capacity=2,
            available=True,
            attributes={"start_year": "2019"},
        )
    ]
    assert report.people == 1
    assert report.new_skills == ["Python", "C#", "a:b", "Rust"]
    assert report.new_options == ["Careers", "Code review"]


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_marks_separators_and_line_ends_make_no_difference(start: bytes, delimiter: str, end: str) -> None:
    rows = [["email", "name", "roles", "about"], ["a@b.de", "A; B, C", "mentee", "x\ny"]]
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, lineterminator="\n").writerows(rows)
    records, report = read(start + buffer.getvalue().replace("\n", end).encode())
    assert report.problems == []
    assert [(record.name, record.about) for record in records] == [("A; B, C", "x\ny")]


def test_empty_cells_say_nothing() -> None:
    (record,), _ = read("email,name,roles,skills,capacity,available,about\na@b.de,A,mentee,,, ,\n")
    assert record == PersonRecord(line=2, email="a@b.de", name="A", roles=("mentee",))


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    content = (
        "\n\nemail,name,roles,about\n"
        'a@b.de,A,mentee,"one\ntwo\nthree"\n'
        ",,,\n"
        "\n"
        "c@d.de,C,boss,\n"
        'e@f.de,"E",mentee,"x\n'
        'y"\n'
        "g@h.de,,mentee,\n"
    )
    records, report = read(content)
    assert [record.line for record in records] == [4, 10]
    assert [(problem.line, problem.column) for problem in report.problems] == [(9, "roles"), (12, "name")]
    assert report.people == 4


BAD_LINES = [
    ("a@b,A,mentee", "email", "“a@b” is not an e-mail address."),
    ('"a@b.de, c@d.de",A,mentee', "email", "is not an e-mail address."),
    ("jö@b.de,A,mentee", "email", "is not an e-mail address."),
    ("a@localhost,A,mentee", "email", "is not an e-mail address."),
    (",A,mentee", "email", "The cell is empty. Every person needs this."),
    ("a@b.de,,mentee", "name", "The cell is empty. Every person needs this."),
    ("a@b.de,A,", "roles", "The cell is empty. Every person needs this."),
    (f"a@b.de,{'x' * 201},mentee", "name", "The text has 201 characters. Shorten it to 200."),
    ("a@b.de,A,boss", "roles", "There is no role “boss”. Write mentee, mentor or mentee|mentor, or"),
    ("a@b.de,A,admin", "roles", "An admin is named by the operator of the installation"),
    ("a@b.de,A,mentee,Europe/Berln", "zone", "There is no time zone “Europe/Berln”."),
    ("a@b.de,A,mentee,CEST", "zone", "Write it like Europe/Berlin."),
    ("a@b.de,A,mentee,,python:6", "skills", "The level “6” of “python” is not a whole number from 1 to 5."),
    ("a@b.de,A,mentee,,python:0", "skills", "The level “0” of “python” is not a whole number from 1 to 5."),
    ("a@b.de,A,mentee,,python:-1", "skills", "The level “-1” of “python” is not"),
    ("a@b.de,A,mentee,,python:2.5", "skills", "The level “2.5” of “python” is not"),
    ("a@b.de,A,mentee,,python:٣", "skills", "The level “٣” of “python” is not"),
    ("a@b.de,A,mentee,,python:", "skills", "The level “” of “python” is not"),
    ("a@b.de,A,mentee,,python", "skills", "“python” has no level. Write it like python:3, or"),
    ("a@b.de,A,mentee,,:3", "skills", "The name of the skill is missing."),
    ("a@b.de,A,mentee,,python:3|Python :2", "skills", "The skill “Python” stands twice in this cell."),
    (f"a@b.de,A,mentee,,{'x' * 121}:3", "skills", "is too long or has odd characters"),
    (
        f"a@b.de,A,mentee,,{'|'.join(f's{n}:1' for n in range(101))}",
        "skills",
        "101 entries; 100 is the most.",
    ),
    ("a@b.de,A,mentee,,,4", "capacity", "“4” is not a capacity. Write a whole number from 1 to 3"),
    ("a@b.de,A,mentee,,,0", "capacity", "“0” is not a capacity."),
    ("a@b.de,A,mentee,,,two", "capacity", "“two” is not a capacity."),
    ("a@b.de,A,mentee,,,,perhaps", "available", "“perhaps” is neither yes nor no."),
    ("a@b.de,A,mentee,,,,,Gemany", "country", "“Gemany” is no country that is known. Write its name, or two"),
    ("a@b.de,A,mentee,,,,,EN", "country", "“EN” is no country that is known."),
    ("a@b.de,A,mentee,,,,,,english|e", "languages", "“e” is no language that is known."),
    ("a@b.de,A,mentee,,,,,,,a@b.de", "manager_email", "People cannot be their own managers."),
    ("a@b.de,A,mentee,,,,,,,boss", "manager_email", "“boss” is not an e-mail address."),
    ("a@b.de,A,mentee,x", "zone", "There is no time zone “x”."),
]
HEADER = "email,name,roles,zone,skills,capacity,available,country,languages,manager_email"


@pytest.mark.parametrize(("line", "column", "sentence"), BAD_LINES)
def test_a_bad_line_is_named_with_its_reason(line: str, column: str, sentence: str) -> None:
    cells = next(csv.reader([line], strict=True))
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells + [""] * (10 - len(cells)))
    records, report = read(
        f"{HEADER}\r\nok@b.de,OK,mentee,,,,,,,\r\n{buffer.getvalue()}", mapping={"zone": "time_zone"}
    )
    assert [record.email for record in records] == ["ok@b.de"]
    found = report.problems[0]
    assert (found.line, found.column) == (3, column)
    assert sentence in found.sentence
    assert not report.ok


def test_all_that_is_wrong_with_a_line_is_listed() -> None:
    found = problems("email,name,roles,skills,capacity\nx,,boss,a:9|b,7\n")
    assert [entry.split(":")[0] for entry in found] == [
        "line 2, email",
        "line 2, roles",
        "line 2, skills",
        "line 2, skills",
        "line 2, capacity",
        "line 2, name",
    ]


def test_an_address_that_stands_twice_names_both_lines() -> None:
    content = "email,name,roles\na@b.de,A,mentee\nc@d.de,C,mentee\nA@B.DE,A,mentor\na@b.de,A,mentor\n"
    which = (
        "stands in line 2 already. Keep one of the two lines, or say which one counts: --repeated first, "
        "--repeated last, or --one-row-per-skill to put them together."
    )
    assert problems(content) == [f"line {line}, email: “a@b.de” {which}" for line in (4, 5)]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            "a@b.de,A",
            "The line has 2 cells, the header 3. Is a separator or a closing quotation mark missing?",
        ),
        ("a@b.de,A,mentee,x", "The line has 4 cells, the header 3. Put cells that contain the separator"),
        ('a@b.de,"A" B,mentee', "A quotation mark stands inside a cell."),
    ],
)
def test_a_line_that_cannot_be_taken_apart_does_not_stop_the_reading(line: str, sentence: str) -> None:
    found = problems(f"email,name,roles\n{line}\nx,X,mentee\n")
    assert len(found) == 2
    assert found[0].startswith(f"line 2: {sentence}")
    assert found[1].startswith("line 3, email")


def test_a_quotation_mark_that_never_closes_names_its_line() -> None:
    (found,) = problems('email,name,roles\na@b.de,A,mentee\nb@c.de,"B,mentee\nc@d.de,C,mentee\n')
    assert found.startswith("line 3: A quotation mark opens here and never closes, so the rest")
    long = "x@y.de,X,mentee\n" * 80_000
    (found,) = problems(f'email,name,roles\nb@c.de,"B,mentee\n{long}')
    assert found.startswith("line 2: A quotation mark opens here and does not close for long")


def test_broken_encoding_names_line_and_byte_and_reading_goes_on() -> None:
    content = "email,name,roles\na@b.de,Zoë Jü".encode() + b"\xe9,mentee\nx,X\x00,mentee\n"
    found = problems(content)
    assert found[0].startswith(
        "line 2: Byte 16 of this line (0xE9) is not UTF-8. Save the file as “CSV UTF-8”,"
    )
    assert "--encoding cp1252" in found[0]
    assert found[1] == "line 3: There is a NUL character in this line. Remove it."
    assert found[2].startswith("line 3, email: “x” is not an e-mail address.")


def test_bytes_that_are_broken_inside_a_quoted_cell_name_their_own_line() -> None:
    found = problems(b'email,name,roles,about\na@b.de,A,mentee,"one\ntw\xff\nthree"\n')
    assert [entry.split(":")[0] for entry in found] == ["line 3"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\n\n,,\n", "The file is empty."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "The file is no workbook that can be read"),
        (b"email,name,roles\n", "The file names columns but no people."),
        (b"PK\x03\x04rest", "The file is no workbook that can be read"),
        (b"x" * 1_000_001, "line 1: A line has more than 1,000,000 characters"),
        (b"email,name,roles\na@b.de,A,mentee\n" + b"y" * 1_000_001, "line 3: A line has more than"),
    ],
)
def test_a_file_that_is_no_table_of_people_is_refused_in_one_sentence(content: bytes, sentence: str) -> None:
    (found,) = problems(content)
    assert found.startswith(sentence)


def test_unknown_skills_are_created_or_refused_as_the_caller_says() -> None:
    content = "email,name,roles,skills\na@b.de,A,mentee,pyton:3|SQL:2\n"
    (record,), report = read(content, ImportRules(skills=("python", "sql")))
    assert record.skills == {"pyton": 3, "sql": 2}
    assert report.new_skills == ["pyton"]
    assert [str(warning) for warning in report.warnings] == [
        "line 2, skills: “pyton” is new and much like “python”. Are they the same skill?"
    ]
    assert problems(content, ImportRules(skills=("python", "sql"), create_skills=False)) == [
        "line 2, skills: The programme has no skill “pyton”. Did you mean “python”?"
    ]


def test_of_two_new_names_that_are_alike_the_later_is_suspected() -> None:
    _, report = read("email,name,roles,skills\na@b.de,A,mentee,front-end:3\nc@d.de,C,mentee,frontend:3\n")
    assert [str(warning) for warning in report.warnings] == [
        "line 3, skills: “frontend” is new and much like “front-end”. Are they the same skill?"
    ]


def test_options_are_created_only_while_the_programme_has_none() -> None:
    content = "email,name,roles,preferences\na@b.de,A,mentee,careers|Code  review|CAREERS\n"
    (record,), report = read(content)
    assert record.preferences == ("careers", "Code review")
    assert report.new_options == ["careers", "Code review"]
    (record,), report = read(content, ImportRules(options=("Careers", "Code review")))
    assert record.preferences == ("Careers", "Code review")
    assert report.new_options == []
    assert problems(content, ImportRules(options=("Career", "Code review"))) == [
        "line 2, preferences: The programme has no preference “careers”. Did you mean “Career”?",
        "line 2, preferences: The programme has no preference “CAREERS”. Did you mean “Career”?",
    ]


def test_a_comma_inside_the_name_of_a_known_option_or_skill_stays() -> None:
    content = (
        'email,name,roles,preferences,skills\na@b.de,A,mentee,"Careers, and more, Code review","c, d:2"\n'
    )
    rules = ImportRules(options=("Careers, and more", "Code review"), skills=("c, d",))
    (record,), report = read(content, rules, level_default=1)
    assert record.preferences == ("Careers, and more", "Code review")
    assert (record.skills, report.new_skills) == ({"c, d": 2}, [])


def test_a_file_with_endless_new_names_is_refused() -> None:
    lines = (f"p{n}@b.de,A,mentee,{'|'.join(f's{n}x{m}:1' for m in range(100))}" for n in range(51))
    found = problems("email,name,roles,skills\n" + "\n".join(lines))
    assert (
        found[0]
        == "line 52, skills: The file has more than 5,000 new names of this kind. Is it the right column?"
    )
    assert len(found) == 100


def test_an_admin_may_be_named_where_the_caller_allows_it() -> None:
    (record,), _ = read("email,name,roles\na@b.de,A,Admin | mentor\n", ImportRules(allow_admin=True))
    assert record.roles == ("mentor", "admin")


def test_the_scale_and_the_capacity_are_the_programme_s() -> None:
    content = "email,name,roles,skills,capacity\na@b.de,A,mentee,x:7,9\n"
    (record,), _ = read(content, ImportRules(top_level=7, max_capacity=9))
    assert (record.skills, record.capacity) == ({"x": 7}, 9)


def test_what_a_sentence_quotes_cannot_steer_a_terminal() -> None:
    (found,) = problems("email,name,roles\na\x1b[2J" + "b" * 200 + "@c.de,A,mentee\n")
    assert found.isprintable()
    assert len(found) < 300


SAFE_TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=30)
PEOPLE = st.lists(
    st.tuples(
        st.from_regex(r"[a-z0-9]{1,8}@[a-z]{2,5}\.(org|de)", fullmatch=True),
        SAFE_TEXT.filter(one_line).filter(lambda text: not is_nothing(text.strip(), "name")),
        st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n"), max_size=30),
        st.dictionaries(st.sampled_from(["a", "b:c", "d e"]), st.integers(1, 5)),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda person: person[0],
)


@given(PEOPLE, st.sampled_from([",", ";"]), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_what_is_written_is_read_again_with_its_lines(
    people: list[tuple[str, str, str, dict[str, int]]], delimiter: str, end: str, mark: bool
) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["email", "name", "roles", "about", "skills"])
    starts = []
    for email, name, about, skills in people:
        starts.append(buffer.getvalue().count("\n") + 1)
        cell = "|".join(f"{skill}:{level}" for skill, level in skills.items())
        writer.writerow([email, name, "mentee", about, cell])
    records, report = read((b"\xef\xbb\xbf" if mark else b"") + buffer.getvalue().encode())
    assert report.problems == []
    assert [record.line for record in records] == starts
    assert [record.email for record in records] == [person[0] for person in people]
    assert [record.skills or {} for record in records] == [person[3] for person in people]
    assert report.people == len(people)


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_stumble(content: bytes) -> None:
    for start in (b"", b"email,name,roles\n", b"email;name;roles;skills;about\n"):
        records, report = read(start + content)
        assert report.problems or len(records) == report.people
        assert all(
            problem.line <= content.count(b"\n") + content.count(b"\r") + 2 for problem in report.problems
        )


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("Dağdeviren Işık", "cp1254"),
        ("Dvořák Šťastný", "cp1250"),
        ("Иван Петров", "cp1251"),
        ("Γιώργος", "cp1253"),
        ("Zoë Müller", "mac-roman"),
    ],
)
def test_the_encoding_that_reads_right_is_among_those_that_are_named(name: str, encoding: str) -> None:
    content = f"email,name,roles\na@b.de,{name},mentee\n".encode(encoding)
    (found,) = problems(content)
    readings = dict(re.findall(r"--encoding (\S+) “([^”]*)”", found))
    first = next(word for word in name.split() if not word.isascii())
    assert first[:3] in readings[encoding]
    assert read(content, encoding=encoding)[0][0].name == name
