"""Whoever was deceived is warned 48 hours before the last hold of their money ends: once for each end, and no names."""

from datetime import timedelta
from typing import Final

import pytest

from tarazy.agent.report_news import REPORT_NEWS, ReportNotice
from tarazy.app.measure_records import DEADLINES, Deadline, MeasureDecision, Motion, Schedule
from tarazy.app.records import CASE_HOLDS
from tarazy.app.warning_victims import REPORTERS_TOLD, WARN_BEFORE, ReporterTold, armed, end_of, take_victims_warned
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.deadline import DeadlineStatus, Duty
from tarazy.domain.motion import LineDecision
from tarazy.domain.rejection import Rejection
from tarazy.protocol.bodies import VictimWarned
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace
from tests.measuring import ask, begin, case_of, court, decide, grants, registered
from tests.story import StoreFor
from tests.unit.edge.desk.bank_story import BankStory
from tests.unit.edge.desk.test_news import filed, read_notice, spread, told

HOLDS: Final = 4
ENDS_SOON: Final = "жақында бітеді"
OTHERS: Final = ("Timur", "Тимур", "Данияр", "Olga", "Ертіс", "Балқаш", "bank-b", "bank-c")


@pytest.fixture
def story(store_for: StoreFor) -> BankStory:
    story = BankStory(store_for).opened().fraud().reported()
    spread(story)
    registered(story.network, case_of(story.network))
    court(story.network)
    return story


def warnings(story: BankStory) -> list[ReportNotice]:
    return [one for one in told(story) if ENDS_SOON in one.subject]


def deadlines(story: BankStory) -> list[Deadline]:
    rows: list[Deadline] = story.network.rows(EXCHANGE_ID, DEADLINES, order=("starts_at",))
    return [one for one in rows if one.duty == Duty.warn_victim]


def armed_for(story: BankStory) -> ReporterTold:
    (row,) = story.network.rows(EXCHANGE_ID, REPORTERS_TOLD)
    found: ReporterTold = row
    return found


def last_end(story: BankStory) -> Instant:
    return max(end_of(hold) for hold in story.network.rows(EXCHANGE_ID, CASE_HOLDS) if hold.held_minor)


def attached(story: BankStory, days: float = 60) -> Instant:
    """Let an investigator hold the money, ask for attachment, and a judge grant it; return its end."""
    net = story.network
    assert isinstance(begin(net, case_of(net)), Schedule)
    net.settle()
    motion = ask(net, case_of(net), days=days)
    assert isinstance(motion, Motion)
    net.settle()
    decided = decide(net, motion, grants(net, motion, [LineDecision.granted] * HOLDS))
    assert isinstance(decided, MeasureDecision)
    net.settle()
    spread(story)
    return last_end(story)


def test_of_a_pause_that_ends_within_a_day_the_first_news_says_it_and_no_second_comes(story: BankStory) -> None:
    assert len(told(story)) == 1
    assert "Тағы не істеуге болады" in " ".join(told(story)[0].paragraphs)
    assert (armed_for(story).warn_at, armed_for(story).warned_of) == (None, last_end(story))
    story.network.wait(hours=20)
    spread(story)
    assert warnings(story) == []


def test_an_end_that_is_nearer_than_two_days_is_warned_of_at_once(story: BankStory) -> None:
    net = story.network
    assert isinstance(begin(net, case_of(net)), Schedule)
    net.settle()
    spread(story)
    net.settle()
    spread(story)
    (warning,) = warnings(story)
    end = last_end(story)
    assert end == net.now.plus(timedelta(hours=48))
    text = " ".join((warning.subject, *warning.paragraphs, warning.short_text))
    assert "тергеушінің шарасы бойынша" in text
    assert not any(name in text for name in OTHERS)
    page = read_notice(story, warning)
    assert (page.status, any(name in page.text for name in OTHERS)) == (200, False)


def test_it_is_told_two_days_before_and_once(story: BankStory) -> None:
    end = attached(story)
    before = len(warnings(story))
    net = story.network
    net.wait(seconds=(end.plus(-WARN_BEFORE).since(net.now) - timedelta(hours=1, minutes=1)).total_seconds())
    spread(story)
    assert len(warnings(story)) == before
    net.wait(minutes=1)
    spread(story)
    assert len(warnings(story)) == before + 1
    warning = warnings(story)[-1]
    assert warning.served_at <= end.plus(-WARN_BEFORE)
    assert "тыйым салынған" in " ".join(warning.paragraphs)
    net.wait(hours=10)
    spread(story)
    assert len(warnings(story)) == before + 1


def test_a_moved_end_is_warned_of_anew(story: BankStory) -> None:
    net = story.network
    assert isinstance(begin(net, case_of(net)), Schedule)
    net.settle()
    spread(story)
    assert len(warnings(story)) == 1
    motion = ask(net, case_of(net))
    assert isinstance(motion, Motion)
    net.settle()
    spread(story)
    assert len(warnings(story)) == 2
    decided = decide(net, motion, grants(net, motion, [LineDecision.granted] * HOLDS))
    assert isinstance(decided, MeasureDecision)
    net.settle()
    spread(story)
    assert len(warnings(story)) == 2
    row = armed_for(story)
    assert (row.ends_at, row.warn_at) == (last_end(story), last_end(story).plus(-WARN_BEFORE - timedelta(hours=1)))


def test_an_end_that_has_moved_by_the_time_is_counted_again(story: BankStory) -> None:
    end = attached(story)
    before, net = len(warnings(story)), story.network
    stale = replace(armed_for(story), warn_at=net.now, ends_at=net.now)
    net.at(EXCHANGE_ID, lambda tx, _: tx.put(REPORTERS_TOLD, stale))
    net.settle()
    spread(story)
    assert len(warnings(story)) == before
    assert armed_for(story).ends_at == end


def test_the_banks_deadline_is_met_by_telling_and_missed_by_silence(story: BankStory) -> None:
    net = story.network
    end = attached(story)
    net.banks["bank-a"].is_away = True
    net.wait(seconds=(end.plus(-WARN_BEFORE).since(net.now) - timedelta(hours=1)).total_seconds())
    due = deadlines(story)[-1]
    assert (due.status, due.due_at) == (DeadlineStatus.open, end.plus(-WARN_BEFORE))
    assert (due.owner_participant_id, due.subject_id) == ("bank-a", filed(story))
    net.wait(hours=1)
    assert deadlines(story)[-1].status is DeadlineStatus.missed
    net.banks["bank-a"].is_away = False
    net.settle()
    spread(story)
    assert deadlines(story)[-1].status is DeadlineStatus.met
    assert len([one for one in net.rows("bank-a", REPORT_NEWS) if one.is_due]) == 0


def test_only_the_bank_that_reported_says_that_it_has_warned(story: BankStory) -> None:
    net = story.network
    assert isinstance(begin(net, case_of(net)), Schedule)
    net.settle()
    net.banks["bank-a"].is_away = True
    spread(story)
    net.settle()
    body = VictimWarned(report_id=filed(story), update_no=2, served_at=net.now)

    def say(bank: str) -> Rejection | None:
        said = net.setting(bank).envelope(EXCHANGE_ID, body, "said")
        (handled,) = net.at(EXCHANGE_ID, lambda tx, now: take_victims_warned(tx, [said], now))
        return handled.rejection

    assert say("bank-b") is Rejection.report_not_of_sender
    assert deadlines(story)[-1].status is DeadlineStatus.open
    assert say("bank-a") is None
    assert deadlines(story)[-1].status is DeadlineStatus.met


def test_who_was_told_of_no_hold_is_not_armed(story: BankStory) -> None:
    holds, now = story.network.rows(EXCHANGE_ID, CASE_HOLDS), story.network.now
    row = replace(armed_for(story), is_held=False, warned_of=None)
    assert (armed(row, holds, now).warn_at, armed(row, holds, now).ends_at) == (None, None)
