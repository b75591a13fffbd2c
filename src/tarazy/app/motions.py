"""Motions: an author asks an authority about a whole case in one act, and is answered line by line.

Filing in time moves the end of what is in force to when the decision is due; the decision moves it to what was granted,
or ends it. Whoever decides has had no hand in asking. What is struck is let go at its bank at once.
"""

from dataclasses import dataclass
from typing import Final

from tarazy.app.deadlines import Counted, Owed, close_all, close_deadline, counted, open_deadline
from tarazy.app.eventing import record
from tarazy.app.measure_ends import end_measure, record_measure
from tarazy.app.measure_law import branch_of, rule_of
from tarazy.app.measure_records import (
    CASE_MEASURES,
    MOTIONS,
    SCHEDULE_ROWS,
    SCHEDULES,
    CaseMeasure,
    Motion,
    Schedule,
    ScheduleRow,
)
from tarazy.app.measures import new_measure, order_measure
from tarazy.app.schedules import ActRefused, LineChecked, SignedAct, checked, line_of, measure_id_of, store_schedule
from tarazy.app.setting import Setting
from tarazy.app.statements import Signed, signed_statement
from tarazy.app.store import Condition, Transaction
from tarazy.domain.deadline import Duty, IfMissed
from tarazy.domain.measure import MeasureEnd, MeasureStatus, NextStep
from tarazy.domain.motion import LineDecision, MotionAsk, MotionStatus, line_moved, moved
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import Measure, Verdict
from tarazy.law.clock import Side
from tarazy.law.pack import MeasureRule
from tarazy.protocol.statement import Act
from tarazy.values.ids import MeasureId, MotionId, ParticipantId
from tarazy.values.replacing import replace

MAY_BE_ASKED: Final = frozenset({Verdict.permitted, Verdict.needs_authorisation})


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawMotion:
    """The author takes a motion back: what waited for it, or stood until its decision, is let go."""

    motion_id: MotionId
    participant_id: ParticipantId
    statement: str


def file_motion(
    tx: Transaction, act: SignedAct, setting: Setting, ask: MotionAsk = MotionAsk.authorise
) -> Motion | ActRefused:
    """File a motion. What is in force upon its holds stands until the decision is due, within what was signed."""
    if act.signed.act is not Act.file_motion:
        return ActRefused(Rejection.motion_lines_differ, "act")
    known, signed = tx.get(MOTIONS, act.signed.schedule_id), tx.get(SCHEDULES, act.signed.schedule_id)
    if signed is not None:
        if known is not None and signed.signed == act.signed:
            return known
        return ActRefused(Rejection.measure_known_with_other_terms, "schedule_id")
    found = checked(tx, act, MAY_BE_ASKED, setting, is_extension=ask is MotionAsk.extend)
    if isinstance(found, ActRefused):
        return found
    rule = rule_of(Measure(act.signed.measure), setting.now, setting)
    authorisation = None if rule.authorisation is None else rule.authorisation.value
    if authorisation is None:
        return ActRefused(Rejection.measure_refused_by_law, "measure", found.lines[0].assessment)
    gone = next((one for one in found.lines if ask is MotionAsk.extend and not _can_be_extended(one, act)), None)
    if gone is not None:
        return ActRefused(Rejection.extension_too_late, gone.line.line_id)
    anew = next((one for one in found.lines if ask is not MotionAsk.extend and _can_be_extended(one, act)), None)
    if anew is not None:
        # Asked for as new, its days would be counted from the beginning again: it can only be extended.
        return ActRefused(Rejection.measure_known_with_other_terms, anew.line.line_id)
    ids = [_measure_id(one, act, ask) for one in found.lines]
    schedule = store_schedule(tx, act, found, ids, setting)
    decide_by = _decide_by(rule, setting)
    motion = Motion(
        motion_id=schedule.schedule_id,
        case_id=schedule.case_id,
        filed_by=schedule.participant_id,
        ask=ask,
        to=authorisation.by,
        status=MotionStatus.filed,
        filed_at=setting.now,
        decide_by=None if decide_by is None else decide_by.at,
        decided_at=None,
        decision_id=None,
    )
    tx.add(MOTIONS, motion)
    _record(tx, setting, "motion_filed", motion, schedule)
    for one, measure_id in zip(found.lines, ids, strict=True):
        _await_decision(tx, one, measure_id, motion, schedule, setting)
    if authorisation.decide_within is not None:
        owed = Owed(Duty.judge_decides, motion.motion_id, motion.case_id, authorisation.by, None, IfMissed.lapses)
        open_deadline(tx, owed, authorisation.decide_within, branch_of(rule), Side.restriction, setting)
    return motion


def _can_be_extended(one: LineChecked, act: SignedAct) -> bool:
    """Tell whether such a measure carries the hold now, by an authorisation: what has ended does not come back."""
    carrier = one.carrier
    return carrier is not None and (carrier.measure, carrier.status) == (act.signed.measure, MeasureStatus.in_force)


def _measure_id(one: LineChecked, act: SignedAct, ask: MotionAsk) -> MeasureId:
    """Return the measure that a line is about: the one to be extended, or a new one."""
    if ask is MotionAsk.extend and one.carrier is not None:
        return one.carrier.measure_id
    return measure_id_of(one.line, act.signed.measure)


def _decide_by(rule: MeasureRule, setting: Setting) -> Counted | None:
    assert rule.authorisation is not None
    assert rule.authorisation.value is not None
    within = rule.authorisation.value.decide_within
    return None if within is None else counted(within, setting.now, branch_of(rule), Side.restriction, setting.pack)


def _await_decision(
    tx: Transaction, one: LineChecked, measure_id: MeasureId, motion: Motion, schedule: Schedule, setting: Setting
) -> None:
    """Let what carries the hold stand until the decision is due; a new measure waits for it and takes nothing."""
    carrier = one.carrier
    if carrier is not None:
        close_deadline(tx, Duty.motion_to_judge, carrier.measure_id, setting)
        is_first = carrier.next_step is NextStep.motion  # a second motion moves nothing: the first one's answer is due
        if carrier.status is MeasureStatus.urgent and is_first and motion.decide_by is not None:
            carrier = _moved_on(tx, carrier, motion, setting)
        elif motion.ask is MotionAsk.extend:
            carrier = replace(carrier, motion_id=motion.motion_id)
            tx.put(CASE_MEASURES, carrier)
    if motion.ask is MotionAsk.extend and carrier is not None:
        return
    waiting = new_measure(one, measure_id, schedule, MeasureStatus.waiting, setting)
    until = waiting.expires_at if motion.decide_by is None else min(waiting.expires_at, motion.decide_by)
    tx.add(
        CASE_MEASURES,
        replace(waiting, expires_at=until, next_step=NextStep.decision, motion_id=motion.motion_id),
    )


def _moved_on(tx: Transaction, carrier: CaseMeasure, motion: Motion, setting: Setting) -> CaseMeasure:
    """Move the end of an urgent measure to when the decision is due, be it sooner; never beyond what was signed."""
    assert motion.decide_by is not None
    until = min(carrier.expires_at_most, motion.decide_by)
    after = replace(carrier, expires_at=until, next_step=NextStep.decision, motion_id=motion.motion_id)
    tx.put(CASE_MEASURES, after)
    commitment = record_measure(tx, setting, "measure_moved_on", after)
    if until != carrier.expires_at:
        schedule, row = _schedule_of(tx, after)
        order_measure(tx, after, schedule, line_of(row), None, setting, commitment=commitment)
    return after


def _schedule_of(tx: Transaction, measure: CaseMeasure) -> tuple[Schedule, ScheduleRow]:
    schedule, row = tx.get(SCHEDULES, measure.schedule_id), tx.get(SCHEDULE_ROWS, measure.line_id)
    assert schedule is not None
    assert row is not None
    return schedule, row


def withdraw_motion(tx: Transaction, command: WithdrawMotion, setting: Setting) -> Motion | Rejection:
    """Take a motion back. What stood only until its decision is let go at once."""
    motion = tx.lock(MOTIONS, {(command.motion_id,)}).get((command.motion_id,))
    schedule = tx.get(SCHEDULES, command.motion_id)
    if motion is None or schedule is None:
        return Rejection.motion_unknown
    if motion.status is not MotionStatus.filed:
        return Rejection.motion_has_ended
    terms = (("case_id", motion.case_id),)
    signed = Signed(command.statement, Act.withdraw_motion, command.motion_id, command.participant_id, terms)
    statement = signed_statement(signed, setting)
    if isinstance(statement, Rejection):
        return statement
    if command.participant_id != schedule.participant_id:
        return Rejection.officer_not_entitled
    return _end_motion(tx, motion, schedule, MotionStatus.withdrawn, LineDecision.withdrawn, setting)


def _end_motion(
    tx: Transaction,
    motion: Motion,
    schedule: Schedule,
    status: MotionStatus,
    line_status: LineDecision,
    setting: Setting,
) -> Motion:
    after = replace(motion, status=moved(motion.status, status), decided_at=setting.now)
    tx.put(MOTIONS, after)
    _record(tx, setting, f"motion_{status}", after, schedule)
    close_all(tx, motion.motion_id, setting)
    end = MeasureEnd.motion_withdrawn if status is MotionStatus.withdrawn else MeasureEnd.not_decided_in_time
    for row in tx.find(SCHEDULE_ROWS, Condition("schedule_id", "=", motion.motion_id)):
        tx.put(SCHEDULE_ROWS, replace(row, decision=line_moved(row.decision, line_status)))
    waiting = tx.find(CASE_MEASURES, Condition("case_id", "=", motion.case_id))
    for measure in waiting:
        hangs_on_it = measure.motion_id == motion.motion_id and measure.next_step is NextStep.decision
        if hangs_on_it and not measure.status.is_final:
            end_measure(tx, measure, end, setting, is_told=measure.status is MeasureStatus.waiting)
    return after


def lapse_motions(tx: Transaction, setting: Setting, limit: int = 200) -> int:
    """Record the motions that nobody decided in time; what hung on them ends by its own end. Return how many."""
    due = tx.claim(
        MOTIONS,
        Condition("status", "=", MotionStatus.filed),
        Condition("decide_by", "<=", setting.now),
        order=("decide_by",),
        limit=limit,
    )
    for motion in due:
        schedule = tx.get(SCHEDULES, motion.motion_id)
        assert schedule is not None
        _end_motion(tx, motion, schedule, MotionStatus.lapsed, LineDecision.lapsed, setting)
    return len(due)


def _record(tx: Transaction, setting: Setting, kind: str, motion: Motion, schedule: Schedule) -> None:
    record(
        tx,
        setting,
        kind,
        schedule.participant_id,
        motion.motion_id,
        case_id=motion.case_id,
        officer=schedule.officer_id,
        measure=schedule.measure,
        ask=motion.ask,
        to=motion.to,
        lines=len(schedule.signed.digests),
        decide_by=None if motion.decide_by is None else motion.decide_by.text(),
    )
