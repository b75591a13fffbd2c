"""Events: replayed from the first, they give the statuses that the rows have; each refused answer has its own."""

from collections import Counter

from tarazy.adapters.memory import MemoryStore
from tarazy.app.messages import INBOX
from tarazy.app.records import CASE_HOLDS, EVENTS, PIECES, REFUND_PARTS, REFUNDS, REPORTS
from tarazy.app.store import Condition
from tarazy.domain.refund import PartStatus
from tarazy.protocol import jws
from tarazy.protocol.bodies import Answer
from tarazy.protocol.message import Envelope
from tarazy.protocol.wire import from_json
from tarazy.simulation.checkers.finding import demand, rows

NAME = "events"
OF_REPORTS = {"report_filed": "filed", "report_withdrawn": "withdrawn", "report_refuted": "refuted"}
OF_HOLDS = {"hold_requested": "requested", "hold_placed": "placed"}
ENDED_FROM = frozenset({"requested", "placed"})


def check_events(disc: MemoryStore) -> None:
    """Replay the exchange's events and compare. A hold that was asked for, and of which nobody has told, has no row."""
    reports: dict[str, str] = {}
    holds: dict[str, str] = {}
    ends: dict[str, str] = {}
    refunds, paid = set(), set()
    for event in rows(disc, EVENTS, order=("serial",)):
        subject = event.subject_id
        if event.kind in OF_REPORTS:
            reports[subject] = OF_REPORTS[event.kind]
        elif event.kind in OF_HOLDS:
            is_next = holds.get(subject) == (None if event.kind == "hold_requested" else "requested")
            demand(NAME, is_next, f"{event.kind} of {subject} after {holds.get(subject)}")
            holds[subject] = OF_HOLDS[event.kind]
        elif event.kind == "hold_ended":
            demand(NAME, holds.get(subject) in ENDED_FROM, f"hold_ended of {subject} after {holds.get(subject)}")
            holds[subject], ends[subject] = event.details["status"], event.details["end"]
        elif event.kind == "refund_ordered":
            refunds.add(subject)
        elif event.kind == "refund_paid":
            paid.add(subject)
    check_refused_answers(disc)
    _same("reports", reports, {row.report_id: row.status.value for row in rows(disc, REPORTS)})
    stored: dict[str, str] = {row.hold_id: row.status.value for row in rows(disc, CASE_HOLDS)}
    untold = {subject for subject, status in holds.items() if status == "requested"} - stored.keys()
    _same("holds", {subject: status for subject, status in holds.items() if subject not in untold}, stored)
    _same("ends", ends, {row.hold_id: row.end.value for row in rows(disc, CASE_HOLDS) if row.end is not None})
    demand(NAME, refunds == {row.refund_id for row in rows(disc, REFUNDS)}, "refunds differ")
    parts = {row.part_id for row in rows(disc, REFUND_PARTS) if row.status is PartStatus.paid}
    demand(NAME, paid == parts, "refund payments differ")


def check_refused_answers(disc: MemoryStore) -> None:
    """Check that every answer about a known piece that was turned down is recorded, with its reason and place."""
    pieces = {row.piece_id for row in rows(disc, PIECES)}
    told: Counter[tuple[str, str, str]] = Counter()
    for row in rows(disc, INBOX, Condition("kind", "=", "answer")):
        if row.rejection is not None:
            body = from_json(jws.read(row.text).payload, Envelope).body
            assert isinstance(body, Answer)
            if body.order_id in pieces:
                told[body.order_id, row.rejection, row.place or ""] += 1
    noted = Counter(
        (event.subject_id, event.details["reason"], event.details["place"])
        for event in rows(disc, EVENTS, Condition("kind", "=", "answer_refused"))
    )
    for key in sorted(told.keys() | noted.keys()):
        piece_id, reason, place = key
        said = f"{piece_id}: {told[key]} answers told {reason} at {place}, {noted[key]} recorded"
        demand(NAME, told[key] == noted[key], said)


def _same(what: str, replayed: dict[str, str], stored: dict[str, str]) -> None:
    for key in sorted(replayed.keys() | stored.keys()):
        told, has = replayed.get(key), stored.get(key)
        demand(NAME, told == has, f"{what}: {key}: events say {told}, the row says {has}")
