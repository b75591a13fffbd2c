"""Writes the letter about an error: what went wrong, that it is recorded, and how to claim for what it has cost."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tarazy.domain.notice import Contact, code_shown
from tarazy.texts.catalogue import Catalogue, Language, Wording
from tarazy.texts.formats import money, span
from tarazy.texts.links import links_in
from tarazy.values.money import Money

BEFORE: Final = ("what", "register", "right")
AFTER: Final = ("how", "code", "safety")


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorFacts:
    """Everything that the letter says. ``norms`` are those of the right to compensation, as far as the pack has any.

    ``answer_within`` says how long the answer may take; None where the law names no time, which is said.
    """

    cause: str
    amount: Money
    bank: Wording
    norms: tuple[Wording, ...]
    answer_within: timedelta | None
    contact: Contact
    code: str
    is_demonstration: bool


def render_error(facts: ErrorFacts, catalogue: Catalogue, language: Language) -> tuple[str, tuple[str, ...]]:
    """Return subject and paragraphs of the letter in ``language``. Raises `TextMissing` rather than leave a gap."""
    values = {
        "bank": facts.bank.in_language(language),
        "cause": catalogue.text(f"public.errors.cause.{facts.cause}", language),
        "amount": money(facts.amount.minor, facts.amount.currency, language),
        "norms": "; ".join(title.in_language(language) for title in facts.norms),
        "within": "" if facts.answer_within is None else span(facts.answer_within, language),
        "phone": facts.contact.phone,
        "branch": facts.contact.branch.in_language(language),
        "code": code_shown(facts.code),
    }

    def say(code: str) -> str:
        return catalogue.text(code, language, **values)

    law = ("law",) if facts.norms else ()
    time = "no_time" if facts.answer_within is None else "time"
    body = [say(f"claim.letter.{name}") for name in (*BEFORE, *law, time, *AFTER)]
    subject = say("claim.letter.subject")
    if facts.is_demonstration:
        subject = f"{say('notice.demonstration.subject')} {subject}"
        body.insert(0, say("notice.demonstration.line"))
    assert not links_in("\n".join((subject, *body))), "a letter never contains a link"
    return subject, tuple(body)
