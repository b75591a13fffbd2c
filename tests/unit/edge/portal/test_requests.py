"""A request from the portal between the two programs: sealed on its way, told by number, and nothing traced or held."""

from datetime import date

import pytest

from tarazy.agent.citizen_requests import CITIZEN_REQUESTS as RECEIVED
from tarazy.agent.citizen_requests import AnswerRequest, ReceivedRequest, answer_citizen_request, open_citizen_requests
from tarazy.agent.records import HOLDS
from tarazy.app.citizen_requests import CITIZEN_REQUESTS as SENT
from tarazy.app.citizen_requests import SentRequest, banks_to_write_to, file_citizen_request, news_in, number_for
from tarazy.app.messages import OUTBOX, REFUSED_MESSAGES
from tarazy.app.records import CASES, EVENTS, REPORTS, TRACINGS
from tarazy.app.store import Condition, Transaction
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.notice import is_code
from tarazy.domain.rejection import Rejection
from tarazy.protocol.bodies import CitizenRequest, RequestState
from tarazy.protocol.citizen_bodies import (
    SEALED_LENGTH_MAX,
    TELLING,
    WORDS_LENGTH_MAX,
    CitizenState,
    CitizenWords,
    RequestNumber,
    WhyNoReport,
    words_text,
)
from tarazy.values.ids import ParticipantId, ReportId, SealedRef
from tarazy.values.replacing import replace
from tests.story import Network, StoreFor, robbed
from tests.story_people import OFFICER
from tests.story_stores import *  # noqa: F403 - its fixtures

BANK = ParticipantId("bank-a")
OTHER = ParticipantId("bank-b")
NUMBER = number_for("n0")
SECRET = "Айгүл тәтем көрші пәтерде"
WORDS = CitizenWords(
    paid_on=date(2026, 11, 22),
    amount_minor=500_000_00,
    currency="KZT",
    recipient="T. Abenov",
    told=("bank_or_police_call",),
    words=SECRET,
    name="Айгүл Серікова",
    contact="call_other_number",
    phone="+7 700 000 00 00",
)
REASONS = "The customer was called on the number that the bank has and paid this herself for a sofa."


@pytest.fixture
def network(store_for: StoreFor) -> Network:
    return robbed(store_for)


def send(network: Network, words: CitizenWords = WORDS, bank: str = BANK, number: RequestNumber = NUMBER) -> object:
    return network.at(
        EXCHANGE_ID,
        lambda tx, setting: file_citizen_request(tx, number, ParticipantId(bank), words, "kk", setting),
    )


def received(network: Network, bank: str = BANK) -> list[ReceivedRequest]:
    return network.rows(bank, RECEIVED)


def answer(
    network: Network, state: CitizenState, *, why: WhyNoReport | None = None, reasons: str = "", report: str = ""
) -> Rejection | None:
    command = AnswerRequest(
        number=NUMBER,
        state=state,
        officer_id=OFFICER,
        why=why,
        reasons=reasons,
        report_id=ReportId(report) if report else None,
    )
    return network.at(BANK, lambda tx, setting: answer_citizen_request(tx, command, EXCHANGE_ID, setting))


def news(network: Network, number: RequestNumber = NUMBER) -> SentRequest | None:
    return network.at(EXCHANGE_ID, lambda tx, _: news_in(tx.get(SENT, number)))


def tell(network: Network, bank: str, **changes: object) -> None:
    said = {"number": NUMBER, "state": "in_hand", "why": None, "at": network.now, **changes}
    body = RequestState(**said)  # type: ignore[arg-type] # what is changed is the test's own
    network.say(bank, body, str(said), network.now.text())
    network.settle()


def turned_down(network: Network) -> list[str | None]:
    return [one.refusal for one in network.turned_down]


def test_the_words_reach_the_bank_and_nobody_else_can_read_them(network: Network) -> None:
    send(network)
    [message] = network.rows(EXCHANGE_ID, OUTBOX, Condition("kind", "=", "citizen_request"))
    network.settle()
    [one] = received(network)
    assert (one.words, one.number, one.state) == (WORDS, NUMBER, CitizenState.sent)
    assert received(network, OTHER) == []
    rows = [*network.rows(EXCHANGE_ID, SENT), *network.rows(EXCHANGE_ID, EVENTS), message]
    for word in (SECRET, WORDS.name, WORDS.phone, WORDS.recipient, str(WORDS.amount_minor)):
        assert [row for row in rows if word in str(row)] == [], word


def test_the_exchange_keeps_number_bank_state_and_times_only() -> None:
    assert set(SentRequest.__struct_fields__) == {"number", "participant_id", "state", "why", "filed_at", "at"}


def test_events_do_not_show_the_number(network: Network) -> None:
    send(network)
    kinds = [event for event in network.rows(EXCHANGE_ID, EVENTS) if NUMBER in str(event)]
    assert kinds == []


def test_nothing_is_traced_or_held_on_a_request(network: Network) -> None:
    send(network)
    network.settle()
    answer(network, CitizenState.in_hand)
    network.settle()
    for table in (REPORTS, CASES, TRACINGS):
        assert network.rows(EXCHANGE_ID, table) == []
    assert [network.rows(bank, HOLDS) for bank in ("bank-a", "bank-b")] == [[], []]


def test_a_form_sent_twice_is_one_request(network: Network) -> None:
    assert send(network) == send(network)
    network.settle()
    assert len(received(network)) == 1
    assert is_code(NUMBER)
    assert number_for("n1") != NUMBER


def test_only_a_bank_with_an_agent_can_be_written_to(network: Network) -> None:
    names = {one.participant_id for one in network.at(EXCHANGE_ID, lambda tx, _: banks_to_write_to(tx))}
    assert BANK in names
    assert send(network, bank="police") is Rejection.payee_participant_unknown
    assert network.rows(EXCHANGE_ID, SENT) == []


def test_the_longest_words_still_fit() -> None:
    long = "\U0001f4b0" * WORDS_LENGTH_MAX
    words = CitizenWords(
        paid_on=date(2026, 11, 22),
        amount_minor=10**15,
        currency="KZT",
        recipient="я" * 200,
        told=("x" * 20,) * 12,
        words=long,
        name="я" * 200,
        contact="call_other_number",
        phone="+" * 120,
    )
    assert len(words_text(words).encode()) * 4 // 3 + 200 < SEALED_LENGTH_MAX


def test_an_officer_who_signs_a_report_tells_the_number(network: Network) -> None:
    send(network)
    network.settle()
    assert news(network) is None
    report_id = network.report("t1")
    assert answer(network, CitizenState.report_signed, report="rp_of_nobody") is Rejection.report_unknown
    assert answer(network, CitizenState.report_signed) is Rejection.report_unknown
    assert answer(network, CitizenState.report_signed, report=report_id) is None
    network.settle()
    told = news(network)
    assert told is not None
    assert told.state is CitizenState.report_signed
    assert network.at(BANK, lambda tx, _: open_citizen_requests(tx)) == []
    assert answer(network, CitizenState.not_reached) is Rejection.report_has_ended


def test_no_report_needs_a_code_and_reasons_and_only_the_code_travels(network: Network) -> None:
    send(network)
    network.settle()
    no = CitizenState.not_signed
    assert answer(network, no, reasons=REASONS) is Rejection.reasons_missing
    assert answer(network, no, why=WhyNoReport.no_fraud_seen, reasons="no") is Rejection.reasons_missing
    assert answer(network, no, why=WhyNoReport.no_fraud_seen, reasons=REASONS) is None
    [message] = network.rows(BANK, OUTBOX, Condition("kind", "=", "request_state"))
    assert "sofa" not in message.text
    network.settle()
    told = news(network)
    assert told is not None
    assert (told.state, told.why) == (no, WhyNoReport.no_fraud_seen)
    assert received(network)[0].reasons == REASONS


def test_a_later_word_replaces_an_earlier_one_and_never_the_other_way(network: Network) -> None:
    send(network)
    network.settle()
    early = network.now
    network.wait(minutes=5)
    tell(network, BANK, state="not_reached")
    tell(network, BANK, state="in_hand", at=early)
    told = news(network)
    assert told is not None
    assert told.state is CitizenState.not_reached


@pytest.mark.parametrize(
    ("bank", "changes", "refusal"),
    [
        (OTHER, {}, Rejection.report_not_of_sender),
        (BANK, {"number": number_for("another")}, Rejection.report_unknown),
        (BANK, {"state": "sent"}, Rejection.order_unknown),
        (BANK, {"state": "held"}, Rejection.order_unknown),
        (BANK, {"state": "not_signed"}, Rejection.order_unknown),
        (BANK, {"state": "in_hand", "why": "other_bank"}, Rejection.order_unknown),
        (BANK, {"state": "not_signed", "why": "she is lying"}, Rejection.order_unknown),
    ],
)
def test_a_state_that_cannot_be_is_refused(
    network: Network, bank: str, changes: dict[str, object], refusal: Rejection
) -> None:
    send(network)
    network.settle()
    tell(network, bank, **changes)
    assert turned_down(network) == [refusal]
    assert news(network) is None


@pytest.mark.parametrize(
    ("sealed", "language", "refusal"),
    [
        ("not sealed at all", "kk", Rejection.reference_not_for_us),
        ("words", "kk", Rejection.order_unknown),
        (None, "xx", Rejection.order_unknown),
    ],
)
def test_what_a_bank_cannot_read_tells_the_person_to_call(
    network: Network, sealed: str | None, language: str, refusal: Rejection
) -> None:
    """The number says that the bank's program did not take the request."""
    send(network)
    setting = network.setting(EXCHANGE_ID)
    text = words_text(WORDS) if sealed is None else "no words of ours"
    shut = SealedRef(sealed) if sealed and sealed != "words" else setting.seal(BANK, text)
    body = CitizenRequest(number=NUMBER, sealed_request=shut, language=language, filed_at=network.now)
    network.at(EXCHANGE_ID, lambda tx, _: _lose(tx, network))
    network.say(EXCHANGE_ID, body, "anew", to=BANK)
    network.settle()
    assert turned_down(network) == [refusal]
    told = news(network)
    assert told is not None
    assert told.state is CitizenState.not_taken
    assert network.rows(BANK, REFUSED_MESSAGES) == []


def _lose(tx: Transaction, network: Network) -> None:
    """Let the message that was queued never be carried."""
    for one in tx.find(OUTBOX, Condition("kind", "=", "citizen_request")):
        tx.put(OUTBOX, replace(one, done_at=network.now))


def test_every_state_a_bank_tells_can_be_shown() -> None:
    assert TELLING | {CitizenState.sent, CitizenState.not_taken} == set(CitizenState)
