"""Decisions on paper: read by two officers of one body, and binding from then on, by whichever road they came.

At the exchange a decision on a motion is entered by one officer who may read the authority's papers and confirmed by
another of the same body; then it is carried out as one that was signed here. A bank that has let go of money by a paper
of its own tells what stands on it, under the signatures of its two readers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import structs

from tarazy.app.capacity import officers_capacity
from tarazy.app.deciding import DecideMotion, cannot_grant, decide_motion, readers_of, wanting_reasons
from tarazy.app.eventing import record
from tarazy.app.measure_ends import end_measure, record_measure
from tarazy.app.measure_records import CASE_MEASURES, MOTIONS, SCHEDULE_ROWS, SCHEDULES, MeasureDecision, Motion
from tarazy.app.messages import Handled
from tarazy.app.paper_records import PAPER_DECISIONS, PaperDecision
from tarazy.app.records import CASE_HOLDS, CaseHold
from tarazy.app.schedules import ActRefused
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.measure import MeasureEnd
from tarazy.domain.motion import MotionStatus
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import ActorRole
from tarazy.protocol.message import Envelope
from tarazy.protocol.paper_bodies import PaperTold, readers_of_paper
from tarazy.protocol.schedule import LineGrant, SignedDecision
from tarazy.protocol.statement import Act, Statement, StatementFault, read_statement, require_terms
from tarazy.values.ids import DecisionId, MotionId, ParticipantId
from tarazy.values.replacing import replace

WAITING_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterPaperDecision:
    """A first officer enters what stands on the paper before them, line by line, under one statement of their own.

    ``reasons`` are the authority's, as far as they carry the decision; their hash stands under both signatures.
    """

    signed: SignedDecision
    lines: tuple[LineGrant, ...]
    reasons: str
    participant_id: ParticipantId


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmPaperDecision:
    """A second officer of the same body has the same paper before them, and signs the same."""

    decision_id: DecisionId
    participant_id: ParticipantId
    statement: str


def enter_paper_decision(tx: Transaction, command: EnterPaperDecision, setting: Setting) -> PaperDecision | ActRefused:
    """Keep a decision on paper as its first reader has entered it. Nothing follows from it yet."""
    signed = command.signed
    before = tx.lock(PAPER_DECISIONS, {(signed.decision_id,)}).get((signed.decision_id,))
    if before is not None:
        is_same = before.signed.terms() == signed.terms()
        return before if is_same else ActRefused(Rejection.paper_malformed, "decision_id")
    motion = tx.get(MOTIONS, signed.motion_id)
    if motion is None:
        return ActRefused(Rejection.motion_unknown, "motion_id")
    if motion.status is not MotionStatus.filed:
        return ActRefused(Rejection.motion_has_ended, "motion_id")
    refused = _is_no_paper_on(tx, command, motion, setting)
    if refused is not None:
        return refused
    statement = _read(tx, signed, signed.statements[0], command.participant_id, motion, setting)
    if isinstance(statement, ActRefused):
        return statement
    entered = PaperDecision(
        decision_id=signed.decision_id,
        motion_id=motion.motion_id,
        case_id=motion.case_id,
        participant_id=command.participant_id,
        signed=signed,
        lines=command.lines,
        reasons=command.reasons,
        entered_by=statement.officer_id,
        entered_at=setting.now,
        confirmed_by=None,
        confirmed_at=None,
    )
    tx.add(PAPER_DECISIONS, entered)
    _record(tx, "paper_entered", entered, statement, setting)
    return entered


def confirm_paper_decision(
    tx: Transaction, command: ConfirmPaperDecision, setting: Setting
) -> MeasureDecision | ActRefused:
    """Confirm what another officer has entered from a paper; with that it is decided, and carried out at once."""
    entered = tx.lock(PAPER_DECISIONS, {(command.decision_id,)}).get((command.decision_id,))
    if entered is None or entered.participant_id != command.participant_id:
        return ActRefused(Rejection.paper_unknown, "decision_id")
    if entered.is_in_full:
        return ActRefused(Rejection.paper_is_confirmed, "decision_id")
    motion = tx.get(MOTIONS, entered.motion_id)
    assert motion is not None
    statement = _read(tx, entered.signed, command.statement, command.participant_id, motion, setting)
    if isinstance(statement, ActRefused):
        return statement
    if statement.officer_id == entered.entered_by:
        return ActRefused(Rejection.paper_needs_another_officer, "statement")
    signed = structs.replace(entered.signed, statements=(*entered.signed.statements, command.statement))
    decide = DecideMotion(
        signed=signed, lines=entered.lines, reasons=entered.reasons, participant_id=command.participant_id
    )
    decided = decide_motion(tx, decide, setting)
    if isinstance(decided, ActRefused):
        return decided
    confirmed = replace(entered, signed=signed, confirmed_by=statement.officer_id, confirmed_at=setting.now)
    tx.put(PAPER_DECISIONS, confirmed)
    _record(tx, "paper_confirmed", confirmed, statement, setting)
    return decided


def papers_on(tx: Transaction, motion_id: MotionId) -> list[PaperDecision]:
    """Return what was entered from papers about a motion, newest first."""
    about = Condition("motion_id", "=", motion_id)
    return tx.find(PAPER_DECISIONS, about, order=("entered_at",), descending=True, limit=WAITING_MAX)


def _is_no_paper_on(
    tx: Transaction, command: EnterPaperDecision, motion: Motion, setting: Setting
) -> ActRefused | None:
    """Return what of the paper cannot be: whose it is, its day, its lines."""
    signed, schedule = command.signed, tx.get(SCHEDULES, motion.motion_id)
    assert schedule is not None
    if not signed.on_paper or len(signed.statements) != 1:
        return ActRefused(Rejection.paper_malformed, "statements")
    if (signed.case_id, signed.measure, signed.by) != (motion.case_id, schedule.measure, motion.to):
        return ActRefused(Rejection.decision_does_not_stand, "by")
    is_written = signed.forum.strip() and signed.decision_no.strip()
    if not is_written or signed.decided_on > setting.pack.data.calendar.local_day(setting.now):
        return ActRefused(Rejection.paper_malformed, "decision_no")
    rows = tx.find(SCHEDULE_ROWS, Condition("schedule_id", "=", motion.motion_id), order=("number",))
    grants = {grant.line_id: grant for grant in command.lines}
    decide = DecideMotion(
        signed=signed, lines=command.lines, reasons=command.reasons, participant_id=command.participant_id
    )
    return wanting_reasons(signed, command.reasons) or cannot_grant(rows, grants, decide, setting)


def _read(
    tx: Transaction,
    signed: SignedDecision,
    text: str,
    participant_id: ParticipantId,
    motion: Motion,
    setting: Setting,
) -> Statement | ActRefused:
    """Return a reader's statement over all that the paper says, if they may read such papers and did not ask for it."""
    try:
        statement = read_statement(
            text, Act.decide_motion, signed.decision_id, participant_id, setting.officer_key_of, setting.now
        )
        require_terms(statement, signed.terms())
    except StatementFault:
        return ActRefused(Rejection.statement_does_not_stand, "statement")
    schedule = tx.get(SCHEDULES, motion.motion_id)
    assert schedule is not None
    capacity = officers_capacity(tx, participant_id, statement.officer_id, motion.case_id)
    if capacity not in readers_of(schedule, setting) | {ActorRole(motion.to)}:
        return ActRefused(Rejection.officer_not_entitled, "statement")
    if (participant_id, statement.officer_id) == (schedule.participant_id, schedule.officer_id):
        return ActRefused(Rejection.same_hands, "statement")
    return statement


def _record(tx: Transaction, kind: str, paper: PaperDecision, statement: Statement, setting: Setting) -> None:
    record(
        tx,
        setting,
        kind,
        paper.participant_id,
        paper.decision_id,
        case_id=paper.case_id,
        officer=statement.officer_id,
        motion=paper.motion_id,
        by=paper.signed.by,
        forum=paper.signed.forum,
        decision=paper.signed.decision_no,
    )


def take_papers_told(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Keep what banks have done on papers of their own: the measure behind ends with it, or holds less."""
    return [_take_one(tx, envelope, setting) for envelope in envelopes]


def _take_one(tx: Transaction, envelope: Envelope, setting: Setting) -> Handled:
    body, sender = envelope.body, ParticipantId(envelope.sender)
    assert isinstance(body, PaperTold)
    hold = tx.lock(CASE_HOLDS, {(body.hold_id,)}).get((body.hold_id,))
    if hold is None or hold.participant_id != sender:
        return Handled(rejection=Rejection.hold_not_of_sender, place="body.hold_id")
    try:
        statements = readers_of_paper(body, setting.officer_key_of)
    except StatementFault:
        return Handled(rejection=Rejection.statement_does_not_stand, place="body.statements")
    if any(one.participant_id != sender for one in statements):
        return Handled(rejection=Rejection.statement_does_not_stand, place="body.statements")
    first, second = statements
    record(
        tx,
        setting,
        "paper_told",
        sender,
        body.paper_id,
        case_id=hold.case_id,
        norms=hold.norms,
        hold=hold.hold_id,
        by=body.by,
        forum=body.forum,
        decision=body.decision_no,
        decided_on=body.decided_on.isoformat(),
        keep_minor=body.keep_minor,
        officer=first.officer_id,
        second_officer=second.officer_id,
    )
    _end_or_narrow(tx, body, hold, setting)
    return Handled()


def _end_or_narrow(tx: Transaction, body: PaperTold, hold: CaseHold, setting: Setting) -> None:
    """Let the measure that carried the hold follow: its bank has let go already and needs no order."""
    measure = tx.lock(CASE_MEASURES, {(body.measure_id,)}).get((body.measure_id,))
    if measure is None or measure.hold_id != hold.hold_id or measure.status.is_final:
        return
    if body.keep_minor == 0:
        end_measure(tx, measure, MeasureEnd.lifted_by_authority, setting, is_told=True, paper=body.paper_id)
        return
    narrowed = replace(measure, cap_minor=min(measure.cap_minor, body.keep_minor))
    tx.put(CASE_MEASURES, narrowed)
    record_measure(tx, setting, "measure_narrowed", narrowed, paper=body.paper_id)
