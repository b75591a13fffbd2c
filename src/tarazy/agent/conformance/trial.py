"""One trial of one promise: commands with ids of its own, what the feed says of them, and what was expected."""

from tarazy.agent.conformance.bench import CoreBench
from tarazy.agent.core_port import CoreAsk, CoreVerb, OpenedAccount
from tarazy.domain.closure import KeptFree
from tarazy.domain.entry import AccountEntry, EntryKind
from tarazy.values.ids import AccountId, HoldId, derived
from tarazy.values.instant import Instant

FEED_LIMIT = 500
READS_MAX = 10_000
LONG = 20
"""A reserve that is not to end during a trial is made for this many of the shortest spans."""


class Broken(Exception):
    """The core does not keep a promise; the text says what was expected and what was found."""


class Trial:
    """A trial on a bench. ``name`` makes the ids of its commands and holds, so that no two trials meet."""

    def __init__(self, bench: CoreBench, name: str) -> None:
        self.bench = bench
        self._name = name
        self._number = 0

    def hold(self) -> HoldId:
        """Return the id of a new hold."""
        return HoldId(derived("hd", self._name, self._next()))

    def after(self, spans: float) -> Instant:
        """Return the moment this many of the shortest spans from now."""
        return self.bench.now().plus(spans * self.bench.shortest)

    def command(
        self,
        verb: CoreVerb,
        hold_id: HoldId,
        account_id: AccountId,
        amount_minor: int,
        *,
        ends: Instant | None = None,
        command_id: str | None = None,
        closes: KeptFree | None = None,
    ) -> CoreAsk:
        """Return a command with an id of its own; its reserve outlives the trial unless it says when it ends."""
        return CoreAsk(
            command_id=command_id or derived("cc", self._name, self._next()),
            verb=verb,
            hold_id=hold_id,
            account_id=account_id,
            amount_minor=amount_minor,
            expires_at=ends or self.after(LONG),
            pay_to=self.bench.pay_to if verb is CoreVerb.pay else None,
            closes=closes,
        )

    def ask(self, *commands: CoreAsk) -> list[int]:
        """Ask the core and return how much of each command it has done."""
        taken = self.bench.port.ask(commands, self.bench.now())
        asked_ids, taken_ids = [one.command_id for one in commands], [one.command_id for one in taken]
        self.expect(taken_ids == asked_ids, "one answer for each command, in their order")
        self.bench.settled()
        return [one.amount_minor for one in taken]

    def do(
        self,
        verb: CoreVerb,
        hold_id: HoldId,
        account_id: AccountId,
        amount_minor: int,
        *,
        ends: Instant | None = None,
    ) -> int:
        """Ask one thing and return how much of it was done."""
        return self.ask(self.command(verb, hold_id, account_id, amount_minor, ends=ends))[0]

    def reserve(self, account_id: AccountId, amount_minor: int, *, ends: Instant | None = None) -> HoldId:
        """Reserve an amount that is there, for a new hold."""
        hold_id = self.hold()
        done = self.do(CoreVerb.reserve, hold_id, account_id, amount_minor, ends=ends)
        self.equal(done, amount_minor, "reserved of money that is there")
        return hold_id

    def let_end(self, moment: Instant) -> None:
        """Let the time of an end come and go, and the core drop what has ended."""
        self.bench.wait_until(moment.plus(self.bench.shortest))
        self.bench.settled()

    def spend(self, account_id: AccountId, amount_minor: int) -> bool:
        """Pay as the holder would."""
        is_made = self.bench.debit(account_id, amount_minor)
        self.bench.settled()
        return is_made

    def spendable(self, account_id: AccountId, amount_minor: int, why: str) -> None:
        """Expect that the holder can pay exactly this much and no more."""
        self.expect(not self.spend(account_id, amount_minor + 1), f"no payment of {amount_minor + 1}: {why}")
        self.expect(self.spend(account_id, amount_minor), f"a payment of {amount_minor}: {why}")

    def feed(self, limit: int = FEED_LIMIT) -> tuple[list[OpenedAccount], list[AccountEntry]]:
        """Read the trials' part of the feed."""
        opened: list[OpenedAccount] = []
        entries: list[AccountEntry] = []
        position = self.bench.feed_from
        for _ in range(READS_MAX):
            part = self.bench.port.feed(position, limit)
            self.expect(part.position >= position, "positions that never go back")
            self.expect(len(part.entries) <= limit, f"at most {limit} entries in one reading")
            if part.position == position:
                self.expect(not part.entries and not part.opened, "a new position with whatever is new")
                return opened, entries
            opened += part.opened
            entries += part.entries
            position = part.position
        raise Broken("expected a feed that comes to its end")

    def entries(self, account_id: AccountId, kind: EntryKind | None = None) -> list[AccountEntry]:
        """Return what the feed says of an account, in its order."""
        _, entries = self.feed()
        return [one for one in entries if one.account_id == account_id and kind in {None, one.kind}]

    def booked(self, account_id: AccountId, *expected: tuple[EntryKind, int]) -> None:
        """Expect these bookings on an account, in order, and no others."""
        found = [(str(one.kind), one.amount_minor) for one in self.entries(account_id)]
        wanted = [(str(kind), amount) for kind, amount in expected]
        self.expect(found == wanted, f"the bookings {wanted}, found {found}")

    def equal(self, found: int, expected: int, what: str) -> None:
        """Expect a number."""
        self.expect(found == expected, f"{expected} {what}, found {found}")

    def expect(self, is_so: bool, expected: str) -> None:  # noqa: FBT001 -- the one thing that it is about
        """Raise Broken where something is not so."""
        if not is_so:
            raise Broken(f"expected {expected}")

    def _next(self) -> int:
        self._number += 1
        return self._number
