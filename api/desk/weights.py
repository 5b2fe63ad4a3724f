"""What other weights of the score would do to lists as they are (A5); looking changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from api.desk.schemas import ListLook, PlacedOut, ScorePreview
from api.finding.reads import scope_of
from api.web.access import Member, require_admin
from api.web.context import Context
from api.web.schemas import PersonRef
from models.matching.weighing import Placed
from models.process.programme import ProgrammeSettings
from models.store import programmes as store
from models.store import weighing
from models.store.weighing import Look, Looks


async def preview(ctx: Context, member: Member, values: Mapping[str, Any]) -> ScorePreview:
    """Ten lists under the settings of now and under these. Raises Invalid as a change of settings does."""
    programme, now = require_admin(member).programme, ctx.clock()

    def work(session: Session) -> tuple[ProgrammeSettings, ProgrammeSettings]:
        wanted = store.changed_settings(session, programme.id, values, now)
        return wanted, store.shown_settings(session, programme.id, wanted)

    wanted, shown = await ctx.database.read(work)
    found = await weighing.look(ctx.database, ctx.pools, scope_of(member), wanted, now)
    lists = [_list(one, found) for one in found.lists]
    return ScorePreview(
        skill_weight=shown.skill_weight,
        skill_weights=shown.skill_weights,
        changed=sum(one.changed for one in lists),
        lists=lists,
    )


async def shown(ctx: Context, member: Member) -> ProgrammeSettings:
    """The settings of now by the names of skills."""
    programme = require_admin(member).programme
    return await ctx.database.read(
        lambda session: store.shown_settings(session, programme.id, programme.settings)
    )


def _list(one: Look, found: Looks) -> ListLook:
    return ListLook(
        mentee=_person(one.mentee_id, found),
        changed=one.is_changed,
        mentors=[_placed(placed, found) for placed in one.placed],
    )


def _placed(one: Placed, found: Looks) -> PlacedOut:
    return PlacedOut(
        mentor=_person(one.mentor_id, found),
        before=one.before,
        after=one.after,
        score_before=one.score_before,
        score_after=one.score_after,
    )


def _person(person_id: str, found: Looks) -> PersonRef:
    return PersonRef(id=person_id, name=found.names.get(person_id, ""))
