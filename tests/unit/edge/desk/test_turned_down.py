"""A confirmation that the exchange did not take is shown where it was given, with what to do."""

from datetime import timedelta

import pytest

from tests.story import StoreFor
from tests.unit.edge.desk.bank_story import OWN_REASONS, BankStory, Browser

NOT_TAKEN = "The exchange did not take Ержан Қасымов's confirmation: it does not count."
WHY = "The officer's signature does not stand."
TO_DO = "unless it is confirmed again. Put right what is said here, or ask a colleague"


@pytest.fixture
def story(store_for: StoreFor) -> BankStory:
    story = BankStory(store_for).opened().fraud().reported()
    joined, officers = story.network.joined
    story.network.trust.replace(joined, [one for one in officers if one.participant_id != "bank-c"])
    return story


@pytest.fixture
def desk(story: BankStory) -> Browser:
    """The desk of bank C after an officer has confirmed a hold and the exchange has said no."""
    desk = story.browser("bank-c").sit_down()
    desk.post(f"{place(story)}/confirm", reasons=OWN_REASONS)
    story.network.settle()
    return desk


def place(story: BankStory) -> str:
    return f"/desk/holds/{story.hold_of('bank-c', 'olga').hold_id}"


def test_the_hold_awaits_confirmation_again_and_says_why(story: BankStory, desk: Browser) -> None:
    assert desk.get("/desk/inbox").says("3 holds await confirmation.")
    page = desk.get(place(story))
    assert page.says(NOT_TAKEN, WHY, TO_DO, "Sign and confirm")


@pytest.mark.parametrize(
    ("language", "said"), [("kk", "ұстау"), ("ru", "Центр обмена не принял подтверждение (Ержан Қасымов)")]
)
def test_it_is_said_in_each_language(story: BankStory, desk: Browser, language: str, said: str) -> None:
    page = story.browser("bank-c", language).sit_down().get(place(story))
    assert page.says(said)
    assert "desk.confirm" not in page.text


def test_once_it_is_confirmed_well_only_the_history_tells_of_it(story: BankStory, desk: Browser) -> None:
    story.network.trust.replace(*story.network.joined)
    story.network.wait(minutes=1)
    desk.post(f"{place(story)}/confirm", reasons=OWN_REASONS)
    story.network.settle()
    page = desk.get(place(story))
    assert page.says(NOT_TAKEN, "Confirmed by Ержан Қасымов:")
    assert WHY not in page.text


def test_after_the_end_nobody_is_told_to_confirm(story: BankStory, desk: Browser) -> None:
    story.network.wait(hours=3)
    page = desk.get(place(story))
    assert page.says(NOT_TAKEN, WHY, "Nobody confirmed in time; the money was released.")
    assert TO_DO not in page.text


def test_the_holder_is_told_of_the_release(story: BankStory, desk: Browser) -> None:
    story.serve_notices()
    story.network.now = story.hold_of("bank-c", "olga").expires_at.plus(timedelta(seconds=1))
    story.network.settle()
    story.serve_notices()
    hold_id = story.hold_of("bank-c", "olga").hold_id
    assert desk.get(f"/desk/holds/{hold_id}").says("The holder was told of the release.")
