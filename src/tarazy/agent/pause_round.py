"""The pauses' own round: end what is over, ask the core, take its word.

The core is asked outside of transactions. How a pause ends is the core's word, whatever was asked of it.
"""

from functools import partial
from typing import Final

from tarazy.agent.answering import is_live
from tarazy.agent.core_port import GateDid, PauseTaken, PaymentGate
from tarazy.agent.deferring import kept_back
from tarazy.agent.pause_appeals import answer_pause_silence, carry_out
from tarazy.agent.pause_records import IS_BEGUN, PAYMENT_PAUSES, GateVerb, PaymentPause, acted
from tarazy.agent.records import HOLDS
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Store, Transaction
from tarazy.domain.pause import STATUS_AFTER, PauseEnd, PauseStatus, moved
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

PAUSES_PER_RUN_MAX: Final = 100


def expire_pauses(tx: Transaction, setting: Setting) -> int:
    """Let the payments go out whose time to wait is over; return how many. Their core does so by itself as well."""
    is_over = Condition("expires_at", "<=", setting.now)
    over = tx.claim(PAYMENT_PAUSES, IS_BEGUN, is_over, order=("expires_at",), limit=PAUSES_PER_RUN_MAX)
    due = [pause for pause in over if pause.ending is None]
    for pause in due:
        ended = replace(pause, due=GateVerb.execute, ending=PauseEnd.time_ran_out)
        acted(tx, ended, PauseEnd.time_ran_out, setting)
    return len(due)


def gate_round(store: Store, gate: PaymentGate | None, setting: Setting) -> int:
    """End what is over, and ask the core whatever waits to be asked of it; return how much. Raises `CoreAway`."""
    ended = store.run(lambda tx: expire_pauses(tx, setting) + answer_pause_silence(tx, setting))
    waiting = store.run(_to_ask)
    if gate is None:
        return ended
    for pause in waiting:
        store.run(partial(_settle, asked=pause, taken=_asked(gate, pause, setting.now), setting=setting))
    return ended + len(waiting)


def _to_ask(tx: Transaction) -> list[PaymentPause]:
    return tx.find(PAYMENT_PAUSES, IS_BEGUN, Condition("due", "not_null"), limit=PAUSES_PER_RUN_MAX)


def _asked(gate: PaymentGate, pause: PaymentPause, now: Instant) -> PauseTaken:
    if pause.due is GateVerb.pause:
        return gate.pause(pause.payment_ref, pause.expires_at, now)
    if pause.due is GateVerb.reject:
        return gate.reject(pause.payment_ref, str(pause.ending), now)
    return gate.execute(pause.payment_ref, now)


def _settle(tx: Transaction, asked: PaymentPause, taken: PauseTaken, setting: Setting) -> None:
    """Take the core's word, unless somebody has acted meanwhile: then it is asked anew."""
    pause = tx.lock(PAYMENT_PAUSES, {(asked.pause_id,)})[asked.pause_id,]
    if pause.acts != asked.acts or pause.status.is_final:
        return
    if taken.did is GateDid.paused:
        taken_at = pause.taken_at or setting.now
        tx.put(
            PAYMENT_PAUSES,
            replace(pause, due=None, taken_at=taken_at, notice_due=pause.told_until != pause.asked_until),
        )
        return
    end = _end_of(tx, pause, taken, setting)
    status = moved(pause.status, STATUS_AFTER[end])
    over = replace(pause, status=status, end=end, due=None, ended_at=setting.now, notice_due=True)
    tx.put(PAYMENT_PAUSES, over)
    carry_out(tx, over, setting)


def _end_of(tx: Transaction, pause: PaymentPause, taken: PauseTaken, setting: Setting) -> PauseEnd:
    """Return why a pause is over. What the core has done counts, whatever was asked of it.

    A measure whose notice is put off is no reason that the payer reads: to them, money is missing.
    """
    if taken.did is GateDid.executed:
        is_ours = pause.ending is not None and STATUS_AFTER[pause.ending] is PauseStatus.executed
        return pause.ending if is_ours and pause.ending is not None else PauseEnd.time_ran_out
    if taken.did is GateDid.rejected and pause.ending is not None:
        return pause.ending
    on_account = tx.find(HOLDS, Condition("account_id", "=", pause.account_id))
    carried = [hold for hold in on_account if hold.carried_by is not None and is_live(hold, setting.now)]
    quiet = kept_back(tx, carried, setting.now)
    is_held = any(hold.carried_by not in quiet for hold in carried)
    return PauseEnd.held_by_authority if is_held else PauseEnd.money_not_there
