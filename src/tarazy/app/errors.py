"""The error register: what went wrong is noted in the transaction that finds it, and classified by other hands."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tarazy.app.appeal_records import RECORDED_ERRORS, RecordedError
from tarazy.app.capacity import officers_capacity
from tarazy.app.deadlines import Owed, close_deadline, open_deadline
from tarazy.app.eventing import record
from tarazy.app.hands import hands_of
from tarazy.app.measure_records import CASE_MEASURES
from tarazy.app.messages import queue
from tarazy.app.records import CASE_HOLDS, CaseHold
from tarazy.app.setting import Setting
from tarazy.app.statements import Signed, signed_statement
from tarazy.app.store import Transaction
from tarazy.domain.deadline import Duty, IfMissed
from tarazy.domain.error import ErrorCause, ErrorKind, ErrorStatus, FoundBy, moved
from tarazy.domain.hands import Hand, had_a_hand
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import ActorRole
from tarazy.law.clock import Side
from tarazy.law.terms import Branch
from tarazy.protocol.bodies import ErrorTold
from tarazy.protocol.statement import Act
from tarazy.values.ids import CaseId, ErrorId, MeasureId, ParticipantId, derived
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

OVERSEERS: Final = frozenset(
    {
        ActorRole.supervisor,
        ActorRole.prosecutor,
        ActorRole.court,
        ActorRole.investigating_judge,
        ActorRole.regional_court,
    }
)
"""Who may say how grave an error was, and answer a claim for it: where they are competent for the case."""
CLASSIFIED_WITHIN: Final = timedelta(days=30)
"""Our own time, no law's: the register of a quarter is to say what its errors were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifyError:
    """An officer without a hand in the measure says how grave an error was, or that there was none (``kind`` None)."""

    error_id: ErrorId
    kind: ErrorKind | None
    participant_id: ParticipantId
    statement: str


def note_error(
    tx: Transaction,
    measure_id: MeasureId,
    hold: CaseHold,
    cause: ErrorCause,
    found_by: FoundBy,
    setting: Setting,
    *,
    since: Instant | None = None,
    whose: ParticipantId | None = None,
) -> RecordedError:
    """Note an error upon a measure; the same error found again is the same.

    It is wrong ``since`` then (None: since the measure began), and the error of ``whose`` (None: of the measure's
    author).
    """
    error_id = ErrorId(derived("er", measure_id, cause))
    known = tx.get(RECORDED_ERRORS, error_id)
    if known is not None:
        return known
    measure = tx.get(CASE_MEASURES, measure_id)
    began = hold.placed_at if measure is None else measure.begins_at
    author = hold.participant_id if measure is None else measure.author_participant_id
    error = RecordedError(
        error_id=error_id,
        case_id=hold.case_id,
        measure_id=measure_id,
        hold_id=hold.hold_id,
        participant_id=whose or author,
        found_by=found_by,
        cause=cause,
        kind=None,
        status=ErrorStatus.noted,
        currency=hold.currency,
        held_minor=hold.held_minor if measure is None else measure.held_minor,
        held_s=seconds_between(since or began, setting.now),
        noted_at=setting.now,
        classified_at=None,
        classified_participant_id=None,
        classified_by=None,
        statement=None,
        claim_minor=0,
        disclosed_at=None,
        closed_at=None,
    )
    tx.add(RECORDED_ERRORS, error)
    record(
        tx,
        setting,
        "error_noted",
        error.participant_id,
        error.error_id,
        case_id=error.case_id,
        cause=cause,
        found_by=found_by,
        measure_id=measure_id,
        held_minor=error.held_minor,
        held_s=error.held_s,
    )
    owed = Owed(
        Duty.classify_error, error.error_id, error.case_id, ActorRole.supervisor, None, if_missed=IfMissed.alerts
    )
    open_deadline(tx, owed, CLASSIFIED_WITHIN, Branch.administrative, Side.restriction, setting)
    _tell(tx, error, hold, setting)
    return error


def _tell(tx: Transaction, error: RecordedError, hold: CaseHold, setting: Setting) -> None:
    """Tell the bank of whoever's money it was: they learn of the error, and that they can claim for it."""
    told = ErrorTold(
        error_id=error.error_id,
        hold_id=error.hold_id,
        measure_id=error.measure_id,
        cause=error.cause,
        state=error.status,
        error_kind=error.kind,
        at=setting.now,
    )
    queue(tx, setting.envelope(hold.participant_id, told, error.error_id, error.status), setting)


def seconds_between(since: Instant | None, now: Instant) -> int:
    """Return how many whole seconds have passed; none where nobody knows since when."""
    return 0 if since is None else max(0, now.since(since) // timedelta(seconds=1))


def oversees(tx: Transaction, hand: Hand, case_id: CaseId) -> bool:
    """Return whether somebody acts in a case as one who looks at how it was handled."""
    return officers_capacity(tx, hand.participant_id, hand.officer_id, case_id) in OVERSEERS


def classify_error(tx: Transaction, command: ClassifyError, setting: Setting) -> RecordedError | Rejection:
    """Classify an error, which publishes it; whoever had a hand in the measure cannot."""
    error = tx.lock(RECORDED_ERRORS, {(command.error_id,)}).get((command.error_id,))
    if error is None:
        return Rejection.error_unknown
    if error.status is not ErrorStatus.noted:
        return Rejection.error_is_classified
    terms = (("kind", command.kind or ""), ("cause", error.cause))
    signed = Signed(command.statement, Act.classify_error, command.error_id, command.participant_id, terms)
    statement = signed_statement(signed, setting)
    if isinstance(statement, Rejection):
        return statement
    if not oversees(tx, Hand(command.participant_id, statement.officer_id), error.case_id):
        return Rejection.officer_not_entitled
    hold = tx.get(CASE_HOLDS, error.hold_id)
    hand = Hand(command.participant_id, statement.officer_id)
    if hold is not None and had_a_hand(hand, hands_of(tx, error.measure_id, hold)):
        return Rejection.same_hands
    status = moved(error.status, ErrorStatus.dismissed if command.kind is None else ErrorStatus.classified)
    after = replace(
        error,
        kind=command.kind,
        status=status,
        classified_at=setting.now,
        classified_participant_id=command.participant_id,
        classified_by=statement.officer_id,
        statement=command.statement,
    )
    if command.kind is not None:
        after = replace(after, status=moved(after.status, ErrorStatus.disclosed), disclosed_at=setting.now)
    tx.put(RECORDED_ERRORS, after)
    close_deadline(tx, Duty.classify_error, error.error_id, setting)
    record(
        tx,
        setting,
        "error_classified" if command.kind else "error_dismissed",
        command.participant_id,
        error.error_id,
        case_id=error.case_id,
        officer=statement.officer_id,
        error_kind=command.kind,
        cause=error.cause,
    )
    if hold is not None:
        _tell(tx, after, hold, setting)
    return after
