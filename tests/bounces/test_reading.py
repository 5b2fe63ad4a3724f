"""What a message of a mail server means: a bounce of one mail of ours, or a sentence that says what else."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import bounces
from models.bounces import Bounce, NoBounce, is_dead, of_fields, read
from tests.bounces.notices import (
    ADDRESS,
    COMPLAINT,
    EXCHANGE,
    EXIM,
    EXIM_WORDS,
    GMAIL,
    HEAD,
    HEX,
    HOLIDAY,
    LATE_WORDS,
    MAIL_ID,
    OURS,
    POSTFIX,
    QMAIL,
    RECEIPT,
    WHOLE,
)


def found(text: str | bytes) -> Bounce:
    read_ = read(text if isinstance(text, bytes) else text.encode())
    assert isinstance(read_, Bounce), read_
    return read_


def sentence(text: str | bytes) -> str:
    read_ = read(text if isinstance(text, bytes) else text.encode())
    assert isinstance(read_, NoBounce), read_
    return read_.sentence


def returning(returned: str, kind: str, notice: str = POSTFIX) -> str:
    """The notice with another part in the place of the mail that came back."""
    return notice.replace(f"message/rfc822\n\n{OURS}", f"{kind}\n\n{returned}")


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_bounce_of_every_maker_is_read(name: str, ends: str) -> None:
    text, status = WHOLE[name]
    bounce = found(text.replace("\n", ends))
    assert (bounce.message_id, bounce.status) == (HEX, status)
    assert "@" not in bounce.error
    assert "okafor" not in bounce.error.lower()


def test_the_words_of_the_server_stay_without_its_addresses() -> None:
    told = "550 5.1.1 <(address)>: Recipient address rejected: (address) is unknown"
    assert found(POSTFIX).error == told
    assert found(QMAIL).error == "Sorry, no mailbox here by that name. (#5.1.1)"
    assert found(EXIM).error == "5.0.0 550 mailbox (address) is gone"
    assert len(found(POSTFIX.replace("Recipient address", "long " * 1000)).error) <= bounces.REASON_LENGTH


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("delayed", "late"),
        ("delivered", "was delivered"),
        ("relayed", "passed on"),
        ("expanded", "list"),
        ("odd", "no report"),
    ],
)
def test_only_what_failed_counts(action: str, told: str) -> None:
    for text in (POSTFIX, EXIM, EXCHANGE, GMAIL):
        assert told in sentence(text.replace("Action: failed", f"Action: {action}"))


def test_of_several_recipients_the_one_that_failed_counts() -> None:
    other = "Final-Recipient: rfc822; bo@example.org\nAction: delivered\nStatus: 2.0.0\n\n"
    text = POSTFIX.replace("Final-Recipient", f"{other}Final-Recipient", 1)
    assert found(text).status == "5.1.1"
    late = "Final-Recipient: rfc822; bo@example.org\nAction: FAILED (given up)\nStatus: 4.4.7\n\n"
    assert found(POSTFIX.replace("Final-Recipient", f"{late}Final-Recipient", 1)).status == "5.1.1"


def test_a_status_of_four_counts_once_it_is_given_up() -> None:
    text = POSTFIX.replace("Status: 5.1.1", "Status: 4.4.7").replace("550 5.1.1", "451 4.4.7")
    assert found(text).status == "4.4.7"
    assert "late" in sentence(text.replace("Action: failed", "Action: delayed"))


@pytest.mark.parametrize("status", ["", "Status: 2.0.0\n", "Status: none\n", "Status: 5.1.2024\n"])
def test_a_failure_without_a_status_that_fits_has_the_general_one(status: str) -> None:
    assert found(EXIM.replace("Status: 5.0.0\n", status)).status == "5.0.0"


def test_a_complaint_a_receipt_and_an_answer_are_named() -> None:
    assert "complaint" in sentence(COMPLAINT)
    assert "receipt" in sentence(RECEIPT)
    assert "automatic answer" in sentence(HOLIDAY)
    assert "late" in sentence(LATE_WORDS)
    assert "no report" in sentence(OURS)
    assert "no report" in sentence(HOLIDAY.replace("Auto-Submitted: auto-replied (vacation)\n", ""))


def test_the_id_counts_wherever_the_mail_comes_back() -> None:
    encoded = base64.encodebytes(OURS.encode()).decode()
    for text in (
        returning(HEAD, "text/rfc822-headers"),
        returning(HEAD, "message/global-headers"),
        returning(HEAD, "text/rfc822-headers; charset=no-such-charset"),
        returning(encoded, "message/rfc822\nContent-Transfer-Encoding: base64"),
        returning(encoded, "text/rfc822-headers\nContent-Transfer-Encoding: base64"),
        returning(f"> Message-Id: {MAIL_ID}\n> Subject: Somebody asks you", "text/plain"),
        POSTFIX.replace("message/delivery-status", "message/global-delivery-status"),
        POSTFIX.replace("multipart/report; report-type=delivery-status", "multipart/mixed"),
        POSTFIX.replace(HEX, HEX.upper()),
        "From MAILER-DAEMON Fri Nov 27 10:10:10 2026\n" + POSTFIX,
    ):
        assert found(text).message_id == HEX
    bare = GMAIL[: GMAIL.rindex("--000000000000aa\nContent-Type")]
    assert found(bare.replace("In-Reply-To", "X-Nothing")).message_id == HEX
    assert found(bare.replace("X-Original-Message-ID", "X-Nothing")).message_id == HEX


def test_a_report_that_somebody_forwards_as_an_attachment_is_read() -> None:
    text = (
        "From: Ines <ines@example.org>\nSubject: Fwd: Undelivered\nMIME-Version: 1.0\n"
        f"Content-Type: multipart/mixed; boundary=outer\n\n--outer\n\nSee below.\n--outer\n"
        f"Content-Type: message/rfc822\n\n{POSTFIX}\n--outer--\n"
    )
    assert found(text).message_id == HEX


def test_nothing_but_an_id_of_ours_names_a_mail() -> None:
    for text in (POSTFIX, EXIM, EXIM_WORDS, QMAIL, EXCHANGE, GMAIL):
        assert "names no mail" in sentence(text.replace(HEX, "0f8e7a2c"))
    # An id that the returned mail only speaks of is not its own.
    other = HEAD.replace("Message-ID:", "Message-ID: <x@example.net>\nReferences:")
    assert "names no mail" in sentence(returning(other, "text/rfc822-headers"))
    body = f"{HEAD.replace(MAIL_ID, '<x@example.net>')}\nMessage-ID: {MAIL_ID}\n"
    assert "names no mail" in sentence(returning(body, "message/rfc822"))


def test_a_word_in_the_returned_mail_is_no_status() -> None:
    text = QMAIL.replace(" (#5.1.1)", "")
    assert "5.7.1" in text
    assert found(text).status == "5.0.0"


NESTED = "Content-Type: message/rfc822\n\n"
HOSTILE = {
    "nothing": b"",
    "blanks": b" \r\n \n",
    "bytes": bytes(range(256)) * 400,
    "zeros": b"\0" * 100_000,
    "nested messages": (NESTED * 8000).encode(),
    "nested multiparts": "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(5000)
    ).encode(),
    "an endless type": b"Content-Type: multipart/report" + b";" * 250_000 + b"\n\n",
    "a folded endless type": b"Content-Type: multipart/report" + b";\n " * 80_000 + b"\n\n",
    "an odd charset": b'Content-Type: text/plain; charset="a\0b"\nFrom: mailer-daemon\n\n550 5.1.1 \xff\xfe',
    "an odd parameter": b"Content-Type: multipart/report; report-type*=no'x'%ff; boundary*0*=x''%00\n\n--\n",
    "no boundary": b"Content-Type: multipart/report; report-type=delivery-status\n\nAction: failed\n",
    "many lines": b"From: mailer-daemon\n\n" + b"\n" * 250_000,
    "many blocks": b"Content-Type: message/delivery-status\n\n" + b"Action: failed\n\n" * 15_000,
    "many quotes": b"From: mailer-daemon\n\n" + b"> " * 120_000 + b"\nmessage-id: \n",
    "many tags": b"From: mailer-daemon\nContent-Type: text/html\n\n" + b"<" * 250_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_is_no_bounce(name: str) -> None:
    assert isinstance(read(HOSTILE[name]), NoBounce)


def test_zeros_and_other_charsets_hide_nothing() -> None:
    assert found(POSTFIX.replace("Status: 5", "Sta\0tus: 5")).status == "5.1.1"
    assert found(POSTFIX.replace("us-ascii", "utf-16")).status == "5.1.1"
    latin = POSTFIX.replace("amara.okafor is unknown", "Empfänger unbekannt").encode("latin-1")
    assert found(latin).error.startswith("550 5.1.1 <(address)>: Recipient address rejected:")


def test_what_comes_after_the_limit_is_not_read() -> None:
    assert found(POSTFIX + "x" * 2 * bounces.LIMIT).message_id == HEX
    assert isinstance(read(b"x" * 2 * bounces.LIMIT + POSTFIX.encode()), NoBounce)


@given(
    st.binary(max_size=2000),
    st.integers(0, len(POSTFIX)),
    st.sampled_from([text for text, _ in WHOLE.values()]),
)
def test_nothing_that_is_broken_raises_or_names_another_mail(noise: bytes, at: int, text: str) -> None:
    raw = text.encode()
    for broken in (noise, raw[:at] + noise + raw[at:], raw[:at], raw[:at] + noise):
        result = read(broken)
        if isinstance(result, Bounce):
            assert result.message_id == HEX
            assert result.status[0] in "45"
            assert ADDRESS not in result.error


def test_the_fields_of_a_webhook() -> None:
    for one in (MAIL_ID, MAIL_ID.strip("<>"), HEX, HEX.upper()):
        bounce = of_fields(one, "5.1.1", f"smtp; 550 no {ADDRESS}", None)
        assert bounce == Bounce(HEX, "5.1.1", "5.1.1 550 no (address)")
    assert isinstance(of_fields(HEX, "4.2.2", "", "failed"), Bounce)
    for given_, told in (
        (("x@example.org", "5.1.1", "", None), "names no mail"),
        ((HEX, "4.2.2", "", None), "late"),
        ((HEX, "2.0.0", "", None), "delivered"),
        ((HEX, "2.0.0", "", "failed"), "delivered"),
        ((HEX, "5.1.1", "", "delayed"), "late"),
    ):
        ignored = of_fields(*given_)
        assert isinstance(ignored, NoBounce)
        assert told in ignored.sentence


def test_which_addresses_are_dead_for_good() -> None:
    assert is_dead(found(EXCHANGE).error)
    assert is_dead("550 5.1.1 <(address)> unknown")
    assert not is_dead("552 5.2.2 mailbox full")
    assert not is_dead("5.0.0 550 mailbox (address) is gone")
    assert not is_dead("")
