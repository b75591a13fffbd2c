"""What a bank keeps of payments that wait: the pauses, and every act upon them."""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from tarazy.agent.signing import OfficerAtDesk
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Table, Transaction
from tarazy.domain.pause import PauseEnd, PauseStatus, PayerAnswer
from tarazy.protocol.statement import Act, Statement, Terms, sign_statement
from tarazy.values.ids import AccountId, NormId, OfficerId, ParticipantId, TransferRef
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

PAUSES_SHOWN_MAX: Final = 100


class GateVerb(StrEnum):
    """What the core is still to be asked about a payment."""

    pause = "pause"
    execute = "execute"
    reject = "reject"


class PaymentPause(Struct, frozen=True, kw_only=True):
    """One payment that waits, who has said so, for which facts, and until when.

    ``asked_until`` is the end for which it was begun or extended; ``expires_at`` is the earlier one while a second
    officer is awaited, and ``expires_at_most`` what no extension passes. ``due`` is what the core is still to be asked,
    ``ending`` the end that follows if it does it. ``acts`` counts the acts upon it. ``told_until`` is the end that the
    payer was told, ``notice_due`` that another one is to be told, or how it ended.
    """

    pause_id: str
    account_id: AccountId
    payment_ref: TransferRef
    payee_participant_id: ParticipantId
    payee_name: str | None
    amount_minor: int
    currency: str
    facts: tuple[str, ...]
    learnt: tuple[str, ...]
    officer_id: OfficerId
    second_officer_id: OfficerId | None
    is_second_awaited: bool
    reasons: str
    pack: str
    norms: tuple[NormId, ...]
    begins_at: Instant
    taken_at: Instant | None
    call_back_by: Instant
    called_back_at: Instant | None
    called_back_by: OfficerId | None
    asked_until: Instant
    expires_at: Instant
    expires_at_most: Instant
    extensions: int
    answer: PayerAnswer | None
    answered_at: Instant | None
    status: PauseStatus
    due: GateVerb | None
    ending: PauseEnd | None
    end: PauseEnd | None
    ended_at: Instant | None
    decided_by: OfficerId | None
    decided_reasons: str | None
    acts: int
    told_until: Instant | None
    notice_due: bool


class PauseAct(Struct, frozen=True, kw_only=True):
    """One act upon a pause. An officer's carries their signed statement; the payer's and the clock's carry none."""

    pause_id: str
    number: int
    act: str
    officer_id: OfficerId | None
    reasons: str
    statement: str | None
    at: Instant


PAYMENT_PAUSES = Table("payment_pauses", PaymentPause, ("pause_id",))
PAUSE_ACTS = Table("pause_acts", PauseAct, ("pause_id", "number"))
IS_BEGUN = Condition("status", "=", PauseStatus.begun)


def pauses_shown(tx: Transaction, *, is_open: bool) -> list[PaymentPause]:
    """Return the pauses that stand, the next end first; or those that are over, newest first."""
    if is_open:
        return tx.find(PAYMENT_PAUSES, IS_BEGUN, order=("expires_at",), limit=PAUSES_SHOWN_MAX)
    ended = Condition("ended_at", "not_null")
    return tx.find(PAYMENT_PAUSES, ended, order=("ended_at",), descending=True, limit=PAUSES_SHOWN_MAX)


def pauses_of(tx: Transaction, account_id: AccountId) -> list[PaymentPause]:
    """Return the payments of an account that wait."""
    return tx.find(PAYMENT_PAUSES, Condition("account_id", "=", account_id), IS_BEGUN, order=("begins_at",))


def acts_upon(tx: Transaction, pause_id: str) -> list[PauseAct]:
    """Return what was done upon a pause, oldest first."""
    return tx.find(PAUSE_ACTS, Condition("pause_id", "=", pause_id), order=("number",))


def acted(
    tx: Transaction,
    pause: PaymentPause,
    act: str,
    setting: Setting,
    *,
    officer: OfficerAtDesk | None = None,
    officer_id: OfficerId | None = None,
    reasons: str = "",
    terms: Terms = (),
) -> PaymentPause:
    """Keep a pause after an act, and the act, with the statement of the officer who signs it."""
    after = replace(pause, acts=pause.acts + 1)
    tx.put(PAYMENT_PAUSES, after)
    row = PauseAct(
        pause_id=pause.pause_id,
        number=after.acts,
        act=act,
        officer_id=officer.officer_id if officer else officer_id,
        reasons=reasons,
        statement=None if officer is None else _statement(Act(act), pause, officer, reasons, terms, setting),
        at=setting.now,
    )
    tx.add(PAUSE_ACTS, row)
    return after


def _statement(
    act: Act, pause: PaymentPause, officer: OfficerAtDesk, reasons: str, terms: Terms, setting: Setting
) -> str:
    statement = Statement(
        act=act,
        subject_id=pause.pause_id,
        officer_id=officer.officer_id,
        participant_id=setting.me,
        at=setting.now,
        reasons=reasons,
        terms=terms,
    )
    return sign_statement(statement, officer.sign)
