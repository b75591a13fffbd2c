"""Telling holders: each change of a hold is rendered in the holder's language and put before them, within seconds.

Only the agent knows the person. The exchange learns that they were told, and the keyed hash of the notice's code.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from tarazy.agent.answering import still_held_minor
from tarazy.agent.authority import decisions_on
from tarazy.agent.booking import END_NOTICES
from tarazy.agent.deferring import KeptDeferral, deferrals_upon, end_deferrals, keep_back, kept_back
from tarazy.agent.error_letters import serve_error_letters
from tarazy.agent.following import locked_lines
from tarazy.agent.holder_flags import HolderFlags, flags_of
from tarazy.agent.measure_news import measures_on
from tarazy.agent.measure_records import HoldMeasure
from tarazy.agent.notice_facts import PAID, News, facts_of, freed_minor
from tarazy.agent.notice_law import legal_basis
from tarazy.agent.notice_office import CHANNELS, ZONE, NoticeOffice
from tarazy.agent.paid import PaidFor, paid_for, pay_commands
from tarazy.agent.records import (
    FOLLOWS,
    HOLDER,
    HOLDERS,
    HOLDS,
    REPRESENTATIVE,
    SERVED_NOTICES,
    AgentHold,
    Holder,
    ServedNotice,
)
from tarazy.agent.report_news import serve_report_news
from tarazy.agent.trace_notices import serve_due_traces, tell_of_traces
from tarazy.app.messages import queue
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.hold import LIVE_STATUSES, HoldStatus
from tarazy.domain.line import AccountLine
from tarazy.domain.notice import (
    NoticeFacts,
    NoticeKind,
    code_hash,
    new_code,
)
from tarazy.domain.notice_child import render_for_child
from tarazy.domain.notice_text import RenderedNotice, render
from tarazy.protocol.bodies import NoticeServed
from tarazy.texts.catalogue import Language
from tarazy.values.ids import HoldId, MeasureId, NoticeId, ParticipantId, derived
from tarazy.values.replacing import replace

NOTICES_PER_RUN_MAX = 8
"""Few at a time: following money on an account may not wait until many notices of others are written."""

CHANGES: Final = frozenset({NoticeKind.hold_confirmed, NoticeKind.hold_narrowed, NoticeKind.measure_moved_on})
MOVED: Final = frozenset({NoticeKind.measure_moved_on})
LET_GO: Final = frozenset({HoldStatus.released, HoldStatus.expired, HoldStatus.declined})

__all__ = ["News", "NoticeOffice", "facts_of", "legal_basis", "news_of", "serve_due_notices"]


class Recipient(NamedTuple):
    """Whom a notice is for, and how they are told."""

    holder: Holder
    flags: HolderFlags


class Way(NamedTuple):
    """In which language and by which channel a notice goes, and to whom."""

    language: Language
    channel: str
    recipient: str


def serve_due_notices(tx: Transaction, office: NoticeOffice, exchange: ParticipantId, setting: Setting) -> int:
    """Render and serve what is due to holders and to those who were deceived; return how many notices that were."""
    end_deferrals(tx, setting)
    held = _serve_holders(tx, office, exchange, setting)
    news = serve_due_traces(tx, office, setting) + serve_report_news(tx, office, exchange, setting)
    return held + news + serve_error_letters(tx, office, setting)


def _serve_holders(tx: Transaction, office: NoticeOffice, exchange: ParticipantId, setting: Setting) -> int:
    """Tell holders, oldest holds first."""
    seen = tx.find(HOLDS, Condition("notice_due", "not_null"), order=("hold_id",), limit=NOTICES_PER_RUN_MAX)
    if not seen:
        return 0
    lines = locked_lines(tx, {hold.account_id for hold in seen})
    due = [hold for hold in tx.lock(HOLDS, {(hold.hold_id,) for hold in seen}).values() if hold.notice_due is not None]
    accounts = {(hold.account_id,) for hold in due}
    holders, flags = tx.get_many(HOLDERS, accounts), flags_of(tx, [hold.account_id for hold in due], setting.now)
    served = tx.find(SERVED_NOTICES, Condition("hold_id", "in", [hold.hold_id for hold in due]))
    commands, decisions, measures = pay_commands(tx, due), decisions_on(tx, due), measures_on(tx, due)
    quiet, put_off = kept_back(tx, due, setting.now), _put_off(tx, measures)
    for hold in due:
        is_quiet = hold.carried_by in quiet
        keeps = _waits(hold) or is_quiet
        tx.put(HOLDS, replace(hold, notice_due=None, dropped_minor=hold.dropped_minor if keeps else 0))
        if is_quiet:
            assert hold.notice_due is not None
            keep_back(tx, hold, hold.notice_due)
        holder = holders.get((hold.account_id,)) or _unknown(hold)
        told_to = Recipient(holder, flags[hold.account_id])
        told = [notice for notice in served if notice.hold_id == hold.hold_id]
        paid, carried_by = paid_for(hold, commands, decisions), measures.get(hold.hold_id, [])
        for one in news_of(hold, told, paid, carried_by, quiet):
            news = one if one.measure is None else one._replace(put_off=put_off.get(one.measure.measure_id))
            _serve(tx, hold, news, told_to, lines[hold.account_id], office, exchange, setting)
    never_held = {(hold.order_id,) for hold in due if hold.notice_due is NoticeKind.trace_answered}
    tell_of_traces(tx, tx.get_many(FOLLOWS, never_held).values(), lines, office, setting)
    return len(due)


def news_of(
    hold: AgentHold,
    told: Sequence[ServedNotice],
    paid: Sequence[PaidFor],
    measures: Sequence[HoldMeasure] = (),
    quiet: Collection[MeasureId] = (),
) -> list[News]:
    """Return what a holder is to be told now. A hold notes only its newest news: what that has overtaken is told too.

    The first notice of a hold that stands is always that of its placing, as the hold is now: nobody is told that a sum
    is smaller who did not know that it was held. One that is over already is told of by its end. What was paid is told
    whatever came after it, for each reason by itself. An authority's measure is told of by itself, also one that
    carries the hold no more when its turn comes. While the notice of the measure that carries the hold is put off
    (``quiet``), nothing is told but the bank's own pause, if nobody knows of it yet.
    """
    assert hold.notice_due is not None
    if hold.carried_by in quiet:
        return [] if told else [News(NoticeKind.hold_placed)]
    known = {NoticeKind(notice.notice_kind) for notice in told}
    under = next((one for one in measures if one.measure_id == hold.carried_by), None)
    is_first = under is not None and all(notice.measure_id != under.measure_id for notice in told)
    news = []
    if hold.status in LIVE_STATUSES and not told:
        news.append(News(NoticeKind.hold_placed))
    elif hold.status in LIVE_STATUSES and hold.notice_due in CHANGES and not (is_first and hold.notice_due in MOVED):
        news.append(News(hold.notice_due, measure=under))
    if hold.status in LIVE_STATUSES and is_first and still_held_minor(hold):
        news.append(News(NoticeKind.measure_begun, measure=under))
    if hold.status in LIVE_STATUSES and told and hold.dropped_minor and still_held_minor(hold):
        news.append(News(NoticeKind.hold_dropped_in_part, measure=under))
    news += [News(PAID, one, under) for one in paid if one.amount_minor > _told_of(one, told)]
    if hold.status in LET_GO and freed_minor(hold) and not known & {END_NOTICES[status] for status in LET_GO}:
        news.append(News(END_NOTICES[hold.status], measure=under))
    heard = [one for one in measures if one.measure_id not in quiet]
    return [*_untold(hold, told, news, heard), *news]


def _untold(
    hold: AgentHold, told: Sequence[ServedNotice], news: Sequence[News], measures: Sequence[HoldMeasure]
) -> list[News]:
    """Return the measures that carry the hold no more and of which its holder has not been told by now."""
    known = {notice.measure_id for notice in told} | {one.measure.measure_id for one in news if one.measure}
    over = [one for one in measures if one.ended_at is not None or hold.status not in LIVE_STATUSES]
    return [News(NoticeKind.measure_over, measure=one) for one in over if one.measure_id not in known]


def _put_off(tx: Transaction, measures: Mapping[HoldId, Sequence[HoldMeasure]]) -> dict[MeasureId, KeptDeferral]:
    ids = [measure.measure_id for rows in measures.values() for measure in rows]
    return deferrals_upon(tx, ids) if ids else {}


def _waits(hold: AgentHold) -> bool:
    """Return whether a hold stands of which the core has dropped all: what comes next says what the holder is told."""
    return hold.status in LIVE_STATUSES and not still_held_minor(hold)


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
    told_to: Recipient,
    line: AccountLine,
    office: NoticeOffice,
    exchange: ParticipantId,
    setting: Setting,
) -> None:
    """Put a notice before the holder; a child is told in plain words, and whoever represents it the whole."""
    holder, flags = told_to
    facts = facts_of(hold, news, line, new_code(setting.entropy), office, setting)
    if flags.tipping_off:
        facts = replace(facts, stated_reasons=None)
    language, channel = Language(holder.language), CHANNELS[bool(holder.name)]
    if not (flags.under_16 and line.is_natural_person):
        said = render(facts, office.catalogue, language, ZONE)
        said = replace(said, short_text="") if flags.safety else said
        _keep(tx, _notice(hold, news, facts, said, Way(language, channel, HOLDER), setting), office, exchange, setting)
        return
    plain = render_for_child(facts, office.catalogue, language, ZONE)
    childs = replace(_notice(hold, news, facts, plain, Way(language, channel, HOLDER), setting), in_plain_words=True)
    _keep(tx, childs, office, exchange, setting)
    facts = replace(facts, code=new_code(setting.entropy))
    whole = replace(render(facts, office.catalogue, language, ZONE), short_text="")
    way = Way(language, flags.channel_to_representative, REPRESENTATIVE)
    _keep(tx, _notice(hold, news, facts, whole, way, setting), office, exchange, setting)


def _keep(
    tx: Transaction, notice: ServedNotice, office: NoticeOffice, exchange: ParticipantId, setting: Setting
) -> None:
    """Put a notice where it is read, and tell the exchange that it is there."""
    tx.add(SERVED_NOTICES, notice)
    body = NoticeServed(
        notice_id=notice.notice_id,
        hold_id=notice.hold_id,
        code_hash=code_hash(notice.code, office.secret),
        channel=notice.channel,
        served_at=notice.served_at,
        measure_id=notice.measure_id,
    )
    queue(tx, setting.envelope(exchange, body, notice.notice_id), setting)


def _notice(
    hold: AgentHold, news: News, facts: NoticeFacts, said: RenderedNotice, way: Way, setting: Setting
) -> ServedNotice:
    return ServedNotice(
        notice_id=NoticeId(derived("nt", hold.hold_id, news.kind, setting.now.text(), facts.code)),
        hold_id=hold.hold_id,
        account_id=hold.account_id,
        notice_kind=news.kind,
        lane=news.paid.lane if news.paid else None,
        amount_minor=facts.amount.minor,
        language=way.language,
        code=facts.code,
        subject=said.subject,
        paragraphs=said.body,
        short_text=said.short_text,
        channel=way.channel,
        served_at=setting.now,
        measure_id=news.measure.measure_id if news.measure else None,
        recipient=way.recipient,
    )
