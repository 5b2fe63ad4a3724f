"""What a process refuses, as a tree. Each error carries a sentence for a person and the HTTP status it means.

    ProcessError
    ├── Invalid          422  the command itself is malformed (a comment is missing, an unknown reason)
    ├── NotAllowed       403  this person may not send this command
    ├── IllegalMove      409  the process is in a state that does not take this command
    ├── Superseded       409  the command speaks of an older revision, or of another request of the same pair
    └── Refused          409  a rule of the programme stands against it
        ├── AlreadyOpen       an open request or active relationship between the two exists
        ├── LimitReached      the mentee has as many open requests as the programme allows
        ├── TooSoon           the same was done a short while ago
        ├── MentorFull        no place left with the mentor
        ├── MenteeFull        the mentee has as many mentors as the programme allows
        └── NotListed         the mentor cannot be asked (unavailable, incomplete, gone, oneself ...)

No sentence names a person: failures travel through the engine and its logs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from models.process.terms import Sentence, pack, unpack


class ProcessError(Exception):
    """Base of the tree; `sentence` says what is wrong and what to do, `field` which input it is about.

    `further` are the (field, sentence) of what else is wrong, so that a form can be corrected at once.
    """

    status: ClassVar[int] = 409
    title: ClassVar[str] = "Not possible"

    def __init__(
        self, sentence: str, field: str | None = None, further: Iterable[tuple[str, str]] = ()
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        self.further = tuple(further)

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.sentence, *(sentence for _, sentence in self.further))

    @property
    def packed(self) -> list[Any] | None:
        """The templates of what it says, in a form that crosses the engine; None where it is plain text."""
        found = [pack(text) for text in self.texts]
        return found if any(found) else None


class Invalid(ProcessError):
    status = 422
    title = "Please correct this"


class NotAllowed(ProcessError):
    status = 403
    title = "Not yours to do"


class IllegalMove(ProcessError):
    title = "Not possible now"


class Superseded(ProcessError):
    title = "Changed in the meantime"


class Refused(ProcessError):
    title = "Not possible"


class AlreadyOpen(Refused):
    title = "Already open"


class LimitReached(Refused):
    title = "Limit reached"


class TooSoon(Refused):
    title = "Not again so soon"


class MentorFull(Refused):
    title = "No place left"


class MenteeFull(Refused):
    title = Sentence("Already has {t.a_mentor}")


class NotListed(Refused):
    title = "Cannot be asked"


_ALL: tuple[type[ProcessError], ...] = (
    Invalid,
    NotAllowed,
    IllegalMove,
    Superseded,
    Refused,
    AlreadyOpen,
    LimitReached,
    TooSoon,
    MentorFull,
    MenteeFull,
    NotListed,
)
_BY_NAME = {error.__name__: error for error in _ALL}


def from_name(
    name: str | None,
    sentence: str,
    field: str | None = None,
    further: Iterable[tuple[str, str]] = (),
    packed: Sequence[Any] | None = None,
) -> ProcessError | None:
    """The error that crossed the engine as a type name, or None when it is not one of the tree."""
    found = _BY_NAME.get(name or "")
    if found is None:
        return None
    templates = iter(packed or ())
    sentence = unpack(sentence, next(templates, None))
    return found(sentence, field, ((name, unpack(text, next(templates, None))) for name, text in further))
