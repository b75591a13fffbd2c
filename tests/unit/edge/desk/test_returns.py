"""Consent to give money back: the holder sees it and takes it back, and from then on nothing is paid on it."""

import re
from datetime import timedelta

import pytest

from tarazy.agent.consent import RETURN_OFFERS
from tarazy.agent.core_port import CoreVerb
from tarazy.agent.records import CORE_COMMANDS
from tarazy.app.holding import part_id_of
from tarazy.app.records import CASE_HOLDS, EVENTS, CaseHold
from tarazy.app.refund_records import REFUND_PARTS, RefundPart
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.refund import PartStatus
from tarazy.law.assessment import Lane
from tarazy.protocol.bodies import PayOrder
from tarazy.texts.catalogue import Language
from tarazy.values.ids import ParticipantId, RefundId, ReportId
from tests.deciding import decision, given
from tests.story import StoreFor
from tests.unit.edge.desk.bank_story import OWN_REASONS, TENGE, BankStory, Browser

OFFERED = 180_000 * TENGE
CHECKS = {"identified": "yes", "informed": "yes", "free_will": "yes"}


@pytest.fixture
def story(store_for: StoreFor) -> BankStory:
    story = BankStory(store_for).opened().fraud().reported()
    offer(story)
    return story


@pytest.fixture
def olga(story: BankStory) -> Browser:
    return story.browser("bank-c").sign_in("olga")


def offer(story: BankStory, **fields: str) -> None:
    desk = story.browser("bank-c").sit_down()
    hold = story.hold_of("bank-c", "olga")
    page = desk.post(f"/desk/holds/{hold.hold_id}/return", amount="180000", reasons=OWN_REASONS, **CHECKS, **fields)
    assert page.says("The return is recorded.")
    story.network.settle()


def place(story: BankStory) -> str:
    return f"/app/returns/{story.hold_of('bank-c', 'olga').hold_id}"


def known(story: BankStory) -> CaseHold:
    """Return the hold as the exchange keeps it."""
    hold_id = story.hold_of("bank-c", "olga").hold_id
    holds: list[CaseHold] = story.network.rows(EXCHANGE_ID, CASE_HOLDS, Condition("hold_id", "=", hold_id))
    return holds[0]


def order_payment(
    story: BankStory, minor: int, lane: Lane = Lane.consent, *, refund: str = "rf-1", report: str | None = None
) -> None:
    """Let the exchange order a payment of the hold, as a refund does."""
    hold = known(story)
    report_id = ReportId(report or hold.report_id)
    part = RefundPart(
        part_id=part_id_of(RefundId(refund), hold.hold_id, report_id),
        refund_id=RefundId(refund),
        case_id=hold.case_id,
        hold_id=hold.hold_id,
        participant_id=hold.participant_id,
        report_id=report_id,
        to_participant_id=ParticipantId("bank-a"),
        amount_minor=minor,
        status=PartStatus.ordered,
        ordered_at=story.network.now,
        paid_at=None,
        is_refused=False,
    )
    story.network.at(EXCHANGE_ID, lambda tx, _: tx.add(REFUND_PARTS, part))
    body = PayOrder(
        hold_id=hold.hold_id,
        refund_id=RefundId(refund),
        report_id=report_id,
        to_participant_id=ParticipantId("bank-a"),
        amount_minor=minor,
        lane=lane,
        authorisation=None if lane is Lane.consent else given(story.network, decision(story.network, hold.case_id)),
    )
    story.network.say(EXCHANGE_ID, body, refund, to="bank-c")


def test_the_holder_finds_the_offer_on_the_first_page_and_takes_it_back(story: BankStory, olga: Browser) -> None:
    assert olga.get("/app/home").says("You give KZT 180,000.00 back.", "Take it back")
    assert olga.get(place(story)).says("You can take KZT 180,000.00 back until it is paid.", "You need not say why.")
    page = olga.post(f"{place(story)}/take-back")
    assert page.says("Taken back. Nothing more is paid on your consent.", "You have taken it back.")
    assert "<button" not in page.text
    story.network.settle()
    assert known(story).return_offered_minor == 0
    (event,) = story.network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", "return_taken_back"))
    assert event.details["amount_minor"] == str(OFFERED)
    assert not olga.get("/app/home").says("You give KZT")


def test_taking_back_twice_is_taking_back_once(story: BankStory, olga: Browser) -> None:
    for _ in range(2):
        assert olga.post(f"{place(story)}/take-back").says("Taken back.")
        story.network.settle()
    assert len(story.network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", "return_taken_back"))) == 1


def test_a_payment_that_was_ordered_before_is_not_made_after(story: BankStory, olga: Browser) -> None:
    order_payment(story, OFFERED)
    olga.post(f"{place(story)}/take-back")
    story.network.settle()
    assert story.network.rows("bank-c", CORE_COMMANDS, Condition("kind", "=", CoreVerb.pay.value)) == []
    assert [(one.kind, one.refusal) for one in story.network.turned_down] == [("pay_order", "return_revoked")]
    assert story.hold_of("bank-c", "olga").held_minor == OFFERED


def test_an_authoritys_order_does_not_need_the_consent(story: BankStory, olga: Browser) -> None:
    olga.post(f"{place(story)}/take-back")
    story.network.settle()
    order_payment(story, 30_000 * TENGE, Lane.court)
    story.network.settle()
    assert story.hold_of("bank-c", "olga").paid_minor == 30_000 * TENGE


def test_what_is_paid_stays_paid_and_the_rest_can_be_taken_back(story: BankStory, olga: Browser) -> None:
    order_payment(story, 80_000 * TENGE)
    story.network.settle()
    assert olga.get(place(story)).says("Of it paid KZT 80,000.00", "You can take KZT 100,000.00 back")
    olga.post(f"{place(story)}/take-back")
    story.network.settle()
    order_payment(story, 100_000 * TENGE, refund="rf-2")
    story.network.settle()
    assert story.hold_of("bank-c", "olga").paid_minor == 80_000 * TENGE


def test_what_is_on_its_way_cannot_be_taken_back(story: BankStory, olga: Browser) -> None:
    order_payment(story, OFFERED)
    story.network.carry(EXCHANGE_ID, "bank-c")
    page = olga.post(f"{place(story)}/take-back")
    assert page.says("Nothing was changed", "The payment is on its way and can no longer be taken back.")
    (row,) = story.network.rows("bank-c", RETURN_OFFERS)
    assert row.taken_back_at is None
    story.network.settle()
    assert olga.get(place(story)).says("It is paid. Only a court can bring it back.")


def test_an_offer_made_anew_counts_again(story: BankStory, olga: Browser) -> None:
    olga.post(f"{place(story)}/take-back")
    story.network.settle()
    story.network.wait(minutes=1)
    offer(story)
    assert known(story).return_offered_minor == OFFERED
    assert olga.get(place(story)).says("You can take KZT 180,000.00 back")


def test_after_the_hold_nothing_is_left_to_take_back(story: BankStory, olga: Browser) -> None:
    story.network.wait(hours=3)
    page = olga.post(f"{place(story)}/take-back")
    assert page.says("The hold is over: nothing is given back any more.")
    assert story.network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", "return_taken_back")) == []


def test_nobody_sees_or_ends_another_persons_offer(story: BankStory) -> None:
    daniyar = story.browser("bank-c").sign_in("daniyar")
    assert daniyar.get(place(story)).status == 404
    assert daniyar.post(f"{place(story)}/take-back").status == 404
    assert daniyar.get("/app/returns/hd_none").status == 404
    assert story.browser("bank-c").sign_in("olga").post_without_token(f"{place(story)}/take-back").status == 403
    (row,) = story.network.rows("bank-c", RETURN_OFFERS)
    assert row.taken_back_at is None


def test_an_officer_takes_it_back_on_the_holders_word(story: BankStory) -> None:
    desk = story.browser("bank-c").sit_down()
    path = f"/desk/holds/{story.hold_of('bank-c', 'olga').hold_id}"
    assert desk.get(path).says("The holder gives back KZT 180,000.00 of their own will", "No reason is asked for.")
    assert desk.post(f"{path}/return/take-back").says("The holder took the return back.")
    story.network.settle()
    assert known(story).return_offered_minor == 0
    assert desk.post("/desk/holds/hd_none/return/take-back").status == 404


def test_the_page_is_said_in_every_language(story: BankStory) -> None:
    for language, title in zip(
        Language, ("Сіз қайтаратын ақша", "Что вы возвращаете", "What you give back"), strict=True
    ):
        browser = story.browser("bank-c", language.value).sign_in("olga")
        assert browser.get(place(story)).says(title)
        link = re.search(r'href="(/app/returns/[^"]+)"', browser.get("/app/home").text)
        assert link is not None
        assert browser.get(link[1]).status == 200


def test_a_return_is_for_the_report_of_the_hold_if_nothing_else_is_said(story: BankStory, olga: Browser) -> None:
    report_id = known(story).report_id
    assert known(story).return_report_id == report_id
    assert olga.get(place(story)).says("for one report:", report_id[-6:])
    desk = story.browser("bank-c").sit_down()
    page = desk.get(f"/desk/holds/{known(story).hold_id}")
    assert page.says(f"The report of this hold: {report_id}", "For the report")


def test_a_return_can_be_for_everybody(story: BankStory, olga: Browser) -> None:
    offer(story, for_whom="everybody")
    assert known(story).return_report_id is None
    assert olga.get(place(story)).says("for all who have lost money in this incident")


def test_a_return_for_a_report_that_is_not_of_the_case_is_shown_as_not_taken(story: BankStory) -> None:
    offer(story, for_whom="other_report", for_report="rp_none")
    page = story.browser("bank-c").sit_down().get(f"/desk/holds/{known(story).hold_id}")
    assert page.says("This bank has no such report or request.")
    assert known(story).return_offered_minor == OFFERED


@pytest.mark.parametrize("named", [{}, {"for_report": " "}, {"for_report": "r" * 81}])
def test_another_report_has_to_be_named(story: BankStory, named: dict[str, str]) -> None:
    hold = story.hold_of("bank-c", "olga")
    fields = {"amount": "180000", "reasons": OWN_REASONS, "for_whom": "other_report", **CHECKS, **named}
    page = story.browser("bank-c").sit_down().post(f"/desk/holds/{hold.hold_id}/return", **fields)
    assert (page.status, page.says("Give the id of the other report")) == (422, True)


def test_a_payment_for_another_report_than_the_one_named_since_is_not_made(story: BankStory) -> None:
    order_payment(story, OFFERED, report="rp_other")
    story.network.settle()
    assert [(one.kind, one.refusal) for one in story.network.turned_down] == [("pay_order", "return_revoked")]
    assert story.network.rows("bank-c", CORE_COMMANDS, Condition("kind", "=", CoreVerb.pay.value)) == []


def test_what_was_ordered_upon_an_offer_is_not_paid_upon_a_smaller_one(story: BankStory) -> None:
    order_payment(story, OFFERED)
    story.network.now = story.network.now.plus(timedelta(minutes=1))
    hold_id = story.hold_of("bank-c", "olga").hold_id
    desk = story.browser("bank-c").sit_down()
    desk.post(f"/desk/holds/{hold_id}/return", amount="50000", reasons=OWN_REASONS, **CHECKS)
    story.network.settle()
    assert [(one.kind, one.refusal) for one in story.network.turned_down] == [("pay_order", "return_revoked")]
    for refund, minor in (("rf-2", 30_000), ("rf-3", 30_000), ("rf-4", 20_000)):
        order_payment(story, minor * TENGE, refund=refund)
    story.network.settle()
    assert len(story.network.turned_down) == 2
    assert story.hold_of("bank-c", "olga").paid_minor == 50_000 * TENGE
