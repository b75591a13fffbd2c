"""Keys: Ed25519 for signatures, sealed boxes (X25519) for transfer references, and who is trusted with which.

A program has one signing and one sealing key. Officers have a signing key each; in the demonstration it lies in the
bank's key file, elsewhere behind a signature port.
"""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nacl.exceptions import BadSignatureError, CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.signing import VerifyKey

from tarazy.app.capacity import capacity_of
from tarazy.app.records import Officer, Participant
from tarazy.law.assessment import ActorRole
from tarazy.protocol import jws
from tarazy.protocol.message import key_id_of
from tarazy.values.ids import OfficerId, ParticipantId, SealedRef

KEY_NUMBER = 1
SEED_BYTES = 32


@dataclass(frozen=True)
class SigningKey:
    """An Ed25519 key made of 32 secret bytes."""

    seed: bytes

    @property
    def public(self) -> bytes:
        """The 32 bytes that others check signatures with."""
        return self._key().public_key().public_bytes_raw()

    def signer(self) -> jws.Sign:
        """Return what signs with this key."""
        return self._key().sign

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def verifier(public: bytes) -> jws.Verify:
    """Return what checks signatures of the key ``public``."""
    key = VerifyKey(public)

    def verify(signature: bytes, signed: bytes) -> bool:
        try:
            key.verify(signed, signature)
        except (BadSignatureError, ValueError):
            return False
        return True

    return verify


@dataclass(frozen=True)
class Keyring:
    """A participant's own secrets: its signing and sealing keys and those of its officers (demonstration only)."""

    participant_id: ParticipantId
    signing: SigningKey
    sealing_seed: bytes
    officers: Mapping[OfficerId, SigningKey]

    @property
    def key_id(self) -> str:
        """The id that its messages name."""
        return key_id_of(self.participant_id, KEY_NUMBER)

    @property
    def sealing_public(self) -> bytes:
        """The 32 bytes that others seal references with."""
        return bytes(PrivateKey(self.sealing_seed).public_key)

    @cached_property
    def _box(self) -> SealedBox[PrivateKey]:
        return SealedBox(PrivateKey(self.sealing_seed))

    def unseal(self, sealed: SealedRef) -> str | None:
        """Open what was sealed for this participant; None for anything else."""
        try:
            return self._box.decrypt(jws.decode(sealed)).decode()
        except (CryptoError, jws.SignatureFault, UnicodeDecodeError, ValueError):
            return None


def new_keyring(
    participant_id: ParticipantId, officers: Iterable[OfficerId], entropy: Callable[[int], bytes] = os.urandom
) -> Keyring:
    """Make all keys of a participant."""
    return Keyring(
        participant_id=participant_id,
        signing=SigningKey(entropy(SEED_BYTES)),
        sealing_seed=entropy(SEED_BYTES),
        officers={officer_id: SigningKey(entropy(SEED_BYTES)) for officer_id in officers},
    )


def derived_entropy(secret: bytes) -> Callable[[int], bytes]:
    """Return bytes that follow from ``secret``, for a simulation that must be the same each time."""
    counter = 0

    def entropy(length: int) -> bytes:
        nonlocal counter
        counter += 1
        blocks = (length + 31) // 32
        stream = b"".join(
            sha256(secret + counter.to_bytes(8, "big") + block.to_bytes(2, "big")).digest() for block in range(blocks)
        )
        return stream[:length]

    return entropy


class Trust:
    """Whose signatures are believed and whom references can be sealed for. Replaced as a whole when it changes."""

    def __init__(self, participants: Iterable[Participant], officers: Iterable[Officer]) -> None:
        self._keys: dict[str, jws.Verify] = {}
        self._boxes: dict[ParticipantId, SealedBox[PublicKey]] = {}
        self._officers: dict[tuple[ParticipantId, OfficerId], jws.Verify] = {}
        self._capacities: dict[tuple[ParticipantId, OfficerId], ActorRole] = {}
        self.replace(participants, officers)

    def replace(self, participants: Iterable[Participant], officers: Iterable[Officer]) -> None:
        """Believe these from now on and nobody else."""
        active = [participant for participant in participants if participant.is_active]
        kinds = {participant.participant_id: participant.kind for participant in active}
        officers = [officer for officer in officers if officer.is_active]
        self._keys = {
            key_id_of(one.participant_id, KEY_NUMBER): verifier(bytes.fromhex(one.signing_key)) for one in active
        }
        self._boxes = {one.participant_id: SealedBox(PublicKey(bytes.fromhex(one.sealing_key))) for one in active}
        self._officers = {
            (one.participant_id, one.officer_id): verifier(bytes.fromhex(one.signing_key)) for one in officers
        }
        self._capacities = {
            (one.participant_id, one.officer_id): capacity_of(kinds[one.participant_id], one.role)
            for one in officers
            if one.participant_id in kinds
        }

    def key_of(self, key_id: str) -> jws.Verify | None:
        """Return the check of a participant's key."""
        return self._keys.get(key_id)

    def officer_key_of(self, participant_id: ParticipantId, officer_id: OfficerId) -> jws.Verify | None:
        """Return the check of an officer's key."""
        return self._officers.get((participant_id, officer_id))

    def officer_capacity(self, participant_id: ParticipantId, officer_id: OfficerId) -> ActorRole:
        """Return as what an officer acts; whoever is not active, or of a participant that is not, acts as nothing."""
        return self._capacities.get((participant_id, officer_id), ActorRole.other)

    def seal(self, participant_id: ParticipantId, text: str) -> SealedRef:
        """Seal a text for one participant. One that is not joined gets a reference that nobody can open."""
        box = self._boxes.get(participant_id)
        if box is None:
            return SealedRef(jws.encode(sha256(os.urandom(SEED_BYTES)).digest()))
        return SealedRef(jws.encode(box.encrypt(text.encode())))


def write_keyring(keyring: Keyring, path: Path) -> None:
    """Keep a keyring in a file that only its owner can read."""
    secrets = {
        "participant_id": keyring.participant_id,
        "signing": keyring.signing.seed.hex(),
        "sealing": keyring.sealing_seed.hex(),
        "officers": {officer_id: key.seed.hex() for officer_id, key in keyring.officers.items()},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(secrets, file)


def read_keyring(path: Path) -> Keyring:
    """Read what `write_keyring` wrote."""
    secrets = json.loads(path.read_text())
    return Keyring(
        participant_id=ParticipantId(secrets["participant_id"]),
        signing=SigningKey(bytes.fromhex(secrets["signing"])),
        sealing_seed=bytes.fromhex(secrets["sealing"]),
        officers={OfficerId(name): SigningKey(bytes.fromhex(seed)) for name, seed in secrets["officers"].items()},
    )
