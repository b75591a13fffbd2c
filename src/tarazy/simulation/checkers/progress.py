"""Progress: once nothing goes wrong any more, nothing stays undone."""

from datetime import timedelta

from tarazy.agent.hearing_records import LOCAL_HEARINGS
from tarazy.agent.pause_records import IS_BEGUN, PAYMENT_PAUSES
from tarazy.agent.records import ACCOUNTS, CORE_COMMANDS, FEED_POSITIONS, FOLLOWS, HOLDS
from tarazy.agent.reference_core import CORE_BOOKINGS, CORE_PAYMENTS
from tarazy.app.figures import READER as FIGURES_READER
from tarazy.app.figures import is_case_due
from tarazy.app.log_reading import LOG_POSITIONS
from tarazy.app.measure_records import CASE_MEASURES, MOTIONS
from tarazy.app.messages import OUTBOX
from tarazy.app.records import CASE_HOLDS, EVENTS, REFUND_PARTS, TRACINGS
from tarazy.app.store import Condition
from tarazy.app.telling_reporters import READER as REPORTERS_READER
from tarazy.domain.hold import HoldStatus
from tarazy.domain.motion import MotionStatus
from tarazy.domain.refund import PartStatus
from tarazy.simulation.checkers.finding import rows
from tarazy.simulation.notice_clerks import is_anything_due
from tarazy.simulation.programs import Bank, Network, Program

COUNTED_WITHIN = timedelta(hours=1)
UNDONE = Condition("done_at", "is_null")
LIVE = frozenset({HoldStatus.requested, HoldStatus.placed})


def still_under_way(network: Network) -> list[str]:
    """Return what is not done yet; empty when the network is quiet."""
    found = [
        f"exchange: {one.kind} {one.message_id} not sent"
        for one in rows(network.exchange.disc, OUTBOX, UNDONE)
        if one.recipient not in network.gone
    ]
    for bank in network.banks.values():
        found += _of_bank(bank)
        found += [] if bank.name in network.gone else _unsent(bank)
    found += _of_log(network.exchange)
    for tracing in rows(network.exchange.disc, TRACINGS):
        if tracing.asking_minor:
            found.append(f"{tracing.tracing_id}: {tracing.asking_minor} asked and not answered")
        for kind in ("requested", "waiting"):
            if tracing.sums[kind]:
                found.append(f"{tracing.tracing_id}: {tracing.sums[kind]} {kind}")
    return found


def never_ended(network: Network) -> list[str]:
    """Return what has not ended although the time of everything is over."""
    found = still_under_way(network)
    long_ago = network.exchange.clock.now().plus(-COUNTED_WITHIN)
    if network.exchange.disc.run(lambda tx: is_case_due(tx, long_ago)):
        found.append("a case should have been counted anew long ago")
    for hold in rows(network.exchange.disc, CASE_HOLDS):
        if hold.status in LIVE:
            found.append(f"{hold.hold_id}: {hold.status} at the exchange")
    for measure in rows(network.exchange.disc, CASE_MEASURES):
        if not measure.status.is_final:
            found.append(f"{measure.measure_id}: {measure.measure} {measure.status} at the exchange")
    for motion in rows(network.exchange.disc, MOTIONS, Condition("status", "=", MotionStatus.filed)):
        found.append(f"{motion.motion_id}: a motion that nobody ends")
    for part in rows(network.exchange.disc, REFUND_PARTS):
        if part.status is PartStatus.ordered:
            found.append(f"{part.part_id}: a refund that is neither paid nor failed")
    for bank in network.banks.values():
        found += [
            f"{hold.hold_id}: {hold.status} at {bank.name}"
            for hold in rows(bank.program.disc, HOLDS)
            if hold.status in LIVE
        ]
        found += [
            f"{one.pause_id}: still paused at {bank.name}" for one in rows(bank.program.disc, PAYMENT_PAUSES, IS_BEGUN)
        ]
    return found


def _of_log(exchange: Program) -> list[str]:
    disc = exchange.disc
    events = rows(disc, EVENTS)
    found = [f"{event.kind} {event.event_id} waits for its number" for event in events if event.log_index is None]
    read = {position.reader: position.log_size for position in rows(disc, LOG_POSITIONS)}
    found += [
        f"{reader} have read {read.get(reader, 0)} of {len(events)} events"
        for reader in (FIGURES_READER, REPORTERS_READER)
        if read.get(reader, 0) < len(events)
    ]
    return found


def _unsent(bank: Bank) -> list[str]:
    return [f"{bank.name}: {one.kind} {one.message_id} not sent" for one in rows(bank.program.disc, OUTBOX, UNDONE)]


def _of_bank(bank: Bank) -> list[str]:
    disc, core = bank.program.disc, bank.core.disc
    found = [f"{bank.name}: {one.kind} not taken by the core" for one in rows(disc, CORE_COMMANDS, UNDONE)]
    found += [f"{bank.name}: payment {one.payment_id} not arrived" for one in rows(core, CORE_PAYMENTS, UNDONE)]
    waiting = rows(disc, PAYMENT_PAUSES, IS_BEGUN, Condition("due", "not_null"))
    found += [f"{bank.name}: {one.due} {one.pause_id} not asked of the core" for one in waiting]
    is_over = Condition("next_at", "<=", bank.program.clock.now())
    found += [f"{bank.name}: {one.hearing_id} is {one.state}" for one in rows(disc, LOCAL_HEARINGS, is_over)]
    if is_anything_due(disc):
        found.append(f"{bank.name}: a notice is due")
    booked = len(rows(core, CORE_BOOKINGS))
    read = next((one.position for one in rows(disc, FEED_POSITIONS)), 0)
    if read < booked:
        found.append(f"{bank.name}: read {read} of {booked} bookings")
    found += [f"{bank.name}: {one.account_id} is behind" for one in rows(disc, ACCOUNTS) if one.is_behind]
    found += [
        f"{bank.name}: {one.order_id} waits for its credit"
        for one in rows(disc, FOLLOWS)
        if one.account_id is None and one.is_open
    ]
    return found
