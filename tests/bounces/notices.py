"""What mail servers send back, in the forms of their makers; people, hosts and texts are invented."""

from __future__ import annotations

HEX = "0f8e7a2c5d05b6d05e931f5ba7c4e2d83f8e7a2c"
ADDRESS = "amara.okafor@example.org"
MAIL_ID = f"<{HEX}@mentoring.example.org>"

OURS = f"""From: Open Doors <post@mentoring.example.org>
To: Amara Okafor <{ADDRESS}>
Subject: Somebody asks you
Message-ID: {MAIL_ID}
Auto-Submitted: auto-generated
X-Steadfast-Mail: request-received
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=-{HEX}"

--=-{HEX}
Content-Type: text/plain; charset=utf-8

Somebody asks you. Version 5.7.1 of the plan is attached.
--=-{HEX}--
"""
HEAD = OURS.partition("\n\n")[0] + "\n"

POSTFIX = f"""Return-Path: <>
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: post@mentoring.example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4F2A.1700000000/mx.example.net"
Message-Id: <20261127101010.4F2A@mx.example.net>

This is a MIME-encapsulated message.

--4F2A.1700000000/mx.example.net
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.net.

<{ADDRESS}>: host mail.example.org[192.0.2.7] said: 550 5.1.1
    <{ADDRESS}>: Recipient address rejected: User unknown (in reply to RCPT TO)

--4F2A.1700000000/mx.example.net
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
X-Postfix-Queue-ID: 4F2A
X-Postfix-Sender: rfc822; post@mentoring.example.org
Arrival-Date: Fri, 27 Nov 2026 10:10:08 +0000 (UTC)

Final-Recipient: rfc822; {ADDRESS}
Original-Recipient: rfc822;{ADDRESS}
Action: failed
Status: 5.1.1
Remote-MTA: dns; mail.example.org
Diagnostic-Code: smtp; 550 5.1.1 <{ADDRESS}>: Recipient address rejected:
    amara.okafor is unknown

--4F2A.1700000000/mx.example.net
Content-Description: Undelivered Message
Content-Type: message/rfc822

{OURS}
--4F2A.1700000000/mx.example.net--
"""

EXIM = f"""Return-path: <>
From: Mail Delivery System <Mailer-Daemon@relay.example.net>
To: post@mentoring.example.org
X-Failed-Recipients: {ADDRESS}
Auto-Submitted: auto-replied
References: {MAIL_ID}
Content-Type: multipart/report; report-type=delivery-status; boundary=1700000000-eximdsn-1
MIME-Version: 1.0
Subject: Mail delivery failed: returning message to sender

--1700000000-eximdsn-1
Content-type: text/plain; charset=us-ascii

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error.

--1700000000-eximdsn-1
Content-type: message/delivery-status

Reporting-MTA: dns; relay.example.net

Action: failed
Final-Recipient: rfc822;{ADDRESS}
Status: 5.0.0
Remote-MTA: dns; mail.example.org
Diagnostic-Code: smtp; 550 mailbox {ADDRESS} is gone

--1700000000-eximdsn-1
Content-type: message/rfc822

Return-path: <post@mentoring.example.org>
{OURS}
--1700000000-eximdsn-1--
"""

EXIM_WORDS = f"""Return-path: <>
From: Mail Delivery System <Mailer-Daemon@relay.example.net>
To: post@mentoring.example.org
X-Failed-Recipients: {ADDRESS}
Auto-Submitted: auto-replied
Subject: Mail delivery failed: returning message to sender

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {ADDRESS}
    SMTP error from remote mail server after RCPT TO:<{ADDRESS}>:
    550 5.2.1 <{ADDRESS}> mailbox is switched off

------ This is a copy of the message, including all the headers. ------

{OURS}"""

QMAIL = f"""Return-Path: <>
From: MAILER-DAEMON@old.example.net
To: post@mentoring.example.org
Subject: failure notice

Hi. This is the qmail-send program at old.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{ADDRESS}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <post@mentoring.example.org>
{OURS}"""

EXCHANGE = f"""From: Microsoft Outlook <postmaster@example.org>
To: post@mentoring.example.org
Date: Fri, 27 Nov 2026 10:10:10 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="_000_Ex-Change_"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: en-US
Message-ID: <e1@EX01.example.org>
In-Reply-To: {MAIL_ID}
References: {MAIL_ID}
Subject: Undeliverable: Somebody asks you
Auto-Submitted: auto-replied
MIME-Version: 1.0

--_000_Ex-Change_
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="_inner_"

--_inner_
Content-Type: text/plain; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

Your message to {ADDRESS} couldn't be delivered. Gru=DF.

--_inner_
Content-Type: text/html; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

<html><b>couldn't be delivered</b></html>
--_inner_--

--_000_Ex-Change_
Content-Type: message/delivery-status

Reporting-MTA: dns;EX01.example.org
Received-From-MTA: dns;mentoring.example.org
Arrival-Date: Fri, 27 Nov 2026 10:10:09 +0000

Original-Recipient: rfc822;{ADDRESS}
Final-Recipient: rfc822;{ADDRESS}
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {ADDRESS} not found
X-Display-Name: Amara Okafor

--_000_Ex-Change_
Content-Type: message/rfc822

Received: from mentoring.example.org by EX01.example.org; Fri, 27 Nov 2026
 10:10:09 +0000
From: Open Doors <post@mentoring.example.org>
To: <{ADDRESS}>
Subject: Somebody asks you
Message-ID:
\t{MAIL_ID}
MIME-Version: 1.0
Content-Type: text/plain

--_000_Ex-Change_--
"""

GMAIL = f"""Return-Path: <>
To: post@mentoring.example.org
From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
References: {MAIL_ID}
In-Reply-To: {MAIL_ID}
X-Failed-Recipients: {ADDRESS}
Message-ID: <6566.0@mx.google.com>
Content-Type: multipart/report; boundary="000000000000aa"; report-type=delivery-status

--000000000000aa
Content-Type: multipart/related; boundary="000000000000bb"

--000000000000bb
Content-Type: multipart/alternative; boundary="000000000000cc"

--000000000000cc
Content-Type: text/plain; charset="UTF-8"

** Address not found **

Your message wasn't delivered to {ADDRESS} because the address couldn't be found.

--000000000000cc--

--000000000000bb
Content-Type: image/png; name="icon.png"
Content-Transfer-Encoding: base64
Content-ID: <icon.png>

iVBORw0KGgo=
--000000000000bb--

--000000000000aa
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.com
Arrival-Date: Fri, 27 Nov 2026 02:10:09 -0800 (PST)
X-Original-Message-ID: {MAIL_ID}

Final-Recipient: rfc822; {ADDRESS}
Action: failed
Status: 5.1.1
Remote-MTA: dns; aspmx.example.org. (192.0.2.9, the server for the domain example.org.)
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try
 550-5.1.1 double-checking the recipient's email address for typos.
Last-Attempt-Date: Fri, 27 Nov 2026 02:10:10 -0800 (PST)

--000000000000aa
Content-Type: message/rfc822

{OURS}
--000000000000aa--
"""

HOLIDAY = f"""Return-Path: <>
From: Amara Okafor <{ADDRESS}>
To: post@mentoring.example.org
Subject: Out of office: Somebody asks you
Auto-Submitted: auto-replied (vacation)
In-Reply-To: {MAIL_ID}
Content-Type: text/plain

I am away until 5.1.27. Call 550 1234 in urgent cases.

> Message-ID: {MAIL_ID}
"""

COMPLAINT = f"""From: complaints@provider.example.net
Subject: complaint about message
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="arf"

--arf
Content-Type: text/plain

This is an email abuse report.
--arf
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
--arf
Content-Type: message/rfc822

{OURS}
--arf--
"""

RECEIPT = f"""From: Amara Okafor <{ADDRESS}>
Subject: Read: Somebody asks you
MIME-Version: 1.0
Content-Type: multipart/report; report-type=disposition-notification; boundary="mdn"

--mdn
Content-Type: text/plain

It was read.
--mdn
Content-Type: message/disposition-notification

Final-Recipient: rfc822; {ADDRESS}
Original-Message-ID: {MAIL_ID}
Disposition: manual-action/MDN-sent-manually; displayed
--mdn--
"""

LATE_WORDS = f"""From: Mail Delivery System <Mailer-Daemon@relay.example.net>
Subject: Warning: message 1a2b delayed 24 hours
Auto-Submitted: auto-replied

A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue. No action is required.

Message-ID: {MAIL_ID}
"""

WHOLE = {
    "postfix": (POSTFIX, "5.1.1"),
    "exim": (EXIM, "5.0.0"),
    "exim in words": (EXIM_WORDS, "5.2.1"),
    "qmail": (QMAIL, "5.1.1"),
    "exchange": (EXCHANGE, "5.1.10"),
    "gmail": (GMAIL, "5.1.1"),
}
"""Name -> the notice, and its status."""


def of(message_id: str, notice: str = POSTFIX) -> bytes:
    """The notice, about the mail with this id in its row."""
    return notice.replace(HEX, message_id).encode()
