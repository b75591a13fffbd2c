"""The life of an error of the exchange: noted by itself, classified by somebody without a hand in it, published.

::

    noted ──┬── classified ──── disclosed ──── closed
            └── dismissed

Errors are treated as good medicine treats its own: what happened, why, what was put right; and abuse is kept apart from
a mistake that anybody could have made.
"""

from enum import StrEnum
from typing import Final


class ErrorKind(StrEnum):
    """How grave an error was."""

    excusable_error = "excusable_error"
    breach_of_rule = "breach_of_rule"
    negligence = "negligence"
    abuse = "abuse"


class ErrorCause(StrEnum):
    """What went wrong."""

    overturned_on_appeal = "overturned_on_appeal"
    unlawful_from_the_beginning = "unlawful_from_the_beginning"
    late_answer = "late_answer"
    late_notice = "late_notice"
    late_release = "late_release"
    false_report = "false_report"
    program_fault = "program_fault"


class FoundBy(StrEnum):
    """What has shown an error. Nobody has to accuse anybody: each is something that was recorded."""

    appeal = "appeal"
    deadline = "deadline"
    notice = "notice"
    """The bank's own word of when it has told the holder."""
    report = "report"
    """A report on which money was held was withdrawn or refuted."""


class ErrorStatus(StrEnum):
    """Where an error is in its life."""

    noted = "noted"
    classified = "classified"
    disclosed = "disclosed"
    closed = "closed"
    dismissed = "dismissed"


ERROR_TRANSITIONS: Final[dict[ErrorStatus, frozenset[ErrorStatus]]] = {
    ErrorStatus.noted: frozenset({ErrorStatus.classified, ErrorStatus.dismissed}),
    ErrorStatus.classified: frozenset({ErrorStatus.disclosed}),
    ErrorStatus.disclosed: frozenset({ErrorStatus.closed}),
    ErrorStatus.closed: frozenset(),
    ErrorStatus.dismissed: frozenset(),
}


def moved(now: ErrorStatus, then: ErrorStatus) -> ErrorStatus:
    """Return ``then``; a step that the table does not have is a bug."""
    assert then in ERROR_TRANSITIONS[now], f"an error cannot go from {now} to {then}"
    return then
