"""A batch as a bank's core posts it to the entries API, and as the agent reads it: signature, form, every entry."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Final, NamedTuple

from tarazy.adapters.keys import SigningKey, verifier
from tarazy.agent.batch_form import (
    SIGNATURE_LENGTH_MAX,
    FileSigned,
    SentBatch,
    core_key_id,
    read_csv_batch,
    read_json_batch,
    read_payload,
    signed_by_core,
)
from tarazy.agent.batches import take_batch
from tarazy.agent.core_loop import BookFirst
from tarazy.agent.feed.csv_entries import format_entries
from tarazy.app.setting import Setting
from tarazy.app.store import Store
from tarazy.domain.entry import AccountEntry
from tarazy.protocol import jws
from tarazy.protocol.message import digest_of
from tarazy.protocol.wire import to_json
from tarazy.values.ids import ParticipantId
from tarazy.values.instant import Instant

JSON_ENTRIES_MAX: Final = 600
"""What one signed JSON batch has room for, with identifiers of usual length."""
CORE_KEY: Final = SigningKey(b"core of the benchmark's bank....")
OF_CORE: Final = verifier(CORE_KEY.public)


class Posted(NamedTuple):
    """What a core sends: a body, and for a file the signature beside it."""

    body: bytes
    beside: str | None

    @classmethod
    def of(cls, batch_id: str, bank: ParticipantId, entries: Sequence[AccountEntry]) -> "Posted":
        """Write and sign a batch as JSON, or as CSV where it is too large for that."""
        if len(entries) <= JSON_ENTRIES_MAX:
            told = [{name: value for name, value in asdict(entry).items() if value is not None} for entry in entries]
            return cls(_signed(bank, {"batch_id": batch_id, "entries": told}).encode(), None)
        body = format_entries(entries).encode()
        return cls(body, _signed(bank, {"batch_id": batch_id, "sha256": digest_of(body)}))

    def read(self, bank: ParticipantId, now: Instant) -> SentBatch:
        """Check the signature and read the batch, as the entries API does."""
        if self.beside is None:
            text = self.body.decode()
            return read_json_batch(text, _checked(bank, text, jws.MESSAGE_BYTES_MAX), now)
        signed = read_payload(_checked(bank, self.beside, SIGNATURE_LENGTH_MAX), FileSigned)
        assert signed.sha256 == digest_of(self.body)
        return read_csv_batch(self.body, signed, self.beside, now)


def take_posted(
    store: Store, posted: Posted, exchange: ParticipantId, setting: Setting, book_first: BookFirst | None
) -> None:
    """Do what the entries API does with a body, a day after ``setting``: no entry is booked in the future."""
    sent = posted.read(setting.me, setting.now.plus(timedelta(days=1)))
    store.run(lambda tx: take_batch(tx, sent, exchange, setting, book_first))


def _signed(bank: ParticipantId, told: object) -> str:
    return jws.sign(to_json(told), core_key_id(bank), CORE_KEY.signer())


def _checked(bank: ParticipantId, text: str, length_max: int) -> bytes:
    payload = signed_by_core(text, bank, OF_CORE, length_max)
    assert isinstance(payload, bytes)
    return payload
