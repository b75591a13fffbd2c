"""The facts of a notice about a hold: from the hold, its measure, and the law of the day on which it was decided."""

from datetime import timedelta
from typing import Final, NamedTuple

from tarazy.agent.answering import is_live, still_held_minor
from tarazy.agent.deferring import KeptDeferral
from tarazy.agent.measure_news import (
    author_of_measure,
    decision_on,
    earlier_end,
    end_told,
    remedies_against,
)
from tarazy.agent.measure_records import HoldMeasure
from tarazy.agent.notice_law import law_of
from tarazy.agent.notice_office import NoticeOffice, author_of
from tarazy.agent.paid import PaidFor
from tarazy.agent.records import AgentHold
from tarazy.app.setting import Setting
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.domain.line import AccountLine
from tarazy.domain.notice import (
    CONFIRMABLE_KINDS,
    ENDED_KINDS,
    HELD_KINDS,
    LEFT_KINDS,
    LET_GO_KINDS,
    MEASURE_KINDS,
    AtEnd,
    Audience,
    Contact,
    Decision,
    NoticeFacts,
    NoticeKind,
    NoticeReason,
    PutOff,
)
from tarazy.texts.links import without_links
from tarazy.values.ids import OfficerId
from tarazy.values.instant import Instant
from tarazy.values.money import Money

PAID: Final = NoticeKind.refund_paid
STANDING: Final = frozenset({NoticeKind.measure_begun, NoticeKind.measure_moved_on})
ONE_MOMENT: Final = timedelta(seconds=1)
"""Of a measure that is over no latest end is told: what is told is when it ended."""


class News(NamedTuple):
    """What a holder is told in one notice; of a payment also why it was made, and how much for that reason by now.

    ``measure`` is the authority's measure that the hold rests on, or rested on last; None for the bank's own pause.
    ``put_off`` is the last deferral of what is told now.
    """

    kind: NoticeKind
    paid: PaidFor | None = None
    measure: HoldMeasure | None = None
    put_off: KeptDeferral | None = None


def freed_minor(hold: AgentHold) -> int:
    """Return what is free again of a hold that is over: what was held last, and what was dropped and not told yet."""
    return min(hold.last_minor + hold.dropped_minor, max(0, hold.told_minor - hold.paid_minor))


def facts_of(
    hold: AgentHold, news: News, line: AccountLine, code: str, office: NoticeOffice, setting: Setting
) -> NoticeFacts:
    """Put together everything that the notice says, from the hold and the law of the day on which it was decided.

    A payment rests on the law of the day on which it was ordered.
    """
    kind, paid, under, put_off = news
    is_over = hold.status not in {HoldStatus.requested, HoldStatus.placed}
    if kind is NoticeKind.hold_expired and hold.end is HoldEnd.not_confirmed:
        kind = NoticeKind.hold_released
    if kind is NoticeKind.hold_released and hold.end in {HoldEnd.nothing_to_hold, HoldEnd.core_dropped}:
        kind = NoticeKind.hold_expired
    if kind is PAID and is_live(hold, setting.now):
        kind = NoticeKind.refund_paid_in_part
    amount = paid.amount_minor if paid else amount_of(hold, news._replace(kind=kind), is_over=is_over)
    against = None if under is None else remedies_against(under, setting.now, setting.pack)
    measure, basis, remedies = law_of(hold, paid, setting.pack, office.catalogue, under=under, against=against)
    usable = line.free_minor + (hold.held_minor if is_over else 0)
    placed_at, decided_at, expires_at = _moments(hold, news._replace(kind=kind), setting)
    narrowed_from = hold.narrowed_from_minor if kind in LET_GO_KINDS else 0
    awaited = hold.expires_at if kind in CONFIRMABLE_KINDS and hold.awaits_confirmation else None
    return NoticeFacts(
        kind=kind,
        audience=Audience.holder_person if line.is_natural_person else Audience.holder_firm,
        amount=Money(amount, hold.currency),
        out_of=_whole_of(hold, kind, amount),
        narrowed_from=Money(narrowed_from, hold.currency) if narrowed_from > amount else None,
        otherwise=Money(paid.otherwise_minor, hold.currency) if paid and paid.otherwise_minor else None,
        usable=Money(usable, hold.currency),
        closed=hold.closes if kind in HELD_KINDS and is_live(hold, setting.now) else None,
        participant_name=office.bank.name,
        author=author_of(_decision(hold)[0], office) if under is None else author_of_measure(under, office, setting),
        legal_basis=basis,
        measure=measure,
        reason=paid.reason if paid else _reason(hold, kind, under, setting),
        # The words are those of the officer who is named: whoever has decided on a payment has written none of them.
        decision=paid.decision if paid else _decided(kind, under),
        stated_reasons=without_links(hold.reasons) if hold.reasons and hold.decided_by and paid is None else None,
        placed_at=placed_at,
        happened_at=decided_at,
        expires_at=expires_at,
        confirm_by=awaited,
        put_off=None if put_off is None else _put_off(put_off, office),
        earlier=earlier_end(hold, under, office, setting.pack) if under and kind in STANDING else None,
        at_end=AtEnd.money_free,
        remedies=remedies,
        contact=Contact(phone=office.bank.phone, branch=office.bank.branch),
        code=code,
        is_demonstration=setting.pack.is_demonstration,
    )


def _moments(hold: AgentHold, news: News, setting: Setting) -> tuple[Instant, Instant, Instant]:
    """Return when it began, when what is told happened or was decided, and when it ends at the latest.

    A measure that is over is told of by its own times. The bank's own pause is told of by its own end, also where a
    measure has taken it over before its holder was told.
    """
    kind, under = news.kind, news.measure
    if under is None:
        ends = hold.expires_at_most if hold.carried_by is None else hold.terms.expires_at
        return hold.received_at, _ended(hold, setting) if kind in ENDED_KINDS else _decision(hold)[1], ends
    if kind is NoticeKind.measure_over:
        return under.begins_at, under.ended_at or hold.ended_at or setting.now, under.begins_at.plus(ONE_MOMENT)
    at = under.begins_at if kind in MEASURE_KINDS else hold.decided_at or under.begins_at
    return hold.received_at, _ended(hold, setting) if kind in ENDED_KINDS else at, hold.expires_at_most


def _put_off(deferral: KeptDeferral, office: NoticeOffice) -> PutOff:
    ground, by = f"law.deferral.{deferral.ground.removeprefix('law.deferral.')}", f"law.role.{deferral.by}"
    return PutOff(office.catalogue.wording(ground), office.catalogue.wording(by), deferral.until)


def _ended(hold: AgentHold, setting: Setting) -> Instant:
    return hold.ended_at or setting.now


def _decided(kind: NoticeKind, under: HoldMeasure | None) -> Decision | None:
    return decision_on(under) if under is not None and kind in MEASURE_KINDS else None


def amount_of(hold: AgentHold, news: News, *, is_over: bool) -> int:
    """Return the sum that a notice is about: what is free again, what is held, or the most that a measure held."""
    kind = news.kind
    if kind is NoticeKind.measure_over and news.measure is not None:
        return min(news.measure.cap_minor, hold.told_minor)
    if kind is NoticeKind.hold_dropped_in_part:
        return hold.dropped_minor
    if is_over:
        return freed_minor(hold)
    if kind is NoticeKind.hold_narrowed:
        # What the core has let go of by itself meanwhile is told in a notice of its own.
        return min(still_held_minor(hold) + hold.dropped_minor, hold.claim_minor)
    return still_held_minor(hold)


def _whole_of(hold: AgentHold, kind: NoticeKind, amount_minor: int) -> Money | None:
    """Return the larger sum that the amount is a part of: the hold before it was narrowed, dropped or paid from."""
    if kind is NoticeKind.hold_narrowed:
        return Money(max(hold.narrowed_from_minor, amount_minor), hold.currency)
    if kind in LEFT_KINDS:
        return Money(amount_minor + still_held_minor(hold), hold.currency)
    return None


def _decision(hold: AgentHold) -> tuple[OfficerId, Instant]:
    """Return which officer of this bank has decided last on the hold, and when: never who only might have."""
    if hold.decided_by is not None and hold.decided_at is not None:
        return hold.decided_by, hold.decided_at
    if hold.confirmed_by is not None and hold.confirmed_at is not None:
        return hold.confirmed_by, hold.confirmed_at
    return hold.terms.author.officer_id, hold.received_at


def _reason(hold: AgentHold, kind: NoticeKind, under: HoldMeasure | None, setting: Setting) -> NoticeReason | HoldEnd:
    if kind is NoticeKind.measure_moved_on:
        is_decided = under is not None and under.decision is not None
        return NoticeReason.moved_by_decision if is_decided else NoticeReason.moved_by_motion
    if kind in MEASURE_KINDS:
        return NoticeReason.ordered_in_case
    if kind is NoticeKind.hold_narrowed:
        by_whom = NoticeReason.narrowed_by_order if hold.decided_by is None else NoticeReason.narrowed_on_review
        return hold.narrowed_why or by_whom
    if kind is NoticeKind.hold_dropped_in_part:
        return NoticeReason.core_dropped_part
    if kind is NoticeKind.hold_expired and hold.end is HoldEnd.nothing_to_hold:
        return HoldEnd.core_dropped
    if kind in {NoticeKind.hold_released, NoticeKind.hold_expired}:
        return end_told(hold, under, setting.pack) or HoldEnd.by_officer
    return NoticeReason.traced_from_report
