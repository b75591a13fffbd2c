"""Signing in by a provider: a small real one on the loopback, with real HTTP and real keys, that can also lie."""

import secrets
import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import OKPKey, RSAKey

from tarazy.adapters.memory import MemoryStore
from tarazy.adapters.oidc import (
    ATTEMPT_LIFE,
    Attempt,
    Begun,
    OidcClient,
    Provider,
    ProviderAway,
    TokenRefused,
    begin_attempt,
    enter_subject,
    keep_attempt,
    person_of_subject,
    take_attempt,
)
from tarazy.adapters.sessions import Person
from tarazy.app.access import Who
from tarazy.values.ids import ParticipantId
from tarazy.values.instant import Instant
from tests.oidc_house import NOW, SUBJECT, House

REDIRECT = "http://localhost:9/sign-in/oidc/house/callback"
OFFICER = Person(kind=Who.officer, participant_id=ParticipantId("police"), person_id="investigator-1")


@pytest.fixture
def house() -> Iterator[House]:
    provider = House()
    yield provider
    provider.server.shutdown()
    provider.server.server_close()


@pytest.fixture
def client(house: House) -> OidcClient:
    return OidcClient(Provider("house", "House", house.issuer, "tarazy"))


def begin(client: OidcClient) -> tuple[Attempt, Begun]:
    return begin_attempt(client, REDIRECT, "/desk", NOW, NOW, secrets.token_bytes)


def go(begun: Begun) -> dict[str, str]:
    """Go to the provider as a browser does, and return what it sends back with."""
    back = httpx.get(begun.url, trust_env=False).headers["location"]
    return {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}


def signed_in(client: OidcClient, now: Instant = NOW) -> str:
    attempt, begun = begin(client)
    code = go(begun)["code"]
    return client.subject_of(code=code, redirect=REDIRECT, nonce=attempt.nonce, verifier=attempt.verifier, now=now)


def test_the_subject_is_who_the_provider_says(client: OidcClient) -> None:
    assert signed_in(client) == SUBJECT


def test_an_edwards_key_is_believed_as_well(house: House, client: OidcClient) -> None:
    house.keys, house.alg = [OKPKey.generate_key("Ed25519", {"kid": "ed"})], "Ed25519"
    assert signed_in(client) == SUBJECT


@pytest.mark.parametrize(
    "lies",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": ["tarazy", "another-client"]},
        {"azp": "another-client"},
        {"iss": "http://127.0.0.1:1"},
        {"exp": int(NOW.utc.timestamp()) - 61},
        {"exp": None},
        {"iat": int(NOW.utc.timestamp()) - 661},
        {"iat": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
    ],
)
def test_a_token_with_one_claim_wrong_is_no_proof(house: House, client: OidcClient, lies: dict[str, Any]) -> None:
    house.lies = lies
    with pytest.raises(TokenRefused):
        signed_in(client)


def test_a_token_signed_with_a_key_that_is_not_shown_is_no_proof(house: House, client: OidcClient) -> None:
    house.shown = [RSAKey.generate_key(2048, {"kid": "one"})]
    with pytest.raises(TokenRefused):
        signed_in(client)


def test_a_code_works_once_and_only_with_its_verifier(client: OidcClient) -> None:
    attempt, begun = begin(client)
    code = go(begun)["code"]
    with pytest.raises(TokenRefused):
        client.subject_of(code=code, redirect=REDIRECT, nonce=attempt.nonce, verifier="stolen" * 8, now=NOW)
    with pytest.raises(TokenRefused):
        client.subject_of(code=code, redirect=REDIRECT, nonce=attempt.nonce, verifier=attempt.verifier, now=NOW)


def test_keys_change_and_an_unknown_one_is_asked_for_once_more(house: House, client: OidcClient) -> None:
    signed_in(client)
    house.keys = [RSAKey.generate_key(2048, {"kid": "two"})]
    house.now = later = NOW.plus(timedelta(minutes=1))
    assert signed_in(client, later) == SUBJECT
    assert house.key_requests == 2
    house.shown = [RSAKey.generate_key(2048, {"kid": "three"})]
    house.keys = [RSAKey.generate_key(2048, {"kid": "four"})]
    for _ in range(3):
        with pytest.raises(TokenRefused):
            signed_in(client, later)
    assert house.key_requests == 2  # whoever invents key ids does not make this program ask and ask


def test_a_provider_that_is_away_is_said_to_be() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(ProviderAway):
        begin(OidcClient(Provider("house", "House", f"http://127.0.0.1:{port}", "tarazy")))


def test_an_issuer_without_tls_is_refused() -> None:
    with pytest.raises(ValueError, match="https"):
        OidcClient(Provider("house", "House", "http://issuer.example", "tarazy"))


def test_an_attempt_is_one_browsers_and_works_once(client: OidcClient) -> None:
    store, (attempt, begun) = MemoryStore(), begin(client)
    state = parse_qs(urlsplit(begun.url).query)["state"][0]
    store.run(lambda tx: keep_attempt(tx, attempt, NOW))
    for provider, said, browser in (
        ("house", "x", begun.browser),
        ("house", state, "x"),
        ("other", state, begun.browser),
    ):
        assert store.run(lambda tx, p=provider, s=said, b=browser: take_attempt(tx, p, s, b, NOW)) is None
    assert store.run(lambda tx: take_attempt(tx, "house", state, begun.browser, NOW)) == attempt
    assert store.run(lambda tx: take_attempt(tx, "house", state, begun.browser, NOW)) is None


def test_an_attempt_is_over_after_ten_minutes(client: OidcClient) -> None:
    store, (attempt, begun) = MemoryStore(), begin(client)
    state = parse_qs(urlsplit(begun.url).query)["state"][0]
    store.run(lambda tx: keep_attempt(tx, attempt, NOW))
    late = NOW.plus(ATTEMPT_LIFE)
    assert store.run(lambda tx: take_attempt(tx, "house", state, begun.browser, late)) is None


def test_a_subject_is_somebody_only_if_entered_for_that_issuer() -> None:
    store = MemoryStore()
    store.run(lambda tx: enter_subject(tx, "https://a.example", SUBJECT, OFFICER, NOW))
    assert store.run(lambda tx: person_of_subject(tx, "https://a.example", SUBJECT)) == OFFICER
    assert store.run(lambda tx: person_of_subject(tx, "https://b.example", SUBJECT)) is None
