"""How a command runs, how it ends, and what it prints at length.

A command ends with 0, or with 1 and one line on stderr that says why and what to do; typer ends with 2 for
what was typed wrongly. Everything heavy is imported inside functions, so that `steadfast --help` is quick.
"""

# ruff: noqa: PLC0415

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import sys
import time
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

from models.operator_error import OperatorError

if TYPE_CHECKING:
    from installation.findings import Finding
    from installation.operations import ProgrammeSheet
    from installation.reconciling import Reconciler
    from models.store.importing import Progress
    from settings import Settings

T = TypeVar("T")

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        metavar="DIR",
        help="Where the embedded parts keep their files: STEADFAST_DATA_DIR, or else steadfast-data.",
        show_default=False,
    ),
]
PLAIN_SECONDS = 2.0
"""How often progress is printed when the output is no terminal."""


def say(text: str, *, err: bool = False) -> None:
    """To stdout or stderr, flushed at once: a program may wait for the line at the other end of a pipe.

    Once the reader has gone, as after `| head`, the work is done to its end all the same, in silence.
    """
    stream = sys.stderr if err else sys.stdout
    try:
        typer.echo(text, err=err)
        stream.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def execute(run: Callable[[Settings], Coroutine[Any, Any, T]], data_dir: Path | None) -> T:
    """Runs one command with the settings of the environment and returns its result, or ends the program."""
    return _execute(run, data_dir, logging.WARNING)


def serve(run: Callable[[Settings], Coroutine[Any, Any, None]], data_dir: Path | None) -> None:
    """Like `execute`, for what goes on until Ctrl-C or SIGTERM."""
    gc.disable()  # imports make nothing that goes; `assembly` switches it on again after its own
    from installation.parts import until_signalled

    _execute(lambda settings: until_signalled(run(settings)), data_dir, logging.INFO)


def _execute(run: Callable[[Settings], Coroutine[Any, Any, T]], data_dir: Path | None, level: int) -> T:
    try:
        from installation import logs
        from settings import Settings

        os.umask(0o077)  # whatever is made is for this user alone: names, addresses, keys

        settings = Settings.load(data_dir=data_dir)
        logs.set_up(settings.log_format, level)
        return asyncio.run(run(settings))
    except KeyboardInterrupt:
        fail("interrupted.")
    except Exception as error:  # noqa: BLE001  (an operator gets a sentence, whatever it was)
        fail(_sentence(error))


def fail(sentence: str) -> NoReturn:
    say(f"steadfast: {' '.join(sentence.split())}", err=True)
    raise typer.Exit(1)


def _sentence(error: Exception) -> str:
    from models.process.errors import ProcessError

    if isinstance(error, OperatorError | ProcessError):
        return str(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    reason = (str(error).splitlines() or [""])[0]
    return f"this should not have happened: {type(error).__name__} in {where}: {reason}. Please report it."


def as_pairs(texts: Sequence[str], what: str) -> dict[str, str]:
    """`key=value` texts as a mapping; what is none, or stands twice, is wrong usage."""
    pairs: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise typer.BadParameter(f"{text!r} is not written KEY=VALUE.", param_hint=what)
        if key.strip() in pairs:
            raise typer.BadParameter(f"{key.strip()!r} stands twice.", param_hint=what)
        pairs[key.strip()] = value.strip()
    return pairs


@contextmanager
def progress(of: str = "") -> Iterator[Progress]:
    """Shows the progress of long work: a bar on a terminal, otherwise a line now and then."""
    if not sys.stderr.isatty():
        yield _PlainProgress(of)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        stages: dict[str, Any] = {}

        def tell(stage: str, done: int, total: int | None) -> None:
            if stage not in stages:
                for task in bar.tasks:  # how many there are is only known at the end of the first stage
                    bar.update(task.id, total=task.completed)
                stages[stage] = bar.add_task(stage, total=total)
            bar.update(stages[stage], completed=done, total=total)

        yield tell


class _PlainProgress:
    def __init__(self, of: str) -> None:
        self._of = f" {of}" if of else ""
        self._told = time.monotonic()

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        if time.monotonic() - self._told >= PLAIN_SECONDS:
            self._told = time.monotonic()
            say(f"{stage}: {done:,}{f' of {total:,}' if total else ''}{self._of}", err=True)


def many(count: int, noun: str) -> str:
    plural = {"person": "people"}.get(noun, f"{noun}s")
    return f"{count:,} {noun if count == 1 else plural}"


def print_sheet(sheet: ProgrammeSheet) -> None:
    count = sheet.headcount
    say(f"# {sheet.slug}: {sheet.name}")
    roles = f"{count.mentees} mentees, {count.mentors} mentors, {count.admins} admins"
    say(f"# {many(count.people, 'person')}: {roles}")
    from models.process.programme_notes import notes_on

    for sentence in notes_on(sheet.settings):
        say(f"# {sentence}")
    if sheet.change:
        say(f"# {sheet.change}")
    fields = type(sheet.settings).model_fields
    for key, value in sheet.settings.stored().items():
        say(f"\n# {fields[key].description}\n{key}={as_set_takes(value)}")


def as_set_takes(value: Any) -> str:
    """A setting as `--set` takes it."""
    if value is None or value == []:
        return "off"
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(part, dict) for part in value)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "|".join(str(part) for part in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


async def print_findings(findings: AsyncIterator[Finding]) -> bool:
    """One line each as it is found; says whether nothing is wrong."""
    good = True
    async for finding in findings:
        say(f"{finding.verdict.upper():<6}{finding.what}: {finding.sentence}")
        good = good and finding.verdict != "wrong"
    say("Nothing is wrong." if good else "Something is wrong; see above for what to do.")
    return good


async def print_cases(reconciler: Reconciler) -> bool:
    """One line each as it is found or mended, and what it came to; says whether nothing is left."""
    async for case in reconciler.run():
        say(f"{'MENDED' if case.is_mended else 'FOUND':<8}{case.kind} {case.id}: {case.sentence}.")
    found = reconciler.sum
    looked = f"{many(found.looked_at, 'run')} of processes"
    if not found.mended and not found.left:
        say(f"The engine and the database agree; looked at {looked}.")
    else:
        say(f"{found.mended:,} mended, {found.left:,} left; looked at {looked}.")
    return not found.left
