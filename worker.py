"""Builds and runs the worker: the only place that knows all concretes."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.common import (
    VersioningBehavior,
    WorkerDeploymentVersion,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.converter import DataConverter
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker as EngineWorker
from temporalio.worker import WorkerDeploymentConfig

from activities.bounces import LateBounces
from activities.departures import Departures, Tell
from activities.drafting import Drafting
from activities.exporting import Exporting
from activities.mail_dispatcher import MailDispatcher, build_dispatcher
from activities.policy_changes import PolicyChanges, PolicyStarts, StartChange
from activities.privacy import Erasing
from activities.questions import LateQuestions
from activities.records import Records
from activities.registrations import MovingUp, Waves
from activities.shortlists import Shortlists
from installation.codec import EncryptionCodec
from models.process import names
from models.process.commands import MailBounced
from models.store.database import Database
from models.store.projections import workflow_of
from models.store.saves import Saves
from settings import Settings
from workflows import sandbox
from workflows.draft import DraftWorkflow
from workflows.erasure import ErasureWorkflow
from workflows.export import ExportWorkflow
from workflows.messages import PolicyChangeInput
from workflows.opening import pair_opener
from workflows.policy_change import PolicyChangeWorkflow
from workflows.relationship import RelationshipWorkflow
from workflows.request import RequestWorkflow
from workflows.shortlist import ShortlistWorkflow
from workflows.trust import Guard, TrustingConverter
from workflows.versioned import VersionedRelationship, VersionedRequest, VersionedShortlist

PLAIN: tuple[type, ...] = (ErasureWorkflow, ExportWorkflow, PolicyChangeWorkflow, DraftWorkflow)
WORKFLOWS: tuple[type, ...] = (RequestWorkflow, RelationshipWorkflow, ShortlistWorkflow, *PLAIN)
VERSIONED: tuple[type, ...] = (VersionedRequest, VersionedRelationship, VersionedShortlist, *PLAIN)

GRACEFUL = timedelta(seconds=20)
"""How long activities may go on after a stop was asked for; longer than any of them takes."""

SIGNAL_SECONDS = 10

OnBounce = Callable[[str, str], Awaitable[None]]


@dataclass(frozen=True)
class Worker:
    """What one worker process does: the processes' steps, and the delivery of the mails they queue."""

    engine: EngineWorker
    mail: MailDispatcher
    departures: Departures
    bounces: LateBounces
    policies: PolicyStarts
    questions: LateQuestions
    registrations: MovingUp
    waves: Waves

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set, then finishes what is under way. Raises what ends either part."""
        async with asyncio.TaskGroup() as parts:
            parts.create_task(self.mail.run())
            parts.create_task(self.departures.run())
            parts.create_task(self.bounces.run())
            parts.create_task(self.policies.run())
            parts.create_task(self.questions.run())
            parts.create_task(self.registrations.run())
            parts.create_task(self.waves.run())
            parts.create_task(self.engine.run())
            await stop.wait()
            self.departures.stop()
            self.bounces.stop()
            self.policies.stop()
            self.questions.stop()
            self.registrations.stop()
            self.waves.stop()
            await self.engine.shutdown()
            self.mail.stop()


def build(client: Client, database: Database, settings: Settings, saves: Saves | None = None) -> Worker:
    """The worker of an installation; `saves` where an API in the same process waits for its saves.

    Raises ValueError for settings that mail cannot be sent with.
    """
    on_bounce = bounce_reporter(client, database)
    mail = build_dispatcher(
        database,
        base_url=settings.base_url,
        mail_from=settings.mail_from,
        keys=settings.secret_keys,
        smtp=settings.smtp(),
        on_bounce=on_bounce,
    )
    records = Records(database, mail.wake, saves or Saves(), take_mail=mail.taking)
    engine = build_engine_worker(client, records, version=version_of(settings))
    return Worker(
        engine,
        mail,
        build_departures(client, database),
        LateBounces(database, on_bounce),
        PolicyStarts(database, policy_starter(client)),
        LateQuestions(database, mail.wake),
        MovingUp(database, mail.wake),
        Waves(database, mail.wake),
    )


def version_of(settings: Settings) -> WorkerDeploymentVersion | None:
    """None where workers have no version: all of them then take every task."""
    if not settings.deployment:
        return None
    return WorkerDeploymentVersion(settings.deployment, settings.resolved_build_id())


def build_engine_worker(
    client: Client,
    records: Records,
    workflows: Sequence[type] | None = None,
    version: WorkerDeploymentVersion | None = None,
) -> EngineWorker:
    """A worker for every kind of process. As many of them as wanted share the task queue.

    One with a `version` gets tasks only when that is the current version of its deployment, or the one that a
    process is pinned to.
    """
    erasing = Erasing(records.database, client, records.wake_mail)
    exporting = Exporting(records.database, records.wake_mail)
    policies = PolicyChanges(records.database, teller(client))
    drafting = Drafting(records.database, records.wake_mail, pair_opener(client))
    lists = Shortlists(records)
    deployment = _deployment(version) if version else None
    return EngineWorker(
        wary(client),
        task_queue=names.TASK_QUEUE,
        workflows=workflows or (VERSIONED if version else WORKFLOWS),
        activities=[
            records.open_request,
            records.accept_request,
            records.hand_over_request,
            records.claim_places,
            records.save_request,
            records.save_relationship,
            lists.choose,
            lists.save,
            erasing.begin_erasure,
            erasing.keep_data,
            erasing.leave_processes,
            erasing.farewells_waiting,
            erasing.erase_person,
            erasing.find_histories,
            erasing.delete_histories,
            erasing.confirm_erasure,
            erasing.forget_address,
            exporting.begin_export,
            exporting.collect_export,
            exporting.delete_export,
            policies.tell_policy,
            policies.end_policy_change,
            drafting.begin_draft,
            drafting.save_draft,
            drafting.compute_draft,
            drafting.publish_draft,
        ],
        workflow_runner=sandbox.runner(),
        graceful_shutdown_timeout=GRACEFUL,
        deployment_config=deployment,
        interceptors=[Guard()],
    )


def wary(client: Client) -> Client:
    """The same client for a worker, which is given what anybody may have sent (see `workflows.trust`)."""
    config = client.config()
    config["data_converter"] = wary_converter(client.data_converter)
    return Client(**config)


def wary_converter(converter: DataConverter) -> DataConverter:
    """One without our encryption stays as it is: the tests record with it what a reader can make sense of."""
    codec = converter.payload_codec
    if not isinstance(codec, EncryptionCodec):
        return converter
    return dataclasses.replace(
        converter, payload_codec=codec.marking(), payload_converter_class=TrustingConverter
    )


def _deployment(version: WorkerDeploymentVersion) -> WorkerDeploymentConfig:
    # The default is for what lives for days and says nothing itself.
    return WorkerDeploymentConfig(
        version, use_worker_versioning=True, default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE
    )


def build_departures(client: Client, database: Database) -> Departures:
    """What tells processes that one of their people takes part no longer."""
    return Departures(database, teller(client))


def teller(client: Client) -> Tell:
    async def tell(workflow_id: str, signal: str, what: Any) -> bool:
        return await _signalled(client, workflow_id, signal, what)

    return tell


def policy_starter(client: Client) -> StartChange:
    """What starts the process of a change of settings, once."""

    async def start(programme_id: str, revision: int) -> None:
        asked = PolicyChangeInput(programme_id=programme_id, revision=revision)
        async with asyncio.timeout(SIGNAL_SECONDS):
            await client.start_workflow(
                PolicyChangeWorkflow.run,
                asked,
                id=asked.workflow_id(),
                task_queue=names.TASK_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            )

    return start


async def _signalled(client: Client, workflow_id: str, signal: str, what: Any) -> bool:
    """False when the engine has no such process, or not any more."""
    handle = client.get_workflow_handle(workflow_id)
    try:
        async with asyncio.timeout(SIGNAL_SECONDS):
            await handle.signal(signal, what)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True


def bounce_reporter(client: Client, database: Database) -> OnBounce:
    """What tells a process that a mail of its can never arrive; a process that has ended needs no telling."""

    async def report(process_id: str, kind: str) -> None:
        workflow_id = await database.read(lambda session: workflow_of(session, process_id))
        if workflow_id is None:
            return
        bounced = MailBounced(process_id=process_id, kind=kind)
        await _signalled(client, workflow_id, names.MAIL_BOUNCED, bounced)

    return report
