"""Deciding a motion: line by line, within what was asked and lawful, by whoever had no hand in asking.

What is granted is ordered of its bank with the decision, so that the bank sees who has decided; what is struck is let
go at once, all in the transaction of the decision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tarazy.app.capacity import officers_capacity
from tarazy.app.deadlines import close_deadline
from tarazy.app.eventing import record
from tarazy.app.locking import lock_material, of_measure
from tarazy.app.measure_ends import end_measure, record_measure
from tarazy.app.measure_law import rule_of
from tarazy.app.measure_records import (
    CASE_MEASURES,
    MEASURE_DECISIONS,
    MOTIONS,
    SCHEDULE_ROWS,
    SCHEDULES,
    CaseMeasure,
    MeasureDecision,
    Motion,
    Schedule,
    ScheduleRow,
)
from tarazy.app.measures import order_measure
from tarazy.app.periodic_review import owe_review
from tarazy.app.schedules import ActRefused, line_of
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.deadline import Duty
from tarazy.domain.hands import Hand, same_hands
from tarazy.domain.measure import IN_EFFECT, MeasureEnd, MeasureStatus, NextStep
from tarazy.domain.measure import moved as measure_moved
from tarazy.domain.motion import DECIDED_LINES, LineDecision, MotionAsk, MotionStatus, line_moved, moved
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import ActorRole, Authorised, Measure, Request, Verdict
from tarazy.law.gate import assess
from tarazy.law.safeguards import Part
from tarazy.protocol.schedule import LineGrant, SignedDecision, deciders_of, reasons_digest
from tarazy.protocol.statement import StatementFault, are_reasons
from tarazy.protocol.wire import from_json
from tarazy.values.ids import LineId, OfficerId, ParticipantId
from tarazy.values.replacing import replace


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideMotion:
    """An authority's decision on every line of a motion: its own signature, or two readers of one body of a paper.

    ``reasons`` are those whose hash was signed. They stay at the exchange: no bank reads what a court says of others.
    """

    signed: SignedDecision
    lines: tuple[LineGrant, ...]
    reasons: str
    participant_id: ParticipantId


def decide_motion(tx: Transaction, command: DecideMotion, setting: Setting) -> MeasureDecision | ActRefused:
    """Carry out an authority's decision: granted and narrowed lines are ordered, struck ones let go, all at once."""
    signed = command.signed
    motion = tx.lock(MOTIONS, {(signed.motion_id,)}).get((signed.motion_id,))
    if motion is None:
        return ActRefused(Rejection.motion_unknown, "motion_id")
    if motion.status is not MotionStatus.filed:
        return ActRefused(Rejection.motion_has_ended, "motion_id")
    if motion.decide_by is not None and motion.decide_by <= setting.now:
        return ActRefused(Rejection.motion_has_ended, "motion_id")  # late is late, be it before the clock was looked at
    schedule = tx.get(SCHEDULES, motion.motion_id)
    assert schedule is not None
    officers = _who_decides(tx, command, motion, schedule, setting)
    if isinstance(officers, ActRefused):
        return officers
    wanting = wanting_reasons(signed, command.reasons)
    if wanting is not None:
        return wanting
    officer = officers[0]
    rows = tx.find(SCHEDULE_ROWS, Condition("schedule_id", "=", motion.motion_id), order=("number",))
    grants = {grant.line_id: grant for grant in command.lines}
    refused = cannot_grant(rows, grants, command, setting)
    if refused is not None:
        return refused
    measures = tx.lock(CASE_MEASURES, {(row.measure_id,) for row in rows})
    for row in rows:
        refused = _lawful(measures[row.measure_id,], grants[row.line_id], command, motion, officer, setting)
        if refused is not None:
            return refused
    decision = _keep(tx, command, motion, officers, setting)
    for row in rows:
        _decide_line(tx, row, grants[row.line_id], measures[row.measure_id,], schedule, decision, motion, setting)
    return decision


def _who_decides(
    tx: Transaction, command: DecideMotion, motion: Motion, schedule: Schedule, setting: Setting
) -> tuple[OfficerId, ...] | ActRefused:
    """Return the officers who have signed the decision, if they can, and if they had no hand in asking for it."""
    signed = command.signed
    try:
        statements = deciders_of(signed, setting.officer_key_of)
    except StatementFault:
        return ActRefused(Rejection.decision_does_not_stand, "statements")
    if any(one.reasons for one in statements):
        return ActRefused(Rejection.decision_does_not_stand, "statements")  # each bank would read them
    if (
        signed.case_id not in {motion.case_id, schedule.signed.case_id}
        or signed.measure != schedule.measure
        or signed.by != motion.to
    ):
        return ActRefused(Rejection.decision_does_not_stand, "by")
    if signed.decided_on > setting.pack.data.calendar.local_day(setting.now):
        return ActRefused(Rejection.decision_does_not_stand, "decided_on")
    authors = frozenset({(Part.proposer, Hand(schedule.participant_id, schedule.officer_id))})
    for one in statements:
        capacity = officers_capacity(tx, one.participant_id, one.officer_id, motion.case_id)
        may_sign = {ActorRole(motion.to)} | (readers_of(schedule, setting) if signed.on_paper else set())
        if one.participant_id != command.participant_id or capacity not in may_sign:
            return ActRefused(Rejection.officer_not_entitled, "statements")
        # Who asked is no reader of the answer either: two others must have had the paper before them.
        if same_hands(Part.approver, Hand(one.participant_id, one.officer_id), authors):
            return ActRefused(Rejection.same_hands, "statements")
    return tuple(one.officer_id for one in statements)


def wanting_reasons(signed: SignedDecision, reasons: str) -> ActRefused | None:
    """Return what the reasons of a decision lack: to be reasons, and those whose hash was signed."""
    if not are_reasons(reasons):
        return ActRefused(Rejection.reasons_missing, "reasons")
    if signed.words != reasons_digest(signed.decision_id, reasons):
        return ActRefused(Rejection.decision_does_not_stand, "words")
    return None


def readers_of(schedule: Schedule, setting: Setting) -> set[ActorRole]:
    """Return who may read an authority's paper: two officers of a body that may ask for the measure."""
    rule = rule_of(Measure(schedule.measure), schedule.signed_at, setting)
    return set() if rule.author is None else set(rule.author.value)


def cannot_grant(
    rows: Sequence[ScheduleRow], grants: Mapping[LineId, LineGrant], command: DecideMotion, setting: Setting
) -> ActRefused | None:
    """Return where a decision leaves a line out, or gives more than was asked, or longer."""
    is_signed = command.signed.digests == tuple(grant.digest for grant in command.lines)
    if not is_signed or len(grants) != len(command.lines) or {row.line_id for row in rows} != grants.keys():
        return ActRefused(Rejection.motion_lines_differ, "lines")
    for row in rows:
        grant = grants[row.line_id]
        if grant.decision not in DECIDED_LINES or grant.hold_id != row.hold_id:
            return ActRefused(Rejection.motion_lines_differ, row.line_id)
        if grant.decision == LineDecision.struck:
            if grant.cap_minor or grant.until is not None:
                return ActRefused(Rejection.motion_lines_differ, row.line_id)
            continue
        is_all = (grant.cap_minor, grant.until) == (row.cap_minor, row.until)
        is_within = 0 < grant.cap_minor <= row.cap_minor and grant.until is not None and grant.until <= row.until
        if not is_within or is_all != (grant.decision == LineDecision.granted) or grant.is_unlawful:
            return ActRefused(Rejection.decision_goes_beyond, row.line_id)
        if grant.until is not None and grant.until <= setting.now:
            return ActRefused(Rejection.decision_goes_beyond, row.line_id)
    return None


def _lawful(
    measure: CaseMeasure,
    grant: LineGrant,
    command: DecideMotion,
    motion: Motion,
    officer: OfficerId,
    setting: Setting,
) -> ActRefused | None:
    """Return what the law gate says against a granted line, asked anew with the authorisation at hand."""
    if grant.decision == LineDecision.struck or measure.status.is_final:
        return None
    assert grant.until is not None
    authorised = Authorised(
        authorisation_id=command.signed.decision_id,
        by=ActorRole(command.signed.by),
        covers_minor=grant.cap_minor,
        valid_to=grant.until,
    )
    before = from_json(measure.request, Request)
    is_more = motion.ask is MotionAsk.extend
    request = replace(
        before,
        amount_minor=grant.cap_minor,
        duration=grant.until.since(setting.now),
        authorisation=authorised,
        is_urgent=False,
        hands=(*before.hands, (Part.approver, _approver(command, officer))),
        extends=setting.now.since(measure.begins_at) if is_more else before.extends,
        extensions_used=measure.extensions if is_more else before.extensions_used,
    )
    answer = assess(request, setting.pack, setting.now)
    if answer.verdict is Verdict.permitted:
        return None
    return ActRefused(Rejection.measure_refused_by_law, grant.line_id, answer)


def _approver(command: DecideMotion, officer: OfficerId) -> str:
    """Return who has approved, as the law gate is told of it: of a paper its forum, and none of its readers."""
    signed = command.signed
    return f"{signed.by}/{signed.forum}" if signed.on_paper else f"{command.participant_id}/{officer}"


def _keep(
    tx: Transaction, command: DecideMotion, motion: Motion, officers: tuple[OfficerId, ...], setting: Setting
) -> MeasureDecision:
    signed, officer = command.signed, officers[0]
    decision = MeasureDecision(
        decision_id=signed.decision_id,
        motion_id=motion.motion_id,
        case_id=motion.case_id,
        participant_id=command.participant_id,
        officer_id=officer,
        second_officer_id=officers[1] if signed.on_paper else None,
        signed=signed,
        lines=command.lines,
        reasons=command.reasons,
        received_at=setting.now,
    )
    tx.add(MEASURE_DECISIONS, decision)
    status = moved(motion.status, MotionStatus.decided)
    tx.put(MOTIONS, replace(motion, status=status, decided_at=setting.now, decision_id=signed.decision_id))
    close_deadline(tx, Duty.judge_decides, motion.motion_id, setting)
    kinds = [grant.decision for grant in command.lines]
    record(
        tx,
        setting,
        "motion_decided",
        command.participant_id,
        motion.motion_id,
        case_id=motion.case_id,
        officer=officer,
        forum=signed.forum,
        decision=signed.decision_no,
        on_paper="yes" if signed.on_paper else "no",
        granted=kinds.count(LineDecision.granted),
        narrowed=kinds.count(LineDecision.narrowed),
        struck=kinds.count(LineDecision.struck),
    )
    return decision


def _decide_line(
    tx: Transaction,
    row: ScheduleRow,
    grant: LineGrant,
    measure: CaseMeasure,
    schedule: Schedule,
    decision: MeasureDecision,
    motion: Motion,
    setting: Setting,
) -> None:
    after = replace(
        row,
        decision=line_moved(row.decision, LineDecision(grant.decision)),
        granted_minor=grant.cap_minor or None,
        granted_until=grant.until,
    )
    tx.put(SCHEDULE_ROWS, after)
    if measure.status.is_final:
        return  # its hold ended meanwhile: what was granted has nothing to carry
    if grant.decision == LineDecision.struck:
        _strike(tx, measure, grant, motion, setting)
        return
    assert grant.until is not None
    is_more = motion.ask is MotionAsk.extend
    granted = replace(
        measure,
        status=measure_moved(measure.status, MeasureStatus.in_force),
        next_step=NextStep.extension,
        cap_minor=grant.cap_minor,
        expires_at=grant.until,
        expires_at_most=grant.until,
        schedule_id=schedule.schedule_id,
        line_id=row.line_id,
        decision_id=decision.decision_id,
        extensions=measure.extensions + 1 if is_more else measure.extensions,
    )
    tx.put(CASE_MEASURES, granted)
    owe_review(tx, granted, setting)
    commitment = record_measure(tx, setting, "measure_extended" if is_more else "measure_authorised", granted)
    order_measure(tx, granted, schedule, line_of(row), (decision.signed, grant), setting, commitment=commitment)


def _strike(tx: Transaction, measure: CaseMeasure, grant: LineGrant, motion: Motion, setting: Setting) -> None:
    """Let go of what a struck line was about; where it was unlawful from the beginning, lock what came of it."""
    end = MeasureEnd.authorisation_refused if grant.is_unlawful else MeasureEnd.line_struck
    if motion.ask is MotionAsk.extend and not grant.is_unlawful:
        return  # what stands, stands to the end that it has: only more was asked and refused
    ended = end_measure(
        tx, measure, MeasureEnd.authorisation_refused, setting, is_told=True, is_unlawful=grant.is_unlawful
    )
    carried = None if measure.carries_on is None else tx.lock(CASE_MEASURES, {(measure.carries_on,)})
    for one in () if carried is None else carried.values():
        if one.status in IN_EFFECT:
            ended = end_measure(tx, one, end, setting, is_told=False, is_unlawful=grant.is_unlawful)
        elif grant.is_unlawful:
            lock_material(tx, of_measure(one), end, setting)  # it is over, but what it gave is not
    if grant.is_unlawful:
        lock_material(tx, of_measure(ended), end, setting)
