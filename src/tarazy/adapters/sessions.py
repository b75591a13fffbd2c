"""Sessions: whom a program knows again, for how long, and how freshly they have shown that it is they.

A session is a random token of 256 bits that the browser keeps in a cookie no script reads; the store keeps its SHA-256
and nothing that would let a reader of the store come in. Signing in always makes a new token and ends the one that was
brought, so that a token which somebody planted before is worth nothing after. Time is passed in.
"""

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from msgspec import Struct

from tarazy.app.access import Who
from tarazy.app.store import Condition, Table, Transaction
from tarazy.values.ids import ParticipantId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

TOKEN_BYTES: Final = 32
IDLE: Final = timedelta(minutes=30)
"""How long a session lasts without being used: an officer who leaves the desk is signed out before lunch ends."""
WHOLE: Final = timedelta(hours=8)
"""How long a session lasts at most: one working day."""
FRESH: Final = timedelta(minutes=5)
"""How long a proof of who one is carries a signature."""
SEEN_EVERY: Final = timedelta(minutes=1)
"""A session that is used notes it so often and not with each page. Its idle end can come that much early, not late."""
SWEPT_MAX: Final = 100
"""How many sessions that are over are cleared away when another one begins."""

Entropy = Callable[[int], bytes]


class Method(StrEnum):
    """How somebody has shown who they are."""

    passkey = "passkey"
    oidc = "oidc"


class Person(Struct, frozen=True, kw_only=True):
    """Somebody as a program knows them: an officer by participant and id, a citizen by their account at this bank."""

    kind: Who
    participant_id: ParticipantId
    person_id: str


class Session(Struct, frozen=True, kw_only=True):
    """One session. At or after ``ends_at``, or `IDLE` after ``seen_at``, it is over, whatever is stored."""

    session_hash: str
    person_kind: Who
    participant_id: ParticipantId
    person_id: str
    method: Method
    signed_in_at: Instant
    seen_at: Instant
    ends_at: Instant
    fresh_until: Instant

    @property
    def person(self) -> Person:
        """Whose session it is."""
        return Person(kind=self.person_kind, participant_id=self.participant_id, person_id=self.person_id)

    def is_over(self, now: Instant) -> bool:
        """Whether it counts no more."""
        return now >= self.ends_at or now >= self.seen_at.plus(IDLE)

    def is_fresh(self, now: Instant) -> bool:
        """Whether it may sign now."""
        return now < self.fresh_until


SESSIONS = Table("sessions", Session, ("session_hash",), is_deletable=True)


def hash_of(token: str) -> str:
    """Return what is kept of a token."""
    return sha256(token.encode()).hexdigest()


def begin_session(
    tx: Transaction, person: Person, method: Method, now: Instant, entropy: Entropy, *, brought: str | None = None
) -> str:
    """Begin a session and return its token, which nobody has seen before. ``brought`` is the old one, which ends."""
    end_session(tx, brought)
    sweep_sessions(tx, now)
    token = entropy(TOKEN_BYTES).hex()
    session = Session(
        session_hash=hash_of(token),
        person_kind=person.kind,
        participant_id=person.participant_id,
        person_id=person.person_id,
        method=method,
        signed_in_at=now,
        seen_at=now,
        ends_at=now.plus(WHOLE),
        fresh_until=now.plus(FRESH),
    )
    tx.add(SESSIONS, session)
    return token


def session_of(tx: Transaction, token: str | None, now: Instant) -> Session | None:
    """Return the session of a token, None for one that is unknown or over. Using it puts off its idle end."""
    session = None if not token else tx.get(SESSIONS, hash_of(token))
    if session is None or session.is_over(now):
        return None
    if now < session.seen_at.plus(SEEN_EVERY):
        return session
    # Locked and read anew: whoever signs out in this moment must not be brought back by a page that was asked before.
    locked = tx.lock(SESSIONS, [(session.session_hash,)]).get((session.session_hash,))
    if locked is None or locked.is_over(now):
        return None
    seen = replace(locked, seen_at=now)
    tx.put(SESSIONS, seen)
    return seen


def end_session(tx: Transaction, token: str | None) -> None:
    """End the session of a token, if it has one. A copy of the cookie is worth nothing from now on."""
    if token and tx.get(SESSIONS, hash_of(token)) is not None:
        tx.delete(SESSIONS, hash_of(token))


def end_sessions_of(tx: Transaction, person: Person, *, but: str | None = None) -> int:
    """End every session of somebody but the one of the token ``but``; return how many."""
    mine = tx.find(
        SESSIONS,
        Condition("participant_id", "=", person.participant_id),
        Condition("person_id", "=", person.person_id),
        Condition("person_kind", "=", person.kind),
    )
    others = [one for one in mine if but is None or one.session_hash != hash_of(but)]
    for one in others:
        tx.delete(SESSIONS, one.session_hash)
    return len(others)


def sweep_sessions(tx: Transaction, now: Instant) -> None:
    """Clear away sessions that are over."""
    for one in tx.find(SESSIONS, Condition("ends_at", "<=", now), order=("ends_at",), limit=SWEPT_MAX):
        tx.delete(SESSIONS, one.session_hash)
