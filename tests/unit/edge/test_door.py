"""Whoever comes at once is let in at once: fewer transactions than threads, and for each the same as one by one."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

import pytest

from tarazy.adapters.memory import MemoryStore
from tarazy.app.messages import INBOX, Outgoing
from tarazy.app.store import Condition, Store, StoreAway
from tarazy.edge.door import TOGETHER_MAX
from tarazy.protocol.message import Result
from tests.story_people import START
from tests.story_stores import store_for, story_databases
from tests.unit.edge.two_ends import BANK, LANE, SECONDS_MAX, Centre, join_all, number_of, together, told

__all__ = ["store_for", "story_databases"]

StoreFor = Callable[[str], Store]
FIRST = 9_999


@pytest.fixture
def centre(store_for: StoreFor) -> Centre:
    return Centre(store_for("exchange"))


class Announced(deque[object]):
    """A queue that says when somebody has come."""

    def __init__(self) -> None:
        super().__init__()
        self.somebody = threading.Semaphore(0)

    def append(self, one: object) -> None:
        super().append(one)
        self.somebody.release()


class Crowd:
    """Threads that come one after another while a first one is inside, and what became of each."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self.results: dict[int, Sequence[Result]] = {}
        self.faults: dict[int, BaseException] = {}
        self._threads: list[threading.Thread] = []
        self._is_inside, self._go_on = threading.Event(), threading.Event()
        self._queue = Announced()
        centre.door._queue = self._queue  # type: ignore[assignment]
        centre.before = self._hold_up
        self.bring([FIRST])
        assert self._is_inside.wait(SECONDS_MAX)
        centre.before = lambda _: None

    def bring(self, *batches: Sequence[int]) -> None:
        """Let a thread come for each batch."""
        for batch in batches:
            self.come(batch[0], partial(self.centre.door.receive, [told(number) for number in batch]))

    def come(self, number: int, work: Callable[[], Sequence[Result] | None]) -> None:
        """Let a thread come, and return when it stands at the door."""

        def kept() -> None:
            try:
                self.results[number] = work() or ()
            except BaseException as fault:  # noqa: BLE001 -- it is looked at later
                self.faults[number] = fault

        self._threads += together(kept)
        assert self._queue.somebody.acquire(timeout=SECONDS_MAX)

    def let_in(self) -> None:
        """Let the first go on, and wait for all."""
        self._go_on.set()
        join_all(self._threads)

    def _hold_up(self, _: list[int]) -> None:
        self._is_inside.set()
        assert self._go_on.wait(SECONDS_MAX)


def one_by_one(batches: Sequence[Sequence[int]]) -> dict[int, Sequence[Result]]:
    centre = Centre(MemoryStore())
    return {batch[0]: centre.door.receive([told(number) for number in batch]) for batch in batches}


def test_those_who_come_at_once_share_a_transaction(centre: Centre) -> None:
    batches = [[10 * number + place for place in range(number)] for number in range(1, 9)]
    crowd = Crowd(centre)
    crowd.bring(*batches)
    crowd.let_in()
    assert centre.store.runs == 2
    assert centre.taken == [[FIRST], [number for batch in batches for number in batch]]
    assert crowd.faults == {}
    assert crowd.results == one_by_one([[FIRST], *batches])
    assert all(len(crowd.results[batch[0]]) == len(batch) for batch in batches)
    assert centre.waiting() == [FIRST, *(number for batch in batches for number in batch)]


def test_more_than_fit_are_let_in_by_turns_and_nobody_is_forgotten(centre: Centre) -> None:
    many = 2 * TOGETHER_MAX + 5
    crowd = Crowd(centre)
    crowd.bring(*([number] for number in range(many)))
    crowd.let_in()
    assert [len(numbers) for numbers in centre.taken] == [1, TOGETHER_MAX, TOGETHER_MAX, 5]
    assert centre.store.runs == 4
    assert [number for numbers in centre.taken for number in numbers] == [FIRST, *range(many)]
    assert crowd.results == one_by_one([[FIRST], *([number] for number in range(many))])


def test_batches_that_are_empty_or_repeat_each_other_get_their_own_results(centre: Centre) -> None:
    crowd = Crowd(centre)
    crowd.come(0, lambda: centre.door.receive([]))
    crowd.bring([1, 2])
    crowd.come(3, lambda: centre.door.receive([told(2), told(2), told(3)]))
    crowd.let_in()
    assert crowd.results[0] == ()
    assert [number_of_reply(one) for one in crowd.results[1]] == [1, 2]
    assert [number_of_reply(one) for one in crowd.results[3]] == [2, 2, 3]
    assert centre.taken == [[FIRST], [1, 2, 3]]


def number_of_reply(result: Result) -> int:
    return number_of(result.replies[0])


def test_a_fault_reaches_everyone_whom_it_concerns_and_nobody_else(centre: Centre) -> None:
    crowd = Crowd(centre)
    crowd.bring(*([number] for number in range(TOGETHER_MAX + 2)))

    def away_for_one_turn(numbers: list[int]) -> None:
        if 0 in numbers:
            raise StoreAway("planted")

    centre.before = away_for_one_turn
    crowd.let_in()
    assert {number: type(fault) for number, fault in crowd.faults.items()} == dict.fromkeys(
        range(TOGETHER_MAX), StoreAway
    )
    assert sorted(crowd.results) == [TOGETHER_MAX, TOGETHER_MAX + 1, FIRST]
    assert centre.bugs == []
    assert centre.waiting() == [FIRST, TOGETHER_MAX, TOGETHER_MAX + 1]
    centre.before = lambda _: None
    assert {0: centre.door.receive([told(0)])} == one_by_one([[0]])


def test_a_store_that_is_away_is_told_to_all_and_asked_again_by_the_next(centre: Centre) -> None:
    crowd = Crowd(centre)
    crowd.bring([1], [2], [3])
    centre.store.is_away = True
    crowd.let_in()
    assert [type(crowd.faults[number]) for number in (1, 2, 3)] == [StoreAway] * 3
    centre.store.is_away = False
    assert centre.door.receive([told(1)])[0].status == "accepted"


class Ending(BaseException):
    """What ends a thread, as an interpreter does that is told to end."""


def test_what_ends_the_thread_whose_turn_it_is_leaves_no_other_waiting(centre: Centre) -> None:
    crowd = Crowd(centre)
    crowd.bring([1], [2], [3])

    def end(_: list[int]) -> None:
        raise Ending

    centre.before = end
    crowd.let_in()
    assert sorted(crowd.faults) == [1, 2, 3]
    centre.before = lambda _: None
    assert centre.door.receive([told(1)])[0].status == "accepted"


def sent_to_the_bank(centre: Centre) -> list[Outgoing]:
    return centre.peer.waiting_for(BANK)


def test_answers_come_in_together_with_batches_and_their_replies_are_let_in(centre: Centre) -> None:
    centre.queue(1, 2)
    answered = sent_to_the_bank(centre)
    results = [Result(message_id=one.message_id, status="accepted", replies=()) for one in answered]
    results[1] = Result(message_id=answered[1].message_id, status="accepted", replies=(told(50),))
    crowd = Crowd(centre)
    crowd.bring([3])
    crowd.come(4, lambda: centre.door.settle(answered, results))
    crowd.bring([5])
    runs = centre.store.runs
    crowd.let_in()
    assert centre.store.runs == runs + 1
    assert centre.taken == [[FIRST], [3, 5, 50]]
    assert crowd.faults == {}
    assert centre.waiting() == [FIRST, 3, 5, 50]


def test_a_message_that_meets_a_bug_holds_up_nobody_at_the_door(centre: Centre) -> None:
    woken: list[str] = []
    centre.lane.wake = lambda: woken.append(LANE)  # type: ignore[method-assign]
    crowd = Crowd(centre)
    crowd.bring([1, 2], [3], [4, 5, 6])

    def fail_on(numbers: list[int]) -> None:
        if 2 in numbers or 6 in numbers:
            raise ValueError

    centre.before = fail_on
    crowd.let_in()
    told_back = {number: [one.status for one in results] for number, results in crowd.results.items()}
    assert told_back == {
        FIRST: ["accepted"],
        1: ["accepted", "refused"],
        3: ["accepted"],
        4: ["accepted", "accepted", "refused"],
    }
    assert [results[-1].refusal for number, results in crowd.results.items() if number in {1, 4}] == ["fault_here"] * 2
    assert [type(bug) for bug in centre.bugs] == [ValueError] * 3
    assert centre.waiting() == [FIRST, 1, 3, 4, 5]
    assert woken == [LANE], "what was not handed over is to be read"


def test_replies_beside_one_that_meets_a_bug_are_let_in(centre: Centre) -> None:
    def fail_on_50(numbers: list[int]) -> None:
        if 50 in numbers:
            raise ValueError

    centre.before = fail_on_50
    centre.queue(1, 2)
    sent = sent_to_the_bank(centre)
    replies = [(told(50), told(51)), (told(52),)]
    results = [
        Result(message_id=one.message_id, status="accepted", replies=said)
        for one, said in zip(sent, replies, strict=True)
    ]
    centre.door.settle(sent, results)
    assert centre.waiting() == [51, 52]
    assert [type(bug) for bug in centre.bugs] == [ValueError] * 2


def test_a_store_that_goes_away_halfway_through_a_bug_leaves_nothing_unread(centre: Centre) -> None:
    woken: list[str] = []
    centre.lane.wake = lambda: woken.append(LANE)  # type: ignore[method-assign]

    def fail_together_and_go_away(numbers: list[int]) -> None:
        if len(numbers) > 1:
            raise ValueError
        centre.store.is_away = numbers == [1]

    centre.before = fail_together_and_go_away
    with pytest.raises(StoreAway):
        centre.door.receive([told(1), told(2)])
    assert woken == [LANE]
    centre.store.is_away = False
    centre.before = lambda _: None
    assert [one.status for one in centre.door.receive([told(1), told(2)])] == ["replayed", "accepted"]
    assert centre.waiting() == [1, 2]


def test_a_door_keeps_only_its_own_lanes_and_only_while_it_lets_in(centre: Centre) -> None:
    kept: list[tuple[bool, bool]] = []

    def look(_: list[int]) -> None:
        elsewhere: list[bool] = []
        join_all(together(lambda: elsewhere.append(centre.door.keeps(LANE))))
        kept.append((centre.door.keeps("lane:bank-x"), elsewhere[0]))

    centre.before = look
    centre.door.receive([told(1)])
    assert kept == [(False, False)]
    assert not centre.door.keeps(LANE)


def test_many_threads_with_nobody_holding_them_up(centre: Centre) -> None:
    """No order is planned here: whatever happens, each gets its own and everything is let in once."""
    batches = [[10 * number + place for place in range(3)] for number in range(1, 40)]
    results: dict[int, Sequence[Result]] = {}
    begin = threading.Barrier(len(batches))

    def bring(batch: Sequence[int]) -> None:
        begin.wait(SECONDS_MAX)
        results[batch[0]] = centre.door.receive([told(number) for number in batch])

    join_all(together(*(partial(bring, batch) for batch in batches)))
    assert results == one_by_one(batches)
    assert centre.store.runs <= len(batches)
    rows = centre.store.look(lambda tx: tx.find(INBOX, Condition("received_at", "=", START)))
    assert sorted(number_of(row.text) for row in rows) == [number for batch in batches for number in batch]
