"""What a workflow must not do: ask the world."""

from __future__ import annotations

import random
import time
import uuid
from datetime import datetime

from temporalio import workflow

FORBIDDEN = ("clock", "seconds", "chance", "id", "file")


@workflow.defn(failure_exception_types=[Exception])
class Restless:
    @workflow.run
    async def run(self, what: str) -> str:
        match what:
            case "clock":
                return str(datetime.now())  # noqa: DTZ005
            case "seconds":
                return str(time.time())
            case "chance":
                return str(random.random())
            case "id":
                return str(uuid.uuid4())
        with open(__file__) as file:  # noqa: ASYNC230, PTH123
            return file.read()
