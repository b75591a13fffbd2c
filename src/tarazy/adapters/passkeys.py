"""Passkeys: enrolled, used, named and taken away. The ceremonies of WebAuthn with a challenge that works once.

A passkey must be discoverable and verify its person, so that nobody types a name and no list of people is ever shown.
An officer's first passkey is enrolled with an invitation: a code that works once, given by the one who runs the
program. Nothing here asks an outside service: no attestation is demanded, and none is looked up.
"""

from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final, NamedTuple

import webauthn
from msgspec import Struct
from webauthn.helpers import parse_authentication_credential_json, parse_registration_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tarazy.adapters.sessions import Entropy, Person
from tarazy.app.access import Who
from tarazy.app.store import Condition, Table, Transaction
from tarazy.protocol import jws
from tarazy.values.ids import ParticipantId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

CHALLENGE_BYTES: Final = 32
HANDLE_BYTES: Final = 32
CHALLENGE_LIFE: Final = timedelta(minutes=5)
INVITATION_BYTES: Final = 15
INVITATION_LIFE: Final = timedelta(hours=24)
PASSKEYS_MAX: Final = 10
"""How many passkeys one person has at most: a telephone, a computer, a key in the safe, and some to spare."""
NAME_LENGTH_MAX: Final = 60
RESPONSE_BYTES_MAX: Final = 16 * 1024
SWEPT_MAX: Final = 100


class Purpose(StrEnum):
    """What a challenge was made for. One that was made for another purpose is no challenge."""

    enrol = "enrol"
    sign_in = "sign_in"


class NotEnrolled(StrEnum):
    """Why a passkey was not taken, or nobody was let in by it: the end of the code of a text."""

    challenge_over = "challenge_over"
    not_believed = "not_believed"
    unknown_passkey = "unknown_passkey"
    too_many = "too_many"
    known_already = "known_already"
    invitation_over = "invitation_over"


class Passkey(Struct, frozen=True, kw_only=True):
    """One passkey of one person. ``user_handle`` is random: what the authenticator keeps says nothing of a person."""

    credential_id: str
    user_handle: str
    person_kind: Who
    participant_id: ParticipantId
    person_id: str
    name: str
    public_key: bytes
    sign_count: int
    aaguid: str
    is_backed_up: bool
    added_at: Instant
    last_used_at: Instant | None

    @property
    def person(self) -> Person:
        """Whose passkey it is."""
        return Person(kind=self.person_kind, participant_id=self.participant_id, person_id=self.person_id)


class Challenge(Struct, frozen=True, kw_only=True):
    """What an authenticator has to answer, kept for the browser that asked; asking again replaces it."""

    bound_to: str
    purpose: Purpose
    challenge: str
    user_handle: str
    ends_at: Instant


class Invitation(Struct, frozen=True, kw_only=True):
    """That somebody may enrol a passkey once. The code itself is not kept."""

    code_hash: str
    person_kind: Who
    participant_id: ParticipantId
    person_id: str
    ends_at: Instant

    @property
    def person(self) -> Person:
        """Who was invited."""
        return Person(kind=self.person_kind, participant_id=self.participant_id, person_id=self.person_id)


class RelyingParty(NamedTuple):
    """The site that passkeys belong to: its domain, its name for people, and the origins of its pages."""

    rp_id: str
    name: str
    origins: tuple[str, ...]


PASSKEYS = Table("passkeys", Passkey, ("credential_id",), is_deletable=True)
CHALLENGES = Table("sign_in_challenges", Challenge, ("bound_to", "purpose"), is_deletable=True)
INVITATIONS = Table("sign_in_invitations", Invitation, ("code_hash",), is_deletable=True)


def passkeys_of(tx: Transaction, person: Person) -> list[Passkey]:
    """Return somebody's passkeys, the oldest first."""
    return tx.find(PASSKEYS, *_whose(person), order=("added_at",))


def invite(tx: Transaction, person: Person, now: Instant, entropy: Entropy) -> str:
    """Invite somebody to enrol a passkey; return the code, which is not kept. An earlier invitation of theirs ends."""
    for old in tx.find(INVITATIONS, *_whose(person)):
        tx.delete(INVITATIONS, old.code_hash)
    code = jws.encode(entropy(INVITATION_BYTES))
    tx.add(
        INVITATIONS,
        Invitation(
            code_hash=_hashed(code),
            person_kind=person.kind,
            participant_id=person.participant_id,
            person_id=person.person_id,
            ends_at=now.plus(INVITATION_LIFE),
        ),
    )
    return code


def invited(tx: Transaction, code: str, now: Instant) -> Person | None:
    """Return who was invited with a code, None for one that is unknown, used or over."""
    found = tx.get(INVITATIONS, _hashed(code))
    return None if found is None or now >= found.ends_at else found.person


def use_invitation(tx: Transaction, code: str) -> None:
    """End an invitation: its code has been used."""
    tx.delete(INVITATIONS, _hashed(code))


def enrolment_options(
    tx: Transaction, site: RelyingParty, person: Person, shown_as: str, bound_to: str, now: Instant, entropy: Entropy
) -> str | NotEnrolled:
    """Return what the browser is asked to enrol, as JSON."""
    own = passkeys_of(tx, person)
    if len(own) >= PASSKEYS_MAX:
        return NotEnrolled.too_many
    handle = jws.decode(own[0].user_handle) if own else entropy(HANDLE_BYTES)
    challenge = _challenge(tx, Purpose.enrol, bound_to, jws.encode(handle), now, entropy)
    options = webauthn.generate_registration_options(
        rp_id=site.rp_id,
        rp_name=site.name,
        user_id=handle,
        user_name=shown_as,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=jws.decode(one.credential_id)) for one in own],
    )
    return webauthn.options_to_json(options)


def enrol(
    tx: Transaction, site: RelyingParty, person: Person, name: str, bound_to: str, response: str, now: Instant
) -> Passkey | NotEnrolled:
    """Keep the passkey that the browser has made in answer to `enrolment_options`."""
    asked = _taken(tx, Purpose.enrol, bound_to, now)
    if asked is None:
        return NotEnrolled.challenge_over
    try:
        made = webauthn.verify_registration_response(
            credential=parse_registration_credential_json(response),
            expected_challenge=jws.decode(asked.challenge),
            expected_rp_id=site.rp_id,
            expected_origin=list(site.origins),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        return NotEnrolled.not_believed
    credential_id = jws.encode(made.credential_id)
    if tx.get(PASSKEYS, credential_id) is not None:
        return NotEnrolled.known_already
    if len(passkeys_of(tx, person)) >= PASSKEYS_MAX:
        return NotEnrolled.too_many
    passkey = Passkey(
        credential_id=credential_id,
        user_handle=asked.user_handle,
        person_kind=person.kind,
        participant_id=person.participant_id,
        person_id=person.person_id,
        name=name[:NAME_LENGTH_MAX],
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        aaguid=made.aaguid,
        is_backed_up=made.credential_backed_up,
        added_at=now,
        last_used_at=None,
    )
    tx.add(PASSKEYS, passkey)
    return passkey


def sign_in_options(tx: Transaction, site: RelyingParty, bound_to: str, now: Instant, entropy: Entropy) -> str:
    """Return what the browser is asked to sign, as JSON. It names no passkey: the person's own device knows theirs."""
    options = webauthn.generate_authentication_options(
        rp_id=site.rp_id,
        challenge=_challenge(tx, Purpose.sign_in, bound_to, "", now, entropy),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def signed_in(tx: Transaction, site: RelyingParty, bound_to: str, response: str, now: Instant) -> Person | NotEnrolled:
    """Return who has answered the challenge of `sign_in_options`."""
    asked = _taken(tx, Purpose.sign_in, bound_to, now)
    if asked is None:
        return NotEnrolled.challenge_over
    try:
        credential = parse_authentication_credential_json(response)
        key = (jws.encode(credential.raw_id),)
        passkey = tx.lock(PASSKEYS, [key]).get(key)  # one that is taken away in this moment must not be put back
        if passkey is None:
            return NotEnrolled.unknown_passkey
        shown = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=jws.decode(asked.challenge),
            expected_rp_id=site.rp_id,
            expected_origin=list(site.origins),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        return NotEnrolled.not_believed
    handle = credential.response.user_handle
    if handle is None or jws.encode(handle) != passkey.user_handle:
        return NotEnrolled.not_believed
    tx.put(PASSKEYS, replace(passkey, sign_count=shown.new_sign_count, last_used_at=now))
    return passkey.person


def rename_passkey(tx: Transaction, person: Person, credential_id: str, name: str) -> bool:
    """Give one of somebody's own passkeys another name; return whether there is such a one."""
    found = tx.lock(PASSKEYS, [(credential_id,)]).get((credential_id,))
    if found is None or found.person != person or not name.strip():
        return False
    tx.put(PASSKEYS, replace(found, name=name.strip()[:NAME_LENGTH_MAX]))
    return True


def remove_passkey(tx: Transaction, person: Person, credential_id: str) -> bool:
    """Take away one of somebody's own passkeys; return whether there was such a one."""
    found = tx.get(PASSKEYS, credential_id)
    if found is None or found.person != person:
        return False
    tx.delete(PASSKEYS, credential_id)
    return True


def _whose(person: Person) -> tuple[Condition, ...]:
    return (
        Condition("participant_id", "=", person.participant_id),
        Condition("person_id", "=", person.person_id),
        Condition("person_kind", "=", person.kind),
    )


def _challenge(
    tx: Transaction, purpose: Purpose, bound_to: str, user_handle: str, now: Instant, entropy: Entropy
) -> bytes:
    for old in tx.find(CHALLENGES, Condition("ends_at", "<=", now), order=("ends_at",), limit=SWEPT_MAX):
        tx.delete(CHALLENGES, old.bound_to, old.purpose)
    challenge = entropy(CHALLENGE_BYTES)
    tx.put(
        CHALLENGES,
        Challenge(
            bound_to=bound_to,
            purpose=purpose,
            challenge=jws.encode(challenge),
            user_handle=user_handle,
            ends_at=now.plus(CHALLENGE_LIFE),
        ),
    )
    return challenge


def _taken(tx: Transaction, purpose: Purpose, bound_to: str, now: Instant) -> Challenge | None:
    """Take a challenge away and return it, None for one that is over: whatever comes of the answer, it is used."""
    found = tx.lock(CHALLENGES, [(bound_to, purpose)]).get((bound_to, purpose))
    if found is None:
        return None
    tx.delete(CHALLENGES, bound_to, purpose)
    return found if now < found.ends_at else None


def _hashed(code: str) -> str:
    return sha256(code.strip().encode()).hexdigest()
