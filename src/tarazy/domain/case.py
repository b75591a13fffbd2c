"""The lives of a report and of a case.

::

    report   filed ──┬── withdrawn   the reporter took it back, after a call-back that excludes duress
                     └── refuted     a reasoned decision says that it is not so

    case     open ───── closed ───── open
"""

from enum import StrEnum
from typing import Final


class ReportStatus(StrEnum):
    """Where a report is in its life. What rests on a report alone ends with it."""

    filed = "filed"
    withdrawn = "withdrawn"
    refuted = "refuted"


class CaseStatus(StrEnum):
    """Where a case is in its life."""

    open = "open"
    closed = "closed"


REPORT_TRANSITIONS: Final[dict[ReportStatus, frozenset[ReportStatus]]] = {
    ReportStatus.filed: frozenset({ReportStatus.withdrawn, ReportStatus.refuted}),
    ReportStatus.withdrawn: frozenset(),
    ReportStatus.refuted: frozenset(),
}
CASE_TRANSITIONS: Final[dict[CaseStatus, frozenset[CaseStatus]]] = {
    CaseStatus.open: frozenset({CaseStatus.closed}),
    CaseStatus.closed: frozenset({CaseStatus.open}),
}
