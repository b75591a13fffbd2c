"""In which capacity of the law somebody acts at the exchange: by what joined, and the officer's role there.

Nobody says it of themselves. An institution acts as what it is, whichever officer signs; at an authority it is the
officer's own role that counts, and only one that belongs to that authority: an "investigator" of a bank is a bank.
"""

from typing import Final

from tarazy.app.records import OFFICERS, PARTICIPANTS
from tarazy.app.store import Transaction
from tarazy.law.assessment import ActorRole
from tarazy.values.ids import OfficerId, ParticipantId

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


def officers_capacity(tx: Transaction, participant_id: ParticipantId, officer_id: OfficerId) -> ActorRole:
    """Return as what an officer acts now, by what the exchange keeps of them; who is not active acts as nothing."""
    participant = tx.get(PARTICIPANTS, participant_id)
    officer = tx.get(OFFICERS, participant_id, officer_id)
    if participant is None or officer is None or not (participant.is_active and officer.is_active):
        return ActorRole.other
    return capacity_of(participant.kind, officer.role)
