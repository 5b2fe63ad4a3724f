"""The one spelling in which an e-mail address is stored: for sign-in, import, invitation and mail alike."""

from __future__ import annotations

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

_PLAIN = re.compile(r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*", re.ASCII)
_SURELY_SHORT = 64


def clean_address(text: str) -> str:
    """The address in lower case and ASCII (an international domain as `xn--`).

    Raises ValueError with a sentence that says what is wrong. Quoted local parts, display names, IP addresses
    and reserved domains are refused; whether mail arrives there is not asked. `.test` is let through: it is
    made for trying things out.
    """
    stripped = text.strip()
    local, _, domain = stripped.rpartition("@")
    if _PLAIN.fullmatch(local) and len(stripped) <= _SURELY_SHORT:
        # Most addresses of an import share a few domains, and the library takes 70 us for each.
        return f"{local.lower()}@{_clean_domain(domain)}"
    return _validated(stripped)


@lru_cache(maxsize=4096)
def _clean_domain(domain: str) -> str:
    return _validated(f"a@{domain}").removeprefix("a@")


def _validated(text: str) -> str:
    try:
        found = validate_email(
            text, check_deliverability=False, strict=True, allow_smtputf8=False, test_environment=True
        )
    except EmailNotValidError as error:
        raise ValueError(str(error)) from error
    return (found.ascii_email or found.normalized).lower()
