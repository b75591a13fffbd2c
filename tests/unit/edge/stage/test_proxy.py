"""One address for all: what is passed on, what is not, and who is answered at all."""

import pytest

from tarazy.edge.stage.proxy import is_local, request_headers, response_headers


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "localhost:1", "[::1]:8080", "127.0.0.1"])
def test_this_machine_is_answered_by_its_own_names(host: str) -> None:
    assert is_local(host)


@pytest.mark.parametrize("host", ["", "evil.example", "evil.example:8080", "127.0.0.1.evil.example", "[::2]:80"])
def test_other_names_that_lead_here_are_not_answered(host: str) -> None:
    assert not is_local(host)


def test_headers_of_one_connection_are_not_passed_on() -> None:
    sent = [("Connection", "keep-alive"), ("host", "x"), ("Transfer-Encoding", "chunked"), ("hx-request", "true")]
    assert request_headers(sent) == {"hx-request": "true"}


def test_of_two_cookies_with_one_name_the_program_gets_its_own() -> None:
    """A browser sends the cookie with the longest path first: that is the program's, the other one is the stage's."""
    told = request_headers([("cookie", "language=ru; account=a; language=kk")])
    assert told == {"cookie": "language=ru; account=a"}


def test_pages_may_be_framed_by_the_same_origin_and_by_nobody_else() -> None:
    told = response_headers(
        [
            ("x-frame-options", "DENY"),
            ("content-security-policy", "default-src 'self'; frame-ancestors 'none'"),
            ("set-cookie", "a=1"),
            ("set-cookie", "b=2"),
            ("content-length", "5"),
        ]
    )
    assert told == [
        ("x-frame-options", "SAMEORIGIN"),
        ("content-security-policy", "default-src 'self'; frame-ancestors 'self'"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
    ]
