"""The life of a pause: one payment that is entered and not executed waits, and its payer is asked (M4a).

::

    begun ──┬── executed    at its end by itself; or earlier, on the payer's or an officer's word, or upon an appeal
            ├── rejected    a named officer refused it, with reasons; or the money was not there any more
            └── withdrawn   the payer took it back

The core that keeps the payment executes it by itself at the end of the pause, whoever has died: a pause never decides
by silence that somebody's money does not go where they sent it. Nothing but that one payment waits.
"""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from typing import Final

from tarazy.law.terms import AssertionKind
from tarazy.values.instant import Instant


class PauseStatus(StrEnum):
    """Where a pause is in its life."""

    begun = "begun"
    executed = "executed"
    rejected = "rejected"
    withdrawn = "withdrawn"

    @property
    def is_final(self) -> bool:
        """Whether nothing can follow."""
        return not PAUSE_TRANSITIONS[self]


PAUSE_TRANSITIONS: Final[dict[PauseStatus, frozenset[PauseStatus]]] = {
    PauseStatus.begun: frozenset({PauseStatus.executed, PauseStatus.rejected, PauseStatus.withdrawn}),
    PauseStatus.executed: frozenset(),
    PauseStatus.rejected: frozenset(),
    PauseStatus.withdrawn: frozenset(),
}


def moved(now: PauseStatus, then: PauseStatus) -> PauseStatus:
    """Return ``then``; a step that the table does not have is a bug."""
    assert then in PAUSE_TRANSITIONS[now], f"a pause cannot go from {now} to {then}"
    return then


class PauseEnd(StrEnum):
    """Why a pause ended. Each has a text in three languages."""

    time_ran_out = "time_ran_out"
    by_officer = "by_officer"
    payer_confirmed = "payer_confirmed"
    refused_by_officer = "refused_by_officer"
    payer_withdrew = "payer_withdrew"
    money_not_there = "money_not_there"
    held_by_authority = "held_by_authority"
    """An authority's measure holds money of this account, and the rest does not cover the payment."""
    overturned_on_appeal = "overturned_on_appeal"
    appeal_unanswered = "appeal_unanswered"
    """The bank has not answered the payer's appeal in its time, and its law lets the payment go then."""


STATUS_AFTER: Final[dict[PauseEnd, PauseStatus]] = {
    PauseEnd.time_ran_out: PauseStatus.executed,
    PauseEnd.by_officer: PauseStatus.executed,
    PauseEnd.payer_confirmed: PauseStatus.executed,
    PauseEnd.refused_by_officer: PauseStatus.rejected,
    PauseEnd.payer_withdrew: PauseStatus.withdrawn,
    PauseEnd.money_not_there: PauseStatus.rejected,
    PauseEnd.held_by_authority: PauseStatus.rejected,
    PauseEnd.overturned_on_appeal: PauseStatus.executed,
    PauseEnd.appeal_unanswered: PauseStatus.executed,
}
"""What each end makes of a pause."""

BY_OFFICER: Final = frozenset({PauseEnd.by_officer, PauseEnd.refused_by_officer, PauseEnd.overturned_on_appeal})
"""The ends that a named officer decides, with reasons."""
ON_APPEAL: Final = frozenset({PauseEnd.overturned_on_appeal, PauseEnd.appeal_unanswered})

SIGNS: Final[dict[str, AssertionKind]] = {
    "payee_in_signed_reports": AssertionKind.fact,
    "payer_pressed": AssertionKind.fact,
    "bank_or_authority_impersonated": AssertionKind.fact,
    "code_or_password_obtained": AssertionKind.fact,
    "screen_or_device_controlled": AssertionKind.fact,
    "new_device_and_new_payee": AssertionKind.fact,
    "payee_on_list": AssertionKind.list_hit,
    "unlike_other_payments": AssertionKind.score,
}
"""What can be seen in a payment that has not gone out, and what it is. A score or a list alone carries no pause."""

FACTS_LEARNT: Final = (
    "payer_confirms_deceit",
    "payee_in_signed_reports",
    "screen_or_device_controlled",
    "payer_not_reached",
)
"""What can be learnt while a payment waits, for which it may wait longer, once."""

QUESTIONS: Final = ("told_by_phone", "kept_secret", "safe_account", "screen_shared")
"""What the payer is asked before saying that the payment is right; each is answered with yes or no."""

SECOND_OFFICER_FROM_MINOR: Final = 100_000_000
"""From this sum on a second officer must stand behind a pause. Ours; the law of no pack names a sum."""


class PayerAnswer(StrEnum):
    """What the payer has said of a payment that waits."""

    right = "right"
    right_with_signs = "right_with_signs"
    """It is right, says the payer, and says yes to a question: the bank calls before it goes out early."""
    stop = "stop"


def answer_of(yes: Iterable[str]) -> PayerAnswer:
    """Return what it means that the payer calls the payment right and said yes to these questions."""
    return PayerAnswer.right_with_signs if set(yes) & set(QUESTIONS) else PayerAnswer.right


def needs_second(amount_minor: int) -> bool:
    """Return whether a pause of such a payment needs a second officer."""
    return amount_minor >= SECOND_OFFICER_FROM_MINOR


def first_end(asked: Instant, call_back_by: Instant, *, is_second_awaited: bool) -> Instant:
    """Return when a pause ends: as asked, or already when the payer must have been called, while a second is awaited.

    To sign as the second officer is to let it last. So a pause has one end, and whoever does nothing ends it earlier.
    """
    return min(asked, call_back_by) if is_second_awaited else asked


def stands(status: PauseStatus, expires_at: Instant, now: Instant) -> bool:
    """Return whether a pause stands: its end is part of every reading of it."""
    return status is PauseStatus.begun and now < expires_at


def is_extended_in_time(expires_at: Instant, received_at: Instant) -> bool:
    """Return whether an extension was decided before the end that it moves."""
    return received_at < expires_at


CALL_BACK_DEFAULT: Final = timedelta(hours=2)
"""Where a pack asks that the payer is called back and says no time."""
