"""Where payments wait at a simulated core: away like the core itself, before it has done what was asked, or after."""

from collections.abc import Callable

from tarazy.agent.core_entered import EnteredPayments, Send
from tarazy.agent.core_port import CoreAway, PauseTaken
from tarazy.app.store import Store
from tarazy.simulation.faults import Dice, Fault
from tarazy.values.ids import TransferRef
from tarazy.values.instant import Instant


class SimulatedGate(EnteredPayments):
    """The reference core's gate, which is sometimes away. What it executes by itself it executes all the same."""

    def __init__(self, store: Store, send: Send, dice: Dice, away: int) -> None:
        super().__init__(store, send)
        self._dice, self._away = dice, away

    def pause(self, payment_ref: TransferRef, until: Instant, now: Instant) -> PauseTaken:
        """Let a payment wait, or be away."""
        return self._unless_away(lambda: super(SimulatedGate, self).pause(payment_ref, until, now))

    def execute(self, payment_ref: TransferRef, now: Instant) -> PauseTaken:
        """Execute a payment, or be away."""
        return self._unless_away(lambda: super(SimulatedGate, self).execute(payment_ref, now))

    def reject(self, payment_ref: TransferRef, reason: str, now: Instant) -> PauseTaken:
        """Refuse a payment for good, or be away."""
        return self._unless_away(lambda: super(SimulatedGate, self).reject(payment_ref, reason, now))

    def _unless_away(self, work: Callable[[], PauseTaken]) -> PauseTaken:
        fault = self._dice.fault(self._away)
        if fault is Fault.failed:
            raise CoreAway("away")
        taken = work()
        if fault is Fault.took_effect:
            raise CoreAway("the answer was lost")
        return taken
