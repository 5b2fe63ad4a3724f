"""Whether a programme is ready to open (A10), and the invitations that wait for it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from sqlalchemy.orm import Session

from api.desk.schemas import ReadinessOut, ReleasedOut
from api.web.access import Member, require_admin
from api.web.context import Context
from models.process.terms import Sentence
from models.store import invitations
from models.store import readiness as store
from models.store.readiness import Readiness

LACKING = {
    "name": "a name",
    "time_zone": "a time zone",
    "skills": "skills, or the level that is needed",
    "preferences": "ticked preferences",
}


async def readiness(ctx: Context, member: Member) -> ReadinessOut:
    """Raises NotAllowed for those who are not admins."""
    return out(await figures(ctx, member))


async def figures(ctx: Context, member: Member) -> Readiness:
    """Raises NotAllowed for those who are not admins."""
    programme, now = require_admin(member).programme, ctx.clock()
    return await ctx.database.read(
        lambda session: store.readiness(session, programme.id, programme.settings, now)
    )


async def release(ctx: Context, member: Member) -> ReleasedOut:
    """Sends all invitations that are held; sent twice, there is none left."""
    programme, now = require_admin(member).programme, ctx.clock()

    def work(session: Session) -> int:
        return invitations.release(session, programme.id, now)

    released = await ctx.database.write(work)
    ctx.wake_mail()
    return ReleasedOut(released=released)


def out(found: Readiness) -> ReadinessOut:
    return ReadinessOut(
        ready=found.is_ready,
        mentors=found.mentors,
        complete_mentors=found.complete,
        share=found.share,
        share_aim=found.share_aim,
        away=found.away,
        places=found.places,
        mentees=found.mentees,
        invited=found.invited,
        held=found.held,
        places_per_mentee=found.places_per_mentee,
        places_aim=found.places_aim,
        lacking=found.lacking,
        missing=list(missing(found)),
    )


def missing(found: Readiness) -> Iterator[str]:
    """What is missing before it can open, in sentences."""
    if not found.mentors:
        yield Sentence("There is no {t.mentor} yet: invite some, or import them.")
    elif not found.has_share:
        yield Sentence(
            "{complete} of {mentors} {t.mentors} have a complete profile ({share}%); {aim}% are aimed at.",
            complete=f"{found.complete:,}",
            mentors=f"{found.mentors:,}",
            share=found.share,
            aim=found.share_aim,
        )
    if not found.has_share:
        for field, count in found.lacking.items():
            yield Sentence(
                "{count} of them " + ("lacks {what}." if count == 1 else "lack {what}."),
                count=f"{count:,}",
                what=LACKING.get(field, field.replace("_", " ")),
            )
    if not found.has_places and found.mentors:
        more = max(1, found.places_missing)
        yield Sentence(
            "{places} places are there for {mentees} {t.mentees}: {more} more "
            + ("is needed." if more == 1 else "are needed."),
            places=f"{found.places:,}",
            mentees=f"{found.expected:,}",
            more=f"{more:,}",
        )
        if found.away:
            yield Sentence("{away} {t.mentors} are not available at the moment.", away=f"{found.away:,}")


def as_csv(found: ReadinessOut) -> str:
    """Two columns: the figure and its value."""
    rows: list[tuple[str, object]] = [
        (name, value) for name, value in found.model_dump().items() if name not in {"lacking", "missing"}
    ]
    rows += [(f"lacking_{name}", count) for name, count in found.lacking.items()]
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(("figure", "value"))
    writer.writerows((name, "" if value is None else value) for name, value in rows)
    return file.getvalue()
