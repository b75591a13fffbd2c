"""Requests to join at the first reporter's bank: what waits there, what is shown of both reports, and the decision."""

import pytest

from tarazy.agent.joining import ASKED_JOINS, AskedJoin
from tarazy.app.messages import OUTBOX
from tarazy.app.records import JOIN_REQUESTS, OFFICERS, JoinRequest
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.case import JoinState, JoinStatus
from tarazy.domain.rejection import Rejection
from tarazy.protocol import jws
from tarazy.protocol.message import Envelope
from tarazy.protocol.wire import from_json
from tarazy.texts.catalogue import Language
from tarazy.values.ids import ReportId
from tarazy.values.replacing import replace
from tests.story import StoreFor
from tests.story_people import COLLEAGUE, OFFICER
from tests.story_reading import report
from tests.unit.edge.desk.bank_story import TENGE, BankStory, Browser

REASONS = "Both payers were called by the same man and paid to the same account within an hour."


def asked(store_for: StoreFor, payer_bank: str = "bank-b") -> tuple[BankStory, ReportId, ReportId]:
    """Let Aigul's report open an incident, and a second payer's report ask to join it."""
    story = BankStory(store_for).opened().fraud()
    network = story.network
    first = network.report("t1", incident="in-1")
    network.open(payer_bank, second=300_000 * TENGE)
    network.pay("t9", "second", "timur", 300_000 * TENGE)
    network.settle()
    second = network.file("t9", claim=250_000 * TENGE, incident="in-1")
    network.settle()
    return story, first, second


def request_of(story: BankStory, report_id: ReportId) -> JoinRequest:
    about = Condition("report_id", "=", report_id)
    [found] = story.network.rows(EXCHANGE_ID, JOIN_REQUESTS, about)
    request: JoinRequest = found
    return request


def known(story: BankStory, bank: str = "bank-a") -> AskedJoin:
    [found] = story.network.rows(bank, ASKED_JOINS)
    join: AskedJoin = found
    return join


def desk_of(story: BankStory, officer: str = OFFICER, language: str = "en") -> Browser:
    return story.browser("bank-a", language).sit_down(officer)


def test_the_first_reporters_bank_learns_that_a_request_waits(store_for: StoreFor) -> None:
    story, first, second = asked(store_for)
    join = known(story)
    assert (join.report_id, join.first_report_id, join.state) == (second, first, JoinState.waiting)
    assert (join.amount_minor, join.claim_minor) == (300_000 * TENGE, 250_000 * TENGE)
    assert story.network.rows("bank-b", ASKED_JOINS) == []
    assert story.network.rows("bank-c", ASKED_JOINS) == []


def test_what_it_is_told_names_no_bank_and_nobody(store_for: StoreFor) -> None:
    story, _, _ = asked(store_for)
    outgoing = story.network.rows(EXCHANGE_ID, OUTBOX, Condition("kind", "=", "join_update"))
    [text] = [message.text for message in outgoing]
    payload = jws.read(text).payload
    assert from_json(payload, Envelope).recipient == "bank-a"
    for word in (b"bank-b", b"bank-c", b"second", b"timur"):
        assert word not in payload


def test_the_desk_shows_both_reports_as_far_as_the_bank_knows_them(store_for: StoreFor) -> None:
    story, _, second = asked(store_for)
    desk = desk_of(story)
    assert desk.get("/desk/inbox").says("1 request to join waits for your decision.")
    page = desk.get("/desk/joins")
    assert page.says("KZT 250,000.00", "Айгүл Серікова", "Waits for a decision")
    page = desk.get(f"/desk/joins/{second}")
    assert page.says("KZT 300,000.00", "KZT 250,000.00", "KZT 500,000.00", "Айгүл Серікова")
    assert page.text.count("The payer was deceived into paying") == 2
    assert page.says("Which bank filed it and who was deceived is not told here")
    for word in ("second", "Балқаш", "Balkash"):
        assert not page.says(word)


@pytest.mark.parametrize(("decision", "is_accepted"), [("accept", True), ("refuse", False)])
def test_an_officer_decides_and_the_exchange_carries_it_out(
    store_for: StoreFor, decision: str, is_accepted: bool
) -> None:
    story, first, second = asked(store_for)
    desk = desk_of(story)
    page = desk.post(f"/desk/joins/{second}", decision=decision, reasons=REASONS)
    assert page.says("The decision is signed.", "on its way to the exchange", REASONS)
    assert desk.get("/desk/inbox").says("request to join") is False
    story.network.settle()
    request = request_of(story, second)
    assert request.status is (JoinStatus.accepted if is_accepted else JoinStatus.refused)
    assert (request.participant_id, request.officer_id) == ("bank-a", OFFICER)
    together = report(story.network, first).case_id == report(story.network, second).case_id
    assert together is is_accepted
    assert known(story).state == request.status.value
    assert desk.get("/desk/joins").says("Accepted" if is_accepted else "Refused")
    again = desk.post(f"/desk/joins/{second}", decision="accept", reasons=REASONS)
    assert again.status == 409


def test_whoever_signed_the_asking_report_leaves_it_to_a_colleague(store_for: StoreFor) -> None:
    story, _, second = asked(store_for, payer_bank="bank-a")
    page = desk_of(story).get(f"/desk/joins/{second}")
    assert page.says("You signed this report yourself.")
    assert "<textarea" not in page.text
    refused = desk_of(story).post(f"/desk/joins/{second}", decision="accept", reasons=REASONS)
    assert (refused.status, refused.says("Your role may not do this.")) == (409, True)
    assert desk_of(story, COLLEAGUE).post(f"/desk/joins/{second}", decision="accept", reasons=REASONS).status == 200
    story.network.settle()
    assert request_of(story, second).status is JoinStatus.accepted


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"decision": "accept", "reasons": "because"}, "The reasons are too short."),
        ({"decision": "perhaps", "reasons": REASONS}, "Choose: accept or refuse."),
        ({"reasons": REASONS}, "Choose: accept or refuse."),
    ],
)
def test_what_is_no_decision_changes_nothing(store_for: StoreFor, fields: dict[str, str], said: str) -> None:
    story, _, second = asked(store_for)
    page = desk_of(story).post(f"/desk/joins/{second}", **fields)
    assert (page.status, page.says(said)) == (422, True)
    story.network.settle()
    assert request_of(story, second).status is JoinStatus.waiting
    assert known(story).message_id is None


def test_a_request_that_nobody_has_made_is_not_there(store_for: StoreFor) -> None:
    story, _, _ = asked(store_for)
    assert desk_of(story).get("/desk/joins/rp_none").status == 404
    assert desk_of(story).post("/desk/joins/rp_none", decision="accept", reasons=REASONS).status == 404


def test_what_an_investigator_has_decided_leaves_the_list(store_for: StoreFor) -> None:
    story, _, second = asked(store_for)
    story.network.join(second, is_accepted=False)
    assert known(story).state is JoinState.refused
    page = desk_of(story).get(f"/desk/joins/{second}")
    assert page.says("Nothing is left to decide here", "Refused")


def test_a_request_whose_report_has_ended_leaves_the_list(store_for: StoreFor) -> None:
    story, _, second = asked(store_for)
    story.network.withdraw("bank-b", second)
    story.network.settle()
    assert known(story).state is JoinState.over
    assert desk_of(story).get("/desk/joins").says("The report has ended, or another bank decides now")


def test_once_our_own_report_has_ended_an_investigator_decides(store_for: StoreFor) -> None:
    story, first, second = asked(store_for)
    story.network.withdraw("bank-a", first)
    page = desk_of(story).get(f"/desk/joins/{second}")
    assert page.says("Our own report was taken back: an investigator decides now")
    assert desk_of(story).post(f"/desk/joins/{second}", decision="accept", reasons=REASONS).status == 409


def test_a_decision_that_the_exchange_does_not_take_is_shown_and_can_be_made_anew(store_for: StoreFor) -> None:
    story, _, second = asked(store_for)
    network = story.network
    mine = (Condition("participant_id", "=", "bank-a"), Condition("officer_id", "=", OFFICER))
    [officer] = network.rows(EXCHANGE_ID, OFFICERS, *mine)
    network.at(EXCHANGE_ID, lambda tx, _: tx.put(OFFICERS, replace(officer, is_active=False)))
    desk = desk_of(story)
    desk.post(f"/desk/joins/{second}", decision="accept", reasons=REASONS)
    network.settle()
    assert network.turned_down[-1].refusal == Rejection.officer_not_entitled
    assert desk.get(f"/desk/joins/{second}").says(
        "The exchange did not take the decision", "Your role may not do this."
    )
    assert desk_of(story, COLLEAGUE).post(f"/desk/joins/{second}", decision="accept", reasons=REASONS).status == 200
    network.settle()
    assert request_of(story, second).status is JoinStatus.accepted


def test_a_request_that_goes_along_to_another_case_goes_to_its_first_reporter(store_for: StoreFor) -> None:
    story, first, second = asked(store_for)
    network = story.network
    network.open("bank-c", third=40_000 * TENGE)
    network.pay("t7", "third", "timur", 40_000 * TENGE)
    network.settle()
    network.frauds["in-2"] = second
    third = network.file("t7", incident="in-2")
    network.settle()
    assert known(story, "bank-b").report_id == third
    network.join(second)
    assert known(story, "bank-b").state is JoinState.over
    told = {join.report_id: join for join in network.rows("bank-a", ASKED_JOINS)}
    assert (told[third].state, told[third].first_report_id) == (JoinState.waiting, first)
    desk_of(story).post(f"/desk/joins/{third}", decision="accept", reasons=REASONS)
    network.settle()
    assert report(network, third).case_id == report(network, first).case_id


def test_older_word_changes_nothing(store_for: StoreFor) -> None:
    story, _, second = asked(store_for)
    story.network.wait(minutes=1)
    story.network.join(second)
    [waiting] = [
        from_json(jws.read(message.text).payload, Envelope).body
        for message in story.network.rows(EXCHANGE_ID, OUTBOX, Condition("kind", "=", "join_update"))
        if b'"waiting"' in jws.read(message.text).payload
    ]
    story.network.say(EXCHANGE_ID, waiting, "again", to="bank-a")
    story.network.settle()
    assert known(story).state is JoinState.accepted


def test_the_pages_are_said_in_every_language(store_for: StoreFor) -> None:
    story, _, second = asked(store_for)
    titles = ("Қосылуды сұраған хабарлама", "Сообщение, которое просят присоединить", "The report that asks to join")
    for language, title in zip(Language, titles, strict=True):
        desk = desk_of(story, language=language.value)
        assert desk.get(f"/desk/joins/{second}").says(title)
        assert desk.get("/desk/joins").status == 200
