"""Completing an appeal that was lodged by a code alone: by whoever is identified, in place, and once.

It stays one appeal at one forum, whose time runs on from when it had the appeal first. Nobody has to complete it: what
is not completed is decided on what is there.
"""

from collections.abc import Sequence

from tarazy.app.appeal_records import APPEALS, Appeal
from tarazy.app.appeals import assistants_fault, state_envelope
from tarazy.app.deadlines import close_deadline
from tarazy.app.eventing import record
from tarazy.app.messages import Handled
from tarazy.app.records import CASE_HOLDS
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.domain.appeal import (
    HOLDERS_OWN,
    OPEN_APPEALS,
    AppealRoad,
    AppealStatus,
    Appellant,
    first_status,
    moved,
)
from tarazy.domain.deadline import Duty
from tarazy.domain.rejection import Rejection
from tarazy.protocol.appeal_bodies import AppealCompleted
from tarazy.protocol.message import Envelope
from tarazy.values.replacing import replace

CHAIN_MAX = 20
"""More forums than any law has."""


def take_appeals_completed(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Complete appeals with what somebody identified has said at their bank, and say where each stands."""
    return [_take_one(tx, envelope, setting) for envelope in envelopes]


def _take_one(tx: Transaction, envelope: Envelope, setting: Setting) -> Handled:
    body = envelope.body
    assert isinstance(body, AppealCompleted)
    appeal = _where_it_is(tx, body)
    if appeal is None or appeal.participant_id != envelope.sender:
        return Handled(rejection=Rejection.appeal_unknown, place="body.appeal_id")
    hold = tx.get(CASE_HOLDS, appeal.hold_id)
    assert hold is not None
    if appeal.completed_at is not None and _is_same(appeal, body):
        return Handled(replies=(state_envelope(tx, appeal, hold, setting),))
    refused = _cannot(appeal, body) or assistants_fault(envelope, body, setting)
    if refused is not None:
        return refused
    completed = _completed(appeal, body, setting)
    tx.put(APPEALS, completed)
    close_deadline(tx, Duty.complete_appeal, appeal.appeal_id, setting)
    record(
        tx,
        setting,
        "appeal_completed",
        appeal.participant_id,
        appeal.appeal_id,
        case_id=appeal.case_id,
        measure_id=appeal.measure_id,
        appellant=completed.appellant,
        road=body.road,
        assisted="yes" if body.statement else "no",
    )
    return Handled(replies=(state_envelope(tx, completed, hold, setting),))


def _where_it_is(tx: Transaction, body: AppealCompleted) -> Appeal | None:
    """Return the appeal; where a forum was silent and it has gone on by itself meanwhile, as it is there."""
    appeal = tx.lock(APPEALS, {(body.appeal_id,)}).get((body.appeal_id,))
    for _ in range(CHAIN_MAX):
        is_silent = appeal is not None and appeal.outcome is None and appeal.turned_down is None
        if appeal is None or appeal.next_appeal_id is None or not is_silent:
            return appeal
        appeal = tx.lock(APPEALS, {(appeal.next_appeal_id,)}).get((appeal.next_appeal_id,))
    return appeal


def _cannot(appeal: Appeal, body: AppealCompleted) -> Handled | None:
    """Return why an appeal cannot be completed so: by somebody else, of another hold, too late, or twice."""
    if appeal.hold_id != body.hold_id:
        return Handled(rejection=Rejection.appeal_of_other_hold, place="body.hold_id")
    is_theirs = body.appellant in HOLDERS_OWN and appeal.appellant in HOLDERS_OWN
    if not is_theirs or body.road not in AppealRoad.__members__:
        return Handled(rejection=Rejection.appeal_not_theirs, place="body.appellant")
    if appeal.status not in OPEN_APPEALS:
        return Handled(rejection=Rejection.appeal_has_ended, place="body.appeal_id")
    if appeal.is_identified:
        return Handled(rejection=Rejection.appeal_is_complete, place="body.appeal_id")
    return None


def _is_same(appeal: Appeal, body: AppealCompleted) -> bool:
    """Return whether an appeal was completed by this very message before."""
    told = (appeal.hold_id, appeal.completed_road, appeal.appellant, appeal.completed_words)
    return told == (body.hold_id, body.road, body.appellant, body.sealed_words)


def _completed(appeal: Appeal, body: AppealCompleted, setting: Setting) -> Appeal:
    """Return the appeal with what was said now beside what was said by the code; its times are those it has."""
    appellant = Appellant(body.appellant)
    status = appeal.status
    if status is AppealStatus.preliminary:
        status = moved(status, first_status(appellant, is_identified=True, is_late=appeal.is_late))
    return replace(
        appeal,
        appellant=appellant,
        is_identified=True,
        grounds=tuple(sorted({*appeal.grounds, *body.grounds})),
        status=status,
        completed_at=min(max(body.completed_at, appeal.filed_at), setting.now),
        completed_road=AppealRoad(body.road),
        completed_words=body.sealed_words,
        completed_statement=body.statement or None,
    )
