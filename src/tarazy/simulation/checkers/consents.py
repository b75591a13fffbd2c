"""Consent: a bank asks its core for no payment that rests on an offer taken back before, nor for more than is offered.

What rests on no consent rests on a decision of a court, whose signatures are read anew, and is within its sum.

The bank's rows are looked at after each of its transactions, so what came first is seen and not told.
"""

from collections import Counter
from dataclasses import dataclass

from tarazy.adapters.keys import Trust
from tarazy.agent.authority import DECIDED_PAYMENTS
from tarazy.agent.consent import RETURN_OFFERS, ReturnOffer
from tarazy.agent.records import CORE_COMMANDS, CoreCommand
from tarazy.app.records import REFUNDS
from tarazy.app.store import Condition
from tarazy.law.assessment import ActorRole
from tarazy.protocol.authorisation import signatures_on
from tarazy.protocol.statement import StatementFault
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.programs import Bank, Program
from tarazy.values.ids import AuthorisationId, HoldId

NAME = "consent"
DECIDES = {"court": ActorRole.court, "investigator": ActorRole.prosecutor}
"""Who decides upon a refund in each lane of the law pack with which everything here runs."""


@dataclass(slots=True)
class _Offered:
    """The newest offer of a hold as it was seen, and what was asked of the core on it."""

    offer: ReturnOffer
    asked_minor: int = 0


class ConsentsChecker:
    """Looks at the offers and payments of one bank."""

    def __init__(self, bank: Bank, exchange: Program, trust: Trust) -> None:
        self._bank, self._exchange, self._trust = bank, exchange, trust
        self._decided: Counter[AuthorisationId] = Counter()
        self._offers: dict[HoldId, _Offered] = {}
        self._serial = 0

    def check(self) -> None:
        """Check what the bank has asked its core to pay since the last time, then look at the offers."""
        disc = self._bank.program.disc
        new = Condition("serial", ">", self._serial)
        for command in rows(disc, CORE_COMMANDS, new, order=("serial",)):
            self._serial = command.serial
            if command.kind == "pay":
                (self._check_payment if self._rests_on_consent(command) else self._check_decided)(command)
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

    def _check_decided(self, command: CoreCommand) -> None:
        where = f"{command.amount_minor} of {command.hold_id} at {self._bank.name}"
        _, report_id, refund_id = (command.to or "").split("/")
        found = [
            one
            for one in rows(self._bank.program.disc, DECIDED_PAYMENTS, Condition("hold_id", "=", command.hold_id))
            if (one.refund_id, one.report_id) == (refund_id, report_id)
        ]
        demand(NAME, len(found) == 1, f"{where}: paid with a decision that nobody made")
        decision = found[0].decision
        try:
            signed = signatures_on(decision, self._trust.officer_key_of)
        except StatementFault as fault:
            demand(NAME, False, f"{where}: {fault}")
            return
        kinds = {self._trust.officer_capacity(one.participant_id, one.officer_id) for one in signed}
        decider = DECIDES[decision.lane]
        needed = ({ActorRole.investigator}, 2) if decision.on_paper else ({decider}, 1)
        officers = {one.officer_id for one in signed}
        demand(NAME, (kinds, len(officers)) == needed, f"{where}: signed by {kinds} {officers}")
        demand(NAME, command.hold_id in decision.hold_ids, f"{where}: not upon this hold")
        self._decided[decision.authorisation_id] += command.amount_minor
        asked, most = self._decided[decision.authorisation_id], decision.amount_minor
        demand(NAME, asked <= most, f"{where}: {asked} asked for upon {decision.authorisation_id}, {most} decided")

    def _rests_on_consent(self, command: CoreCommand) -> bool:
        refund_id = (command.to or "").rsplit("/", 1)[-1]
        refund = rows(self._exchange.disc, REFUNDS, Condition("refund_id", "=", refund_id))
        return bool(refund) and refund[0].lane == "consent"
