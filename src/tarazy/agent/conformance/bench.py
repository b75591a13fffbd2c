"""What a bank lends to the trials: its port, and a hand on the test system behind it."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Protocol, TypeVar

from tarazy.agent.core_port import CorePort
from tarazy.values.ids import AccountId
from tarazy.values.instant import Instant

Done = TypeVar("Done")
SECONDS_AT_ONCE_MAX = 60.0


class CoreBench(Protocol):
    """A core under trial, in a test system: the trials open accounts, move money and let time pass."""

    @property
    def port(self) -> CorePort:
        """The port under trial, just as the agent would use it."""
        ...

    @property
    def feed_from(self) -> int:
        """The position of the feed after which the trials' own bookings will come; 0 for an empty system."""
        ...

    @property
    def shortest(self) -> timedelta:
        """How soon the core drops a reserve after its end, at the latest. Trials reserve for some times this span."""
        ...

    @property
    def pay_to(self) -> str:
        """Where `pay` may send money in the test system: ``participant/report/currency``."""
        ...

    def now(self) -> Instant:
        """The time that the core goes by."""
        ...

    def wait_until(self, moment: Instant) -> None:
        """Return when the core's time has come to ``moment``. Meanwhile nothing is asked of the port."""
        ...

    def settled(self) -> None:
        """Return when the feed shows everything that was done."""
        ...

    def open_account(self, own_minor: int, limit_minor: int) -> AccountId:
        """Open a new account with this much of the holder's own money and this credit limit."""
        ...

    def credit(self, account_id: AccountId, amount_minor: int) -> None:
        """Book money that arrives."""
        ...

    def debit(self, account_id: AccountId, amount_minor: int) -> bool:
        """Make a payment as the holder would; return False where the core declines it."""
        ...

    def balance(self, account_id: AccountId) -> int:
        """Return the ledger balance, reserved money included."""
        ...

    def at_once(self, works: Sequence[Callable[[], Done]]) -> list[Done]:
        """Do things at the same moment, as `in_threads` does, and return what each returned."""
        ...


def in_threads(works: Sequence[Callable[[], Done]]) -> list[Done]:
    """Do each thing in a thread of its own."""
    with ThreadPoolExecutor(max_workers=len(works)) as pool:
        futures = [pool.submit(work) for work in works]
        return [future.result(timeout=SECONDS_AT_ONCE_MAX) for future in futures]
