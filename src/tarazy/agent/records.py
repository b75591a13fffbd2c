"""What an agent keeps. Names and balances exist here and nowhere else.

``accounts``, ``credits``, ``consumptions`` and ``hold_segments`` have ``account_id`` first in their keys, and
``credit_places`` finds the account of a transfer, so that all of them can be spread over many servers (decision 0008).
"""

from typing import Final

from msgspec import Struct

from tarazy.agent.core_port import CoreVerb
from tarazy.app.messages import INBOX, OUTBOX, REFUSED_MESSAGES
from tarazy.app.store import Table
from tarazy.domain.closure import KeptFree
from tarazy.domain.entry import AccountEntry
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.domain.line import AccountLine, Consumption, Credit, HoldSegment
from tarazy.domain.notice import NoticeKind, NoticeReason
from tarazy.domain.tracing import Share, StopKind
from tarazy.law.assessment import Lane
from tarazy.protocol.bodies import HoldTerms, PaymentTold, ShareTold
from tarazy.values.ids import (
    AccountId,
    CaseId,
    DisclosureId,
    HoldId,
    MandateId,
    MeasureId,
    NoticeId,
    OfficerId,
    PieceId,
    ReportId,
    TracingId,
    TransferRef,
)
from tarazy.values.instant import Instant


class CreditPlace(Struct, frozen=True, kw_only=True):
    """Which account a transfer was credited to, and where on its line."""

    transfer_ref: TransferRef
    account_id: AccountId
    line_from: int
    line_to: int


class WaitingEntry(Struct, frozen=True, kw_only=True):
    """An entry behind a gap in its account's numbers."""

    account_id: AccountId
    entry_no: int
    entry: AccountEntry


class EntryBatch(Struct, frozen=True, kw_only=True):
    """A batch of entries that was taken, so that it is taken once."""

    batch_id: str
    digest: str
    taken_at: Instant
    entries: int


class Follow(Struct, frozen=True, kw_only=True):
    """An order to follow a piece, and what was last answered. Without an account it is a standing order.

    ``is_open`` ends when the order's own time runs out, or with its hold where that stands longer, or when nothing
    about the piece can change any more.
    """

    order_id: PieceId
    account_id: AccountId | None
    transfer_ref: TransferRef
    case_id: CaseId
    tracing_id: TracingId
    disclosure_id: DisclosureId
    depth: int
    from_minor: int
    to_minor: int
    currency: str
    rank: Instant
    received_at: Instant
    ordered_at: Instant
    ends_at: Instant
    rest: StopKind
    terms: HoldTerms | None
    is_open: bool
    answer_no: int
    shares: tuple[Share, ...]
    told: tuple[ShareTold, ...]
    told_hold: str
    ended: HoldEnd | None = None
    """Why the piece is followed no more, if it was ordered so."""
    is_over: bool = False
    """Whether its own end has come and was told: from then on only what becomes of its hold is."""
    notice_due: NoticeKind | None = None
    """What the holder of the account is still to be told of the answers: a hold that is made tells it with its own."""


class AgentHold(Struct, frozen=True, kw_only=True):
    """A hold at this bank.

    ``status`` is the legal fact, at once; ``reserved_minor`` is what the core has said it reserves and ``held_minor``
    what lies on the line for it: both follow the core's entries. ``asked_minor`` is what was asked of the core and not
    yet answered, ``releasing_minor`` what it was asked to let go of and has not booked yet. ``expires_at`` is the end
    as of now: the time for confirmation until a named human confirms. ``notice_due`` is what the holder is still to be
    told, ``told_minor`` the largest sum that was held or paid of it, ``dropped_minor`` what the core has let go of
    unasked since the holder was last told. ``last_minor`` is what was held last, also of one that is over, without
    what was paid or dropped of it; ``narrowed_from_minor`` what was held before it was narrowed, ``narrowed_why``
    what its holder is told of that, where the order or the officer alone does not say it.

    ``decided_by`` is the officer of this bank who has taken the newest decision on it at ``decided_at``, for
    ``reasons``. Nobody of this bank has decided where only ``decided_at`` stands: it ended by itself then, or by an
    order. While neither stands, the author of its terms has decided, and nobody else.

    ``carried_by`` is the measure of an authority that has taken it over from this bank's own pause. ``closes`` is what
    that measure keeps free of the account which it closes to its holder; None where it closes nothing.
    """

    hold_id: HoldId
    order_id: PieceId
    account_id: AccountId
    case_id: CaseId
    transfer_ref: TransferRef
    claim_minor: int
    asked_minor: int
    reserved_minor: int
    held_minor: int
    releasing_minor: int
    paid_minor: int
    payments: tuple[PaymentTold, ...]
    currency: str
    status: HoldStatus
    end: HoldEnd | None
    rest: StopKind
    received_at: Instant
    expires_at: Instant
    expires_at_most: Instant
    confirmed_by: OfficerId | None
    confirmed_at: Instant | None
    reasons: str | None
    ended_at: Instant | None
    notice_due: NoticeKind | None
    told_minor: int
    dropped_minor: int
    terms: HoldTerms
    last_minor: int = 0
    narrowed_from_minor: int = 0
    decided_by: OfficerId | None = None
    decided_at: Instant | None = None
    carried_by: MeasureId | None = None
    narrowed_why: NoticeReason | None = None
    closes: KeptFree | None = None

    @property
    def awaits_confirmation(self) -> bool:
        """Whether nobody answers for it yet: neither a named human of this bank nor an authority."""
        return self.confirmed_by is None and self.carried_by is None


class CoreCommand(Struct, frozen=True, kw_only=True):
    """Something asked of the bank's core, in order; done when the core has taken it.

    A payment has the lane in which it was ordered: whoever is paid from is told who decided so. ``closes`` is as in
    `CoreAsk`.
    """

    command_id: str
    serial: int
    kind: CoreVerb
    hold_id: HoldId
    account_id: AccountId
    amount_minor: int
    expires_at: Instant
    to: str | None
    lane: Lane | None
    queued_at: Instant
    done_at: Instant | None
    closes: KeptFree | None = None


class Holder(Struct, frozen=True, kw_only=True):
    """The person or firm of an account, as this bank knows them. Never leaves the agent."""

    account_id: AccountId
    name: str
    language: str
    phone: str
    is_demonstration: bool


class LocalReport(Struct, frozen=True, kw_only=True):
    """A report that an officer of this bank signed for one of its customers. ``payee`` is whom they had paid."""

    report_id: ReportId
    account_id: AccountId
    transfer_ref: TransferRef
    payee: str
    amount_minor: int
    claim_minor: int
    currency: str
    officer_id: OfficerId
    signed_at: Instant
    withdrawn_at: Instant | None


HOLDER: Final = "holder"
REPRESENTATIVE: Final = "representative"


class ServedNotice(Struct, frozen=True, kw_only=True):
    """A notice as it was rendered for the holder, in their language; the exchange has only the hash of its code.

    ``amount_minor`` is the sum that it is about; of a payment, all that was paid by then in the same ``lane``.
    ``measure_id`` is the authority's measure that it tells of; None where it tells of the bank's own pause.
    ``recipient`` is the holder, or whoever represents a child: each is given a code of their own. ``in_plain_words`` it
    is a child's.
    """

    notice_id: NoticeId
    hold_id: HoldId
    account_id: AccountId
    notice_kind: str
    lane: Lane | None
    amount_minor: int
    language: str
    code: str
    subject: str
    paragraphs: tuple[str, ...]
    short_text: str
    channel: str
    served_at: Instant
    measure_id: MeasureId | None = None
    recipient: str = HOLDER
    in_plain_words: bool = False


class StandingMandate(Struct, frozen=True, kw_only=True):
    """A decision of this bank, signed by an officer, under which its own pauses are made."""

    mandate_id: MandateId
    officer_id: OfficerId
    measure: str
    ceiling_minor: int
    currency: str
    hours: int
    valid_from: Instant
    valid_to: Instant


class FeedPosition(Struct, frozen=True, kw_only=True):
    """How far the core's feed has been read."""

    feed: str
    position: int


ACCOUNTS = Table("accounts", AccountLine, ("account_id",))
CREDITS = Table("credits", Credit, ("account_id", "transfer_ref"))
CREDIT_PLACES = Table("credit_places", CreditPlace, ("transfer_ref",))
CONSUMPTIONS = Table("consumptions", Consumption, ("account_id", "line_from"))
HOLD_SEGMENTS = Table("hold_segments", HoldSegment, ("account_id", "line_from"), is_deletable=True)
WAITING_ENTRIES = Table("waiting_entries", WaitingEntry, ("account_id", "entry_no"), is_deletable=True)
ENTRY_BATCHES = Table("entry_batches", EntryBatch, ("batch_id",))
FOLLOWS = Table("follows", Follow, ("order_id",))
HOLDS = Table("holds", AgentHold, ("hold_id",))
CORE_COMMANDS = Table("core_commands", CoreCommand, ("command_id",), serial="serial")
HOLDERS = Table("holders", Holder, ("account_id",))
LOCAL_REPORTS = Table("local_reports", LocalReport, ("report_id",))
SERVED_NOTICES = Table("served_notices", ServedNotice, ("notice_id",))
MANDATES = Table("mandates", StandingMandate, ("mandate_id",))
FEED_POSITIONS = Table("feed_positions", FeedPosition, ("feed",))

AGENT_TABLES = (
    ACCOUNTS,
    CREDITS,
    CREDIT_PLACES,
    CONSUMPTIONS,
    HOLD_SEGMENTS,
    WAITING_ENTRIES,
    ENTRY_BATCHES,
    FOLLOWS,
    HOLDS,
    CORE_COMMANDS,
    HOLDERS,
    LOCAL_REPORTS,
    SERVED_NOTICES,
    MANDATES,
    FEED_POSITIONS,
    INBOX,
    OUTBOX,
    REFUSED_MESSAGES,
)
