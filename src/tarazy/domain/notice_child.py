"""Writes a notice for a child: the same facts in plain words, beside the whole notice for whoever represents the child.

A child is a person with rights of their own: it is told what happened, that it is accused of nothing, when it ends, and
how it is heard. The names of officers and norms are in the notice that the representative is given. A notice about a
payment that waits, and one that asks whether held money may be paid back, follow the same order.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import tzinfo

from tarazy.domain.closure import KeptFree
from tarazy.domain.hearing_text import HearingFacts
from tarazy.domain.notice import (
    HELD_KINDS,
    LET_GO_KINDS,
    PAID_KINDS,
    Audience,
    Contact,
    NoticeFacts,
    NoticeKind,
    Remedy,
    code_shown,
)
from tarazy.domain.notice_text import RenderedNotice, closed_values, remedies_listed
from tarazy.domain.pause_text import ENDS, PauseFacts, PauseNews
from tarazy.texts.catalogue import Catalogue, Language, Wording
from tarazy.texts.formats import moment, money
from tarazy.values.instant import Instant
from tarazy.values.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plain:
    """What every notice for a child says, whatever it is about; ``usable`` is None where it is not said."""

    amount: Money
    usable: Money | None
    bank: Wording
    until: Instant
    remedies: tuple[Remedy, ...]
    contact: Contact
    code: str
    is_demonstration: bool
    authority: str = ""
    closed: KeptFree | None = None


def render_for_child(facts: NoticeFacts, catalogue: Catalogue, language: Language, timezone: tzinfo) -> RenderedNotice:
    """Return the notice in plain words. Nothing is sent as a short message: others may read a child's telephone."""
    assert facts.audience is Audience.holder_person, "a child is a natural person"
    return _written("subject", _paragraphs(facts), _plain_of(facts), catalogue, language, timezone)


def render_pause_for_child(
    facts: NoticeFacts | PauseFacts, catalogue: Catalogue, language: Language, timezone: tzinfo
) -> RenderedNotice:
    """Return in plain words that a child's payment waits, how that ended, or how an appeal was answered."""
    if isinstance(facts, PauseFacts):
        return _written("pause.subject", _after_pause(facts), _plain_of_pause(facts), catalogue, language, timezone)
    assert facts.kind is NoticeKind.payment_paused, "another notice than that of a pause"
    codes = (
        *("pause.what_waits", "usable", "pause.why", "pause.plain", "pause.until", "pause.choose", "pause.help"),
        *("beside", "pause.heard", "code", "safety"),
    )
    return _written("pause.subject", codes, _plain_of(facts), catalogue, language, timezone)


def render_hearing_for_child(
    facts: HearingFacts, catalogue: Catalogue, language: Language, timezone: tzinfo
) -> RenderedNotice:
    """Return in plain words who wants the child's held money to go back, and what follows from each answer."""
    plain = _Plain(
        amount=facts.amount,
        usable=facts.usable,
        bank=facts.bank,
        until=facts.answer_by,
        remedies=facts.remedies,
        contact=facts.contact,
        code=facts.code,
        is_demonstration=facts.is_demonstration,
        authority=facts.authority,
    )
    again = ("hearing.again",) if facts.times > 1 else ()
    asked = ("what", "before", "until", "yes", "no", "nothing", "together")
    codes = (*again, *(f"hearing.{one}" for one in asked), "usable", "help", "hearing.heard", "code", "safety")
    return _written("hearing.subject", codes, plain, catalogue, language, timezone)


def _plain_of(facts: NoticeFacts) -> _Plain:
    return _Plain(
        amount=facts.amount,
        usable=facts.usable,
        bank=facts.participant_name,
        until=facts.expires_at,
        remedies=facts.remedies,
        contact=facts.contact,
        code=facts.code,
        is_demonstration=facts.is_demonstration,
        closed=facts.closed,
    )


def _plain_of_pause(facts: PauseFacts) -> _Plain:
    return _Plain(
        amount=facts.amount,
        # The core may not have booked yet what it has just sent.
        usable=None if facts.is_sent else facts.usable,
        bank=facts.bank,
        until=facts.until,
        remedies=facts.remedies,
        contact=facts.contact,
        code=facts.code,
        is_demonstration=facts.is_demonstration,
    )


def _written(
    subject_code: str,
    codes: Iterable[str],
    plain: _Plain,
    catalogue: Catalogue,
    language: Language,
    timezone: tzinfo,
) -> RenderedNotice:
    """Say each of ``codes`` with what is ``plain``; the last three are how one is heard, the code, and a warning."""
    values = {
        "amount": money(plain.amount.minor, plain.amount.currency, language),
        "bank": plain.bank.in_language(language),
        "until": moment(plain.until, language, timezone),
        "remedies": remedies_listed(plain.remedies, catalogue, language, timezone),
        "phone": plain.contact.phone,
        "branch": plain.contact.branch.in_language(language),
        "code": code_shown(plain.code),
        "authority": plain.authority,
    }
    if plain.usable is not None:
        values["usable"] = money(plain.usable.minor, plain.usable.currency, language)
    if plain.closed is not None:
        values |= closed_values(plain.closed, plain.amount.currency, catalogue, language)
    subject = catalogue.text(f"notice.child.{subject_code}", language, **values)
    body = [catalogue.text(f"notice.child.{code}", language, **values) for code in codes]
    if plain.is_demonstration:
        subject = f"{catalogue.text('notice.demonstration.subject', language)} {subject}"
        body.insert(0, catalogue.text("notice.demonstration.line", language))
    return RenderedNotice(subject, tuple(body), "")


def _paragraphs(facts: NoticeFacts) -> Iterator[str]:
    yield f"what_{_state(facts)}"
    if facts.closed is not None and facts.closed.living_minor > 0:
        yield "closed"
    elif facts.usable is not None and facts.closed is None:
        yield "usable"
    yield from ("why", "plain")
    if facts.kind in HELD_KINDS:
        yield "until"
    yield from ("help", "beside", "heard", "code", "safety")


def _state(facts: NoticeFacts) -> str:
    """Return what has become of the money in one word: it waits, it is free, it was given back, or it had waited."""
    if facts.kind in LET_GO_KINDS:
        return "free"
    if facts.kind in PAID_KINDS:
        return "paid"
    return "over" if facts.kind is NoticeKind.measure_over else "held"


def _after_pause(facts: PauseFacts) -> Iterator[str]:
    if facts.news in ENDS:
        yield "pause.what_sent" if facts.is_sent else "pause.what_not_sent"
        yield f"pause.end.{facts.end}"
    else:
        is_silent = facts.news is PauseNews.appeal_unanswered
        yield "pause.what_unanswered" if is_silent else f"pause.what_{facts.outcome}"
        if facts.end is not None:
            yield "pause.now_sent" if facts.is_sent else "pause.now_not_sent"
    if not facts.is_sent:
        yield "usable"
    yield "pause.plain"
    if facts.end is None:
        yield from ("pause.until", "pause.choose")
    else:
        yield "pause.if_tricked" if facts.is_sent else "pause.if_wanted"
    yield from ("pause.help", "beside", "pause.heard" if facts.remedies else "pause.heard_no_forum", "code", "safety")
