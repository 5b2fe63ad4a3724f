"""“Not this person again”: what either of two people may say after they have worked together."""

from __future__ import annotations

from sqlalchemy.orm import Session

from api.pairs.schemas import NotAgainOut
from api.web.access import Viewer
from api.web.context import Context
from api.web.errors import NotFound
from api.web.keys import made_id
from api.web.paging import parse_id
from models.process import texts
from models.process.actors import Role
from models.process.errors import IllegalMove, NotAllowed
from models.process.relationship.base import RUNNING
from models.process.relationship.view import RelationshipView
from models.process.terms import Sentence
from models.store import do_not_pair
from models.store import relationships as relationship_store
from models.store.do_not_pair import Wish
from models.store.pair_tables import DoNotPairRow


async def read(ctx: Context, viewer: Viewer, relationship_id: str) -> NotAgainOut:
    """The viewer's own wish. Raises NotFound, NotAllowed for others than the two."""
    wanted = parse_id(relationship_id)

    def work(session: Session) -> NotAgainOut:
        view, _ = _found(session, viewer, wanted)
        return _shown(do_not_pair.own(session, view.programme_id, viewer.person_id, _other(view, viewer)))

    return await ctx.database.read(work)


async def say(ctx: Context, viewer: Viewer, relationship_id: str, why: str, key: str) -> NotAgainOut:
    """Raises NotFound, NotAllowed for others than the two, IllegalMove while they work together."""
    wanted, words, now = parse_id(relationship_id), texts.clean(why, "why", texts.MAX_COMMENT), ctx.clock()

    def work(session: Session) -> NotAgainOut:
        view, role = _found(session, viewer, wanted)
        if view.state in RUNNING:
            raise IllegalMove(Sentence("This {t.mentoring} has not ended; end it first."))
        me, other = viewer.person_id, _other(view, viewer)
        row_id = made_id(me, key, view.programme_id, view.id)
        return _shown(
            do_not_pair.add(session, view.programme_id, Wish(row_id, (me, other), me, role, words, now))
        )

    return await ctx.database.write(work)


async def take_back(ctx: Context, viewer: Viewer, relationship_id: str) -> None:
    """Takes the viewer's own wish back; without one, nothing changes. Raises NotFound, NotAllowed."""
    wanted = parse_id(relationship_id)

    def work(session: Session) -> None:
        view, _ = _found(session, viewer, wanted)
        row = do_not_pair.own(session, view.programme_id, viewer.person_id, _other(view, viewer))
        if row is not None:
            do_not_pair.remove(session, row.id)

    await ctx.database.write(work)


def _found(session: Session, viewer: Viewer, relationship_id: str) -> tuple[RelationshipView, Role]:
    found = relationship_store.find(session, relationship_id, viewer.person_id)
    if found is None:
        raise NotFound
    role = next((one for one in found.roles if one is not Role.ADMIN), None)
    if role is None:
        raise NotAllowed("Only the two of them can do this.")
    return found.view, role


def _other(view: RelationshipView, viewer: Viewer) -> str:
    return view.mentor_id if view.mentee_id == viewer.person_id else view.mentee_id


def _shown(row: DoNotPairRow | None) -> NotAgainOut:
    return NotAgainOut(not_again=True, at=row.set_at, why=row.why) if row else NotAgainOut(not_again=False)
