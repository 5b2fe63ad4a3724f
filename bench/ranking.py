"""How long a search takes in a programme of 278, 10,000 and 100,000 mentors: `python -m bench.ranking`.

The skills are those of the sample with their long tail (215), so that a popular gap touches half of the
mentors. Warm means that the directory stands; every search has another mentee.
"""

import gc
import resource
import time
from datetime import UTC, datetime
from statistics import quantiles

import numpy as np

from models.matching.criteria import Gap, Seeker
from models.matching.directory import Directory, Listing
from models.matching.search import Criteria, Search
from models.sample.draw import number, one, some
from models.sample.people import sources
from models.sample.places import COUNTRIES
from models.sample.programme import PREFERENCES

SIZES = (278, 10_000, 100_000)
SEARCHES = 60
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOW = datetime(2027, 1, 1, tzinfo=UTC)
ABOUT = "I have been in the trade for some years and like to look at code together with others. " * 3


def main() -> None:
    """Prints one line for each size and kind of search."""
    print(f"{'mentors':>8} {'search':24} {'p50 ms':>8} {'p95 ms':>8}")
    for size in SIZES:
        started = time.perf_counter()
        directory = Directory.of(listing(place) for place in range(size))
        built = time.perf_counter() - started
        for name, criteria in _kinds().items():
            times = [_timed(directory, place, criteria) for place in range(SEARCHES)]
            cuts = quantiles(times, n=20)
            print(f"{size:8,} {name:24} {cuts[9] * 1000:8.2f} {cuts[18] * 1000:8.2f}")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{size:8,} built in {built:.2f} s, peak memory so far {peak:.0f} MB")
        gc.collect()


def _kinds() -> dict[str, Criteria]:
    return {
        "gaps": Criteria(limit=20),
        "exact": Criteria(limit=20, exact=True),
        "country and language": Criteria(limit=20, filters={"country": ("IN", "US"), "language": ("en",)}),
        "words": Criteria(limit=20, text="look at code"),
    }


_SOURCES = sources()


def listing(place: int) -> Listing:
    who = f"B{place}"
    source = one(who, "source", _SOURCES)
    return Listing(
        id=f"{place:036}",
        levels={skill: 1 + number(who, skill, 5) for skill in source.skills},
        preferences=some(who, "preferences", PREFERENCES, 3),
        facets=[("country", source.country), ("unit", COUNTRIES[source.country].region), ("language", "en")],
        texts=[who, f"Works with {', '.join(source.skills)}", ABOUT],
        back_at=None if number(who, "away", 20) == 0 else _EPOCH,
    )


def seeker(place: int) -> Seeker:
    who = f"S{place}"
    skills = one(who, "source", _SOURCES).skills
    gaps = tuple(Gap(skill, number(who, skill, 3), 4) for skill in skills)
    return Seeker(gaps=gaps, preferences=frozenset(some(who, "preferences", PREFERENCES, 3)))


def _timed(directory: Directory, place: int, criteria: Criteria) -> float:
    asking = seeker(place)
    load = np.arange(len(directory.pool), dtype=np.int64) % 4
    started = time.perf_counter()
    free = directory.available(_NOW) & directory.with_room(load, 3)
    Search(directory, asking, free, load).run(criteria)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
