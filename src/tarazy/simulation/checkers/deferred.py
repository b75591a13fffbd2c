"""Deferred (I5): a notice is put off by the body whose turn it is, within its times; beyond them it is served.

The steps of the law stand here: the prosecutor once for ten times 24 hours, then a judge, five times for thirty times
24 hours, all within six months. Each deferral begins where the last one ends.
"""

from datetime import timedelta
from typing import Final

from tarazy.adapters.keys import Trust
from tarazy.agent.deferring import KEPT_DEFERRALS, KeptDeferral
from tarazy.law.assessment import ActorRole
from tarazy.protocol import jws
from tarazy.protocol.statement import Statement
from tarazy.protocol.wire import from_json
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.checkers.papers import signer_of
from tarazy.simulation.programs import Bank
from tarazy.values.instant import Instant

NAME: Final = "deferred"
STEPS: Final = (
    (ActorRole.prosecutor, timedelta(days=10)),
    *(((ActorRole.investigating_judge, timedelta(days=30)),) * 5),
)
TOTAL: Final = timedelta(days=184)
GROUNDS: Final = frozenset(
    {"law.deferral.terrorism", "law.deferral.criminal_group", "law.deferral.covert_measure"},
)


class DeferredChecker:
    """Looks at the notices that one bank keeps back."""

    def __init__(self, bank: Bank, trust: Trust) -> None:
        self._bank, self._trust = bank, trust
        self._seen: set[str] = set()

    def check(self) -> None:
        """Check each new deferral against the steps of the law, and all of one measure against each other."""
        kept = rows(self._bank.program.disc, KEPT_DEFERRALS, order=("number",))
        if all(one.deferral_id in self._seen for one in kept):
            return
        of_measure: dict[str, list[KeptDeferral]] = {}
        for one in kept:
            of_measure.setdefault(one.measure_id, []).append(one)
            if one.deferral_id not in self._seen:
                self._seen.add(one.deferral_id)
                self._check_one(one, of_measure[one.measure_id])

    def _check_one(self, one: KeptDeferral, so_far: list[KeptDeferral]) -> None:
        where = f"{one.deferral_id} of {one.measure_id} at {self._bank.name}"
        demand(NAME, one.measure == "M5", f"{where}: the notice of {one.measure} cannot be put off")
        demand(NAME, one.ground in GROUNDS, f"{where}: {one.ground} is no ground")
        demand(NAME, len(so_far) <= len(STEPS), f"{where}: put off {len(so_far)} times")
        by, longest = STEPS[len(so_far) - 1]
        said = from_json(jws.read(one.statement).payload, Statement)
        signer = signer_of(one.statement, "defer_notice", one.deferral_id, said.terms, self._trust)
        is_turn = signer is not None and signer.capacity is by
        demand(NAME, is_turn, f"{where}: for the {len(so_far)}. time, and signed by {signer}")
        demand(NAME, ("until", one.until.text()) in said.terms, f"{where}: another end was signed")
        demand(NAME, one.until <= one.starts_at.plus(longest), f"{where}: longer than one step")
        demand(NAME, one.until <= so_far[0].starts_at.plus(TOTAL), f"{where}: longer than all steps")
        if len(so_far) > 1:
            demand(NAME, one.starts_at == so_far[-2].until, f"{where}: does not follow the one before")


def put_off_until(bank: Bank) -> dict[str, Instant]:
    """Return until when the notice of each measure is put off at a bank, by its own rows."""
    return {one.measure_id: one.until for one in rows(bank.program.disc, KEPT_DEFERRALS, order=("number",))}
