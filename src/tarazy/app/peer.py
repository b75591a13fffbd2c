"""One end of the conversation: what a program does with what arrives and with what it has to say.

The same object serves the HTTP server, the worker and the simulation; only what carries the texts between two peers
differs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tarazy.app import messages
from tarazy.app.messages import Handler, Outgoing, ReadsFor, WhenRefused
from tarazy.app.setting import Setting
from tarazy.app.store import Store
from tarazy.protocol.message import Result
from tarazy.values.ids import ParticipantId
from tarazy.values.instant import Instant

SettingAt = Callable[[Instant], Setting]


@dataclass(frozen=True, slots=True)
class Peer:
    """A program's end: its store, what takes each kind of message and reads first for it, its circumstances."""

    store: Store
    handlers: dict[str, Handler]
    setting_at: SettingAt
    reads: Mapping[str, ReadsFor] = field(default_factory=dict)
    refused: Mapping[str, WhenRefused] = field(default_factory=dict)

    def receive(self, texts: Sequence[str], now: Instant) -> tuple[Result, ...]:
        """Let in a batch in one transaction."""
        setting = self.setting_at(now)
        return self.store.run(lambda tx: messages.receive(tx, texts, self.handlers, setting, self.reads))

    def waiting_for(self, recipient: ParticipantId) -> list[Outgoing]:
        """Return what is to be sent to a peer now."""
        return self.store.run(lambda tx: messages.next_batch(tx, recipient))

    def settle(self, sent: Sequence[Outgoing], results: Sequence[Result], now: Instant) -> None:
        """Take a peer's results for what was sent, in one transaction."""
        setting = self.setting_at(now)
        self.store.run(lambda tx: messages.settle(tx, sent, results, self.handlers, setting, self.reads, self.refused))
