"""What a story can look up afterwards."""

from collections import Counter
from typing import TYPE_CHECKING

from tarazy.agent.core_records import CORE_TABLES
from tarazy.agent.records import AGENT_TABLES, FOLLOWS, HOLDS, AgentHold, Follow
from tarazy.app.messages import REFUSED_MESSAGES
from tarazy.app.records import CASE_HOLDS, EXCHANGE_TABLES, PIECES, REPORTS, TRACINGS, CaseHold, Piece, Report, Tracing
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.domain.tracing import ShareKind
from tarazy.values.ids import ReportId

if TYPE_CHECKING:
    from tests.story import Network


def told(network: "Network", report_id: ReportId) -> dict[str, int]:
    """Return what the exchange knows of a report's money: units by bank and state, as ``bank-b stopped dust``."""
    units: Counter[str] = Counter()
    for piece in pieces(network, report_id):
        if piece.stop is not None:
            units[f"{piece.participant_id} stopped {piece.stop}"] += piece.amount_minor
        elif piece.answer_no == 0:
            units[f"{piece.participant_id} asked"] += piece.amount_minor
        for share in piece.shares:
            if share.kind != ShareKind.moved_on:
                name = " ".join(filter(None, (piece.participant_id, share.kind, share.detail)))
                units[name] += share.to_minor - share.from_minor
    return dict(units)


def report(network: "Network", report_id: ReportId) -> Report:
    """Return a report as the exchange keeps it."""
    found: Report = network.rows(EXCHANGE_ID, REPORTS, Condition("report_id", "=", report_id))[0]
    return found


def tracing(network: "Network", report_id: ReportId) -> Tracing:
    """Return a report's tracing."""
    found: Tracing = network.rows(EXCHANGE_ID, TRACINGS, Condition("report_id", "=", report_id))[0]
    return found


def pieces(network: "Network", report_id: ReportId) -> list[Piece]:
    """Return the pieces of a report's tracing, nearest first."""
    mine = Condition("tracing_id", "=", tracing(network, report_id).tracing_id)
    return network.rows(EXCHANGE_ID, PIECES, mine, order=("depth", "origin_from"))


def case_holds(network: "Network", report_id: ReportId) -> list[CaseHold]:
    """Return a report's holds as the exchange sees them, in order of bank."""
    return network.rows(EXCHANGE_ID, CASE_HOLDS, Condition("report_id", "=", report_id), order=("participant_id",))


def case_hold(network: "Network", report_id: ReportId) -> CaseHold:
    """Return the one hold of a report."""
    [hold] = case_holds(network, report_id)
    return hold


def bank_hold(network: "Network", account: str) -> AgentHold:
    """Return the one hold on an account, as its bank keeps it."""
    [hold] = bank_holds(network, account)
    return hold


def bank_holds(network: "Network", account: str) -> list[AgentHold]:
    """Return the holds on an account, as its bank keeps them, in order of receipt."""
    mine = Condition("account_id", "=", account)
    return network.rows(network.accounts[account], HOLDS, mine, order=("received_at",))


def follows(network: "Network", bank: str) -> list[Follow]:
    """Return the orders that a bank has taken, oldest first."""
    return network.rows(bank, FOLLOWS, order=("received_at",))


def ends(network: "Network", report_id: ReportId) -> list[tuple[str, HoldStatus, HoldEnd | None]]:
    """Return how the holds of a report stand at the exchange: bank, status, reason of the end."""
    return [(hold.participant_id, hold.status, hold.end) for hold in case_holds(network, report_id)]


def refusals(network: "Network", name: str) -> list[tuple[str | None, str]]:
    """Return which messages a program did not let in: the claimed sender and why."""
    rows = network.rows(name, REFUSED_MESSAGES, order=("serial",))
    return [(row.claimed_sender, row.refusal) for row in rows]


def everything_but_refusals(network: "Network", name: str = EXCHANGE_ID) -> dict[str, list[object]]:
    """Return all that a program keeps, a bank's with its core, but for the record of what it refused."""
    tables = EXCHANGE_TABLES if name == EXCHANGE_ID else (*AGENT_TABLES, *CORE_TABLES)
    return {table.name: network.rows(name, table) for table in tables if table is not REFUSED_MESSAGES}


def held_stretches(network: "Network", report_id: ReportId) -> list[tuple[int, int]]:
    """Return which units of the first piece are held."""
    shares = pieces(network, report_id)[0].shares
    return [(share.from_minor, share.to_minor) for share in shares if share.kind == ShareKind.held]
