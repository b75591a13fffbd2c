"""Telling holders of errors: a letter of its own, in their language, as soon as they may know of the measure at all."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from tarazy.agent.claim_records import LOCAL_ERRORS, LocalError
from tarazy.agent.deferring import KEPT_DEFERRALS
from tarazy.agent.notice_office import CHANNELS, NoticeOffice
from tarazy.agent.records import HOLDERS, HOLDS, AgentHold
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.deferral import DeferralStatus
from tarazy.domain.error_text import ErrorFacts, render_error
from tarazy.domain.notice import Contact, new_code
from tarazy.law.safeguards import at_least
from tarazy.texts.catalogue import Language, Wording
from tarazy.values.ids import MeasureId, NormId
from tarazy.values.instant import Instant
from tarazy.values.money import Money
from tarazy.values.replacing import replace

LETTERS_PER_RUN_MAX: Final = 8
READ_MAX: Final = 100
"""Those that wait for the end of a deferral stand before the others: so more are read than are written."""


def serve_error_letters(tx: Transaction, office: NoticeOffice, setting: Setting) -> int:
    """Write the letters that are due; return how many. Nobody learns of a measure whose notice is put off by one."""
    waiting = tx.find(LOCAL_ERRORS, Condition("served_at", "is_null"), order=("noted_at",), limit=READ_MAX)
    if not waiting:
        return 0
    holds = {key[0]: hold for key, hold in tx.get_many(HOLDS, {(one.hold_id,) for one in waiting}).items()}
    quiet = _put_off(tx, waiting, setting.now)
    due = [one for one in waiting if one.measure_id not in quiet][:LETTERS_PER_RUN_MAX]
    for error in due:
        _write(tx, error, holds[error.hold_id], office, setting)
    return len(due)


def _put_off(tx: Transaction, errors: Sequence[LocalError], now: Instant) -> frozenset[MeasureId]:
    """Return the measures whose notice is put off now, also of those that are over."""
    rows = tx.find(KEPT_DEFERRALS, Condition("measure_id", "in", sorted({one.measure_id for one in errors})))
    return frozenset(row.measure_id for row in rows if row.status is DeferralStatus.granted and row.until > now)


def _write(tx: Transaction, error: LocalError, hold: AgentHold, office: NoticeOffice, setting: Setting) -> None:
    holder = tx.get(HOLDERS, error.account_id)
    language = Language(holder.language) if holder else Language.kk
    facts = error_facts(error, hold, office, setting)
    subject, paragraphs = render_error(facts, office.catalogue, language)
    letter = replace(
        error,
        language=language,
        code=facts.code,
        subject=subject,
        paragraphs=paragraphs,
        channel=CHANNELS[holder is not None and bool(holder.name)],
        served_at=setting.now,
    )
    tx.put(LOCAL_ERRORS, letter)


def error_facts(error: LocalError, hold: AgentHold, office: NoticeOffice, setting: Setting) -> ErrorFacts:
    """Put together what the letter says, by this bank's own pack and the law of the day."""
    pack = setting.pack
    rule, day = pack.data.general.compensation, pack.data.calendar.local_day(setting.now)
    within = None if rule is None else rule.value.answer_within
    return ErrorFacts(
        cause=error.cause,
        amount=Money(hold.held_minor or hold.last_minor or hold.claim_minor, hold.currency),
        bank=office.bank.name,
        norms=() if rule is None else tuple(_titles(rule.evidence.norms, day, setting, office)),
        answer_within=None if within is None else at_least(within),
        contact=Contact(phone=office.bank.phone, branch=office.bank.branch),
        code=new_code(setting.entropy),
        is_demonstration=pack.is_demonstration,
    )


def _titles(norms: tuple[NormId, ...], day: date, setting: Setting, office: NoticeOffice) -> Iterator[Wording]:
    """Return the norms of the right as they stand today; one that is not in force says nothing."""
    for norm_id in norms:
        version = setting.pack.norm_on(norm_id, day)
        if version is not None:
            yield office.catalogue.wording(version.title_code)
