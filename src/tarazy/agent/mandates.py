"""Standing mandates: an officer's signed decision under which this bank's own pauses are made, and the end of one.

Whoever signs a mandate is the author of every pause that is made under it. What it may say stands in the law pack; what
it does say is kept here and at the exchange, under the officer's own signature.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from tarazy.agent.records import MANDATES, StandingMandate
from tarazy.agent.signing import UNSIGNED, OfficerAtDesk, signed_by
from tarazy.app.messages import OUTBOX, Outgoing, queue
from tarazy.app.setting import Setting
from tarazy.app.store import Transaction
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import Measure
from tarazy.law.ground import Ground, Pack
from tarazy.protocol import jws
from tarazy.protocol.bodies import MandateSigned
from tarazy.protocol.message import Envelope, following_id
from tarazy.protocol.statement import Act, Statement, are_reasons
from tarazy.protocol.wire import from_json
from tarazy.values.ids import MandateId, MessageId, NormId, ParticipantId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

MANDATES_SHOWN_MAX: Final = 200
MANDATE_DAYS_MAX: Final = 366
"""What nobody has looked at for a year is not a decision any more: then it is signed anew."""
ENDINGS_MAX: Final = 20
"""How often an ending that the exchange did not take can be signed anew."""
HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignMandate:
    """An officer lets the bank pause on its own: what, on which norms, how much, how long, from when to when."""

    mandate_id: MandateId
    measure: Measure
    norms: tuple[NormId, ...]
    currency: str
    ceiling_minor: int
    hours: int
    valid_from: Instant
    valid_to: Instant
    reasons: str


class MandateState(StrEnum):
    """How a mandate stands, as far as this bank knows."""

    on_its_way = "on_its_way"
    not_taken = "not_taken"
    end_not_taken = "end_not_taken"
    """It was ended here, and the exchange did not take that: it may still be in force there."""
    to_begin = "to_begin"
    in_force = "in_force"
    over = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateSheet:
    """One mandate: what was signed last about it, with which reasons, and what the exchange has said of that."""

    mandate: StandingMandate
    signed: MandateSigned | None
    statement: Statement | None
    sent: Outgoing | None
    endings: int
    state: MandateState

    @property
    def can_end(self) -> bool:
        """Whether there is something to end."""
        return self.state not in {MandateState.not_taken, MandateState.over} and self.endings < ENDINGS_MAX


def measures_by_mandate(pack: Pack, at: Instant) -> dict[Measure, Ground]:
    """Return the measures that a bank takes under a mandate, by the law of that day, each with what it rests on."""
    day = pack.data.calendar.local_day(at)
    grounds = {measure: pack.ground(measure, None, day) for measure in Measure}
    return {
        measure: ground
        for measure, ground in grounds.items()
        if ground is not None and ground.rule.basis is not None and ground.rule.basis.value.mandate
    }


def hours_allowed(ground: Ground) -> int | None:
    """Return for how many hours at most a measure may be taken at first; None where no fixed time is given."""
    duration = ground.rule.duration
    first = None if duration is None else duration.value.first.fixed
    return None if first is None else first // HOUR


def sign_mandate(
    tx: Transaction, command: SignMandate, officer: OfficerAtDesk, exchange: ParticipantId, setting: Setting
) -> Rejection | None:
    """Sign and keep a mandate, and tell the exchange. The same mandate again is signed once, on other terms never."""
    before = tx.lock(MANDATES, {(command.mandate_id,)}).get((command.mandate_id,))
    if before is not None:
        return None if _is_same(before, command, setting.now) else Rejection.mandate_known_with_other_terms
    ground = measures_by_mandate(setting.pack, setting.now).get(command.measure)
    if ground is None or not command.norms or not set(command.norms) <= set(ground.rule.norms):
        return Rejection.measure_refused_by_law
    if not 0 < command.hours <= (hours_allowed(ground) or 0):
        return Rejection.end_beyond_terms
    longest = command.valid_from.plus(timedelta(days=MANDATE_DAYS_MAX))
    if not setting.now <= command.valid_from < command.valid_to <= longest:
        return Rejection.end_beyond_terms
    if not are_reasons(command.reasons):
        return Rejection.reasons_missing
    mandate = StandingMandate(
        mandate_id=command.mandate_id,
        officer_id=officer.officer_id,
        measure=command.measure,
        ceiling_minor=command.ceiling_minor,
        currency=command.currency,
        hours=command.hours,
        valid_from=command.valid_from,
        valid_to=command.valid_to,
    )
    keep_mandate(tx, mandate, command.norms, command.reasons, officer, exchange, setting)
    return None


def _is_same(known: StandingMandate, command: SignMandate, now: Instant) -> bool:
    """Return whether a form says what was signed. One without a beginning begins when it is sent, so that is passed."""
    terms = (known.measure, known.currency, known.ceiling_minor, known.hours)
    is_over = known.valid_to <= now
    same_end = is_over or known.valid_to == command.valid_to
    return same_end and terms == (command.measure, command.currency, command.ceiling_minor, command.hours)


def end_mandate(
    tx: Transaction,
    mandate_id: MandateId,
    reasons: str,
    officer: OfficerAtDesk,
    exchange: ParticipantId,
    setting: Setting,
) -> Rejection | None:
    """End a mandate now. Holds that were placed under it stand until their own end."""
    mandate = tx.lock(MANDATES, {(mandate_id,)}).get((mandate_id,))
    if mandate is None:
        return Rejection.mandate_unknown
    sheet = _sheet(tx, mandate, exchange, setting)
    if not sheet.can_end:
        return Rejection.mandate_not_in_force
    if not are_reasons(reasons):
        return Rejection.reasons_missing
    ended = replace(mandate, valid_to=max(setting.now, mandate.valid_from))
    norms = () if sheet.signed is None else sheet.signed.norms
    keep_mandate(tx, ended, norms, reasons, officer, exchange, setting, endings=sheet.endings + 1)
    return None


def keep_mandate(
    tx: Transaction,
    mandate: StandingMandate,
    norms: tuple[NormId, ...],
    reasons: str,
    officer: OfficerAtDesk,
    exchange: ParticipantId,
    setting: Setting,
    *,
    endings: int = 0,
) -> None:
    """Keep a mandate as it now stands, and send it to the exchange under the officer's signature.

    ``endings`` counts how often its end was signed, this time included.
    """
    body = MandateSigned(
        mandate_id=mandate.mandate_id,
        statement=UNSIGNED,
        measure=mandate.measure,
        norms=norms,
        currency=mandate.currency,
        ceiling_minor=mandate.ceiling_minor,
        hours=mandate.hours,
        valid_from=mandate.valid_from,
        valid_to=mandate.valid_to,
    )
    body = signed_by(body, Act.sign_mandate, mandate.mandate_id, reasons, officer, setting)
    tx.put(MANDATES, mandate)
    queue(tx, setting.envelope(exchange, body, mandate.mandate_id, *_ending(endings)), setting)


def mandate_sheets(tx: Transaction, exchange: ParticipantId, setting: Setting) -> list[MandateSheet]:
    """Return this bank's mandates, the latest to begin first."""
    mandates = tx.find(MANDATES, order=("valid_from", "mandate_id"), descending=True, limit=MANDATES_SHOWN_MAX)
    return [_sheet(tx, mandate, exchange, setting) for mandate in mandates]


def mandate_sheet(
    tx: Transaction, mandate_id: MandateId, exchange: ParticipantId, setting: Setting
) -> MandateSheet | None:
    """Return one mandate; None for an unknown one."""
    mandate = tx.get(MANDATES, mandate_id)
    return None if mandate is None else _sheet(tx, mandate, exchange, setting)


def _sheet(tx: Transaction, mandate: StandingMandate, exchange: ParticipantId, setting: Setting) -> MandateSheet:
    ids = [_message_id(mandate, endings, exchange, setting) for endings in range(ENDINGS_MAX + 1)]
    found = tx.get_many(OUTBOX, {(message_id,) for message_id in ids})
    endings = max((n for n, message_id in enumerate(ids) if (message_id,) in found), default=0)
    sent = found.get((ids[endings],))
    body = None if sent is None else from_json(jws.read(sent.text).payload, Envelope).body
    signed = body if isinstance(body, MandateSigned) else None
    return MandateSheet(
        mandate=mandate,
        signed=signed,
        statement=None if signed is None else from_json(jws.read(signed.statement).payload, Statement),
        sent=sent,
        endings=endings,
        state=_state(mandate, sent, endings, setting.now),
    )


def _message_id(mandate: StandingMandate, endings: int, exchange: ParticipantId, setting: Setting) -> MessageId:
    return following_id("mandate_signed", setting.me, exchange, mandate.mandate_id, *_ending(endings))


def _ending(endings: int) -> tuple[str, ...]:
    """Return what makes the message of an ending another one than that of the mandate itself."""
    return (f"ending {endings}",) if endings else ()


def _state(mandate: StandingMandate, sent: Outgoing | None, endings: int, now: Instant) -> MandateState:
    if sent is not None and sent.refusal is not None:
        return MandateState.end_not_taken if endings else MandateState.not_taken
    if sent is not None and sent.done_at is None:
        return MandateState.on_its_way
    if mandate.valid_to <= now:
        return MandateState.over
    return MandateState.in_force if mandate.valid_from <= now else MandateState.to_begin
