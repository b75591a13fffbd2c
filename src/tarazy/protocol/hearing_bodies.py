"""What exchange and banks say of hearings: the receiver of money is asked before it leaves them."""

from tarazy.protocol.body import Amount, Body, Currency, ShortText
from tarazy.protocol.statement import Terms
from tarazy.values.ids import HearingId, HoldId, OfficerId, ParticipantId, ReportId, SealedRef
from tarazy.values.instant import Instant


class HearingAsked(Body, frozen=True, tag="hearing_asked"):
    """Ask the holder whether ``amount_minor`` of this hold may be paid back for a report, until ``answer_by``.

    ``participant_id`` and ``officer_id`` say who wants it paid: the authority whose officer proposes the refund.
    """

    hearing_id: HearingId
    hold_id: HoldId
    report_id: ReportId
    amount_minor: Amount
    currency: Currency
    participant_id: ParticipantId
    officer_id: OfficerId
    answer_by: Instant


class HearingTold(Body, frozen=True, tag="hearing_told"):
    """The holder was told, for the first or for the second time, and has until ``answer_by``: never less than asked."""

    hearing_id: HearingId
    times: Amount
    told_at: Instant
    answer_by: Instant


class HearingAnswered(Body, frozen=True, tag="hearing_answered"):
    """What the holder has answered, or that they did not. ``sealed_words`` are theirs, sealed for the exchange.

    An answer that an officer has written down at the desk carries the officer's ``statement``.
    """

    hearing_id: HearingId
    answer: ShortText
    road: ShortText
    sealed_words: SealedRef | None
    statement: str | None
    answered_at: Instant


def hearing_terms(answer: str) -> Terms:
    """Return what an officer signs who has written an answer down."""
    return (("answer", answer),)
