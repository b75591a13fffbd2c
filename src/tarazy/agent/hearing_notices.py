"""The bank's own round of its hearings: tells holders, tells them again, and finds who was absent."""

from typing import Final

from tarazy.agent.answering import is_live
from tarazy.agent.following import locked_lines
from tarazy.agent.hearing import close_by_time, due_hearings, told_now
from tarazy.agent.hearing_records import HEARING_NOTICES, HearingNotice, LocalHearing
from tarazy.agent.holder_flags import flags_of
from tarazy.agent.measure_news import author_elsewhere
from tarazy.agent.notice_law import ANY_TIME_AT_THE_BANK, basis_of, remedies_under
from tarazy.agent.notice_office import CHANNELS, ZONE, NoticeOffice, body_name
from tarazy.agent.records import HOLDER, HOLDERS, HOLDS, REPRESENTATIVE
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.hearing import HearingState
from tarazy.domain.hearing_text import HearingFacts, render_hearing
from tarazy.domain.line import AccountLine
from tarazy.domain.notice import Contact, new_code
from tarazy.domain.notice_child import render_hearing_for_child
from tarazy.domain.notice_text import RenderedNotice
from tarazy.law.assessment import Lane, Measure
from tarazy.texts.catalogue import Language
from tarazy.values.ids import AccountId, HearingId, NoticeId, ParticipantId, derived
from tarazy.values.money import Money
from tarazy.values.replacing import replace

HEARINGS_PER_RUN_MAX: Final = 8
NOTICES_SHOWN_MAX: Final = 100


def hear_receivers(tx: Transaction, office: NoticeOffice, exchange: ParticipantId, setting: Setting) -> int:
    """Do what is due in hearings now; return in how many something was."""
    due = due_hearings(tx, setting.now, HEARINGS_PER_RUN_MAX)
    for hearing in due:
        hold = tx.get(HOLDS, hearing.hold_id)
        is_held = hold is not None and is_live(hold, setting.now)
        if not is_held or hearing.state is HearingState.told_again:
            close_by_time(tx, hearing, exchange, setting)
            continue
        _serve(tx, told_now(tx, hearing, exchange, setting), office, setting)
    return len(due)


def _serve(tx: Transaction, hearing: LocalHearing, office: NoticeOffice, setting: Setting) -> None:
    """Put the question before the holder; a child is asked in plain words, and whoever represents it is told the whole.

    Where somebody else may read the telephone, no short message goes out.
    """
    holder = tx.get(HOLDERS, hearing.account_id)
    flags = flags_of(tx, [hearing.account_id], setting.now)[hearing.account_id]
    line = locked_lines(tx, {hearing.account_id})[hearing.account_id]
    facts = hearing_facts(hearing, line, office, setting)
    language = Language(holder.language) if holder else Language.kk
    channel, catalogue = CHANNELS[holder is not None and bool(holder.name)], office.catalogue
    if not (flags.under_16 and line.is_natural_person):
        said = render_hearing(facts, catalogue, language, ZONE)
        said = replace(said, short_text="") if flags.safety else said
        tx.add(HEARING_NOTICES, _notice(hearing, facts, language, said, channel, setting))
        return
    plain = render_hearing_for_child(facts, catalogue, language, ZONE)
    childs = _notice(hearing, facts, language, plain, channel, setting)
    tx.add(HEARING_NOTICES, replace(childs, in_plain_words=True))
    facts = replace(facts, code=new_code(setting.entropy))
    whole = replace(render_hearing(facts, catalogue, language, ZONE), short_text="")
    given = _notice(hearing, facts, language, whole, flags.channel_to_representative, setting)
    given_id = NoticeId(derived("nt", hearing.hearing_id, facts.times, REPRESENTATIVE))
    tx.add(HEARING_NOTICES, replace(given, notice_id=given_id, recipient=REPRESENTATIVE))


def _notice(
    hearing: LocalHearing,
    facts: HearingFacts,
    language: Language,
    said: RenderedNotice,
    channel: str,
    setting: Setting,
) -> HearingNotice:
    return HearingNotice(
        notice_id=NoticeId(derived("nt", hearing.hearing_id, facts.times)),
        hearing_id=hearing.hearing_id,
        hold_id=hearing.hold_id,
        account_id=hearing.account_id,
        times=facts.times,
        language=language,
        code=facts.code,
        subject=said.subject,
        paragraphs=said.body,
        short_text=said.short_text,
        channel=channel,
        served_at=setting.now,
    )


def hearing_facts(hearing: LocalHearing, line: AccountLine, office: NoticeOffice, setting: Setting) -> HearingFacts:
    """Put together what the notice says, by the law of the day on which it is served."""
    pack, lane = setting.pack, Lane.investigator
    return HearingFacts(
        times=2 if hearing.state is HearingState.told_again else 1,
        amount=Money(hearing.amount_minor, hearing.currency),
        usable=Money(line.free_minor, line.currency),
        bank=office.bank.name,
        authority=body_name(hearing.participant_id, office),
        author=author_elsewhere(hearing.participant_id, hearing.asked_by, office, setting),
        answer_by=hearing.answer_by,
        legal_basis=basis_of(Measure.M16, lane, setting.now, pack, office.catalogue),
        remedies=remedies_under(Measure.M16, lane, setting.now, pack) or ANY_TIME_AT_THE_BANK,
        contact=Contact(phone=office.bank.phone, branch=office.bank.branch),
        code=new_code(setting.entropy),
        is_demonstration=pack.is_demonstration,
    )


def hearing_notices_of(tx: Transaction, hearing_id: HearingId) -> list[HearingNotice]:
    """Return what was told of a hearing, newest first, to the holder and to whoever represents them."""
    about = Condition("hearing_id", "=", hearing_id)
    return tx.find(HEARING_NOTICES, about, order=("served_at",), descending=True, limit=NOTICES_SHOWN_MAX)


def hearing_notices_for(tx: Transaction, account_id: AccountId) -> list[HearingNotice]:
    """Return what a holder was told of their hearings, newest first; not what whoever represents a child was given."""
    mine = (Condition("account_id", "=", account_id), Condition("recipient", "=", HOLDER))
    return tx.find(HEARING_NOTICES, *mine, order=("served_at",), descending=True, limit=NOTICES_SHOWN_MAX)
