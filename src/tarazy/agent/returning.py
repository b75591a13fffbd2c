"""For whom a holder gives held money back: one report, or everybody who has lost money in the incident."""

from enum import StrEnum

from tarazy.agent.records import AgentHold
from tarazy.values.ids import ReportId


class ForWhom(StrEnum):
    """For whom a holder gives money back where they name no report."""

    own_report = "own_report"
    """The report upon which the hold was placed."""
    everybody = "everybody"
    """Everybody who has lost money in the incident: what is given is shared."""


def named_report(hold: AgentHold, for_whom: ForWhom | ReportId) -> ReportId | None:
    """Return the report for which the holder gives money back; None for everybody who has lost money."""
    if not isinstance(for_whom, ForWhom):
        return for_whom
    return hold.terms.report_id if for_whom is ForWhom.own_report else None
