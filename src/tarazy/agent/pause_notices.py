"""Telling a payer of a payment that waits: that it does, until when, how that ended, how an appeal was answered.

An extension moves the end, so it is told again. Each end is told, also that of a wait that nobody was told of before it
was over. The exchange hears nothing: what a payer pays is between them and their bank.
"""

from typing import Final, NamedTuple

from msgspec import Struct

from tarazy.agent.holder_flags import HolderFlags, flags_of
from tarazy.agent.notice_law import ANY_TIME_AT_THE_BANK, basis_of, remedies_under
from tarazy.agent.notice_office import CHANNELS, ZONE, NoticeOffice, author_of
from tarazy.agent.pause_appeals import PAUSE_APPEALS, PauseAppeal, forum_of_pause
from tarazy.agent.pause_records import PAYMENT_PAUSES, PaymentPause
from tarazy.agent.records import ACCOUNTS, HOLDER, HOLDERS, REPRESENTATIVE
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Table, Transaction
from tarazy.domain.notice import AtEnd, Audience, Contact, NoticeFacts, NoticeKind, NoticeReason, Remedy, new_code
from tarazy.domain.notice_child import render_pause_for_child
from tarazy.domain.notice_text import RenderedNotice, render
from tarazy.domain.pause import BY_OFFICER, ON_APPEAL, SIGNS, STATUS_AFTER, PauseStatus
from tarazy.domain.pause_text import SENT, PauseFacts, PauseNews, render_pause
from tarazy.law.assessment import AssertionKind, Measure
from tarazy.texts.catalogue import Language
from tarazy.texts.links import without_links
from tarazy.values.ids import AccountId, NoticeId, derived
from tarazy.values.instant import Instant
from tarazy.values.money import Money
from tarazy.values.replacing import replace

PAUSES_TOLD_PER_RUN_MAX: Final = 8
NOTICES_SHOWN_MAX: Final = 100


class PauseNotice(Struct, frozen=True, kw_only=True):
    """A notice of a pause, as it was rendered for the payer or for whoever represents a child.

    Each of them is given a code of their own. ``in_plain_words`` it is a child's.
    """

    notice_id: NoticeId
    pause_id: str
    account_id: AccountId
    notice_kind: str
    amount_minor: int
    language: str
    code: str
    subject: str
    paragraphs: tuple[str, ...]
    short_text: str
    channel: str
    served_at: Instant
    recipient: str = HOLDER
    in_plain_words: bool = False


PAUSE_NOTICES = Table("pause_notices", PauseNotice, ("notice_id",))
IS_DUE = Condition("notice_due", "=", True)  # a condition names the value of a column


def serve_due_pauses(tx: Transaction, office: NoticeOffice, setting: Setting) -> int:
    """Tell payers what is due to them, oldest pauses first; return how many pauses and appeals that were."""
    due = tx.claim(PAYMENT_PAUSES, IS_DUE, order=("begins_at",), limit=PAUSES_TOLD_PER_RUN_MAX)
    for pause in due:
        tx.put(PAYMENT_PAUSES, replace(pause, notice_due=False, told_until=pause.asked_until))
        payer = _payer(tx, pause, setting)
        code = new_code(setting.entropy)
        if pause.status is PauseStatus.begun:
            _keep(tx, pause, pause_facts(pause, payer.usable_minor, code, office, setting), payer, office, setting)
        else:
            _tell(tx, pause, None, payer, code, office, setting)
    return len(due) + _serve_answers(tx, office, setting)


def _serve_answers(tx: Transaction, office: NoticeOffice, setting: Setting) -> int:
    """Tell payers how their appeals were answered, where the end of the pause has not told it."""
    due = tx.claim(PAUSE_APPEALS, IS_DUE, order=("state_at",), limit=PAUSES_TOLD_PER_RUN_MAX)
    pauses = tx.get_many(PAYMENT_PAUSES, {(one.pause_id,) for one in due})
    for one in due:
        tx.put(PAUSE_APPEALS, replace(one, notice_due=False))
        pause = pauses[one.pause_id,]
        _tell(tx, pause, one, _payer(tx, pause, setting), new_code(setting.entropy), office, setting)
    return len(due)


class Payer(NamedTuple):
    """Who is told, in which language, by which way, and what they can use now."""

    language: Language
    is_known: bool
    flags: HolderFlags
    usable_minor: int
    is_child: bool


def _payer(tx: Transaction, pause: PaymentPause, setting: Setting) -> Payer:
    holder, line = tx.get(HOLDERS, pause.account_id), tx.get(ACCOUNTS, pause.account_id)
    flags = flags_of(tx, [pause.account_id], setting.now)[pause.account_id]
    language = Language(holder.language) if holder else Language.kk
    usable = 0 if line is None else line.free_minor
    is_person = line is None or line.is_natural_person
    return Payer(language, holder is not None and bool(holder.name), flags, usable, flags.under_16 and is_person)


def _tell(
    tx: Transaction,
    pause: PaymentPause,
    appeal: PauseAppeal | None,
    payer: Payer,
    code: str,
    office: NoticeOffice,
    setting: Setting,
) -> None:
    """Tell how a pause ended, or how an appeal was answered."""
    facts = later_facts(pause, appeal, payer.usable_minor, code, office, setting)
    _keep(tx, pause, facts, payer, office, setting)


def _keep(
    tx: Transaction,
    pause: PaymentPause,
    facts: NoticeFacts | PauseFacts,
    payer: Payer,
    office: NoticeOffice,
    setting: Setting,
) -> None:
    """Put a notice before the payer; a child is told in plain words, and whoever represents it the whole."""
    facts = replace(facts, stated_reasons=None) if payer.flags.tipping_off else facts
    channel = CHANNELS[payer.is_known]
    if not payer.is_child:
        said = _whole(facts, office, payer.language)
        said = replace(said, short_text="") if payer.flags.safety else said
        tx.put(PAUSE_NOTICES, _notice(pause, facts, payer.language, said, channel, setting))
        return
    plain = render_pause_for_child(facts, office.catalogue, payer.language, ZONE)
    childs = _notice(pause, facts, payer.language, plain, channel, setting)
    tx.put(PAUSE_NOTICES, replace(childs, in_plain_words=True))
    facts = replace(facts, code=new_code(setting.entropy))
    whole = replace(_whole(facts, office, payer.language), short_text="")
    given = _notice(pause, facts, payer.language, whole, payer.flags.channel_to_representative, setting)
    tx.put(PAUSE_NOTICES, replace(given, recipient=REPRESENTATIVE))


def _whole(facts: NoticeFacts | PauseFacts, office: NoticeOffice, language: Language) -> RenderedNotice:
    if isinstance(facts, PauseFacts):
        return render_pause(facts, office.catalogue, language, ZONE)
    return render(facts, office.catalogue, language, ZONE)


def _notice(
    pause: PaymentPause,
    facts: NoticeFacts | PauseFacts,
    language: Language,
    said: RenderedNotice,
    channel: str,
    setting: Setting,
) -> PauseNotice:
    kind = facts.news if isinstance(facts, PauseFacts) else facts.kind
    return PauseNotice(
        notice_id=NoticeId(derived("nt", pause.pause_id, kind, setting.now.text(), facts.code)),
        pause_id=pause.pause_id,
        account_id=pause.account_id,
        notice_kind=kind,
        amount_minor=pause.amount_minor,
        language=language,
        code=facts.code,
        subject=said.subject,
        paragraphs=said.body,
        short_text=said.short_text,
        channel=channel,
        served_at=setting.now,
    )


def later_facts(
    pause: PaymentPause,
    appeal: PauseAppeal | None,
    usable_minor: int,
    code: str,
    office: NoticeOffice,
    setting: Setting,
) -> PauseFacts:
    """Put together how a pause ended, or with ``appeal`` how that was answered, by the law of the day of the pause."""
    remedies = remedies_under(Measure.M4a, None, pause.begins_at, setting.pack) or ANY_TIME_AT_THE_BANK
    if appeal is None:
        assert pause.end is not None
        by, at = pause.decided_by if pause.end in BY_OFFICER else None, pause.ended_at or setting.now
        news, reasons = SENT[STATUS_AFTER[pause.end] is PauseStatus.executed], pause.decided_reasons if by else None
        # Who has appealed and was right, or was not answered, need not go to the same forum again.
        forums = without(remedies, _bank_of(pause, setting)) if pause.end in ON_APPEAL else remedies
    else:
        by, at, reasons = appeal.decided_by, appeal.state_at, appeal.reasons
        news = PauseNews.appeal_unanswered if appeal.outcome is None else PauseNews.appeal_answered
        forums = without(remedies, appeal.forum)
    return PauseFacts(
        news=news,
        end=pause.end,
        outcome=None if appeal is None else appeal.outcome,
        amount=Money(pause.amount_minor, pause.currency),
        usable=Money(usable_minor, pause.currency),
        bank=office.bank.name,
        author=author_of(by or pause.officer_id, office),
        stated_reasons=without_links(reasons) if reasons else None,
        began_at=pause.begins_at,
        at=at,
        ended_at=pause.ended_at,
        until=pause.expires_at,
        legal_basis=basis_of(Measure.M4a, None, pause.begins_at, setting.pack, office.catalogue),
        measure=Measure.M4a,
        remedies=forums,
        contact=Contact(phone=office.bank.phone, branch=office.bank.branch),
        code=code,
        is_demonstration=setting.pack.is_demonstration,
    )


def _bank_of(pause: PaymentPause, setting: Setting) -> str:
    return forum_of_pause(pause, setting.now, setting.pack).forum


def without(remedies: tuple[Remedy, ...], forum: str) -> tuple[Remedy, ...]:
    """Return the forums that are left when one has spoken."""
    return tuple(one for one in remedies if one.forum != forum)


def pause_facts(
    pause: PaymentPause, usable_minor: int, code: str, office: NoticeOffice, setting: Setting
) -> NoticeFacts:
    """Put together what the notice says, by the law of the local day on which the payment was paused."""
    kinds = {SIGNS[fact] for fact in pause.facts}
    reason = NoticeReason.payment_signs_of_fraud if AssertionKind.fact in kinds else NoticeReason.payment_to_listed
    remedies = remedies_under(Measure.M4a, None, pause.begins_at, setting.pack)
    return NoticeFacts(
        kind=NoticeKind.payment_paused,
        audience=Audience.payer,
        amount=Money(pause.amount_minor, pause.currency),
        out_of=None,
        narrowed_from=None,
        otherwise=None,
        usable=Money(usable_minor, pause.currency),
        closed=None,
        participant_name=office.bank.name,
        author=author_of(pause.officer_id, office),
        legal_basis=basis_of(Measure.M4a, None, pause.begins_at, setting.pack, office.catalogue),
        measure=Measure.M4a,
        reason=reason,
        stated_reasons=without_links(pause.reasons),
        decision=None,
        placed_at=pause.begins_at,
        happened_at=pause.begins_at,
        expires_at=pause.asked_until,
        confirm_by=None,
        earlier=None,
        put_off=None,
        at_end=AtEnd.payment_made,
        remedies=remedies or ANY_TIME_AT_THE_BANK,
        contact=Contact(phone=office.bank.phone, branch=office.bank.branch),
        code=code,
        is_demonstration=setting.pack.is_demonstration,
    )


def pause_notices_of(tx: Transaction, pause_id: str) -> list[PauseNotice]:
    """Return what was told of a pause, newest first, to the payer and to whoever represents them."""
    about = Condition("pause_id", "=", pause_id)
    return tx.find(PAUSE_NOTICES, about, order=("served_at",), descending=True, limit=NOTICES_SHOWN_MAX)


def pause_notices_for(tx: Transaction, account_id: AccountId) -> list[PauseNotice]:
    """Return what a payer was told of pauses, newest first; not what was given to whoever represents a child."""
    mine = (Condition("account_id", "=", account_id), Condition("recipient", "=", HOLDER))
    return tx.find(PAUSE_NOTICES, *mine, order=("served_at",), descending=True, limit=NOTICES_SHOWN_MAX)
