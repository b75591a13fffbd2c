"""What the exchange keeps. It knows no account holder: institutions, sums, times, offsets, sealed references only."""

from msgspec import Struct

from tarazy.app.messages import INBOX, OUTBOX, REFUSED_MESSAGES
from tarazy.app.refund_records import AUTHORISATIONS, RECORDED_RETURNS
from tarazy.app.refund_records import REFUND_PARTS as REFUND_PARTS  # noqa: PLC0414 # also imported from here
from tarazy.app.refund_records import REFUNDS as REFUNDS  # noqa: PLC0414 # also imported from here
from tarazy.app.store import Table
from tarazy.domain.case import CaseStatus, JoinStatus, ReportStatus
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.domain.tracing import StopKind
from tarazy.protocol.bodies import HoldTerms, ShareTold
from tarazy.values.ids import (
    CaseId,
    DisclosureId,
    EventId,
    HoldId,
    IncidentId,
    MandateId,
    MeasureId,
    NormId,
    NoticeId,
    OfficerId,
    ParticipantId,
    PieceId,
    ReportId,
    SealedRef,
    TracingId,
)
from tarazy.values.instant import Instant


class Participant(Struct, frozen=True, kw_only=True):
    """An institution joined to the exchange: what it is, where its agent answers, and the keys that it signs with.

    ``places`` are the districts for which an authority is competent, as its country names them; without any, the whole
    country. Whoever keeps accounts has none.
    """

    participant_id: ParticipantId
    kind: str
    name: str
    url: str
    level: str
    signing_key: str
    sealing_key: str
    is_active: bool
    joined_at: Instant
    places: tuple[str, ...] = ()


class Officer(Struct, frozen=True, kw_only=True):
    """An officer who may sign for a participant. The exchange knows the role and the key, and no name."""

    participant_id: ParticipantId
    officer_id: OfficerId
    role: str
    signing_key: str
    is_active: bool


class Mandate(Struct, frozen=True, kw_only=True):
    """A participant's standing decision under which its own pauses are made, until it ends or is revoked."""

    mandate_id: MandateId
    participant_id: ParticipantId
    officer_id: OfficerId
    measure: str
    norms: tuple[NormId, ...]
    currency: str
    ceiling_minor: int
    hours: int
    valid_from: Instant
    valid_to: Instant
    statement: str


class Report(Struct, frozen=True, kw_only=True):
    """A signed report on one executed transfer, and how many like it the payer's bank has filed before."""

    report_id: ReportId
    incident_id: IncidentId
    case_id: CaseId
    tracing_id: TracingId
    participant_id: ParticipantId
    officer_id: OfficerId
    payee_participant_id: ParticipantId
    sealed_ref: SealedRef
    amount_minor: int
    claim_minor: int
    currency: str
    booked_at: Instant
    offence_id: str
    facts: tuple[str, ...]
    reports_by_payer: int
    reports_of_pair: int
    statement: str
    signed_at: Instant
    filed_at: Instant
    status: ReportStatus
    ended_at: Instant | None
    returned_minor: int


class Case(Struct, frozen=True, kw_only=True):
    """The procedural file upon one incident: one or several reports that describe the same fraud.

    ``registration`` is the number of the criminal case that an investigator has registered; ``registered_at`` and the
    investigator's statement are there as soon as it is. ``joined_case_id`` is the case that all of it has gone over to.
    """

    case_id: CaseId
    incident_id: IncidentId
    status: CaseStatus
    currency: str
    registration: str | None
    registered_at: Instant | None
    registration_statement: str | None
    joined_case_id: CaseId | None
    opened_at: Instant


class JoinRequest(Struct, frozen=True, kw_only=True):
    """A report asks to join a known incident (``incident_id``, as its officer named it), and what was decided.

    ``case_id`` is the case of that incident, where the request waits; ``own_case_id`` the report's until then.
    """

    report_id: ReportId
    incident_id: IncidentId
    case_id: CaseId
    own_case_id: CaseId
    status: JoinStatus
    asked_at: Instant
    decided_at: Instant | None
    participant_id: ParticipantId | None
    officer_id: OfficerId | None
    statement: str | None


class Tracing(Struct, frozen=True, kw_only=True):
    """Following the money of one report. The sums always add up to ``stolen_minor``; a checker counts them anew.

    ``sums`` has one number for each state of the equation; ``asking_minor`` is in pieces that were not answered yet and
    ``stopped_minor`` in pieces that are not followed further by a limit or by law. ``closes_at`` is when those whose
    bank is away are ended; None when that is done.
    """

    tracing_id: TracingId
    case_id: CaseId
    report_id: ReportId
    currency: str
    stolen_minor: int
    sums: dict[str, int]
    asking_minor: int
    pieces: int
    rank: Instant
    started_at: Instant
    ends_at: Instant
    last_hold_at: Instant | None
    is_live: bool
    closes_at: Instant | None


class Piece(Struct, frozen=True, kw_only=True):
    """One followed stretch of one transfer, at the institution that was credited.

    ``origin_from`` is where it lies in the victim's transfer. ``stop`` says why it is not followed; then nobody was
    asked. ``terms`` is what its bank was allowed to hold, under ``hold_id``: whether it holds anything is for its
    answer to say. ``shares`` is the newest valid answer; ``fault`` says what was wrong with an answer that was refused.
    """

    piece_id: PieceId
    tracing_id: TracingId
    case_id: CaseId
    parent_id: PieceId | None
    depth: int
    participant_id: ParticipantId
    sealed_ref: SealedRef
    from_minor: int
    to_minor: int
    origin_from: int
    parent_from: int
    stop: StopKind | None
    refused_by: tuple[str, ...]
    hold_id: HoldId | None
    terms: HoldTerms | None
    disclosure_id: DisclosureId | None
    answer_no: int
    shares: tuple[ShareTold, ...]
    asked_at: Instant
    answered_at: Instant | None
    fault: str | None

    @property
    def amount_minor(self) -> int:
        """How many units the piece has."""
        return self.to_minor - self.from_minor


class CaseHold(Struct, frozen=True, kw_only=True):
    """A hold as the exchange sees it: whose decision, on which norms, how much, until when, and how it ended.

    There is one from the bank's first word of it on: what was permitted and not needed was never a hold.

    ``expires_at`` is part of every reading: at or after it the hold does not stand, whatever ``status`` still says.
    ``return_report_id`` is the report for which the holder gives ``return_offered_minor`` back; None names no report.
    ``carried_by`` is the measure that has taken it over from the bank's own pause (`measure_records.CaseMeasure`).
    """

    hold_id: HoldId
    case_id: CaseId
    tracing_id: TracingId
    report_id: ReportId
    piece_id: PieceId
    participant_id: ParticipantId
    measure: str
    pack: str
    norms: tuple[NormId, ...]
    officer_id: OfficerId
    mandate_id: MandateId
    currency: str
    asked_minor: int
    held_minor: int
    paid_minor: int
    status: HoldStatus
    end: HoldEnd | None
    asked_at: Instant
    placed_at: Instant | None
    confirm_by: Instant
    expires_at: Instant
    expires_at_most: Instant
    confirmed_by: OfficerId | None
    confirmed_at: Instant | None
    notice_code_hash: str | None
    notice_served_at: Instant | None
    return_offered_minor: int
    return_report_id: ReportId | None
    ended_at: Instant | None
    carried_by: MeasureId | None = None

    @property
    def awaits_confirmation(self) -> bool:
        """Whether nobody answers for it yet: neither a named human of its bank nor an authority."""
        return self.confirmed_by is None and self.carried_by is None


class Event(Struct, frozen=True, kw_only=True):
    """A recorded fact. ``details`` says what happened, without anything about a person.

    The log gets the leaf: type, time, participant, norms and a commitment to salt and details. ``log_index`` is its
    number there, None until the sequencer has given it one.
    """

    event_id: EventId
    serial: int
    kind: str
    at: Instant
    participant_id: ParticipantId
    case_id: CaseId | None
    subject_id: str
    norms: tuple[NormId, ...]
    salt: bytes
    details: dict[str, str]
    commitment: str
    log_index: int | None


class NoticeTold(Struct, frozen=True, kw_only=True):
    """That a holder was told, and the hash of the notice's code: what the exchange knows of a notice."""

    notice_id: NoticeId
    hold_id: HoldId
    code_hash: str
    channel: str
    served_at: Instant


PARTICIPANTS = Table("participants", Participant, ("participant_id",))
OFFICERS = Table("officers", Officer, ("participant_id", "officer_id"))
MANDATES = Table("mandates", Mandate, ("mandate_id",))
REPORTS = Table("reports", Report, ("report_id",))
CASES = Table("cases", Case, ("case_id",))
JOIN_REQUESTS = Table("join_requests", JoinRequest, ("report_id",))
TRACINGS = Table("tracings", Tracing, ("tracing_id",))
PIECES = Table("pieces", Piece, ("piece_id",))
CASE_HOLDS = Table("case_holds", CaseHold, ("hold_id",))
EVENTS = Table("events", Event, ("event_id",), serial="serial")
NOTICES_TOLD = Table("notices_told", NoticeTold, ("notice_id",))

EXCHANGE_TABLES = (
    PARTICIPANTS,
    OFFICERS,
    MANDATES,
    REPORTS,
    CASES,
    JOIN_REQUESTS,
    TRACINGS,
    PIECES,
    CASE_HOLDS,
    REFUNDS,
    REFUND_PARTS,
    AUTHORISATIONS,
    RECORDED_RETURNS,
    EVENTS,
    NOTICES_TOLD,
    INBOX,
    OUTBOX,
    REFUSED_MESSAGES,
)
