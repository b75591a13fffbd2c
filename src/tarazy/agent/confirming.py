"""A confirmation that the exchange does not take: the hold ends when it would have ended without it.

The bank's officer hears at the desk that it counts; whether it does is for the exchange to say. Nothing that was turned
down there may prolong a hold here or at the core.
"""

from dataclasses import dataclass
from typing import Final

from tarazy.agent.answering import core_command
from tarazy.agent.completing import appeal_was_refused
from tarazy.agent.core_port import CoreVerb
from tarazy.agent.ending import end_expired, with_lines
from tarazy.agent.records import FOLLOWS, HOLDS, AgentHold
from tarazy.app.messages import Outgoing, WhenRefused
from tarazy.app.setting import Setting
from tarazy.app.store import Table, Transaction
from tarazy.domain.hold import LIVE_STATUSES, end_of_hold
from tarazy.domain.notice import NoticeKind
from tarazy.protocol import jws
from tarazy.protocol.bodies import HoldConfirmed
from tarazy.protocol.message import Envelope
from tarazy.protocol.wire import from_json
from tarazy.values.ids import HoldId, OfficerId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedConfirmation:
    """The newest confirmation of a hold that the exchange did not take: whose it was, and why not."""

    hold_id: HoldId
    officer_id: OfficerId
    confirmed_at: Instant
    refusal: str
    refused_at: Instant


REFUSED_CONFIRMATIONS = Table("refused_confirmations", RefusedConfirmation, ("hold_id",))


def confirmation_was_refused(tx: Transaction, outgoing: Outgoing, refusal: str, setting: Setting) -> None:
    """Let the hold end as if nobody had confirmed it, at once if that end is past; the core is told either way."""
    told = from_json(jws.read(outgoing.text).payload, Envelope).body
    assert isinstance(told, HoldConfirmed)
    hold = tx.get(HOLDS, told.hold_id)

    def unconfirm(tx: Transaction, hold: AgentHold, setting: Setting) -> None:
        if hold.confirmed_at == outgoing.queued_at:
            _unconfirm(tx, hold, refusal, setting)

    if hold is not None:
        with_lines(tx, [hold], outgoing.recipient, setting, unconfirm)


def _unconfirm(tx: Transaction, hold: AgentHold, refusal: str, setting: Setting) -> None:
    assert hold.confirmed_by is not None
    assert hold.confirmed_at is not None
    refused = RefusedConfirmation(
        hold_id=hold.hold_id,
        officer_id=hold.confirmed_by,
        confirmed_at=hold.confirmed_at,
        refusal=refusal,
        refused_at=setting.now,
    )
    tx.put(REFUSED_CONFIRMATIONS, refused)
    if hold.status not in LIVE_STATUSES or hold.carried_by is not None:
        return  # what an authority carries on rests on its own measure, not on the confirmation
    follow = tx.get(FOLLOWS, hold.order_id)
    assert follow is not None
    first_end = end_of_hold(hold.terms.confirm_by, follow.received_at, follow.ordered_at)
    was_last = hold.decided_at == hold.confirmed_at  # what somebody has decided since stays theirs
    unconfirmed = replace(
        hold,
        confirmed_by=None,
        confirmed_at=None,
        decided_by=None if was_last else hold.decided_by,
        decided_at=None if was_last else hold.decided_at,
        reasons=None if was_last else hold.reasons,
        expires_at=min(hold.expires_at, first_end),
        notice_due=NoticeKind.hold_placed if hold.notice_due is NoticeKind.hold_confirmed else hold.notice_due,
    )
    tx.put(HOLDS, unconfirmed)
    if unconfirmed.expires_at > setting.now:
        core_command(tx, unconfirmed, CoreVerb.extend, unconfirmed.reserved_minor, setting)
    end_expired(tx, unconfirmed, setting)


def refused_confirmation(tx: Transaction, hold_id: HoldId) -> RefusedConfirmation | None:
    """Return the newest confirmation of this hold that the exchange did not take."""
    return tx.get(REFUSED_CONFIRMATIONS, hold_id)


AGENT_REFUSED: Final[dict[str, WhenRefused]] = {
    "hold_confirmed": confirmation_was_refused,
    "appeal_lodged": appeal_was_refused,
    "appeal_completed": appeal_was_refused,
}
