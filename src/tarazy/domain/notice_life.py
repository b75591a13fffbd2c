"""The way of a notice to the person: due, sent, delivered, or deferred for a stated ground and time.

Every decision returns the event that follows or a rejection; `apply` gives the notice after the event. A deferral needs
a ground, the authority that ordered it, its legal basis and its own end. It never moves the end of the measure.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tarazy.domain.notice import NoticeKind
from tarazy.values.ids import HoldId, NormId, NoticeId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace


class NoticeState(StrEnum):
    """Where a notice is on its way."""

    due = "due"
    sent = "sent"
    delivered = "delivered"
    deferred = "deferred"
    failed = "failed"


NOTICE_TRANSITIONS: Final[dict[NoticeState, frozenset[NoticeState]]] = {
    NoticeState.due: frozenset({NoticeState.sent, NoticeState.deferred, NoticeState.failed}),
    NoticeState.sent: frozenset({NoticeState.sent, NoticeState.delivered, NoticeState.failed}),
    NoticeState.deferred: frozenset({NoticeState.due}),
    NoticeState.failed: frozenset({NoticeState.sent, NoticeState.failed}),
    NoticeState.delivered: frozenset(),
}


class NoticeChannel(StrEnum):
    """How a notice reaches a person. None of them needs a link."""

    bank_app = "bank_app"
    sms = "sms"
    call = "call"
    letter = "letter"
    branch = "branch"
    representative = "representative"


class NoticeRejection(StrEnum):
    """Why a step of a notice is refused."""

    notice_not_due = "notice_not_due"
    notice_already_served = "notice_already_served"
    notice_not_sent = "notice_not_sent"
    deferral_not_ended = "deferral_not_ended"
    deferral_without_ground = "deferral_without_ground"
    deferral_without_authority = "deferral_without_authority"
    deferral_without_end = "deferral_without_end"
    deferral_beyond_cap = "deferral_beyond_cap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferral:
    """A decision not to tell the person yet. It ends by itself at ``until``."""

    ground: str
    authority: str
    legal_basis: NormId
    until: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice on its way. ``due_by`` is the last lawful moment to send it."""

    notice_id: NoticeId
    hold_id: HoldId | None
    kind: NoticeKind
    code_hash: str
    state: NoticeState
    due_by: Instant
    deferral: Deferral | None
    served_at: Instant | None
    delivered_at: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeServed:
    """The notice went out; the time for complaints runs."""

    notice_id: NoticeId
    channel: NoticeChannel
    served_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeDelivered:
    """The channel says that the notice arrived."""

    notice_id: NoticeId
    delivered_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFailed:
    """The channel gave the notice back; it stays owed and another channel is tried."""

    notice_id: NoticeId
    channel: NoticeChannel
    failed_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeDeferred:
    """The notice waits until its deferral ends."""

    notice_id: NoticeId
    deferral: Deferral
    deferred_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferralEnded:
    """The deferral ran out or was lifted; the notice is due at once."""

    notice_id: NoticeId
    ended_at: Instant


NoticeEvent = NoticeServed | NoticeDelivered | NoticeFailed | NoticeDeferred | DeferralEnded


def decide_serve(notice: Notice, channel: NoticeChannel, now: Instant) -> NoticeServed | NoticeRejection:
    """Send the notice. Late is better than never: past ``due_by`` it is still served, and `is_overdue` shows it."""
    if notice.state is NoticeState.delivered:
        return NoticeRejection.notice_already_served
    if notice.state is NoticeState.deferred:
        return NoticeRejection.notice_not_due
    return NoticeServed(notice_id=notice.notice_id, channel=channel, served_at=now)


def decide_deliver(notice: Notice, now: Instant) -> NoticeDelivered | NoticeRejection:
    """Record that the notice arrived."""
    if notice.state is not NoticeState.sent:
        return NoticeRejection.notice_not_sent
    return NoticeDelivered(notice_id=notice.notice_id, delivered_at=now)


def decide_fail(notice: Notice, channel: NoticeChannel, now: Instant) -> NoticeFailed | NoticeRejection:
    """Record that a channel could not bring the notice to the person."""
    if NoticeState.failed not in NOTICE_TRANSITIONS[notice.state]:
        return NoticeRejection.notice_not_sent
    return NoticeFailed(notice_id=notice.notice_id, channel=channel, failed_at=now)


def decide_defer(
    notice: Notice, deferral: Deferral, latest_end: Instant, now: Instant
) -> NoticeDeferred | NoticeRejection:
    """Put the notice off until ``deferral.until``, which the pack allows up to ``latest_end``.

    Only what is still owed can be put off: who has been told cannot be untold.
    """
    if notice.state is not NoticeState.due:
        return NoticeRejection.notice_already_served
    if not deferral.ground.strip():
        return NoticeRejection.deferral_without_ground
    if not deferral.authority.strip() or not deferral.legal_basis.strip():
        return NoticeRejection.deferral_without_authority
    if deferral.until <= now:
        return NoticeRejection.deferral_without_end
    if deferral.until > latest_end:
        return NoticeRejection.deferral_beyond_cap
    return NoticeDeferred(notice_id=notice.notice_id, deferral=deferral, deferred_at=now)


def decide_end_deferral(notice: Notice, now: Instant, *, is_lifted: bool) -> DeferralEnded | NoticeRejection:
    """End a deferral when its time has run out, or earlier where an authority lifts it."""
    if notice.deferral is None or notice.state is not NoticeState.deferred:
        return NoticeRejection.notice_not_due
    if not is_lifted and now < notice.deferral.until:
        return NoticeRejection.deferral_not_ended
    return DeferralEnded(notice_id=notice.notice_id, ended_at=now)


def is_overdue(notice: Notice, now: Instant) -> bool:
    """Say whether the person should have been told by now and was not."""
    deferred_until = notice.due_by if notice.deferral is None else notice.deferral.until
    return notice.served_at is None and now > max(notice.due_by, deferred_until)


def apply(notice: Notice, event: NoticeEvent) -> Notice:
    """Return the notice after ``event``. An event that the table of transitions does not have is a bug."""
    assert event.notice_id == notice.notice_id
    match event:
        case NoticeServed():
            served_at = notice.served_at or event.served_at
            return replace(notice, state=_moved(notice, NoticeState.sent), served_at=served_at)
        case NoticeDelivered():
            return replace(notice, state=_moved(notice, NoticeState.delivered), delivered_at=event.delivered_at)
        case NoticeFailed():
            return replace(notice, state=_moved(notice, NoticeState.failed), served_at=None)
        case NoticeDeferred():
            return replace(notice, state=_moved(notice, NoticeState.deferred), deferral=event.deferral)
        case DeferralEnded():
            assert notice.deferral is not None
            owed_at = min(event.ended_at, notice.deferral.until)
            due_by = max(notice.due_by, owed_at)
            return replace(notice, state=_moved(notice, NoticeState.due), due_by=due_by, deferral=None)


def _moved(notice: Notice, then: NoticeState) -> NoticeState:
    assert then in NOTICE_TRANSITIONS[notice.state], f"a notice cannot go from {notice.state} to {then}"
    return then
