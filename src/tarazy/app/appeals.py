"""Appeals at the exchange: kept from the moment they were made, brought to the forum of the law, never left unanswered.

No appeal is refused acceptance, also one that is late: a human says so with reasons, and that too can be appealed. Each
forum has its own clock. What silence means, the law of the measure says: it lets go of a bank's own pause, and against
an authority's act it opens the next forum.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from tarazy.app.appeal_records import APPEALS, Appeal
from tarazy.app.appeal_times import answer_due, began, changed_at, is_late, made_at, on_silence
from tarazy.app.deadlines import Owed, close_all, open_deadline
from tarazy.app.errors import note_error
from tarazy.app.eventing import record
from tarazy.app.measure_ends import end_measure, order_lift
from tarazy.app.measure_law import branch_of, remedies_of, rule_behind
from tarazy.app.measure_records import CASE_MEASURES, Deadline
from tarazy.app.messages import Handled, queue
from tarazy.app.records import CASE_HOLDS, CaseHold
from tarazy.app.setting import Setting
from tarazy.app.statements import Said, reasons_in, statement_in
from tarazy.app.store import Condition, Transaction
from tarazy.app.telling_reporters import tell_of_appeal
from tarazy.domain.appeal import (
    ASSISTED,
    HOLDERS_OWN,
    OPEN_APPEALS,
    AppealRoad,
    AppealStatus,
    Appellant,
    SilenceEffect,
    first_status,
    moved,
)
from tarazy.domain.deadline import Duty, IfMissed
from tarazy.domain.error import ErrorCause, FoundBy
from tarazy.domain.measure import MeasureEnd
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import ActorRole
from tarazy.law.clock import Side
from tarazy.law.safeguards import Remedy
from tarazy.law.terms import Branch
from tarazy.protocol.appeal_bodies import AppealCompleted, AppealLodged, AppealState
from tarazy.protocol.message import Envelope
from tarazy.protocol.statement import Act
from tarazy.values.ids import AppealId, MeasureId, ParticipantId, derived
from tarazy.values.replacing import replace

IF_SILENT: Final = {
    SilenceEffect.releases: IfMissed.releases,
    SilenceEffect.next_forum: IfMissed.next_forum,
    SilenceEffect.deemed_refused: IfMissed.next_forum,
}


def take_appeals_lodged(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Keep appeals that banks pass on, each at the first forum that is still open to it, and say where it stands."""
    return [_take_one(tx, envelope, setting) for envelope in envelopes]


def _take_one(tx: Transaction, envelope: Envelope, setting: Setting) -> Handled:
    body, hold = envelope.body, _hold_of(tx, envelope)
    assert isinstance(body, AppealLodged)
    if isinstance(hold, Handled):
        return hold
    known = tx.get(APPEALS, body.appeal_id)
    if known is not None:
        if known.measure_id != body.measure_id:
            return Handled(rejection=Rejection.appeal_known_with_other_content, place="body.appeal_id")
        return Handled(replies=(state_envelope(tx, known, hold, setting),))
    unsigned = assistants_fault(envelope, body, setting)
    if unsigned is not None:
        return unsigned
    before = None if body.before_appeal_id is None else tx.get(APPEALS, body.before_appeal_id)
    if body.before_appeal_id is not None:
        if before is None or before.hold_id != body.hold_id:
            return Handled(rejection=Rejection.appeal_unknown, place="body.before_appeal_id")
        if before.status in OPEN_APPEALS or before.next_appeal_id is not None:
            # Nobody skips a forum that still has the appeal before it, and none is asked twice.
            return Handled(rejection=Rejection.appeal_known_with_other_content, place="body.before_appeal_id")
    appeal = _opened(tx, body, hold, _place(tx, body, before, hold), setting)
    if appeal is None:
        return Handled(rejection=Rejection.no_forum_left, place="body.before_appeal_id")
    _keep(tx, appeal, hold, setting)
    return Handled(replies=(state_envelope(tx, appeal, hold, setting),))


def _hold_of(tx: Transaction, envelope: Envelope) -> CaseHold | Handled:
    """Return the hold that an appeal is about, if it is the sender's, has the measure, and the words are ours."""
    body, sender = envelope.body, ParticipantId(envelope.sender)
    assert isinstance(body, AppealLodged)
    hold = tx.get(CASE_HOLDS, body.hold_id)
    if hold is None or hold.participant_id != sender:
        return Handled(rejection=Rejection.hold_not_of_sender, place="body.hold_id")
    measure = tx.get(CASE_MEASURES, body.measure_id)
    if body.measure_id != MeasureId(hold.hold_id) and (measure is None or measure.hold_id != hold.hold_id):
        return Handled(rejection=Rejection.measure_unknown, place="body.measure_id")
    if body.appellant not in Appellant.__members__ or body.road not in AppealRoad.__members__:
        return Handled(rejection=Rejection.appeal_known_with_other_content, place="body.appellant")
    return hold


def assistants_fault(envelope: Envelope, body: AppealLodged | AppealCompleted, setting: Setting) -> Handled | None:
    """Return what is wrong with the assistant's statement; what a person sends themselves needs and has none."""
    if body.road not in ASSISTED:
        unasked = Handled(rejection=Rejection.statement_does_not_stand, place="body.statement")
        return unasked if body.statement else None
    if not body.was_read_back:
        return Handled(rejection=Rejection.appeal_not_read_back, place="body.was_read_back")
    statement = statement_in(envelope, Said(body, Act.lodge_appeal, body.appeal_id), setting)
    return statement if isinstance(statement, Handled) else None


class _Place(NamedTuple):
    """The place of a forum among the remedies, and the appeal that the new one goes on from."""

    forum_no: int
    before: Appeal | None


def _place(tx: Transaction, body: AppealLodged, before: Appeal | None, hold: CaseHold) -> _Place:
    """Return at which forum an appeal is. What a forum has answered, the next one hears, unless it has changed since.

    Where the bank had not heard of that answer, the appeal goes on by itself: it is not lost, and not heard twice.
    """
    if before is not None:
        # Another measure carries the hold by now: it has a way through the forums of its own, from the first one.
        return _Place(before.forum_no + 1 if before.measure_id == body.measure_id else 0, before)
    settled = _settled(tx, body, hold)
    if settled is None:
        return _Place(0, None)
    is_there = settled.status in OPEN_APPEALS
    return _Place(settled.forum_no, None) if is_there else _Place(settled.forum_no + 1, settled)


def is_changed_since(tx: Transaction, appeal: Appeal, hold: CaseHold) -> bool:
    """Return whether the measure has changed since an appeal against it was answered: then it can be heard anew."""
    changed = changed_at(tx, appeal.measure_id, hold)
    return changed is not None and appeal.decided_at is not None and changed > appeal.decided_at


def _settled(tx: Transaction, body: AppealLodged, hold: CaseHold) -> Appeal | None:
    """Return how far this person's appeal against this measure has come, if a forum has answered it."""
    if not body.is_identified or body.appellant not in HOLDERS_OWN:
        return None
    theirs = [
        one
        for one in tx.find(APPEALS, Condition("measure_id", "=", body.measure_id))
        if one.is_identified and one.appellant in HOLDERS_OWN and not is_changed_since(tx, one, hold)
    ]
    if all(one.status in OPEN_APPEALS for one in theirs):
        return None
    return max(theirs, key=lambda one: (one.forum_no, one.received_at, one.appeal_id))


def _opened(tx: Transaction, body: AppealLodged, hold: CaseHold, place: _Place, setting: Setting) -> Appeal | None:
    """Return an appeal at a forum of the law of its measure; None where no forum is left."""
    rule = rule_behind(tx, body.measure_id, hold, setting)
    remedies = remedies_of(rule)
    if place.forum_no >= len(remedies):
        return None
    remedy = remedies[place.forum_no]
    branch = Branch.private if rule is None else branch_of(rule)
    measure = tx.get(CASE_MEASURES, body.measure_id)
    is_of_pause = body.measure_id == MeasureId(hold.hold_id)
    learned_at = body.learned_at or (hold.notice_served_at if is_of_pause else None)
    appellant, road = Appellant(body.appellant), AppealRoad(body.road)
    made = made_at(body.filed_at, learned_at, road, began(tx, measure, hold), setting.now)
    too_late = is_late(made, remedy, place.before if place.forum_no else None, branch, setting)
    return Appeal(
        appeal_id=body.appeal_id,
        case_id=hold.case_id,
        measure_id=body.measure_id,
        hold_id=hold.hold_id,
        participant_id=hold.participant_id,
        measure=hold.measure if rule is None else rule.measure,
        appellant=appellant,
        road=road,
        is_identified=body.is_identified,
        grounds=body.grounds,
        sealed_words=body.sealed_words,
        forum=remedy.forum,
        forum_no=place.forum_no,
        decider=remedy.forum_kind or ActorRole.other,
        learned_at=made.learned_at,
        filed_at=made.filed_at,
        received_at=setting.now,
        told_filed_at=made.told_at,
        is_late=too_late,
        due_at=answer_due(remedy, setting.now, branch, setting.pack),
        on_silence=on_silence(remedy, branch),
        status=first_status(appellant, is_identified=body.is_identified, is_late=too_late),
        reviewer_participant_id=None,
        reviewer_id=None,
        outcome=None,
        keep_minor=0,
        statement=None,
        decided_at=None,
        executed_at=None,
        before_appeal_id=None if place.before is None else place.before.appeal_id,
        next_appeal_id=None,
        lodged_statement=body.statement or None,
    )


def _keep(tx: Transaction, appeal: Appeal, hold: CaseHold, setting: Setting) -> None:
    tx.add(APPEALS, appeal)
    if appeal.before_appeal_id is not None:
        before = tx.lock(APPEALS, {(appeal.before_appeal_id,)}).get((appeal.before_appeal_id,))
        if before is not None:
            tx.put(APPEALS, replace(before, next_appeal_id=appeal.appeal_id))
    record(
        tx,
        setting,
        "appeal_filed",
        appeal.participant_id,
        appeal.appeal_id,
        case_id=appeal.case_id,
        measure_id=appeal.measure_id,
        measure=appeal.measure,
        appellant=appeal.appellant,
        road=appeal.road,
        forum=appeal.forum,
        filed_at=appeal.filed_at.text(),
        due_at=None if appeal.due_at is None else appeal.due_at.text(),
        is_late="yes" if appeal.is_late else "no",
        told_filed_at=None if appeal.told_filed_at is None else appeal.told_filed_at.text(),
        assisted="yes" if appeal.lodged_statement else "no",
    )
    if appeal.before_appeal_id is None:
        tell_of_appeal(tx, hold, setting)
    rule = rule_behind(tx, appeal.measure_id, hold, setting)
    remedy = remedies_of(rule)[appeal.forum_no]
    span = remedy.deciding or remedy.decide_within
    if appeal.due_at is not None and span is not None:
        is_banks = appeal.decider in {ActorRole.bank, ActorRole.payment_organisation}
        owed = Owed(
            Duty.answer_appeal,
            appeal.appeal_id,
            appeal.case_id,
            ActorRole(appeal.decider),
            appeal.participant_id if is_banks else None,
            IF_SILENT[appeal.on_silence],
        )
        branch = Branch.private if rule is None else branch_of(rule)
        open_deadline(tx, owed, span, branch, Side.restriction, setting)
        if appeal.status is AppealStatus.preliminary:
            # No law has a time of its own for that: whoever completes it before the answer is heard with all they say.
            completing = Owed(
                Duty.complete_appeal, appeal.appeal_id, appeal.case_id, ActorRole.citizen, None, IfMissed.nothing
            )
            open_deadline(tx, completing, span, branch, Side.restriction, setting)


def next_remedy(tx: Transaction, appeal: Appeal, hold: CaseHold, setting: Setting) -> Remedy | None:
    """Return the forum that comes after that of an appeal; None where the last word is spoken."""
    remedies = remedies_of(rule_behind(tx, appeal.measure_id, hold, setting))
    return remedies[appeal.forum_no + 1] if appeal.forum_no + 1 < len(remedies) else None


def state_of(tx: Transaction, appeal: Appeal, hold: CaseHold, setting: Setting) -> AppealState:
    """Return where an appeal stands, as the holder's bank is told of it."""
    following = next_remedy(tx, appeal, hold, setting)
    return AppealState(
        appeal_id=appeal.appeal_id,
        state=appeal.status,
        forum=appeal.forum,
        due_at=appeal.due_at,
        outcome=appeal.outcome,
        keep_minor=appeal.keep_minor,
        at=appeal.decided_at or setting.now,
        next_forum=None if following is None else following.forum,
        before_appeal_id=appeal.before_appeal_id,
        reasons=None if appeal.statement is None else reasons_in(appeal.statement),
        why_not=appeal.turned_down,
    )


def state_envelope(tx: Transaction, appeal: Appeal, hold: CaseHold, setting: Setting) -> Envelope:
    """Return the message that tells the holder's bank where an appeal stands."""
    state = state_of(tx, appeal, hold, setting)
    return setting.envelope(appeal.participant_id, state, appeal.appeal_id, appeal.status, setting.now.text())


def tell_state(tx: Transaction, appeal: Appeal, hold: CaseHold, setting: Setting) -> None:
    """Tell the holder's bank where an appeal stands now."""
    queue(tx, state_envelope(tx, appeal, hold, setting), setting)


def answer_silence(tx: Transaction, missed: Sequence[Deadline], setting: Setting) -> int:
    """Let follow what the law says of forums that did not answer in time; return how many those were."""
    ids = {(AppealId(row.subject_id),) for row in missed if row.duty == Duty.answer_appeal}
    appeals = tx.lock(APPEALS, ids) if ids else {}
    for appeal in appeals.values():
        if appeal.status in {AppealStatus.preliminary, AppealStatus.filed, AppealStatus.admitted}:
            _be_silent(tx, appeal, setting)
    return len(appeals)


def _be_silent(tx: Transaction, appeal: Appeal, setting: Setting) -> None:
    hold = tx.get(CASE_HOLDS, appeal.hold_id)
    assert hold is not None
    following = next_remedy(tx, appeal, hold, setting)
    silent = replace(appeal, status=moved(appeal.status, AppealStatus.unanswered), decided_at=setting.now)
    record(
        tx,
        setting,
        "appeal_unanswered",
        appeal.participant_id,
        appeal.appeal_id,
        case_id=appeal.case_id,
        forum=appeal.forum,
        follows=appeal.on_silence,
    )
    note_error(tx, appeal.measure_id, hold, ErrorCause.late_answer, FoundBy.deadline, setting)
    if appeal.on_silence is SilenceEffect.releases:
        let_go(tx, appeal, hold, MeasureEnd.appeal_unanswered, 0, setting)
        tx.put(APPEALS, silent)
    else:
        tx.put(APPEALS, silent)
        executed = replace(silent, status=moved(silent.status, AppealStatus.executed), executed_at=setting.now)
        if following is not None:
            next_one = _at_next_forum(silent, following, tx, hold, setting)
            executed = replace(executed, next_appeal_id=next_one.appeal_id)
            tx.put(APPEALS, executed)
            _keep(tx, next_one, hold, setting)
            tell_state(tx, next_one, hold, setting)
        else:
            tx.put(APPEALS, executed)
        silent = executed
    tell_state(tx, silent, hold, setting)


def _at_next_forum(appeal: Appeal, remedy: Remedy, tx: Transaction, hold: CaseHold, setting: Setting) -> Appeal:
    """Return the same appeal at the next forum. Its time runs from now: nobody is late because a forum was silent."""
    rule = rule_behind(tx, appeal.measure_id, hold, setting)
    branch = Branch.private if rule is None else branch_of(rule)
    return replace(
        appeal,
        appeal_id=AppealId(derived("ap", setting.me, appeal.appeal_id, appeal.forum_no + 1, setting.now.text())),
        forum=remedy.forum,
        forum_no=appeal.forum_no + 1,
        decider=remedy.forum_kind or ActorRole.other,
        filed_at=setting.now,
        received_at=setting.now,
        told_filed_at=None,
        is_late=False,
        due_at=answer_due(remedy, setting.now, branch, setting.pack),
        on_silence=on_silence(remedy, branch),
        status=first_status(appeal.appellant, is_identified=appeal.is_identified, is_late=False),
        decided_at=None,
        before_appeal_id=appeal.appeal_id,
        next_appeal_id=None,
    )


def let_go(tx: Transaction, appeal: Appeal, hold: CaseHold, end: MeasureEnd, keep_minor: int, setting: Setting) -> None:
    """Let go of what the measure of an appeal holds, but for ``keep_minor``; its bank is ordered at once."""
    measure = tx.lock(CASE_MEASURES, {(appeal.measure_id,)}).get((appeal.measure_id,))
    if measure is None:
        order_lift(tx, appeal.measure_id, hold, end, keep_minor, setting)
    elif measure.status.is_final:
        # Nothing is left to let go of, perhaps because another measure carries on: the bank's answer says so.
        order_lift(tx, measure.measure_id, measure, end, keep_minor, setting, appeal.appeal_id)
    elif keep_minor:
        tx.put(CASE_MEASURES, replace(measure, cap_minor=min(measure.cap_minor, keep_minor)))
        order_lift(tx, measure.measure_id, measure, end, keep_minor, setting)
    else:
        end_measure(tx, measure, end, setting, is_told=False)


def executed_at_bank(tx: Transaction, measure_id: MeasureId, held_minor: int, setting: Setting) -> None:
    """Mark that what an appeal has brought about is done: its bank says that the measure holds no more than it may."""
    for appeal in tx.find(APPEALS, Condition("measure_id", "=", measure_id)):
        if appeal.status not in {AppealStatus.decided, AppealStatus.unanswered} or held_minor > appeal.keep_minor:
            continue
        done = replace(appeal, status=moved(appeal.status, AppealStatus.executed), executed_at=setting.now)
        tx.put(APPEALS, done)
        close_all(tx, appeal.appeal_id, setting)
        record(
            tx,
            setting,
            "appeal_executed",
            appeal.participant_id,
            appeal.appeal_id,
            case_id=appeal.case_id,
            measure_id=measure_id,
        )
        hold = tx.get(CASE_HOLDS, appeal.hold_id)
        if hold is not None:
            tell_state(tx, done, hold, setting)
