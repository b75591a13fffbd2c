"""Agreement: once nothing is under way, exchange and bank say the same of every hold that stands."""

from tarazy.agent.records import HOLDS
from tarazy.app.measure_records import CASE_MEASURES
from tarazy.app.records import CASE_HOLDS, REPORTS, CaseHold
from tarazy.app.store import Condition
from tarazy.domain.hold import HoldStatus
from tarazy.law.assessment import Request
from tarazy.protocol.wire import from_json
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.programs import Network

NAME = "agreement"
LIVE = frozenset({HoldStatus.requested, HoldStatus.placed})


def check_agreement(network: Network) -> None:
    """Check the holds of all banks against the exchange's, and the exchange's against the banks'.

    A bank that is away knows better than the exchange, and cannot say so.
    """
    of_all = rows(network.exchange.disc, CASE_HOLDS)
    at_exchange = {hold.hold_id: hold for hold in of_all if hold.participant_id not in network.gone}
    ended = {one.report_id: one.ended_at for one in rows(network.exchange.disc, REPORTS) if one.ended_at is not None}
    present = [bank for bank in network.banks.values() if bank.name not in network.gone]
    at_banks = {hold.hold_id: hold for bank in present for hold in rows(bank.program.disc, HOLDS)}
    for hold_id, hold in at_banks.items():
        known = at_exchange[hold_id]
        where = f"{hold_id} at {known.participant_id}"
        if hold.status in LIVE:
            over = ended.get(known.report_id)
            rests = over is None or _stands_by_itself(known, network)
            demand(NAME, rests, f"{where}: {hold.held_minor} held on a report that has ended")
            told = f"the bank says {hold.status}, the exchange {known.status} ({known.end})"
            demand(NAME, known.status is hold.status, f"{where}: {told}")
            demand(
                NAME, known.held_minor == hold.held_minor, f"{where}: {hold.held_minor} held, known {known.held_minor}"
            )
            demand(
                NAME,
                known.confirmed_by == hold.confirmed_by,
                f"{where}: confirmed by {hold.confirmed_by}, known {known.confirmed_by}",
            )
            demand(
                NAME,
                known.expires_at >= hold.expires_at,
                f"{where}: ends {hold.expires_at.text()}, known {known.expires_at.text()}",
            )
        demand(NAME, known.paid_minor == hold.paid_minor, f"{where}: {hold.paid_minor} paid, known {known.paid_minor}")
    for hold_id, known in at_exchange.items():
        if known.status is HoldStatus.placed:
            stands = hold_id in at_banks and at_banks[hold_id].status is HoldStatus.placed
            demand(NAME, stands, f"{hold_id} at {known.participant_id}: placed at the exchange and not at the bank")
        elif known.status not in LIVE:
            demand(NAME, known.held_minor == 0, f"{hold_id}: {known.status}, and {known.held_minor} held")


def _stands_by_itself(hold: CaseHold, network: Network) -> bool:
    """Tell whether what carries a hold had facts besides those of the hold's report: then it outlives the report."""
    by_id = Condition("measure_id", "=", hold.carried_by or "")
    carrier = next(iter(rows(network.exchange.disc, CASE_MEASURES, by_id)), None)
    if carrier is None or carrier.status.is_final:
        return False
    facts = from_json(carrier.request, Request).facts
    return any(not fact.source.startswith(f"report {hold.report_id},") for fact in facts)
