"""What `steadfast import people` prints: bad lines, and what the import does or would do."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from installation.terminal import many, say

if TYPE_CHECKING:
    from models.importing.report import Effects, ImportReport, Problem

FEW = 10
"""As many addresses, and bad lines without a summary, are shown."""

_PARTICULARS = re.compile(r"“[^”]*”|'[^']*'|\d[\d,]*|0x[0-9A-F]+")


def print_import(report: ImportReport, *, dry_run: bool) -> bool:
    """Bad lines and warnings to stderr, what was done to stdout; says whether the import is good."""
    for problem in report.problems:
        say(_line(problem), err=True)
    for warning in report.warnings:
        say(f"warning: {_line(warning)}", err=True)
    if not report.ok:
        remedies = _remedies(report.problems)
        for line in (*_kinds(report.problems), *remedies, f"steadfast: {_refusal(report, bool(remedies))}"):
            say(line, err=True)
        return False
    done = f"{report.created:,} new, {report.updated:,} changed, {report.unchanged:,} unchanged"
    over = f", {report.passed_over:,} passed over" if report.passed_over else ""
    dry = "; nothing was written (dry run)" if dry_run else ""
    say(f"{many(report.people, 'person')}: {done}{over}{dry}.")
    for line in _effects(report):
        say(line)
    return True


def _refusal(report: ImportReport, has_remedies: bool) -> str:
    bad = len({problem.line for problem in report.problems})
    if not report.people:
        return "nothing was imported, for the file cannot be read as it is: the lines above say what to do."
    by_option = has_remedies or any(" --" in problem.sentence for problem in report.problems)
    how = "add the options named above, or correct the file, and" if by_option else "correct the file and"
    return (
        f"nothing was imported, for {many(bad, 'line')} of {report.people:,} {'is' if bad == 1 else 'are'} "
        f"bad: {how} import it again."
    )


def _remedies(problems: Sequence[Problem]) -> list[str]:
    """The options with which the file can stay as it is, those first that mend the most."""
    counted = Counter(problem.remedy for problem in problems if problem.remedy)
    if not counted:
        return []
    most = [f"  {option}" for option, _ in counted.most_common(FEW)]
    more = [f"  and {len(counted) - FEW:,} more like these"] if len(counted) > FEW else []
    return ["Without a change of the file; what is meant can stand after the last = :", *most, *more]


def _kinds(problems: Sequence[Problem]) -> Iterator[str]:
    """How many lines have each kind of problem, if they are many."""
    if len(problems) <= FEW:
        return
    kinds: defaultdict[tuple[str, str], list[Problem]] = defaultdict(list)
    for problem in problems:
        kinds[problem.column or "", _PARTICULARS.sub("…", problem.sentence)].append(problem)
    yield f"In all {many(len(problems), 'problem')} of {many(len(kinds), 'kind')}:"
    for (column, _), alike in sorted(kinds.items(), key=lambda kind: -len(kind[1])):
        first = ", ".join(str(one.line) for one in alike[:3])
        more = " ..." if len(alike) > 3 else ""
        place = f"{column}: " if column else ""
        yield f"  {len(alike):,} x {place}{alike[0].sentence} (lines {first}{more})"


def _effects(report: ImportReport) -> Iterator[str]:
    effects = report.effects
    yield from _columns(report)
    if effects.fields:
        counted = ", ".join(
            f"{name.removeprefix('is_')} {count:,}" for name, count in effects.fields.most_common()
        )
        yield f"Changes by field: {counted}"
    for role, addresses in effects.lost.items():
        yield f"No longer a {role}: {_some(addresses)}"
    if effects.admins:
        yield f"New admins: {_some(effects.admins)}"
    if effects.stay_admins:
        yield f"Stay admins, which no import takes away: {_some(effects.stay_admins)}"
    if effects.managers_unknown:
        yield f"Managers whom nobody here knows by this address: {_some(effects.managers_unknown)}"
    yield from _mentors(effects)
    for what, names in (("skills", report.new_skills), ("preference options", report.new_options)):
        if names:
            yield f"New {what}: {', '.join(sorted(names))}"


def _columns(report: ImportReport) -> Iterator[str]:
    other = [f"“{label}” as {name}" for label, name in report.taken if label.casefold() != name]
    if other:
        yield f"Columns taken: {', '.join(other)}"
    attributes = [
        name.removeprefix("attribute:") for _, name in report.taken if name.startswith("attribute:")
    ]
    if attributes:
        yield (
            "Attributes, which others see and can filter by once the setting filterable names them: "
            f"{', '.join(attributes)}"
        )


def _mentors(effects: Effects) -> Iterator[str]:
    hidden = effects.mentors - effects.shown
    if not hidden:
        return
    yield f"Mentors who are not shown to mentees: {hidden:,} of {effects.mentors:,}, because they lack:"
    for sentence, count in effects.hidden.most_common():
        yield f"  {count:,} x {sentence}"


def _some(addresses: Sequence[str]) -> str:
    more = f" and {len(addresses) - FEW:,} more" if len(addresses) > FEW else ""
    return f"{len(addresses):,} ({', '.join(addresses[:FEW])}{more})"


def _line(problem: Problem) -> str:
    column = f"{problem.column}: " if problem.column else ""
    return (
        f"line {problem.line}: {column}{problem.sentence}" if problem.line else f"{column}{problem.sentence}"
    )
