"""One end of the conversation: what a program does with what arrives and with what it has to say.

The same object serves the HTTP server, the worker and the simulation; only what carries the texts between two peers
differs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tarazy.app import messages
from tarazy.app.messages import Answered, Checked, Handler, Outgoing, ReadsFor, WhenRefused
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
        taken, notes = self.take([self.checked(texts, now)], [], now)
        return taken[0], notes

    def checked(self, texts: Sequence[str], now: Instant) -> list[Checked]:
        """Check messages before a transaction begins, for `take`."""
        return messages.check_all(texts, self.setting_at(now))

    def answered(self, sent: Sequence[Outgoing], results: Sequence[Result], now: Instant) -> Answered:
        """Check the replies in a peer's results before a transaction begins, for `take`."""
        return Answered(sent, results, self.checked([reply for one in results for reply in one.replies], now))

    def take(
        self, batches: Sequence[Sequence[Checked]], answered: Sequence[Answered], now: Instant
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
        for one in answered:
            self._end_alone(one, setting)
            self._alone(one.replies, setting)
        return [self._alone(batch, setting) for batch in batches], ()

    def _take(
        self, tx: Transaction, batches: Sequence[Sequence[Checked]], answered: Sequence[Answered], setting: Setting
    ) -> tuple[Taken, Sequence[object]]:
        self._end(tx, answered, setting)
        arrived = [*(one for batch in batches for one in batch), *(one for each in answered for one in each.replies)]
        results = iter(self._let_in(tx, arrived, setting) if arrived else ())
        return [tuple(next(results) for _ in batch) for batch in batches], tx.notes

    def _let_in(self, tx: Transaction, arrived: Sequence[Checked], setting: Setting) -> tuple[Result, ...]:
        """Let messages in. What one that came before sets off, taken for new, is no bug: look for it, and again."""
        try:
            return messages.receive(tx, arrived, self.handlers, setting, self.reads)
        except (Conflict, StoreAway):
            raise
        except Exception as fault:
            if tx.is_first_try:
                raise Conflict("what was taken for new may have come before") from fault
            raise

    def _end(self, tx: Transaction, answered: Sequence[Answered], setting: Setting) -> None:
        for one in answered:
            messages.end_answered(tx, one, setting, self.refused)

    def _end_alone(self, answered: Answered, setting: Setting) -> None:
        for outgoing, result in zip(answered.sent, answered.results, strict=True):
            self._end_one(Answered([outgoing], [result], ()), setting)

    def _end_one(self, one: Answered, setting: Setting) -> None:
        """End a message of ours. If what follows from that fails, only this is left out: the lane must go on."""
        try:
            self.store.run(lambda tx: messages.end_answered(tx, one, setting, self.refused))
        except (Conflict, StoreAway):
            raise
        except Exception as bug:  # noqa: BLE001 -- it is shown; otherwise the lane would carry this message for ever
            self.on_bug(bug)
            self.store.run(lambda tx: messages.end_answered(tx, one, setting))

    def _alone(self, batch: Sequence[Checked], setting: Setting) -> tuple[Result, ...]:
        return tuple(self._one(message, setting) for message in batch)

    def _one(self, message: Checked, setting: Setting) -> Result:
        try:
            return self.store.run(lambda tx: self._let_in(tx, [message], setting))[0]
        except (Conflict, StoreAway):
            raise
        except Exception as bug:  # noqa: BLE001 -- this message alone is refused
            self.on_bug(bug)
            return self.store.run(lambda tx: messages.refuse_for_a_fault_here(tx, message, setting))

    def waiting_for(self, recipient: ParticipantId) -> list[Outgoing]:
        """Return what is to be sent to a peer now."""
        return self.store.run(lambda tx: messages.next_batch(tx, recipient))

    def settle(self, sent: Sequence[Outgoing], results: Sequence[Result], now: Instant) -> None:
        """Take a peer's results for what was sent, in one transaction."""
        self.take([], [self.answered(sent, results, now)], now)
