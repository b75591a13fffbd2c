"""Sessions: how long they last, and what a stolen, planted or replayed cookie is worth."""

from datetime import timedelta

import pytest

from tarazy.adapters.memory import MemoryStore
from tarazy.adapters.sessions import (
    FRESH,
    IDLE,
    SESSIONS,
    WHOLE,
    Method,
    Person,
    begin_session,
    end_session,
    end_sessions_of,
    hash_of,
    session_of,
)
from tarazy.app.access import Who
from tarazy.values.ids import ParticipantId
from tarazy.values.instant import Instant

START = Instant.parse("2026-11-22T04:00:00Z")
OFFICER = Person(kind=Who.officer, participant_id=ParticipantId("bank-a"), person_id="analyst-1")
SECOND = timedelta(seconds=1)


class Entropy:
    """Bytes that differ each time."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, length: int) -> bytes:
        self.count += 1
        return self.count.to_bytes(length, "big")


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def entropy() -> Entropy:
    return Entropy()


def begun(store: MemoryStore, entropy: Entropy, now: Instant = START, brought: str | None = None) -> str:
    return store.run(lambda tx: begin_session(tx, OFFICER, Method.passkey, now, entropy, brought=brought))


def is_known(store: MemoryStore, token: str | None, now: Instant) -> bool:
    return store.run(lambda tx: session_of(tx, token, now)) is not None


def test_the_store_keeps_a_hash_and_not_the_token(store: MemoryStore, entropy: Entropy) -> None:
    token = begun(store, entropy)
    (row,) = store.run(lambda tx: tx.find(SESSIONS))
    assert (len(token), row.session_hash) == (64, hash_of(token))
    assert token not in repr(row)
    assert not is_known(store, row.session_hash, START)


def test_a_session_ends_when_it_is_not_used(store: MemoryStore, entropy: Entropy) -> None:
    token = begun(store, entropy)
    assert is_known(store, token, START.plus(IDLE - SECOND))
    assert is_known(store, token, START.plus(2 * IDLE - 2 * SECOND))
    assert not is_known(store, token, START.plus(3 * IDLE - 2 * SECOND))


def test_a_session_ends_however_much_it_is_used(store: MemoryStore, entropy: Entropy) -> None:
    token, now = begun(store, entropy), START
    while now < START.plus(WHOLE - timedelta(minutes=20)):
        now = now.plus(timedelta(minutes=20))
        assert is_known(store, token, now)
    assert not is_known(store, token, START.plus(WHOLE))


def test_a_proof_is_fresh_for_five_minutes_and_use_does_not_renew_it(store: MemoryStore, entropy: Entropy) -> None:
    token = begun(store, entropy)
    for after, is_fresh in ((FRESH - SECOND, True), (FRESH, False), (FRESH + IDLE / 2, False)):
        session = store.run(lambda tx, after=after: session_of(tx, token, START.plus(after)))
        assert session is not None
        assert session.is_fresh(START.plus(after)) is is_fresh


def test_a_cookie_that_was_copied_is_worth_nothing_after_signing_out(store: MemoryStore, entropy: Entropy) -> None:
    token = begun(store, entropy)
    store.run(lambda tx: end_session(tx, token))
    assert not is_known(store, token, START)


def test_a_token_that_was_planted_before_signing_in_is_worth_nothing_after(
    store: MemoryStore, entropy: Entropy
) -> None:
    planted = begun(store, entropy)
    own = begun(store, entropy, brought=planted)
    assert own != planted
    assert not is_known(store, planted, START)
    assert is_known(store, own, START)


@pytest.mark.parametrize("token", [None, "", "0" * 64, "\0", "x" * 10_000])
def test_what_is_no_token_is_nobody(store: MemoryStore, entropy: Entropy, token: str | None) -> None:
    begun(store, entropy)
    assert not is_known(store, token, START)


def test_all_others_end_but_ones_own(store: MemoryStore, entropy: Entropy) -> None:
    own, other = begun(store, entropy), begun(store, entropy)
    assert store.run(lambda tx: end_sessions_of(tx, OFFICER, but=own)) == 1
    assert (is_known(store, own, START), is_known(store, other, START)) == (True, False)


def test_what_is_over_is_cleared_away(store: MemoryStore, entropy: Entropy) -> None:
    begun(store, entropy)
    begun(store, entropy, START.plus(WHOLE))
    assert len(store.run(lambda tx: tx.find(SESSIONS))) == 1
