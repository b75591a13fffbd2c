"""Notices that an authority has put off: kept back for that measure alone, and served by this bank's own clock.

Whoever puts a notice off must be who the law names for that step, and must have signed it: this bank examines both with
the keys, the capacities and the pack that it has itself. It may come before the measure. Only what would tell of that
measure is kept back; the bank's own pause before it is told as ever.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from msgspec import Struct

from tarazy.agent.measure_records import HOLD_MEASURES
from tarazy.agent.records import HOLDS, SERVED_NOTICES, AgentHold
from tarazy.app.deferral_law import lawful_deferral, lifting
from tarazy.app.messages import Handled
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Table, Transaction
from tarazy.domain.deferral import DeferralStatus, Given, Wish, moved
from tarazy.domain.notice import NoticeKind
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import ActorRole
from tarazy.protocol.bodies import DeferOrder, LiftDeferral
from tarazy.protocol.deferral_bodies import SignedDeferral, SignedLift
from tarazy.protocol.message import Envelope
from tarazy.protocol.statement import Act, Statement, StatementFault, read_statement, require_terms
from tarazy.values.ids import DeferralId, HoldId, MeasureId, OfficerId, ParticipantId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

ENDING_PER_RUN_MAX: Final = 100


class KeptDeferral(Struct, frozen=True, kw_only=True):
    """A deferral that this bank carries out. ``kept_back`` is what was due to the holder meanwhile.

    ``until`` is when it was lifted, where it was.
    """

    deferral_id: DeferralId
    measure_id: MeasureId
    measure: str
    hold_id: HoldId
    ground: str
    by: ActorRole
    participant_id: ParticipantId
    officer_id: OfficerId
    number: int
    starts_at: Instant
    until: Instant
    status: DeferralStatus
    kept_back: NoticeKind | None
    statement: str


KEPT_DEFERRALS = Table("kept_deferrals", KeptDeferral, ("deferral_id",))


class _Refused(NamedTuple):
    rejection: Rejection
    place: str


def take_defer_orders(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Keep notices back as they were put off by who may, or say why not."""
    return [_take(tx, envelope, setting) for envelope in envelopes]


def _take(tx: Transaction, envelope: Envelope, setting: Setting) -> Handled:
    body = envelope.body
    assert isinstance(body, DeferOrder)
    order = body.deferral
    if tx.get(HOLDS, order.hold_id) is None:
        return Handled(rejection=Rejection.hold_unknown, place="body.deferral.hold_id")
    tx.lock(HOLDS, {(order.hold_id,)})
    if tx.get(KEPT_DEFERRALS, order.deferral_id) is not None:
        return Handled()
    statement = _signed(order, envelope.issued_at, setting)
    if isinstance(statement, _Refused):
        return Handled(rejection=statement.rejection, place=statement.place)
    rejection = _cannot_keep(tx, order, statement)
    if rejection is not None:
        return Handled(rejection=rejection, place="body.deferral.measure_id")
    before = _of_measure(tx, order.measure_id)
    given = [Given(one.starts_at, one.until, one.status) for one in before]
    capacity = setting.officer_capacity(order.participant_id, statement.officer_id)
    wish = Wish(order.ground, capacity, order.until)
    granted = lawful_deferral(wish, order.measure, given, setting.pack, setting.now)
    if isinstance(granted, Rejection):
        return Handled(rejection=granted, place="body.deferral.until")
    kept = KeptDeferral(
        deferral_id=order.deferral_id,
        measure_id=order.measure_id,
        measure=order.measure,
        hold_id=order.hold_id,
        ground=order.ground,
        by=capacity,
        participant_id=order.participant_id,
        officer_id=statement.officer_id,
        number=granted.number,
        starts_at=granted.starts_at,
        until=granted.until,
        status=DeferralStatus.granted,
        kept_back=None,
        statement=order.statement,
    )
    tx.add(KEPT_DEFERRALS, kept)
    return Handled()


def _signed(order: SignedDeferral | SignedLift, sent_at: Instant, setting: Setting) -> Statement | _Refused:
    try:
        statement = read_statement(
            order.statement,
            Act.defer_notice,
            order.deferral_id,
            order.participant_id,
            setting.officer_key_of,
            sent_at,
        )
        require_terms(statement, order.terms())
    except StatementFault:
        return _Refused(Rejection.statement_does_not_stand, "body.deferral.statement")
    return statement


def _cannot_keep(tx: Transaction, order: SignedDeferral, statement: Statement) -> Rejection | None:
    """Return why the notice cannot be kept back: it was served, or it is of another measure, or its author asks so."""
    measure = tx.get(HOLD_MEASURES, order.hold_id, order.measure_id)
    if measure is not None and measure.measure != order.measure:
        return Rejection.measure_unknown
    signer = (statement.participant_id, statement.officer_id)
    if measure is not None and signer == (measure.participant_id, measure.officer_id):
        return Rejection.same_hands
    served = tx.find(SERVED_NOTICES, Condition("hold_id", "=", order.hold_id))
    is_told = any(notice.measure_id == order.measure_id for notice in served)
    return Rejection.notice_already_served if is_told else None


def take_lifts(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Put off no more what was lifted by who may: the notice is due now. One that is over already is lifted."""
    return [_lift(tx, envelope, setting) for envelope in envelopes]


def _lift(tx: Transaction, envelope: Envelope, setting: Setting) -> Handled:
    body = envelope.body
    assert isinstance(body, LiftDeferral)
    lift = body.lift
    rows = _of_measure(tx, lift.measure_id)
    if not rows or (rows[-1].deferral_id, rows[-1].hold_id) != (lift.deferral_id, lift.hold_id):
        return Handled(rejection=Rejection.measure_unknown, place="body.lift.deferral_id")
    statement = _signed(lift, envelope.issued_at, setting)
    if isinstance(statement, _Refused):
        return Handled(rejection=statement.rejection, place="body.lift.statement")
    given = [Given(one.starts_at, one.until, one.status) for one in rows]
    capacity = setting.officer_capacity(lift.participant_id, statement.officer_id)
    if capacity not in lifting(rows[-1].measure, given, setting.pack, setting.now):
        return Handled(rejection=Rejection.deferral_needs_other_body, place="body.lift.statement")
    standing = [row for row in rows if row.status is DeferralStatus.granted]
    for row in standing:
        status = moved(row.status, DeferralStatus.lifted)
        tx.put(KEPT_DEFERRALS, replace(row, status=status, until=min(row.until, setting.now)))
    if standing:
        _tell_now(tx, rows[-1])
    return Handled()


def _tell_now(tx: Transaction, last: KeptDeferral) -> None:
    """Let what was kept back of a measure be due."""
    hold = tx.lock(HOLDS, {(last.hold_id,)})[last.hold_id,]
    if tx.get(HOLD_MEASURES, last.hold_id, last.measure_id) is not None:
        due = hold.notice_due or last.kept_back or NoticeKind.measure_over
        tx.put(HOLDS, replace(hold, notice_due=due))


def _of_measure(tx: Transaction, measure_id: MeasureId) -> list[KeptDeferral]:
    return tx.find(KEPT_DEFERRALS, Condition("measure_id", "=", measure_id), order=("number",))


def kept_back(tx: Transaction, holds: Iterable[AgentHold], now: Instant) -> frozenset[MeasureId]:
    """Return the measures upon these holds of which nothing is told now."""
    carried = [hold.hold_id for hold in holds if hold.carried_by is not None]
    rows = tx.find(KEPT_DEFERRALS, Condition("hold_id", "in", carried)) if carried else []
    return frozenset(row.measure_id for row in rows if row.status is DeferralStatus.granted and row.until > now)


def keep_back(tx: Transaction, hold: AgentHold, due: NoticeKind) -> None:
    """Keep what is due to a holder until the last deferral of the measure ends."""
    assert hold.carried_by is not None
    last = _of_measure(tx, hold.carried_by)[-1]
    tx.put(KEPT_DEFERRALS, replace(last, kept_back=due))


def end_deferrals(tx: Transaction, setting: Setting) -> None:
    """End the deferrals whose time is over by this bank's clock: what was kept back is due now, unless one goes on."""
    over = tx.find(
        KEPT_DEFERRALS,
        Condition("status", "=", DeferralStatus.granted),
        Condition("until", "<=", setting.now),
        order=("until",),
        limit=ENDING_PER_RUN_MAX,
    )
    for row in over:
        tx.put(KEPT_DEFERRALS, replace(row, status=moved(row.status, DeferralStatus.ended)))
        last = _of_measure(tx, row.measure_id)[-1]
        if last.until > setting.now:
            tx.put(KEPT_DEFERRALS, replace(last, kept_back=last.kept_back or row.kept_back))
            continue
        _tell_now(tx, row)


def deferrals_upon(tx: Transaction, measures: Iterable[MeasureId]) -> dict[MeasureId, KeptDeferral]:
    """Return the last deferral of each measure whose notice was ever put off: its holder is told that it was."""
    rows = tx.find(KEPT_DEFERRALS, Condition("measure_id", "in", list(measures)), order=("number",))
    return {row.measure_id: row for row in rows}
