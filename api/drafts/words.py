"""What the pages of drafts say."""

from __future__ import annotations

from collections.abc import Callable

from api.drafts.schemas import DraftOut
from api.web.pages import local_path
from api.web.words import Chip, Label, Tone
from models.process.draft.state import MOST_MENTORS, DraftKind, DraftState
from models.process.errors import Invalid
from models.process.terms import Sentence

S = DraftState

KINDS = {
    DraftKind.RECOMMENDATIONS: Sentence("Recommended {t.mentors}"),
    DraftKind.PAIRING: "Pairs for everybody",
}
STATES = {
    S.COMPUTING: Label("Being computed", Tone.WAIT),
    S.DRAFT: Label("Waits for you", Tone.TURN),
    S.PUBLISHING: Label("Being published", Tone.WAIT),
    S.PUBLISHED: Label("Published", Tone.GOOD),
    S.DISCARDED: Label("Discarded"),
}
DONE = {
    "publish": "It is being published. You can leave this page.",
    "discard": "Draft discarded; nothing of it was sent.",
    "compute": "It is being computed again.",
}
CHANGED = "Changed. Compute it again to have everybody else arranged around it."
PER_MENTEE = f"This takes a whole number from 1 to {MOST_MENTORS}."
SCORE = "This takes a whole number from 0 to 100."
_BOUNDS = {"per_mentee": (1, MOST_MENTORS, 3, PER_MENTEE), "minimum_score": (0, 100, 0, SCORE)}
FILTERS = {
    "without": Sentence("Without {t.a_mentor}"),
    "changed": "Changed by the last computation",
    "by-hand": "Set by hand",
    "left-out": "Left out",
}


def between(number: int | None, field: str) -> int:
    """Raises Invalid for a number outside of what the field takes."""
    least, most, usual, sentence = _BOUNDS[field]
    if number is None:
        return usual
    if not least <= number <= most:
        raise Invalid(sentence, field=field)
    return number


def back_to(path: str, base: str) -> str:
    return local_path(path, lambda one: one.partition("?")[0] == base, base)


def lead(one: DraftOut) -> str:
    """Where the draft stands, in a sentence or two."""
    return {
        S.COMPUTING: "This takes a moment. The page looks again by itself; you can leave it, too.",
        S.DRAFT: "Nobody has been told anything. Read it, change what you know better, then publish it.",
        S.PUBLISHING: "It is being published, and goes on whatever happens to this page.",
        S.PUBLISHED: "It has been published; everybody concerned has been told.",
        S.DISCARDED: "It was discarded, and nothing of it was sent.",
    }[one.state]


def in_short(one: DraftOut) -> str:
    if one.state is S.COMPUTING:
        return f"{one.progress} %"
    return Sentence(
        "{matched} with {t.a_mentor}, {without} without", matched=one.matched, without=one.unmatched
    )


def facts(one: DraftOut) -> list[tuple[int, str]]:
    """Figures of the draft: number and what it counts."""
    found: list[tuple[int, str]] = [
        (one.matched, Sentence("with {t.a_mentor}")),
        (one.unmatched, Sentence("without {t.a_mentor}")),
    ]
    if one.kind is DraftKind.PAIRING and one.matched:
        found.append((round(one.total_score / one.matched), "per cent match on average"))
    if one.left_out:
        found.append((one.left_out, "left out when it was published"))
    if one.erased:
        found.append((one.erased, "erased since"))
    return found


def compared(one: DraftOut) -> str:
    """What the last computation has changed."""
    if one.before is None or one.state is S.COMPUTING:
        return ""
    more = one.matched - one.before.matched
    points = one.total_score - one.before.total_score
    people = f"{abs(more)} {'more' if more >= 0 else 'fewer'}"
    return Sentence(
        "Compared with the computation before: {changed} changed, {people} with {t.a_mentor}, {points} "
        "points of match altogether.",
        changed="nobody" if not one.changed else one.changed,
        people=people,
        points=f"{points:+,}".replace("-", "−"),
    )


def publishing(one: DraftOut) -> str:
    """What will happen when it is published."""
    if one.kind is DraftKind.RECOMMENDATIONS:
        return Sentence(
            "{count} {t.mentees} get one mail each with whom you recommend and why. Who no longer fits by "
            "then is left out, and named here.",
            count=one.matched,
        )
    return Sentence(
        "{count} pairs begin to work together, and both of each get a mail. Other open {t.requests} of "
        "these {t.mentees} are closed, and their {t.mentors} told. What no longer holds by then is "
        "left out, and named here.",
        count=one.matched,
    )


def chips(one: DraftOut, current: str, here: Callable[..., str]) -> list[Chip]:
    counts = {"without": one.unmatched, "changed": one.changed, "left-out": one.left_out, "by-hand": 1}
    return [
        Chip("Everybody", here(only=""), not current),
        *(
            Chip(text, here(only="" if name == current else name), name == current, name == current)
            for name, text in FILTERS.items()
            if counts[name] or name == current
        ),
    ]
