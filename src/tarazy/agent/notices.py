"""Telling holders: each change of a hold is rendered in the holder's language and put before them, within seconds.

Only the agent knows the person. The exchange learns that they were told, and the keyed hash of the notice's code.
"""

from dataclasses import replace

from tarazy.agent.following import locked_lines
from tarazy.agent.notice_office import CHANNELS, ZONE, NoticeOffice, author_of, basis_of, remedies_under
from tarazy.agent.records import HOLDERS, HOLDS, SERVED_NOTICES, AgentHold, Holder, ServedNotice
from tarazy.agent.report_news import serve_report_news
from tarazy.app.messages import queue
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.hold import HoldEnd, HoldStatus
from tarazy.domain.line import AccountLine
from tarazy.domain.notice import (
    AtEnd,
    Audience,
    Contact,
    NoticeFacts,
    NoticeKind,
    NoticeReason,
    Remedy,
    code_hash,
    new_code,
)
from tarazy.domain.notice_text import render
from tarazy.law.assessment import Measure
from tarazy.law.ground import Pack
from tarazy.protocol.bodies import NoticeServed
from tarazy.texts.catalogue import Catalogue, Language, Wording
from tarazy.texts.links import without_links
from tarazy.values.ids import NoticeId, ParticipantId, derived
from tarazy.values.money import Money

NOTICES_PER_RUN_MAX = 20
"""Few at a time: a notice may take a second, and following money may not wait for many."""

__all__ = ["NoticeOffice", "facts_of", "legal_basis", "notices_of", "serve_due_notices"]


def serve_due_notices(tx: Transaction, office: NoticeOffice, exchange: ParticipantId, setting: Setting) -> int:
    """Render and serve what is due to holders and to those who were deceived; return how many notices that were."""
    return _serve_holders(tx, office, exchange, setting) + serve_report_news(tx, office, setting)


def _serve_holders(tx: Transaction, office: NoticeOffice, exchange: ParticipantId, setting: Setting) -> int:
    """Tell holders, oldest holds first."""
    seen = tx.find(HOLDS, Condition("notice_due", "not_null"), order=("hold_id",), limit=NOTICES_PER_RUN_MAX)
    if not seen:
        return 0
    lines = locked_lines(tx, {hold.account_id for hold in seen})
    due = [hold for hold in tx.lock(HOLDS, {(hold.hold_id,) for hold in seen}).values() if hold.notice_due is not None]
    holders = tx.get_many(HOLDERS, {(hold.account_id,) for hold in due})
    for hold in due:
        tx.put(HOLDS, replace(hold, notice_due=None))
        holder = holders.get((hold.account_id,)) or _unknown(hold)
        _serve(tx, hold, holder, lines[hold.account_id], office, exchange, setting)
    return len(due)


def _unknown(hold: AgentHold) -> Holder:
    """Stand in for a holder that the bank has not told the agent of: the notice waits at the branch, in Kazakh."""
    return Holder(account_id=hold.account_id, name="", language=Language.kk, phone="", is_demonstration=False)


def _serve(
    tx: Transaction,
    hold: AgentHold,
    holder: Holder,
    line: AccountLine,
    office: NoticeOffice,
    exchange: ParticipantId,
    setting: Setting,
) -> None:
    kind = hold.notice_due
    assert kind is not None
    code = new_code(setting.entropy)
    facts = facts_of(hold, kind, line, code, office, setting)
    rendered = render(facts, office.catalogue, Language(holder.language), ZONE)
    notice_id = NoticeId(derived("nt", hold.hold_id, kind, setting.now.text(), code))
    notice = ServedNotice(
        notice_id=notice_id,
        hold_id=hold.hold_id,
        account_id=hold.account_id,
        notice_kind=kind,
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
    hold: AgentHold, kind: NoticeKind, line: AccountLine, code: str, office: NoticeOffice, setting: Setting
) -> NoticeFacts:
    """Put together everything that the notice says, from the hold and the pack of the day on which it was placed."""
    is_over = hold.status not in {HoldStatus.requested, HoldStatus.placed}
    if kind is NoticeKind.hold_expired and hold.end is HoldEnd.not_confirmed:
        kind = NoticeKind.hold_released
    if kind is NoticeKind.hold_released and hold.end in {HoldEnd.nothing_to_hold, HoldEnd.core_dropped}:
        kind = NoticeKind.hold_expired
    amount = amount_of(hold, kind, is_over=is_over)
    usable = line.free_minor + (hold.held_minor if is_over else 0)
    out_of = Money(max(hold.told_minor, amount), hold.currency) if kind is NoticeKind.hold_narrowed else None
    awaited = hold.expires_at if kind is NoticeKind.hold_placed and hold.confirmed_by is None else None
    return NoticeFacts(
        kind=kind,
        audience=Audience.holder_person if line.is_natural_person else Audience.holder_firm,
        amount=Money(amount, hold.currency),
        out_of=out_of,
        usable=Money(usable, hold.currency),
        participant_name=office.bank.name,
        author=author_of(hold.confirmed_by or hold.terms.author.officer_id, office),
        legal_basis=legal_basis(hold, setting.pack, office.catalogue),
        measure=hold.terms.measure,
        reason=_reason(hold, kind),
        stated_reasons=without_links(hold.reasons) if hold.reasons else None,
        placed_at=hold.received_at,
        happened_at=setting.now,
        expires_at=hold.expires_at_most,
        confirm_by=awaited,
        at_end=AtEnd.money_free,
        remedies=remedies_of(hold, setting.pack),
        contact=Contact(phone=office.bank.phone, branch=office.bank.branch),
        code=code,
        is_demonstration=setting.pack.is_demonstration,
    )


def amount_of(hold: AgentHold, kind: NoticeKind, *, is_over: bool) -> int:
    """Return the sum that a notice is about: what went home, what is free again, or what is held."""
    if kind is NoticeKind.refund_paid:
        return hold.paid_minor
    if is_over:
        return hold.told_minor - hold.paid_minor
    return min(hold.held_minor, hold.claim_minor)


def legal_basis(hold: AgentHold, pack: Pack, catalogue: Catalogue) -> tuple[Wording, ...]:
    """Return the titles of the norms that the measure itself rests on, as they stood when the hold was placed."""
    return basis_of(Measure(hold.terms.measure), None, hold.received_at, pack, catalogue)


def remedies_of(hold: AgentHold, pack: Pack) -> tuple[Remedy, ...]:
    """Return where the holder can turn to, and within what time."""
    return remedies_under(Measure(hold.terms.measure), None, hold.received_at, pack)


def _reason(hold: AgentHold, kind: NoticeKind) -> NoticeReason | HoldEnd:
    if kind is NoticeKind.hold_narrowed:
        return NoticeReason.narrowed_on_review
    if kind is NoticeKind.refund_paid:
        return NoticeReason.refund_decided
    if kind is NoticeKind.hold_expired and hold.end is HoldEnd.nothing_to_hold:
        return HoldEnd.core_dropped
    if kind in {NoticeKind.hold_released, NoticeKind.hold_expired}:
        return hold.end or HoldEnd.by_officer
    return NoticeReason.traced_from_report


def notices_of(tx: Transaction, hold: AgentHold) -> list[ServedNotice]:
    """Return what the holder was told of a hold, oldest first."""
    return tx.find(SERVED_NOTICES, Condition("hold_id", "=", hold.hold_id), order=("served_at",))
