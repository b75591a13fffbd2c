"""Refund: held money goes back to one victim, or fairly to several, in a lane of the law (M16)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from tarazy.app.eventing import record
from tarazy.app.holding import part_id_of, stands
from tarazy.app.lawgate import AIM, IMPACT, LOWER_RUNGS
from tarazy.app.messages import queue
from tarazy.app.records import CASE_HOLDS, CASES, REFUND_PARTS, REFUNDS, REPORTS, CaseHold, Refund, RefundPart, Report
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.case import ReportStatus
from tarazy.domain.refund import PartStatus, fair_shares, payments_from_holds
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import (
    ActorRole,
    Alternative,
    AssertionKind,
    Assessment,
    Fact,
    Lane,
    Measure,
    Request,
    Verdict,
)
from tarazy.law.gate import assess
from tarazy.protocol.bodies import PayOrder
from tarazy.protocol.statement import Act, StatementFault, read_statement
from tarazy.values.ids import AuthorisationId, CaseId, HoldId, ParticipantId, RefundId

SUITABILITY = "The held units are the victims' own money, followed to the unit; paying them back ends the loss."
REFUND_RUNGS = (
    *LOWER_RUNGS,
    Alternative(rung=Measure.M4b, why="A pause keeps the money for hours; it does not give it back."),
    Alternative(rung=Measure.M5, why="A hold keeps the money for days; it does not give it back."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRefund:
    """Pay held money of a case back. Without ``hold_ids``, of all its holds that stand."""

    refund_id: RefundId
    case_id: CaseId
    lane: Lane
    actor_role: ActorRole
    participant_id: ParticipantId
    statement: str
    authorisation_id: AuthorisationId | None
    receiver_heard: bool
    receiver_objects: bool
    hold_ids: tuple[HoldId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrdered:
    """What was decided: the division and the payments, or the lawful 'no' with the gate's answer."""

    refund: Refund | None
    rejection: Rejection | None
    assessment: Assessment | None


def order_refund(tx: Transaction, command: OrderRefund, setting: Setting) -> RefundOrdered:
    """Divide what the holds hold among the victims of the case, and order the payments at their banks."""
    before = tx.get(REFUNDS, command.refund_id)
    if before is not None:
        return RefundOrdered(refund=before, rejection=None, assessment=None)
    case = tx.lock(CASES, {(command.case_id,)}).get((command.case_id,))
    if case is None:
        return _no(Rejection.report_unknown)
    try:
        statement = read_statement(
            command.statement,
            Act.order_refund,
            command.refund_id,
            command.participant_id,
            setting.officer_key_of,
            setting.now,
        )
    except StatementFault:
        return _no(Rejection.statement_does_not_stand)
    holds = _holds(tx, command, setting)
    reports = _victims(tx, command.case_id)
    offered = payable(tx, holds, command.lane)
    pot = sum(offered.values())
    if not reports:
        return _no(Rejection.report_has_ended)
    if pot == 0:
        return _no(Rejection.nothing_held)
    assessment = assess(_request(command, reports, pot), setting.pack, setting.now)
    if assessment.verdict is not Verdict.permitted:
        return RefundOrdered(refund=None, rejection=Rejection.measure_refused_by_law, assessment=assessment)
    shares = fair_shares(pot, [(report.report_id, report.claim_minor - report.returned_minor) for report in reports])
    refund = Refund(
        refund_id=command.refund_id,
        case_id=command.case_id,
        lane=command.lane,
        authorisation_id=command.authorisation_id,
        officer_id=statement.officer_id,
        participant_id=command.participant_id,
        currency=case.currency,
        pot_minor=pot,
        shares=shares,
        statement=command.statement,
        decided_at=setting.now,
    )
    tx.add(REFUNDS, refund)
    event = record(
        tx,
        setting,
        "refund_ordered",
        command.participant_id,
        command.refund_id,
        case_id=command.case_id,
        norms=assessment.norm_ids,
        officer=statement.officer_id,
        lane=command.lane,
        pot_minor=pot,
    )
    assert event.norms == assessment.norm_ids
    _order_payments(tx, refund, holds, offered, {report.report_id: report for report in reports}, setting)
    return RefundOrdered(refund=refund, rejection=None, assessment=assessment)


def _no(rejection: Rejection) -> RefundOrdered:
    return RefundOrdered(refund=None, rejection=rejection, assessment=None)


def _holds(tx: Transaction, command: OrderRefund, setting: Setting) -> list[CaseHold]:
    found = tx.find(CASE_HOLDS, Condition("case_id", "=", command.case_id), order=("placed_at", "hold_id"))
    found = list(tx.lock(CASE_HOLDS, {(hold.hold_id,) for hold in found}).values())
    wanted = set(command.hold_ids)
    return [hold for hold in found if stands(hold, setting.now) and (not wanted or hold.hold_id in wanted)]


def payable(tx: Transaction, holds: Sequence[CaseHold], lane: Lane) -> dict[HoldId, int]:
    """Return what each hold can pay now: what is held and not yet ordered away; by consent, of what was offered.

    What was ordered by consent has used up the offer, paid or not, until the holder offers again.
    """
    if not holds:
        return {}
    pending = dict.fromkeys((hold.hold_id for hold in holds), 0)
    of_holds = Condition("hold_id", "in", list(pending))
    for part in tx.find(REFUND_PARTS, of_holds, Condition("status", "=", PartStatus.ordered.value)):
        pending[part.hold_id] += part.amount_minor
    free = {hold.hold_id: max(0, hold.held_minor - pending[hold.hold_id]) for hold in holds}
    if lane is Lane.consent:
        return {hold.hold_id: min(free[hold.hold_id], hold.return_offered_minor) for hold in holds}
    return free


def _victims(tx: Transaction, case_id: CaseId) -> list[Report]:
    reports = tx.find(REPORTS, Condition("case_id", "=", case_id), order=("signed_at", "report_id"))
    return [report for report in reports if report.status is ReportStatus.filed]


def _request(command: OrderRefund, reports: list[Report], pot: int) -> Request:
    source = f"refund {command.refund_id}, signed by an officer of {command.participant_id}"
    missing = sum(report.claim_minor - report.returned_minor for report in reports)
    first = reports[0]
    return Request(
        measure=Measure.M16,
        actor_role=command.actor_role,
        officer_named=True,
        currency=first.currency,
        amount_minor=min(pot, missing),
        traced_minor=pot,
        claim_minor=missing,
        offence_id=first.offence_id,
        aim=AIM,
        facts=tuple(Fact(kind=AssertionKind.fact, code=code, source=source) for code in first.facts),
        suitability=SUITABILITY,
        alternatives=REFUND_RUNGS,
        impact=IMPACT,
        features_used=(),
        duration=None,
        has_mandate=False,
        mandate_ceiling_minor=None,
        case_registration=None,
        report_signed=True,
        protected_minor=0,
        whole_account=False,
        extends=timedelta(0),
        extensions_used=0,
        authorisation_id=command.authorisation_id,
        lane=command.lane,
        consent=command.statement if command.lane is Lane.consent else None,
        receiver_heard=command.receiver_heard,
        receiver_objects=command.receiver_objects,
    )


def _order_payments(
    tx: Transaction,
    refund: Refund,
    holds: list[CaseHold],
    offered: dict[HoldId, int],
    reports: dict[str, Report],
    setting: Setting,
) -> None:
    """Order each payment from the bank that holds to the bank of the victim."""
    banks = {hold.hold_id: hold.participant_id for hold in holds}
    offers = {hold.hold_id: hold for hold in holds}
    for payment in payments_from_holds(refund.shares, list(offered.items())):
        report = reports[payment.report_id]
        part = RefundPart(
            part_id=part_id_of(refund.refund_id, payment.hold_id, payment.report_id),
            refund_id=refund.refund_id,
            case_id=refund.case_id,
            hold_id=payment.hold_id,
            report_id=payment.report_id,
            to_participant_id=report.participant_id,
            amount_minor=payment.amount_minor,
            status=PartStatus.ordered,
            ordered_at=setting.now,
            paid_at=None,
        )
        tx.add(REFUND_PARTS, part)
        order = PayOrder(
            hold_id=payment.hold_id,
            refund_id=refund.refund_id,
            report_id=payment.report_id,
            to_participant_id=report.participant_id,
            amount_minor=payment.amount_minor,
            lane=refund.lane,
            authorisation_id=refund.authorisation_id,
        )
        queue(tx, setting.envelope(banks[payment.hold_id], order, part.part_id), setting)
        if refund.lane == Lane.consent:
            hold = offers[payment.hold_id]
            left = hold.return_offered_minor - payment.amount_minor
            offers[hold.hold_id] = replace(hold, return_offered_minor=left)
            tx.put(CASE_HOLDS, offers[hold.hold_id])
