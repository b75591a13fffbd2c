"""What the pages of the exchange read of appeals: who has to decide which, by when, and on what record.

Nobody's words are read here: they lie sealed, and are opened by `open_words`, which records that somebody has.
"""

from dataclasses import dataclass
from typing import Final

from tarazy.app.admitting import why_not_to_hear
from tarazy.app.appeal_records import APPEALS, Appeal
from tarazy.app.appeals import next_remedy
from tarazy.app.bundle import Bundle, legality_bundle
from tarazy.app.eventing import record
from tarazy.app.hands import hands_of
from tarazy.app.measure_records import CASE_MEASURES, CaseMeasure
from tarazy.app.records import CASE_HOLDS, PARTICIPANTS, CaseHold
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.appeal import OPEN_APPEALS, AppealStatus, TurnedDown
from tarazy.domain.hands import Hand, Hands, same_hands
from tarazy.law.safeguards import Part
from tarazy.values.ids import AppealId

QUEUE_MAX: Final = 200
"""As many are looked at; a page shows fewer, those that are before its reader (`SHOWN_MAX`)."""
SHOWN_MAX: Final = 100
"""As many as one page shows: those whose answer is due first."""
CHAIN_MAX: Final = 20
"""More forums than any law has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedAppeal:
    """An appeal in somebody's queue, and what is held by the measure that it is against."""

    appeal: Appeal
    held_minor: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealView:
    """One appeal on its page. ``chain`` has every forum that it has been at, itself among them, in order.

    ``may_turn_down`` is why its forum could turn it down; ``next_forum`` is what comes after it, if the law has one.
    """

    appeal: Appeal
    hold: CaseHold
    measure: CaseMeasure | None
    bundle: Bundle
    hands: Hands
    chain: tuple[Appeal, ...]
    bank: str
    may_turn_down: tuple[TurnedDown, ...]
    next_forum: str | None

    @property
    def waits_for_admission(self) -> bool:
        """Whether a human has to say that it is heard: it is not plainly the holder's own, or it is late."""
        return self.appeal.status is AppealStatus.filed

    @property
    def has_words(self) -> bool:
        """Whether somebody has said anything in their own words."""
        return self.appeal.sealed_words is not None or self.appeal.completed_words is not None

    @property
    def is_open(self) -> bool:
        """Whether its forum has still to answer."""
        return self.appeal.status in OPEN_APPEALS

    def is_barred(self, hand: Hand) -> bool:
        """Tell whether an officer had a hand in the measure, so that another one has to decide."""
        return same_hands(Part.reviewer, hand, self.hands) is not None


def appeal_queue(tx: Transaction, decider: str | None) -> list[QueuedAppeal]:
    """Return the open appeals that a capacity decides, the soonest due first; None: those of every forum.

    An appeal for which the law names no time comes after all that have one, the oldest first.
    """
    conditions = [Condition("status", "in", sorted(OPEN_APPEALS))]
    if decider is not None:
        conditions.append(Condition("decider", "=", decider))
    timed = tx.find(APPEALS, *conditions, Condition("due_at", "not_null"), order=("due_at",), limit=QUEUE_MAX)
    untimed = tx.find(APPEALS, *conditions, Condition("due_at", "is_null"), order=("filed_at",), limit=QUEUE_MAX)
    found = [*timed, *untimed][:QUEUE_MAX]
    holds = tx.get_many(CASE_HOLDS, {(one.hold_id,) for one in found})
    measures = tx.get_many(CASE_MEASURES, {(one.measure_id,) for one in found})
    return [_queued(one, holds[one.hold_id,], measures.get((one.measure_id,))) for one in found]


def _queued(appeal: Appeal, hold: CaseHold, measure: CaseMeasure | None) -> QueuedAppeal:
    held = hold.held_minor if measure is None else measure.held_minor
    return QueuedAppeal(appeal=appeal, held_minor=held, currency=hold.currency)


def appeal_view(tx: Transaction, appeal_id: AppealId, setting: Setting) -> AppealView | None:
    """Return one appeal with the legality bundle of its measure, made now; None for an unknown one."""
    appeal = tx.get(APPEALS, appeal_id)
    if appeal is None:
        return None
    hold = tx.get(CASE_HOLDS, appeal.hold_id)
    assert hold is not None
    bank = tx.get(PARTICIPANTS, appeal.participant_id)
    following = next_remedy(tx, appeal, hold, setting)
    return AppealView(
        appeal=appeal,
        hold=hold,
        measure=tx.get(CASE_MEASURES, appeal.measure_id),
        bundle=legality_bundle(tx, appeal.measure_id, hold, setting),
        hands=hands_of(tx, appeal.measure_id, hold),
        chain=_chain(tx, appeal),
        bank=appeal.participant_id if bank is None else bank.name,
        may_turn_down=why_not_to_hear(tx, appeal, hold, setting),
        next_forum=None if following is None else following.forum,
    )


def _chain(tx: Transaction, appeal: Appeal) -> tuple[Appeal, ...]:
    chain = [appeal]
    before, after = appeal.before_appeal_id, appeal.next_appeal_id
    while before is not None and len(chain) < CHAIN_MAX:
        found = tx.get(APPEALS, before)
        assert found is not None
        chain.insert(0, found)
        before = found.before_appeal_id
    while after is not None and len(chain) < CHAIN_MAX:
        found = tx.get(APPEALS, after)
        assert found is not None
        chain.append(found)
        after = found.next_appeal_id
    return tuple(chain)


def open_words(tx: Transaction, appeal_id: AppealId, reader: Hand, setting: Setting) -> str | None:
    """Return what a person has said in their own words, and record that this officer has read it.

    None where there are no words, or where what was sealed cannot be opened here: then nothing was read.
    """
    appeal = tx.get(APPEALS, appeal_id)
    sealed = () if appeal is None else (appeal.sealed_words, appeal.completed_words)
    opened = [words for one in sealed if one is not None and (words := setting.unseal(one)) is not None]
    if appeal is None or not opened:
        return None
    first, last = opened[0], opened[-1]
    record(
        tx,
        setting,
        "appeal_words_read",
        reader.participant_id,
        appeal.appeal_id,
        case_id=appeal.case_id,
        officer=reader.officer_id,
    )
    return last if first in last else f"{first}\n\n{last}"
