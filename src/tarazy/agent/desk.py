"""What a bank's officer does at the desk: sign a report, confirm, narrow or release a hold, record a return.

Each act rests on the officer's own signed statement with reasons for this one case. The same checks stand here and at
the exchange: here so that the officer hears at once, there so that nobody has to be believed.
"""

from dataclasses import dataclass

from tarazy.agent.answering import core_command, is_live, tell_before
from tarazy.agent.core_port import CoreVerb
from tarazy.agent.ending import Change, end_hold, locked_hold, narrow_hold, with_lines
from tarazy.agent.holder_flags import needs_representative
from tarazy.agent.records import HOLDS, LOCAL_REPORTS, AgentHold, LocalReport
from tarazy.agent.reference_core import Payment
from tarazy.agent.report_counts import payee_of, reports_before
from tarazy.agent.report_sent import can_sign_anew, filed_in, report_sent
from tarazy.agent.returning import ForWhom, named_report
from tarazy.agent.signing import UNSIGNED, signed_by
from tarazy.agent.signing import OfficerAtDesk as OfficerAtDesk  # noqa: PLC0414 # also imported from here
from tarazy.app.messages import Outgoing, queue
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.facts import first_unknown
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.domain.notice import NoticeKind
from tarazy.domain.rejection import Rejection
from tarazy.protocol.bodies import (
    HoldConfirmed,
    HoldLetGo,
    ReportFiled,
    ReportWithdrawn,
    ReturnOffered,
)
from tarazy.protocol.hold_bodies import REPRESENTED
from tarazy.protocol.message import Envelope
from tarazy.protocol.report_bodies import CALL_BACK_CHECKS
from tarazy.protocol.statement import Act, are_reasons
from tarazy.values.ids import HoldId, IncidentId, OfficerId, ParticipantId, ReportId, derived
from tarazy.values.replacing import replace


@dataclass(frozen=True, slots=True, kw_only=True)
class SignReport:
    """An officer reports one executed payment of a customer of this bank. ``incident_id`` joins it to a known fraud."""

    payment: Payment
    claim_minor: int
    offence_id: str
    facts: tuple[str, ...]
    reasons: str
    incident_id: IncidentId | None = None


def report_id_of(me: ParticipantId, payment: Payment) -> ReportId:
    """Return the id of the report on a payment: one payment, one report."""
    return ReportId(derived("rp", me, payment.payment_id))


def sign_report(
    tx: Transaction, command: SignReport, officer: OfficerAtDesk, exchange: ParticipantId, setting: Setting
) -> ReportId | Rejection:
    """Sign and file the report. The same payment again is the same report, if it says the same.

    One that the exchange has refused can be signed anew, with whatever has to be put right.
    """
    payment = command.payment
    report_id = report_id_of(setting.me, payment)
    if payment.from_account is None or payment.from_participant != setting.me:
        return Rejection.transfer_not_outgoing
    if not 0 < command.claim_minor <= payment.amount_minor:
        return Rejection.claim_above_transfer
    rejection = _cannot_say(command, setting)
    if rejection is not None:
        return rejection
    before = tx.lock(LOCAL_REPORTS, {(report_id,)}).get((report_id,))
    sent = None if before is None else report_sent(tx, before, setting.me, exchange)
    if before is not None and not can_sign_anew(before, sent):
        return _known(before, sent, command)
    counts = reports_before(tx, payment, report_id, setting)
    local = LocalReport(
        report_id=report_id,
        account_id=payment.from_account,
        transfer_ref=payment.payment_id,
        payee=payee_of(payment),
        amount_minor=payment.amount_minor,
        claim_minor=command.claim_minor,
        currency=payment.currency,
        officer_id=officer.officer_id,
        signed_at=setting.now,
        withdrawn_at=None,
    )
    tx.put(LOCAL_REPORTS, local)
    body = ReportFiled(
        report_id=report_id,
        incident_id=command.incident_id,
        statement=UNSIGNED,
        payee_participant_id=payment.to_participant,
        sealed_ref=setting.seal(payment.to_participant, payment.payment_id),
        amount_minor=payment.amount_minor,
        claim_minor=command.claim_minor,
        currency=payment.currency,
        booked_at=payment.sent_at,
        offence_id=command.offence_id,
        facts=command.facts,
        reports_by_payer=counts.by_payer,
        reports_of_pair=counts.of_pair,
    )
    body = signed_by(body, Act.sign_report, report_id, command.reasons, officer, setting)
    again = () if before is None else (setting.now.text(),)
    queue(tx, setting.envelope(exchange, body, report_id, *again), setting)
    return report_id


def _cannot_say(command: SignReport, setting: Setting) -> Rejection | None:
    """Return what of the report is not in the words of the exchange, or that it has no reasons."""
    if command.offence_id not in setting.pack.data.offences:
        return Rejection.offence_unknown
    if not command.facts or first_unknown(command.facts) is not None:
        return Rejection.fact_unknown
    return None if are_reasons(command.reasons) else Rejection.reasons_missing


def _known(before: LocalReport, sent: Outgoing | None, command: SignReport) -> ReportId | Rejection:
    """Return the report that stands, if it says what the command says; nothing of another one is dropped in silence."""
    if before.withdrawn_at is not None:
        return Rejection.report_has_ended
    filed = None if sent is None else filed_in(sent)
    if filed is None or (filed.claim_minor, filed.offence_id, filed.facts, filed.incident_id) != (
        command.claim_minor,
        command.offence_id,
        command.facts,
        command.incident_id,
    ):
        return Rejection.report_known_with_other_facts
    return before.report_id


def withdraw_report(
    tx: Transaction,
    report_id: ReportId,
    reasons: str,
    officer: OfficerAtDesk,
    exchange: ParticipantId,
    setting: Setting,
    *,
    is_refuted: bool = False,
    checks: tuple[str, ...] = (),
) -> Rejection | None:
    """Take a report back after the call-back, or refute it by a reasoned decision.

    ``checks`` is what the call-back has shown, signed with the rest; only a decision needs none.
    """
    local = tx.get(LOCAL_REPORTS, report_id)
    if local is None:
        return Rejection.report_unknown
    if local.withdrawn_at is not None:
        return Rejection.report_has_ended
    if not are_reasons(reasons):
        return Rejection.reasons_missing
    if not is_refuted and not set(CALL_BACK_CHECKS) <= set(checks):
        return Rejection.checks_missing
    act = Act.refute_report if is_refuted else Act.withdraw_report
    tx.put(LOCAL_REPORTS, replace(local, withdrawn_at=setting.now))
    body = ReportWithdrawn(report_id=report_id, is_refuted=is_refuted, checks=checks, statement=UNSIGNED)
    body = signed_by(body, act, report_id, reasons, officer, setting)
    queue(tx, setting.envelope(exchange, body, report_id), setting)
    return None


def confirm_hold(
    tx: Transaction, hold_id: HoldId, reasons: str, officer: OfficerAtDesk, exchange: ParticipantId, setting: Setting
) -> Rejection | None:
    """Take a hold upon oneself: it then lasts to the end that its terms name, and the core is told so."""
    hold = locked_hold(tx, hold_id)
    rejection = _cannot_act(tx, hold, reasons, setting)
    if rejection is not None or hold is None:
        return rejection
    if hold.confirmed_by is not None:
        return Rejection.hold_is_confirmed
    confirmed = replace(
        hold,
        confirmed_by=officer.officer_id,
        confirmed_at=setting.now,
        decided_by=officer.officer_id,
        decided_at=setting.now,
        reasons=reasons,
        expires_at=hold.expires_at_most,
        notice_due=NoticeKind.hold_confirmed,
    )
    tx.put(HOLDS, confirmed)
    core_command(tx, confirmed, CoreVerb.extend, confirmed.reserved_minor, setting)
    body = HoldConfirmed(hold_id=hold_id, statement=UNSIGNED, expires_at=confirmed.expires_at)
    _tell(tx, signed_by(body, Act.confirm_hold, hold_id, reasons, officer, setting), hold_id, exchange, setting)
    with_lines(tx, [confirmed], exchange, setting, _as_it_is)
    return None


def release_hold(
    tx: Transaction, hold_id: HoldId, reasons: str, officer: OfficerAtDesk, exchange: ParticipantId, setting: Setting
) -> Rejection | None:
    """Let go of a hold for reasons of this case: good faith shown, a mistake, hardship."""
    hold = locked_hold(tx, hold_id)
    rejection = _cannot_act(tx, hold, reasons, setting)
    if rejection is not None or hold is None:
        return rejection
    body = HoldLetGo(hold_id=hold_id, statement=UNSIGNED, keep_minor=0)
    _tell(tx, signed_by(body, Act.release_hold, hold_id, reasons, officer, setting), hold_id, exchange, setting)
    tx.put(HOLDS, replace(hold, reasons=reasons))
    with_lines(tx, [hold], exchange, setting, _ended_by(officer.officer_id))
    return None


def narrow_hold_to(
    tx: Transaction,
    hold_id: HoldId,
    keep_minor: int,
    reasons: str,
    officer: OfficerAtDesk,
    exchange: ParticipantId,
    setting: Setting,
) -> Rejection | None:
    """Keep the lowest ``keep_minor`` held units and let the rest go."""
    hold = locked_hold(tx, hold_id)
    rejection = _cannot_act(tx, hold, reasons, setting)
    if rejection is not None or hold is None:
        return rejection
    if not 0 < keep_minor < min(hold.held_minor, hold.claim_minor):
        return Rejection.amount_above_hold
    body = HoldLetGo(hold_id=hold_id, statement=UNSIGNED, keep_minor=keep_minor)
    _tell(tx, signed_by(body, Act.narrow_hold, hold_id, reasons, officer, setting), hold_id, exchange, setting)
    narrow_hold(tx, replace(hold, reasons=reasons), keep_minor, setting, by=officer.officer_id)
    return None


def tell_return(
    tx: Transaction,
    hold_id: HoldId,
    amount_minor: int,
    reasons: str,
    officer: OfficerAtDesk,
    exchange: ParticipantId,
    setting: Setting,
    for_whom: ForWhom | ReportId,
    checks: tuple[str, ...],
) -> Envelope | Rejection:
    """Tell the exchange that the holder, informed and identified, gives held money back; return the message.

    `consent.offer_return` is what an officer does: it keeps the offer for the holder as well.
    """
    hold = locked_hold(tx, hold_id)
    if hold is None:
        return Rejection.hold_unknown
    if not is_live(hold, setting.now):
        return Rejection.hold_has_ended
    if not 0 < amount_minor <= hold.held_minor:
        return Rejection.amount_above_hold
    body = ReturnOffered(
        hold_id=hold_id,
        for_report_id=named_report(hold, for_whom),
        amount_minor=amount_minor,
        checks=checks,
        statement=UNSIGNED,
    )
    if not body.is_checked:
        return Rejection.checks_missing
    if REPRESENTED not in checks and needs_representative(tx, hold.account_id, setting.now):
        return Rejection.representative_missing
    signed = signed_by(body, Act.record_return, hold_id, reasons, officer, setting)
    tell_before(tx, hold, exchange, setting)  # nothing can be given back of what the exchange does not know to be held
    return _tell(tx, signed, hold_id, exchange, setting)


def _cannot_act(tx: Transaction, hold: AgentHold | None, reasons: str, setting: Setting) -> Rejection | None:
    """Return why the officer cannot act upon the hold. Reasons copied from another hold are not its own."""
    if hold is None:
        return Rejection.hold_unknown
    if not is_live(hold, setting.now):
        return Rejection.hold_has_ended
    if hold.carried_by is not None:
        return Rejection.carried_by_authority
    if hold.status is not HoldStatus.placed:
        return Rejection.hold_not_placed
    if not are_reasons(reasons):
        return Rejection.reasons_missing
    copied = tx.find(HOLDS, Condition("reasons", "=", reasons), limit=2)
    return Rejection.reasons_not_individual if any(other.hold_id != hold.hold_id for other in copied) else None


def _ended_by(officer_id: OfficerId) -> Change:
    def change(tx: Transaction, hold: AgentHold, setting: Setting) -> None:
        end_hold(tx, hold, HoldStatus.released, HoldEnd.by_officer, setting, by=officer_id)

    return change


def _as_it_is(_: Transaction, __: AgentHold, ___: Setting) -> None:
    """Change nothing: only the answer is brought up to date."""


def _tell(
    tx: Transaction,
    body: HoldConfirmed | HoldLetGo | ReturnOffered,
    hold_id: HoldId,
    exchange: ParticipantId,
    setting: Setting,
) -> Envelope:
    envelope = setting.envelope(exchange, body, hold_id, body.statement)
    queue(tx, envelope, setting)
    return envelope
