"""Appeals at the bank: lodged on any road, also by a notice's code alone; decided here where the law says so.

What a person says stays here in their words; the exchange keeps it sealed for whoever decides there. The bank's own
pause is reviewed by an officer who had no hand in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from msgspec import Struct

from tarazy.agent.answering import is_live, still_held_minor
from tarazy.agent.as_told import told_hold
from tarazy.agent.desk import OfficerAtDesk
from tarazy.agent.ending import Change, end_hold, locked_hold, narrow_hold, with_lines
from tarazy.agent.measures import carrier_of, pause_id
from tarazy.agent.records import HOLDS, SERVED_NOTICES, AgentHold
from tarazy.agent.signing import UNSIGNED, signed_by
from tarazy.app.messages import Handled, queue
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Table, Transaction
from tarazy.domain.appeal import (
    LETS_GO,
    AppealGround,
    AppealOutcome,
    AppealRoad,
    AppealStatus,
    Appellant,
    is_worse,
)
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.domain.rejection import Rejection
from tarazy.protocol.appeal_bodies import (
    AppealDecided,
    AppealLodged,
    AppealState,
)
from tarazy.protocol.message import Envelope
from tarazy.protocol.statement import Act, are_reasons
from tarazy.values.ids import AccountId, AppealId, HoldId, MeasureId, OfficerId, ParticipantId, SealedRef, derived
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

WORDS_LENGTH_MAX: Final = 2_000
STRANGERS: Final = frozenset({Appellant.other_affected, Appellant.representative, Appellant.counsel})
"""As whom more than one person can appeal against the same measure."""
OPEN_STATES: Final = frozenset({AppealStatus.preliminary, AppealStatus.filed, AppealStatus.admitted, "sent"})
SENT: Final = "sent"
"""The state of an appeal of which the exchange has not said anything yet: its time is kept all the same."""


class LocalAppeal(Struct, frozen=True, kw_only=True):
    """An appeal of somebody about a hold of this bank, with their own words, and where it stands.

    ``before_appeal_id`` is the appeal whose answer they go on from. ``entered_by`` is the officer who has written it
    down and read it back, where it came by telephone, on paper or at a branch.
    """

    appeal_id: AppealId
    hold_id: HoldId
    measure_id: MeasureId
    account_id: AccountId
    appellant: Appellant
    road: AppealRoad
    is_identified: bool
    grounds: tuple[str, ...]
    words: str
    filed_at: Instant
    entered_by: OfficerId | None
    before_appeal_id: AppealId | None
    state: str
    forum: str | None
    due_at: Instant | None
    outcome: AppealOutcome | None
    keep_minor: int
    next_forum: str | None
    state_at: Instant
    decided_by: OfficerId | None
    reasons: str | None


LOCAL_APPEALS = Table("local_appeals", LocalAppeal, ("appeal_id",))


@dataclass(frozen=True, slots=True, kw_only=True)
class LodgeAppeal:
    """Somebody appeals against what carries a hold now. ``entered_by`` is the assistant who wrote it down, if any."""

    hold_id: HoldId
    appellant: Appellant
    road: AppealRoad
    is_identified: bool
    grounds: tuple[str, ...]
    words: str
    entered_by: OfficerId | None = None
    before_appeal_id: AppealId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideLocalAppeal:
    """An officer of the bank decides an appeal against the bank's own pause."""

    appeal_id: AppealId
    outcome: AppealOutcome
    keep_minor: int
    reasons: str


def lodge_appeal(
    tx: Transaction,
    command: LodgeAppeal,
    exchange: ParticipantId,
    setting: Setting,
    *,
    filed_at: Instant | None = None,
    sealed_words: SealedRef | None = None,
) -> LocalAppeal | Rejection:
    """Keep an appeal and pass it on. The same again is the same; ``filed_at`` is when it was made, if not just now.

    It is against what the holder was told of: a measure whose notice is put off would show in the answer.
    """
    hold = tx.get(HOLDS, command.hold_id)
    if hold is None:
        return Rejection.hold_unknown
    measure_id = carrier_of(told_hold(tx, hold, setting.now))
    # A holder's second appeal on one road is the first; two strangers are two, and only their words tell them apart.
    whose = command.words.strip() if command.appellant in STRANGERS else ""
    appeal_id = AppealId(
        derived("ap", hold.hold_id, measure_id, command.appellant, command.before_appeal_id or "", command.road, whose)
    )
    known = tx.get(LOCAL_APPEALS, appeal_id)
    if known is not None:
        return known
    grounds = tuple(sorted({one for one in command.grounds if one in AppealGround.__members__}))
    words = command.words.strip()[:WORDS_LENGTH_MAX]
    local = LocalAppeal(
        appeal_id=appeal_id,
        hold_id=hold.hold_id,
        measure_id=measure_id,
        account_id=hold.account_id,
        appellant=command.appellant,
        road=command.road,
        is_identified=command.is_identified,
        grounds=grounds,
        words=words,
        filed_at=filed_at or setting.now,
        entered_by=command.entered_by,
        before_appeal_id=command.before_appeal_id,
        state=SENT,
        forum=None,
        due_at=None,
        outcome=None,
        keep_minor=0,
        next_forum=None,
        state_at=setting.now,
        decided_by=None,
        reasons=None,
    )
    tx.add(LOCAL_APPEALS, local)
    sealed = sealed_words or (setting.seal(exchange, words) if words else None)
    body = AppealLodged(
        appeal_id=appeal_id,
        measure_id=measure_id,
        hold_id=hold.hold_id,
        appellant=command.appellant,
        road=command.road,
        is_identified=command.is_identified,
        grounds=grounds,
        sealed_words=sealed,
        learned_at=told_at(tx, hold.hold_id, measure_id),
        filed_at=local.filed_at,
        before_appeal_id=command.before_appeal_id,
    )
    queue(tx, setting.envelope(exchange, body, appeal_id), setting)
    return local


def told_at(tx: Transaction, hold_id: HoldId, measure_id: MeasureId) -> Instant | None:
    """Return when the holder was first told of this very measure upon a hold; None where nobody has told them.

    Whoever knew of the bank's pause is not late against what an authority has ordered since.
    """
    for one in tx.find(SERVED_NOTICES, Condition("hold_id", "=", hold_id), order=("served_at",)):
        if (one.measure_id or pause_id(hold_id)) == measure_id:
            return one.served_at
    return None


def take_appeal_states(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Keep where appeals stand. An appeal that the exchange has brought to the next forum is kept beside the first."""
    return [_take_state(tx, envelope.body, setting) for envelope in envelopes]


def _take_state(tx: Transaction, body: object, setting: Setting) -> Handled:
    assert isinstance(body, AppealState)
    keys = {(body.appeal_id,), *(((body.before_appeal_id,),) if body.before_appeal_id is not None else ())}
    known = tx.lock(LOCAL_APPEALS, keys)
    local = known.get((body.appeal_id,))
    if local is None and body.before_appeal_id is not None:
        # A forum was silent and the appeal went on by itself: it is shown beside the one that it goes on from.
        before = known.get((body.before_appeal_id,))
        local = (
            None
            if before is None
            else replace(before, appeal_id=body.appeal_id, before_appeal_id=body.before_appeal_id, filed_at=body.at)
        )
    if local is None:
        return Handled()
    outcome = AppealOutcome.__members__.get(body.outcome or "")
    after = replace(
        local,
        state=body.state,
        forum=body.forum,
        due_at=body.due_at,
        outcome=outcome,
        keep_minor=body.keep_minor,
        next_forum=body.next_forum,
        state_at=setting.now,
        reasons=body.reasons or local.reasons,
    )
    tx.put(LOCAL_APPEALS, after)
    return Handled()


def decide_local_appeal(
    tx: Transaction, command: DecideLocalAppeal, officer: OfficerAtDesk, exchange: ParticipantId, setting: Setting
) -> LocalAppeal | Rejection:
    """Decide an appeal against this bank's own pause, by other hands than its own, and never to the holder's harm."""
    local = tx.lock(LOCAL_APPEALS, {(command.appeal_id,)}).get((command.appeal_id,))
    if local is None:
        return Rejection.appeal_unknown
    if local.state not in OPEN_STATES or local.measure_id != pause_id(local.hold_id):
        return Rejection.appeal_has_ended
    hold = locked_hold(tx, local.hold_id)
    if hold is None:
        return Rejection.hold_unknown
    if officer.officer_id in {hold.terms.author.officer_id, hold.confirmed_by, hold.decided_by}:
        return Rejection.same_hands
    if not are_reasons(command.reasons):
        return Rejection.reasons_missing
    is_kept_right = (command.keep_minor > 0) == (command.outcome is AppealOutcome.measure_narrowed)
    if not is_kept_right or is_worse(command.outcome, command.keep_minor, still_held_minor(hold)):
        return Rejection.worse_on_own_appeal
    body = AppealDecided(
        appeal_id=local.appeal_id, statement=UNSIGNED, outcome=command.outcome, keep_minor=command.keep_minor
    )
    signed = signed_by(body, Act.decide_appeal, local.appeal_id, command.reasons, officer, setting)
    queue(tx, setting.envelope(exchange, signed, local.appeal_id), setting)
    decided = replace(
        local,
        state=AppealStatus.decided,
        outcome=command.outcome,
        keep_minor=command.keep_minor,
        state_at=setting.now,
        decided_by=officer.officer_id,
        reasons=command.reasons,
    )
    tx.put(LOCAL_APPEALS, decided)
    if is_live(hold, setting.now) and hold.carried_by is None:
        with_lines(tx, [hold], exchange, setting, _carried_out(command, officer.officer_id))
    return decided


def _carried_out(command: DecideLocalAppeal, officer_id: OfficerId) -> Change:
    def change(tx: Transaction, hold: AgentHold, setting: Setting) -> None:
        told = replace(hold, reasons=command.reasons)
        if command.outcome in LETS_GO:
            end_hold(tx, told, HoldStatus.released, HoldEnd.overturned_on_appeal, setting, by=officer_id)
        elif command.keep_minor and command.keep_minor < still_held_minor(hold):
            narrow_hold(tx, told, command.keep_minor, setting, by=officer_id)

    return change


def appeals_about(tx: Transaction, hold_ids: Sequence[HoldId]) -> list[LocalAppeal]:
    """Return the appeals about some holds, newest first."""
    about = Condition("hold_id", "in", list(hold_ids))
    return tx.find(LOCAL_APPEALS, about, order=("filed_at",), descending=True, limit=200)
