"""Who takes part in stories: programs and officers with their keys, and accounts."""

from collections.abc import Sequence
from functools import cache
from typing import Final

from tarazy.adapters.keys import Keyring, derived_entropy, new_keyring
from tarazy.agent.core_port import OpenedAccount
from tarazy.app.records import OFFICERS, PARTICIPANTS, Officer, Participant
from tarazy.app.store import Transaction
from tarazy.domain.entry import AccountKind
from tarazy.values.ids import AccountId, OfficerId, ParticipantId
from tarazy.values.instant import Instant

START: Final = Instant.parse("2026-11-22T10:00:00+05:00")
POLICE: Final = ParticipantId("police")
OFFICER: Final = OfficerId("officer-1")
COLLEAGUE: Final = OfficerId("officer-2")
THIRD: Final = OfficerId("officer-3")


@cache
def keyring(name: str) -> Keyring:
    """Return the keys of a program, always the same."""
    return new_keyring(ParticipantId(name), [OFFICER, COLLEAGUE, THIRD], derived_entropy(name.encode()))


def participant(name: str, level: str, kind: str = "bank") -> Participant:
    """Return a participant as it joins."""
    ring = keyring(name)
    return Participant(
        participant_id=ring.participant_id,
        kind=kind,
        name=name,
        url="",
        level=level,
        signing_key=ring.signing.public.hex(),
        sealing_key=ring.sealing_public.hex(),
        is_active=True,
        joined_at=START,
    )


def officer(name: str, officer_id: OfficerId, role: str = "analyst") -> Officer:
    """Return an officer as the exchange knows them."""
    public = keyring(name).officers[officer_id].public.hex()
    return Officer(
        participant_id=ParticipantId(name), officer_id=officer_id, role=role, signing_key=public, is_active=True
    )


def seed(tx: Transaction, participants: Sequence[Participant], officers: Sequence[Officer]) -> None:
    """Let participants and officers join."""
    for participant in participants:
        tx.add(PARTICIPANTS, participant)
    for officer in officers:
        tx.add(OFFICERS, officer)


def opened(name: str, opening: int, kind: AccountKind, currency: str = "KZT") -> OpenedAccount:
    """Return an account as a core opens it."""
    return OpenedAccount(
        account_id=AccountId(name),
        kind=kind,
        currency=currency,
        is_natural_person=kind is AccountKind.personal,
        opening_minor=opening,
    )
