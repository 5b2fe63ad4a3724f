"""Schemathesis with all of its checks, as everybody, against the app on a real port and database.

In `make test` with few examples; `make fuzz` takes many (FUZZ_EXAMPLES) and every phase for everybody.
"""

from __future__ import annotations

import faulthandler
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.conftest import SQLITE
from tests.fuzz.living import living

ROOT = Path(__file__).parents[2]
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
"""Per operation; 0: the short form."""
HANGS_AFTER = 7000.0 if EXAMPLES else 600.0
"""Seconds; a bound on hangs."""

# A rule of a programme refuses with 422 what the schema allows; see tests/fuzz/hooks.py.
CONFIG = """
hooks = "tests.fuzz.hooks"

[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", 401, 403, 404, 409, 422, 429, 503]

[parameters]
"""
IDS = ("slug", "request_id", "relationship_id", "goal_id", "invitation_id")


SHORT = [
    ("admin", "admin", "examples,coverage,fuzzing", 2),
    ("mentor", "requests", "examples,coverage,fuzzing", 2),
    ("mentee", "relationships", "examples,coverage,fuzzing", 2),
    ("mentee", "people", "examples,coverage,fuzzing", 2),
    ("mentee", "", "stateful", 3),
    ("elsewhere", "", "examples", 1),
    ("anonymous", "", "examples", 1),
]
"""Who, the tag of the operations (all without one), the phases, examples per operation."""
LONG = [
    (who, "", "examples,coverage,fuzzing,stateful", EXAMPLES)
    for who in ("admin", "mentee", "mentor", "elsewhere", "anonymous")
]


@SQLITE
@pytest.mark.parametrize(("who", "tag", "phases", "examples"), LONG if EXAMPLES else SHORT)
def test_schemathesis_finds_nothing(
    migrated_url: str, tmp_path: Path, who: str, tag: str, phases: str, examples: int
) -> None:
    # It has a bound on hangs of its own; that of all tests would end the whole run on a busy machine.
    faulthandler.cancel_dump_traceback_later()
    with living(migrated_url) as app:
        known = "".join(f'"path.{name}" = "{app.ids[name]}"\n' for name in IDS)
        (tmp_path / "schemathesis.toml").write_text(CONFIG + known)
        token = app.tokens.get(who)
        done = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "--config-file", "schemathesis.toml"),
                *("run", f"{app.url}/api/v1/openapi.json", "--checks", "all", "--phases", phases),
                *(
                    "--max-examples",
                    str(examples),
                    "--continue-on-failure",
                    "--warnings",
                    "off",
                    "--no-color",
                ),
                *("--wait-for-schema", "60", "--request-timeout", "60"),
                *(() if EXAMPLES else ("--generation-deterministic",)),
                *(("--include-tag", tag) if tag else ()),
                *(("-H", f"Authorization: Bearer {token}") if token else ()),
            ],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=HANGS_AFTER,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
