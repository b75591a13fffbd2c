"""Registering: an investigator enters that a criminal case is registered upon what a case is about."""

from dataclasses import dataclass

from tarazy.app.capacity import officers_capacity
from tarazy.app.eventing import record
from tarazy.app.records import CASES, Case
from tarazy.app.setting import Setting
from tarazy.app.statements import Signed, signed_statement
from tarazy.app.store import Transaction
from tarazy.domain.case import is_registration
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import ActorRole
from tarazy.protocol.statement import SIGNED_AFTER_MAX, Act, Terms
from tarazy.values.ids import CaseId, ParticipantId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterCase:
    """Under this number a criminal case was registered at that time. A slip of the pen is corrected by a new act."""

    case_id: CaseId
    participant_id: ParticipantId
    registration: str
    registered_at: Instant
    statement: str

    def terms(self) -> Terms:
        """Return the figures as they must stand under the officer's signature."""
        return (("registration", self.registration), ("registered_at", self.registered_at.text()))


def register_case(tx: Transaction, command: RegisterCase, setting: Setting) -> Case | Rejection:
    """Enter the registration that an investigator has signed; the law gate reads it from the case from then on."""
    case = tx.lock(CASES, {(command.case_id,)}).get((command.case_id,))
    if case is None:
        return Rejection.case_unknown
    if not is_registration(command.registration):
        return Rejection.registration_malformed
    if command.registered_at > setting.now.plus(SIGNED_AFTER_MAX):
        return Rejection.registered_in_future
    signed = Signed(
        text=command.statement,
        act=Act.register_case,
        subject_id=command.case_id,
        participant_id=command.participant_id,
        terms=command.terms(),
    )
    statement = signed_statement(signed, setting)
    if isinstance(statement, Rejection):
        return statement
    if officers_capacity(tx, command.participant_id, statement.officer_id) is not ActorRole.investigator:
        return Rejection.officer_not_entitled
    if (case.registration, case.registered_at) == (command.registration, command.registered_at):
        return case
    after = replace(
        case,
        registration=command.registration,
        registered_at=command.registered_at,
        registration_statement=command.statement,
    )
    tx.put(CASES, after)
    record(
        tx,
        setting,
        "case_registered",
        command.participant_id,
        command.case_id,
        case_id=command.case_id,
        officer=statement.officer_id,
        registration=command.registration,
        registered_at=command.registered_at.text(),
        before=case.registration,
    )
    return after
