"""The other side confirms a completion by mail link, or says what is still to be done."""

from __future__ import annotations

from fastapi.responses import Response

from api import acts
from api.errors import NotFound
from api.pages import present
from api.pages.acting import fields_of
from api.pages.forms import Form, Sent
from api.pages.link_stands import Opened
from api.pages.rendering import Item, page
from api.pages.state_words import RelationshipWords
from api.schemas import RelationshipOut
from models.process.commands import Command
from models.process.errors import Invalid
from models.process.relationship.parts.completion import ConfirmCompletion, DeclineCompletion
from models.process.relationship.parts.surveys import SurveyState
from models.process.terms import Sentence


def completion(sent: Sent) -> Command:
    """What was decided about a completion. Raises Invalid."""
    decision = sent.text("decision")
    if decision == "confirm":
        return ConfirmCompletion(comment=sent.text("comment"))
    if decision == "decline":
        return DeclineCompletion(comment=sent.text("comment"))
    raise Invalid("Please confirm, or say that it is not complete yet.", field="decision")


def confirming(other: str) -> dict[str, object]:
    """What the form asks for that takes both answers."""
    return {
        "comment": fields_of(DeclineCompletion, other)["comment"],
        "yes": ConfirmCompletion.offer,
        "no": DeclineCompletion.offer,
    }


async def act(link: Opened, sent: Sent) -> Response:
    acted = await acts.act_by_link(link.ctx, link.subject, completion(sent), sent.key)
    now = acted.value if isinstance(acted.value, RelationshipOut) else relationship_of(link)
    return _done_page(link, now, sent.text("decision") == "confirm")


def relationship_of(link: Opened) -> RelationshipOut:
    if link.subject.relationship is None:
        raise NotFound
    return link.subject.relationship


def words_of(link: Opened, relationship: RelationshipOut) -> RelationshipWords:
    role = present.role_in(relationship, link.viewer.person_id)
    return present.relationship_words(relationship, role)


async def show(link: Opened, form: Form) -> Response:
    relationship = relationship_of(link)
    return page(
        "link_confirm.html",
        frame=link.frame,
        programme=link.programme,
        words=(words := words_of(link, relationship)),
        confirming=confirming(words.other),
        goals=relationship.goals,
        comment=present.last_note(relationship.timeline, "CompletionSignedOff"),
        form=form,
        failed=bool(form.errors),
        action=link.action,
        dates=link.dates,
    )


def _done_page(link: Opened, relationship: RelationshipOut, confirmed: bool) -> Response:
    words = words_of(link, relationship)
    own = relationship.survey
    asked = confirmed and own is not None and own.state is SurveyState.OPEN
    shared = Item("Open your shared area", f"/relationships/{relationship.id}")
    return page(
        "link_decided.html",
        frame=link.frame,
        programme=link.programme,
        title=Sentence("Your {t.mentoring} with {other} is complete", other=words.other)
        if confirmed
        else "You go on together",
        text="Well done, both of you."
        if confirmed
        else f"{words.other} has just been told what is still to be done.",
        notes=[],
        stages=words.stages,
        links=[Item("Answer the questions", f"{shared.href}#survey") if asked else shared],
        strong=asked,
        dates=link.dates,
    )
