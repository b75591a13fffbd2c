"""Authorisations: nothing that is merely typed is one, and a bank pays only on what it has checked itself."""

from collections.abc import Callable
from datetime import date, timedelta

import msgspec
import pytest

from tarazy.agent.authority import DECIDED_PAYMENTS
from tarazy.agent.records import CORE_COMMANDS
from tarazy.app.authorisations import authorisation_for, authorised
from tarazy.app.records import CASES, EVENTS
from tarazy.app.refund_records import AUTHORISATIONS, RECORDED_RETURNS, REFUND_PARTS, EnteredAuthorisation
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.refund import PartStatus
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import Lane
from tarazy.law.codes import Code
from tarazy.protocol.authorisation import Authorisation
from tarazy.protocol.bodies import PayOrder, ReturnOffered
from tarazy.protocol.hold_bodies import RETURN_CHECKS
from tarazy.protocol.statement import Act
from tarazy.values.ids import AuthorisationId, CaseId, HoldId, ParticipantId, RefundId, ReportId
from tarazy.values.replacing import replace
from tests.deciding import COURT, PROSECUTOR, confirmed, decision, entered, given, signature, sits
from tests.hearing_story import agreed
from tests.story import Network, StoreFor, robbed
from tests.story_people import COLLEAGUE, OFFICER, POLICE
from tests.story_reading import bank_hold, case_hold, report
from tests.unit.app.speaking import tell
from tests.unit.app.test_joining import asked
from tests.unit.app.test_refunding import given_back, refunded, two_victims


def held(store_for: StoreFor) -> tuple[Network, ReportId, CaseId]:
    """Let 500,000 be held; return the network, the report and its case."""
    network = robbed(store_for)
    filed = network.report("t1")
    return network, filed, report(network, filed).case_id


def police(network: Network) -> None:
    """Let the police have two investigators."""
    for officer in (OFFICER, COLLEAGUE):
        network.enrol(POLICE, "police", "investigator", officer)


def codes_of(network: Network, filed: ReportId, authorisation: AuthorisationId, lane: Lane = Lane.court) -> set[str]:
    """Order a refund upon an authorisation; return what the law gate says against it."""
    ordered = refunded(network, filed, authorisation=authorisation, lane=lane)
    assert ordered.rejection is Rejection.measure_refused_by_law
    assert ordered.assessment is not None
    return {one.code for one in ordered.assessment.tests if not one.passed}


def test_a_refund_upon_a_judges_own_signature_is_paid(store_for: StoreFor) -> None:
    network, filed, case_id = held(store_for)
    decided = decision(network, case_id, amount=500_000)
    assert isinstance(entered(network, decided, sits(network)), EnteredAuthorisation)
    assert refunded(network, filed, authorisation=decided.authorisation_id).rejection is None
    network.settle()
    assert network.balance("aigul") == 800_000
    [paid] = network.rows("bank-b", DECIDED_PAYMENTS)
    assert (paid.amount_minor, paid.decision.forum, paid.decision.decision_no) == (
        500_000,
        decided.forum,
        decided.decision_no,
    )
    [event] = network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", "authorisation_entered"))
    assert (event.details["forum"], event.details["decision"], event.details["on_paper"]) == (
        decided.forum,
        decided.decision_no,
        "no",
    )


def test_a_typed_number_is_no_decision(store_for: StoreFor) -> None:
    network, filed, _ = held(store_for)
    assert codes_of(network, filed, AuthorisationId("Decision 2-4711/26 of the court")) == {Code.awaits_authorisation}
    network.settle()
    assert network.rows("bank-b", CORE_COMMANDS, Condition("kind", "=", "pay")) == []


SIGNERS = {
    "an investigator": ("police", "investigator"),
    "a bank's analyst": ("bank", "analyst"),
    "a prosecutor": ("prosecutor", "prosecutor"),
    "an investigating judge": ("court", "investigating_judge"),
    "a clerk of the court": ("court", "clerk"),
    "a judge of a bank": ("bank", "judge"),
}


@pytest.mark.parametrize("signer", SIGNERS)
def test_only_a_judge_signs_what_a_court_decides(store_for: StoreFor, signer: str) -> None:
    network, _, case_id = held(store_for)
    network.enrol("somebody", *SIGNERS[signer])
    assert entered(network, decision(network, case_id), "somebody") is Rejection.officer_not_entitled
    assert network.rows(EXCHANGE_ID, AUTHORISATIONS) == []


def test_a_paper_stands_when_another_officer_has_confirmed_it_and_not_before(store_for: StoreFor) -> None:
    network, filed, case_id = held(store_for)
    police(network)
    decided = decision(network, case_id, on_paper=True)
    first = entered(network, decided, POLICE)
    assert isinstance(first, EnteredAuthorisation)
    assert not first.is_in_full
    assert codes_of(network, filed, decided.authorisation_id) == {Code.awaits_authorisation}
    assert confirmed(network, decided, POLICE, OFFICER) is Rejection.authorisation_needs_another_officer
    second = confirmed(network, decided, POLICE, COLLEAGUE)
    assert isinstance(second, EnteredAuthorisation)
    assert (second.entered_by, second.confirmed_by, len(second.decision.statements)) == (OFFICER, COLLEAGUE, 2)
    assert confirmed(network, decided, POLICE, COLLEAGUE) is Rejection.authorisation_is_confirmed
    assert refunded(network, filed, authorisation=decided.authorisation_id).rejection is None
    network.settle()
    assert network.balance("aigul") == 800_000


def test_a_paper_is_read_by_officers_of_one_authority_in_their_capacity(store_for: StoreFor) -> None:
    network, _, case_id = held(store_for)
    police(network)
    network.enrol("police-2", "police", "investigator", COLLEAGUE)
    decided = decision(network, case_id, on_paper=True)
    assert entered(network, decided, "bank-b") is Rejection.officer_not_entitled
    assert isinstance(entered(network, decided, POLICE), EnteredAuthorisation)
    assert confirmed(network, decided, "police-2", COLLEAGUE) is Rejection.authorisation_unknown
    network.enrol(POLICE, "police", "clerk", COLLEAGUE)
    assert confirmed(network, decided, POLICE, COLLEAGUE) is Rejection.officer_not_entitled


def test_the_prosecutors_lane_needs_a_prosecutor(store_for: StoreFor) -> None:
    network, filed, case_id = held(store_for)
    [case] = network.rows(EXCHANGE_ID, CASES)
    network.at(EXCHANGE_ID, lambda tx, _: tx.put(CASES, replace(case, registration="26-7711-3-00042")))
    agreed(network, case_id)
    court = decision(network, case_id)
    entered(network, court, sits(network))
    assert codes_of(network, filed, court.authorisation_id, Lane.investigator) == {Code.awaits_authorisation}
    decided = decision(network, case_id, Lane.investigator)
    assert entered(network, decided, COURT) is Rejection.officer_not_entitled
    by_court = msgspec.structs.replace(decided, by="court")
    assert entered(network, by_court, sits(network, Lane.investigator)) is Rejection.lane_unknown
    assert isinstance(entered(network, decided, PROSECUTOR), EnteredAuthorisation)
    assert refunded(network, filed, authorisation=decided.authorisation_id, lane=Lane.investigator).rejection is None
    network.settle()
    assert network.balance("aigul") == 800_000


WRONG: dict[str, tuple[dict[str, object], Rejection]] = {
    "of another case": ({"case_id": CaseId("cs_none")}, Rejection.case_unknown),
    "by consent": ({"lane": "consent"}, Rejection.lane_unknown),
    "in no lane": ({"lane": "whim"}, Rejection.lane_unknown),
    "in dollars": ({"currency": "USD"}, Rejection.currency_of_case_differs),
    "upon no hold": ({"hold_ids": ()}, Rejection.hold_unknown),
    "upon an unknown hold": ({"hold_ids": (HoldId("hd_none"),)}, Rejection.hold_unknown),
    "without a name": ({"forum": " "}, Rejection.authorisation_malformed),
    "with a link": ({"forum": "court.example.kz/decisions"}, Rejection.authorisation_malformed),
    "without a number": ({"decision_no": ""}, Rejection.authorisation_malformed),
    "of tomorrow": ({"decided_on": date(2026, 11, 23)}, Rejection.authorisation_malformed),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_a_decision_is_not_entered(store_for: StoreFor, wrong: str) -> None:
    network, _, case_id = held(store_for)
    changes, rejection = WRONG[wrong]
    decided = msgspec.structs.replace(decision(network, case_id), **changes)
    assert entered(network, decided, sits(network)) is rejection
    assert network.rows(EXCHANGE_ID, AUTHORISATIONS) == []


def test_a_decision_is_what_its_officer_has_signed_to_the_letter(store_for: StoreFor) -> None:
    network, _, case_id = held(store_for)
    decided, by = decision(network, case_id), sits(network)
    for term in ("amount_minor", "forum", "decision_no", "valid_to", "decided_on"):
        other = {
            "amount_minor": decided.amount_minor + 1,
            "valid_to": decided.valid_to.plus(timedelta(days=1)),
            "decided_on": date(2026, 11, 19),
        }.get(term, "another")
        signed = signature(network, msgspec.structs.replace(decided, **{term: other}), by)
        assert entered(network, decided, by, statement=signed) is Rejection.statement_does_not_stand
    other_act = network.statement(by, Act.order_refund, decided.authorisation_id, decided.terms())
    assert entered(network, decided, by, statement=other_act) is Rejection.statement_does_not_stand
    unreasoned = network.statement(by, Act.authorise, decided.authorisation_id, decided.terms(), reasons="because")
    assert entered(network, decided, by, statement=unreasoned) is Rejection.reasons_missing


def test_the_same_decision_again_is_the_same_and_another_under_its_id_is_none(store_for: StoreFor) -> None:
    network, _, case_id = held(store_for)
    decided, by = decision(network, case_id), sits(network)
    first = entered(network, decided, by)
    network.wait(minutes=1)
    assert entered(network, decided, by) == first
    more = msgspec.structs.replace(decided, amount_minor=decided.amount_minor + 1)
    assert entered(network, more, by) is Rejection.authorisation_malformed


def test_a_refund_beyond_the_sum_of_its_decision_is_refused_by_law(store_for: StoreFor) -> None:
    network, filed, case_id = held(store_for)
    decided = decision(network, case_id, amount=499_999)
    entered(network, decided, sits(network))
    assert codes_of(network, filed, decided.authorisation_id) == {Code.authorisation_too_small}


def test_what_was_ordered_upon_a_decision_is_used_up_and_what_has_failed_is_not(store_for: StoreFor) -> None:
    network, first, second = two_victims(store_for)
    holds = [case_hold(network, one).hold_id for one in (first, second)]
    decided = decision(network, report(network, first).case_id, amount=260_000)
    entered(network, decided, sits(network))
    upon = decided.authorisation_id
    assert refunded(network, first, authorisation=upon, holds=(holds[0],)).rejection is None
    again = refunded(network, first, refund="rf-2", authorisation=upon, holds=(holds[1],))
    assert again.rejection is Rejection.measure_refused_by_law
    network.let_go("bank-b", holds[0])
    network.settle()
    assert refunded(network, first, refund="rf-3", authorisation=upon, holds=(holds[1],)).rejection is None
    network.settle()
    assert (report(network, first).returned_minor, report(network, second).returned_minor) == (0, 250_001)


def test_a_decision_is_upon_its_holds_only_and_until_its_end(store_for: StoreFor) -> None:
    network, first, second = two_victims(store_for)
    holds = {one: case_hold(network, one).hold_id for one in (first, second)}
    decided = decision(network, report(network, first).case_id, holds=(holds[first],), valid=timedelta(minutes=30))
    entered(network, decided, sits(network))
    assert codes_of(network, first, decided.authorisation_id) == {Code.awaits_authorisation}
    network.wait(minutes=30)
    ordered = refunded(network, first, authorisation=decided.authorisation_id, holds=(holds[first],))
    assert ordered.assessment is not None
    assert Code.authorisation_has_ended in {one.code for one in ordered.assessment.tests}


# --- the bank's own check


def order(
    network: Network,
    authorisation: Authorisation | None,
    *,
    lane: str = "court",
    amount: int = 500_000,
    refund: str = "rf",
) -> list[tuple[str | None, str | None]]:
    """Let the exchange order a payment of the mule's hold; return what the bank has turned down."""
    hold = bank_hold(network, "mule")
    body = PayOrder(
        hold_id=hold.hold_id,
        refund_id=RefundId(refund),
        report_id=hold.terms.report_id,
        to_participant_id=ParticipantId("bank-a"),
        amount_minor=amount,
        lane=lane,
        authorisation=authorisation,
    )
    network.turned_down.clear()
    network.say(EXCHANGE_ID, body, refund, to="bank-b")
    network.settle()
    return [(one.refusal, one.place) for one in network.turned_down if one.kind == "pay_order"]


NOT_STANDING = [(Rejection.authorisation_does_not_stand, "body.authorisation")]
NOT_COVERING = [(Rejection.authorisation_does_not_cover, "body.authorisation")]


def forged(network: Network, case_id: CaseId) -> dict[str, Authorisation | None]:
    """Return what a lying exchange could send instead of a judge's decision."""
    good = given(network, decision(network, case_id))
    police(network)
    paper = decision(network, case_id, on_paper=True)
    by_police = (signature(network, paper, POLICE), signature(network, paper, POLICE, COLLEAGUE))
    network.enrol("police-2", "police", "investigator", COLLEAGUE)
    elsewhere = (signature(network, paper, POLICE), signature(network, paper, "police-2", COLLEAGUE))
    return {
        "nothing": None,
        "unsigned": msgspec.structs.replace(good, statements=()),
        "another sum": msgspec.structs.replace(good, amount_minor=good.amount_minor + 1),
        "another name": msgspec.structs.replace(good, forum="Another court"),
        "an investigator's": msgspec.structs.replace(good, statements=(signature(network, good, POLICE),)),
        "a bank's": msgspec.structs.replace(good, statements=(signature(network, good, "bank-a"),)),
        "a paper that one has read": msgspec.structs.replace(paper, statements=by_police[:1]),
        "a paper that one has read twice": msgspec.structs.replace(paper, statements=by_police[:1] * 2),
        "a paper read at two authorities": msgspec.structs.replace(paper, statements=elsewhere),
        "a prosecutor's": given(network, decision(network, case_id, Lane.investigator)),
    }


FORGED = (
    "nothing",
    "unsigned",
    "another sum",
    "another name",
    "an investigator's",
    "a bank's",
    "a paper that one has read",
    "a paper that one has read twice",
    "a paper read at two authorities",
    "a prosecutor's",
)


@pytest.mark.parametrize("what", FORGED)
def test_a_bank_pays_nothing_upon_what_no_court_has_signed(store_for: StoreFor, what: str) -> None:
    network, _, case_id = held(store_for)
    assert order(network, forged(network, case_id)[what]) == NOT_STANDING
    assert network.rows("bank-b", CORE_COMMANDS, Condition("kind", "=", "pay")) == []
    assert network.balance("mule") == 500_000


def test_a_bank_pays_no_more_than_the_decision_names_nor_twice_nor_of_another_hold(store_for: StoreFor) -> None:
    network, _, case_id = held(store_for)
    signed = given(network, decision(network, case_id, amount=300_000))
    assert order(network, signed, amount=300_001) == NOT_COVERING
    assert order(network, signed, amount=200_000, refund="rf-1") == []
    assert order(network, signed, amount=100_001, refund="rf-2") == NOT_COVERING
    other = given(network, msgspec.structs.replace(signed, hold_ids=(HoldId("hd_other"),)))
    assert order(network, other, amount=1, refund="rf-3") == NOT_COVERING
    dollars = given(network, msgspec.structs.replace(signed, currency="USD"))
    assert order(network, dollars, amount=1, refund="rf-4") == NOT_COVERING
    assert order(network, signed, amount=100_000, refund="rf-5") == []
    assert bank_hold(network, "mule").paid_minor == 300_000


def test_a_bank_pays_nothing_after_the_end_of_the_decision(store_for: StoreFor) -> None:
    network, _, case_id = held(store_for)
    signed = given(network, decision(network, case_id, valid=timedelta(minutes=10)))
    network.wait(minutes=10)
    assert order(network, signed) == [(Rejection.authorisation_has_ended, "body.authorisation")]


def test_a_bank_pays_nothing_upon_a_consent_that_it_has_not_recorded(store_for: StoreFor) -> None:
    network, _, _ = held(store_for)
    assert order(network, None, lane="consent") == [(Rejection.return_revoked, "body.hold_id")]
    assert bank_hold(network, "mule").paid_minor == 0


# --- consent at the exchange


def test_the_gate_is_told_of_the_holders_own_return_and_of_nothing_else(store_for: StoreFor) -> None:
    network, filed, _ = held(store_for)
    hold_id = bank_hold(network, "mule").hold_id
    given_back(network, hold_id, 180_000)
    [recorded] = network.rows(EXCHANGE_ID, RECORDED_RETURNS)
    assert (recorded.amount_minor, recorded.checks, recorded.taken_back_at) == (180_000, RETURN_CHECKS, None)
    less = replace(recorded, amount_minor=179_999)
    network.at(EXCHANGE_ID, lambda tx, _: tx.put(RECORDED_RETURNS, less))
    ordered = refunded(network, filed, lane=Lane.consent)
    assert ordered.rejection is Rejection.measure_refused_by_law
    assert ordered.assessment is not None
    assert [one.code for one in ordered.assessment.tests if not one.passed] == [Code.consent_missing]
    network.at(EXCHANGE_ID, lambda tx, _: tx.put(RECORDED_RETURNS, recorded))
    assert refunded(network, filed, lane=Lane.consent).rejection is None


@pytest.mark.parametrize("left_out", RETURN_CHECKS)
def test_a_return_without_one_of_its_checks_is_not_taken(store_for: StoreFor, left_out: str) -> None:
    network, _, _ = held(store_for)
    hold_id = bank_hold(network, "mule").hold_id
    checks = tuple(check for check in RETURN_CHECKS if check != left_out)
    body = ReturnOffered(hold_id=hold_id, for_report_id=None, amount_minor=1, checks=checks, statement="")
    signed = network.statement("bank-b", Act.record_return, hold_id, body.terms())
    result = tell(network, "bank-b", msgspec.structs.replace(body, statement=signed), "msg-1")
    assert (result.refusal, result.place) == (Rejection.checks_missing, "body.checks")
    assert network.rows(EXCHANGE_ID, RECORDED_RETURNS) == []


def test_one_decision_is_entered_once_so_that_its_sum_is_there_once(store_for: StoreFor) -> None:
    network, _, case_id = held(store_for)
    decided = decision(network, case_id, amount=500_000)
    assert isinstance(entered(network, decided, sits(network)), EnteredAuthorisation)
    again = replace(decided, authorisation_id=AuthorisationId("au-again"))
    assert entered(network, again, COURT) is Rejection.authorisation_known_under_another_id
    assert len(network.rows(EXCHANGE_ID, AUTHORISATIONS)) == 1


def test_of_two_entries_of_one_paper_one_alone_is_confirmed(store_for: StoreFor) -> None:
    network, _, case_id = held(store_for)
    police(network)
    mistaken = decision(network, case_id, amount=5, on_paper=True)
    right = replace(mistaken, authorisation_id=AuthorisationId("au-right"), amount_minor=500_000)
    for one in (mistaken, right):
        assert isinstance(entered(network, one, POLICE), EnteredAuthorisation)
    assert isinstance(confirmed(network, right, POLICE, COLLEAGUE), EnteredAuthorisation)
    assert confirmed(network, mistaken, POLICE, COLLEAGUE) is Rejection.authorisation_known_under_another_id


def test_what_was_not_paid_because_the_hold_ended_is_still_counted(store_for: StoreFor) -> None:
    """The core may be paying just then; only the bank's own no frees the sum."""
    network, filed, case_id = held(store_for)
    decided = decision(network, case_id, amount=500_000)
    assert isinstance(entered(network, decided, sits(network)), EnteredAuthorisation)
    network.banks["bank-b"].is_asleep = True
    assert refunded(network, filed, authorisation=decided.authorisation_id).rejection is None
    [before] = network.rows(EXCHANGE_ID, REFUND_PARTS)
    network.at(EXCHANGE_ID, lambda tx, _: tx.put(REFUND_PARTS, replace(before, status=PartStatus.failed)))
    assert network.at(EXCHANGE_ID, left_of(decided.authorisation_id)) == 0
    network.at(EXCHANGE_ID, lambda tx, _: tx.put(REFUND_PARTS, replace(before, is_refused=True)))
    assert network.at(EXCHANGE_ID, left_of(decided.authorisation_id)) == 500_000


def left_of(authorisation_id: AuthorisationId) -> Callable[[Transaction, Setting], int | None]:
    def work(tx: Transaction, _: Setting) -> int | None:
        told = authorised(tx, tx.get(AUTHORISATIONS, authorisation_id))
        return None if told is None else told.covers_minor

    return work


def test_a_decision_goes_with_its_case_to_the_one_that_it_joins(store_for: StoreFor) -> None:
    network, first, second = asked(store_for)
    own = report(network, second).case_id
    decided = decision(network, own)
    assert isinstance(entered(network, decided, sits(network)), EnteredAuthorisation)
    network.join(second)
    case_id = report(network, second).case_id
    assert case_id == report(network, first).case_id != own
    upon = network.at(
        EXCHANGE_ID,
        lambda tx, _: authorisation_for(tx, decided.authorisation_id, case_id, Lane.court, frozenset(decided.hold_ids)),
    )
    assert upon is not None


def test_nothing_is_told_of_a_decision_that_a_payment_by_consent_did_not_need(store_for: StoreFor) -> None:
    """Nobody has checked it: it neither reaches the holder nor uses up the sum of the true one."""
    network, _, case_id = held(store_for)
    given_back(network, bank_hold(network, "mule").hold_id, 500_000)
    network.settle()
    assert order(network, decision(network, case_id), lane="consent") == []
    assert bank_hold(network, "mule").paid_minor == 500_000
    assert network.rows("bank-b", DECIDED_PAYMENTS) == []
