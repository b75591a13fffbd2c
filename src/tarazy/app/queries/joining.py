"""Requests to join: those that wait at a case or were decided there, and where a case itself has gone over to."""

from dataclasses import dataclass

from tarazy.app.records import CASES, JOIN_REQUESTS, PARTICIPANTS, REPORTS, Case, JoinRequest, Report
from tarazy.app.store import Condition, Transaction
from tarazy.domain.case import JoinStatus
from tarazy.values.ids import CaseId, ParticipantId


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinView:
    """A request and the report that it is of."""

    request: JoinRequest
    report: Report

    @property
    def is_waiting(self) -> bool:
        """Whether somebody has still to decide."""
        return self.request.status is JoinStatus.waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinsView:
    """The requests at a case, oldest first, and the names of the banks that they come from."""

    case: Case
    joins: tuple[JoinView, ...]
    names: dict[ParticipantId, str]

    @property
    def waiting(self) -> int:
        """How many wait for a decision."""
        return sum(join.is_waiting for join in self.joins)


def joins_view(tx: Transaction, case_id: CaseId) -> JoinsView | None:
    """Return the requests to join a case, or None where there is no such case."""
    case = tx.get(CASES, case_id)
    if case is None:
        return None
    requests = tx.find(JOIN_REQUESTS, Condition("case_id", "=", case_id), order=("asked_at", "report_id"))
    reports = tx.get_many(REPORTS, {(one.report_id,) for one in requests})
    banks = tx.get_many(PARTICIPANTS, {(one.participant_id,) for one in reports.values()})
    return JoinsView(
        case=case,
        joins=tuple(JoinView(request=one, report=reports[one.report_id,]) for one in requests),
        names={one.participant_id: one.name for one in banks.values()},
    )
