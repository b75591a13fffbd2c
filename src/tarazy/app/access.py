"""Who may do and read what: the words in which every route says it, and the port that answers for one resource.

Three questions, in this order. *Who is it?* is a `Visitor`, made at the edge from a session. *May they be here at all?*
is answered by `admit` from the `Access` that the route names; a route that names none lets nobody in. *May they read
this?* is answered by a `ReadPolicy` for one `Resource`; what no policy permits is not permitted.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, NamedTuple, Protocol

from tarazy.values.ids import AccountId, CaseId, OfficerId, ParticipantId


class Role(StrEnum):
    """As what somebody is here. Their institution says it of them; nobody says it of themselves."""

    investigator = "investigator"
    prosecutor = "prosecutor"
    investigating_judge = "investigating_judge"
    court = "court"
    supervisor = "supervisor"
    data_protection = "data_protection"
    analyst = "analyst"
    head = "head"
    operator = "operator"
    citizen = "citizen"
    counsel = "counsel"


OF_AUTHORITIES: Final = frozenset({Role.investigator, Role.prosecutor, Role.investigating_judge, Role.court})
OF_BANKS: Final = frozenset({Role.analyst, Role.head})
OF_SUPERVISORS: Final = frozenset({Role.supervisor, Role.data_protection})
OF_CITIZENS: Final = frozenset({Role.citizen, Role.counsel})

_OF_OFFICE: Final = {
    ("police", "investigator"): Role.investigator,
    ("prosecutor", "prosecutor"): Role.prosecutor,
    ("court", "investigating_judge"): Role.investigating_judge,
    ("court", "judge"): Role.court,
    ("court", "regional_judge"): Role.court,
    ("supervisor", "supervisor"): Role.supervisor,
    ("supervisor", "data_protection"): Role.data_protection,
}
_KEEP_ACCOUNTS: Final = frozenset({"bank", "payments", "microfinance", "crypto"})


def role_of_officer(kind: str, office: str) -> Role | None:
    """Return the role of an officer with ``office`` at a participant of ``kind``; None where it gives none here.

    An "investigator" of a bank is an analyst of that bank: what the institution is comes first.
    """
    if kind in _KEEP_ACCOUNTS:
        return Role.head if office == Role.head else Role.analyst
    return _OF_OFFICE.get((kind, office))


class Who(StrEnum):
    """For whom a route is. A ``code`` stands for whoever holds a notice's code, a ``program`` proves itself by keys."""

    public = "public"
    code = "code"
    citizen = "citizen"
    officer = "officer"
    supervisor = "supervisor"
    program = "program"


UNNAMED: Final = frozenset({Who.public, Who.code, Who.program})
"""Routes that need no session: what is open, what a code opens, and what is checked by the route's own signatures."""


class ReadAction(StrEnum):
    """What can be read, as the policies name it."""

    read_case = "read_case"
    read_piece = "read_piece"
    read_locked = "read_locked"
    read_statement = "read_statement"
    read_appeal = "read_appeal"
    read_appeal_words = "read_appeal_words"
    read_bundle = "read_bundle"
    read_draft = "read_draft"
    read_errors = "read_errors"
    read_deadlines = "read_deadlines"
    read_deferral = "read_deferral"
    read_pack = "read_pack"
    read_supervision = "read_supervision"
    read_desk = "read_desk"


class Scope(NamedTuple):
    """Which cases a list may show, for the conditions of its query."""

    cases: Literal["all", "own_body", "assigned", "own_bank", "none"]
    participant_id: ParticipantId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a route says of itself: for whom it is, in which roles, what it reads, and whether it signs."""

    who: frozenset[Who]
    roles: frozenset[Role] = frozenset()
    reads: ReadAction | None = None
    needs_step_up: bool = False

    def __post_init__(self) -> None:
        """Refuse an access that says nothing, or that is open and wants a role at once."""
        if not self.who:
            raise ValueError("an access names for whom it is")
        if bool(self.who - UNNAMED) != bool(self.roles):
            raise ValueError("roles go with people who sign in, and only with them")
        if self.who & UNNAMED and (len(self.who) > 1 or self.reads or self.needs_step_up):
            raise ValueError("what is open to all can be neither a read by role nor a signature")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody whom a program knows. ``is_fresh``: they have shown within the last minutes that it is they.

    ``subject_id`` is the account of a citizen. ``is_switched`` is a role chosen in a demonstration, proof of nothing.
    """

    who: Who
    role: Role
    participant_id: ParticipantId | None = None
    officer_id: OfficerId | None = None
    subject_id: AccountId | None = None
    is_fresh: bool = False
    is_switched: bool = False

    @property
    def scope(self) -> Scope:
        """Which cases this visitor's lists may show."""
        if self.role in OF_SUPERVISORS:
            return Scope("all", None)
        if self.role is Role.investigator:
            return Scope("own_body", self.participant_id)
        if self.role in OF_AUTHORITIES:
            return Scope("assigned", self.participant_id)
        if self.role in OF_BANKS:
            return Scope("own_bank", self.participant_id)
        return Scope("none", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One thing that can be read, as far as the policies look at it.

    ``bodies`` are the institutions whose it is (the banks of a case, the authority that registered it), ``before``
    those who have to decide on it. ``owner`` wrote it, where it is a draft. ``is_open`` is a case that no authority
    has registered. ``is_locked`` is what came of an unlawful measure, ``is_sealed`` a victim whom nobody may name,
    ``is_counsels`` a file of the defence.
    """

    kind: str
    resource_id: str
    case_id: CaseId | None = None
    bodies: frozenset[ParticipantId] = frozenset()
    before: frozenset[ParticipantId] = frozenset()
    owner: OfficerId | None = None
    owner_body: ParticipantId | None = None
    counsel: frozenset[AccountId] = frozenset()
    is_open: bool = False
    is_locked: bool = False
    is_sealed: bool = False
    is_counsels: bool = False


class Decision(NamedTuple):
    """Whether something may be read, and the ids of the policies that said so."""

    is_allowed: bool
    policy_ids: tuple[str, ...]


class ReadPolicy(Protocol):
    """Answers whether one visitor may read one resource."""

    def decide(self, visitor: Visitor, action: ReadAction, resource: Resource) -> Decision:
        """Return the answer. What no policy permits is not permitted, and neither is what could not be worked out."""
        ...


class Refusal(StrEnum):
    """Why somebody is not let in: nobody is known, another role is needed, or they must show anew that it is they."""

    not_signed_in = "not_signed_in"
    not_permitted = "not_permitted"
    step_up_needed = "step_up_needed"


def admit(access: Access | None, visitor: Visitor | None) -> Refusal | None:
    """Return why a route does not let a visitor in; None lets them in. A route without an access lets nobody in.

    A role that was switched to in a demonstration signs without a fresh proof: it proves nothing to begin with.
    """
    if access is None:
        return Refusal.not_permitted
    if access.who <= UNNAMED:
        return None
    if visitor is None:
        return Refusal.not_signed_in
    if visitor.who not in access.who or visitor.role not in access.roles:
        return Refusal.not_permitted
    if access.needs_step_up and not (visitor.is_fresh or visitor.is_switched):
        return Refusal.step_up_needed
    return None


PUBLIC: Final = Access(who=frozenset({Who.public}))
"""Open to everybody, and nothing on it depends on who asks."""
PROGRAM: Final = Access(who=frozenset({Who.program}))
"""For programs: every message and every set of entries is checked by its own signature."""

ACCESS_KEY: Final = "access"
"""The key under which a route names its access in ``opt``."""
