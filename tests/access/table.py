"""Who may do what: a row for every route and method, a column for everybody who may come along.

`tests/access/test_table.py` sends each cell and fails for a route that is not here; `make docs` writes the
table into docs/access.md. A new route is a new `Row` in the fitting list below:

    Row("GET", "/api/v1/me/things", KNOWN)                        read by whoever is signed in
    Row("POST", "/api/v1/requests/{request_id}/nudge", MENTOR,    done by the mentor of that request,
        body={"comment": "c"}, works_in=("pending",))             in that state only

The word of a cell is the status of the answer; `yes` is the row's own (200 where nothing is said). On pages,
401 is a redirect to sign-in. Paths outside of `/api/v1` are sent by a browser that is signed in, with the
token of our own forms; paths below it with an API token.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CALLERS: dict[str, str] = {
    "anonymous": "nobody known: no token, no session",
    "elsewhere": "mentee and mentor of another programme",
    "their admin": "admin of another programme",
    "other mentee": "a mentee of the programme who has no part in it",
    "other mentor": "a mentor of the programme who has no part in it",
    "mentee": "the mentee whose it is",
    "mentor": "the mentor whose it is",
    "admin": "admin of the programme, with no part in it",
    "left": "the mentee or the mentor whose it is, after leaving the programme",
}

#          anonymous, elsewhere, their admin, other mentee, other mentor, mentee, mentor, admin, left
ANYBODY = "yes        yes        yes          yes           yes           yes     yes     yes    yes"
KNOWN = "  401        yes        yes          yes           yes           yes     yes     yes    yes"
MEMBERS = "401        404        404          yes           yes           yes     yes     yes    404"
MENTEES = "401        404        404          yes           409           yes     409     409    404"
MENTORS = "401        404        404          409           yes           409     yes     409    404"
PARTIES = "401        404        404          404           404           yes     yes     yes    404"
MENTEE = " 401        404        404          404           404           yes     403     403    404"
MENTOR = " 401        404        404          404           404           403     yes     403    404"
BY_ASKED = "401       404        404          404           404           yes     403     yes    404"
DECIDER = "401        404        404          404           404           403     yes     yes    404"
THE_TWO = "401        404        404          404           404           yes     yes     403    404"
THE_TWO_ALONE = "401  404        404          404           404           yes     yes     404    404"
ASKED = "  401        404        404          404           404           403     yes     404    404"
ADMIN = "  401        404        404          404           404           403     403     yes    404"
DESK = "   401        404        404          403           403           403     403     yes    404"
BY_MENTOR = "yes       yes        yes          yes           yes           403     yes     yes    yes"
BY_MENTEE = "yes       yes        yes          yes           yes           yes     403     yes    yes"
OF_DESK = "401        404        404          404           404           404     404     yes    404"
LISTS = "  401        404        404          404           404           yes     404     yes    404"
LIST = "   401        404        404          404           404           yes     404     403    404"
GUESTS = " 401        yes        yes          409           409           409     409     yes    yes"
GUEST = "  401        yes        yes          404           404           404     404     yes    404"
NOBODY = " 404        404        404          404           404           404     404     404    404"

STATES: dict[str, tuple[str, ...]] = {
    "request": (
        "pending",
        "amendment_requested",
        "accepted",
        "rejected",
        "withdrawn",
        "expired",
        "closed",
        "released",
    ),
    "shortlist": ("running", "withdrawn"),
    "offer": (
        "pending",
        "amendment_requested",
        "accepted",
        "rejected",
        "withdrawn",
        "expired",
        "closed",
        "released",
    ),
    "relationship": ("active", "completing", "completed", "settled", "withdrawn", "ended"),
    "assignment": ("active", "ended"),
    "question": ("open", "answered", "closed"),
    "registration": ("waiting", "queued", "joined", "refused", "withdrawn"),
    "invitation": ("open", "accepted", "revoked", "expired"),
    "sign-in link": ("open", "used", "expired"),
    "copy": ("none", "ready"),
    "erasure": ("waiting", "kept"),
    "draft": ("computing", "draft", "published", "discarded"),
    "programme": ("",),
}
"""What a route is about -> the states it is met in. `completing`: the mentee has signed off; `completed`: the
surveys are open; `settled`: both are answered. A copy is that of everything about whoever asks."""

REQUEST_OPEN = ("pending", "amendment_requested")
RUNNING = ("active", "completing")
OVER = ("completed", "settled", "withdrawn", "ended")
IN_TOUCH = (*RUNNING, "completed", "settled")
"""In these the two, and nobody else, read how to reach each other: who finished well may go on informally."""


@dataclass(frozen=True)
class Row:
    """One route and method. `route` is the path as the app declares it; `fills` names its other parts.

    `works_in`: the states in which whoever has `yes` gets it; in the others they get `otherwise`. None: in
    all. `but`: (state, caller) -> what is met there instead. `token`: what the `{token}` of the path is for.
    """

    method: str
    route: str
    who: str
    yes: int = 200
    body: Mapping[str, Any] | None = None
    about: str = ""
    works_in: tuple[str, ...] | None = None
    otherwise: int = 409
    but: Mapping[tuple[str, str], str] = field(default_factory=dict)
    fills: Mapping[str, str] = field(default_factory=dict)
    token: str = ""

    @property
    def kind(self) -> str:
        """What it is about: a key of STATES."""
        if self.about:
            return self.about
        named = {
            "{request_id}": "request",
            "{relationship_id}": "relationship",
            "{question_id}": "question",
            "{assignment_id}": "assignment",
            "{draft_id}": "draft",
            "{shortlist_id}": "shortlist",
        }
        return next((kind for name, kind in named.items() if name in self.route), "programme")

    @property
    def is_api(self) -> bool:
        return self.route.startswith("/api/")

    @property
    def is_unsafe(self) -> bool:
        return self.method not in {"GET", "HEAD"}

    @property
    def path(self) -> str:
        """The route with what `fills` says; ids are left."""
        path = self.route
        for name, value in self.fills.items():
            path = path.replace(f"{{{name}}}", value)
        return path

    def cell(self, caller: str, state: str) -> int:
        """The status that `caller` meets while it is in `state`."""
        if (state, caller) in self.but:
            word = self.but[state, caller]
        else:
            word = self.who.split()[list(CALLERS).index(caller)]
        if word != "yes":
            return int(word)
        return self.yes if self.works_in is None or state in self.works_in else self.otherwise


COMMENT = {"comment": "A word."}
WISH = {"name": "Kim", "time_zone": "UTC", "roles": ["mentee"]}
MESSAGE = {"message": "Other words."}
REJECT = {"comment": "A word.", "reason": "The topic is not mine"}
PARTS = {"title": "t", "specific": "s", "measurable": "m", "attainable": "a", "relevant": "r"}
GOAL = {**PARTS, "due": "2027-06-01"}
ANSWERS = {"useful": "5", "goals": "4", "recommend": "5"}
OFFERING = {"mentee_id": "{mentee_id}", "message": "May I be of help?"}
HANDING = {"mentor_id": "{other_mentor_id}", "comment": "A word."}
ASKING = {"mentor_id": "{mentor_id}", "message": "May I learn from you?"}
LISTING = {"step": "send", "place-{mentor_id}": "1", **MESSAGE}
INVITING = {"email": "{fresh}@example.org", "roles": ["mentee"]}
MYSELF = {"name": "Somebody", "time_zone": "UTC", "roles": "{roles}"}
P, R = "/api/v1/programmes/{slug}", "/api/v1/requests/{request_id}"
A = "/api/v1/assignments/{assignment_id}"
ASSIGNED = {"mentor": "{mentor_email}", "topic": "{topic}"}
ASSIGNING = {"mentee_id": "{mentee_id}", "mentor_id": "{mentor_id}", "topic": "{topic}", "notify": False}
Q, QUESTION = "/api/v1/questions/{question_id}", {"to": "{mentor_id}", "text": "How often?"}
D, DRAFT = "/api/v1/drafts/{draft_id}", "/p/{slug}/admin/drafts/{draft_id}"
T, ME = "/api/v1/relationships/{relationship_id}", "/api/v1/me"
L = "/api/v1/shortlists/{shortlist_id}"
READY = ("ready",)

# The mentee has signed off in `completing`: whoever signed off does not confirm, and need not.
SIGNED = {("completing", "mentee"): "403"}
JSON: list[Row] = [
    Row("POST", "/api/v1/sign-in", ANYBODY, 202, {"email": "amara@example.org"}),
    Row("GET", "/api/v1/me", KNOWN),
    Row("GET", f"{ME}/export", KNOWN, about="copy", works_in=READY, otherwise=404),
    Row("GET", f"{ME}/export/file", KNOWN, about="copy", works_in=READY, otherwise=404),
    Row("POST", f"{ME}/export/delete", KNOWN, about="copy", works_in=READY),
    Row("POST", f"{ME}/export", KNOWN, 202, about="copy"),
    # Somebody else's address erases nobody; one's own does: tests/api/test_my_data.py.
    Row("POST", f"{ME}/erase", KNOWN, 422, {"confirm": "nobody@example.org"}),
    Row("GET", f"{ME}/sessions", KNOWN),
    Row("DELETE", f"{ME}/sessions/{{session_id}}", KNOWN, 204),
    Row("POST", f"{ME}/sign-out-everywhere", KNOWN, body={"api_tokens": False}),
    Row("GET", f"{P}/profile", MEMBERS),
    Row("PUT", f"{P}/profile", MEMBERS, body={"headline": "Listens well"}),
    Row("GET", f"{P}/home", MEMBERS),
    Row("GET", f"{P}/mentors", MENTEES),
    Row("GET", f"{P}/mentors/{{mentor_id}}", MENTEES),
    Row("GET", f"{P}/bookmarks", MENTEES),
    Row("POST", f"{P}/bookmarks", MENTEES, 201, {"mentor_id": "{mentor_id}"}),
    Row("DELETE", f"{P}/bookmarks/{{mentor_id}}", MENTEES, 204),
    Row("POST", f"{P}/requests", MENTEES, 201, ASKING),
    Row("POST", f"{P}/offers", MENTORS, 201, OFFERING),
    Row("GET", f"{P}/mentees", MENTORS),
    Row("GET", f"{P}/requests", MEMBERS),
    Row("GET", f"{P}/relationships", MEMBERS),
    Row("POST", f"{P}/questions", MENTEES, 201, QUESTION),
    Row("GET", f"{P}/questions", MEMBERS),
    Row("GET", Q, THE_TWO_ALONE),
    Row("POST", f"{Q}/answer", ASKED, body={"text": "Yes."}, works_in=("open",)),
    Row("POST", f"{P}/assignments", DESK, 201, ASSIGNING),
    Row("GET", A, PARTIES),
    Row("POST", f"{A}/end", ADMIN, body=COMMENT, works_in=("active",)),
    Row("GET", f"{P}/mentorships", MEMBERS),
    Row("GET", R, PARTIES),
    Row("POST", f"{R}/accept", DECIDER, body=COMMENT, works_in=("pending",)),
    Row("POST", f"{R}/request-amendment", DECIDER, body=COMMENT, works_in=("pending",)),
    Row("POST", f"{R}/reject", DECIDER, body=REJECT, works_in=("pending",)),
    Row("POST", f"{R}/resubmit", MENTEE, body=MESSAGE, works_in=("amendment_requested",)),
    Row("POST", f"{R}/edit", MENTEE, body=MESSAGE, works_in=("pending",)),
    Row("POST", f"{R}/withdraw", MENTEE, body=COMMENT, works_in=REQUEST_OPEN),
    Row("POST", f"{R}/remind", ADMIN, works_in=REQUEST_OPEN),
    Row("POST", f"{R}/extend", ADMIN, works_in=REQUEST_OPEN),
    Row("POST", f"{R}/close", ADMIN, body=COMMENT, works_in=REQUEST_OPEN),
    Row("POST", f"{R}/hand-over", ADMIN, body=HANDING, works_in=REQUEST_OPEN),
    Row("POST", f"{P}/shortlists", MENTEES, 201, {"mentors": ["{mentor_id}"], **MESSAGE}),
    Row("GET", f"{P}/shortlists", MEMBERS),
    Row("GET", L, LISTS),
    Row("POST", f"{L}/reorder", LIST, body={"mentors": []}, works_in=("running",)),
    Row("POST", f"{L}/withdraw", LIST, body=COMMENT, works_in=("running",)),
    # Of an offer the mentee decides, and the mentor changes and withdraws it.
    Row("POST", f"{R}/accept", BY_ASKED, body=COMMENT, about="offer", works_in=("pending",)),
    Row("POST", f"{R}/request-amendment", BY_ASKED, body=COMMENT, about="offer", works_in=("pending",)),
    Row("POST", f"{R}/reject", BY_ASKED, body=COMMENT, about="offer", works_in=("pending",)),
    Row("POST", f"{R}/resubmit", MENTOR, body=MESSAGE, about="offer", works_in=("amendment_requested",)),
    Row("POST", f"{R}/edit", MENTOR, body=MESSAGE, about="offer", works_in=("pending",)),
    Row("POST", f"{R}/withdraw", MENTOR, body=COMMENT, about="offer", works_in=REQUEST_OPEN),
    Row("GET", T, PARTIES),
    Row("POST", f"{T}/goals", THE_TWO, 201, GOAL, works_in=RUNNING),
    Row("GET", f"{T}/goals/{{goal_id}}", PARTIES),
    Row("PATCH", f"{T}/goals/{{goal_id}}", THE_TWO, body={"progress": 10}, works_in=RUNNING),
    Row("POST", f"{T}/complete", THE_TWO, body=COMMENT, works_in=("active",)),
    Row("POST", f"{T}/confirm-completion", THE_TWO, body=COMMENT, works_in=("completing",), but=SIGNED),
    Row("POST", f"{T}/decline-completion", THE_TWO, body=COMMENT, works_in=("completing",), but=SIGNED),
    Row("POST", f"{T}/withdraw", THE_TWO, body=COMMENT, works_in=RUNNING),
    Row("POST", f"{T}/survey", THE_TWO, body={"answers": ANSWERS}, works_in=("completed",)),
    Row("POST", f"{T}/end", ADMIN, body=COMMENT, works_in=RUNNING),
    Row("GET", f"{T}/not-again", THE_TWO),
    Row("POST", f"{T}/not-again", THE_TWO, body={"why": "A word."}, works_in=OVER),
    Row("DELETE", f"{T}/not-again", THE_TWO, 204),
    Row("GET", f"{P}/do-not-pair", DESK),
    Row("POST", f"{P}/do-not-pair", DESK, 201, {"people": "{both}"}),
    Row("GET", f"{P}/do-not-pair/{{pair_id}}", DESK),
    Row("DELETE", f"{P}/do-not-pair/{{pair_id}}", DESK, 204),
    Row("GET", f"{P}/people/{{person_id}}/listing/{{mentor_id}}", DESK),
    Row("GET", f"{P}/stalled", DESK),
    Row("POST", f"{P}/recommendations", DESK, 202, {"per_mentee": 2}),
    Row("POST", f"{P}/pairings", DESK, 202, {"minimum_score": 10}),
    Row("GET", D, OF_DESK),
    Row("GET", f"{D}/items", OF_DESK),
    Row("PUT", f"{D}/items/{{mentee_id}}", OF_DESK, body={"mentors": []}, works_in=("draft",)),
    Row("POST", f"{D}/compute", OF_DESK, 202, {}, works_in=("draft",)),
    Row("POST", f"{D}/publish", OF_DESK, works_in=("draft", "published")),
    Row("POST", f"{D}/discard", OF_DESK, works_in=("computing", "draft", "discarded")),
    Row("POST", f"{P}/invitations", DESK, 201, INVITING),
    Row("GET", f"{P}/invitations", DESK),
    Row("GET", f"{P}/invitations/{{invitation_id}}", DESK, about="invitation"),
    Row(
        "POST",
        f"{P}/invitations/{{invitation_id}}/revoke",
        DESK,
        about="invitation",
        works_in=("open", "revoked", "expired"),
    ),
    Row("GET", f"{P}/people/{{person_id}}", DESK),
    Row("PATCH", f"{P}/people/{{person_id}}", DESK, body={"available": True}),
    Row("GET", f"{P}/people/{{person_id}}/removal", DESK),
    Row("DELETE", f"{P}/people/{{person_id}}", DESK, 204),
    Row("GET", f"{P}/skills", MEMBERS),
    Row("POST", f"{P}/skills", DESK, 201, {"name": "{fresh skill}", "anyway": True}),
    Row("GET", f"{P}/skills/{{skill_id}}", MEMBERS),
    Row("PATCH", f"{P}/skills/{{skill_id}}", DESK, body={"skillset": "Tools"}),
    Row("POST", f"{P}/skills/{{skill_id}}/merge", DESK, body={"into": "{other_skill_id}"}),
    Row("DELETE", f"{P}/skills/{{skill_id}}", DESK, 204),
    Row("GET", f"{P}/skillsets", MEMBERS),
    Row("POST", f"{P}/skillsets", DESK, 201, {"name": "{fresh skill}"}),
    Row("PATCH", f"{P}/skillsets/{{skillset_id}}", DESK, body={"name": "{fresh skill}"}),
    Row("DELETE", f"{P}/skillsets/{{skillset_id}}", DESK, 204),
    # The programme lets people join by themselves, with an admin's approval.
    Row("GET", f"{P}/registration", "401 404 404 404 404 404 404 404 404"),
    Row("POST", f"{P}/registration", GUESTS, 201, WISH),
    Row("DELETE", f"{P}/registration", GUEST, 204),
    Row("GET", f"{P}/readiness", DESK),
    Row("GET", f"{P}/readiness.csv", DESK),
    Row("POST", f"{P}/release-invitations", DESK, 200, {}),
    Row("GET", f"{P}/registrations", DESK),
    Row("GET", f"{P}/registrations/{{registration_id}}", DESK, about="registration"),
    Row(
        "POST",
        f"{P}/registrations/{{registration_id}}/approve",
        DESK,
        about="registration",
        works_in=("waiting", "queued"),
    ),
    Row(
        "POST",
        f"{P}/registrations/{{registration_id}}/refuse",
        DESK,
        body=COMMENT,
        about="registration",
        works_in=("waiting", "queued"),
    ),
    Row("GET", f"{P}/settings", DESK),
    Row("PATCH", f"{P}/settings", DESK, body={"open_requests": 0}),
    Row("GET", f"{P}/score-preview", DESK),
]

ACT = "/requests/{request_id}/{command}"
DO = "/relationships/{relationship_id}/{command}"
AREA = "/relationships/{relationship_id}"
ACCEPT = {"decision": "accept", "comment": "Gladly."}


def _act(command: str, who: str, works_in: tuple[str, ...], body: Mapping[str, Any] = COMMENT) -> Row:
    return Row("POST", ACT, who, 303, body, works_in=works_in, fills={"command": command})


def _do(command: str, who: str, works_in: tuple[str, ...], body: Mapping[str, Any] = COMMENT) -> Row:
    return Row("POST", DO, who, 303, body, works_in=works_in, fills={"command": command})


PAGES: list[Row] = [
    Row("POST", "/sign-out", KNOWN, 303, {}),
    Row("GET", "/your-data", KNOWN),
    Row("GET", "/your-data/file", KNOWN, about="copy", works_in=READY, otherwise=404),
    Row("POST", "/your-data/delete-copy", KNOWN, 303, {}, "copy", READY),
    Row("POST", "/your-data/export", KNOWN, 303, {}, "copy"),
    Row("POST", "/your-data/sessions/{session_id}/end", KNOWN, 303, {}),
    Row("POST", "/your-data/sign-out-everywhere", KNOWN, 303, {}),
    Row("GET", "/your-data/erase", KNOWN),
    Row("POST", "/your-data/erase", KNOWN, 422, {"confirm": "nobody@example.org"}),
    Row("GET", "/p/{slug}/profile", MEMBERS),
    Row("POST", "/p/{slug}/profile", MEMBERS, 303, MYSELF),
    Row("GET", "/p/{slug}/mentors", MEMBERS),
    Row("GET", "/p/{slug}/mentors/compare", MEMBERS),
    Row("GET", "/p/{slug}/mentors/{mentor_id}", MEMBERS),
    Row("POST", "/p/{slug}/bookmarks", MENTEES, 303, {"on": "{mentor_id}"}),
    Row("GET", "/p/{slug}/mentors/{mentor_id}/ask", MENTEES),
    Row("POST", "/p/{slug}/mentors/{mentor_id}/ask", MENTEES, 303, {"step": "send", **MESSAGE}),
    Row("GET", "/p/{slug}/mentors/{mentor_id}/question", MENTEES),
    Row("POST", "/p/{slug}/mentors/{mentor_id}/question", MENTEES, 303, {"text": "How often?"}),
    Row("GET", "/p/{slug}/questions", MEMBERS),
    Row("GET", "/p/{slug}/mentorships", MEMBERS),
    Row("GET", "/p/{slug}/what-mentors-do", MEMBERS),
    Row("GET", "/p/{slug}/people/{person_id}/assign", DESK),
    Row("POST", "/p/{slug}/people/{person_id}/assign", DESK, 303, ASSIGNED),
    Row("GET", "/assignments/{assignment_id}/end", ADMIN),
    Row("POST", "/assignments/{assignment_id}/end", ADMIN, 303, COMMENT, works_in=("active",)),
    Row("GET", "/questions/{question_id}", THE_TWO_ALONE),
    Row("POST", "/questions/{question_id}/answer", ASKED, 303, {"text": "Yes."}, works_in=("open",)),
    Row("GET", "/requests/{request_id}/question", THE_TWO, works_in=REQUEST_OPEN),
    Row("POST", "/requests/{request_id}/question", THE_TWO, 303, {"text": "Why?"}, works_in=REQUEST_OPEN),
    Row("GET", "/p/{slug}/mentees", MENTORS),
    Row("GET", "/p/{slug}/mentees/{mentee_id}/offer", MENTORS),
    Row("POST", "/p/{slug}/mentees/{mentee_id}/offer", MENTORS, 303, MESSAGE),
    Row("GET", "/p/{slug}/requests", MEMBERS),
    Row("GET", "/p/{slug}/shortlists", MEMBERS),
    Row("GET", "/p/{slug}/shortlists/new", MENTEES),
    Row("POST", "/p/{slug}/shortlists/new", MENTEES, 303, LISTING),
    Row("GET", "/shortlists/{shortlist_id}", LISTS),
    Row("GET", "/shortlists/{shortlist_id}/change", LIST),
    Row("POST", "/shortlists/{shortlist_id}/change", LIST, 303, {"step": "save"}, works_in=("running",)),
    Row(
        "POST",
        "/shortlists/{shortlist_id}/{command}",
        LIST,
        303,
        COMMENT,
        works_in=("running",),
        fills={"command": "withdraw"},
    ),
    Row("GET", "/p/{slug}/relationships", MEMBERS),
    Row("GET", "/requests/{request_id}", PARTIES),
    Row("GET", "/requests/{request_id}/hand-over", ADMIN, works_in=REQUEST_OPEN),
    Row("POST", "/requests/{request_id}/hand-over", ADMIN, 303, HANDING, works_in=REQUEST_OPEN),
    Row("POST", "/requests/{request_id}/decide", DECIDER, 303, ACCEPT, works_in=("pending",)),
    _act("resubmit", MENTEE, ("amendment_requested",), MESSAGE),
    _act("edit", MENTEE, ("pending",), MESSAGE),
    _act("withdraw", MENTEE, REQUEST_OPEN),
    _act("remind", ADMIN, REQUEST_OPEN, {}),
    _act("extend", ADMIN, REQUEST_OPEN, {}),
    _act("close", ADMIN, REQUEST_OPEN),
    Row("GET", AREA, PARTIES),
    Row("GET", f"{AREA}/goals", THE_TWO, works_in=RUNNING),
    Row("POST", f"{AREA}/goals", THE_TWO, 303, GOAL, works_in=RUNNING),
    Row("GET", f"{AREA}/goals/{{goal_id}}", THE_TWO, works_in=RUNNING),
    Row("POST", f"{AREA}/goals/{{goal_id}}", THE_TWO, 303, GOAL, works_in=RUNNING),
    Row("POST", f"{AREA}/goals/{{goal_id}}/progress", THE_TWO, 303, {"progress": "20"}, works_in=RUNNING),
    _do("complete", THE_TWO, ("active",)),
    Row(
        "POST",
        DO,
        THE_TWO,
        303,
        {"decision": "confirm"},
        works_in=("completing",),
        but=SIGNED,
        fills={"command": "confirm"},
    ),
    _do("withdraw", THE_TWO, RUNNING),
    _do("survey", THE_TWO, ("completed",), ANSWERS),
    _do("end", ADMIN, RUNNING),
    Row(
        "POST", "/relationships/{relationship_id}/not-again", THE_TWO, 303, {"why": "A word."}, works_in=OVER
    ),
    Row("GET", "/p/{slug}/admin", DESK),
    Row("GET", "/p/{slug}/admin/stalled", DESK),
    Row("GET", "/p/{slug}/admin/stalled/{act}", DESK, fills={"act": "remind"}),
    Row("POST", "/p/{slug}/admin/stalled/{act}", DESK, 200, {"r": "none"}, fills={"act": "remind"}),
    Row("GET", "/p/{slug}/admin/drafts", DESK),
    Row("POST", "/p/{slug}/admin/drafts", DESK, 303, {"kind": "recommendations"}),
    Row("GET", DRAFT, DESK),
    Row("POST", f"{DRAFT}/{{act}}", DESK, 303, fills={"act": "publish"}, works_in=("draft", "published")),
    Row("GET", f"{DRAFT}/people/{{mentee_id}}", DESK),
    Row("POST", f"{DRAFT}/people/{{mentee_id}}", DESK, 303, {"mentor": []}, works_in=("draft",)),
    Row("GET", "/p/{slug}/admin/people", DESK),
    Row("POST", "/p/{slug}/admin/people", DESK, 303, INVITING),
    Row(
        "POST",
        "/p/{slug}/admin/people/{invitation_id}/revoke",
        DESK,
        303,
        {},
        "invitation",
        ("open", "revoked", "expired"),
    ),
    Row("GET", "/p/{slug}/admin/people/{person_id}", DESK),
    Row("POST", "/p/{slug}/admin/people/{person_id}", DESK, 303, {"roles": "mentee"}),
    Row("GET", "/p/{slug}/admin/people/{person_id}/remove", DESK),
    Row("POST", "/p/{slug}/admin/people/{person_id}/remove", DESK, 303, {}),
    Row("GET", "/p/{slug}/admin/pairs", DESK),
    Row("POST", "/p/{slug}/admin/pairs", DESK, 303, {"one": "{mentee_email}", "other": "{mentor_email}"}),
    Row("POST", "/p/{slug}/admin/pairs/{pair_id}/remove", DESK, 303, {}),
    Row("GET", "/p/{slug}/admin/skills", DESK),
    Row("POST", "/p/{slug}/admin/skills", DESK, 303, {"name": "{fresh skill}", "anyway": "yes"}),
    Row("GET", "/p/{slug}/admin/skills/{skill_id}", DESK),
    Row("POST", "/p/{slug}/admin/skills/{skill_id}", DESK, 303, {"name": "{fresh skill}"}),
    Row("GET", "/p/{slug}/admin/readiness", DESK),
    Row("POST", "/p/{slug}/admin/readiness", DESK, 303, {}),
    Row("GET", "/p/{slug}/admin/registrations", DESK),
    Row("POST", "/p/{slug}/admin/registrations", DESK, 422, {"deed": "approve"}),
    Row("POST", "/p/{slug}/join/register", GUESTS, 303, WISH),
    Row("POST", "/p/{slug}/join/withdraw", GUEST, 303, {}),
    Row("GET", "/p/{slug}/admin/settings", DESK),
    Row("POST", "/p/{slug}/admin/settings", DESK, 200, {"step": "look", "close_after": "14"}),
    Row("GET", "/p/{slug}/admin/score", DESK),
    Row("POST", "/p/{slug}/admin/score", DESK, 200, {"step": "look", "share": "50"}),
    Row("GET", "/p/{slug}/admin/mails", DESK),
]

LINKED = "/links/{token}"
OFF = "/unsubscribe/{token}"


def _link(
    purpose: str, about: str, works_in: tuple[str, ...], body: Mapping[str, Any], yes: int = 200
) -> list[Row]:
    sides = {"decide": BY_MENTOR, "confirm": BY_MENTOR, "amend": BY_MENTEE, "survey": BY_MENTEE}
    sides["answer"] = BY_MENTOR
    who = sides.get(purpose, ANYBODY)
    opened = [Row(method, LINKED, who, about=about, token=purpose) for method in ("GET", "HEAD")]
    # Whoever takes part no longer reads where things stand, and does not act.
    acts = who.rpartition(" ")[0] + " 409" if purpose in sides else who
    posted = Row("POST", LINKED, acts, yes, {**body, "confirmed": "yes"}, about, works_in, token=purpose)
    return [*opened, posted]


# Whoever has the link of a mail answers as the person it was sent to, except for the other one of the two.
# Who is signed in as somebody else has to confirm it, as these forms do; without: tests/pages/test_links.py.
LINKS: list[Row] = [
    *_link("decide", "request", ("pending",), ACCEPT),
    *_link("amend", "request", ("amendment_requested",), MESSAGE),
    *_link("confirm", "relationship", ("completing",), {"decision": "confirm"}),
    *_link("survey", "relationship", ("completed",), ANSWERS),
    *_link("answer", "question", ("open",), {"text": "Yes."}),
    *_link("keep", "erasure", ("waiting",), {}),
    *_link("invitation", "invitation", ("open",), {"name": "Kim", "time_zone": "UTC"}, 303),
    *(Row(method, f"{OFF}", ANYBODY, about="request", token="unsubscribe") for method in ("GET", "HEAD")),
    *(Row("POST", path, ANYBODY, 200, {}, "request", token="unsubscribe") for path in (OFF, f"{OFF}/undo")),
    *(
        Row(method, "/sign-in/{token}", ANYBODY, yes, body, "sign-in link", ("open",), 404, token="sign-in")
        for method, yes, body in (("GET", 200, None), ("HEAD", 200, None), ("POST", 303, {}))
    ),
]

OPEN: list[Row] = [
    Row("GET", "/", ANYBODY),
    Row("HEAD", "/", ANYBODY),
    Row("GET", "/sign-in", ANYBODY),
    Row("HEAD", "/sign-in", ANYBODY),
    Row("POST", "/sign-in", ANYBODY, body={"email": "amara@example.org"}),
    Row("GET", "/api/v1/programmes/{slug}/join", ANYBODY),
    Row("POST", "/api/v1/programmes/{slug}/join", ANYBODY, 202, {"email": "amara@example.org"}),
    Row("GET", "/p/{slug}/join", "yes yes yes 303 303 303 303 yes yes"),
    Row("HEAD", "/p/{slug}/join", "yes yes yes 303 303 303 303 yes yes"),
    Row("POST", "/p/{slug}/join", ANYBODY, body={"email": "amara@example.org"}),
    Row("GET", "/static/{digest}/{name}", ANYBODY),
    # The logo of a programme goes to everybody under a name that its content makes; this is another name.
    Row("GET", "/logos/{name}", NOBODY),
    Row("GET", "/docs", ANYBODY),
    Row("GET", "/docs/{name}", ANYBODY, fills={"name": "people-me"}),
    Row("GET", "/api/v1/openapi.json", ANYBODY),
    Row("GET", "/healthz", ANYBODY),
    Row("GET", "/readyz", ANYBODY),
    Row("GET", "/metrics", ANYBODY),
    # Only a machine that sends the secret of the installation may, and it does not exist without one.
    Row("POST", "/api/v1/bounces", NOBODY),
    # On the machine of an installation without a mail server and without an outside; elsewhere NOBODY.
    Row("GET", "/mailbox", ANYBODY),
    Row("GET", "/style", ANYBODY),
    Row("GET", "/mailbox/{mail_id}", ANYBODY),
    Row("GET", "/mailbox/{mail_id}/html", ANYBODY),
    Row("GET", "/mailbox/{mail_id}/raw", ANYBODY),
]

TABLE: dict[str, list[Row]] = {
    "The API": JSON,
    "Pages of somebody who is signed in": PAGES,
    "Links in mails": LINKS,
    "What is open to anybody": OPEN,
}
