"""What becomes of every column when a person is erased, and why. A test goes through all tables by this list.

docs/privacy.md shows it as a table, drawn by `make docs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fate:
    """`goes`: the whole row does. `emptied`: columns that lose what they hold. `kept`: ids, dates, states."""

    why: str
    kept: tuple[str, ...] = ()
    emptied: tuple[str, ...] = ()
    goes: bool = False
    lives: str = ""
    """How long it is kept without an erasure, where that is not for ever."""
    columns: tuple[str, ...] = field(default=())
    """Of rows that go."""

    @property
    def all(self) -> frozenset[str]:
        return frozenset((*self.kept, *self.emptied, *self.columns))


def _kept(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FATES: Mapping[str, Fate] = {
    "programmes": Fate(
        "holds nothing about single people",
        _kept("id slug name settings people_version people_base skills_version created_at"),
    ),
    "people": Fate(
        "stays as “A former member”, for what points to it; the address becomes one that nobody can have",
        _kept("id created_at"),
        _kept("email email_folded name"),
    ),
    "members": Fate(
        "stays, so that a programme's numbers stay true: roles and the dates of joining and leaving",
        _kept("programme_id person_id changed_in is_mentee is_mentor joined_at left_at"),
        _kept(
            "is_admin name name_folded time_zone headline about unit location country languages attributes "
            "contact manager_email capacity available available_from stepped_down commitment_at complete"
        ),
    ),
    "skillsets": Fate("the programme's list, about nobody", _kept("id programme_id title")),
    "skills": Fate(
        "the programme's list, about nobody", _kept("id programme_id name title aliases skillset_id")
    ),
    "member_skills": Fate("goes", goes=True, columns=_kept("programme_id person_id skill_id level target")),
    "member_preferences": Fate("goes", goes=True, columns=_kept("programme_id person_id option")),
    "invitations": Fate(
        "those to the person's address go; those by the person stay, their word with it does not",
        goes=True,
        columns=_kept(
            "id programme_id email name roles invited_by created_at expires_at accepted_at revoked_at "
            "mailed_at"
        ),
    ),
    "requests": Fate(
        "stays for the other side and for statistics, without a word of what either wrote",
        _kept(
            "id programme_id mentee_id mentor_id pair workflow_id kind state is_open version basis score "
            "revision created_at since decided_at closes_at next_reminder_at reminded_at last_event "
            "relationship_id rules left_to_admins"
        ),
        _kept("reasons message comment reason"),
    ),
    "relationships": Fate(
        "holds ids, states and dates",
        _kept(
            "id programme_id request_id mentee_id mentor_id workflow_id state version started_at ended_at "
            "since signed_by sign_offs confirms_at next_at next_what last_event"
        ),
    ),
    "goals": Fate(
        "the person's lose their words; the other side's stay theirs, without the person's name in them",
        _kept("relationship_id id position due progress set_by created_at updated_at"),
        _kept("title specific measurable attainable relevant"),
    ),
    "surveys": Fate(
        "the person's answers go; the other side's stay theirs, without the person's name in them",
        _kept("relationship_id person_id state questions asked_at closes_at settled_at"),
        ("answers",),
    ),
    "timeline": Fate(
        "stays, without what people wrote: of both sides in the person's processes, of the person elsewhere",
        _kept("process_id seq programme_id at what by by_role on_behalf_of audience via"),
        ("note",),
    ),
    "places": Fate(
        "holds ids and dates; what is still held is given back",
        _kept("request_id relationship_id programme_id mentor_id mentee_id claimed_at released_at"),
    ),
    "mails": Fate(
        "mails to the address go; the others to or about the person stay in the log as kind, state and dates",
        _kept(
            "id key kind programme_id process_id to_person state queued_at next_attempt_at attempts "
            "leased_by leased_until settled_at message_id tell_at"
        ),
        _kept("to_address props error"),
    ),
    "mailbox": Fate(
        "every mail to or about the person goes (it is empty where there is a mail server)",
        goes=True,
        lives="90 days",
        columns=_kept("mail_id to_address subject raw at"),
    ),
    "links": Fate(
        "the person's links go; those of others hold ids and dates",
        goes=True,
        lives="a year after it expired",
        columns=_kept("id purpose subject_id person_id round created_at expires_at revoked_at"),
    ),
    "sign_in_links": Fate(
        "goes when erasure is asked for",
        goes=True,
        lives="10 minutes, and a day",
        columns=_kept("token_hash person_id next_path expires_at used_at"),
    ),
    "sessions": Fate(
        "goes when erasure is asked for",
        goes=True,
        lives="30 days, and a day",
        columns=_kept("token_hash person_id created_at expires_at used_at agent"),
    ),
    "api_tokens": Fate(
        "goes when erasure is asked for",
        goes=True,
        columns=_kept("token_hash person_id created_at expires_at revoked_at"),
    ),
    "idempotency_keys": Fate(
        "the person's answers go, and others' that speak of them",
        goes=True,
        lives="7 days",
        columns=_kept("person_id key request_hash status location body created_at"),
    ),
    "rates": Fate(
        "counts by a keyed hash, which leads back to nobody",
        _kept("key until hits"),
        lives="an hour",
    ),
    "erasures": Fate(
        "stays as the record that it was done; the address goes when the last mail has left",
        _kept("person_id state asked_at asked_by begins_at settled_at"),
        ("address",),
    ),
    "exports": Fate(
        "goes, and so do the copies of those the person worked with: they can ask for another",
        goes=True,
        lives="7 days",
        columns=_kept("id person_id asked_at ready_at expires_at content"),
    ),
}
