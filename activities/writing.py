"""From a row of the outbox to a letter: read the facts, mint the link, render, compose."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from activities import mail_facts, mail_links
from activities.letters import Letter, compose
from activities.mail_facts import Facts, MissingFact, NobodyThere
from activities.rendering import Renderer
from models import links, mail
from models.store import access, mail_limits
from models.store.delivery import MailRow, SignInLinkRow
from models.store.links import NewLink, mint
from models.store.mails import SIGN_IN_VALID

MAX_PATH = 500
_ANY_MAIL: TypeAdapter[mail.AnyMail] = TypeAdapter(mail.AnyMail)


@dataclass(frozen=True, slots=True)
class Nobody:
    """There is nobody to send this mail to, or no reason any more; `why` for the log, where it says more."""

    why: str | None = None


@dataclass(frozen=True, slots=True)
class Unwritable:
    """This mail cannot be written (yet); `error` names the kind of the fault, never its text."""

    error: str


@dataclass(frozen=True, slots=True)
class Draft:
    """All that is needed to write one mail; `action` is the address that its own link leads to."""

    row: MailRow
    props: mail.AnyMail
    facts: Facts
    action: str | None


Drafted = Draft | Nobody | Unwritable


class LetterWriter:
    """Whatever is wrong with one mail - its props, a template, a setting, an address - the others leave.

    `keys` sign the links, newest first; `clock` is the wall clock, which expiries are counted from.
    """

    def __init__(
        self,
        *,
        base_url: str,
        sender: Address,
        keys: Sequence[str | bytes],
        clock: Callable[[], datetime],
    ) -> None:
        self._renderer = Renderer(base_url)
        self._base = base_url.rstrip("/")
        self._sender = sender
        self._keys = keys
        self._clock = clock

    async def draft(self, session: AsyncSession, rows: Sequence[MailRow]) -> list[tuple[MailRow, Drafted]]:
        """Reads what the mails are about and mints their links; a bad mail keeps none of the others back."""
        now = self._clock()
        crowded = await mail_limits.crowded(session, rows, now)
        done: list[tuple[MailRow, Drafted]] = [
            (row, Nobody(crowded[row.id])) for row in rows if row.id in crowded
        ]
        parsed = [(row, _parsed(row)) for row in rows if row.id not in crowded]
        readable = [(row, props) for row, props in parsed if not isinstance(props, Unwritable)]
        done += [(row, p) for row, p in parsed if isinstance(p, Unwritable)]
        new_links: list[NewLink] = []
        for row, props, facts in await mail_facts.gather(session, readable):
            try:
                drafted, new = self._one(row, props, facts, now)
            except Exception as error:  # noqa: BLE001
                drafted, new = Unwritable(type(error).__name__), None
            done.append((row, drafted))
            if isinstance(new, NewLink):
                new_links.append(new)
            elif new is not None:
                session.add(new)
        await mint(session, new_links, now)
        return done

    def write(self, draft: Draft) -> Letter | Unwritable:
        try:
            rendered = self._renderer.render(draft.props, draft.facts, draft.action)
            return compose(rendered, draft.row, draft.facts, self._sender, self._clock())
        except Exception as error:  # noqa: BLE001
            return Unwritable(type(error).__name__)

    def _one(
        self, row: MailRow, props: mail.AnyMail, facts: mail_facts.Gathered, now: datetime
    ) -> tuple[Drafted, NewLink | SignInLinkRow | None]:
        """The draft, and the row of its link."""
        if isinstance(facts, NobodyThere):
            return Nobody(str(facts) or None), None
        if isinstance(facts, MissingFact):
            return Unwritable(f"MissingFact: {facts}"), None
        if isinstance(props, mail.SignIn):
            token, new = _sign_in_link(facts, props, now)
            return Draft(row, props, facts, f"{self._base}/sign-in/{token}"), new
        link = mail_links.plan(row, props, facts, now)
        return Draft(row, props, facts, self._address(link)), link

    def _address(self, link: NewLink | None) -> str | None:
        if link is None:
            return None
        return f"{self._base}/links/{links.sign(link.purpose, link.id, self._keys)}"


def _parsed(row: MailRow) -> mail.AnyMail | Unwritable:
    try:
        return _ANY_MAIL.validate_python(row.props)
    except ValidationError:
        return Unwritable("ValidationError")


def _sign_in_link(facts: Facts, props: mail.SignIn, now: datetime) -> tuple[str, SignInLinkRow]:
    """A token of its own for every attempt, since only its hash is kept; its minutes count from then."""
    token = secrets.token_urlsafe(32)
    row = SignInLinkRow(
        token_hash=access.digest(token),
        person_id=facts.person_id,
        next_path=props.next_path if len(props.next_path) <= MAX_PATH else "/",
        expires_at=now + SIGN_IN_VALID,
    )
    return token, row
