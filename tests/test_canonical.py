from __future__ import annotations

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from models.canonical import clean_address


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Ann@Example.ORG", "ann@example.org"),
        ("  ann.lee+x@example.org\n", "ann.lee+x@example.org"),
        ("ann@bücher.de", "ann@xn--bcher-kva.de"),
        ("o'neil@example.org", "o'neil@example.org"),
        ("ann@programme.test", "ann@programme.test"),
        (f"{'a' * 64}@example.org", f"{'a' * 64}@example.org"),
    ],
)
def test_an_address_has_one_spelling(text: str, kept: str) -> None:
    assert clean_address(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "ann",
        "ann@",
        "@example.org",
        "ann@localhost",
        "ann@b",
        "ann..lee@example.org",
        ".ann@example.org",
        "ann.@example.org",
        "Ann <ann@example.org>",
        "ann@example.org, ben@example.org",
        "ann@example.org\nBcc: ben@example.org",
        '"ann lee"@example.org',
        "ann@[127.0.0.1]",
        "ann@example.invalid",
        "jö@example.org",
        f"{'a' * 65}@example.org",
        f"ann@{'a' * 64}.org",
        f"ann@{'a.' * 130}org",
    ],
)
def test_what_is_no_address_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w+ .*\.$"):
        clean_address(text)


@given(
    st.one_of(
        st.from_regex(r"[A-Za-z0-9_.+-]{0,66}@[a-z.-]{0,70}", fullmatch=True),
        st.text(st.sampled_from("aZ9._+-@ \"'é\n"), max_size=20),
        st.text(max_size=10),
    )
)
@example("a@xn--a.de")
def test_the_short_cut_decides_as_the_library_does(text: str) -> None:
    try:
        found = validate_email(
            text.strip(), check_deliverability=False, strict=True, allow_smtputf8=False, test_environment=True
        )
        expected = (found.ascii_email or found.normalized).lower()
    except EmailNotValidError:
        expected = None
    try:
        assert clean_address(text) == expected
    except ValueError:
        assert expected is None
