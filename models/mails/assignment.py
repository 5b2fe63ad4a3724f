"""The mails about a direct assignment."""

from __future__ import annotations

from typing import Literal

from models.mails.frame import Props, Words


class AboutAssignment(Props):
    """`topic` is the skill or the group of skills that it is about, as it was called."""

    assignment_id: str
    topic: str

    @property
    def link_subject(self) -> str:
        return self.assignment_id


class AssignmentMade(AboutAssignment):
    """To both, where the one who assigned wanted it."""

    kind: Literal["assignment-made"] = "assignment-made"
    label = "Assigned"
    shows_contact = True


class AssignmentEnded(AboutAssignment):
    """To both, with a word. `left`: to the one who stays, when the other takes part no longer."""

    kind: Literal["assignment-ended"] = "assignment-ended"
    label = "Assignment ended"
    tells_of_leaving = True
    words = Words.ADMIN
    comment: str
    left: bool = False
