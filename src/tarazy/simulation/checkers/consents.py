"""Consent: a bank asks its core for no payment that rests on an offer taken back before, nor for more than is offered.

The bank's rows are looked at after each of its transactions, so what came first is seen and not told.
"""

from dataclasses import dataclass

from tarazy.agent.consent import RETURN_OFFERS, ReturnOffer
from tarazy.agent.records import CORE_COMMANDS, CoreCommand
from tarazy.app.records import REFUNDS
from tarazy.app.store import Condition
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.programs import Bank, Program
from tarazy.values.ids import HoldId

NAME = "consent"


@dataclass(slots=True)
class _Offered:
    """The newest offer of a hold as it was seen, and what was asked of the core on it."""

    offer: ReturnOffer
    asked_minor: int = 0


class ConsentsChecker:
    """Looks at the offers and payments of one bank."""

    def __init__(self, bank: Bank, exchange: Program) -> None:
        self._bank, self._exchange = bank, exchange
        self._offers: dict[HoldId, _Offered] = {}
        self._serial = 0

    def check(self) -> None:
        """Check what the bank has asked its core to pay since the last time, then look at the offers."""
        disc = self._bank.program.disc
        new = Condition("serial", ">", self._serial)
        for command in rows(disc, CORE_COMMANDS, new, order=("serial",)):
            self._serial = command.serial
            if command.kind == "pay" and self._rests_on_consent(command):
                self._check_payment(command)
        for offer in rows(disc, RETURN_OFFERS):
            seen = self._offers.get(offer.hold_id)
            if seen is None or seen.offer.offered_at != offer.offered_at:
                self._offers[offer.hold_id] = _Offered(offer)
            else:
                seen.offer = offer

    def _check_payment(self, command: CoreCommand) -> None:
        where = f"{command.amount_minor} of {command.hold_id} at {self._bank.name}"
        seen = self._offers.get(command.hold_id)
        demand(NAME, seen is not None, f"{where}: paid with a consent that nobody gave")
        assert seen is not None
        demand(NAME, seen.offer.taken_back_at is None, f"{where}: paid after the offer was taken back")
        seen.asked_minor += command.amount_minor
        most = seen.offer.amount_minor
        demand(NAME, seen.asked_minor <= most, f"{where}: {seen.asked_minor} asked for, {most} offered")

    def _rests_on_consent(self, command: CoreCommand) -> bool:
        refund_id = (command.to or "").rsplit("/", 1)[-1]
        refund = rows(self._exchange.disc, REFUNDS, Condition("refund_id", "=", refund_id))
        return bool(refund) and refund[0].lane == "consent"
