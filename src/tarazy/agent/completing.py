"""Completing what was lodged by a code alone: by the holder or who speaks for them, identified at the bank, in place.

It stays the same appeal with the time that it has. Nobody has to: what is not completed is decided on what is there.
"""

from dataclasses import dataclass

from tarazy.agent.appeals import (
    LOCAL_APPEALS,
    NOT_TAKEN,
    OPEN_STATES,
    WORDS_LENGTH_MAX,
    LocalAppeal,
    appeals_about,
    known_grounds,
    not_signed,
)
from tarazy.agent.measures import carrier_of
from tarazy.agent.records import AgentHold
from tarazy.agent.signing import UNSIGNED, OfficerAtDesk, signed_by
from tarazy.app.messages import Outgoing, queue
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.domain.appeal import HOLDERS_OWN, AppealRoad, Appellant
from tarazy.domain.rejection import Rejection
from tarazy.protocol import jws
from tarazy.protocol.appeal_bodies import AppealCompleted, AppealLodged
from tarazy.protocol.message import Envelope
from tarazy.protocol.statement import Act
from tarazy.protocol.wire import from_json
from tarazy.values.ids import AppealId, HoldId, ParticipantId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteAppeal:
    """Somebody identified says the rest of what was begun by a code; ``hold_id`` is the hold that they speak of."""

    appeal_id: AppealId
    hold_id: HoldId
    appellant: Appellant
    road: AppealRoad
    grounds: tuple[str, ...]
    words: str
    was_read_back: bool = False


def to_complete(tx: Transaction, hold: AgentHold) -> LocalAppeal | None:
    """Return the open appeal against what carries a hold that waits for somebody to be identified."""
    return next((one for one in appeals_about(tx, [hold.hold_id]) if _waits(one, hold)), None)


def _waits(appeal: LocalAppeal, hold: AgentHold) -> bool:
    is_open = appeal.state in OPEN_STATES and not appeal.is_identified
    return is_open and appeal.appellant in HOLDERS_OWN and appeal.measure_id == carrier_of(hold)


def complete_appeal(
    tx: Transaction,
    command: CompleteAppeal,
    exchange: ParticipantId,
    setting: Setting,
    *,
    by: OfficerAtDesk | None = None,
    said_at: Instant | None = None,
) -> LocalAppeal | Rejection:
    """Complete an appeal and pass that on; the same again is the same. ``said_at`` is when, if not just now."""
    local = tx.lock(LOCAL_APPEALS, {(command.appeal_id,)}).get((command.appeal_id,))
    if local is None:
        return Rejection.appeal_unknown
    grounds = tuple(sorted({*local.grounds, *known_grounds(command.grounds)}))
    words = command.words.strip()[:WORDS_LENGTH_MAX]
    if local.completed_at is not None and _is_same(local, command, grounds, words):
        return local
    rejection = _cannot(local, command, by)
    if rejection is not None:
        return rejection
    completed = replace(
        local,
        appellant=command.appellant,
        is_identified=True,
        grounds=grounds,
        words=_together(local.words, words),
        completed_at=said_at or setting.now,
        completed_road=command.road,
        completed_by=None if by is None else by.officer_id,
    )
    tx.put(LOCAL_APPEALS, completed)
    body = AppealCompleted(
        appeal_id=local.appeal_id,
        hold_id=local.hold_id,
        appellant=command.appellant,
        road=command.road,
        grounds=grounds,
        sealed_words=setting.seal(exchange, words) if words else None,
        completed_at=said_at or setting.now,
        was_read_back=command.was_read_back,
        statement=UNSIGNED,
    )
    signed = body if by is None else signed_by(body, Act.lodge_appeal, local.appeal_id, "", by, setting)
    queue(tx, setting.envelope(exchange, signed, local.appeal_id, "completed", setting.now.text()), setting)
    return completed


def appeal_was_refused(tx: Transaction, outgoing: Outgoing, refusal: str, setting: Setting) -> None:
    """Say of an appeal that the exchange has not taken it: nobody hears it, and whoever made it can send it anew.

    Where only its completion was not taken, the appeal stands as it was begun.
    """
    told = from_json(jws.read(outgoing.text).payload, Envelope).body
    assert isinstance(told, AppealLodged | AppealCompleted)
    local = tx.lock(LOCAL_APPEALS, {(told.appeal_id,)}).get((told.appeal_id,))
    if local is None:
        return
    if isinstance(told, AppealLodged):
        tx.put(LOCAL_APPEALS, replace(local, state=NOT_TAKEN, state_at=setting.now, not_taken_why=refusal))
    else:
        tx.put(LOCAL_APPEALS, replace(local, is_identified=False, completed_at=None, completed_road=None))


def _cannot(local: LocalAppeal, command: CompleteAppeal, by: OfficerAtDesk | None) -> Rejection | None:
    """Return why an appeal cannot be completed so: another hold, a stranger, too late, twice, or not read back."""
    if local.hold_id != command.hold_id:
        return Rejection.appeal_of_other_hold
    if command.appellant not in HOLDERS_OWN or local.appellant not in HOLDERS_OWN:
        return Rejection.appeal_not_theirs
    if local.state not in OPEN_STATES:
        return Rejection.appeal_has_ended
    if local.is_identified:
        return Rejection.appeal_is_complete
    return not_signed(command.road, by, was_read_back=command.was_read_back)


def _is_same(local: LocalAppeal, command: CompleteAppeal, grounds: tuple[str, ...], words: str) -> bool:
    """Return whether an appeal was completed with just this before."""
    said = (local.hold_id, local.appellant, local.completed_road, local.grounds)
    return said == (command.hold_id, command.appellant, command.road, grounds) and words in local.words


def _together(before: str, now: str) -> str:
    """Return what was said by the code and what is said now; where it was only gone on from, it is not said twice."""
    return now if before in now else f"{before}\n\n{now}".strip()
