"""Hearings at the exchange: nobody's held money is paid by an authority's resolution before its holder was asked.

The exchange asks the holder's bank, which alone knows the person; the bank tells them twice and says what they have
answered, or that they have not. What it says stands here as it said it: no officer types whether somebody was heard.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tarazy.app.capacity import officers_capacity
from tarazy.app.deadlines import Owed, close_deadline, counted, open_deadline
from tarazy.app.dividing import case_division
from tarazy.app.eventing import record
from tarazy.app.hearing_records import HEARINGS, Hearing
from tarazy.app.messages import Handled, queue
from tarazy.app.records import CASE_HOLDS, CASES, CaseHold
from tarazy.app.refund_records import REFUND_PARTS
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.deadline import Duty, IfMissed
from tarazy.domain.hearing import (
    ANSWERS,
    OPEN_HEARINGS,
    HearingRoad,
    HearingState,
    Standing,
    can_move,
    moved,
    standing_of,
)
from tarazy.domain.refund import Division
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import ActorRole, Lane, Measure
from tarazy.law.calendar import Window
from tarazy.law.clock import Side
from tarazy.law.ground import Pack
from tarazy.law.pack import MeasureRule
from tarazy.law.terms import Branch
from tarazy.protocol.hearing_bodies import HearingAnswered, HearingAsked, HearingTold, hearing_terms
from tarazy.protocol.message import Envelope
from tarazy.protocol.statement import Act, StatementFault, are_reasons, read_statement, require_terms
from tarazy.values.ids import CaseId, HearingId, HoldId, OfficerId, ParticipantId, derived
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

BANK_SAYS_WITHIN: Final = timedelta(hours=24)
"""As long as a bank may be silent after the holder's time is over before the supervisor sees it."""
PER_HOLD_MAX: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class AskReceivers:
    """An officer who may order the refund wants the holders to be asked. Without ``hold_ids``, all that would pay."""

    case_id: CaseId
    participant_id: ParticipantId
    officer_id: OfficerId
    hold_ids: tuple[HoldId, ...] = ()


def rule_of_lane(pack: Pack, lane: Lane, at: Instant) -> MeasureRule | None:
    """Return the rule of a refund in a lane by the law of the day; None where the pack has none."""
    ground = pack.ground(Measure.M16, lane, pack.data.calendar.local_day(at))
    return None if ground is None else ground.rule


def hears_receiver(pack: Pack, lane: Lane, at: Instant) -> bool:
    """Return whether the law of the day asks that the receiver is heard in a lane."""
    rule = rule_of_lane(pack, lane, at)
    return rule is not None and rule.hearing is not None and rule.hearing.value is not None and rule.hearing.value.heard


def time_to_answer(pack: Pack, lane: Lane, at: Instant) -> Window | None:
    """Return how long a receiver has for an answer, as the law words it; None where it says nothing of it."""
    rule = rule_of_lane(pack, lane, at)
    hearing = None if rule is None or rule.hearing is None else rule.hearing.value
    return None if hearing is None else hearing.answer_within


def answer_until(pack: Pack, lane: Lane, at: Instant) -> Instant | None:
    """Return until when somebody who is asked now can answer.

    The holder's own bank asks, so the days are counted as between the two of them, and the later day is the person's.
    """
    window = time_to_answer(pack, lane, at)
    end = None if window is None else counted(window, at, Branch.private, Side.person, pack)
    return None if end is None else end.at


def ask_receivers(tx: Transaction, command: AskReceivers, setting: Setting) -> tuple[Hearing, ...] | Rejection:
    """Ask every holder of whom a refund by resolution would pay and who was not asked about as much; return them."""
    lane = Lane.investigator
    case = tx.lock(CASES, {(command.case_id,)}).get((command.case_id,))
    if case is None:
        return Rejection.case_unknown
    rule, until = rule_of_lane(setting.pack, lane, setting.now), answer_until(setting.pack, lane, setting.now)
    if rule is None or until is None or not hears_receiver(setting.pack, lane, setting.now):
        return Rejection.measure_refused_by_law
    capacity = officers_capacity(tx, command.participant_id, command.officer_id, command.case_id)
    if rule.author is None or capacity not in rule.author.value:
        return Rejection.officer_not_entitled
    divided = case_division(tx, command.case_id, lane, setting.now, command.hold_ids)
    tx.lock(CASE_HOLDS, {(hold.hold_id,) for hold in divided.holds})
    newest = newest_hearings(tx, [hold.hold_id for hold in divided.holds])
    asked = []
    for hold in divided.holds:
        minor = divided.division.paid_of(hold.hold_id)
        if minor and not _is_settled(tx, newest.get(hold.hold_id), minor):
            asked.append(_ask(tx, command, hold, minor, until, setting))
    return tuple(asked) or Rejection.nothing_held


def _is_settled(tx: Transaction, hearing: Hearing | None, minor: int) -> bool:
    """Return whether asking again would change nothing: the holder is being asked, or has answered about as much."""
    if hearing is None or hearing.state is HearingState.over:
        return False
    return hearing.amount_minor - _ordered_since(tx, hearing) >= minor


def _ask(
    tx: Transaction, command: AskReceivers, hold: CaseHold, minor: int, until: Instant, setting: Setting
) -> Hearing:
    hearing = Hearing(
        hearing_id=HearingId(derived("hg", hold.hold_id, minor, setting.now.text())),
        case_id=hold.case_id,
        hold_id=hold.hold_id,
        report_id=hold.report_id,
        participant_id=hold.participant_id,
        amount_minor=minor,
        currency=hold.currency,
        asked_participant_id=command.participant_id,
        asked_by=command.officer_id,
        asked_at=setting.now,
        answer_by=until,
        state=HearingState.asked,
        told_at=None,
        told_again_at=None,
        road=None,
        sealed_words=None,
        statement=None,
        answered_at=None,
    )
    tx.put(HEARINGS, hearing)
    _record(tx, hearing, "hearing_asked", command.participant_id, setting, officer=command.officer_id)
    _await_bank(tx, hearing, setting)
    body = HearingAsked(
        hearing_id=hearing.hearing_id,
        hold_id=hold.hold_id,
        report_id=hold.report_id,
        amount_minor=minor,
        currency=hold.currency,
        participant_id=command.participant_id,
        officer_id=command.officer_id,
        answer_by=until,
    )
    queue(tx, setting.envelope(hold.participant_id, body, hearing.hearing_id), setting)
    return hearing


def _await_bank(tx: Transaction, hearing: Hearing, setting: Setting) -> None:
    """Let the bank owe its word: the holder's answer, or that there was none, soon after their time is over.

    Where that was long ago when the bank's word came, what it owed before stands, and is missed.
    """
    bank = hearing.participant_id
    owed = Owed(Duty.hear_receiver, hearing.hearing_id, hearing.case_id, ActorRole.bank, bank, IfMissed.alerts)
    length = hearing.answer_by.plus(BANK_SAYS_WITHIN).since(setting.now)
    if length <= timedelta(0):
        return
    open_deadline(tx, owed, length, Branch.private, Side.person, setting)


def take_hearings_told(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Keep that holders were told, for the first or the second time, and until when they can answer."""
    return [_take_told(tx, envelope, setting) for envelope in envelopes]


def _take_told(tx: Transaction, envelope: Envelope, setting: Setting) -> Handled:
    body = envelope.body
    assert isinstance(body, HearingTold)
    hearing = _own(tx, body.hearing_id, envelope)
    if hearing is None:
        return Handled(rejection=Rejection.hearing_unknown, place="body.hearing_id")
    state = HearingState.told if body.times == 1 else HearingState.told_again
    if not can_move(hearing.state, state):
        return Handled(rejection=Rejection.hearing_has_ended, place="body.times")
    told = replace(hearing, state=moved(hearing.state, state), answer_by=max(hearing.answer_by, body.answer_by))
    if state is HearingState.told:
        told = replace(told, told_at=body.told_at)
    else:
        told = replace(told, told_again_at=body.told_at)
    tx.put(HEARINGS, told)
    _await_bank(tx, told, setting)
    _record(tx, told, "hearing_told", told.participant_id, setting, times=body.times)
    return Handled()


def take_hearings_answered(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Keep what holders have answered, or that they were absent; absence needs two notices and the whole time."""
    return [_take_answer(tx, envelope, setting) for envelope in envelopes]


def _take_answer(tx: Transaction, envelope: Envelope, setting: Setting) -> Handled:
    body = envelope.body
    assert isinstance(body, HearingAnswered)
    hearing = _own(tx, body.hearing_id, envelope)
    if hearing is None:
        return Handled(rejection=Rejection.hearing_unknown, place="body.hearing_id")
    answer = HearingState.__members__.get(body.answer)
    if answer not in ANSWERS or body.road not in HearingRoad.__members__ or not can_move(hearing.state, answer):
        return Handled(rejection=Rejection.hearing_has_ended, place="body.answer")
    if answer is HearingState.absent and min(envelope.issued_at, setting.now) < hearing.answer_by:
        return Handled(rejection=Rejection.hearing_is_not_over, place="body.answer")
    by_silence = answer in {HearingState.absent, HearingState.over}
    if by_silence != (body.road == HearingRoad.silence):
        return Handled(rejection=Rejection.hearing_is_not_over, place="body.road")
    rejection = _cannot_say(body, hearing, envelope, setting)
    if rejection is not None:
        return Handled(rejection=rejection, place="body.statement")
    after = replace(
        hearing,
        state=moved(hearing.state, answer),
        road=HearingRoad(body.road),
        sealed_words=body.sealed_words,
        statement=body.statement,
        answered_at=body.answered_at,
    )
    tx.put(HEARINGS, after)
    close_deadline(tx, Duty.hear_receiver, hearing.hearing_id, setting, as_met=answer is not HearingState.over)
    _record(tx, after, "hearing_answered", after.participant_id, setting, answer=answer, road=body.road)
    return Handled()


def _cannot_say(body: HearingAnswered, hearing: Hearing, envelope: Envelope, setting: Setting) -> Rejection | None:
    """Return why an answer that was written down at a desk is none: its officer has not signed it, or without reasons.

    What the holder says in the app needs nobody's signature; what an officer says for them does.
    """
    if body.road != HearingRoad.desk:
        return None
    try:
        statement = read_statement(
            body.statement or "",
            Act.answer_hearing,
            hearing.hearing_id,
            ParticipantId(envelope.sender),
            setting.officer_key_of,
            envelope.issued_at,
        )
        require_terms(statement, hearing_terms(body.answer))
    except StatementFault:
        return Rejection.statement_does_not_stand
    return None if are_reasons(statement.reasons) else Rejection.reasons_missing


def _own(tx: Transaction, hearing_id: HearingId, envelope: Envelope) -> Hearing | None:
    hearing = tx.lock(HEARINGS, {(hearing_id,)}).get((hearing_id,))
    return hearing if hearing is not None and hearing.participant_id == envelope.sender else None


def newest_hearings(tx: Transaction, hold_ids: Iterable[HoldId]) -> dict[HoldId, Hearing]:
    """Return the newest hearing upon each of some holds."""
    ids = list(hold_ids)
    if not ids:
        return {}
    rows = tx.find(HEARINGS, Condition("hold_id", "in", ids), order=("asked_at",), limit=PER_HOLD_MAX * len(ids))
    return {hearing.hold_id: hearing for hearing in rows}


def states_upon(tx: Transaction, division: Division) -> dict[HoldId, HearingState | None]:
    """Return how each holder of whom a division pays was heard; None for who was not asked about as much."""
    minor = {payment.hold_id: division.paid_of(payment.hold_id) for payment in division.payments}
    newest = newest_hearings(tx, minor)
    return {hold_id: _state_upon(tx, newest.get(hold_id), needed) for hold_id, needed in minor.items()}


def _state_upon(tx: Transaction, hearing: Hearing | None, minor: int) -> HearingState | None:
    """Return what was heard about ``minor``. Who objects or was absent is so about every sum; consent has its own."""
    if hearing is None:
        return None
    is_covered = hearing.amount_minor - _ordered_since(tx, hearing) >= minor
    return hearing.state if is_covered or hearing.state is not HearingState.agreed else None


def _ordered_since(tx: Transaction, hearing: Hearing) -> int:
    """Return what of a hold was ordered to be paid since its holder was asked: so much of their word is used up."""
    parts = tx.find(
        REFUND_PARTS, Condition("hold_id", "=", hearing.hold_id), Condition("ordered_at", ">=", hearing.asked_at)
    )
    return sum(part.amount_minor for part in parts if not part.is_refused)


def heard_upon(tx: Transaction, division: Division) -> Standing:
    """Return what the law gate is told of the hearings of those of whom a division pays."""
    return standing_of(states_upon(tx, division).values())


def is_waiting(hearing: Hearing) -> bool:
    """Return whether the holder can still answer in time."""
    return hearing.state in OPEN_HEARINGS


def _record(
    tx: Transaction,
    hearing: Hearing,
    kind: str,
    participant_id: ParticipantId,
    setting: Setting,
    **details: str | int | None,
) -> None:
    rule = rule_of_lane(setting.pack, Lane.investigator, hearing.asked_at)
    record(
        tx,
        setting,
        kind,
        participant_id,
        hearing.hearing_id,
        case_id=hearing.case_id,
        norms=() if rule is None else rule.norms,
        hold=hearing.hold_id,
        amount_minor=hearing.amount_minor,
        answer_by=hearing.answer_by.text(),
        **details,
    )
