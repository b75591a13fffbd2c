"""A bank believes signatures and its own law, not the exchange: orders that are altered on the way take nothing."""

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest

from tarazy.agent.measure_records import HOLD_MEASURES
from tarazy.app.measure_records import MEASURE_DECISIONS, Schedule
from tarazy.domain.motion import LineDecision
from tarazy.domain.rejection import Rejection
from tarazy.protocol import jws
from tarazy.protocol.measure_bodies import LiftOrder, MeasureOrder
from tarazy.protocol.message import Envelope
from tarazy.protocol.schedule import LineGrant, SignedDecision, reasons_digest
from tarazy.protocol.statement import Act, Statement
from tarazy.protocol.wire import from_json
from tarazy.values.ids import HoldId, MeasureId, OfficerId, ParticipantId
from tests.measuring import DECIDED_BECAUSE, JUDGE, ask, begin, case_of, court, decide, grants, registered
from tests.story import Network, StoreFor, robbed
from tests.story_people import COLLEAGUE, OFFICER, THIRD
from tests.story_reading import bank_hold
from tests.unit.app.speaking import order as say

change = msgspec.structs.replace
Altered = Callable[[MeasureOrder], MeasureOrder]


def ordered(network: Network, bank: str = "bank-b") -> MeasureOrder:
    """Return the newest measure order that waits for a bank."""
    texts = [one.text for one in network.exchange.waiting_for(ParticipantId(bank)) if one.kind == "measure_order"]
    body = from_json(jws.read(texts[-1]).payload, Envelope).body
    assert isinstance(body, MeasureOrder)
    return body


@pytest.fixture
def network(store_for: StoreFor) -> Network:
    network = robbed(store_for)
    network.report("t1")
    registered(network, case_of(network))
    return network


@pytest.fixture
def order(network: Network) -> MeasureOrder:
    """An investigator's measure, signed and on its way."""
    done = begin(network, case_of(network), days=5)
    assert isinstance(done, Schedule), done
    return ordered(network)


@pytest.fixture
def granted(network: Network) -> MeasureOrder:
    """A judge's measure, granted and on its way; the investigator's has arrived."""
    begin(network, case_of(network))
    network.settle()
    motion = ask(network, case_of(network))
    network.settle()
    court(network)
    decide(network, motion, grants(network, motion, [LineDecision.narrowed]))  # type: ignore[arg-type] # it was filed
    return ordered(network)


ALTERED: dict[str, tuple[Altered, Rejection]] = {
    "more than was signed": (
        lambda order: change(order, line=change(order.line, cap_minor=order.line.cap_minor + 1)),
        Rejection.schedule_does_not_stand,
    ),
    "longer than was signed": (
        lambda order: change(order, line=change(order.line, until=order.line.until.plus(timedelta(days=1)))),
        Rejection.schedule_does_not_stand,
    ),
    "an end beyond what was signed": (
        lambda order: change(order, expires_at_most=order.line.until.plus(timedelta(hours=1))),
        Rejection.end_beyond_terms,
    ),
    "an end after the latest": (
        lambda order: change(order, expires_at=order.expires_at_most.plus(timedelta(seconds=1))),
        Rejection.end_beyond_terms,
    ),
    "another measure than was signed": (
        lambda order: change(order, measure="M9"),
        Rejection.schedule_does_not_stand,
    ),
    "a measure that nobody knows": (lambda order: change(order, measure="M99"), Rejection.measure_refused_by_law),
    "a measure that the law refuses": (lambda order: change(order, measure="M8"), Rejection.measure_refused_by_law),
    "another day of the law": (
        lambda order: change(order, law_day=order.law_day - timedelta(days=200)),
        Rejection.measure_refused_by_law,
    ),
    "begun before it was signed": (
        lambda order: change(order, begins_at=order.begins_at.plus(-timedelta(hours=1))),
        Rejection.schedule_does_not_stand,
    ),
    "begun later than it was sent": (
        lambda order: change(order, begins_at=order.begins_at.plus(timedelta(hours=1))),
        Rejection.end_beyond_terms,
    ),
    "for another offence": (
        lambda order: change(order, schedule=change(order.schedule, offence_ids=("kz-cc-188",))),
        Rejection.schedule_does_not_stand,
    ),
    "in another criminal case": (
        lambda order: change(order, schedule=change(order.schedule, registration="267500031000124")),
        Rejection.schedule_does_not_stand,
    ),
    "a line that is not among those signed": (
        lambda order: change(order, schedule=change(order.schedule, digests=("li_0",))),
        Rejection.schedule_does_not_stand,
    ),
    "a hold that is not there": (
        lambda order: change(
            order,
            hold_id=HoldId("hd_0"),
            line=change(order.line, hold_id=HoldId("hd_0")),
        ),
        Rejection.schedule_does_not_stand,
    ),
}


@pytest.mark.parametrize("name", ALTERED)
def test_an_order_that_was_altered_takes_nothing(network: Network, order: MeasureOrder, name: str) -> None:
    alter, rejection = ALTERED[name]
    result = say(network, "bank-b", alter(order), "forged-1")
    assert (result.status, result.refusal) == ("rejected", rejection)
    assert network.rows("bank-b", HOLD_MEASURES) == []
    assert bank_hold(network, "mule").carried_by is None


def test_as_it_was_signed_it_is_taken(network: Network, order: MeasureOrder) -> None:
    assert say(network, "bank-b", order, "as-signed-1").status == "accepted"
    assert bank_hold(network, "mule").carried_by == order.measure_id


@pytest.mark.parametrize("officer_role", ["analyst", "prosecutor"])
def test_an_act_of_somebody_who_may_not_takes_nothing(network: Network, order: MeasureOrder, officer_role: str) -> None:
    network.enrol("police", "police", officer_role)
    result = say(network, "bank-b", order, "forged-1")
    assert (result.status, result.refusal) == ("rejected", Rejection.schedule_does_not_stand)


def decision_of(order: MeasureOrder) -> SignedDecision:
    assert order.decision is not None
    return order.decision


def grant_of(order: MeasureOrder) -> LineGrant:
    assert order.grant is not None
    return order.grant


GRANTS: dict[str, Altered] = {
    "without the decision": lambda order: change(order, decision=None, grant=None),
    "with a decision that nobody has signed": lambda order: change(
        order, decision=change(decision_of(order), statements=("a.b.c",))
    ),
    "with another forum": lambda order: change(order, decision=change(decision_of(order), forum="Another court")),
    "by somebody else": lambda order: change(order, decision=change(decision_of(order), by="prosecutor")),
    "more than was granted": lambda order: change(order, grant=change(grant_of(order), cap_minor=order.line.cap_minor)),
    "a line that was struck": lambda order: change(order, grant=change(grant_of(order), decision="struck")),
    "upon another motion": lambda order: change(order, decision=change(decision_of(order), motion_id="mo_0")),
}


@pytest.mark.parametrize("name", GRANTS)
def test_a_grant_that_was_altered_takes_nothing(network: Network, granted: MeasureOrder, name: str) -> None:
    before = bank_hold(network, "mule").carried_by
    result = say(network, "bank-b", GRANTS[name](granted), "forged-1")
    assert (result.status, result.refusal) == ("rejected", Rejection.decision_does_not_stand)
    assert bank_hold(network, "mule").carried_by == before


def test_a_grant_of_a_judge_who_may_not_takes_nothing(network: Network, granted: MeasureOrder) -> None:
    network.enrol("court", "court", "judge", JUDGE)  # a judge of another kind than the law names
    result = say(network, "bank-b", granted, "forged-1")
    assert (result.status, result.refusal) == ("rejected", Rejection.decision_does_not_stand)


def on_paper(network: Network, order: MeasureOrder, *readers: OfficerId) -> MeasureOrder:
    """Return the order with its decision as two officers of the police have read it from a paper."""
    decision = change(decision_of(order), on_paper=True)
    statements = tuple(
        network.statement("police", Act.decide_motion, decision.decision_id, decision.terms(), officer=one, reasons="")
        for one in readers
    )
    return change(order, decision=change(decision, statements=statements))


def test_a_paper_that_its_author_has_read_themselves_takes_nothing(network: Network, granted: MeasureOrder) -> None:
    for officer in (OFFICER, COLLEAGUE, THIRD):
        network.enrol("police", "police", "investigator", officer)
    result = say(network, "bank-b", on_paper(network, granted, OFFICER, COLLEAGUE), "forged-1")
    assert (result.status, result.refusal) == ("rejected", Rejection.decision_does_not_stand)
    assert say(network, "bank-b", on_paper(network, granted, THIRD, COLLEAGUE), "as-read-1").status == "accepted"


def test_no_bank_reads_the_reasons_of_an_author_or_of_a_judge(network: Network, granted: MeasureOrder) -> None:
    kept = network.rows("exchange", MEASURE_DECISIONS)[0]
    assert kept.reasons == DECIDED_BECAUSE
    sent = jws.read(network.exchange.waiting_for(ParticipantId("bank-b"))[-1].text).payload.decode()
    said = [from_json(jws.read(text).payload, Statement) for text in decision_of(granted).statements]
    assert DECIDED_BECAUSE not in sent
    assert [one.reasons for one in said] == [""]
    assert decision_of(granted).words == reasons_digest(kept.decision_id, DECIDED_BECAUSE)


def test_what_was_granted_less_is_held_less(network: Network, granted: MeasureOrder) -> None:
    assert say(network, "bank-b", granted, "as-signed-1").status == "accepted"
    network.settle()
    assert bank_hold(network, "mule").held_minor == 250_000


def test_lifting_what_carries_nothing_changes_nothing(network: Network, order: MeasureOrder) -> None:
    hold = bank_hold(network, "mule")
    lift = LiftOrder(measure_id=MeasureId("ms_0"), hold_id=hold.hold_id, why="lifted_by_authority", keep_minor=0)
    assert say(network, "bank-b", lift, "lift-1").status == "accepted"
    assert bank_hold(network, "mule").status == hold.status
    assert order.hold_id == hold.hold_id
