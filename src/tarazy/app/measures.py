"""Measures upon holds at the exchange: begun, moved on, lifted, lapsed. What is decided here the bank checks again.

Nothing here prolongs by itself. A measure's end is moved by a step that its law asks for, and by no other; without it
the measure lapses here and at the bank, each by its own clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tarazy.app.appeals import executed_at_bank
from tarazy.app.capacity import officers_capacity
from tarazy.app.deadlines import Counted, Owed, counted, open_deadline
from tarazy.app.deferring import put_off_telling
from tarazy.app.measure_ends import end_measure, record_measure
from tarazy.app.measure_law import branch_of, rule_of
from tarazy.app.measure_records import CASE_MEASURES, SCHEDULES, CaseMeasure, Schedule
from tarazy.app.messages import Handled, Outgoing, queue
from tarazy.app.periodic_review import owe_review
from tarazy.app.records import CASE_HOLDS
from tarazy.app.releasing import released_by_measure, taken_over
from tarazy.app.schedules import (
    ActRefused,
    LineChecked,
    SignedAct,
    checked,
    measure_id_of,
    store_schedule,
)
from tarazy.app.setting import Setting
from tarazy.app.statements import Signed, signed_statement
from tarazy.app.store import Condition, Transaction
from tarazy.domain.deadline import Duty, IfMissed
from tarazy.domain.measure import (
    END_WITHOUT,
    LIVE_MEASURES,
    MeasureEnd,
    MeasureStatus,
    NextStep,
)
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import ActorRole, Measure, Verdict
from tarazy.law.clock import Side
from tarazy.law.pack import MeasureRule
from tarazy.protocol import jws
from tarazy.protocol.measure_bodies import MeasureOrder, MeasureTold
from tarazy.protocol.message import Envelope
from tarazy.protocol.schedule import LineGrant, ScheduleLine, SignedDecision
from tarazy.protocol.statement import Act
from tarazy.protocol.wire import from_json, to_json
from tarazy.values.ids import MeasureId, ParticipantId
from tarazy.values.replacing import replace

LAPSING_PER_RUN_MAX: Final = 500
PERMITTED: Final = frozenset({Verdict.permitted})


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftMeasure:
    """Its author, or who authorised it, ends a measure for the person whom it touches."""

    measure_id: MeasureId
    participant_id: ParticipantId
    statement: str


def begin_measures(tx: Transaction, act: SignedAct, setting: Setting) -> Schedule | ActRefused:
    """Begin a measure upon each hold of a schedule at once, as far as its law does not ask for a decision before.

    Each measure ends when the next step of its law would have to be taken, and no later (see `domain.measure`).
    """
    if act.signed.act is not Act.begin_measure:
        return ActRefused(Rejection.motion_lines_differ, "act")
    known = tx.get(SCHEDULES, act.signed.schedule_id)
    if known is not None:
        is_same = known.signed == act.signed
        return known if is_same else ActRefused(Rejection.measure_known_with_other_terms, "schedule_id")
    found = checked(tx, act, PERMITTED, setting)
    if isinstance(found, ActRefused):
        return found
    carried = next((one for one in found.lines if one.carrier is not None), None)
    if carried is not None:
        # Otherwise its hours would begin anew with every signature: only an authority carries it further.
        return ActRefused(Rejection.measure_known_with_other_terms, carried.line.line_id)
    rule = rule_of(Measure(act.signed.measure), setting.now, setting)
    authorisation = None if rule.authorisation is None else rule.authorisation.value
    if authorisation is not None and authorisation.file_within is not None and _file_by(rule, setting) is None:
        return ActRefused(Rejection.measure_refused_by_law, "file_within")  # hours that nobody can count are none
    ids = [measure_id_of(one.line, act.signed.measure) for one in found.lines]
    schedule = store_schedule(tx, act, found, ids, setting)
    for one, measure_id in zip(found.lines, ids, strict=True):
        _begin(tx, one, measure_id, schedule, rule, setting)
    return schedule


def _begin(
    tx: Transaction,
    one: LineChecked,
    measure_id: MeasureId,
    schedule: Schedule,
    rule: MeasureRule,
    setting: Setting,
) -> None:
    authorisation = None if rule.authorisation is None else rule.authorisation.value
    ends_at, status, step = one.line.until, MeasureStatus.in_force, NextStep.extension
    if authorisation is not None:
        status, step = MeasureStatus.urgent, NextStep.motion
        if authorisation.file_within is not None:
            file_by = _file_by(rule, setting)
            assert file_by is not None
            ends_at = min(ends_at, file_by.at)
    measure = new_measure(one, measure_id, schedule, status, setting)
    measure = replace(measure, expires_at=ends_at, next_step=step)
    tx.add(CASE_MEASURES, measure)
    commitment = record_measure(tx, setting, "measure_begun", measure, offences=",".join(schedule.signed.offence_ids))
    order_measure(tx, measure, schedule, one.line, None, setting, commitment=commitment)
    _open_duties(tx, measure, rule, setting)


def _file_by(rule: MeasureRule, setting: Setting) -> Counted | None:
    """Return by when a measure that begins now must be asked for; None where the pack cannot count it."""
    within = None if rule.authorisation is None or rule.authorisation.value is None else rule.authorisation.value
    if within is None or within.file_within is None:
        return None
    return counted(within.file_within, setting.now, branch_of(rule), Side.restriction, setting.pack)


def new_measure(
    one: LineChecked, measure_id: MeasureId, schedule: Schedule, status: MeasureStatus, setting: Setting
) -> CaseMeasure:
    """Return a measure as its line and the law gate's answer make it."""
    assessment = one.assessment
    return CaseMeasure(
        measure_id=measure_id,
        case_id=schedule.case_id,
        report_id=one.report.report_id,
        hold_id=one.hold.hold_id,
        participant_id=one.hold.participant_id,
        measure=schedule.measure,
        pack=f"{assessment.pack_id}/{assessment.pack_version}",
        law_day=setting.pack.data.calendar.local_day(setting.now),
        norms=assessment.norm_ids,
        norm_versions=assessment.norm_versions,
        schedule_id=schedule.schedule_id,
        line_id=one.line.line_id,
        author_participant_id=schedule.participant_id,
        author_officer_id=schedule.officer_id,
        offence_ids=schedule.signed.offence_ids,
        request=to_json(one.request).decode(),
        currency=one.hold.currency,
        cap_minor=one.line.cap_minor,
        held_minor=0,
        status=status,
        next_step=NextStep.extension,
        end=None,
        begins_at=setting.now,
        taken_at=None,
        expires_at=one.line.until,
        expires_at_most=one.line.until,
        extensions=0,
        motion_id=None,
        decision_id=None,
        carries_on=None if one.carrier is None else one.carrier.measure_id,
        is_unlawful=False,
        ended_at=None,
    )


def _open_duties(tx: Transaction, measure: CaseMeasure, rule: MeasureRule, setting: Setting) -> None:
    """Open what the law wants done because the measure begins: the motion, telling the holder; tell the authorities."""
    urgent = None if rule.urgent is None else rule.urgent.value
    if measure.status is MeasureStatus.urgent and urgent is not None and urgent.tell:
        # It stands in their queue from this transaction on: nothing is sent that could be late.
        record_measure(tx, setting, "authorities_told", measure, to=",".join(one.who for one in urgent.tell))
    branch, author = branch_of(rule), measure.author_participant_id
    authorisation = None if rule.authorisation is None else rule.authorisation.value
    if measure.next_step is NextStep.motion and authorisation is not None and authorisation.file_within is not None:
        owed = Owed(
            Duty.motion_to_judge, measure.measure_id, measure.case_id, ActorRole.investigator, author, IfMissed.lapses
        )
        open_deadline(tx, owed, authorisation.file_within, branch, Side.restriction, setting)
    if measure.next_step is NextStep.extension:
        owe_review(tx, measure, setting)
    notice = None if rule.notice is None else rule.notice.value
    if notice is not None:
        owed = Owed(
            Duty.tell_holder,
            measure.measure_id,
            measure.case_id,
            ActorRole.bank,
            measure.participant_id,
            IfMissed.alerts,
        )
        open_deadline(tx, owed, notice.within, branch, Side.restriction, setting)
        put_off_telling(tx, measure.measure_id, measure.participant_id, setting)


def order_measure(
    tx: Transaction,
    measure: CaseMeasure,
    schedule: Schedule,
    line: ScheduleLine,
    granted: tuple[SignedDecision, LineGrant] | None,
    setting: Setting,
    *,
    commitment: str,
) -> None:
    """Order the bank to let the measure carry its hold until its end: first, and whenever a step moves the end on."""
    order = MeasureOrder(
        measure_id=measure.measure_id,
        hold_id=measure.hold_id,
        measure=measure.measure,
        pack=measure.pack,
        law_day=measure.law_day,
        norms=measure.norms,
        schedule=schedule.signed,
        line=line,
        decision=None if granted is None else granted[0],
        grant=None if granted is None else granted[1],
        begins_at=measure.begins_at,
        expires_at=measure.expires_at,
        expires_at_most=measure.expires_at_most,
        commitment=commitment,
    )
    decided = "" if granted is None else granted[0].decision_id  # one may leave the end and lessen the sum
    envelope = setting.envelope(measure.participant_id, order, measure.measure_id, measure.expires_at.text(), decided)
    queue(tx, envelope, setting)


def take_measures_told(tx: Transaction, envelopes: Iterable[Envelope], setting: Setting) -> list[Handled]:
    """Take what a bank says of a measure: it carries the hold now, or it carries nothing (any more)."""
    handled = []
    for envelope in envelopes:
        told = envelope.body
        assert isinstance(told, MeasureTold)
        measure = tx.lock(CASE_MEASURES, {(told.measure_id,)}).get((told.measure_id,))
        hold = tx.get(CASE_HOLDS, told.hold_id)
        is_its_own = told.measure_id == MeasureId(told.hold_id) if measure is None else measure.hold_id == told.hold_id
        if hold is None or hold.participant_id != envelope.sender or not is_its_own:
            handled.append(Handled(rejection=Rejection.hold_not_of_sender, place="body.measure_id"))
            continue
        held = told.held_minor if told.is_carried else 0
        released_by_measure(tx, told.measure_id, hold, held, setting)
        executed_at_bank(tx, told.measure_id, held, setting)
        if measure is not None:  # otherwise a bank's own pause that was let go: its answer says so
            _take_told(tx, measure, told, setting)
        handled.append(Handled())
    return handled


def _take_told(tx: Transaction, measure: CaseMeasure, told: MeasureTold, setting: Setting) -> None:
    if measure.status.is_final:
        return
    if not told.is_carried:
        end_measure(tx, measure, MeasureEnd.hold_has_ended, setting, is_told=True)
        return
    first = measure.taken_at is None
    held = min(told.held_minor, measure.cap_minor)
    measure = replace(measure, taken_at=measure.taken_at or setting.now, held_minor=held)
    tx.put(CASE_MEASURES, measure)
    hold = tx.lock(CASE_HOLDS, {(measure.hold_id,)})[measure.hold_id,]
    ends = min(told.hold_expires_at, measure.expires_at)
    tx.put(
        CASE_HOLDS,
        replace(
            hold,
            expires_at=ends,
            expires_at_most=max(ends, measure.expires_at_most),
            carried_by=measure.measure_id,
            asked_minor=min(hold.asked_minor, measure.cap_minor),
        ),
    )
    if first:
        taken_over(tx, measure.hold_id, setting)
        record_measure(tx, setting, "measure_taken", measure, held_minor=held)
        carried = _carried_by(tx, measure)
        if carried is not None:
            end_measure(tx, carried, MeasureEnd.carried_on, setting, is_told=True)


def _carried_by(tx: Transaction, measure: CaseMeasure) -> CaseMeasure | None:
    """Return the measure that this one takes over from, if it has not ended already."""
    if measure.carries_on is None:
        return None
    carried = tx.lock(CASE_MEASURES, {(measure.carries_on,)})[measure.carries_on,]
    return None if carried.status.is_final else carried


def measure_was_refused(tx: Transaction, outgoing: Outgoing, refusal: str, setting: Setting) -> None:
    """End a measure that a bank did not take: it has nothing to carry on, or does not find it lawful.

    One that it has taken before stands there to the end that it had. So does the one that this was to take over from:
    the bank holds on that one still, and it has the rest of its own time and no more.
    """
    told = from_json(jws.read(outgoing.text).payload, Envelope).body
    assert isinstance(told, MeasureOrder)
    measure = tx.lock(CASE_MEASURES, {(told.measure_id,)}).get((told.measure_id,))
    if measure is None or measure.status.is_final:
        return
    if measure.taken_at is None:
        end_measure(tx, measure, MeasureEnd.hold_has_ended, setting, is_told=True, refusal=refusal)
        carried = _carried_by(tx, measure)
        if carried is not None:
            tx.put(CASE_MEASURES, replace(carried, next_step=NextStep.extension))
    else:
        record_measure(tx, setting, "measure_order_refused", measure, refusal=refusal)


def lapse_measures(tx: Transaction, setting: Setting) -> list[CaseMeasure]:
    """Record the end of measures whose time is out, for the step that did not come; return them."""
    due = tx.claim(
        CASE_MEASURES,
        Condition("status", "in", list(LIVE_MEASURES)),
        Condition("expires_at", "<=", setting.now),
        order=("expires_at",),
        limit=LAPSING_PER_RUN_MAX,
    )
    return [end_measure(tx, one, _end_in_time(tx, one), setting, is_told=False) for one in due]


def _end_in_time(tx: Transaction, measure: CaseMeasure) -> MeasureEnd:
    """Return why a measure is over whose time is out. What was granted in time carries it on, said its bank or not."""
    upon = (Condition("hold_id", "=", measure.hold_id), Condition("status", "=", MeasureStatus.in_force))
    is_carried = any(one.carries_on == measure.measure_id for one in tx.find(CASE_MEASURES, *upon))
    return MeasureEnd.carried_on if is_carried else END_WITHOUT[measure.next_step]


def lift_measure(tx: Transaction, command: LiftMeasure, setting: Setting) -> CaseMeasure | Rejection:
    """End a measure by a decision for the person whom it touches. The money is let go at its bank at once."""
    measure = tx.lock(CASE_MEASURES, {(command.measure_id,)}).get((command.measure_id,))
    if measure is None:
        return Rejection.measure_unknown
    if measure.status.is_final:
        return Rejection.measure_has_ended
    terms = (("case_id", measure.case_id), ("hold_id", measure.hold_id))
    signed = Signed(command.statement, Act.lift_measure, command.measure_id, command.participant_id, terms)
    statement = signed_statement(signed, setting)
    if isinstance(statement, Rejection):
        return statement
    rule = rule_of(Measure(measure.measure), measure.begins_at, setting)
    capacity = officers_capacity(tx, command.participant_id, statement.officer_id, measure.case_id)
    authorisation = None if rule.authorisation is None else rule.authorisation.value
    is_author = rule.author is not None and capacity in rule.author.value
    if is_author and command.participant_id == measure.author_participant_id:
        end = MeasureEnd.lifted_by_author
    elif authorisation is not None and capacity in {authorisation.by, ActorRole.prosecutor}:
        end = MeasureEnd.lifted_by_authority
    else:
        return Rejection.officer_not_entitled
    return end_measure(tx, measure, end, setting, is_told=False, officer=statement.officer_id)
