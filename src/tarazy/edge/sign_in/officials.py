"""Who sits at the console: the officer or supervisor whom the guard has let in, and the key that signs for them.

In a demonstration a role can be chosen instead, and is kept in a cookie.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tarazy.app.access import Visitor
from tarazy.app.capacity import officers_capacity
from tarazy.app.records import OFFICERS
from tarazy.app.store import Condition, Transaction
from tarazy.edge.context import ExchangeContext
from tarazy.law.assessment import ActorRole
from tarazy.protocol import jws
from tarazy.protocol.statement import Act, Statement, sign_statement
from tarazy.values.ids import OfficerId, ParticipantId
from tarazy.values.instant import Instant

ROLE_COOKIE: Final = "console_role"


class Role(StrEnum):
    """The roles of a demonstration. The supervisor reads everything and changes nothing."""

    supervisor = "supervisor"
    investigator = "investigator"
    colleague = "colleague"
    """Another investigator of the same authority: who enters, or confirms, what stands on a paper."""
    second_colleague = "second_colleague"
    """A third one: who has asked for a measure reads no answer, so a paper about it needs two others."""
    prosecutor = "prosecutor"
    judge = "judge"
    investigating_judge = "investigating_judge"
    """Who decides, while an investigation runs, whether a measure may stand."""
    regional_judge = "regional_judge"
    """The last forum against a judge's attachment."""
    regulator = "regulator"
    """An officer of the supervisor with a key: the forum after a bank's own; also says how grave an error was."""


NUMBERED: Final = {
    Role.colleague: (Role.investigator, 1),
    Role.second_colleague: (Role.investigator, 2),
    Role.regulator: (Role.supervisor, 0),
}
"""Roles that an officer other than the first of their own has: whose role it is, and how many come before them."""


@dataclass(frozen=True, slots=True)
class Signatory:
    """An official whose demonstration key is at hand."""

    participant_id: ParticipantId
    officer_id: OfficerId
    sign: jws.Sign

    def statement(
        self, act: Act, subject_id: str, reasons: str, now: Instant, terms: tuple[tuple[str, str], ...] = ()
    ) -> str:
        """Return this official's signed statement."""
        statement = Statement(
            act=act,
            subject_id=subject_id,
            officer_id=self.officer_id,
            participant_id=self.participant_id,
            at=now,
            reasons=reasons,
            terms=terms,
        )
        return sign_statement(statement, self.sign)


@dataclass(frozen=True, slots=True)
class Person:
    """Who looks at a page, and with whose key they sign; None for those who only read."""

    role: Role
    signatory: Signatory | None
    acts_as: ActorRole | None = None
    """In which capacity of the law this person acts; None for those who only read."""
    visitor: Visitor | None = None
    """Whom the session stands for; None for a role of a demonstration."""


def role_from(cookies: Mapping[str, str]) -> Role:
    """Return the role that the browser remembers; without one, the one that can change nothing."""
    chosen = cookies.get(ROLE_COOKIE, "")
    return Role(chosen) if chosen in Role.__members__ else Role.supervisor


def person_of(tx: Transaction, role: Role, context: ExchangeContext) -> Person:
    """Return the official of a role whose key this demonstration has: the first one, or the next for a colleague."""
    if role is Role.supervisor or not context.officers:
        return Person(role, None)
    office, before = NUMBERED.get(role, (role, 0))
    of_role = (Condition("participant_id", "in", list(context.officers)), Condition("role", "=", office.value))
    for officer in tx.find(OFFICERS, *of_role, order=("officer_id",)):
        key = context.officers[officer.participant_id].officers.get(officer.officer_id)
        if not officer.is_active or key is None:
            continue
        if before:
            before -= 1
        else:
            signatory = Signatory(officer.participant_id, officer.officer_id, key.signer())
            return Person(role, signatory, officers_capacity(tx, officer.participant_id, officer.officer_id))
    return Person(role, None)


def person_signed_in(tx: Transaction, visitor: Visitor, context: ExchangeContext) -> Person:
    """Return whoever has signed in. They sign with their key where this program has it, and only read where not."""
    participant_id, officer_id = visitor.participant_id, visitor.officer_id
    ring = context.officers.get(participant_id) if participant_id else None
    key = ring.officers.get(officer_id) if ring is not None and officer_id else None
    if participant_id is None or officer_id is None or key is None:
        return Person(Role.supervisor, None, None, visitor)
    signatory = Signatory(participant_id, officer_id, key.signer())
    return Person(Role.supervisor, signatory, officers_capacity(tx, participant_id, officer_id), visitor)
