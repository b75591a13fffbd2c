"""Ends of pieces: after the end that an order names nothing waits, at no bank and at the exchange."""

from datetime import timedelta
from typing import Final

from tarazy.agent.records import FOLLOWS, HOLDS
from tarazy.app.records import CASE_HOLDS, TRACINGS
from tarazy.domain.hold import LIVE_STATUSES
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.programs import Bank, Network

NAME = "ends"
WITHIN: Final = timedelta(days=2)
"""So long after it at the latest: programs that are down start again, and clocks differ."""
UNDONE: Final = ("waiting", "requested")


def check_piece_ends(network: Network) -> None:
    """Check the orders that banks have taken: one whose end has come is open only as long as its hold stands."""
    for bank in network.banks.values():
        _check_bank(bank)


def check_tracing_ends(network: Network) -> None:
    """Check, when nothing is under way, that the tracings whose time is over have finished."""
    long_ago = network.exchange.clock.now().plus(-WITHIN)
    holds = rows(network.exchange.disc, CASE_HOLDS)
    carried = {hold.tracing_id for hold in holds if hold.carried_by is not None and not hold.status.is_final}
    for tracing in rows(network.exchange.disc, TRACINGS):
        if tracing.ends_at <= long_ago:
            left = {kind: tracing.sums[kind] for kind in UNDONE if tracing.sums[kind]}
            if tracing.sums["held"] and tracing.tracing_id not in carried:
                left["held"] = tracing.sums["held"]
            where = f"{tracing.tracing_id}, which ended at {tracing.ends_at.text()}"
            demand(NAME, not left and tracing.asking_minor == 0, f"{where}: {left}, {tracing.asking_minor} asked")


def _check_bank(bank: Bank) -> None:
    long_ago = bank.program.clock.now().plus(-WITHIN)
    live = {hold.order_id for hold in rows(bank.program.disc, HOLDS) if hold.status in LIVE_STATUSES}
    for follow in rows(bank.program.disc, FOLLOWS):
        if follow.ends_at > long_ago:
            continue
        where = f"{follow.order_id} at {bank.name}, whose end was {follow.ends_at.text()}"
        waits = [str(share.detail) for share in follow.shares if share.kind == "waiting"]
        demand(NAME, not waits and bool(follow.shares), f"{where}: waits for {waits}")
        demand(NAME, not follow.is_open or follow.order_id in live, f"{where}: is still followed")
