"""The log: every event gets a number and a receipt that verifies, whatever the size of the tree."""

from datetime import timedelta

import pytest

from tarazy.adapters.keys import Trust, derived_entropy, new_keyring
from tarazy.adapters.memory import MemoryStore
from tarazy.adapters.packs import load_pack
from tarazy.app.eventing import record
from tarazy.app.records import EVENTS
from tarazy.app.sequencing import EVENTS_PER_STEP_MAX, LOG_NODES, LogSigner, receipt_of, sequence_events
from tarazy.app.store import Transaction
from tarazy.bootstrap import EXCHANGE_ID, setting_for
from tarazy.log.note import NoteKey, SignatureType
from tarazy.log.receipt import Failure, Verified, verify_receipt
from tarazy.values.instant import Instant

BEGIN = Instant.parse("2026-11-22T10:00:00+05:00")
RING = new_keyring(EXCHANGE_ID, [], derived_entropy(b"log"))
SIGNER = LogSigner("tarazy.test", RING.signing.signer(), RING.signing.public)
KEY = NoteKey("tarazy.test", SignatureType.ed25519, RING.signing.public)
SETTING_AT = setting_for(RING, Trust([], []), load_pack("xx"), derived_entropy(b"salts"))


def given_events(store: MemoryStore, first: int, count: int) -> None:
    def work(tx: Transaction) -> None:
        for number in range(first, first + count):
            setting = SETTING_AT(BEGIN.plus(timedelta(seconds=number)))
            record(tx, setting, "hold_placed", EXCHANGE_ID, f"hold-{number}", case_id=None, amount_minor=number)

    store.run(work)


@pytest.mark.parametrize("batches", [[1], [2, 3], [255, 1, 1], [256, 256, 44], [300, 300, 300]])
def test_every_event_has_a_receipt_that_verifies(batches: list[int]) -> None:
    store, first = MemoryStore(), 0
    for count in batches:
        given_events(store, first, count)
        numbered: list[int] = []
        while count_left := count - sum(numbered):
            numbered.append(sequence_events(store, SIGNER))
            assert numbered[-1] == min(count_left, EVENTS_PER_STEP_MAX)
        first += count
    events = store.run(lambda tx: tx.find(EVENTS, order=("log_index",)))
    assert [event.log_index for event in events] == list(range(first))
    for event in [*events[:3], *events[:: max(1, first // 40)], *events[-3:]]:
        receipt = store.run(lambda tx, event=event: receipt_of(tx, event.event_id, SIGNER.origin, with_personal=True))
        assert receipt is not None
        assert isinstance(verify_receipt(receipt.text(), [KEY]), Verified)
    stored = store.run(lambda tx: tx.find(LOG_NODES))
    assert {node.level for node in stored} <= {8}
    assert len(stored) == first // 256


def test_an_event_that_was_changed_afterwards_has_no_receipt_that_verifies() -> None:
    store = MemoryStore()
    given_events(store, 0, 5)
    sequence_events(store, SIGNER)
    event = store.run(lambda tx: tx.find(EVENTS, order=("log_index",)))[2]
    receipt = store.run(lambda tx: receipt_of(tx, event.event_id, SIGNER.origin, with_personal=True))
    assert receipt is not None
    changed = receipt.text().replace("hold_placed", "hold_paused")
    failure = verify_receipt(changed, [KEY])
    assert isinstance(failure, Failure)


def test_sequencing_again_with_nothing_new_changes_nothing() -> None:
    store = MemoryStore()
    given_events(store, 0, 3)
    assert sequence_events(store, SIGNER) == 3
    assert sequence_events(store, SIGNER) == 0
