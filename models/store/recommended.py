"""Whom a programme shows to a mentee besides what the ranking says: recommended mentors (M9).

Every list, page, search and request asks here, so that a mentor who is not shown is shown nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.process.asking import not_listed
from models.process.programme import ProgrammeSettings
from models.store.drafts import RecommendationRow


@dataclass(frozen=True, slots=True)
class Recommended:
    """Ids of the mentors that coordinators recommended to a mentee, the best first.

    `alone`: the programme hides its list, so that the mentee sees these mentors and no others.
    """

    mentors: tuple[str, ...] = ()
    alone: bool = False

    def shows(self, mentor_id: str) -> bool:
        return not self.alone or mentor_id in self.mentors


def recommended(
    session: Session, programme_id: str, settings: ProgrammeSettings, mentee_id: str
) -> Recommended:
    """What was recommended to the mentee, and whether that is all that they see."""
    query = (
        select(RecommendationRow.mentor_id)
        .where(RecommendationRow.programme_id == programme_id, RecommendationRow.mentee_id == mentee_id)
        .order_by(RecommendationRow.place)
    )
    return Recommended(tuple(session.scalars(query)), settings.list_hidden)


def check_shown(
    session: Session, programme_id: str, settings: ProgrammeSettings, mentee_id: str, mentor_id: str
) -> None:
    """Raises NotListed for a mentor whom the mentee is not shown, as for one who cannot be asked."""
    if not recommended(session, programme_id, settings, mentee_id).shows(mentor_id):
        raise not_listed()
