from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from models.logos import cleaned
from tests.cli.conftest import Run, refused
from tests.cli.running import PATIENCE_SECONDS
from tests.test_logos import png


def test_is_made_before_the_first_start(run: Run, data_dir: Path) -> None:
    made = run("programme", "create", "spring", "--name", "Spring 2027")
    assert (made.exit_code, made.stdout) == (0, "The programme spring was made.\n")
    assert (data_dir / "steadfast.db").exists()


def test_files_are_for_their_owner_alone(spring: Run, data_dir: Path) -> None:
    assert data_dir.stat().st_mode & 0o777 == 0o700
    assert [file.stat().st_mode & 0o077 for file in data_dir.iterdir()] == [0]


def test_keeps_its_settings_and_admins(run: Run) -> None:
    settings = [
        "--set",
        "close_after=P10D",
        "--set",
        "preferences=Career | Technology",
        "--set",
        "extend_by=P3D",
    ]
    admins = ["--admin", "Ada@Example.org", "--admin", "bob@example.org"]
    assert run("programme", "create", "spring", "--name", "Spring", *settings, *admins).exit_code == 0
    shown = run("programme", "show", "spring").stdout
    assert shown.startswith("# spring: Spring\n# 2 people: 0 mentees, 0 mentors, 2 admins\n")
    assert {"close_after=P10D", "preferences=Career|Technology", "extend_by=P3D"} <= set(shown.splitlines())


def test_what_show_prints_is_what_set_takes(spring: Run) -> None:
    spring(
        "programme",
        "set",
        "spring",
        "amendment_close_after=off",
        "comment_required=reject",
        "skill_weight=0.5",
    )
    before = spring("programme", "show", "spring").stdout
    settings = [line for line in before.splitlines() if line and not line.startswith("#")]
    again = spring("programme", "set", "spring", *settings)
    assert again.exit_code == 0, again.stderr
    assert spring("programme", "show", "spring").stdout == before
    assert {"amendment_close_after=off", "comment_required=reject"} <= set(settings)


def test_a_bad_setting_changes_none(spring: Run) -> None:
    before = spring("programme", "show", "spring").stdout
    sentence = refused(spring("programme", "set", "spring", "close_after=P3D", "time_zone=Mars"))
    assert sentence == "The setting “time_zone” is not an IANA time zone; write it like Europe/Berlin."
    assert spring("programme", "show", "spring").stdout == before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("Spring", "--name", "S"), "A slug has 1 to 64 lower-case letters"),
        (("-spring", "--name", "S"), None),
        (("früh", "--name", "S"), "A slug has"),
        (("a/b", "--name", "S"), "A slug has"),
        (("s" * 65, "--name", "S"), "A slug has"),
        (("summer", "--name", " "), "A name is one line"),
        (("summer", "--name", "a\nb"), "A name is one line"),
        (("summer", "--name", "S", "--set", "colour=red"), "There is no setting “colour”"),
        (("summer", "--name", "S", "--set", "close_after=soon"), "The setting “close_after”"),
        (("summer", "--name", "S", "--set", "holiday_calendar=ZZ"), "holiday calendar “ZZ”"),
        (("summer", "--name", "S", "--set", "eligibility=good"), "business_skills>=4"),
        (("summer", "--name", "S", "--admin", "ada"), "“ada” is no e-mail address"),
        (("spring", "--name", "S"), "There is a programme “spring” already"),
    ],
)
def test_bad_input_makes_none(words: tuple[str, ...], says: str | None, spring: Run) -> None:
    made = spring("programme", "create", *words)
    if says is None:
        assert made.exit_code == 2  # it looks like an option
    else:
        assert says in refused(made)
    assert "There are: spring." in refused(spring("programme", "show", "summer"))


def test_an_unknown_programme_is_named_with_those_there_are(spring: Run) -> None:
    sentence = refused(spring("programme", "set", "sprong", "levels=3"))
    assert sentence == (
        "There is no programme “sprong”. There are: spring. `steadfast programme create` makes one."
    )


def test_without_a_database_says_where_it_looked(run: Run, data_dir: Path) -> None:
    for words in (
        ("programme", "show", "spring"),
        ("programme", "set", "spring", "levels=3"),
        ("admin", "add", "ada@example.org", "--programme", "spring"),
        ("token", "ada@example.org"),
        ("sign-out", "ada@example.org"),
    ):
        sentence = refused(run(*words))
        assert f"no database steadfast.db in {data_dir}: " in sentence
        assert "--data-dir" in sentence
    assert not data_dir.exists()


def test_the_option_goes_before_the_variable(spring: Run, tmp_path: Path) -> None:
    sentence = refused(spring("programme", "show", "spring", "--data-dir", str(tmp_path / "other")))
    assert str(tmp_path / "other") in sentence


def test_an_admin_is_added_once(spring: Run) -> None:
    words = ("admin", "add", "Bob@example.org", "--programme", "spring", "--name", "Bob Marlow")
    assert spring(*words).stdout == "Bob@example.org is an admin of spring now.\n"
    assert spring(*words).stdout == "Bob@example.org is an admin of spring already.\n"
    assert "1 person" not in spring("programme", "show", "spring").stdout
    assert "# 2 people: 0 mentees, 0 mentors, 2 admins" in spring("programme", "show", "spring").stdout


def test_an_admin_needs_an_address(spring: Run) -> None:
    assert "“bob” is no e-mail address" in refused(spring("admin", "add", "bob", "--programme", "spring"))


def test_a_token_is_all_that_is_printed(spring: Run) -> None:
    printed = spring("token", "ADA@example.org", "--days", "3")
    assert printed.exit_code == 0
    assert printed.stderr == ""
    assert len(printed.stdout) == len("sf_") + 43 + len("\n")
    assert printed.stdout.startswith("sf_")
    assert printed.stdout != spring("token", "ada@example.org").stdout


def test_tokens_are_revoked(spring: Run) -> None:
    spring("token", "ada@example.org")
    spring("token", "ada@example.org")
    assert spring("token", "Ada@example.org", "--revoke").stdout == "API tokens made worthless: 2\n"
    assert spring("token", "ada@example.org", "--revoke").stdout == "API tokens made worthless: 0\n"


def test_a_token_is_for_somebody_known(spring: Run) -> None:
    assert refused(spring("token", "eve@example.org")).startswith(
        "Nobody here has the address eve@example.org: "
    )
    assert "“eve” is no e-mail address" in refused(spring("token", "eve"))


def test_says_what_settings_lead_to_together(spring: Run) -> None:
    changed = spring("programme", "set", "spring", "close_after=P5D").stdout.splitlines()
    assert changed[0] == "The programme spring was changed."
    assert "Nobody is reminded before a request closes (close_after is P5D)" in changed[1]
    assert f"# {changed[1]}" in spring("programme", "show", "spring").stdout.splitlines()
    made = spring("programme", "create", "other", "--name", "Other", "--set", "close_after=P5D").stdout
    assert changed[1] in made


def test_a_logo_is_read_from_a_file(spring: Run, tmp_path: Path) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(png())
    assert spring("programme", "set", "spring", f"logo=@{file}", "accent=#7A2048").exit_code == 0
    shown = spring("programme", "show", "spring").stdout
    assert cleaned(png()).name in shown
    assert "#7a2048" in shown
    for content, says in ((b"<html/>", "takes an SVG or PNG"), (b"x" * 50_000, "takes an SVG or PNG")):
        file.write_bytes(content)
        assert says in refused(spring("programme", "set", "spring", f"logo=@{file}"))
    file.unlink()
    assert "cannot be read" in refused(spring("programme", "set", "spring", f"logo=@{file}"))
    assert spring("programme", "set", "spring", "logo=off").exit_code == 0
    assert cleaned(png()).name not in spring("programme", "show", "spring").stdout
    made = spring("programme", "create", "other", "--name", "Other", "--set", "accent=#123")
    assert made.exit_code == 0
    assert "#112233" in spring("programme", "show", "other").stdout


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_whoever_reads_no_further_hears_no_complaint(
    spring: Run, environ: dict[str, str | None], stream: str
) -> None:
    """As with `| head`: the reader has gone before the first line is written."""
    words = ("show", "spring") if stream == "stdout" else ("show", "summer")
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "cli", "programme", *words],
        env={name: value for name, value in (os.environ | environ).items() if value is not None},
        check=False,
        timeout=PATIENCE_SECONDS,
        text=True,
        stdout=writer if stream == "stdout" else subprocess.PIPE,
        stderr=writer if stream == "stderr" else subprocess.PIPE,
    )
    os.close(writer)
    assert (done.returncode, done.stdout or "", done.stderr or "") == (int(stream == "stderr"), "", "")


def test_says_what_new_periods_would_do_to_open_requests_before_they_follow(spring: Run) -> None:
    dry = spring("programme", "set", "spring", "close_after=P20D", "--open-requests", "--dry-run")
    said = " ".join(dry.stdout.split())
    assert said.startswith("Nothing was changed. Of 0 open requests, 0 would close on another day")
    assert said.endswith("None would be due at once.")
    assert "close_after=P14D" in spring("programme", "show", "spring").stdout.splitlines()
    done = spring("programme", "set", "spring", "close_after=P20D", "--open-requests")
    assert "0 open requests are to follow" in done.stdout
    shown = spring("programme", "show", "spring").stdout.splitlines()
    assert {"close_after=P20D", "# The last settings hold for all open requests."} <= set(shown)
