"""Telling holders: each change of a hold is rendered in the holder's language and put before them, within seconds.

Only the agent knows the person. The exchange learns that they were told, and the keyed hash of the notice's code.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from tarazy.agent.answering import is_live, still_held_minor
from tarazy.agent.authority import decisions_on
from tarazy.agent.booking import END_NOTICES
from tarazy.agent.following import locked_lines
from tarazy.agent.notice_law import law_of, legal_basis
from tarazy.agent.notice_office import CHANNELS, ZONE, NoticeOffice, author_of
from tarazy.agent.paid import PaidFor, paid_for, pay_commands
from tarazy.agent.records import FOLLOWS, HOLDERS, HOLDS, SERVED_NOTICES, AgentHold, Holder, ServedNotice
from tarazy.agent.report_news import serve_report_news
from tarazy.agent.trace_notices import serve_due_traces, tell_of_traces
from tarazy.app.messages import queue
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.hold import LIVE_STATUSES, HoldEnd, HoldStatus
from tarazy.domain.line import AccountLine
from tarazy.domain.notice import (
    CONFIRMABLE_KINDS,
    ENDED_KINDS,
    LEFT_KINDS,
    LET_GO_KINDS,
    AtEnd,
    Audience,
    Contact,
    NoticeFacts,
    NoticeKind,
    NoticeReason,
    code_hash,
    new_code,
)
from tarazy.domain.notice_text import render
from tarazy.protocol.bodies import NoticeServed
from tarazy.texts.catalogue import Language
from tarazy.texts.links import without_links
from tarazy.values.ids import NoticeId, OfficerId, ParticipantId, derived
from tarazy.values.instant import Instant
from tarazy.values.money import Money
from tarazy.values.replacing import replace

NOTICES_PER_RUN_MAX = 8
"""Few at a time: following money on an account may not wait until many notices of others are written."""

PAID: Final = NoticeKind.refund_paid
CHANGES: Final = frozenset({NoticeKind.hold_confirmed, NoticeKind.hold_narrowed})
LET_GO: Final = frozenset({HoldStatus.released, HoldStatus.expired, HoldStatus.declined})

__all__ = ["News", "NoticeOffice", "facts_of", "legal_basis", "news_of", "serve_due_notices"]


class News(NamedTuple):
    """What a holder is told in one notice; of a payment also why it was made, and how much for that reason by now."""

    kind: NoticeKind
    paid: PaidFor | None = None


def serve_due_notices(tx: Transaction, office: NoticeOffice, exchange: ParticipantId, setting: Setting) -> int:
    """Render and serve what is due to holders and to those who were deceived; return how many notices that were."""
    held = _serve_holders(tx, office, exchange, setting)
    return held + serve_due_traces(tx, office, setting) + serve_report_news(tx, office, setting)


def _serve_holders(tx: Transaction, office: NoticeOffice, exchange: ParticipantId, setting: Setting) -> int:
    """Tell holders, oldest holds first."""
    seen = tx.find(HOLDS, Condition("notice_due", "not_null"), order=("hold_id",), limit=NOTICES_PER_RUN_MAX)
    if not seen:
        return 0
    lines = locked_lines(tx, {hold.account_id for hold in seen})
    due = [hold for hold in tx.lock(HOLDS, {(hold.hold_id,) for hold in seen}).values() if hold.notice_due is not None]
    holders = tx.get_many(HOLDERS, {(hold.account_id,) for hold in due})
    served = tx.find(SERVED_NOTICES, Condition("hold_id", "in", [hold.hold_id for hold in due]))
    commands, decisions = pay_commands(tx, due), decisions_on(tx, due)
    for hold in due:
        tx.put(HOLDS, replace(hold, notice_due=None, dropped_minor=hold.dropped_minor if _waits(hold) else 0))
        holder = holders.get((hold.account_id,)) or _unknown(hold)
        told = [notice for notice in served if notice.hold_id == hold.hold_id]
        for news in news_of(hold, told, paid_for(hold, commands, decisions)):
            _serve(tx, hold, news, holder, lines[hold.account_id], office, exchange, setting)
    never_held = {(hold.order_id,) for hold in due if hold.notice_due is NoticeKind.trace_answered}
    tell_of_traces(tx, tx.get_many(FOLLOWS, never_held).values(), lines, office, setting)
    return len(due)


def news_of(hold: AgentHold, told: Sequence[ServedNotice], paid: Sequence[PaidFor]) -> list[News]:
    """Return what a holder is to be told now. A hold notes only its newest news: what that has overtaken is told too.

    The first notice of a hold that stands is always that of its placing, as the hold is now: nobody is told that a sum
    is smaller who did not know that it was held. One that is over already is told of by its end. What was paid is told
    whatever came after it, for each reason by itself.
    """
    assert hold.notice_due is not None
    known = {NoticeKind(notice.notice_kind) for notice in told}
    news = []
    if hold.status in LIVE_STATUSES and (not told or hold.notice_due in CHANGES):
        news.append(News(hold.notice_due if told else NoticeKind.hold_placed))
    if hold.status in LIVE_STATUSES and told and hold.dropped_minor and still_held_minor(hold):
        news.append(News(NoticeKind.hold_dropped_in_part))
    news += [News(PAID, one) for one in paid if one.amount_minor > _told_of(one, told)]
    if hold.status in LET_GO and freed_minor(hold) and not known & {END_NOTICES[status] for status in LET_GO}:
        news.append(News(END_NOTICES[hold.status]))
    return news


def _waits(hold: AgentHold) -> bool:
    """Return whether a hold stands of which the core has dropped all: what comes next says what the holder is told."""
    return hold.status in LIVE_STATUSES and not still_held_minor(hold)


def freed_minor(hold: AgentHold) -> int:
    """Return what is free again of a hold that is over: what was held last, and what was dropped and not told yet."""
    return min(hold.last_minor + hold.dropped_minor, max(0, hold.told_minor - hold.paid_minor))


def _told_of(paid: PaidFor, told: Sequence[ServedNotice]) -> int:
    """Return how much a holder was told before that was paid for the same reason."""
    before = (one for one in told if one.notice_kind == PAID and one.lane == paid.lane)
    return max((one.amount_minor for one in before), default=0)


def _unknown(hold: AgentHold) -> Holder:
    """Stand in for a holder that the bank has not told the agent of: the notice waits at the branch, in Kazakh."""
    return Holder(account_id=hold.account_id, name="", language=Language.kk, phone="", is_demonstration=False)


def _serve(
    tx: Transaction,
    hold: AgentHold,
    news: News,
    holder: Holder,
    line: AccountLine,
    office: NoticeOffice,
    exchange: ParticipantId,
    setting: Setting,
) -> None:
    code = new_code(setting.entropy)
    facts = facts_of(hold, news, line, code, office, setting)
    rendered = render(facts, office.catalogue, Language(holder.language), ZONE)
    notice_id = NoticeId(derived("nt", hold.hold_id, news.kind, setting.now.text(), code))
    notice = ServedNotice(
        notice_id=notice_id,
        hold_id=hold.hold_id,
        account_id=hold.account_id,
        notice_kind=news.kind,
        lane=news.paid.lane if news.paid else None,
        amount_minor=facts.amount.minor,
        language=holder.language,
        code=code,
        subject=rendered.subject,
        paragraphs=rendered.body,
        short_text=rendered.short_text,
        channel=CHANNELS[bool(holder.name)],
        served_at=setting.now,
    )
    tx.add(SERVED_NOTICES, notice)
    body = NoticeServed(
        notice_id=notice_id,
        hold_id=hold.hold_id,
        code_hash=code_hash(code, office.secret),
        channel=CHANNELS[bool(holder.name)],
        served_at=setting.now,
    )
    queue(tx, setting.envelope(exchange, body, notice_id), setting)


def facts_of(
    hold: AgentHold, news: News, line: AccountLine, code: str, office: NoticeOffice, setting: Setting
) -> NoticeFacts:
    """Put together everything that the notice says, from the hold and the law of the day on which it was decided.

    A payment rests on the law of the day on which it was ordered.
    """
    kind, paid = news
    is_over = hold.status not in {HoldStatus.requested, HoldStatus.placed}
    if kind is NoticeKind.hold_expired and hold.end is HoldEnd.not_confirmed:
        kind = NoticeKind.hold_released
    if kind is NoticeKind.hold_released and hold.end in {HoldEnd.nothing_to_hold, HoldEnd.core_dropped}:
        kind = NoticeKind.hold_expired
    if kind is PAID and is_live(hold, setting.now):
        kind = NoticeKind.refund_paid_in_part
    amount = paid.amount_minor if paid else amount_of(hold, kind, is_over=is_over)
    measure, basis, remedies = law_of(hold, paid, setting.pack, office.catalogue)
    usable = line.free_minor + (hold.held_minor if is_over else 0)
    officer_id, decided_at = _decision(hold)
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
        participant_name=office.bank.name,
        author=author_of(officer_id, office),
        legal_basis=basis,
        measure=measure,
        reason=paid.reason if paid else _reason(hold, kind),
        # The words are those of the officer who is named: whoever has decided on a payment has written none of them.
        decision=paid.decision if paid else None,
        stated_reasons=without_links(hold.reasons) if hold.reasons and hold.decided_by and paid is None else None,
        placed_at=hold.received_at,
        happened_at=(hold.ended_at or setting.now) if kind in ENDED_KINDS else decided_at,
        expires_at=hold.expires_at_most,
        confirm_by=awaited,
        at_end=AtEnd.money_free,
        remedies=remedies,
        contact=Contact(phone=office.bank.phone, branch=office.bank.branch),
        code=code,
        is_demonstration=setting.pack.is_demonstration,
    )


def amount_of(hold: AgentHold, kind: NoticeKind, *, is_over: bool) -> int:
    """Return the sum that a notice is about: what is free again, or what is held."""
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


def _reason(hold: AgentHold, kind: NoticeKind) -> NoticeReason | HoldEnd:
    if kind is NoticeKind.hold_narrowed:
        return NoticeReason.narrowed_by_order if hold.decided_by is None else NoticeReason.narrowed_on_review
    if kind is NoticeKind.hold_dropped_in_part:
        return NoticeReason.core_dropped_part
    if kind is NoticeKind.hold_expired and hold.end is HoldEnd.nothing_to_hold:
        return HoldEnd.core_dropped
    if kind in {NoticeKind.hold_released, NoticeKind.hold_expired}:
        return hold.end or HoldEnd.by_officer
    return NoticeReason.traced_from_report
