"""One person of an import, and the rules of the programme that it is checked against."""

from collections.abc import Collection
from dataclasses import dataclass, field

from models.matching.skills import SkillBook


@dataclass(slots=True)
class PersonRecord:
    """A checked line. None stands for no such column or an empty cell: what is known stays as it is.

    `email` is in lower case, `skills` and `targets` are levels by the key of the skill, `preferences` are as
    in `rules` or, for new ones, as first written. A plain dataclass: everything in it has been checked one
    by one with sentences of our own, and a pydantic model would check it again (1 us against 8 us a record).
    `defaulted` names the fields that the file left empty: what they hold is for people of whom nothing is
    known there.
    """

    line: int
    email: str
    name: str
    roles: tuple[str, ...]
    time_zone: str | None = None
    headline: str | None = None
    about: str | None = None
    country: str | None = None
    location: str | None = None
    unit: str | None = None
    languages: tuple[str, ...] | None = None
    manager_email: str | None = None
    skills: dict[str, int] | None = None
    targets: dict[str, int] | None = None
    preferences: tuple[str, ...] | None = None
    capacity: int | None = None
    available: bool | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    defaulted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportRules:
    """What a programme allows.

    `skills` are those it has, or merely their names. Unknown ones are created if `create_skills`, otherwise
    they are problems; unknown options are created only while the programme has none at all. `attributes` are
    the names of those that people of the programme have.
    """

    top_level: int = 5
    max_capacity: int = 3
    skills: SkillBook | Collection[str] = ()
    options: Collection[str] = ()
    attributes: Collection[str] = ()
    create_skills: bool = True
    allow_admin: bool = False
