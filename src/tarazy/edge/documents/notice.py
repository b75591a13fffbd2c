"""A notice as a letter on paper, made of the same record as the notice on the screen: the same sentences, in order.

What the person was told stands verbatim between the rows that name the letter and the frame with the remedies. The last
days are counted from the day of service, the earliest on which the person can have learned of the measure: whoever
learned later has longer, and nobody less.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tarazy.agent.notice_law import ANY_TIME_AT_THE_BANK
from tarazy.agent.records import ServedNotice
from tarazy.domain.closure import KeptFree
from tarazy.domain.notice import FilingUnit, FilingWindow, NoticeFacts, Remedy, code_shown
from tarazy.domain.notice_text import render
from tarazy.edge.documents.model import (
    Block,
    Callout,
    Document,
    DocumentKind,
    DocumentRefused,
    FactRows,
    Heading,
    Paragraph,
    Print,
    RemedyBox,
    RemedyLine,
)
from tarazy.edge.documents.receipt_block import receipt_blocks
from tarazy.edge.documents.receipt_qr import ReceiptLine
from tarazy.edge.documents.words import Words
from tarazy.law.calendar import Calendar, Window, WindowUnit
from tarazy.texts.catalogue import Catalogue, Language, Wording
from tarazy.texts.links import links_in
from tarazy.values.ids import NoticeId
from tarazy.values.instant import Instant

TAIL: Final = 3
"""A notice ends with three paragraphs: where to complain, its code, and that nobody asks for a password."""
_FORUM: Final = "law.forum."
_CHILD: Final = "child_"
"""What the codes of a letter's own words begin with where they are for a child."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a person was told: the sentences as they were put before them, and what the letter names beside them.

    Where that was ``in_plain_words``, for a child, the letter speaks to a child in its own words too.
    """

    language: Language
    subject: str
    paragraphs: tuple[str, ...]
    code: str
    rows: tuple[tuple[str, str], ...]
    in_plain_words: bool = False

    def __post_init__(self) -> None:
        if len(self.paragraphs) <= TAIL:
            raise DocumentRefused("a notice says what happened, where to complain, its code, and what nobody asks for")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """How a notice came to the person, and the receipt of its act where the log has given one by now.

    ``about`` is what the notice tells of: what that is called (a text of documents), and its number. ``recipient`` is
    empty where the bank has not told who the person is; the letter then waits at the branch. ``of_holder`` is whose
    account it is where somebody else is written to. ``without_receipt`` names the text that says why there is none.
    """

    notice_id: NoticeId
    about: tuple[str, str]
    recipient: str
    channel: str
    served_at: Instant
    receipt: ReceiptLine | None
    of_holder: str = ""
    without_receipt: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Who writes, by whose calendar days are counted, and with which texts."""

    sender: Wording
    calendar: Calendar
    catalogue: Catalogue
    is_demonstration: bool

    def words(self, language: Language) -> Words:
        """Return the words of this letterhead in one language."""
        return Words(language, self.catalogue, self.calendar.zone)


def told_of_record(served: ServedNotice, currency: str, head: Letterhead) -> Told:
    """Return what a stored notice says, in the language in which it was served."""
    words = head.words(Language(served.language))
    return Told(
        language=words.language,
        subject=served.subject,
        paragraphs=served.paragraphs,
        code=served.code,
        rows=((words.t("notice.sum"), words.money(served.amount_minor, currency)),),
        in_plain_words=served.in_plain_words,
    )


def told_of_facts(facts: NoticeFacts, language: Language, head: Letterhead) -> Told:
    """Return what a notice of these facts says in any language, its facts named one by one as well."""
    words, rendered = head.words(language), render(facts, head.catalogue, language, head.calendar.zone)
    rows = [(words.t("notice.sum"), words.money(facts.amount.minor, facts.amount.currency))]
    if facts.closed is not None:
        rows.append((words.t("notice.closed"), _stays_free(facts.closed, facts.amount.currency, words)))
    elif facts.usable is not None:
        rows.append((words.t("notice.usable"), words.money(facts.usable.minor, facts.usable.currency)))
    if facts.author is not None:
        author = facts.author
        shown = f"{author.name}, {words.word(author.role)}, {words.word(author.body)}"
        rows.append((words.t("notice.author"), shown))
    rows.append((words.t("notice.basis"), "; ".join(words.word(title) for title in facts.legal_basis)))
    rows.append((words.t("notice.until"), words.moment(facts.expires_at)))
    return Told(
        language=language, subject=rendered.subject, paragraphs=rendered.body, code=facts.code, rows=tuple(rows)
    )


def _stays_free(kept: KeptFree, currency: str, words: Words) -> str:
    """Return what stays free of a closed account in one line."""
    living = words.t("notice.closed_living", living=words.money(kept.living_minor, currency), days=kept.living_days)
    purposes = [words.text(f"law.exclusion.{one}") for one in kept.purposes]
    return "; ".join([living, *purposes] if kept.living_minor else purposes)


def notice_document(
    told: Told,
    remedies: tuple[Remedy, ...],
    service: Service,
    head: Letterhead,
    size: Print = Print.ordinary,
    *,
    beside: tuple[RemedyLine, ...] = (),
) -> Document:
    """Return the letter; ``beside`` are forums without a time. Raises `DocumentRefused` where no remedy is named."""
    words = head.words(told.language)
    plain = _CHILD if told.in_plain_words else ""
    *body, _, code, safety = told.paragraphs
    blocks: list[Block] = [
        Heading(told.subject, 1),
        FactRows(words.row_head(), (*_addressed(service, head, words), *told.rows)),
        Heading(words.t(f"notice.{plain}body")),
        *(Paragraph(sentence) for sentence in body),
        _remedy(told, remedies, beside, service.served_at, head, words),
        Callout(
            code_shown(told.code), code, code_payload(service.notice_id, told.code), words.t("notice.code_picture")
        ),
        Paragraph(safety, is_strong=True),
        *receipt_blocks(
            service.receipt,
            words,
            without=f"receipt.{plain}{service.without_receipt}",
            title=f"receipt.{plain}title",
        ),
    ]
    return Document(
        kind=DocumentKind.notice,
        language=told.language,
        author=words.word(head.sender),
        title=told.subject,
        running=words.running(words.word(head.sender), is_demonstration=head.is_demonstration),
        made_at=service.served_at,
        blocks=tuple(blocks),
        size=size,
    )


def code_payload(notice_id: NoticeId, code: str) -> str:
    """Return what the picture of a notice's code holds: the number and the code of the notice, and no address."""
    return f"tarazy notice 1\nnotice {notice_id}\ncode {code_shown(code)}\n"


def last_moment(window: FilingWindow, since: Instant, calendar: Calendar) -> Instant | None:
    """Return when a time for filing ends that begins at ``since``; None where the calendar does not reach so far."""
    match window.unit:
        case FilingUnit.hour:
            return since.plus(timedelta(hours=window.count))
        case FilingUnit.day:
            return since.plus(timedelta(days=window.count))
        case FilingUnit.working_day:
            return calendar.end_of(Window(window.count, WindowUnit.working_days), since)
        case FilingUnit.month:
            return calendar.end_of(Window(window.count, WindowUnit.months), since)


def remedy_line(remedy: Remedy, since: Instant, calendar: Calendar, words: Words) -> RemedyLine:
    """Return where to complain and until when, the last day counted from ``since``."""
    forum, within, window = _forum(remedy, words), _within(remedy, words), remedy.file_within
    if window is None:
        return RemedyLine(forum, within)
    last = last_moment(window, since, calendar)
    if last is None:
        return RemedyLine(forum, words.t("remedy.uncounted", within=within))
    if window.unit in {FilingUnit.hour, FilingUnit.day}:
        return RemedyLine(forum, words.t("remedy.by_moment", within=within, last=words.moment(last)))
    # The end of a day is the first moment of the next: what people call that day is the one before it.
    return RemedyLine(forum, words.t("remedy.by_day", within=within, last=words.day(last.plus(timedelta(seconds=-1)))))


def remedies_told(told: Told, remedies: tuple[Remedy, ...], head: Letterhead) -> tuple[Remedy, ...]:
    """Return those of ``remedies`` that the person was told of; where the law names others by now, the bank itself.

    Whoever keeps the account always hears its holder, so no letter is without a remedy.
    """
    return those_told(told, remedies, head) or ANY_TIME_AT_THE_BANK


def those_told(told: Told, remedies: tuple[Remedy, ...], head: Letterhead) -> tuple[Remedy, ...]:
    """Return those of ``remedies`` that the person was told of, which may be none."""
    words, said = head.words(told.language), told.paragraphs[-TAIL]
    return tuple(remedy for remedy in remedies if _as_told(remedy, words) in said)


def way_to_court(words: Words) -> RemedyLine:
    """Return what is open where a law names no further forum: a court, and that no time is named."""
    return RemedyLine(words.text("notice.forum.court"), words.t("remedy.no_time"))


def _as_told(remedy: Remedy, words: Words) -> str:
    return f"{_forum(remedy, words)}, {_within(remedy, words)}"


def _forum(remedy: Remedy, words: Words) -> str:
    return words.text(f"notice.forum.{remedy.forum.removeprefix(_FORUM)}")


def _within(remedy: Remedy, words: Words) -> str:
    window = remedy.file_within
    if window is None:
        return words.text("notice.within.any_time")
    return words.plural(f"notice.within.{window.unit}", window.count)


def _remedy(
    told: Told,
    remedies: tuple[Remedy, ...],
    beside: tuple[RemedyLine, ...],
    since: Instant,
    head: Letterhead,
    words: Words,
) -> RemedyBox:
    """Frame the paragraph that the person has read already, and set the last days under it."""
    text, plain = told.paragraphs[-TAIL], _CHILD if told.in_plain_words else ""
    if any(remedy.file_within is not None for remedy in remedies):
        text += "\n" + words.t(f"remedy.{plain}counted", since=words.moment(since))
    lines = tuple(remedy_line(remedy, since, head.calendar, words) for remedy in remedies)
    return RemedyBox(words.t(f"remedy.{plain}title"), text, (*lines, *beside))


def _addressed(service: Service, head: Letterhead, words: Words) -> tuple[tuple[str, str], ...]:
    served, channel = words.moment(service.served_at), f"notice.served_{service.channel}"
    if words.knows(channel):
        served = words.t(channel, at=served)
    label, number = service.about
    rows = [
        (words.t("notice.from"), words.word(head.sender)),
        (words.t("notice.to"), _named(service.recipient) or words.t("notice.to_holder")),
        (words.t("notice.of_holder"), _named(service.of_holder)),
        (words.t("notice.served"), served),
        (words.t("notice.number"), service.notice_id),
        (words.t(label), number),
    ]
    return tuple(row for row in rows if row[1])


def _named(name: str) -> str:
    """Return a person's name as it can stand in a letter; empty where there is none, or it is an address."""
    return "" if links_in(name) else name.strip()
