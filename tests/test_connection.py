from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel
from temporalio import workflow
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from installation.connection import (
    EngineMisconfigured,
    EngineUnreachable,
    connect,
    ensure_retention,
    ensure_search_attributes,
    external_engine_configured,
)
from installation.temporal_server import free_port
from tests.infra.engine import SECRETS, VirtualEngine

MOMENT = timedelta(seconds=0.5)
RUNNER = SandboxedWorkflowRunner(SandboxRestrictions.default.with_passthrough_modules("tests"))


class Wish(BaseModel):
    text: str


@workflow.defn
class Granting:
    @workflow.run
    async def run(self, wish: Wish) -> Wish:
        if not wish.text.startswith("please"):
            raise ApplicationError(f"refused: {wish.text}", type="Refused", non_retryable=True)
        return wish


@pytest.mark.parametrize(
    ("environ", "external"),
    [
        ({}, False),
        ({"STEADFAST_BASE_URL": "http://localhost", "PATH": "/bin"}, False),
        ({"TEMPORAL_ADDRESS": ""}, False),
        ({"TEMPORAL_ADDRESS": "temporal:7233"}, True),
        ({"TEMPORAL_API_KEY": "x"}, True),
        ({"TEMPORAL_NAMESPACE": "mentoring"}, True),
        ({"TEMPORAL_TLS": "true"}, True),
        ({"TEMPORAL_TLS_SERVER_CA_CERT_PATH": "/ca.pem"}, True),
        ({"TEMPORAL_CONFIG_FILE": "/temporal.toml"}, True),
        ({"TEMPORAL_PROFILE": "cloud"}, True),
    ],
)
def test_any_part_of_a_description_means_an_engine_of_the_operators_own(
    environ: dict[str, str], external: bool
) -> None:
    assert external_engine_configured(environ) is external


async def test_nothing_there_is_one_sentence_in_bounded_time() -> None:
    address = f"127.0.0.1:{free_port()}"
    began = time.monotonic()
    with pytest.raises(EngineUnreachable, match=f"{address} within 0.5 s: check .* TEMPORAL_ADDRESS"):
        await connect(SECRETS, environ={"TEMPORAL_ADDRESS": address}, patience=MOMENT)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"TEMPORAL_ADDRESS": "https://temporal:7233"}, "host:port"),
        ({"TEMPORAL_ADDRESS": "no host"}, "TEMPORAL_ADDRESS"),
        ({"TEMPORAL_CONFIG_FILE": "/nowhere/temporal.toml"}, "/nowhere/temporal.toml, which is not a file"),
        ({"TEMPORAL_PROFILE": "nowhere"}, "'nowhere' not found"),
        (
            {"TEMPORAL_ADDRESS": "a:1", "TEMPORAL_TLS_SERVER_CA_CERT_PATH": "/nowhere/ca.pem"},
            "/nowhere/ca.pem",
        ),
        ({"TEMPORAL_ADDRESS": "a:1", "TEMPORAL_TLS_CLIENT_CERT_DATA": "x"}, "private key"),
    ],
)
async def test_a_bad_description_is_one_sentence(environ: dict[str, str], says: str) -> None:
    with pytest.raises(EngineMisconfigured, match=says) as caught:
        await connect(SECRETS, environ=environ, patience=MOMENT)
    assert "\n" not in str(caught.value)


async def test_a_broken_file_is_named_as_such(tmp_path: Path) -> None:
    file = tmp_path / "temporal.toml"
    file.write_text("[profile.default\n")
    with pytest.raises(EngineMisconfigured, match=r"TOML parse error .*; check .* TEMPORAL_CONFIG_FILE"):
        await connect(SECRETS, environ={"TEMPORAL_CONFIG_FILE": str(file)}, patience=MOMENT)


async def test_a_profile_file_leads_to_the_engine(virtual_engine: VirtualEngine, tmp_path: Path) -> None:
    file = tmp_path / "temporal.toml"
    namespace = virtual_engine.client.namespace
    file.write_text(f'[profile.ours]\naddress = "{virtual_engine.address}"\nnamespace = "{namespace}"\n')
    environ = {"TEMPORAL_CONFIG_FILE": str(file), "TEMPORAL_PROFILE": "ours"}
    assert (await connect(SECRETS, environ=environ)).namespace == namespace


async def test_a_missing_namespace_is_named(engine_address: str) -> None:
    environ = {"TEMPORAL_ADDRESS": engine_address, "TEMPORAL_NAMESPACE": "nowhere"}
    with pytest.raises(EngineMisconfigured, match="no namespace nowhere: create it, or name another"):
        await connect(SECRETS, environ=environ)


async def test_texts_and_failures_are_encrypted_in_the_history(virtual_engine: VirtualEngine) -> None:
    client = virtual_engine.client
    async with Worker(client, task_queue="wishes", workflows=[Granting], workflow_runner=RUNNER):
        granted = Wish(text="please, canary")
        assert await client.execute_workflow(Granting.run, granted, id="a", task_queue="wishes") == granted
        with pytest.raises(WorkflowFailureError) as caught:
            await client.execute_workflow(Granting.run, Wish(text="canary"), id="b", task_queue="wishes")
    assert isinstance(caught.value.cause, ApplicationError)
    assert caught.value.cause.message == "refused: canary"
    for workflow_id in ("a", "b"):
        async for event in client.get_workflow_handle(workflow_id).fetch_history_events():
            assert b"canary" not in event.SerializeToString()


async def test_search_attributes_are_added_and_a_wrong_type_is_refused(virtual_engine: VirtualEngine) -> None:
    client = virtual_engine.client
    for _ in range(2):
        await ensure_search_attributes(client, {"Mood": "Keyword", "Moods": "KeywordList"})
    with pytest.raises(EngineMisconfigured, match="Mood exists in Temporal with another type"):
        await ensure_search_attributes(client, {"Mood": "Datetime"})


async def test_what_the_engine_refuses_names_the_command_for_its_operator(
    virtual_engine: VirtualEngine,
) -> None:
    too_many = {f"Mood{number}": "Datetime" for number in range(20)}
    with pytest.raises(EngineMisconfigured, match=r"search-attribute create .* --name Mood7 --type Datetime"):
        await ensure_search_attributes(virtual_engine.client, too_many)


async def test_retention_is_raised_and_never_lowered(virtual_engine: VirtualEngine) -> None:
    client = virtual_engine.client
    assert await days_of_retention(client) == 3
    await ensure_retention(client, timedelta(days=30))
    assert await days_of_retention(client) == 30
    await ensure_retention(client, timedelta(days=7))
    assert await days_of_retention(client) == 30


async def days_of_retention(client: Client) -> float:
    request = DescribeNamespaceRequest(namespace=client.namespace)
    described = await client.workflow_service.describe_namespace(request)
    return described.config.workflow_execution_retention_ttl.ToTimedelta() / timedelta(days=1)
