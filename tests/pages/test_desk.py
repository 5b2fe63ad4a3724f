"""The coordinators' desk: what needs them, how the programme does, and one act for many requests."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from api.desk import bulk
from api.requests.acts import act_on_request
from api.requests.schemas import RequestOut
from api.web.access import Viewer
from api.web.acts import ActResult
from api.web.context import Context
from models.process.programme import ProgrammeSettings
from models.process.request.commands import RejectRequest
from models.store.delivery import MailRow
from models.store.tables import MemberRow, ProgrammeRow
from tests.api.conftest import SQLITE
from tests.api.world import OTHER, SLUG
from tests.pages.reading import broken_rules, words_of
from tests.pages.village import OPTIONS, Village, Villager, send

BASE = f"/p/{SLUG}/admin"
STALLED = f"{BASE}/stalled"
pytestmark = SQLITE


@pytest.fixture
async def admin(village: Village) -> Villager:
    return await village.person("Ines Duarte", "admin")


@pytest.fixture
async def mentor(village: Village) -> Villager:
    return await village.person("Ben Helper", "mentor")


async def asked(village: Village, mentor: Villager, number: int) -> list[str]:
    """Requests of so many mentees, which have waited for eight days."""
    made = [await (await village.person(f"Asker {n}", "mentee")).ask(mentor) for n in range(number)]
    village.world.clock.forward(days=8)
    return made


def checking(act: str, *ids: str, **more: str) -> str:
    return f"{STALLED}/{act}?" + urlencode([*(("r", one) for one in ids), *more.items()])


async def test_the_desk_says_what_needs_somebody_and_is_silent_when_it_is_done(
    village: Village, admin: Villager, mentor: Villager
) -> None:
    quiet = await admin.get(BASE)
    assert "Good morning, Ines Duarte" in words_of(quiet)
    assert "Nothing needs you." in words_of(quiet)
    assert "Your turn" not in words_of(quiet)
    request, *_ = await asked(village, mentor, 2)
    unfinished = await village.person("Ulf Late", "mentee", skills={}, targets={})
    with village.world.database.writing() as session:
        long_ago = village.world.clock() - timedelta(days=30)
        theirs = MemberRow.person_id == unfinished.id
        session.execute(update(MemberRow).where(theirs).values(joined_at=long_ago, complete=False))
        session.execute(update(MailRow).values(state="bounced", settled_at=village.world.clock()))
    text = words_of(await admin.get(BASE))
    assert "Your turn · 3 things" in text
    assert "2 requests wait for 7 days or longer" in text
    assert re.search(r"The oldest waits for 8 days: Asker \d asked Ben Helper. It closes Mon 16 March.", text)
    assert "1 profile is not finished after two weeks" in text
    assert "Ulf Late cannot take part before that." in text
    assert "Mail to 1 person does not arrive" in text
    assert "To Ben Helper, last today." in text
    assert "Desk 2 waiting" in text
    await mentor.tell(request, RejectRequest(comment="No.", reason="The topic is not mine"))
    assert "1 request waits for 7 days or longer" in words_of(await admin.get(BASE))


async def test_who_was_turned_down_twice_is_found_from_the_desk(
    village: Village, admin: Villager, mentor: Villager
) -> None:
    mentee, other = await village.person("Pedro Alves", "mentee"), await village.person("Cy", "mentor")
    for one in (mentor, other):
        request = await mentee.ask(one)
        await one.tell(request, RejectRequest(comment="No.", reason="The topic is not mine"))
    desk = await admin.get(BASE)
    assert "1 mentee was turned down twice" in words_of(desk)
    assert "Pedro Alves may need a word" in words_of(desk)
    assert f'href="{BASE}/people/{mentee.id}"' in desk.text
    listed = words_of(await admin.get(f"{BASE}/people?state=declined"))
    assert "Pedro Alves" in listed
    assert "Ben Helper" not in listed
    await mentee.ask(await village.person("Di", "mentor"))
    assert "turned down twice" not in words_of(await admin.get(BASE))


async def test_fewer_than_ten_are_only_counted(village: Village, admin: Villager, mentor: Villager) -> None:
    await asked(village, mentor, 3)
    few = await admin.get(BASE)
    assert broken_rules(few) == []
    assert 'class="river"' not in few.text
    assert "Fewer than 10: they are only counted." in words_of(few)
    assert "3 requests were sent in the last 12 weeks" in words_of(few)
    for n in range(10):
        one = await village.person(f"Mentor {n}", "mentor")
        request = await (await village.person(f"Other {n}", "mentee")).ask(one)
        village.world.clock.forward(days=1)
        await one.tell(request, RejectRequest(comment="No.", reason="The topic is not mine"))
    many = await admin.get(f"{BASE}?since=all")
    assert broken_rules(many) == []
    assert 'class="river"' in many.text
    text = words_of(many)
    assert "0% of the requests became a mentoring, 3 still wait." in text
    assert "Of 10 that were declined, 10 were for this reason: “The topic is not mine”." in text
    assert "1.0 days in the last twelve weeks" in text
    for since in ("P90D", "nonsense", "P365D"):
        assert (await admin.get(f"{BASE}?since={since}")).status_code == 200


async def test_many_are_reminded_after_a_look_and_once(
    village: Village, admin: Villager, mentor: Villager
) -> None:
    first, second, third = await asked(village, mentor, 3)
    page = await admin.open(STALLED)
    assert "Three wait too long" in page.text
    look = await admin.get(checking("remind", first, second))
    assert broken_rules(look) == []
    text = words_of(look)
    assert "Remind about 2 requests? Nothing has been done yet." in text
    assert text.count("The reminder goes to Ben Helper.") == 2
    requests = village.world.gateway.requests
    assert requests[first].reminded_at is None
    form = (await admin.open(checking("remind", first, second))).form_with("r")
    sent, acts = {**form.fields, "r": [first, second]}, village.world.gateway.acts
    for _ in range(2):
        done = await admin.browser.post(form.action, data=sent)
        assert done.status_code == 200
        assert broken_rules(done) == []
        assert words_of(done).count("The reminder is on its way.") == 2
    assert [requests[one].reminded_at is not None for one in (first, second, third)] == [True, True, False]
    assert village.world.gateway.acts == acts + 2


async def test_what_cannot_be_done_is_named_and_stops_nothing(
    village: Village, admin: Villager, mentor: Villager
) -> None:
    first, second = await asked(village, mentor, 2)
    form = (await admin.open(checking("close", first, second))).form_with("comment")
    assert "Asker 0" in (await admin.open(checking("close", first, second))).text
    silent = await admin.browser.post(form.action, data={**form.fields, "r": [first, second]})
    assert silent.status_code == 422
    assert broken_rules(silent) == []
    assert 'href="#f-comment"' in silent.text
    assert village.world.gateway.requests[first].is_open
    await mentor.tell(first, RejectRequest(comment="No.", reason="The topic is not mine"))
    sent = {**form.fields, "r": [first, second], "comment": "The programme ends."}
    done = words_of(await admin.browser.post(form.action, data=sent))
    assert "1 of 2 done" in done
    assert "has been declined" in done
    assert village.world.gateway.requests[second].state == "closed"
    after = words_of(await admin.get(checking("close", first, second)))
    assert "Nothing to do" in after
    assert "declined meanwhile" in after


async def test_an_engine_that_is_down_lets_it_be_tried_again_with_the_same_key(
    village: Village, admin: Villager, mentor: Villager
) -> None:
    first, *_ = await asked(village, mentor, 1)
    closes_at = village.world.gateway.requests[first].closes_at
    form = (await admin.open(checking("extend", first))).form_with("days")
    village.world.gateway.is_down = True
    down = await admin.browser.post(form.action, data={**form.fields, "days": "3"})
    village.world.gateway.is_down = False
    village.world.gateway.is_slow = True
    slow = words_of(await admin.browser.post(form.action, data={**form.fields, "days": "3"}))
    village.world.gateway.is_slow = False
    assert "It may have been recorded; send it again" in slow
    assert "Idempotency-Key" not in slow
    assert "0 of 1 done" in words_of(down)
    again = re.search(r'name="key" value="([^"]+)"', down.text)
    assert again is not None
    assert again[1] == form.fields["key"]
    for _ in range(2):
        done = await admin.browser.post(form.action, data={**form.fields, "days": "3"})
        assert "Done" in words_of(done)
    moved = village.world.gateway.requests[first].closes_at
    assert closes_at is not None
    assert moved is not None
    assert (moved.date() - closes_at.date()).days == 3


@pytest.mark.parametrize("fault", ["outage", "late"])
async def test_what_fails_for_one_leaves_a_word_on_the_others(
    village: Village, admin: Villager, mentor: Villager, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    first, second = await asked(village, mentor, 2)
    form = (await admin.open(checking("remind", first, second))).form_with("r")
    sent = {**form.fields, "r": [first, second]}

    async def failing(ctx: Context, viewer: Viewer, request_id: str, *more: Any) -> ActResult[RequestOut]:
        if request_id == second and fault == "outage":
            raise OperationalError("", None, Exception("the server has gone"))
        if request_id == second:
            await asyncio.sleep(60)
        return await act_on_request(ctx, viewer, request_id, *more)

    with monkeypatch.context() as now:
        now.setattr("api.desk.bulk.acts.act_on_request", failing)
        now.setattr(bulk, "SECONDS", 3.0)
        done = await admin.browser.post(form.action, data=sent)
    assert done.status_code == 200
    assert broken_rules(done) == []
    assert "1 of 2 done" in words_of(done)
    assert "Try 1 again" in words_of(done)
    assert village.world.gateway.requests[first].reminded_at is not None
    assert village.world.gateway.requests[second].reminded_at is None


async def test_it_is_said_where_more_are_chosen_than_are_taken(
    village: Village, admin: Villager, mentor: Villager, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await asked(village, mentor, 3)
    monkeypatch.setattr(bulk, "MOST", 2)
    for look in (checking("remind", all="yes"), checking("remind", *ids)):
        text = words_of(await admin.get(look))
        assert "Remind about 2 requests?" in text
        assert "At most 2 are taken at once." in text
        assert "not in this programme" not in text
    monkeypatch.setattr(bulk, "MOST", 3)
    assert "At most" not in words_of(await admin.get(checking("remind", all="yes")))


async def test_an_extension_is_named_as_the_rules_of_each_have_it(
    village: Village, admin: Villager, mentor: Villager
) -> None:
    old, *_ = await asked(village, mentor, 1)
    changed = ProgrammeSettings(preferences=OPTIONS, extend_by=timedelta(days=3)).stored()
    with village.world.database.writing() as session:
        session.execute(update(ProgrammeRow).where(ProgrammeRow.slug == SLUG).values(settings=changed))
    assert "Left empty: 7 days." in words_of(await admin.get(checking("extend", old)))
    new = await (await village.person("Fresh", "mentee")).ask(mentor)
    assert "Left empty: 3 days." in words_of(await admin.get(checking("extend", new)))
    both = words_of(await admin.get(checking("extend", old, new)))
    assert "Left empty: as long as the rules of each say." in both


async def test_only_requests_of_the_programme_are_taken(
    village: Village, admin: Villager, mentor: Villager
) -> None:
    request, *_ = await asked(village, mentor, 1)
    await village.world.join(admin.id, "Ines Duarte", "admin", slug=OTHER)
    odd = ["", "x", "\x00", "' OR 1=1", mentor.id]
    chosen = urlencode([("r", one) for one in (request, *odd)])
    look = await admin.get(f"/p/{OTHER}/admin/stalled/remind?{chosen}")
    assert look.status_code == 200
    assert "Asker 0" not in look.text
    form = (await admin.open("/")).form_with("csrf")
    body = {"csrf": form.fields["csrf"], "key": "a", "r": [request, *odd]}
    await admin.browser.post(f"/p/{OTHER}/admin/stalled/remind", data=body)
    assert village.world.gateway.requests[request].reminded_at is None
    for act in ("accept", "reject", "withdraw", "nonsense"):
        assert (await admin.get(f"{STALLED}/{act}")).status_code == 404
        assert (await admin.browser.post(f"{STALLED}/{act}", data=body)).status_code == 404
    assert (await mentor.get(f"{STALLED}/remind")).status_code == 403
    assert "was chosen" in words_of(await admin.get(f"{STALLED}/remind"))
    assert (await admin.browser.post(f"{STALLED}/remind", data={"csrf": body["csrf"]})).status_code == 422


async def test_all_of_a_list_are_those_that_its_filter_shows(
    village: Village, admin: Villager, mentor: Villager
) -> None:
    old = await asked(village, mentor, 2)
    await (await village.person("Fresh", "mentee")).ask(mentor)
    for filtered, number in (({}, 2), ({"older_than": "P0D"}, 3), ({"state": "amendment_requested"}, 0)):
        form = await admin.open(checking("remind", all="yes", **filtered))
        chosen = len(
            re.findall(r'name="r"', (await admin.get(checking("remind", all="yes", **filtered))).text)
        )
        assert (chosen, form.status) == (number, 200), filtered
    await mentor.tell(old[0], RejectRequest(comment="No.", reason="The topic is not mine"))
    assert "Remind about 1 request?" in words_of(await admin.get(checking("remind", all="yes")))


async def test_filters_are_taken_away_and_kept_on_every_way_back(
    village: Village, admin: Villager, mentor: Villager
) -> None:
    here = f"{BASE}/people?q=ben&role=mentor"
    page = await admin.get(here)
    assert broken_rules(page) == []
    assert f'href="{BASE}/people?q=ben"' in page.text, "the filter can be taken away, the search stays"
    assert '<input type="hidden" name="role" value="mentor">' in page.text
    link = re.search(rf'href="({BASE}/people/{mentor.id}\?[^"]+)"', page.text)
    assert link is not None
    person = await admin.open(link[1].replace("&amp;", "&"))
    there = here.replace("&", "&amp;")
    assert f'href="{there}"' in (await admin.get(link[1])).text
    saved = await send(admin.browser, person.form_with("roles"), roles="mentor")
    assert saved.status_code == 303
    assert f'href="{there}"' in (await admin.get(saved.headers["location"])).text
    for evil in ("//evil.example/p/", "https://evil.example", f"{BASE}/people@evil", "/p/evil/admin/people"):
        odd = await admin.get(f"{BASE}/people/{mentor.id}?" + urlencode({"back": evil}))
        assert f'href="{BASE}/people"' in odd.text
        assert "evil" not in odd.text


async def test_the_log_shows_what_was_not_delivered(
    village: Village, admin: Villager, mentor: Villager
) -> None:
    await asked(village, mentor, 1)
    with village.world.database.writing() as session:
        session.execute(update(MailRow).values(state="failed", error="550 no such user"))
    for state in ("undelivered", "failed"):
        log = await admin.get(f"{BASE}/mails?state={state}")
        assert broken_rules(log) == []
        assert "550 no such user" in log.text
        assert f'href="{BASE}/mails"' in log.text
    assert "550" not in (await admin.get(f"{BASE}/mails?state=bounced")).text
    assert "550" in (await admin.get(f"{BASE}/mails?state=nonsense")).text


async def test_the_number_of_those_that_wait_stands_in_the_navigation_of_coordinators_alone(
    village: Village, admin: Villager, mentor: Villager
) -> None:
    first, *_ = await asked(village, mentor, 2)
    for path in ("/", f"/p/{SLUG}/profile", f"/requests/{first}", f"{BASE}/skills"):
        assert "Desk 2 waiting" in words_of(await admin.get(path)), path
    own = words_of(await mentor.get(f"/p/{SLUG}/profile"))
    assert "Requests 2 waiting" in own
    assert "Desk" not in own
    await mentor.tell(first, RejectRequest(comment="No.", reason="The topic is not mine"))
    assert "Desk 1 waiting" in words_of(await admin.get(f"{BASE}/skills"))
