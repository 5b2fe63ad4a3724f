"""One sample for every kind of mail and every way it can be worded: what the golden files are made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from activities.mail_facts import Contact, Facts, Invited, Party, Recommended, Registered
from models.addresses import contact
from models.mails.assignment import AssignmentEnded, AssignmentMade
from models.mails.frame import ReleaseCause
from models.mails.order import AnyMail
from models.mails.person import ErasureBegun, ErasureConfirmed, ExportReady, Invitation, SignIn
from models.mails.question import QuestionAnswered, QuestionAsked, QuestionClosed
from models.mails.recommending import MentorsRecommended
from models.mails.registration import (
    Joined,
    RegistrationNeedsAdmin,
    RegistrationReceived,
    RegistrationRefused,
)
from models.mails.relationship import (
    CompletionDeclined,
    CompletionRequested,
    RelationshipEnded,
    RelationshipStarted,
    RelationshipWithdrawn,
    SurveyAsked,
    SurveyReminder,
)
from models.mails.request import (
    AmendmentReminder,
    AmendmentRequested,
    DecidedOnBehalf,
    RequestAccepted,
    RequestClosed,
    RequestDatesChanged,
    RequestEdited,
    RequestExpired,
    RequestExtended,
    RequestHandedOver,
    RequestLeftToAdmins,
    RequestNeedsAdmin,
    RequestReceived,
    RequestRejected,
    RequestReleased,
    RequestReminder,
    RequestWithdrawn,
)
from models.mails.shortlist import ShortlistExhausted
from models.process import departures
from models.process.actors import Role
from models.process.match import MatchReason
from models.process.request.kinds import RequestKind

BASE = "https://mentoring.example.org"
LINK = f"{BASE}/links/decide.6f1e4c0e1d5b4f0c9b1d2a3c4e5f6a7b.kq3Yx0b9Zr1uV7mJ2cT5nH8sL4wE6dA0fG3iK9oPqRs"
REQUEST = "0a4f2a2e-6a0e-4e0a-9f1a-0f5d1f5f0001"
RELATIONSHIP = "0a4f2a2e-6a0e-4e0a-9f1a-0f5d1f5f0002"

QUESTION = "0a4f2a2e-6a0e-4e0a-9f1a-0f5d1f5f0003"

ASKED = datetime(2026, 3, 3, 15, 42, tzinfo=UTC)
REMIND = datetime(2026, 3, 10, 16, 3, tzinfo=UTC)
CLOSE = datetime(2026, 3, 30, 15, 3, tzinfo=UTC)

MENTEE = Party(
    "m1", "Amara Okonkwo", "Data analyst, moving towards leading a team", "Fraud analytics, Lagos, Nigeria"
)
MENTOR = Party("m2", "Jørgen Lindqvist", "Head of product analytics", "Payments, Malmö, Sweden")

MESSAGE = """Dear Jørgen,

I have just been asked to lead our group of four analysts, and I have never led anyone.
What I would like to learn from you:
  1. how to give feedback that helps,
  2. how to say no to work & still be <liked>.

An hour a month would be wonderful.
Amara"""
COMMENT = "Happy to help!\nShall we begin with a walk through what a normal week of yours looks like?"
DECLINED = "I lead two pairs already, and you deserve more than half an hour from me. All the best!"

ABOUT: dict[str, Any] = {"request_id": REQUEST, "revision": 1}
BEFORE: dict[str, Any] = {"question_id": QUESTION, "about_request": False}
UNDER: dict[str, Any] = {"question_id": QUESTION, "about_request": True}
ASSIGNED: dict[str, Any] = {"assignment_id": QUESTION, "topic": "Leadership"}
RELATED: dict[str, Any] = {"relationship_id": RELATIONSHIP}

TO_MENTOR = Facts(
    person_id=MENTOR.id,
    address="jorgen@example.org",
    name=MENTOR.name,
    zone="Europe/Stockholm",
    programme_name="Open Doors 2026",
    programme_slug="open-doors",
    reply_to=contact("Programme office <office@example.org>"),
    role=Role.MENTOR,
    mentee=MENTEE,
    mentor=MENTOR,
    state="pending",
    asked_at=ASKED,
)
TO_MENTEE = replace(
    TO_MENTOR,
    person_id=MENTEE.id,
    address="amara@example.org",
    name=MENTEE.name,
    zone="Africa/Lagos",
    role=Role.MENTEE,
)
TO_ADMIN = replace(
    TO_MENTOR,
    person_id="a1",
    address="ines@example.org",
    name="Ines Duarte",
    zone="Europe/Lisbon",
    role=Role.ADMIN,
)
TO_STRANGER = Facts(
    person_id=None,
    address="new@example.org",
    name="",
    zone="Europe/Berlin",
    programme_name="Open Doors 2026",
    programme_slug="open-doors",
    invited=Invited("Ines Duarte", ("mentee", "mentor"), CLOSE),
)
REGISTRATION: dict[str, Any] = {"registration_id": "0a4f2a2e-6a0e-4e0a-9f1a-0f5d1f5f0009"}
REGISTERED = Facts(
    person_id="a9",
    address="grace@example.org",
    name="Grace Njoroge",
    zone="Africa/Nairobi",
    programme_name="Open Doors 2026",
    programme_slug="open-doors",
    registered=Registered(("mentee", "mentor"), "We begin anew in spring.\nPlease write again then."),
)
SIGNING_IN = Facts(
    person_id=MENTOR.id, address="jorgen@example.org", name=MENTOR.name, zone="Europe/Stockholm"
)
ERASED = Facts(person_id=None, address="jorgen@example.org", name="", zone="UTC")
ANSWERING = LINK.replace("decide", "answer")
KEEPING = LINK.replace("decide", "keep")
UNSUBSCRIBE = LINK.replace("links/decide", "unsubscribe/unsubscribe")

MATCH = tuple(
    MatchReason.model_validate(reason)
    for reason in (
        {"kind": "gap-covered", "text": "", "skill": "leadership", "current": 1, "target": 4, "level": 5},
        {
            "kind": "gap-covered",
            "text": "",
            "skill": "giving_feedback",
            "current": 2,
            "target": 3,
            "level": 4,
        },
        {"kind": "preference-shared", "text": "", "option": "Conversations by video"},
    )
)

RECEIVED = RequestReceived(
    **ABOUT,
    message=MESSAGE,
    score=82,
    reasons=(
        "leadership: they want to get from level 1 to 4, and you are at 5.",
        "giving feedback: they want to get from level 2 to 3, and you are at 4.",
        "You both chose “Conversations by video”.",
    ),
    reminder_at=REMIND,
    closes_at=CLOSE,
)


RECOMMENDED = (
    Recommended(
        MENTOR,
        82,
        (
            "leadership: you want to get from level 1 to 4, and they are at 5.",
            "giving feedback: you want to get from level 2 to 3, and they are at 4.",
            "You both chose “Conversations by video”.",
        ),
    ),
    Recommended(
        Party("m3", "Noor Haddad"), 41, ("leadership: you want to get from level 1 to 4, and they are at 2.",)
    ),
)
EXPIRED_OFFER = RequestExpired(**ABOUT, waited_for="mentee", asked_at=ASKED)


@dataclass(frozen=True)
class Sample:
    """`name` is the stem of the golden files."""

    name: str
    props: AnyMail
    facts: Facts
    action: str | None = None

    @property
    def unsubscribe(self) -> str | None:
        """Where the recipient switches off such mails."""
        return None if self.props.essential else UNSUBSCRIBE


SAMPLES = (
    Sample("request-received", RECEIVED, replace(TO_MENTOR, match=MATCH), LINK),
    Sample(
        "request-received-many-levels",
        RECEIVED.model_copy(update={"message": "Short and kind."}),
        replace(TO_MENTOR, match=MATCH, levels=10),
        LINK,
    ),
    Sample(
        "request-received-again",
        RECEIVED.model_copy(update={"revision": 2, "reminder_at": None, "closes_at": None, "reasons": ()}),
        replace(TO_MENTOR, mentee=Party("m1", "Amara Okonkwo")),
        LINK,
    ),
    Sample("request-edited", RequestEdited(**ABOUT, message=MESSAGE, closes_at=CLOSE), TO_MENTOR, LINK),
    Sample("request-edited-open", RequestEdited(**ABOUT, message="Short.", closes_at=None), TO_MENTOR, LINK),
    Sample(
        "request-reminder",
        RequestReminder(**ABOUT, message=MESSAGE, asked_at=ASKED, closes_at=CLOSE, by_admin=False),
        TO_MENTOR,
        LINK,
    ),
    Sample(
        "request-reminder-by-admin",
        RequestReminder(**ABOUT, message=MESSAGE, asked_at=ASKED, closes_at=None, by_admin=True),
        TO_MENTOR,
        LINK,
    ),
    Sample(
        "request-accepted",
        RequestAccepted(**ABOUT, comment=COMMENT, relationship_id=RELATIONSHIP),
        TO_MENTEE,
    ),
    Sample(
        "request-accepted-without-a-word",
        RequestAccepted(**ABOUT, comment="", relationship_id=RELATIONSHIP),
        TO_MENTEE,
    ),
    Sample(
        "request-rejected",
        RequestRejected(**ABOUT, comment=DECLINED, reason="I have no time at the moment"),
        TO_MENTEE,
    ),
    Sample(
        "request-rejected-on-behalf",
        RequestRejected(**ABOUT, comment=DECLINED, reason="", by_admin=True),
        TO_MENTEE,
    ),
    *(
        Sample(
            f"decided-on-behalf-{decision}",
            DecidedOnBehalf(**ABOUT, decision=decision, comment="We have spoken on the phone."),
            TO_MENTOR,
        )
        for decision in ("reject", "request-amendment")
    ),
    *(
        Sample(
            f"request-handed-over-to-the-{reader.role}",
            RequestHandedOver(**ABOUT, comment="We thought of somebody with more time this month."),
            reader,
        )
        for reader in (TO_MENTEE, TO_MENTOR)
    ),
    Sample("request-rejected-without-a-reason", RequestRejected(**ABOUT, comment="", reason=""), TO_MENTEE),
    Sample(
        "amendment-requested",
        AmendmentRequested(**ABOUT, comment="Which of the three matters most to you?", closes_at=CLOSE),
        TO_MENTEE,
        LINK,
    ),
    *(
        Sample(
            f"{kind.model_fields['kind'].default}-on-behalf",
            kind(**ABOUT, comment="Which of the three matters most?", closes_at=CLOSE, by_admin=True),
            TO_MENTEE,
            LINK,
        )
        for kind in (AmendmentRequested, AmendmentReminder)
    ),
    Sample(
        "amendment-requested-open",
        AmendmentRequested(**ABOUT, comment="Which of the three matters most to you?", closes_at=None),
        TO_MENTEE,
        LINK,
    ),
    Sample(
        "amendment-reminder",
        AmendmentReminder(**ABOUT, comment="Which of the three matters most to you?", closes_at=CLOSE),
        TO_MENTEE,
        LINK,
    ),
    Sample("request-withdrawn", RequestWithdrawn(**ABOUT, comment="I am moving to another team."), TO_MENTOR),
    Sample(
        "request-expired-mentor-silent-to-mentee",
        RequestExpired(**ABOUT, waited_for="mentor", asked_at=ASKED),
        TO_MENTEE,
    ),
    Sample(
        "request-expired-mentor-silent-to-mentor",
        RequestExpired(**ABOUT, waited_for="mentor", asked_at=ASKED),
        TO_MENTOR,
    ),
    Sample(
        "request-expired-mentee-silent-to-mentee",
        RequestExpired(**ABOUT, waited_for="mentee", asked_at=ASKED),
        TO_MENTEE,
    ),
    Sample(
        "request-expired-mentee-silent-to-mentor",
        RequestExpired(**ABOUT, waited_for="mentee", asked_at=ASKED),
        TO_MENTOR,
    ),
    Sample("request-closed-to-mentee", RequestClosed(**ABOUT, comment="The round is over."), TO_MENTEE),
    Sample("request-closed-to-mentor", RequestClosed(**ABOUT, comment=""), TO_MENTOR),
    Sample(
        "request-released-mentor-full",
        RequestReleased(**ABOUT, cause=ReleaseCause.MENTOR_FULL),
        TO_MENTEE,
    ),
    Sample(
        "request-released-matched-to-mentee",
        RequestReleased(**ABOUT, cause=ReleaseCause.MENTEE_MATCHED),
        TO_MENTEE,
    ),
    Sample(
        "request-released-matched-to-mentor",
        RequestReleased(**ABOUT, cause=ReleaseCause.MENTEE_MATCHED),
        TO_MENTOR,
    ),
    Sample(
        "request-released-mentor-left",
        RequestReleased(**ABOUT, cause=ReleaseCause.MENTOR_LEFT),
        TO_MENTEE,
    ),
    Sample(
        "request-released-mentee-left",
        RequestReleased(**ABOUT, cause=ReleaseCause.MENTEE_LEFT),
        TO_MENTOR,
    ),
    *(
        Sample(f"request-released-{cause}", RequestReleased(**ABOUT, cause=cause), to)
        for cause, to in (
            (ReleaseCause.MENTOR_STOPPED, TO_MENTEE),
            (ReleaseCause.MENTOR_AWAY, TO_MENTEE),
            (ReleaseCause.MENTEE_STOPPED, TO_MENTOR),
        )
    ),
    *(
        Sample(f"{kind}-{cause}", props(**ABOUT, cause=cause, closes_at=closes_at), to)
        for kind, props, to in (
            ("request-left-to-admins", RequestLeftToAdmins, TO_MENTEE),
            ("request-needs-admin", RequestNeedsAdmin, TO_ADMIN),
        )
        for cause, closes_at in (
            (ReleaseCause.MENTOR_LEFT, CLOSE),
            (ReleaseCause.MENTOR_STOPPED, CLOSE),
            (ReleaseCause.MENTOR_AWAY, None),
        )
    ),
    Sample(
        "request-extended-left-to-admins",
        RequestExtended(**ABOUT, closes_at=CLOSE, left_to_admins=True),
        replace(TO_MENTEE, state="amendment_requested"),
    ),
    Sample(
        "request-received-handed-over", RECEIVED.model_copy(update={"handed_over": True}), TO_MENTOR, LINK
    ),
    *(
        Sample(
            f"relationship-started-on-behalf-to-{reader.role}",
            RelationshipStarted(**RELATED, decided_by=Role.ADMIN),
            replace(reader, began_at=ASKED, words=COMMENT, contact=Contact("them@example.org", "")),
        )
        for reader in (TO_MENTEE, TO_MENTOR)
    ),
    *(
        Sample(f"offer-{name}", props, replace(to, kind=RequestKind.OFFER), link)
        for name, props, to, link in (
            ("received", RECEIVED, TO_MENTEE, LINK),
            ("edited", RequestEdited(**ABOUT, message=MESSAGE, closes_at=CLOSE), TO_MENTEE, LINK),
            (
                "reminder",
                RequestReminder(**ABOUT, message=MESSAGE, asked_at=ASKED, closes_at=CLOSE, by_admin=False),
                TO_MENTEE,
                LINK,
            ),
            ("rejected", RequestRejected(**ABOUT, comment=DECLINED, reason=""), TO_MENTOR, None),
            (
                "amendment",
                AmendmentRequested(**ABOUT, comment="How often?", closes_at=CLOSE),
                TO_MENTOR,
                LINK,
            ),
            (
                "amendment-reminder",
                AmendmentReminder(**ABOUT, comment="How often?", closes_at=CLOSE),
                TO_MENTOR,
                LINK,
            ),
            ("withdrawn", RequestWithdrawn(**ABOUT, comment="I am moving abroad."), TO_MENTEE, None),
            (
                "declined-for-you",
                DecidedOnBehalf(**ABOUT, decision="reject", comment="We have spoken."),
                TO_MENTEE,
                None,
            ),
            *(
                (
                    f"expired-to-{to.role}",
                    RequestExpired(**ABOUT, waited_for="mentee", asked_at=ASKED),
                    to,
                    None,
                )
                for to in (TO_MENTEE, TO_MENTOR)
            ),
            *(
                (f"closed-to-{to.role}", RequestClosed(**ABOUT, comment="We start anew."), to, None)
                for to in (TO_MENTEE, TO_MENTOR)
            ),
            *(
                (f"extended-to-{to.role}", RequestExtended(**ABOUT, closes_at=CLOSE), to, link)
                for to, link in ((TO_MENTEE, LINK), (TO_MENTOR, None))
            ),
            *(
                (f"released-{cause}-to-{to.role}", RequestReleased(**ABOUT, cause=cause), to, None)
                for cause in ReleaseCause
                for to in (TO_MENTEE, TO_MENTOR)
                if to.role in departures.TOLD[cause] and cause is not ReleaseCause.TAKEN_BACK
            ),
            *(
                (
                    f"accepted-to-{to.role}",
                    RelationshipStarted(**RELATED, decided_by=Role.MENTEE),
                    replace(to, began_at=ASKED, words=words, contact=Contact("them@example.org", "")),
                    None,
                )
                for to, words in ((TO_MENTEE, ""), (TO_MENTOR, COMMENT))
            ),
        )
    ),
    Sample("request-extended-to-mentor", RequestExtended(**ABOUT, closes_at=CLOSE), TO_MENTOR, LINK),
    Sample("request-extended-to-mentee", RequestExtended(**ABOUT, closes_at=CLOSE), TO_MENTEE),
    Sample(
        "request-extended-to-amending-mentee",
        RequestExtended(**ABOUT, closes_at=CLOSE),
        replace(TO_MENTEE, state="amendment_requested"),
        LINK,
    ),
    Sample(
        "request-extended-to-waiting-mentor",
        RequestExtended(**ABOUT, closes_at=CLOSE),
        replace(TO_MENTOR, state="amendment_requested"),
    ),
    *(
        Sample(
            f"registration-received-{waits_for}",
            RegistrationReceived(**REGISTRATION, waits_for=waits_for),
            REGISTERED,
        )
        for waits_for in ("admin", "place")
    ),
    Sample("registration-accepted", Joined(**REGISTRATION), REGISTERED),
    Sample("registration-refused", RegistrationRefused(**REGISTRATION), REGISTERED),
    Sample(
        "registration-needs-admin",
        RegistrationNeedsAdmin(**REGISTRATION),
        replace(TO_ADMIN, mentee=None, mentor=None, state="", registered=Registered((), waiting=3)),
    ),
    Sample(
        "request-dates-changed-to-mentor",
        RequestDatesChanged(**ABOUT, closes_at=CLOSE, closed_at=CLOSE + timedelta(days=7)),
        TO_MENTOR,
        LINK,
    ),
    Sample(
        "request-dates-changed-to-mentee",
        RequestDatesChanged(**ABOUT, closes_at=CLOSE, closed_at=None),
        TO_MENTEE,
    ),
    Sample(
        "request-dates-changed-to-amending-mentee",
        RequestDatesChanged(**ABOUT, closes_at=None, closed_at=CLOSE),
        replace(TO_MENTEE, state="amendment_requested"),
        LINK,
    ),
    Sample(
        "request-dates-changed-left-to-admins",
        RequestDatesChanged(**ABOUT, closes_at=CLOSE, closed_at=None, left_to_admins=True),
        TO_MENTEE,
    ),
    Sample(
        "relationship-started-to-mentor",
        RelationshipStarted(**RELATED),
        replace(TO_MENTOR, contact=Contact("amara@example.org", "Signal +234 1 555 01 00\nbest after 16:00")),
    ),
    *(
        Sample(
            f"relationship-started-paired-to-{facts.role}",
            RelationshipStarted(**RELATED, decided_by=Role.ADMIN, paired=True),
            replace(facts, began_at=ASKED, match=MATCH, contact=Contact("other@example.org", "")),
        )
        for facts in (TO_MENTEE, TO_MENTOR)
    ),
    Sample(
        "relationship-started-to-mentee",
        RelationshipStarted(**RELATED),
        replace(TO_MENTEE, began_at=ASKED, words=COMMENT, contact=Contact("jorgen@example.org", "")),
    ),
    *(
        Sample(
            f"relationship-started-closing-{closes}",
            RelationshipStarted(**RELATED, closes=closes),
            replace(TO_MENTEE, began_at=ASKED, contact=Contact("jorgen@example.org", "")),
        )
        for closes in (1, 4)
    ),
    *(
        Sample(name, MentorsRecommended(draft_id="d1"), replace(TO_MENTEE, recommended=found, state=""))
        for name, found in (
            ("mentors-recommended", RECOMMENDED),
            ("mentors-recommended-one", RECOMMENDED[1:]),
        )
    ),
    Sample(
        "completion-requested",
        CompletionRequested(**RELATED, comment="We did it. Thank you!", round=1, confirms_at=CLOSE),
        TO_MENTOR,
        LINK,
    ),
    Sample(
        "completion-declined",
        CompletionDeclined(**RELATED, comment="One more goal, please."),
        TO_MENTEE,
    ),
    Sample("survey", SurveyAsked(**RELATED, closes_at=CLOSE, confirmed_by_time=False), TO_MENTEE, LINK),
    Sample(
        "survey-confirmed-by-time",
        SurveyAsked(**RELATED, closes_at=CLOSE, confirmed_by_time=True),
        TO_MENTOR,
        LINK,
    ),
    Sample("survey-reminder", SurveyReminder(**RELATED, closes_at=CLOSE), TO_MENTOR, LINK),
    Sample(
        "relationship-withdrawn-to-mentee",
        RelationshipWithdrawn(**RELATED, comment="My new post leaves me no time. I am sorry."),
        TO_MENTEE,
    ),
    Sample("relationship-withdrawn-to-mentor", RelationshipWithdrawn(**RELATED, comment=""), TO_MENTOR),
    Sample(
        "relationship-withdrawn-by-leaving",
        RelationshipWithdrawn(**RELATED, comment="", left=True),
        TO_MENTEE,
    ),
    Sample(
        "relationship-ended-to-mentee",
        RelationshipEnded(**RELATED, comment="Jørgen has left the company."),
        TO_MENTEE,
    ),
    Sample("relationship-ended-to-mentor", RelationshipEnded(**RELATED, comment=""), TO_MENTOR),
    Sample(
        "question-asked",
        QuestionAsked(**BEFORE, message="How often do you usually meet?", closes_at=CLOSE),
        TO_MENTOR,
        ANSWERING,
    ),
    Sample(
        "question-asked-about-request",
        QuestionAsked(**UNDER, message="Which of the three matters most to you?", closes_at=None),
        TO_MENTEE,
        ANSWERING,
    ),
    Sample(
        "question-asked-by-mentee-about-request",
        QuestionAsked(**UNDER, message="Did you see my note?", closes_at=CLOSE),
        TO_MENTOR,
        ANSWERING,
    ),
    *(
        Sample(name, QuestionAnswered(**about, message="How often do you meet?", comment=COMMENT), to)
        for name, about, to in (
            ("question-answered", BEFORE, TO_MENTEE),
            ("question-answered-about-request", UNDER, TO_MENTOR),
            ("question-answered-to-mentee-about-request", UNDER, TO_MENTEE),
        )
    ),
    Sample("question-closed-to-asker", QuestionClosed(**BEFORE, asked=True), TO_MENTEE),
    Sample("question-closed-to-asked", QuestionClosed(**BEFORE, asked=False), TO_MENTOR),
    Sample("question-closed-by-leaving", QuestionClosed(**BEFORE, asked=True, left=True), TO_MENTEE),
    Sample("question-closed-about-request", QuestionClosed(**UNDER, asked=True), TO_MENTOR),
    Sample(
        "assignment-made-to-mentor",
        AssignmentMade(**ASSIGNED),
        replace(TO_MENTOR, state="active", contact=Contact("amara@example.org", "Room 4")),
    ),
    Sample(
        "assignment-made-to-mentee",
        AssignmentMade(**ASSIGNED),
        replace(TO_MENTEE, state="active", contact=Contact("jorgen@example.org", "")),
    ),
    Sample("assignment-ended", AssignmentEnded(**ASSIGNED, comment="Thank you both!"), TO_MENTEE),
    Sample("assignment-ended-by-leaving", AssignmentEnded(**ASSIGNED, comment="", left=True), TO_MENTOR),
    Sample("sign-in", SignIn(), SIGNING_IN, f"{BASE}/sign-in/rJ3vQm8ZtW5xYc0aLk9BnPfD2sGhE7uT1oIqM4wVbXA"),
    Sample(
        "sign-in-to-programme",
        SignIn(next_path="/requests"),
        replace(SIGNING_IN, programme_name="Open Doors 2026"),
        f"{BASE}/sign-in/rJ3vQm8ZtW5xYc0aLk9BnPfD2sGhE7uT1oIqM4wVbXA",
    ),
    Sample(
        "invitation",
        Invitation(invitation_id="i1", note="Your name came up twice this week.\nHave a look!"),
        replace(TO_STRANGER, name="Tomás Ibáñez"),
        LINK,
    ),
    Sample(
        "invitation-bare",
        Invitation(invitation_id="i1", note=""),
        replace(TO_STRANGER, invited=Invited("", ("mentor",), CLOSE)),
        LINK,
    ),
    Sample(
        "shortlist-exhausted",
        ShortlistExhausted(shortlist_id="s1", others=("m3", "m4")),
        replace(TO_MENTEE, mentor=None, mentee=None, state="", named=("Mei Tanaka", "Tomás Ibáñez")),
    ),
    Sample(
        "shortlist-exhausted-alone",
        ShortlistExhausted(shortlist_id="s1"),
        replace(TO_MENTEE, mentor=None, mentee=None, state=""),
    ),
    Sample(
        "request-rejected-on-a-list",
        RequestRejected(**ABOUT, comment="I have no time this spring.", reason=""),
        replace(TO_MENTEE, shortlist_id="s1"),
    ),
    Sample(
        "request-expired-on-a-list",
        RequestExpired(**ABOUT, waited_for="mentor", asked_at=ASKED),
        replace(TO_MENTEE, shortlist_id="s1"),
    ),
    Sample(
        "request-released-on-a-list",
        RequestReleased(**ABOUT, cause=ReleaseCause.MENTOR_AWAY),
        replace(TO_MENTEE, shortlist_id="s1"),
    ),
    Sample("erasure-begun", ErasureBegun(begins_at=CLOSE, by_operator=False), SIGNING_IN, KEEPING),
    Sample("erasure-begun-by-operator", ErasureBegun(begins_at=CLOSE, by_operator=True), SIGNING_IN, KEEPING),
    Sample("erasure-confirmed", ErasureConfirmed(), ERASED),
    Sample("export-ready", ExportReady(expires_at=CLOSE), SIGNING_IN),
)
