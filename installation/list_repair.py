"""Shortlists whose process the engine has lost: taken up again, and told what became of their requests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from installation.cases import DONE, FOUND, Case
from installation.comparing import Verdict
from models.process import names
from models.process.shortlist.reports import AskEnded
from models.process.shortlist.state import Shortlist
from models.store import shortlists
from models.store.database import Database
from workflows.messages import ShortlistInput
from workflows.shortlist import ShortlistWorkflow, shortlist_attributes

PAGE = 200
CALL_SECONDS = 20.0
CALL = timedelta(seconds=CALL_SECONDS)


class ListRepair:
    def __init__(self, client: Client, database: Database) -> None:
        self._client = client
        self._database = database

    async def run(self, *, mends: bool) -> AsyncIterator[Case]:
        """The lists that are open without a process. After the requests: what they say is heard again."""
        after = ""
        while page := await self._page(after):
            for shortlist in page:
                if not await self._runs(shortlist.id):
                    yield await self._treated(shortlist, mends=mends)
            after = page[-1].id

    async def _page(self, after: str) -> list[Shortlist]:
        return await self._database.read(lambda session: shortlists.open_processes(session, after, PAGE))

    async def _runs(self, shortlist_id: str) -> bool:
        handle = self._client.get_workflow_handle(names.shortlist_workflow(shortlist_id))
        try:
            async with asyncio.timeout(CALL_SECONDS):
                described = await handle.describe(rpc_timeout=CALL)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return False
        return described.status is WorkflowExecutionStatus.RUNNING

    async def _treated(self, shortlist: Shortlist, *, mends: bool) -> Case:
        if not mends:
            return Case("shortlist", shortlist.id, FOUND[Verdict.LOST])
        try:
            await self._take_up(shortlist)
        except WorkflowAlreadyStartedError:
            return Case("shortlist", shortlist.id, FOUND[Verdict.LOST])
        return Case("shortlist", shortlist.id, DONE[Verdict.LOST], is_mended=True)

    async def _take_up(self, shortlist: Shortlist) -> None:
        ended = await self._database.read(lambda session: shortlists.ended_asks(session, shortlist))
        async with asyncio.timeout(CALL_SECONDS):
            handle = await self._client.start_workflow(
                ShortlistWorkflow.run,
                ShortlistInput(shortlist=shortlist),
                id=names.shortlist_workflow(shortlist.id),
                task_queue=names.TASK_QUEUE,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                search_attributes=shortlist_attributes(shortlist),
                rpc_timeout=CALL,
            )
            for one in ended:
                await self._tell(handle.id, one)

    async def _tell(self, workflow_id: str, ended: AskEnded) -> None:
        handle = self._client.get_workflow_handle(workflow_id)
        await handle.signal(names.ASK_ENDED, ended, rpc_timeout=CALL)
