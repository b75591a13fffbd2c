"""An act that an official of an authority signs, and the capacity in which the exchange knows that official."""

from typing import NamedTuple

from tarazy.app.capacity import officers_capacity
from tarazy.app.setting import Setting
from tarazy.app.statements import Signed, signed_statement
from tarazy.app.store import Transaction
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import ActorRole, Assessment, Measure
from tarazy.law.pack import MeasureRule
from tarazy.protocol.statement import Act, Terms
from tarazy.values.ids import CaseId, OfficerId, ParticipantId


class OfficialsAct(NamedTuple):
    """Who acts, by whose statement."""

    participant_id: ParticipantId
    statement: str


class Acting(NamedTuple):
    """An official whose statement stands, as what they act, and their reasons."""

    participant_id: ParticipantId
    officer_id: OfficerId
    capacity: ActorRole
    reasons: str

    @property
    def hand(self) -> str:
        """Return who this is, as the law gate compares hands."""
        return f"{self.participant_id}/{self.officer_id}"


class LawfulNo(NamedTuple):
    """Why an official's act is not done, and what the law gate has answered if it was the law."""

    rejection: Rejection
    assessment: Assessment | None = None


def acting(
    tx: Transaction, by: OfficialsAct, act: Act, subject_id: str, case_id: CaseId, terms: Terms, setting: Setting
) -> Acting | Rejection:
    """Return who has signed ``act`` with exactly these terms and with reasons, and as what they act in the case."""
    statement = signed_statement(Signed(by.statement, act, subject_id, by.participant_id, terms), setting)
    if isinstance(statement, Rejection):
        return statement
    capacity = officers_capacity(tx, by.participant_id, statement.officer_id, case_id)
    return Acting(by.participant_id, statement.officer_id, capacity, statement.reasons)


def rule_today(measure: Measure, setting: Setting) -> MeasureRule | None:
    """Return the rule of a measure on this day; None where the pack has none."""
    ground = setting.pack.ground(measure, None, setting.pack.data.calendar.local_day(setting.now))
    return None if ground is None else ground.rule


def deciders(rule: MeasureRule | None) -> frozenset[ActorRole]:
    """Return who decides upon a measure that another has proposed: who authorises it, or else its lawful authors."""
    if rule is None:
        return frozenset()
    authorisation = None if rule.authorisation is None else rule.authorisation.value
    if authorisation is not None:
        return frozenset({authorisation.by})
    return frozenset() if rule.author is None else frozenset(rule.author.value)
