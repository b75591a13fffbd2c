"""Deciding an appeal: by an officer of the forum who had no hand in the measure, and never to the appellant's harm.

What is missing in the legality bundle speaks against the official: to let the measure stand in spite of it, the
reviewer must say why. What is overturned is let go at its bank at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tarazy.app.appeal_records import APPEALS, Appeal
from tarazy.app.appeals import let_go, tell_state
from tarazy.app.bundle import Bundle, legality_bundle
from tarazy.app.capacity import officers_capacity
from tarazy.app.deadlines import close_deadline
from tarazy.app.errors import note_error
from tarazy.app.eventing import record
from tarazy.app.hands import hands_of
from tarazy.app.locking import lock_material, of_measure, of_pause
from tarazy.app.measure_records import CASE_MEASURES
from tarazy.app.messages import Handled
from tarazy.app.records import CASE_HOLDS, CaseHold
from tarazy.app.setting import Setting
from tarazy.app.statements import Said, Signed, signed_statement, statement_in
from tarazy.app.store import Transaction
from tarazy.domain.appeal import LETS_GO, OPEN_APPEALS, AppealOutcome, AppealStatus, is_worse, moved
from tarazy.domain.deadline import Duty
from tarazy.domain.error import ErrorCause, FoundBy
from tarazy.domain.hands import Hand, same_hands
from tarazy.domain.measure import MeasureEnd
from tarazy.domain.rejection import Rejection
from tarazy.law.safeguards import Part
from tarazy.protocol.appeal_bodies import AppealDecided
from tarazy.protocol.body import listed
from tarazy.protocol.message import Envelope
from tarazy.protocol.statement import Act, Statement, Terms, are_reasons
from tarazy.values.ids import AppealId, ParticipantId
from tarazy.values.replacing import replace


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideAppeal:
    """A reviewer's decision. ``missing`` is what they saw missing in the bundle, ``why_still`` why it stands."""

    appeal_id: AppealId
    outcome: AppealOutcome
    keep_minor: int
    missing: tuple[str, ...]
    why_still: str
    participant_id: ParticipantId
    statement: str

    def terms(self) -> Terms:
        """Return what the reviewer has signed."""
        return (
            ("outcome", self.outcome),
            ("keep_minor", str(self.keep_minor)),
            ("missing", listed(self.missing)),
            ("why_still", self.why_still),
        )


def decide_appeal(tx: Transaction, command: DecideAppeal, setting: Setting) -> Appeal | Rejection:
    """Decide an appeal at an authority's forum, and carry the decision out."""
    appeal = tx.lock(APPEALS, {(command.appeal_id,)}).get((command.appeal_id,))
    if appeal is None:
        return Rejection.appeal_unknown
    if appeal.status not in OPEN_APPEALS:
        return Rejection.appeal_has_ended
    signed = Signed(command.statement, Act.decide_appeal, command.appeal_id, command.participant_id, command.terms())
    statement = signed_statement(signed, setting)
    if isinstance(statement, Rejection):
        return statement
    if officers_capacity(tx, command.participant_id, statement.officer_id, appeal.case_id) != appeal.decider:
        return Rejection.officer_not_entitled
    hold = tx.get(CASE_HOLDS, appeal.hold_id)
    assert hold is not None
    rejection = _cannot(tx, appeal, hold, statement, command.outcome, command.keep_minor)
    if rejection is not None:
        return rejection
    bundle = legality_bundle(tx, appeal.measure_id, hold, setting)
    if not _is_shown(command, bundle):
        return Rejection.lawfulness_not_shown
    return _decided(tx, appeal, hold, command.outcome, command.keep_minor, statement, command.statement, setting)


def _cannot(
    tx: Transaction, appeal: Appeal, hold: CaseHold, statement: Statement, outcome: AppealOutcome, keep_minor: int
) -> Rejection | None:
    """Return why this officer cannot decide so: a hand of the measure, or to the appellant's harm."""
    hand = Hand(statement.participant_id, statement.officer_id)
    rejection = same_hands(Part.reviewer, hand, hands_of(tx, appeal.measure_id, hold))
    if rejection is not None:
        return rejection
    if is_worse(outcome, keep_minor, hold.held_minor):
        return Rejection.worse_on_own_appeal
    return None


def _is_shown(command: DecideAppeal, bundle: Bundle) -> bool:
    """Tell whether lawfulness is shown, or what is missing is answered by whoever lets the measure stand."""
    if command.outcome in LETS_GO or not bundle.missing:
        return True
    has_seen_all = set(bundle.missing) <= set(command.missing)
    return has_seen_all and are_reasons(command.why_still)


def take_appeals_decided(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Take the decisions of banks on appeals against their own pauses."""
    handled = []
    for envelope in envelopes:
        body, sender = envelope.body, ParticipantId(envelope.sender)
        assert isinstance(body, AppealDecided)
        appeal = tx.lock(APPEALS, {(body.appeal_id,)}).get((body.appeal_id,))
        if appeal is None or appeal.participant_id != sender or body.outcome not in AppealOutcome.__members__:
            handled.append(Handled(rejection=Rejection.appeal_unknown, place="body.appeal_id"))
            continue
        if appeal.status not in OPEN_APPEALS or appeal.decider not in {"bank", "payment_organisation"}:
            handled.append(Handled(rejection=Rejection.appeal_has_ended, place="body.appeal_id"))
            continue
        statement = statement_in(envelope, Said(body, Act.decide_appeal, body.appeal_id), setting)
        if isinstance(statement, Handled):
            handled.append(statement)
            continue
        hold = tx.get(CASE_HOLDS, appeal.hold_id)
        assert hold is not None
        outcome = AppealOutcome(body.outcome)
        rejection = _cannot(tx, appeal, hold, statement, outcome, body.keep_minor)
        if rejection is not None:
            handled.append(Handled(rejection=rejection, place="body.statement"))
            continue
        _decided(tx, appeal, hold, outcome, body.keep_minor, statement, body.statement, setting)
        handled.append(Handled())
    return handled


def _decided(
    tx: Transaction,
    appeal: Appeal,
    hold: CaseHold,
    outcome: AppealOutcome,
    keep_minor: int,
    statement: Statement,
    text: str,
    setting: Setting,
) -> Appeal:
    decided = replace(
        appeal,
        status=moved(appeal.status, AppealStatus.decided),
        reviewer_participant_id=statement.participant_id,
        reviewer_id=statement.officer_id,
        outcome=outcome,
        keep_minor=keep_minor,
        statement=text,
        decided_at=setting.now,
    )
    close_deadline(tx, Duty.answer_appeal, appeal.appeal_id, setting)
    close_deadline(tx, Duty.complete_appeal, appeal.appeal_id, setting, as_met=False)
    record(
        tx,
        setting,
        "appeal_decided",
        statement.participant_id,
        appeal.appeal_id,
        case_id=appeal.case_id,
        officer=statement.officer_id,
        measure_id=appeal.measure_id,
        outcome=outcome,
        keep_minor=keep_minor,
    )
    if outcome is AppealOutcome.measure_stands:
        decided = replace(decided, status=moved(decided.status, AppealStatus.executed), executed_at=setting.now)
    tx.put(APPEALS, decided)
    if outcome is not AppealOutcome.measure_stands:
        let_go(tx, decided, hold, MeasureEnd.overturned_on_appeal, keep_minor, setting)
    if outcome in LETS_GO:
        _note(tx, decided, hold, setting)
    tell_state(tx, decided, hold, setting)
    return decided


def _note(tx: Transaction, appeal: Appeal, hold: CaseHold, setting: Setting) -> None:
    """Note the error; what should never have been taken is locked with all that came of it."""
    is_unlawful = appeal.outcome is AppealOutcome.measure_unlawful
    cause = ErrorCause.unlawful_from_the_beginning if is_unlawful else ErrorCause.overturned_on_appeal
    note_error(tx, appeal.measure_id, hold, cause, FoundBy.appeal, setting)
    if not is_unlawful:
        return
    measure = tx.lock(CASE_MEASURES, {(appeal.measure_id,)}).get((appeal.measure_id,))
    if measure is not None:
        tx.put(CASE_MEASURES, replace(measure, is_unlawful=True))
    source = of_pause(hold) if measure is None else of_measure(measure)
    lock_material(tx, source, MeasureEnd.overturned_on_appeal, setting)
