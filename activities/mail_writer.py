"""From a row of the outbox to a letter: read the facts, mint the link, render, compose."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from activities import mail_facts, mail_links
from activities.letters import Letter, compose
from activities.mail_facts import Facts, MissingFact, NobodyThere
from activities.rendering import Renderer
from models import links
from models.mails.order import AnyMail
from models.mails.person import SignIn
from models.store import access, logos, mail_limits
from models.store.delivery import MailRow, SignInLinkRow
from models.store.links import NewLink, mint
from models.store.mails import SIGN_IN_VALID

MAX_PATH = 500
SWITCHED_OFF = "the recipient has switched off mails that are not essential"
_ANY_MAIL: TypeAdapter[AnyMail] = TypeAdapter(AnyMail)


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
    """All that is needed to write one mail; `action` is the address that its own link leads to, `unsubscribe`
    that where the recipient switches off such mails."""

    row: MailRow
    props: AnyMail
    facts: Facts
    action: str | None
    unsubscribe: str | None = None
    logo: bytes = b""


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
        self._logos: dict[str, bytes] = {}

    def draft(self, session: Session, rows: Sequence[MailRow]) -> list[tuple[MailRow, Drafted]]:
        """Reads what the mails are about and mints their links; a bad mail keeps none of the others back."""
        now = self._clock()
        crowded = mail_limits.crowded(session, rows, now)
        done: list[tuple[MailRow, Drafted]] = [
            (row, Nobody(crowded[row.id])) for row in rows if row.id in crowded
        ]
        parsed = [(row, _parsed(row)) for row in rows if row.id not in crowded]
        readable = [(row, props) for row, props in parsed if not isinstance(props, Unwritable)]
        done += [(row, p) for row, p in parsed if isinstance(p, Unwritable)]
        new_links: list[NewLink] = []
        gathered = mail_facts.gather(session, readable)
        shown = self._read_logos(
            session, {facts.logo for _, _, facts in gathered if isinstance(facts, Facts)}
        )
        for row, props, facts in gathered:
            try:
                drafted, new = self._one(row, props, facts, shown, now)
            except Exception as error:  # noqa: BLE001
                drafted, new = Unwritable(type(error).__name__), []
            done.append((row, drafted))
            new_links += [link for link in new if isinstance(link, NewLink)]
            session.add_all(link for link in new if isinstance(link, SignInLinkRow))
        mint(session, new_links, now)
        return done

    def write(self, draft: Draft) -> Letter | Unwritable:
        try:
            rendered = self._renderer.render(
                draft.props, draft.facts, draft.action, draft.unsubscribe, draft.logo
            )
            return compose(rendered, draft.row, draft.facts, self._sender, self._clock(), draft.unsubscribe)
        except Exception as error:  # noqa: BLE001
            return Unwritable(type(error).__name__)

    def _one(
        self,
        row: MailRow,
        props: AnyMail,
        facts: mail_facts.Gathered,
        shown: Mapping[str, bytes],
        now: datetime,
    ) -> tuple[Drafted, list[NewLink | SignInLinkRow]]:
        """The draft, and the rows of its links."""
        if isinstance(facts, NobodyThere):
            return Nobody(str(facts) or None), []
        if isinstance(facts, MissingFact):
            return Unwritable(f"MissingFact: {facts}"), []
        if not props.essential and not facts.optional_mails:
            return Nobody(SWITCHED_OFF), []
        if isinstance(props, SignIn):
            token, new = _sign_in_link(facts, props, now)
            logo = shown.get(facts.logo, b"")
            return Draft(row, props, facts, f"{self._base}/sign-in/{token}", logo=logo), [new]
        link = mail_links.plan(row, props, facts, now)
        off = mail_links.unsubscribing(row, props, facts)
        draft = Draft(row, props, facts, self._address(link), self._address(off), shown.get(facts.logo, b""))
        return draft, [one for one in (link, off) if one is not None]

    def _read_logos(self, session: Session, names: set[str]) -> dict[str, bytes]:
        """A name stands for its content, so each is read once; only those of the last batch are kept.

        Batches of other transactions are drafted at the same time, and keep others.
        """
        kept = {name: content for name, content in self._logos.items() if name in names}
        shown = self._logos = kept | logos.contents(session, names - kept.keys() - {""})
        return shown

    def _address(self, link: NewLink | None) -> str | None:
        if link is None:
            return None
        page = "unsubscribe" if link.purpose is links.Purpose.UNSUBSCRIBE else "links"
        return f"{self._base}/{page}/{links.sign(link.purpose, link.id, self._keys)}"


def _parsed(row: MailRow) -> AnyMail | Unwritable:
    try:
        return _ANY_MAIL.validate_python(row.props)
    except ValidationError:
        return Unwritable("ValidationError")


def _sign_in_link(facts: Facts, props: SignIn, now: datetime) -> tuple[str, SignInLinkRow]:
    """A token of its own for every attempt, since only its hash is kept; its minutes count from then."""
    token = secrets.token_urlsafe(32)
    row = SignInLinkRow(
        token_hash=access.digest(token),
        person_id=facts.person_id,
        next_path=props.next_path if len(props.next_path) <= MAX_PATH else "/",
        expires_at=now + SIGN_IN_VALID,
    )
    return token, row
