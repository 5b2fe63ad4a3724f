"""Near names for a misspelt skill, column or zone: suggestions for a person, never a decision."""

from collections.abc import Collection, Sequence

from rapidfuzz import fuzz, process

MAY_BE_MEANT = 70
"""Similarity in per cent from which a name is offered as "did you mean"."""

NEARLY_THE_SAME = 85
"""Similarity in per cent from which two names are likely the same thing written twice."""


def near(name: str, known: Collection[str], *, at_least: int = MAY_BE_MEANT, limit: int = 3) -> list[str]:
    """Up to `limit` known names like `name`, the nearest first, equal ones alphabetically.

    Compares by the share of characters kept (rapidfuzz `ratio`). The weighted ratio is not used: it takes
    java for javascript.
    """
    hits = process.extract(
        name.casefold(), known, scorer=fuzz.ratio, processor=str.casefold, score_cutoff=at_least, limit=None
    )
    hits.sort(key=lambda hit: (-hit[1], hit[0]))
    return [hit[0] for hit in hits[:limit]]


def did_you_mean(name: str, known: Collection[str]) -> str:
    """A sentence to append, with a leading blank; empty if nothing is near."""
    return asked(near(name, known))


def asked(names: Sequence[str]) -> str:
    """The names as a question, with a leading blank; empty if there are none."""
    if not names:
        return ""
    return f" Did you mean {' or '.join(f'“{name}”' for name in names)}?"
