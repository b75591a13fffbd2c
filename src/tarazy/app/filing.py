"""Filing a signed report: it opens an incident, a case and a tracing, and asks the payee's bank for the first piece.

Whose payment it was the exchange cannot see: the transfer is sealed for the payee's bank, and both parties may bank at
one. It sees whether the sender keeps accounts at all; for the rest the officer who signs answers with their name.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from tarazy.app.asking import Onward, ask_pieces, directory_from, directory_reads
from tarazy.app.away import closing_at
from tarazy.app.capacity import KEEPS_ACCOUNTS
from tarazy.app.eventing import record
from tarazy.app.joining import ask_to_join, cannot_join, case_of, incident_of, named_incident
from tarazy.app.messages import Handled
from tarazy.app.records import CASES, REPORTS, TRACINGS, Case, Report, Tracing
from tarazy.app.setting import Setting
from tarazy.app.statements import Said, statement_in
from tarazy.app.store import Read, Transaction
from tarazy.domain.case import CaseStatus, ReportStatus
from tarazy.domain.facts import first_unknown
from tarazy.domain.rejection import Rejection
from tarazy.domain.tracing import DAYS_MAX, ShareKind
from tarazy.protocol.bodies import ReportFiled
from tarazy.protocol.message import Envelope
from tarazy.protocol.statement import SIGNED_BEFORE_MAX, Act, Statement
from tarazy.values.ids import ParticipantId, TracingId, derived

CLOCK_TOLERANCE = timedelta(minutes=15)
"""How far in the future a booking may lie: two honest clocks differ by seconds, and no law hangs on the difference."""


def take_reports(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """File each report that stands, or say why it does not. A report that comes again changes nothing."""
    reports = [envelope.body for envelope in envelopes]
    bodies = [body for body in reports if isinstance(body, ReportFiled)]
    assert len(bodies) == len(reports)
    directory = directory_from(tx, _directory_reads(envelopes, setting))
    handled = []
    for envelope, body in zip(envelopes, bodies, strict=True):
        sender = ParticipantId(envelope.sender)
        before = directory.reports.get(body.report_id)
        if before is not None:
            handled.append(_again(tx, before, body, sender))
            continue
        reporter = directory.participants.get(sender)
        if reporter is None or reporter.kind not in KEEPS_ACCOUNTS:
            handled.append(Handled(rejection=Rejection.officer_not_entitled, place="sender"))
            continue
        fault = _fault_in(body, body.payee_participant_id in directory.participants, setting)
        if fault is not None:
            handled.append(fault)
            continue
        statement = statement_in(envelope, Said(body, Act.sign_report, body.report_id), setting)
        if isinstance(statement, Handled):
            handled.append(statement)
            continue
        stays_out = cannot_join(tx, body)
        if stays_out is not None:
            handled.append(stays_out)
            continue
        report = _opened(tx, body, statement, sender, setting)
        ask_to_join(tx, report, body.incident_id, setting)
        tracing = _tracing(report, setting)
        first = Onward(None, report.payee_participant_id, report.sealed_ref, 0, report.claim_minor, 0, 0)
        directory.reports[report.report_id] = report
        tx.add(REPORTS, report)
        tx.add(TRACINGS, ask_pieces(tx, tracing, [first], directory, setting))
        handled.append(Handled())
    return handled


def report_reads(envelopes: Sequence[Envelope], setting: Setting) -> list[Read[Any]]:
    """Return what is read first for reports: who files them, whom their money went to, what is known already."""
    return _directory_reads(envelopes, setting)


def _directory_reads(envelopes: Sequence[Envelope], setting: Setting) -> list[Read[Any]]:
    bodies = [envelope.body for envelope in envelopes if isinstance(envelope.body, ReportFiled)]
    known = Read(REPORTS, keys={(body.report_id,) for body in bodies})
    payees = {body.payee_participant_id for body in bodies}
    return directory_reads(payees | {ParticipantId(envelope.sender) for envelope in envelopes}, known, setting)


def _again(tx: Transaction, before: Report, body: ReportFiled, sender: ParticipantId) -> Handled:
    """Return that the known report stands. The reference may be sealed anew; everything else is as it was."""
    same = before.participant_id == sender and (
        named_incident(tx, before),
        before.payee_participant_id,
        before.amount_minor,
        before.claim_minor,
        before.currency,
        before.booked_at,
        before.offence_id,
        before.facts,
        before.reports_by_payer,
        before.reports_of_pair,
    ) == (
        body.incident_id,
        body.payee_participant_id,
        body.amount_minor,
        body.claim_minor,
        body.currency,
        body.booked_at,
        body.offence_id,
        body.facts,
        body.reports_by_payer,
        body.reports_of_pair,
    )
    return Handled() if same else Handled(rejection=Rejection.report_known_with_other_facts, place="body.report_id")


def _fault_in(body: ReportFiled, is_payee_known: bool, setting: Setting) -> Handled | None:  # noqa: FBT001
    if body.claim_minor > body.amount_minor:
        return Handled(rejection=Rejection.claim_above_transfer, place="body.claim_minor")
    if not is_payee_known:
        return Handled(rejection=Rejection.payee_participant_unknown, place="body.payee_participant_id")
    if body.booked_at > setting.now.plus(CLOCK_TOLERANCE):
        return Handled(rejection=Rejection.booked_in_future, place="body.booked_at")
    if body.offence_id not in setting.pack.data.offences:
        return Handled(rejection=Rejection.offence_unknown, place="body.offence_id")
    unknown = first_unknown(body.facts)
    if unknown is not None:
        return Handled(rejection=Rejection.fact_unknown, place=f"body.facts[{unknown}]")
    return None


def _opened(
    tx: Transaction, body: ReportFiled, statement: Statement, sender: ParticipantId, setting: Setting
) -> Report:
    """Open an incident and a case of the report's own; record that it was filed."""
    incident_id = incident_of(body.report_id)
    case_id = case_of(incident_id)
    case = Case(
        case_id=case_id,
        incident_id=incident_id,
        status=CaseStatus.open,
        currency=body.currency,
        registration=None,
        registered_at=None,
        registration_statement=None,
        joined_case_id=None,
        opened_at=setting.now,
    )
    tx.add(CASES, case)
    record(
        tx,
        setting,
        "report_filed",
        sender,
        body.report_id,
        case_id=case_id,
        officer=statement.officer_id,
        claim_minor=body.claim_minor,
        currency=body.currency,
        offence=body.offence_id,
    )
    return Report(
        report_id=body.report_id,
        incident_id=incident_id,
        case_id=case_id,
        tracing_id=TracingId(derived("tr", body.report_id)),
        participant_id=sender,
        officer_id=statement.officer_id,
        payee_participant_id=body.payee_participant_id,
        sealed_ref=body.sealed_ref,
        amount_minor=body.amount_minor,
        claim_minor=body.claim_minor,
        currency=body.currency,
        booked_at=body.booked_at,
        offence_id=body.offence_id,
        facts=tuple(body.facts),
        reports_by_payer=body.reports_by_payer,
        reports_of_pair=body.reports_of_pair,
        statement=body.statement,
        signed_at=statement.at,
        filed_at=setting.now,
        status=ReportStatus.filed,
        ended_at=None,
        returned_minor=0,
    )


def _tracing(report: Report, setting: Setting) -> Tracing:
    ends_at = setting.now.plus(timedelta(days=DAYS_MAX))
    return Tracing(
        tracing_id=report.tracing_id,
        case_id=report.case_id,
        report_id=report.report_id,
        currency=report.currency,
        stolen_minor=report.claim_minor,
        sums={kind.value: 0 for kind in ShareKind},
        asking_minor=0,
        pieces=0,
        rank=max(report.signed_at, setting.now.plus(-SIGNED_BEFORE_MAX)),
        started_at=setting.now,
        ends_at=ends_at,
        last_hold_at=None,
        is_live=True,
        closes_at=closing_at(ends_at),
    )
