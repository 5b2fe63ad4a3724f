"""Logging, set up in one place: everything goes to stderr, as text or as JSON lines.

Nothing personal may get out here, so of an exception its place and its type are written, and its text only
where that is known to hold none: a database driver, for one, repeats the names in the row that it refused.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from settings import LogFormat

QUIET = {
    "alembic": logging.WARNING,
    "asyncio": logging.WARNING,
    "uvicorn": logging.WARNING,
    "psycopg": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "temporalio": logging.WARNING,
}
"""Whatever the level of the rest. The drivers' finer lines hold whole rows, with all that people wrote."""
SILENT = ("uvicorn.access",)
"""Its lines contain the path, and so the token of a mail link."""

SAFE = (ImportError, OSError, TimeoutError)
"""Their texts name files, addresses of machines and modules."""

FRAMES = 12


def set_up(log_format: LogFormat = LogFormat.TEXT, level: int = logging.INFO) -> None:
    """For the whole process; may be called again."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_texts_of_exceptions,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(log_format)],
        )
    )
    _install(handler, level)


def _install(handler: logging.Handler, level: int) -> None:
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(max(level, least))
    for name in SILENT:
        logging.getLogger(name).disabled = True


def _renderer(log_format: LogFormat) -> Processor:
    if log_format is LogFormat.JSON:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0)


def without_texts_of_exceptions(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Turns `exc_info` into `exception`: a traceback without source lines and without most texts."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    if isinstance(found, BaseException):
        found = (type(found), found, found.__traceback__)
    if isinstance(found, tuple) and found[1] is not None:
        event["exception"] = "\n".join(_chain(found[1]))
        _forget(event)
    return event


def _forget(event: EventDict) -> None:
    """A record of the standard library is rendered once more with its own text of the exception otherwise."""
    record: Any = event.get("_record")
    if record is not None:
        record.exc_info = record.exc_text = None


def _chain(error: BaseException) -> Iterator[str]:
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _chain(cause)
        yield "which led to"
    yield from _frames(error.__traceback__)
    yield _named(error)


def _frames(tb: TracebackType | None) -> Iterable[str]:
    frames = traceback.extract_tb(tb)[-FRAMES:]
    return [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]


def _named(error: BaseException) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if isinstance(error, SAFE):
        return f"{kind}: {error}"
    code = getattr(getattr(error, "orig", error), "sqlstate", None) or getattr(error, "status", None)
    return f"{kind} ({code})" if code else kind
