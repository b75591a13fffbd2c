"""Telling a payer that their payment waits: at once, with why, until when, and that it goes out by itself.

An extension moves the end, so it is told again. The exchange hears nothing: what a payer pays is between them and
their bank.
"""

from typing import Final

from msgspec import Struct

from tarazy.agent.notice_law import ANY_TIME_AT_THE_BANK, basis_of, remedies_under
from tarazy.agent.notice_office import CHANNELS, ZONE, NoticeOffice, author_of
from tarazy.agent.pause_records import PAYMENT_PAUSES, PaymentPause
from tarazy.agent.records import ACCOUNTS, HOLDERS, Holder
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Table, Transaction
from tarazy.domain.notice import AtEnd, Audience, Contact, NoticeFacts, NoticeKind, NoticeReason, new_code
from tarazy.domain.notice_text import render
from tarazy.domain.pause import SIGNS, PauseStatus
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
    """A notice of a pause, as it was rendered for the payer."""

    notice_id: NoticeId
    pause_id: str
    account_id: AccountId
    amount_minor: int
    language: str
    code: str
    subject: str
    paragraphs: tuple[str, ...]
    short_text: str
    channel: str
    served_at: Instant


PAUSE_NOTICES = Table("pause_notices", PauseNotice, ("notice_id",))
IS_DUE = Condition("notice_due", "=", True)  # a condition names the value of a column


def serve_due_pauses(tx: Transaction, office: NoticeOffice, setting: Setting) -> int:
    """Tell the payers of payments that wait, oldest first; return how many pauses that were.

    Nobody is told of a wait that is over already: the payment's own page says what became of it.
    """
    due = tx.claim(PAYMENT_PAUSES, IS_DUE, order=("begins_at",), limit=PAUSES_TOLD_PER_RUN_MAX)
    holders = tx.get_many(HOLDERS, {(pause.account_id,) for pause in due})
    for pause in due:
        tx.put(PAYMENT_PAUSES, replace(pause, notice_due=False, told_until=pause.asked_until))
        if pause.status is PauseStatus.begun:
            _serve(tx, pause, holders.get((pause.account_id,)), office, setting)
    return len(due)


def _serve(tx: Transaction, pause: PaymentPause, holder: Holder | None, office: NoticeOffice, setting: Setting) -> None:
    line = tx.get(ACCOUNTS, pause.account_id)
    facts = pause_facts(pause, 0 if line is None else line.free_minor, new_code(setting.entropy), office, setting)
    language = Language(holder.language) if holder else Language.kk
    rendered = render(facts, office.catalogue, language, ZONE)
    notice = PauseNotice(
        notice_id=NoticeId(derived("nt", pause.pause_id, pause.asked_until.text(), str(pause.acts))),
        pause_id=pause.pause_id,
        account_id=pause.account_id,
        amount_minor=pause.amount_minor,
        language=language,
        code=facts.code,
        subject=rendered.subject,
        paragraphs=rendered.body,
        short_text=rendered.short_text,
        channel=CHANNELS[holder is not None and bool(holder.name)],
        served_at=setting.now,
    )
    tx.put(PAUSE_NOTICES, notice)


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


def pause_notices_for(tx: Transaction, account_id: AccountId) -> list[PauseNotice]:
    """Return what a payer was told of pauses, newest first."""
    mine = Condition("account_id", "=", account_id)
    return tx.find(PAUSE_NOTICES, mine, order=("served_at",), descending=True, limit=NOTICES_SHOWN_MAX)
