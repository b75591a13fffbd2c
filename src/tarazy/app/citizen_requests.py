"""What people write to their bank in the portal: carried sealed, and known here by a number and a state alone.

Nothing is traced or held on such a request, and nothing here can be read: not who asks, not which payment. The number
is all that a person needs to see what became of it; a number that nobody has looks the same as one without news.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final

from msgspec import Struct

from tarazy.app.eventing import record
from tarazy.app.messages import Handled, Outgoing, queue
from tarazy.app.records import PARTICIPANTS, Participant
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Table, Transaction
from tarazy.domain.notice import new_code
from tarazy.domain.rejection import Rejection
from tarazy.protocol import jws
from tarazy.protocol.bodies import CitizenRequest, RequestState
from tarazy.protocol.citizen_bodies import (
    FINAL,
    TELLING,
    CitizenState,
    CitizenWords,
    RequestNumber,
    WhyNoReport,
    words_text,
)
from tarazy.protocol.message import Envelope
from tarazy.protocol.wire import from_json
from tarazy.values.ids import ParticipantId, derived
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

BANKS: Final = ("bank", "payments", "microfinance")
"""Kinds of participants to whom a payer can turn."""
WITH_AGENT: Final = ("L2", "L3")
"""Levels of participation at which a program answers; to the others people can only call."""
BANKS_MAX: Final = 500
_NUMBER_PURPOSE: Final = b"tarazy/request-number/1:"


class SentRequest(Struct, frozen=True, kw_only=True):
    """All that the exchange knows of a request. ``at`` is when the bank last said something of it."""

    number: RequestNumber
    participant_id: ParticipantId
    state: CitizenState
    why: WhyNoReport | None
    filed_at: Instant
    at: Instant


CITIZEN_REQUESTS = Table("citizen_requests", SentRequest, ("number",))


def number_for(nonce: str) -> RequestNumber:
    """Return the number that belongs to a form: sent twice it is one request, and no number can be chosen."""
    digest = sha256(_NUMBER_PURPOSE + nonce.encode()).digest()
    entropy: Callable[[int], bytes] = lambda n: digest[:n]  # noqa: E731 - the port's form
    return RequestNumber(new_code(entropy))


def banks_to_write_to(tx: Transaction) -> list[Participant]:
    """Return the participants whose agent can take a request, by name."""
    known = tx.find(PARTICIPANTS, Condition("is_active", "=", True), order=("name",), limit=BANKS_MAX)
    return [one for one in known if one.kind in BANKS and one.level in WITH_AGENT]


def file_citizen_request(
    tx: Transaction, number: RequestNumber, bank: ParticipantId, words: CitizenWords, language: str, setting: Setting
) -> SentRequest | Rejection:
    """Seal what somebody has written for their bank, and send it. A number that was sent already stays as it is."""
    if bank not in {one.participant_id for one in banks_to_write_to(tx)}:
        return Rejection.payee_participant_unknown
    before = tx.get(CITIZEN_REQUESTS, number)
    if before is not None:
        return before
    sent = SentRequest(
        number=number,
        participant_id=bank,
        state=CitizenState.sent,
        why=None,
        filed_at=setting.now,
        at=setting.now,
    )
    tx.add(CITIZEN_REQUESTS, sent)
    body = CitizenRequest(
        number=number,
        sealed_request=setting.seal(bank, words_text(words)),
        language=language,
        filed_at=setting.now,
    )
    queue(tx, setting.envelope(bank, body, number), setting)
    _record(tx, sent, "citizen_request_sent", setting)
    return sent


def news_in(sent: SentRequest | None) -> SentRequest | None:
    """Return a request of which there is news. None says nothing: there may be none yet, or no such request."""
    return None if sent is None or sent.state is CitizenState.sent else sent


def take_request_states(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Keep what banks say of requests that were sent to them; what is older than what is known changes nothing."""
    return [_take_one(tx, envelope, setting) for envelope in envelopes]


def _take_one(tx: Transaction, envelope: Envelope, setting: Setting) -> Handled:
    body = envelope.body
    assert isinstance(body, RequestState)
    if body.state not in TELLING:
        return Handled(rejection=Rejection.order_unknown, place="body.state")
    state = CitizenState(body.state)
    why = None if body.why is None else WhyNoReport.__members__.get(body.why)
    if (why is None) != (body.why is None) or (why is None) == (state is CitizenState.not_signed):
        return Handled(rejection=Rejection.order_unknown, place="body.why")
    sent = tx.lock(CITIZEN_REQUESTS, {(body.number,)}).get((body.number,))
    if sent is None:
        return Handled(rejection=Rejection.report_unknown, place="body.number")
    if sent.participant_id != envelope.sender:
        return Handled(rejection=Rejection.report_not_of_sender, place="body.number")
    if sent.state in FINAL or body.at < sent.at:
        return Handled()
    _keep(tx, sent, state, why, body.at, setting)
    return Handled()


def citizen_request_was_refused(tx: Transaction, outgoing: Outgoing, refusal: str, setting: Setting) -> None:
    """Let the number say that the bank's program did not take the request, so that the person calls."""
    body = from_json(jws.read(outgoing.text).payload, Envelope).body
    assert isinstance(body, CitizenRequest), refusal
    sent = tx.lock(CITIZEN_REQUESTS, {(body.number,)}).get((body.number,))
    if sent is not None and sent.state is CitizenState.sent:
        _keep(tx, sent, CitizenState.not_taken, None, setting.now, setting)


def _keep(
    tx: Transaction, sent: SentRequest, state: CitizenState, why: WhyNoReport | None, at: Instant, setting: Setting
) -> None:
    told = replace(sent, state=state, why=why, at=at)
    tx.put(CITIZEN_REQUESTS, told)
    _record(tx, told, "citizen_request_answered", setting)


def _record(tx: Transaction, sent: SentRequest, kind: str, setting: Setting) -> None:
    """Write the act down under a name that is made of the number: whoever reads events cannot ask with it."""
    subject = derived("cr", sent.number)
    record(tx, setting, kind, sent.participant_id, subject, case_id=None, state=sent.state, why=sent.why)
