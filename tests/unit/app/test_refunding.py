"""Refund: held money goes back to the victims, to the unit, in a lane of the law, and only while it is held."""

from datetime import timedelta
from typing import Any

import pytest

from tarazy.agent.consent import offer_return
from tarazy.agent.records import LOCAL_REPORTS
from tarazy.agent.reference_core import CORE_ACCOUNTS
from tarazy.agent.returning import ForWhom
from tarazy.app.records import CASES, JOIN_REQUESTS, OFFICERS, REPORTS
from tarazy.app.refund_records import REFUND_PARTS, REFUNDS
from tarazy.app.refunding import OrderRefund, RefundOrdered, order_refund, refund_terms
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.domain.refund import PartStatus, formula
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import ActorRole, Lane, Verdict
from tarazy.law.codes import Code
from tarazy.protocol.hold_bodies import RETURN_CHECKS
from tarazy.protocol.statement import Act
from tarazy.values.ids import AccountId, AuthorisationId, HoldId, ParticipantId, RefundId, ReportId
from tarazy.values.replacing import replace
from tests.deciding import authorised
from tests.hearing_story import agreed
from tests.story import Network, StoreFor, TurnedDown, robbed
from tests.story_people import POLICE
from tests.story_reading import bank_hold, case_hold, ends, report, told

NOBODY = AuthorisationId("nobody")
"""What nobody has authorised."""


def command_for(
    network: Network,
    filed: ReportId,
    *,
    refund: str = "rf-1",
    lane: Lane = Lane.court,
    authorisation: AuthorisationId | None = None,
    holds: tuple[HoldId, ...] = (),
) -> OrderRefund:
    """Return the refund of a report's case, not signed yet; with an authorisation where none is named."""
    case_id = report(network, filed).case_id
    if authorisation is None and lane is not Lane.consent:
        authorisation = authorised(network, case_id, lane)
    return OrderRefund(
        refund_id=RefundId(refund),
        case_id=case_id,
        lane=lane,
        participant_id=ParticipantId("bank-b") if lane is Lane.consent else POLICE,
        statement="",
        authorisation_id=authorisation,
        hold_ids=holds,
    )


def terms_of(network: Network, command: OrderRefund) -> tuple[tuple[str, str], ...]:
    """Return what an officer signs who orders the refund now."""
    return network.at(EXCHANGE_ID, lambda tx, now: refund_terms(tx, command, now.now))


def signed(
    network: Network, command: OrderRefund, terms: tuple[tuple[str, str], ...], act: Act = Act.order_refund
) -> RefundOrdered:
    """Order a refund under a signature upon these terms; the payments wait to be carried."""
    if command.participant_id == POLICE:
        network.enrol(POLICE, "police", "investigator")
    statement = network.statement(command.participant_id, act, command.refund_id, terms)
    return network.at(EXCHANGE_ID, lambda tx, now: order_refund(tx, replace(command, statement=statement), now))


def refunded(
    network: Network, filed: ReportId, *, refund: str = "rf-1", act: Act = Act.order_refund, **options: Any
) -> RefundOrdered:
    """Order the refund of a report's case as it is now."""
    command = command_for(network, filed, refund=refund, **options)
    return signed(network, command, terms_of(network, command), act)


def parts(network: Network) -> list[tuple[int, PartStatus]]:
    rows = network.rows(EXCHANGE_ID, REFUND_PARTS, order=("amount_minor",))
    return [(part.amount_minor, part.status) for part in rows]


def paid_and_failed_add_up(network: Network, filed: ReportId) -> None:
    paid = [amount for amount, status in parts(network) if status is PartStatus.paid]
    assert report(network, filed).returned_minor == sum(paid)


def test_a_refund_brings_held_money_home_to_the_unit(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.pay("t2", "mule", "dani", 200_001)
    network.settle()
    network.spend("dani", 1)
    network.settle()
    filed = network.report("t1")
    assert refunded(network, filed).rejection is None
    network.settle()
    assert told(network, filed) == {
        "bank-b refunded": 299_999,
        "bank-c refunded": 200_000,
        "bank-c exited cash": 1,
    }
    assert network.balance("aigul") == 300_000 + 499_999
    assert report(network, filed).returned_minor == 499_999
    assert parts(network) == [(200_000, PartStatus.paid), (299_999, PartStatus.paid)]
    paid = (HoldStatus.paid, HoldEnd.refunded)
    assert ends(network, filed) == [("bank-b", *paid), ("bank-c", *paid)]


def two_victims(store_for: StoreFor, *, spent: int = 450_000) -> tuple[Network, ReportId, ReportId]:
    """Let two victims of one fraud lose 500,000 and 250,001 to one account, of which ``spent`` is gone."""
    network = robbed(store_for)
    network.open("bank-c", berik=250_001)
    network.pay("t9", "berik", "mule", 250_001)
    network.settle()
    network.spend("mule", spent)
    network.settle()
    return network, network.report("t1", incident="in-1"), network.report("t9", incident="in-1")


def test_each_victim_gets_what_is_held_of_their_own_money(store_for: StoreFor) -> None:
    network, first, second = two_victims(store_for)
    assert told(network, first) == {"bank-b exited cash": 450_000, "bank-b held": 50_000}
    assert told(network, second) == {"bank-b held": 250_001}
    refunded(network, first)
    network.settle()
    assert (report(network, first).returned_minor, report(network, second).returned_minor) == (50_000, 250_001)
    assert (network.balance("aigul"), network.balance("berik"), network.balance("mule")) == (350_000, 250_001, 0)


@pytest.mark.parametrize("other", [0, 1])
def test_each_victim_is_paid_on_the_offence_of_their_own_report(store_for: StoreFor, other: int) -> None:
    """A refund to one is lawful; to the other it would rest on an offence that the law does not name."""
    network, first, second = two_victims(store_for)
    unnamed = replace(report(network, (first, second)[other]), offence_id="kz-cc-none")
    network.at(EXCHANGE_ID, lambda tx, _: tx.put(REPORTS, unnamed))
    done = refunded(network, first)
    assert (done.refund, done.rejection) == (None, Rejection.measure_refused_by_law)
    assert network.rows(EXCHANGE_ID, REFUND_PARTS) == []


def test_who_has_nothing_left_of_their_own_gets_nothing_of_the_others(store_for: StoreFor) -> None:
    network, first, second = two_victims(store_for, spent=650_001)
    refunded(network, first)
    network.settle()
    assert (report(network, first).returned_minor, report(network, second).returned_minor) == (0, 100_000)


def given_back(network: Network, hold: HoldId, amount: int, for_whom: ForWhom | ReportId = ForWhom.everybody) -> None:
    officer = network.officer("bank-b")
    why = "I give it back of my own will, to whom it belongs."
    network.at(
        "bank-b",
        lambda tx, now: offer_return(tx, hold, amount, why, officer, EXCHANGE_ID, now, for_whom, checks=RETURN_CHECKS),
    )
    network.settle()


def test_what_a_holder_gives_back_is_shared_in_proportion_and_then_made_good(store_for: StoreFor) -> None:
    """The return names no report; the second victim's own units make the first good for what was shared."""
    network, first, second = two_victims(store_for)
    given_back(network, case_hold(network, first).hold_id, 50_000)
    assert refunded(network, first, lane=Lane.consent, refund="rf-0").rejection is None
    network.settle()
    assert (report(network, first).returned_minor, report(network, second).returned_minor) == (33_333, 16_667)
    [share] = [one for one in network.rows(EXCHANGE_ID, REFUNDS)[0].shares if one.report_id == second]
    assert formula(share) == "50000 × 250001 / 750001 = 16667"
    refunded(network, first)
    network.settle()
    assert (report(network, first).returned_minor, report(network, second).returned_minor) == (50_000, 250_001)


def test_what_a_holder_gives_back_for_one_report_is_that_reports_own(store_for: StoreFor) -> None:
    network, first, second = two_victims(store_for)
    given_back(network, case_hold(network, first).hold_id, 50_000, second)
    assert refunded(network, first, lane=Lane.consent).rejection is None
    network.settle()
    assert (report(network, first).returned_minor, report(network, second).returned_minor) == (0, 50_000)


def test_what_a_holder_gives_back_is_for_the_holds_own_report_unless_they_say_otherwise(store_for: StoreFor) -> None:
    network, first, second = two_victims(store_for)
    given_back(network, case_hold(network, second).hold_id, 40_000, ForWhom.own_report)
    assert case_hold(network, second).return_report_id == second
    refunded(network, first, lane=Lane.consent)
    network.settle()
    assert (report(network, first).returned_minor, report(network, second).returned_minor) == (0, 40_000)


def test_what_is_given_for_one_report_is_not_paid_to_others_when_its_victim_misses_less(store_for: StoreFor) -> None:
    network, first, second = two_victims(store_for)
    network.narrow("bank-b", case_hold(network, second).hold_id, 100_000)
    network.settle()
    refunded(network, first, refund="rf-0", holds=(case_hold(network, second).hold_id,))
    network.settle()
    assert report(network, second).returned_minor == 100_000
    missing = 250_001 - 100_000
    network.open("bank-c", gulya=400_000)
    network.pay("t5", "gulya", "mule", 400_000)
    network.settle()
    third = network.report("t5", incident="in-1")
    given_back(network, case_hold(network, third).hold_id, 400_000, second)
    refunded(network, first, lane=Lane.consent, refund="rf-1")
    network.settle()
    assert report(network, second).returned_minor == 100_000 + missing
    assert (report(network, first).returned_minor, report(network, third).returned_minor) == (0, 0)


def test_a_return_for_a_report_of_another_case_is_not_taken_and_the_desk_is_told(store_for: StoreFor) -> None:
    network, first, _ = two_victims(store_for)
    network.pay("t7", "aigul", "dani", 1_000)
    network.settle()
    other = network.report("t7")
    given_back(network, case_hold(network, first).hold_id, 50_000, other)
    [turned] = network.turned_down
    assert (turned.refusal, turned.place) == (Rejection.report_unknown, "body.for_report_id")
    assert case_hold(network, first).return_offered_minor == 0


OFFICIALS = {
    "a bank's analyst": ("bank", "analyst", ActorRole.bank),
    "a bank's own investigator": ("bank", "investigator", ActorRole.bank),
    "a payment organisation's analyst": ("payments", "analyst", ActorRole.payment_organisation),
    "an investigator": ("police", "investigator", ActorRole.investigator),
    "a clerk of the police": ("police", "clerk", ActorRole.other),
    "a prosecutor": ("prosecutor", "prosecutor", ActorRole.prosecutor),
    "an investigator of a prosecutor's office": ("prosecutor", "investigator", ActorRole.other),
    "an investigating judge": ("court", "investigating_judge", ActorRole.investigating_judge),
    "a judge": ("court", "judge", ActorRole.court),
    "an operator of the exchange": ("exchange", "investigator", ActorRole.exchange),
    "a telecom operator's analyst": ("telecom", "analyst", ActorRole.other),
}
ENTITLED = {
    Lane.consent: {ActorRole.bank, ActorRole.payment_organisation},
    Lane.court: {ActorRole.investigator, ActorRole.investigating_judge, ActorRole.court},
    Lane.investigator: {ActorRole.investigator},
}


@pytest.mark.parametrize("lane", ENTITLED)
@pytest.mark.parametrize("official", OFFICIALS)
def test_who_may_order_a_refund_in_a_lane_is_who_signed_it(store_for: StoreFor, official: str, lane: Lane) -> None:
    kind, role, capacity = OFFICIALS[official]
    network = robbed(store_for)
    filed = network.report("t1")
    given_back(network, case_hold(network, filed).hold_id, 1_000)
    [case] = network.rows(EXCHANGE_ID, CASES)
    network.at(EXCHANGE_ID, lambda tx, _: tx.put(CASES, replace(case, registration="26-7711-3-00042")))
    network.enrol("somebody", kind, role)
    if lane is Lane.investigator:
        agreed(network, case.case_id)
    command = replace(command_for(network, filed, lane=lane), participant_id=ParticipantId("somebody"))
    ordered = signed(network, command, terms_of(network, command))
    if capacity in ENTITLED[lane]:
        assert (ordered.rejection, ordered.place) == (None, None)
    else:
        assert (ordered.rejection, ordered.place) == (Rejection.officer_not_entitled, "statement.officer_id")
        assert network.rows(EXCHANGE_ID, REFUNDS) == []


@pytest.mark.parametrize("lane", [lane for lane in Lane if lane not in ENTITLED])
@pytest.mark.parametrize("official", OFFICIALS)
def test_nobody_orders_a_refund_in_a_lane_that_the_law_does_not_know(
    store_for: StoreFor, official: str, lane: Lane
) -> None:
    kind, role, _ = OFFICIALS[official]
    network = robbed(store_for)
    filed = network.report("t1")
    network.enrol("somebody", kind, role)
    command = command_for(network, filed, lane=lane, authorisation=NOBODY)
    command = replace(command, participant_id=ParticipantId("somebody"))
    ordered = signed(network, command, terms_of(network, command))
    assert (ordered.refund, ordered.rejection) == (None, Rejection.measure_refused_by_law)
    assert network.rows(EXCHANGE_ID, REFUNDS) == []


def test_an_official_who_is_not_active_any_more_orders_nothing(store_for: StoreFor) -> None:
    network = robbed(store_for)
    command = command_for(network, network.report("t1"))
    network.enrol(POLICE, "police", "investigator")
    [gone] = network.rows(EXCHANGE_ID, OFFICERS, Condition("participant_id", "=", POLICE))
    network.at(EXCHANGE_ID, lambda tx, _: tx.put(OFFICERS, replace(gone, is_active=False)))
    statement = network.statement(POLICE, Act.order_refund, command.refund_id, terms_of(network, command))
    ordered = network.at(EXCHANGE_ID, lambda tx, now: order_refund(tx, replace(command, statement=statement), now))
    assert ordered.rejection is Rejection.officer_not_entitled


def in_between(store_for: StoreFor) -> tuple[Network, ReportId, ReportId]:
    """Let a second victim have been used to pass 200,000 of the first one's money on, with 100,000 of her own."""
    network = robbed(store_for)
    network.open("bank-c", dana=100_000)
    network.pay("t2", "mule", "dana", 200_000)
    network.settle()
    network.open("bank-b", last=0)
    network.pay("t3", "dana", "last", 300_000)
    network.settle()
    network.spend("last", 140_000)
    network.settle()
    return network, network.report("t1", incident="in-1"), network.report("t3", incident="in-1")


def test_units_that_two_reports_claim_are_shared_by_these_two(store_for: StoreFor) -> None:
    network, first, second = in_between(store_for)
    assert told(network, first) == {"bank-b held": 460_000, "bank-b exited cash": 40_000}
    assert told(network, second) == {"bank-b exited cash": 140_000, "bank-b stopped held_for_other_case": 160_000}
    refunded(network, first)
    network.settle()
    # 300,000 are of the first alone; 160,000 are claimed by both: × 200,000 / 500,000 and × 300,000 / 500,000
    assert (report(network, first).returned_minor, report(network, second).returned_minor) == (364_000, 96_000)


def test_a_hold_of_a_report_that_has_ended_pays_nobody(store_for: StoreFor) -> None:
    network, first, second = two_victims(store_for)
    given_back(network, case_hold(network, second).hold_id, 250_001)
    network.banks["bank-b"].is_away = True
    network.withdraw("bank-c", second)
    network.settle()
    assert refunded(network, first, lane=Lane.consent).rejection is Rejection.measure_refused_by_law
    assert refunded(network, first).rejection is None
    assert parts(network) == [(50_000, PartStatus.ordered)]


@pytest.mark.parametrize(
    "term",
    [
        "refund_id",
        "case_id",
        "lane",
        "authorisation_id",
        "currency",
        "pot_minor",
        "hold",
        "share",
        "payment",
    ],
)
def test_a_refund_is_what_its_officer_has_signed_to_the_letter(store_for: StoreFor, term: str) -> None:
    network, first, _ = two_victims(store_for)
    command = command_for(network, first)
    terms = terms_of(network, command)
    place = next(number for number, (name, _) in enumerate(terms) if name == term)
    for other in (
        (*terms[:place], (term, f"{terms[place][1]}0"), *terms[place + 1 :]),
        terms[:place],
        (*terms, ("", "")),
    ):
        assert signed(network, command, other).rejection is Rejection.refund_terms_differ
    assert network.rows(EXCHANGE_ID, REFUNDS) == []
    assert signed(network, command, terms).rejection is None


def test_which_hold_pays_which_report_is_under_the_signature(store_for: StoreFor) -> None:
    network, first, second = two_victims(store_for)
    terms = terms_of(network, command_for(network, first))
    holds = {one: case_hold(network, one).hold_id for one in (first, second)}
    paid = {(holds[first], first): 50_000, (holds[second], second): 250_001}
    said = {value for name, value in terms if name == "payment"}
    assert said == {f"{hold} {to} {minor}" for (hold, to), minor in paid.items()}


def test_what_has_changed_since_it_was_signed_is_not_ordered(store_for: StoreFor) -> None:
    network, first, _ = two_victims(store_for)
    command = command_for(network, first)
    terms = terms_of(network, command)
    network.let_go("bank-b", case_hold(network, first).hold_id)
    network.settle()
    assert signed(network, command, terms).rejection is Rejection.refund_terms_differ
    assert signed(network, command, terms_of(network, command)).rejection is None


def test_a_refund_needs_reasons(store_for: StoreFor) -> None:
    network = robbed(store_for)
    command = command_for(network, network.report("t1"))
    network.enrol(POLICE, "police", "investigator")
    statement = network.statement(
        POLICE, Act.order_refund, command.refund_id, terms_of(network, command), reasons="because"
    )
    ordered = network.at(EXCHANGE_ID, lambda tx, now: order_refund(tx, replace(command, statement=statement), now))
    assert ordered.rejection is Rejection.reasons_missing


def test_two_payments_of_one_hold_that_are_told_one_by_one_both_count(store_for: StoreFor) -> None:
    network, first, _ = two_victims(store_for)
    refunded(network, first, refund="rf-0")
    while network.carry(EXCHANGE_ID, "bank-b", 1):
        network.work("bank-b")
        network.work("bank-b")
        network.carry("bank-b", EXCHANGE_ID)
    network.settle()
    assert {status for _, status in parts(network)} == {PartStatus.paid}
    assert sum(amount for amount, _ in parts(network)) == 300_001


def test_what_a_report_shows_as_returned_is_what_has_come_home(store_for: StoreFor) -> None:
    network, first, second = two_victims(store_for)
    refunded(network, first, refund="rf-1")
    refunded(network, first, refund="rf-2")
    network.settle()
    assert report(network, first).returned_minor == network.balance("aigul") - 300_000
    assert report(network, second).returned_minor == network.balance("berik")


def test_the_same_refund_again_pays_nothing_more(store_for: StoreFor) -> None:
    network = robbed(store_for)
    filed = network.report("t1")
    first = refunded(network, filed)
    network.settle()
    again = refunded(network, filed)
    network.settle()
    assert again.refund == first.refund
    assert network.balance("aigul") == 800_000


def test_two_refunds_of_the_same_hold_pay_once(store_for: StoreFor) -> None:
    network = robbed(store_for)
    filed = network.report("t1")
    refunded(network, filed)
    assert refunded(network, filed, refund="rf-2").rejection is Rejection.nothing_held
    network.settle()
    assert network.balance("aigul") == 800_000
    assert [status for _, status in parts(network)] == [PartStatus.paid]
    paid_and_failed_add_up(network, filed)


def test_a_refund_can_be_of_one_hold_alone(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.pay("t2", "mule", "dani", 200_000)
    network.settle()
    filed = network.report("t1")
    refunded(network, filed, holds=(bank_hold(network, "dani").hold_id,))
    network.settle()
    assert told(network, filed) == {"bank-b held": 300_000, "bank-c refunded": 200_000}


def test_a_refund_that_bounces_goes_to_the_banks_pooled_account_and_never_to_the_holder(store_for: StoreFor) -> None:
    network = robbed(store_for)
    filed = network.report("t1")
    [local] = network.rows("bank-a", LOCAL_REPORTS)
    gone = replace(local, account_id=AccountId("closed since"))
    network.at("bank-a", lambda tx, _: tx.put(LOCAL_REPORTS, gone))
    refunded(network, filed)
    network.settle()
    [pooled] = network.rows("bank-a", CORE_ACCOUNTS, Condition("account_id", "=", "pooled"))
    assert (pooled.balance_minor, network.balance("aigul"), network.balance("mule")) == (500_000, 300_000, 0)


def test_an_order_to_pay_from_a_hold_that_has_ended_is_refused_and_its_part_fails(store_for: StoreFor) -> None:
    network = robbed(store_for)
    filed = network.report("t1")
    refunded(network, filed)
    network.let_go("bank-b", bank_hold(network, "mule").hold_id)
    network.settle()
    assert [(one.kind, one.refusal) for one in network.turned_down] == [("pay_order", Rejection.hold_has_ended)]
    assert parts(network) == [(500_000, PartStatus.failed)]
    assert network.balance("aigul") == 300_000
    assert report(network, filed).returned_minor == 0


def test_an_order_to_pay_that_comes_after_the_end_is_refused(store_for: StoreFor) -> None:
    network = robbed(store_for)
    filed = network.report("t1")
    network.banks["bank-b"].is_away = True
    refunded(network, filed)
    network.wait(hours=2)
    network.banks["bank-b"].is_away = False
    network.settle()
    assert parts(network) == [(500_000, PartStatus.failed)]
    assert network.balance("mule") == 500_000


def test_a_core_that_has_dropped_its_reserve_pays_nothing(store_for: StoreFor) -> None:
    network = robbed(store_for)
    filed = network.report("t1")
    refunded(network, filed)
    network.banks["bank-b"].has_agent_timer = False
    network.carry(EXCHANGE_ID, "bank-b")
    network.now = network.now.plus(timedelta(hours=2))
    network.settle()
    assert parts(network) == [(500_000, PartStatus.failed)]
    assert network.balance("mule") == 500_000


def test_without_a_courts_decision_the_gate_refuses_and_says_why(store_for: StoreFor) -> None:
    network = robbed(store_for)
    filed = network.report("t1")
    ordered = refunded(network, filed, authorisation=NOBODY)
    assert ordered.rejection is Rejection.measure_refused_by_law
    assert ordered.assessment is not None
    assert ordered.assessment.verdict is not Verdict.permitted
    assert network.rows(EXCHANGE_ID, REFUNDS) == []


def test_a_refund_without_its_officers_statement_is_rejected(store_for: StoreFor) -> None:
    network = robbed(store_for)
    filed = network.report("t1")
    assert refunded(network, filed, act=Act.authorise).rejection is Rejection.statement_does_not_stand


def test_where_nothing_is_held_there_is_nothing_to_refund(store_for: StoreFor) -> None:
    network = robbed(store_for)
    filed = network.report("t1")
    network.wait(hours=2)
    assert refunded(network, filed).rejection is Rejection.nothing_held


def test_with_consent_only_what_the_holder_gives_is_paid(store_for: StoreFor) -> None:
    network = robbed(store_for)
    filed = network.report("t1")
    unasked = refunded(network, filed, lane=Lane.consent)
    assert unasked.rejection is Rejection.measure_refused_by_law
    assert unasked.assessment is not None
    assert Code.consent_missing in {one.code for one in unasked.assessment.tests}
    hold, officer = bank_hold(network, "mule").hold_id, network.officer("bank-b")
    network.at(
        "bank-b",
        lambda tx, now: offer_return(
            tx, hold, 180_000, "of my own will", officer, EXCHANGE_ID, now, checks=RETURN_CHECKS
        ),
    )
    network.settle()
    assert refunded(network, filed, lane=Lane.consent).rejection is None
    network.settle()
    assert told(network, filed) == {"bank-b refunded": 180_000, "bank-b held": 320_000}
    assert case_hold(network, filed).status is HoldStatus.placed


def test_a_case_whose_reports_have_all_been_withdrawn_has_nothing_to_refund(store_for: StoreFor) -> None:
    network = robbed(store_for)
    filed = network.report("t1")
    network.banks["bank-b"].is_away = True
    network.withdraw("bank-a", filed)
    network.settle()
    assert refunded(network, filed).rejection is not None


def test_a_case_has_one_currency(store_for: StoreFor) -> None:
    network = robbed(store_for)
    network.open("bank-c", currency="USD", berik=9_000)
    network.open("bank-b", currency="USD", dollars=0)
    network.pay("t9", "berik", "dollars", 9_000, currency="USD")
    network.settle()
    first = network.report("t1", incident="in-1")
    network.file("t9", incident="in-1")
    network.settle()
    differs = Rejection.currency_of_case_differs
    assert network.turned_down == [TurnedDown("bank-c", EXCHANGE_ID, "report_filed", differs, "body.currency")]
    assert network.rows(EXCHANGE_ID, JOIN_REQUESTS) == []
    assert [case.case_id for case in network.rows(EXCHANGE_ID, CASES)] == [report(network, first).case_id]
    assert [one.report_id for one in network.rows(EXCHANGE_ID, REPORTS)] == [first]
