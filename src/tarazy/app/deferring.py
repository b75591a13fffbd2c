"""Putting off the notice of a measure: by whom the law names, within its times, and never of a notice that was served.

The duty to tell does not end. The deadline of telling is set to the end of the deferral, and the bank serves the notice
then by its own clock, also if it hears nothing more from anybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from msgspec import Struct

from tarazy.app.capacity import officers_capacity
from tarazy.app.deadlines import Owed, open_deadline
from tarazy.app.deferral_law import lawful_deferral, lifting
from tarazy.app.eventing import record
from tarazy.app.measure_law import branch_of, rule_of
from tarazy.app.measure_records import CASE_MEASURES, DEADLINES
from tarazy.app.messages import Outgoing, queue
from tarazy.app.records import CASE_HOLDS, CaseHold
from tarazy.app.setting import Setting
from tarazy.app.statements import Signed, signed_statement
from tarazy.app.store import Condition, Table, Transaction
from tarazy.domain.deadline import DeadlineStatus, Duty, IfMissed
from tarazy.domain.deferral import DeferralStatus, Given, Wish, moved
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import ActorRole, Measure
from tarazy.law.clock import Side
from tarazy.protocol import jws
from tarazy.protocol.bodies import DeferOrder
from tarazy.protocol.deferral_bodies import LiftDeferral as LiftDeferralTold
from tarazy.protocol.deferral_bodies import SignedDeferral, SignedLift
from tarazy.protocol.message import Envelope
from tarazy.protocol.statement import Act, Statement
from tarazy.protocol.wire import from_json
from tarazy.values.ids import CaseId, DeferralId, HoldId, MeasureId, OfficerId, ParticipantId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace


class Deferral(Struct, frozen=True, kw_only=True):
    """A deferral of the notice of one measure, as it was granted. ``number`` is which of the rule's times it was."""

    deferral_id: DeferralId
    measure_id: MeasureId
    measure: str
    hold_id: HoldId
    case_id: CaseId
    ground: str
    by: ActorRole
    participant_id: ParticipantId
    officer_id: OfficerId
    number: int
    granted_at: Instant
    starts_at: Instant
    until: Instant
    status: DeferralStatus
    statement: str


SERVING: Final = timedelta(hours=1)
"""How long after its end the bank's word that it has told the holder may be on its way."""
DEFERRALS: Final = Table("deferrals", Deferral, ("deferral_id",))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferNotice:
    """A prosecutor or a judge puts off the notice of a measure that has begun upon a hold, or is about to."""

    signed: SignedDeferral


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftDeferral:
    """Whoever has put a notice off, or whose step comes later, lets it be served at once."""

    signed: SignedLift


def defer_notice(tx: Transaction, command: DeferNotice, setting: Setting) -> Deferral | Rejection:
    """Put a notice off, and order the bank so. The same again is the same."""
    signed = command.signed
    hold = tx.lock(CASE_HOLDS, {(signed.hold_id,)}).get((signed.hold_id,))
    if hold is None:
        return Rejection.hold_unknown
    known = tx.get(DEFERRALS, signed.deferral_id)
    if known is not None:
        return known if known.statement == signed.statement else Rejection.measure_known_with_other_terms
    rejection = _cannot_be(tx, signed, hold)
    if rejection is not None:
        return rejection
    statement = _statement(tx, signed, setting)
    if isinstance(statement, Rejection):
        return statement
    capacity = officers_capacity(tx, signed.participant_id, statement.officer_id, signed.case_id)
    given = given_of(deferrals_of(tx, signed.measure_id))
    wish = Wish(signed.ground, capacity, signed.until)
    granted = lawful_deferral(wish, signed.measure, given, setting.pack, setting.now)
    if isinstance(granted, Rejection):
        return granted
    deferral = Deferral(
        deferral_id=signed.deferral_id,
        measure_id=signed.measure_id,
        measure=signed.measure,
        hold_id=signed.hold_id,
        case_id=hold.case_id,
        ground=signed.ground,
        by=capacity,
        participant_id=signed.participant_id,
        officer_id=statement.officer_id,
        number=granted.number,
        granted_at=setting.now,
        starts_at=granted.starts_at,
        until=granted.until,
        status=DeferralStatus.granted,
        statement=signed.statement,
    )
    _keep(tx, deferral, hold, setting)
    queue(tx, setting.envelope(hold.participant_id, DeferOrder(deferral=signed), deferral.deferral_id), setting)
    return deferral


def _statement(tx: Transaction, signed: SignedDeferral, setting: Setting) -> Statement | Rejection:
    """Return what was signed, if it says what the command says. Whoever took a measure does not put its notice off."""
    said = Signed(signed.statement, Act.defer_notice, signed.deferral_id, signed.participant_id, signed.terms())
    statement = signed_statement(said, setting)
    if isinstance(statement, Rejection):
        return statement
    measure = tx.get(CASE_MEASURES, signed.measure_id)
    signer = (statement.participant_id, statement.officer_id)
    if measure is not None and signer == (measure.author_participant_id, measure.author_officer_id):
        return Rejection.same_hands
    return statement


def _cannot_be(tx: Transaction, signed: SignedDeferral, hold: CaseHold) -> Rejection | None:
    """Return why there is nothing to put off: it was told, or it is over, or it is another measure."""
    measure = tx.get(CASE_MEASURES, signed.measure_id)
    if signed.case_id != hold.case_id:
        return Rejection.case_unknown
    if measure is None:
        return Rejection.hold_has_ended if hold.status.is_final else None
    if (measure.hold_id, measure.measure) != (signed.hold_id, signed.measure):
        return Rejection.measure_unknown
    rows = tx.find(DEADLINES, Condition("subject_id", "=", signed.measure_id), Condition("duty", "=", Duty.tell_holder))
    if any(row.status is DeadlineStatus.met for row in rows):
        return Rejection.notice_already_served
    is_first = not deferrals_of(tx, signed.measure_id)
    return Rejection.measure_has_ended if is_first and measure.status.is_final else None


def lift_deferral(tx: Transaction, command: LiftDeferral, setting: Setting) -> Deferral | Rejection:
    """Let the notice of a measure be served at once, and tell the bank so. One that is over is lifted already."""
    signed = command.signed
    hold = tx.lock(CASE_HOLDS, {(signed.hold_id,)}).get((signed.hold_id,))
    rows = deferrals_of(tx, signed.measure_id)
    if hold is None or not rows or rows[-1].deferral_id != signed.deferral_id:
        return Rejection.measure_unknown
    last = rows[-1]
    if (last.hold_id, last.case_id) != (signed.hold_id, signed.case_id):
        return Rejection.measure_unknown
    said = Signed(signed.statement, Act.defer_notice, signed.deferral_id, signed.participant_id, signed.terms())
    statement = signed_statement(said, setting)
    if isinstance(statement, Rejection):
        return statement
    capacity = officers_capacity(tx, signed.participant_id, statement.officer_id, signed.case_id)
    if capacity not in lifting(last.measure, given_of(rows), setting.pack, setting.now):
        return Rejection.deferral_needs_other_body
    if not is_put_off(rows, setting.now):
        return last
    for row in rows:
        if row.status is DeferralStatus.granted:
            tx.put(DEFERRALS, replace(row, status=moved(row.status, DeferralStatus.lifted)))
    _record_lift(tx, last, setting, by=capacity, officer=statement.officer_id, participant_id=signed.participant_id)
    if tx.get(CASE_MEASURES, last.measure_id) is not None:
        _owe_telling(tx, last, hold.participant_id, SERVING, setting)
    told = LiftDeferralTold(lift=signed)
    queue(tx, setting.envelope(hold.participant_id, told, last.deferral_id, "lifted"), setting)
    return replace(last, status=DeferralStatus.lifted)


def _record_lift(
    tx: Transaction,
    deferral: Deferral,
    setting: Setting,
    *,
    by: ActorRole,
    officer: OfficerId,
    participant_id: ParticipantId,
) -> None:
    record(
        tx,
        setting,
        "deferral_lifted",
        participant_id,
        deferral.measure_id,
        case_id=deferral.case_id,
        by=by,
        officer=officer,
    )


def is_put_off(deferrals: Sequence[Deferral], now: Instant) -> bool:
    """Return whether the notice is put off now; ``deferrals`` are those of one measure, in order."""
    return any(one.status is DeferralStatus.granted and one.until > now for one in deferrals)


def given_of(deferrals: Sequence[Deferral]) -> list[Given]:
    """Return what was granted before, as the law counts it."""
    return [Given(one.starts_at, one.until, one.status) for one in deferrals]


def deferrals_of(tx: Transaction, measure_id: MeasureId) -> list[Deferral]:
    """Return the deferrals of the notice of one measure, in order."""
    return tx.find(DEFERRALS, Condition("measure_id", "=", measure_id), order=("number",))


def _keep(tx: Transaction, deferral: Deferral, hold: CaseHold, setting: Setting) -> None:
    tx.add(DEFERRALS, deferral)
    record(
        tx,
        setting,
        "notice_deferred",
        deferral.participant_id,
        deferral.measure_id,
        case_id=deferral.case_id,
        measure=deferral.measure,
        hold=deferral.hold_id,
        ground=deferral.ground,
        by=deferral.by,
        officer=deferral.officer_id,
        until=deferral.until.text(),
        number=deferral.number,
    )
    if tx.get(CASE_MEASURES, deferral.measure_id) is not None:
        put_off_telling(tx, deferral.measure_id, hold.participant_id, setting)


def put_off_telling(tx: Transaction, measure_id: MeasureId, bank: ParticipantId, setting: Setting) -> None:
    """Let the bank's duty to tell of a measure be due when its deferral ends: it is put off, and never taken away."""
    deferral = next(reversed(deferrals_of(tx, measure_id)), None)
    if deferral is None or deferral.status is not DeferralStatus.granted or deferral.until <= setting.now:
        return
    _owe_telling(tx, deferral, bank, deferral.until.since(setting.now) + SERVING, setting)


def _owe_telling(tx: Transaction, deferral: Deferral, bank: ParticipantId, span: timedelta, setting: Setting) -> None:
    owed = Owed(
        Duty.tell_holder,
        deferral.measure_id,
        deferral.case_id,
        ActorRole.bank,
        bank,
        IfMissed.alerts,
    )
    branch = branch_of(rule_of(Measure(deferral.measure), setting.now, setting))
    open_deadline(tx, owed, span, branch, Side.restriction, setting)


def deferral_was_refused(tx: Transaction, outgoing: Outgoing, refusal: str, setting: Setting) -> None:
    """Lift a deferral that a bank did not carry out: the notice was served, or the bank does not find it lawful."""
    told = from_json(jws.read(outgoing.text).payload, Envelope).body
    assert isinstance(told, DeferOrder)
    deferral = tx.lock(DEFERRALS, {(told.deferral.deferral_id,)}).get((told.deferral.deferral_id,))
    if deferral is not None and deferral.status is DeferralStatus.granted:
        tx.put(DEFERRALS, replace(deferral, status=moved(deferral.status, DeferralStatus.lifted)))
        record(
            tx,
            setting,
            "deferral_lifted",
            deferral.participant_id,
            deferral.measure_id,
            case_id=deferral.case_id,
            refusal=refusal,
        )
