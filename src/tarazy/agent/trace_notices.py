"""Telling holders that their bank has answered where money went that came to their account, while it holds nothing.

A trace answer discloses a banking operation: it is a measure of its own (M2t), and whoever it touches hears of it.
Where a hold is made, its own notices tell more, and this one is not due. One that never held anything leaves it due.
"""

from collections.abc import Collection, Mapping
from typing import Final

from msgspec import Struct

from tarazy.agent.following import locked_lines
from tarazy.agent.notice_law import ANY_TIME_AT_THE_BANK, basis_of, remedies_on
from tarazy.agent.notice_office import CHANNELS, ZONE, NoticeOffice
from tarazy.agent.records import FOLLOWS, HOLDERS, Follow, Holder
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Table, Transaction
from tarazy.domain.entry import AccountKind
from tarazy.domain.line import AccountLine
from tarazy.domain.notice import AtEnd, Audience, Contact, NoticeFacts, NoticeKind, NoticeReason, new_code
from tarazy.domain.notice_text import render
from tarazy.law.assessment import Measure
from tarazy.law.ground import Pack
from tarazy.texts.catalogue import Language
from tarazy.values.ids import AccountId, NoticeId, PieceId, derived
from tarazy.values.instant import Instant
from tarazy.values.money import Money
from tarazy.values.replacing import replace

TRACES_PER_RUN_MAX: Final = 8
"""Few at a time, as with holds: nobody who follows money on an account may wait for many notices."""
NOTICES_SHOWN_MAX: Final = 100
IS_DUE: Final = (Condition("notice_due", "not_null"), Condition("account_id", "not_null"))
HOLDER: Final = "law.person.holder"


class TraceNotice(Struct, frozen=True, kw_only=True):
    """A notice of a trace answer, as it was rendered for the holder. The exchange hears nothing of it."""

    notice_id: NoticeId
    order_id: PieceId
    account_id: AccountId
    amount_minor: int
    language: str
    code: str
    subject: str
    paragraphs: tuple[str, ...]
    short_text: str
    channel: str
    served_at: Instant


TRACE_NOTICES = Table("trace_notices", TraceNotice, ("notice_id",))


def serve_due_traces(tx: Transaction, office: NoticeOffice, setting: Setting) -> int:
    """Tell the holders of accounts whose money was asked for, oldest orders first; return how many orders that were."""
    seen = tx.find(
        FOLLOWS,
        *IS_DUE,
        order=("received_at", "order_id"),
        limit=TRACES_PER_RUN_MAX,
    )
    if not seen:
        return 0
    lines = locked_lines(tx, {follow.account_id for follow in seen if follow.account_id is not None})
    locked = tx.lock(FOLLOWS, {(follow.order_id,) for follow in seen}).values()
    due = [follow for follow in locked if follow.notice_due is not None]
    for follow in due:
        tx.put(FOLLOWS, replace(follow, notice_due=None))
    tell_of_traces(tx, due, lines, office, setting)
    return len(due)


def tell_of_traces(
    tx: Transaction,
    follows: Collection[Follow],
    lines: Mapping[AccountId, AccountLine],
    office: NoticeOffice,
    setting: Setting,
) -> None:
    """Render and serve a notice of each of these orders, unless its holder has one already or the law names nobody.

    A deferral by an investigator, which the pack bounds, is not built: it would be looked for here, and until its end
    the order would stay due. So nobody is put off.
    """
    if not follows:
        return
    orders = [follow.order_id for follow in follows]
    told = {notice.order_id for notice in tx.find(TRACE_NOTICES, Condition("order_id", "in", orders))}
    holders = tx.get_many(HOLDERS, {(follow.account_id,) for follow in follows if follow.account_id is not None})
    for follow in follows:
        if follow.order_id in told or follow.account_id is None or not owes_notice(follow, setting.pack):
            continue
        holder, line = holders.get((follow.account_id,)), lines[follow.account_id]
        if holder is not None or line.kind is not AccountKind.pooled:
            _serve(tx, follow, line, holder, office, setting)


def owes_notice(follow: Follow, pack: Pack) -> bool:
    """Return whether the law of the day on which the answer was asked for lets the holder be told, of a time that ran.

    Of a pooled account without a holder nobody is told in any case: it is the bank's own.
    """
    ground = pack.ground(Measure.M2t, None, pack.data.calendar.local_day(follow.ordered_at))
    plan = None if ground is None or ground.rule.notice is None else ground.rule.notice.value
    return plan is not None and plan.to == HOLDER and follow.ordered_at < follow.ends_at


def _serve(
    tx: Transaction, follow: Follow, line: AccountLine, holder: Holder | None, office: NoticeOffice, setting: Setting
) -> None:
    facts = trace_facts(follow, line, new_code(setting.entropy), office, setting)
    language = Language(holder.language) if holder else Language.kk
    rendered = render(facts, office.catalogue, language, ZONE)
    notice = TraceNotice(
        notice_id=NoticeId(derived("nt", follow.order_id, facts.kind)),
        order_id=follow.order_id,
        account_id=line.account_id,
        amount_minor=facts.amount.minor,
        language=language,
        code=facts.code,
        subject=rendered.subject,
        paragraphs=rendered.body,
        short_text=rendered.short_text,
        channel=CHANNELS[holder is not None and bool(holder.name)],
        served_at=setting.now,
    )
    tx.add(TRACE_NOTICES, notice)


def trace_facts(follow: Follow, line: AccountLine, code: str, office: NoticeOffice, setting: Setting) -> NoticeFacts:
    """Put together what the notice says, by the law of the local day on which the exchange asked."""
    pack = setting.pack
    day = pack.data.calendar.local_day(follow.ordered_at)
    return NoticeFacts(
        kind=NoticeKind.trace_answered,
        audience=Audience.holder_person if line.is_natural_person else Audience.holder_firm,
        amount=Money(follow.to_minor - follow.from_minor, follow.currency),
        out_of=None,
        narrowed_from=None,
        otherwise=None,
        usable=Money(line.free_minor, line.currency),
        closed=None,
        participant_name=office.bank.name,
        author=None,
        legal_basis=basis_of(Measure.M2t, None, follow.ordered_at, pack, office.catalogue),
        measure=Measure.M2t,
        reason=NoticeReason.trace_after_report,
        stated_reasons=None,
        decision=None,
        placed_at=follow.ordered_at,
        happened_at=setting.now,
        expires_at=follow.ends_at,
        confirm_by=None,
        put_off=None,
        earlier=None,
        at_end=AtEnd.money_free,
        remedies=remedies_on(Measure.M2t, None, day, pack) or ANY_TIME_AT_THE_BANK,
        contact=Contact(phone=office.bank.phone, branch=office.bank.branch),
        code=code,
        is_demonstration=pack.is_demonstration,
    )


def trace_notices_for(tx: Transaction, account_id: AccountId) -> list[TraceNotice]:
    """Return what a holder was told of trace answers, newest first."""
    mine = Condition("account_id", "=", account_id)
    return tx.find(TRACE_NOTICES, mine, order=("served_at",), descending=True, limit=NOTICES_SHOWN_MAX)
