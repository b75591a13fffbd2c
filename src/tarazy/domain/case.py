"""The lives of a report, of a case, and of the request that a case joins an incident.

::

    report   filed ──┬── withdrawn   the reporter took it back, after a call-back that excludes duress
                     └── refuted     a reasoned decision says that it is not so

    case     open ───── closed       it has joined the case of another incident

    request  waiting ──┬── accepted   the cases are one from then on
                       └── refused    with reasons; the report stays a case of its own
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeVar

REGISTRATION_LENGTH_MAX: Final = 40
_REGISTRATION: Final = re.compile(r"[^\W_]+(?:[-/.][^\W_]+)*")
"""Letters and digits in groups between single signs. A pack does not prescribe more yet."""


class ReportStatus(StrEnum):
    """Where a report is in its life. What rests on a report alone ends with it."""

    filed = "filed"
    withdrawn = "withdrawn"
    refuted = "refuted"


class CaseStatus(StrEnum):
    """Where a case is in its life."""

    open = "open"
    closed = "closed"


class JoinStatus(StrEnum):
    """Where the request to join an incident is in its life. Until it is accepted the report is a case of its own."""

    waiting = "waiting"
    accepted = "accepted"
    refused = "refused"


class JoinState(StrEnum):
    """What the first reporter's bank is told of a request: where it is in its life, or that it is not theirs any more.

    ``over`` is a request whose report has ended, or whose decision has gone to another bank.
    """

    waiting = "waiting"
    accepted = "accepted"
    refused = "refused"
    over = "over"


class NewsState(StrEnum):
    """What the bank that reported is told of its report, so that it can tell the payer."""

    held = "held"
    ends_soon = "ends_soon"
    """The last hold upon the report ends in two days, unless somebody acts."""
    appeal = "appeal"
    """Whoever received the money appeals against the hold: the payer can be heard."""
    back = "back"
    over = "over"


REPORT_TRANSITIONS: Final[Mapping[ReportStatus, frozenset[ReportStatus]]] = {
    ReportStatus.filed: frozenset({ReportStatus.withdrawn, ReportStatus.refuted}),
    ReportStatus.withdrawn: frozenset(),
    ReportStatus.refuted: frozenset(),
}
CASE_TRANSITIONS: Final[Mapping[CaseStatus, frozenset[CaseStatus]]] = {
    CaseStatus.open: frozenset({CaseStatus.closed}),
    CaseStatus.closed: frozenset(),
}
JOIN_TRANSITIONS: Final[Mapping[JoinStatus, frozenset[JoinStatus]]] = {
    JoinStatus.waiting: frozenset({JoinStatus.accepted, JoinStatus.refused}),
    JoinStatus.accepted: frozenset(),
    JoinStatus.refused: frozenset(),
}

Status = TypeVar("Status", ReportStatus, CaseStatus, JoinStatus)


def moved(now: Status, then: Status, life: Mapping[Status, frozenset[Status]]) -> Status:
    """Return ``then``; a step that the ``life`` does not have is a bug."""
    assert then in life[now], f"there is no step from {now} to {then}"
    return then


def is_registration(number: str) -> bool:
    """Return whether a text can be the number under which a criminal case is registered: it has a figure in it."""
    is_short = len(number) <= REGISTRATION_LENGTH_MAX
    return is_short and any(one in "0123456789" for one in number) and _REGISTRATION.fullmatch(number) is not None
