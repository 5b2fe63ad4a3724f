"""The people of the sample programme: 278 mentors, 600 mentees and one admin, the same every time."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

from models.sample import words
from models.sample.draw import number, one, some
from models.sample.names import POOLS
from models.sample.places import COUNTRIES
from models.sample.programme import PREFERENCES

MENTEES = 600
ADMIN_EMAIL = "ada.admin@example.org"
MENTEE_EMAIL = "mina.mentee@example.org"
"""Somebody whose address is easy to remember, for the tour of the README."""

COLUMNS = (
    "email",
    "name",
    "roles",
    "time_zone",
    "headline",
    "about",
    "country",
    "languages",
    "unit",
    "manager_email",
    "skills",
    "targets",
    "preferences",
    "capacity",
    "available",
    "experience",
)
"""All of a People CSV, and one further column that becomes a filterable attribute."""

TOP_LEVEL = 5
_MENTOR_LEVELS = (2, 3, 3, 3, 4, 4, 4, 4, 5, 5)
_MENTEE_LEVELS = (0, 0, 1, 1, 2, 2, 3)
_STEPS = (1, 1, 2, 2, 3)
_ASCII = str.maketrans("łŁøØßđıæÆ", "lLoOsdiaA")

Line = dict[str, str]

_ADA: Line = {
    "email": ADMIN_EMAIL,
    "name": "Ada Marlow",
    "roles": "admin",
    "time_zone": "Europe/London",
    "headline": "Runs the programme",
    "country": "GB",
    "languages": "en",
    "unit": "Europe",
}
_MINA: Line = {
    "email": MENTEE_EMAIL,
    "name": "Mina Osei",
    "roles": "mentee",
    "time_zone": "Europe/Berlin",
    "headline": "On the way to React and Node.js",
    "about": "I changed my profession last year and would like to contribute to a project that others use.",
    "country": "DE",
    "languages": "de|en",
    "unit": "Europe",
    "skills": "css:3|javascript:2|reactjs:1",
    "targets": "javascript:4|nodejs:2|reactjs:3",
    "preferences": "Reading and reviewing code|Contributing to open source",
    "experience": "under 5 years",
}


@dataclass(frozen=True, slots=True)
class Source:
    """One line of `mentors.csv`."""

    id: str
    skills: tuple[str, ...]
    country: str
    languages: str


def sources() -> list[Source]:
    """The skill profiles that everything is made from."""
    text = files("models.sample").joinpath("mentors.csv").read_text("utf-8")
    return [
        Source(row["id"], tuple(_clean(row["skills"])), row["country"], row["languages"])
        for row in csv.DictReader(io.StringIO(text))
    ]


def _clean(cell: str) -> Iterator[str]:
    return iter(dict.fromkeys(skill.strip() for skill in cell.split("|") if skill.strip()))


def people_csv() -> bytes:
    """The sample as a People CSV, to be imported like any other file (by the operator: it names an admin)."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(people())
    return buffer.getvalue().encode()


def people() -> list[Line]:
    """Mentors, then mentees, then the admin, as lines of a People CSV."""
    found = sources()
    naming = _Naming()
    mentors = [_mentor(source, naming) for source in found]
    mentees = [_mentee(f"P{place:03}", found, mentors, naming) for place in range(1, MENTEES)]
    return [*mentors, _MINA, *mentees, _ADA]


class _Naming:
    """Gives every person a name and an address that nobody else has."""

    def __init__(self) -> None:
        self._taken = {MENTEE_EMAIL, ADMIN_EMAIL}

    def name(self, who: str, country: str) -> tuple[str, str]:
        given, family = POOLS[one(who, "pool", COUNTRIES[country].pools)]
        for attempt in range(len(given) * len(family)):
            name = f"{one(who, f'given/{attempt}', given)} {one(who, f'family/{attempt}', family)}"
            email = f"{_plain(name)}@example.org"
            if email not in self._taken:
                self._taken.add(email)
                return name, email
        raise ValueError(f"The names for {country} are used up; add some to its pool.")


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.translate(_ASCII))
    return decomposed.encode("ascii", "ignore").decode().lower().replace(" ", ".")


def _mentor(source: Source, naming: _Naming) -> Line:
    who = source.id
    line = _anybody(who, source, naming)
    stated = sorted(source.skills, key=lambda skill: number(who, f"order/{skill}", 1 << 30))
    levels = {skill: one(who, f"level/{skill}", _MENTOR_LEVELS) for skill in source.skills}
    weakest = min(stated, key=levels.__getitem__)
    learns = _one_in(who, "learns too", 20) and levels[weakest] < TOP_LEVEL
    return line | {
        "roles": "mentee|mentor" if learns else "mentor",
        "headline": words.headline_of_mentor(who, stated),
        "about": words.about_mentor(who),
        "skills": _cell(levels),
        "targets": _cell({weakest: TOP_LEVEL}) if learns else "",
        "preferences": "" if _one_in(who, "no preferences", 90) else _ticked(who, 2, 4),
        "capacity": str(1 + number(who, "capacity", 3)),
        "available": "no" if _one_in(who, "unavailable", 16) else "yes",
        "experience": one(who, "experience", words.YEARS[1:]),
    }


def _mentee(who: str, found: Sequence[Source], mentors: Sequence[Line], naming: _Naming) -> Line:
    # Targets come from one mentor's skills, so that they follow the distribution and keep what goes together.
    model = one(who, "model", found)
    line = _anybody(who, one(who, "home", found), naming)
    aims = some(who, "aims", model.skills, 2 + number(who, "aims", 3))
    current = {skill: one(who, f"current/{skill}", _MENTEE_LEVELS) for skill in aims}
    targets = {
        skill: min(TOP_LEVEL, level + one(who, f"step/{skill}", _STEPS)) for skill, level in current.items()
    }
    line |= {
        "roles": "mentee",
        "headline": words.headline_of_mentee(who, aims),
        "about": words.about_mentee(who, aims),
        "skills": _cell({skill: level for skill, level in current.items() if level}),
        "targets": _cell(targets),
        "preferences": _ticked(who, 1, 3),
        "manager_email": one(who, "manager", mentors)["email"] if _one_in(who, "managed", 20) else "",
        "experience": one(who, "experience", words.YEARS[:3]),
    }
    if _one_in(who, "unfinished", 90):
        line |= {"targets": "", "preferences": ""}
    return line


def _anybody(who: str, source: Source, naming: _Naming) -> Line:
    home = COUNTRIES[source.country]
    name, email = naming.name(who, source.country)
    return {
        "email": email,
        "name": name,
        "time_zone": one(who, "zone", home.zones),
        "country": source.country,
        "languages": source.languages or "en",
        "unit": home.region,
    }


def _ticked(who: str, least: int, most: int) -> str:
    count = least + number(who, "how many preferences", most - least + 1)
    return "|".join(some(who, "preferences", PREFERENCES, count))


def _cell(levels: dict[str, int]) -> str:
    return "|".join(f"{skill}:{level}" for skill, level in levels.items())


def _one_in(who: str, purpose: str, count: int) -> bool:
    return number(who, purpose, count) == 0
