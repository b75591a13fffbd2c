"""Writes what a payer is told after their payment was paused: how the pause ended, and how an appeal was answered.

That it was paused is told by `notice_text`, in the words of every measure. These two follow the payment to its end:
sent or not, why, who decided it, and what the payer can still do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from typing import Final

from tarazy.domain.appeal import AppealOutcome
from tarazy.domain.notice import Contact, NoticeAuthor, NoticeRefused, Remedy, code_shown, is_code
from tarazy.domain.notice_text import RenderedNotice, remedies_listed
from tarazy.domain.pause import BY_OFFICER, STATUS_AFTER, PauseEnd, PauseStatus
from tarazy.texts.catalogue import Catalogue, Language, Wording
from tarazy.texts.formats import NO_BREAK, moment, moment_brief, money
from tarazy.values.instant import Instant
from tarazy.values.money import Money


class PauseNews(StrEnum):
    """What a payer is told of a pause after its beginning."""

    payment_made = "payment_made"
    payment_not_made = "payment_not_made"
    appeal_answered = "appeal_answered"
    appeal_unanswered = "appeal_unanswered"


ENDS: Final = frozenset({PauseNews.payment_made, PauseNews.payment_not_made})
SENT: Final = {True: PauseNews.payment_made, False: PauseNews.payment_not_made}


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseFacts:
    """Everything that such a notice says. Raises `NoticeRefused` without a legal basis, and at an end without a remedy.

    ``end`` is how the pause ended, None while the payment waits. ``outcome`` is what was decided on an appeal.
    ``author`` is the officer who decided what is told or, where nobody did, the one who had paused the payment.
    ``at`` is when what is told happened, ``ended_at`` when the pause ended, ``until`` when it ends by itself.
    ``remedies`` are the forums that are still open.
    """

    news: PauseNews
    end: PauseEnd | None
    outcome: AppealOutcome | None
    amount: Money
    usable: Money
    bank: Wording
    author: NoticeAuthor
    stated_reasons: str | None
    began_at: Instant
    at: Instant
    ended_at: Instant | None
    until: Instant
    legal_basis: tuple[Wording, ...]
    measure: str
    remedies: tuple[Remedy, ...]
    contact: Contact
    code: str
    is_demonstration: bool

    def __post_init__(self) -> None:
        assert (self.end is None) == (self.ended_at is None), "a pause that is over ended at some time"
        assert self.end is not None or self.news not in ENDS, "the end of a pause that has none"
        assert self.news not in ENDS or SENT[self.is_sent] is self.news, "sent is told as sent"
        assert (self.outcome is None) == (self.news is not PauseNews.appeal_answered)
        assert self.amount.minor > 0
        assert is_code(self.code)
        if not self.legal_basis:
            raise NoticeRefused("no legal basis")
        if not self.remedies and self.news in ENDS:
            raise NoticeRefused("no remedy")

    @property
    def is_sent(self) -> bool:
        """Whether the payment has gone out."""
        return self.end is not None and STATUS_AFTER[self.end] is PauseStatus.executed

    @property
    def is_decided(self) -> bool:
        """Whether a named officer has decided what is told."""
        return self.outcome is not None or (self.news in ENDS and self.end in BY_OFFICER)


def render_pause(facts: PauseFacts, catalogue: Catalogue, language: Language, timezone: tzinfo) -> RenderedNotice:
    """Return the notice in ``language`` with times in ``timezone``. Raises `TextMissing` rather than leave a gap."""
    values = _values(facts, catalogue, language, timezone)

    def say(code: str) -> str:
        return catalogue.text(code, language, **values)

    stem = f"pause.notice.{facts.news}" + (f".{facts.outcome}" if facts.outcome else "")
    subject, short = say(f"{stem}.subject"), say(f"{stem}.short").replace(NO_BREAK, " ")
    body = [say(code) for code in _paragraphs(facts, stem)]
    if facts.is_demonstration:
        subject = f"{say('notice.demonstration.subject')} {subject}"
        short = f"{say('notice.demonstration.short')} {short}"
        body.insert(0, say("notice.demonstration.line"))
    return RenderedNotice(subject, tuple(body), short)


def _paragraphs(facts: PauseFacts, stem: str) -> Iterator[str]:
    yield f"{stem}.what"
    if facts.news in ENDS:
        yield f"pause.notice.end.{facts.end}"
    yield "notice.author" if facts.is_decided else "pause.notice.who_paused"
    if facts.stated_reasons is not None:
        yield "notice.stated_reasons"
    yield from _now(facts)
    yield "notice.basis"
    yield "notice.choice.ask"
    yield "pause.notice.remedies" if facts.remedies else "pause.notice.no_forum"
    yield "notice.code"
    yield "notice.safety"


def _now(facts: PauseFacts) -> Iterator[str]:
    """Say what has become of the payment, and what its payer can do."""
    if facts.end is None:
        yield "notice.until.payment_made"
        yield "pause.notice.you_can_stop"
        return
    if facts.news not in ENDS:
        yield "pause.notice.was_sent" if facts.is_sent else "pause.notice.was_not_sent"
    # The core may not have booked yet what it has just sent: what is left is told only where nothing was.
    yield "pause.notice.no_limit" if facts.is_sent else "notice.usable.after"
    yield "pause.notice.if_deceived" if facts.is_sent else "pause.notice.if_wanted"


def _values(facts: PauseFacts, catalogue: Catalogue, language: Language, timezone: tzinfo) -> dict[str, str]:
    return {
        "amount": money(facts.amount.minor, facts.amount.currency, language),
        "usable": money(facts.usable.minor, facts.usable.currency, language),
        "bank": facts.bank.in_language(language),
        "body": facts.author.body.in_language(language),
        "role": facts.author.role.in_language(language),
        "name": facts.author.name,
        "reasons": facts.stated_reasons or "",
        "since": moment_brief(facts.began_at, language, timezone),
        "at": moment_brief(facts.at, language, timezone),
        "ended": moment_brief(facts.ended_at or facts.at, language, timezone),
        "until": moment(facts.until, language, timezone),
        "basis": "; ".join(title.in_language(language) for title in facts.legal_basis),
        "measure": catalogue.text(f"notice.measure.{facts.measure}", language),
        "remedies": remedies_listed(facts.remedies, catalogue, language, timezone),
        "deceived": catalogue.text("app.navigation.deceived", language),
        "phone": facts.contact.phone,
        "branch": facts.contact.branch.in_language(language),
        "code": code_shown(facts.code),
    }
