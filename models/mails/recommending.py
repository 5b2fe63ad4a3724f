"""The mails about what coordinators recommend."""

from __future__ import annotations

from typing import Literal

from models.mails.frame import Props
from models.process.terms import Sentence


class MentorsRecommended(Props):
    """To a mentee: whom the coordinators recommend in the published draft. Who that is, is read when it
    leaves."""

    kind: Literal["mentors-recommended"] = "mentors-recommended"
    label = Sentence("Recommended {t.mentors}")
    draft_id: str

    @property
    def link_subject(self) -> str:
        return self.draft_id
