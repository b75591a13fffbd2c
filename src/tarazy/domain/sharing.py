"""Personal data that is sent across a border (M11): what may be sent at all, and the life of what was sent.

::

    proposed ──┬── sent ──┬── recalled ── erased
               │          ├── expired ──┬── erased
               │          │             └── recalled    what was sent was locked: the recipient must know why
               │          └── erased                    the recipient confirms before anybody has asked
               └── refused

Without a treaty or an adequate protection identifiers only, of nobody by name. What was sent carries its end and its
handling code with it; a recall or a correction is not over until the recipient has confirmed it.

An official recalls, or nobody needs to: what rests on something locked falls with it (``FellFor``, I6).
"""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from typing import Final

from tarazy.domain.rejection import Rejection


class SharingStatus(StrEnum):
    """Where something that was shared is in its life."""

    proposed = "proposed"
    sent = "sent"
    recalled = "recalled"
    expired = "expired"
    erased = "erased"
    refused = "refused"

    @property
    def is_final(self) -> bool:
        """Whether nothing can follow."""
        return not SHARING_TRANSITIONS[self]


class FellFor(StrEnum):
    """Why a sharing fell with what was found unlawful. Each has a text ``console.sharings.fell_for.…``."""

    material_locked = "material_locked"
    """Something of what was sent, or was to be sent, came of it."""
    ground_locked = "ground_locked"
    """Without what came of it nothing is left that the sharing could rest on."""


SHARING_TRANSITIONS: Final[dict[SharingStatus, frozenset[SharingStatus]]] = {
    SharingStatus.proposed: frozenset({SharingStatus.sent, SharingStatus.refused}),
    SharingStatus.sent: frozenset({SharingStatus.recalled, SharingStatus.expired, SharingStatus.erased}),
    SharingStatus.recalled: frozenset({SharingStatus.erased}),
    SharingStatus.expired: frozenset({SharingStatus.erased, SharingStatus.recalled}),
    SharingStatus.erased: frozenset(),
    SharingStatus.refused: frozenset(),
}


def moved(now: SharingStatus, then: SharingStatus) -> SharingStatus:
    """Return ``then``; a step that the table does not have is a bug."""
    assert then in SHARING_TRANSITIONS[now], f"a sharing cannot go from {now} to {then}"
    return then


FACTS_OF_CASE: Final = "facts_of_case"
IDENTIFIERS: Final = ("account_number", "phone_number", "address_on_web", "transfer_reference")
"""What names a thing and no person: the most that may be sent without a treaty or an adequate protection."""
OF_PERSONS: Final = ("name", "document_number", "transfer_details", FACTS_OF_CASE)
DATA: Final = IDENTIFIERS + OF_PERSONS

TREATIES: Final = ("mutual_assistance_treaty", "regional_convention", "adequate_protection")
"""Under what data of persons may be sent. Which treaty it is stands in the reasons that are signed."""

PERSON_ROLES: Final = ("reporter", "holder", "payee_named", "witness")
"""As what a person stands in the case. Nobody is more than a decision has said."""

ACCURACY: Final = ("confirmed_by_institution", "reported", "assessed")
"""How far it is known; each piece of data is marked."""

RISKS: Final = ("death_penalty", "torture", "political_offence")
RISK_ANSWERS: Final = ("none", "assurance", "present")
"""There is no such risk; it is met by a written assurance; it stands."""

HANDLING: Final = ("this_case_only", "this_body_only", "onward_with_consent")

ERASURE_WITHIN: Final = timedelta(hours=72)
CORRECTION_WITHIN: Final = timedelta(hours=72)
"""Ours: within this time the recipient confirms. What the law of today asks is open."""


def content_fault(
    treaty: str, data: Iterable[str], roles: Iterable[str], accuracy: Iterable[str], handling: str, *, onward: bool
) -> Rejection | None:
    """Return why this content may not be sent under this treaty; None if it may. An empty treaty is none."""
    sent, of_whom, marks = tuple(data), tuple(roles), tuple(accuracy)
    is_known = set(sent) <= set(DATA) and set(of_whom) <= set(PERSON_ROLES) and handling in HANDLING
    if not sent or not is_known or treaty not in {"", *TREATIES}:
        return Rejection.sharing_malformed
    if len(marks) != len(sent) or not set(marks) <= set(ACCURACY):
        return Rejection.accuracy_not_marked
    if not treaty and (of_whom or not set(sent) <= set(IDENTIFIERS)):
        return Rejection.identifiers_only
    if set(sent) & set(OF_PERSONS) and not of_whom:
        return Rejection.role_not_named
    return Rejection.onward_not_agreed if onward and handling != "onward_with_consent" else None


def risk_fault(answers: Iterable[tuple[str, str]]) -> Rejection | None:
    """Return why the list of risks stands against sending: one is not answered, or one stands."""
    said = dict(answers)
    if set(said) != set(RISKS) or not set(said.values()) <= set(RISK_ANSWERS):
        return Rejection.risk_not_answered
    return Rejection.risk_stands if "present" in said.values() else None
