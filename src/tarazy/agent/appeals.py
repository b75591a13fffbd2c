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
from tarazy.agent.ending import Change, end_hold, locked_hold, narrow_hold, with_lines
from tarazy.agent.measure_records import HOLD_MEASURES
from tarazy.agent.measures import carrier_of, pause_id
from tarazy.agent.records import HOLDS, SERVED_NOTICES, AgentHold
from tarazy.agent.signing import UNSIGNED, OfficerAtDesk, signed_by
from tarazy.app.messages import Handled, queue
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Table, Transaction
from tarazy.domain.appeal import (
    ASSISTED,
    HOLDERS_OWN,
    LETS_GO,
    AppealGround,
    AppealOutcome,
    AppealRoad,
    AppealStatus,
    Appellant,
    TurnedDown,
    is_worse,
)
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.domain.notice import NoticeReason
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
NOT_TAKEN: Final = "not_taken"
"""The state of an appeal that the exchange did not take: nobody hears it until it is sent anew."""
SENT: Final = "sent"
"""The state of an appeal of which the exchange has not said anything yet: its time is kept all the same."""


class LocalAppeal(Struct, frozen=True, kw_only=True):
    """An appeal of somebody about a hold of this bank, with their own words, and where it stands.

    ``before_appeal_id`` is the appeal whose answer they go on from. ``entered_by`` is the officer who has written it
    down and read it back, where it came by telephone, on paper or at a branch. ``completed_at`` and ``completed_road``
    say when and how somebody identified completed what was begun by a code, ``completed_by`` who wrote that down.
    ``turned_down`` is why it is not heard, ``not_taken_why`` the code of why the exchange did not even take it.
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
    completed_at: Instant | None = None
    completed_road: AppealRoad | None = None
    completed_by: OfficerId | None = None
    turned_down: TurnedDown | None = None
    not_taken_why: str | None = None


LOCAL_APPEALS = Table("local_appeals", LocalAppeal, ("appeal_id",))


@dataclass(frozen=True, slots=True, kw_only=True)
class LodgeAppeal:
    """Somebody appeals against what carries a hold now. ``was_read_back`` is said of what an assistant wrote down."""

    hold_id: HoldId
    appellant: Appellant
    road: AppealRoad
    is_identified: bool
    grounds: tuple[str, ...]
    words: str
    before_appeal_id: AppealId | None = None
    was_read_back: bool = False


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
    by: OfficerAtDesk | None = None,
    filed_at: Instant | None = None,
    sealed_words: SealedRef | None = None,
) -> LocalAppeal | Rejection:
    """Keep an appeal and pass it on. The same again is the same; ``filed_at`` is when it was made, if not just now.

    It is against what the holder was told of: a measure whose notice is put off would show in the answer. What an
    assistant has written down goes under the signature of the assistant, ``by``. An answered one is heard anew only
    where the measure has changed since: otherwise the next forum is the way.
    """
    hold = tx.get(HOLDS, command.hold_id)
    if hold is None:
        return Rejection.hold_unknown
    unsigned = not_signed(command.road, by, was_read_back=command.was_read_back)
    if unsigned is not None:
        return unsigned
    measure_id = carrier_of(told_hold(tx, hold, setting.now))
    appeal_id, known = _named(tx, command, hold, measure_id)
    is_theirs = command.is_identified and command.appellant in HOLDERS_OWN and command.before_appeal_id is None
    answered = answered_before(tx, hold, measure_id) if is_theirs else None
    if known is not None:
        is_again = not command.is_identified or known.state in OPEN_STATES or command.before_appeal_id is not None
        return known if is_again else Rejection.appeal_is_decided
    if answered is not None:
        return Rejection.appeal_is_decided
    local = _local(command, appeal_id, hold, measure_id, by, filed_at or setting.now)
    tx.add(LOCAL_APPEALS, local)
    sealed = sealed_words or (setting.seal(exchange, local.words) if local.words else None)
    lodged = _lodged(tx, local, hold, sealed, was_read_back=command.was_read_back)
    signed = lodged if by is None else signed_by(lodged, Act.lodge_appeal, appeal_id, "", by, setting)
    queue(tx, setting.envelope(exchange, signed, appeal_id), setting)
    return local


def _local(
    command: LodgeAppeal,
    appeal_id: AppealId,
    hold: AgentHold,
    measure_id: MeasureId,
    by: OfficerAtDesk | None,
    filed_at: Instant,
) -> LocalAppeal:
    """Return an appeal as this bank keeps it, before the exchange has said anything of it."""
    return LocalAppeal(
        appeal_id=appeal_id,
        hold_id=hold.hold_id,
        measure_id=measure_id,
        account_id=hold.account_id,
        appellant=command.appellant,
        road=command.road,
        is_identified=command.is_identified,
        grounds=known_grounds(command.grounds),
        words=command.words.strip()[:WORDS_LENGTH_MAX],
        filed_at=filed_at,
        entered_by=None if by is None else by.officer_id,
        before_appeal_id=command.before_appeal_id,
        state=SENT,
        forum=None,
        due_at=None,
        outcome=None,
        keep_minor=0,
        next_forum=None,
        state_at=filed_at,
        decided_by=None,
        reasons=None,
    )


def _lodged(
    tx: Transaction, local: LocalAppeal, hold: AgentHold, sealed: SealedRef | None, *, was_read_back: bool
) -> AppealLodged:
    """Return what the exchange is told of an appeal, not signed yet."""
    changed = changed_at(tx, hold, local.measure_id)
    since = changed if changed is not None and changed <= local.filed_at else None
    return AppealLodged(
        appeal_id=local.appeal_id,
        measure_id=local.measure_id,
        hold_id=local.hold_id,
        appellant=local.appellant,
        road=local.road,
        is_identified=local.is_identified,
        grounds=local.grounds,
        sealed_words=sealed,
        learned_at=told_at(tx, local.hold_id, local.measure_id, since),
        filed_at=local.filed_at,
        before_appeal_id=local.before_appeal_id,
        was_read_back=was_read_back,
        statement=UNSIGNED,
    )


def not_signed(road: AppealRoad, by: OfficerAtDesk | None, *, was_read_back: bool) -> Rejection | None:
    """Return why what came on a road cannot go on: what is written down for somebody is read back and signed."""
    if (road in ASSISTED) != (by is not None):
        return Rejection.officer_not_entitled
    return Rejection.appeal_not_read_back if by is not None and not was_read_back else None


def known_grounds(grounds: Sequence[str]) -> tuple[str, ...]:
    """Return the grounds that there are, each once."""
    return tuple(sorted({one for one in grounds if one in AppealGround.__members__}))


def _named(
    tx: Transaction, command: LodgeAppeal, hold: AgentHold, measure_id: MeasureId
) -> tuple[AppealId, LocalAppeal | None]:
    """Return the id of an appeal, and the one that has it already. What is heard anew has an id of its own."""
    # A holder's second appeal on one road is the first; two strangers are two, and only their words tell them apart.
    whose = command.words.strip() if command.appellant in STRANGERS else ""
    before = command.before_appeal_id or ""
    appeal_id = derived("ap", hold.hold_id, measure_id, command.appellant, before, command.road, whose)
    known = tx.get(LOCAL_APPEALS, AppealId(appeal_id))
    while known is not None and _can_be_sent_anew(tx, hold, known):
        appeal_id = derived("ap", appeal_id, "anew")
        known = tx.get(LOCAL_APPEALS, AppealId(appeal_id))
    return AppealId(appeal_id), known


def _can_be_sent_anew(tx: Transaction, hold: AgentHold, known: LocalAppeal) -> bool:
    """Return whether an appeal that was sent bars no other one: nobody took it, or what it was against has changed."""
    return known.state == NOT_TAKEN or (is_answered(known) and is_changed_since(tx, hold, known))


def is_answered(appeal: LocalAppeal) -> bool:
    """Return whether a forum is done with an appeal: it has decided, or turned it down, or was silent."""
    return appeal.state not in OPEN_STATES and appeal.state != NOT_TAKEN


def changed_at(tx: Transaction, hold: AgentHold, measure_id: MeasureId) -> Instant | None:
    """Return when a measure upon a hold last became longer; a bank's own pause does when a human confirms it."""
    measure = tx.get(HOLD_MEASURES, hold.hold_id, measure_id)
    return hold.confirmed_at if measure is None else measure.changed_at


def is_changed_since(tx: Transaction, hold: AgentHold, appeal: LocalAppeal) -> bool:
    """Return whether what an appeal was against has become longer since it was answered."""
    changed = changed_at(tx, hold, appeal.measure_id)
    return changed is not None and changed > appeal.state_at


def answered_before(tx: Transaction, hold: AgentHold, measure_id: MeasureId) -> LocalAppeal | None:
    """Return the identified appeal of the holder's side that a forum has answered, as the measure still stands.

    An answer to what came by a code alone bars nobody: it may have been anybody who had the letter.
    """
    theirs = [
        one
        for one in appeals_about(tx, [hold.hold_id])
        if one.measure_id == measure_id and one.is_identified and one.appellant in HOLDERS_OWN and is_answered(one)
    ]
    return next((one for one in theirs if not is_changed_since(tx, hold, one)), None)


def told_at(tx: Transaction, hold_id: HoldId, measure_id: MeasureId, since: Instant | None = None) -> Instant | None:
    """Return when the holder was first told of this very measure upon a hold; None where nobody has told them.

    Whoever knew of the bank's pause is not late against what an authority has ordered ``since``, or against what has
    become longer since.
    """
    for one in tx.find(SERVED_NOTICES, Condition("hold_id", "=", hold_id), order=("served_at",)):
        if (one.measure_id or pause_id(hold_id)) == measure_id and (since is None or one.served_at >= since):
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
        before_appeal_id=body.before_appeal_id or local.before_appeal_id,
        turned_down=TurnedDown.__members__.get(body.why_not or ""),
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
    if is_worse(command.outcome, command.keep_minor, still_held_minor(hold)):
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
            why = NoticeReason.narrowed_on_appeal
            narrow_hold(tx, told, command.keep_minor, setting, by=officer_id, why=why)

    return change


def appeals_about(tx: Transaction, hold_ids: Sequence[HoldId]) -> list[LocalAppeal]:
    """Return the appeals about some holds, newest first."""
    about = Condition("hold_id", "in", list(hold_ids))
    return tx.find(LOCAL_APPEALS, about, order=("filed_at",), descending=True, limit=200)
