"""The desk says how a holder is told, until a day; a child's own app never shows what its representative was given."""

from datetime import timedelta

import pytest

from tarazy.agent.holder_flags import HOLDER_FLAGS, HolderFlags
from tarazy.agent.records import HOLDER, REPRESENTATIVE, SERVED_NOTICES, ServedNotice
from tarazy.app.messages import OUTBOX
from tarazy.app.records import EVENTS
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.notice import code_shown
from tarazy.values.replacing import replace
from tests.story import StoreFor
from tests.story_people import OFFICER
from tests.unit.edge.desk.bank_story import BankStory, Browser

PAGE = "/desk/holders/olga"
UNTIL = "2027-11-22"


@pytest.fixture
def story(store_for: StoreFor) -> BankStory:
    """Return a story in which the bank knows of holds, and has told nobody yet."""
    story = BankStory(store_for).opened().fraud()
    story.network.report("t1")
    return story


@pytest.fixture
def desk(story: BankStory) -> Browser:
    return story.browser("bank-c").sit_down()


def flags(story: BankStory) -> list[HolderFlags]:
    return story.network.rows("bank-c", HOLDER_FLAGS)


def told(story: BankStory, recipient: str) -> list[ServedNotice]:
    mine = Condition("account_id", "=", "olga")
    return [one for one in story.network.rows("bank-c", SERVED_NOTICES, mine) if one.recipient == recipient]


def as_child(desk: Browser, **fields: str) -> None:
    sent = {"under_16": "yes", "representative": "Ayan (invented)", "channel": "post", "until": UNTIL, **fields}
    desk.get(PAGE)
    page = desk.post(PAGE, **sent)
    assert page.says("Saved. The next notice is written so."), page.text


def test_an_officer_sets_how_a_holder_is_told_and_the_bank_keeps_who_and_when(story: BankStory, desk: Browser) -> None:
    events = len(story.network.rows(EXCHANGE_ID, EVENTS))
    sent = len(story.network.rows("bank-c", OUTBOX))
    as_child(desk, safety="yes", tipping_off="yes", large_print="yes")
    [kept] = flags(story)
    assert (kept.under_16, kept.safety, kept.tipping_off, kept.large_print) == (True, True, True, True)
    assert (kept.set_by, kept.set_at, kept.representative_channel) == (OFFICER, story.network.now, "post")
    assert kept.until is not None
    assert kept.until.text() == "2027-11-22T19:00:00.000000Z"
    assert desk.get(PAGE).says("Set by Ержан Қасымов")
    assert (len(story.network.rows(EXCHANGE_ID, EVENTS)), len(story.network.rows("bank-c", OUTBOX))) == (events, sent)


def test_the_representatives_copy_stands_nowhere_in_the_childs_app(story: BankStory, desk: Browser) -> None:
    as_child(desk)
    story.serve_notices()
    [plain], [whole] = told(story, HOLDER), told(story, REPRESENTATIVE)
    assert whole.channel == "post"
    child = story.browser("bank-c").sign_in("olga")
    for path in ("/app/home", "/app/notices", f"/app/appeals/{plain.hold_id}"):
        page = child.get(path).text
        assert plain.notice_id in page
        assert whole.notice_id not in page
        assert code_shown(whole.code) not in page
    assert child.get(f"/app/notices/{plain.notice_id}").status == 200
    for path in (f"/app/notices/{whole.notice_id}", f"/app/notices/{whole.notice_id}.pdf"):
        assert child.get(path).status == 404


def test_when_the_day_is_over_the_flags_count_no_more(story: BankStory, desk: Browser) -> None:
    as_child(desk, until=(story.network.now.utc + timedelta(days=1)).date().isoformat())
    [kept] = flags(story)
    story.network.at("bank-c", lambda tx, now: tx.put(HOLDER_FLAGS, replace(kept, until=now.now)))
    story.serve_notices()
    assert len(told(story, HOLDER)) == 1
    assert told(story, REPRESENTATIVE) == []
    assert desk.get(PAGE).says("It counts no more since")


@pytest.mark.parametrize("until", ["", "soon", "2026-11-20", "2037-11-22", "9999-12-31"])
def test_flags_have_an_end_that_is_not_too_far(story: BankStory, desk: Browser, until: str) -> None:
    desk.get(PAGE)
    page = desk.post(PAGE, safety="yes", representative="Ayan (invented)", until=until)
    assert page.says("Name the day until which it counts")
    assert 'value="Ayan (invented)"' in page.text
    assert flags(story) == []


def test_a_link_is_no_name_and_an_unknown_account_has_no_page(story: BankStory, desk: Browser) -> None:
    desk.get(PAGE)
    assert desk.post(PAGE, representative="www.bank.example", until=UNTIL).says("Write the name without links.")
    assert desk.get("/desk/holders/nobody").status == 404
    assert desk.post("/desk/holders/nobody", until=UNTIL).status == 404
    assert flags(story) == []


def test_the_holds_page_leads_there_and_a_holder_does_not_see_it(story: BankStory, desk: Browser) -> None:
    hold = story.hold_of("bank-c", "olga")
    assert f'href="{PAGE}"' in desk.get(f"/desk/holds/{hold.hold_id}").text
    assert not story.browser("bank-c").sign_in("olga").get(PAGE).says("How this holder is told")
