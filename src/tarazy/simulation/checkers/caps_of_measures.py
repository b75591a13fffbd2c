"""Caps (I3): no more is held than was signed, no more was signed than was traced, nothing beyond the claim."""

from collections import Counter
from typing import Final

from tarazy.agent.measure_records import HOLD_MEASURES
from tarazy.agent.records import HOLD_SEGMENTS, HOLDS
from tarazy.app.measure_records import CASE_MEASURES, CaseMeasure
from tarazy.app.records import CASE_HOLDS, PIECES, REPORTS
from tarazy.domain.hold import HoldStatus
from tarazy.domain.measure import MeasureStatus
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.checkers.papers import orders_taken, signed_minor
from tarazy.simulation.programs import Bank, Network
from tarazy.values.ids import HoldId, MeasureId

NAME: Final = "caps"
LIVE: Final = frozenset({HoldStatus.requested, HoldStatus.placed})
IN_EFFECT: Final = frozenset({MeasureStatus.urgent, MeasureStatus.in_force})


class CapsAtBank:
    """Looks at what one bank holds upon measures."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        self._looked: object = None

    def check(self, *, is_quiet: bool = False) -> None:
        """Check that what is held, without what the core was told to let go of, is within what was signed."""
        disc = self._bank.program.disc
        carried = [one for one in rows(disc, HOLDS) if one.carried_by is not None and one.status in LIVE]
        if not carried:
            return
        looked = tuple(map(id, carried))
        if looked == self._looked and not is_quiet:
            return
        self._looked = looked
        orders, laid = orders_taken(disc), _laid(self._bank)
        caps = {(one.hold_id, one.measure_id): one.cap_minor for one in rows(disc, HOLD_MEASURES)}
        for hold in carried:
            assert hold.carried_by is not None
            where = f"{hold.hold_id} under {hold.carried_by} at {self._bank.name}"
            most = signed_minor(orders[hold.carried_by])
            on_line = laid[hold.hold_id]
            # What the core has not booked is asked for and held by nobody; once it is booked, the surplus is let go.
            stays = on_line if is_quiet else min(on_line, hold.reserved_minor) - hold.releasing_minor
            demand(NAME, stays <= most, f"{where}: {stays} held, {most} signed")
            demand(NAME, caps[hold.hold_id, hold.carried_by] <= most, f"{where}: a cap beyond the {most} signed")
            demand(NAME, hold.held_minor <= hold.terms.claim_minor, f"{where}: held beyond its claim")


def _laid(bank: Bank) -> Counter[HoldId]:
    laid: Counter[HoldId] = Counter()
    for row in rows(bank.program.disc, HOLD_SEGMENTS):
        laid[row.hold_id] += row.line_to - row.line_from
    return laid


class CapsAtExchange:
    """Looks at the sums of measures at the exchange."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._seen: dict[MeasureId, CaseMeasure] = {}

    def check(self) -> None:
        """Check that each measure is within the piece that was traced, and all upon one report within its claim."""
        disc = self._network.exchange.disc
        measures = rows(disc, CASE_MEASURES)
        if all(self._seen.get(one.measure_id) is one for one in measures):
            return
        holds = {one.hold_id: one for one in rows(disc, CASE_HOLDS)}
        pieces = {one.hold_id: one.to_minor - one.from_minor for one in rows(disc, PIECES) if one.hold_id is not None}
        claims = {str(one.report_id): one.claim_minor for one in rows(disc, REPORTS)}
        sums: Counter[str] = Counter()
        for measure in measures:
            self._seen[measure.measure_id] = measure
            where = f"{measure.measure_id} ({measure.measure}) upon {measure.hold_id}"
            traced = pieces[measure.hold_id]
            demand(NAME, 0 < measure.cap_minor <= traced, f"{where}: {measure.cap_minor} of {traced} traced")
            demand(NAME, measure.held_minor <= traced, f"{where}: holds {measure.held_minor} of {traced}")
            if measure.status in IN_EFFECT and holds[measure.hold_id].status in LIVE:
                sums[measure.report_id] += min(measure.held_minor, measure.cap_minor)
        for report_id, minor in sums.items():
            claim = claims[report_id]
            demand(NAME, minor <= claim, f"{report_id}: {minor} held upon measures, {claim} claimed")
