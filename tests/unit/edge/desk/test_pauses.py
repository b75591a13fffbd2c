"""Pages of a payment that waits: the officer sees it before it goes out, the payer is asked and answers."""

import re

import pytest

from tarazy.adapters.catalogue import load_catalogue
from tarazy.agent.notice_office import NoticeOffice
from tarazy.agent.pause_notices import serve_due_pauses
from tarazy.agent.pause_records import PAYMENT_PAUSES, PaymentPause
from tarazy.domain.pause import PauseEnd, PauseStatus
from tarazy.edge.bank_app.pay_routes import LISTED
from tarazy.texts.catalogue import Language
from tests.story_people import COLLEAGUE
from tests.unit.edge.desk.bank_story import TENGE, BankStory, Browser, Read, profile_of

REASONS = "The payer was on the telephone with a man who called himself an officer of the bank."
CALLED = "Called at ten: she says that a man told her to move it to a safe account, and takes it back."
NO = dict.fromkeys(("told_by_phone", "kept_secret", "safe_account", "screen_shared"), "no")
(LISTED_PAYEE,) = LISTED


@pytest.fixture
def story() -> BankStory:
    return BankStory().opened()


def enter(story: BankStory, tenge: str = "90 000") -> Read:
    """Let Aigul send money to a payee of the demonstration's list."""
    app = story.browser("bank-a").sign_in("aigul")
    typed = {"to_bank": "bank-b", "to_account": LISTED_PAYEE, "to_name": "Invest", "transfer_sum": tenge}
    check = app.post("/app/pay/transfer", **typed)
    payment_id = check.text.partition('name="payment_id" value="')[2].partition('"')[0]
    page = app.post("/app/pay/transfer", **typed, payment_id=payment_id, step="do")
    story.network.settle()
    return page


def pause(story: BankStory) -> PaymentPause:
    (row,) = story.network.rows("bank-a", PAYMENT_PAUSES)
    found: PaymentPause = row
    return found


def begin(story: BankStory, tenge: str = "90 000") -> Browser:
    enter(story, tenge)
    desk = story.browser("bank-a").sit_down()
    path = re.search(r'href="(/desk/pauses/new/[^"]+)"', desk.get("/desk/pauses").text)
    assert path is not None
    assert desk.get(path[1]).says("is not executed yet", "demo-listed")
    page = desk.post(path[1], fact=["payer_pressed", "payee_on_list"], reasons=REASONS)
    assert page.says("The payment waits.")
    office = NoticeOffice(profile_of("bank-a"), load_catalogue(), b"story")
    story.network.at("bank-a", lambda tx, now: serve_due_pauses(tx, office, now))
    return desk


def test_a_payment_to_a_listed_payee_is_looked_at_first_and_goes_out_if_nobody_steps_in(story: BankStory) -> None:
    before = story.network.balance("aigul")
    assert enter(story).says("does not go out at once", "still on your account")
    assert story.network.balance("aigul") == before
    assert story.browser("bank-a").sit_down().get("/desk/pauses").says("Айгүл Серікова", "KZT 90,000.00")
    story.network.wait(minutes=16)
    story.network.settle()
    assert story.network.balance("aigul") == before - 90_000 * TENGE


def test_signs_and_reasons_are_asked_for_and_a_list_alone_is_refused_with_why(story: BankStory) -> None:
    enter(story)
    desk = story.browser("bank-a").sit_down()
    path = re.search(r'href="(/desk/pauses/new/[^"]+)"', desk.get("/desk/pauses").text)
    assert path is not None
    assert desk.post(path[1], reasons=REASONS).says("Tick at least one sign.")
    page = desk.post(path[1], fact="payee_on_list", reasons=REASONS)
    assert page.status == 409
    assert page.says("The law does not permit it")
    assert desk.post(path[1], fact="payer_pressed", reasons="odd").status == 422
    assert story.network.rows("bank-a", PAYMENT_PAUSES) == []


def test_the_payer_sees_it_with_the_reason_and_the_end_and_stops_it(story: BankStory) -> None:
    begin(story)
    app = story.browser("bank-a").sign_in("aigul")
    home = app.get("/app/home")
    assert home.says("Your payment of KZT 90,000.00 waits; it has not been sent.")
    path = f"/app/pauses/{pause(story).pause_id}"
    assert path in home.text
    page = app.get(path)
    assert page.says("The payer is being hurried or pressed", "Ержан Қасымов", "23 Nov 2026 10:00", REASONS)
    assert app.post(path, answer="stop").says("The payment is stopped. The money is on your account.")
    assert (pause(story).status, pause(story).end) == (PauseStatus.withdrawn, PauseEnd.payer_withdrew)


def test_the_payer_answers_all_questions_before_it_goes_out(story: BankStory) -> None:
    begin(story)
    before = story.network.balance("aigul")
    app, path = story.browser("bank-a").sign_in("aigul"), f"/app/pauses/{pause(story).pause_id}"
    assert app.post(path, answer="right", safe_account="no").says("Answer all four questions.")
    assert app.post(path, answer="right", **NO).says("The payment goes out.")
    story.network.settle()
    assert story.network.balance("aigul") == before - 90_000 * TENGE
    assert not app.get("/app/home").says("waits; it has not been sent")


def test_after_a_yes_the_bank_calls_first(story: BankStory) -> None:
    desk = begin(story)
    app, path = story.browser("bank-a").sign_in("aigul"), f"/app/pauses/{pause(story).pause_id}"
    assert app.post(path, answer="right", **{**NO, "safe_account": "yes"}).says("The bank will call you first.")
    assert app.post(path, answer="right", **NO).says("somebody may be deceiving you")
    place = f"/desk/pauses/{pause(story).pause_id}"
    assert desk.get(place).says("answered a question with yes: call")
    assert desk.post(place, act="reject", reasons=CALLED).says("Call the payer first.") is False
    assert pause(story).status is PauseStatus.rejected


def test_a_refusal_is_reasoned_and_the_payer_reads_it(story: BankStory) -> None:
    desk = begin(story)
    place = f"/desk/pauses/{pause(story).pause_id}"
    assert desk.post(place, act="reject", reasons=CALLED).says("Call the payer first.")
    assert desk.post(place, act="called").says("The call is recorded.")
    assert desk.post(place, act="reject", reasons="no").status == 422
    assert desk.post(place, act="reject", reasons=CALLED).says("The payment is not made.")
    page = story.browser("bank-a").sign_in("aigul").get(f"/app/pauses/{pause(story).pause_id}")
    assert page.says("The bank refused the payment.", CALLED)


def test_it_is_extended_once_and_executed_by_an_officer(story: BankStory) -> None:
    desk = begin(story)
    place = f"/desk/pauses/{pause(story).pause_id}"
    story.network.wait(hours=1)
    assert desk.post(place, act="extend", reasons=CALLED).says("The law does not permit it")
    assert desk.post(place, act="extend", reasons=CALLED, learnt="payer_not_reached").says("Extended.")
    assert desk.get(place).says("It cannot be extended again.")
    assert desk.post(place, act="execute", reasons=CALLED).says("The payment goes out.")
    assert pause(story).end is PauseEnd.by_officer
    assert desk.post(place, act="other").status == 422
    assert desk.get("/desk/pauses").says("Executed by an officer")


def test_a_large_sum_needs_another_officer(story: BankStory) -> None:
    desk = begin(story, "1 000 000")
    place = f"/desk/pauses/{pause(story).pause_id}"
    assert desk.get(place).says("Such a sum needs a second officer.", "Another officer must sign second.")
    assert desk.post(place, act="second").status == 409
    second = story.browser("bank-a").sit_down(COLLEAGUE)
    assert second.post(place, act="second").says("Signed as the second officer.")


def test_nobody_sees_another_persons_payment(story: BankStory) -> None:
    begin(story)
    marat, path = story.browser("bank-a").sign_in("marat"), f"/app/pauses/{pause(story).pause_id}"
    assert marat.get(path).status == 404
    assert marat.post(path, answer="stop").status == 404
    assert marat.get("/app/pauses/none").status == 404
    desk = story.browser("bank-a").sit_down()
    assert desk.get("/desk/pauses/none").status == 404
    assert desk.post("/desk/pauses/none", act="called").status == 404
    assert desk.get("/desk/pauses/new/none").status == 404


@pytest.mark.parametrize("language", list(Language))
def test_the_pages_are_said_in_every_language(story: BankStory, language: Language) -> None:
    begin(story)
    desk = story.browser("bank-a", language.value).sit_down()
    app = story.browser("bank-a", language.value).sign_in("aigul")
    for page in (
        desk.get("/desk/pauses"),
        desk.get(f"/desk/pauses/{pause(story).pause_id}"),
        app.get(f"/app/pauses/{pause(story).pause_id}"),
        app.get("/app/notices"),
    ):
        assert page.status == 200
        assert f'lang="{language.value}"' in page.text


def test_the_whole_catalogue_says_every_end_and_act() -> None:
    catalogue = load_catalogue()
    for end in PauseEnd:
        assert catalogue.has(f"desk.pauses.end.{end}")
        assert catalogue.has(f"app.pause.end.{end}")
