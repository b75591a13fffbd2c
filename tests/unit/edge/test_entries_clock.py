"""Entries whose time lies ahead of the agent's clock: one of two clocks is wrong, and the answer says what to do."""

from datetime import timedelta

import pytest

from tarazy.agent.batch_form import BOOKED_AHEAD_MAX
from tarazy.agent.records import CREDITS
from tarazy.app import filing
from tarazy.app.store import Store
from tests.story_people import START
from tests.story_stores import story_databases
from tests.unit.edge.bank_core import BankCore, check_problem, credit, opened, rows
from tests.unit.edge.test_entries_api import core, count, road, store

__all__ = ["core", "road", "store", "story_databases"]


@pytest.mark.parametrize("form", ["send", "csv"])
def test_a_clock_of_the_agent_that_is_ten_minutes_slow_stops_no_feed(core: BankCore, store: Store, form: str) -> None:
    core.send("b-0001", [opened()], [])
    live = [credit(1, booked_at=START.plus(timedelta(minutes=10)))]
    answer = core.csv("b-0002", live) if form == "csv" else core.send("b-0002", [], live)
    assert answer.json()["taken"] == 1
    assert count(store, CREDITS) == 1


@pytest.mark.parametrize("form", ["send", "csv"])
def test_a_booking_too_far_in_the_future_says_what_the_agents_clock_shows(
    core: BankCore, store: Store, form: str
) -> None:
    core.send("b-0001", [opened()], [])
    before = rows(store)
    last = BOOKED_AHEAD_MAX + timedelta(microseconds=1)
    early = [credit(1, booked_at=START.plus(last))]
    answer = core.csv("b-0002", early) if form == "csv" else core.send("b-0002", [], early)
    problem = check_problem(answer, 422, "batch_not_readable")
    assert (problem["place"], problem["field"]) == ("line 2" if form == "csv" else "entries[0]", "booked_at")
    assert f"at most 15 minutes after this agent's clock, which says {START.text()}" in problem["detail"]
    assert "set the wrong clock right" in problem["detail"]
    assert rows(store) == before
    assert core.send("b-0003", [], [credit(1, booked_at=START.plus(BOOKED_AHEAD_MAX))]).json()["taken"] == 1


def test_a_booking_may_be_as_far_ahead_as_the_report_of_it() -> None:
    assert BOOKED_AHEAD_MAX == filing.CLOCK_TOLERANCE
