"""Whom a program knows: who may sign in there, as what, and as whom a demonstration lets one look.

What somebody is stands in the program's own tables and is looked up anew with every request: an officer who is put out
of office is out with their next page, however long their session had still to run.
"""

from collections.abc import Mapping
from typing import Final, Protocol

from tarazy.adapters.sessions import Person
from tarazy.agent.profile import OfficerProfile
from tarazy.agent.records import HOLDERS
from tarazy.app.access import OF_SUPERVISORS, Role, Visitor, Who, role_of_officer
from tarazy.app.records import OFFICERS, PARTICIPANTS
from tarazy.app.store import Store, Transaction
from tarazy.edge.context import AgentContext, ExchangeContext
from tarazy.edge.sign_in.officials import person_of, role_from
from tarazy.values.ids import AccountId, OfficerId, ParticipantId
from tarazy.values.replacing import replace

OFFICER_COOKIE: Final = "officer"
ACCOUNT_COOKIE: Final = "account"
"""The cookies of a demonstration's switch at a bank: who sits at the desk, and whose telephone it is."""


class People(Protocol):
    """The people of one program."""

    @property
    def store(self) -> Store:
        """Where their sessions and passkeys are kept."""
        ...

    def visitor(self, tx: Transaction, person: Person) -> Visitor | None:
        """Return as what somebody is here now; None for one who is not, or not any more."""
        ...

    def shown_as(self, tx: Transaction, person: Person) -> str:
        """Return what somebody is called on their own pages and devices."""
        ...

    def switched(self, tx: Transaction, cookies: Mapping[str, str]) -> tuple[Visitor, ...]:
        """Return as whom a demonstration's cookies let one look; nobody where it is none."""
        ...

    def home_of(self, visitor: Visitor) -> str:
        """Return where somebody's pages begin."""
        ...


class ExchangePeople:
    """Officers of authorities, and supervisors, by what the exchange keeps of officers."""

    def __init__(self, context: ExchangeContext) -> None:
        self._context = context
        self.store: Store = context.peer.store

    def visitor(self, tx: Transaction, person: Person) -> Visitor | None:
        """Return the officer while both they and their participant are active."""
        participant = tx.get(PARTICIPANTS, person.participant_id)
        officer = tx.get(OFFICERS, person.participant_id, OfficerId(person.person_id))
        if participant is None or officer is None or not (participant.is_active and officer.is_active):
            return None
        role = role_of_officer(participant.kind, officer.role)
        if role is None:
            return None
        return _officer(role, officer.participant_id, officer.officer_id, is_switched=False)

    def shown_as(self, _: Transaction, person: Person) -> str:
        """Return the officer's id: the exchange knows no name."""
        return f"{person.person_id} ({person.participant_id})"

    def switched(self, tx: Transaction, cookies: Mapping[str, str]) -> tuple[Visitor, ...]:
        """Return the official whose role was chosen; without a choice the one who can change nothing."""
        if not self._context.is_demonstration:
            return ()
        signatory = person_of(tx, role_from(cookies), self._context).signatory
        if signatory is None:
            return (Visitor(who=Who.supervisor, role=Role.supervisor, is_switched=True),)
        known = self.visitor(
            tx, Person(kind=Who.officer, participant_id=signatory.participant_id, person_id=signatory.officer_id)
        )
        assert known is not None, "an official with a key is an officer who is active"
        return (replace(known, is_switched=True),)

    def home_of(self, _: Visitor) -> str:
        """Return the console."""
        return "/console"


class AgentPeople:
    """A bank's own officers, by its profile, and its customers, by their accounts."""

    def __init__(self, context: AgentContext) -> None:
        self._context = context
        self._me = context.keyring.participant_id
        self.store: Store = context.agent.peer.store

    def visitor(self, tx: Transaction, person: Person) -> Visitor | None:
        """Return the bank's officer, or its customer."""
        if person.participant_id != self._me:
            return None
        if person.kind is Who.citizen:
            holder = tx.get(HOLDERS, AccountId(person.person_id))
            return None if holder is None else _citizen(self._me, holder.account_id, is_switched=False)
        profile = self._profile(person.person_id)
        return None if profile is None else self._at_desk(profile, is_switched=False)

    def shown_as(self, tx: Transaction, person: Person) -> str:
        """Return the name by which the bank knows its officer or customer."""
        if person.kind is Who.citizen:
            holder = tx.get(HOLDERS, AccountId(person.person_id))
            return person.person_id if holder is None else holder.name
        profile = self._profile(person.person_id)
        return person.person_id if profile is None else profile.name

    def switched(self, tx: Transaction, cookies: Mapping[str, str]) -> tuple[Visitor, ...]:
        """Return who was chosen at the desk and in the app; in the app only people who are invented."""
        if not self._context.is_demonstration:
            return ()
        found: list[Visitor] = []
        profile = self._profile(cookies.get(OFFICER_COOKIE, ""))
        if profile is not None and profile.officer_id in self._context.keyring.officers:
            found.append(self._at_desk(profile, is_switched=True))
        account_id = AccountId(cookies.get(ACCOUNT_COOKIE, ""))
        holder = tx.get(HOLDERS, account_id) if account_id else None
        if holder is not None and holder.is_demonstration:
            found.append(_citizen(self._me, account_id, is_switched=True))
        return tuple(found)

    def home_of(self, visitor: Visitor) -> str:
        """Return the desk or the app."""
        return "/app" if visitor.who is Who.citizen else "/desk"

    def _profile(self, officer_id: str) -> OfficerProfile | None:
        return next((one for one in self._context.bank.officers if one.officer_id == officer_id), None)

    def _at_desk(self, profile: OfficerProfile, *, is_switched: bool) -> Visitor:
        role = Role.head if profile.signs_mandates else Role.analyst
        return _officer(role, self._me, profile.officer_id, is_switched=is_switched)


def _officer(role: Role, participant_id: ParticipantId, officer_id: OfficerId, *, is_switched: bool) -> Visitor:
    return Visitor(
        who=Who.supervisor if role in OF_SUPERVISORS else Who.officer,
        role=role,
        participant_id=participant_id,
        officer_id=officer_id,
        is_switched=is_switched,
    )


def _citizen(participant_id: ParticipantId, account_id: AccountId, *, is_switched: bool) -> Visitor:
    return Visitor(
        who=Who.citizen,
        role=Role.citizen,
        participant_id=participant_id,
        subject_id=account_id,
        is_switched=is_switched,
    )


def people_of(context: ExchangeContext | AgentContext) -> ExchangePeople | AgentPeople:
    """Return the people of a program."""
    return AgentPeople(context) if isinstance(context, AgentContext) else ExchangePeople(context)
