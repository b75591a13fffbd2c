"""Mandates at the exchange: what was done under one can be examined against its terms for ever after."""

from datetime import timedelta

import msgspec
import pytest

from tarazy.adapters.packs import load_pack
from tarazy.app.queries.gate import GateView, gate_view
from tarazy.app.records import EVENTS, MANDATES, PIECES, Mandate
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import Verdict
from tarazy.protocol.bodies import MandateSigned
from tarazy.protocol.message import Result
from tarazy.protocol.statement import Act
from tarazy.values.ids import MandateId
from tests.story import Network, StoreFor, robbed
from tests.unit.app.speaking import tell


def kept(network: Network, mandate_id: str = "md-bank-b") -> Mandate:
    mandate: Mandate
    [mandate] = network.rows(EXCHANGE_ID, MANDATES, Condition("mandate_id", "=", mandate_id))
    return mandate


def said(network: Network, **changes: object) -> MandateSigned:
    """Return the mandate of bank B as it is known, with other terms, signed by its officer."""
    known = kept(network)
    body = MandateSigned(
        mandate_id=known.mandate_id,
        statement="",
        measure=known.measure,
        norms=known.norms,
        currency=known.currency,
        ceiling_minor=known.ceiling_minor,
        hours=known.hours,
        valid_from=known.valid_from,
        valid_to=known.valid_to,
    )
    body = msgspec.structs.replace(body, **changes)
    statement = network.statement("bank-b", Act.sign_mandate, body.mandate_id, body.terms())
    return msgspec.structs.replace(body, statement=statement)


def sign(network: Network, number: int = 1, **changes: object) -> Result:
    return tell(network, "bank-b", said(network, **changes), f"mandate-{number}")


def gate(network: Network) -> GateView:
    """Return what the law gate said of the first piece."""
    [piece] = network.rows(EXCHANGE_ID, PIECES, Condition("depth", "=", 0))
    found = network.exchange.store.run(lambda tx: gate_view(tx, piece, load_pack("kz-demo")))
    assert found is not None
    return found


def signed_events(network: Network) -> int:
    return len(network.rows(EXCHANGE_ID, EVENTS, Condition("kind", "=", "mandate_signed")))


@pytest.mark.parametrize(
    "changes",
    [{"ceiling_minor": 1}, {"hours": 1}, {"currency": "USD"}, {"norms": ()}, {"measure": "M5"}, {"later": True}],
    ids=lambda changes: next(iter(changes)),
)
def test_other_terms_under_a_known_id_are_refused(store_for: StoreFor, changes: dict[str, object]) -> None:
    network = robbed(store_for, mandated=("bank-b",))
    before, events = kept(network), signed_events(network)
    if "later" in changes:
        changes = {"valid_to": before.valid_to.plus(timedelta(seconds=1))}
    result = sign(network, **changes)
    assert (result.status, result.refusal) == ("rejected", Rejection.mandate_known_with_other_terms)
    assert (kept(network), signed_events(network)) == (before, events)


def test_the_same_mandate_in_another_message_changes_nothing(store_for: StoreFor) -> None:
    network = robbed(store_for, mandated=("bank-b",))
    before = kept(network)
    assert sign(network).status == "accepted"
    after = kept(network)
    assert (after.valid_to, after.valid_from, after.hours) == (before.valid_to, before.valid_from, before.hours)


def test_an_end_counts_from_when_it_came_and_leaves_what_was_done_as_it_was(store_for: StoreFor) -> None:
    network = robbed(store_for, mandated=("bank-b",))
    network.report("t1")
    before = gate(network)
    assert before.hold.verdict is not Verdict.refused
    network.wait(minutes=5)
    early = network.now.plus(timedelta(minutes=-10))
    assert sign(network, valid_to=max(early, kept(network).valid_from)).status == "accepted"
    assert kept(network).valid_to == network.now
    assert gate(network) == before
    network.wait(minutes=5)
    assert sign(network, 2, valid_to=kept(network).valid_from).status == "accepted"
    assert kept(network).valid_to < network.now, "what is over is not made to last longer"


def test_a_newer_mandate_in_another_currency_hides_none(store_for: StoreFor) -> None:
    network = robbed(store_for, mandated=("bank-b",))
    network.wait(minutes=1)
    other = {"mandate_id": MandateId("md-usd"), "currency": "USD", "valid_from": network.now}
    assert sign(network, **other).status == "accepted"
    network.report("t1")
    [piece] = network.rows(EXCHANGE_ID, PIECES, Condition("depth", "=", 0))
    assert piece.hold_id is not None
    assert gate(network).hold.verdict is not Verdict.refused


def test_a_piece_without_a_hold_shows_the_mandate_of_its_currency(store_for: StoreFor) -> None:
    """The sum is beyond the ceiling: the page says so, and not that there was no mandate."""
    network = robbed(store_for, mandated=("bank-b",))
    network.wait(minutes=1)
    usd = {"mandate_id": MandateId("md-usd"), "currency": "USD", "valid_from": network.now}
    low = {"mandate_id": MandateId("md-low"), "ceiling_minor": 1, "valid_from": network.now}
    assert sign(network, 1, **low).status == "accepted"
    network.wait(minutes=1)
    assert sign(network, 2, **usd).status == "accepted"
    network.report("t1")
    [piece] = network.rows(EXCHANGE_ID, PIECES, Condition("depth", "=", 0))
    assert piece.hold_id is None
    failed = {outcome.code for outcome in gate(network).hold.tests if not outcome.passed}
    assert failed == set(piece.refused_by[1:])
