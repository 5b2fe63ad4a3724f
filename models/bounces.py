"""Reads what a mail server sends back when a mail cannot be delivered: RFC 3464, and the forms before it.

The message may have been written by anybody. So it is bounded before it is parsed, nothing in it counts but a
Message-ID of ours, and of its words only the status and a diagnostic without addresses are used. It is parsed
with `compat32`: the newer policies parse every header that is looked at, and raise for odd ones.
"""

from __future__ import annotations

import base64
import html
import quopri
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser, HeaderParser

from models.addresses import without_addresses

LIMIT = 256 * 1024
"""Bytes that are read: the report and the headers of the returned mail come first."""
REASON_LENGTH = 250
MAX_PARTS = 40
MAX_CONTENT_TYPE = 2000
"""The parser takes time by the square of both."""
MAX_BLOCKS = 200
"""Recipients of one report; our mails have one."""

NOT_A_BOUNCE = "This is no report of a mail server about a mail that failed, so nothing was recorded."
UNREADABLE = "This cannot be read as a mail, so nothing was recorded."
EMPTY = "There was no message, so nothing was recorded."
NOT_OURS = "This names no mail of this installation by its Message-ID, so nothing was recorded."
COMPLAINT = "This is a complaint of a reader and no bounce: the mail arrived, so nothing was recorded."
RECEIPT = "This is a receipt of a reader's mail program and no bounce, so nothing was recorded."
AUTOMATIC = "This is an automatic answer, such as one from a holiday, and no bounce, so nothing was recorded."
DELAYED = "This says that a mail is late: its server still tries, so nothing was recorded."
ACTIONS = {
    "delayed": DELAYED,
    "delivered": "This says that a mail was delivered, so nothing was recorded.",
    "relayed": "This says that a mail was passed on, so nothing was recorded.",
    "expanded": "This says that a mail was passed on to a list, so nothing was recorded.",
}
"""What a report says instead of `failed`."""

UNKNOWN_STATUS = "5.0.0"
DEAD = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
"""Statuses of an address that will take no mail again: no such mailbox or domain, moved, switched off."""

_STATUS_PARTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED_PARTS = frozenset(
    {"message/rfc822", "message/global", "message/global-headers", "text/rfc822-headers"}
)
_STRUCTURE = re.compile(rb"(?:\A|[\r\n])content-type:((?:[^\r\n]|\r\n[ \t]|[\r\n][ \t])*)", re.IGNORECASE)
_ID = r"([0-9a-f]{40})@[^<>\s@]{1,255}"
_OWN_ID = re.compile(rf"\s*<?{_ID}>?\s*|([0-9a-f]{{40}})", re.IGNORECASE)
_HEADER_ID = re.compile(rf"^message-id[ \t]*:\s*<{_ID}>", re.IGNORECASE | re.MULTILINE)
_QUOTED_ID = re.compile(rf"^[>|* \t]*message-id[ \t]*:[>|*\s]*<?{_ID}", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.]\d|\d)")
_REPLY = re.compile(r"(?<![\d.])5\d\d(?=[ -])")
_DAEMON = re.compile(r"mailer-daemon|postmaster|mail delivery (sub)?system", re.IGNORECASE)
_LATE = re.compile(r"\bdelay|\bwarning\b|\bstill trying\b", re.IGNORECASE)
_FOR_GOOD = re.compile(
    r"permanent (fatal )?error|could not be delivered|undeliverable|given up", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail that will never arrive. `message_id`: what ours has before its `@`; `error` has no addresses."""

    message_id: str
    status: str
    error: str


@dataclass(frozen=True, slots=True)
class NoBounce:
    """Something else, and a sentence that says what."""

    sentence: str


def read(raw: bytes) -> Bounce | NoBounce:
    """What a whole message says; only its first LIMIT bytes are looked at."""
    raw = raw[:LIMIT].replace(b"\0", b"")
    if not raw.strip():
        return NoBounce(EMPTY)
    if _is_intricate(raw):
        return NoBounce(UNREADABLE)
    try:
        return _read(BytesParser().parsebytes(raw))
    except Exception:  # noqa: BLE001
        # The parser raises half a dozen kinds for what is no mail, and none of them is our mistake.
        return NoBounce(UNREADABLE)


def of_fields(message_id: str, status: str, reason: str, action: str | None) -> Bounce | NoBounce:
    """The same from the fields that a provider's webhook has. `status` is one of RFC 3463."""
    own = _OWN_ID.fullmatch(message_id)
    said = action or {"2": "delivered", "4": "delayed"}.get(status[0], "failed")
    if said != "failed" or status[0] == "2":
        return NoBounce(ACTIONS.get(said, ACTIONS["delivered"]))
    if own is None:
        return NoBounce(NOT_OURS)
    return Bounce((own[1] or own[2]).lower(), status, _error(status, reason, ()))


def is_dead(error: str) -> bool:
    """Whether a mail server's answer, or the error of a Bounce, means that the address is dead for good."""
    found = _STATUS.search(error)
    return found is not None and found[0] in DEAD


def _is_intricate(raw: bytes) -> bool:
    """Whether parsing would take long: far more parts, or a longer type, than any mail server sends."""
    types = [found[1] for found in _STRUCTURE.finditer(raw)]
    return len(types) > MAX_PARTS or any(len(one) > MAX_CONTENT_TYPE for one in types)


def _read(message: Message) -> Bounce | NoBounce:
    parts = list(_parts(message))
    kinds = {part.get_content_type() for part in parts}
    if "message/feedback-report" in kinds:
        return NoBounce(COMPLAINT)
    if "message/disposition-notification" in kinds:
        return NoBounce(RECEIPT)
    if kinds & _STATUS_PARTS:
        return _of_report(message, parts)
    found = _of_words(message, parts)
    if isinstance(found, Bounce):
        return found
    # The report may have been forwarded as an attachment.
    inner = [
        _read(BytesParser().parsebytes(_body(p))) for p in parts if p.get_content_type() == "message/rfc822"
    ]
    return next((one for one in inner if isinstance(one, Bounce)), found)


def _parts(message: Message) -> Iterator[Message]:
    """The leaves; what is in a returned message is not looked into."""
    children = message.get_payload()
    if message.get_content_maintype() != "multipart" or not isinstance(children, list):
        yield message
        return
    for child in children:
        if isinstance(child, Message):
            yield from _parts(child)


def _of_report(message: Message, parts: Sequence[Message]) -> Bounce | NoBounce:
    blocks = [
        block for part in parts if part.get_content_type() in _STATUS_PARTS for block in _blocks(_text(part))
    ]
    failed = [block for block in blocks if _action(block) == "failed"]
    if not failed:
        actions = [_action(block) for block in blocks]
        return NoBounce(next((ACTIONS[one] for one in actions if one in ACTIONS), NOT_A_BOUNCE))
    message_id = _returned_id(parts) or _first_id(
        *(f"Message-ID: {block.get('X-Original-Message-ID', '')}" for block in blocks),
        f"Message-ID: {message.get('In-Reply-To', '')}",
    )
    if message_id is None:
        return NoBounce(NOT_OURS)
    # The worst first: a refused address says more than one that was not reached in days.
    worst = max(failed, key=lambda block: _status(block)[0] == "5")
    recipients = [str(worst.get(name, "")) for name in ("Final-Recipient", "Original-Recipient")]
    status = _status(worst)
    return Bounce(message_id, status, _error(status, str(worst.get("Diagnostic-Code", "")), recipients))


def _blocks(text: str) -> Iterator[Message]:
    for block in re.split(r"\n[ \t]*\n", text, maxsplit=MAX_BLOCKS)[:MAX_BLOCKS]:
        if block.strip():
            yield HeaderParser().parsestr(block.strip("\n"))


def _action(block: Message) -> str:
    words = re.findall(r"[a-z]+", str(block.get("Action", "")).lower())
    return words[0] if words else ""


def _status(block: Message) -> str:
    """The one of the block; of 4 or 5, since it failed."""
    for name in ("Status", "Diagnostic-Code"):
        found = _STATUS.search(str(block.get(name, "")))
        if found and found[0][0] != "2":
            return found[0]
    return UNKNOWN_STATUS


def _of_words(message: Message, parts: Sequence[Message]) -> Bounce | NoBounce:
    """A notice that only people can read, as older servers write it."""
    recipients = str(message.get("X-Failed-Recipients", ""))
    if not recipients and not _DAEMON.search(str(message.get("From", ""))):
        is_answer = str(message.get("Auto-Submitted", "")).lower().startswith("auto-replied")
        return NoBounce(AUTOMATIC if is_answer else NOT_A_BOUNCE)
    text = "\n".join(_text(part) for part in parts if part.get_content_maintype() == "text")
    quoted = _QUOTED_ID.search(text)
    words = text[: quoted.start()] if quoted else text
    statuses = sorted((one for one in _STATUS.findall(words) if one[0] != "2"), reverse=True)
    subject = str(message.get("Subject", ""))
    is_refused = any(one[0] == "5" for one in statuses) or _REPLY.search(words)
    if not recipients and not is_refused:
        if statuses or _LATE.search(subject):
            return NoBounce(DELAYED)
        if not _FOR_GOOD.search(f"{subject}\n{words}"):
            return NoBounce(NOT_A_BOUNCE)
    message_id = _returned_id(parts)
    if message_id is None:
        return NoBounce(NOT_OURS)
    status = statuses[0] if statuses else UNKNOWN_STATUS
    line = next((one for one in words.splitlines() if status in one or _REPLY.search(one)), "")
    return Bounce(message_id, status, _error(status, line, [recipients]))


def _returned_id(parts: Sequence[Message]) -> str | None:
    """The Message-ID of the mail that came back, or of the one that the notice quotes."""
    returned = [_text(part) for part in parts if part.get_content_type() in _RETURNED_PARTS]
    heads = [re.split(r"\n[ \t]*\n", text.lstrip(), maxsplit=1)[0] for text in returned]
    if heads:
        return _first_id(*heads)
    for part in parts:
        if part.get_content_maintype() == "text" and (found := _QUOTED_ID.search(_text(part))):
            return found[1].lower()
    return None


def _first_id(*heads: str) -> str | None:
    found = (_HEADER_ID.search(head) for head in heads)
    return next((one[1].lower() for one in found if one), None)


def _text(part: Message) -> str:
    text = _body(part).decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    if part.get_content_type() == "text/html":
        text = html.unescape(re.sub(r"<[^<>]*>", "\n", text))
    return text


def _body(part: Message) -> bytes:
    """What the part holds, in bytes, even where a message is encoded, which it must not be."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        decoded = part.get_payload(decode=True)
        return decoded if isinstance(decoded, bytes) else b""
    inner = b"\n".join(one.as_bytes() for one in payload if isinstance(one, Message))
    match str(part.get("Content-Transfer-Encoding", "")).strip().lower():
        case "base64":
            return base64.b64decode(b"".join(inner.split()))
        case "quoted-printable":
            return quopri.decodestring(inner.lstrip())
    return inner


def _error(status: str, diagnostic: str, recipients: Sequence[str]) -> str:
    """The status and the words of the server, without the addresses that they repeat."""
    words = " ".join(re.sub(r"^\s*[\w-]+\s*;", "", diagnostic).split())[:1000]
    for one in recipients:
        for address in re.findall(r"[^\s<>,;:()\"']+@[^\s<>,;:()\"']+", one):
            words = without_addresses(words, address)
    words = without_addresses(words)
    return (words if status in words else f"{status} {words}".strip())[:REASON_LENGTH]
