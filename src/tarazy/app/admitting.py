"""Whether an appeal is heard: the holder's own in time is at once; of any other a human of the forum says so.

Nobody's appeal is refused acceptance, and no holder's is turned down, but for the time where the law has one. Whoever
turns one down had no hand in the measure, gives reasons, and the next forum is open to whoever was turned down.
"""

from dataclasses import dataclass

from tarazy.app.appeal_records import APPEALS, Appeal
from tarazy.app.appeals import tell_state
from tarazy.app.capacity import officers_capacity
from tarazy.app.deadlines import close_deadline
from tarazy.app.eventing import record
from tarazy.app.hands import hands_of
from tarazy.app.measure_law import remedies_of, rule_behind
from tarazy.app.records import CASE_HOLDS, CaseHold
from tarazy.app.setting import Setting
from tarazy.app.statements import Signed, signed_statement
from tarazy.app.store import Transaction
from tarazy.domain.appeal import OPEN_APPEALS, AppealStatus, TurnedDown, grounds_to_turn_down, moved
from tarazy.domain.deadline import Duty
from tarazy.domain.hands import Hand, same_hands
from tarazy.domain.rejection import Rejection
from tarazy.law.safeguards import Part
from tarazy.protocol.statement import Act, Statement, Terms
from tarazy.values.ids import AppealId, ParticipantId
from tarazy.values.replacing import replace


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideAdmission:
    """A named officer of the forum says that an appeal is heard (``why`` is None), or why it is not."""

    appeal_id: AppealId
    why: TurnedDown | None
    participant_id: ParticipantId
    statement: str

    @property
    def act(self) -> Act:
        """What the officer signs."""
        return Act.admit_appeal if self.why is None else Act.turn_down_appeal

    def terms(self) -> Terms:
        """Return what the officer has signed."""
        return (("why", self.why or ""),)


def why_not_to_hear(tx: Transaction, appeal: Appeal, hold: CaseHold, setting: Setting) -> tuple[TurnedDown, ...]:
    """Return why the forum could turn an appeal down; empty for what must be heard, or is admitted already."""
    if appeal.status not in OPEN_APPEALS or appeal.status is AppealStatus.admitted:
        return ()
    remedies = remedies_of(rule_behind(tx, appeal.measure_id, hold, setting))
    accepts_late = appeal.forum_no < len(remedies) and remedies[appeal.forum_no].accepts_late
    return grounds_to_turn_down(appeal.appellant, is_late=appeal.is_late, accepts_late=accepts_late)


def decide_admission(tx: Transaction, command: DecideAdmission, setting: Setting) -> Appeal | Rejection:
    """Admit an appeal, or turn it down with reasons; its bank is told, with the forum that is next."""
    appeal = tx.lock(APPEALS, {(command.appeal_id,)}).get((command.appeal_id,))
    if appeal is None:
        return Rejection.appeal_unknown
    if appeal.status not in OPEN_APPEALS:
        return Rejection.appeal_has_ended
    if appeal.status is AppealStatus.admitted:
        return Rejection.appeal_is_admitted
    hold = tx.get(CASE_HOLDS, appeal.hold_id)
    assert hold is not None
    if command.why is not None and command.why not in why_not_to_hear(tx, appeal, hold, setting):
        return Rejection.not_to_be_turned_down
    signed = Signed(command.statement, command.act, command.appeal_id, command.participant_id, command.terms())
    statement = signed_statement(signed, setting)
    if isinstance(statement, Rejection):
        return statement
    if officers_capacity(tx, command.participant_id, statement.officer_id, appeal.case_id) != appeal.decider:
        return Rejection.officer_not_entitled
    hand = Hand(statement.participant_id, statement.officer_id)
    rejection = same_hands(Part.reviewer, hand, hands_of(tx, appeal.measure_id, hold))
    if rejection is not None:
        return rejection
    after = _admitted(appeal) if command.why is None else _turned_down(tx, appeal, command, statement, setting)
    tx.put(APPEALS, after)
    record(
        tx,
        setting,
        "appeal_admitted" if command.why is None else "appeal_not_admitted",
        statement.participant_id,
        appeal.appeal_id,
        case_id=appeal.case_id,
        officer=statement.officer_id,
        why=command.why,
    )
    tell_state(tx, after, hold, setting)
    return after


def _admitted(appeal: Appeal) -> Appeal:
    return replace(appeal, status=moved(appeal.status, AppealStatus.admitted))


def _turned_down(
    tx: Transaction, appeal: Appeal, command: DecideAdmission, statement: Statement, setting: Setting
) -> Appeal:
    close_deadline(tx, Duty.answer_appeal, appeal.appeal_id, setting)
    close_deadline(tx, Duty.complete_appeal, appeal.appeal_id, setting, as_met=False)
    return replace(
        appeal,
        status=moved(appeal.status, AppealStatus.not_admitted),
        reviewer_participant_id=statement.participant_id,
        reviewer_id=statement.officer_id,
        statement=command.statement,
        decided_at=setting.now,
        turned_down=command.why,
    )
