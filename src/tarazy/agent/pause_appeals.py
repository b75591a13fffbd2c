"""Appeals against a bank's own pause of a payment: lodged by the payer, answered by other hands, carried out at once.

The first forum is the bank itself, by its own clock. The exchange hears nothing of a pause, so nothing of these either:
an authority that the law names after the bank is named in the answer, and the payer turns to it themself.

Nobody is worse off by their own appeal: the answer can let the payment go, and cannot refuse it. What was refused or
sent already is heard all the same; then the answer says who was right.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from msgspec import Struct

from tarazy.agent.appeal_queries import OF_THE_BANK
from tarazy.agent.appeals import WORDS_LENGTH_MAX
from tarazy.agent.notice_law import ANY_TIME_AT_THE_BANK
from tarazy.agent.pause_records import PAUSES_SHOWN_MAX, PAYMENT_PAUSES, GateVerb, PaymentPause, acted, acts_upon
from tarazy.agent.pauses import is_waiting, reasons_fault
from tarazy.agent.signing import OfficerAtDesk
from tarazy.app.appeal_times import answer_due, on_silence
from tarazy.app.measure_law import branch_of, remedies_of
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Table, Transaction
from tarazy.domain.appeal import (
    LETS_GO,
    OPEN_APPEALS,
    AppealGround,
    AppealOutcome,
    AppealRoad,
    AppealStatus,
    SilenceEffect,
    moved,
)
from tarazy.domain.pause import ON_APPEAL, PauseEnd
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import Measure
from tarazy.law.ground import Pack
from tarazy.protocol.statement import Act
from tarazy.values.ids import AccountId, AppealId, OfficerId, derived
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

UNANSWERED_PER_RUN_MAX: Final = 100
PAUSE_GROUNDS: Final = (AppealGround.no_basis, AppealGround.hardship, AppealGround.not_told, AppealGround.other)
"""What a payer can tick: the other grounds are about money that came in."""
PAUSE_OUTCOMES: Final = (
    AppealOutcome.measure_stands,
    AppealOutcome.measure_overturned,
    AppealOutcome.measure_unlawful,
)
"""One payment waits whole or not at all: nothing of it can be narrowed."""


class PauseAppeal(Struct, frozen=True, kw_only=True):
    """An appeal of a payer against the pause of their payment, or against its refusal (``is_of_refusal``).

    ``forum``, ``due_at``, ``silence`` and ``next_forum`` are those of the law of the day on which it was paused.
    ``notice_due`` says that its answer is still to be told in a notice of its own.
    """

    appeal_id: AppealId
    pause_id: str
    account_id: AccountId
    is_of_refusal: bool
    road: AppealRoad
    is_identified: bool
    grounds: tuple[str, ...]
    words: str
    filed_at: Instant
    forum: str
    due_at: Instant | None
    silence: SilenceEffect
    next_forum: str | None
    state: AppealStatus
    state_at: Instant
    outcome: AppealOutcome | None
    decided_by: OfficerId | None
    reasons: str | None
    notice_due: bool


PAUSE_APPEALS = Table("pause_appeals", PauseAppeal, ("appeal_id",))
IS_OPEN: Final = Condition("state", "in", sorted(OPEN_APPEALS))


@dataclass(frozen=True, slots=True, kw_only=True)
class LodgePauseAppeal:
    """The payer appeals; by a notice's code alone they are not identified, and their time is kept."""

    pause_id: str
    road: AppealRoad
    is_identified: bool
    grounds: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidePauseAppeal:
    """An officer of the bank answers an appeal against a pause."""

    appeal_id: AppealId
    outcome: AppealOutcome
    reasons: str

    def __post_init__(self) -> None:
        assert self.outcome in PAUSE_OUTCOMES


class PauseForum(NamedTuple):
    """Who hears an appeal that is lodged at a moment, by when the answer is due, and what silence means."""

    forum: str
    due_at: Instant | None
    silence: SilenceEffect
    next_forum: str | None


def forum_of_pause(pause: PaymentPause, filed_at: Instant, pack: Pack) -> PauseForum:
    """Return the bank's own forum by the law of the day of the pause: also where a pack is mute it hears."""
    ground = pack.ground(Measure.M4a, None, pack.data.calendar.local_day(pause.begins_at))
    remedies = remedies_of(None if ground is None else ground.rule)
    place = next((at for at, one in enumerate(remedies) if one.forum_kind in OF_THE_BANK), None)
    if ground is None or place is None:
        after = remedies[0].forum if remedies else None
        return PauseForum(ANY_TIME_AT_THE_BANK[0].forum, None, SilenceEffect.next_forum, after)
    branch, own = branch_of(ground.rule), remedies[place]
    after = remedies[place + 1].forum if place + 1 < len(remedies) else None
    return PauseForum(own.forum, answer_due(own, filed_at, branch, pack), on_silence(own, branch), after)


def lodge_pause_appeal(
    tx: Transaction, command: LodgePauseAppeal, setting: Setting, *, filed_at: Instant | None = None
) -> PauseAppeal | Rejection:
    """Keep an appeal of a payer. The same again is the same; one that was begun by a code alone is completed.

    ``filed_at`` is when it was made, if not just now. The time of the answer runs from then.
    """
    pause = tx.lock(PAYMENT_PAUSES, {(command.pause_id,)}).get((command.pause_id,))
    if pause is None:
        return Rejection.pause_unknown
    is_of_refusal = pause.end is PauseEnd.refused_by_officer
    appeal_id = AppealId(derived("pa", pause.pause_id, "refusal" if is_of_refusal else "pause"))
    known = tx.lock(PAUSE_APPEALS, {(appeal_id,)}).get((appeal_id,))
    if known is not None:
        return _completed(tx, known, command, setting)
    at = filed_at or setting.now
    forum = forum_of_pause(pause, at, setting.pack)
    appeal = PauseAppeal(
        appeal_id=appeal_id,
        pause_id=pause.pause_id,
        account_id=pause.account_id,
        is_of_refusal=is_of_refusal,
        road=command.road,
        is_identified=command.is_identified,
        grounds=_grounds(command.grounds),
        words=command.words.strip()[:WORDS_LENGTH_MAX],
        filed_at=at,
        forum=forum.forum,
        due_at=forum.due_at,
        silence=forum.silence,
        next_forum=forum.next_forum,
        state=AppealStatus.filed if command.is_identified else AppealStatus.preliminary,
        state_at=setting.now,
        outcome=None,
        decided_by=None,
        reasons=None,
        notice_due=False,
    )
    tx.add(PAUSE_APPEALS, appeal)
    acted(tx, pause, Act.lodge_appeal, setting)
    return appeal


def _completed(tx: Transaction, known: PauseAppeal, command: LodgePauseAppeal, setting: Setting) -> PauseAppeal:
    if known.state is not AppealStatus.preliminary or not command.is_identified:
        return known
    full = replace(
        known,
        road=command.road,
        is_identified=True,
        grounds=_grounds(command.grounds),
        words=command.words.strip()[:WORDS_LENGTH_MAX],
        state=moved(known.state, AppealStatus.filed),
        state_at=setting.now,
    )
    tx.put(PAUSE_APPEALS, full)
    return full


def _grounds(ticked: Iterable[str]) -> tuple[str, ...]:
    known = tuple(one.value for one in PAUSE_GROUNDS if one in set(ticked))
    return known or (AppealGround.other.value,)


def decide_pause_appeal(
    tx: Transaction, command: DecidePauseAppeal, officer: OfficerAtDesk, setting: Setting
) -> PauseAppeal | Rejection:
    """Answer an appeal by other hands than those that acted upon the payment; whoever is right, it goes out at once."""
    seen = tx.get(PAUSE_APPEALS, command.appeal_id)
    if seen is None:
        return Rejection.appeal_unknown
    pause = tx.lock(PAYMENT_PAUSES, {(seen.pause_id,)})[seen.pause_id,]
    appeal = tx.lock(PAUSE_APPEALS, {(command.appeal_id,)})[command.appeal_id,]
    if appeal.state not in OPEN_APPEALS or (appeal.due_at is not None and setting.now >= appeal.due_at):
        return Rejection.appeal_has_ended
    if officer.officer_id in hands_on(tx, pause):
        return Rejection.same_hands
    rejection = reasons_fault(tx, pause.pause_id, command.reasons)
    if rejection is not None:
        return rejection
    lets_go = command.outcome in LETS_GO and is_waiting(pause, setting.now)
    after = _let_go(pause, PauseEnd.overturned_on_appeal) if lets_go else pause
    if lets_go:
        after = replace(after, decided_by=officer.officer_id, decided_reasons=command.reasons)
    terms = (("appeal", appeal.appeal_id), ("outcome", command.outcome))
    acted(tx, after, Act.decide_appeal, setting, officer=officer, reasons=command.reasons, terms=terms)
    decided = replace(
        appeal,
        state=moved(appeal.state, AppealStatus.decided),
        state_at=setting.now,
        outcome=command.outcome,
        decided_by=officer.officer_id,
        reasons=command.reasons,
        notice_due=not lets_go,
    )
    tx.put(PAUSE_APPEALS, decided)
    return decided


def answer_pause_silence(tx: Transaction, setting: Setting) -> int:
    """End the appeals that nobody has answered in time; return how many. Where the law says so the payment goes out."""
    is_over = Condition("due_at", "<=", setting.now)
    seen = tx.find(PAUSE_APPEALS, IS_OPEN, is_over, order=("due_at",), limit=UNANSWERED_PER_RUN_MAX)
    if not seen:
        return 0
    pauses = tx.lock(PAYMENT_PAUSES, {(one.pause_id,) for one in seen})
    locked = tx.lock(PAUSE_APPEALS, {(one.appeal_id,) for one in seen}).values()
    due = [one for one in locked if one.state in OPEN_APPEALS]
    for one in due:
        # Of one payment the pause and its refusal may both be appealed: what the first has done counts for the second.
        pause = pauses[one.pause_id,]
        lets_go = one.silence is SilenceEffect.releases and is_waiting(pause, setting.now)
        after = _let_go(pause, PauseEnd.appeal_unanswered) if lets_go else pause
        pauses[one.pause_id,] = acted(tx, after, PauseEnd.appeal_unanswered, setting)
        state = moved(one.state, AppealStatus.unanswered)
        tx.put(PAUSE_APPEALS, replace(one, state=state, state_at=setting.now, notice_due=not lets_go))
    return len(due)


def _let_go(pause: PaymentPause, end: PauseEnd) -> PaymentPause:
    return replace(pause, due=GateVerb.execute, ending=end)


def carry_out(tx: Transaction, pause: PaymentPause, setting: Setting) -> None:
    """Note what came of the appeals that let a payment go, now that the core has said what it did.

    The end of the pause is told in its own notice. Where the money was not there, the answer is told beside it.
    """
    for one in appeals_upon(tx, pause.pause_id):
        is_carried = one.state is AppealStatus.unanswered or one.outcome in LETS_GO
        if one.state not in {AppealStatus.decided, AppealStatus.unanswered} or not is_carried or one.notice_due:
            continue
        if pause.end in ON_APPEAL:
            tx.put(PAUSE_APPEALS, replace(one, state=moved(one.state, AppealStatus.executed), state_at=setting.now))
        elif pause.ending in ON_APPEAL:
            tx.put(PAUSE_APPEALS, replace(one, notice_due=True))


def hands_on(tx: Transaction, pause: PaymentPause) -> frozenset[OfficerId]:
    """Return everybody who has decided anything upon a payment: none of them answers an appeal about it."""
    signed = (act.officer_id for act in acts_upon(tx, pause.pause_id) if act.statement is not None)
    return frozenset(one for one in signed if one is not None)


def appeals_upon(tx: Transaction, pause_id: str) -> list[PauseAppeal]:
    """Return the appeals about one payment, newest first."""
    about = Condition("pause_id", "=", pause_id)
    return tx.find(PAUSE_APPEALS, about, order=("filed_at",), descending=True)


def open_pause_appeals(tx: Transaction) -> list[PauseAppeal]:
    """Return the appeals that an officer of this bank is to answer, the earliest due first."""
    return tx.find(PAUSE_APPEALS, IS_OPEN, order=("due_at",), limit=PAUSES_SHOWN_MAX)
