"""The bank's app as a customer uses it: their own money in plain sums, nobody else's anything, and the way to help."""

import re

import pytest

from tarazy.agent.replies import HOLDER_REPLIES, REPLIES_PER_HOLD_MAX, HolderReply
from tarazy.agent.requests import CUSTOMER_REQUESTS, CustomerRequest, RequestAnswer, Told
from tarazy.domain.facts import FACTS
from tarazy.edge.desk.facts import SUGGESTED
from tarazy.texts.banned_words import BANNED_WORDS
from tarazy.texts.catalogue import Language
from tests.unit.edge.desk.bank_story import OWN_REASONS, PEOPLE, PHONE, TENGE, BankStory, Browser, Read

TAPPED: dict[str, str | list[str]] = {"told": ["bank_or_police_call", "pressed_to_pay"], "contact": "call"}


@pytest.fixture
def story() -> BankStory:
    return BankStory().opened().fraud().reported()


@pytest.fixture
def daniyar(story: BankStory) -> Browser:
    return story.browser("bank-c").sign_in("daniyar")


def asked(story: BankStory) -> CustomerRequest:
    rows: list[CustomerRequest] = story.network.rows("bank-a", CUSTOMER_REQUESTS)
    (request,) = rows
    return request


def notice_path(page: Read) -> str:
    found = re.search(r"/app/notices/[a-z0-9_]+", page.text)
    assert found is not None
    return found[0]


def test_home_says_what_is_held_until_when_and_that_the_rest_works(daniyar: Browser) -> None:
    page = daniyar.get("/app/home")
    assert page.says("You can use KZT 602,000.00", "On the account KZT 662,000.00", "Held for a time KZT 60,000.00")
    assert page.says("KZT 60,000.00 of your KZT 662,000.00 is held until 23 Nov 2026 10:06 (UTC+5) at the latest.")
    assert page.says("Everything else works.", "This is no accusation")


def test_a_person_without_a_hold_sees_none(story: BankStory) -> None:
    page = story.browser("bank-a").sign_in("marat").get("/app/home")
    assert page.says("You can use KZT 238,000.00", "Transfer to Ertis Bank")
    assert not page.says("held until")


def test_held_money_cannot_be_spent_and_the_page_says_why(story: BankStory, daniyar: Browser) -> None:
    check = daniyar.post("/app/pay/card", shop="groceries", card_sum="610 000")
    assert check.says("Is this right?", "KZT 610,000.00", "Groceries")
    page = daniyar.post("/app/pay/card", shop="groceries", card_sum="610 000", step="do")
    assert page.status == 422
    assert page.says("Not paid: you can use KZT 602,000.00 now. No money has gone.", "KZT 60,000.00 of your")
    assert story.network.balance("daniyar") == 662_000 * TENGE


def test_groceries_go_through_beside_a_hold(story: BankStory, daniyar: Browser) -> None:
    assert daniyar.post("/app/pay/card", shop="groceries", card_sum="8500,50", step="do").says("Paid.")
    story.network.settle()
    assert story.network.balance("daniyar") == 653_499 * TENGE + 50
    assert daniyar.get("/app/home").says("Card payment", "−KZT 8,500.50")


def test_a_transfer_is_checked_first_and_a_form_sent_twice_pays_once(story: BankStory, daniyar: Browser) -> None:
    typed = {"to_bank": "bank-a", "to_account": "aigul", "to_name": "Айгүл", "transfer_sum": "1 000"}
    check = daniyar.post("/app/pay/transfer", **typed)
    assert check.says("KZT 1,000.00", "Alatau Bank", "aigul", "Is somebody hurrying you")
    payment_id = check.text.partition('name="payment_id" value="')[2].partition('"')[0]
    for _ in range(2):
        assert daniyar.post("/app/pay/transfer", **typed, payment_id=payment_id, step="do").says("on its way")
    story.network.settle()
    assert story.network.balance("daniyar") == 661_000 * TENGE
    other = typed | {"transfer_sum": "2 000"}
    again = daniyar.post("/app/pay/transfer", **other, payment_id=payment_id, step="do")
    assert again.says("The payment was not made and no money has gone.")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"transfer_sum": "one"}, "The sum could not be read."),
        ({"to_bank": "nowhere"}, "Choose the bank"),
        ({"to_account": ""}, "Choose the bank"),
        ({"to_bank": "bank-c", "to_account": "daniyar"}, "This is the same account."),
        ({"step": "do", "payment_id": "t1"}, "Please start again."),
    ],
)
def test_a_transfer_that_cannot_be_made_is_said_so(daniyar: Browser, typed: dict[str, str], said: str) -> None:
    whole = {"to_bank": "bank-a", "to_account": "aigul", "transfer_sum": "1000", **typed}
    page = daniyar.post("/app/pay/transfer", **whole)
    assert page.status == 422
    assert page.says(said)


def test_a_notice_reads_as_it_was_served_and_says_whether_it_still_stands(story: BankStory, daniyar: Browser) -> None:
    path = notice_path(daniyar.get("/app/notices"))
    page = daniyar.get(path)
    assert page.says(
        "Now: KZT 60,000.00 is held until", "Шотыңызда 60 000,00 ₸", "It is mine", "I want to give it back"
    )
    assert page.says("I need help", f"Call your bank: {PHONE}")
    story.network.wait(hours=3)
    later = daniyar.get(path)
    assert later.says("this is over. What you can use now stands on the first page")
    assert not later.says("I want to give it back")


def test_what_a_holder_answers_stands_before_the_officer(story: BankStory, daniyar: Browser) -> None:
    path = notice_path(daniyar.get("/app/notices"))
    said = daniyar.post(f"{path}/reply", choice="mine", words="I sold my old <b>bicycle</b>.")
    assert said.says("Your answer is before the officer.", "I sold my old")
    desk = story.browser("bank-c").sit_down()
    assert desk.get("/desk/inbox").says("“The money is mine”")
    sheet = desk.get(f"/desk/holds/{story.hold_of('bank-c', 'daniyar').hold_id}")
    assert sheet.says("What the holder answers")
    assert "&lt;b&gt;bicycle&lt;/b&gt;" in sheet.text


def test_the_same_answer_is_kept_once_and_too_many_not_at_all(story: BankStory, daniyar: Browser) -> None:
    path = notice_path(daniyar.get("/app/notices"))
    for number in range(REPLIES_PER_HOLD_MAX):
        daniyar.post(f"{path}/reply", choice="help", words=f"word {number}")
        daniyar.post(f"{path}/reply", choice="help", words=f"word {number}")
    rows: list[HolderReply] = story.network.rows("bank-c", HOLDER_REPLIES)
    assert len(rows) == REPLIES_PER_HOLD_MAX
    assert daniyar.post(f"{path}/reply", choice="help", words="more").says("This answer was not kept")


def test_a_deceived_customer_comes_first_at_the_desk_with_facts_but_no_reasons() -> None:
    story = BankStory().opened().fraud()
    aigul = story.browser("bank-a").sign_in("aigul")
    assert aigul.get("/app/deceived").says(
        "Which payment?", "Balkash Bank", "KZT 500,000.00", f"Call your bank: {PHONE}"
    )
    assert aigul.post("/app/deceived/t1", **TAPPED).says("Please check", "I was threatened or hurried")
    assert story.network.rows("bank-a", CUSTOMER_REQUESTS) == []
    sent = aigul.post("/app/deceived/t1", **TAPPED, step="send")
    assert sent.says(f"Request {asked(story).number}", "Before the bank's officer", f"Call your bank: {PHONE}")
    desk = story.browser("bank-a").sit_down()
    assert desk.get("/desk/inbox").says("Customers ask for help", "Айгүл Серікова", "Call the number that the bank has")
    form = desk.get("/desk/payments/t1/report").text
    ticked = set(re.findall(r'value="([a-z_]+)" checked', form))
    assert ticked == {"payment_under_deceit", "bank_or_authority_impersonated", "payer_pressed"}
    assert re.search(r'<textarea id="report-reasons"[^>]*></textarea>', form)


def test_the_customer_learns_what_is_known_of_the_report() -> None:
    story = BankStory().opened().fraud()
    aigul = story.browser("bank-a").sign_in("aigul")
    path = aigul.post("/app/deceived/t1", **TAPPED, step="send").path
    story.browser("bank-a").sit_down().post(
        "/desk/payments/t1/report",
        claim="500000",
        offence="kz-cc-190-1",
        fact=["payer_pressed"],
        reasons=OWN_REASONS,
    )
    assert aigul.get(path).says("The bank's officer has signed a report", "on its way to the exchange")
    story.network.settle()
    assert aigul.get(path).says("The exchange has taken the report", "How much is held is not known here yet.")
    assert asked(story).answer is RequestAnswer.report_signed
    assert OWN_REASONS not in aigul.get(path).text


def test_a_payment_that_an_officer_has_reported_already_waits_for_nobody(story: BankStory) -> None:
    aigul = story.browser("bank-a").sign_in("aigul")
    assert aigul.post("/app/deceived/t1", **TAPPED, step="send").says("The bank's officer has signed a report")
    assert asked(story).answer is RequestAnswer.report_signed
    assert not story.browser("bank-a").sit_down().get("/desk/inbox").says("Customers ask for help")


def test_a_declined_request_tells_the_customer_why_and_can_be_asked_again() -> None:
    story = BankStory().opened().fraud()
    aigul = story.browser("bank-a").sign_in("aigul")
    path = aigul.post("/app/deceived/t1", **TAPPED, step="send").path
    desk = story.browser("bank-a").sit_down()
    decline = f"/desk/requests/{asked(story).request_id}/decline"
    assert desk.post(decline, reasons="no").status == 422
    why = "You told us on the telephone that the seller has sent the goods today."
    assert desk.post(decline, reasons=why).says("The customer has been answered.")
    assert desk.post(decline, reasons=why).says("This has been answered already.")
    assert aigul.get(path).says("No report was signed", why)
    assert aigul.post("/app/deceived/t1", **TAPPED, step="send").says("Before the bank's officer")


@pytest.mark.parametrize(
    ("tapped", "said"),
    [
        ({"contact": "call"}, "Tap what happened"),
        ({"told": ["not_my_payment"]}, "Choose how we can reach you."),
        ({"told": ["not_my_payment"], "contact": "call_other_number"}, "Give the other number"),
        ({"told": ["made_up"], "contact": "call"}, "Tap what happened"),
    ],
)
def test_what_is_missing_from_a_request_is_said(tapped: dict[str, str | list[str]], said: str) -> None:
    story = BankStory().opened().fraud()
    page = story.browser("bank-a").sign_in("aigul").post("/app/deceived/t1", **tapped, step="send")
    assert page.status == 422
    assert page.says(said)
    assert story.network.rows("bank-a", CUSTOMER_REQUESTS) == []


def test_nobody_reaches_what_is_another_persons(story: BankStory, daniyar: Browser) -> None:
    path = notice_path(daniyar.get("/app/notices"))
    olga = story.browser("bank-c").sign_in("olga")
    marat = story.browser("bank-a").sign_in("marat")
    story.browser("bank-a").sign_in("aigul").post("/app/deceived/t1", **TAPPED, step="send")
    assert olga.get(path).status == 404
    assert olga.post(f"{path}/reply", choice="mine", words="mine").status == 404
    assert marat.get("/app/deceived/t1").status == 404
    assert marat.post("/app/deceived/t1", **TAPPED, step="send").status == 404
    assert marat.get(f"/app/requests/{asked(story).request_id}").status == 404


def test_no_page_of_the_app_shows_another_persons_name_or_account(story: BankStory) -> None:
    for bank, people in PEOPLE.items():
        for account, name, _ in people:
            reader = story.browser(bank).sign_in(account)
            shown = "".join(reader.get(f"/app/{page}").text for page in ("home", "pay", "notices", "deceived"))
            others = [one for many in PEOPLE.values() for one in many if one[0] != account]
            assert name in shown
            assert [other for other in others if other[1] in shown] == []


def test_nobody_is_signed_in_by_a_name_that_is_not_invented(story: BankStory) -> None:
    stranger = story.browser("bank-c")
    assert stranger.get("/app/home").path == "/app/sign-in"
    stranger.get("/app/sign-in")
    assert stranger.post("/app/sign-in", account_id="nobody").status == 404


@pytest.mark.parametrize("language", list(Language))
def test_no_page_of_the_app_accuses(story: BankStory, language: Language) -> None:
    reader = story.browser("bank-c", language).sign_in("daniyar")
    path = notice_path(reader.get("/app/notices"))
    for page in map(reader.get, ("/app/home", "/app/pay", "/app/notices", "/app/deceived", path)):
        assert page.status == 200
        plain = re.sub(r"<[^>]+>", " ", page.text).lower()
        said = [word for word, pattern in BANNED_WORDS[language].items() if re.search(rf"(?<!\w)(?:{pattern})", plain)]
        assert said == []


def test_all_that_a_customer_can_tell_suggests_facts_of_the_list() -> None:
    assert set(SUGGESTED) == set(Told)
    assert {fact for facts in SUGGESTED.values() for fact in facts} <= set(FACTS)
