"""A small OpenID provider on the loopback, with real HTTP and real keys, that can also lie."""

import base64
import hashlib
import json
import secrets
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from tarazy.values.instant import Instant

NOW = Instant.parse("2026-11-22T04:00:00Z")
SUBJECT = "u-4711"


class House:
    """A provider. ``lies`` are claims that it puts into its tokens instead of the true ones; None leaves one out.

    ``is_asking`` lets it show a page of its own first, on which a person goes on or does not.
    """

    def __init__(self) -> None:
        self.is_asking = False
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
            back, state = asked["redirect_uri"][0], asked["state"][0]
            if self.is_asking:
                show(request, f"{back}?code={code}&state={state}", f"{back}?error=access_denied&state={state}")
                return
            request.send_response(302)
            request.send_header("Location", f"{back}?code={code}&state={state}")
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


def show(request: BaseHTTPRequestHandler, yes: str, no: str) -> None:
    """Ask the person, as a provider's page does."""
    links = f'<a href="{escape(yes)}">It is me</a> <a href="{escape(no)}">Not now</a>'
    content = f'<!doctype html><html lang="en"><title>House</title><h1>House</h1>{links}</html>'.encode()
    request.send_response(200)
    request.send_header("Content-Type", "text/html; charset=utf-8")
    request.send_header("Content-Length", str(len(content)))
    request.end_headers()
    request.wfile.write(content)
