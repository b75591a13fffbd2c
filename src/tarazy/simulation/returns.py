"""Holders who give held money back, and who take that back while a payment may be on its way."""

from typing import Final

from tarazy.agent.consent import RETURN_OFFERS, offer_return, take_back
from tarazy.agent.records import HOLDS
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.protocol.hold_bodies import RETURN_CHECKS
from tarazy.simulation.checkers.finding import rows
from tarazy.simulation.desk import ActAtDesk, Desk
from tarazy.simulation.options import PERMILLE
from tarazy.simulation.programs import Bank
from tarazy.simulation.world import World
from tarazy.values.ids import HoldId

TAKEN_BACK_SECONDS_MAX: Final = 4_000
AROUND_A_REFUND_SECONDS: Final = 40


class Returns:
    """Holders of held money who come to their bank."""

    def __init__(self, world: World, desk: Desk) -> None:
        self._world, self._desk = world, desk
        self._random = world.random

    def offer(self, bank: Bank, hold_id: HoldId) -> ActAtDesk:
        """Return the act of a holder who gives back a share of what is held; some take it back later."""
        share = self._random.randint(1, 100)

        def act(tx: Transaction, setting: Setting) -> object:
            declined = _offer(tx, bank, hold_id, share, setting)
            if declined is None and self._random.randrange(PERMILLE) < self._world.options.refunds:
                self._refund_comes(bank, hold_id)
            elif declined is None and self._chance():
                self._mind_changes(bank, hold_id, self._random.uniform(0, TAKEN_BACK_SECONDS_MAX))
            return declined

        return act

    def _refund_comes(self, bank: Bank, hold_id: HoldId) -> None:
        """Let a refund be ordered on an offer, and perhaps let the holder change their mind about then."""
        ordered = self._random.uniform(AROUND_A_REFUND_SECONDS, AROUND_A_REFUND_SECONDS * 10)
        self._desk.refund_later(hold_id, ordered)
        if self._chance():
            # While the order, or the word that there is no consent any more, is on its way.
            under_way = self._world.options.delay + 1
            around = ordered + self._random.uniform(-under_way, under_way)
            self._mind_changes(bank, hold_id, max(0, around))

    def change_minds(self, after: float) -> None:
        """Let some holders take back what they have offered about when a refund with their consent is ordered."""
        for bank in self._world.banks:
            for offer in rows(bank.program.disc, RETURN_OFFERS):
                if self._chance():
                    around = after + self._random.uniform(-AROUND_A_REFUND_SECONDS, AROUND_A_REFUND_SECONDS)
                    self._mind_changes(bank, offer.hold_id, max(0, around))

    def _mind_changes(self, bank: Bank, hold_id: HoldId, seconds: float) -> None:
        """Let a holder take an offer back, perhaps twice, and perhaps offer less soon after."""
        for _ in range(self._random.choice((1, 1, 2))):
            self._desk.act_later(bank.program, seconds, lambda tx, setting: _taken_back(tx, hold_id, setting))
        if self._random.random() < 0.3:  # noqa: PLR2004 -- some
            share = self._random.randint(1, 50)
            later = seconds + self._random.uniform(0, AROUND_A_REFUND_SECONDS)
            self._desk.act_later(bank.program, later, lambda tx, setting: _offer(tx, bank, hold_id, share, setting))

    def _chance(self) -> bool:
        return self._random.randrange(PERMILLE) < self._world.options.take_backs


def _offer(tx: Transaction, bank: Bank, hold_id: HoldId, share: int, setting: Setting) -> object:
    hold = tx.get(HOLDS, hold_id)
    amount = max(1, hold.held_minor * share // 100) if hold else 1
    reasons = f"the holder came and gave it back: {hold_id}"
    return offer_return(tx, hold_id, amount, reasons, bank.program.officer, EXCHANGE_ID, setting, checks=RETURN_CHECKS)


def _taken_back(tx: Transaction, hold_id: HoldId, setting: Setting) -> object:
    view = take_back(tx, hold_id, EXCHANGE_ID, setting)
    return None if view is None else view.state
