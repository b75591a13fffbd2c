"""Prosecutors and judges who put the notice of a measure off, for a while, and again; and such as may not.

A deferral that must be refused is tried as well: of a body whose turn it is not, for longer than the law has, on no
ground of the law, by the author of the measure. If it is granted all the same, the run fails there and then.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final

import msgspec

from tarazy.app.deferring import DeferNotice, defer_notice
from tarazy.app.measure_records import CASE_MEASURES
from tarazy.app.records import CASE_HOLDS
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.domain.rejection import Rejection
from tarazy.protocol.deferral_bodies import SignedDeferral
from tarazy.protocol.schedule import line_id_of
from tarazy.protocol.statement import Act
from tarazy.simulation.checkers.finding import CheckFailed
from tarazy.simulation.desk import ActAtDesk, Desk, signed_by
from tarazy.simulation.options import dice_of
from tarazy.simulation.programs import COLLEAGUE, OFFICER, Program
from tarazy.simulation.world import World
from tarazy.values.ids import DeferralId, HoldId, MeasureId, MotionId, OfficerId, derived
from tarazy.values.instant import Instant

GROUND: Final = "law.deferral.criminal_group"
BEFORE_SECONDS: Final = 900
HOUR: Final = 3600


class Improper(StrEnum):
    """What is wrong with a deferral: each of these is refused."""

    by_another_body = "by_another_body"
    by_author = "by_author"
    too_long = "too_long"
    on_no_ground = "on_no_ground"


class Deferrers:
    """The prosecutor, and the judge after them. ``done`` counts what came of their acts."""

    def __init__(self, world: World, desk: Desk) -> None:
        self._world, self._desk = world, desk
        self._dice = dice_of(world.random, "deferrers")
        self._numbers = 0
        self.done: dict[str, int] = {}

    def plan(self, schedule_id: MotionId, hold_ids: list[HoldId], begun: float) -> None:
        """Put off the notices of measures that are about to begin: before they are served, or too late for that."""
        if self._dice.randrange(1000) >= self._world.options.deferrals:
            return
        for hold_id in hold_ids:
            measure_id = MeasureId(derived("ms", line_id_of(schedule_id, hold_id), "M5"))
            if self._dice.randrange(1000) < self._world.options.careless_acts:
                self._later(begun, self._put_off(measure_id, hold_id, 2 * HOUR, self._dice.choice(tuple(Improper))))
            first = self._dice.uniform(HOUR, 40 * HOUR)
            soon = max(0.0, begun - self._dice.uniform(0, BEFORE_SECONDS))
            self._later(soon, self._put_off(measure_id, hold_id, first, None))
            if self._dice.random() < 0.5:  # noqa: PLR2004 -- a coin
                again = soon + first - self._dice.uniform(-600, HOUR)
                more = first + self._dice.uniform(HOUR, 30 * HOUR)
                self._later(again, self._put_off(measure_id, hold_id, more, None, is_again=True))

    def _put_off(
        self,
        measure_id: MeasureId,
        hold_id: HoldId,
        seconds: float,
        improper: Improper | None,
        *,
        is_again: bool = False,
    ) -> ActAtDesk:
        self._numbers += 1
        number = self._numbers
        program, officer_id = self._signer(improper, is_again=is_again)
        length = timedelta(days=200) if improper is Improper.too_long else timedelta(seconds=int(seconds))

        def act(tx: Transaction, setting: Setting) -> object:
            hold = tx.get(CASE_HOLDS, hold_id)
            if hold is None:
                return "no hold"
            measure = tx.get(CASE_MEASURES, measure_id)
            by_author = improper is Improper.by_author and measure is not None
            officer = measure.author_officer_id if by_author and measure is not None else officer_id
            deferral = SignedDeferral(
                deferral_id=DeferralId(f"df-{number}"),
                measure_id=measure_id,
                measure="M5",
                hold_id=hold_id,
                case_id=hold.case_id,
                ground="law.deferral.none" if improper is Improper.on_no_ground else GROUND,
                until=setting.now.plus(length),
                participant_id=program.name,
                statement="",
            )
            signed = _signed(program, officer, deferral, setting.now)
            done = defer_notice(tx, DeferNotice(signed=signed), setting)
            return self._judged(improper, done, is_again=is_again)

        return act

    def _signer(self, improper: Improper | None, *, is_again: bool) -> tuple[Program, OfficerId]:
        network = self._world.network
        if improper is Improper.by_author:
            return network.police, OFFICER
        if is_again or improper is Improper.by_another_body:
            return network.court, OFFICER if improper else COLLEAGUE
        return network.prosecution, OFFICER

    def _judged(self, improper: Improper | None, result: object, *, is_again: bool) -> str:
        told = str(result) if isinstance(result, Rejection) else "done"
        key = f"deferred{' again' if is_again else ''} {improper or 'in order'}: {told}"
        self.done[key] = self.done.get(key, 0) + 1
        if improper is not None and not isinstance(result, Rejection):
            raise CheckFailed("deferred", f"a notice is put off although it was {improper}")
        return told

    def _later(self, seconds: float, act: ActAtDesk) -> None:
        self._desk.act_later(self._world.network.exchange, seconds, act)


def _signed(program: Program, officer_id: OfficerId, deferral: SignedDeferral, now: Instant) -> SignedDeferral:
    text = signed_by(program, officer_id, Act.defer_notice, deferral.deferral_id, deferral.terms(), now)
    return msgspec.structs.replace(deferral, statement=text)
