from __future__ import annotations

from tests.repair.workshop import copied
from tests.workflows.conftest import restless_address, restless_engine

__all__ = ["copied", "restless_address", "restless_engine"]
