"""Identifiers. The caller makes each id, and the id is the idempotency key: same id and content, same answer.

An id names nothing about a person: it is made of a prefix that says what it names and of random or derived hex.
"""

from hashlib import sha256
from typing import NewType

ParticipantId = NewType("ParticipantId", str)
OfficerId = NewType("OfficerId", str)
AccountId = NewType("AccountId", str)
TransferRef = NewType("TransferRef", str)
"""What a transfer is called between two banks (UETR or end-to-end id). Leaves a bank only sealed."""
SealedRef = NewType("SealedRef", str)
"""A transfer reference that only the institution it is meant for can open."""
MessageId = NewType("MessageId", str)
ReportId = NewType("ReportId", str)
IncidentId = NewType("IncidentId", str)
CaseId = NewType("CaseId", str)
TracingId = NewType("TracingId", str)
PieceId = NewType("PieceId", str)
HoldId = NewType("HoldId", str)
MandateId = NewType("MandateId", str)
NoticeId = NewType("NoticeId", str)
RefundId = NewType("RefundId", str)
AuthorisationId = NewType("AuthorisationId", str)
EventId = NewType("EventId", str)
DisclosureId = NewType("DisclosureId", str)
NormId = NewType("NormId", str)
MeasureId = NewType("MeasureId", str)
MotionId = NewType("MotionId", str)
"""One act of an officer upon many holds: measures that begin at once, or that an authority is asked for."""
LineId = NewType("LineId", str)
DecisionId = NewType("DecisionId", str)
DeadlineId = NewType("DeadlineId", str)
DeferralId = NewType("DeferralId", str)
AppealId = NewType("AppealId", str)
ErrorId = NewType("ErrorId", str)
ClaimId = NewType("ClaimId", str)
HearingId = NewType("HearingId", str)
PaperId = NewType("PaperId", str)

ID_LENGTH_MAX = 80


def derived(prefix: str, *parts: str | int) -> str:
    """Return an id that is the same for the same ``parts``: what follows from a message is never made twice.

    128 bits of SHA-256 over the length-prefixed parts, so that no two lists of parts read alike.
    """
    text = "".join(f"{len(str(part))}:{part}" for part in parts)
    return f"{prefix}_{sha256(text.encode()).hexdigest()[:32]}"
