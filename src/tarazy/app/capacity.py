"""In which capacity of the law somebody acts at the exchange: by what joined, and the officer's role there.

Nobody says it of themselves. An institution acts as what it is, whichever officer signs; at an authority it is the
officer's own role that counts, and only one that belongs to that authority: an "investigator" of a bank is a bank.

In a case an authority acts only if it is competent there: a case that a body has registered is that of its district,
and an office of another district acts in it as nothing.
"""

from typing import Final

from msgspec import Struct

from tarazy.app.records import CASES, OFFICERS, PARTICIPANTS, Case, Participant
from tarazy.app.store import Transaction
from tarazy.law.assessment import ActorRole
from tarazy.protocol import jws
from tarazy.protocol.wire import from_json
from tarazy.values.ids import CaseId, OfficerId, ParticipantId

OF_INSTITUTION: Final = {
    "bank": ActorRole.bank,
    "payments": ActorRole.payment_organisation,
    "exchange": ActorRole.exchange,
}
OF_OFFICIAL: Final = {
    ("police", "investigator"): ActorRole.investigator,
    ("prosecutor", "prosecutor"): ActorRole.prosecutor,
    ("court", "investigating_judge"): ActorRole.investigating_judge,
    ("court", "judge"): ActorRole.court,
    ("court", "regional_judge"): ActorRole.regional_court,
    ("supervisor", "supervisor"): ActorRole.supervisor,
    ("supervisor", "data_protection"): ActorRole.data_protection,
}

KEEPS_ACCOUNTS: Final = frozenset({"bank", "payments", "microfinance", "crypto"})
"""What joins and keeps accounts from which money can be paid: who is none of these is nobody's payer's bank."""


def capacity_of(kind: str, role: str) -> ActorRole:
    """Return as what an officer with a role acts at a participant of a kind."""
    return OF_OFFICIAL.get((kind, role)) or of_institution(kind)


def of_institution(kind: str) -> ActorRole:
    """Return as what a participant of a kind acts itself, whoever signs for it."""
    return OF_INSTITUTION.get(kind, ActorRole.other)


class _Signer(Struct):
    """Of a signed statement, whose it is: the rest was checked when it was taken."""

    participant_id: ParticipantId


def registered_by(case: Case) -> ParticipantId | None:
    """Return the body that has registered a case; None where no authority has it yet."""
    if case.registration_statement is None:
        return None
    return from_json(jws.read(case.registration_statement).payload, _Signer).participant_id


def is_competent(office: Participant, of_case: Participant | None) -> bool:
    """Return whether an office may act in a case: of its district, or one of the two has no district of its own.

    ``of_case`` is the body that has registered the case. A case that nobody has registered has no district yet.
    """
    if of_case is None or not office.places or not of_case.places:
        return True
    return not set(office.places).isdisjoint(of_case.places)


def officers_capacity(
    tx: Transaction, participant_id: ParticipantId, officer_id: OfficerId, case_id: CaseId | None = None
) -> ActorRole:
    """Return as what an officer acts now, by what the exchange keeps of them, in a case if one is named.

    Who is not active acts as nothing, and so does an authority in a case for which it is not competent.
    """
    participant = tx.get(PARTICIPANTS, participant_id)
    officer = tx.get(OFFICERS, participant_id, officer_id)
    if participant is None or officer is None or not (participant.is_active and officer.is_active):
        return ActorRole.other
    case = None if case_id is None else tx.get(CASES, case_id)
    body = None if case is None else registered_by(case)
    if body is not None and not is_competent(participant, tx.get(PARTICIPANTS, body)):
        return ActorRole.other
    return capacity_of(participant.kind, officer.role)
