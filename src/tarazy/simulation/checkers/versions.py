"""Versions (I12): the norms that stand with a measure were in force on its day; asked again, the law names the same."""

from datetime import date, timedelta
from functools import cache
from typing import Final

import yaml

from tarazy.adapters.packs import load_pack, pack_files
from tarazy.app.measure_records import CASE_MEASURES, CaseMeasure
from tarazy.app.records import CASE_HOLDS
from tarazy.domain.closure import closes_account
from tarazy.law.assessment import Request
from tarazy.law.gate import assess
from tarazy.protocol.wire import from_json
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.closing_law import closing_pack
from tarazy.simulation.programs import PACK, Program
from tarazy.values.instant import Instant

NAME: Final = "versions"
LOCAL: Final = timedelta(hours=5)
"""Local time of the law pack with which everything here runs: one zone since March 2024, no summer time."""
Days = tuple[date, date]


@cache
def versions() -> dict[str, dict[str, Days]]:
    """Return from when to when each version of each norm was in force, read from the pack's own file."""
    found: dict[str, dict[str, Days]] = {}
    for norm in yaml.safe_load(pack_files(PACK)["norms.yaml"])["norms"]:
        found[norm["id"]] = {one["id"]: (one["valid_from"], one.get("valid_to", date.max)) for one in norm["versions"]}
    return found


class VersionsChecker:
    """Looks at the measures and holds of the exchange that are new."""

    def __init__(self, exchange: Program) -> None:
        self._exchange = exchange
        self._seen: set[str] = set()

    def check(self) -> None:
        """Check the norms of each new measure and hold."""
        for measure in rows(self._exchange.disc, CASE_MEASURES):
            if measure.measure_id not in self._seen:
                self._seen.add(measure.measure_id)
                _check_measure(measure)
        for hold in rows(self._exchange.disc, CASE_HOLDS):
            if hold.hold_id not in self._seen:
                self._seen.add(hold.hold_id)
                day = _local_day(hold.asked_at)
                demand(NAME, bool(hold.norms), f"{hold.hold_id}: on no norm")
                for norm in hold.norms:
                    in_force = any(first <= day <= last for first, last in versions()[norm].values())
                    demand(NAME, in_force, f"{hold.hold_id}: {norm} was not in force on {day}")


def _check_measure(measure: CaseMeasure) -> None:
    where = f"{measure.measure_id} ({measure.measure})"
    day = _local_day(measure.begins_at)
    demand(NAME, measure.law_day == day, f"{where}: begun on {day}, by the law of {measure.law_day}")
    known = {version: days for norm in versions().values() for version, days in norm.items()}
    demand(NAME, bool(measure.norm_versions), f"{where}: on no version of any norm")
    for version in measure.norm_versions:
        first, last = known[version]
        demand(NAME, first <= day <= last, f"{where}: {version} was in force from {first} to {last}, not on {day}")
    law = closing_pack() if closes_account(measure.measure) else load_pack(PACK)
    again = assess(from_json(measure.request, Request), law, measure.begins_at)
    same = again.norm_versions == measure.norm_versions
    demand(NAME, same, f"{where}: asked again, the law names {again.norm_versions}")


def _local_day(at: Instant) -> date:
    return (at.utc + LOCAL).date()
