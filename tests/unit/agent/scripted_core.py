"""A core that does what the story says: it books entries as they are given, and reserves as much as it is told to."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from tarazy.agent.core_port import CoreAsk, CoreAway, CoreTaken, CoreVerb, Feed, OpenedAccount
from tarazy.domain.entry import AccountEntry, AccountKind, EntryKind
from tarazy.values.ids import AccountId, HoldId, ParticipantId, TransferRef
from tarazy.values.instant import Instant
from tests.story import Network, StoreFor
from tests.story_people import START, opened


class ScriptedCore:
    """Books of accounts, a feed of them, and what was asked. ``reserves_at_most`` limits each reserve.

    With ``holds_back`` the entry of a reserve waits until the story calls `catch_up`. With ``tells_at_once`` it is told
    in the answer as well as in the feed.
    """

    def __init__(self) -> None:
        self.asked: list[CoreAsk] = []
        self.reserves_at_most: int | None = None
        self.holds_back = False
        self.tells_at_once = False
        self.is_away = False
        self._rows: list[OpenedAccount | AccountEntry] = []
        self._numbers: Counter[str] = Counter()
        self._done: dict[str, int] = {}
        self._held_back: list[tuple[CoreAsk, int]] = []
        self._reserved: Counter[str] = Counter()

    def opens(
        self, name: str, opening: int = 0, *, kind: AccountKind = AccountKind.personal, currency: str = "KZT"
    ) -> None:
        """Open an account."""
        self._rows.append(opened(name, opening, kind, currency))

    def books(self, name: str, kind: EntryKind, amount: int, **more: Any) -> AccountEntry:
        """Book the next entry of an account."""
        entry = self.makes(name, kind, amount, **more)
        self._rows.append(entry)
        return entry

    def makes(self, name: str, kind: EntryKind, amount: int, **more: Any) -> AccountEntry:
        """Number the next entry of an account, and keep it out of the feed."""
        self._numbers[name] += 1
        ref, currency = more.pop("ref", None), more.pop("currency", "KZT")
        to = more.pop("counterparty", "bank-a" if kind in {EntryKind.credit, EntryKind.return_} else None)
        return AccountEntry(
            account_id=AccountId(name),
            entry_no=self._numbers[name],
            kind=kind,
            amount_minor=amount,
            currency=currency,
            booked_at=more.pop("booked_at", START),
            transfer_ref=None if ref is None else TransferRef(ref),
            counterparty=None if to is None else ParticipantId(to),
            **more,
        )

    def says(self, *entries: AccountEntry) -> None:
        """Put entries into the feed as they are."""
        self._rows.extend(entries)

    def drops(self, name: str, hold_id: HoldId, amount: int) -> None:
        """Let go of a reserve unasked."""
        self._reserved[hold_id] -= amount
        self.books(name, EntryKind.unreserve, amount, hold_id=hold_id)

    def catch_up(self) -> None:
        """Book the reserves that were held back."""
        waiting, self._held_back = self._held_back, []
        for command, amount in waiting:
            self._reserve(command, amount)

    def ask(self, commands: Sequence[CoreAsk], now: Instant) -> list[CoreTaken]:
        """Take commands, each once."""
        if self.is_away:
            raise CoreAway
        taken = []
        for command in commands:
            rows = len(self._rows)
            if command.command_id not in self._done:
                self.asked.append(command)
                self._done[command.command_id] = self._do(command)
            booked = self._rows[rows] if self.tells_at_once and len(self._rows) > rows else None
            amount = self._done[command.command_id]
            entry = booked if isinstance(booked, AccountEntry) else None
            taken.append(CoreTaken(command_id=command.command_id, amount_minor=amount, entry=entry))
        return taken

    def _do(self, command: CoreAsk) -> int:
        if command.verb is CoreVerb.reserve:
            limit = self.reserves_at_most
            amount = command.amount_minor if limit is None else min(limit, command.amount_minor)
            if self.holds_back:
                self._held_back.append((command, amount))
            else:
                self._reserve(command, amount)
            return amount
        amount = min(command.amount_minor, self._reserved[command.hold_id])
        if command.verb is CoreVerb.unreserve and amount:
            self.drops(command.account_id, command.hold_id, amount)
        return amount

    def _reserve(self, command: CoreAsk, amount: int) -> None:
        if amount:
            self._reserved[command.hold_id] += amount
            self.books(command.account_id, EntryKind.reserve, amount, hold_id=command.hold_id)

    def feed(self, after: int, limit: int) -> Feed:
        """Return what was booked after a position."""
        rows = self._rows[after : after + limit]
        return Feed(
            position=after + len(rows),
            opened=tuple(row for row in rows if isinstance(row, OpenedAccount)),
            entries=tuple(row for row in rows if isinstance(row, AccountEntry)),
        )


def scripted(store_for: StoreFor, *, mule: int = 0, **options: Any) -> tuple[Network, ScriptedCore]:
    """Return a network whose bank B has a scripted core; Aigul has paid 500,000 there, and nothing is booked yet."""
    core = ScriptedCore()
    network = Network(store_for, cores={"bank-b": core}, **options)
    network.open("bank-a", aigul=800_000)
    network.open("bank-c", dani=0)
    core.opens("mule", mule)
    network.accounts["mule"] = "bank-b"
    network.pay("t1", "aigul", "bank-b/mule", 500_000)
    network.settle()
    return network, core
