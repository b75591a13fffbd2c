"""Appealing at the bank: in the app, by a notice's code alone, and the next forum. The people are invented."""

import time
from datetime import timedelta

import pytest

from tarazy.agent.appeals import LOCAL_APPEALS, DecideLocalAppeal, LocalAppeal, decide_local_appeal
from tarazy.agent.records import SERVED_NOTICES
from tarazy.agent.replies import ReplyChoice
from tarazy.app.appeal_records import APPEALS, Appeal
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.appeal import AppealGround, AppealOutcome, AppealRoad, AppealStatus
from tarazy.domain.notice import code_shown
from tarazy.domain.rejection import Rejection
from tarazy.edge.bank_app.code_routes import EVEN_SECONDS, MISS_COST, OF_ONE
from tests.story import StoreFor
from tests.story_people import COLLEAGUE
from tests.unit.edge.desk.bank_story import OWN_REASONS, BankStory, Browser

LANGUAGES = ("kk", "ru", "en")
WRONG = "ABCDE12345"


@pytest.fixture
def story(store_for: StoreFor) -> BankStory:
    return BankStory(store_for).opened().fraud().reported()


@pytest.fixture
def olga(story: BankStory) -> Browser:
    return story.browser("bank-c").sign_in("olga")


def place(story: BankStory, account: str = "olga") -> str:
    return f"/app/appeals/{story.hold_of('bank-c', account).hold_id}"


def code_of(story: BankStory, account: str = "olga") -> str:
    told = story.network.rows("bank-c", SERVED_NOTICES, Condition("account_id", "=", account))
    return str(told[0].code)


def local(story: BankStory) -> list[LocalAppeal]:
    return story.network.rows("bank-c", LOCAL_APPEALS, order=("filed_at",))


def known(story: BankStory) -> list[Appeal]:
    return story.network.rows(EXCHANGE_ID, APPEALS, order=("filed_at",))


def forum_no(appeal: Appeal) -> int:
    return appeal.forum_no


def decide(story: BankStory, outcome: AppealOutcome, keep: int = 0) -> None:
    command = DecideLocalAppeal(
        appeal_id=local(story)[0].appeal_id, outcome=outcome, keep_minor=keep, reasons=OWN_REASONS
    )
    at_desk = story.network.officer("bank-c", COLLEAGUE)
    done = story.network.at("bank-c", lambda tx, now: decide_local_appeal(tx, command, at_desk, EXCHANGE_ID, now))
    assert not isinstance(done, Rejection), done
    story.network.settle()


def by_code(browser: Browser, code: str, **fields: str | list[str]) -> tuple[int, str]:
    browser.get("/appeal")
    page = browser.post("/appeal?lang=en", code=code, to="send", **fields)
    return page.status, page.text


def test_the_notice_leads_to_the_appeal_beside_the_three_ways(story: BankStory, olga: Browser) -> None:
    notice = story.network.rows("bank-c", SERVED_NOTICES, Condition("account_id", "=", "olga"))[0]
    page = olga.get(f"/app/notices/{notice.notice_id}")
    assert all(f'value="{choice}"' in page.text for choice in ReplyChoice)
    assert page.says("You disagree?")
    assert f'href="{place(story)}"' in page.text


def test_who_decides_and_by_when_stand_there_before_anything_is_sent(story: BankStory, olga: Browser) -> None:
    page = olga.get(place(story))
    assert page.says("Who decides the bank's own review", "There is none", "the money is let go")
    assert "checked" not in page.text
    assert all(f'value="{ground}"' in page.text for ground in AppealGround)
    assert page.says("Nothing becomes worse because you appeal")


def test_the_due_time_that_was_shown_is_the_one_that_the_exchange_keeps(story: BankStory, olga: Browser) -> None:
    shown = olga.get(place(story))
    olga.post(place(story), grounds=["good_faith"], words="It was for my lessons.")
    story.network.settle()
    [appeal] = known(story)
    assert appeal.due_at is not None
    assert appeal.due_at == appeal.filed_at.plus(timedelta(hours=24))
    page = olga.get(place(story))
    assert page.says("Now with: the bank's own review", "The answer is due by")
    assert shown.says("by Nov") or shown.says("by 2")


def test_what_was_said_arrives_and_is_shown_again(story: BankStory, olga: Browser) -> None:
    page = olga.post(place(story), grounds=["good_faith", "sum_wrong", "no_such_ground"], words="For <b>lessons</b>.")
    assert page.says("Sent. The time counts from the moment at which you sent it.", "For <b>lessons</b>.")
    [appeal] = local(story)
    assert (appeal.grounds, appeal.words) == (("good_faith", "sum_wrong"), "For <b>lessons</b>.")
    assert (appeal.road, appeal.is_identified) == (AppealRoad.app, True)
    assert "<form" not in page.text.split("<main")[1].split("</main")[0]


def test_nobody_has_to_tick_anything(story: BankStory, olga: Browser) -> None:
    olga.post(place(story))
    assert [one.grounds for one in local(story)] == [("other",)]


@pytest.mark.parametrize(
    ("outcome", "keep", "said"),
    [
        (AppealOutcome.measure_stands, 0, "Decided: the measure stands."),
        (AppealOutcome.measure_narrowed, 5_000_000, "KZT 50,000.00 stays held, the rest is let go."),
        (AppealOutcome.measure_overturned, 0, "Decided: the measure is overturned. The money is let go."),
        (AppealOutcome.measure_unlawful, 0, "unlawful from the beginning"),
    ],
)
def test_the_answer_and_its_reasons_are_shown(
    story: BankStory, olga: Browser, outcome: AppealOutcome, keep: int, said: str
) -> None:
    olga.post(place(story), grounds=["good_faith"])
    story.network.settle()
    decide(story, outcome, keep)
    page = olga.get(place(story))
    assert page.says(said, OWN_REASONS)
    goes_on = outcome in {AppealOutcome.measure_stands, AppealOutcome.measure_narrowed}
    assert page.says("Go on to: the financial regulator") == goes_on


def test_one_button_takes_it_to_the_next_forum_with_the_same_words(story: BankStory, olga: Browser) -> None:
    olga.post(place(story), grounds=["good_faith"], words="For lessons.")
    story.network.settle()
    decide(story, AppealOutcome.measure_stands)
    first = local(story)[0]
    for _ in range(2):
        page = olga.post(f"{place(story)}/next", appeal_id=first.appeal_id)
    story.network.settle()
    page = olga.get(place(story))
    assert page.says("Now with: the financial regulator", "The law names no time for the answer.")
    assert not page.says("Go on to")
    assert [(one.forum_no, one.before_appeal_id) for one in sorted(known(story), key=forum_no)] == [
        (0, None),
        (1, first.appeal_id),
    ]
    assert {one.words for one in local(story)} == {"For lessons."}


def test_silence_lets_go_and_the_person_reads_it(story: BankStory, olga: Browser) -> None:
    hold = story.hold_of("bank-c", "olga")
    assert story.network.confirm("bank-c", hold.hold_id) is None
    olga.post(place(story), grounds=["good_faith"])
    story.network.settle()
    story.network.wait(hours=25)
    assert olga.get(place(story)).says("Nobody answered in time, so the money was let go.")


def test_the_appeal_of_another_is_not_there(story: BankStory) -> None:
    timur = story.browser("bank-c").sign_in("daniyar")
    assert timur.get(place(story)).status == 404
    assert timur.post(place(story), grounds=["good_faith"]).status == 404
    assert local(story) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_alone_keeps_the_time(story: BankStory, language: str) -> None:
    browser = story.browser("bank-c", language)
    asked = browser.get("/appeal")
    assert (asked.status, asked.headers["content-language"]) == (200, language)
    shown = code_shown(code_of(story)).lower()
    assert browser.post("/appeal", code=shown, to="grounds").status == 200
    page = browser.post("/appeal", code=shown, to="send", grounds=["money_is_mine"], words="Mine.")
    assert page.status == 200
    [appeal] = local(story)
    assert (appeal.road, appeal.is_identified, appeal.words) == (AppealRoad.code, False, "Mine.")
    story.network.settle()
    assert [one.status for one in known(story)] == [AppealStatus.preliminary]


def test_a_wrong_code_gets_the_same_page_in_the_same_time(story: BankStory) -> None:
    browser, taken, pages = story.browser("bank-c"), [], []
    for code in (code_of(story), WRONG):
        began = time.monotonic()
        status, text = by_code(browser, code, grounds=["other"], words="x")
        taken.append(time.monotonic() - began)
        pages.append((status, text.replace(code_shown(code), "CODE")))
    assert pages[0] == pages[1]
    assert min(taken) >= EVEN_SECONDS
    assert len(local(story)) == 1


def test_a_code_that_is_none_is_said_to_be_none_and_costs_nothing(story: BankStory) -> None:
    browser = story.browser("bank-c")
    browser.get("/appeal")
    for _ in range(OF_ONE.capacity):
        page = browser.post("/appeal?lang=en", code="12345", to="send")
        assert page.status == 422
    assert page.says("This is no code")


def test_whoever_tries_codes_is_stopped_and_right_codes_cost_less(story: BankStory) -> None:
    browser = story.browser("bank-c")
    tries = OF_ONE.capacity // MISS_COST
    assert [by_code(browser, f"{WRONG[:-1]}{number}")[0] for number in range(tries + 1)] == [200] * tries + [429]
    other = story.browser("bank-c")
    assert [by_code(other, code_of(story))[0] for _ in range(tries + 2)] == [200] * (tries + 2)


def test_the_code_opens_nothing_but_that_appeal(story: BankStory) -> None:
    browser = story.browser("bank-c")
    _, text = by_code(browser, code_of(story), grounds=["other"])
    assert not any(word in text for word in ("Olga", "olga", "KZT", story.hold_of("bank-c", "olga").hold_id))
    assert browser.get(place(story)).path.startswith(("/app/sign-in", "/sign-in"))


def test_the_full_appeal_keeps_the_time_of_the_code(story: BankStory) -> None:
    by_code(story.browser("bank-c"), code_of(story), grounds=["money_is_mine"])
    story.network.settle()
    began = local(story)[0].filed_at
    story.network.wait(minutes=30)
    olga = story.browser("bank-c").sign_in("olga")
    assert olga.get(place(story)).says("Complete your appeal", "by the code of the notice")
    due = known(story)[0].due_at
    page = olga.post(place(story), grounds=["money_is_mine"], words="My pay.")
    assert page.says("Completed. It stays one appeal", "My pay.", "Completed", "in the app")
    story.network.settle()
    [full] = known(story)
    assert (full.is_identified, full.filed_at, full.due_at) == (True, began, due)
    assert "<form" not in olga.get(place(story)).text.split("<main")[1].split("</main")[0]


def test_what_was_completed_on_another_device_is_not_completed_again(story: BankStory, olga: Browser) -> None:
    by_code(story.browser("bank-c"), code_of(story), grounds=["money_is_mine"])
    story.network.settle()
    begun = local(story)[0].appeal_id
    olga.post(place(story), appeal_id=begun, words="My pay.")
    page = olga.post(f"{place(story)}?lang=en", appeal_id=begun, words="Something else.")
    assert (page.status, page.says("It was completed already.")) == (409, True)
    assert [one.words for one in local(story)] == ["My pay."]


def test_what_was_answered_while_it_was_written_is_said(story: BankStory, olga: Browser) -> None:
    by_code(story.browser("bank-c"), code_of(story), grounds=["money_is_mine"])
    story.network.settle()
    begun = local(story)[0].appeal_id
    decide(story, AppealOutcome.measure_stands)
    page = olga.post(f"{place(story)}?lang=en", appeal_id=begun, words="My pay.")
    assert (page.status, page.says("It was answered meanwhile.")) == (409, True)
    assert local(story)[0].words == ""


def test_the_appeal_of_another_hold_is_not_completed_from_here(story: BankStory, olga: Browser) -> None:
    page = olga.post(f"{place(story)}?lang=en", appeal_id="ap_of_somebody", words="My pay.")
    assert (page.status, page.says("No such appeal is known here.")) == (409, True)
    assert local(story) == []


def test_an_answered_appeal_is_not_begun_again_and_the_page_says_where_to_go(story: BankStory, olga: Browser) -> None:
    olga.post(place(story), grounds=["good_faith"])
    story.network.settle()
    decide(story, AppealOutcome.measure_stands)
    shown = olga.get(place(story))
    assert shown.says("Where to go on", "The next forum is: the financial regulator.", "Last day to appeal")
    page = olga.post(f"{place(story)}?lang=en", words="Once more.")
    assert (page.status, page.says("The next forum is: the financial regulator.", "Last day to appeal")) == (409, True)
    assert len(local(story)) == 1


def test_a_pause_that_was_prolonged_since_is_appealed_anew(story: BankStory, olga: Browser) -> None:
    olga.post(place(story), grounds=["good_faith"])
    story.network.settle()
    decide(story, AppealOutcome.measure_stands)
    story.network.wait(minutes=30)
    assert story.network.confirm("bank-c", story.hold_of("bank-c", "olga").hold_id) is None
    again = olga.get(place(story))
    assert not again.says("Where to go on")
    assert '<textarea id="words"' in again.text
    assert olga.post(place(story), words="Once more.").says("Sent.")
    story.network.settle()
    assert [one.forum_no for one in known(story)] == [0, 0]
