"""Writes a notice out of its facts, in the language of the person who reads it.

The order is the order of the questions that a person has: what happened and how much, what still works, why, is it an
accusation, who decided, by which article, until when, what can I do, where can I complain.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from tarazy.domain.closure import KeptFree
from tarazy.domain.hold import HoldEnd
from tarazy.domain.notice import (
    ENDED_KINDS,
    HELD_KINDS,
    LET_GO_KINDS,
    MEASURE_KINDS,
    PAID_KINDS,
    AtEnd,
    Audience,
    NoticeFacts,
    NoticeKind,
    NoticeReason,
    Remedy,
    code_shown,
)
from tarazy.texts.catalogue import Catalogue, Language
from tarazy.texts.formats import NO_BREAK, moment, moment_brief, money
from tarazy.texts.links import links_in

NARROWED_ELSEWHERE: Final = frozenset(
    {NoticeReason.narrowed_by_order, NoticeReason.narrowed_by_forum, NoticeReason.narrowed_by_authority}
)
"""Reasons for which no officer of this bank has made a hold smaller."""
HELD_FOR_VICTIM: Final = frozenset(
    {NoticeReason.victim_money_held, NoticeReason.victim_hold_ends_soon, NoticeReason.victim_appeal_filed}
)
VICTIM_ASKS: Final = frozenset({"M4b", "M5", "M8", "M9"})
"""Measures of which it is said who can have the money held for longer."""
SHORT_TEXT_MAX: Final = 536
"""Characters of the short text: eight parts of 67 letters. With names of ordinary length it is four or five."""


@dataclass(frozen=True, slots=True)
class RenderedNotice:
    """A notice as a person reads it: one line, the paragraphs, and a text for a short message. No link anywhere."""

    subject: str
    body: tuple[str, ...]
    short_text: str

    def __post_init__(self) -> None:
        assert not links_in(self.text()), "a notice never contains a link"
        assert len(self.short_text) <= SHORT_TEXT_MAX, "the short text does not fit a message"

    def text(self) -> str:
        """Return the whole notice as plain text."""
        return "\n\n".join((self.subject, *self.body, self.short_text))


def render(facts: NoticeFacts, catalogue: Catalogue, language: Language, timezone: tzinfo) -> RenderedNotice:
    """Return the notice in ``language`` with times in ``timezone``. Raises `TextMissing` rather than leave a gap."""
    values = _values(facts, catalogue, language, timezone)
    stem = _stem(facts)

    def say(code: str) -> str:
        return catalogue.text(f"notice.{code}", language, **values)

    short_code = f"{stem}.short_own" if _is_own_news(facts) else f"{stem}.short"
    tells_closing = _tells_closing(facts)
    heading = "closed" if tells_closing else stem  # nobody reads there that the rest is free to use
    short_code = "closed.short" if tells_closing else short_code
    subject, short = say(f"{heading}.subject"), say(short_code).replace(NO_BREAK, " ")
    body = [say(code) for code in _paragraphs(facts, stem)]
    if facts.is_demonstration:
        subject = say("demonstration.subject") + " " + subject
        short = say("demonstration.short") + " " + short
        body.insert(0, say("demonstration.line"))
    return RenderedNotice(subject, tuple(body), short)


def _tells_closing(facts: NoticeFacts) -> bool:
    """Say whether the news is that an account is closed: then it is not said that only the held money is touched."""
    return facts.closed is not None and facts.kind in MEASURE_KINDS


def _stem(facts: NoticeFacts) -> str:
    """A refund is told to its receiver in other words than to whom it left; a near end says when it is."""
    if facts.kind is NoticeKind.refund_paid and facts.audience is Audience.victim:
        return "refund_paid_to_victim"
    if facts.reason is NoticeReason.victim_hold_ends_soon:
        return "victim_ends_soon"
    return facts.kind.value


def _is_own_news(facts: NoticeFacts) -> bool:
    """Say whether the victim's own bank speaks for itself: it has signed the report, and others have decided since."""
    is_own = facts.author is not None and facts.author.body == facts.participant_name
    return facts.audience is Audience.victim and is_own


def _author(facts: NoticeFacts) -> Iterator[str]:
    """Say who has decided; of what happened without an officer of this bank say that, and who had decided before."""
    if facts.author is None:
        yield "author.trace"
    elif _is_own_news(facts):
        yield "author.report"
    elif _is_holders_payment(facts):
        yield from ("author.payment", "author.hold")
    elif facts.kind in MEASURE_KINDS:
        yield "author.measure_over" if facts.kind is NoticeKind.measure_over else "author.measure"
        if facts.decision is not None:
            yield "author.authorised"
    elif facts.kind is NoticeKind.hold_dropped_in_part or facts.reason in NARROWED_ELSEWHERE:
        yield "author.hold"
    elif _ended_without_officer(facts):
        yield from (f"decided.{facts.reason}", "author.expired")
    else:
        yield "author"


def _ended_without_officer(facts: NoticeFacts) -> bool:
    return facts.kind in LET_GO_KINDS and facts.reason is not HoldEnd.by_officer


def _is_holders_payment(facts: NoticeFacts) -> bool:
    """Say whether the reader is the one from whose account it was paid: another has decided that than on the hold."""
    return facts.kind in PAID_KINDS and facts.audience is not Audience.victim


def _paragraphs(facts: NoticeFacts, stem: str) -> Iterator[str]:
    yield f"{stem}.what"
    if facts.narrowed_from is not None:
        yield "narrowed_before"
    if facts.otherwise is not None:
        yield "paid_otherwise"
    if facts.kind is NoticeKind.trace_answered:
        yield from ("trace_answered.told", "trace_answered.usable")
    elif facts.closed is not None:
        yield from closed_paragraphs(facts.closed)
    elif facts.usable is not None:
        yield "usable.after" if facts.kind in ENDED_KINDS else "usable.now"
    yield _reason_code(facts, stem)
    if facts.kind is NoticeKind.return_asked:
        yield "return_asked.terms"
    if facts.put_off is not None:
        yield "put_off"
    yield _plain_code(facts)
    yield from _author(facts)
    if facts.stated_reasons is not None:
        yield "stated_reasons"
    yield "basis"
    yield from _end(facts)
    yield from _choices(facts)
    yield _remedies_code(facts)
    yield "code"
    yield "safety"


def closed_paragraphs(kept: KeptFree) -> Iterator[str]:
    """Return what is said of a closed account: that it is, and each thing that stays free of it."""
    yield "closed.what"
    if kept.living_minor > 0:
        yield "closed.living"
    if kept.purposes:
        yield "closed.purposes"


def closed_values(kept: KeptFree | None, currency: str, catalogue: Catalogue, language: Language) -> dict[str, str]:
    """Return what the texts about a closed account name; nothing for one that is open."""
    if kept is None:
        return {}
    return {
        "living": money(kept.living_minor, currency, language),
        "days": str(kept.living_days),
        "purposes": ", ".join(catalogue.text(f"law.exclusion.{one}", language) for one in kept.purposes),
    }


def _reason_code(facts: NoticeFacts, stem: str) -> str:
    if _tells_closing(facts):
        return "closed.reason"
    return f"reason.{facts.reason}" + ("_to_victim" if stem == "refund_paid_to_victim" else "")


def _plain_code(facts: NoticeFacts) -> str:
    """Return how it is said that nobody is accused."""
    if _tells_closing(facts) and facts.audience is not Audience.holder_firm:
        return "closed.plain"
    return "plain.ended" if facts.kind in LET_GO_KINDS else f"plain.{facts.audience}"


def _remedies_code(facts: NoticeFacts) -> str:
    """Return how forums are told; where one can turn to each at any time, no time runs from any day."""
    code = "remedies.after" if facts.kind in ENDED_KINDS else "remedies.now"
    return code if any(one.file_within is not None for one in facts.remedies) else f"{code}_at_any_time"


def _end(facts: NoticeFacts) -> Iterator[str]:
    if facts.kind is NoticeKind.return_asked:
        yield "until.return"
    elif facts.kind in HELD_KINDS:
        yield "until.hold"
        if facts.earlier is not None:
            yield f"until.{facts.earlier.step}"
    elif facts.kind is NoticeKind.measure_over:
        yield "measure_over.ended"
    elif facts.kind is NoticeKind.trace_answered:
        yield "until.trace"
    elif facts.kind is NoticeKind.payment_paused:
        yield "until.payment_made" if facts.at_end is AtEnd.payment_made else "until.payment_refused"
    elif facts.kind is NoticeKind.victim_update and facts.reason is not NoticeReason.victim_hold_ended:
        yield "until.victim"
    elif facts.kind is not NoticeKind.refund_paid or not _is_own_news(facts):
        yield "ended"
    if facts.confirm_by is not None:
        yield "until.confirm"


def _choices(facts: NoticeFacts) -> Iterator[str]:
    if facts.kind is NoticeKind.return_asked:
        yield from ("choice.answer", "choice.help")
    elif facts.kind in HELD_KINDS:
        yield from ("choice.head", "choice.mine", "choice.give_back", "choice.help")
    elif facts.kind is NoticeKind.payment_paused:
        yield from ("choice.head", "choice.payment_right", "choice.payment_doubtful", "choice.payment_pressed")
        yield "choice.ask"
    elif facts.reason in HELD_FOR_VICTIM:
        yield from (f"victim_can.{facts.measure if facts.measure in VICTIM_ASKS else 'other'}", "choice.ask")
    else:
        yield "choice.ask"


def _values(facts: NoticeFacts, catalogue: Catalogue, language: Language, timezone: tzinfo) -> dict[str, str]:
    values = {
        "amount": money(facts.amount.minor, facts.amount.currency, language),
        "bank": facts.participant_name.in_language(language),
        "basis": "; ".join(title.in_language(language) for title in facts.legal_basis),
        "measure": catalogue.text(f"notice.measure.{facts.measure}", language),
        "until": moment(facts.expires_at, language, timezone),
        "until_brief": moment_brief(facts.expires_at, language, timezone),
        "since": moment_brief(facts.placed_at, language, timezone),
        "at": moment_brief(facts.happened_at, language, timezone),
        "remedies": remedies_said(facts, catalogue, language, timezone),
        "phone": facts.contact.phone,
        "branch": facts.contact.branch.in_language(language),
        "code": code_shown(facts.code),
    }
    values |= _measured(facts, language, timezone)
    values |= closed_values(facts.closed, facts.amount.currency, catalogue, language)
    if facts.author is not None:
        values["body"] = facts.author.body.in_language(language)
        values["role"] = facts.author.role.in_language(language)
        values["name"] = facts.author.name
    if facts.kind in LET_GO_KINDS:
        values["decided"] = catalogue.text(f"notice.decided_short.{facts.reason}", language, **values)
    if facts.narrowed_from is not None:
        values["narrowed_from"] = money(facts.narrowed_from.minor, facts.narrowed_from.currency, language)
    if facts.out_of is not None:
        values["out_of"] = money(facts.out_of.minor, facts.out_of.currency, language)
        values["rest"] = money(facts.out_of.minor - facts.amount.minor, facts.out_of.currency, language)
    if facts.otherwise is not None:
        values["otherwise"] = money(facts.otherwise.minor, facts.otherwise.currency, language)
    if _is_holders_payment(facts):
        values["decider"] = _decider(facts, catalogue, language)
    if facts.usable is not None:
        values["usable"] = money(facts.usable.minor, facts.usable.currency, language)
    if facts.confirm_by is not None:
        values["confirm_by"] = moment(facts.confirm_by, language, timezone)
    if facts.stated_reasons is not None:
        values["reasons"] = facts.stated_reasons
    return values


def _measured(facts: NoticeFacts, language: Language, timezone: tzinfo) -> dict[str, str]:
    """Return what is said of an authority's measure alone: who has allowed it, and what ends it before."""
    values = {}
    if facts.put_off is not None:
        values["put_off_ground"] = facts.put_off.ground.in_language(language)
        values["put_off_by"] = facts.put_off.by.in_language(language)
        values["put_off_until"] = moment(facts.put_off.until, language, timezone)
    if facts.earlier is not None:
        values["step_by"] = moment(facts.earlier.by, language, timezone)
        values["authority"] = facts.earlier.authority.in_language(language)
    if facts.decision is not None:
        values["forum"], values["number"] = facts.decision.forum, facts.decision.number
        values["day"] = facts.decision.decided_on.strftime("%d.%m.%Y")
    return values


def _decider(facts: NoticeFacts, catalogue: Catalogue, language: Language) -> str:
    """Return who has decided on a payment, by name and number where the bank was told them."""
    if facts.decision is None:
        return catalogue.text(f"notice.decider.{facts.reason}", language)
    forum, number, day = facts.decision
    code = f"notice.decider.{facts.reason}_named"
    return catalogue.text(code, language, forum=forum, number=number, day=day.strftime("%d.%m.%Y"))


def remedies_said(facts: NoticeFacts, catalogue: Catalogue, language: Language, timezone: tzinfo) -> str:
    """Return where one can complain, each forum with its time."""
    return remedies_listed(facts.remedies, catalogue, language, timezone)


def remedies_listed(remedies: Iterable[Remedy], catalogue: Catalogue, language: Language, timezone: tzinfo) -> str:
    """Return forums as a notice lists them."""
    return "; ".join(_remedy(remedy, catalogue, language, timezone) for remedy in remedies)


def _remedy(remedy: Remedy, catalogue: Catalogue, language: Language, timezone: tzinfo) -> str:
    forum = catalogue.text(f"notice.forum.{remedy.forum.removeprefix('law.forum.')}", language)
    window = remedy.file_within
    if window is None:
        return f"{forum}, {catalogue.text('notice.within.any_time', language)}"
    within = catalogue.plural(f"notice.within.{window.unit}", language, window.count)
    if remedy.until is not None:
        until = moment_brief(remedy.until, language, timezone)
        within = f"{within} {catalogue.text('notice.within.at_least', language, until=until)}"
    return f"{forum}, {within}"
