"""Joining a network: what a participant's public record must be like, and how the network file takes it, whole.

The network file has public facts only. Two who change it at one moment wait for each other, and whoever reads it
meanwhile sees the old file or the new one.
"""

import fcntl
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tarazy.adapters.keys import Keyring, read_keyring, verifier
from tarazy.app.records import Officer, Participant
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.edge.config import Network, read_network, write_json
from tarazy.values.ids import OfficerId, ParticipantId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

NAME_LENGTH_MAX: Final = 120
PLACES_MAX: Final = 50
OFFICERS_MAX: Final = 200
KEY_BYTES: Final = 32
READABLE_BY_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO

_ID = re.compile(r"[a-z][a-z0-9-]{2,39}")
_ROLE = re.compile(r"[a-z][a-z_-]{2,39}")
_HEX_KEY = re.compile(r"[0-9a-f]{64}")


class JoinFault(Exception):
    """Something cannot join as it is; the text says what was expected."""


class ParticipantKind(StrEnum):
    """What joins."""

    bank = "bank"
    payments = "payments"
    microfinance = "microfinance"
    telecom = "telecom"
    crypto = "crypto"
    credit_bureau = "credit_bureau"
    platform = "platform"
    police = "police"
    prosecutor = "prosecutor"
    court = "court"
    supervisor = "supervisor"
    exchange = "exchange"


WITH_PLACES: Final = frozenset({ParticipantKind.police, ParticipantKind.prosecutor, ParticipantKind.court})
"""Who acts for a district: whom a case is before depends on which body has registered it."""


class Level(StrEnum):
    """How far a participant takes part: desk, files, an agent that reserves, one that screens payments as well."""

    L0 = "L0"
    L1 = "L1"
    L2 = "L2"
    L3 = "L3"

    @property
    def has_agent(self) -> bool:
        """Whether messages are carried to an agent."""
        return self in {Level.L2, Level.L3}


def record_of(
    ring: Keyring,
    *,
    name: str,
    kind: ParticipantKind,
    level: Level,
    url: str,
    roles: dict[OfficerId, str],
    joined_at: Instant,
    places: tuple[str, ...] = (),
) -> Network:
    """Return the public record of a participant and its officers: a network of one. Raises JoinFault."""
    participant = Participant(
        participant_id=ring.participant_id,
        kind=kind,
        name=name,
        url=url,
        level=level,
        signing_key=ring.signing.public.hex(),
        sealing_key=ring.sealing_public.hex(),
        is_active=True,
        joined_at=joined_at,
        places=places,
    )
    officers = tuple(
        Officer(
            participant_id=ring.participant_id,
            officer_id=officer_id,
            role=role,
            signing_key=ring.officers[officer_id].public.hex(),
            is_active=True,
        )
        for officer_id, role in roles.items()
    )
    record = Network(participants=(participant,), officers=officers)
    check_record(record)
    return record


def check_record(record: Network) -> None:
    """Raise JoinFault for a record that could not take part, whoever made it."""
    if len(record.participants) != 1:
        raise JoinFault("record: expected one participant")
    participant = record.participants[0]
    check_id("id", participant.participant_id)
    if not 0 < len(participant.name) <= NAME_LENGTH_MAX or not participant.name.isprintable():
        raise JoinFault(f"name: expected at most {NAME_LENGTH_MAX} printable characters")
    if participant.kind not in set(ParticipantKind):
        raise JoinFault(f"kind: expected one of {', '.join(ParticipantKind)}")
    if participant.level not in set(Level):
        raise JoinFault(f"level: expected one of {', '.join(Level)}")
    if (participant.kind == ParticipantKind.exchange) != (participant.participant_id == EXCHANGE_ID):
        raise JoinFault(f"id: expected {EXCHANGE_ID} for the exchange, and for nobody else")
    if participant.url or Level(participant.level).has_agent:
        _check_url(participant.url)
    _check_places(participant)
    for key in (participant.signing_key, participant.sealing_key):
        _check_key(key)
    _check_officers(participant.participant_id, record.officers)


def check_id(what: str, text: str) -> None:
    """Raise JoinFault for an id that is not of our form: it stands in addresses, file names and signatures."""
    if not _ID.fullmatch(text):
        raise JoinFault(f"{what}: expected 3 to 40 small letters, digits and hyphens, a letter first")


def _check_places(participant: Participant) -> None:
    if participant.places and participant.kind not in WITH_PLACES:
        raise JoinFault(f"place: expected none, only {', '.join(sorted(WITH_PLACES))} are competent for a district")
    are_names = all(0 < len(one) <= NAME_LENGTH_MAX and one.isprintable() for one in participant.places)
    if not are_names or len(participant.places) > PLACES_MAX:
        raise JoinFault(f"place: expected at most {PLACES_MAX}, each of at most {NAME_LENGTH_MAX} printable characters")


def _check_officers(participant_id: ParticipantId, officers: tuple[Officer, ...]) -> None:
    if len(officers) > OFFICERS_MAX:
        raise JoinFault(f"officers: expected at most {OFFICERS_MAX}")
    if len({officer.officer_id for officer in officers}) < len(officers):
        raise JoinFault("officers: expected each officer once")
    for officer in officers:
        check_id("officer", officer.officer_id)
        if not _ROLE.fullmatch(officer.role):
            raise JoinFault("officer: expected a role of 3 to 40 small letters, hyphens or underscores")
        if officer.participant_id != participant_id:
            raise JoinFault("officers: expected officers of this participant only")
        _check_key(officer.signing_key)


def _check_key(text: str) -> None:
    if not _HEX_KEY.fullmatch(text):
        raise JoinFault(f"keys: expected {KEY_BYTES} bytes in small hex")
    try:
        verifier(bytes.fromhex(text))
    except ValueError:
        raise JoinFault("keys: expected a point of the curve") from None


def _check_url(url: str) -> None:
    expected = "url: expected https://host or https://host:port and nothing after it (http on loopback only)"
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise JoinFault(expected) from None
    is_bare = not (parts.path or parts.query or parts.fragment or parts.username or parts.password)
    if not parts.hostname or not is_bare or not url.isascii() or not url.isprintable() or " " in url:
        raise JoinFault(expected)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname)):
        raise JoinFault(expected)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def joined(network: Network, record: Network) -> Network:
    """Return the network with one participant more. Raises JoinFault for whoever is there, under any name."""
    check_record(record)
    new = record.participants[0]
    known_keys = {key for one in network.participants for key in (one.signing_key, one.sealing_key)}
    known_keys |= {one.signing_key for one in network.officers}
    own_keys = [new.signing_key, new.sealing_key, *(one.signing_key for one in record.officers)]
    if new.participant_id in {one.participant_id for one in network.participants}:
        raise JoinFault(f"{new.participant_id}: is joined already")
    if known_keys & set(own_keys) or len(set(own_keys)) < len(own_keys):
        raise JoinFault(f"{new.participant_id}: expected keys that nobody else has and that differ; make new ones")
    if new.url and new.url in {one.url for one in network.participants}:
        raise JoinFault("url: expected one where no other participant answers")
    return Network(
        participants=(*network.participants, new),
        officers=(*network.officers, *record.officers),
    )


def with_activity(network: Network, participant_id: str, *, is_active: bool) -> Network:
    """Return the network with a participant suspended, or active again. Raises JoinFault."""
    known = {one.participant_id: one for one in network.participants}
    found = known.get(ParticipantId(participant_id))
    if found is None:
        raise JoinFault(f"id: expected one of {', '.join(known)}")
    if found.participant_id == EXCHANGE_ID:
        raise JoinFault("the exchange itself is stopped, not suspended")
    if found.is_active == is_active:
        raise JoinFault(f"{participant_id}: is {'active' if is_active else 'suspended'} already")
    changed = replace(found, is_active=is_active)
    participants = tuple(changed if one is found else one for one in network.participants)
    return Network(participants=participants, officers=network.officers)


def change_network(path: Path, change: Callable[[Network], Network]) -> Network:
    """Change the network file as a whole and return what it says now. Raises ConfigFault, and JoinFault of ``change``.

    A file that does not exist is an empty network; only the exchange can start one.
    """
    with _alone(path):
        before = read_network(path) if path.exists() else None
        after = change(before or Network(participants=(), officers=()))
        if before is None and after.participants[0].kind != ParticipantKind.exchange:
            raise JoinFault(f"{path}: no such network file; the exchange (--kind exchange) starts one")
        write_json(path, after)
    return after


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Wait for whoever else changes the file. The waiting file stays: removing it would let two pass."""
    try:
        descriptor = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as fault:
        raise JoinFault(f"{path}: cannot be changed ({fault.strerror})") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def read_private_keyring(path: Path) -> Keyring:
    """Read a keyring that nobody but its owner can read. Raises JoinFault."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & READABLE_BY_OTHERS:
            raise JoinFault(f"{path}: others can read these keys; make new ones, or at least `chmod 600` this file")
        return read_keyring(path)
    except OSError as fault:
        raise JoinFault(f"{path}: cannot be read ({fault.strerror})") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise JoinFault(f"{path}: expected a key file that `tarazy participant add` wrote") from None
