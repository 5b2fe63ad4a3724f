"""What somebody’s first page shows of a programme, for programs."""

from __future__ import annotations

from starlette.responses import Response

from api.doors import home
from api.doors.programme_home import ProgrammeHome
from api.doors.schemas import HomeOut, NewsOut, TurnOut
from api.doors.standing import News, Standing
from api.web import present
from api.web.access import Ctx
from api.web.json_routes import Part, answer, json_router
from api.web.pages import dates_of
from api.web.problems import ONE, problems
from models.process.terms import Sentence, Words, in_terms

router = json_router("people")


@router.get("/programmes/{slug}/home", response_model=HomeOut, responses=problems(*ONE))
async def programme_home(ctx: Ctx, member: Part) -> Response:
    """What waits for me, whom I could ask next, and what is new. Reading it is no visit: news stay new."""
    found = await home.of_programme(ctx, member, dates_of(ctx, member), is_visit=False)
    words = member.programme.settings.terms.words
    return answer(
        HomeOut(
            your_turn=[_turn(one, words) for one in found.turns] + _of_the_desk(found, words),
            recommended=found.suggested,
            news=[_news(one, words) for one in found.news],
        )
    )


def _turn(one: Standing, words: Words) -> TurnOut:
    return TurnOut(
        kind=one.kind,
        text=in_terms(one.title, words),
        due=one.until,
        url=one.step.href,
        process_id=one.process_id or None,
    )


def _of_the_desk(found: ProgrammeHome, words: Words) -> list[TurnOut]:
    if not found.stalled:
        return []
    text, url = in_terms(found.stalled_words, words), f"/p/{found.slug}/admin/stalled"
    return [TurnOut(kind="stalled", text=text, due=None, url=url, process_id=None)]


def _news(one: News, words: Words) -> NewsOut:
    what = present.lower_first(in_terms(one.text, words))
    by = f", by {one.by}" if one.by else ""
    text = Sentence("{who}: {what}{by}.", who=one.who, what=what, by=by)
    return NewsOut(at=one.at, text=text, url=one.href)
