"""Names that the engine knows, as text: task queue, workflow ids, search attributes, signals.

Ids only, never personal data. Workflows, activities and API take them from here, so that each is typed once.
"""

from __future__ import annotations

TASK_QUEUE = "steadfast"

STILL_ENDING = "StillEnding"
"""The type of the failure with which a request that is over, but still being saved, turns away a new one."""

PROGRAMME = "SteadfastProgramme"
PROCESS = "SteadfastProcess"
MENTEE = "SteadfastMentee"
MENTOR = "SteadfastMentor"
STATE = "SteadfastState"
NEXT_WHAT = "SteadfastNextWhat"
LAST_EVENT = "SteadfastLastEvent"
SINCE = "SteadfastSince"
NEXT_AT = "SteadfastNextAt"

SEARCH_ATTRIBUTES = {
    name: "Datetime" if name in {SINCE, NEXT_AT} else "Keyword"
    for name in (PROGRAMME, PROCESS, MENTEE, MENTOR, STATE, NEXT_WHAT, LAST_EVENT, SINCE, NEXT_AT)
}
"""Name -> type, as `--search-attribute Name=Type` takes it."""

OVERTAKEN = "overtaken"
LEFT_TO_ADMINS = "left_to_admins"
GIVEN_BACK = "given_back"
PARTY_LEFT = "party_left"
MAIL_BOUNCED = "mail_bounced"
POLICY_CHANGED = "policy_changed"
MOVE_ON = "move_on"
DISCARD = "discard"
ASK_ENDED = "ask_ended"


def pair(one: str, other: str) -> str:
    """Both person ids in one fixed order, so that a pair is the same in both directions."""
    return "/".join(sorted((one, other)))


def request_workflow(programme_id: str, mentee_id: str, mentor_id: str) -> str:
    """One id per pair and programme: the engine then lets only one request of the two be open (R2)."""
    return f"request/{programme_id}/{pair(mentee_id, mentor_id)}"


def relationship_workflow(relationship_id: str) -> str:
    return f"relationship/{relationship_id}"


def shortlist_workflow(shortlist_id: str) -> str:
    return f"shortlist/{shortlist_id}"


def erasure_workflow(person_id: str) -> str:
    return f"erasure/{person_id}"


def policy_change_workflow(programme_id: str, revision: int) -> str:
    """One for each change of the settings that is to hold for open requests."""
    return f"policy-change/{programme_id}/{revision}"


def export_workflow(person_id: str) -> str:
    """One at a time for each person."""
    return f"export/{person_id}"


def draft_workflow(draft_id: str) -> str:
    return f"draft/{draft_id}"
