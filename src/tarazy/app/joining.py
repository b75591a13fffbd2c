"""Joining: a report asks to belong to a known incident; the first reporter's bank or an investigator decides.

Until it is accepted the report is a case of its own, with its own tracing and holds: nobody waits for protection. It
is accepted by a signed act with reasons and not by being named, because from then on victims may share.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tarazy.app.capacity import officers_capacity
from tarazy.app.eventing import record
from tarazy.app.going_along import measures_go_along
from tarazy.app.hearing_records import HEARINGS
from tarazy.app.messages import Handled
from tarazy.app.records import (
    CASE_HOLDS,
    CASES,
    JOIN_REQUESTS,
    OFFICERS,
    PIECES,
    REPORTS,
    TRACINGS,
    Case,
    JoinRequest,
    Report,
)
from tarazy.app.refund_records import AUTHORISATIONS
from tarazy.app.setting import Setting
from tarazy.app.statements import Said, Signed, signed_statement, statement_in
from tarazy.app.store import Condition, Transaction
from tarazy.app.telling_joins import tell_join
from tarazy.domain.case import (
    CASE_TRANSITIONS,
    JOIN_TRANSITIONS,
    CaseStatus,
    JoinState,
    JoinStatus,
    ReportStatus,
    moved,
)
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import ActorRole
from tarazy.protocol.bodies import JoinDecided, ReportFiled
from tarazy.protocol.message import Envelope
from tarazy.protocol.statement import Act, Statement, Terms
from tarazy.values.ids import CaseId, IncidentId, OfficerId, ParticipantId, ReportId, derived
from tarazy.values.replacing import replace


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideJoin:
    """An official of a participant accepts or refuses that a report joins the incident that it has named."""

    report_id: ReportId
    is_accepted: bool
    participant_id: ParticipantId
    statement: str


ACT_OF: Final = {True: Act.accept_join, False: Act.refuse_join}


def incident_of(report_id: ReportId) -> IncidentId:
    """Return the incident that a report opens."""
    return IncidentId(derived("in", report_id))


def case_of(incident_id: IncidentId) -> CaseId:
    """Return the case that is opened upon an incident."""
    return CaseId(derived("cs", incident_id))


def named_incident(tx: Transaction, report: Report) -> IncidentId | None:
    """Return the incident that a report has asked to join."""
    request = tx.get(JOIN_REQUESTS, report.report_id)
    return None if request is None else request.incident_id


def cannot_join(tx: Transaction, body: ReportFiled) -> Handled | None:
    """Return why a report cannot even ask: no such incident, or another currency; a case has one."""
    if body.incident_id is None:
        return None
    case = _case_now(tx, body.incident_id)
    if case is None:
        return Handled(rejection=Rejection.incident_unknown, place="body.incident_id")
    if case.currency != body.currency:
        return Handled(rejection=Rejection.currency_of_case_differs, place="body.currency")
    return None


def ask_to_join(tx: Transaction, report: Report, incident_id: IncidentId | None, setting: Setting) -> None:
    """Keep the request of a report that names an incident; it waits at the case of that incident."""
    case = None if incident_id is None else _case_now(tx, incident_id)
    if incident_id is None or case is None:
        return
    request = JoinRequest(
        report_id=report.report_id,
        incident_id=incident_id,
        case_id=case.case_id,
        own_case_id=report.case_id,
        status=JoinStatus.waiting,
        asked_at=setting.now,
        decided_at=None,
        participant_id=None,
        officer_id=None,
        statement=None,
    )
    tx.add(JOIN_REQUESTS, request)
    _record(tx, setting, "join_requested", report.participant_id, request, report.officer_id)
    tell_join(tx, request, report, first_report(tx, case), JoinState.waiting, setting)


def take_joins_decided(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Carry out what officers of the first reporter's bank have decided."""
    return [_take_one(tx, envelope, setting) for envelope in envelopes]


def decide_join(tx: Transaction, command: DecideJoin, setting: Setting) -> JoinRequest | Rejection:
    """Carry out what an official at the exchange has decided."""
    request = tx.get(JOIN_REQUESTS, command.report_id)
    if request is None:
        return Rejection.join_unknown
    signed = Signed(
        text=command.statement,
        act=ACT_OF[command.is_accepted],
        subject_id=command.report_id,
        participant_id=command.participant_id,
        terms=join_terms(request, is_accepted=command.is_accepted),
    )
    statement = signed_statement(signed, setting)
    if isinstance(statement, Rejection):
        return statement
    return _decided(tx, statement, command.statement, setting)


def join_terms(request: JoinRequest, *, is_accepted: bool) -> Terms:
    """Return what must stand under the signature of who decides upon a request."""
    incident_id, report_id = request.incident_id, request.report_id
    return JoinDecided(report_id=report_id, incident_id=incident_id, is_accepted=is_accepted, statement="").terms()


def _take_one(tx: Transaction, envelope: Envelope, setting: Setting) -> Handled:
    body = envelope.body
    assert isinstance(body, JoinDecided)
    request = tx.get(JOIN_REQUESTS, body.report_id)
    if request is None or request.incident_id != body.incident_id:
        return Handled(rejection=Rejection.join_unknown, place="body.report_id")
    statement = statement_in(envelope, Said(body, ACT_OF[body.is_accepted], body.report_id), setting)
    if isinstance(statement, Handled):
        return statement
    decided = _decided(tx, statement, body.statement, setting)
    return Handled(rejection=decided, place="body.report_id") if isinstance(decided, Rejection) else Handled()


def _decided(tx: Transaction, statement: Statement, text: str, setting: Setting) -> JoinRequest | Rejection:
    """Decide upon a request, once, if whoever signed may and the report stands."""
    request = tx.lock(JOIN_REQUESTS, {(statement.subject_id,)})[statement.subject_id,]
    is_accepted = statement.act is Act.accept_join
    if request.status is not JoinStatus.waiting:
        is_same = (request.status is JoinStatus.accepted) == is_accepted
        return request if is_same else Rejection.join_is_decided
    cases = tx.lock(CASES, {(request.case_id,), (request.own_case_id,)})
    case, own = cases[request.case_id,], cases[request.own_case_id,]
    report = tx.get(REPORTS, request.report_id)
    assert report is not None
    if report.status is not ReportStatus.filed:
        return Rejection.report_has_ended
    if not _may_decide(tx, case, report, statement):
        return Rejection.officer_not_entitled
    after = replace(
        request,
        status=moved(request.status, JoinStatus.accepted if is_accepted else JoinStatus.refused, JOIN_TRANSITIONS),
        decided_at=setting.now,
        participant_id=statement.participant_id,
        officer_id=statement.officer_id,
        statement=text,
    )
    tx.put(JOIN_REQUESTS, after)
    _record(tx, setting, f"join_{after.status.value}", statement.participant_id, after, statement.officer_id)
    tell_join(tx, after, report, first_report(tx, case), JoinState(after.status.value), setting)
    if is_accepted and case.case_id != own.case_id:
        _merge(tx, own, case, setting)
    return after


def _may_decide(tx: Transaction, case: Case, report: Report, statement: Statement) -> bool:
    """Return whether an investigator signed, or the first reporter's bank by another officer than the report's own."""
    officer = tx.get(OFFICERS, statement.participant_id, statement.officer_id)
    if officer is None or not officer.is_active:
        return False
    if officers_capacity(tx, statement.participant_id, statement.officer_id, case.case_id) is ActorRole.investigator:
        return True
    is_own_report = (report.participant_id, report.officer_id) == (statement.participant_id, statement.officer_id)
    first = first_report(tx, case)
    if first is None or first.status is not ReportStatus.filed:
        return False
    return first.participant_id == statement.participant_id and not is_own_report


def _merge(tx: Transaction, own: Case, case: Case, setting: Setting) -> None:
    """Let everything of a case go over to another: reports, tracings, pieces, holds, decisions, and waiting requests.

    Refunds stay where they were decided; their payments are counted at hold and report, wherever these are.
    """
    mine, theirs = Condition("case_id", "=", own.case_id), case.case_id
    before = first_report(tx, own)
    for tracing in tx.lock(TRACINGS, {(one.tracing_id,) for one in tx.find(TRACINGS, mine)}).values():
        tx.put(TRACINGS, replace(tracing, case_id=theirs))
    for piece in tx.lock(PIECES, {(one.piece_id,) for one in tx.find(PIECES, mine)}).values():
        tx.put(PIECES, replace(piece, case_id=theirs))
    for hold in tx.lock(CASE_HOLDS, {(one.hold_id,) for one in tx.find(CASE_HOLDS, mine)}).values():
        tx.put(CASE_HOLDS, replace(hold, case_id=theirs))
    for decided in tx.lock(AUTHORISATIONS, {(one.authorisation_id,) for one in tx.find(AUTHORISATIONS, mine)}).values():
        tx.put(AUTHORISATIONS, replace(decided, case_id=theirs))
    for hearing in tx.find(HEARINGS, mine):
        tx.put(HEARINGS, replace(hearing, case_id=theirs))
    measures_go_along(tx, own.case_id, theirs)
    for report in tx.lock(REPORTS, {(one.report_id,) for one in tx.find(REPORTS, mine)}).values():
        tx.put(REPORTS, replace(report, case_id=theirs, incident_id=case.incident_id))
    for request in tx.find(JOIN_REQUESTS, mine):
        tx.put(JOIN_REQUESTS, replace(request, case_id=theirs))
        if request.status is JoinStatus.waiting:
            _tell_moved(tx, request, before, first_report(tx, case), setting)
    status = moved(own.status, CaseStatus.closed, CASE_TRANSITIONS)
    tx.put(CASES, replace(own, status=status, joined_case_id=theirs))


def first_report(tx: Transaction, case: Case) -> Report | None:
    """Return the report that has opened the incident of a case."""
    reports = tx.find(REPORTS, Condition("case_id", "=", case.case_id))
    return next((one for one in reports if incident_of(one.report_id) == case.incident_id), None)


def request_is_over(tx: Transaction, report: Report, setting: Setting) -> None:
    """Tell the bank that had to decide whether a report joins that it has ended."""
    request = tx.get(JOIN_REQUESTS, report.report_id)
    if request is None or request.status is not JoinStatus.waiting:
        return
    case = tx.get(CASES, request.case_id)
    assert case is not None
    tell_join(tx, request, report, first_report(tx, case), JoinState.over, setting)


def _tell_moved(
    tx: Transaction, request: JoinRequest, before: Report | None, first: Report | None, setting: Setting
) -> None:
    """Tell of a request that has gone along to another case: whoever decides now, and whoever did before.

    Of one whose report has ended nobody is told again that it is over.
    """
    report = tx.get(REPORTS, request.report_id)
    assert report is not None
    if report.status is not ReportStatus.filed:
        return
    if before is None or first is None or before.participant_id != first.participant_id:
        tell_join(tx, request, report, before, JoinState.over, setting)
    tell_join(tx, request, report, first, JoinState.waiting, setting)


def _record(
    tx: Transaction,
    setting: Setting,
    kind: str,
    participant_id: ParticipantId,
    request: JoinRequest,
    officer_id: OfficerId,
) -> None:
    """Record what happened to a request in both cases: each of them can be read by itself."""
    for case_id, other in ((request.case_id, request.own_case_id), (request.own_case_id, request.case_id)):
        record(
            tx,
            setting,
            kind,
            participant_id,
            request.report_id,
            case_id=case_id,
            officer=officer_id,
            incident=request.incident_id,
            other_case=other,
        )


def _case_now(tx: Transaction, incident_id: IncidentId) -> Case | None:
    """Return the case of an incident: where its own has joined another, that one."""
    case = tx.get(CASES, case_of(incident_id))
    while case is not None and case.joined_case_id is not None:
        case = tx.get(CASES, case.joined_case_id)
    return case
