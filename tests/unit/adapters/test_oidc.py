"""Signing in by a provider: a small real one on the loopback, with real HTTP and real keys, that can also lie."""

import base64
import hashlib
import json
import secrets
import socket
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey, RSAKey

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

NOW = Instant.parse("2026-11-22T04:00:00Z")
REDIRECT = "http://localhost:9/sign-in/oidc/house/callback"
SUBJECT = "u-4711"
OFFICER = Person(kind=Who.officer, participant_id=ParticipantId("police"), person_id="investigator-1")


class House:
    """A provider. ``lies`` are claims that it puts into its tokens instead of the true ones; None leaves one out."""

    def __init__(self) -> None:
        self.keys = [RSAKey.generate_key(2048, {"kid": "one"})]
        self.alg = "RS256"
        self.shown: list[Any] | None = None
        self.lies: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.key_requests = 0
        self.now = NOW
        house = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                house.get(self)

            def do_POST(self) -> None:
                house.post(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def get(self, request: BaseHTTPRequestHandler) -> None:
        path, asked = urlsplit(request.path).path, parse_qs(urlsplit(request.path).query)
        if path == "/.well-known/openid-configuration":
            places = {f"{name}_endpoint": f"{self.issuer}/{name}" for name in ("authorization", "token")}
            answer(request, {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **places})
        elif path == "/keys":
            self.key_requests += 1
            shown = self.keys if self.shown is None else self.shown
            answer(request, KeySet(list(shown)).as_dict(private=False))
        elif path == "/authorization":
            assert asked["response_type"] == ["code"]
            assert asked["code_challenge_method"] == ["S256"]
            code = secrets.token_urlsafe(16)
            self.codes[code] = {name: values[0] for name, values in asked.items()}
            request.send_response(302)
            request.send_header("Location", f"{asked['redirect_uri'][0]}?code={code}&state={asked['state'][0]}")
            request.end_headers()

    def post(self, request: BaseHTTPRequestHandler) -> None:
        form = parse_qs(request.rfile.read(int(request.headers["Content-Length"])).decode())
        asked = self.codes.pop(form["code"][0], None)
        digest = hashlib.sha256(form["code_verifier"][0].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or challenge != asked["code_challenge"] or form["redirect_uri"][0] != asked["redirect_uri"]:
            answer(request, {"error": "invalid_grant"}, 400)
            return
        seconds = int(self.now.utc.timestamp())
        true = {
            "iss": self.issuer,
            "aud": asked["client_id"],
            "sub": SUBJECT,
            "iat": seconds,
            "exp": seconds + 300,
            "nonce": asked["nonce"],
        }
        claims = {name: value for name, value in (true | self.lies).items() if value is not None}
        key = self.keys[-1]
        token = jwt.encode({"alg": self.alg, "kid": key.kid}, claims, key, algorithms=[self.alg])
        answer(request, {"access_token": "a", "token_type": "Bearer", "id_token": token})


def answer(request: BaseHTTPRequestHandler, body: object, status: int = 200) -> None:
    content = json.dumps(body).encode()
    request.send_response(status)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(content)))
    request.end_headers()
    request.wfile.write(content)


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
