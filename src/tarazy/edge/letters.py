"""The letters of a bank: what it has told of holds, of payments that wait and of hearings, written from what it keeps.

A letter is made anew each time and kept nowhere. It says what was told, word for word, with the remedies of the day by
whose law it was told; whoever may read it is decided by the pages that ask for it.
"""

from typing import Final

from litestar import Response

from tarazy.agent.authority import decisions_on
from tarazy.agent.hearing_records import HEARING_NOTICES, LOCAL_HEARINGS, HearingNotice
from tarazy.agent.holder_flags import GUARDIANSHIP, HolderFlags, flags_of
from tarazy.agent.measure_news import remedies_against
from tarazy.agent.measure_records import HOLD_MEASURES
from tarazy.agent.notice_law import ANY_TIME_AT_THE_BANK, law_of, remedies_under
from tarazy.agent.paid import PaidFor, paid_for, pay_commands
from tarazy.agent.pause_notices import PAUSE_NOTICES, PauseNotice
from tarazy.agent.pause_records import PAYMENT_PAUSES, PaymentPause
from tarazy.agent.records import HOLDERS, HOLDS, REPRESENTATIVE, SERVED_NOTICES, AgentHold, ServedNotice
from tarazy.app.store import Transaction
from tarazy.domain.notice import NoticeKind
from tarazy.edge.context import AgentContext
from tarazy.edge.documents.model import Document, Print
from tarazy.edge.documents.notice import (
    Letterhead,
    Service,
    Told,
    notice_document,
    remedies_told,
    those_told,
    told_of_record,
    way_to_court,
)
from tarazy.edge.documents.receipt_qr import ReceiptLine, receipt_line
from tarazy.edge.documents.words import Words
from tarazy.edge.pages.security import PAGE_HEADERS
from tarazy.law.assessment import Lane, Measure
from tarazy.texts.catalogue import Language
from tarazy.texts.links import without_links
from tarazy.values.ids import NoticeId
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

LETTER: Final = ".pdf"
"""What the address of a notice ends with where it is asked for as a letter."""
ToldByLetter = ServedNotice | PauseNotice | HearingNotice
"""What can be had as a letter."""


def told_under(tx: Transaction, notice_id: NoticeId) -> ToldByLetter | None:
    """Return the notice with this number, whoever it is for; None where nothing with it can be had as a letter."""
    return tx.get(SERVED_NOTICES, notice_id) or tx.get(PAUSE_NOTICES, notice_id) or tx.get(HEARING_NOTICES, notice_id)


def receipt_for(told: ToldByLetter, context: AgentContext) -> ReceiptLine | None:
    """Ask the exchange where it stands in the log that this was told; None where it does not, or nobody answers now.

    Outside of any transaction: somebody else's program answers.
    """
    if context.receipts is None or isinstance(told, PauseNotice):
        return None
    if isinstance(told, HearingNotice):
        found = context.receipts.of_hearing(told.hearing_id)
    else:
        found = context.receipts.of_notice(told.notice_id)
    return None if found is None else receipt_line(found.receipt, found.event_id)


def letter_of(
    tx: Transaction, told: ToldByLetter, context: AgentContext, receipt: ReceiptLine | None
) -> Document | None:
    """Write the letter of what was told; None where that of which it tells is not there."""
    head = Letterhead(
        sender=context.bank.name,
        calendar=context.pack.data.calendar,
        catalogue=context.catalogue,
        is_demonstration=context.pack.is_demonstration,
    )
    flags = flags_of(tx, [told.account_id], context.clock.now())[told.account_id]
    size = Print.large if flags.large_print else Print.ordinary
    service = replace(_service(tx, told, flags, head), receipt=receipt)
    if isinstance(told, ServedNotice):
        return _of_hold(tx, told, context, head, service, size)
    if isinstance(told, PauseNotice):
        return _of_pause(tx, told, context, head, service, size)
    return _of_hearing(tx, told, context, head, service, size)


def as_file(document: Document, notice_id: NoticeId) -> Response[bytes]:
    """Return a letter as a PDF to be kept or printed."""
    # The typesetter is large: a program that nobody asks for a letter does not carry it.
    from tarazy.edge.documents.render import render

    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="{notice_id}{LETTER}"'}
    return Response(render(document), media_type="application/pdf", headers=headers)


def _service(tx: Transaction, told: ToldByLetter, flags: HolderFlags, head: Letterhead) -> Service:
    """Return to whom a notice went, and by which way."""
    holder, words = tx.get(HOLDERS, told.account_id), head.words(Language(told.language))
    name = "" if holder is None else holder.name
    service = Service(
        notice_id=told.notice_id,
        about=_about(told),
        recipient=name,
        channel=told.channel,
        served_at=told.served_at,
        receipt=None,
    )
    if told.recipient != REPRESENTATIVE:
        return service
    given_to = words.t("notice.to_guardianship" if told.channel == GUARDIANSHIP else "notice.to_representative")
    known = "" if told.channel == GUARDIANSHIP else without_links(flags.representative).strip()
    recipient = f"{known}, {given_to}" if known else given_to
    return replace(service, recipient=recipient, of_holder=name or words.t("notice.to_holder"))


def _about(told: ToldByLetter) -> tuple[str, str]:
    if isinstance(told, PauseNotice):
        return "notice.pause", told.pause_id
    if isinstance(told, HearingNotice):
        return "notice.hearing", told.hearing_id
    return "notice.hold", told.hold_id


def _of_hold(
    tx: Transaction, told: ServedNotice, context: AgentContext, head: Letterhead, service: Service, size: Print
) -> Document | None:
    """Write that money is held, or no more, with the remedies of the day on which the hold was decided."""
    hold = tx.get(HOLDS, told.hold_id)
    if hold is None:
        return None
    under = None if told.measure_id is None else tx.get(HOLD_MEASURES, told.hold_id, told.measure_id)
    against = None if under is None else remedies_against(under, told.served_at, context.pack)
    paid = _payment(tx, hold, told)
    _, _, remedies = law_of(hold, paid, context.pack, context.catalogue, under=under, against=against)
    said = told_of_record(told, hold.currency, head)
    return notice_document(said, remedies_told(said, remedies, head), service, head, size)


def _payment(tx: Transaction, hold: AgentHold, told: ServedNotice) -> PaidFor | None:
    """Return the payment that a notice tells of, None where it tells of none."""
    if told.notice_kind != NoticeKind.refund_paid:
        return None
    paid = paid_for(hold, pay_commands(tx, [hold]), decisions_on(tx, [hold]))
    return next((one for one in paid if one.lane == told.lane), None)


def _of_pause(
    tx: Transaction, told: PauseNotice, context: AgentContext, head: Letterhead, service: Service, size: Print
) -> Document | None:
    """Write that a payment waits, how that ended, or how an appeal was answered, by the law of the day of the pause.

    Where an appeal was heard and that law names no further forum, the way to court is what is left.
    """
    pause = tx.get(PAYMENT_PAUSES, told.pause_id)
    if pause is None:
        return None
    words = head.words(Language(told.language))
    rows = () if told.in_plain_words else _of_payment(pause, context, words)
    said = _said(told, told.amount_minor, pause.currency, pause.begins_at, rows, head)
    law = remedies_under(Measure.M4a, None, pause.begins_at, context.pack) or ANY_TIME_AT_THE_BANK
    remedies = those_told(said, law, head)
    beside = () if remedies else (way_to_court(words),)
    # The exchange hears nothing of a pause, so its log has nothing of it either.
    service = replace(service, without_receipt="of_pause")
    return notice_document(said, remedies, service, head, size, beside=beside)


def _of_hearing(
    tx: Transaction, told: HearingNotice, context: AgentContext, head: Letterhead, service: Service, size: Print
) -> Document | None:
    """Write what the holder is asked, with the remedies of the day on which they were told."""
    hearing = tx.get(LOCAL_HEARINGS, told.hearing_id)
    if hearing is None:
        return None
    said = _said(told, hearing.amount_minor, hearing.currency, told.served_at, (), head)
    law = remedies_under(Measure.M16, Lane.investigator, told.served_at, context.pack)
    return notice_document(said, remedies_told(said, law, head), service, head, size)


def _said(
    told: PauseNotice | HearingNotice,
    amount_minor: int,
    currency: str,
    law_at: Instant,
    rows: tuple[tuple[str, str], ...],
    head: Letterhead,
) -> Told:
    """Return what was told, and beside it the sum and, but for a child, the day whose law it rests on."""
    words = head.words(Language(told.language))
    law_day = () if told.in_plain_words else ((words.t("notice.law_day"), words.day(law_at)),)
    return Told(
        language=words.language,
        subject=told.subject,
        paragraphs=told.paragraphs,
        code=told.code,
        rows=((words.t("notice.sum"), words.money(amount_minor, currency)), *rows, *law_day),
        in_plain_words=told.in_plain_words,
    )


def _of_payment(pause: PaymentPause, context: AgentContext, words: Words) -> tuple[tuple[str, str], ...]:
    """Return to whom the payment goes, what was seen in it, and who has paused it, as its page says them."""
    bank = context.participants.get(pause.payee_participant_id)
    payee = ", ".join(part for part in (pause.payee_name, bank.name if bank else pause.payee_participant_id) if part)
    officer = next((one for one in context.bank.officers if one.officer_id == pause.officer_id), None)
    by = pause.officer_id if officer is None else f"{officer.name}, {words.word(officer.role)}"
    signs = "\n".join(words.text(f"desk.pauses.sign.{fact}") for fact in pause.facts)
    return (
        (words.t("notice.payee"), without_links(payee)),
        (words.t("notice.signs"), signs),
        (words.t("notice.paused_by"), without_links(by)),
    )
