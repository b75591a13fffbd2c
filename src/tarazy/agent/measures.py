"""Measures of authorities upon this bank's holds: taken over, moved on and lifted as they were signed, or not at all.

The exchange only passes them on. Whether an investigator has signed this line, whether an authority has granted it,
whether either may, and for how long, is examined with the keys, the capacities and the law pack that this bank has
itself. A measure is never back-dated, never longer than its law, and takes nothing that is not held already.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from tarazy.agent.answering import core_command, is_live, still_held_minor
from tarazy.agent.closing import NothingFree, closed_but_for
from tarazy.agent.core_port import CoreVerb
from tarazy.agent.ending import Change, end_hold, locked_hold, narrow_hold, with_lines
from tarazy.agent.measure_records import HOLD_MEASURES, HoldMeasure
from tarazy.agent.records import HOLDS, AgentHold
from tarazy.app.deadlines import counted
from tarazy.app.measure_law import branch_of
from tarazy.app.messages import Handled
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.domain.closure import KeptFree
from tarazy.domain.hold import HoldEnd, HoldStatus, end_of_hold
from tarazy.domain.measure import NARROWED_ON_APPEAL, MeasureEnd
from tarazy.domain.motion import LineDecision
from tarazy.domain.notice import NoticeKind, NoticeReason
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import ActorRole, Measure
from tarazy.law.clock import Side
from tarazy.law.ground import Ground
from tarazy.law.pack import MeasureRule
from tarazy.protocol.measure_bodies import LiftOrder, MeasureOrder, MeasureTold
from tarazy.protocol.message import Envelope
from tarazy.protocol.schedule import author_of, deciders_of
from tarazy.protocol.statement import SIGNED_AFTER_MAX, Act, Statement, StatementFault
from tarazy.values.ids import HoldId, MeasureId, ParticipantId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

HOLD_END_OF: Final[dict[MeasureEnd, HoldEnd]] = {
    MeasureEnd.time_ran_out: HoldEnd.time_ran_out,
    MeasureEnd.motion_not_filed: HoldEnd.motion_not_filed,
    MeasureEnd.not_decided_in_time: HoldEnd.not_decided_in_time,
    MeasureEnd.hold_has_ended: HoldEnd.by_authority,
    MeasureEnd.motion_withdrawn: HoldEnd.by_authority,
    MeasureEnd.lifted_by_author: HoldEnd.by_authority,
    MeasureEnd.lifted_by_authority: HoldEnd.by_authority,
    MeasureEnd.line_struck: HoldEnd.authorisation_refused,
    MeasureEnd.authorisation_refused: HoldEnd.authorisation_refused,
    MeasureEnd.overturned_on_appeal: HoldEnd.overturned_on_appeal,
    MeasureEnd.appeal_unanswered: HoldEnd.appeal_unanswered,
    MeasureEnd.report_withdrawn: HoldEnd.report_withdrawn,
    MeasureEnd.report_refuted: HoldEnd.report_refuted,
    MeasureEnd.law_changed: HoldEnd.law_changed,
    MeasureEnd.facts_locked: HoldEnd.facts_locked,
    MeasureEnd.carried_on: HoldEnd.by_authority,
    MeasureEnd.money_went_back: HoldEnd.by_authority,
}
"""What the holder reads of a hold that was let go because its measure ended."""
MAY_TAKE: Final = frozenset({LineDecision.granted, LineDecision.narrowed})


class _Fault(NamedTuple):
    rejection: Rejection
    place: str


class _Bounds(NamedTuple):
    """What was signed for one hold: so much, and no longer; and what stays free, where it closes the account too."""

    cap_minor: int
    until: Instant
    closes: KeptFree | None = None


def pause_id(hold_id: HoldId) -> MeasureId:
    """Return by what the bank's own pause of a hold is named where measures are: the first has the hold's own id."""
    return MeasureId(hold_id)


def carrier_of(hold: AgentHold) -> MeasureId:
    """Return the measure that carries a hold."""
    return hold.carried_by or pause_id(hold.hold_id)


def take_measure_orders(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Let measures take holds over, or move their end on; refuse whatever is not signed or not lawful."""
    return [_take_order(tx, envelope, setting) for envelope in envelopes]


def _take_order(tx: Transaction, envelope: Envelope, setting: Setting) -> Handled:
    order = envelope.body
    assert isinstance(order, MeasureOrder)
    bounds = _signed_bounds(order, envelope.issued_at, setting)
    if isinstance(bounds, _Fault):
        return Handled(rejection=bounds.rejection, place=f"body.{bounds.place}")
    hold = locked_hold(tx, order.hold_id)
    rejection = _cannot_take(tx, hold, order, setting)
    if rejection is not None or hold is None:
        return Handled(rejection=rejection, place="body.hold_id")
    try:
        bounds = bounds._replace(closes=closed_but_for(order.measure, _ground(order, setting), hold))
    except NothingFree:
        return Handled(rejection=Rejection.measure_refused_by_law, place="body.measure")
    statement = author_of(order.schedule, setting.officer_key_of)
    with_lines(
        tx, [hold], ParticipantId(envelope.sender), setting, _carried(order, bounds, statement, envelope.issued_at)
    )
    return _told(tx, order.measure_id, order.hold_id, envelope, setting)


def _signed_bounds(order: MeasureOrder, sent_at: Instant, setting: Setting) -> _Bounds | _Fault:
    """Return what was signed of the order, if those signed it who may, and the law lets it last so long."""
    rule = _rule(order, setting)
    if rule is None or rule.author is None or rule.authorisation is None or rule.duration is None:
        return _Fault(Rejection.measure_refused_by_law, "measure")
    if not _is_authors(order, rule, sent_at, setting):
        return _Fault(Rejection.schedule_does_not_stand, "schedule")
    bounds = _Bounds(order.line.cap_minor, order.line.until)
    authorisation = rule.authorisation.value
    if order.decision is not None and order.grant is not None and authorisation is not None:
        readers = frozenset(rule.author.value)
        if not _is_granted(order, authorisation.by, readers, setting):
            return _Fault(Rejection.decision_does_not_stand, "decision")
        until = order.grant.until or bounds.until
        bounds = _Bounds(min(bounds.cap_minor, order.grant.cap_minor), min(bounds.until, until))
    elif authorisation is not None and authorisation.prior:
        return _Fault(Rejection.decision_does_not_stand, "decision")
    elif order.expires_at > _urgent_until(order, rule, setting):
        return _Fault(Rejection.end_beyond_terms, "expires_at")
    longest = setting.pack.data.calendar.end_of(rule.duration.value.total, order.begins_at)
    is_lawful = longest is not None and order.expires_at <= order.expires_at_most <= min(bounds.until, longest)
    is_now = order.begins_at <= sent_at.plus(SIGNED_AFTER_MAX)
    return bounds if is_lawful and is_now else _Fault(Rejection.end_beyond_terms, "expires_at")


def _urgent_until(order: MeasureOrder, rule: MeasureRule, setting: Setting) -> Instant:
    """Return until when a measure nobody has authorised can last: until it is asked for, and that is answered."""
    assert rule.authorisation is not None
    authorisation = rule.authorisation.value
    if authorisation is None or authorisation.file_within is None:
        return order.line.until
    end = order.begins_at
    for window in (authorisation.file_within, authorisation.decide_within):
        found = None if window is None else counted(window, end, branch_of(rule), Side.restriction, setting.pack)
        if found is None:
            return end  # nothing moves the end on, and hours that nobody can count are none
        end = found.at
    return end


def _rule(order: MeasureOrder, setting: Setting) -> MeasureRule | None:
    """Return this bank's own rule for the measure on the day it began; None where nothing lawful is there."""
    ground = _ground(order, setting)
    return None if ground is None else ground.rule


def _ground(order: MeasureOrder, setting: Setting) -> Ground | None:
    if order.measure not in Measure.__members__:
        return None
    day = setting.pack.data.calendar.local_day(order.begins_at)
    ground = setting.pack.ground(Measure(order.measure), None, day)
    return None if ground is None or ground.stops or day != order.law_day else ground


def _is_authors(order: MeasureOrder, rule: MeasureRule, sent_at: Instant, setting: Setting) -> bool:
    """Return whether an officer who may take this measure has signed this very line, before it was ordered."""
    schedule, line = order.schedule, order.line
    try:
        statement = author_of(schedule, setting.officer_key_of)
    except StatementFault:
        return False
    capacity = setting.officer_capacity(statement.participant_id, statement.officer_id)
    is_of_rule = rule.author is not None and capacity in rule.author.value
    is_of_order = schedule.measure == order.measure and schedule.act in {Act.begin_measure, Act.file_motion}
    is_ours = (line.hold_id, line.participant_id) == (order.hold_id, setting.me)
    is_before = statement.at <= sent_at.plus(SIGNED_AFTER_MAX)
    return is_of_rule and is_of_order and is_ours and is_before and line.digest in schedule.digests


def _is_granted(order: MeasureOrder, by: ActorRole, readers: frozenset[ActorRole], setting: Setting) -> bool:
    """Return whether who can authorise has granted this very line, or two officers have read so on paper."""
    decision, grant, line = order.decision, order.grant, order.line
    assert decision is not None
    assert grant is not None
    try:
        statements = deciders_of(decision, setting.officer_key_of)
    except StatementFault:
        return False
    author = author_of(order.schedule, setting.officer_key_of)
    if (author.participant_id, author.officer_id) in {(one.participant_id, one.officer_id) for one in statements}:
        return False  # who asked neither answers nor reads the answer
    capacities = {setting.officer_capacity(one.participant_id, one.officer_id) for one in statements}
    may_sign = capacities <= (readers | {by} if decision.on_paper else {by})
    is_upon = (decision.motion_id, decision.measure) == (order.schedule.schedule_id, order.measure)
    is_line = (grant.line_id, grant.hold_id) == (line.line_id, line.hold_id) and grant.digest in decision.digests
    return may_sign and decision.by == by and is_upon and is_line and grant.decision in MAY_TAKE


def _cannot_take(tx: Transaction, hold: AgentHold | None, order: MeasureOrder, setting: Setting) -> Rejection | None:
    """Return why the hold cannot be taken over: it is over, or the measure is. An end only counts if it came before."""
    if hold is None:
        return Rejection.hold_unknown
    if not is_live(hold, setting.now):
        return Rejection.hold_has_ended
    if hold.status is not HoldStatus.placed:
        return Rejection.hold_not_placed
    if order.line.currency != hold.currency:
        return Rejection.schedule_does_not_stand
    known = tx.get(HOLD_MEASURES, hold.hold_id, order.measure_id)
    if known is None:
        signed_at = author_of(order.schedule, setting.officer_key_of).at
        # A measure never begins before its author has signed; what prolongs it is signed later.
        is_backdated = signed_at > order.begins_at.plus(SIGNED_AFTER_MAX)
        if is_backdated:
            return Rejection.schedule_does_not_stand
        carrier = None if hold.carried_by is None else tx.get(HOLD_MEASURES, hold.hold_id, hold.carried_by)
        if carrier is not None and order.decision is None:
            return Rejection.measure_known_with_other_terms  # its hours would begin anew: only a decision carries on
        return None
    return None if hold.carried_by == order.measure_id else Rejection.measure_has_ended


def _carried(order: MeasureOrder, bounds: _Bounds, statement: Statement, sent_at: Instant) -> Change:
    def change(tx: Transaction, hold: AgentHold, setting: Setting) -> None:
        known = tx.get(HOLD_MEASURES, hold.hold_id, order.measure_id)
        ends_at = end_of_hold(order.expires_at, setting.now, sent_at)
        _end_measure(tx, hold, order.measure_id, MeasureEnd.carried_on, setting)
        tx.put(HOLD_MEASURES, _measure(order, bounds, statement, ends_at, known, setting))
        carried = replace(
            hold,
            expires_at=ends_at,
            expires_at_most=end_of_hold(order.expires_at_most, setting.now, sent_at),
            carried_by=order.measure_id,
            closes=bounds.closes,
            decided_by=None,
            decided_at=setting.now,
        )
        tx.put(HOLDS, carried)
        core_command(tx, carried, CoreVerb.extend, carried.reserved_minor, setting, because=order.commitment)
        if 0 < bounds.cap_minor < still_held_minor(carried):
            carried = narrow_hold(tx, carried, bounds.cap_minor, setting)
        # What becomes free of the piece later is held no further than the measure was signed.
        carried = replace(carried, claim_minor=min(carried.claim_minor, bounds.cap_minor))
        due = NoticeKind.measure_begun if known is None else NoticeKind.measure_moved_on
        tx.put(HOLDS, replace(carried, notice_due=due))

    return change


def _measure(
    order: MeasureOrder,
    bounds: _Bounds,
    statement: Statement,
    ends_at: Instant,
    known: HoldMeasure | None,
    setting: Setting,
) -> HoldMeasure:
    return HoldMeasure(
        hold_id=order.hold_id,
        measure_id=order.measure_id,
        measure=order.measure,
        pack=order.pack,
        law_day=order.law_day,
        norms=order.norms,
        participant_id=statement.participant_id,
        officer_id=statement.officer_id,
        decision=order.decision,
        cap_minor=bounds.cap_minor,
        begins_at=order.begins_at,
        received_at=setting.now if known is None else known.received_at,
        ends_at=ends_at,
        end=None,
        ended_at=None,
        is_asked=known is not None,
        changed_at=None if known is None else setting.now if ends_at > known.ends_at else known.changed_at,
    )


def _end_measure(tx: Transaction, hold: AgentHold, by: MeasureId | None, end: MeasureEnd, setting: Setting) -> None:
    """Keep that the measure which carries the hold carries it no more, unless it is ``by`` itself."""
    if hold.carried_by is None or hold.carried_by == by:
        return
    before = tx.get(HOLD_MEASURES, hold.hold_id, hold.carried_by)
    assert before is not None
    tx.put(HOLD_MEASURES, replace(before, end=end, ended_at=setting.now))


def take_lift_orders(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Let go of what a measure holds, or narrow it. One that carries nothing any more is lifted already."""
    handled = []
    for envelope in envelopes:
        order = envelope.body
        assert isinstance(order, LiftOrder)
        if not _says_why(order):
            handled.append(Handled(rejection=Rejection.order_unknown, place="body.why"))
            continue
        hold = locked_hold(tx, order.hold_id)
        if hold is None:
            handled.append(Handled(rejection=Rejection.hold_unknown, place="body.hold_id"))
            continue
        if is_live(hold, setting.now) and carrier_of(hold) == order.measure_id:
            with_lines(tx, [hold], ParticipantId(envelope.sender), setting, _lifted(order))
        handled.append(_told(tx, order.measure_id, order.hold_id, envelope, setting))
    return handled


def _says_why(order: LiftOrder) -> bool:
    """Return whether an order says how a measure ended or, where it goes on, that a forum has narrowed it."""
    return order.why == NARROWED_ON_APPEAL if order.keep_minor else order.why in MeasureEnd.__members__


def _lifted(order: LiftOrder) -> Change:
    def change(tx: Transaction, hold: AgentHold, setting: Setting) -> None:
        if order.keep_minor > 0:
            if order.keep_minor < still_held_minor(hold):
                narrow_hold(tx, hold, order.keep_minor, setting, why=NoticeReason.narrowed_by_forum)
            return
        why = MeasureEnd(order.why)
        _end_measure(tx, hold, None, why, setting)
        end_hold(tx, hold, HoldStatus.released, HOLD_END_OF[why], setting)

    return change


def _told(tx: Transaction, measure_id: MeasureId, hold_id: HoldId, envelope: Envelope, setting: Setting) -> Handled:
    """Reply what the measure holds now."""
    hold = tx.get(HOLDS, hold_id)
    assert hold is not None
    is_carried = is_live(hold, setting.now) and carrier_of(hold) == measure_id
    told = MeasureTold(
        measure_id=measure_id,
        hold_id=hold_id,
        is_carried=is_carried,
        held_minor=still_held_minor(hold) if is_carried else 0,
        hold_expires_at=hold.expires_at,
    )
    recipient = ParticipantId(envelope.sender)
    return Handled(replies=(setting.envelope(recipient, told, measure_id, envelope.message_id),))
