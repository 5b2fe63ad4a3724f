"""The description of the API: an example of everything, and every problem where it can come."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, TypeAdapter

import api
from api.desk import bounce_routes as bounces
from api.desk import skill_routes as skills
from api.desk import skills as skill_schemas
from api.desk.schemas import InvitationOut, StalledOut
from api.desk.skills import SkillEntry, SkillsetOut
from api.doors import routes as doors
from api.doors.schemas import SessionOut
from api.drafts.schemas import DraftItemOut
from api.finding.schemas import MenteeHit, MentorHit
from api.joining.schemas import RegistrationOut
from api.pairs.schemas import DoNotPairOut
from api.privacy import privacy
from api.privacy import routes as me
from api.questions import schemas as question_schemas
from api.relationships.schemas import RelationshipOut
from api.requests.schemas import RequestOut
from api.shortlists.schemas import ShortlistOut
from api.web import health
from api.web.bodies import body_of
from api.web.docs import LINKS, TAGS, described
from api.web.errors import known_problems, name_of
from api.web.examples import EXAMPLES
from api.web.problems import SENTENCES
from api.web.schemas import Page
from models.process.commands import Command
from models.process.inputs import Input, inputs_of
from models.process.relationship import moves as relationship_moves
from models.process.relationship.commands import EndRelationship
from models.process.relationship.parts.completion import SignOff
from models.process.relationship.parts.goals import Goal
from models.process.request import moves as request_moves
from models.process.shortlist import moves as shortlist_moves
from tests.api.conftest import SQLITE, Cast
from tests.api.world import BASE, SLUG, World

pytestmark = SQLITE

SCHEMAS = [
    importlib.import_module(f"api.{path.parent.name}.schemas")
    for path in Path(api.__file__ or "").parent.glob("*/schemas.py")
]
MODELS: dict[str, Any] = {
    "Page_DraftItemOut_": Page[DraftItemOut],
    "Page_DoNotPairOut_": Page[DoNotPairOut],
    "Page_InvitationOut_": Page[InvitationOut],
    "Page_QuestionOut_": Page[question_schemas.QuestionOut],
    "Page_MenteeHit_": Page[MenteeHit],
    "Page_MentorHit_": Page[MentorHit],
    "Page_RegistrationOut_": Page[RegistrationOut],
    "Page_RelationshipOut_": Page[RelationshipOut],
    "Page_RequestOut_": Page[RequestOut],
    "Page_ShortlistOut_": Page[ShortlistOut],
    "Page_SkillEntry_": Page[SkillEntry],
    "Page_SkillsetOut_": Page[SkillsetOut],
    "Page_SessionOut_": Page[SessionOut],
    "Page_StalledOut_": Page[StalledOut],
    "Goal": Goal,
    "SettingsIn": dict[str, Any],
    **{
        body.__name__: body
        for moves in (request_moves, relationship_moves, shortlist_moves)
        for command in moves.COMMANDS.values()
        if command.is_act() and (body := body_of(command))
    },
    **{
        name: one
        for module in (*SCHEMAS, question_schemas, doors, health, me, privacy, skills, skill_schemas, bounces)
        for name, one in inspect.getmembers(module, inspect.isclass)
        if issubclass(one, BaseModel)
    },
}


def operations(town: World) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in described(town.app)["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def problems_of(answer: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = answer.get("content", {}).get("application/problem+json", {}).get("examples", {})
    return found


async def test_every_body_and_every_answer_has_an_example(town: World) -> None:
    bare = []
    for name, operation in operations(town):
        answers = operation["responses"]
        contents = [answer["content"] for status, answer in answers.items() if status != "204"]
        contents += [operation["requestBody"]["content"]] if "requestBody" in operation else []
        bare += [name for content in contents for media in content.values() if not media.get("examples")]
    assert bare == []


@pytest.mark.parametrize("name", sorted(EXAMPLES))
async def test_an_example_is_one_of_its_model(town: World, name: str) -> None:
    used = str(described(town.app))
    assert f"/{name}'" in used or name == "SettingsIn", "nothing has this schema any more"
    TypeAdapter(MODELS[name]).validate_python(EXAMPLES[name])


async def test_every_problem_is_documented_and_none_that_is_not_one(town: World) -> None:
    known = {one.name: (one.status, one.title) for one in known_problems()}
    documented: dict[str, tuple[int, str]] = {}
    for name, operation in operations(town):
        for status, answer in operation["responses"].items():
            for problem, example in problems_of(answer).items():
                value = example["value"]
                assert value["status"] == int(status), (name, problem)
                assert value["type"] == f"/docs#{problem}"
                documented[problem] = (value["status"], value["title"])
    # An address that takes no such method belongs to no operation.
    documented["method-not-allowed"] = known["method-not-allowed"]
    assert documented == {name: kind for name, kind in known.items() if name != "problem"}
    assert set(SENTENCES) == set(documented)


async def test_the_type_of_every_problem_leads_to_its_place(town: World) -> None:
    page = (await town.anybody.get("/docs")).text
    for name, (_, sentence) in SENTENCES.items():
        assert f'id="{name}"' in page
        assert sentence.split("’")[0].split("'")[0] in page


async def test_every_operation_has_a_name_a_tag_and_an_owner(town: World) -> None:
    names = []
    for name, operation in operations(town):
        names.append(operation["operationId"])
        assert operation["tags"][0] in TAGS, name
        assert operation["description"].strip().endswith("."), name
        assert operation["security"] == [] or "401" in operation["responses"], name
        keyed = {one["name"] for one in operation.get("parameters", [])}
        assert ("Idempotency-Key" in keyed) >= name.startswith("post"), name
    assert len(set(names)) == len(names)
    assert set(LINKS) <= set(names)
    assert {target["operationId"] for links in LINKS.values() for target in links.values()} <= set(names)


async def test_a_path_names_all_its_methods(town: World, cast: Cast) -> None:
    for path, allowed in (
        ("/api/v1/me", "GET"),
        (f"/api/v1/programmes/{SLUG}/profile", "GET, PUT"),
        (f"/api/v1/programmes/{SLUG}/requests", "GET, POST"),
        ("/sign-in", "GET, HEAD, POST"),
    ):
        refused = await cast.mentee.http.delete(path)
        assert (refused.status_code, refused.headers["allow"]) == (405, allowed)


async def test_the_cookie_has_the_name_that_browsers_get(town: World) -> None:
    assert BASE.startswith("http:")
    schemes = described(town.app)["components"]["securitySchemes"]
    assert schemes["session"]["name"] == "steadfast"
    assert schemes["token"]["scheme"] == "bearer"


@pytest.mark.parametrize(
    ("path", "command"),
    [
        *(("/requests/{request_id}", one) for one in request_moves.COMMANDS.values() if one.is_act()),
        ("/relationships/{relationship_id}", SignOff),
        ("/relationships/{relationship_id}", EndRelationship),
    ],
)
async def test_the_route_of_a_command_says_what_its_class_says(
    town: World, path: str, command: type[Command]
) -> None:
    operation = described(town.app)["paths"][f"/api/v1{path}/{command.name}"]["post"]
    assert operation["description"] == inspect.cleandoc(command.__doc__ or "")
    given = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    schemas = described(town.app)["components"]["schemas"]
    body = schemas[given["$ref"].rpartition("/")[2]]["properties"] if given else {}
    assert list(body) == list(inputs_of(command))
    documented = {name for answer in operation["responses"].values() for name in problems_of(answer)}
    assert {name_of(error) for error in command.refusals} <= documented


async def test_two_commands_with_one_body_have_the_same_fields(town: World) -> None:
    class Shrug(Command):
        """Shrugs."""

        name = "shrug"
        body = "ExtendIn"
        shoulder: Annotated[str, Input()] = ""

    with pytest.raises(TypeError, match="Shrug has other fields than another command whose body is ExtendIn"):
        body_of(Shrug)
