"""Pauses of payments that are not executed yet (M4a), at the payer's own bank: begun, answered, ended.

An officer pauses one payment for facts that the officer names; the law gate must permit it; the payer is told at once
and called within the law's time. Nobody's silence takes the payment away: at the end of a pause it is executed.

What the core is to be asked stands in the row (``due``) until `pause_round` has its answer, so nothing is lost between.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tarazy.agent.core_port import PaymentGate
from tarazy.agent.core_records import EnteredPayment
from tarazy.agent.pause_law import PauseAsked, assess_extension, assess_pause, call_back_by, total_end
from tarazy.agent.pause_records import (
    PAUSE_ACTS,
    PAUSES_SHOWN_MAX,
    PAYMENT_PAUSES,
    GateVerb,
    PaymentPause,
    acted,
)
from tarazy.agent.signing import OfficerAtDesk
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.pause import (
    FACTS_LEARNT,
    SIGNS,
    PauseEnd,
    PauseStatus,
    PayerAnswer,
    answer_of,
    first_end,
    is_extended_in_time,
    needs_second,
    stands,
)
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import Assessment, Verdict
from tarazy.protocol.statement import Act, are_reasons
from tarazy.values.ids import AccountId, ParticipantId, TransferRef, derived
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace


class PauseRefused(NamedTuple):
    """Why a pause is not begun or extended, and what the law gate said if it was the law."""

    rejection: Rejection
    assessment: Assessment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginPause:
    """An officer lets one entered payment wait. ``facts`` are codes of `domain.pause.SIGNS`."""

    entered: EnteredPayment
    facts: tuple[str, ...]
    reasons: str


def pause_id_of(me: ParticipantId, payment_ref: TransferRef) -> str:
    """Return the id of the pause of a payment: a payment is paused once."""
    return derived("pu", me, payment_ref)


def begin_pause(
    tx: Transaction, command: BeginPause, officer: OfficerAtDesk, gate: PaymentGate | None, setting: Setting
) -> PaymentPause | PauseRefused:
    """Let a payment wait. The same payment again is the same pause, if it says the same."""
    payment, now = command.entered.payment, setting.now
    pause_id = pause_id_of(setting.me, payment.payment_id)
    known = tx.lock(PAYMENT_PAUSES, {(pause_id,)}).get((pause_id,))
    if known is not None:
        is_same = (known.officer_id, known.facts, known.reasons) == (officer.officer_id, command.facts, command.reasons)
        return known if is_same else PauseRefused(Rejection.pause_known_with_other_facts)
    if gate is None:
        return PauseRefused(Rejection.core_cannot_pause)
    if command.entered.done_at is not None or command.entered.execute_at <= now:
        return PauseRefused(Rejection.payment_not_waiting)
    if not command.facts or any(fact not in SIGNS for fact in command.facts):
        return PauseRefused(Rejection.fact_unknown)
    rejection = reasons_fault(tx, pause_id, command.reasons)
    if rejection is not None:
        return PauseRefused(rejection)
    asked = PauseAsked(payment.amount_minor, payment.currency, command.facts, officer.officer_id)
    assessment = assess_pause(asked, setting)
    if assessment.verdict is not Verdict.permitted or assessment.expires_at is None:
        return PauseRefused(Rejection.measure_refused_by_law, assessment)
    pause = _begun(pause_id, command, officer, assessment, setting)
    tx.add(PAYMENT_PAUSES, pause)
    terms = (("amount_minor", str(pause.amount_minor)), ("until", pause.asked_until.text()))
    return acted(tx, pause, Act.pause_payment, setting, officer=officer, reasons=command.reasons, terms=terms)


def _begun(
    pause_id: str, command: BeginPause, officer: OfficerAtDesk, assessment: Assessment, setting: Setting
) -> PaymentPause:
    payment, now = command.entered.payment, setting.now
    assert assessment.expires_at is not None
    call_by = call_back_by(assessment, now)
    is_second_awaited = needs_second(payment.amount_minor)
    return PaymentPause(
        pause_id=pause_id,
        account_id=command.entered.from_account,
        payment_ref=payment.payment_id,
        payee_participant_id=payment.to_participant,
        payee_name=payment.to_name,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        facts=command.facts,
        learnt=(),
        officer_id=officer.officer_id,
        second_officer_id=None,
        is_second_awaited=is_second_awaited,
        reasons=command.reasons,
        pack=f"{assessment.pack_id}/{assessment.pack_version}",
        norms=assessment.norm_ids,
        begins_at=now,
        taken_at=None,
        call_back_by=call_by,
        called_back_at=None,
        called_back_by=None,
        asked_until=assessment.expires_at,
        expires_at=first_end(assessment.expires_at, call_by, is_second_awaited=is_second_awaited),
        expires_at_most=total_end(assessment.expires_at, now, setting),
        extensions=0,
        answer=None,
        answered_at=None,
        status=PauseStatus.begun,
        due=GateVerb.pause,
        ending=None,
        end=None,
        ended_at=None,
        decided_by=None,
        decided_reasons=None,
        acts=0,
        told_until=None,
        notice_due=False,
    )


def second_pause(tx: Transaction, pause_id: str, officer: OfficerAtDesk, setting: Setting) -> Rejection | None:
    """Stand behind a pause as its second officer: it then lasts as long as it was begun for."""
    pause = _standing(tx, pause_id, setting)
    if isinstance(pause, Rejection):
        return pause
    if officer.officer_id == pause.officer_id:
        return Rejection.same_hands
    if not pause.is_second_awaited:
        return None
    signed = replace(
        pause,
        second_officer_id=officer.officer_id,
        is_second_awaited=False,
        expires_at=pause.asked_until,
        due=GateVerb.pause,
    )
    terms = (("amount_minor", str(pause.amount_minor)), ("until", pause.asked_until.text()))
    acted(tx, signed, Act.pause_payment, setting, officer=officer, reasons=pause.reasons, terms=terms)
    return None


def call_back(tx: Transaction, pause_id: str, officer: OfficerAtDesk, setting: Setting) -> Rejection | None:
    """Record that the payer was called and asked. Done late it is recorded as well, with its time."""
    pause = _standing(tx, pause_id, setting)
    if isinstance(pause, Rejection):
        return pause
    if pause.called_back_at is None:
        called = replace(pause, called_back_at=setting.now, called_back_by=officer.officer_id)
        acted(tx, called, "call_back", setting, officer_id=officer.officer_id)
    return None


def extend_pause(
    tx: Transaction, pause_id: str, learnt: str, reasons: str, officer: OfficerAtDesk, setting: Setting
) -> PauseRefused | None:
    """Let the payment wait longer, once, for a fact that was not known when it was paused."""
    pause = _standing(tx, pause_id, setting)
    if isinstance(pause, Rejection):
        return PauseRefused(pause)
    if not is_extended_in_time(pause.expires_at, setting.now):
        return PauseRefused(Rejection.extension_too_late)
    if pause.is_second_awaited:
        return PauseRefused(Rejection.second_officer_missing)
    rejection = reasons_fault(tx, pause_id, reasons)
    if rejection is not None:
        return PauseRefused(rejection)
    new = () if learnt not in FACTS_LEARNT or learnt in pause.facts + pause.learnt else (learnt,)
    asked = PauseAsked(pause.amount_minor, pause.currency, pause.facts, officer.officer_id)
    assessment = assess_extension(asked, new, pause.begins_at, pause.extensions, setting)
    if assessment.verdict is not Verdict.permitted or assessment.expires_at is None:
        return PauseRefused(Rejection.measure_refused_by_law, assessment)
    until = min(assessment.expires_at, pause.expires_at_most)
    longer = replace(
        pause,
        learnt=pause.learnt + new,
        asked_until=until,
        expires_at=until,
        extensions=pause.extensions + 1,
        due=GateVerb.pause,
    )
    terms = (("until", until.text()), ("fact", learnt))
    acted(tx, longer, Act.extend_pause, setting, officer=officer, reasons=reasons, terms=terms)
    return None


def execute_by_officer(
    tx: Transaction, pause_id: str, reasons: str, officer: OfficerAtDesk, setting: Setting
) -> Rejection | None:
    """End a pause before its time: the payment goes out."""
    return _end_by_officer(
        tx, pause_id, reasons, officer, setting, (Act.execute_payment, GateVerb.execute, PauseEnd.by_officer)
    )


def reject_by_officer(
    tx: Transaction, pause_id: str, reasons: str, officer: OfficerAtDesk, setting: Setting
) -> Rejection | None:
    """Refuse the payment for good, with the reasons of a named officer; the payer was called before."""
    pause = tx.get(PAYMENT_PAUSES, pause_id)
    if pause is not None and pause.called_back_at is None and pause.answer is None:
        return Rejection.call_back_first
    return _end_by_officer(
        tx, pause_id, reasons, officer, setting, (Act.reject_payment, GateVerb.reject, PauseEnd.refused_by_officer)
    )


def _end_by_officer(
    tx: Transaction,
    pause_id: str,
    reasons: str,
    officer: OfficerAtDesk,
    setting: Setting,
    ending: tuple[Act, GateVerb, PauseEnd],
) -> Rejection | None:
    pause = _standing(tx, pause_id, setting)
    if isinstance(pause, Rejection):
        return pause
    act, verb, end = ending
    if pause.is_second_awaited and end is PauseEnd.refused_by_officer:
        return Rejection.second_officer_missing
    rejection = reasons_fault(tx, pause_id, reasons)
    if rejection is not None:
        return rejection
    ended = replace(pause, due=verb, ending=end, decided_by=officer.officer_id, decided_reasons=reasons)
    terms = (("amount_minor", str(pause.amount_minor)),)
    acted(tx, ended, act, setting, officer=officer, reasons=reasons, terms=terms)
    return None


def confirm_by_payer(
    tx: Transaction, pause_id: str, account_id: AccountId, yes: Sequence[str], setting: Setting
) -> Rejection | None:
    """Take the payer's word that the payment is right. With a yes to one of the questions the bank calls first."""
    pause = _own(tx, pause_id, account_id, setting)
    if isinstance(pause, Rejection):
        return pause
    if pause.answer is PayerAnswer.right_with_signs and pause.called_back_at is None:
        return Rejection.call_back_first
    answer = answer_of(yes)
    answered = replace(pause, answer=answer, answered_at=setting.now)
    if answer is PayerAnswer.right:
        answered = replace(answered, due=GateVerb.execute, ending=PauseEnd.payer_confirmed)
    acted(tx, answered, answer, setting, reasons=",".join(yes))
    return None


def stop_by_payer(tx: Transaction, pause_id: str, account_id: AccountId, setting: Setting) -> Rejection | None:
    """Take the payment back for its payer. No reason is asked for."""
    pause = _own(tx, pause_id, account_id, setting)
    if isinstance(pause, Rejection):
        return pause
    stopped = replace(
        pause,
        answer=PayerAnswer.stop,
        answered_at=setting.now,
        due=GateVerb.reject,
        ending=PauseEnd.payer_withdrew,
    )
    acted(tx, stopped, PayerAnswer.stop, setting)
    return None


def _standing(tx: Transaction, pause_id: str, setting: Setting) -> PaymentPause | Rejection:
    """Return a pause that stands and that nobody has ended meanwhile."""
    pause = tx.lock(PAYMENT_PAUSES, {(pause_id,)}).get((pause_id,))
    if pause is None:
        return Rejection.pause_unknown
    return pause if is_waiting(pause, setting.now) else Rejection.pause_has_ended


def is_waiting(pause: PaymentPause, now: Instant) -> bool:
    """Return whether a pause stands and nobody has ended it meanwhile."""
    return stands(pause.status, pause.expires_at, now) and pause.ending is None


def _own(tx: Transaction, pause_id: str, account_id: AccountId, setting: Setting) -> PaymentPause | Rejection:
    pause = _standing(tx, pause_id, setting)
    if isinstance(pause, PaymentPause) and pause.account_id != account_id:
        return Rejection.pause_unknown
    return pause


def reasons_fault(tx: Transaction, pause_id: str, reasons: str) -> Rejection | None:
    """Return what is wrong with reasons about a pause: too short, or those of another payment word for word."""
    if not are_reasons(reasons):
        return Rejection.reasons_missing
    copied = tx.find(PAUSE_ACTS, Condition("reasons", "=", reasons), limit=PAUSES_SHOWN_MAX)
    return Rejection.reasons_not_individual if any(other.pause_id != pause_id for other in copied) else None
