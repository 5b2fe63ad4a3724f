"""The other side confirms a completion by mail link, or says what is still to be done."""

from __future__ import annotations

from fastapi.responses import Response

from api.links.links import act_by_link
from api.links.opened import LinkPage
from api.relationships.schemas import RelationshipOut
from api.web import present
from api.web.act_forms import fields_of
from api.web.forms import Form, Sent
from api.web.rendering import Item
from api.web.state_words import RelationshipWords
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


async def act(link: LinkPage, sent: Sent) -> Response:
    acted = await act_by_link(link.ctx, link.subject, completion(sent), sent.key)
    now = acted.value if isinstance(acted.value, RelationshipOut) else link.relationship
    return _done_page(link, now, sent.text("decision") == "confirm")


def words_of(link: LinkPage, relationship: RelationshipOut) -> RelationshipWords:
    role = present.role_in(relationship, link.viewer.person_id)
    return present.relationship_words(relationship, role)


async def show(link: LinkPage, form: Form) -> Response:
    relationship = link.relationship
    return link.page(
        "link_confirm.html",
        words=(words := words_of(link, relationship)),
        confirming=confirming(words.other),
        goals=relationship.goals,
        comment=present.last_note(relationship.timeline, "CompletionSignedOff"),
        form=form,
    )


def _done_page(link: LinkPage, relationship: RelationshipOut, confirmed: bool) -> Response:
    words = words_of(link, relationship)
    own = relationship.survey
    asked = confirmed and own is not None and own.state is SurveyState.OPEN
    shared = Item("Open your shared area", f"/relationships/{relationship.id}")
    complete = Sentence("Your {t.mentoring} with {other} is complete", other=words.other)
    told = f"{words.other} has just been told what is still to be done."
    return link.done(
        relationship,
        complete if confirmed else "You go on together",
        "Well done, both of you." if confirmed else told,
        words.stages,
        Item("Answer the questions", f"{shared.href}#survey") if asked else shared,
        strong=asked,
    )
