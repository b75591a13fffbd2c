"""What the exchange keeps of appeals and of its own errors: codes, times and decisions; nobody's words lie open."""

from msgspec import Struct

from tarazy.app.store import Table
from tarazy.domain.appeal import AppealOutcome, AppealRoad, AppealStatus, Appellant, SilenceEffect, TurnedDown
from tarazy.domain.claim import ClaimStatus
from tarazy.domain.error import ErrorCause, ErrorKind, ErrorStatus, FoundBy
from tarazy.values.ids import AppealId, CaseId, ClaimId, ErrorId, HoldId, MeasureId, OfficerId, ParticipantId, SealedRef
from tarazy.values.instant import Instant


class Appeal(Struct, frozen=True, kw_only=True):
    """An appeal at one forum. One that goes on to the next forum is a new one with ``before_appeal_id``.

    ``measure_id`` is what it is against; a bank's own pause has the hold's id. ``participant_id`` is the holder's bank.
    ``forum_no`` is the place of the forum among the remedies of the measure, ``decider`` the capacity that decides.

    ``filed_at`` is when it was made, as it counts for the person; ``received_at`` when it came here, from which the
    forum's time runs. ``told_filed_at`` is what the bank has said of when it was made, where that lies further back
    than a message takes. ``completed_at`` and ``completed_road`` say when and how somebody identified completed what
    was begun by a code; ``completed_words`` is what they said beside it. ``lodged_statement`` and
    ``completed_statement`` are those of the assistants who wrote it down. ``turned_down`` is why it is not heard.
    """

    appeal_id: AppealId
    case_id: CaseId
    measure_id: MeasureId
    hold_id: HoldId
    participant_id: ParticipantId
    measure: str
    appellant: Appellant
    road: AppealRoad
    is_identified: bool
    grounds: tuple[str, ...]
    sealed_words: SealedRef | None
    forum: str
    forum_no: int
    decider: str
    learned_at: Instant | None
    filed_at: Instant
    received_at: Instant
    told_filed_at: Instant | None
    is_late: bool
    due_at: Instant | None
    on_silence: SilenceEffect
    status: AppealStatus
    reviewer_participant_id: ParticipantId | None
    reviewer_id: OfficerId | None
    outcome: AppealOutcome | None
    keep_minor: int
    statement: str | None
    decided_at: Instant | None
    executed_at: Instant | None
    before_appeal_id: AppealId | None
    next_appeal_id: AppealId | None
    completed_at: Instant | None = None
    completed_road: AppealRoad | None = None
    completed_words: SealedRef | None = None
    lodged_statement: str | None = None
    completed_statement: str | None = None
    turned_down: TurnedDown | None = None


class CodePresentation(Struct, frozen=True, kw_only=True):
    """A notice's code shown in the portal, sealed for the bank that it is said to be from."""

    presentation_id: str
    participant_id: ParticipantId
    sealed_code: SealedRef
    filed_at: Instant
    is_answered: bool
    appeal_id: AppealId | None


class RecordedError(Struct, frozen=True, kw_only=True):
    """A wrong of the exchange or of who acts in it: found, classified by somebody without a hand in it, published.

    ``held_minor`` and ``held_s`` are how much was wrongly held and for how many seconds, of the hold ``hold_id``;
    ``claim_minor`` is what is claimed for it in its currency.
    """

    error_id: ErrorId
    case_id: CaseId
    measure_id: MeasureId
    hold_id: HoldId
    participant_id: ParticipantId
    found_by: FoundBy
    cause: ErrorCause
    kind: ErrorKind | None
    status: ErrorStatus
    currency: str
    held_minor: int
    held_s: int
    noted_at: Instant
    classified_at: Instant | None
    classified_participant_id: ParticipantId | None
    classified_by: OfficerId | None
    statement: str | None
    claim_minor: int
    disclosed_at: Instant | None
    closed_at: Instant | None


class Claim(Struct, frozen=True, kw_only=True):
    """What somebody claims for an error upon a hold. ``participant_id`` is the holder's bank, ``claimant`` as whom.

    ``forum`` is where it goes on from a refusal. ``due_at`` is None where the law names no time for an answer.
    """

    claim_id: ClaimId
    error_id: ErrorId
    case_id: CaseId
    measure_id: MeasureId
    hold_id: HoldId
    participant_id: ParticipantId
    claimant: Appellant
    road: AppealRoad
    is_identified: bool
    heads: tuple[str, ...]
    sealed_words: SealedRef | None
    amount_minor: int
    currency: str
    filed_at: Instant
    due_at: Instant | None
    status: ClaimStatus
    accepted_minor: int
    forum: str | None
    answered_participant_id: ParticipantId | None
    answered_by: OfficerId | None
    statement: str | None
    answered_at: Instant | None
    settled_at: Instant | None


APPEALS = Table("appeals", Appeal, ("appeal_id",))
CODE_PRESENTATIONS = Table("code_presentations", CodePresentation, ("presentation_id",))
RECORDED_ERRORS = Table("recorded_errors", RecordedError, ("error_id",))

CLAIMS = Table("compensation_claims", Claim, ("claim_id",))

APPEAL_TABLES = (APPEALS, CODE_PRESENTATIONS, RECORDED_ERRORS, CLAIMS)
