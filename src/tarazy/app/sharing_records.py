"""What the exchange keeps of personal data that was sent across a border (M11), and the record that travels with it."""

from typing import Final

from msgspec import Struct

from tarazy.app.store import Condition, Table, Transaction
from tarazy.domain.sharing import FellFor, SharingStatus
from tarazy.protocol.wire import to_json
from tarazy.values.ids import CaseId, MeasureId, NormId, OfficerId, ParticipantId
from tarazy.values.instant import Instant

SHARINGS_SHOWN_MAX: Final = 500


class Sharing(Struct, frozen=True, kw_only=True):
    """What kinds of data went to whom, under what, and until when. The data itself is not kept here.

    ``assertion_kinds`` says of each kind of data how it is known, ``accuracy_marks`` how far. An empty ``treaty_code``
    is none. ``risks`` are the answers to the list of risks.

    ``rests_on`` is from what of the case its ground is known, ``came_of`` from what of the case the data come: ids of
    measures, of banks' pauses (by their holds) and of facts. Where that is empty, it is the author's own record and
    what the reports and the banks' answers say. ``fell_with`` is what was found unlawful, ``fell_for`` why this fell.
    """

    sharing_id: str
    case_id: CaseId
    to_body: str
    country: str
    treaty_code: str
    purpose: str
    offence_id: str
    data: tuple[str, ...]
    person_roles: tuple[str, ...]
    assertion_kinds: tuple[str, ...]
    accuracy_marks: tuple[str, ...]
    risks: tuple[tuple[str, str], ...]
    rests_on: tuple[str, ...]
    came_of: tuple[str, ...]
    handling_code: str
    onward: bool
    hours: int
    author_participant_id: ParticipantId
    author_officer_id: OfficerId
    proposal: str
    reasons: str
    proposed_at: Instant
    decided_participant_id: ParticipantId | None
    decided_officer_id: OfficerId | None
    decision: str | None
    pack: str | None
    norms: tuple[NormId, ...]
    sent_at: Instant | None
    expires_at: Instant | None
    told_subject_at: Instant | None
    recalled_at: Instant | None
    recall_reasons: str | None
    fell_for: FellFor | None
    fell_with: MeasureId | None
    erasure_confirmed_at: Instant | None
    corrected_at: Instant | None
    correction: str | None
    correction_acknowledged_at: Instant | None
    status: SharingStatus


class TravellingRecord(Struct, frozen=True, kw_only=True):
    """What the recipient gets beside the data: for what it may be used, how it is handled, and when it ends.

    ``is_inadmissible`` says that it fell with what was found unlawful: no decision may rest on it here or there.
    """

    sharing_id: str
    to_body: str
    country: str
    treaty_code: str
    purpose: str
    data: tuple[str, ...]
    person_roles: tuple[str, ...]
    assertion_kinds: tuple[str, ...]
    accuracy_marks: tuple[str, ...]
    handling_code: str
    onward: bool
    sent_at: Instant
    erase_by: Instant
    is_recalled: bool
    is_inadmissible: bool
    correction: str | None


SHARINGS = Table("sharings", Sharing, ("sharing_id",))


def travelling_record(sharing: Sharing) -> str | None:
    """Return the record that travels with the data, as it stands now; None for what was never sent."""
    if sharing.sent_at is None or sharing.expires_at is None:
        return None
    record = TravellingRecord(
        sharing_id=sharing.sharing_id,
        to_body=sharing.to_body,
        country=sharing.country,
        treaty_code=sharing.treaty_code,
        purpose=sharing.purpose,
        data=sharing.data,
        person_roles=sharing.person_roles,
        assertion_kinds=sharing.assertion_kinds,
        accuracy_marks=sharing.accuracy_marks,
        handling_code=sharing.handling_code,
        onward=sharing.onward,
        sent_at=sharing.sent_at,
        erase_by=sharing.expires_at,
        is_recalled=sharing.recalled_at is not None,
        is_inadmissible=sharing.fell_for is not None,
        correction=sharing.correction,
    )
    return to_json(record).decode()


def sharings_of(tx: Transaction, case_id: CaseId) -> list[Sharing]:
    """Return what was to be sent in a case, newest first."""
    mine = Condition("case_id", "=", case_id)
    return tx.find(SHARINGS, mine, order=("proposed_at",), descending=True, limit=SHARINGS_SHOWN_MAX)
