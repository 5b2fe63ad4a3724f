"""What an empty list of mentors says: there are no mentors, or which wish to give up (M3)."""

from collections.abc import Mapping

from models.process.terms import Sentence

NOBODY = Sentence(
    "No {t.mentor} takes {t.requests} at the moment. Please look again in a few days, "
    "or tell {t.a_coordinator}."
)
_WORDS = {
    "exact": "“exact matches only”",
    "q": "the words searched for",
    "skill": "the skills picked",
}
TOGETHER = "Nobody fits all of this at once. Take away a word or a filter."


def advise(free: int, without: Mapping[str, int]) -> str:
    """Words for an empty list.

    `free` is how many mentors could be asked if nothing was filtered; `without` says for each restriction
    (by its name in an address) how many would be listed if that one alone was given up.
    """
    if not free:
        return NOBODY
    helpful = {_WORDS.get(name, f"the filter {name}"): count for name, count in without.items() if count}
    if not helpful:
        return TOGETHER
    parts = [f"without {what} there {_are(count)}" for what, count in helpful.items()]
    return f"Nobody fits all of this: {'; '.join(parts)}."


def _are(count: int) -> str:
    return "is one" if count == 1 else f"are {count}"
