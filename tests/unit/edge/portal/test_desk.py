"""A request from the portal at the bank's desk: seen in the inbox, answered by an officer, and nothing signed by it."""

from datetime import date

import pytest

from tarazy.agent.citizen_requests import CITIZEN_REQUESTS
from tarazy.agent.records import HOLDS, LOCAL_REPORTS
from tarazy.app.citizen_requests import CITIZEN_REQUESTS as SENT
from tarazy.app.citizen_requests import file_citizen_request, number_for
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.protocol.citizen_bodies import CitizenState, CitizenWords, WhyNoReport
from tarazy.values.ids import ParticipantId
from tests.story import FRAUD
from tests.unit.edge.desk.bank_story import OWN_REASONS, TENGE, BankStory, Browser

NUMBER = number_for("desk")
SHOWN = f"{NUMBER[:5]}-{NUMBER[5:]}"
PAGE = f"/desk/citizen-requests/{NUMBER}"
WORDS = CitizenWords(
    paid_on=date(2026, 11, 22),
    amount_minor=500_000 * TENGE,
    currency="KZT",
    recipient="Timur <b>A.</b>",
    told=("bank_or_police_call", "told_in_a_newer_version"),
    words="They said they were <script>alert(1)</script> the bank",
    name="Айгүл Серікова",
    contact="call_other_number",
    phone="+7 700 111 22 33",
)


@pytest.fixture
def story() -> BankStory:
    story = BankStory().opened().fraud()
    bank = ParticipantId("bank-a")
    story.network.at(EXCHANGE_ID, lambda tx, setting: file_citizen_request(tx, NUMBER, bank, WORDS, "kk", setting))
    story.network.settle()
    return story


@pytest.fixture
def desk(story: BankStory) -> Browser:
    return story.browser("bank-a").sit_down()


def told(story: BankStory) -> tuple[CitizenState, WhyNoReport | None]:
    story.network.settle()
    [sent] = story.network.rows(EXCHANGE_ID, SENT)
    return sent.state, sent.why


def test_a_request_stands_in_the_inbox_and_on_a_page_of_its_own(desk: Browser) -> None:
    inbox = desk.get("/desk/inbox")
    assert inbox.says("Written in the portal", SHOWN, "KZT 500,000.00")
    assert PAGE in inbox.text
    page = desk.get(PAGE)
    assert page.says("Timur <b>A.</b>", "Somebody called as if from the bank or the police", "told_in_a_newer_version")
    assert page.says("Call another number: +7 700 111 22 33", "Қазақша", "Who wrote this has not been checked")
    assert "<script>alert" not in page.text


def test_other_banks_know_nothing_of_it(story: BankStory) -> None:
    other = story.browser("bank-b").sit_down()
    assert other.get(PAGE).status == 404
    assert not other.get("/desk/inbox").says("Written in the portal")


def test_an_officer_takes_it_and_the_number_says_so(story: BankStory, desk: Browser) -> None:
    assert desk.post(PAGE, state="in_hand").says("Written down.", "in hand")
    assert told(story) == (CitizenState.in_hand, None)
    assert desk.post(PAGE, state="not_reached").says("could not be reached")
    assert told(story) == (CitizenState.not_reached, None)


def test_a_signed_report_ends_it(story: BankStory, desk: Browser) -> None:
    assert desk.get(PAGE).says("No report has been signed yet.")
    facts = {"claim": "500000", "offence": FRAUD, "fact": "payment_under_deceit", "reasons": OWN_REASONS}
    desk.post("/desk/payments/t1/report", **facts)
    [report] = story.network.rows("bank-a", LOCAL_REPORTS)
    page = desk.post(PAGE, state="report_signed", report=report.report_id)
    assert page.says("The request has ended.")
    assert told(story) == (CitizenState.report_signed, None)
    assert not desk.get("/desk/inbox").says("Written in the portal")
    assert desk.post(PAGE, state="in_hand").status == 409


def test_no_report_needs_a_cause_and_reasons(story: BankStory, desk: Browser) -> None:
    for fields in ({"why": "", "reasons": OWN_REASONS}, {"why": "no_fraud_seen", "reasons": "no"}):
        assert desk.post(PAGE, state="not_signed", **fields).status == 422
    assert told(story) == (CitizenState.sent, None)
    page = desk.post(PAGE, state="not_signed", why="no_fraud_seen", reasons=OWN_REASONS)
    assert page.says("The request has ended.", OWN_REASONS)
    assert told(story) == (CitizenState.not_signed, WhyNoReport.no_fraud_seen)


@pytest.mark.parametrize("state", ["", "sent", "held", "report_signed"])
def test_what_cannot_be_done_changes_nothing(story: BankStory, desk: Browser, state: str) -> None:
    before = story.network.rows("bank-a", CITIZEN_REQUESTS)
    assert desk.post(PAGE, state=state, report="rp_of_nobody").status in {409, 422}
    assert story.network.rows("bank-a", CITIZEN_REQUESTS) == before


def test_the_desk_hears_of_a_new_request_while_it_is_open(story: BankStory, desk: Browser) -> None:
    text = desk.get("/desk/inbox").text
    address = text[text.index("/desk/news?known=") :].split('"')[0]
    assert desk.get(address).status == 204
    desk.post(PAGE, state="in_hand")
    assert desk.get(address).status == 200


def test_nothing_is_held_or_signed_by_looking_at_it(story: BankStory, desk: Browser) -> None:
    desk.get(PAGE)
    desk.post(PAGE, state="in_hand")
    assert story.network.rows("bank-a", LOCAL_REPORTS) == []
    assert [story.network.rows(bank, HOLDS) for bank in ("bank-a", "bank-b", "bank-c")] == [[], [], []]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_page_is_said_in_every_language(story: BankStory, language: str) -> None:
    page = story.browser("bank-a", language).sit_down().get(PAGE)
    assert page.status == 200
    assert f'<html lang="{language}"' in page.text
    assert "portal.desk" not in page.text
