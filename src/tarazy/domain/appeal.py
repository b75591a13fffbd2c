"""The life of an appeal: from a code that keeps the deadline to an answer that is carried out.

::

    preliminary ── filed ──┬── not_admitted   with reasons; the stranger is told where the matter belongs
         │           │     │
         └───────────┴── admitted ──┬── decided ──── executed
                                    ├── unanswered ── executed
                                    └── withdrawn

An appeal is never refused acceptance. One by a code alone is completed in place by whoever is identified: it stays one
appeal, and its forum's time runs on. One that goes to the next forum is a new appeal that names the one before, because
each forum has a clock of its own.
"""

from enum import StrEnum
from typing import Final


class AppealStatus(StrEnum):
    """Where an appeal is in its life."""

    preliminary = "preliminary"
    """Lodged by a notice's code alone: the time of filing is kept."""
    filed = "filed"
    admitted = "admitted"
    not_admitted = "not_admitted"
    decided = "decided"
    unanswered = "unanswered"
    executed = "executed"
    withdrawn = "withdrawn"


_OPEN_ENDS: Final = frozenset(
    {
        AppealStatus.admitted,
        AppealStatus.not_admitted,
        AppealStatus.decided,
        AppealStatus.unanswered,
        AppealStatus.withdrawn,
    }
)
APPEAL_TRANSITIONS: Final[dict[AppealStatus, frozenset[AppealStatus]]] = {
    AppealStatus.preliminary: _OPEN_ENDS | {AppealStatus.filed},
    AppealStatus.filed: _OPEN_ENDS,
    AppealStatus.admitted: frozenset({AppealStatus.decided, AppealStatus.unanswered, AppealStatus.withdrawn}),
    AppealStatus.not_admitted: frozenset(),
    AppealStatus.decided: frozenset({AppealStatus.executed}),
    AppealStatus.unanswered: frozenset({AppealStatus.executed}),
    AppealStatus.executed: frozenset(),
    AppealStatus.withdrawn: frozenset(),
}
OPEN_APPEALS: Final = frozenset({AppealStatus.preliminary, AppealStatus.filed, AppealStatus.admitted})


class AppealRoad(StrEnum):
    """How an appeal came in."""

    code = "code"
    app = "app"
    portal = "portal"
    phone = "phone"
    paper = "paper"
    branch = "branch"
    counsel = "counsel"


class Appellant(StrEnum):
    """As whom somebody appeals. Whoever is affected may, also who is nobody's customer."""

    holder = "holder"
    payer = "payer"
    victim = "victim"
    representative = "representative"
    counsel = "counsel"
    other_affected = "other_affected"


ASSISTED: Final = frozenset({AppealRoad.phone, AppealRoad.paper, AppealRoad.branch, AppealRoad.counsel})
"""The roads on which an assistant writes down what a person says, reads it back, and signs that they did."""
HOLDERS_OWN: Final = frozenset({Appellant.holder, Appellant.representative, Appellant.counsel})
"""Who speaks for the holder: they complete what was begun by the code of the holder's notice."""


class AppealGround(StrEnum):
    """What a person says, ticked: their own words travel sealed to the forum that decides."""

    money_is_mine = "money_is_mine"
    good_faith = "good_faith"
    goods_delivered = "goods_delivered"
    protected_money = "protected_money"
    wrong_person = "wrong_person"
    sum_wrong = "sum_wrong"
    no_basis = "no_basis"
    not_told = "not_told"
    time_over = "time_over"
    hardship = "hardship"
    other = "other"


class AppealOutcome(StrEnum):
    """What was decided on the measure. *Upheld* is not among the words: it is read in two opposite ways."""

    measure_stands = "measure_stands"
    measure_narrowed = "measure_narrowed"
    measure_overturned = "measure_overturned"
    measure_unlawful = "measure_unlawful"
    """It should never have been taken: what came of it is locked, and an error is recorded."""


class TurnedDown(StrEnum):
    """Why an appeal is not heard. Each has a text ``desk.appeal.turned_down.…``."""

    not_affected = "not_affected"
    """The measure takes nothing from whoever has made it."""
    without_power = "without_power"
    """They have shown no power to speak for the holder."""
    too_late = "too_late"


class SilenceEffect(StrEnum):
    """What follows when a forum does not answer in its time."""

    releases = "releases"
    next_forum = "next_forum"
    deemed_refused = "deemed_refused"


LETS_GO: Final = frozenset({AppealOutcome.measure_overturned, AppealOutcome.measure_unlawful})


def is_plainly_heard(appellant: Appellant, *, is_identified: bool, is_late: bool) -> bool:
    """Return whether an appeal is admitted by itself: the holder's own, identified, in time."""
    return appellant is Appellant.holder and is_identified and not is_late


def first_status(appellant: Appellant, *, is_identified: bool, is_late: bool) -> AppealStatus:
    """Return where an appeal begins at a forum; what is not plainly the holder's own waits for a human to admit it."""
    if not is_identified:
        return AppealStatus.preliminary
    is_heard = is_plainly_heard(appellant, is_identified=is_identified, is_late=is_late)
    return AppealStatus.admitted if is_heard else AppealStatus.filed


def grounds_to_turn_down(appellant: Appellant, *, is_late: bool, accepts_late: bool) -> tuple[TurnedDown, ...]:
    """Return why an appeal could be turned down: no holder's ever is, but for the time where the law has one."""
    found = []
    if appellant is Appellant.other_affected:
        found.append(TurnedDown.not_affected)
    if appellant in {Appellant.representative, Appellant.counsel}:
        found.append(TurnedDown.without_power)
    if is_late and not accepts_late:
        found.append(TurnedDown.too_late)
    return tuple(found)


def moved(now: AppealStatus, then: AppealStatus) -> AppealStatus:
    """Return ``then``; a step that the table does not have is a bug."""
    assert then in APPEAL_TRANSITIONS[now], f"an appeal cannot go from {now} to {then}"
    return then


def is_worse(outcome: AppealOutcome, keep_minor: int, held_minor: int) -> bool:
    """Return whether a decision would leave the appellant worse off: no one loses by their own appeal.

    Narrowed is what keeps something and less than before; no other outcome keeps a sum of its own.
    """
    if outcome is AppealOutcome.measure_narrowed:
        return not 0 < keep_minor < held_minor
    return keep_minor != 0
