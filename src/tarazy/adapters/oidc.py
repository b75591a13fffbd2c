"""Signing in by an OpenID provider: code flow with PKCE, state and nonce; the ID token is checked here, whole.

Any issuer can be configured; none has to be. What the provider says is a subject and nothing else: which officer or
holder that is stands in a table of one's own, so that no claim of a provider ever makes somebody an officer.

The client is authlib's on an `httpx.Client` of its own (its ready-made httpx class warns since 1.9), tokens are checked
with joserfc. Both keys and addresses come from the issuer's own discovery document and nowhere else.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final, NamedTuple

import httpx
from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped] # authlib ships no types
from authlib.oauth2.client import OAuth2Client  # type: ignore[import-untyped] # authlib ships no types
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from msgspec import Struct

from tarazy.adapters.sessions import Entropy, Person
from tarazy.app.access import Who
from tarazy.app.store import Condition, Table, Transaction
from tarazy.protocol import jws
from tarazy.values.ids import ParticipantId
from tarazy.values.instant import Instant

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")
"""Signatures that are believed: public keys only. Never `none`, never one by the client's own secret."""
ATTEMPT_LIFE: Final = timedelta(minutes=10)
SECRET_BYTES: Final = 32
ANSWER_SECONDS_MAX: Final = 5.0
KEPT: Final = timedelta(hours=1)
"""How long a discovery document and its keys are kept."""
KEYS_ANEW: Final = timedelta(seconds=30)
"""How often keys are asked for anew because a token names one that is unknown: keys do change, and anybody can lie."""
LEEWAY_SECONDS: Final = 60
TOKEN_AGE: Final = timedelta(minutes=10)
"""How old an ID token may be: it is made while one waits for it."""
SUBJECT_LENGTH_MAX: Final = 255
SWEPT_MAX: Final = 100
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class ProviderAway(Exception):
    """The provider cannot be reached or does not answer as one."""


class TokenRefused(Exception):
    """What the provider has sent is no proof of who somebody is; the text says why, and names nobody."""


class Provider(NamedTuple):
    """A provider as it was configured. ``label`` is its name for people; a client without a secret is a public one."""

    name: str
    label: str
    issuer: str
    client_id: str
    client_secret: str | None = None


class Attempt(Struct, frozen=True, kw_only=True):
    """A sign-in on its way to a provider, for the browser that began it. Works once."""

    state_hash: str
    browser_hash: str
    provider: str
    nonce: str
    verifier: str
    back: str
    ends_at: Instant


class Subject(Struct, frozen=True, kw_only=True):
    """Who a provider's subject is here."""

    issuer: str
    subject: str
    person_kind: Who
    participant_id: ParticipantId
    person_id: str
    added_at: Instant

    @property
    def person(self) -> Person:
        """Who it is."""
        return Person(kind=self.person_kind, participant_id=self.participant_id, person_id=self.person_id)


class Begun(NamedTuple):
    """Where the browser is sent, and what it keeps until it is back."""

    url: str
    browser: str


ATTEMPTS = Table("sign_in_attempts", Attempt, ("state_hash",), is_deletable=True)
SUBJECTS = Table("sign_in_subjects", Subject, ("issuer", "subject"), is_deletable=True)


@dataclass(slots=True)
class _Known:
    """What is kept of a provider, and since when."""

    metadata: Mapping[str, Any] | None = None
    metadata_at: Instant | None = None
    keys: KeySet | None = None
    keys_at: Instant | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class OidcClient:
    """One provider as this program's own client of it. Threads share it; each request has its own connection."""

    def __init__(self, provider: Provider) -> None:
        if httpx.URL(provider.issuer).scheme != "https" and httpx.URL(provider.issuer).host not in LOOPBACK:
            raise ValueError(f"oidc issuer {provider.issuer}: expected https://")
        self.provider = provider
        self._known = _Known()

    def authorization_url(self, *, redirect: str, state: str, nonce: str, verifier: str, now: Instant) -> str:
        """Return where the browser is sent. Raises ProviderAway."""
        endpoint = self._endpoint("authorization_endpoint", now)
        with self._http() as http:
            # The provider asks the person anew: somebody else's open session there must not sign anybody in here.
            url, _ = self._client(http, redirect).create_authorization_url(
                endpoint, state=state, code_verifier=verifier, nonce=nonce, prompt="login"
            )
        return str(url)

    def subject_of(self, *, code: str, redirect: str, nonce: str, verifier: str, now: Instant) -> str:
        """Redeem the code and return the subject that its ID token proves. Raises ProviderAway and TokenRefused."""
        token = self._redeem(code, redirect, verifier, now).get("id_token")
        if not isinstance(token, str):
            raise TokenRefused("no ID token came with the answer")
        claims = self._read(token, now)
        seconds = int(now.utc.timestamp())
        required = jwt.JWTClaimsRegistry(
            now=seconds,
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self.provider.issuer},
            aud={"essential": True, "value": self.provider.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            required.validate(claims)
        except JoseError as fault:
            raise TokenRefused(f"a claim does not hold: {fault.error}: {fault.description}") from fault
        if "azp" in claims and claims["azp"] != self.provider.client_id:
            raise TokenRefused("the token was made for another client")
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and "azp" not in claims:
            raise TokenRefused("the token is for several and names none of them as its own")
        if seconds - int(claims["iat"]) > TOKEN_AGE.total_seconds() + LEEWAY_SECONDS:
            raise TokenRefused("the token is old")
        subject = str(claims["sub"])
        if not subject or len(subject) > SUBJECT_LENGTH_MAX or "\0" in subject:
            raise TokenRefused("the subject is not one")
        return subject

    def _redeem(self, code: str, redirect: str, verifier: str, now: Instant) -> Mapping[str, Any]:
        endpoint = self._endpoint("token_endpoint", now)
        secret = self.provider.client_secret
        # RFC 6749, 2.3.1: id and secret go into the header; a public client names itself in the form.
        auth = httpx.Auth() if secret is None else httpx.BasicAuth(self.provider.client_id, secret)
        named = {"client_id": self.provider.client_id} if secret is None else {}
        try:
            with self._http() as http:
                token: Mapping[str, Any] = self._client(http, redirect).fetch_token(
                    endpoint, code=code, code_verifier=verifier, grant_type="authorization_code", auth=auth, **named
                )
        except httpx.HTTPError as fault:
            raise ProviderAway(f"{endpoint}: {type(fault).__name__}") from fault
        except AuthlibBaseError as fault:
            raise TokenRefused(f"the provider did not redeem the code: {fault.error}") from fault
        except ValueError as fault:
            raise ProviderAway(f"{endpoint}: the answer is not JSON") from fault
        return token

    def _read(self, token: str, now: Instant) -> dict[str, Any]:
        """Return what a token says once its signature is checked; a key that is unknown is asked for once more."""
        for anew in (False, True):
            try:
                registry = JWSRegistry(algorithms=list(ALGORITHMS))
                return jwt.decode(
                    token, self._keys(now, anew=anew), algorithms=list(ALGORITHMS), registry=registry
                ).claims
            except InvalidKeyIdError as fault:
                if anew:
                    raise TokenRefused("the token is signed with a key that the provider does not show") from fault
            except (JoseError, ValueError) as fault:
                raise TokenRefused(f"the signature does not hold: {type(fault).__name__}") from fault
        raise AssertionError("the second round returns or raises")

    def _endpoint(self, name: str, now: Instant) -> str:
        found = self._metadata(now).get(name)
        if not isinstance(found, str):
            raise ProviderAway(f"{self.provider.issuer}: its discovery document names no {name}")
        url = httpx.URL(found)
        if url.scheme != "https" and url.host not in LOOPBACK:
            raise ProviderAway(f"{self.provider.issuer}: {name} is not https")
        return found

    def _metadata(self, now: Instant) -> Mapping[str, Any]:
        known = self._known
        with known.lock:
            if known.metadata is None or known.metadata_at is None or now >= known.metadata_at.plus(KEPT):
                found = self._json(f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration")
                if found.get("issuer") != self.provider.issuer:
                    raise ProviderAway(f"{self.provider.issuer}: its discovery document is another issuer's")
                known.metadata, known.metadata_at = found, now
            return known.metadata

    def _keys(self, now: Instant, *, anew: bool) -> KeySet:
        address = self._endpoint("jwks_uri", now)
        known = self._known
        with known.lock:
            kept_for = KEYS_ANEW if anew else KEPT
            if known.keys is None or known.keys_at is None or now >= known.keys_at.plus(kept_for):
                try:
                    known.keys = KeySet.import_key_set(self._json(address))  # type: ignore[arg-type] # checked by the import
                except (JoseError, ValueError, KeyError, TypeError) as fault:
                    raise ProviderAway(f"{address}: these are no keys") from fault
                known.keys_at = now
            return known.keys

    def _json(self, address: str) -> Mapping[str, Any]:
        try:
            with self._http() as http:
                answer = http.get(address, headers={"Accept": "application/json"})
                answer.raise_for_status()
                found = answer.json()
        except (httpx.HTTPError, ValueError) as fault:
            raise ProviderAway(f"{address}: {type(fault).__name__}") from fault
        if not isinstance(found, dict):
            raise ProviderAway(f"{address}: expected an object")
        return found

    def _http(self) -> httpx.Client:
        return httpx.Client(timeout=ANSWER_SECONDS_MAX, trust_env=False, follow_redirects=False)

    def _client(self, http: httpx.Client, redirect: str) -> OAuth2Client:
        return OAuth2Client(
            http,
            client_id=self.provider.client_id,
            client_secret=self.provider.client_secret,
            scope="openid",
            redirect_uri=redirect,
            code_challenge_method="S256",
        )


def begin_attempt(
    client: OidcClient, redirect: str, back: str, now: Instant, wall: Instant, entropy: Entropy
) -> tuple[Attempt, Begun]:
    """Return a sign-in to be kept, and where the browser is sent. Asks the provider: raises ProviderAway.

    ``wall`` is the time of the world, by which providers go, whatever clock a demonstration has.
    """
    state, browser, nonce, verifier = (jws.encode(entropy(SECRET_BYTES)) for _ in range(4))
    url = client.authorization_url(redirect=redirect, state=state, nonce=nonce, verifier=verifier, now=wall)
    attempt = Attempt(
        state_hash=_hashed(state),
        browser_hash=_hashed(browser),
        provider=client.provider.name,
        nonce=nonce,
        verifier=verifier,
        back=back,
        ends_at=now.plus(ATTEMPT_LIFE),
    )
    return attempt, Begun(url, browser)


def keep_attempt(tx: Transaction, attempt: Attempt, now: Instant) -> None:
    """Keep a sign-in that was begun, and clear away those that never came back."""
    for old in tx.find(ATTEMPTS, Condition("ends_at", "<=", now), order=("ends_at",), limit=SWEPT_MAX):
        tx.delete(ATTEMPTS, old.state_hash)
    tx.add(ATTEMPTS, attempt)


def take_attempt(tx: Transaction, provider: str, state: str, browser: str, now: Instant) -> Attempt | None:
    """Take an attempt away and return it; None for one that another browser began, and for one that is over or used."""
    key = (_hashed(state),)
    found = tx.lock(ATTEMPTS, [key]).get(key)
    if found is None or found.browser_hash != _hashed(browser) or found.provider != provider:
        return None
    tx.delete(ATTEMPTS, found.state_hash)
    return found if now < found.ends_at else None


def person_of_subject(tx: Transaction, issuer: str, subject: str) -> Person | None:
    """Return who a provider's subject is here; None for one whom nobody has entered."""
    found = tx.get(SUBJECTS, issuer, subject)
    return None if found is None else found.person


def enter_subject(tx: Transaction, issuer: str, subject: str, person: Person, now: Instant) -> None:
    """Enter who a provider's subject is here; an earlier entry is replaced."""
    entered = Subject(
        issuer=issuer,
        subject=subject,
        person_kind=person.kind,
        participant_id=person.participant_id,
        person_id=person.person_id,
        added_at=now,
    )
    tx.put(SUBJECTS, entered)


def _hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()
