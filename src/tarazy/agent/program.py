"""An agent's own round: ask the core, read its feed, let holds go whose time has run out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from msgspec.structs import replace

from tarazy.agent import core_loop, ending
from tarazy.agent.core_loop import AtOnce, BookFirst
from tarazy.agent.core_port import CorePort, Feed
from tarazy.agent.entries import EntryFault
from tarazy.agent.ledger import PlacedFollow
from tarazy.agent.records import CoreCommand
from tarazy.app.messages import Incoming
from tarazy.app.peer import Peer
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.protocol.message import Result
from tarazy.values.ids import MessageId, ParticipantId
from tarazy.values.instant import Instant

FEED_PER_RUN_MAX = 5_000
LARGE_FEED_MIN = 100
"""From so many entries on, the faster road is the faster one."""


class CoreRound(NamedTuple):
    """What one round with the core did: commands asked, rows of the feed taken, entries that could not be booked."""

    asked: int
    read: int
    faults: list[EntryFault]

    @property
    def is_full(self) -> bool:
        """Whether there may be more at once."""
        return self.asked >= core_loop.COMMANDS_PER_RUN_MAX or self.read >= FEED_PER_RUN_MAX


class Decided(NamedTuple):
    """What a batch of the exchange's messages has decided: core commands, where pieces lie, the messages."""

    commands: tuple[CoreCommand, ...]
    follows: tuple[PlacedFollow, ...]
    orders: tuple[Incoming, ...]


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent beside its core. ``book_first`` takes large feeds, where its store has a faster road for them."""

    peer: Peer
    core: CorePort
    exchange: ParticipantId
    book_first: BookFirst | None = None

    def ask_core(self, now: Instant) -> int:
        """Ask the core whatever waits to be asked; return how much there was. Raises `CoreAway`."""
        commands = self.peer.store.run(core_loop.commands_waiting)
        if not commands:
            return 0
        taken = self.core.ask(core_loop.as_asked(commands), now)
        setting = self.peer.setting_at(now)
        self.peer.store.run(lambda tx: core_loop.settle_commands(tx, commands, taken, self.exchange, setting))
        return len(commands)

    def read_feed(self, now: Instant) -> tuple[int, list[EntryFault]]:
        """Book what the core has booked since the last time; return how many rows of the feed that were."""
        position = self.peer.store.run(core_loop.feed_position)
        feed = self.core.feed(position, FEED_PER_RUN_MAX)
        if feed.position == position:
            return 0, []
        faults = self._take_feed(feed, self.peer.setting_at(now))
        return len(feed.entries) + len(feed.opened), faults

    def core_round(self, now: Instant) -> CoreRound:
        """Ask the core, read what it has booked, and take both, a small feed in one transaction. Raises `CoreAway`."""
        commands, position = self.peer.store.run(core_loop.waiting_and_position)
        taken = self.core.ask(core_loop.as_asked(commands), now) if commands else []
        feed = self.core.feed(position, FEED_PER_RUN_MAX)
        if not commands and feed.position == position:
            return CoreRound(0, 0, [])
        setting = self.peer.setting_at(now)

        def settle(tx: Transaction) -> None:
            core_loop.settle_commands(tx, commands, taken, self.exchange, setting)

        def work(tx: Transaction) -> list[EntryFault]:
            settle(tx)
            return core_loop.take_feed(tx, feed, self.exchange, setting)

        if self._is_large(feed):
            self.peer.store.run(settle)
            faults = self._take_feed(feed, setting)
        else:
            faults = self.peer.store.run(work)
        return CoreRound(len(commands), len(feed.entries) + len(feed.opened), faults)

    def receive(self, texts: Sequence[str], now: Instant) -> tuple[tuple[Result, ...], Decided]:
        """Let in a batch in one transaction; return its results and what was decided meanwhile."""
        results, notes = self.peer.receive_noting(texts, now)
        decided = Decided(
            commands=tuple(note for note in notes if isinstance(note, CoreCommand)),
            follows=tuple(note for note in notes if isinstance(note, PlacedFollow)),
            orders=tuple(note for note in notes if isinstance(note, Incoming)),
        )
        return results, decided

    def ask_before_replying(
        self, results: Sequence[Result], decided: Decided, now: Instant
    ) -> tuple[Sequence[Result], AtOnce]:
        """Ask the core now about what these results' messages have decided, and reply with what came of it.

        The earlier replies are kept already: if this ends halfway, they stand, and the rest is told by a message. Not
        while another round with the core is on. Raises `CoreAway`.
        """
        taken = self.core.ask(core_loop.as_asked(decided.commands), now)
        setting = self.peer.setting_at(now)

        def work(tx: Transaction) -> AtOnce:
            return core_loop.take_at_once(
                tx, decided.commands, taken, decided.follows, self.exchange, setting, decided.orders
            )

        done = self.peer.store.run(work)
        newer = [replace(one, replies=done.replies.get(MessageId(one.message_id), one.replies)) for one in results]
        return newer, done

    def _is_large(self, feed: Feed) -> bool:
        return self.book_first is not None and len(feed.entries) >= LARGE_FEED_MIN

    def _take_feed(self, feed: Feed, setting: Setting) -> list[EntryFault]:
        book_first = self.book_first if self._is_large(feed) else None
        return self.peer.store.run(lambda tx: core_loop.take_feed(tx, feed, self.exchange, setting, book_first))

    def let_go(self, now: Instant) -> int:
        """End the holds whose time has run out; return how many."""
        setting = self.peer.setting_at(now)
        return self.peer.store.run(lambda tx: ending.expire_holds(tx, self.exchange, setting))
