"""News of a report for the customer who was deceived: what the exchange tells this bank, and the notice made of it.

The exchange names no institution and no holder. A newer update replaces an older one that nobody was told of yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tarazy.agent.notice_law import basis_of, remedies_under
from tarazy.agent.notice_office import CHANNELS, ZONE, NoticeOffice, author_of
from tarazy.agent.paid import reason_of
from tarazy.agent.records import HOLDERS, LOCAL_REPORTS, Holder, LocalReport
from tarazy.app.messages import Handled, queue
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Table, Transaction
from tarazy.domain.case import NewsState
from tarazy.domain.notice import AtEnd, Audience, Contact, NoticeFacts, NoticeKind, NoticeReason, new_code
from tarazy.domain.notice_text import render
from tarazy.domain.rejection import Rejection
from tarazy.law.assessment import Lane, Measure
from tarazy.law.ground import Pack
from tarazy.protocol.bodies import ReportUpdate, VictimWarned
from tarazy.protocol.message import Envelope
from tarazy.texts.catalogue import Language
from tarazy.values.ids import AccountId, NoticeId, ParticipantId, ReportId, derived
from tarazy.values.instant import Instant
from tarazy.values.money import Money
from tarazy.values.replacing import replace

NEWS_PER_RUN_MAX: Final = 20
NOTICES_SHOWN_MAX: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportNews:
    """What the exchange has last told of a report of this bank; ``is_due`` until the customer was told.

    ``held_before_minor`` is the largest sum that was held, ``told_back_minor`` what the customer knows to be back.
    """

    report_id: ReportId
    update_no: int
    state: NewsState
    held_minor: int
    held_before_minor: int
    back_minor: int
    told_back_minor: int
    lane: Lane | None
    measure: Measure
    placed_at: Instant
    expires_at: Instant
    at: Instant
    is_due: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportNotice:
    """A notice to the customer who was deceived, as it was rendered in their language."""

    notice_id: NoticeId
    report_id: ReportId
    account_id: AccountId
    notice_kind: str
    language: str
    code: str
    subject: str
    paragraphs: tuple[str, ...]
    short_text: str
    channel: str
    served_at: Instant


REPORT_NEWS = Table("report_news", ReportNews, ("report_id",))
REPORT_NOTICES = Table("report_notices", ReportNotice, ("notice_id",))


def take_report_updates(tx: Transaction, envelopes: Sequence[Envelope], setting: Setting) -> list[Handled]:
    """Keep what the exchange tells of this bank's reports; an older update changes nothing."""
    return [_take_one(tx, envelope, setting) for envelope in envelopes]


def _take_one(tx: Transaction, envelope: Envelope, setting: Setting) -> Handled:
    body = envelope.body
    assert isinstance(body, ReportUpdate)
    if tx.get(LOCAL_REPORTS, body.report_id) is None:
        return Handled(rejection=Rejection.report_unknown, place="body.report_id")
    if body.state not in NewsState.__members__:
        return Handled(rejection=Rejection.order_unknown, place="body.state")
    if body.measure not in Measure.__members__ or body.expires_at <= body.placed_at:
        return Handled(rejection=Rejection.order_unknown, place="body.measure")
    if not remedies_under(Measure(body.measure), None, body.placed_at, setting.pack):
        return Handled(rejection=Rejection.measure_refused_by_law, place="body.measure")
    if body.lane is not None and body.lane not in Lane.__members__:
        return Handled(rejection=Rejection.lane_unknown, place="body.lane")
    before = tx.lock(REPORT_NEWS, {(body.report_id,)}).get((body.report_id,))
    if before is not None and before.update_no >= body.update_no:
        return Handled()
    news = ReportNews(
        report_id=body.report_id,
        update_no=body.update_no,
        state=NewsState(body.state),
        held_minor=body.held_minor,
        held_before_minor=max(body.held_minor, 0 if before is None else before.held_before_minor),
        back_minor=body.back_minor,
        told_back_minor=0 if before is None else before.told_back_minor,
        lane=None if body.lane is None else Lane(body.lane),
        measure=Measure(body.measure),
        placed_at=body.placed_at,
        expires_at=body.expires_at,
        at=setting.now,
        is_due=True,
    )
    tx.put(REPORT_NEWS, news)
    return Handled()


def serve_report_news(tx: Transaction, office: NoticeOffice, exchange: ParticipantId, setting: Setting) -> int:
    """Render and serve the news that customers were not told yet; return how many reports that were.

    Who was warned of an end is told of to the exchange: it waits for that.
    """
    seen = tx.find(REPORT_NEWS, Condition("is_due", "=", True), order=("at",), limit=NEWS_PER_RUN_MAX)
    if not seen:
        return 0
    keys = {(news.report_id,) for news in seen}
    due = [news for news in tx.lock(REPORT_NEWS, keys).values() if news.is_due]
    reports = tx.get_many(LOCAL_REPORTS, keys)
    holders = tx.get_many(HOLDERS, {(report.account_id,) for report in reports.values()})
    for news in due:
        report = reports[news.report_id,]
        tx.put(REPORT_NEWS, replace(news, is_due=False, told_back_minor=max(news.told_back_minor, news.back_minor)))
        for facts in facts_of_news(news, report, office, setting):
            _serve(tx, facts, report, holders.get((report.account_id,)), office, setting)
        if news.state is NewsState.ends_soon:
            warned = VictimWarned(report_id=news.report_id, update_no=news.update_no, served_at=setting.now)
            queue(tx, setting.envelope(exchange, warned, news.report_id, news.update_no), setting)
    return len(due)


def facts_of_news(news: ReportNews, report: LocalReport, office: NoticeOffice, setting: Setting) -> list[NoticeFacts]:
    """Return what is told: what came back since the last notice, or what is held, or that nothing is held any more."""
    back = news.back_minor - news.told_back_minor
    if back > 0:
        return [_facts(news, report, office, setting, NoticeKind.refund_paid, reason_of(news.lane), back)]
    if news.state is NewsState.held and news.held_minor > 0:
        reason = NoticeReason.victim_money_held
        return [_facts(news, report, office, setting, NoticeKind.victim_update, reason, news.held_minor)]
    if news.state is NewsState.ends_soon and news.held_minor > 0:
        reason = NoticeReason.victim_hold_ends_soon
        return [_facts(news, report, office, setting, NoticeKind.victim_update, reason, news.held_minor)]
    if news.state is NewsState.appeal and news.held_minor > 0:
        reason = NoticeReason.victim_appeal_filed
        return [_facts(news, report, office, setting, NoticeKind.victim_update, reason, news.held_minor)]
    if news.state is NewsState.over and news.held_before_minor > 0:
        reason = NoticeReason.victim_hold_ended
        return [_facts(news, report, office, setting, NoticeKind.victim_update, reason, news.held_before_minor)]
    return []


def _facts(
    news: ReportNews,
    report: LocalReport,
    office: NoticeOffice,
    setting: Setting,
    kind: NoticeKind,
    reason: NoticeReason,
    amount_minor: int,
) -> NoticeFacts:
    is_back = kind is NoticeKind.refund_paid
    measure, lane = _measure_of(news, setting.pack) if is_back else (news.measure, None)
    currency, claim = report.currency, report.claim_minor
    return NoticeFacts(
        kind=kind,
        audience=Audience.victim,
        amount=Money(min(amount_minor, claim), currency),
        out_of=None if is_back else Money(claim, currency),
        narrowed_from=None,
        otherwise=None,
        usable=None,
        closed=None,
        participant_name=office.bank.name,
        author=author_of(report.officer_id, office),
        legal_basis=basis_of(measure, lane, news.placed_at, setting.pack, office.catalogue),
        measure=measure,
        reason=reason,
        stated_reasons=None,
        decision=None,
        placed_at=news.placed_at,
        happened_at=news.at,
        expires_at=news.expires_at,
        confirm_by=None,
        put_off=None,
        earlier=None,
        at_end=AtEnd.money_free,
        remedies=remedies_under(measure, lane, news.placed_at, setting.pack)
        or remedies_under(news.measure, None, news.placed_at, setting.pack),
        contact=Contact(phone=office.bank.phone, branch=office.bank.branch),
        code=new_code(setting.entropy),
        is_demonstration=setting.pack.is_demonstration,
    )


def _measure_of(news: ReportNews, pack: Pack) -> tuple[Measure, Lane | None]:
    """Return the measure by which money came back; where this bank's pack has no rule for it, the one that held it."""
    day = pack.data.calendar.local_day(news.placed_at)
    if news.lane is None or pack.ground(Measure.M16, news.lane, day) is None:
        return news.measure, None
    return Measure.M16, news.lane


def _serve(
    tx: Transaction,
    facts: NoticeFacts,
    report: LocalReport,
    holder: Holder | None,
    office: NoticeOffice,
    setting: Setting,
) -> None:
    language = Language(holder.language) if holder else Language.kk
    rendered = render(facts, office.catalogue, language, ZONE)
    notice = ReportNotice(
        notice_id=NoticeId(derived("nt", report.report_id, facts.kind, setting.now.text(), facts.code)),
        report_id=report.report_id,
        account_id=report.account_id,
        notice_kind=facts.kind,
        language=language,
        code=facts.code,
        subject=rendered.subject,
        paragraphs=rendered.body,
        short_text=rendered.short_text,
        channel=CHANNELS[holder is not None and bool(holder.name)],
        served_at=setting.now,
    )
    tx.add(REPORT_NOTICES, notice)


def report_notices_for(tx: Transaction, account_id: AccountId) -> list[ReportNotice]:
    """Return the news that a customer was told of their reports, newest first."""
    mine = Condition("account_id", "=", account_id)
    return tx.find(REPORT_NOTICES, mine, order=("served_at",), descending=True, limit=NOTICES_SHOWN_MAX)


def report_notices_on(tx: Transaction, report_id: ReportId) -> list[ReportNotice]:
    """Return the news that was told of one report, newest first."""
    about = Condition("report_id", "=", report_id)
    return tx.find(REPORT_NOTICES, about, order=("served_at",), descending=True, limit=NOTICES_SHOWN_MAX)
