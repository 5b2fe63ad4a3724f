"""Publishing recommendations. What a mentee sees because of them: `models.store.recommended`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from models.mails.order import MailOrder
from models.mails.recommending import MentorsRecommended
from models.process.draft.holding import stands_against
from models.process.programme import ProgrammeSettings
from models.process.terms import in_terms
from models.store import mails
from models.store.asking import load_facts
from models.store.drafting import Item, note_progress
from models.store.drafts import DraftChoiceRow, DraftRow, RecommendationRow
from models.store.tables import ProgrammeRow
from models.store.upsert import insert_new


def publish(session: Session, draft: DraftRow, items: Sequence[Item], now: datetime) -> None:
    """Recommends and mails what still holds of some items, and says of the rest why it does not.

    One transaction: an item is settled with its mail in the queue, or it is neither.
    """
    programme = session.get_one(ProgrammeRow, draft.programme_id)
    settings = ProgrammeSettings.kept(programme.settings)
    orders = []
    for item in items:
        good = [one for one in item.choices if _still_holds(session, programme, settings, one, now)]
        if good:
            _recommend(session, draft, item.row.mentee_id, good, now)
            orders.append(_mail(draft.id, item.row.mentee_id))
        item.row.is_settled = True
    mails.queue(session, orders, programme_id=draft.programme_id, process_id=None, now=now)
    session.flush()
    note_progress(session, draft.id)


def _still_holds(
    session: Session,
    programme: ProgrammeRow,
    settings: ProgrammeSettings,
    choice: DraftChoiceRow,
    now: datetime,
) -> bool:
    """Whether the mentee could ask the mentor now; if not, the choice says why."""
    facts = load_facts(session, programme, settings, choice.mentee_id, choice.mentor_id, now, lock=False)
    choice.left_out = in_terms(stands_against(facts), settings.terms.words)
    return not choice.left_out


def _recommend(
    session: Session, draft: DraftRow, mentee_id: str, choices: Sequence[DraftChoiceRow], now: datetime
) -> None:
    session.execute(
        delete(RecommendationRow).where(
            RecommendationRow.programme_id == draft.programme_id, RecommendationRow.mentee_id == mentee_id
        )
    )
    rows = [
        {
            "programme_id": draft.programme_id,
            "mentee_id": mentee_id,
            "mentor_id": one.mentor_id,
            "draft_id": draft.id,
            "place": place,
            "pushed_at": now,
        }
        for place, one in enumerate(choices)
    ]
    insert_new(session, RecommendationRow, rows)


def _mail(draft_id: str, mentee_id: str) -> MailOrder:
    props = MentorsRecommended(draft_id=draft_id)
    return MailOrder(key=f"draft/{draft_id}/{props.kind}/{mentee_id}", to=mentee_id, props=props)
