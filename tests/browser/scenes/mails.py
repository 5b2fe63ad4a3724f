"""Every mail as HTML and as text, and the mailbox that shows them."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage

from activities.mail_facts import Party
from activities.rendering import Renderer
from models.mails.request import RequestAccepted
from tests.browser.scenes import texts
from tests.browser.scenes.stage import Scene, Stage
from tests.mail.samples import ABOUT, BASE, LINK, RECEIVED, RELATED, SAMPLES, TO_MENTEE, TO_MENTOR, Sample

WORDY = Party("m3", f"{texts.LONG} {texts.LONG}", texts.LONG, texts.LONG)
AMAL = Party("m4", texts.ARABIC, texts.ARABIC_HEADLINE, "الدار البيضاء")
YAEL = Party("m5", texts.HEBREW_NAME, texts.HEBREW, "")
AWKWARD = (
    Sample(
        "long-received",
        RECEIVED.model_copy(update={"message": texts.LONG * 4}),
        replace(TO_MENTOR, mentee=WORDY, programme_name=texts.LONG),
        LINK,
    ),
    Sample(
        "rtl-received",
        RECEIVED.model_copy(update={"message": texts.ARABIC_MESSAGE}),
        replace(TO_MENTOR, mentee=AMAL, mentor=YAEL, name=YAEL.name),
        LINK,
    ),
    Sample(
        "rtl-accepted",
        RequestAccepted(**ABOUT, **RELATED, comment=texts.HEBREW),
        replace(TO_MENTEE, mentee=AMAL, mentor=YAEL, name=AMAL.name),
    ),
)
TEXTS = {"request-received", "long-received", "rtl-received"}
"""As text all mails look alike; tests/mail/golden has the words of each."""


async def mails(stage: Stage) -> None:
    renderer = Renderer(BASE)
    for sample in (*SAMPLES, *AWKWARD):
        kept = await _keep(stage, renderer, sample)
        stage.scenes.append(Scene(f"mail-{sample.name}", f"/mailbox/{kept}/html", sealed=True))
        if sample.name in TEXTS:
            stage.add(f"mail-text-{sample.name}", f"/mailbox/{kept}")
    stage.add("mailbox", "/mailbox")
    stage.add("mailbox-empty", "/mailbox?to=nobody")


async def _keep(stage: Stage, renderer: Renderer, sample: Sample) -> str:
    rendered = renderer.render(sample.props, sample.facts, sample.action, sample.unsubscribe)
    message = EmailMessage()
    message["From"] = "Open Doors 2026 <steadfast@localhost>"
    message["To"] = sample.facts.address
    message["Subject"] = rendered.subject
    message["X-Steadfast-Mail"] = sample.props.kind
    message.set_content(rendered.text)
    message.add_alternative(rendered.html, subtype="html")
    return await stage.village.keep_mail(sample.facts.address, rendered.subject, message.as_bytes())
