"""The sentences beneath the pictures of the desk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from api.desk import pictures
from api.web.dates import Dates
from models.process.answering import Outcome, Wait
from models.process.programme import ProgrammeSettings
from models.store.health import Funnel

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize(("after", "said"), [(timedelta(hours=12), "12 h"), (timedelta(days=1), "1 day")])
def test_after_how_long_a_request_is_stalled_is_said_whole(after: timedelta, said: str) -> None:
    settings = ProgrammeSettings(stalled_after=after)
    found = pictures.answers([(NOW, Wait(1.0, Outcome.ANSWERED))] * 10, settings, Dates("UTC", NOW))
    assert found.text.endswith(f"The dashed line: stalled, {said}.")


@pytest.mark.parametrize(("count", "were"), [(1, "1 was for"), (2, "2 were for")])
def test_the_commonest_reason_is_counted_in_a_sentence(count: int, were: str) -> None:
    found = Funnel(12, 6, 3, 3, 1, 3, 6, "No time", count)
    assert f"Of 3 that were declined, {were} this reason: “No time”." in pictures.funnel(found).text
