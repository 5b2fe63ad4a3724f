"""An example of each body and answer, by the name of its schema. A test reads each by its model."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

MENTEE = {"id": "8d1f7f0a-52a4-4c3e-9a57-0d5f3c1b8a01", "name": "Amara Okafor"}
MENTOR = {"id": "1c6f0c5e-7b0d-4d0a-8a39-6a1f4e2d9b02", "name": "Jorgen Lind"}
REQUEST_ID = "f3a9d1c2-4b7e-4f58-9c61-2e7d8b0a3c03"
RELATIONSHIP_ID = "5b2e8f14-9d36-5c7a-8e40-7c1a9f6d2b04"
GOAL_ID = "a7c4e2d8-1f5b-5e93-b6d0-3f8e7a2c5d05"
INVITATION_ID = "c9e1b7f3-6a2d-5d84-a1f5-8b4c0e9d7f06"
MESSAGE = "I would like to learn how you lead reviews, and could meet every second week."
REASON = {"kind": "gap-covered", "text": "python: wanted from level 2 to 4, and the mentor is at 5."}
PARTS: Json = {
    "title": "Lead a project review",
    "specific": "Lead the review of one project from beginning to end",
    "measurable": "The notes are published and agreed on",
    "attainable": "A small project is planned for May",
    "relevant": "I want to lead a team within two years",
    "due": "2030-06-01",
}

DRAFT: Json = {
    "id": "2b0e6c1d-58f4-4a3e-9d27-6c8f1b3a5e07",
    "programme": "open-doors",
    "kind": "recommendations",
    "state": "draft",
    "progress": 100,
    "total_score": 231,
    "matched": 1,
    "unmatched": 0,
    "left_out": 0,
    "erased": 0,
    "changed": 0,
    "before": None,
    "per_mentee": 3,
    "minimum_score": 40,
    "fair": False,
    "created_at": "2030-03-04T09:30:00Z",
    "created_by": {"id": "4d8a2f6b-1c3e-4b7a-8f50-9e2d7c6a1b08", "name": "Ines Duarte"},
    "settled_at": None,
    "expires_at": "2030-04-03T09:30:00Z",
    "allowed": ["compute", "publish", "discard"],
}
DRAFT_ITEM: Json = {
    "mentee": MENTEE,
    "mentors": [
        {
            "mentor": {**MENTOR, "headline": "Head of reviews"},
            "score": 87,
            "reasons": [REASON],
            "left_out": None,
        }
    ],
    "why_none": None,
    "one_more": [],
    "by_hand": False,
    "changed": False,
    "before": None,
}

REQUEST: Json = {
    "id": REQUEST_ID,
    "programme": "open-doors",
    "kind": "request",
    "state": "pending",
    "mentee": MENTEE,
    "mentor": MENTOR,
    "message": MESSAGE,
    "revision": 1,
    "basis": "gaps",
    "score": 87,
    "reasons": [REASON],
    "comment": "",
    "reason": "",
    "created_at": "2030-03-04T09:30:00Z",
    "since": "2030-03-04T09:30:00Z",
    "decided_at": None,
    "closes_at": "2030-03-18T16:24:00Z",
    "next_reminder_at": "2030-03-11T16:24:00Z",
    "next": {"at": "2030-03-11T16:24:00Z", "what": "reminder"},
    "allowed": ["edit", "withdraw"],
    "relationship_id": None,
    "timeline": [
        {
            "at": "2030-03-04T09:30:00Z",
            "what": "RequestSubmitted",
            "by": {**MENTEE, "role": "mentee"},
            "on_behalf_of": None,
            "note": MESSAGE,
        }
    ],
}
QUESTION: Json = {
    "id": "d4b8c6a0-3e19-5f72-8a6b-1c9e5d7f3b08",
    "programme": "open-doors",
    "from": MENTEE,
    "to": MENTOR,
    "text": "How often could we talk?",
    "request_id": None,
    "state": "open",
    "asked_at": "2030-03-04T09:30:00Z",
    "closes_at": "2030-03-18T16:24:00Z",
    "answer": None,
    "answered_at": None,
    "closed_at": None,
    "allowed": ["answer"],
}
ASSIGNMENT: Json = {
    "id": "e5c7d9b1-4f20-5a83-9b7c-2d0f6e8a4c09",
    "programme": "open-doors",
    "mentee": MENTEE,
    "mentor": MENTOR,
    "topic": {"skill": "python", "skillset": None},
    "state": "active",
    "assigned_at": "2030-03-04T09:30:00Z",
    "notified": True,
    "ended_at": None,
    "comment": "",
    "allowed": ["end"],
}
MENTORSHIP: Json = {
    "role": "mentor",
    "other": MENTEE,
    "topic": {"skill": "python", "skillset": None},
    "topics": ["python"],
    "since": "2030-03-04T09:30:00Z",
    "help": [{"skill": "python", "since": "2030-03-20T08:00:00Z"}],
    "relationship_id": None,
    "assignment_id": ASSIGNMENT["id"],
}
GOAL: Json = {
    **PARTS,
    "id": GOAL_ID,
    "progress": 40,
    "set_by": MENTEE["id"],
    "created_at": "2030-03-06T10:00:00Z",
    "updated_at": "2030-04-01T10:00:00Z",
}
SESSION: Json = {
    "id": "4be0643f1d98573b97cdca98a65347dd",
    "agent": "Firefox on Windows",
    "created_at": "2030-03-01T08:00:00Z",
    "used_at": "2030-03-04T09:30:00Z",
    "ends_at": "2030-03-18T09:30:00Z",
    "current": True,
}
RELATIONSHIP: Json = {
    "id": RELATIONSHIP_ID,
    "programme": "open-doors",
    "request_id": REQUEST_ID,
    "state": "active",
    "mentee": MENTEE,
    "mentor": MENTOR,
    "contacts": [
        {
            **MENTOR,
            "email": "jorgen@example.org",
            "contact": "Best by phone, after four",
            "time_zone": "Europe/Stockholm",
        }
    ],
    "goals": [GOAL],
    "started_at": "2030-03-05T08:00:00Z",
    "since": "2030-03-05T08:00:00Z",
    "ended_at": None,
    "signed_by": None,
    "sign_offs": 0,
    "confirms_at": None,
    "next": None,
    "allowed": ["set-goal", "revise-goal", "complete", "withdraw"],
    "survey": None,
    "surveys": [],
    "timeline": [
        {
            "at": "2030-03-05T08:00:00Z",
            "what": "RelationshipStarted",
            "by": {"id": None, "name": None, "role": "system"},
            "on_behalf_of": None,
            "note": None,
        }
    ],
}
PROFILE_IN: Json = {
    "name": "Amara Okafor",
    "time_zone": "Europe/Berlin",
    "headline": "Engineer who wants to lead",
    "about": "Six years of back ends; I now look after two colleagues.",
    "languages": ["en", "de"],
    "country": "DE",
    "skills": [{"name": "python", "level": 2, "target": 4, "familiarity": 3, "help": True}],
    "available": True,
    "commitment": True,
}
PROFILE: Json = {
    **PROFILE_IN,
    "email": "amara@example.org",
    "roles": ["mentee"],
    "unit": "Harbour",
    "location": "Hamburg",
    "attributes": {"Stage": "Senior"},
    "contact": "Mail is best",
    "preferences": ["Video calls"],
    "capacity": None,
    "available_from": None,
    "optional_mails": True,
    "complete": True,
    "missing": [],
    "hints": [],
}
MENTOR_HIT: Json = {
    "mentor": {
        **MENTOR,
        "headline": "Leads the platform team",
        "about": "Twenty years of systems that stay up.",
        "unit": "Platform",
        "location": "Stockholm",
        "country": "SE",
        "languages": ["en", "sv"],
        "attributes": {},
    },
    "score": 87,
    "exact": True,
    "reasons": [REASON],
}
INVITATION: Json = {
    "id": INVITATION_ID,
    "email": "grace@example.org",
    "name": "Grace",
    "roles": ["mentor"],
    "state": "open",
    "created_at": "2030-03-04T09:30:00Z",
    "expires_at": "2030-04-03T09:30:00Z",
    "accepted_at": None,
    "mailed_at": "2030-03-04T09:30:00Z",
}
STALLED: Json = {
    "request_id": REQUEST_ID,
    "mentee": MENTEE,
    "mentor": MENTOR,
    "state": "pending",
    "since": "2030-03-04T09:30:00Z",
    "next": {"at": "2030-03-16T16:24:00Z", "what": "reminder"},
    "closes_at": "2030-03-18T16:24:00Z",
    "last_event": "ReminderSent",
    "last_event_at": "2030-03-11T16:24:00Z",
    "reminded_at": "2030-03-11T16:24:00Z",
    "extend_by": "P7D",
    "left_to_admins": False,
}

SHORTLIST: Json = {
    "id": "2f6d0a9b-8c1e-5f47-9b3d-4a7e6c5d1f09",
    "programme": "open-doors",
    "state": "running",
    "mode": "in_order",
    "basis": "gaps",
    "message": MESSAGE,
    "mentee": MENTEE,
    "created_at": "2030-03-04T09:30:00Z",
    "ended_at": None,
    "relationship_id": None,
    "asks": [
        {
            "mentor": MENTOR,
            "state": "asked",
            "request_id": REQUEST_ID,
            "at": "2030-03-04T09:30:00Z",
            "why": None,
        }
    ],
    "why": None,
    "allowed": ["reorder", "withdraw"],
    "timeline": [
        {
            "at": "2030-03-04T09:30:00Z",
            "what": "MentorAsked",
            "by": {"id": None, "name": None, "role": "system"},
            "on_behalf_of": None,
            "note": MENTOR["name"],
        }
    ],
}

PERSON: Json = {
    **MENTOR,
    "email": "jonas@example.org",
    "roles": ["mentor"],
    "complete": True,
    "available": True,
    "capacity": None,
    "joined_at": "2030-01-07T09:30:00Z",
    "skills": [{"name": "python", "level": 5, "target": None, "familiarity": None, "help": False}],
}

SKILL: Json = {
    "id": "8a0f7ab2-52c3-4b67-8d5c-6f5a3e0f9d21",
    "name": "React",
    "aliases": ["reactjs"],
    "skillset": "Front end",
    "people": 12,
}
SKILLSET: Json = {"id": "0b9d6e57-5a0f-4d3c-8a3b-7a4a4f0d2c33", "name": "Front end"}
MENTOR_DETAIL: Json = {
    **MENTOR_HIT,
    "bookmarked": True,
    "skills": [{"name": "python", "level": 5, "level_name": ""}],
    "preferences": [],
    "why_not": None,
}
DO_NOT_PAIR: Json = {
    "id": "6d2f8c1a-3b7e-4f58-9c61-2e7d8b0a3c44",
    "people": [MENTEE, MENTOR],
    "by": {"id": "2f6d3c3e-8f8e-4a8e-9a43-0f7c1c1a7a55", "name": "Ines Duarte", "role": "admin"},
    "at": "2030-03-04T09:30:00Z",
    "why": "They are married.",
}
HOME: Json = {
    "your_turn": [
        {
            "kind": "decide",
            "text": "Amara Okafor asks you",
            "due": "2030-03-18T16:24:00Z",
            "url": f"/requests/{REQUEST_ID}",
            "process_id": REQUEST_ID,
        }
    ],
    "recommended": [{**MENTOR_HIT, "pushed": True}],
    "news": [
        {
            "at": "2030-03-05T08:00:00Z",
            "text": "Jorgen Lind: asked for a change.",
            "url": f"/requests/{REQUEST_ID}",
        }
    ],
}

REGISTRATION: Json = {
    "id": "2f6d0b1e-3c4a-4f5b-9d8e-7a6b5c4d3e2f",
    "name": "Grace Njoroge",
    "email": "grace@example.org",
    "roles": ["mentee"],
    "answers": [{"question": "What would you like to learn?", "answer": "To speak in public."}],
    "state": "waiting",
    "comment": "",
    "created_at": "2030-03-04T09:30:00Z",
    "decided_at": None,
}

EXAMPLES: dict[str, Json] = {
    "BookmarkIn": {"mentor_id": MENTOR["id"]},
    "DoNotPairIn": {"people": [MENTEE["id"], MENTOR["id"]], "why": "They are married."},
    "DoNotPairOut": DO_NOT_PAIR,
    "HomeOut": HOME,
    "ListingOut": {
        "mentee": MENTEE,
        "mentor": MENTOR,
        "listed": False,
        "why": [{"kind": "same-unit", "text": "Both are in the same unit."}],
        "request_id": None,
        "relationship_id": None,
    },
    "MentorDetail": MENTOR_DETAIL,
    "NotAgainIn": {"why": "We did not get on."},
    "NotAgainOut": {"not_again": True, "at": "2030-03-04T09:30:00Z", "why": "We did not get on."},
    "Page_DoNotPairOut_": {"items": [DO_NOT_PAIR], "next": None},
    "Page_MentorHit_": {"items": [MENTOR_HIT], "next": None},
    "Page_MenteeHit_": {
        "items": [{"mentee": MENTOR_HIT["mentor"] | MENTEE, "score": 82, "reasons": MENTOR_HIT["reasons"]}],
        "next": None,
    },
    "JoinIn": {"email": "grace@example.org"},
    "JoinOut": {
        "slug": "open-doors",
        "name": "Open Doors",
        "roles": ["mentee", "mentor"],
        "domains": ["example.org"],
        "questions": [
            {
                "key": "why",
                "text": "What would you like to learn?",
                "kind": "text",
                "required": True,
                "choices": [],
            }
        ],
        "approval": True,
    },
    "ReadinessOut": {
        "ready": False,
        "mentors": 40,
        "complete_mentors": 30,
        "share": 75,
        "share_aim": 80,
        "away": 2,
        "places": 70,
        "mentees": 10,
        "invited": 0,
        "held": 60,
        "places_per_mentee": 1.0,
        "places_aim": 1.0,
        "lacking": {"skills": 9, "preferences": 4},
        "missing": ["30 of 40 mentors have a complete profile (75%); 80% are aimed at."],
    },
    "ReleasedOut": {"released": 60},
    "Page_RegistrationOut_": {"items": [REGISTRATION], "next": None},
    "RegistrationIn": {
        "name": "Grace Njoroge",
        "time_zone": "Africa/Nairobi",
        "roles": ["mentee"],
        "answers": {"why": "To speak in public."},
    },
    "RegistrationOut": REGISTRATION,
    "LinkSent": {
        "detail": "A mail with a link is on its way, if mail can reach this address. It is good "
        "for 10 minutes."
    },
    "WordIn": {"comment": "This year is for colleagues of the harbour only."},
    "Accepted": {
        "detail": "If the address is known here, a mail with a link is on its way. "
        "The link is good for 10 minutes."
    },
    "Alive": {"status": "alive"},
    "BounceOut": {
        "outcome": "recorded",
        "detail": "Recorded: the mail request-received came back with status 5.1.1. "
        "A worker notes it on the timeline.",
    },
    "CommentIn": {"comment": "Thank you for your time."},
    "DeletedOut": {"detail": "The copy was deleted. You can ask for another at any time."},
    "OfferIn": {
        "mentee_id": "0a4f2a2e-6a0e-4e0a-9f1a-0f5d1f5f0004",
        "message": "I have led such a team for years. May I be of help?",
    },
    "HandOverIn": {
        "mentor_id": "0a4f2a2e-6a0e-4e0a-9f1a-0f5d1f5f0003",
        "comment": "She has more time this month.",
    },
    "DecisionIn": {"comment": "Gladly. Shall we talk on Thursday?", "revision": 1},
    "EraseIn": {"confirm": "amara@example.org"},
    "ErasureOut": {
        "begins_at": "2030-03-05T09:30:00Z",
        "detail": "You are signed out everywhere. Until it begins, the link in the mail that we just sent "
        "you keeps everything as it is; afterwards nothing can be brought back.",
    },
    "ExportOut": {
        "state": "ready",
        "asked_at": "2030-03-04T09:30:00Z",
        "ready_at": "2030-03-04T09:30:04Z",
        "expires_at": "2030-03-11T09:30:04Z",
        "size": 18234,
        "href": "/api/v1/me/export/file",
    },
    "ExtendIn": {"days": 7},
    "Goal": GOAL,
    "GoalChangeIn": {"progress": 40},
    "GoalIn": PARTS,
    "InvitationIn": {
        "email": "grace@example.org",
        "name": "Grace",
        "roles": ["mentor"],
        "note": "You would be a wonderful mentor.",
    },
    "ComputeIn": {"pin": [{"mentee_id": MENTEE["id"], "mentor_id": MENTOR["id"]}]},
    "DraftItemOut": DRAFT_ITEM,
    "DraftOut": DRAFT,
    "InvitationOut": INVITATION,
    "ItemIn": {"mentors": [MENTOR["id"]]},
    "Page_DraftItemOut_": {"items": [DRAFT_ITEM], "next": None},
    "PairingIn": {"minimum_score": 40, "fair": True},
    "RecommendationsIn": {"per_mentee": 3, "minimum_score": 40},
    "MeOut": {
        **MENTEE,
        "email": "amara@example.org",
        "programmes": [{"slug": "open-doors", "name": "Open Doors", "roles": ["mentee"]}],
    },
    "MentorPage": {
        "items": [MENTOR_HIT],
        "next": None,
        "total": 1,
        "advice": None,
        "unknown_skill": None,
        "did_you_mean": [],
    },
    "MentorsIn": {"mentors": [MENTOR["id"]]},
    "MessageIn": {"message": MESSAGE},
    "Page_InvitationOut_": {"items": [INVITATION], "next": None},
    "Page_RelationshipOut_": {"items": [{**RELATIONSHIP, "contacts": None}], "next": None},
    "Page_RequestOut_": {"items": [REQUEST], "next": None},
    "Page_SessionOut_": {"items": [SESSION], "next": None},
    "Page_ShortlistOut_": {"items": [SHORTLIST], "next": None},
    "Page_StalledOut_": {"items": [STALLED], "next": None},
    "PersonIn": {"roles": ["mentee"]},
    "PersonOut": PERSON,
    "ProfileIn": PROFILE_IN,
    "ProfileOut": PROFILE,
    "ScorePreview": {
        "skill_weight": 0.7,
        "skill_weights": {"Python": 2},
        "changed": 1,
        "lists": [
            {
                "mentee": MENTEE,
                "changed": True,
                "mentors": [
                    {"mentor": MENTOR, "before": 2, "after": 1, "score_before": 81, "score_after": 87},
                ],
            }
        ],
    },
    "ProgrammeOut": {
        "slug": "open-doors",
        "name": "Open Doors",
        "revision": 4,
        "open_processes": {
            "state": "running",
            "revision": 4,
            "requests": 312,
            "told": 140,
            "left": 0,
            "asked_at": "2030-03-04T09:30:00Z",
            "finished_at": None,
        },
        "settings": {"remind_after": ["P7D", "P12D"], "close_after": "P14D", "open_requests": 5},
        "meanings": {"close_after": "How long a request waits for an answer before it closes."},
    },
    "Ready": {"status": "ready", "parts": {"database": "ok", "engine": "ok"}},
    "RejectIn": {
        "comment": "I wish you well with it.",
        "reason": "I have no time at the moment",
        "revision": 1,
    },
    "RelationshipOut": RELATIONSHIP,
    "ShortlistIn": {"mentors": [MENTOR["id"]], "message": MESSAGE, "basis": "gaps", "mode": "in_order"},
    "ShortlistOut": SHORTLIST,
    "SignOutIn": {"api_tokens": False},
    "SignedOutOut": {"sessions": 2, "sign_in_links": 1, "api_tokens": 0},
    "RemovalOut": {
        "person": PERSON,
        "yourself": False,
        "released": 2,
        "left_to_admins": 0,
        "relationships": 1,
        "consequences": [
            "2 open requests will be released, and the other side is told.",
            "1 relationship will be ended, and the other side is told.",
        ],
        "hindrance": None,
    },
    "Page_QuestionOut_": {"items": [QUESTION], "next": None},
    "QuestionIn": {"to": MENTOR["id"], "text": "How often could we talk?", "request_id": None},
    "QuestionOut": QUESTION,
    "AssignmentIn": {
        "mentee_id": MENTEE["id"],
        "mentor_id": MENTOR["id"],
        "topic": {"skill": "python"},
        "notify": True,
    },
    "AssignmentOut": ASSIGNMENT,
    "EndIn": {"comment": "The project is over. Thank you both!"},
    "MentorshipPage": {"items": [MENTORSHIP], "next": None},
    "AnswerIn": {"text": "Every second week would suit me."},
    "RequestIn": {"mentor_id": MENTOR["id"], "message": MESSAGE, "basis": "gaps"},
    "RequestOut": REQUEST,
    "SettingsIn": {"remind_after": ["P5D", "P10D"], "close_after": "P14D"},
    "MergeIn": {"into": "5d1f3c1e-6f8e-4a8e-9a43-0f7c1c1a7a11"},
    "Page_SkillEntry_": {"items": [SKILL], "next": None},
    "Page_SkillsetOut_": {"items": [SKILLSET], "next": None},
    "SkillChangeIn": {"name": "React"},
    "SkillEntry": SKILL,
    "SkillIn": {"name": "React", "aliases": ["reactjs"], "skillset": "Front end"},
    "SkillsetIn": {"name": "Front end"},
    "SkillsetOut": SKILLSET,
    "SignInIn": {"email": "amara@example.org", "next": "/"},
    "SurveyIn": {"answers": {"useful": 5, "goals": 4, "recommend": 5, "remark": "Keep it."}},
}
