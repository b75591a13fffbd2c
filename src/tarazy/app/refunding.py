"""Refund: held money goes back to the victims, each unit to whom it belongs, in a lane of the law (M16)."""

from dataclasses import dataclass
from datetime import timedelta

from tarazy.app.authorisations import authorisation_for, authorised
from tarazy.app.capacity import officers_capacity
from tarazy.app.dividing import CaseDivision, case_division
from tarazy.app.eventing import record
from tarazy.app.hearing import heard_upon, states_upon
from tarazy.app.holding import part_id_of
from tarazy.app.lawgate import AIM, IMPACT, LOWER_RUNGS
from tarazy.app.messages import queue
from tarazy.app.records import CASE_HOLDS, CASES, Case
from tarazy.app.refund_records import (
    RECORDED_RETURNS,
    REFUND_PARTS,
    REFUNDS,
    EnteredAuthorisation,
    Refund,
    RefundPart,
)
from tarazy.app.returns import consent_to
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.hearing import Standing
from tarazy.domain.refund import PartStatus, RefundTerms
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import (
    ActorRole,
    Alternative,
    AssertionKind,
    Assessment,
    Authorised,
    Fact,
    Lane,
    Measure,
    Request,
    Verdict,
)
from tarazy.law.codes import Code
from tarazy.law.gate import assess
from tarazy.protocol.bodies import PayOrder
from tarazy.protocol.statement import Act, Statement, StatementFault, Terms, are_reasons, read_statement, require_terms
from tarazy.values.ids import AuthorisationId, CaseId, HoldId, ParticipantId, RefundId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

SUITABILITY = "The held units are the victims' own money, followed to the unit; paying them back ends the loss."
REFUND_RUNGS = (
    *LOWER_RUNGS,
    Alternative(rung=Measure.M4b, why="A pause keeps the money for hours; it does not give it back."),
    Alternative(rung=Measure.M5, why="A hold keeps the money for days; it does not give it back."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRefund:
    """Pay held money of a case back. Without ``hold_ids``, of all its holds that stand.

    As what the officer acts is in nobody's command: `officers_capacity` says it of whoever signed. Nor is whether the
    receivers were heard: the hearings say it.
    """

    refund_id: RefundId
    case_id: CaseId
    lane: Lane
    participant_id: ParticipantId
    statement: str
    authorisation_id: AuthorisationId | None
    hold_ids: tuple[HoldId, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """What others than the orderer have decided, given or said, as the law gate is told of it."""

    authorised: Authorised | None
    consent: str | None
    heard: Standing
    insistence_id: AuthorisationId | None

    @property
    def is_unheard(self) -> bool:
        """Whether it is paid on an authority's second demand although not every receiver agrees."""
        return self.insistence_id is not None and not self.heard.may_pay


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrdered:
    """What was decided: the division and the payments, or the lawful 'no', its place, and the gate's answer."""

    refund: Refund | None
    rejection: Rejection | None
    assessment: Assessment | None
    place: str | None = None


def order_refund(tx: Transaction, command: OrderRefund, setting: Setting) -> RefundOrdered:
    """Divide what the holds hold among the victims of the case, and order the payments at their banks."""
    before = tx.get(REFUNDS, command.refund_id)
    if before is not None:
        return RefundOrdered(refund=before, rejection=None, assessment=None)
    case = tx.lock(CASES, {(command.case_id,)}).get((command.case_id,))
    if case is None:
        return _no(Rejection.report_unknown, "case_id")
    tx.lock(CASE_HOLDS, {(hold.hold_id,) for hold in tx.find(CASE_HOLDS, Condition("case_id", "=", case.case_id))})
    divided = _divided(tx, command, setting.now)
    statement = _statement(command, _terms(tx, command, case, divided), setting)
    if isinstance(statement, Rejection):
        return _no(statement, "statement")
    role = officers_capacity(tx, command.participant_id, statement.officer_id, case.case_id)
    if not divided.reports:
        return _no(Rejection.report_has_ended, "case_id")
    if divided.division.paid_minor == 0 and not _nobody_consents(tx, command, divided):
        return _no(Rejection.nothing_held, "hold_ids")
    entered, given = _rests_on(tx, command, divided)
    assessment = _assessed(command, role, case, divided, given, setting)
    if assessment.verdict is not Verdict.permitted:
        return _refused(assessment)
    refund = Refund(
        refund_id=command.refund_id,
        case_id=command.case_id,
        lane=command.lane,
        authorisation_id=None if entered is None else entered.authorisation_id,
        officer_id=statement.officer_id,
        participant_id=command.participant_id,
        currency=case.currency,
        pot_minor=divided.division.paid_minor,
        shares=divided.division.shares,
        statement=command.statement,
        decided_at=setting.now,
        is_unheard=given.is_unheard,
    )
    tx.add(REFUNDS, refund)
    record(
        tx,
        setting,
        "refund_ordered",
        command.participant_id,
        command.refund_id,
        case_id=command.case_id,
        norms=assessment.norm_ids,
        officer=statement.officer_id,
        lane=command.lane,
        pot_minor=refund.pot_minor,
        without_hearing="yes" if refund.is_unheard else None,
    )
    _order_payments(tx, refund, divided, entered, setting)
    return RefundOrdered(refund=refund, rejection=None, assessment=assessment)


def refund_terms(tx: Transaction, command: OrderRefund, now: Instant) -> Terms:
    """Return what the officer signs who orders this refund now; `order_refund` compares it to the letter."""
    case = tx.get(CASES, command.case_id)
    return () if case is None else _terms(tx, command, case, _divided(tx, command, now))


def _divided(tx: Transaction, command: OrderRefund, now: Instant) -> CaseDivision:
    return case_division(tx, command.case_id, command.lane, now, command.hold_ids)


def _terms(tx: Transaction, command: OrderRefund, case: Case, divided: CaseDivision) -> Terms:
    """Return what stands under the signature; where receivers are heard, also what each of them has said."""
    heard = states_upon(tx, divided.division) if command.lane is Lane.investigator else {}
    terms = RefundTerms(
        refund_id=command.refund_id,
        case_id=command.case_id,
        lane=f"{Measure.M16}-{command.lane}",
        authorisation_id=command.authorisation_id,
        currency=case.currency,
        hearings=tuple((hold_id, "not_asked" if state is None else state.value) for hold_id, state in heard.items()),
        division=divided.division,
    )
    return terms.terms()


def _statement(command: OrderRefund, terms: Terms, setting: Setting) -> Statement | Rejection:
    """Return the officer's statement if it stands and says of this refund what would be ordered now, with reasons."""
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
        return Rejection.statement_does_not_stand
    try:
        require_terms(statement, terms)
    except StatementFault:
        return Rejection.refund_terms_differ
    return statement if are_reasons(statement.reasons) else Rejection.reasons_missing


def _no(rejection: Rejection, place: str) -> RefundOrdered:
    return RefundOrdered(refund=None, rejection=rejection, assessment=None, place=place)


def _refused(assessment: Assessment) -> RefundOrdered:
    """Return the gate's 'no'; whoever may not take the measure in this lane at all hears that first."""
    is_entitled = all(outcome.code != Code.role_not_allowed for outcome in assessment.tests)
    if is_entitled:
        rejection, place = Rejection.measure_refused_by_law, "lane"
    else:
        rejection, place = Rejection.officer_not_entitled, "statement.officer_id"
    return RefundOrdered(refund=None, rejection=rejection, assessment=assessment, place=place)


def _rests_on(
    tx: Transaction, command: OrderRefund, divided: CaseDivision
) -> tuple[EnteredAuthorisation | None, Given]:
    """Return what a refund rests on: the decision that covers its holds, and what their holders have consented to."""
    paying = frozenset(payment.hold_id for payment in divided.division.payments)
    entered = authorisation_for(tx, command.authorisation_id, command.case_id, command.lane, paying)
    consent = consent_to(tx, divided.division) if command.lane is Lane.consent else None
    heard = heard_upon(tx, divided.division)
    insists = entered is not None and entered.decision.is_second_demand and heard.is_closed
    insistence_id = entered.authorisation_id if entered is not None and insists else None
    return entered, Given(authorised(tx, entered), consent, heard, insistence_id)


def _nobody_consents(tx: Transaction, command: OrderRefund, divided: CaseDivision) -> bool:
    """Return whether money is held and none of its holders gives it back: then it is the law that says no."""
    held = {(hold.hold_id,) for hold in divided.holds}
    if command.lane is not Lane.consent or not held:
        return False
    return all(one.taken_back_at is not None for one in tx.get_many(RECORDED_RETURNS, held).values())


def _assessed(
    command: OrderRefund, role: ActorRole, case: Case, divided: CaseDivision, given: Given, setting: Setting
) -> Assessment:
    """Return what the gate says of a refund: its first 'no' to anybody paid, on the grounds of their own report."""
    paid = {payment.report_id for payment in divided.division.payments}
    reports = [report for report in divided.reports if report.report_id in paid] or divided.reports
    asked = dict.fromkeys((report.offence_id, report.facts) for report in reports)
    said = [
        assess(_request(command, role, case, divided, given, *grounds), setting.pack, setting.now) for grounds in asked
    ]
    return next((one for one in said if one.verdict is not Verdict.permitted), said[0])


def _request(
    command: OrderRefund,
    role: ActorRole,
    case: Case,
    divided: CaseDivision,
    given: Given,
    offence_id: str,
    facts: tuple[str, ...],
) -> Request:
    source = f"refund {command.refund_id}, signed by an officer of {command.participant_id}"
    missing = sum(report.claim_minor - report.returned_minor for report in divided.reports)
    return Request(
        measure=Measure.M16,
        actor_role=role,
        officer_named=True,
        currency=case.currency,
        amount_minor=divided.division.paid_minor,
        traced_minor=divided.pot_minor,
        claim_minor=missing,
        offence_id=offence_id,
        aim=AIM,
        facts=tuple(Fact(kind=AssertionKind.fact, code=code, source=source) for code in facts),
        suitability=SUITABILITY,
        alternatives=REFUND_RUNGS,
        impact=IMPACT,
        features_used=(),
        duration=None,
        has_mandate=False,
        mandate_ceiling_minor=None,
        case_registration=case.registration,
        report_signed=True,
        protected_minor=0,
        whole_account=False,
        extends=timedelta(0),
        extensions_used=0,
        exculpatory=(),
        exculpatory_answered=False,
        is_urgent=False,
        is_automatic=False,
        hands=(),
        locked_sources=frozenset(),
        reports_by_payer=0,
        reports_of_pair=0,
        authorisation=given.authorised,
        lane=command.lane,
        consent=given.consent,
        receiver_heard=given.heard.is_closed,
        receiver_objects=given.heard.objects,
        insistence_id=given.insistence_id,
    )


def _order_payments(
    tx: Transaction, refund: Refund, divided: CaseDivision, entered: EnteredAuthorisation | None, setting: Setting
) -> None:
    """Order each payment from the bank that holds to the bank of the victim."""
    holds = {hold.hold_id: hold for hold in divided.holds}
    reports = {report.report_id: report for report in divided.reports}
    for payment in divided.division.payments:
        report, hold = reports[payment.report_id], holds[payment.hold_id]
        part = RefundPart(
            part_id=part_id_of(refund.refund_id, payment.hold_id, payment.report_id),
            refund_id=refund.refund_id,
            case_id=refund.case_id,
            hold_id=payment.hold_id,
            participant_id=hold.participant_id,
            report_id=payment.report_id,
            to_participant_id=report.participant_id,
            amount_minor=payment.amount_minor,
            status=PartStatus.ordered,
            ordered_at=setting.now,
            paid_at=None,
            is_refused=False,
        )
        tx.add(REFUND_PARTS, part)
        order = PayOrder(
            hold_id=payment.hold_id,
            refund_id=refund.refund_id,
            report_id=payment.report_id,
            to_participant_id=report.participant_id,
            amount_minor=payment.amount_minor,
            lane=refund.lane,
            authorisation=None if entered is None else entered.decision,
        )
        queue(tx, setting.envelope(hold.participant_id, order, part.part_id), setting)
        if refund.lane == Lane.consent:
            left = hold.return_offered_minor - payment.amount_minor
            holds[hold.hold_id] = replace(hold, return_offered_minor=left)
            tx.put(CASE_HOLDS, holds[hold.hold_id])
