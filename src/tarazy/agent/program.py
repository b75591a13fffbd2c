"""An agent's own round: ask the core, read its feed, let holds go whose time has run out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from tarazy.agent import core_loop, ending
from tarazy.agent.core_port import CorePort
from tarazy.agent.entries import EntryFault
from tarazy.app.messages import INBOX
from tarazy.app.peer import Peer
from tarazy.app.store import Transaction
from tarazy.protocol.message import Result
from tarazy.values.ids import MessageId, ParticipantId
from tarazy.values.instant import Instant

FEED_PER_RUN_MAX = 5_000


class CoreRound(NamedTuple):
    """What one round with the core did: commands asked, rows of the feed taken, entries that could not be booked.

    ``replies`` are the replies to the orders that were open, as they stand now.
    """

    asked: int
    read: int
    faults: list[EntryFault]
    replies: Mapping[MessageId, tuple[str, ...]] = {}

    @property
    def is_full(self) -> bool:
        """Whether there may be more at once."""
        return self.asked >= core_loop.COMMANDS_PER_RUN_MAX or self.read >= FEED_PER_RUN_MAX


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent beside its core."""

    peer: Peer
    core: CorePort
    exchange: ParticipantId

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
        setting = self.peer.setting_at(now)
        faults = self.peer.store.run(lambda tx: core_loop.take_feed(tx, feed, self.exchange, setting))
        return len(feed.entries) + len(feed.opened), faults

    def core_round(self, now: Instant, open_orders: Collection[MessageId] = ()) -> CoreRound:
        """Ask the core, read what it has booked, and take both in one transaction. Raises `CoreAway`.

        ``open_orders`` are messages of the exchange that are being replied to just now: what is to be told about them
        goes into their replies and not into messages of its own. One round at a time.
        """
        commands, position = self.peer.store.run(core_loop.waiting_and_position)
        taken = self.core.ask(core_loop.as_asked(commands), now) if commands else []
        feed = self.core.feed(position, FEED_PER_RUN_MAX)
        if not commands and feed.position == position:
            return CoreRound(0, 0, [])
        setting = self.peer.setting_at(now)

        def work(tx: Transaction) -> CoreRound:
            names = [(self.exchange, order) for order in open_orders]
            tx.get_many(INBOX, names)
            core_loop.settle_commands(tx, commands, taken, self.exchange, setting, open_orders)
            faults = core_loop.take_feed(tx, feed, self.exchange, setting, open_orders)
            replies = {order.message_id: order.replies for order in tx.get_many(INBOX, names).values()}
            return CoreRound(len(commands), len(feed.entries) + len(feed.opened), faults, replies)

        return self.peer.store.run(work)

    def ask_before_replying(self, results: Sequence[Result], now: Instant) -> tuple[Sequence[Result], CoreRound]:
        """Ask the core now about what these results' messages have just decided, and reply with what came of it.

        The replies are kept already: if this ends halfway, they stand, and the rest is told by a message. Raises
        `CoreAway`.
        """
        done = self.core_round(now, {MessageId(result.message_id) for result in results if result.replies})
        replies = done.replies
        newer = [
            msgspec.structs.replace(one, replies=replies.get(MessageId(one.message_id), one.replies)) for one in results
        ]
        return newer, done

    def let_go(self, now: Instant) -> int:
        """End the holds whose time has run out; return how many."""
        setting = self.peer.setting_at(now)
        return self.peer.store.run(lambda tx: ending.expire_holds(tx, self.exchange, setting))
