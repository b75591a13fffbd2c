"""Writes a notice for a child: the same facts in plain words, beside the whole notice for whoever represents the child.

A child is a person with rights of their own: it is told what happened, that it is accused of nothing, when it ends, and
how it is heard. The names of officers and norms are in the notice that the representative is given.
"""

from collections.abc import Iterator
from datetime import tzinfo

from tarazy.domain.notice import HELD_KINDS, LET_GO_KINDS, PAID_KINDS, Audience, NoticeFacts, NoticeKind, code_shown
from tarazy.domain.notice_text import RenderedNotice, remedies_said
from tarazy.texts.catalogue import Catalogue, Language
from tarazy.texts.formats import moment, money


def render_for_child(facts: NoticeFacts, catalogue: Catalogue, language: Language, timezone: tzinfo) -> RenderedNotice:
    """Return the notice in plain words. Nothing is sent as a short message: others may read a child's telephone."""
    assert facts.audience is Audience.holder_person, "a child is a natural person"
    values = {
        "amount": money(facts.amount.minor, facts.amount.currency, language),
        "bank": facts.participant_name.in_language(language),
        "until": moment(facts.expires_at, language, timezone),
        "remedies": remedies_said(facts, catalogue, language, timezone),
        "phone": facts.contact.phone,
        "branch": facts.contact.branch.in_language(language),
        "code": code_shown(facts.code),
    }
    if facts.usable is not None:
        values["usable"] = money(facts.usable.minor, facts.usable.currency, language)
    subject = catalogue.text("notice.child.subject", language, **values)
    body = [catalogue.text(f"notice.{code}", language, **values) for code in _paragraphs(facts)]
    if facts.is_demonstration:
        subject = f"{catalogue.text('notice.demonstration.subject', language)} {subject}"
        body.insert(0, catalogue.text("notice.demonstration.line", language))
    return RenderedNotice(subject, tuple(body), "")


def _paragraphs(facts: NoticeFacts) -> Iterator[str]:
    yield f"child.what_{_state(facts)}"
    if facts.usable is not None:
        yield "child.usable"
    yield from ("child.why", "child.plain")
    if facts.kind in HELD_KINDS:
        yield "child.until"
    yield from ("child.help", "child.beside", "child.heard", "child.code", "child.safety")


def _state(facts: NoticeFacts) -> str:
    """Return what has become of the money in one word: it waits, it is free, it was given back, or it had waited."""
    if facts.kind in LET_GO_KINDS:
        return "free"
    if facts.kind in PAID_KINDS:
        return "paid"
    return "over" if facts.kind is NoticeKind.measure_over else "held"
