"""What is queued for a peer is carried to it: at once, in order, and again as long as it was not answered."""

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import count

import pytest

from tarazy.app.messages import INBOX
from tarazy.app.store import Store, StoreAway
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.edge import worker
from tarazy.protocol import jws
from tarazy.protocol.message import BATCH_BYTES_MAX, BATCH_MESSAGES_MAX, Batch, BatchResult
from tarazy.protocol.wire import from_json, to_json
from tests.story_people import participant
from tests.story_stores import store_for, story_databases
from tests.unit.edge.two_ends import SECONDS_MAX, BankEnd, Centre, join_all, served, together, told

__all__ = ["store_for", "story_databases"]

StoreFor = Callable[[str], Store]
FOUR = range(1, 5)


@pytest.fixture(autouse=True)
def no_polling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here may be owed to the lane's looking again by itself."""
    monkeypatch.setattr(worker, "POLL_SECONDS", 3600.0)


@pytest.fixture
def bank(store_for: StoreFor) -> BankEnd:
    return BankEnd(store_for("bank-a"), EXCHANGE_ID)


@pytest.fixture
def centre(store_for: StoreFor, bank: BankEnd) -> Iterator[Centre]:
    """The exchange with a lane that runs, and bank A at its end."""
    with served(bank.receive) as url:
        centre = Centre(store_for("exchange"), url)
        with centre.started():
            yield centre


@pytest.fixture
def centre_at_rest(store_for: StoreFor, bank: BankEnd) -> Iterator[Centre]:
    """The exchange whose lane has not begun."""
    with served(bank.receive) as url:
        centre = Centre(store_for("exchange"), url)
        yield centre
        centre.lane._post.close()


def test_what_is_handed_over_is_carried_once_in_order_and_without_reading(centre: Centre, bank: BankEnd) -> None:
    for number in FOUR:
        centre.door.receive([told(2 * number), told(2 * number + 1)])
    centre.wait_for_rest(*range(2, 10))
    bank.wait_for(*range(2, 10))
    assert [number for batch in bank.batches for number in batch] == list(range(2, 10))
    assert centre.store.outbox_reads == 1


def test_a_wake_up_whose_work_is_done_does_not_read(centre_at_rest: Centre, bank: BankEnd) -> None:
    """What is handed over during a round is carried in the next; the wake-up that it left behind finds nothing."""
    centre = centre_at_rest
    centre.lane._carry()
    centre.door.receive([told(1)])
    for _ in range(3):
        centre.lane._carry()
    centre.wait_for_rest(1)
    assert centre.store.outbox_reads == 1


def test_what_somebody_else_queues_is_read(centre: Centre, bank: BankEnd) -> None:
    centre.door.receive([told(1)])
    centre.wait_for_rest(1)
    join_all(together(lambda: centre.queue(2, 3)))
    centre.wait_for_rest(1, 2, 3)
    assert bank.batches == [[1], [2, 3]]
    assert centre.store.outbox_reads == 2


def test_what_is_queued_meanwhile_by_both_is_carried_once(centre: Centre, bank: BankEnd) -> None:
    is_busy, go_on = threading.Event(), threading.Event()

    def wait_once() -> None:
        bank.before = lambda: None
        is_busy.set()
        assert go_on.wait(SECONDS_MAX)

    bank.before = wait_once
    centre.door.receive([told(1)])
    assert is_busy.wait(SECONDS_MAX)
    centre.door.receive([told(2)])
    centre.queue(3)
    centre.door.receive([told(4)])
    go_on.set()
    centre.wait_for_rest(*FOUR)
    assert bank.batches == [[1], [2, 3, 4]]


@pytest.mark.parametrize("times", [1, 3])
def test_a_peer_that_cannot_take_it_now_is_told_later(centre: Centre, bank: BankEnd, times: int) -> None:
    refusals = count(1)

    def away_at_first() -> None:
        if next(refusals) <= times:
            raise StoreAway("planted: the peer says 503")

    bank.before = away_at_first
    for number in FOUR:
        centre.door.receive([told(number)])
    centre.wait_for_rest(*FOUR)
    bank.wait_for(*FOUR)
    assert centre.store.outbox_reads >= 1 + times


def test_a_peer_that_is_not_there_is_told_when_it_comes(store_for: StoreFor, bank: BankEnd) -> None:
    place = socket.socket()
    place.bind(("127.0.0.1", 0))
    centre = Centre(store_for("exchange"), f"http://127.0.0.1:{place.getsockname()[1]}")
    with centre.started():
        centre.door.receive([told(1)])
        centre.store.wait_until(lambda: centre.store.outbox_reads >= 2)
        centre.door.receive([told(2)])
        place.listen()
        with served(bank.receive, place):
            centre.wait_for_rest(1, 2)
    bank.wait_for(1, 2)


def test_a_peer_that_does_not_know_us_yet_is_told_when_it_does(store_for: StoreFor) -> None:
    bank = BankEnd(store_for("bank-a"))
    with served(bank.receive) as url:
        centre = Centre(store_for("exchange"), url)
        with centre.started():
            centre.door.receive([told(1)])
            centre.store.wait_until(lambda: centre.store.outbox_reads >= 3)
            assert (bank.heard, centre.settled, centre.waiting()) == ([], [], [1])
            bank.trust.replace([participant("bank-a", "L2"), participant(EXCHANGE_ID, "L2")], [])
            centre.wait_for_rest(1)
    bank.wait_for(1)


def test_an_answer_that_is_lost_costs_nothing_but_the_way(store_for: StoreFor, bank: BankEnd) -> None:
    lost = iter([True, True, True])

    class LosingAnswers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            texts = from_json(self.rfile.read(int(self.headers["Content-Length"])), Batch).messages
            body = to_json(BatchResult(results=tuple(bank.receive(texts))))
            self.close_connection = next(lost, False)
            if not self.close_connection:
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), LosingAnswers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        centre = Centre(store_for("exchange"), f"http://127.0.0.1:{server.server_port}")
        with centre.started():
            centre.door.receive([told(1)])
            centre.door.receive([told(2)])
            centre.wait_for_rest(1, 2)
        server.shutdown()
        thread.join()
    bank.wait_for(1, 2)
    assert len(bank.batches) >= 4
    assert len(bank.store.look(lambda tx: tx.find(INBOX))) == 2


def test_a_fault_when_the_answers_are_taken_loses_none(centre: Centre, bank: BankEnd) -> None:
    faults = iter([StoreAway("planted"), StoreAway("planted")])
    settle = centre.lane._settle

    def failing_at_first(*answered: object) -> None:
        for fault in faults:
            raise fault
        settle(*answered)  # type: ignore[arg-type]

    centre.lane._settle = failing_at_first
    centre.door.receive([told(1)])
    centre.wait_for_rest(1)
    bank.wait_for(1)
    assert bank.batches == [[1], [1], [1]]


def test_what_was_handed_over_is_read_if_the_outbox_could_not_be(centre_at_rest: Centre, bank: BankEnd) -> None:
    """The lane lets go of what it was handed when it reads; if the reading fails, it must read again."""
    centre = centre_at_rest
    centre.door.receive([told(1)])
    centre.store.is_away = True
    with pytest.raises(StoreAway):
        centre.lane._carry()
    centre.store.is_away = False
    centre.door.receive([told(2)])
    centre.lane._carry()
    centre.wait_for_rest(1, 2)
    assert bank.batches == [[1, 2]]


@pytest.mark.parametrize("size", ["many", "large"])
def test_what_one_batch_does_not_hold_goes_before_what_is_handed_over_later(
    centre_at_rest: Centre, bank: BankEnd, size: str
) -> None:
    centre = centre_at_rest
    large = "." * (jws.MESSAGE_BYTES_MAX // 2)
    many = BATCH_MESSAGES_MAX + 5 if size == "many" else BATCH_BYTES_MAX // len(large) - 5
    centre.queue(*range(1, many + 1), text="" if size == "many" else large)

    def hand_one_over() -> None:
        bank.before = lambda: None
        centre.door.receive([told(many + 1)])

    bank.before = hand_one_over
    with centre.started():
        centre.wait_for_rest(*range(1, many + 2))
    bank.wait_for(*range(1, many + 2))
    assert len(bank.batches) == 2


def test_more_than_a_batch_was_handed_over(centre_at_rest: Centre, bank: BankEnd) -> None:
    centre = centre_at_rest
    last = worker.HANDED_MAX + 2
    centre.lane._carry()
    for number in range(1, last):
        centre.door.receive([told(number)])
    centre.lane._carry()
    centre.wait_for_rest(*range(1, last))
    assert centre.store.outbox_reads == 2


def test_what_was_read_before_it_was_handed_over_is_carried_once(centre: Centre, bank: BankEnd) -> None:
    """Between the end of a transaction and the handing over somebody else's wake-up may let the lane read it."""

    here = threading.current_thread()

    def carried_already() -> None:
        if threading.current_thread() is not here:
            return
        centre.store.after_run = lambda: None
        centre.lane.wake()
        bank.wait_for(1)

    centre.store.after_run = carried_already
    centre.door.receive([told(1)])
    centre.door.receive([told(2)])
    centre.wait_for_rest(1, 2)
    assert bank.batches == [[1], [2]]
    assert centre.bugs == []


def test_a_wake_up_that_was_lost_costs_time_also_where_much_is_handed_over(
    monkeypatch: pytest.MonkeyPatch, centre_at_rest: Centre, bank: BankEnd
) -> None:
    centre = centre_at_rest
    centre.lane._carry()
    on_wake, centre.store.on_wake = centre.store.on_wake, lambda _: None
    centre.queue(1)
    centre.store.on_wake = on_wake
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.0)
    centre.door.receive([told(2)])
    centre.lane._carry()
    centre.wait_for_rest(1, 2)
