"""Hearings at the bank: it alone knows the holder, tells them twice, keeps their words, and says what they answered.

Nothing is paid here by an authority's resolution unless the holder has agreed, whatever the exchange orders; only an
authority's second written demand is obeyed without that. The bank is the last to see a payment before it is made.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tarazy.agent.answering import is_live
from tarazy.agent.core_port import CoreVerb
from tarazy.agent.hearing_records import LOCAL_HEARINGS, LocalHearing
from tarazy.agent.holder_flags import needs_representative
from tarazy.agent.records import CORE_COMMANDS, HOLDS
from tarazy.agent.signing import OfficerAtDesk
from tarazy.app.hearing import answer_until, hears_receiver
from tarazy.app.messages import Handled, Handler, queue
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.hearing import OPEN_HEARINGS, HearingRoad, HearingState, can_move, moved
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import Lane
from tarazy.protocol.bodies import PayOrder
from tarazy.protocol.hearing_bodies import HearingAnswered, HearingAsked, HearingTold, hearing_terms
from tarazy.protocol.message import Envelope
from tarazy.protocol.statement import Act, Statement, are_reasons, sign_statement
from tarazy.values.ids import AccountId, HearingId, HoldId, ParticipantId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

WORDS_LENGTH_MAX: Final = 2_000
AFTER_SECOND_MIN: Final = timedelta(hours=24)
"""As long as somebody has at the least from the second notice on, also where the bank was late with the first."""
SHOWN_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerHearing:
    """What a holder answers: agreed or objected, in their own words.

    ``reasons`` are an officer's who writes it down: how it was established who speaks. ``is_represented`` is that
    officer's word that whoever represents a child agrees as well.
    """

    hearing_id: HearingId
    answer: HearingState
    words: str
    reasons: str = ""
    is_represented: bool = False


def take_hearings_asked(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Keep whom the exchange wants to be asked; the bank's own round tells them."""
    return [_take_asked(tx, envelope, setting) for envelope in envelopes]


def _take_asked(tx: Transaction, envelope: Envelope, setting: Setting) -> Handled:
    body = envelope.body
    assert isinstance(body, HearingAsked)
    hold = tx.get(HOLDS, body.hold_id)
    if hold is None or hold.currency != body.currency:
        return Handled(rejection=Rejection.hold_unknown, place="body.hold_id")
    if not is_live(hold, setting.now):
        return Handled(rejection=Rejection.hold_has_ended, place="body.hold_id")
    hearing = LocalHearing(
        hearing_id=body.hearing_id,
        hold_id=hold.hold_id,
        account_id=hold.account_id,
        report_id=body.report_id,
        participant_id=body.participant_id,
        asked_by=body.officer_id,
        amount_minor=body.amount_minor,
        currency=body.currency,
        asked_at=setting.now,
        answer_by=body.answer_by,
        state=HearingState.asked,
        told_at=None,
        told_again_at=None,
        next_at=setting.now,
        road=None,
        words="",
        entered_by=None,
        answered_at=None,
    )
    tx.put(LOCAL_HEARINGS, hearing)
    return Handled()


def told_now(tx: Transaction, hearing: LocalHearing, exchange: ParticipantId, setting: Setting) -> LocalHearing:
    """Keep that the holder is told now, for the first or the second time, and say so to the exchange.

    Who is told late has no less time: the end is counted from the first notice, and a day is left after the second.
    """
    is_first = hearing.state is HearingState.asked
    if is_first:
        until = answer_until(setting.pack, Lane.investigator, setting.now) or hearing.answer_by
        until = max(hearing.answer_by, until)
        half = setting.now.plus(until.since(setting.now) // 2)
        told = replace(hearing, state=moved(hearing.state, HearingState.told), told_at=setting.now, next_at=half)
    else:
        until = max(hearing.answer_by, setting.now.plus(AFTER_SECOND_MIN))
        state = moved(hearing.state, HearingState.told_again)
        told = replace(hearing, state=state, told_again_at=setting.now, next_at=until)
    told = replace(told, answer_by=until)
    tx.put(LOCAL_HEARINGS, told)
    times = 1 if is_first else 2
    body = HearingTold(hearing_id=hearing.hearing_id, times=times, told_at=setting.now, answer_by=until)
    queue(tx, setting.envelope(exchange, body, hearing.hearing_id, times), setting)
    return told


def close_by_time(tx: Transaction, hearing: LocalHearing, exchange: ParticipantId, setting: Setting) -> LocalHearing:
    """Close a hearing whose holder has said nothing: absent, or over where nothing is held any more."""
    hold = tx.get(HOLDS, hearing.hold_id)
    is_over = hold is None or not is_live(hold, setting.now)
    state = HearingState.over if is_over else HearingState.absent
    return _answered(tx, hearing, state, HearingRoad.silence, exchange, setting)


def answer_hearing(
    tx: Transaction,
    command: AnswerHearing,
    exchange: ParticipantId,
    setting: Setting,
    *,
    officer: OfficerAtDesk | None = None,
) -> LocalHearing | Rejection:
    """Keep what a holder answers, in the app or, with an ``officer``, at the desk. The same again is the same."""
    hearing = tx.lock(LOCAL_HEARINGS, {(command.hearing_id,)}).get((command.hearing_id,))
    if hearing is None:
        return Rejection.hearing_unknown
    if hearing.state is command.answer:
        return hearing
    if command.answer not in {HearingState.agreed, HearingState.objected}:
        return Rejection.hearing_has_ended
    if officer is not None and not are_reasons(command.reasons):
        return Rejection.reasons_missing
    hold = tx.get(HOLDS, hearing.hold_id)
    if hold is None or not is_live(hold, setting.now):
        return Rejection.hold_has_ended
    is_alone = officer is None or not command.is_represented
    if command.answer is HearingState.agreed and is_alone and needs_representative(tx, hold.account_id, setting.now):
        return Rejection.representative_missing
    if hearing.state is HearingState.asked and officer is not None:
        hearing = told_now(tx, hearing, exchange, setting)  # who answers at the desk was told there
    if not can_move(hearing.state, command.answer):
        return Rejection.hearing_has_ended
    said = replace(hearing, words=command.words.strip()[:WORDS_LENGTH_MAX])
    road = HearingRoad.app if officer is None else HearingRoad.desk
    return _answered(tx, said, command.answer, road, exchange, setting, officer=officer, reasons=command.reasons)


def _answered(
    tx: Transaction,
    hearing: LocalHearing,
    state: HearingState,
    road: HearingRoad,
    exchange: ParticipantId,
    setting: Setting,
    *,
    officer: OfficerAtDesk | None = None,
    reasons: str = "",
) -> LocalHearing:
    after = replace(
        hearing,
        state=moved(hearing.state, state),
        road=road,
        next_at=None,
        entered_by=None if officer is None else officer.officer_id,
        answered_at=setting.now,
    )
    tx.put(LOCAL_HEARINGS, after)
    body = HearingAnswered(
        hearing_id=hearing.hearing_id,
        answer=state,
        road=road,
        sealed_words=setting.seal(exchange, after.words) if after.words else None,
        statement=None if officer is None else _signed(after, officer, reasons, setting),
        answered_at=setting.now,
    )
    queue(tx, setting.envelope(exchange, body, hearing.hearing_id, state, setting.now.text()), setting)
    return after


def _signed(hearing: LocalHearing, officer: OfficerAtDesk, reasons: str, setting: Setting) -> str:
    statement = Statement(
        act=Act.answer_hearing,
        subject_id=hearing.hearing_id,
        officer_id=officer.officer_id,
        participant_id=setting.me,
        at=setting.now,
        reasons=reasons,
        terms=hearing_terms(hearing.state),
    )
    return sign_statement(statement, officer.sign)


def with_hearing(take: Handler) -> Handler:
    """Let payments through to ``take``, but for those of money whose holder must be heard first and has not agreed."""

    def take_with_hearing(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
        handled = []
        for envelope in envelopes:
            order = envelope.body
            assert isinstance(order, PayOrder)
            if _must_be_heard(order, setting) and not _has_agreed(tx, order):
                handled.append(Handled(rejection=Rejection.receiver_not_heard, place="body.hold_id"))
            else:
                handled += take(tx, [envelope], setting)
        return handled

    return take_with_hearing


def _must_be_heard(order: PayOrder, setting: Setting) -> bool:
    """Return whether the law asks for the holder's word; a second demand in writing, once it stands, is obeyed."""
    lane = Lane.__members__.get(order.lane)
    if lane is None or not hears_receiver(setting.pack, lane, setting.now):
        return False
    return order.authorisation is None or not order.authorisation.is_second_demand


def _has_agreed(tx: Transaction, order: PayOrder) -> bool:
    """Return whether the newest word of the holder carries a payment, with what was asked of the core upon it."""
    hearing = newest_of(tx, order.hold_id)
    if hearing is None or hearing.state is not HearingState.agreed:
        return False
    asked = tx.find(
        CORE_COMMANDS,
        Condition("hold_id", "=", order.hold_id),
        Condition("kind", "=", CoreVerb.pay),
        Condition("queued_at", ">=", hearing.asked_at),
    )
    return order.amount_minor <= hearing.amount_minor - sum(command.amount_minor for command in asked)


def newest_of(tx: Transaction, hold_id: HoldId) -> LocalHearing | None:
    """Return the newest hearing upon a hold."""
    of_hold = Condition("hold_id", "=", hold_id)
    found = tx.find(LOCAL_HEARINGS, of_hold, order=("asked_at",), descending=True, limit=1)
    return found[0] if found else None


def hearings_of(tx: Transaction, account_id: AccountId) -> list[LocalHearing]:
    """Return what the holder of an account was asked, newest first."""
    mine = Condition("account_id", "=", account_id)
    return tx.find(LOCAL_HEARINGS, mine, order=("asked_at",), descending=True, limit=SHOWN_MAX)


def open_hearings(tx: Transaction) -> list[LocalHearing]:
    """Return the hearings that wait for an answer, the nearest end first."""
    waiting = Condition("state", "in", OPEN_HEARINGS)
    return tx.find(LOCAL_HEARINGS, waiting, order=("answer_by",), limit=SHOWN_MAX)


def due_hearings(tx: Transaction, now: Instant, limit: int) -> Collection[LocalHearing]:
    """Return the hearings in which something is to be done by now, locked."""
    found = tx.find(LOCAL_HEARINGS, Condition("next_at", "<=", now), order=("next_at",), limit=limit)
    locked = tx.lock(LOCAL_HEARINGS, {(one.hearing_id,) for one in found}).values() if found else ()
    return [one for one in locked if one.next_at is not None and one.next_at <= now]
