from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from tests.cli.conftest import Run, refused

GOOD = """email,name,roles,skills,unit
mina@example.org,Mina,mentee,python:1,Red
max@example.org,Max,mentor,python:4,Blue
"""
BAD = """email,name,roles,time_zone,skills
mina@example.org,Mina,mentee,Europe/Berlin,python:1
max.example.org,Max,mentor,Europe/Berlin,python:4
eve@example.org,Eve,mentor,Mars/Olympus,python:9
mina@example.org,Mina again,mentee,,
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "people.csv"
    file.write_text(GOOD)
    return file


def test_imports_everybody(spring: Run, file: Path) -> None:
    done = spring("import", "people", str(file), "--programme", "spring")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == "2 people: 2 new, 0 changed, 0 unchanged."
    assert "# 3 people: 1 mentees, 1 mentors, 1 admins" in spring("programme", "show", "spring").stdout


def test_a_dry_run_writes_nothing(spring: Run, file: Path) -> None:
    done = spring("import", "people", str(file), "--programme", "spring", "--dry-run")
    assert done.exit_code == 0
    assert "2 new" in done.stdout
    assert "nothing was written (dry run)" in done.stdout
    assert "# 1 person:" in spring("programme", "show", "spring").stdout


def test_again_changes_nothing(spring: Run, file: Path) -> None:
    spring("import", "people", str(file), "--programme", "spring")
    again = spring("import", "people", str(file), "--programme", "spring")
    assert "0 new, 0 changed, 2 unchanged" in again.stdout


def test_every_bad_line_is_named_and_nothing_written(spring: Run, file: Path) -> None:
    file.write_text(BAD)
    done = spring("import", "people", str(file), "--programme", "spring")
    assert done.exit_code == 1
    assert done.stdout == ""
    *problems, heading, zone, skill, last = done.stderr.splitlines()
    assert [line.split(": ")[:2] for line in problems] == [
        ["line 3", "email"],
        ["line 4", "time_zone"],
        ["line 4", "skills"],
        ["line 5", "email"],
    ]
    assert last == (
        "steadfast: nothing was imported, for 3 lines of 4 are bad: add the options named above, "
        "or correct the file, and import it again."
    )
    assert "Without a change of the file" in heading
    assert [zone.strip(), skill.strip()] == [
        "--value time_zone:Mars/Olympus=",
        "--value skills:python:9=",
    ]
    assert "# 1 person:" in spring("programme", "show", "spring").stdout


def test_columns_are_mapped(spring: Run, file: Path) -> None:
    file.write_text(GOOD.replace("email,name", "Contact,Called"))
    words = ("import", "people", str(file), "--programme", "spring")
    assert "email: The column is missing" in spring(*words).stderr
    assert spring(*words, "--map", "Contact=email", "--map", "Called=name").exit_code == 0


def test_a_column_that_is_mapped_twice_is_wrong_usage(spring: Run, file: Path) -> None:
    words = (
        "import",
        "people",
        str(file),
        "--programme",
        "spring",
        "--map",
        "Mail=email",
        "--map",
        "mail=name",
    )
    done = spring(*words)
    assert done.exit_code == 2
    assert "The column “mail” is mapped twice. Keep one map." in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfeemail", b"PK\x03\x04", b"email,name,roles\n", b'email,name,roles\n"a', b"\x00\x01\x02"],
)
def test_what_is_no_table_of_people_is_told_so(content: bytes, spring: Run, file: Path) -> None:
    file.write_bytes(content)
    done = spring("import", "people", str(file), "--programme", "spring")
    assert done.exit_code == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) >= 2


def test_a_file_that_cannot_be_read_is_named(spring: Run, tmp_path: Path) -> None:
    missing = tmp_path / "missing.csv"
    words = ("--programme", "spring")
    assert refused(spring("import", "people", str(missing), *words)) == (
        f"{missing} cannot be read (No such file or directory): name a CSV file that you may read."
    )
    assert "(Is a directory)" in refused(spring("import", "people", str(tmp_path), *words))


def test_a_pipe_is_no_file(spring: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    holder = os.open(tmp_path / "pipe", os.O_RDWR)  # or opening it would wait for a writer
    try:
        sentence = refused(spring("import", "people", str(tmp_path / "pipe"), "--programme", "spring"))
    finally:
        os.close(holder)
    assert "(it is a pipe)" in sentence


def test_an_unknown_programme_imports_nobody(spring: Run, file: Path) -> None:
    sentence = refused(spring("import", "people", str(file), "--programme", "summer"))
    assert sentence.startswith("There is no programme “summer”.")


def test_the_remedies_of_a_refusal_work_as_they_are_printed(spring: Run, file: Path) -> None:
    file.write_text(
        "email,name,roles,country,capacity,preferences,languages\n"
        'ann@example.org,Ann,mentor,EN,3+,Careers,"English, Klingonish"\n'
    )
    words = ("import", "people", str(file), "--programme", "spring")
    done = spring(*words)
    assert done.exit_code == 1
    printed = [line.strip() for line in done.stderr.splitlines() if line.startswith("  --")]
    assert printed == ["--value country:EN=", "--value capacity:3+=", "--value languages:Klingonish="]
    options = [word for line in printed for word in shlex.split(line)]
    assert spring(*words, *options).exit_code == 0
    wrong = spring(*words, "--value", "contry:EN=GB")
    assert (wrong.exit_code, "Did you mean" in wrong.stderr) == (2, True)


def test_columns_that_may_be_meant_are_mapped_as_printed(spring: Run, file: Path) -> None:
    file.write_text("Where can we mail you?,Who are you? (name)\nann@example.org,Ann\n")
    words = ("import", "people", str(file), "--programme", "spring")
    done = spring(*words).stderr
    options = (
        "--map 'Where can we mail you?=email'",
        "--map 'Who are you? (name)=name'",
        "--default roles=mentor",
    )
    assert all(option in done for option in options)
    assert spring(*words, *shlex.split(" ".join(options))).exit_code == 0


def test_a_dry_run_says_what_it_will_do(spring: Run, file: Path) -> None:
    words = ("import", "people", str(file), "--programme", "spring")
    assert spring(*words).exit_code == 0
    file.write_text(
        "E-mail,name,roles,Division,Cohort,skills,manager_email,Salary\n"
        "mina@example.org,Mina,mentee,Green,A,sql:2,boss@example.org,1\n"
        "max@example.org,Max,mentee,Blue,B,,,2\n"
        "zoe@example.org,Zoë,mentor,Blue,A,,,3\n"
    )
    dry = spring(*words, "--dry-run", "--roles", "replace", "--map", "Cohort=attribute:cohort")
    assert dry.exit_code == 0
    assert dry.stdout.splitlines() == [
        "3 people: 1 new, 2 changed, 0 unchanged; nothing was written (dry run).",
        "Columns taken: “E-mail” as email, “Division” as unit, “Cohort” as attribute:cohort",
        "Attributes, which others see and can filter by once the setting filterable names them: cohort",
        "Changes by field: attributes 2, unit 1, manager_email 1, skills 1, mentee 1, mentor 1",
        "No longer a mentor: 1 (max@example.org)",
        "Managers whom nobody here knows by this address: 1 (boss@example.org)",
        "Mentors who are not shown to mentees: 1 of 1, because they lack:",
        "  1 x Name at least one skill that you can help with.",
        "New skills: sql",
    ]
    assert "“Salary”" in dry.stderr
    assert "Salary=" not in dry.stderr
    assert "1 mentees, 1 mentors" in spring("programme", "show", "spring").stdout


def test_only_those_who_are_new(spring: Run, file: Path) -> None:
    words = ("import", "people", str(file), "--programme", "spring", "--new-only")
    assert "2 new, 0 changed, 0 unchanged." in spring(*words).stdout
    file.write_text(GOOD.replace("Mina,mentee", "Mina Changed,mentor") + "zoe@example.org,Zoë,mentee,,Red\n")
    dry = spring(*words, "--dry-run").stdout.splitlines()
    assert dry == ["3 people: 1 new, 0 changed, 0 unchanged, 2 passed over; nothing was written (dry run)."]
    assert spring(*words).stdout.splitlines() == ["3 people: 1 new, 0 changed, 0 unchanged, 2 passed over."]
    assert "# 4 people: 2 mentees, 1 mentors, 1 admins" in spring("programme", "show", "spring").stdout
