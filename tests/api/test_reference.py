"""The pages about the API: each operation with a call that works, its fields, examples and errors."""

from __future__ import annotations

import json
import shlex

from api.web.docs import described
from api.web.problems import SENTENCES
from api.web.reference import COMMON, Operation, operations
from tests.api.conftest import SQLITE, Cast
from tests.api.world import World

pytestmark = SQLITE
HEAVIEST = 60_000


def all_of(town: World) -> dict[str, Operation]:
    return {one.name: one for one in operations(described(town.app))}


async def test_every_operation_has_a_page_with_all_that_it_says(town: World) -> None:
    index = (await town.anybody.get("/docs")).text
    assert len(index) < HEAVIEST
    for name, operation in all_of(town).items():
        assert f'href="/docs/{name}"' in index
        response = await town.anybody.get(f"/docs/{name}")
        assert response.status_code == 200
        page = response.text
        assert len(page) < HEAVIEST, name
        assert "curl" in page
        for field in operation.fields:
            assert f"<code>{field.name}</code>" in page
        for answer in operation.answers:
            for field in answer.fields:
                assert f"<code>{field.name}</code>" in page
        for problem in operation.problems:
            assert f'href="/docs#{problem}"' in page
            assert problem not in COMMON
    assert (await town.anybody.get("/docs/nothing")).status_code == 404


async def test_every_answer_with_a_body_has_an_example_and_its_fields(town: World) -> None:
    for name, operation in all_of(town).items():
        for answer in operation.answers:
            if answer.fields:
                assert json.loads(answer.example), name
    listed = {field.name for field in all_of(town)["requests-get-request"].answers[0].fields}
    assert {"state", "mentee.name", "timeline[].by.role", "next.at", "reasons[].text"} <= listed


async def test_the_calls_can_be_made_as_they_are_shown(town: World, cast: Cast) -> None:
    """Each is parsed as a shell would, and sent: none is malformed for the server."""
    for name, operation in all_of(town).items():
        words = shlex.split(operation.curl.replace("\\\n", ""))
        method = words[words.index("-X") + 1] if "-X" in words else "GET"
        headers = dict(words[at + 1].split(": ", 1) for at, word in enumerate(words) if word == "-H")
        body = words[words.index("-d") + 1] if "-d" in words else None
        assert method == operation.method
        (address,) = [word for word in words if word.startswith("$HOST/")]
        headers.pop("Authorization", None)
        sent = await town.anybody.request(
            method, address.removeprefix("$HOST"), headers=headers, content=body
        )
        # Nobody known is asking; what needs nobody is answered.
        assert sent.status_code not in {400, 405, 415, 422, 500}, (name, sent.text)


async def test_it_can_be_searched(town: World) -> None:
    def found(find: str) -> set[str]:
        return {one.name for one in all_of(town).values() if one.matches(find)}

    assert found("accept request") >= {"requests-accept"}
    assert "requests-accept" in found("mentor-full")
    assert "requests-get-request" in found("next_reminder_at")
    assert found("no such word") == set()
    page = (await town.anybody.get("/docs", params={"find": "<b>withdraw"})).text
    assert "&lt;b&gt;withdraw" in page
    assert "<b>withdraw" not in page
    page = (await town.anybody.get("/docs", params={"find": "survey"})).text
    assert 'href="/docs/relationships-survey"' in page
    assert 'href="/docs/people-me"' not in page


async def test_common_errors_are_explained_once(town: World) -> None:
    page = (await town.anybody.get("/docs")).text
    for name in SENTENCES:
        assert page.count(f'id="{name}"') == 1
