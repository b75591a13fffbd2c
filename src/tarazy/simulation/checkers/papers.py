"""Signed papers read anew by the checkers of law: whose signature stands under an act, and in which capacity."""

from collections.abc import Sequence
from typing import NamedTuple

from tarazy.adapters.keys import Trust
from tarazy.adapters.memory import MemoryStore
from tarazy.agent.measure_records import HoldMeasure
from tarazy.app.messages import INBOX
from tarazy.app.store import Condition
from tarazy.law.assessment import ActorRole
from tarazy.protocol import jws
from tarazy.protocol.measure_bodies import MeasureOrder
from tarazy.protocol.message import Envelope
from tarazy.protocol.schedule import SignedDecision, SignedSchedule
from tarazy.protocol.statement import Statement, Terms
from tarazy.protocol.wire import from_json
from tarazy.simulation.checkers.finding import rows
from tarazy.values.ids import MeasureId
from tarazy.values.instant import Instant


class Signer(NamedTuple):
    """Who has signed, and as what they act."""

    participant_id: str
    officer_id: str
    capacity: ActorRole
    at: Instant


class Taken(NamedTuple):
    """An order about a measure that a bank has taken, and when it came."""

    order: MeasureOrder
    received_at: Instant


def signer_of(text: str, act: str, subject_id: str, terms: Terms, trust: Trust) -> Signer | None:
    """Return who has signed exactly this; None where nobody has, or something else stands under the signature."""
    signed = jws.read(text)
    said = from_json(signed.payload, Statement)
    verify = trust.officer_key_of(said.participant_id, said.officer_id)
    if verify is None or not verify(signed.signature, signed.signed_bytes):
        return None
    if (said.act, said.subject_id, sorted(said.terms)) != (act, subject_id, sorted(terms)):
        return None
    capacity = trust.officer_capacity(said.participant_id, said.officer_id)
    return Signer(said.participant_id, said.officer_id, capacity, said.at)


def author_of(schedule: SignedSchedule, trust: Trust) -> Signer | None:
    """Return who has signed a schedule."""
    return signer_of(schedule.statement, schedule.act, schedule.schedule_id, schedule.terms(), trust)


def is_decided(decision: SignedDecision, trust: Trust) -> bool:
    """Return whether an investigating judge has signed a decision, or two investigators have read it on paper."""
    found = [
        signer_of(text, "decide_motion", decision.decision_id, decision.terms(), trust) for text in decision.statements
    ]
    signers = [one for one in found if one is not None]
    if len(signers) != len(found):
        return False
    capacities = {one.capacity for one in signers}
    if not decision.on_paper:
        return len(signers) == 1 and capacities == {ActorRole.investigating_judge}
    officers = {(one.participant_id, one.officer_id) for one in signers}
    return len(officers) == 2 and capacities <= {ActorRole.investigator, ActorRole.investigating_judge}  # noqa: PLR2004 -- two readers


def orders_taken(disc: MemoryStore) -> dict[MeasureId, list[Taken]]:
    """Return the orders that a bank has taken, in the order in which they came."""
    found: dict[MeasureId, list[Taken]] = {}
    for row in rows(disc, INBOX, Condition("kind", "=", "measure_order"), order=("received_at",)):
        if row.rejection is None:
            body = from_json(jws.read(row.text).payload, Envelope).body
            assert isinstance(body, MeasureOrder)
            found.setdefault(body.measure_id, []).append(Taken(body, row.received_at))
    return found


def signed_minor(orders: Sequence[Taken]) -> int:
    """Return how much of a hold was signed at the last: by its author, and by the authority where it has decided."""
    order = orders[-1].order
    return order.line.cap_minor if order.grant is None else min(order.line.cap_minor, order.grant.cap_minor)


def signed_until(orders: Sequence[Taken]) -> Instant:
    """Return until when a hold may stand by what was signed at the last."""
    order = orders[-1].order
    granted = None if order.grant is None else order.grant.until
    return order.line.until if granted is None else min(order.line.until, granted)


def first_order(measure: HoldMeasure, orders: dict[MeasureId, list[Taken]]) -> MeasureOrder | None:
    """Return the order with which a measure came to a bank."""
    found = orders.get(measure.measure_id)
    return found[0].order if found else None
