"""Joined cases: nothing is left behind in a case that has gone over to another, and every decision is recorded."""

from collections import Counter

from tarazy.adapters.memory import MemoryStore
from tarazy.app.joining import incident_of
from tarazy.app.records import CASE_HOLDS, CASES, EVENTS, JOIN_REQUESTS, PIECES, REPORTS, TRACINGS
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.values.ids import CaseId, ReportId

NAME = "joined"
RECORDED_IN = 2
"""A decision is recorded in both cases."""


def check_joined(disc: MemoryStore) -> None:
    """Check where everything of joined cases lies."""
    cases = {case.case_id: case for case in rows(disc, CASES)}
    for case in cases.values():
        seen: set[CaseId] = set()
        at = case
        while at.joined_case_id is not None:
            demand(NAME, at.case_id not in seen, f"{case.case_id}: has joined itself")
            seen.add(at.case_id)
            at = cases[at.joined_case_id]
    report_cases = {report.report_id: report.case_id for report in rows(disc, REPORTS)}
    for report_id, case_id in report_cases.items():
        demand(NAME, cases[case_id].joined_case_id is None, f"{report_id}: left behind in {case_id}")
    tracings = {tracing.tracing_id: tracing for tracing in rows(disc, TRACINGS)}
    for tracing in tracings.values():
        demand(NAME, tracing.case_id == report_cases[tracing.report_id], f"{tracing.tracing_id}: left behind")
    for piece in rows(disc, PIECES):
        demand(NAME, piece.case_id == tracings[piece.tracing_id].case_id, f"{piece.piece_id}: left behind")
    for hold in rows(disc, CASE_HOLDS):
        demand(NAME, hold.case_id == report_cases[hold.report_id], f"{hold.hold_id}: left behind")
    _check_decisions(disc, report_cases)


def _check_decisions(disc: MemoryStore, report_cases: dict[ReportId, CaseId]) -> None:
    recorded = Counter((event.kind, event.subject_id) for event in rows(disc, EVENTS))
    homes = {incident_of(report_id): case_id for report_id, case_id in report_cases.items()}
    for request in rows(disc, JOIN_REQUESTS):
        where = f"{request.report_id} to {request.incident_id}"
        for status in ("accepted", "refused"):
            times = RECORDED_IN if request.status == status else 0
            told = recorded[f"join_{status}", request.report_id]
            demand(NAME, told == times, f"{where}: {request.status}, recorded as {status} {told} times")
        if request.status == "accepted":
            together = report_cases[request.report_id] == homes[request.incident_id]
            demand(NAME, together, f"{where}: accepted, and in another case")
