"""Headers, hosts, cookies, and requests that other sites cause."""

from __future__ import annotations

from dataclasses import replace

import pytest
from starlette.requests import Request
from starlette.responses import Response

from api.web.context import Context
from api.web.errors import Forbidden
from api.web.hardening import CSP
from api.web.security import (
    check_form,
    check_link_form,
    check_same_origin,
    client_of,
    cookie_name,
    form_token,
    set_session,
)
from tests.api.conftest import SQLITE, Cast
from tests.api.world import BASE, KEYS, SLUG, World, world

HERE = f"/api/v1/programmes/{SLUG}"
pytestmark = SQLITE


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/me", "/nothing", "/docs", "/metrics"])
async def test_every_answer_has_the_headers(town: World, path: str) -> None:
    headers = (await town.anybody.get(path)).headers
    assert headers["content-security-policy"] == CSP
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["permissions-policy"]
    assert headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in headers


async def test_https_is_kept_to(migrated_url: str) -> None:
    async with world(migrated_url, base_url="https://mentoring.example.org") as town:
        host = {"Host": "mentoring.example.org"}
        headers = (await town.anybody.get("/healthz", headers=host)).headers
        assert headers["strict-transport-security"].startswith("max-age=")
        assert cookie_name(town.ctx) == "__Host-steadfast"


@pytest.mark.parametrize("host", ["evil.example.org", "localhost.evil.org", "localhost:8000.evil.org", ""])
async def test_other_hosts_are_refused(town: World, host: str) -> None:
    response = await town.anybody.get("/api/v1/me", headers={"Host": host})
    assert response.status_code == 421
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:9", "LOCALHOST:8000", "[::1]:8000"])
async def test_own_hosts_and_probes_are_not(town: World, host: str) -> None:
    assert (await town.anybody.get("/api/v1/me", headers={"Host": host})).status_code == 401
    assert (await town.anybody.get("/healthz", headers={"Host": "10.0.0.7"})).status_code == 200


ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": BASE},
    {"Origin": "https://evil.example.org"},
    {"Origin": "null"},
    {"Origin": "http://localhost:9999"},
    {},
]


async def test_other_sites_cannot_act_with_a_cookie(town: World, cast: Cast) -> None:
    browser = await town.session_of(cast.mentee)
    asked = await town.ask(cast.mentee, cast.mentor)
    path = f"/api/v1/requests/{asked['id']}/withdraw"
    for headers in ELSEWHERE:
        assert (await browser.get("/api/v1/me", headers=headers)).status_code == 200
        refused = await browser.post(path, headers=headers)
        assert refused.status_code == 403, headers
        put = await browser.put(f"{HERE}/profile", json={"headline": "x"}, headers=headers)
        assert put.status_code == 403, headers
    assert (await cast.mentee.get(f"/api/v1/requests/{asked['id']}"))["state"] == "pending"


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": BASE}])
async def test_own_pages_can(town: World, cast: Cast, headers: dict[str, str]) -> None:
    browser = await town.session_of(cast.mentee)
    response = await browser.put(f"{HERE}/profile", json={"headline": "x"}, headers=headers)
    assert response.status_code == 200


async def test_a_token_is_no_cookie(town: World, cast: Cast) -> None:
    elsewhere = {"Origin": "https://partner.example.org", "Sec-Fetch-Site": "cross-site"}
    response = await cast.mentee.http.put(f"{HERE}/profile", json={"headline": "x"}, headers=elsewhere)
    assert response.status_code == 200
    both = await town.session_of(cast.mentee, Authorization="Bearer wrong")
    assert (await both.get("/api/v1/me")).status_code == 401


async def test_sessions_end(town: World, cast: Cast) -> None:
    browser = await town.session_of(cast.mentee)
    town.clock.forward(days=31)
    assert (await browser.get("/api/v1/me")).status_code == 401


def asking(**headers: str) -> Request:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request(
        {"type": "http", "method": "POST", "path": "/", "headers": pairs, "client": ("10.0.0.1", 1)}
    )


def test_forms_carry_what_only_our_page_knows(town: World) -> None:
    ctx, request = town.ctx, asking(origin=BASE, host="localhost:8000")
    token = form_token(ctx, "the session")
    check_form(ctx, request, "the session", token)
    check_link_form(ctx, request, "the session", None)
    for given in (None, "", token[:-1], form_token(ctx, "another session"), "é"):
        with pytest.raises(Forbidden):
            check_form(ctx, request, "the session", given)
    with pytest.raises(Forbidden):
        check_link_form(ctx, request, "the session", "wrong")


def test_forms_survive_a_change_of_keys(town: World) -> None:
    older = Context(town.database, town.gateway, base_url=BASE, keys=KEYS[1:])
    check_form(town.ctx, asking(), "secret", form_token(older, "secret"))
    with pytest.raises(Forbidden):
        check_form(older, asking(), "secret", form_token(town.ctx, "secret"))


def test_a_link_form_from_another_site_is_refused(town: World) -> None:
    with pytest.raises(Forbidden):
        check_link_form(town.ctx, asking(sec_fetch_site="cross-site"), "t", None)
    check_same_origin(town.ctx, asking(), must_say=False)


def test_cookies_are_for_browsers_alone(town: World) -> None:
    response = Response()
    set_session(town.ctx, response, "token")
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("steadfast=token;")
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert "Secure" not in cookie
    secure = Context(town.database, town.gateway, base_url="https://x.example.org", keys=KEYS)
    set_session(secure, response, "token")
    cookie = response.headers.getlist("set-cookie")[1]
    assert cookie.startswith("__Host-steadfast=token;")
    assert "Secure" in cookie
    assert "Path=/" in cookie


def test_a_forged_address_is_ignored(town: World) -> None:
    forged = asking(x_forwarded_for="1.2.3.4")
    assert client_of(town.ctx, forged) == "10.0.0.1"
    behind = Context(
        town.database, town.gateway, BASE, KEYS, trusted_proxies=frozenset({"10.0.0.1", "10.0.0.2"})
    )
    assert client_of(behind, forged) == "1.2.3.4"
    assert client_of(behind, asking(x_forwarded_for="6.6.6.6, 1.2.3.4, 10.0.0.2")) == "1.2.3.4"
    assert client_of(behind, asking()) == "10.0.0.1"


def heard(peer: str, *lines: str) -> Request:
    """A request from `peer` with these lines of X-Forwarded-For."""
    headers = [(b"x-forwarded-for", line.encode()) for line in lines]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers, "client": (peer, 1)})


def test_the_last_line_counts_where_the_proxy_adds_one_of_its_own(town: World) -> None:
    behind = replace(town.ctx, trusted_proxies=frozenset({"10.0.0.1", "10.0.0.2"}))
    assert client_of(behind, heard("10.0.0.1", "6.6.6.6", "1.2.3.4")) == "1.2.3.4"
    assert client_of(behind, heard("10.0.0.1", "6.6.6.6", "1.2.3.4", "10.0.0.2")) == "1.2.3.4"


def test_an_address_is_the_same_in_both_spellings(town: World) -> None:
    behind = replace(town.ctx, trusted_proxies=frozenset({"10.0.0.1"}))
    assert client_of(town.ctx, heard("::ffff:1.2.3.4")) == client_of(town.ctx, heard("1.2.3.4"))
    assert client_of(behind, heard("::ffff:10.0.0.1", "::FFFF:1.2.3.4")) == "1.2.3.4"
    assert client_of(behind, heard("::ffff:10.0.0.1", "unknown")) == "unknown"


@pytest.mark.parametrize(
    ("told", "client"),
    [
        ("1.2.3.4:5678", "1.2.3.4"),
        ("[2001:db8::7]:5678", "2001:db8::/64"),
        ("[2001:db8::7]", "2001:db8::/64"),
        ("[::ffff:1.2.3.4]:80", "1.2.3.4"),
        ("1.2.3.4:port", "1.2.3.4:port"),
    ],
)
def test_a_port_beside_the_address_counts_nobody_twice(town: World, told: str, client: str) -> None:
    behind = replace(town.ctx, trusted_proxies=frozenset({"10.0.0.1"}))
    assert client_of(behind, heard("10.0.0.1", told)) == client


def test_a_network_of_ipv6_is_one_client(town: World) -> None:
    assert client_of(town.ctx, heard("2001:db8:0:1::7")) == client_of(town.ctx, heard("2001:DB8::1:a:b:c:d"))
    assert client_of(town.ctx, heard("2001:db8:0:2::7")) != client_of(town.ctx, heard("2001:db8:0:1::7"))
    behind = replace(town.ctx, trusted_proxies=frozenset({"2001:db8::1"}))
    assert client_of(behind, heard("2001:db8::1", "1.2.3.4")) == "1.2.3.4"
    assert client_of(behind, heard("2001:db8::2", "1.2.3.4")) == "2001:db8::/64"
    assert client_of(town.ctx, heard("fe80::1%eth0")) == "fe80::/64"


def test_nothing_secret_is_shown_by_accident(town: World) -> None:
    assert KEYS[0] not in repr(town.ctx)
