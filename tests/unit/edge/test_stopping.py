"""A process ends in the time of its longest round: no loop is waited for before all have been told to end."""

import threading

from tarazy.edge.stopping import stop_together
from tarazy.edge.worker import Loop

NEVER_BY_ITSELF = 3600.0
SECONDS_MAX = 5


def test_every_loop_is_told_to_end_before_one_is_waited_for() -> None:
    seen: list[bool] = []
    started = threading.Event()
    last = Loop("last", lambda: False, NEVER_BY_ITSELF)

    def until_the_last_has_ended() -> bool:
        thread = next(one for one in threading.enumerate() if one.name == "last")
        started.set()
        thread.join(SECONDS_MAX)
        seen.append(not thread.is_alive())
        return False

    first = Loop("first", until_the_last_has_ended, NEVER_BY_ITSELF)
    last.start()
    first.start()
    assert started.wait(SECONDS_MAX)
    stop_together([first, last])
    assert seen == [True]


def test_without_loops_there_is_nothing_to_end() -> None:
    stop_together([])
