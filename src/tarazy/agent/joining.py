"""Requests to join that wait for this bank, because a report of its own has opened the incident; and its decisions.

What the asking report says comes from the exchange. Whose customer asks is not in it, unless the report is our own too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tarazy.agent.records import HOLDERS, LOCAL_REPORTS, Holder, LocalReport
from tarazy.agent.report_sent import filed_in, report_sent
from tarazy.agent.signing import UNSIGNED, OfficerAtDesk, signed_by
from tarazy.app.messages import OUTBOX, Handled, Outgoing, queue
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Table, Transaction
from tarazy.domain.case import JoinState
from tarazy.domain.rejection import Rejection
from tarazy.protocol.bodies import JoinDecided, JoinUpdate, ReportFiled
from tarazy.protocol.message import Envelope
from tarazy.protocol.statement import Act, are_reasons
from tarazy.values.ids import IncidentId, MessageId, OfficerId, ParticipantId, ReportId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

JOINS_SHOWN_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedJoin:
    """A report that asks to join the incident of ``first_report_id``, which is ours; and what was decided here.

    ``state`` is the exchange's word. ``message_id`` is our decision on its way there, None as long as there is none.
    """

    report_id: ReportId
    incident_id: IncidentId
    first_report_id: ReportId
    state: JoinState
    amount_minor: int
    claim_minor: int
    currency: str
    booked_at: Instant
    signed_at: Instant
    offence_id: str
    facts: tuple[str, ...]
    asked_at: Instant
    told_at: Instant
    is_accepted: bool | None
    officer_id: OfficerId | None
    reasons: str | None
    decided_at: Instant | None
    message_id: MessageId | None


ASKED_JOINS = Table("asked_joins", AskedJoin, ("report_id",))


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnReport:
    """A report of this bank: what it knows of it, and what it said when it was filed."""

    report: LocalReport
    holder: Holder | None
    filed: ReportFiled | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinSheet:
    """One request: our report that has opened the incident, and the asking one where that is ours as well."""

    join: AskedJoin
    first: OwnReport | None
    asking: OwnReport | None
    sent: Outgoing | None

    @property
    def is_open(self) -> bool:
        """Whether somebody here has still to decide: nobody has, or the exchange did not take it."""
        return self.join.state is JoinState.waiting and not self.first_has_ended and not _is_under_way(self.sent)

    @property
    def first_has_ended(self) -> bool:
        """Whether our own report was taken back: then the decision is an investigator's."""
        return self.first is None or self.first.report.withdrawn_at is not None


def take_join_updates(tx: Transaction, envelopes: Sequence[Envelope], _: Setting) -> list[Handled]:
    """Keep what the exchange tells of requests to join; older word changes nothing."""
    return [_take_one(tx, envelope) for envelope in envelopes]


def _take_one(tx: Transaction, envelope: Envelope) -> Handled:
    body = envelope.body
    assert isinstance(body, JoinUpdate)
    if tx.get(LOCAL_REPORTS, body.first_report_id) is None:
        return Handled(rejection=Rejection.report_unknown, place="body.first_report_id")
    if body.state not in JoinState.__members__:
        return Handled(rejection=Rejection.order_unknown, place="body.state")
    before = tx.lock(ASKED_JOINS, {(body.report_id,)}).get((body.report_id,))
    if before is not None and before.told_at > body.at:
        return Handled()
    is_same = before is not None and before.first_report_id == body.first_report_id
    decided = before if is_same else None
    join = AskedJoin(
        report_id=body.report_id,
        incident_id=body.incident_id,
        first_report_id=body.first_report_id,
        state=JoinState(body.state),
        amount_minor=body.amount_minor,
        claim_minor=body.claim_minor,
        currency=body.currency,
        booked_at=body.booked_at,
        signed_at=body.signed_at,
        offence_id=body.offence_id,
        facts=tuple(body.facts),
        asked_at=body.asked_at,
        told_at=body.at,
        is_accepted=None if decided is None else decided.is_accepted,
        officer_id=None if decided is None else decided.officer_id,
        reasons=None if decided is None else decided.reasons,
        decided_at=None if decided is None else decided.decided_at,
        message_id=None if decided is None else decided.message_id,
    )
    tx.put(ASKED_JOINS, join)
    return Handled()


@dataclass(frozen=True, slots=True, kw_only=True)
class SayJoin:
    """An officer accepts or refuses that a report joins the incident of one of ours."""

    report_id: ReportId
    is_accepted: bool
    reasons: str


def say_join(
    tx: Transaction, command: SayJoin, officer: OfficerAtDesk, exchange: ParticipantId, setting: Setting
) -> Rejection | None:
    """Decide upon a request with reasons. Whoever signed the asking report does not decide upon it."""
    join = tx.lock(ASKED_JOINS, {(command.report_id,)}).get((command.report_id,))
    if join is None:
        return Rejection.join_unknown
    rejection = _cannot_decide(tx, join, officer, setting)
    if rejection is not None:
        return rejection
    if not are_reasons(command.reasons):
        return Rejection.reasons_missing
    act = Act.accept_join if command.is_accepted else Act.refuse_join
    body = JoinDecided(
        report_id=join.report_id, incident_id=join.incident_id, is_accepted=command.is_accepted, statement=UNSIGNED
    )
    body = signed_by(body, act, join.report_id, command.reasons, officer, setting)
    envelope = setting.envelope(exchange, body, join.report_id, body.statement)
    queue(tx, envelope, setting)
    decided = replace(
        join,
        is_accepted=command.is_accepted,
        officer_id=officer.officer_id,
        reasons=command.reasons,
        decided_at=setting.now,
        message_id=MessageId(envelope.message_id),
    )
    tx.put(ASKED_JOINS, decided)
    return None


def _cannot_decide(tx: Transaction, join: AskedJoin, officer: OfficerAtDesk, setting: Setting) -> Rejection | None:
    sheet = _sheet(tx, join, setting.me, setting.only_from or setting.me)
    if sheet.first_has_ended:
        return Rejection.report_has_ended
    if not sheet.is_open:
        return Rejection.join_is_decided
    if sheet.asking is not None and sheet.asking.report.officer_id == officer.officer_id:
        return Rejection.officer_not_entitled
    return None


def asked_joins(tx: Transaction, me: ParticipantId, exchange: ParticipantId) -> list[JoinSheet]:
    """Return the requests that have come to this bank: those that wait first, oldest first; then the others."""
    joins = tx.find(ASKED_JOINS, order=("asked_at", "report_id"), descending=True, limit=JOINS_SHOWN_MAX)
    sheets = [_sheet(tx, join, me, exchange) for join in joins]
    waiting = [sheet for sheet in reversed(sheets) if sheet.is_open]
    return [*waiting, *(sheet for sheet in sheets if not sheet.is_open)]


def asked_join(tx: Transaction, report_id: ReportId, me: ParticipantId, exchange: ParticipantId) -> JoinSheet | None:
    """Return one request; None for an unknown one."""
    join = tx.get(ASKED_JOINS, report_id)
    return None if join is None else _sheet(tx, join, me, exchange)


def joins_waiting(tx: Transaction) -> int:
    """Return how many requests the exchange says are waiting, and nobody here has answered yet."""
    waiting = Condition("state", "=", JoinState.waiting)
    return len(tx.find(ASKED_JOINS, waiting, Condition("message_id", "is_null"), limit=JOINS_SHOWN_MAX))


def _sheet(tx: Transaction, join: AskedJoin, me: ParticipantId, exchange: ParticipantId) -> JoinSheet:
    return JoinSheet(
        join=join,
        first=_own(tx, join.first_report_id, me, exchange),
        asking=_own(tx, join.report_id, me, exchange),
        sent=None if join.message_id is None else tx.get(OUTBOX, join.message_id),
    )


def _own(tx: Transaction, report_id: ReportId, me: ParticipantId, exchange: ParticipantId) -> OwnReport | None:
    """Return a report of this bank; None for another bank's."""
    report = tx.get(LOCAL_REPORTS, report_id)
    if report is None:
        return None
    sent = report_sent(tx, report, me, exchange)
    filed = None if sent is None else filed_in(sent)
    return OwnReport(report=report, holder=tx.get(HOLDERS, report.account_id), filed=filed)


def _is_under_way(sent: Outgoing | None) -> bool:
    return sent is not None and sent.refusal is None
