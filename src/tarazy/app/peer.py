"""One end of the conversation: what a program does with what arrives and with what it has to say.

The same object serves the HTTP server, the worker and the simulation; only what carries the texts between two peers
differs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tarazy.app import messages
from tarazy.app.messages import Answered, Handler, Outgoing, ReadsFor, WhenRefused
from tarazy.app.setting import Setting
from tarazy.app.store import Conflict, Store, StoreAway, Transaction
from tarazy.protocol.message import Result
from tarazy.values.ids import ParticipantId
from tarazy.values.instant import Instant

SettingAt = Callable[[Instant], Setting]
Taken = list[tuple[Result, ...]]


def _raise(bug: Exception) -> None:
    raise bug


@dataclass(frozen=True, slots=True)
class Peer:
    """A program's end: its store, what takes each kind of message and reads first for it, its circumstances.

    ``on_bug`` is told when our own program fails on messages. Unless it raises, the others are let in all the same.
    """

    store: Store
    handlers: dict[str, Handler]
    setting_at: SettingAt
    reads: Mapping[str, ReadsFor] = field(default_factory=dict)
    refused: Mapping[str, WhenRefused] = field(default_factory=dict)
    on_bug: Callable[[Exception], None] = _raise

    def receive(self, texts: Sequence[str], now: Instant) -> tuple[Result, ...]:
        """Let in a batch in one transaction."""
        return self.receive_noting(texts, now)[0]

    def receive_noting(self, texts: Sequence[str], now: Instant) -> tuple[tuple[Result, ...], Sequence[object]]:
        """Let in a batch in one transaction; return also what its handlers have noted (see `Transaction.note`)."""
        taken, notes = self.take([texts], [], now)
        return taken[0], notes

    def take(
        self, batches: Sequence[Sequence[str]], answered: Sequence[Answered], now: Instant
    ) -> tuple[Taken, Sequence[object]]:
        """Let in batches and peers' answers to ours, all in one transaction.

        Returns the results of each batch, and what was noted in the transaction.

        If our own program fails on that, and ``on_bug`` does not raise, each message is let in alone, and only that on
        which it fails is refused.
        """
        setting = self.setting_at(now)
        try:
            return self.store.run(lambda tx: self._take(tx, batches, answered, setting))
        except (Conflict, StoreAway):
            raise
        except Exception as bug:  # noqa: BLE001 -- whatever a message sets off here may not keep the others out
            self.on_bug(bug)
        replies = self.store.run(lambda tx: self._replies(tx, answered, setting))
        self._alone(replies, setting)
        return [self._alone(texts, setting) for texts in batches], ()

    def _take(
        self, tx: Transaction, batches: Sequence[Sequence[str]], answered: Sequence[Answered], setting: Setting
    ) -> tuple[Taken, Sequence[object]]:
        texts = [*(text for batch in batches for text in batch), *self._replies(tx, answered, setting)]
        results = iter(messages.receive(tx, texts, self.handlers, setting, self.reads) if texts else ())
        return [tuple(next(results) for _ in batch) for batch in batches], tx.notes

    def _replies(self, tx: Transaction, answered: Sequence[Answered], setting: Setting) -> list[str]:
        return [text for one in answered for text in messages.end_answered(tx, one, setting, self.refused)]

    def _alone(self, texts: Sequence[str], setting: Setting) -> tuple[Result, ...]:
        return tuple(self._one(text, setting) for text in texts)

    def _one(self, text: str, setting: Setting) -> Result:
        try:
            return self.store.run(lambda tx: messages.receive(tx, [text], self.handlers, setting, self.reads))[0]
        except (Conflict, StoreAway):
            raise
        except Exception as bug:  # noqa: BLE001 -- this message alone is refused
            self.on_bug(bug)
            return self.store.run(lambda tx: messages.refuse_for_a_fault_here(tx, text, setting))

    def waiting_for(self, recipient: ParticipantId) -> list[Outgoing]:
        """Return what is to be sent to a peer now."""
        return self.store.run(lambda tx: messages.next_batch(tx, recipient))

    def settle(self, sent: Sequence[Outgoing], results: Sequence[Result], now: Instant) -> None:
        """Take a peer's results for what was sent, in one transaction."""
        self.take([], [Answered(sent, results)], now)
