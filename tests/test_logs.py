"""In a process of its own each: logging is set up once for a whole process."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

EVERYTHING = """
import logging, structlog
from installation.logs import set_up
from settings import LogFormat
log = structlog.get_logger("ours")  # before it is set up, as modules do
set_up(LogFormat({form!r}))
log.info("started", port=8000)
logging.getLogger("temporalio.worker").warning("theirs %s", "too")
logging.getLogger("uvicorn.access").error("GET /links/canary")
logging.getLogger("alembic").info("not worth a line")
def fail():
    try:
        raise ValueError("canary")
    except ValueError as error:
        raise OSError(28, "No space left on device") from error
for logger in (log, logging.getLogger("uvicorn.error")):
    try:
        fail()
    except OSError:
        logger.exception("failed")
"""


def logged(form: str, program: str = EVERYTHING) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", program.format(form=form)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == ""
    assert "canary" not in done.stderr
    return done.stderr.splitlines()


def test_json_is_one_object_a_line() -> None:
    ours, theirs, *failures = [json.loads(line) for line in logged("json")]
    assert (ours["event"], ours["logger"], ours["level"], ours["port"]) == ("started", "ours", "info", 8000)
    assert ours["timestamp"].endswith("Z")
    assert (theirs["event"], theirs["level"]) == ("theirs too", "warning")
    assert [failure["logger"] for failure in failures] == ["ours", "uvicorn.error"]


@pytest.mark.parametrize("form", ["json", "text"])
def test_an_exception_tells_where_and_what_but_not_its_text(form: str) -> None:
    text = "\n".join(logged(form))
    assert text.count("in fail") == 4
    assert text.count("ValueError") == 2
    assert text.count("No space left on device") == 2


def test_text_has_no_colours_in_a_file() -> None:
    assert "\x1b" not in "".join(logged("text"))


def test_a_refused_row_stays_out_of_the_log() -> None:
    program = """
import logging, sqlalchemy
from installation.logs import set_up
from settings import LogFormat
set_up(LogFormat({form!r}))
engine = sqlalchemy.create_engine("sqlite://")
with engine.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE people (email TEXT UNIQUE)")
    try:
        for _ in range(2):
            connection.exec_driver_sql("INSERT INTO people VALUES (?)", ("canary@example.org",))
    except sqlalchemy.exc.IntegrityError:
        logging.getLogger("ours").exception("refused")
"""
    [line] = logged("json", program)
    assert "sqlalchemy.exc.IntegrityError" in json.loads(line)["exception"]
