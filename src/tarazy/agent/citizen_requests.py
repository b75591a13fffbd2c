"""What people without this bank's app have written to it in the portal, and what its officers did about it.

A request holds nothing and traces nothing. An analyst calls the person back, identifies them and finds the payment; an
officer signs a report on it, or says why not. The portal is told the state, and why not by a code alone: the officer's
own words stay here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from msgspec import Struct

from tarazy.agent.records import LOCAL_REPORTS
from tarazy.app.messages import Handled, queue
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Table, Transaction
from tarazy.domain.rejection import Rejection
from tarazy.protocol.bodies import CitizenRequest, RequestState
from tarazy.protocol.citizen_bodies import (
    FINAL,
    TELLING,
    CitizenState,
    CitizenWords,
    RequestNumber,
    WhyNoReport,
    words_in,
)
from tarazy.protocol.message import Envelope
from tarazy.protocol.statement import are_reasons
from tarazy.texts.catalogue import Language
from tarazy.values.ids import OfficerId, ParticipantId, ReportId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

OPEN_MAX: Final = 200
"""As many open requests as one page of the desk can carry; the oldest come first."""


class ReceivedRequest(Struct, frozen=True, kw_only=True):
    """One request, opened, and what an officer last did about it."""

    number: RequestNumber
    language: Language
    words: CitizenWords
    filed_at: Instant
    received_at: Instant
    is_open: bool
    state: CitizenState
    why: WhyNoReport | None
    officer_id: OfficerId | None
    changed_at: Instant
    reasons: str | None
    report_id: ReportId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRequest:
    """What an officer says of a request. A report that was signed is named; without one, why not and own reasons."""

    number: RequestNumber
    state: CitizenState
    officer_id: OfficerId
    why: WhyNoReport | None = None
    reasons: str = ""
    report_id: ReportId | None = None


CITIZEN_REQUESTS = Table("citizen_requests", ReceivedRequest, ("number",))


def take_citizen_requests(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Open what was sealed for this bank and lay it before its officers."""
    return [_take_one(tx, envelope, setting) for envelope in envelopes]


def _take_one(tx: Transaction, envelope: Envelope, setting: Setting) -> Handled:
    body = envelope.body
    assert isinstance(body, CitizenRequest)
    opened = setting.unseal(body.sealed_request)
    if opened is None:
        return Handled(rejection=Rejection.reference_not_for_us, place="body.sealed_request")
    words = words_in(opened)
    if words is None:
        return Handled(rejection=Rejection.order_unknown, place="body.sealed_request")
    if body.language not in Language.__members__:
        return Handled(rejection=Rejection.order_unknown, place="body.language")
    if tx.get(CITIZEN_REQUESTS, body.number) is not None:
        return Handled()
    received = ReceivedRequest(
        number=body.number,
        language=Language(body.language),
        words=words,
        filed_at=body.filed_at,
        received_at=setting.now,
        is_open=True,
        state=CitizenState.sent,
        why=None,
        officer_id=None,
        changed_at=setting.now,
        reasons=None,
        report_id=None,
    )
    tx.add(CITIZEN_REQUESTS, received)
    return Handled()


def open_citizen_requests(tx: Transaction) -> list[ReceivedRequest]:
    """Return the requests that are not ended, oldest first."""
    still = Condition("is_open", "=", True)
    return tx.find(CITIZEN_REQUESTS, still, order=("filed_at", "number"), limit=OPEN_MAX)


def citizen_requests_mark(tx: Transaction) -> str:
    """Return a text that differs as soon as an officer would see something else in the list."""
    return " ".join(f"{one.number}:{one.state}" for one in open_citizen_requests(tx))


def answer_citizen_request(
    tx: Transaction, command: AnswerRequest, exchange: ParticipantId, setting: Setting
) -> Rejection | None:
    """Say what became of a request; whoever has its number sees the state with the next message."""
    received = tx.lock(CITIZEN_REQUESTS, {(command.number,)}).get((command.number,))
    if received is None:
        return Rejection.report_unknown
    rejection = _fault_in(tx, command, received)
    if rejection is not None:
        return rejection
    answered = replace(
        received,
        is_open=command.state not in FINAL,
        state=command.state,
        why=command.why,
        officer_id=command.officer_id,
        changed_at=setting.now,
        reasons=command.reasons.strip() or None,
        report_id=command.report_id,
    )
    tx.put(CITIZEN_REQUESTS, answered)
    body = RequestState(number=command.number, state=command.state, why=command.why, at=setting.now)
    queue(tx, setting.envelope(exchange, body, command.number, command.state, setting.now.text()), setting)
    return None


def _fault_in(tx: Transaction, command: AnswerRequest, received: ReceivedRequest) -> Rejection | None:
    if not received.is_open:
        return Rejection.report_has_ended
    if command.state not in TELLING:
        return Rejection.order_unknown
    if command.state is CitizenState.report_signed:
        report = None if command.report_id is None else tx.get(LOCAL_REPORTS, command.report_id)
        return Rejection.report_unknown if report is None or report.withdrawn_at is not None else None
    if command.state is CitizenState.not_signed and (command.why is None or not are_reasons(command.reasons)):
        return Rejection.reasons_missing
    return None
