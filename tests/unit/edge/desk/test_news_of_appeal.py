"""Whoever was deceived hears that the receiver of their money appeals: once, with sums, and no word of who it is."""

import pytest

from tarazy.agent.report_news import REPORT_NEWS
from tarazy.domain.case import NewsState
from tests.story import StoreFor
from tests.unit.edge.desk.bank_story import BankStory
from tests.unit.edge.desk.test_appeals import WRONG as OTHER
from tests.unit.edge.desk.test_appeals import place
from tests.unit.edge.desk.test_news import read_notice, spread, told


@pytest.fixture
def story(store_for: StoreFor) -> BankStory:
    return BankStory(store_for).opened().fraud().reported()


def appeal(story: BankStory, account: str) -> None:
    holder = story.browser("bank-c").sign_in(account)
    holder.get(place(story, account))
    holder.post(place(story, account), grounds=["good_faith"], words=f"Mine. {OTHER}")
    story.network.settle()


def test_the_victim_hears_of_an_appeal_with_sums_and_no_names(story: BankStory) -> None:
    spread(story)
    before = len(told(story))
    appeal(story, "olga")
    spread(story)
    notices = told(story)
    assert len(notices) == before + 1
    page = read_notice(story, notices[-1])
    assert "шағым" in page.text
    assert not any(word in page.text for word in ("Olga", "Ертіс", OTHER))
    [news] = story.network.rows("bank-a", REPORT_NEWS)
    assert (news.state, news.is_due) == (NewsState.appeal, False)


def test_each_appeal_is_told_once_and_the_end_still_is(story: BankStory) -> None:
    spread(story)
    before = len(told(story))
    appeal(story, "olga")
    appeal(story, "olga")
    spread(story)
    spread(story)
    assert len(told(story)) == before + 1
    story.network.wait(hours=25)
    spread(story)
    [news] = story.network.rows("bank-a", REPORT_NEWS)
    assert news.state is NewsState.over


def test_a_bank_that_was_told_of_no_hold_is_told_of_no_appeal(story: BankStory) -> None:
    appeal(story, "olga")
    assert story.network.rows("bank-a", REPORT_NEWS) == []
    spread(story)
    [news] = story.network.rows("bank-a", REPORT_NEWS)
    assert news.state is NewsState.held
